#include "sync/head-office/buying/purchases.h"

#include "base/text.h"
#include "sync/head-office/books/cost.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/buying/supplier_items.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/sites/documents.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STATE_SIZE 16

/* What may be done in which states, and what it is then; "": what it was. */
static const struct step {
    const char *act, *before, *after;
} steps[] = {
    {"change", "draft", ""},
    {"price", "sent,confirmed,partly,received,closed", ""},
    {"send", "draft", "sent"},
    {"confirm", "sent,confirmed,partly", ""}, /* partly stays: purchase_confirm() */
    {"cancel", "draft,sent,confirmed", "cancelled"},
    {"close", "sent,confirmed,partly,received", "closed"},
};

struct standing {
    const struct step *step;
    char number[PURCHASE_NUMBER_SIZE], state[STATE_SIZE], supplier[65], site[65], currency[4];
    int64_t over_percent, smallest_minor;
};

static const struct step *find_step(const char *act)
{
    size_t i = 0;
    while (strcmp(steps[i].act, act) != 0)
        i++;
    return &steps[i];
}

/* Its row is locked until the end of the transaction. */
static int stand(struct office *office, const char *number, const char *act, struct standing *ret, struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT number, state, supplier, site, currency, over_percent, (SELECT s.order_minor FROM supplier s"
                   " WHERE s.code = supplier) FROM purchase WHERE number = ?1" SQL_FOR_UPDATE,
                   sql_text(number));
    *ret = (struct standing){.step = find_step(act)};
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->number, sizeof(ret->number));
        sql_copy_text(row, 1, ret->state, sizeof(ret->state));
        sql_copy_text(row, 2, ret->supplier, sizeof(ret->supplier));
        sql_copy_text(row, 3, ret->site, sizeof(ret->site));
        sql_copy_text(row, 4, ret->currency, sizeof(ret->currency));
        ret->over_percent = sql_get_int(row, 5);
        ret->smallest_minor = sql_get_int(row, 6);
    }
    int result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    if (!*ret->state)
        return error_set(error, -ENOENT, "there is no purchase order \"%s\"", number);
    if (!text_is_listed(ret->step->before, ret->state))
        return error_set(error, -EALREADY, "purchase order \"%s\" is %s: it cannot be done (%s)", number, ret->state,
                         act);
    return 0;
}

int purchases_note(struct office *office, const char *number, const char *act, const char *before, const char *after,
                   const char *who, const char *note)
{
    return sql_run(office->sql,
                   "INSERT INTO purchase_history (number, time_us, act, before, after, who, note) VALUES (?1, ?2, ?3,"
                   " ?4, ?5, ?6, ?7)",
                   sql_text(number), sql_int(office->now_us), sql_text(act), sql_text(before), sql_text(after),
                   sql_text(who), sql_text(note));
}

static int move(struct office *office, const struct standing *standing, const char *who, const char *note,
                struct error *error)
{
    const char *after = *standing->step->after ? standing->step->after : standing->state;
    int result = sql_run(office->sql, "UPDATE purchase SET state = ?2 WHERE number = ?1", sql_text(standing->number),
                         sql_text(after));
    if (!result)
        result = purchases_note(office, standing->number, standing->step->act, standing->state, after, who, note);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- drafts */

static int choose_site(struct office *office, const char *named, char ret[65], struct error *error)
{
    struct settings settings;
    int64_t count = 0;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    const char *wanted = *named ? named : settings.purchase_site;
    struct sql_query *row =
        sql_select(office->sql, "SELECT id FROM site WHERE CAST(?1 AS TEXT) = '' OR id = ?1 ORDER BY id LIMIT 2",
                   sql_text(wanted));
    for (; sql_next(row); count++)
        sql_copy_text(row, 0, ret, 65);
    result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    if (count == 1)
        return 0;
    return count > 1 ? error_set(error, -EINVAL,
                                 "there are several sites: say which the goods come to, or set"
                                 " purchase_site")
                     : error_set(error, -ENOENT, "there is no site \"%s\"", wanted);
}

static int next_number(struct office *office, char ret[PURCHASE_NUMBER_SIZE])
{
    int64_t number = 0;
    int result =
        sql_number(office->sql, &number, "UPDATE purchase_series SET next = next + 1 WHERE id = 1 RETURNING next - 1",
                   SQL_NO_VALUES);
    snprintf(ret, PURCHASE_NUMBER_SIZE, "PO-%06" PRId64, number);
    return result;
}

static int add(struct office *office, const struct purchase_head *head, const char *number, const char *site,
               const char *who, struct error *error)
{
    int64_t one;
    int result = sql_number(office->sql, &one, "SELECT 1 FROM supplier WHERE code = ?1", sql_text(head->supplier));
    if (result == -ENOENT)
        return error_set(error, result, "there is no supplier \"%s\"", head->supplier);
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO purchase (number, supplier, site, state, currency, over_percent, expected_day,"
                         " note, made_us) SELECT ?1, code, ?3, 'draft', currency, ?4, ?5, ?6, ?7 FROM supplier WHERE"
                         " code = ?2",
                         sql_text(number), sql_text(head->supplier), sql_text(site), sql_int(head->over_percent),
                         sql_int(head->expected_day), sql_text(head->note), sql_int(office->now_us));
    if (!result)
        result = purchases_note(office, number, "make", "", "draft", who, head->note);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int change(struct office *office, const struct purchase_head *head, const char *site, struct error *error)
{
    struct standing standing;
    int result = stand(office, head->number, "change", &standing, error);
    if (result)
        return result;
    if (strcmp(standing.supplier, head->supplier) != 0)
        return error_set(error, -EALREADY, "purchase order \"%s\" is to \"%s\": make another one", head->number,
                         standing.supplier);
    result = sql_run(office->sql,
                     "UPDATE purchase SET site = ?2, over_percent = ?3, expected_day = ?4, note = ?5 WHERE number = ?1",
                     sql_text(head->number), sql_text(site), sql_int(head->over_percent), sql_int(head->expected_day),
                     sql_text(head->note));
    return result ? office_failed(office->sql, result, error) : 0;
}

int purchases_put(struct office *office, const struct purchase_head *head, const char *who,
                  char ret_number[PURCHASE_NUMBER_SIZE], struct error *error)
{
    char site[65] = "";
    int64_t found = 0;
    int result = choose_site(office, head->site, site, error);
    if (result)
        return result;
    text_copy(ret_number, PURCHASE_NUMBER_SIZE, head->number);
    result = *head->number ? sql_number(office->sql, &found, "SELECT count(*) FROM purchase WHERE number = ?1",
                                        sql_text(head->number))
                           : next_number(office, ret_number);
    if (result)
        return office_failed(office->sql, result, error);
    return found > 0 ? change(office, head, site, error) : add(office, head, ret_number, site, who, error);
}

static int find_price(struct office *office, const struct standing *standing, const char *sku, int64_t *price_minor,
                      struct error *error)
{
    if (!catalogue_has_item(office->sql, sku))
        return error_set(error, -ENOENT, "there is no item \"%s\"", sku);
    if (*price_minor >= 0)
        return 0;
    int result =
        sql_number(office->sql, price_minor, "SELECT price_minor FROM supplier_item WHERE supplier = ?1 AND sku = ?2",
                   sql_text(standing->supplier), sql_text(sku));
    if (result == -ENOENT)
        return error_set(error, result, "supplier \"%s\" has no price for \"%s\": say one", standing->supplier, sku);
    return result ? office_failed(office->sql, result, error) : 0;
}

int purchases_line(struct office *office, const char *number, const char *sku, int64_t quantity, int64_t price_minor,
                   struct error *error)
{
    struct standing standing;
    int result = stand(office, number, "change", &standing, error);
    if (!result && quantity > 0)
        result = find_price(office, &standing, sku, &price_minor, error);
    if (result)
        return result;
    result = quantity > 0
                 ? sql_run(office->sql,
                           "INSERT INTO purchase_line (number, sku, quantity, price_minor) VALUES (?1, ?2, ?3, ?4) ON"
                           " CONFLICT (number, sku) DO UPDATE SET quantity = excluded.quantity, price_minor ="
                           " excluded.price_minor",
                           sql_text(number), sql_text(sku), sql_int(quantity), sql_int(price_minor))
                 : sql_run(office->sql, "DELETE FROM purchase_line WHERE number = ?1 AND sku = ?2", sql_text(number),
                           sql_text(sku));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- sending */

static int check_total(struct office *office, const struct standing *standing, bool small, struct error *error)
{
    int64_t total = 0, lines = 0;
    int result = sql_number(office->sql, &lines, "SELECT count(*) FROM purchase_line WHERE number = ?1",
                            sql_text(standing->number));
    if (!result)
        result = sql_number(office->sql, &total,
                            "SELECT CAST(coalesce(sum(quantity * price_minor), 0) AS BIGINT) FROM purchase_line WHERE"
                            " number = ?1",
                            sql_text(standing->number));
    if (result)
        return office_failed(office->sql, result, error);
    if (lines == 0)
        return error_set(error, -EINVAL, "purchase order \"%s\" has no lines: purchase.line", standing->number);
    if (!small && total < standing->smallest_minor)
        return error_set(error, -EINVAL,
                         "supplier \"%s\" takes no order below %" PRId64 " minor units, and this is %" PRId64
                         ": add to it, or say small=yes",
                         standing->supplier, standing->smallest_minor, total);
    return 0;
}

static int check_document(struct office *office, const char *number, struct error *error)
{
    int64_t found = 0;
    int result = sql_number(office->sql, &found, "SELECT count(*) FROM document WHERE number = ?1", sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    return found == 0 ? 0
                      : error_set(error, -EEXIST,
                                  "there is a document \"%s\" already: make the order under another"
                                  " number",
                                  number);
}

/* The site is told what comes, and the books what it costs. */
static int announce(struct office *office, const struct standing *standing, const char *who, struct error *error)
{
    struct books books;
    struct document_row row = {.kind = "asn", .over_percent = standing->over_percent};
    text_copy(row.number, sizeof(row.number), standing->number);
    text_copy(row.partner, sizeof(row.partner), standing->supplier);
    int result = books_open(office, who, &books, error);
    if (result)
        return result;
    struct sql_query *line =
        sql_select(office->sql, "SELECT sku, quantity, price_minor FROM purchase_line WHERE number = ?1 ORDER BY sku",
                   sql_text(standing->number));
    while (!result && sql_next(line)) {
        int64_t changed = 0;
        const char *column = "";
        sql_copy_text(line, 0, row.sku, sizeof(row.sku));
        row.quantity = sql_get_int(line, 1);
        result = documents_put(office, standing->site, &row, &changed, &column, error);
        if (!result)
            result = cost_purchase(&books, row.number, row.sku, row.quantity, row.quantity * sql_get_int(line, 2),
                                   standing->currency, error);
    }
    int failed = sql_done(line);
    if (failed && !result)
        return office_failed(office->sql, failed, error);
    return result ? result : documents_send(office, standing->site, error);
}

/* The day by which the goods are to be here, where nobody said. */
static int expect(struct office *office, const struct standing *standing, struct error *error)
{
    struct settings settings;
    struct supplier_lead lead;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    result = supplier_lead_find(office, standing->supplier, &lead);
    if (result)
        return office_failed(office->sql, result, error);
    int64_t today = business_today(office->now_us, settings.utc_offset_min);
    result = sql_run(office->sql,
                     "UPDATE purchase SET sent_us = ?2, expected_day = CASE WHEN expected_day = 0 AND ?3 > 0 THEN ?4"
                     " ELSE expected_day END WHERE number = ?1",
                     sql_text(standing->number), sql_int(office->now_us), sql_int(lead.days_milli),
                     sql_int(business_day_of(today + (lead.days_milli + 999) / 1000)));
    return result ? office_failed(office->sql, result, error) : 0;
}

int purchases_send(struct office *office, const char *number, bool small, const char *who, struct error *error)
{
    struct standing standing;
    int result = stand(office, number, "send", &standing, error);
    if (!result)
        result = check_total(office, &standing, small, error);
    if (!result)
        result = check_document(office, number, error);
    if (!result)
        result = announce(office, &standing, who, error);
    if (!result)
        result = expect(office, &standing, error);
    return result ? result : move(office, &standing, who, "", error);
}

int purchases_price(struct office *office, const char *number, const char *sku, int64_t price_minor, const char *who,
                    struct error *error)
{
    struct books books;
    struct standing standing;
    int64_t quantity = 0;
    int result = stand(office, number, "price", &standing, error);
    if (!result)
        result = books_open(office, who, &books, error);
    if (result)
        return result;
    result = sql_number(office->sql, &quantity,
                        "UPDATE purchase_line SET price_minor = ?3 WHERE number = ?1 AND sku = ?2 RETURNING CASE WHEN"
                        " quantity > 0 THEN quantity ELSE received END",
                        sql_text(number), sql_text(sku), sql_int(price_minor));
    if (result == -ENOENT || (!result && quantity <= 0))
        return error_set(error, -ENOENT, "there is no \"%s\" in purchase order \"%s\"", sku, number);
    if (result)
        return office_failed(office->sql, result, error);
    result = cost_purchase(&books, number, sku, quantity, quantity * price_minor, standing.currency, error);
    return result ? result : move(office, &standing, who, sku, error);
}

/* ---------------------------------------------------------------- afterwards */

int purchases_confirm(struct office *office, const char *number, int64_t expected_day, const char *who,
                      struct error *error)
{
    struct standing standing;
    char day[24] = "";
    int result = stand(office, number, "confirm", &standing, error);
    if (result)
        return result;
    if (expected_day > 0)
        snprintf(day, sizeof(day), "%" PRId64, expected_day);
    result =
        sql_run(office->sql,
                "UPDATE purchase SET confirmed_us = coalesce(confirmed_us, ?2), expected_day = CASE WHEN ?3 > 0 THEN"
                " ?3 ELSE expected_day END WHERE number = ?1",
                sql_text(number), sql_int(office->now_us), sql_int(expected_day));
    if (result)
        return office_failed(office->sql, result, error);
    static const struct step confirmed = {"confirm", "", "confirmed"};
    if (strcmp(standing.state, "sent") == 0)
        standing.step = &confirmed;
    return move(office, &standing, who, day, error);
}

int purchases_cancel(struct office *office, const char *number, const char *who, const char *note, struct error *error)
{
    struct standing standing;
    int result = stand(office, number, "cancel", &standing, error);
    return result ? result : move(office, &standing, who, note, error);
}

int purchases_close(struct office *office, const char *number, const char *who, const char *note, struct error *error)
{
    struct standing standing;
    int result = stand(office, number, "close", &standing, error);
    return result ? result : move(office, &standing, who, note, error);
}

int purchases_settle(struct office *office, const char *number, const char *sku, const char *who, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE purchase_line SET settled = ?3, settled_pieces = received + damaged WHERE number = ?1"
                         " AND sku = ?2",
                         sql_text(number), sql_text(sku), sql_text(who));
    if (result)
        return office_failed(office->sql, result, error);
    return sql_changes(office->sql) > 0
               ? 0
               : error_set(error, -ENOENT, "there is no \"%s\" in purchase order \"%s\"", sku, number);
}
