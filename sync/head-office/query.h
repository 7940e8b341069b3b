/* What can be looked at at head office (base/query.h). Receivers are masked: a name's first letter, a few digits of a
 * telephone; addresses, badges, keys and secrets are no columns. Whoever needs a receiver asks by a verb, which is
 * written down. */
#ifndef HEAD_OFFICE_QUERY_H
#define HEAD_OFFICE_QUERY_H

#include "base/query.h"

extern query_book office_queries;

/* What lists do not say: order states and kinds of exceptions with their names in both languages, and what head
 * office's settings are, with their ranges. */
void query_words(struct buf *json);

#endif
