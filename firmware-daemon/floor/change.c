/* Changes from head office: master data, orders, cancellations, waybill numbers. One that cannot be applied is parked
 * whole and never blocks the ones behind it. */
#include "floor/forget.h"
#include "floor/rule.h"
#include "floor/settings.h"
#include "floor/stock_set.h"
#include "floor/waybill.h"
#include "store/document.h"
#include "store/order_lease.h"
#include "store/pin.h"
#include "store/roster.h"
#include "store/stock_count.h"
#include "store/wave_rule.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *data, const char *name)
{
    const char *text = json_string_value(json_object_get(data, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *data, const char *name)
{
    return json_integer_value(json_object_get(data, name));
}

static int64_t number_or(const json_t *data, const char *name, int64_t fallback)
{
    const json_t *value = json_object_get(data, name);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

static bool flag_of(const json_t *data, const char *name)
{
    return json_is_true(json_object_get(data, name));
}

/* Members that are not there, or are null, are -1: not known. */
static int64_t known_of(const json_t *data, const char *name)
{
    const json_t *value = json_object_get(data, name);
    return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* A text member of a change, and the array it goes into. */
struct text_member {
    const char *name; /* NULL: behind the last */
    char *out;
    size_t capacity;
};

/* False when one is too long. */
static bool copy_texts(const json_t *data, const struct text_member *members)
{
    bool whole = true;
    for (const struct text_member *member = members; member->name; member++)
        whole = text_copy(member->out, member->capacity, text_of(data, member->name)) && whole;
    return whole;
}

#define TEXT(out, name)       ((struct text_member){(name), (out), sizeof(out)})
#define COPY_TEXTS(data, ...) copy_texts((data), (const struct text_member[]){__VA_ARGS__, {0}})

static int apply_item(struct store *store, const json_t *data)
{
    struct item item = {.weight_g = number_of(data, "weight_g"),
                        .volume_ml = number_of(data, "volume_ml"),
                        .height_mm = number_of(data, "height_mm"),
                        .life_in_days = number_of(data, "life_in_days"),
                        .life_out_days = number_of(data, "life_out_days"),
                        .cost_minor = number_of(data, "cost_minor"),
                        .rev = number_of(data, "rev"),
                        .lots = flag_of(data, "lots"),
                        .expires = flag_of(data, "expires"),
                        .by_weight = flag_of(data, "by_weight")};
    bool whole = COPY_TEXTS(data, TEXT(item.sku, "sku"), TEXT(item.name, "name"), TEXT(item.owner, "owner"),
                            TEXT(item.hazard, "hazard"), TEXT(item.abc, "abc"), TEXT(item.box, "box"),
                            TEXT(item.serials, "serials"));
    return whole ? item_upsert(store, &item) : -EMSGSIZE;
}

static int apply_location(struct store *store, const json_t *data)
{
    struct location location = {.walk = number_of(data, "walk"),
                                .capacity = number_of(data, "capacity"),
                                .load_g = number_of(data, "load_g"),
                                .height_mm = number_of(data, "height_mm"),
                                .face_min = number_of(data, "face_min"),
                                .face_max = number_of(data, "face_max"),
                                .rev = number_of(data, "rev"),
                                .aisle = known_of(data, "aisle"),
                                .block = known_of(data, "block"),
                                .position_mm = known_of(data, "position_mm"),
                                .mix_items = !json_is_false(json_object_get(data, "mix_items")),
                                .mix_lots = !json_is_false(json_object_get(data, "mix_lots"))};
    bool whole = COPY_TEXTS(data, TEXT(location.code, "code"), TEXT(location.kind, "kind"),
                            TEXT(location.carrier, "carrier"), TEXT(location.zone, "zone"), TEXT(location.wall, "wall"),
                            TEXT(location.hazards, "hazards"), TEXT(location.abc, "abc"));
    if (!whole)
        return -EMSGSIZE;
    const char *sku = text_of(data, "item");
    int result = *sku ? item_find(store, sku, &location.item) : 0;
    return result ? result : location_upsert(store, &location);
}

static int apply_worker(struct store *store, const json_t *data)
{
    struct worker worker = {.active = !json_is_false(json_object_get(data, "active"))};
    text_copy(worker.code, sizeof(worker.code), text_of(data, "worker"));
    text_copy(worker.name, sizeof(worker.name), text_of(data, "name"));
    text_copy(worker.role, sizeof(worker.role), text_of(data, "role"));
    int result = worker_upsert(store, &worker, text_of(data, "badge"), number_of(data, "rev"));
    if (!result)
        result = worker_find(store, worker.code, &worker.id);
    return result ? result : pin_from_office(store, worker.id, text_of(data, "pin"));
}

/* GTINs are kept in 14 digits, however they are printed: that is how a scan looks them up. */
static int apply_barcode(struct store *store, const json_t *data)
{
    const char *code = text_of(data, "code"), *kind = text_of(data, "kind");
    if (strcmp(kind, "tote") == 0)
        return tote_upsert(store, code);
    if (strcmp(kind, "box") == 0)
        return box_upsert(store, code, text_of(data, "name"), number_of(data, "weight_g"), number_of(data, "rev"));
    if (strcmp(kind, "item") != 0)
        return -EINVAL;
    int64_t item, factor = number_of(data, "factor");
    int result = item_find(store, text_of(data, "sku"), &item);
    char gtin14[15];
    if (!result && barcode_gtin14(code, strlen(code), gtin14) == 0)
        code = gtin14;
    return result ? result : barcode_upsert(store, code, item, factor ? factor : 1);
}

static int read_lines(struct store *store, const json_t *lines, struct order_entry *entry)
{
    size_t index;
    json_t *line;
    if (json_array_size(lines) == 0 || json_array_size(lines) > COUNT(entry->lines))
        return -EINVAL;
    json_array_foreach(lines, index, line)
    {
        int result = item_find(store, text_of(line, "sku"), &entry->lines[index].item);
        if (result)
            return result;
        entry->lines[index].line = number_of(line, "line");
        entry->lines[index].quantity = number_of(line, "quantity");
    }
    entry->line_count = index;
    return 0;
}

static int apply_release(struct store *store, const json_t *data)
{
    struct order_entry entry = {.order = {.priority = number_of(data, "priority"),
                                          .due_us = number_of(data, "due_ms") * 1000,
                                          .life_days = number_of(data, "life_days"),
                                          .rev = number_of(data, "rev")},
                                .lease_us = number_of(data, "lease_s") * 1000000};
    const json_t *receiver = json_object_get(data, "receiver");
    struct order *order = &entry.order;
    bool whole =
        COPY_TEXTS(data, TEXT(order->number, "order"), TEXT(order->platform, "platform"), TEXT(order->owner, "owner"),
                   TEXT(order->policy, "policy"), TEXT(order->carrier, "carrier"), TEXT(order->waybill, "waybill")) &&
        COPY_TEXTS(receiver, TEXT(entry.receiver.name, "name"), TEXT(entry.receiver.phone, "phone"),
                   TEXT(entry.receiver.address, "address"));
    text_copy(order->packing_note, sizeof(order->packing_note), text_of(data, "packing_note"));
    bool new;
    int result = whole ? read_lines(store, json_object_get(data, "lines"), &entry) : -EMSGSIZE;
    return result ? result : order_enter(store, &entry, &new);
}

/* The lease of an order that is here goes on. */
static int apply_lease(struct store *store, const json_t *data)
{
    int64_t id, lease_s = number_of(data, "lease_s");
    int result = order_find(store, text_of(data, "order"), &id);
    if (!result && lease_s < 1)
        return -EINVAL;
    return result ? result : order_lease_offer(store, id, lease_s * 1000000);
}

static int apply_unassign(struct store *store, const json_t *data)
{
    return order_unassign(store, text_of(data, "order"));
}

static int apply_forget(struct store *store, const json_t *data)
{
    return forget_order(store, text_of(data, "order"));
}

static int apply_cancel(struct store *store, const json_t *data)
{
    return order_cancel(store, text_of(data, "order"), text_of(data, "reason"));
}

/* What a scanner reads of a label, and every symbol can carry. */
static bool is_waybill_number(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return length > 0 && length < STORE_CODE_MAX;
}

/* A label that its platform has drawn, as drivers/label/render.h takes it; or what its print component draws one of. */
static bool write_drawn_label(const json_t *opaque, struct buf *out)
{
    static const char *const texts[] = {"language", "bytes", "picture", "component", "sealed"};
    static const char *const numbers[] = {"labels", "width", "height"};
    json_open_object(out, NULL);
    for (size_t i = 0; i < COUNT(texts); i++)
        if (*text_of(opaque, texts[i]))
            json_text(out, texts[i], text_of(opaque, texts[i]));
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (number_of(opaque, numbers[i]))
            json_int(out, numbers[i], number_of(opaque, numbers[i]));
    json_close_object(out);
    return *text_of(opaque, "bytes") || *text_of(opaque, "picture") || *text_of(opaque, "sealed");
}

static int apply_pool(struct store *store, const json_t *data)
{
    struct waybill_entry entry = {.number = text_of(data, "waybill"),
                                  .carrier = text_of(data, "carrier"),
                                  .order_number = text_of(data, "order"),
                                  .sort_code = text_of(data, "sort_code"),
                                  .short_address = text_of(data, "short_address"),
                                  .package_center = text_of(data, "package_center"),
                                  .qr = text_of(data, "qr"),
                                  .opaque = ""};
    const json_t *opaque = json_object_get(data, "opaque");
    if (!is_waybill_number(entry.number) || !*entry.carrier)
        return -EINVAL;
    if (strlen(entry.carrier) >= STORE_CODE_MAX || strlen(entry.order_number) >= STORE_CODE_MAX)
        return -EMSGSIZE;
    CLEANUP_BUF struct buf drawn = {0};
    if (opaque && !json_is_null(opaque)) {
        if (!write_drawn_label(opaque, &drawn))
            return -EINVAL;
        if (drawn.failed)
            return -ENOMEM;
        entry.opaque = buf_text(&drawn);
    }
    return waybill_enter(store, &entry);
}

static int apply_voided(struct store *store, const json_t *data)
{
    return waybill_voided(store, text_of(data, "waybill"));
}

static int read_document_lines(struct store *store, int64_t document, const json_t *lines)
{
    size_t index;
    json_t *data;
    json_array_foreach(lines, index, data)
    {
        struct document_line line = {
            .document = document, .line = (int64_t)index + 1, .expected = number_of(data, "quantity")};
        int64_t id;
        bool whole = COPY_TEXTS(data, TEXT(line.lot_code, "lot"), TEXT(line.expiry, "expiry"), TEXT(line.sscc, "sscc"));
        int result = whole ? item_find(store, text_of(data, "sku"), &line.item) : -EMSGSIZE;
        if (!result)
            result = document_line_insert(store, &line, &id);
        if (result)
            return result;
    }
    return 0;
}

/* What comes, goes or comes back: the same number again changes nothing, for its lines may be under way already. */
static int apply_document(struct store *store, const json_t *data, const char *kind)
{
    struct document document = {.blind = flag_of(data, "blind"),
                                .over_percent = number_of(data, "over_percent"),
                                .rev = number_of(data, "rev")};
    bool whole = COPY_TEXTS(data, TEXT(document.number, "number"), TEXT(document.partner, "partner"),
                            TEXT(document.owner, "owner"), TEXT(document.order_number, "order"),
                            TEXT(document.waybill, "waybill"));
    int64_t id;
    text_copy(document.kind, sizeof(document.kind), kind);
    if (!whole)
        return -EMSGSIZE;
    int result = document_find(store, document.number, &id);
    if (result != -ENOENT)
        return result;
    result = document_insert(store, &document, &id);
    return result ? result : read_document_lines(store, id, json_object_get(data, "lines"));
}

static int apply_asn(struct store *store, const json_t *data)
{
    return apply_document(store, data, "asn");
}

static int apply_transfer(struct store *store, const json_t *data)
{
    return apply_document(store, data, "transfer");
}

static int apply_arrival(struct store *store, const json_t *data)
{
    return apply_document(store, data, "arrival");
}

/* Whatever it lacks stays under way, as a claim. */
static int apply_transfer_closed(struct store *store, const json_t *data)
{
    struct document document;
    int64_t id;
    int result = document_find(store, text_of(data, "number"), &id);
    if (!result)
        result = document_load(store, id, &document);
    bool waits = !result && strcmp(document.kind, "transfer") == 0 && strcmp(document.state, "shipped") == 0;
    return waits ? document_set_state(store, id, "closed", text_of(data, "outcome")) : result;
}

/* The buyer says under which waybill it comes when it was announced already. */
static int apply_return(struct store *store, const json_t *data)
{
    struct document document;
    int64_t id;
    int result = document_find(store, text_of(data, "number"), &id);
    if (result == -ENOENT)
        return apply_document(store, data, "return");
    if (!result)
        result = document_load(store, id, &document);
    if (result || number_of(data, "rev") <= document.rev || strcmp(document.kind, "return") != 0)
        return result;
    const char *waybill = text_of(data, "waybill");
    return strlen(waybill) < sizeof(document.waybill) ? document_set_waybill(store, id, waybill, number_of(data, "rev"))
                                                      : -EMSGSIZE;
}

static int apply_lot(struct store *store, const json_t *data)
{
    int64_t item, lot;
    int result = item_find(store, text_of(data, "sku"), &item);
    if (!result)
        result = lot_ensure(store, item, text_of(data, "lot"), text_of(data, "expiry"), &lot);
    return result ? result : lot_set_blocked(store, lot, flag_of(data, "blocked"));
}

static int apply_count(struct store *store, const json_t *data)
{
    struct stock_count count = {.source = "office",
                                .blind = !json_is_false(json_object_get(data, "blind")),
                                .priority = number_of(data, "priority")};
    const char *sku = text_of(data, "sku");
    int64_t id;
    int result = location_find(store, text_of(data, "location"), &count.location);
    if (!result && *sku)
        result = item_find(store, sku, &count.item);
    return result ? result : stock_count_plan(store, &count, &id);
}

/* How the shop's own numbers are to be read. */
static int apply_in_store_format(struct store *store, const json_t *data)
{
    const char *format = text_of(data, "format");
    if (barcode_in_store_format_fault(format))
        return -EINVAL;
    return in_store_format_set(store, format, !json_is_false(json_object_get(data, "active")));
}

static int apply_wave_rule(struct store *store, const json_t *data)
{
    struct wave_rule rule = {.place = number_of(data, "place"),
                             .lines_min = number_or(data, "lines_min", 1),
                             .lines_max = number_or(data, "lines_max", 200),
                             .pieces_max = number_or(data, "pieces_max", 1000000),
                             .orders_min = number_or(data, "orders_min", 1),
                             .orders_max = number_or(data, "orders_max", 20),
                             .due_min = number_of(data, "due_min"),
                             .rev = number_of(data, "rev"),
                             .active = !json_is_false(json_object_get(data, "active"))};
    bool whole = COPY_TEXTS(data, TEXT(rule.name, "name"), TEXT(rule.kind, "kind"), TEXT(rule.carrier, "carrier"),
                            TEXT(rule.platform, "platform"), TEXT(rule.zone, "zone"), TEXT(rule.wall, "wall"),
                            TEXT(rule.policy, "policy"));
    if (!*rule.policy)
        text_copy(rule.policy, sizeof(rule.policy), "partial");
    return whole ? wave_rule_upsert(store, &rule) : -EMSGSIZE;
}

static int apply_stock(struct store *store, const json_t *data)
{
    struct stock_row row = {.quantity = number_of(data, "quantity"), .weight_g = number_of(data, "weight_g")};
    bool whole = COPY_TEXTS(data, TEXT(row.location, "location"), TEXT(row.sku, "sku"), TEXT(row.lot, "lot"),
                            TEXT(row.expiry, "expiry"), TEXT(row.serial, "serial"));
    int64_t changed = 0;
    const char *column = NULL;
    struct error why = {0};
    if (row.quantity < 0)
        return -EINVAL;
    return whole ? stock_set(store, &row, &changed, &column, &why) : -EMSGSIZE;
}

static int apply_setting(struct store *store, const json_t *data)
{
    int result = setting_set(store, text_of(data, "name"), number_of(data, "value"));
    return result == -ERANGE ? -EINVAL : result;
}

/* Head office says no to a code that the floor had proposed. */
static int apply_barcode_drop(struct store *store, const json_t *data)
{
    int64_t item;
    int result = item_find(store, text_of(data, "sku"), &item);
    return result ? result : barcode_drop(store, text_of(data, "code"), item);
}

static const struct {
    const char *type;
    int (*apply)(struct store *, const json_t *data);
} changes[] = {
    {"io.floorhand.item.upsert.v1", apply_item},
    {"io.floorhand.location.upsert.v1", apply_location},
    {"io.floorhand.worker.upsert.v1", apply_worker},
    {"io.floorhand.barcode.upsert.v1", apply_barcode},
    {"io.floorhand.order.release.v1", apply_release},
    {"io.floorhand.order.cancel.v1", apply_cancel},
    {"io.floorhand.order.lease.v1", apply_lease},
    {"io.floorhand.order.unassign.v1", apply_unassign},
    {"io.floorhand.order.forget.v1", apply_forget},
    {"io.floorhand.waybill.pool.v1", apply_pool},
    {"io.floorhand.waybill.voided.v1", apply_voided},
    {"io.floorhand.asn.upsert.v1", apply_asn},
    {"io.floorhand.transfer.request.v1", apply_transfer},
    {"io.floorhand.transfer.arrival.v1", apply_arrival},
    {"io.floorhand.transfer.closed.v1", apply_transfer_closed},
    {"io.floorhand.return.expect.v1", apply_return},
    {"io.floorhand.lot.upsert.v1", apply_lot},
    {"io.floorhand.stock.set.v1", apply_stock},
    {"io.floorhand.count.request.v1", apply_count},
    {"io.floorhand.wave_rule.upsert.v1", apply_wave_rule},
    {"io.floorhand.config.set.v1", apply_setting},
    {"io.floorhand.in_store.format.v1", apply_in_store_format},
    {"io.floorhand.barcode.drop.v1", apply_barcode_drop},
};

static int apply(struct store *store, const json_t *line)
{
    const char *type = text_of(line, "type");
    const json_t *data = json_object_get(line, "data");
    if (!json_is_object(data))
        return -EINVAL;
    for (size_t i = 0; i < COUNT(changes); i++) {
        if (strcmp(changes[i].type, type) != 0)
            continue;
        return changes[i].apply(store, data);
    }
    return -ENOSYS;
}

/* Why a change is parked; the last one stands for every other result. */
static const struct {
    int result;
    const char *en, *zh;
} reasons[] = {
    {-ENOSYS, "this version does not know this kind of change: update the box", "本版本不认识这种变更,请升级主机"},
    {-ENOENT, "it names an item, an order or a waybill that this site does not have",
     "所指的商品、订单或运单号本仓没有"},
    {-EEXIST, "a code in it already belongs to something else", "其中的条码已属于别的对象"},
    {-EBUSY, "a parcel still uses the waybill, or orders are promised what it takes away",
     "仍有包裹使用该运单号,或库存已分配给订单"},
    {-EMSGSIZE, "a value in it is too long", "其中有内容过长"},
    {0, "a value in it is missing or not allowed", "其中有内容缺失或不允许"},
};

static const char *reason(int result)
{
    size_t i = 0;
    while (i + 1 < COUNT(reasons) && reasons[i].result != result)
        i++;
    return reasons[i].en;
}

const char *floor_parked_why_zh(const char *why)
{
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (strcmp(reasons[i].en, why) == 0)
            return reasons[i].zh;
    return why;
}

static bool is_store_failure(int result)
{
    return result == -EIO || result == -ENOSPC || result == -ENOMEM || result == -EBADMSG;
}

/* Where a change stands: 0 it is the next one, negative it is here already, positive one before it is missing. */
static int place_in_feed(struct store *store, int64_t number, int64_t *ret)
{
    struct stream stream = {0};
    int result = store_stream(store, &stream);
    *ret = number - (stream.feed_seq + 1);
    return result;
}

int change_rule(struct store *store, const struct event *event, struct effect *effect)
{
    int64_t place;
    int placed = place_in_feed(store, event->number, &place);
    if (placed || place < 0)
        return placed;
    if (place > 0)
        return FLOOR_REFUSED; /* it comes again, in order */
    json_t *line = json_loadb(event_bytes(event), event->length, JSON_REJECT_DUPLICATES, NULL);
    int result = line ? apply(store, line) : -EINVAL;
    if (!result)
        result = journal_unpark(store, text_of(line, "type"), text_of(line, "subject"));
    json_decref(line);
    if (!result)
        result = journal_fed(store, event->number, event_bytes(event), event->length);
    if (!result)
        result = order_lease_settle(store);
    effect->shows = true;
    if (!result || is_store_failure(result))
        return result;
    answer_set(&effect->answer, E29_FILE);
    answer_text(&effect->answer, "why", reason(result));
    return FLOOR_REFUSED;
}

int change_refused(struct store *store, const struct event *event, const char *why)
{
    int64_t place;
    int result = place_in_feed(store, event->number, &place);
    if (result || place != 0)
        return result;
    CLEANUP_BUF struct buf data = {0};
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)event->number);
    json_open_object(&data, NULL);
    json_int(&data, "feed_seq", event->number);
    json_text(&data, "why", why);
    json_close_object(&data);
    result = journal_park(store, event->number, why, event_bytes(event), event->length);
    if (!result)
        result = journal_fed(store, event->number, event_bytes(event), event->length);
    if (!result)
        result = order_lease_settle(store);
    return result ? result : note(store, "feed.parked", "change", number, &data, NULL);
}

int link_rule(struct store *store, const struct event *event, struct effect *effect)
{
    (void)effect;
    int result = roster_heard(store);
    if (!result)
        result = store_set_linked(store, event->number != 0);
    if (!result)
        result = order_lease_met(store, event->number ? event->number - 1 : 0);
    return result ? result : order_lease_settle(store);
}
