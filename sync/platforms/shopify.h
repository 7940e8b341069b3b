/* The parts of the connector for Shopify: shopify.c calls, shopify_write.c writes what changes something there,
 * shopify_read.c reads and hears.
 *
 * Ids are kept as the number at the end of Shopify's own ("gid://shopify/Order/123"). A SKU is "VARIANT/ITEM": the
 * variant that is sold, and the item of the inventory that it is. */
#ifndef PLATFORMS_SHOPIFY_H
#define PLATFORMS_SHOPIFY_H

#include "sync/platforms/connector.h"

#define SHOPIFY_PAGE  10
#define SHOPIFY_LINES 50 /* of each order of a page; one with more is on HOLD there, and read whole by itself */

void shopify_put_id(struct buf *out, const char *key, const char *kind, const char *number);
const char *shopify_number(const char *id); /* what follows the last '/' */

/* Each puts the variables of its mutation. -EINVAL with a sentence. */
typedef int shopify_put(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                        struct error *error);
shopify_put shopify_put_ship, shopify_put_amend, shopify_put_stock, shopify_put_stock_change, shopify_put_price,
    shopify_put_listing;

/* data: that of the answer. The reader keeps what was wrong. */
typedef void shopify_reader(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                            struct platform_answer *answer);
shopify_reader shopify_read_orders, shopify_read_order, shopify_read_refunds, shopify_read_stock;

int shopify_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
                 struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply,
                 struct error *error);

#endif
