/* The parts of the connector for Douyin: douyin.c calls, douyin_read.c reads, douyin_push.c hears. */
#ifndef PLATFORMS_DOUYIN_H
#define PLATFORMS_DOUYIN_H

#include "sync/platforms/connector.h"

#define DOUYIN_PAGE    100
#define DOUYIN_PARCELS 10

/* Pages of a window go only so deep. One that holds more is cut in halves until it does not: the cursor is the part
 * that is read, and the page in it, "from-to-page". */
struct douyin_part {
    int64_t from_s, to_s;
    struct page page;
};
int douyin_part_of(const struct platform_want *want, struct douyin_part *ret, struct error *error);

/* How a parcel is called there: letters, digits and underscores of its key. */
void douyin_pack_id(const char *key, char out[PLATFORM_ID_SIZE]);

/* data: that of the answer. The reader keeps what was wrong. */
typedef void douyin_reader(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                           struct platform_answer *answer);
douyin_reader douyin_read_orders, douyin_read_order, douyin_read_refunds, douyin_read_stock, douyin_read_waybills,
    douyin_read_print, douyin_read_carriers, douyin_read_bills, douyin_read_tokens;

int douyin_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
                struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply,
                struct error *error);

#endif
