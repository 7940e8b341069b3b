#include "base/json.h"
#include "base/text.h"
#include "tool/variance.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ACCURACY_SIZE 32 /* "100.00" */

static const char *const verdicts[] = {"matching", "different", "missing_here", "missing_there"};

static const struct wording {
    const char *kind, *place, *title, *title_zh;
} wordings[VARIANCE_KINDS] = {
    [VARIANCE_STOCK] = {"stock", "location", "Stock", "库存"},
    [VARIANCE_ORDERS] = {"orders", "order", "Shipped", "已发货"},
    [VARIANCE_PARCELS] = {"parcels", "waybill", "Parcels", "包裹"},
};

static void accuracy_text(const struct variance *variance, char out[ACCURACY_SIZE])
{
    int64_t accuracy = variance_accuracy(variance);
    snprintf(out, ACCURACY_SIZE, "%" PRId64 ".%02" PRId64, accuracy / 100, accuracy % 100);
}

/* ---------------------------------------------------------------- JSON */

static void write_said(struct buf *json, const char *key, const char *order)
{
    json_text(json, key, *order ? order : NULL);
}

static void write_row(const struct variance *variance, const struct variance_row *row, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, wordings[variance->kind].place, row->place);
    if (variance->kind == VARIANCE_PARCELS) {
        write_said(json, "here", row->here_order);
        write_said(json, "there", row->there_order);
    } else {
        json_text(json, "sku", row->sku);
        json_int(json, "here", row->here);
        json_int(json, "there", row->there);
        json_int(json, "difference", row->here - row->there);
    }
    json_text(json, "verdict", verdicts[row->verdict]);
    json_close_object(json);
}

static void write_sum(const struct variance_sum *sum, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "sku", sum->sku);
    json_int(json, "here", sum->here);
    json_int(json, "there", sum->there);
    json_int(json, "difference", sum->here - sum->there);
    json_int(json, "places", (int64_t)sum->places);
    json_close_object(json);
}

static void write_totals(const struct variance *variance, struct buf *json)
{
    char accuracy[ACCURACY_SIZE];
    accuracy_text(variance, accuracy);
    json_raw(json, "accuracy", accuracy);
    json_open_object(json, "totals");
    json_int(json, "compared", (int64_t)variance->count);
    for (size_t i = 0; i < COUNT(verdicts); i++)
        json_int(json, verdicts[i], (int64_t)variance->verdicts[i]);
    json_int(json, "here", variance->here);
    json_int(json, "there", variance->there);
    json_int(json, "difference", variance->here - variance->there);
    json_close_object(json);
}

void variance_write_json(const struct variance *variance, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "kind", wordings[variance->kind].kind);
    write_totals(variance, json);
    json_open_array(json, "rows");
    for (size_t i = 0; i < variance->count; i++)
        if (variance->rows[i].verdict != VARIANCE_MATCHING)
            write_row(variance, &variance->rows[i], json);
    json_close_array(json);
    json_open_array(json, "skus");
    for (size_t i = 0; i < variance->sum_count; i++)
        write_sum(&variance->sums[i], json);
    json_close_array(json);
    json_close_object(json);
}

/* ---------------------------------------------------------------- a terminal */

static const char *verdict_words(enum variance_verdict verdict)
{
    static const char *const words[] = {"", "different", "missing here", "missing there"};
    return words[verdict];
}

static void write_row_text(const struct variance *variance, const struct variance_row *row, struct buf *text)
{
    if (variance->kind == VARIANCE_PARCELS)
        buf_printf(text, "%-24s %-24s %-24s %s\n", row->place, row->here_order, row->there_order,
                   verdict_words(row->verdict));
    else
        buf_printf(text, "%-24s %-24s %10" PRId64 " %10" PRId64 " %+10" PRId64 "  %s\n", row->place, row->sku,
                   row->here, row->there, row->here - row->there, verdict_words(row->verdict));
}

static void write_rows_text(const struct variance *variance, struct buf *text)
{
    if (variance->verdicts[VARIANCE_MATCHING] == variance->count)
        return;
    const char *place = wordings[variance->kind].place;
    if (variance->kind == VARIANCE_PARCELS)
        buf_printf(text, "%-24s %-24s %-24s\n", place, "order here", "order there");
    else
        buf_printf(text, "%-24s %-24s %10s %10s %10s\n", place, "sku", "here", "there", "difference");
    for (size_t i = 0; i < variance->count; i++)
        if (variance->rows[i].verdict != VARIANCE_MATCHING)
            write_row_text(variance, &variance->rows[i], text);
    buf_putc(text, '\n');
}

static void write_sums_text(const struct variance *variance, struct buf *text)
{
    if (variance->sum_count == 0)
        return;
    buf_printf(text, "%-24s %10s %10s %10s\n", "sku, all together", "here", "there", "difference");
    for (size_t i = 0; i < variance->sum_count; i++) {
        const struct variance_sum *sum = &variance->sums[i];
        buf_printf(text, "%-24s %10" PRId64 " %10" PRId64 " %+10" PRId64 "%s\n", sum->sku, sum->here, sum->there,
                   sum->here - sum->there, sum->here == sum->there ? "  equal, elsewhere" : "");
    }
    buf_putc(text, '\n');
}

void variance_write_text(const struct variance *variance, struct buf *text)
{
    char accuracy[ACCURACY_SIZE];
    accuracy_text(variance, accuracy);
    write_rows_text(variance, text);
    write_sums_text(variance, text);
    buf_printf(text, "%s: %zu compared, %zu matching, %zu different, %zu missing here, %zu missing there\n",
               wordings[variance->kind].title, variance->count, variance->verdicts[VARIANCE_MATCHING],
               variance->verdicts[VARIANCE_DIFFERENT], variance->verdicts[VARIANCE_MISSING_HERE],
               variance->verdicts[VARIANCE_MISSING_THERE]);
    buf_printf(text, "here %" PRId64 ", there %" PRId64 ", difference %+" PRId64 "; accuracy %s %%\n", variance->here,
               variance->there, variance->here - variance->there, accuracy);
}

/* ---------------------------------------------------------------- paper */

static void write_row_label(const struct variance_row *row, struct buf *json)
{
    char number[24];
    json_open_object(json, NULL);
    json_text(json, "place", row->place);
    json_text(json, "sku", row->sku);
    snprintf(number, sizeof(number), "%" PRId64, row->here);
    json_text(json, "here", *row->here_order || *row->there_order ? row->here_order : number);
    snprintf(number, sizeof(number), "%" PRId64, row->there);
    json_text(json, "there", *row->here_order || *row->there_order ? row->there_order : number);
    snprintf(number, sizeof(number), "%+" PRId64, row->here - row->there);
    json_text(json, "difference", row->here == row->there ? "≠" : number);
    json_close_object(json);
}

void variance_write_label(const struct variance *variance, const char *file, const char *date, struct buf *json)
{
    char accuracy[ACCURACY_SIZE];
    accuracy_text(variance, accuracy);
    json_open_object(json, NULL);
    json_text(json, "title", wordings[variance->kind].title);
    json_text(json, "title_zh", wordings[variance->kind].title_zh);
    json_text(json, "file", file);
    json_text(json, "date", date);
    json_text(json, "accuracy", accuracy);
    json_int(json, "compared", (int64_t)variance->count);
    for (size_t i = 0; i < COUNT(verdicts); i++)
        json_int(json, verdicts[i], (int64_t)variance->verdicts[i]);
    json_open_array(json, "items");
    for (size_t i = 0; i < variance->count; i++)
        if (variance->rows[i].verdict != VARIANCE_MATCHING)
            write_row_label(&variance->rows[i], json);
    json_close_array(json);
    json_close_object(json);
}
