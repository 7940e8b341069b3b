#include "sync/head-office/sites/documents.h"

#include "base/json.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int is_sent(struct office *office, const char *number, int64_t *ret)
{
    *ret = 0;
    int result = sql_number(office->sql, ret, "SELECT sent FROM document WHERE number = ?1", sql_text(number));
    return result == -ENOENT ? 0 : result;
}

static int put_head(struct office *office, const char *site, const struct document_row *row)
{
    return sql_run(
        office->sql,
        "INSERT INTO document (number, kind, site, partner, owner, order_number, waybill, blind, over_percent)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        sql_text(row->number), sql_text(row->kind), sql_text(site), sql_text(row->partner), sql_text(row->owner),
        sql_text(row->order), sql_text(row->waybill), sql_int(row->blind), sql_int(row->over_percent));
}

int documents_put(struct office *office, const char *site, const void *data, int64_t *changed, const char **ret_column,
                  struct error *error)
{
    const struct document_row *row = data;
    int64_t sent;
    if (!catalogue_has_item(office->sql, row->sku)) {
        *ret_column = "sku";
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", row->sku);
    }
    int result = is_sent(office, row->number, &sent);
    if (!result && sent)
        return 0;
    if (!result)
        result = put_head(office, site, row);
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO document_line (number, line, sku, lot, expiry, sscc, quantity) SELECT ?1, 1 +"
                         " coalesce((SELECT max(line) FROM document_line WHERE number = ?1), 0), ?2, ?3, ?4, ?5, ?6",
                         sql_text(row->number), sql_text(row->sku), sql_text(row->lot), sql_text(row->expiry),
                         sql_text(row->sscc), sql_int(row->quantity));
    if (result)
        return office_failed(office->sql, result, error);
    ++*changed;
    return 0;
}

static int write_lines(struct office *office, const char *number, struct buf *data)
{
    struct sql_query *rows = sql_select(
        office->sql, "SELECT sku, quantity, lot, expiry, sscc FROM document_line WHERE number = ?1 ORDER BY line",
        sql_text(number));
    json_open_array(data, "lines");
    while (sql_next(rows)) {
        static const char *const texts[] = {"lot", "expiry", "sscc"};
        json_open_object(data, NULL);
        json_text(data, "sku", sql_get_text(rows, 0));
        json_int(data, "quantity", sql_get_int(rows, 1));
        for (size_t i = 0; i < COUNT(texts); i++)
            if (*sql_get_text(rows, (int)i + 2))
                json_text(data, texts[i], sql_get_text(rows, (int)i + 2));
        json_close_object(data);
    }
    json_close_array(data);
    return sql_done(rows);
}

/* Which change tells a site of each kind. */
static const char *type_of(const char *kind)
{
    static const struct {
        const char *kind, *type;
    } types[] = {{"asn", "asn.upsert"},
                 {"transfer", "transfer.request"},
                 {"arrival", "transfer.arrival"},
                 {"return", "return.expect"}};
    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(types[i].kind, kind) == 0)
            return types[i].type;
    return "";
}

#define HEAD "SELECT number, kind, partner, owner, order_number, waybill, blind, over_percent, site FROM document"

/* row: as HEAD. */
static int send_one(struct office *office, const char *site, struct sql_query *row, int64_t rev)
{
    CLEANUP_BUF struct buf data = {0};
    char number[65], key[80];
    sql_copy_text(row, 0, number, sizeof(number));
    json_open_object(&data, NULL);
    static const char *const texts[] = {"number", NULL, "partner", "owner", "order", "waybill"};
    for (size_t i = 0; i < COUNT(texts); i++)
        if (texts[i] && *sql_get_text(row, (int)i))
            json_text(&data, texts[i], sql_get_text(row, (int)i));
    json_bool(&data, "blind", sql_get_int(row, 6) != 0);
    json_int(&data, "over_percent", sql_get_int(row, 7));
    int result = write_lines(office, number, &data);
    json_int(&data, "rev", rev);
    json_close_object(&data);
    if (result || data.failed)
        return result ? result : -ENOMEM;
    snprintf(key, sizeof(key), "document/%s", number);
    result = feed_append(
        office, site,
        &(struct feed_change){.type = type_of(sql_get_text(row, 1)), .key = key, .rev = rev, .data = buf_text(&data)});
    if (result)
        return result;
    return sql_run(office->sql, "UPDATE document SET sent = 1 WHERE number = ?1", sql_text(number));
}

int documents_send(struct office *office, const char *site, struct error *error)
{
    struct sql_query *rows =
        sql_select(office->sql, HEAD " WHERE site = ?1 AND sent = 0 ORDER BY number", sql_text(site));
    int result = 0;
    while (!result && sql_next(rows))
        result = send_one(office, site, rows, 1);
    int failed = sql_done(rows);
    if (!result && !failed)
        return 0;
    if (result == -EMSGSIZE)
        return error_set(error, result, "a document has too many lines for one message: split it");
    return office_failed(office->sql, result ? result : failed, error);
}

int documents_tell_again(struct office *office, const char *number, const char *waybill, int64_t rev,
                         struct error *error)
{
    char site[65] = "";
    int result =
        sql_run(office->sql, "UPDATE document SET waybill = ?2 WHERE number = ?1", sql_text(number), sql_text(waybill));
    struct sql_query *row = sql_select(office->sql, HEAD " WHERE number = ?1", sql_text(number));
    if (!result && sql_next(row)) {
        sql_copy_text(row, 8, site, sizeof(site));
        result = send_one(office, site, row, rev);
    }
    int failed = sql_done(row);
    return result || failed ? office_failed(office->sql, result ? result : failed, error) : 0;
}
