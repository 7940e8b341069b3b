/* What targets of the floor have in common: an event decided as a turn does it, on a site that is as it was again
 * afterwards. */
#ifndef TESTS_FUZZ_FLOOR_FUZZ_H
#define TESTS_FUZZ_FLOOR_FUZZ_H

#include "floor/event.h"
#include "floor/floor.h"
#include "floor/rule.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

/* True: it was accepted; otherwise it was refused, and what a refusal leaves behind is there. */
static inline bool fuzz_decide(struct store *store, const struct event *event)
{
    struct effect effect = {0};
    CLAIM(store_save_point(store) == 0);
    int result = floor_decide(store, event, &effect);
    CLAIM(result <= 0 || result == FLOOR_REFUSED);
    CLAIM(result != -EIO && result != -ENOMEM);
    if (result) { /* as a turn does it */
        CLAIM(store_undo(store) == 0 && store_save_point(store) == 0);
        CLAIM(floor_refused(store, event, &effect) == 0);
    }
    CLAIM(store_keep(store) == 0);
    return result == 0;
}

#endif
