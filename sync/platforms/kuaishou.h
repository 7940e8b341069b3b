/* The parts of the connector for Kuaishou: kuaishou.c calls, kuaishou_read.c reads, kuaishou_push.c hears. */
#ifndef PLATFORMS_KUAISHOU_H
#define PLATFORMS_KUAISHOU_H

#include "sync/platforms/connector.h"

#define KUAISHOU_PAGE        50
#define KUAISHOU_REFUND_PAGE 100
#define KUAISHOU_PARCELS     10

/* What an answer says of a parcel; NULL: nothing, or no number. */
const json_t *kuaishou_ebill(const json_t *data, const char *key);

/* data: that of the answer; for tokens, the answer. The reader keeps what was wrong. */
typedef void kuaishou_reader(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                             struct platform_answer *answer);
kuaishou_reader kuaishou_read_orders, kuaishou_read_order, kuaishou_read_refunds, kuaishou_read_stock,
    kuaishou_read_waybills, kuaishou_read_tokens;

int kuaishou_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
                  struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply,
                  struct error *error);

#endif
