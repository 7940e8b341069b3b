/* Files that head office takes in. The first line names the kind, or a bill's format; the rest is the file. All of it
 * is taken or nothing, and a refusal says why. */
#include "base/table.h"
#include "sync/head-office/books/bills.h"
#include "tests/fuzz/office_fuzz.h"

#include <errno.h>

static void take_rows(struct office *office, const struct import_kind *kind, const struct buf *text)
{
    const struct import_options options = {.site = kind->per_site ? "hz" : NULL, .try_only = true};
    struct import_result taken = {0};
    struct error error = {0};
    int result = import_text(office, kind, &options, "FILE", buf_text(text), text->length, &taken, &error);
    fuzz_claim_sentence(result, &error);
    CLAIM(result || (taken.rows >= 0 && taken.changed <= 8 * taken.rows + 8));
    CLAIM(!sql_in_transaction(office->sql));
}

static void take_bill(struct office *office, const struct bill_format *format, const struct buf *text)
{
    struct books books;
    struct bill_taken taken = {0};
    struct error error = {0};
    CLAIM(office_begin(office, &error) == 0 && books_open(office, "li", &books, &error) == 0);
    int result = bills_take(&books, format, "tb", "FILE", buf_text(text), text->length, NULL, &taken, &error);
    fuzz_claim_sentence(result, &error);
    CLAIM(result || (taken.rows >= 0 && taken.new_rows >= 0)); /* a line has rows for its fees, too */
    office_rollback(office);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct office *office = fuzz_office();
    struct input input = {data, size};
    struct error error = {0};
    CLEANUP_BUF struct buf text = {0};
    char *name CLEANUP(cleanup_free) = fuzz_line(&input);
    const struct import_kind *kind = import_find(name);
    const struct bill_format *format = bill_format_find(name);
    buf_put(&text, input.at, input.left);
    if ((!kind && !format) || table_to_utf8("FILE", &text, &error) != 0)
        return 0;
    if (kind)
        take_rows(office, kind, &text);
    else
        take_bill(office, format, &text);
    return 0;
}
