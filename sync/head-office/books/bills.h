/* The bills of platforms and carriers: files as they come, row by row. Columns are found by their names, wherever they
 * stand and whatever was put between them. Nothing of a file is dropped: a word that is not known is kept for a person.
 * The same file again changes nothing, and a row that comes in two files is one. Does not compare: reconcile.h does. */
#ifndef HEAD_OFFICE_BILLS_H
#define HEAD_OFFICE_BILLS_H

#include "base/table.h"
#include "sync/head-office/books/books.h"

#define BILL_FORMATS  "alipay|alipay_business|jd|pdd|douyin|carrier"
#define BILL_MEANINGS "sale|refund|fee|freight|transfer|unknown"

#define BILL_AMOUNT_MAX INT64_C(1000000000000) /* minor units, of a cell either way: all rows of a file add up */

struct bill_row {
    char flow[129], order[129], word[129], item[65], batch[65], time[33], currency[8], direction[33], note[257];
    char gain[33], loss[33], amount[33], fee1[33], fee2[33], fee3[33], fee4[33], fee5[33], fee6[33];
};
extern const struct option_def bill_columns[];

struct bill_word {
    const char *word, *meaning;
};

struct bill_format {
    const char *name, *english, *chinese;
    const char *names;   /* "flow=账务流水号,...": ours=theirs, all of which a file must have */
    const char *maybe;   /* the same, which it may have; or NULL */
    const char *keys;    /* which of ours name a row, as "flow word" */
    bool fees_inside;    /* the amount is what is left when the fees were taken */
    bool pays;           /* amounts are what we pay */
    const char *meaning; /* of every word that is not known; NULL: unknown */
    struct bill_word words[12];
};
extern const struct bill_format bill_formats[]; /* ended by a name of NULL */
const struct bill_format *bill_format_find(const char *name);

struct bill_taken {
    int64_t rows, new_rows, unknown, total_minor;
    bool again; /* this very file is here already */
};

/* text: UTF-8 (table_load). party: the shop whose bill it is, or the carrier. map: how it calls its columns, of a
 * carrier; or NULL. -EINVAL with a sentence: a column is missing, a cell cannot be read, the file's own totals are not
 * those of its rows, or a row says otherwise than it did in an earlier file. Inside a transaction: nothing of a refused
 * file may stay. */
int bills_take(struct books *books, const struct bill_format *format, const char *party, const char *name,
               const char *text, size_t length, const struct table_map *map, struct bill_taken *ret,
               struct error *error);

/* The table as table_read() takes it: what stands around it and pads its cells is gone. The totals that it names: */
struct bill_totals {
    bool gains_told, losses_told, sum_told;
    int64_t gains, losses, sum;
};
int bill_clean(const struct bill_format *format, const struct table_map *map, const char *name, const char *text,
               size_t length, struct buf *out, struct bill_totals *ret, struct error *error);

#endif
