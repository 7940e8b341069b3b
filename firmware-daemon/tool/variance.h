/* Two files of figures laid beside each other: what is equal, what differs, what only one of them has.
 * Does not know where the files come from; who is right is for people to find out. */
#ifndef TOOL_VARIANCE_H
#define TOOL_VARIANCE_H

#include "base/table.h"

enum variance_kind { VARIANCE_STOCK, VARIANCE_ORDERS, VARIANCE_PARCELS, VARIANCE_KINDS };

/* "stock", ...; -ENOENT */
int variance_kind_named(const char *name);

enum variance_verdict { VARIANCE_MATCHING, VARIANCE_DIFFERENT, VARIANCE_MISSING_HERE, VARIANCE_MISSING_THERE };

/* One thing that both sides should say the same of: a bin's SKU, an order's SKU, a waybill. */
struct variance_row {
    char place[64]; /* location, order or waybill */
    char sku[64];   /* "" for a waybill */
    char here_order[64], there_order[64];
    int64_t here, there; /* of a waybill: 1, or 0 where it is not known */
    enum variance_verdict verdict;
};

/* The same of a SKU over all places; empty for waybills. */
struct variance_sum {
    char sku[64];
    int64_t here, there;
    size_t places; /* of them, those that do not match */
};

struct variance {
    enum variance_kind kind;
    struct variance_row *rows; /* by place and SKU */
    size_t count;
    struct variance_sum *sums; /* by SKU, of those with a place that does not match */
    size_t sum_count;
    size_t verdicts[VARIANCE_MISSING_THERE + 1];
    int64_t here, there;
};

struct variance_file {
    const char *path; /* for sentences */
    const char *text;
    size_t length;
    const char *names; /* as in struct table; may be NULL */
};

/* Quantities of the same place and SKU add up; one that is 0 is as good as none. ret: variance_done(). */
int variance_find(enum variance_kind kind, const struct variance_file *here, const struct variance_file *there,
                  struct variance *ret, struct error *error);
void variance_done(struct variance *variance);

/* Of all that was compared, in hundredths of a percent; 10000 when there was nothing. Rounded down: 10000 is all. */
int64_t variance_accuracy(const struct variance *variance);

/* {"kind", "accuracy", "totals", "rows", "skus"}, rows without those that match; or a table for a terminal. */
void variance_write_json(const struct variance *variance, struct buf *json);
void variance_write_text(const struct variance *variance, struct buf *text);

/* The data of the label "variance". */
void variance_write_label(const struct variance *variance, const char *file, const char *date, struct buf *json);

#endif
