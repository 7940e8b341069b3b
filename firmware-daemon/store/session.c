#include "store/session.h"

#include <errno.h>
#include <string.h>

#define NAMED(member, column) #column ", "
#define KEPT                  SESSION_REFERENCES(NAMED) SESSION_NUMBERS(NAMED) SESSION_TEXTS(NAMED) "worker"
#define COLUMNS               KEPT ", undo"

static void read_session(struct sql_query *query, struct session *ret)
{
    int at = 0;
    memset(ret, 0, sizeof(*ret));
#define NUMBER(member, column) ret->member = sql_get_int(query, at++);
#define TEXT(member, column)   sql_copy_text(query, at++, ret->member, sizeof(ret->member));
    SESSION_REFERENCES(NUMBER)
    SESSION_NUMBERS(NUMBER)
    SESSION_TEXTS(TEXT)
#undef NUMBER
#undef TEXT
    ret->worker = sql_get_int(query, at++);
    ret->undo = sql_get_int(query, at);
}

static int load(struct sql_query *query, struct session *ret)
{
    if (sql_next(query))
        read_session(query, ret);
    else
        memset(ret, 0, sizeof(*ret));
    return sql_done(query);
}

int session_at_station(struct store *store, const char *station, struct session *ret)
{
    return load(sql_select(store->sql, "SELECT " COLUMNS " FROM session WHERE station = ?", sql_text(station)), ret);
}

int session_of_worker(struct store *store, int64_t worker, struct session *ret)
{
    return load(sql_select(store->sql, "SELECT " COLUMNS " FROM session WHERE worker = ?", sql_int(worker)), ret);
}

bool session_equals(const struct session *a, const struct session *b)
{
#define SAME_NUMBER(member, column) &&a->member == b->member
#define SAME_TEXT(member, column)   &&strcmp(a->member, b->member) == 0
    return a->worker == b->worker && a->undo == b->undo SESSION_REFERENCES(SAME_NUMBER) SESSION_NUMBERS(SAME_NUMBER)
                                                    SESSION_TEXTS(SAME_TEXT);
#undef SAME_NUMBER
#undef SAME_TEXT
}

int session_save(struct store *store, const struct session *session)
{
#define ASSIGNED(member, column)  #column " = ?, "
#define REFERENCE(member, column) sql_ref(session->member),
#define NUMBER(member, column)    sql_int(session->member),
#define TEXT(member, column)      sql_text(session->member),
    return sql_run(store->sql,
                   "UPDATE session SET " SESSION_REFERENCES(ASSIGNED) SESSION_NUMBERS(ASSIGNED)
                       SESSION_NOTES(ASSIGNED) "step = ?, undo = ? WHERE worker = ?",
                   SESSION_REFERENCES(REFERENCE) SESSION_NUMBERS(NUMBER) SESSION_NOTES(TEXT) sql_text(session->step),
                   sql_ref(session->undo), sql_int(session->worker));
#undef ASSIGNED
#undef REFERENCE
#undef NUMBER
#undef TEXT
}

int session_sign_in(struct store *store, int64_t worker, const char *station)
{
    int result = sql_run(store->sql, "UPDATE session SET station = NULL WHERE station = ?1 AND worker <> ?2",
                         sql_text(station), sql_int(worker));
    if (result)
        return result;
    return sql_run(store->sql,
                   "INSERT INTO session (worker, station) VALUES (?1, ?2) "
                   "ON CONFLICT (worker) DO UPDATE SET station = excluded.station",
                   sql_int(worker), sql_text(station));
}

int session_station(struct store *store, int64_t worker, char *out, size_t capacity)
{
    struct sql_query *query = sql_select(
        store->sql, "SELECT station FROM session WHERE worker = ?1 AND station IS NOT NULL", sql_int(worker));
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int session_sign_out(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "UPDATE session SET station = NULL WHERE worker = ?1", sql_int(worker));
}

int session_at_order(struct store *store, int64_t order, int64_t after, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT s.worker FROM session s WHERE s.worker > ?2 AND (s.order_id = ?1 OR s.allocation IN "
                      "(SELECT a.id FROM allocation a JOIN order_line l ON l.id = a.line WHERE l.order_id = ?1) OR "
                      "s.plate IN (SELECT id FROM lpn WHERE order_id = ?1)) "
                      "ORDER BY s.worker LIMIT 1",
                      sql_int(order), sql_int(after));
}

int session_leave_manifest(struct store *store, int64_t manifest)
{
    return sql_run(store->sql,
                   "UPDATE session SET step = 'menu', manifest = NULL, parcel = NULL, undo = NULL WHERE manifest = ?1",
                   sql_int(manifest));
}

int action_record(struct store *store, struct session *session, int64_t seq, const char *type)
{
    int result =
        sql_run(store->sql,
                "INSERT INTO action (" KEPT ", undo, seq, type) SELECT " KEPT ", ?2, ?3, ?4 FROM session WHERE "
                "worker = ?1",
                sql_int(session->worker), sql_ref(session->undo), sql_int(seq), sql_text(type));
    if (!result)
        session->undo = sql_last_id(store->sql);
    return result;
}

#define COUNTED(member, column) +1
enum { COLUMN_COUNT = 2 SESSION_REFERENCES(COUNTED) SESSION_NUMBERS(COUNTED) SESSION_TEXTS(COUNTED) };

int action_load(struct store *store, int64_t id, struct action *ret)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT " COLUMNS ", seq, type FROM action WHERE id = ?", sql_int(id));
    bool found = sql_next(query);
    if (found) {
        read_session(query, &ret->before);
        ret->seq = sql_get_int(query, COLUMN_COUNT);
        sql_copy_text(query, COLUMN_COUNT + 1, ret->type, sizeof(ret->type));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int action_forget(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "UPDATE session SET undo = NULL WHERE worker = ?1", sql_int(worker));
}

/* Every action that can still be undone, with its worker. */
#define CHAIN                                                                                                          \
    "WITH RECURSIVE chain (worker, id) AS (SELECT worker, undo FROM session WHERE undo IS NOT NULL UNION ALL "         \
    "SELECT c.worker, a.undo FROM chain c JOIN action a ON a.id = c.id WHERE a.undo IS NOT NULL) "

int action_forget_order(struct store *store, int64_t order)
{
    return sql_run(store->sql,
                   CHAIN
                   "UPDATE session SET undo = NULL WHERE worker IN (SELECT c.worker FROM chain c JOIN action a ON "
                   "a.id = c.id WHERE a.order_id = ?1)",
                   sql_int(order));
}

int action_count(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT count(*) FROM action", SQL_NO_VALUES);
}

int action_prune(struct store *store, int64_t rows_max)
{
    return sql_run(store->sql,
                   CHAIN "DELETE FROM action WHERE id IN (SELECT id FROM action WHERE id NOT IN (SELECT id FROM chain) "
                         "ORDER BY id LIMIT ?1)",
                   sql_int(rows_max));
}
