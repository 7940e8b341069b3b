/* The addresses of head office. What each key may reach is decided here, before a table is asked. */
#include "base/clock.h"
#include "base/json.h"
#include "base/query_table.h"
#include "base/table.h"
#include "base/text.h"
#include "sync/head-office/api/http_internal.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/query.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAMED_KINDS "orders,events,rows"

int http_status_of(int code)
{
    static const struct {
        int code, status;
    } known[] = {
        {-ENOENT, WEB_NOT_FOUND},    {-EINVAL, WEB_BAD_REQUEST},   {-ERANGE, WEB_BAD_REQUEST},
        {-EALREADY, WEB_CONFLICT},   {-EEXIST, WEB_CONFLICT},      {-EPERM, WEB_CONFLICT},
        {-EBUSY, WEB_UNAVAILABLE},   {-ENOTCONN, WEB_UNAVAILABLE}, {-EMSGSIZE, WEB_TOO_LARGE},
        {-ENOTSUP, WEB_BAD_REQUEST}, {-EACCES, WEB_FORBIDDEN},     {-EDQUOT, WEB_TOO_MANY},
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (known[i].code == code)
            return known[i].status;
    return WEB_INTERNAL;
}

bool http_answer_fault(struct web_request *request, int code, const struct error *error)
{
    return *error->text ? web_answer_error(request, http_status_of(code), "%s", error->text)
                        : web_answer_errno(request, code);
}

static bool forbid(struct web_request *request, const char *what, const char *name)
{
    return web_answer_error(request, WEB_FORBIDDEN, "This key may not %s %s.", what, name);
}

/* ---------------------------------------------------------------- looking */

static const struct query_filter *shop_filter(const struct query *query)
{
    for (const struct query_filter *filter = query->filters; filter->name; filter++)
        if (strcmp(filter->name, "shop") == 0)
            return filter;
    return NULL;
}

/* A key of one shop sees kinds that tell which shop a row is of, and nothing else. */
static bool may_read(const struct api_key *key, const struct query *query)
{
    return keys_may_read(key, query->kind) && (!*key->shop || shop_filter(query));
}

/* The shop's filter is the key's, whatever was asked for. */
static int read_filters(struct web_request *request, struct query_given given[QUERY_GIVEN_MAX], size_t *ret_count)
{
    struct web_value values[WEB_VALUES_MAX];
    const struct api_key *key = key_of(request);
    size_t count = 0;
    int result = web_values(request, values, &count);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (*key->shop && strcmp(values[i].name, "shop") == 0 && strcmp(values[i].value, key->shop) != 0)
            return -EACCES;
        if (!*key->shop || strcmp(values[i].name, "shop") != 0)
            given[(*ret_count)++] = (struct query_given){values[i].name, values[i].value};
    }
    if (*key->shop && *ret_count == QUERY_GIVEN_MAX)
        return -EINVAL;
    if (*key->shop)
        given[(*ret_count)++] = (struct query_given){"shop", key->shop};
    return result;
}

static bool answer_rows(struct web_request *request, int result, const struct buf *json, const struct error *error)
{
    return result ? http_answer_fault(request, result, error) : web_answer_json(request, WEB_OK, json);
}

static bool get_rows(struct web_request *request)
{
    const struct query *query = query_find(office_queries, request->id);
    struct query_given given[QUERY_GIVEN_MAX + 1];
    struct error error = {0};
    size_t count = 0;
    if (!query)
        return web_answer_error(request, WEB_NOT_FOUND, "There are no \"%s\" to look at: see /api/v1/kinds.",
                                request->id);
    if (!may_read(key_of(request), query))
        return forbid(request, "look at", query->kind);
    int result = read_filters(request, given, &count);
    if (result == -EACCES)
        return forbid(request, "look at", "another shop");
    if (result)
        return web_answer_error(request, WEB_BAD_REQUEST, "A question has at most %d filters, each as name=value.",
                                QUERY_GIVEN_MAX);
    CLEANUP_BUF struct buf json = {.max = HTTP_ANSWER_MAX};
    result = query_list(http_of(request)->office->sql, office_queries, query->kind, given, count, &json, &error);
    return answer_rows(request, result, &json, &error);
}

/* 0: the row is the shop's. */
static int check_shop(struct web_request *request, const struct query *query, struct error *error)
{
    const struct query_given given[] = {{query->one, request->rest}, {"shop", key_of(request)->shop}, {"limit", "1"}};
    CLEANUP_BUF struct buf json = {0};
    int result =
        query_list(http_of(request)->office->sql, office_queries, query->kind, given, COUNT(given), &json, error);
    return result ? result : strstr(buf_text(&json), "\"rows\":[]") ? -ENOENT : 0;
}

static bool get_row(struct web_request *request)
{
    const struct query *query = query_find(office_queries, request->id);
    struct error error = {0};
    if (!query || !query->one)
        return web_answer_errno(request, -ENOENT);
    if (!may_read(key_of(request), query))
        return forbid(request, "look at", query->kind);
    CLEANUP_BUF struct buf json = {.max = HTTP_ANSWER_MAX};
    int result = *key_of(request)->shop ? check_shop(request, query, &error) : 0;
    if (!result)
        result = query_one(http_of(request)->office->sql, office_queries, query->kind, request->rest, &json, &error);
    return answer_rows(request, result, &json, &error);
}

/* ---------------------------------------------------------------- what there is */

static bool get_kinds(struct web_request *request)
{
    CLEANUP_BUF struct buf all = {0}, json = {0};
    query_catalogue(office_queries, &all);
    json_t *kinds = json_loadb(buf_text(&all), all.length, 0, NULL), *kind;
    size_t i;
    json_open_array(&json, NULL);
    json_array_foreach(kinds, i, kind)
    {
        if (!may_read(key_of(request), query_at(office_queries, i)))
            continue;
        char *text = json_dumps(kind, JSON_COMPACT);
        json_raw(&json, NULL, text ? text : "null");
        free(text);
    }
    json_close_array(&json);
    json_decref(kinds);
    return web_answer_json(request, WEB_OK, &json);
}

static bool get_verbs(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    const struct office_verb *verb;
    json_open_array(&json, NULL);
    for (size_t i = 0; (verb = verb_at(i)); i++)
        if (keys_may_do(key_of(request), verb->name))
            verb_write(verb, &json);
    json_close_array(&json);
    return web_answer_json(request, WEB_OK, &json);
}

static bool get_words(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    query_words(&json);
    return web_answer_json(request, WEB_OK, &json);
}

static bool get_health(struct web_request *request)
{
    int64_t one;
    static const char good[] = "{\"status\":\"ok\"}";
    if (sql_number(http_of(request)->office->sql, &one, "SELECT 1", SQL_NO_VALUES) != 0)
        return web_answer_error(request, WEB_UNAVAILABLE, "The database cannot be asked.");
    return web_answer(request, WEB_OK, "application/json", good, sizeof(good) - 1);
}

/* ---------------------------------------------------------------- asking */

static bool has_field(const struct office_verb *verb, const char *name)
{
    for (const struct option_def *field = verb->fields; field->name; field++)
        if (strcmp(field->name, name) == 0)
            return true;
    return false;
}

/* A key of one shop asks for what says which shop, or names an order of the shop. */
static int limit_to_shop(struct web_request *request, const struct office_verb *verb, json_t *fields)
{
    const char *shop = key_of(request)->shop, *order = json_string_value(json_object_get(fields, "order"));
    int64_t found;
    if (!*shop)
        return 0;
    if (has_field(verb, "shop")) {
        json_t *given = json_object_get(fields, "shop");
        if (given && (!json_is_string(given) || strcmp(json_string_value(given), shop) != 0))
            return -EACCES;
        return json_object_set_new(fields, "shop", json_string(shop)) == 0 ? 0 : -ENOMEM;
    }
    if (!has_field(verb, "order") || !order)
        return -EACCES;
    int result = sql_number(http_of(request)->office->sql, &found,
                            "SELECT 1 FROM orders WHERE number = ?1 AND shop = ?2", sql_text(order), sql_text(shop));
    return result == -ENOENT ? -EACCES : result;
}

static bool do_verb(struct web_request *request, const struct office_verb *verb, json_t *fields)
{
    char who[KEY_ID_SIZE + 8];
    struct error error = {0};
    CLEANUP_BUF struct buf answer = {.max = HTTP_ANSWER_MAX};
    int result = limit_to_shop(request, verb, fields);
    if (result == -EACCES)
        return forbid(request, "do that for", "another shop");
    snprintf(who, sizeof(who), "key %s", key_of(request)->id);
    if (!result)
        result = verb_do(http_of(request)->office, verb->name, fields, who, &answer, &error);
    return answer_rows(request, result, &answer, &error);
}

static bool post_do(struct web_request *request)
{
    const struct office_verb *verb = verb_find(request->id);
    if (!verb)
        return web_answer_error(request, WEB_NOT_FOUND, "Nobody can be asked for \"%s\": see /api/v1/verbs.",
                                request->id);
    if (!keys_may_do(key_of(request), verb->name))
        return forbid(request, "do", verb->name);
    if (http_import_runs(http_of(request)->import))
        return web_answer_error(request, WEB_UNAVAILABLE, "A file is being taken in: try again in a moment.");
    json_t *fields = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, NULL);
    bool answered = json_is_object(fields) ? do_verb(request, verb, fields)
                                           : web_answer_error(request, WEB_BAD_REQUEST,
                                                              "What is asked for is a JSON object of its fields.");
    json_decref(fields);
    return answered;
}

/* ---------------------------------------------------------------- files */

/* The answer follows when the file is in. Whoever does not wait for it finds it in the list of imports. */
static bool start_import(struct web_request *request, const struct import_kind *kind)
{
    const char *site = web_value(request, "site"), *try_only = web_value(request, "try");
    const char *given = web_value(request, "name");
    char who[KEY_ID_SIZE + 8], name[100] = "";
    struct error error = {0};
    snprintf(who, sizeof(who), "key %s", key_of(request)->id);
    text_copy(name, sizeof(name), given && *given ? given : "the file");
    struct http_import_file file = {.kind = kind,
                                    .site = kind->per_site ? site : "",
                                    .name = name,
                                    .who = who,
                                    .try_only = try_only && strcmp(try_only, "yes") == 0,
                                    .bytes = &request->body,
                                    .number = web_promise(request)};
    int result = http_import_start(http_of(request)->import, &file, &error);
    if (!result)
        return true;
    web_promise_back(request);
    return http_answer_fault(request, result, &error);
}

static bool post_import(struct web_request *request)
{
    const struct import_kind *kind = import_find(request->id);
    char verb[WEB_SEGMENT_SIZE + 8];
    if (!kind)
        return web_answer_error(request, WEB_NOT_FOUND, "\"%s\" cannot be imported.", request->id);
    snprintf(verb, sizeof(verb), "import.%s", kind->name);
    if (!keys_may_do(key_of(request), verb) || *key_of(request)->shop)
        return forbid(request, "import", kind->name);
    if (kind->per_site && !web_value(request, "site"))
        return web_answer_error(request, WEB_BAD_REQUEST, "Say for which site these %s are: ?site=...", kind->name);
    return start_import(request, kind);
}

/* ---------------------------------------------------------------- what changes */

/* Adds the channel of one kind. */
static int add_channel(const struct api_key *key, const char *kind, char *channels, size_t capacity)
{
    size_t length = strlen(channels);
    const char *shop = key->shop;
    if (!text_is_listed(STREAMED_KINDS, kind))
        return -ENOENT;
    bool all = strcmp(kind, "rows") == 0; /* of whatever kind: nothing is told of them */
    if (all)
        shop = "";
    if ((!all && !keys_may_read(key, kind)) || (*shop && (strcmp(kind, "orders") != 0 || strpbrk(shop, ", "))))
        return -EACCES;
    int more =
        snprintf(channels + length, capacity - length, "%s%s%s%s", length ? "," : "", kind, *shop ? "@" : "", shop);
    return more > 0 && (size_t)more < capacity - length ? 0 : -EMSGSIZE;
}

static bool get_changes(struct web_request *request)
{
    const char *at = web_value(request, "kinds");
    char channels[WEB_SEGMENT_SIZE] = "";
    at = at ? at : "orders";
    while (*at) {
        char kind[32];
        size_t length = strcspn(at, ",");
        int result = text_copy_n(kind, sizeof(kind), at, length)
                         ? add_channel(key_of(request), kind, channels, sizeof(channels))
                         : -ENOENT;
        if (result == -EACCES)
            return forbid(request, "look at", kind);
        if (result)
            return web_answer_error(request, WEB_BAD_REQUEST, "Changes are told of these kinds: " STREAMED_KINDS ".");
        at += length + (at[length] == ',');
    }
    if (!http_listen(http_of(request)))
        return web_answer_error(request, WEB_UNAVAILABLE, "The database cannot be asked just now: try again.");
    return web_stream_open(request, channels, "hello", "{}", 2);
}

/* ---------------------------------------------------------------- the pages */

static bool get_page(struct web_request *request)
{
    return web_answer_file(request, WEB_OK, office_files, "office.html");
}

static bool get_asset(struct web_request *request)
{
    return web_answer_file(request, WEB_OK, office_files, request->id);
}

/* The pages are everybody's: they show nothing until a key is given. */
bool http_is_open(const struct web_request *request)
{
    bool (*const open[])(struct web_request *) = {get_health, get_page, get_asset};
    for (size_t i = 0; i < COUNT(open); i++)
        if (request->route->handle == open[i])
            return true;
    return false;
}

/* A route is kept in one line of docs/openapi-head-office.yaml. */
const struct web_route http_routes[] = {
    {"GET", "/", get_page, NULL, 0},
    {"GET", "/assets/{}", get_asset, NULL, 0},
    {"GET", "/healthz", get_health, NULL, 0},
    {"GET", "/api/v1/kinds", get_kinds, NULL, 0},
    {"GET", "/api/v1/verbs", get_verbs, NULL, 0},
    {"GET", "/api/v1/words", get_words, NULL, 0},
    {"GET", "/api/v1/changes", get_changes, NULL, 0},
    {"GET", "/api/v1/figures", http_get_figures, NULL, 0},
    {"GET", "/api/v1/figures/{}", http_get_figure, NULL, 0},
    {"GET", "/api/v1/compared/{}", http_get_compared, NULL, 0},
    {"POST", "/api/v1/do/{}", post_do, "application/json", HTTP_ASK_BODY_MAX},
    {"POST", "/api/v1/import/{}", post_import, "text/csv", HTTP_IMPORT_BODY_MAX},
    {"GET", "/api/v1/{}", get_rows, NULL, 0}, /* behind all others: a kind of rows */
    {"GET", "/api/v1/{}/{*}", get_row, NULL, 0},
    {0},
};
