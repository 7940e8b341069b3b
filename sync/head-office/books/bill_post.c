/* Rows of bills in the books. */
#include "sync/head-office/amount.h"
#include "sync/head-office/books/money_post.h"
#include "sync/head-office/books/reconcile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the platform still owes for an order, in its currency and as the books have it. */
static int read_owed(struct books *books, const struct bill_stored *row, int64_t *ret_amount, int64_t *ret_base,
                     struct error *error)
{
    struct sql_query *sums =
        sql_select(books->office->sql,
                   "SELECT coalesce(sum(debit_minor - credit_minor), 0), coalesce(sum(base_minor),"
                   " 0) FROM books_line WHERE account = '1122' AND order_number = ?1 AND currency ="
                   " ?2",
                   sql_text(row->order), sql_text(row->currency));
    *ret_amount = *ret_base = 0;
    if (sql_next(sums)) {
        *ret_amount = sql_get_int(sums, 0);
        *ret_base = sql_get_int(sums, 1);
    }
    int failed = sql_done(sums);
    return failed ? office_failed(books->office->sql, failed, error) : 0;
}

/* What leaves the receivable leaves it at what it was booked at; the rest is won or lost by the rate. */
static int carried(struct books *books, const struct bill_stored *row, int64_t now_base, int64_t *ret,
                   struct error *error)
{
    int64_t owed = 0, base = 0, amount = row->amount_minor;
    int result = read_owed(books, row, &owed, &base, error);
    if (result)
        return result;
    bool part = (owed > 0 && amount > 0 && amount <= owed) || (owed < 0 && amount < 0 && amount >= owed);
    *ret = part ? amount_round(base, llabs(amount), llabs(owed)) : now_base;
    return 0;
}

static int add_payment(struct books *books, const struct bill_stored *row, struct books_entry *entry,
                       struct error *error)
{
    char day[BUSINESS_DAY_SIZE];
    int64_t now_base = 0, was_base = 0;
    struct books_of of = {.order = row->order, .shop = row->party};
    business_day(row->at_us, books->settings.utc_offset_min, day);
    int result = books_to_base(books, row->currency, day, row->amount_minor, &now_base, error);
    if (!result)
        result = carried(books, row, now_base, &was_base, error);
    if (result)
        return result;
    books_add_base(books, entry, BOOKS_PLATFORM, row->currency, row->amount_minor, now_base, &of);
    books_add_base(books, entry, BOOKS_RECEIVABLE, row->currency, -row->amount_minor, -was_base, &of);
    books_add(books, entry, BOOKS_EXCHANGE, NULL, was_base - now_base, &of);
    return 0;
}

static int add_expense(struct books *books, const struct bill_stored *row, const char *account, const char *against,
                       struct books_entry *entry, struct error *error)
{
    bool carrier = strcmp(against, BOOKS_CARRIERS) == 0;
    struct books_of of = {.shop = carrier ? "" : row->party, .party = carrier ? row->party : ""};
    int result =
        money_share_expense(books, entry, account, row->order, 0, row->currency, -row->amount_minor, &of, error);
    of.order = row->order;
    books_add(books, entry, against, row->currency, row->amount_minor, &of);
    return result;
}

int bill_post(struct books *books, const struct bill_stored *row, bool *ret_posted, struct error *error)
{
    char key[BOOKS_KEY_SIZE];
    bool known = false;
    CLEANUP_ENTRY struct books_entry entry = {
        .kind = "bill", .key = key, .order = row->order, .note = row->reference, .at_us = row->at_us};
    snprintf(key, sizeof(key), "bill/%" PRId64, row->id);
    *ret_posted = false;
    int result = books_has(books, key, &known, error);
    if (result || known)
        return result;
    struct books_of of = {.shop = row->party};
    if (strcmp(row->meaning, "sale") == 0 || strcmp(row->meaning, "refund") == 0) {
        result = add_payment(books, row, &entry, error);
    } else if (strcmp(row->meaning, "fee") == 0) {
        result = add_expense(books, row, BOOKS_FEES, BOOKS_PLATFORM, &entry, error);
    } else if (strcmp(row->meaning, "freight") == 0) {
        result = add_expense(books, row, BOOKS_FREIGHT, BOOKS_CARRIERS, &entry, error);
    } else {
        books_add(books, &entry, BOOKS_PLATFORM, row->currency, row->amount_minor, &of);
        books_add(books, &entry, BOOKS_BANK, row->currency, -row->amount_minor, &of);
    }
    *ret_posted = !result;
    return result ? result : books_post(books, &entry, error);
}

/* Of what we had expected, the part that the bill does not have is given up; what it has beyond is taken. */
static int force_difference(struct books *books, const struct bill_stored *row, const char *account,
                            struct books_entry *entry, struct error *error)
{
    struct books_of of = {.order = row->order, .shop = row->party};
    books_add(books, entry, BOOKS_RECEIVABLE, row->currency, row->residue_minor, &of);
    return money_share_expense(books, entry, account, row->order, 0, row->currency, -row->residue_minor, &of, error);
}

static const char *account_of(const char *bucket)
{
    return strcmp(bucket, "fee") == 0 ? BOOKS_FEES : strcmp(bucket, "rounding") == 0 ? BOOKS_ROUNDING : BOOKS_BILL_GAIN;
}

int bill_post_forced(struct books *books, const struct bill_stored *row, const char *bucket, const char *why,
                     struct error *error)
{
    char key[BOOKS_KEY_SIZE];
    CLEANUP_ENTRY struct books_entry entry = {
        .kind = "forced", .key = key, .order = row->order, .note = why, .at_us = books->office->now_us};
    bool sells = strcmp(row->meaning, "sale") == 0 || strcmp(row->meaning, "refund") == 0;
    bool carrier = strcmp(row->meaning, "freight") == 0;
    int result = 0;
    snprintf(key, sizeof(key), "forced/%" PRId64, row->id);
    if (strcmp(bucket, "timing") == 0)
        return 0;
    if (sells && *row->order)
        result = force_difference(books, row, account_of(bucket), &entry, error);
    else
        result = add_expense(books, row, carrier ? BOOKS_FREIGHT : account_of(bucket),
                             carrier ? BOOKS_CARRIERS : BOOKS_PLATFORM, &entry, error);
    return result || entry.count == 0 ? result : books_post(books, &entry, error);
}
