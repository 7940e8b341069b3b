/* The two halves of the connector for Pinduoduo: pdd.c calls, pdd_read.c reads. */
#ifndef PLATFORMS_PDD_H
#define PLATFORMS_PDD_H

#include "sync/platforms/connector.h"

#define PDD_PAGE 100

/* body: what the answer's envelope holds. The reader keeps what was wrong. */
typedef void pdd_reader(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                        struct platform_answer *answer);
pdd_reader pdd_read_orders, pdd_read_order, pdd_read_refunds, pdd_read_waybills, pdd_read_carriers, pdd_read_stock,
    pdd_read_tokens;

/* What a hidden receiver is sealed as, in order and parcel: an object with name, phone and address, each as Pinduoduo
 * encrypted it. */
#define PDD_SEALED_NAME    "name"
#define PDD_SEALED_PHONE   "phone"
#define PDD_SEALED_ADDRESS "address"

#endif
