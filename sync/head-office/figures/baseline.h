/* A period that later ones are compared with, and what the mission wants of the key figures: how many per cent more or
 * less than then. It says what is; where a period has no data it says that. */
#ifndef HEAD_OFFICE_BASELINE_H
#define HEAD_OFFICE_BASELINE_H

#include "base/buf.h"
#include "sync/head-office/office.h"

/* Set again, it is another period. from, to: business days. -EINVAL with a sentence. Inside a transaction. */
int baseline_set(struct office *office, const char *name, const char *from, const char *to, const char *who,
                 struct error *error);

/* {"baseline", "then": {"from", "to"}, "now": {"from", "to"}, "figures": [{"figure", "english", "chinese", "unit",
 * "then", "now", "change", "goal", "reached", "no_data"}]}; change and goal in ten-thousandths, null where there is
 * none; no_data: "then", "now" or "both". from, to "": as many days as the baseline has, until yesterday. -ENOENT. */
int baseline_compare(struct office *office, const char *name, const char *from, const char *to, struct buf *json,
                     struct error *error);

#endif
