#include "store/document.h"

#include <errno.h>

int document_load(struct store *store, int64_t id, struct document *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT worker, over_percent, rev, blind, kind, number, state, outcome, partner, owner, order_number, "
        "waybill FROM document WHERE id = ?1",
        sql_int(id));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct document){.id = id,
                                 .worker = sql_get_int(query, 0),
                                 .over_percent = sql_get_int(query, 1),
                                 .rev = sql_get_int(query, 2),
                                 .blind = sql_get_int(query, 3) != 0};
        sql_copy_text(query, 4, ret->kind, sizeof(ret->kind));
        sql_copy_text(query, 5, ret->number, sizeof(ret->number));
        sql_copy_text(query, 6, ret->state, sizeof(ret->state));
        sql_copy_text(query, 7, ret->outcome, sizeof(ret->outcome));
        sql_copy_text(query, 8, ret->partner, sizeof(ret->partner));
        sql_copy_text(query, 9, ret->owner, sizeof(ret->owner));
        sql_copy_text(query, 10, ret->order_number, sizeof(ret->order_number));
        sql_copy_text(query, 11, ret->waybill, sizeof(ret->waybill));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int document_find(struct store *store, const char *number, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM document WHERE number = ?1", sql_text(number));
}

int document_insert(struct store *store, const struct document *document, int64_t *ret)
{
    int result =
        sql_run(store->sql,
                "INSERT INTO document (kind, number, partner, owner, order_number, waybill, blind, over_percent, "
                "rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                sql_text(document->kind), sql_text(document->number), sql_text(document->partner),
                sql_text(document->owner), sql_text(document->order_number), sql_text(document->waybill),
                sql_int(document->blind), sql_int(document->over_percent), sql_int(document->rev));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int document_set_state(struct store *store, int64_t id, const char *state, const char *outcome)
{
    return sql_run(store->sql, "UPDATE document SET state = ?2, outcome = ?3 WHERE id = ?1", sql_int(id),
                   sql_text(state), sql_text(outcome));
}

int document_set_waybill(struct store *store, int64_t id, const char *waybill, int64_t rev)
{
    return sql_run(store->sql, "UPDATE document SET waybill = ?2, rev = ?3 WHERE id = ?1", sql_int(id),
                   sql_text(waybill), sql_int(rev));
}

int document_set_worker(struct store *store, int64_t id, int64_t worker)
{
    return sql_run(store->sql, "UPDATE document SET worker = ?2 WHERE id = ?1", sql_int(id), sql_ref(worker));
}

#define LINE_COLUMNS "id, document, line, item, expected, done, damaged, settled, lot_code, expiry, sscc"

static int load_line(struct sql_query *query, struct document_line *ret)
{
    bool found = sql_next(query);
    if (found) {
        *ret = (struct document_line){.id = sql_get_int(query, 0),
                                      .document = sql_get_int(query, 1),
                                      .line = sql_get_int(query, 2),
                                      .item = sql_get_int(query, 3),
                                      .expected = sql_get_int(query, 4),
                                      .done = sql_get_int(query, 5),
                                      .damaged = sql_get_int(query, 6),
                                      .settled = sql_get_int(query, 7)};
        sql_copy_text(query, 8, ret->lot_code, sizeof(ret->lot_code));
        sql_copy_text(query, 9, ret->expiry, sizeof(ret->expiry));
        sql_copy_text(query, 10, ret->sscc, sizeof(ret->sscc));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int document_line_load(struct store *store, int64_t id, struct document_line *ret)
{
    return load_line(sql_select(store->sql, "SELECT " LINE_COLUMNS " FROM document_line WHERE id = ?1", sql_int(id)),
                     ret);
}

int document_line_insert(struct store *store, const struct document_line *line, int64_t *ret)
{
    int result = sql_run(store->sql,
                         "INSERT INTO document_line (document, line, item, lot_code, expiry, sscc, expected) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         sql_int(line->document), sql_int(line->line), sql_int(line->item), sql_text(line->lot_code),
                         sql_text(*line->expiry ? line->expiry : NULL), sql_text(line->sscc), sql_int(line->expected));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int document_line_after(struct store *store, int64_t document, int64_t after, struct document_line *ret)
{
    return load_line(sql_select(store->sql,
                                "SELECT " LINE_COLUMNS " FROM document_line WHERE document = ?1 AND line > ?2 "
                                "ORDER BY line LIMIT 1",
                                sql_int(document), sql_int(after)),
                     ret);
}

int document_line_for(struct store *store, int64_t document, int64_t item, const char *lot, struct document_line *ret)
{
    return load_line(sql_select(store->sql,
                                "SELECT " LINE_COLUMNS
                                " FROM document_line WHERE document = ?1 AND item = ?2 AND lot_code IN (?3, '') "
                                "ORDER BY expected <= done + damaged, lot_code = '', line LIMIT 1",
                                sql_int(document), sql_int(item), sql_text(lot)),
                     ret);
}

int document_line_of_sscc(struct store *store, const char *sscc, struct document_line *ret)
{
    return load_line(sql_select(store->sql,
                                "SELECT " LINE_COLUMNS " FROM document_line WHERE sscc = ?1 AND sscc <> '' "
                                "ORDER BY (SELECT state IN ('closed', 'cancelled') FROM document d WHERE d.id = "
                                "document), id LIMIT 1",
                                sql_text(sscc)),
                     ret);
}

int document_totals(struct store *store, int64_t id, struct document_totals *ret)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT coalesce(sum(expected), 0), coalesce(sum(done), 0), "
                                         "coalesce(sum(damaged), 0), coalesce(sum(settled), 0) "
                                         "FROM document_line WHERE document = ?1",
                                         sql_int(id));
    if (sql_next(query))
        *ret = (struct document_totals){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                        sql_get_int(query, 3)};
    return sql_done(query);
}

#define TASK_COLUMNS                                                                                                   \
    "id, priority, item, lot, quantity, taken, put, lpn, from_location, to_location, wave, worker, kind, state, "      \
    "reason, document"

static int load_task(struct sql_query *query, struct task *ret)
{
    bool found = sql_next(query);
    if (found) {
        *ret = (struct task){.id = sql_get_int(query, 0),
                             .priority = sql_get_int(query, 1),
                             .item = sql_get_int(query, 2),
                             .lot = sql_get_int(query, 3),
                             .quantity = sql_get_int(query, 4),
                             .taken = sql_get_int(query, 5),
                             .put = sql_get_int(query, 6),
                             .lpn = sql_get_int(query, 7),
                             .from_location = sql_get_int(query, 8),
                             .to_location = sql_get_int(query, 9),
                             .wave = sql_get_int(query, 10),
                             .worker = sql_get_int(query, 11),
                             .document = sql_get_int(query, 15)};
        sql_copy_text(query, 12, ret->kind, sizeof(ret->kind));
        sql_copy_text(query, 13, ret->state, sizeof(ret->state));
        sql_copy_text(query, 14, ret->reason, sizeof(ret->reason));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int task_load(struct store *store, int64_t id, struct task *ret)
{
    return load_task(sql_select(store->sql, "SELECT " TASK_COLUMNS " FROM task WHERE id = ?1", sql_int(id)), ret);
}

int task_insert(struct store *store, const struct task *task, int64_t *ret)
{
    int result =
        sql_run(store->sql,
                "INSERT INTO task (kind, priority, reason, item, lot, quantity, lpn, from_location, to_location, "
                "wave, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                sql_text(task->kind), sql_int(task->priority), sql_text(task->reason), sql_ref(task->item),
                sql_int(task->lot), sql_int(task->quantity), sql_ref(task->lpn), sql_ref(task->from_location),
                sql_ref(task->to_location), sql_ref(task->wave), sql_ref(task->document));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int task_set_state(struct store *store, int64_t id, const char *state, const char *outcome)
{
    return sql_run(store->sql, "UPDATE task SET state = ?2, outcome = ?3 WHERE id = ?1", sql_int(id), sql_text(state),
                   sql_text(outcome));
}

int task_give_back(struct store *store, int64_t id)
{
    int result = task_set_worker(store, id, 0);
    if (!result)
        result = task_set_state(store, id, "planned", "");
    return result == -EEXIST ? task_set_state(store, id, "cancelled", "") : result;
}

int task_set_worker(struct store *store, int64_t id, int64_t worker)
{
    return sql_run(store->sql, "UPDATE task SET worker = ?2 WHERE id = ?1", sql_int(id), sql_ref(worker));
}

int task_set_target(struct store *store, int64_t id, int64_t to_location)
{
    return sql_run(store->sql, "UPDATE task SET to_location = ?2 WHERE id = ?1", sql_int(id), sql_ref(to_location));
}

int task_set_plate(struct store *store, int64_t id, int64_t lpn)
{
    return sql_run(store->sql, "UPDATE task SET lpn = ?2 WHERE id = ?1", sql_int(id), sql_ref(lpn));
}

int task_next(struct store *store, const char *kind, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM task WHERE kind = ?1 AND state = 'planned' AND worker IS NULL "
                      "AND state NOT IN ('done', 'cancelled') ORDER BY priority DESC, id LIMIT 1",
                      sql_text(kind));
}

int task_of_plate(struct store *store, int64_t lpn, struct task *ret)
{
    return load_task(sql_select(store->sql,
                                "SELECT " TASK_COLUMNS
                                " FROM task WHERE lpn = ?1 AND state NOT IN ('done', 'cancelled') "
                                "ORDER BY id LIMIT 1",
                                sql_int(lpn)),
                     ret);
}

int task_count_waiting(struct store *store, const char *kind, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT count(*) FROM task WHERE kind = ?1 AND state = 'planned' AND worker IS NULL "
                      "AND state NOT IN ('done', 'cancelled')",
                      sql_text(kind));
}
