#include "sync/head-office/buying/demand.h"

#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define AT_ONCE     100 /* orders of a transaction */
#define NUMBER_SIZE 65
#define MARK_DAYS   1100

int demand_note_order(struct sql *sql, const char *number)
{
    return sql_post(sql, "INSERT INTO demand_due (number) VALUES (?1)", sql_text(number));
}

/* ---------------------------------------------------------------- one order */

/* What was counted of it is taken out again. */
static int forget_counted(struct office *office, const char *number)
{
    int result = sql_run(office->sql,
                         "UPDATE demand_day SET quantity = quantity - (SELECT o.quantity FROM demand_order o WHERE"
                         " o.number = ?1 AND o.sku = demand_day.sku AND o.day = demand_day.day) WHERE (sku, day) IN"
                         " (SELECT o.sku, o.day FROM demand_order o WHERE o.number = ?1)",
                         sql_text(number));
    if (!result)
        result = sql_run(office->sql, "DELETE FROM demand_order WHERE number = ?1", sql_text(number));
    return result;
}

#define WAITED "EXISTS (SELECT 1 FROM exception e WHERE e.number = o.number AND e.kind = 'short')"
#define ASKED                                                                                                          \
    "CASE WHEN " WAITED " THEN l.quantity WHEN o.state = 'closed' THEN l.shipped ELSE l.quantity - l.refunded END"

/* -ENOENT: nothing of it is demand. */
static int read_day(struct office *office, const char *number, int64_t zone_minutes, int64_t *ret)
{
    int64_t us = 0;
    int result =
        sql_number(office->sql, &us,
                   "SELECT coalesce(paid_us, placed_us, imported_us) FROM orders WHERE number = ?1 AND state <>"
                   " 'pending_pay' AND replaced = 0 AND origin <> 'repair'",
                   sql_text(number));
    *ret = business_day_of(business_today(us, zone_minutes));
    return result;
}

static int count_lines(struct office *office, const char *number, int64_t day)
{
    int result = sql_run(office->sql,
                         "INSERT INTO demand_order (number, sku, day, quantity) SELECT o.number, l.sku, ?2, sum(" ASKED
                         ") FROM orders o JOIN order_line l ON l.number = o.number WHERE o.number = ?1 AND l.sku IS NOT"
                         " NULL GROUP BY o.number, l.sku HAVING sum(" ASKED ") > 0",
                         sql_text(number), sql_int(day));
    if (result)
        return result;
    return sql_run(
        office->sql,
        "INSERT INTO demand_day (sku, day, quantity) SELECT sku, day, quantity FROM demand_order WHERE number"
        " = ?1 ON CONFLICT (sku, day) DO UPDATE SET quantity = demand_day.quantity + excluded.quantity",
        sql_text(number));
}

static int count_order(struct office *office, const char *number, int64_t zone_minutes)
{
    int64_t day = 0;
    int result = forget_counted(office, number);
    if (!result)
        result = read_day(office, number, zone_minutes, &day);
    if (result)
        return result == -ENOENT ? 0 : result;
    return count_lines(office, number, day);
}

/* ---------------------------------------------------------------- those that were noted */

struct noted {
    char numbers[AT_ONCE][NUMBER_SIZE];
    int64_t ids[AT_ONCE], count;
};

static int read_noted(struct office *office, struct noted *ret)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT number, id FROM demand_due ORDER BY id LIMIT ?1", sql_int(AT_ONCE));
    for (ret->count = 0; ret->count < AT_ONCE && sql_next(row); ret->count++) {
        sql_copy_text(row, 0, ret->numbers[ret->count], NUMBER_SIZE);
        ret->ids[ret->count] = sql_get_int(row, 1);
    }
    return sql_done(row);
}

static int forget_noted(struct office *office, const struct noted *noted)
{
    int result = 0;
    for (int64_t i = 0; i < noted->count && !result; i++)
        result = sql_post(office->sql, "DELETE FROM demand_due WHERE id = ?1", sql_int(noted->ids[i]));
    return result;
}

static int count_some(struct office *office, int64_t zone_minutes, int64_t *ret_count)
{
    struct noted noted;
    int result = read_noted(office, &noted);
    for (int64_t i = 0; i < noted.count && !result; i++) {
        bool again = false;
        for (int64_t before = 0; before < i && !again; before++)
            again = strcmp(noted.numbers[before], noted.numbers[i]) == 0;
        result = again ? 0 : count_order(office, noted.numbers[i], zone_minutes);
    }
    *ret_count = noted.count;
    return result ? result : forget_noted(office, &noted);
}

int demand_work_inside(struct office *office, int64_t *ret_counted, struct error *error)
{
    struct settings settings;
    int64_t count = 1;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    for (*ret_counted = 0; count > 0 && !result; *ret_counted += count)
        result = count_some(office, settings.utc_offset_min, &count);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int count_within(struct office *office, int64_t zone_minutes, int64_t *ret_count, struct error *error)
{
    int result = office_begin(office, error);
    if (result)
        return result;
    result = count_some(office, zone_minutes, ret_count);
    result = result ? office_failed(office->sql, result, error) : office_commit(office, error);
    office_rollback(office);
    return result;
}

int demand_work(struct office *office, int64_t most, struct demand_work *ret, struct error *error)
{
    struct settings settings;
    int64_t one, count = 1;
    *ret = (struct demand_work){0};
    int result = sql_number(office->sql, &one, "SELECT 1 FROM demand_due LIMIT 1", SQL_NO_VALUES);
    if (result)
        return result == -ENOENT ? 0 : office_failed(office->sql, result, error);
    result = settings_load(office, &settings, error);
    while (!result && count > 0 && ret->counted < most) {
        result = count_within(office, settings.utc_offset_min, &count, error);
        ret->counted += count;
    }
    ret->more = !result && count > 0;
    return result;
}

/* ---------------------------------------------------------------- files, and days that are marked */

int demand_put_row(struct office *office, const char *site, const void *data, int64_t *changed, const char **ret_column,
                   struct error *error)
{
    (void)site;
    const struct demand_row *row = data;
    int64_t day = business_day_read(row->day), told = 0;
    *ret_column = day == 0 ? "day" : "sku";
    if (day == 0)
        return error_set(error, -EINVAL, "\"%s\" is no day: say it like 2026-11-27", row->day);
    if (!catalogue_has_item(office->sql, row->sku))
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", row->sku);
    int result = sql_number(office->sql, &told,
                            "INSERT INTO demand_day (sku, day, told) VALUES (?1, ?2, ?3) ON CONFLICT (sku, day) DO"
                            " UPDATE SET told = excluded.told WHERE demand_day.told <> excluded.told RETURNING told",
                            sql_text(row->sku), sql_int(day), sql_int(row->quantity));
    *changed += result == 0;
    return result && result != -ENOENT ? office_failed(office->sql, result, error) : 0;
}

static int mark_day(struct office *office, const char *sku, int64_t day, const char *kind, const char *who)
{
    int result = sql_run(office->sql, "DELETE FROM demand_mark WHERE day = ?1 AND (?2 = '' OR sku = ?2)", sql_int(day),
                         sql_text(sku));
    if (result || strcmp(kind, "usual") == 0)
        return result;
    return sql_run(office->sql,
                   "INSERT INTO demand_mark (sku, day, kind, who) SELECT sku, ?1, ?3, ?4 FROM item WHERE (?2 <> '' AND"
                   " sku = ?2) OR (?2 = '' AND EXISTS (SELECT 1 FROM demand_day d WHERE d.sku = item.sku))",
                   sql_int(day), sql_text(sku), sql_text(kind), sql_text(who));
}

int demand_mark(struct office *office, const char *sku, int64_t from_day, int64_t to_day, const char *kind,
                const char *who, struct error *error)
{
    int64_t first = business_day_serial(from_day), last = business_day_serial(to_day);
    int result = 0;
    if (last < first || last - first >= MARK_DAYS)
        return error_set(error, -EINVAL, "the last day is not before the first, and %d days at most are marked at once",
                         MARK_DAYS);
    if (*sku && !catalogue_has_item(office->sql, sku))
        return error_set(error, -ENOENT, "there is no item \"%s\"", sku);
    for (int64_t day = first; day <= last && !result; day++)
        result = mark_day(office, sku, business_day_of(day), kind, who);
    return result ? office_failed(office->sql, result, error) : 0;
}

int demand_mark_out(struct office *office, int64_t day, struct error *error)
{
    int result = sql_run(
        office->sql,
        "INSERT INTO demand_mark (sku, day, kind, who) SELECT i.sku, ?1, 'out', '' FROM item i LEFT JOIN (SELECT s.sku,"
        " sum(s.quantity) AS pieces FROM stock s LEFT JOIN location l ON l.site = s.site AND l.code = s.location WHERE"
        " coalesce(l.kind, 'face') NOT IN ('damage', 'return', 'gate') GROUP BY s.sku) h ON h.sku = i.sku LEFT JOIN"
        " (SELECT r.sku, sum(r.left_open) AS pieces FROM reservation r WHERE r.left_open > 0 GROUP BY r.sku) p ON p.sku"
        " = i.sku WHERE coalesce(h.pieces, 0) - coalesce(p.pieces, 0) <= 0 AND EXISTS (SELECT 1 FROM demand_day d WHERE"
        " d.sku = i.sku) ON CONFLICT DO NOTHING",
        sql_int(day));
    return result ? office_failed(office->sql, result, error) : 0;
}
