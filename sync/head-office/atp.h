/* What can be promised of an item: what lies at the sites and is nobody's yet. Does not promise anything, and knows no
 * buffers and no channels. */
#ifndef HEAD_OFFICE_ATP_H
#define HEAD_OFFICE_ATP_H

#include "sync/head-office/office.h"

/* Rows of sku, atp, on_hand, assigned, waiting, left_out; "" every item. On hand: in bins of the sites, as far as their
 * events have come; assigned: wanted by orders that a site has; waiting: wanted by orders that no site has. What is not
 * assigned at a site that was not heard for silent_s is left out: nobody knows what has become of it. */
struct sql_query *atp_select(struct office *office, const char *sku, int64_t silent_s);

#endif
