#include "sync/head-office/import.h"

#include "base/table.h"
#include "sync/head-office/catalogue.h"
#include "sync/head-office/documents.h"
#include "sync/head-office/orders.h"
#include "sync/head-office/waybills.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stddef.h>
#include <string.h>

#define HASH_SIZE 32
#define ROW_MAX   4096 /* the largest row struct */

#define TEXT(type, member)   #member, OPTION_TEXT_AT(struct type, member)
#define NUMBER(type, member) #member, OPTION_NUMBER_AT(struct type, member)
#define CHOICE(type, member) #member, OPTION_CHOICE_AT(struct type, member)

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

static const struct option_def barcode_columns[] = {
    {TEXT(barcode, code), .help = "what the scanner reads"},
    {CHOICE(barcode, kind), .choices = "item|tote|box", .help = "item, tote or box"},
    {TEXT(barcode, sku), .fallback = "", .help = "the item's number"},
    {NUMBER(barcode, factor), .fallback = "0", .min = 0, .max = 100000, .help = "pieces in the pack"},
    {NUMBER(barcode, weight_g), .fallback = "0", .min = 0, .max = 1000000, .help = "the empty box in grams"},
    {TEXT(barcode, name), .fallback = "", .help = "the box's name"},
    {0},
};

static const struct option_def worker_columns[] = {
    {TEXT(worker, worker), .help = "the worker's number"},
    {TEXT(worker, name), .help = "the worker's name"},
    {TEXT(worker, badge), .help = "what the scanner reads from the badge"},
    {CHOICE(worker, role), .choices = "picker|packer|counter|supervisor|admin|auditor",
     .help = "picker, packer, counter, supervisor, admin or auditor"},
    {0},
};

static const struct option_def waybill_columns[] = {
    {TEXT(waybill_row, waybill), .help = "the carrier's number"},
    {TEXT(waybill_row, carrier), .help = "whose number it is"},
    {TEXT(waybill_row, order), .fallback = "", .help = "the only order it is for, or nothing"},
    {TEXT(waybill_row, sort_code), .fallback = "", .help = "the sort code, or nothing"},
    {TEXT(waybill_row, short_address), .fallback = "", .help = "the short address, or nothing"},
    {TEXT(waybill_row, package_center), .fallback = "", .help = "the package centre, or nothing"},
    {TEXT(waybill_row, qr), .fallback = "", .help = "what the QR code says, or nothing"},
    {0},
};

static const struct option_def document_columns[] = {
    {TEXT(document_row, number), .help = "the document's number; its rows stand together"},
    {CHOICE(document_row, kind), .choices = "asn|transfer|arrival|return", .help = "asn, transfer, arrival or return"},
    {TEXT(document_row, partner), .fallback = "", .help = "the supplier or the other site, or nothing"},
    {TEXT(document_row, owner), .fallback = "", .help = "whose stock it is, or nothing"},
    {TEXT(document_row, order), .fallback = "", .help = "of a return: the order's number"},
    {TEXT(document_row, waybill), .fallback = "", .help = "the waybill it comes under, or nothing"},
    {"blind", OPTION_FLAG_AT(struct document_row, blind), .fallback = "no",
     .help = "the floor is not told what is expected"},
    {NUMBER(document_row, over_percent), .fallback = "0", .min = 0, .max = 1000, .help = "how much more may come"},
    {TEXT(document_row, sku), .help = "the item's number"},
    {NUMBER(document_row, quantity), .min = 1, .max = 1000000000, .help = "pieces"},
    {TEXT(document_row, lot), .fallback = "", .help = "the lot, or nothing"},
    {TEXT(document_row, expiry), .fallback = "", .help = "the lot's last day as 2026-12-31, or nothing"},
    {TEXT(document_row, sscc), .fallback = "", .help = "the pallet's number of 18 digits, or nothing"},
    {0},
};

const struct import_kind import_kinds[] = {
    {"items", item_columns, sizeof(struct item), .put = catalogue_put_item},
    {"barcodes", barcode_columns, sizeof(struct barcode), .put = catalogue_put_barcode},
    {"locations", location_columns, sizeof(struct location), .per_site = true, .put = catalogue_put_location},
    {"workers", worker_columns, sizeof(struct worker), .put = catalogue_put_worker},
    {"waybills", waybill_columns, sizeof(struct waybill_row), .per_site = true, .put = waybills_put,
     .finish = waybills_serve},
    {"documents", document_columns, sizeof(struct document_row), .per_site = true, .repeats = true,
     .put = documents_put, .finish = documents_send},
    {"orders", order_columns, sizeof(struct order_row), .put = NULL},
    {0},
};

_Static_assert(sizeof(struct order_row) <= ROW_MAX, "the largest row must fit");

const struct import_kind *import_find(const char *name)
{
    for (const struct import_kind *kind = import_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

struct importing {
    struct office *office;
    const struct import_kind *kind;
    const char *site;
    int64_t changed;
};

/* Remembers the keys of the file: a second row about the same thing would silently win. */
static int remember_key(struct importing *importing, const char *key, int64_t line, const char **ret_column,
                        struct error *error)
{
    struct sql *sql = importing->office->sql;
    int result = sql_run(sql, "INSERT INTO imported_key (key, line) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                         sql_text(key), sql_int(line));
    if (!result && sql_changes(sql) == 1)
        return 0;
    int64_t first;
    if (!result)
        result = sql_number(sql, &first, "SELECT line FROM imported_key WHERE key = ?1", sql_text(key));
    if (result)
        return office_failed(sql, result, error);
    *ret_column = importing->kind->columns[0].name;
    return error_set(error, -EEXIST, "\"%s\" stands in line %" PRId64 " already: keep one of the two", key, first);
}

static int take_row(void *user, void *row, int64_t line, const char **ret_column, struct error *error)
{
    struct importing *importing = user;
    const struct import_kind *kind = importing->kind;
    if (!kind->put)
        return orders_stage_row(importing->office, row, line, ret_column, error);
    const char *key = (const char *)row + kind->columns[0].offset;
    int result = kind->repeats ? 0 : remember_key(importing, key, line, ret_column, error);
    if (result)
        return result;
    return kind->put(importing->office, importing->site, row, &importing->changed, ret_column, error);
}

static int note_import(struct office *office, const struct import_kind *kind, const char *path, const char *text,
                       size_t length, const struct import_result *outcome)
{
    unsigned char hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, length, NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    const char *slash = strrchr(path, '/');
    return sql_run(office->sql,
                   "INSERT INTO import (kind, file, hash, rows, changed, time_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   sql_text(kind->name), sql_text(slash ? slash + 1 : path), sql_text(hex), sql_int(outcome->rows),
                   sql_int(outcome->changed), sql_int(office->now_us));
}

static int import_rows(struct importing *importing, const char *path, const char *text, size_t length,
                       struct import_result *outcome, struct error *error)
{
    _Alignas(max_align_t) char row[ROW_MAX];
    const struct import_kind *kind = importing->kind;
    struct office *office = importing->office;
    int result = kind->put ? sql_script(office->sql,
                                        "CREATE TEMP TABLE IF NOT EXISTS imported_key (key TEXT PRIMARY KEY,"
                                        " line INTEGER NOT NULL) STRICT; DELETE FROM imported_key;",
                                        error)
                           : orders_stage_open(office, error);
    if (result)
        return result;
    struct table table = {
        .columns = kind->columns, .row = row, .row_size = kind->row_size, .take = take_row, .user = importing};
    result = table_read(&table, path, text, length, &outcome->rows, error);
    if (!result && !kind->put) {
        struct error why = {0};
        result = orders_stage_take(office, &importing->changed, &why);
        if (result)
            return error_set(error, result, "%s, %s", path, why.text);
    }
    if (result)
        return result;
    if (kind->finish && (result = kind->finish(office, importing->site, error)) != 0)
        return result;
    outcome->changed = importing->changed;
    result = note_import(office, kind, path, text, length, outcome);
    return result ? office_failed(office->sql, result, error) : 0;
}

int import_text(struct office *office, const struct import_kind *kind, const char *site, const char *path,
                const char *text, size_t length, struct import_result *ret, struct error *error)
{
    struct importing importing = {.office = office, .kind = kind, .site = site};
    struct import_result outcome = {0};
    int result = office_begin(office, error);
    if (result)
        return result;
    result = import_rows(&importing, path, text, length, &outcome, error);
    if (!result)
        result = office_commit(office, error);
    if (result) {
        office_rollback(office);
        return result;
    }
    *ret = outcome;
    return 0;
}
