/* CSV files at the site: all of a file or nothing, and the same file twice changes nothing. */
#include "floor/rule.h"

#include "base/json.h"
#include "base/table.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

union row {
    struct item_row {
        char sku[STORE_CODE_MAX], name[STORE_NAME_MAX], gtin[STORE_CODE_MAX];
        int64_t weight_g;
    } item;
    struct stock_row {
        char location[STORE_CODE_MAX], sku[STORE_CODE_MAX];
        int64_t quantity;
    } stock;
    struct location_row {
        char code[STORE_CODE_MAX], kind[16], carrier[STORE_CODE_MAX];
        int64_t walk;
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

static const struct option_def item_columns[] = {
    {TEXT(item_row, sku), .help = "the item's number"},
    {TEXT(item_row, name), .help = "the item's name"},
    {NUMBER(item_row, weight_g), .fallback = "0", .min = 0, .max = 1000000, .help = "grams"},
    {TEXT(item_row, gtin), .fallback = "", .help = "the item's barcode, or nothing"},
    {0},
};
static const struct option_def stock_columns[] = {
    {TEXT(stock_row, location), .help = "a face or reserve location's code"},
    {TEXT(stock_row, sku), .help = "the item's number"},
    {NUMBER(stock_row, quantity), .min = 0, .max = 1000000000, .help = "pieces that lie there now"},
    {0},
};
static const struct option_def location_columns[] = {
    {TEXT(location_row, code), .help = "the location's code"},
    {CHOICE(location_row, kind), .choices = "face|reserve|stage|pack|gate|dock|damage|return",
     .help = "face, reserve, stage, pack, gate, dock, damage or return"},
    {NUMBER(location_row, walk), .min = 0, .max = 1000000000, .help = "its place on the walk through the building"},
    {TEXT(location_row, carrier), .fallback = "", .help = "the gate's carrier, or nothing"},
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
    int result = item_upsert(import->store, row->sku, row->name, row->weight_g, 0);
    import->changed += sql_changes(import->store->sql);
    if (result || !*row->gtin)
        return result;
    if (barcode_gtin14(row->gtin, strlen(row->gtin), gtin14) != 0)
        return fault(error, ret_column, -EINVAL, "gtin", "not a GTIN: 8, 12, 13 or 14 digits with a right check digit");
    result = item_find(import->store, row->sku, &item);
    return result ? result : barcode_upsert(import->store, gtin14, item, 1);
}

static int post_difference(struct store *store, const struct stock_row *row, int64_t item, int64_t location,
                           int64_t delta)
{
    CLEANUP_BUF struct buf data = {0};
    int64_t seq;
    json_open_object(&data, NULL);
    json_text(&data, "location", row->location);
    json_text(&data, "sku", row->sku);
    json_int(&data, "delta", delta);
    json_close_object(&data);
    int result = note(store, "stock.imported", "location", row->location, &data, &seq);
    if (result)
        return result;
    return ledger_move(store, seq,
                       &(struct move){.item = item,
                                      .quantity = delta > 0 ? delta : -delta,
                                      .from_location = delta > 0 ? LOCATION_ADJUST : location,
                                      .to_location = delta > 0 ? location : LOCATION_ADJUST,
                                      .reason = "import"});
}

/* The file says what lies there; the ledger gets the difference. What is promised cannot be taken away by a file. */
static int take_stock(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    struct import *import = user;
    const struct stock_row *row = data;
    int64_t item, location, there, promised;
    struct location place;
    if (item_find(import->store, row->sku, &item) != 0)
        return fault(error, ret_column, -ENOENT, "sku", "no item has this number: import it first");
    if (location_find(import->store, row->location, &location) != 0 ||
        location_load(import->store, location, &place) != 0 ||
        (strcmp(place.kind, "face") != 0 && strcmp(place.kind, "reserve") != 0))
        return fault(error, ret_column, -ENOENT, "location",
                     "no face or reserve location has this code: import it first");
    int result = ledger_on_hand(import->store, item, location, &there);
    if (!result)
        result = ledger_promised(import->store, item, location, &promised);
    if (!result && row->quantity < promised)
        return fault(error, ret_column, -EBUSY, "quantity",
                     "orders are promised more than that from there: pick them first");
    if (result || row->quantity == there)
        return result;
    import->changed++;
    return post_difference(import->store, row, item, location, row->quantity - there);
}

static int take_location(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    (void)ret_column;
    (void)error;
    struct import *import = user;
    const struct location_row *row = data;
    int result = location_upsert(import->store, row->code, row->kind, row->walk, row->carrier, 0);
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
    text_copy(order->receiver_name, sizeof(order->receiver_name), row->receiver_name);
    text_copy(order->receiver_phone, sizeof(order->receiver_phone), row->receiver_phone);
    text_copy(order->receiver_address, sizeof(order->receiver_address), row->receiver_address);
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
    return orders_allocate_waiting(store);
}
