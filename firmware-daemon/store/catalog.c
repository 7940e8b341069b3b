#include "store/catalog.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum code_kind kind_of(const char *word)
{
    static const char *const words[] = {
        [CODE_ITEM] = "item", [CODE_LOCATION] = "location", [CODE_TOTE] = "tote",       [CODE_PALLET] = "pallet",
        [CODE_BOX] = "box",   [CODE_BADGE] = "badge",       [CODE_WAYBILL] = "waybill", [CODE_DOCUMENT] = "document",
    };
    for (size_t kind = 1; kind < COUNT(words); kind++)
        if (strcmp(words[kind], word) == 0)
            return (enum code_kind)kind;
    return CODE_NONE;
}

static bool same(const struct meaning *a, const struct meaning *b)
{
    return a->kind == b->kind && a->id == b->id && a->factor == b->factor;
}

struct finding {
    struct meaning *meanings;
    size_t capacity, count;
};

/* Each meaning once, whatever way led to it. */
static int collect(struct sql_query *query, struct finding *finding)
{
    while (sql_next(query)) {
        struct meaning meaning = {kind_of(sql_get_text(query, 0)), sql_get_int(query, 1), sql_get_int(query, 2)};
        bool known = false;
        for (size_t i = 0; i < finding->count && i < finding->capacity; i++)
            known = known || same(&finding->meanings[i], &meaning);
        if (known)
            continue;
        if (finding->count < finding->capacity)
            finding->meanings[finding->count] = meaning;
        finding->count++;
    }
    return sql_done(query);
}

int catalog_keep_owner(struct store *store, const char *owner, struct meaning *meanings, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        int64_t his = 1;
        if (meanings[i].kind == CODE_ITEM) {
            int result = sql_number(store->sql, &his, "SELECT owner = ?2 FROM item WHERE id = ?1",
                                    sql_int(meanings[i].id), sql_text(owner));
            if (result)
                return result;
        }
        if (his)
            meanings[kept++] = meanings[i];
    }
    *count = kept;
    return 0;
}

int catalog_find(struct store *store, const char *text, const char *gtin14, struct meaning *meanings, size_t capacity,
                 size_t *ret_count)
{
    struct finding finding = {meanings, capacity, 0};
    int result = collect(
        sql_select(store->sql, "SELECT kind, id, factor FROM code_meaning WHERE code = ?1", sql_text(text)), &finding);
    if (!result && *gtin14 && strcmp(text, gtin14) != 0)
        result = collect(
            sql_select(store->sql, "SELECT 'item', item, factor FROM barcode WHERE code = ?1", sql_text(gtin14)),
            &finding);
    if (!result)
        *ret_count = finding.count;
    return result;
}

static int copy_code(struct sql_query *query, char *out, size_t capacity)
{
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int catalog_in_store_format(struct store *store, int64_t place, char *out, size_t capacity)
{
    return copy_code(
        sql_select(store->sql, "SELECT format FROM in_store_format ORDER BY format LIMIT 1 OFFSET ?1", sql_int(place)),
        out, capacity);
}

int in_store_format_set(struct store *store, const char *format, bool active)
{
    if (active)
        return sql_run(store->sql, "INSERT INTO in_store_format (format) VALUES (?1) ON CONFLICT DO NOTHING",
                       sql_text(format));
    return sql_run(store->sql, "DELETE FROM in_store_format WHERE format = ?1", sql_text(format));
}

static int64_t int_or(struct sql_query *query, int column, int64_t otherwise)
{
    return sql_get_null(query, column) ? otherwise : sql_get_int(query, column);
}

int location_load(struct store *store, int64_t id, struct location *ret)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT code, kind, carrier, zone, wall, hazards, abc, walk, capacity, load_g, height_mm, item, "
                   "face_min, face_max, "
                   "rev, aisle, block, position_mm, mix_items, mix_lots FROM location WHERE id = ?1",
                   sql_int(id));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct location){.id = id,
                                 .walk = sql_get_int(query, 7),
                                 .capacity = sql_get_int(query, 8),
                                 .load_g = sql_get_int(query, 9),
                                 .height_mm = sql_get_int(query, 10),
                                 .item = sql_get_int(query, 11),
                                 .face_min = sql_get_int(query, 12),
                                 .face_max = sql_get_int(query, 13),
                                 .rev = sql_get_int(query, 14),
                                 .aisle = int_or(query, 15, -1),
                                 .block = int_or(query, 16, -1),
                                 .position_mm = int_or(query, 17, -1),
                                 .mix_items = sql_get_int(query, 18) != 0,
                                 .mix_lots = sql_get_int(query, 19) != 0};
        sql_copy_text(query, 0, ret->code, sizeof(ret->code));
        sql_copy_text(query, 1, ret->kind, sizeof(ret->kind));
        sql_copy_text(query, 2, ret->carrier, sizeof(ret->carrier));
        sql_copy_text(query, 3, ret->zone, sizeof(ret->zone));
        sql_copy_text(query, 4, ret->wall, sizeof(ret->wall));
        sql_copy_text(query, 5, ret->hazards, sizeof(ret->hazards));
        sql_copy_text(query, 6, ret->abc, sizeof(ret->abc));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int location_count(struct store *store, const char *kind, int64_t *ret_count, int64_t *ret_first)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT count(*), coalesce((SELECT id FROM location WHERE kind = ?1 "
                                         "ORDER BY walk, id LIMIT 1), 0) FROM location WHERE kind = ?1",
                                         sql_text(kind));
    if (sql_next(query)) {
        *ret_count = sql_get_int(query, 0);
        *ret_first = sql_get_int(query, 1);
    }
    return sql_done(query);
}

int location_find(struct store *store, const char *code, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM location WHERE code = ?1 AND kind <> 'virtual'", sql_text(code));
}

int item_load(struct store *store, int64_t id, struct item *ret)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT sku, name, owner, hazard, abc, box, serials, weight_g, volume_ml, "
                                         "height_mm, life_in_days, life_out_days, rev, "
                                         "lots, expires, by_weight, cost_minor FROM item WHERE id = ?1",
                                         sql_int(id));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct item){.id = id,
                             .weight_g = sql_get_int(query, 7),
                             .volume_ml = sql_get_int(query, 8),
                             .height_mm = sql_get_int(query, 9),
                             .life_in_days = sql_get_int(query, 10),
                             .life_out_days = sql_get_int(query, 11),
                             .rev = sql_get_int(query, 12),
                             .lots = sql_get_int(query, 13) != 0,
                             .expires = sql_get_int(query, 14) != 0,
                             .by_weight = sql_get_int(query, 15) != 0,
                             .cost_minor = sql_get_int(query, 16)};
        sql_copy_text(query, 0, ret->sku, sizeof(ret->sku));
        text_copy(ret->name, sizeof(ret->name), sql_get_text(query, 1));
        sql_copy_text(query, 2, ret->owner, sizeof(ret->owner));
        sql_copy_text(query, 3, ret->hazard, sizeof(ret->hazard));
        sql_copy_text(query, 4, ret->abc, sizeof(ret->abc));
        sql_copy_text(query, 5, ret->box, sizeof(ret->box));
        sql_copy_text(query, 6, ret->serials, sizeof(ret->serials));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int item_barcode(struct store *store, int64_t id, char *out, size_t capacity)
{
    struct sql_query *query = sql_select(
        store->sql, "SELECT code FROM barcode WHERE item = ?1 AND factor = 1 ORDER BY length(code) DESC, code LIMIT 1",
        sql_int(id));
    *out = '\0';
    if (sql_next(query))
        sql_copy_text(query, 0, out, capacity);
    return sql_done(query);
}

int item_find(struct store *store, const char *sku, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM item WHERE sku = ?1", sql_text(sku));
}

int worker_find(struct store *store, const char *code, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM worker WHERE code = ?1", sql_text(code));
}

int worker_find_badge(struct store *store, const char *badge, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM worker WHERE badge = ?1", sql_text(badge));
}

int worker_load(struct store *store, int64_t id, struct worker *ret)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT code, name, role, active, (SELECT language FROM worker_language WHERE worker = ?1) "
                   "FROM worker WHERE id = ?1",
                   sql_int(id));
    bool found = sql_next(query);
    if (found) {
        ret->id = id;
        sql_copy_text(query, 0, ret->code, sizeof(ret->code));
        text_copy(ret->name, sizeof(ret->name), sql_get_text(query, 1));
        sql_copy_text(query, 2, ret->role, sizeof(ret->role));
        ret->active = sql_get_int(query, 3) != 0;
        text_copy(ret->language, sizeof(ret->language), sql_get_null(query, 4) ? "" : sql_get_text(query, 4));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int worker_set_language(struct store *store, int64_t worker, const char *language)
{
    return sql_run(store->sql,
                   "INSERT INTO worker_language (worker, language) VALUES (?1, ?2) "
                   "ON CONFLICT (worker) DO UPDATE SET language = excluded.language",
                   sql_int(worker), sql_text(language));
}

int location_reach(struct store *store, struct floor_reach *ret)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT (SELECT max(aisle) FROM location), (SELECT max(block) FROM location), "
                                         "(SELECT max(position_mm) FROM location)",
                                         SQL_NO_VALUES);
    if (sql_next(query))
        *ret = (struct floor_reach){int_or(query, 0, -1), int_or(query, 1, -1), int_or(query, 2, -1)};
    return sql_done(query);
}

int box_code(struct store *store, int64_t box, char *out, size_t capacity)
{
    return copy_code(sql_select(store->sql, "SELECT code FROM box WHERE id = ?1", sql_int(box)), out, capacity);
}

#define ITEM_FACTS                                                                                                     \
    "name, owner, hazard, abc, box, serials, weight_g, volume_ml, height_mm, life_in_days, life_out_days, rev, lots, " \
    "expires, by_weight, cost_minor"
#define ITEM_VALUES "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17"

int item_upsert(struct store *store, const struct item *item)
{
    return sql_run(
        store->sql,
        "INSERT INTO item (sku, " ITEM_FACTS ") VALUES (?1, " ITEM_VALUES ") ON CONFLICT (sku) DO UPDATE SET "
        "(" ITEM_FACTS ") = (" ITEM_VALUES ") WHERE ?13 >= rev AND (" ITEM_FACTS ") IS NOT (" ITEM_VALUES ")",
        sql_text(item->sku), sql_text(item->name), sql_text(item->owner), sql_text(item->hazard), sql_text(item->abc),
        sql_text(item->box), sql_text(*item->serials ? item->serials : "none"), sql_int(item->weight_g),
        sql_int(item->volume_ml), sql_int(item->height_mm), sql_int(item->life_in_days), sql_int(item->life_out_days),
        sql_int(item->rev), sql_int(item->lots), sql_int(item->expires), sql_int(item->by_weight),
        sql_int(item->cost_minor));
}

static struct sql_value known(int64_t number)
{
    return number < 0 ? sql_null() : sql_int(number);
}

int location_upsert(struct store *store, const struct location *location)
{
    return sql_run(
        store->sql,
        "INSERT INTO location (code, kind, carrier, zone, wall, hazards, abc, walk, capacity, load_g, height_mm, item, "
        "face_min, face_max, rev, aisle, block, position_mm, mix_items, mix_lots) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
        "?8, ?9, "
        "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20) ON CONFLICT (code) DO UPDATE SET (kind, carrier, zone, "
        "wall, "
        "hazards, abc, walk, capacity, load_g, height_mm, item, face_min, face_max, rev, aisle, block, position_mm, "
        "mix_items, mix_lots) = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
        "?20) "
        "WHERE ?15 >= rev AND kind <> 'virtual' AND (kind, carrier, zone, wall, hazards, abc, walk, capacity, load_g, "
        "height_mm, item, face_min, face_max, rev, aisle, block, position_mm, mix_items, mix_lots) IS NOT (?2, ?3, ?4, "
        "?5, "
        "?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        sql_text(location->code), sql_text(location->kind), sql_text(location->carrier), sql_text(location->zone),
        sql_text(location->wall), sql_text(location->hazards), sql_text(location->abc), sql_int(location->walk),
        sql_int(location->capacity), sql_int(location->load_g), sql_int(location->height_mm), sql_ref(location->item),
        sql_int(location->face_min), sql_int(location->face_max), sql_int(location->rev), known(location->aisle),
        known(location->block), known(location->position_mm), sql_int(location->mix_items),
        sql_int(location->mix_lots));
}

int worker_upsert(struct store *store, const struct worker *worker, const char *badge, int64_t rev)
{
    return sql_run(
        store->sql,
        "INSERT INTO worker (code, name, badge, role, active, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
        "ON CONFLICT (code) DO UPDATE SET name = excluded.name, badge = excluded.badge, role = excluded.role, "
        "active = excluded.active, rev = excluded.rev WHERE excluded.rev >= rev AND (name, badge, role, active, rev) "
        "IS NOT (excluded.name, excluded.badge, excluded.role, excluded.active, excluded.rev)",
        sql_text(worker->code), sql_text(worker->name), sql_text(badge), sql_text(worker->role),
        sql_int(worker->active), sql_int(rev));
}

int barcode_upsert(struct store *store, const char *code, int64_t item, int64_t factor)
{
    return sql_run(store->sql,
                   "INSERT INTO barcode (code, item, factor) VALUES (?1, ?2, ?3) "
                   "ON CONFLICT DO UPDATE SET factor = excluded.factor, proposed = 0",
                   sql_text(code), sql_int(item), sql_int(factor));
}

int barcode_propose(struct store *store, const char *code, int64_t item, int64_t factor)
{
    return sql_run(store->sql, "INSERT INTO barcode (code, item, factor, proposed) VALUES (?1, ?2, ?3, 1)",
                   sql_text(code), sql_int(item), sql_int(factor));
}

int barcode_drop(struct store *store, const char *code, int64_t item)
{
    return sql_run(store->sql, "DELETE FROM barcode WHERE code = ?1 AND item = ?2", sql_text(code), sql_int(item));
}

int box_upsert(struct store *store, const char *code, const char *name, int64_t weight_g, int64_t rev)
{
    return sql_run(
        store->sql,
        "INSERT INTO box (code, name, weight_g, rev) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (code) DO UPDATE SET "
        "name = excluded.name, weight_g = excluded.weight_g, rev = excluded.rev WHERE excluded.rev >= rev",
        sql_text(code), sql_text(name), sql_int(weight_g), sql_int(rev));
}
