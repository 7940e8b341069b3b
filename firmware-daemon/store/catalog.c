#include "store/catalog.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum code_kind kind_of(const char *word)
{
    static const char *const words[] = {
        [CODE_ITEM] = "item", [CODE_LOCATION] = "location", [CODE_TOTE] = "tote",
        [CODE_BOX] = "box",   [CODE_BADGE] = "badge",       [CODE_WAYBILL] = "waybill",
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

int location_load(struct store *store, int64_t id, struct location *ret)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT code, kind, carrier FROM location WHERE id = ?1", sql_int(id));
    bool found = sql_next(query);
    if (found) {
        ret->id = id;
        sql_copy_text(query, 0, ret->code, sizeof(ret->code));
        sql_copy_text(query, 1, ret->kind, sizeof(ret->kind));
        sql_copy_text(query, 2, ret->carrier, sizeof(ret->carrier));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int location_find(struct store *store, const char *code, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM location WHERE code = ?1 AND kind <> 'virtual'", sql_text(code));
}

int item_load(struct store *store, int64_t id, struct item *ret)
{
    struct sql_query *query = sql_select(store->sql, "SELECT sku, name, weight_g FROM item WHERE id = ?1", sql_int(id));
    bool found = sql_next(query);
    if (found) {
        ret->id = id;
        sql_copy_text(query, 0, ret->sku, sizeof(ret->sku));
        text_copy(ret->name, sizeof(ret->name), sql_get_text(query, 1));
        ret->weight_g = sql_get_int(query, 2);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int item_find(struct store *store, const char *sku, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM item WHERE sku = ?1", sql_text(sku));
}

int worker_find(struct store *store, const char *code, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM worker WHERE code = ?1", sql_text(code));
}

int worker_load(struct store *store, int64_t id, struct worker *ret)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT code, name, role, active FROM worker WHERE id = ?1", sql_int(id));
    bool found = sql_next(query);
    if (found) {
        ret->id = id;
        sql_copy_text(query, 0, ret->code, sizeof(ret->code));
        text_copy(ret->name, sizeof(ret->name), sql_get_text(query, 1));
        sql_copy_text(query, 2, ret->role, sizeof(ret->role));
        ret->active = sql_get_int(query, 3) != 0;
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int lpn_load(struct store *store, int64_t id, struct lpn *ret)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT code, location, coalesce(order_id, 0) FROM lpn WHERE id = ?1", sql_int(id));
    bool found = sql_next(query);
    if (found) {
        ret->id = id;
        sql_copy_text(query, 0, ret->code, sizeof(ret->code));
        ret->location = sql_get_int(query, 1);
        ret->order = sql_get_int(query, 2);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int lpn_assign(struct store *store, int64_t lpn, int64_t order)
{
    return sql_run(store->sql, "UPDATE lpn SET order_id = ?2 WHERE id = ?1", sql_int(lpn), sql_ref(order));
}

static int lpn_ensure(struct store *store, const char *prefix, const char *code, const char *kind, int64_t location,
                      int64_t *ret)
{
    char plate[STORE_CODE_MAX * 2];
    snprintf(plate, sizeof(plate), "%s%s", prefix, code);
    int result = sql_number(store->sql, ret, "SELECT id FROM lpn WHERE code = ?1", sql_text(plate));
    if (result != -ENOENT)
        return result;
    result = sql_run(store->sql, "INSERT INTO lpn (code, kind, location) VALUES (?1, ?2, ?3)", sql_text(plate),
                     sql_text(kind), sql_int(location));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int lpn_of_hand(struct store *store, const char *worker_code, int64_t *ret)
{
    return lpn_ensure(store, "HAND:", worker_code, "hand", LOCATION_FLOOR, ret);
}

int lpn_of_parcel(struct store *store, int64_t order, const char *order_number, int64_t *ret)
{
    int result = lpn_ensure(store, "PARCEL:", order_number, "parcel", LOCATION_BENCH, ret);
    return result ? result : lpn_assign(store, *ret, order);
}

static int copy_code(struct sql_query *query, char *out, size_t capacity)
{
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int lot_code(struct store *store, int64_t id, char *out, size_t capacity)
{
    return copy_code(sql_select(store->sql, "SELECT code FROM lot WHERE id = ?1", sql_int(id)), out, capacity);
}

int box_code(struct store *store, int64_t box, char *out, size_t capacity)
{
    return copy_code(sql_select(store->sql, "SELECT code FROM box WHERE id = ?1", sql_int(box)), out, capacity);
}

int item_upsert(struct store *store, const char *sku, const char *name, int64_t weight_g, int64_t rev)
{
    return sql_run(
        store->sql,
        "INSERT INTO item (sku, name, weight_g, rev) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (sku) DO UPDATE SET "
        "name = excluded.name, weight_g = excluded.weight_g, rev = excluded.rev WHERE excluded.rev >= rev "
        "AND (name, weight_g, rev) IS NOT (excluded.name, excluded.weight_g, excluded.rev)",
        sql_text(sku), sql_text(name), sql_int(weight_g), sql_int(rev));
}

int location_upsert(struct store *store, const char *code, const char *kind, int64_t walk, const char *carrier,
                    int64_t rev)
{
    return sql_run(
        store->sql,
        "INSERT INTO location (code, kind, walk, carrier, rev) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, walk = excluded.walk, "
        "carrier = excluded.carrier, rev = excluded.rev WHERE excluded.rev >= rev AND kind <> 'virtual' "
        "AND (kind, walk, carrier, rev) IS NOT (excluded.kind, excluded.walk, excluded.carrier, excluded.rev)",
        sql_text(code), sql_text(kind), sql_int(walk), sql_text(carrier), sql_int(rev));
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
                   "ON CONFLICT DO UPDATE SET factor = excluded.factor",
                   sql_text(code), sql_int(item), sql_int(factor));
}

int box_upsert(struct store *store, const char *code, const char *name, int64_t weight_g, int64_t rev)
{
    return sql_run(
        store->sql,
        "INSERT INTO box (code, name, weight_g, rev) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (code) DO UPDATE SET "
        "name = excluded.name, weight_g = excluded.weight_g, rev = excluded.rev WHERE excluded.rev >= rev",
        sql_text(code), sql_text(name), sql_int(weight_g), sql_int(rev));
}

int tote_upsert(struct store *store, const char *code)
{
    return sql_run(store->sql,
                   "INSERT INTO lpn (code, kind, location) VALUES (?1, 'tote', ?2) ON CONFLICT (code) DO NOTHING",
                   sql_text(code), sql_int(LOCATION_FLOOR));
}
