#include "sync/head-office/books/books.h"

#include "base/text.h"
#include "sync/head-office/amount.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MICRO 1000000

int books_open(struct office *office, const char *who, struct books *ret, struct error *error)
{
    *ret = (struct books){.office = office, .who = who};
    int result = settings_load(office, &ret->settings, error);
    if (result)
        return result;
    struct sql_query *row = sql_select(office->sql, "SELECT max(period) FROM books_closed", SQL_NO_VALUES);
    if (sql_next(row) && !sql_get_null(row, 0))
        business_next_period(sql_get_text(row, 0), ret->open_from);
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

/* ---------------------------------------------------------------- an entry in memory */

void books_done(struct books_entry *entry)
{
    free(entry->lines);
    entry->lines = NULL;
    entry->count = entry->room = 0;
}

static struct books_line *new_line(struct books_entry *entry)
{
    if (entry->count == entry->room) {
        size_t room = entry->room > 0 ? entry->room * 2 : 16;
        void *lines = realloc(entry->lines, room * sizeof(*entry->lines));
        if (!lines) {
            entry->failed = true;
            return NULL;
        }
        entry->lines = lines;
        entry->room = room;
    }
    struct books_line *line = &entry->lines[entry->count++];
    *line = (struct books_line){0};
    return line;
}

static struct books_line *add(struct books *books, struct books_entry *entry, const char *account, const char *currency,
                              int64_t amount_minor, const struct books_of *of)
{
    static const struct books_of nothing = {0};
    struct books_line *line = new_line(entry);
    if (!line)
        return NULL;
    of = of ? of : &nothing;
    line->amount_minor = amount_minor;
    line->line = of->line;
    line->quantity = of->quantity;
    text_copy(line->account, sizeof(line->account), account);
    text_copy(line->currency, sizeof(line->currency), currency ? currency : books->settings.base_currency);
    text_copy(line->order, sizeof(line->order), of->order ? of->order : "");
    text_copy(line->sku, sizeof(line->sku), of->sku ? of->sku : "");
    text_copy(line->site, sizeof(line->site), of->site ? of->site : "");
    text_copy(line->shop, sizeof(line->shop), of->shop ? of->shop : "");
    text_copy(line->party, sizeof(line->party), of->party ? of->party : "");
    return line;
}

void books_add(struct books *books, struct books_entry *entry, const char *account, const char *currency,
               int64_t amount_minor, const struct books_of *of)
{
    if (amount_minor != 0 || (of && of->quantity != 0))
        add(books, entry, account, currency, amount_minor, of);
}

void books_add_base(struct books *books, struct books_entry *entry, const char *account, const char *currency,
                    int64_t amount_minor, int64_t base_minor, const struct books_of *of)
{
    if (amount_minor == 0 && base_minor == 0)
        return;
    struct books_line *line = add(books, entry, account, currency, amount_minor, of);
    if (line) {
        line->base_minor = base_minor;
        line->base_given = true;
    }
}

/* ---------------------------------------------------------------- currencies */

int books_to_base(struct books *books, const char *currency, const char *day, int64_t amount_minor, int64_t *ret,
                  struct error *error)
{
    int64_t micro;
    *ret = amount_minor;
    if (strcmp(currency, books->settings.base_currency) == 0)
        return 0;
    int result = sql_number(books->office->sql, &micro,
                            "SELECT micro FROM books_rate WHERE currency = ?1 AND day <= ?2 ORDER BY day DESC LIMIT 1",
                            sql_text(currency), sql_text(day));
    if (result == -ENOENT)
        return error_set(error, result, "there is no rate of %s for %s or before: set one with money.rate", currency,
                         day);
    if (result)
        return office_failed(books->office->sql, result, error);
    *ret = amount_round(amount_minor, micro, MICRO);
    return 0;
}

static int fill_base(struct books *books, struct books_entry *entry, const char *day, struct error *error)
{
    int64_t left = 0;
    bool converted = false;
    for (size_t i = 0; i < entry->count; i++) {
        struct books_line *line = &entry->lines[i];
        int result = line->base_given
                         ? 0
                         : books_to_base(books, line->currency, day, line->amount_minor, &line->base_minor, error);
        if (result)
            return result;
        converted |= strcmp(line->currency, books->settings.base_currency) != 0;
        left += line->base_minor;
    }
    if (llabs(left) > (converted ? (int64_t)entry->count : 0))
        return error_set(error, -EINVAL, "entry \"%s\" does not balance: %" PRId64 " is left", entry->key, left);
    books_add(books, entry, BOOKS_ROUNDING, NULL, -left, NULL);
    if (left != 0 && !entry->failed)
        entry->lines[entry->count - 1].base_minor = -left;
    return 0;
}

/* ---------------------------------------------------------------- an entry in the books */

int books_has(struct books *books, const char *key, bool *ret, struct error *error)
{
    int64_t found = 0;
    int result =
        sql_number(books->office->sql, &found, "SELECT count(*) FROM books_entry WHERE key = ?1", sql_text(key));
    *ret = found > 0;
    return result ? office_failed(books->office->sql, result, error) : 0;
}

static int put_head(struct books *books, const struct books_entry *entry, const char *day, int64_t *ret_id,
                    struct error *error)
{
    char period[BUSINESS_PERIOD_SIZE];
    struct sql *sql = books->office->sql;
    int64_t debit = 0, credit = 0;
    text_copy(period, sizeof(period), day);
    for (size_t i = 0; i < entry->count; i++)
        *(entry->lines[i].base_minor > 0 ? &debit : &credit) += llabs(entry->lines[i].base_minor);
    int result = sql_run(
        sql,
        "INSERT INTO books_entry (key, kind, at_us, day, period, posted_us, order_number, note, who, debit_minor,"
        " credit_minor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
        sql_text(entry->key), sql_text(entry->kind), sql_int(entry->at_us), sql_text(day),
        sql_text(strcmp(period, books->open_from) < 0 ? books->open_from : period), sql_int(books->office->now_us),
        sql_text(entry->order ? entry->order : ""), sql_text(entry->note ? entry->note : ""), sql_text(books->who),
        sql_int(debit), sql_int(credit));
    if (!result && sql_changes(sql) == 0)
        return error_set(error, -EEXIST, "\"%s\" is in the books already", entry->key);
    if (!result)
        result = sql_number(sql, ret_id, "SELECT id FROM books_entry WHERE key = ?1", sql_text(entry->key));
    return result ? office_failed(sql, result, error) : 0;
}

static int put_line(struct sql *sql, int64_t entry, int64_t number, const struct books_line *line)
{
    int64_t amount = line->amount_minor;
    return sql_run(sql,
                   "INSERT INTO books_line (entry, line, account, debit_minor, credit_minor, currency, base_minor,"
                   " order_number, order_line, sku, quantity, site, shop, party)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                   sql_int(entry), sql_int(number), sql_text(line->account), sql_int(amount > 0 ? amount : 0),
                   sql_int(amount < 0 ? -amount : 0), sql_text(line->currency), sql_int(line->base_minor),
                   sql_text(line->order), sql_int(line->line), sql_text(line->sku), sql_int(line->quantity),
                   sql_text(line->site), sql_text(line->shop), sql_text(line->party));
}

/* Nobody adds up all lines to know a balance. */
static int add_to_balances(struct sql *sql, int64_t entry)
{
    return sql_run(sql,
                   "INSERT INTO books_balance (account, period, debit_minor, credit_minor) SELECT l.account, e.period,"
                   " sum(CASE WHEN l.base_minor > 0 THEN l.base_minor ELSE 0 END), sum(CASE WHEN l.base_minor < 0 THEN"
                   " -l.base_minor ELSE 0 END) FROM books_entry e JOIN books_line l ON l.entry = e.id WHERE e.id = ?1"
                   " GROUP BY l.account, e.period ON CONFLICT (account, period) DO UPDATE SET debit_minor ="
                   " books_balance.debit_minor + excluded.debit_minor, credit_minor = books_balance.credit_minor +"
                   " excluded.credit_minor",
                   sql_int(entry));
}

int books_post(struct books *books, struct books_entry *entry, struct error *error)
{
    char day[BUSINESS_DAY_SIZE];
    int64_t id = 0;
    business_day(entry->at_us, books->settings.utc_offset_min, day);
    int result = fill_base(books, entry, day, error);
    if (!result && entry->failed)
        result = error_set(error, -ENOMEM, "out of memory");
    if (!result)
        result = put_head(books, entry, day, &id, error);
    if (result)
        return result;
    for (size_t i = 0; i < entry->count && !result; i++)
        result = put_line(books->office->sql, id, (int64_t)i + 1, &entry->lines[i]);
    if (!result)
        result = add_to_balances(books->office->sql, id);
    return result ? office_failed(books->office->sql, result, error) : 0;
}

static void take_line(struct sql_query *row, struct books_entry *entry)
{
    struct books_line *line = new_line(entry);
    if (!line)
        return;
    sql_copy_text(row, 0, line->account, sizeof(line->account));
    sql_copy_text(row, 1, line->currency, sizeof(line->currency));
    line->amount_minor = -sql_get_int(row, 2);
    line->base_minor = -sql_get_int(row, 3);
    line->base_given = true;
    sql_copy_text(row, 4, line->order, sizeof(line->order));
    line->line = sql_get_int(row, 5);
    sql_copy_text(row, 6, line->sku, sizeof(line->sku));
    line->quantity = -sql_get_int(row, 7);
    sql_copy_text(row, 8, line->site, sizeof(line->site));
    sql_copy_text(row, 9, line->shop, sizeof(line->shop));
    sql_copy_text(row, 10, line->party, sizeof(line->party));
}

int books_reverse(struct books *books, const char *key, const char *new_key, const char *why, struct error *error)
{
    CLEANUP_ENTRY struct books_entry entry = {
        .kind = "reversal", .key = new_key, .note = why, .at_us = books->office->now_us};
    struct sql_query *row = sql_select(
        books->office->sql,
        "SELECT l.account, l.currency, l.debit_minor - l.credit_minor, l.base_minor, l.order_number, l.order_line, "
        "l.sku,"
        " l.quantity, l.site, l.shop, l.party FROM books_entry e JOIN books_line l ON l.entry = e.id WHERE e.key = ?1"
        " ORDER BY l.line",
        sql_text(key));
    while (sql_next(row))
        take_line(row, &entry);
    int failed = sql_done(row);
    if (failed)
        return office_failed(books->office->sql, failed, error);
    if (entry.count == 0)
        return error_set(error, -ENOENT, "there is no entry \"%s\"", key);
    return books_post(books, &entry, error);
}

int books_close(struct books *books, const char *period, struct error *error)
{
    char today[BUSINESS_DAY_SIZE];
    int64_t day_us;
    char first[BUSINESS_DAY_SIZE];
    struct sql *sql = books->office->sql;
    if (strlen(period) != BUSINESS_PERIOD_SIZE - 1)
        return error_set(error, -EINVAL, "\"%s\" is no month: expected one as 2026-11", period);
    memcpy(first, period, BUSINESS_PERIOD_SIZE - 1);
    memcpy(first + BUSINESS_PERIOD_SIZE - 1, "-01", 4);
    if (business_time(first, 0, &day_us))
        return error_set(error, -EINVAL, "\"%s\" is no month: expected one as 2026-11", period);
    business_day(books->office->now_us, books->settings.utc_offset_min, today);
    if (strncmp(period, today, BUSINESS_PERIOD_SIZE - 1) >= 0)
        return error_set(error, -EINVAL, "%s is not over yet", period);
    if (*books->open_from && strcmp(period, books->open_from) < 0)
        return error_set(error, -EALREADY, "%s is closed already", period);
    int result = sql_run(sql, "INSERT INTO books_closed (period, closed_us, who) VALUES (?1, ?2, ?3)", sql_text(period),
                         sql_int(books->office->now_us), sql_text(books->who));
    if (!result)
        business_next_period(period, books->open_from);
    return result ? office_failed(sql, result, error) : 0;
}

/* ---------------------------------------------------------------- what always holds */

static const struct {
    const char *count, *sentence;
} laws[] = {
    {"SELECT count(*) FROM books_entry e WHERE e.debit_minor <> (SELECT coalesce(sum(l.base_minor), 0) FROM books_line"
     " l WHERE l.entry = e.id AND l.base_minor > 0) OR e.credit_minor <> (SELECT coalesce(sum(-l.base_minor), 0)"
     " FROM books_line l WHERE l.entry = e.id AND l.base_minor < 0)",
     "entries do not balance"},
    {"SELECT CASE WHEN coalesce(sum(base_minor), 0) = 0 THEN 0 ELSE 1 END FROM books_line",
     "trial balance that is not 0"},
    {"SELECT count(*) FROM books_account a WHERE (SELECT coalesce(sum(l.base_minor), 0) FROM books_line l WHERE"
     " l.account = a.code) <> (SELECT coalesce(sum(b.debit_minor - b.credit_minor), 0) FROM books_balance b WHERE"
     " b.account = a.code)",
     "accounts whose balance is not what their lines add up to"},
    {"SELECT CASE WHEN (SELECT coalesce(sum(base_minor), 0) FROM books_line WHERE account = '1405') ="
     " (SELECT coalesce(sum(value_minor), 0) FROM cost_item) THEN 0 ELSE 1 END",
     "stock account that is not what the items are worth"},
    {"SELECT count(*) FROM cost_item i WHERE i.method = 'fifo' AND (i.quantity, i.value_minor) IS DISTINCT FROM"
     " ((SELECT coalesce(sum(left_open), 0) FROM cost_layer l WHERE l.sku = i.sku) - (SELECT coalesce(sum(quantity), 0)"
     " FROM cost_owed o WHERE o.sku = i.sku), (SELECT coalesce(sum(left_minor), 0) FROM cost_layer l WHERE l.sku ="
     " i.sku) - (SELECT coalesce(sum(value_minor), 0) FROM cost_owed o WHERE o.sku = i.sku))",
     "items whose layers are not what they are worth"},
    {"SELECT count(*) FROM (SELECT series FROM invoice WHERE number IS NOT NULL GROUP BY series HAVING count(*) <>"
     " max(number) OR min(number) <> 1) AS holes",
     "series of invoices with a hole"},
};

int books_check(struct office *office, struct buf *sentences, int64_t *ret_wrong, struct error *error)
{
    *ret_wrong = 0;
    for (size_t i = 0; i < COUNT(laws); i++) {
        int64_t count = 0;
        int result = sql_number_values(office->sql, &count, laws[i].count, (struct sql_value[]){{0}});
        if (result)
            return office_failed(office->sql, result, error);
        if (count > 0)
            buf_printf(sentences, "%s%" PRId64 " %s", *ret_wrong > 0 ? "; " : "", count, laws[i].sentence);
        *ret_wrong += count;
    }
    return 0;
}
