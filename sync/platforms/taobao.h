/* The two halves of the connector for Taobao and Tmall: taobao.c calls, taobao_read.c reads. */
#ifndef PLATFORMS_TAOBAO_H
#define PLATFORMS_TAOBAO_H

#include "sync/platforms/connector.h"

#define TAOBAO_PAGE 50

/* body: what the answer's envelope holds. The reader keeps what was wrong. */
typedef void taobao_reader(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                           struct platform_answer *answer);
taobao_reader taobao_read_orders, taobao_read_order, taobao_read_refunds, taobao_read_waybills, taobao_read_carriers,
    taobao_read_stock, taobao_read_tokens;

#endif
