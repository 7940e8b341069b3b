/* Changes that this database sent and then lost, because it was restored from a backup: the sites bring them back
 * (feed.orphaned). Does not know who the receivers of orders are: their platforms do. */
#ifndef HEAD_OFFICE_ORPHANS_H
#define HEAD_OFFICE_ORPHANS_H

#include "sync/head-office/office.h"

#include <jansson.h>

/* Master data is taken over when its revision is later than what is here; of the same revision what is here stands, and
 * is sent again under the next one. An order that was released is with the site again, without its receiver; a
 * cancellation is asked again. ret_feeds: the sites' feeds have grown. -EINVAL with a sentence: a person must look at
 * it. Inside a transaction. */
int orphans_take(struct office *office, const char *site, const json_t *orphan, bool *ret_feeds, struct error *why);

#endif
