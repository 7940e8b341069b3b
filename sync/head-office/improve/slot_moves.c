#include "sync/head-office/improve/slot_moves.h"

#include "base/cleanup.h"
#include "plan/slotting.h"
#include "sync/head-office/improve/improve.h"
#include "sync/head-office/improve/slot_faces.h"
#include "sync/head-office/improve/ways.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <string.h>

struct looking {
    struct office *office;
    const struct slot_moves_asked *asked;
    struct slotting *slotting;
    struct ways ways;
    int64_t today;
};

/* ---------------------------------------------------------------- what the site looks like */

/* The names that plan/slotting.h knows them by. */
static json_t *face_row(const struct looking *looking, struct sql_query *row)
{
    json_t *face = ways_attributes(sql_get_text(row, 2));
    int64_t mm;
    if (!face)
        return NULL;
    json_object_set_new(face, "location", json_string(sql_get_text(row, 0)));
    json_object_set_new(face, "walk", json_integer(sql_get_int(row, 1)));
    if (json_is_string(json_object_get(face, "item")))
        json_object_set(face, "sku", json_object_get(face, "item"));
    if (ways_reckon(&looking->ways, face, &mm))
        json_object_set_new(face, "distance_mm", json_integer(mm));
    return face;
}

static int add_faces(struct looking *looking)
{
    struct sql_query *row =
        sql_select(looking->office->sql,
                   "SELECT code, walk, attributes FROM location WHERE site = ?1 AND kind = 'face' ORDER BY walk, code",
                   sql_text(looking->asked->site));
    int result = 0;
    while (!result && sql_next(row)) {
        json_t *face = face_row(looking, row);
        result = face ? slotting_add_face(looking->slotting, face) : -ENOMEM;
        json_decref(face);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* Rows of a location, a SKU and a number. */
static int add_stock(struct looking *looking)
{
    struct sql_query *row =
        sql_select(looking->office->sql,
                   "SELECT location, sku, quantity FROM stock WHERE site = ?1 AND quantity > 0 ORDER BY location, sku",
                   sql_text(looking->asked->site));
    int result = 0;
    while (!result && sql_next(row)) {
        json_t *stock = json_pack("{sssssI}", "location", sql_get_text(row, 0), "sku", sql_get_text(row, 1), "quantity",
                                  (json_int_t)sql_get_int(row, 2));
        result = stock ? slotting_add_stock(looking->slotting, stock) : -ENOMEM;
        json_decref(stock);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

static int add_visits(struct looking *looking)
{
    struct sql_query *row =
        sql_select(looking->office->sql,
                   "SELECT sku, sum(visits) FROM pick_day WHERE site = ?1 AND day > ?2 GROUP BY sku ORDER BY sku",
                   sql_text(looking->asked->site), sql_int(looking->today - looking->asked->days));
    int result = 0;
    while (!result && sql_next(row)) {
        json_t *item = json_pack("{ss}", "sku", sql_get_text(row, 0));
        result = item ? slotting_add_visits(looking->slotting, item, sql_get_int(row, 1)) : -ENOMEM;
        json_decref(item);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

static int add_items(struct looking *looking)
{
    struct sql_query *row =
        sql_select(looking->office->sql,
                   "SELECT sku, weight_g, attributes FROM item i WHERE EXISTS (SELECT 1 FROM stock s"
                   " WHERE s.site = ?1 AND s.sku = i.sku) ORDER BY sku",
                   sql_text(looking->asked->site));
    int result = 0;
    while (!result && sql_next(row)) {
        json_t *item = ways_attributes(sql_get_text(row, 2));
        if (item) {
            json_object_set_new(item, "sku", json_string(sql_get_text(row, 0)));
            json_object_set_new(item, "weight_g", json_integer(sql_get_int(row, 1)));
        }
        result = item ? slotting_add_item(looking->slotting, item) : -ENOMEM;
        json_decref(item);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

static int look(struct looking *looking)
{
    int result = ways_open(looking->office->sql, looking->asked->site, &looking->ways);
    if (!result)
        result = add_faces(looking);
    if (!result)
        result = add_stock(looking);
    if (!result)
        result = add_visits(looking);
    return result ? result : add_items(looking);
}

/* ---------------------------------------------------------------- what is suggested */

static int keep_class(void *user, const char *sku, char class, int64_t visits)
{
    const struct looking *looking = user;
    const char name[2] = {class, '\0'};
    return sql_run(looking->office->sql,
                   "INSERT INTO slot_class (site, sku, class, visits, pieces) SELECT ?1, CAST(?2 AS TEXT), ?3, ?4,"
                   " coalesce(sum(p.pieces), 0) FROM pick_day p WHERE p.site = ?1 AND p.sku = ?2 AND p.day > ?5",
                   sql_text(looking->asked->site), sql_text(sku), sql_text(name), sql_int(visits),
                   sql_int(looking->today - looking->asked->days));
}

static struct sql_value number_in(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    return json_is_integer(value) ? sql_int(json_integer_value(value)) : sql_null();
}

static struct sql_value text_in(const json_t *row, const char *name)
{
    return sql_text(json_string_value(json_object_get(row, name)));
}

static int keep_move(const struct looking *looking, const json_t *row)
{
    return sql_run(looking->office->sql,
                   "INSERT INTO slot_move (site, sku, class, visits, from_bin, to_bin, swap_with, saved_m,"
                   " saved_places, days, state, who, suggested_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                   " 'open', ?11, ?12)",
                   sql_text(looking->asked->site), text_in(row, "sku"), text_in(row, "class"), number_in(row, "picks"),
                   text_in(row, "from"), text_in(row, "to"), text_in(row, "swap_with"), number_in(row, "saved_m"),
                   number_in(row, "saved_places"), sql_int(looking->asked->days), sql_text(looking->asked->who),
                   sql_int(looking->office->now_us));
}

/* What was accepted and is not made yet takes its bins out of what is suggested. */
static int is_spoken_for(const struct looking *looking, const json_t *row, bool *ret)
{
    int64_t count = 0;
    int result = sql_number(looking->office->sql, &count,
                            "SELECT count(*) FROM slot_move WHERE site = ?1 AND state = 'accepted' AND (from_bin IN"
                            " (?2, ?3) OR to_bin IN (?2, ?3))",
                            sql_text(looking->asked->site), text_in(row, "from"), text_in(row, "to"));
    *ret = count > 0;
    return result;
}

static int keep_all(struct looking *looking, int64_t *ret_count)
{
    json_t *rows = NULL, *row;
    size_t index;
    int result = slotting_suggest(looking->slotting, (size_t)looking->asked->limit, &rows);
    json_array_foreach(rows, index, row)
    {
        bool spoken_for = false;
        if (!result)
            result = is_spoken_for(looking, row, &spoken_for);
        if (!result && !spoken_for)
            result = keep_move(looking, row);
        *ret_count += !spoken_for;
    }
    json_decref(rows);
    return result;
}

static int forget(struct looking *looking)
{
    const struct sql_value site = sql_text(looking->asked->site);
    int result = sql_run(looking->office->sql, "DELETE FROM slot_class WHERE site = ?1", site);
    return result ? result
                  : sql_run(looking->office->sql, "DELETE FROM slot_move WHERE site = ?1 AND state = 'open'", site);
}

int slot_moves_suggest(struct office *office, const struct slot_moves_asked *asked, int64_t *ret_count,
                       struct error *error)
{
    CLEANUP(slotting_free_p) struct slotting *slotting = slotting_new();
    struct looking looking = {.office = office, .asked = asked, .slotting = slotting};
    struct settings settings;
    int64_t known = 0;
    *ret_count = 0;
    int result = slotting ? settings_load(office, &settings, error) : error_set(error, -ENOMEM, "out of memory");
    if (result)
        return result;
    looking.today = business_today(office->now_us, settings.utc_offset_min);
    result = sql_number(office->sql, &known, "SELECT count(*) FROM site WHERE id = ?1", sql_text(asked->site));
    if (!result && known == 0)
        return error_set(error, -ENOENT, "there is no site \"%s\"", asked->site);
    if (!result)
        result = look(&looking);
    if (!result)
        result = forget(&looking);
    if (!result)
        result = slotting_each_class(slotting, keep_class, &looking);
    if (!result)
        result = keep_all(&looking, ret_count);
    if (result == -E2BIG || result == -EINVAL)
        return error_set(error, result, "the site has more faces or items than can be looked at together");
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- what becomes of it */

struct decided {
    char site[65], sku[65], from[65], to[65], swap[65];
};

static int find_open(struct sql *sql, int64_t move, struct decided *ret, struct error *error)
{
    struct sql_query *row = sql_select(
        sql, "SELECT site, sku, from_bin, to_bin, coalesce(swap_with, ''), state FROM slot_move WHERE id = ?1",
        sql_int(move));
    char state[16] = "";
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->site, sizeof(ret->site));
        sql_copy_text(row, 1, ret->sku, sizeof(ret->sku));
        sql_copy_text(row, 2, ret->from, sizeof(ret->from));
        sql_copy_text(row, 3, ret->to, sizeof(ret->to));
        sql_copy_text(row, 4, ret->swap, sizeof(ret->swap));
        sql_copy_text(row, 5, state, sizeof(state));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(sql, failed, error);
    if (!*state)
        return error_set(error, -ENOENT, "there is no move %lld: list slot-moves shows them", (long long)move);
    return strcmp(state, "open") == 0
               ? 0
               : error_set(error, -EINVAL, "move %lld is %s already: only open ones can be decided", (long long)move,
                           state);
}

static int decide(struct office *office, int64_t move, const char *state, const char *who, struct error *error)
{
    int result = sql_run(office->sql, "UPDATE slot_move SET state = ?2, who = ?3, decided_us = ?4 WHERE id = ?1",
                         sql_int(move), sql_text(state), sql_text(who), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

int slot_moves_accept(struct office *office, int64_t move, const char *who, int64_t *ret_told, struct error *error)
{
    struct decided decided = {.site = ""};
    *ret_told = 0;
    int result = find_open(office->sql, move, &decided, error);
    if (!result)
        result = slot_faces_exchange(office, decided.site, decided.from, decided.to, ret_told, error);
    return result ? result : decide(office, move, "accepted", who, error);
}

int slot_moves_drop(struct office *office, int64_t move, const char *who, struct error *error)
{
    struct decided decided;
    int result = find_open(office->sql, move, &decided, error);
    return result ? result : decide(office, move, "dropped", who, error);
}

int slot_moves_follow(struct office *office, int64_t zone_minutes)
{
    return sql_run(office->sql,
                   "UPDATE slot_move SET state = 'made', made_us = ?1, made = ?2 WHERE state = 'accepted' AND EXISTS"
                   " (SELECT 1 FROM stock s WHERE s.site = slot_move.site AND s.location = slot_move.to_bin AND s.sku ="
                   " slot_move.sku AND s.quantity > 0) AND NOT EXISTS (SELECT 1 FROM stock s WHERE s.site ="
                   " slot_move.site AND s.location = slot_move.from_bin AND s.sku = slot_move.sku AND s.quantity > 0)",
                   sql_int(office->now_us), sql_int(business_today(office->now_us, zone_minutes)));
}
