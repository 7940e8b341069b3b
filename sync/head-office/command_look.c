/* floorhand-hq list, get, kinds, words, and the lists that have names of their own. */
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/query.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX  ((size_t)8 << 20)
#define NEXT_SIZE 2048

struct listing {
    struct call *call;
    const char *kind;
    struct query_given given[QUERY_GIVEN_MAX];
    size_t count;
    bool limited; /* one page, as the caller says */
    char next[NEXT_SIZE], after[NEXT_SIZE];
};

static void no_such_kind(const char *kind, struct error *error)
{
    error_set(error, -ENOENT, "there are no \"%s\" to look at: \"floorhand-hq kinds\" lists what there is", kind);
}

static int explain(const struct listing *listing, int result, struct error *error)
{
    if (result == -ENOENT)
        no_such_kind(listing->kind, error);
    else if (result == -ETIME)
        error_set(error, result, "that is too much to look through: narrow it down");
    else if (result != -EINVAL || !*error->text)
        office_failed(listing->call->office.sql, result, error);
    return result == -EINVAL ? COMMAND_USAGE : result;
}

static void print_rows(const json_t *page)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(page, "rows"), i, row)
    {
        json_dumpf(row, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
        putchar('\n');
    }
}

static int print_page(struct listing *listing, struct error *error)
{
    CLEANUP_BUF struct buf json = {.max = PAGE_MAX};
    int result = query_list(listing->call->office.sql, office_queries, listing->kind, listing->given, listing->count,
                            &json, error);
    if (result)
        return explain(listing, result, error);
    json_t *page = json_loadb(json.data, json.length, 0, NULL);
    const char *next = json_string_value(json_object_get(page, "next"));
    snprintf(listing->next, sizeof(listing->next), "%s", next ? next : "");
    print_rows(page);
    json_decref(page);
    return page ? 0 : error_set(error, -ENOMEM, "out of memory");
}

/* Where the caller has not said how many, all of them, page by page. */
static int print_list(struct listing *listing, struct error *error)
{
    if (listing->limited)
        return print_page(listing, error);
    if (listing->count > QUERY_GIVEN_MAX - 2)
        return error_set(error, COMMAND_USAGE, "at most %d filters can be given at once", QUERY_GIVEN_MAX - 2);
    size_t count = listing->count;
    listing->given[listing->count++] = (struct query_given){"limit", "500"};
    int result = print_page(listing, error);
    while (!result && *listing->next) {
        memcpy(listing->after, listing->next, sizeof(listing->after));
        listing->count = count + 1;
        listing->given[listing->count++] = (struct query_given){"after", listing->after};
        result = print_page(listing, error);
    }
    return result;
}

/* "name=value" is cut in place. */
static int add_filter(struct listing *listing, char *text, struct error *error)
{
    char *equals = strchr(text, '=');
    if (!equals)
        return error_set(error, COMMAND_USAGE, "\"%s\" is no FILTER=VALUE", text);
    if (listing->count == QUERY_GIVEN_MAX)
        return error_set(error, COMMAND_USAGE, "at most %d filters can be given at once", QUERY_GIVEN_MAX);
    *equals = '\0';
    listing->limited |= strcmp(text, "limit") == 0;
    listing->given[listing->count++] = (struct query_given){text, equals + 1};
    return 0;
}

int command_list(struct call *call, struct error *error)
{
    struct listing listing = {.call = call, .kind = call->arguments[0]};
    char *copies[COMMAND_ARGUMENTS_MAX] = {0};
    int result = 0;
    for (size_t i = 1; call->arguments[i] && !result; i++) {
        copies[i] = strdup(call->arguments[i]);
        result = copies[i] ? add_filter(&listing, copies[i], error) : error_set(error, -ENOMEM, "out of memory");
    }
    if (!result)
        result = print_list(&listing, error);
    for (size_t i = 0; i < COUNT(copies); i++)
        free(copies[i]);
    return result;
}

/* Names that people know, with options in place of filters. */
static int print_kind(struct call *call, const char *kind, const char *state, struct error *error)
{
    struct listing listing = {.call = call, .kind = kind};
    if (*call->options.site)
        listing.given[listing.count++] = (struct query_given){"site", call->options.site};
    if (*state)
        listing.given[listing.count++] = (struct query_given){"state", state};
    return print_list(&listing, error);
}

int command_orders(struct call *call, struct error *error)
{
    return print_kind(call, "orders", call->options.state, error);
}

int command_parked(struct call *call, struct error *error)
{
    return print_kind(call, "parked", "", error);
}

int command_flagged(struct call *call, struct error *error)
{
    return print_kind(call, "flagged", "", error);
}

int command_stock(struct call *call, struct error *error)
{
    return print_kind(call, "stock", "", error);
}

int command_waybills_list(struct call *call, struct error *error)
{
    return print_kind(call, "waybills", call->options.state, error);
}

int command_get(struct call *call, struct error *error)
{
    const char *kind = call->arguments[0], *code = call->arguments[1];
    CLEANUP_BUF struct buf json = {.max = PAGE_MAX};
    const struct query *query = query_find(office_queries, kind);
    int result = query_one(call->office.sql, office_queries, kind, code, &json, error);
    if (!query)
        no_such_kind(kind, error);
    else if (result == -ENOENT)
        error_set(error, result, "there is nothing called \"%s\" among the %s", code, kind);
    else if (result && result != -EINVAL)
        office_failed(call->office.sql, result, error);
    if (!result)
        command_print(&json);
    return result;
}

int command_kinds(struct call *call, struct error *error)
{
    (void)call;
    CLEANUP_BUF struct buf json = {0};
    query_catalogue(office_queries, &json);
    json_t *kinds = json_loadb(json.data, json.length, 0, NULL), *wrapped = json_object();
    json_object_set(wrapped, "rows", kinds);
    print_rows(wrapped);
    json_decref(wrapped);
    json_decref(kinds);
    return kinds ? 0 : error_set(error, -ENOMEM, "out of memory");
}

int command_office_words(struct call *call, struct error *error)
{
    (void)call, (void)error;
    CLEANUP_BUF struct buf json = {0};
    query_words(&json);
    command_print(&json);
    return 0;
}
