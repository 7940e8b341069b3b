/* What a campaign brought, and what it cost: of the orders that it counted on, those that it gave something to, and
 * those that came by it (order_campaign). Sums of the rows themselves; posts nothing. */
#ifndef HEAD_OFFICE_CAMPAIGN_REPORT_H
#define HEAD_OFFICE_CAMPAIGN_REPORT_H

#include "base/buf.h"
#include "sync/head-office/office.h"

/* Members of the open object json, amounts in the campaign's currency:
 *   revenue_minor   what buyers paid, and what the platform pays for its part of all discounts
 *   refunds_minor   given back, or due
 *   goods_minor     cost of the goods that are known to cost something; uncosted_lines: of so many lines it is not
 *   gifts_minor     cost of gifts of this campaign
 *   spend_minor     as its frame says
 *   result_minor    revenue - refunds - goods - gifts - spend
 *   let_off_minor, platform_minor   by this campaign; borne by the shop, and by the platform
 *   roi_rate        result in ten-thousandths of let_off + gifts + spend; null: it cost nothing
 * Costs count where the campaign's currency is that of the books. from, to: business days, "" no end. -ENOENT, -EINVAL.
 */
int campaign_report(struct office *office, const char *campaign, const char *from, const char *to, struct buf *json,
                    struct error *error);

#endif
