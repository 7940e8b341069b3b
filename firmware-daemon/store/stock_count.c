#include "store/stock_count.h"

#include <errno.h>

int stock_count_load(struct store *store, int64_t id, struct stock_count *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT location, item, priority, round, worker, seq, blind, source, state FROM stock_count WHERE id = ?1",
        sql_int(id));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct stock_count){.id = id,
                                    .location = sql_get_int(query, 0),
                                    .item = sql_get_int(query, 1),
                                    .priority = sql_get_int(query, 2),
                                    .round = sql_get_int(query, 3),
                                    .worker = sql_get_int(query, 4),
                                    .seq = sql_get_int(query, 5),
                                    .blind = sql_get_int(query, 6) != 0};
        sql_copy_text(query, 7, ret->source, sizeof(ret->source));
        sql_copy_text(query, 8, ret->state, sizeof(ret->state));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int stock_count_plan(struct store *store, const struct stock_count *count, int64_t *ret)
{
    int result =
        sql_run(store->sql,
                "INSERT INTO stock_count (location, item, source, blind, priority) VALUES (?1, ?2, ?3, ?4, ?5) "
                "ON CONFLICT DO NOTHING",
                sql_int(count->location), sql_ref(count->item), sql_text(count->source), sql_int(count->blind),
                sql_int(count->priority));
    if (!result)
        *ret = sql_changes(store->sql) ? sql_last_id(store->sql) : 0;
    return result;
}
