/* What came of a call, as JSON for people and tests: the fault and the rows. Leaves tokens out, and prints receivers as
 * the platform gave them. Money is in minor units, times are RFC 3339. */
#ifndef PLATFORMS_SHOW_H
#define PLATFORMS_SHOW_H

#include "sync/platforms/platform.h"

/* {"class":"ok",…,"orders":[…],"cursor":"…"} */
void platform_show(struct buf *out, const struct platform_fault *fault, const struct platform_answer *answer);

#endif
