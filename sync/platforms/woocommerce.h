/* The parts of the connector for WooCommerce: woocommerce.c calls, woocommerce_read.c reads and hears. */
#ifndef PLATFORMS_WOOCOMMERCE_H
#define PLATFORMS_WOOCOMMERCE_H

#include "sync/platforms/connector.h"

#define WOO_PAGE 100

/* root: the whole answer. The reader keeps what was wrong. */
typedef void woo_reader(struct text_reader *reader, const struct platform_want *want,
                        const struct platform_response *response, const json_t *root, struct platform_answer *answer);
woo_reader woo_read_orders, woo_read_order, woo_read_refunds, woo_read_stock, woo_read_stock_batch;

int woo_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
             struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply, struct error *error);

#endif
