/* What was picked, where, and how far that was to walk. */
#include "sync/head-office/improve/improve.h"
#include "sync/head-office/improve/ways.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is taken of one item in one place, for whom. */
struct pick {
    const char *sku, *location, *visitor;
    int64_t pieces;
};

struct visit {
    char visitor[80], location[65];
    int64_t day, pieces;
};

static int last_visit(const struct counting *counting, const char *sku, struct visit *ret)
{
    struct sql_query *row =
        sql_select(counting->sql, "SELECT visitor, location, day, pieces FROM pick_visit WHERE site = ?1 AND sku = ?2",
                   sql_text(counting->site), sql_text(sku));
    *ret = (struct visit){.pieces = 0};
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->visitor, sizeof(ret->visitor));
        sql_copy_text(row, 1, ret->location, sizeof(ret->location));
        ret->day = sql_get_int(row, 2);
        ret->pieces = sql_get_int(row, 3);
    }
    return sql_done(row);
}

static int keep_visit(const struct counting *counting, const char *sku, const struct visit *visit)
{
    return sql_post(counting->sql,
                    "INSERT INTO pick_visit (site, sku, visitor, location, day, pieces) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                    " ON CONFLICT (site, sku) DO UPDATE SET visitor = excluded.visitor, location = excluded.location,"
                    " day = excluded.day, pieces = excluded.pieces",
                    sql_text(counting->site), sql_text(sku), sql_text(visit->visitor), sql_text(visit->location),
                    sql_int(visit->day), sql_int(visit->pieces));
}

static int add_to_item(const struct counting *counting, const struct pick *pick, int64_t day, int64_t visits,
                       const int64_t *walk_mm)
{
    return sql_post(counting->sql,
                    "INSERT INTO pick_day (site, sku, day, location, visits, pieces, walk_mm) VALUES (?1, ?2, ?3, ?4,"
                    " ?5, ?6, ?7) ON CONFLICT (site, sku, day, location) DO UPDATE SET visits = pick_day.visits +"
                    " excluded.visits, pieces = pick_day.pieces + excluded.pieces, walk_mm = pick_day.walk_mm +"
                    " excluded.walk_mm",
                    sql_text(counting->site), sql_text(pick->sku), sql_int(day), sql_text(pick->location),
                    sql_int(visits), sql_int(counting->sign * pick->pieces),
                    walk_mm ? sql_int(visits * 2 * *walk_mm) : sql_null());
}

static int add_to_day(const struct counting *counting, const struct pick *pick, int64_t day, int64_t visits,
                      const int64_t *walk_mm)
{
    return sql_post(
        counting->sql,
        "INSERT INTO site_day (site, day, pieces, visits, measured, walk_mm) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (site, day) DO UPDATE SET pieces = site_day.pieces + excluded.pieces, visits ="
        " site_day.visits + excluded.visits, measured = site_day.measured + excluded.measured, walk_mm ="
        " site_day.walk_mm + excluded.walk_mm",
        sql_text(counting->site), sql_int(day), sql_int(counting->sign * pick->pieces), sql_int(visits),
        sql_int(walk_mm ? visits : 0), sql_int(walk_mm ? visits * 2 * *walk_mm : 0));
}

static int add(const struct counting *counting, const struct pick *pick, int64_t day, int64_t visits)
{
    int64_t walk_mm = 0;
    int result = ways_distance(counting->sql, counting->site, pick->location, &walk_mm);
    const int64_t *known = result == 0 ? &walk_mm : NULL;
    if (result && result != -ENOENT)
        return result;
    result = add_to_item(counting, pick, day, visits, known);
    return result ? result : add_to_day(counting, pick, day, visits, known);
}

/* Whoever takes more of an item in the same place for the same order has not gone there again. */
static int take(const struct counting *counting, const struct pick *pick)
{
    struct visit last;
    int result = last_visit(counting, pick->sku, &last);
    if (result)
        return result;
    bool same =
        last.pieces > 0 && strcmp(last.visitor, pick->visitor) == 0 && strcmp(last.location, pick->location) == 0;
    struct visit visit = {.day = same ? last.day : counting->day, .pieces = pick->pieces + (same ? last.pieces : 0)};
    snprintf(visit.visitor, sizeof(visit.visitor), "%s", pick->visitor);
    snprintf(visit.location, sizeof(visit.location), "%s", pick->location);
    result = keep_visit(counting, pick->sku, &visit);
    return result ? result : add(counting, pick, counting->day, same ? 0 : 1);
}

/* Taken back whole, it was no visit. An earlier one than the last stays one. */
static int take_back(const struct counting *counting, const struct pick *pick)
{
    struct visit last;
    int result = last_visit(counting, pick->sku, &last);
    if (result)
        return result;
    bool same = last.pieces >= pick->pieces && strcmp(last.visitor, pick->visitor) == 0 &&
                strcmp(last.location, pick->location) == 0;
    if (!same)
        return add(counting, pick, counting->day, 0);
    last.pieces -= pick->pieces;
    result = keep_visit(counting, pick->sku, &last);
    return result ? result : add(counting, pick, last.day, last.pieces == 0 ? -1 : 0);
}

/* A worker's hour counts when something was picked in it, however much. */
static int count_hour(const struct counting *counting)
{
    if (!*counting->worker || counting->sign < 0)
        return 0;
    int result = sql_run(counting->sql,
                         "INSERT INTO picker_hour (site, hour, worker) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                         sql_text(counting->site), sql_int(counting->hour), sql_text(counting->worker));
    if (result || sql_changes(counting->sql) == 0)
        return result;
    return sql_post(counting->sql,
                    "INSERT INTO site_day (site, day, picker_hours) VALUES (?1, ?2, 1) ON CONFLICT (site, day) DO"
                    " UPDATE SET picker_hours = site_day.picker_hours + 1",
                    sql_text(counting->site), sql_int(counting->day));
}

/* A wave's goods are taken for all of its orders at once. */
static const struct {
    const char *type, *visitor;
} picks[] = {{"pick.line", "order"}, {"pick.batch", "wave"}};

int improve_count_picks(const struct counting *counting)
{
    for (size_t i = 0; i < COUNT(picks); i++) {
        struct pick pick = {.sku = counting_text(counting, "sku"),
                            .location = counting_text(counting, "location"),
                            .visitor = counting_text(counting, picks[i].visitor),
                            .pieces = counting_number(counting, "quantity")};
        if (strcmp(picks[i].type, counting->type) != 0)
            continue;
        if (!*pick.sku || !*pick.location || pick.pieces <= 0)
            return 0; /* the hub has parked it */
        int result = counting->sign > 0 ? take(counting, &pick) : take_back(counting, &pick);
        return result ? result : count_hour(counting);
    }
    return 0;
}
