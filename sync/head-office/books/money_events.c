/* What events of sites mean for the books. */
#include "base/clock.h"
#include "base/text.h"
#include "sync/head-office/books/cost.h"
#include "sync/head-office/books/money_post.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct told {
    struct books *books;
    const char *site;
    const json_t *data;
    const char *key; /* of the fact */
    int64_t at_us;
    int sign; /* -1: it is taken back */
};

static const char *text_of(const json_t *data, const char *name)
{
    const char *text = json_string_value(json_object_get(data, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *data, const char *name)
{
    return json_integer_value(json_object_get(data, name));
}

/* What is no time is now. */
static int64_t time_of(const char *text, int64_t now_us)
{
    int64_t time_us = now_us;
    return clock_parse(text, &time_us) == 0 ? time_us : now_us;
}

/* ---------------------------------------------------------------- goods that come */

/* What comes from another site of ours, and what belongs to somebody else, was not bought. */
static int is_bought(struct told *told, const char *document, bool *ret, char *ret_partner, struct error *error)
{
    struct sql *sql = told->books->office->sql;
    struct sql_query *row = sql_select(
        sql, "SELECT kind = 'asn' AND owner = '', partner FROM document WHERE number = ?1", sql_text(document));
    *ret = true;
    *ret_partner = '\0';
    if (sql_next(row)) {
        *ret = sql_get_int(row, 0) != 0;
        sql_copy_text(row, 1, ret_partner, BOOKS_TEXT_SIZE);
    }
    int failed = sql_done(row);
    return failed ? office_failed(sql, failed, error) : 0;
}

/* Taken back: what was expected is owed no more, and the goods go at what they cost now. */
static int unreceive(struct told *told, const struct cost_receipt *receipt, struct books_entry *entry,
                     struct error *error)
{
    int64_t value = 0;
    struct books_of of = {
        .sku = receipt->sku, .site = told->site, .party = receipt->party, .quantity = -receipt->quantity};
    int result = cost_issue(told->books, BOOKS_COST_CHANGE, receipt->quantity, &of, &value, error);
    books_add(told->books, entry, BOOKS_STOCK, NULL, -value, &of);
    books_add(told->books, entry, BOOKS_UNINVOICED, NULL, receipt->value_minor, &of);
    of.quantity = 0;
    books_add(told->books, entry, BOOKS_COST_CHANGE, NULL, value - receipt->value_minor, &of);
    return result;
}

static int receive(struct told *told, const json_t *goods, const char *key, struct error *error)
{
    char partner[BOOKS_TEXT_SIZE], day[BUSINESS_DAY_SIZE];
    struct books *books = told->books;
    bool bought = false;
    CLEANUP_ENTRY struct books_entry entry = {.kind = "receipt", .key = key, .at_us = told->at_us};
    struct cost_receipt receipt = {.key = key,
                                   .sku = text_of(goods, "sku"),
                                   .document = text_of(told->data, "document"),
                                   .site = told->site,
                                   .party = partner,
                                   .at_us = told->at_us,
                                   .quantity = number_of(goods, "quantity")};
    int result = is_bought(told, receipt.document, &bought, partner, error);
    if (result || !bought || receipt.quantity <= 0 || !*receipt.sku)
        return result;
    entry.note = receipt.document;
    business_day(told->at_us, books->settings.utc_offset_min, day);
    result = cost_expect(books, receipt.document, receipt.sku, day, receipt.quantity, &receipt.value_minor, error);
    if (result)
        return result;
    struct books_of of = {.sku = receipt.sku, .site = told->site, .party = partner, .quantity = receipt.quantity};
    if (told->sign > 0) {
        books_add(books, &entry, BOOKS_STOCK, NULL, receipt.value_minor, &of);
        books_add(books, &entry, BOOKS_UNINVOICED, NULL, -receipt.value_minor, &of);
        result = cost_receive(books, &receipt, &entry, error);
    } else {
        result = unreceive(told, &receipt, &entry, error);
    }
    return result ? result : books_post(books, &entry, error);
}

static int receipt_line(struct told *told, struct error *error)
{
    return json_is_true(json_object_get(told->data, "damaged")) ? 0 : receive(told, told->data, told->key, error);
}

static int receipt_pallet(struct told *told, struct error *error)
{
    size_t index;
    json_t *line;
    int result = 0;
    json_array_foreach(json_object_get(told->data, "lines"), index, line)
    {
        char key[BOOKS_KEY_SIZE + 24];
        snprintf(key, sizeof(key), "%s/%zu", told->key, index + 1);
        if (!result)
            result = receive(told, line, key, error);
    }
    return result;
}

/* ---------------------------------------------------------------- goods that are found, lost, or come back */

/* More or fewer pieces, against an account. */
static int change_stock(struct told *told, const char *kind, const char *account, const struct books_of *given,
                        int64_t delta, struct error *error)
{
    struct books *books = told->books;
    CLEANUP_ENTRY struct books_entry entry = {
        .kind = kind, .key = told->key, .order = given->order, .at_us = told->at_us};
    struct books_of of = *given, stock = *given;
    int64_t value = 0;
    if (delta == 0 || !*of.sku)
        return 0;
    int result = delta > 0 ? cost_return(books, told->key, told->at_us, delta, &of, &entry, &value, error)
                           : cost_issue(books, account, -delta, &of, &value, error);
    int64_t sign = delta > 0 ? 1 : -1;
    of.quantity = -delta;
    stock.quantity = delta;
    books_add(books, &entry, BOOKS_STOCK, NULL, sign * value, &stock);
    books_add(books, &entry, account, NULL, -sign * value, &of);
    return result ? result : books_post(books, &entry, error);
}

static int adjusted(struct told *told, struct error *error)
{
    struct books_of of = {.sku = text_of(told->data, "sku"), .site = told->site};
    return change_stock(told, "adjustment", BOOKS_STOCK_GAIN, &of, told->sign * number_of(told->data, "delta"), error);
}

static int imported(struct told *told, struct error *error)
{
    struct books_of of = {.sku = text_of(told->data, "sku"), .site = told->site};
    return change_stock(told, "opening", BOOKS_OPENING, &of, told->sign * number_of(told->data, "delta"), error);
}

/* The line of the order that was sold this item; 0: none was. */
static int find_sold(struct told *told, const char *order, const char *sku, int64_t *ret_line, char *ret_shop,
                     struct error *error)
{
    struct sql_query *row = sql_select(told->books->office->sql,
                                       "SELECT s.order_line, coalesce(o.shop, '') FROM cost_sold s JOIN orders o ON"
                                       " o.number = s.order_number WHERE s.order_number = ?1 AND s.sku = ?2"
                                       " ORDER BY s.quantity DESC, s.order_line LIMIT 1",
                                       sql_text(order), sql_text(sku));
    *ret_line = 0;
    *ret_shop = '\0';
    if (sql_next(row)) {
        *ret_line = sql_get_int(row, 0);
        sql_copy_text(row, 1, ret_shop, BOOKS_TEXT_SIZE);
    }
    int failed = sql_done(row);
    return failed ? office_failed(told->books->office->sql, failed, error) : 0;
}

/* Only what can be sold again is worth something. */
static int graded(struct told *told, struct error *error)
{
    char shop[BOOKS_TEXT_SIZE];
    struct books_of of = {
        .order = text_of(told->data, "order"), .sku = text_of(told->data, "sku"), .site = told->site, .shop = shop};
    if (!json_is_true(json_object_get(told->data, "sellable")))
        return 0;
    int result = find_sold(told, of.order, of.sku, &of.line, shop, error);
    return result
               ? result
               : change_stock(told, "return", BOOKS_COST, &of, told->sign * number_of(told->data, "quantity"), error);
}

/* ---------------------------------------------------------------- parcels */

static int packaging(struct told *told, const char *order, struct error *error)
{
    struct books *books = told->books;
    const char *parcel = text_of(told->data, "parcel");
    char key[BOOKS_KEY_SIZE];
    int64_t minor = 0;
    CLEANUP_ENTRY struct books_entry entry = {.kind = "packaging", .key = key, .order = order, .at_us = told->at_us};
    bool known = false;
    struct books_of of = {.site = told->site};
    snprintf(key, sizeof(key), "packaging/%s/%s", order, parcel);
    int result = books_has(books, key, &known, error);
    if (result || known)
        return result;
    result = sql_number(books->office->sql, &minor,
                        "SELECT c.minor FROM parcel p JOIN packaging_cost c ON c.box = p.box WHERE p.number = ?1 AND"
                        " p.parcel = ?2",
                        sql_text(order), sql_text(parcel));
    if (result == -ENOENT || minor == 0)
        return 0;
    if (result)
        return office_failed(books->office->sql, result, error);
    result = money_share_expense(books, &entry, BOOKS_PACKAGING, order, 0, NULL, minor, &of, error);
    books_add(books, &entry, BOOKS_MATERIAL, NULL, -minor, &of);
    return result ? result : books_post(books, &entry, error);
}

static int parcel_shipped(struct told *told, struct error *error)
{
    bool posted;
    const char *order = text_of(told->data, "order");
    int64_t found = 0;
    int result =
        sql_number(told->books->office->sql, &found, "SELECT count(*) FROM orders WHERE number = ?1", sql_text(order));
    if (result)
        return office_failed(told->books->office->sql, result, error);
    if (found == 0)
        return 0;
    result = money_post_shipped(told->books, order, told->at_us, &posted, error);
    return result ? result : packaging(told, order, error);
}

/* ---------------------------------------------------------------- the table */

static const struct {
    const char *type;
    int (*post)(struct told *told, struct error *error);
} meanings[] = {
    {"parcel.shipped", parcel_shipped}, {"receipt.line", receipt_line}, {"receipt.pallet", receipt_pallet},
    {"adjust.posted", adjusted},        {"stock.imported", imported},   {"return.graded", graded},
};

int money_post_event(struct books *books, const char *site, const struct wire_line *event, bool *ret_posted,
                     struct error *error)
{
    char key[BOOKS_KEY_SIZE];
    bool undone = strcmp(event->type, "scan.undone") == 0, known = false;
    const char *type = undone ? text_of(event->data, "undid") : event->type;
    struct told told = {.books = books,
                        .site = site,
                        .data = event->data,
                        .key = key,
                        .at_us = time_of(event->time, books->office->now_us),
                        .sign = undone ? -1 : 1};
    snprintf(key, sizeof(key), "event/%s/%s", site, event->id);
    *ret_posted = false;
    for (size_t i = 0; i < COUNT(meanings); i++) {
        if (strcmp(meanings[i].type, type) != 0)
            continue;
        int result = books_has(books, key, &known, error);
        *ret_posted = !known;
        return result || known ? result : meanings[i].post(&told, error);
    }
    return 0;
}
