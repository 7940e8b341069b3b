/* The addresses of head office. What each program and person may reach is decided here (access.h), before a table is
 * asked. */
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

bool http_forbid(struct web_request *request, int code, const char *what, const char *name)
{
    const char *you = *asker_of(request)->key.id ? "This key" : "You";
    return code == -EDESTADDRREQ
               ? web_answer_error(request, WEB_BAD_REQUEST, "You have several sites: say which one by site=...")
               : web_answer_error(request, WEB_FORBIDDEN, "%s may not %s %s.", you, what, name);
}

/* ---------------------------------------------------------------- looking */

static bool has_filter(const struct query *query, const char *name)
{
    for (const struct query_filter *filter = query->filters; filter->name; filter++)
        if (strcmp(filter->name, name) == 0)
            return true;
    return false;
}

/* Whoever is limited to a shop or site sees kinds that tell which one a row is of, and nothing else. */
static int may_read(const struct asker *asker, const struct query *query, const char *site, struct limit *ret)
{
    int result = access_read(asker, query->kind, site, ret);
    return !result && limit_is_set(ret) && !has_filter(query, ret->by) ? -EACCES : result;
}

/* The limit is a filter, whatever was asked for. */
static int read_filters(struct web_request *request, const struct limit *limit,
                        struct query_given given[QUERY_GIVEN_MAX], size_t *ret_count)
{
    struct web_value values[WEB_VALUES_MAX];
    size_t count = 0;
    int result = web_values(request, values, &count);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        bool limited = limit_is_set(limit) && strcmp(values[i].name, limit->by) == 0;
        if (limited && strcmp(values[i].value, limit->value) != 0)
            return -EACCES;
        if (!limited)
            given[(*ret_count)++] = (struct query_given){values[i].name, values[i].value};
    }
    if (limit_is_set(limit) && *ret_count == QUERY_GIVEN_MAX)
        return -EINVAL;
    if (limit_is_set(limit))
        given[(*ret_count)++] = (struct query_given){limit->by, limit->value};
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
    struct limit limit;
    int result = may_read(asker_of(request), query, web_value(request, "site"), &limit);
    if (result)
        return http_forbid(request, result, "look at", query->kind);
    result = read_filters(request, &limit, given, &count);
    if (result == -EACCES)
        return http_forbid(request, result, "look at another", limit.by);
    if (result)
        return web_answer_error(request, WEB_BAD_REQUEST, "A question has at most %d filters, each as name=value.",
                                QUERY_GIVEN_MAX);
    CLEANUP_BUF struct buf json = {.max = HTTP_ANSWER_MAX};
    result = query_list(http_of(request)->office->sql, office_queries, query->kind, given, count, &json, &error);
    return answer_rows(request, result, &json, &error);
}

/* 0: the row is of the shop or site. */
static int check_limit(struct web_request *request, const struct query *query, const struct limit *limit,
                       struct error *error)
{
    const struct query_given given[] = {{query->one, request->rest}, {limit->by, limit->value}, {"limit", "1"}};
    CLEANUP_BUF struct buf json = {0};
    int result =
        query_list(http_of(request)->office->sql, office_queries, query->kind, given, COUNT(given), &json, error);
    return result ? result : strstr(buf_text(&json), "\"rows\":[]") ? -ENOENT : 0;
}

/* At whichever of several sites it is. */
static int may_read_row(struct web_request *request, const struct query *query, struct limit *ret, struct error *error)
{
    const struct asker *asker = asker_of(request);
    int result = may_read(asker, query, NULL, ret);
    for (size_t i = 0; result == -EDESTADDRREQ && i < asker->person.grant_count; i++)
        if (may_read(asker, query, asker->person.grants[i].site, ret) == 0 &&
            check_limit(request, query, ret, error) == 0)
            result = 0;
    return result == -EDESTADDRREQ ? -EACCES : result;
}

static bool get_row(struct web_request *request)
{
    const struct query *query = query_find(office_queries, request->id);
    struct error error = {0};
    if (!query || !query->one)
        return web_answer_errno(request, -ENOENT);
    struct limit limit;
    int result = may_read_row(request, query, &limit, &error);
    if (result)
        return http_forbid(request, result, "look at", query->kind);
    CLEANUP_BUF struct buf json = {.max = HTTP_ANSWER_MAX};
    result = limit_is_set(&limit) ? check_limit(request, query, &limit, &error) : 0;
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
        struct limit limit;
        if (may_read(asker_of(request), query_at(office_queries, i), NULL, &limit) == -EACCES)
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
    struct limit limit;
    json_open_array(&json, NULL);
    for (size_t i = 0; (verb = verb_at(i)); i++)
        if (access_do(asker_of(request), verb->name, NULL, &limit) != -EACCES)
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

/* The value of a text field, "" where it is none. */
static const char *text_of(const json_t *fields, const char *name)
{
    const char *text = json_string_value(json_object_get(fields, name));
    return text ? text : "";
}

/* Which site is meant: as it is said, or the one that has the order, "" for none. NULL: nothing tells. */
static const char *site_meant(struct web_request *request, const struct office_verb *verb, const json_t *fields,
                              char out[WIRE_NAME_SIZE])
{
    if (has_field(verb, "site"))
        return *text_of(fields, "site") ? text_of(fields, "site") : NULL;
    if (!has_field(verb, "order") || !*text_of(fields, "order"))
        return NULL;
    struct sql_query *row = sql_select(http_of(request)->office->sql, "SELECT site FROM orders WHERE number = ?1",
                                       sql_text(text_of(fields, "order")));
    *out = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, out, WIRE_NAME_SIZE);
    return sql_done(row) == 0 ? out : NULL;
}

/* Whoever is limited asks for what says which shop or site, or names an order of it. */
static int limit_verb(struct web_request *request, const struct office_verb *verb, const struct limit *limit,
                      json_t *fields)
{
    const char *order = text_of(fields, "order");
    int64_t found;
    if (has_field(verb, limit->by)) {
        json_t *given = json_object_get(fields, limit->by);
        if (given && (!json_is_string(given) || strcmp(json_string_value(given), limit->value) != 0))
            return -EACCES;
        return json_object_set_new(fields, limit->by, json_string(limit->value)) == 0 ? 0 : -ENOMEM;
    }
    if (!has_field(verb, "order") || !*order)
        return -EACCES;
    int result =
        sql_number(http_of(request)->office->sql, &found,
                   "SELECT 1 FROM orders WHERE number = ?1 AND CASE ?2 WHEN 'shop' THEN shop ELSE site END = ?3",
                   sql_text(order), sql_text(limit->by), sql_text(limit->value));
    return result == -ENOENT ? -EACCES : result;
}

static bool do_verb(struct web_request *request, const struct office_verb *verb, json_t *fields)
{
    char site[WIRE_NAME_SIZE];
    struct limit limit;
    struct error error = {0};
    CLEANUP_BUF struct buf answer = {.max = HTTP_ANSWER_MAX};
    int result = access_do(asker_of(request), verb->name, site_meant(request, verb, fields, site), &limit);
    if (result)
        return http_forbid(request, result, "do", verb->name);
    if (limit_is_set(&limit))
        result = limit_verb(request, verb, &limit, fields);
    if (result == -EACCES)
        return http_forbid(request, result, "do that for another", limit.by);
    if (!result)
        result = verb_do(http_of(request)->office, verb->name, fields, asker_of(request)->who, &answer, &error);
    return answer_rows(request, result, &answer, &error);
}

static bool post_do(struct web_request *request)
{
    const struct office_verb *verb = verb_find(request->id);
    if (!verb)
        return web_answer_error(request, WEB_NOT_FOUND, "Nobody can be asked for \"%s\": see /api/v1/verbs.",
                                request->id);
    struct limit limit;
    if (access_do(asker_of(request), verb->name, NULL, &limit) == -EACCES)
        return http_forbid(request, -EACCES, "do", verb->name);
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
    char name[100] = "";
    struct error error = {0};
    text_copy(name, sizeof(name), given && *given ? given : "the file");
    struct http_import_file file = {.kind = kind,
                                    .site = kind->per_site ? site : "",
                                    .name = name,
                                    .who = asker_of(request)->who,
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
    struct limit limit;
    int result = access_do(asker_of(request), verb, web_value(request, "site"), &limit);
    if (!result && limit_is_set(&limit) && !(kind->per_site && strcmp(limit.by, "site") == 0))
        result = -EACCES; /* of everybody's */
    if (result)
        return http_forbid(request, result, "import", kind->name);
    if (kind->per_site && !web_value(request, "site"))
        return web_answer_error(request, WEB_BAD_REQUEST, "Say for which site these %s are: ?site=...", kind->name);
    return start_import(request, kind);
}

/* ---------------------------------------------------------------- what changes */

/* Adds the channel of one kind. */
static int add_channel(const struct asker *asker, const char *kind, char *channels, size_t capacity)
{
    size_t length = strlen(channels);
    struct limit limit = {"", ""};
    if (!text_is_listed(STREAMED_KINDS, kind))
        return -ENOENT;
    bool all = strcmp(kind, "rows") == 0; /* of whatever kind and shop: nothing is told of them */
    if (!all && (access_read(asker, kind, NULL, &limit) != 0 ||
                 (limit_is_set(&limit) &&
                  (strcmp(limit.by, "shop") != 0 || strcmp(kind, "orders") != 0 || strpbrk(limit.value, ", ")))))
        return -EACCES;
    int more = snprintf(channels + length, capacity - length, "%s%s%s%s", length ? "," : "", kind,
                        limit_is_set(&limit) ? "@" : "", limit.value);
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
                         ? add_channel(asker_of(request), kind, channels, sizeof(channels))
                         : -ENOENT;
        if (result == -EACCES)
            return http_forbid(request, result, "look at", kind);
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

/* The pages are everybody's: they show nothing until somebody is known. */
bool http_is_open(const struct web_request *request)
{
    bool (*const open[])(struct web_request *) = {get_health, http_get_health,   get_page,
                                                  get_asset,  http_post_session, http_post_join};
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
    {"GET", "/health", http_get_health, NULL, 0},
    {"GET", "/metrics", http_get_metrics, NULL, 0},
    {"POST", "/api/v1/join", http_post_join, "application/json", HTTP_SESSION_BODY_MAX},
    {"POST", "/api/v1/session", http_post_session, "application/json", HTTP_SESSION_BODY_MAX},
    {"POST", "/api/v1/session/end", http_post_session_end, "application/json", HTTP_SESSION_BODY_MAX},
    {"POST", "/api/v1/password", http_post_password, "application/json", HTTP_SESSION_BODY_MAX},
    {"GET", "/api/v1/me", http_get_me, NULL, 0},
    {"GET", "/api/v1/roles", http_get_roles, NULL, 0},
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
