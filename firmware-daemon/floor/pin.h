/* PINs on the floor: what comes of one that was tried beside the loop, and who must give one. Not for use outside the
 * floor. */
#ifndef FLOOR_PIN_H
#define FLOOR_PIN_H

#include "floor/rule.h"

/* Who has scanned a badge to let something pass has given the PIN too, where the setting override_pin wants it. E94;
 * otherwise E92, and the same scan passes with it. */
int check_pin(struct scan *scan, const struct worker *worker);

#endif
