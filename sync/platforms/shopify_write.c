/* What is changed at a Shopify shop: the variables of each mutation. */
#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/iso.h"
#include "sync/platforms/members.h"
#include "sync/platforms/shopify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BATCH 50

const char *shopify_number(const char *id)
{
    const char *last = strrchr(id, '/');
    return last ? last + 1 : id;
}

void shopify_put_id(struct buf *out, const char *key, const char *kind, const char *number)
{
    char id[128];
    snprintf(id, sizeof(id), "gid://shopify/%s/%.64s", kind, number);
    json_text(out, key, id);
}

/* "VARIANT/ITEM": the first. */
static void put_variant(struct buf *out, const char *sku)
{
    char variant[PLATFORM_ID_SIZE];
    text_copy(variant, sizeof(variant), sku);
    variant[strcspn(variant, "/")] = '\0';
    shopify_put_id(out, "id", "ProductVariant", variant);
}

/* ---------------------------------------------------------------- parcels */

static int read_raw(const struct platform_shipment *shipment, json_t **ret, struct error *error)
{
    if (!shipment->raw || !*shipment->raw)
        return error_set(error, -EINVAL, "Shopify is told of a parcel with the order as it was read just before");
    return text_json_load(shipment->raw, strlen(shipment->raw), ret, error);
}

static bool is_open(const json_t *fulfillment_order)
{
    const char *status = text_json_text(fulfillment_order, "status");
    return strcmp(status, "OPEN") == 0 || strcmp(status, "IN_PROGRESS") == 0;
}

static int64_t number_at(const json_t *object, const char *path)
{
    int64_t number = 0;
    (void)decimal_to_whole(text_json_text(object, path), &number); /* what is missing is 0 */
    return number;
}

/* How many of a line of theirs go into the parcel; what is taken is not wanted any more. */
static int64_t take_line(const struct platform_shipment *shipment, int64_t *wanted, const json_t *line)
{
    const char *id = shopify_number(text_json_text(line, "lineItem.id"));
    int64_t left = number_at(line, "remainingQuantity");
    if (shipment->whole)
        return left;
    for (size_t i = 0; i < shipment->line_count; i++) {
        if (strcmp(shipment->lines[i].line, id) != 0 || wanted[i] <= 0 || left <= 0)
            continue;
        int64_t taken = wanted[i] < left ? wanted[i] : left;
        wanted[i] -= taken;
        return taken;
    }
    return 0;
}

/* The lines of one of their orders to fulfil that go into the parcel; none, and it is not named. */
static void put_fulfillment_order(const struct platform_shipment *shipment, int64_t *wanted, const json_t *from,
                                  struct buf *out)
{
    const json_t *lines = text_json_at(from, "lineItems.nodes"), *line;
    bool begun = false;
    size_t i;
    json_array_foreach(lines, i, line)
    {
        int64_t count = take_line(shipment, wanted, line);
        if (count <= 0)
            continue;
        if (!begun) {
            json_open_object(out, NULL);
            json_text(out, "fulfillmentOrderId", text_json_text(from, "id"));
            json_open_array(out, "fulfillmentOrderLineItems");
        }
        begun = true;
        json_open_object(out, NULL);
        json_text(out, "id", text_json_text(line, "id"));
        json_int(out, "quantity", count);
        json_close_object(out);
    }
    if (begun) {
        json_close_array(out);
        json_close_object(out);
    }
}

static void put_tracking(const struct platform_shipment *shipment, const char *key, struct buf *out)
{
    json_open_object(out, key);
    json_text_if(out, "company", shipment->carrier);
    json_text(out, "number", shipment->waybill);
    json_close_object(out);
}

int shopify_put_ship(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)shop;
    const struct platform_shipment *shipment = want->shipment;
    CLEANUP_TEXT_JSON json_t *raw = NULL;
    int64_t wanted[PLATFORM_LINES_MAX] = {0};
    const json_t *from;
    size_t i;
    if (shipment->extra)
        return error_set(error, -ENOTSUP, "Shopify takes no parcel without goods that were not shipped yet");
    int result = read_raw(shipment, &raw, error);
    if (result)
        return result;
    for (i = 0; i < shipment->line_count; i++)
        wanted[i] = shipment->whole ? 0 : shipment->lines[i].quantity;
    json_open_object(out, "fulfillment");
    json_open_array(out, "lineItemsByFulfillmentOrder");
    size_t before = out->length;
    json_array_foreach(text_json_at(raw, "fulfillmentOrders.nodes"), i, from)
    {
        if (is_open(from))
            put_fulfillment_order(shipment, wanted, from, out);
    }
    bool none = out->length == before;
    json_close_array(out);
    put_tracking(shipment, "trackingInfo", out);
    json_bool(out, "notifyCustomer", true);
    json_close_object(out);
    for (i = 0; i < shipment->line_count; i++)
        none |= wanted[i] > 0;
    return none ? error_set(error, -EINVAL, "the shop has not so much of the order left to be shipped") : 0;
}

/* By the waybill that was told before. */
int shopify_put_amend(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    (void)shop;
    const struct platform_shipment *shipment = want->shipment;
    CLEANUP_TEXT_JSON json_t *raw = NULL;
    int result = read_raw(shipment, &raw, error);
    if (result)
        return result;
    const json_t *parcels = text_json_at(raw, "fulfillments"), *parcel;
    size_t i;
    json_array_foreach(parcels, i, parcel)
    {
        const json_t *tracking = json_array_get(text_json_at(parcel, "trackingInfo"), 0);
        if (strcmp(text_json_text(tracking, "number"), shipment->old_waybill) != 0)
            continue;
        json_text(out, "id", text_json_text(parcel, "id"));
        put_tracking(shipment, "tracking", out);
        return 0;
    }
    return error_set(error, -EINVAL, "the shop has no parcel %s of this order", shipment->old_waybill);
}

/* ---------------------------------------------------------------- items */

static int check_stock(const struct platform_shop *shop, const struct platform_want *want, struct error *error)
{
    if (want->stock_count == 0 || want->stock_count > BATCH || !*shop->place)
        return error_set(error, -EINVAL, "stock is told for 1 to %d SKUs at a time, at the shop's place", BATCH);
    for (size_t i = 0; i < want->stock_count; i++)
        if (!*want->stock[i].sku || (!want->delta && want->stock[i].quantity < 0))
            return error_set(error, -EINVAL, "stock is told for a SKU, and is not less than nothing");
    return 0;
}

/* The key stands in the shop's history of the stock. */
static void open_stock(const struct platform_want *want, struct buf *out)
{
    char key[128];
    snprintf(key, sizeof(key), "gid://floorhand/StockPush/%.64s", want->key);
    json_open_object(out, "input");
    json_text(out, "name", "available");
    json_text(out, "reason", "correction");
    if (*want->key)
        json_text(out, "referenceDocumentUri", key);
}

static void put_rows(const struct platform_shop *shop, const struct platform_want *want, const char *rows,
                     const char *quantity, struct buf *out)
{
    json_open_array(out, rows);
    for (size_t i = 0; i < want->stock_count; i++) {
        json_open_object(out, NULL);
        shopify_put_id(out, "inventoryItemId", "InventoryItem", shopify_number(want->stock[i].sku));
        shopify_put_id(out, "locationId", "Location", shop->place);
        json_int(out, quantity, want->stock[i].quantity);
        json_close_object(out);
    }
    json_close_array(out);
    json_close_object(out);
}

int shopify_put_stock(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    int result = check_stock(shop, want, error);
    if (result)
        return result;
    open_stock(want, out);
    json_bool(out, "ignoreCompareQuantity", true); /* head office alone says what there is */
    put_rows(shop, want, "quantities", "quantity", out);
    return 0;
}

int shopify_put_stock_change(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                             struct error *error)
{
    int result = check_stock(shop, want, error);
    if (result)
        return result;
    open_stock(want, out);
    put_rows(shop, want, "changes", "delta", out);
    return 0;
}

int shopify_put_price(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    (void)shop;
    if (want->stock_count == 0 || want->stock_count > BATCH || !*want->currency)
        return error_set(error, -EINVAL, "prices are told with their currency, for 1 to %d SKUs of one item", BATCH);
    shopify_put_id(out, "id", "Product", want->stock[0].item);
    json_open_array(out, "variants");
    for (size_t i = 0; i < want->stock_count; i++) {
        char price[DECIMAL_SIZE];
        if (strcmp(want->stock[i].item, want->stock[0].item) != 0)
            return error_set(error, -EINVAL, "prices are told for SKUs of one item at a time");
        money_to_text(want->stock[i].price_minor, want->currency, price);
        json_open_object(out, NULL);
        put_variant(out, want->stock[i].sku);
        json_text(out, "price", price);
        json_close_object(out);
    }
    json_close_array(out);
    return 0;
}

int shopify_put_listing(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                        struct error *error)
{
    (void)shop;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "one item at a time is put on sale or taken off");
    json_open_object(out, "product");
    shopify_put_id(out, "id", "Product", want->stock[0].item);
    json_text(out, "status", want->stock[0].on_sale ? "ACTIVE" : "DRAFT");
    json_close_object(out);
    return 0;
}
