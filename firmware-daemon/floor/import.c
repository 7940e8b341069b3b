/* CSV files at the site: all of a file or nothing, and the same file twice changes nothing. */
#include "floor/rule.h"
#include "floor/stock_set.h"

#include "base/json.h"
#include "base/table.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

union row {
    struct item_row {
        struct item item;
        char gtin[STORE_CODE_MAX];
    } item;
    struct stock_row stock;
    struct location_row {
        struct location location;
        char item[STORE_CODE_MAX];
    } location;
    struct worker_row {
        char worker[STORE_CODE_MAX], name[STORE_NAME_MAX], badge[STORE_CODE_MAX], role[16];
    } worker;
    struct order_row {
        char order[STORE_CODE_MAX], platform[32], carrier[STORE_CODE_MAX], waybill[STORE_CODE_MAX];
        char receiver_name[STORE_NAME_MAX], receiver_phone[STORE_CODE_MAX], receiver_address[320], sku[STORE_CODE_MAX];
        int64_t priority, quantity;
    } order;
};

#define TEXT(type, member)   #member, OPTION_TEXT_AT(struct type, member)
#define NUMBER(type, member) #member, OPTION_NUMBER_AT(struct type, member)
#define CHOICE(type, member) #member, OPTION_CHOICE_AT(struct type, member)

#define ITEM_TEXT(member)    #member, OPTION_TEXT_AT(struct item_row, item.member)
#define ITEM_NUMBER(member)  #member, OPTION_NUMBER_AT(struct item_row, item.member)
#define ITEM_FLAG(member)    #member, OPTION_FLAG_AT(struct item_row, item.member)
#define PLACE_TEXT(member)   #member, OPTION_TEXT_AT(struct location_row, location.member)
#define PLACE_NUMBER(member) #member, OPTION_NUMBER_AT(struct location_row, location.member)
#define PLACE_FLAG(member)   #member, OPTION_FLAG_AT(struct location_row, location.member)
#define LENGTH_MAX           1000000000

static const struct option_def item_columns[] = {
    {ITEM_TEXT(sku), .help = "the item's number"},
    {ITEM_TEXT(name), .help = "the item's name"},
    {ITEM_NUMBER(weight_g), .fallback = "0", .min = 0, .max = 1000000, .help = "grams"},
    {TEXT(item_row, gtin), .fallback = "", .help = "the item's barcode, or nothing"},
    {ITEM_TEXT(owner), .fallback = "", .help = "whose stock it is, or nothing"},
    {ITEM_NUMBER(volume_ml), .fallback = "0", .max = LENGTH_MAX, .help = "millilitres of one piece"},
    {ITEM_NUMBER(height_mm), .fallback = "0", .max = 100000, .help = "millimetres, as it lies in a bin"},
    {ITEM_TEXT(hazard), .fallback = "", .help = "its hazard class, or nothing"},
    {ITEM_FLAG(lots), .fallback = "no", .help = "every piece belongs to a lot"},
    {ITEM_FLAG(expires), .fallback = "no", .help = "every lot has a last day"},
    {"serials", OPTION_CHOICE_AT(struct item_row, item.serials), .fallback = "none", .choices = "none|out|all",
     .help = "serial numbers: none, out (read when it leaves) or all (always known)"},
    {ITEM_FLAG(by_weight), .fallback = "no", .help = "every piece is weighed"},
    {ITEM_NUMBER(life_in_days), .fallback = "0", .max = 100000, .help = "days a lot must have left when it comes"},
    {ITEM_NUMBER(life_out_days), .fallback = "0", .max = 100000, .help = "days a lot must have left when it is picked"},
    {"abc", OPTION_CHOICE_AT(struct item_row, item.abc), .fallback = "", .choices = "|A|B|C",
     .help = "A, B, C or nothing"},
    {ITEM_NUMBER(cost_minor), .fallback = "0", .max = INT64_C(1000000000000),
     .help = "what one piece costs, in minor units of money; 0: not known"},
    {ITEM_TEXT(box), .fallback = "", .help = "the box that one piece is sent in, or nothing"},
    {0},
};
static const struct option_def stock_columns[] = {
    {TEXT(stock_row, location), .help = "a face or reserve location's code"},
    {TEXT(stock_row, sku), .help = "the item's number"},
    {NUMBER(stock_row, quantity), .min = 0, .max = 1000000000, .help = "pieces that lie there now"},
    {TEXT(stock_row, lot), .fallback = "", .help = "of this lot, or nothing"},
    {TEXT(stock_row, expiry), .fallback = "", .help = "the lot's last day as 2026-12-31, or nothing"},
    {TEXT(stock_row, serial), .fallback = "", .help = "of the one piece, where all have serial numbers"},
    {NUMBER(stock_row, weight_g), .fallback = "0", .max = 1000000000, .help = "grams of what is sold by weight"},
    {0},
};
static const struct option_def location_columns[] = {
    {PLACE_TEXT(code), .help = "the location's code"},
    {"kind", OPTION_CHOICE_AT(struct location_row, location.kind),
     .choices = "face|reserve|stage|pack|gate|dock|damage|return|wall|wall_slot|tote_park",
     .help = "face, reserve, stage, pack, gate, dock, damage, return, wall, wall_slot or tote_park"},
    {PLACE_NUMBER(walk), .min = 0, .max = 1000000000, .help = "its place on the walk through the building"},
    {PLACE_TEXT(carrier), .fallback = "", .help = "the gate's carrier, or nothing"},
    {PLACE_TEXT(zone), .fallback = "", .help = "its zone, or nothing"},
    {PLACE_TEXT(wall), .fallback = "", .help = "of a wall_slot: its put-wall's code"},
    {PLACE_NUMBER(aisle), .fallback = "-1", .min = -1, .max = 10000,
     .help = "counted from 0 at the depot; -1: not known"},
    {PLACE_NUMBER(block), .fallback = "-1", .min = -1, .max = 1000,
     .help = "between which cross-aisles, 0 at the front"},
    {PLACE_NUMBER(position_mm), .fallback = "-1", .min = -1, .max = LENGTH_MAX, .help = "from its block's front"},
    {PLACE_NUMBER(height_mm), .fallback = "0", .max = 100000, .help = "what fits under the beam; 0: anything"},
    {PLACE_NUMBER(capacity), .fallback = "0", .max = LENGTH_MAX, .help = "pieces that fit; 0: no limit"},
    {PLACE_NUMBER(load_g), .fallback = "0", .max = INT64_C(100000000000), .help = "grams it bears; 0: no limit"},
    {PLACE_FLAG(mix_items), .fallback = "yes", .help = "several items may lie in it"},
    {PLACE_FLAG(mix_lots), .fallback = "yes", .help = "several lots of an item may lie in it"},
    {PLACE_TEXT(hazards), .fallback = "", .help = "hazard classes that may lie in it, as 3,8; * all"},
    {TEXT(location_row, item), .fallback = "", .help = "of a fixed face: its item's number"},
    {PLACE_NUMBER(face_min), .fallback = "0", .max = LENGTH_MAX, .help = "a face with fewer pieces is filled up"},
    {PLACE_NUMBER(face_max), .fallback = "0", .max = LENGTH_MAX, .help = "to so many"},
    {"abc", OPTION_CHOICE_AT(struct location_row, location.abc), .fallback = "", .choices = "|A|B|C",
     .help = "A, B, C or nothing"},
    {0},
};
static const struct option_def worker_columns[] = {
    {TEXT(worker_row, worker), .help = "the worker's number"},
    {TEXT(worker_row, name), .help = "the worker's name"},
    {TEXT(worker_row, badge), .help = "what the scanner reads from the badge"},
    {CHOICE(worker_row, role), .choices = "picker|packer|counter|supervisor|admin|auditor",
     .help = "picker, packer, counter, supervisor, admin or auditor"},
    {0},
};
static const struct option_def order_columns[] = {
    {TEXT(order_row, order), .help = "the order's number"},
    {TEXT(order_row, platform), .help = "where it was bought"},
    {TEXT(order_row, carrier), .help = "who carries it"},
    {TEXT(order_row, waybill), .fallback = "", .help = "the carrier's number, or nothing"},
    {NUMBER(order_row, priority), .fallback = "0", .min = 0, .max = 9, .help = "0 to 9, 9 goes first"},
    {TEXT(order_row, receiver_name), .help = "the receiver's name"},
    {TEXT(order_row, receiver_phone), .help = "the receiver's telephone number"},
    {TEXT(order_row, receiver_address), .help = "the receiver's address in one line"},
    {TEXT(order_row, sku), .help = "the item's number"},
    {NUMBER(order_row, quantity), .min = 1, .max = 1000000, .help = "pieces"},
    {0},
};

struct import {
    struct store *store;
    int64_t changed;
    struct order_entry *entry; /* the order whose rows are being read */
};

static int fault(struct error *error, const char **ret_column, int result, const char *column, const char *sentence)
{
    *ret_column = column;
    return error_set(error, result, "%s", sentence);
}

static int take_item(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    struct import *import = user;
    const struct item_row *row = data;
    int64_t item;
    char gtin14[15];
    int result = item_upsert(import->store, &row->item);
    import->changed += sql_changes(import->store->sql);
    if (result || !*row->gtin)
        return result;
    if (barcode_gtin14(row->gtin, strlen(row->gtin), gtin14) != 0)
        return fault(error, ret_column, -EINVAL, "gtin", "not a GTIN: 8, 12, 13 or 14 digits with a right check digit");
    result = item_find(import->store, row->item.sku, &item);
    return result ? result : barcode_upsert(import->store, gtin14, item, 1);
}

static int take_stock(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    struct import *import = user;
    return stock_set(import->store, data, &import->changed, ret_column, error);
}

static int take_location(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    struct import *import = user;
    struct location_row *row = data;
    row->location.item = 0;
    if (*row->item && item_find(import->store, row->item, &row->location.item) != 0)
        return fault(error, ret_column, -ENOENT, "item", "no item has this number: import it first");
    int result = location_upsert(import->store, &row->location);
    import->changed += sql_changes(import->store->sql);
    return result;
}

static int take_worker(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    struct import *import = user;
    const struct worker_row *row = data;
    struct worker worker = {.active = true};
    text_copy(worker.code, sizeof(worker.code), row->worker);
    text_copy(worker.name, sizeof(worker.name), row->name);
    text_copy(worker.role, sizeof(worker.role), row->role);
    int result = worker_upsert(import->store, &worker, row->badge, 0);
    if (result == -EEXIST)
        return fault(error, ret_column, result, "badge", "another worker has this badge");
    import->changed += sql_changes(import->store->sql);
    return result;
}

static int enter_order(struct import *import, const char **ret_column, struct error *error)
{
    bool new = false;
    int result = import->entry->line_count ? order_enter(import->store, import->entry, &new) : 0;
    if (result == -EEXIST)
        return fault(error, ret_column, result, "waybill", "another order has this waybill");
    import->changed += new;
    import->entry->line_count = 0;
    return result;
}

static void start_order(struct order_entry *entry, const struct order_row *row)
{
    struct order *order = &entry->order;
    *order = (struct order){.priority = row->priority};
    text_copy(order->number, sizeof(order->number), row->order);
    text_copy(order->platform, sizeof(order->platform), row->platform);
    text_copy(order->carrier, sizeof(order->carrier), row->carrier);
    text_copy(order->waybill, sizeof(order->waybill), row->waybill);
    text_copy(entry->receiver.name, sizeof(entry->receiver.name), row->receiver_name);
    text_copy(entry->receiver.phone, sizeof(entry->receiver.phone), row->receiver_phone);
    text_copy(entry->receiver.address, sizeof(entry->receiver.address), row->receiver_address);
}

/* One row is one line; the rows of an order stand together. */
static int take_order(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    struct import *import = user;
    struct order_entry *entry = import->entry;
    const struct order_row *row = data;
    int64_t item;
    if (entry->line_count > 0 && strcmp(entry->order.number, row->order) != 0) {
        int result = enter_order(import, ret_column, error);
        if (result)
            return result;
    }
    if (entry->line_count == 0)
        start_order(entry, row);
    if (entry->line_count == COUNT(entry->lines))
        return fault(error, ret_column, -E2BIG, "order", "an order has at most 200 lines");
    if (item_find(import->store, row->sku, &item) != 0)
        return fault(error, ret_column, -ENOENT, "sku", "no item has this number: import it first");
    entry->lines[entry->line_count].line = (int64_t)entry->line_count + 1;
    entry->lines[entry->line_count].item = item;
    entry->lines[entry->line_count].quantity = row->quantity;
    entry->line_count++;
    return 0;
}

static const struct kind {
    const char *name;
    const struct option_def *columns;
    size_t row_size;
    int (*take)(void *, void *, int64_t, const char **, struct error *);
} kinds[] = {
    {"items", item_columns, sizeof(struct item_row), take_item},
    {"stock", stock_columns, sizeof(struct stock_row), take_stock},
    {"locations", location_columns, sizeof(struct location_row), take_location},
    {"workers", worker_columns, sizeof(struct worker_row), take_worker},
    {"orders", order_columns, sizeof(struct order_row), take_order},
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static int refuse_file(struct effect *effect, const char *sentence)
{
    answer_set(&effect->answer, E29_FILE);
    answer_text(&effect->answer, "why", sentence);
    return FLOOR_REFUSED;
}

int import_rule(struct store *store, const struct event *event, struct effect *effect)
{
    const struct kind *kind = find_kind(event->name);
    if (!kind)
        return refuse_file(effect, "there is no such kind of file: orders, items, stock, locations or workers");
    CLEANUP(cleanup_free) struct order_entry *entry = calloc(1, sizeof(*entry));
    CLEANUP_BUF struct buf text = {0};
    if (!entry)
        return -ENOMEM;
    union row row;
    struct import import = {.store = store, .entry = entry};
    struct table table = {
        .columns = kind->columns, .row = &row, .row_size = kind->row_size, .take = kind->take, .user = &import};
    struct error error = {0};
    const char *column = NULL;
    int64_t rows = 0;
    char file[24];
    snprintf(file, sizeof(file), "%s file", kind->name);
    buf_put(&text, event_bytes(event), event->length);
    int result = table_to_utf8(file, &text, &error);
    if (!result)
        result = table_read(&table, file, buf_text(&text), text.length, &rows, &error);
    if (!result)
        result = enter_order(&import, &column, &error);
    if (result)
        return refuse_file(effect, *error.text ? error.text : "a value in it is not allowed: correct the file");
    answer_set(&effect->answer, DONE_IMPORTED);
    answer_number(&effect->answer, "n", rows);
    answer_number(&effect->answer, "new", import.changed);
    effect->shows = true;
    return 0;
}
