/* The two halves of the connector for JD: jd.c calls, jd_read.c reads. */
#ifndef PLATFORMS_JD_H
#define PLATFORMS_JD_H

#include "sync/platforms/connector.h"

#define JD_PAGE        100
#define JD_REFUND_PAGE 50

/* JD knows no list of refunds by the time that they were modified. A window is therefore gone through four times: by
 * when it was asked for and by when it was looked at, for refunds before the parcel leaves and for services after it
 * arrived. The cursor says which, and the page. */
enum jd_pass { JD_CANCELS_ASKED, JD_CANCELS_CHECKED, JD_SERVICES_ASKED, JD_SERVICES_CHECKED, JD_PASSES };
int jd_pass_of(const char *cursor, enum jd_pass *ret, struct page *ret_page, struct error *error);

/* body: what the answer's envelope holds. The reader keeps what was wrong. */
typedef void jd_reader(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                       struct platform_answer *answer);
jd_reader jd_read_orders, jd_read_order, jd_read_refunds, jd_read_stock_set, jd_read_stock, jd_read_waybill,
    jd_read_print, jd_read_tokens;

#endif
