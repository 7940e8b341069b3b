/* A box that joins a site, as the people at its stations hear of it: what has become of the code that was scanned, and
 * who may join. The joining itself is done beside the loop (join_desk.h). */
#ifndef FLOOR_JOIN_H
#define FLOOR_JOIN_H

#include "floor/event.h"

/* The number of EVENT_JOIN. */
enum join_step {
    JOIN_STEP_WISHED, /* a good code was scanned: may it be done? */
    JOIN_STEP_JOINED, /* the daemon starts anew, as this site's */
    JOIN_STEP_DAMAGED,
    JOIN_STEP_NEWER,
    JOIN_STEP_UNREACHABLE,
    JOIN_STEP_STRANGER,
    JOIN_STEP_USED,
    JOIN_STEP_BUSY,
    JOIN_STEP_FAILED,
    JOIN_STEP_RUNNING, /* another one is under way */
    JOIN_STEP_FIXED,   /* the configuration names the site */
    JOIN_STEP_OTHER,   /* this disk holds the work of another site */
    JOIN_STEPS
};

/* The box has no site, and this would be work: nothing is done before it has joined one. */
bool join_is_wanted(const struct store *store, enum event_kind kind);

#endif
