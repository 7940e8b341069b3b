#include "sync/head-office/marketing/points.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the ledger */

static int lock(struct office *office, const char *member, int64_t *ret_points, int64_t *ret_owed, struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT points, owed FROM member WHERE member = ?1" SQL_FOR_UPDATE, sql_text(member));
    bool found = sql_next(row);
    *ret_points = found ? sql_get_int(row, 0) : 0;
    *ret_owed = found ? sql_get_int(row, 1) : 0;
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no member \"%s\"", member);
}

/* points: with its sign. */
static int enter(struct office *office, const struct points_change *change, int64_t points, int64_t *ret_entry)
{
    int result = sql_number_values(
        office->sql, ret_entry,
        "INSERT INTO points_entry (member, kind, points, order_number, key, note, who, time_us) VALUES (?1, ?2, ?3, ?4,"
        " ?5, ?6, ?7, ?8) RETURNING id",
        (struct sql_value[]){sql_text(change->member),
                             sql_text(change->kind),
                             sql_int(points),
                             sql_text(change->order),
                             sql_text(*change->key ? change->key : NULL),
                             sql_text(change->note),
                             sql_text(change->who),
                             sql_int(office->now_us),
                             {0}});
    return result ? result
                  : sql_run(office->sql, "UPDATE member SET points = points + ?2 WHERE member = ?1",
                            sql_text(change->member), sql_int(points));
}

static int take_of(struct office *office, int64_t entry, int64_t lot, int64_t points)
{
    int result = sql_run(office->sql, "UPDATE points_lot SET left_open = left_open - ?2 WHERE id = ?1", sql_int(lot),
                         sql_int(points));
    return result ? result
                  : sql_run(office->sql, "INSERT INTO points_use (entry, lot, points) VALUES (?1, ?2, ?3)",
                            sql_int(entry), sql_int(lot), sql_int(points));
}

/* The first lot to expire; *ret_left 0: there is none. */
static int first_lot(struct office *office, const char *member, int64_t *ret_lot, int64_t *ret_left)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT id, left_open FROM points_lot WHERE member = ?1 AND left_open > 0 ORDER"
                                       " BY expires_us, id LIMIT 1",
                                       sql_text(member));
    *ret_left = 0;
    if (sql_next(row)) {
        *ret_lot = sql_get_int(row, 0);
        *ret_left = sql_get_int(row, 1);
    }
    return sql_done(row);
}

/* So many are there. */
static int take_lots(struct office *office, const struct points_change *change, int64_t points, struct error *error)
{
    int64_t entry = 0, lot = 0, left = 0;
    if (points == 0)
        return 0;
    int result = enter(office, change, -points, &entry);
    while (!result && points > 0) {
        result = first_lot(office, change->member, &lot, &left);
        if (!result && left == 0)
            result = -EBADMSG;
        int64_t taken = left < points ? left : points;
        if (!result)
            result = take_of(office, entry, lot, taken);
        points -= taken;
    }
    return result ? office_failed(office->sql, result, error) : 0;
}

static int owe(struct office *office, const char *member, int64_t points, struct error *error)
{
    int result = points != 0 ? sql_run(office->sql, "UPDATE member SET owed = owed + ?2 WHERE member = ?1",
                                       sql_text(member), sql_int(points))
                             : 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

/* What was owed is kept of what has come. */
static int pay_debt(struct office *office, const struct points_change *came, int64_t owed, struct error *error)
{
    const struct points_change change = {came->member, "take_back", 0, came->order, "", "owed", came->who};
    int64_t points = owed < came->points ? owed : came->points;
    int result = take_lots(office, &change, points, error);
    return result ? result : owe(office, came->member, -points, error);
}

int points_add(struct office *office, const struct points_change *change, int64_t expires_us, struct error *error)
{
    int64_t points, owed, entry = 0;
    int result = lock(office, change->member, &points, &owed, error);
    if (result)
        return result;
    result = enter(office, change, change->points, &entry);
    if (result == -EEXIST)
        return error_set(error, result, "\"%s\" was done already", change->key);
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO points_lot (id, member, points, left_open, expires_us) VALUES (?1, ?2, ?3, ?3,"
                         " ?4)",
                         sql_int(entry), sql_text(change->member), sql_int(change->points), sql_int(expires_us));
    return result ? office_failed(office->sql, result, error) : pay_debt(office, change, owed, error);
}

int points_remove(struct office *office, const struct points_change *change, struct error *error)
{
    int64_t points, owed;
    int result = lock(office, change->member, &points, &owed, error);
    if (result)
        return result;
    if (change->points > points)
        return error_set(error, -ERANGE, "member \"%s\" has %" PRId64 " points, and %" PRId64 " are wanted",
                         change->member, points, change->points);
    return take_lots(office, change, change->points, error);
}

int points_claim(struct office *office, const struct points_change *change, struct error *error)
{
    int64_t points, owed;
    int result = lock(office, change->member, &points, &owed, error);
    if (result)
        return result;
    int64_t there = points < change->points ? points : change->points;
    result = take_lots(office, change, there, error);
    return result ? result : owe(office, change->member, change->points - there, error);
}

/* ---------------------------------------------------------------- giving back, expiring */

struct points_used {
    int64_t entry, lot, points;
};

/* What was used of the lot that expires last. */
static int last_use(struct office *office, const char *order, const char *kind, struct points_used *ret)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT u.entry, u.lot, u.points FROM points_use u JOIN points_entry e ON e.id ="
                   " u.entry JOIN points_lot l ON l.id = u.lot WHERE e.order_number = ?1 AND"
                   " e.order_number <> '' AND e.kind = ?2 ORDER BY l.expires_us DESC, l.id DESC, u.entry DESC LIMIT 1",
                   sql_text(order), sql_text(kind));
    *ret = (struct points_used){0};
    if (sql_next(row))
        *ret = (struct points_used){sql_get_int(row, 0), sql_get_int(row, 1), sql_get_int(row, 2)};
    return sql_done(row);
}

static int return_use(struct office *office, const struct points_used *use, int64_t points)
{
    int result = sql_run(office->sql, "UPDATE points_lot SET left_open = left_open + ?2 WHERE id = ?1",
                         sql_int(use->lot), sql_int(points));
    if (result)
        return result;
    return points == use->points
               ? sql_run(office->sql, "DELETE FROM points_use WHERE entry = ?1 AND lot = ?2", sql_int(use->entry),
                         sql_int(use->lot))
               : sql_run(office->sql, "UPDATE points_use SET points = points - ?3 WHERE entry = ?1 AND lot = ?2",
                         sql_int(use->entry), sql_int(use->lot), sql_int(points));
}

/* Each lot gets back what it had given, until no more than keep is used. */
static int return_uses(struct office *office, const char *order, const char *kind, int64_t keep, int64_t *ret_points)
{
    int64_t over = 0;
    int result = sql_number(office->sql, &over,
                            "SELECT coalesce(sum(u.points), 0) FROM points_use u JOIN points_entry e ON e.id = u.entry"
                            " WHERE e.order_number = ?1 AND e.order_number <> '' AND e.kind = ?2",
                            sql_text(order), sql_text(kind));
    over -= keep;
    *ret_points = over > 0 ? over : 0;
    while (!result && over > 0) {
        struct points_used use;
        result = last_use(office, order, kind, &use);
        int64_t points = use.points < over ? use.points : over;
        if (!result)
            result = points > 0 ? return_use(office, &use, points) : -EBADMSG;
        over -= points;
    }
    return result;
}

static int find_member(struct office *office, const char *order, const char *kind, char ret[MEMBER_SIZE])
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT member FROM points_entry WHERE order_number = ?1 AND order_number <> '' AND kind = ?2 LIMIT 1",
        sql_text(order), sql_text(kind));
    *ret = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, ret, MEMBER_SIZE);
    return sql_done(row);
}

int points_give_back(struct office *office, const char *order, const char *kind, int64_t keep, int64_t *ret_points,
                     struct error *error)
{
    char member[MEMBER_SIZE];
    int64_t points, owed, entry;
    *ret_points = 0;
    int result = find_member(office, order, kind, member);
    if (result || !*member)
        return result ? office_failed(office->sql, result, error) : 0;
    result = lock(office, member, &points, &owed, error);
    if (result)
        return result;
    struct points_change change = {member, "give_back", 0, order, "", "", ""};
    result = return_uses(office, order, kind, keep, ret_points);
    if (!result && *ret_points > 0)
        result = enter(office, &change, *ret_points, &entry);
    change.points = *ret_points;
    return result ? office_failed(office->sql, result, error) : pay_debt(office, &change, owed, error);
}

static int expire_lot(struct office *office, int64_t lot, const char *member, struct error *error)
{
    int64_t points, owed, left = 0, entry = 0;
    const struct points_change change = {member, "expire", 0, "", "", "", ""};
    int result = lock(office, member, &points, &owed, error);
    if (result)
        return result;
    result = sql_number(office->sql, &left, "SELECT left_open FROM points_lot WHERE id = ?1", sql_int(lot));
    if (!result && left > 0)
        result = enter(office, &change, -left, &entry);
    if (!result && left > 0)
        result = take_of(office, entry, lot, left);
    return result ? office_failed(office->sql, result, error) : 0;
}

int points_expire(struct office *office, int64_t most, bool *ret_more, struct error *error)
{
    int result = 0;
    *ret_more = true;
    for (int64_t i = 0; i < most && *ret_more && !result; i++) {
        char member[MEMBER_SIZE] = "";
        int64_t lot = 0;
        struct sql_query *row = sql_select(office->sql,
                                           "SELECT id, member FROM points_lot WHERE left_open > 0 AND expires_us <= ?1"
                                           " ORDER BY expires_us LIMIT 1",
                                           sql_int(office->now_us));
        *ret_more = sql_next(row);
        if (*ret_more) {
            lot = sql_get_int(row, 0);
            sql_copy_text(row, 1, member, sizeof(member));
        }
        int failed = sql_done(row);
        if (failed)
            return office_failed(office->sql, failed, error);
        if (*ret_more)
            result = expire_lot(office, lot, member, error);
    }
    return result;
}
