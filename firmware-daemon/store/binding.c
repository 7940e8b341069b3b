#include "store/binding.h"

#include <errno.h>
#include <string.h>

static void read_binding(struct sql_query *query, struct binding *ret)
{
    sql_copy_text(query, 0, ret->device, sizeof(ret->device));
    sql_copy_text(query, 1, ret->role, sizeof(ret->role));
    sql_copy_text(query, 2, ret->station, sizeof(ret->station));
}

int binding_of(struct store *store, const char *device, struct binding *ret)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT device, role, station FROM binding WHERE device = ?1", sql_text(device));
    bool found = sql_next(query);
    if (found)
        read_binding(query, ret);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int binding_set(struct store *store, const struct binding *binding)
{
    int result = sql_run(store->sql, "DELETE FROM binding WHERE station = ?1 AND role = ?2 AND role <> 'scanner'",
                         sql_text(binding->station), sql_text(binding->role));
    if (result)
        return result;
    return sql_run(store->sql,
                   "INSERT INTO binding (device, role, station, bound_us) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (device) "
                   "DO UPDATE SET role = excluded.role, station = excluded.station, bound_us = excluded.bound_us",
                   sql_text(binding->device), sql_text(binding->role), sql_text(binding->station),
                   sql_int(store->stamp.wall_us));
}

int binding_list(struct store *store, struct binding *ret, size_t capacity, size_t *ret_count)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT device, role, station FROM binding ORDER BY device", SQL_NO_VALUES);
    size_t count = 0;
    while (count < capacity && sql_next(query))
        read_binding(query, &ret[count++]);
    *ret_count = count;
    return sql_done(query);
}

int station_forget_all(struct store *store)
{
    return sql_run(store->sql, "DELETE FROM station", SQL_NO_VALUES);
}

int station_add(struct store *store, const char *code, bool has_printer, bool has_scale)
{
    return sql_run(store->sql, "INSERT INTO station (code, printer, scale) VALUES (?1, ?2, ?3)", sql_text(code),
                   sql_int(has_printer), sql_int(has_scale));
}

int station_exists(struct store *store, const char *code)
{
    int64_t one;
    return sql_number(store->sql, &one, "SELECT 1 FROM station WHERE code = ?1", sql_text(code));
}

int station_is_fixed(struct store *store, const char *code, const char *role)
{
    int64_t fixed = 0;
    int result =
        sql_number(store->sql, &fixed, "SELECT iif(?2 = 'printer', printer, scale) FROM station WHERE code = ?1",
                   sql_text(code), sql_text(role));
    return result ? result : (int)fixed;
}

bool station_has_scale(struct store *store, const char *code)
{
    int64_t one;
    return sql_number(store->sql, &one,
                      "SELECT 1 FROM station WHERE code = ?1 AND scale = 1 UNION ALL "
                      "SELECT 1 FROM binding WHERE station = ?1 AND role = 'scale' LIMIT 1",
                      sql_text(code)) == 0;
}
