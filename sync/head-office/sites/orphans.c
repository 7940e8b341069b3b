#include "sync/head-office/sites/orphans.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/sites/feed.h"
#include "sync/head-office/stock/promises.h"
#include "sync/wire/line.h"
#include "sync/wire/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 7
#define REST       "*" /* all members that are not named, as JSON members */

/* ---------------------------------------------------------------- master data */

/* ?1 to ?N are the members in their order, the last is rev, and the one after it the site. */
static const struct kind {
    const char *change;
    const char *members[VALUES_MAX + 1];
    const char *adopt; /* a row when what came is later */
    const char *stand; /* a row when what is here has the same revision and says something else */
    bool of_site;
} kinds[] = {
    {"item.upsert",
     {"sku", "name", "weight_g", REST, "rev"},
     "INSERT INTO item (sku, name, weight_g, attributes, rev) VALUES (?1, ?2, coalesce(CAST(?3 AS BIGINT), 0), ?4, ?5) "
     "ON CONFLICT "
     "(sku) "
     "DO UPDATE SET name = excluded.name, weight_g = excluded.weight_g, attributes = excluded.attributes, "
     "rev = excluded.rev WHERE item.rev < excluded.rev RETURNING rev",
     "UPDATE item SET rev = rev + 1 WHERE sku = ?1 AND rev = ?5 AND (name <> ?2 OR weight_g <> ?3 OR attributes <> ?4) "
     "RETURNING rev",
     false},
    {"location.upsert",
     {"code", "kind", "walk", "carrier", REST, "rev"},
     "INSERT INTO location (site, code, kind, walk, carrier, attributes, rev) VALUES (?7, ?1, ?2, ?3, ?4, ?5, ?6) "
     "ON CONFLICT (site, code) DO UPDATE SET kind = excluded.kind, walk = excluded.walk, carrier = excluded.carrier, "
     "attributes = excluded.attributes, rev = excluded.rev WHERE location.rev < excluded.rev RETURNING rev",
     "UPDATE location SET rev = rev + 1 WHERE site = ?7 AND code = ?1 AND rev = ?6 AND (kind <> ?2 OR walk <> ?3 OR "
     "coalesce(carrier, '') <> coalesce(?4, '') OR attributes <> ?5) RETURNING rev",
     true},
    {"worker.upsert",
     {"worker", "name", "badge", "role", "active", "rev"},
     "INSERT INTO worker (worker, name, badge, role, active, rev) VALUES (?1, ?2, ?3, ?4, coalesce(CAST(?5 AS BIGINT), "
     "1), ?6) ON CONFLICT (worker) DO UPDATE SET name = excluded.name, badge = excluded.badge, role = excluded.role, "
     "active = excluded.active, rev = excluded.rev WHERE worker.rev < excluded.rev RETURNING rev",
     "UPDATE worker SET rev = rev + 1 WHERE worker = ?1 AND rev = ?6 AND (name <> ?2 OR badge <> ?3 OR role <> ?4 OR "
     "active <> ?5) RETURNING rev",
     false},
    {"barcode.upsert",
     {"code", "kind", "sku", "factor", "weight_g", "name", "rev"},
     "INSERT INTO barcode (code, kind, sku, factor, weight_g, name, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
     "ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, sku = excluded.sku, factor = excluded.factor, "
     "weight_g = excluded.weight_g, name = excluded.name, rev = excluded.rev WHERE barcode.rev < excluded.rev "
     "RETURNING rev",
     "UPDATE barcode SET rev = rev + 1 WHERE code = ?1 AND rev = ?7 AND (kind, sku, factor, weight_g, name) IS "
     "DISTINCT "
     "FROM (?2, ?3, ?4, ?5, ?6) RETURNING rev",
     false},
};

static bool is_named(const struct kind *kind, const char *member)
{
    for (size_t i = 0; kind->members[i]; i++)
        if (strcmp(kind->members[i], member) == 0)
            return true;
    return false;
}

/* As item.attributes has them: members without the braces around them. */
static void write_rest(const struct kind *kind, const json_t *data, struct buf *out)
{
    json_t *rest = json_copy((json_t *)(uintptr_t)data);
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(rest, next, name, value)
    {
        if (is_named(kind, name))
            json_object_del(rest, name);
    }
    char *text = json_dumps(rest, JSON_COMPACT);
    size_t length = text ? strlen(text) : 0;
    if (length > 2)
        buf_put(out, text + 1, length - 2);
    free(text);
    json_decref(rest);
}

static struct sql_value text_of(const json_t *data, const char *member)
{
    return sql_text(json_string_value(json_object_get(data, member)));
}

/* What is no number is none, and never a text: a database that knows types takes the one that it was shown first. */
static struct sql_value number_of(const json_t *data, const char *member)
{
    const json_t *value = json_object_get(data, member);
    if (json_is_boolean(value))
        return sql_int(json_is_true(value));
    return json_is_integer(value) ? sql_int(json_integer_value(value)) : sql_null();
}

static struct sql_value value_of(const json_t *data, const char *member)
{
    static const char *const numbers[] = {"weight_g", "walk", "factor", "active", "rev"};
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (strcmp(numbers[i], member) == 0)
            return number_of(data, member);
    return text_of(data, member);
}

static void fill(const struct kind *kind, const json_t *data, const struct buf *rest, const char *site,
                 struct sql_value values[VALUES_MAX + 2])
{
    size_t count = 0;
    for (; kind->members[count]; count++)
        values[count] =
            strcmp(kind->members[count], REST) == 0 ? sql_text(buf_text(rest)) : value_of(data, kind->members[count]);
    if (kind->of_site)
        values[count++] = sql_text(site);
    values[count] = (struct sql_value){0};
}

static int send_everywhere(struct office *office, const char *site, const char *type, const char *key, int64_t rev,
                           const json_t *data)
{
    json_t *whole = json_copy((json_t *)(uintptr_t)data);
    json_object_set_new(whole, "rev", json_integer(rev));
    char *text = json_dumps(whole, JSON_COMPACT);
    const struct feed_change change = {.type = type, .key = key, .rev = rev, .data = text ? text : "{}"};
    int result =
        strcmp(type, "location.upsert") == 0 ? feed_append(office, site, &change) : feed_append_all(office, &change);
    free(text);
    json_decref(whole);
    return result;
}

/* What is here was sent once, to this site or another: with its next revision it goes to all again. */
static int send_own_again(struct office *office, const char *site, const char *type, const char *key, int64_t rev)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT line FROM feed WHERE type = ?1 AND key = ?2 ORDER BY rev DESC LIMIT 1",
                   sql_text(type), sql_text(key));
    json_t *line = sql_next(row) ? json_loads(sql_get_text(row, 0), JSON_REJECT_DUPLICATES, NULL) : NULL;
    int result = sql_done(row);
    if (!result && line)
        result = send_everywhere(office, site, type, key, rev, json_object_get(line, "data"));
    json_decref(line);
    return result;
}

static int take_master(struct office *office, const char *site, const struct kind *kind, const char *key,
                       const json_t *data)
{
    CLEANUP_BUF struct buf rest = {0};
    struct sql_value values[VALUES_MAX + 2];
    int64_t rev = 0;
    write_rest(kind, data, &rest);
    fill(kind, data, &rest, site, values);
    int result = sql_number_values(office->sql, &rev, kind->stand, values);
    if (!result)
        return send_own_again(office, site, kind->change, key, rev);
    if (result == -ENOENT)
        result = sql_number_values(office->sql, &rev, kind->adopt, values);
    if (!result)
        result = send_everywhere(office, site, kind->change, key, rev, data);
    return result == -ENOENT ? 0 : result;
}

/* ---------------------------------------------------------------- orders */

static int take_lines(struct office *office, const char *number, const json_t *lines)
{
    int result = 0;
    for (size_t i = 0; i < json_array_size(lines) && !result; i++) {
        const json_t *line = json_array_get(lines, i);
        result = sql_run(office->sql, "INSERT INTO order_line (number, line, sku, quantity) VALUES (?1, ?2, ?3, ?4)",
                         sql_text(number), number_of(line, "line"), text_of(line, "sku"), number_of(line, "quantity"));
    }
    return result;
}

static int take_release(struct office *office, const char *site, const json_t *data)
{
    const char *number = json_string_value(json_object_get(data, "order"));
    int result = sql_run(
        office->sql,
        "INSERT INTO orders (number, platform, carrier, waybill, priority, receiver_name, "
        "receiver_phone, receiver_address, state, site, imported_us) VALUES (?1, coalesce(?2, ''), "
        "coalesce(?3, ''), ?4, coalesce(CAST(?5 AS BIGINT), 0), '', '', '', 'released', ?6, ?7) ON CONFLICT DO NOTHING",
        sql_text(number), text_of(data, "platform"), text_of(data, "carrier"), text_of(data, "waybill"),
        number_of(data, "priority"), sql_text(site), sql_int(office->now_us));
    bool is_new = !result && sql_changes(office->sql) > 0;
    if (is_new)
        result = take_lines(office, number, json_object_get(data, "lines"));
    else if (!result)
        result = sql_run(office->sql,
                         "UPDATE orders SET state = 'released', site = ?2 WHERE number = ?1 AND state IN ('audit',"
                         " 'exception', 'reserved')",
                         sql_text(number), sql_text(site));
    bool released = is_new || (!result && sql_changes(office->sql) > 0);
    if (!result && released)
        result = demand_note_order(office->sql, number);
    return result || !released ? result : promises_force(office, number, site);
}

static int take_cancel(struct office *office, const json_t *data)
{
    return sql_run(office->sql, "UPDATE orders SET cancelling = 1 WHERE number = ?1 AND state <> 'closed'",
                   text_of(data, "order"));
}

int orphans_take(struct office *office, const char *site, const json_t *orphan, bool *ret_feeds, struct error *why)
{
    char name[WIRE_TYPE_MAX + 1] = "";
    size_t length;
    const json_t *data = json_object_get(orphan, "data");
    const char *type = json_string_value(json_object_get(orphan, "type"));
    const char *key = json_string_value(json_object_get(orphan, "subject"));
    const char *short_name = wire_type_name(type ? type : "", &length);
    if (length < sizeof(name))
        memcpy(name, short_name, length);
    *ret_feeds = true;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].change, name) == 0)
            return take_master(office, site, &kinds[i], key ? key : "", data);
    if (strcmp(name, "order.release") == 0)
        return take_release(office, site, data);
    if (strcmp(name, "order.cancel") == 0)
        return take_cancel(office, data);
    *ret_feeds = false;
    return error_set(why, -EINVAL, "this database has lost what it told the site (%s of %s): tell it again", name,
                     key ? key : "?");
}
