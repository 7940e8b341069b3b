/* What a campaign would have done: its terms, alone and whatever their time, on orders of the past. Changes nothing. */
#ifndef HEAD_OFFICE_CAMPAIGN_TRIAL_H
#define HEAD_OFFICE_CAMPAIGN_TRIAL_H

#include "base/buf.h"
#include "sync/head-office/office.h"

/* order: "" all that were bought within so many days, the newest first, up to 10,000. Members of the open object json:
 * how many orders were looked at, on how many it would have counted, what it would have let off. -ENOENT; -EINVAL: a
 * gift, which is a rule and tried as one. */
int campaign_try(struct office *office, const char *campaign, const char *order, int64_t days, struct buf *json,
                 struct error *error);

#endif
