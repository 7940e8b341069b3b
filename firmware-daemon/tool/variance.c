#include "tool/variance.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- reading one side */

struct figure {
    char place[64], sku[64], order[64];
    int64_t quantity;
};

/* Rows as they come. */
struct figures {
    struct figure *rows;
    size_t count, capacity;
};

#define TEXT(name, member)   name, OPTION_TEXT_AT(struct figure, member)
#define NUMBER(name, member) name, OPTION_NUMBER_AT(struct figure, member)
#define QUANTITY                                                                                                       \
    {                                                                                                                  \
        NUMBER("quantity", quantity), .min = -1000000000, .max = 1000000000, .help = "pieces"                          \
    }

static const struct kind {
    const char *name;
    struct option_def columns[4];
} kinds[VARIANCE_KINDS] = {
    [VARIANCE_STOCK] = {"stock",
                        {{TEXT("location", place), .help = "a location's code"},
                         {TEXT("sku", sku), .help = "the item's number"},
                         QUANTITY}},
    [VARIANCE_ORDERS] = {"orders",
                         {{TEXT("order", place), .help = "the order's number"},
                          {TEXT("sku", sku), .help = "the item's number"},
                          QUANTITY}},
    [VARIANCE_PARCELS] = {"parcels",
                          {{TEXT("waybill", place), .help = "the carrier's number"},
                           {TEXT("order", order), .help = "the order's number"}}},
};

int variance_kind_named(const char *name)
{
    for (int i = 0; i < VARIANCE_KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return i;
    return -ENOENT;
}

static int take(void *user, void *row, int64_t line, const char **ret_column, struct error *error)
{
    (void)line;
    (void)ret_column;
    struct figures *figures = user;
    if (figures->count == figures->capacity) {
        size_t capacity = figures->capacity ? 2 * figures->capacity : 1024;
        struct figure *rows = realloc(figures->rows, capacity * sizeof(*rows));
        if (!rows)
            return error_set(error, -ENOMEM, "there is no memory for so many rows");
        figures->rows = rows;
        figures->capacity = capacity;
    }
    figures->rows[figures->count++] = *(const struct figure *)row;
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct figure *left = a, *right = b;
    int order = strcmp(left->place, right->place);
    return order ? order : strcmp(left->sku, right->sku);
}

static void figures_done(struct figures *figures)
{
    free(figures->rows);
}

/* Sorted, one row for each place and SKU. */
static int read_side(enum variance_kind kind, const struct variance_file *file, struct figures *ret,
                     struct error *error)
{
    struct figure row;
    const struct table table = {.columns = kinds[kind].columns,
                                .row = &row,
                                .row_size = sizeof(row),
                                .take = take,
                                .user = ret,
                                .leaves_others = true,
                                .names = file->names};
    int64_t rows;
    int result = table_read(&table, file->path, file->text, file->length, &rows, error);
    if (result || ret->count == 0)
        return result;
    qsort(ret->rows, ret->count, sizeof(*ret->rows), by_place);
    size_t last = 0;
    for (size_t i = 1; i < ret->count; i++) {
        if (by_place(&ret->rows[last], &ret->rows[i]) == 0)
            ret->rows[last].quantity += ret->rows[i].quantity;
        else
            ret->rows[++last] = ret->rows[i];
    }
    ret->count = last + 1;
    return 0;
}

/* ---------------------------------------------------------------- side by side */

static enum variance_verdict judge(enum variance_kind kind, const struct variance_row *row, bool is_here, bool is_there)
{
    if (kind == VARIANCE_PARCELS && is_here && is_there)
        return strcmp(row->here_order, row->there_order) == 0 ? VARIANCE_MATCHING : VARIANCE_DIFFERENT;
    if (row->here == row->there)
        return VARIANCE_MATCHING;
    return is_here && is_there ? VARIANCE_DIFFERENT : is_here ? VARIANCE_MISSING_THERE : VARIANCE_MISSING_HERE;
}

static void put_row(struct variance *variance, const struct figure *here, const struct figure *there)
{
    struct variance_row *row = &variance->rows[variance->count++];
    const struct figure *any = here ? here : there;
    bool counted = variance->kind != VARIANCE_PARCELS;
    *row = (struct variance_row){.here = !here     ? 0
                                         : counted ? here->quantity
                                                   : 1,
                                 .there = !there    ? 0
                                          : counted ? there->quantity
                                                    : 1};
    text_copy(row->place, sizeof(row->place), any->place);
    text_copy(row->sku, sizeof(row->sku), any->sku);
    text_copy(row->here_order, sizeof(row->here_order), here ? here->order : "");
    text_copy(row->there_order, sizeof(row->there_order), there ? there->order : "");
    row->verdict = judge(variance->kind, row, here != NULL, there != NULL);
    variance->verdicts[row->verdict]++;
    variance->here += row->here;
    variance->there += row->there;
}

static void merge(const struct figures *here, const struct figures *there, struct variance *variance)
{
    size_t i = 0, j = 0;
    while (i < here->count || j < there->count) {
        int order = i == here->count ? 1 : j == there->count ? -1 : by_place(&here->rows[i], &there->rows[j]);
        const struct figure *left = order <= 0 ? &here->rows[i++] : NULL;
        const struct figure *right = order >= 0 ? &there->rows[j++] : NULL;
        put_row(variance, left, right);
    }
}

static int by_sku(const void *a, const void *b)
{
    const struct variance_sum *left = a, *right = b;
    return strcmp(left->sku, right->sku);
}

/* A SKU whose sum is right may still lie in the wrong bins. */
static void sum_up(struct variance *variance)
{
    if (variance->kind == VARIANCE_PARCELS || variance->count == 0)
        return;
    for (size_t i = 0; i < variance->count; i++) {
        const struct variance_row *row = &variance->rows[i];
        struct variance_sum *sum = &variance->sums[i];
        *sum =
            (struct variance_sum){.here = row->here, .there = row->there, .places = row->verdict != VARIANCE_MATCHING};
        text_copy(sum->sku, sizeof(sum->sku), row->sku);
    }
    qsort(variance->sums, variance->count, sizeof(*variance->sums), by_sku);
    size_t last = 0;
    for (size_t i = 1; i < variance->count; i++) {
        struct variance_sum *sum = &variance->sums[last], *next = &variance->sums[i];
        if (by_sku(sum, next) != 0) {
            last += sum->places > 0; /* one without a fault gives way */
            variance->sums[last] = *next;
            continue;
        }
        sum->here += next->here;
        sum->there += next->there;
        sum->places += next->places;
    }
    variance->sum_count = last + (variance->sums[last].places > 0);
}

int variance_find(enum variance_kind kind, const struct variance_file *here, const struct variance_file *there,
                  struct variance *ret, struct error *error)
{
    CLEANUP(figures_done) struct figures ours = {0};
    CLEANUP(figures_done) struct figures theirs = {0};
    int result = read_side(kind, here, &ours, error);
    if (!result)
        result = read_side(kind, there, &theirs, error);
    if (result)
        return result;
    size_t most = ours.count + theirs.count + 1;
    struct variance variance = {.kind = kind,
                                .rows = calloc(most, sizeof(struct variance_row)),
                                .sums = calloc(most, sizeof(struct variance_sum))};
    if (!variance.rows || !variance.sums) {
        variance_done(&variance);
        return error_set(error, -ENOMEM, "there is no memory to compare so many rows");
    }
    merge(&ours, &theirs, &variance);
    sum_up(&variance);
    *ret = variance;
    return 0;
}

void variance_done(struct variance *variance)
{
    free(variance->rows);
    free(variance->sums);
}

int64_t variance_accuracy(const struct variance *variance)
{
    return variance->count ? (int64_t)(variance->verdicts[VARIANCE_MATCHING] * 10000 / variance->count) : 10000;
}
