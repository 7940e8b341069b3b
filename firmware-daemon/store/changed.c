#include "store/changed.h"

#include "base/json.h"
#include "base/query_table.h"
#include "base/text.h"
#include "store/query.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MAX 64
#define NAME_SIZE  32

struct changed {
    struct store *store;
    uint64_t kinds; /* a bit for each, in the order of the book */
    size_t count;
    struct {
        char name[NAME_SIZE];
        uint64_t kinds;
    } tables[TABLES_MAX];
};

/* What is written with a table that SQLite tells of, and of which it does not tell itself: tables without row numbers,
 * and what views show. */
static const struct {
    const char *table, *with;
} also[] = {{"move", "balance"}, {"move", "free_stock"}, {"allocation", "free_stock"}, {"hold", "free_stock"}};

/* ---------------------------------------------------------------- which kinds look at which tables */

static bool has_word(const char *sql, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = sql; at && (at = strstr(at, word)); at += length) {
        bool begins = at == sql || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (begins && !isalnum((unsigned char)at[length]) && at[length] != '_')
            return true;
    }
    return false;
}

static bool names(const struct query *query, const char *table)
{
    bool found = has_word(query->from, table) || has_word(query->always, table);
    for (const struct query_column *column = query->columns; column->name && !found; column++)
        found = has_word(column->sql, table);
    return found;
}

static uint64_t kinds_of(const char *table)
{
    uint64_t kinds = 0;
    const struct query *query;
    for (size_t i = 0; (query = query_at(site_queries, i)); i++) {
        assert(i < 64);
        bool looks = names(query, table);
        for (size_t k = 0; k < COUNT(also) && !looks; k++)
            looks = strcmp(also[k].table, table) == 0 && names(query, also[k].with);
        kinds |= (uint64_t)looks << i;
    }
    return kinds;
}

int changed_new(struct store *store, struct changed **ret)
{
    struct changed *changed = calloc(1, sizeof(*changed));
    if (!changed)
        return -ENOMEM;
    changed->store = store;
    struct sql_query *row =
        sql_select(store->sql, "SELECT name FROM sqlite_schema WHERE type = 'table'", SQL_NO_VALUES);
    while (sql_next(row)) {
        assert(changed->count < TABLES_MAX);
        char *name = changed->tables[changed->count].name;
        sql_copy_text(row, 0, name, NAME_SIZE);
        changed->tables[changed->count++].kinds = kinds_of(name);
    }
    int result = sql_done(row);
    if (result)
        free(changed);
    else
        *ret = changed;
    return result;
}

struct changed *changed_free(struct changed *changed)
{
    free(changed);
    return NULL;
}

/* ---------------------------------------------------------------- what is written */

static void on_write(void *user, const char *table)
{
    struct changed *changed = user;
    for (size_t i = 0; i < changed->count; i++)
        if (strcmp(changed->tables[i].name, table) == 0) {
            changed->kinds |= changed->tables[i].kinds;
            return;
        }
}

void changed_listen(struct changed *changed, bool listens)
{
    sql_watch(changed->store->sql, listens ? on_write : NULL, changed);
    if (!listens)
        changed->kinds = 0;
}

bool changed_any(const struct changed *changed)
{
    return changed->kinds != 0;
}

bool changed_take(struct changed *changed, struct buf *json)
{
    const struct query *query;
    if (!changed->kinds)
        return false;
    json_open_object(json, NULL);
    json_open_array(json, "kinds");
    for (size_t i = 0; (query = query_at(site_queries, i)); i++)
        if (changed->kinds >> i & 1)
            json_text(json, NULL, query->kind);
    json_close_array(json);
    json_close_object(json);
    changed->kinds = 0;
    return !json->failed;
}
