#include "sync/head-office/books/bills.h"

#include "base/decimal.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_SIZE 32
#define KEY_MAX   1024

struct taking {
    struct books *books;
    const struct bill_format *format;
    const char *party;
    int64_t file;
    struct bill_row row;
    struct bill_taken done;
    struct bill_totals told;
    int64_t gains, losses;
};

/* A row as it is kept. */
struct kept {
    char key[KEY_MAX], word[129], meaning[16], reference[129], day[BUSINESS_DAY_SIZE], currency[8];
    int64_t at_us, amount_minor;
};

/* ---------------------------------------------------------------- cells */

static int read_amount(const char *cell, const char *column, int64_t *ret, const char **ret_column, struct error *error)
{
    *ret = 0;
    int result = *cell ? decimal_to_minor(cell, ret) : 0;
    if (!result && *ret <= BILL_AMOUNT_MAX && *ret >= -BILL_AMOUNT_MAX)
        return 0;
    *ret_column = column;
    return error_set(error, -EINVAL, "\"%s\" is no amount: expected one as 12.30, up to 10000000000", cell);
}

static int read_amounts(const struct taking *taking, int64_t *ret_amount, int64_t *ret_fees, const char **ret_column,
                        struct error *error)
{
    const struct bill_row *row = &taking->row;
    const char *const cells[] = {row->gain, row->loss, row->amount, row->fee1, row->fee2,
                                 row->fee3, row->fee4, row->fee5,   row->fee6};
    static const char *const columns[] = {"gain", "loss", "amount", "fee1", "fee2", "fee3", "fee4", "fee5", "fee6"};
    int64_t values[COUNT(cells)];
    int result = 0;
    for (size_t i = 0; i < COUNT(cells) && !result; i++)
        result = read_amount(cells[i], columns[i], &values[i], ret_column, error);
    if (result)
        return result;
    bool goes_out = strcmp(row->direction, "支出") == 0 || strcmp(row->direction, "出账") == 0;
    int64_t amount = goes_out ? -llabs(values[2]) : values[2];
    *ret_amount = llabs(values[0]) - llabs(values[1]) + (taking->format->pays ? -amount : amount);
    *ret_fees = 0;
    for (size_t i = 3; i < COUNT(cells); i++)
        *ret_fees += values[i];
    *ret_fees = -llabs(*ret_fees);
    return 0;
}

static void write_key(const struct taking *taking, char *out, size_t capacity)
{
    struct buf key = {0};
    const char *bytes = (const char *)&taking->row;
    for (const char *at = taking->format->keys; *at; at += strcspn(at, " "), at += *at == ' ')
        for (const struct option_def *column = bill_columns; column->name; column++)
            if (strlen(column->name) == strcspn(at, " ") && strncmp(column->name, at, strcspn(at, " ")) == 0)
                buf_printf(&key, "%s%s", key.length > 0 ? "|" : "", bytes + column->offset);
    text_copy(out, capacity, buf_text(&key));
    buf_done(&key);
}

static int find_meaning(const struct taking *taking, const char *word, int64_t amount, char *ret, size_t capacity,
                        struct error *error)
{
    const char *meaning = taking->format->meaning ? taking->format->meaning : "unknown";
    struct sql *sql = taking->books->office->sql;
    for (const struct bill_word *known = taking->format->words; known->word; known++)
        if (strcmp(known->word, word) == 0)
            meaning = known->meaning;
    text_copy(ret, capacity, meaning);
    struct sql_query *row = sql_select(sql, "SELECT meaning FROM bill_word WHERE format = ?1 AND word = ?2",
                                       sql_text(taking->format->name), sql_text(word));
    if (sql_next(row))
        sql_copy_text(row, 0, ret, capacity);
    int failed = sql_done(row);
    if (strcmp(ret, "sale") == 0 && amount < 0)
        text_copy(ret, capacity, "refund");
    return failed ? office_failed(sql, failed, error) : 0;
}

/* ---------------------------------------------------------------- a row */

static int check_same(struct taking *taking, const struct kept *kept, struct error *error)
{
    int64_t amount = 0;
    int result = sql_number(taking->books->office->sql, &amount,
                            "SELECT amount_minor FROM bill_row WHERE party = ?1 AND format = ?2 AND row_key = ?3",
                            sql_text(taking->party), sql_text(taking->format->name), sql_text(kept->key));
    if (result)
        return office_failed(taking->books->office->sql, result, error);
    return amount == kept->amount_minor
               ? 0
               : error_set(error, -EINVAL, "row \"%s\" had another amount before: ask who wrote the bill", kept->key);
}

/* *ret_first: it was not in this file before. */
static int put_row(struct taking *taking, const struct kept *kept, bool *ret_first, struct error *error)
{
    struct sql *sql = taking->books->office->sql;
    int result = sql_run(sql, "INSERT INTO bill_seen (key) VALUES (?1) ON CONFLICT DO NOTHING", sql_text(kept->key));
    *ret_first = !result && sql_changes(sql) == 1;
    if (!result)
        result = sql_run(
            sql,
            "INSERT INTO bill_row (file, party, format, row_key, word, meaning, reference, at_us, day, amount_minor,"
            " currency) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
            sql_int(taking->file), sql_text(taking->party), sql_text(taking->format->name), sql_text(kept->key),
            sql_text(kept->word), sql_text(kept->meaning), sql_text(kept->reference), sql_int(kept->at_us),
            sql_text(kept->day), sql_int(kept->amount_minor), sql_text(kept->currency));
    if (result)
        return office_failed(sql, result, error);
    if (sql_changes(sql) == 0)
        return check_same(taking, kept, error);
    taking->done.new_rows++;
    taking->done.unknown += strcmp(kept->meaning, "unknown") == 0;
    return 0;
}

/* The file's own sum: a row that bears a word instead of a number. */
static bool is_total(const struct bill_row *row)
{
    static const char *const words[] = {"合计", "总计", "合计：", "总计："};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(row->order, words[i]) == 0 || strcmp(row->flow, words[i]) == 0 || strcmp(row->time, words[i]) == 0)
            return true;
    return false;
}

static int keep_total(struct taking *taking, const char **ret_column, struct error *error)
{
    struct bill_totals *told = &taking->told;
    const struct bill_row *row = &taking->row;
    int result = read_amount(row->gain, "gain", &told->gains, ret_column, error);
    if (!result)
        result = read_amount(row->loss, "loss", &told->losses, ret_column, error);
    if (!result)
        result = read_amount(row->amount, "amount", &told->sum, ret_column, error);
    told->gains_told |= *row->gain != '\0';
    told->losses_told |= *row->loss != '\0';
    told->sum_told |= *row->amount != '\0';
    told->losses = llabs(told->losses);
    return result;
}

static int put_fee(struct taking *taking, const struct kept *whole, int64_t fees, struct error *error)
{
    struct kept fee = *whole;
    bool first;
    if (fees == 0)
        return 0;
    size_t length = strlen(fee.key);
    text_copy(fee.key + length, sizeof(fee.key) - length, "|fee");
    text_copy(fee.meaning, sizeof(fee.meaning), "fee");
    fee.amount_minor = fees;
    return put_row(taking, &fee, &first, error);
}

static int fill_kept(struct taking *taking, struct kept *kept, const char **ret_column, struct error *error)
{
    const struct bill_row *row = &taking->row;
    int64_t zone = taking->books->settings.utc_offset_min;
    write_key(taking, kept->key, sizeof(kept->key));
    text_copy(kept->word, sizeof(kept->word), row->word);
    text_copy(kept->reference, sizeof(kept->reference), row->order);
    text_copy(kept->currency, sizeof(kept->currency),
              *row->currency ? row->currency : taking->books->settings.base_currency);
    kept->at_us = taking->books->office->now_us;
    if (*row->time && business_time(row->time, zone, &kept->at_us)) {
        *ret_column = "time";
        return error_set(error, -EINVAL, "\"%s\" is no time: expected one as 2026-11-27 18:30:00", row->time);
    }
    business_day(kept->at_us, zone, kept->day);
    return find_meaning(taking, row->word, kept->amount_minor, kept->meaning, sizeof(kept->meaning), error);
}

static int take_row(void *user, void *unused, int64_t line, const char **ret_column, struct error *error)
{
    (void)unused, (void)line;
    struct taking *taking = user;
    struct kept kept = {0};
    int64_t fees = 0;
    bool first = false;
    if (is_total(&taking->row))
        return keep_total(taking, ret_column, error);
    int result = read_amounts(taking, &kept.amount_minor, &fees, ret_column, error);
    int64_t told = kept.amount_minor;
    if (!result)
        result = fill_kept(taking, &kept, ret_column, error);
    if (result)
        return result;
    bool splits = fees != 0 && strcmp(kept.meaning, "fee") != 0 && strcmp(kept.meaning, "transfer") != 0;
    if (splits && taking->format->fees_inside)
        kept.amount_minor -= fees;
    result = put_row(taking, &kept, &first, error);
    if (!result && splits)
        result = put_fee(taking, &kept, fees, error);
    if (result || !first)
        return result;
    taking->done.rows++;
    taking->done.total_minor += told;
    *(told >= 0 ? &taking->gains : &taking->losses) += llabs(told);
    return 0;
}

/* ---------------------------------------------------------------- a file */

static int check_totals(const struct taking *taking, const char *name, struct error *error)
{
    const struct bill_totals *told = &taking->told;
    const struct {
        bool told;
        int64_t said, found;
        const char *what;
    } sums[] = {
        {told->gains_told, told->gains, taking->gains, "came in"},
        {told->losses_told, told->losses, taking->losses, "went out"},
        {told->sum_told, told->sum, taking->format->pays ? -taking->done.total_minor : taking->done.total_minor,
         "is the sum"},
    };
    for (size_t i = 0; i < COUNT(sums); i++) {
        char said[DECIMAL_SIZE], found[DECIMAL_SIZE];
        if (!sums[i].told || sums[i].said == sums[i].found)
            continue;
        decimal_from_minor(sums[i].said, said);
        decimal_from_minor(sums[i].found, found);
        return error_set(error, -EINVAL, "%s says that %s %s, and its rows say %s: it is not whole", name, said,
                         sums[i].what, found);
    }
    return 0;
}

static int find_file(struct taking *taking, const char *hash, struct error *error)
{
    struct sql *sql = taking->books->office->sql;
    struct sql_query *row =
        sql_select(sql, "SELECT rows, total_minor FROM bill_file WHERE party = ?1 AND format = ?2 AND hash = ?3",
                   sql_text(taking->party), sql_text(taking->format->name), sql_text(hash));
    if (sql_next(row)) {
        taking->done.again = true;
        taking->done.rows = sql_get_int(row, 0);
        taking->done.total_minor = sql_get_int(row, 1);
    }
    int failed = sql_done(row);
    return failed ? office_failed(sql, failed, error) : 0;
}

static int open_file(struct taking *taking, const char *hash, const char *name, struct error *error)
{
    struct books *books = taking->books;
    const char *slash = strrchr(name, '/');
    int result = sql_script(
        books->office->sql,
        "CREATE TEMP TABLE IF NOT EXISTS bill_seen (key TEXT PRIMARY KEY) STRICT; DELETE FROM bill_seen;", error);
    if (result)
        return result;
    result = sql_run(books->office->sql,
                     "INSERT INTO bill_file (hash, format, party, name, rows, new_rows, total_minor, taken_us, who)"
                     " VALUES (?1, ?2, ?3, ?4, 0, 0, 0, ?5, ?6)",
                     sql_text(hash), sql_text(taking->format->name), sql_text(taking->party),
                     sql_text(slash ? slash + 1 : name), sql_int(books->office->now_us), sql_text(books->who));
    taking->file = sql_last_id(books->office->sql);
    return result ? office_failed(books->office->sql, result, error) : 0;
}

static int read_table(struct taking *taking, const char *name, const struct buf *csv, const struct table_map *map,
                      struct error *error)
{
    CLEANUP_BUF struct buf names = {0};
    int64_t rows;
    buf_printf(&names, "%s%s%s", taking->format->names, taking->format->maybe ? "," : "",
               taking->format->maybe ? taking->format->maybe : "");
    const struct table table = {.columns = bill_columns,
                                .row = &taking->row,
                                .row_size = sizeof(taking->row),
                                .take = take_row,
                                .user = taking,
                                .leaves_others = true,
                                .names = map ? NULL : buf_text(&names),
                                .map = map};
    return table_read(&table, name, csv->data, csv->length, &rows, error);
}

int bills_take(struct books *books, const struct bill_format *format, const char *party, const char *name,
               const char *text, size_t length, const struct table_map *map, struct bill_taken *ret,
               struct error *error)
{
    CLEANUP_BUF struct buf csv = {0};
    unsigned char hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];
    struct taking taking = {.books = books, .format = format, .party = party};
    csv.max = 4 * TABLE_FILE_MAX;
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, length, NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    int result = find_file(&taking, hex, error);
    if (!result && !taking.done.again)
        result = bill_clean(format, map, name, text, length, &csv, &taking.told, error);
    if (!result && !taking.done.again)
        result = open_file(&taking, hex, name, error);
    *ret = taking.done;
    if (result || taking.done.again)
        return result;
    result = read_table(&taking, name, &csv, map, error);
    if (!result)
        result = check_totals(&taking, name, error);
    *ret = taking.done;
    if (result)
        return result;
    result =
        sql_run(books->office->sql, "UPDATE bill_file SET rows = ?2, new_rows = ?3, total_minor = ?4 WHERE id = ?1",
                sql_int(taking.file), sql_int(taking.done.rows), sql_int(taking.done.new_rows),
                sql_int(taking.done.total_minor));
    return result ? office_failed(books->office->sql, result, error) : 0;
}
