/* What may be offered to a member (个性化): campaigns that he may have now, coupons of his, and what goes with what he
 * has bought; each with why. Whether he may be told is another matter: consent is not looked at here. */
#ifndef HEAD_OFFICE_OFFERS_H
#define HEAD_OFFICE_OFFERS_H

#include "base/buf.h"
#include "sync/head-office/office.h"

/* shop: "" any. Members of the open object json. -ENOENT: there is no such member. */
int offers_tell(struct office *office, const char *member, const char *shop, struct buf *json, struct error *error);

#endif
