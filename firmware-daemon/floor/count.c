/* Counts: of a bin or an item in it, counted again by another where it differs. */
#include "floor/rule.h"
#include "store/stock_count.h"

#include "base/json.h"

int count_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow count_flow = {"count", steps, NULL};

int count_request(struct store *store, const struct stock_count *count)
{
    struct location bin;
    struct item item = {0};
    int64_t id;
    int result = stock_count_plan(store, count, &id);
    if (result || !id)
        return result;
    result = location_load(store, count->location, &bin);
    if (!result && count->item)
        result = item_load(store, count->item, &item);
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "location", bin.code);
    if (count->item)
        json_text(&data, "sku", item.sku);
    json_text(&data, "reason", count->source);
    json_close_object(&data);
    return note(store, "count.requested", "location", bin.code, &data, NULL);
}
