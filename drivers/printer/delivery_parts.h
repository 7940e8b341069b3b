/* What the two files of a delivery share: delivery.c talks and writes, delivery_proof.c decides what has come out.
 * Not for users of deliveries. */
#ifndef DRIVERS_PRINTER_DELIVERY_PARTS_H
#define DRIVERS_PRINTER_DELIVERY_PARTS_H

#include "drivers/printer/delivery.h"

/* What a language offers beyond its status, where it is documented: facts of each in printer/status_*.c. */
struct delivery_dialect {
    const char *clear;   /* throws away all that the printer holds, at once */
    const char *receipt; /* answered when everything before it is done */
    bool in_order;       /* so is its status */
    bool shows_busy;     /* its status says that something is being done */
    bool hides_label;    /* but not while the last label is on its way: some models count it as done */
};
const struct delivery_dialect *delivery_dialect(const struct delivery *delivery);

void delivery_set_report(struct delivery *delivery, const char *state, const char *why, const char *proof);
/* The last report of a job. */
void delivery_conclude(struct delivery *delivery, const char *state, const char *why, const char *proof);

/* Words to the printer: short, so they are taken whole or not at all; if not, they are said again. */
bool delivery_say(struct delivery *delivery, const char *words, size_t length);

bool delivery_has_base(const struct delivery *delivery);
bool delivery_reports(const struct delivery *delivery);
bool delivery_is_idle(const struct delivery *delivery);    /* the printer says that it has nothing more to do */
bool delivery_is_proving(const struct delivery *delivery); /* or clearing: something is to be known */
bool delivery_can_prove_by_status(const struct delivery *delivery);

/* The steps of the stages PROVING, CLEARING and CUT. True when the matter is settled, or goes on otherwise. */
bool delivery_prove(struct delivery *delivery, int64_t now_us);
bool delivery_clear(struct delivery *delivery, int64_t now_us);
bool delivery_wait_for_return(struct delivery *delivery, int64_t now_us);

#endif
