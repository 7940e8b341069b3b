/* What may be offered to a member (个性化): campaigns that he may have now, coupons of his, and what goes with what he
 * has bought; each with why. Whether he may be written to is told beside it; here on a page or at a counter he may be
 * told whatever it is. */
#ifndef HEAD_OFFICE_OFFERS_H
#define HEAD_OFFICE_OFFERS_H

#include "base/buf.h"
#include "sync/head-office/office.h"

/* shop: "" any. Members of the open object json: person (null: nobody knows who he is), may_write (ways that he agreed
 * to), campaigns, coupons, items. -ENOENT: there is no such member. */
int offers_tell(struct office *office, const char *member, const char *shop, struct buf *json, struct error *error);

#endif
