/* Orders, documents and tasks to practise with: made up from what lies in the bins of the copy, with everything they
 * need. Everything in them is called TRAIN, and so is nothing real: a practice waybill is no parcel of anybody's. */
#include "floor/rule.h"
#include "store/document.h"
#include "store/stock_count.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PREFIX    "TRAIN" /* as drivers/label/sample.h wants it */
#define LINES_MAX 4
#define TOTES     12

/* The same number gives the same order of the same stock: n-th of a well mixed row. */
static uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 31) * UINT64_C(0x7FB5D329728EA185);
    number = (number ^ number >> 27) * UINT64_C(0x81DADEF4BC2DD44D);
    return number ^ number >> 33;
}

/* The first at or behind a place in the row of all items, that lies in a bin and is nobody's special care. */
static int item_behind(struct store *store, int64_t from, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT b.item FROM balance b JOIN location l ON l.id = b.location JOIN item i ON i.id = b.item "
                      "WHERE b.item >= ?1 AND b.lpn = 0 AND b.physical = 1 AND b.quantity > 0 "
                      "AND l.kind IN ('face', 'reserve') AND i.owner = '' AND i.serials = 'none' AND i.by_weight = 0 "
                      "ORDER BY b.item LIMIT 1",
                      sql_int(from));
}

static int any_item(struct store *store, uint64_t chance, int64_t *ret)
{
    int64_t last;
    int result = sql_number(store->sql, &last, "SELECT max(id) FROM item", SQL_NO_VALUES);
    if (!result)
        result = item_behind(store, 1 + (int64_t)(chance % (uint64_t)last), ret);
    return result == -ENOENT ? item_behind(store, 0, ret) : result;
}

/* Carriers in turn, as the gates have them. */
static int carrier_of(struct store *store, int64_t number, char out[STORE_CODE_MAX])
{
    struct sql_query *query = sql_select(store->sql,
                                         "WITH gate AS (SELECT DISTINCT carrier FROM location WHERE kind = 'gate' "
                                         "AND carrier <> '' ORDER BY carrier) SELECT carrier FROM gate "
                                         "LIMIT 1 OFFSET ?1 % max((SELECT count(*) FROM gate), 1)",
                                         sql_int(number));
    snprintf(out, STORE_CODE_MAX, "%s", sql_next(query) ? sql_get_text(query, 0) : PREFIX);
    return sql_done(query);
}

static int add_line(struct store *store, struct order_entry *entry, uint64_t chance)
{
    int64_t item;
    int result = any_item(store, chance, &item);
    for (size_t i = 0; i < entry->line_count && !result; i++)
        if (entry->lines[i].item == item)
            return 0;
    if (result)
        return result;
    size_t line = entry->line_count++;
    entry->lines[line].line = (int64_t)line + 1;
    entry->lines[line].item = item;
    entry->lines[line].quantity = 1 + (int64_t)(chance >> 40 & 1);
    return 0;
}

static int make(struct store *store, int64_t number, struct order_entry *entry)
{
    bool new;
    *entry = (struct order_entry){.line_count = 0};
    struct order *order = &entry->order;
    snprintf(order->number, sizeof(order->number), PREFIX "-%04" PRId64, number);
    snprintf(order->waybill, sizeof(order->waybill), PREFIX "%010" PRId64, number);
    snprintf(order->platform, sizeof(order->platform), "%s", PREFIX);
    struct receiver *receiver = &entry->receiver;
    snprintf(receiver->name, sizeof(receiver->name), "练习 Practice");
    snprintf(receiver->phone, sizeof(receiver->phone), "13800000000");
    snprintf(receiver->address, sizeof(receiver->address), "练习路 %" PRId64 " 号 Practice Road", number);
    int result = carrier_of(store, number, order->carrier);
    int64_t lines = 1 + number % LINES_MAX;
    for (int64_t i = 0; i < lines && !result; i++)
        result = add_line(store, entry, mix((uint64_t)(number * LINES_MAX + i)));
    return result ? result : order_enter(store, entry, &new);
}

/* A document over goods of the site's own: announced once more, or asked for by another site. */
static int add_document(struct store *store, const char *kind, const char *prefix, int64_t number)
{
    struct document document = {.partner = PREFIX};
    int64_t id, last = 0;
    snprintf(document.kind, sizeof(document.kind), "%s", kind);
    snprintf(document.number, sizeof(document.number), "%s-%04" PRId64, prefix, number);
    int result = document_insert(store, &document, &id);
    for (int64_t i = 1; i <= 2 && !result; i++) {
        struct document_line line = {.document = id, .line = i, .expected = 2 + i};
        result = any_item(store, mix((uint64_t)(number * LINES_MAX + i)), &line.item);
        if (!result && line.item != last)
            result = document_line_insert(store, &line, &line.id);
        last = line.item;
    }
    return result;
}

static int add_count(struct store *store)
{
    struct stock_count count = {.source = "random", .blind = true};
    int64_t id;
    int result = sql_number(store->sql, &count.location,
                            "SELECT l.id FROM location l WHERE l.kind = 'face' AND EXISTS (SELECT 1 FROM balance b "
                            "WHERE b.location = l.id AND b.physical = 1 AND b.quantity > 0) LIMIT 1",
                            SQL_NO_VALUES);
    return result == -ENOENT ? 0 : result ? result : stock_count_plan(store, &count, &id);
}

/* A face whose goods lie in the reserve too is made to run low. */
static int add_low_face(struct store *store)
{
    struct location face;
    int64_t item = 0, place = 0, there = 0, planned;
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT f.item, f.location, f.quantity FROM location l "
                   "JOIN balance f ON f.location = l.id AND f.quantity > 0 AND f.lot = 0 "
                   "JOIN balance r ON r.item = f.item AND r.quantity > 2 AND r.lpn = 0 "
                   "JOIN location s ON s.id = r.location AND s.kind = 'reserve' "
                   "WHERE l.kind = 'face' AND f.physical = 1 AND f.item = coalesce(l.item, f.item) "
                   "LIMIT 1",
                   SQL_NO_VALUES);
    bool found = sql_next(query);
    if (found) {
        item = sql_get_int(query, 0);
        place = sql_get_int(query, 1);
        there = sql_get_int(query, 2);
    }
    int result = sql_done(query);
    if (result || !found)
        return result;
    result = location_load(store, place, &face);
    face.item = item;
    face.face_min = there + 1;
    face.face_max = there + 2;
    face.rev++;
    if (!result)
        result = location_upsert(store, &face);
    return result ? result : replenish_plan(store, &planned);
}

/* A site that has none of a kind of place gets one, so that every flow can be walked to its end. */
static int add_place(struct store *store, const char *code, const char *kind)
{
    int64_t count;
    struct location place = {.rev = 1, .aisle = -1, .block = -1, .position_mm = -1};
    int result = sql_number(store->sql, &count, "SELECT count(*) FROM location WHERE kind = ?1", sql_text(kind));
    if (result || count > 0)
        return result;
    snprintf(place.code, sizeof(place.code), "%s", code);
    snprintf(place.kind, sizeof(place.kind), "%s", kind);
    snprintf(place.carrier, sizeof(place.carrier), "%s", strcmp(kind, "gate") == 0 ? PREFIX : "");
    return location_upsert(store, &place);
}

/* What nobody has at hand on his first day. */
static int add_tools(struct store *store)
{
    static const struct {
        struct worker worker;
        const char *badge;
    } workers[] = {
        {{.code = PREFIX, .name = "练习生 Trainee", .role = "packer", .active = true}, PREFIX "-BADGE"},
        {{.code = PREFIX "-BOSS", .name = "练习主管 Practice supervisor", .role = "supervisor", .active = true},
         PREFIX "-BOSS"},
    };
    static const char *const places[][2] = {
        {PREFIX "-DOCK", "dock"}, {PREFIX "-STAGE", "stage"}, {PREFIX "-GATE", "gate"}, {PREFIX "-RETURN", "return"}};
    int result = 0;
    for (size_t i = 0; i < COUNT(workers) && !result; i++)
        result = worker_upsert(store, &workers[i].worker, workers[i].badge, 1);
    for (size_t i = 0; i < COUNT(places) && !result; i++)
        result = add_place(store, places[i][0], places[i][1]);
    if (!result)
        result = box_upsert(store, PREFIX "-BOX", "练习纸箱 Practice box", 100, 1);
    for (int i = 1; i <= TOTES && !result; i++) {
        char tote[STORE_CODE_MAX];
        snprintf(tote, sizeof(tote), PREFIX "-T%02d", i);
        result = tote_upsert(store, tote);
    }
    return result;
}

int practice_make(struct store *store, int64_t orders, int64_t *ret_made)
{
    int64_t number, waiting_before, waiting = 0;
    CLEANUP(cleanup_free) struct order_entry *entry = malloc(sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    int result = add_tools(store);
    if (!result)
        result = sql_number(store->sql, &number,
                            "SELECT coalesce(max(substr(number, 7) + 0), 0) FROM orders WHERE number GLOB '" PREFIX
                            "-[0-9]*'",
                            SQL_NO_VALUES);
    if (!result)
        result = order_count_waiting(store, &waiting_before);
    for (int64_t i = 1; i <= orders && !result; i++)
        result = make(store, number + i, entry);
    if (!result && orders > 0)
        result = add_document(store, "asn", PREFIX "-ASN", number + 1);
    if (!result && orders > 0)
        result = add_document(store, "transfer", PREFIX "-TRF", number + 1);
    if (!result)
        result = add_count(store);
    if (!result)
        result = add_low_face(store);
    if (result == -ENOENT) /* nothing lies anywhere */
        result = 0;
    if (!result)
        result = orders_allocate_waiting(store, 0);
    if (!result)
        result = order_count_waiting(store, &waiting);
    if (!result)
        *ret_made = waiting - waiting_before;
    return result;
}
