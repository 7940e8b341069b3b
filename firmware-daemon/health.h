/* Whether the box can do its work, and what a person should see to, as one table with a sentence in both languages
 * each: GET /health, the alerts of the board, and the watchdog's sign of life. Does not mend anything. */
#ifndef HEALTH_H
#define HEALTH_H

#include "store/store.h"
#include "upkeep.h"

#include <systemd/sd-event.h>

struct health_facts {
    enum disk_step disk;
    struct care_view care;
    int64_t now_us;         /* wall time */
    int64_t waited_us;      /* how long the oldest event has waited for its turn; 0: none waits */
    bool not_saved;         /* the last turn was refused whole */
    bool tls_trouble, late; /* of the pages' certificate; events for head office have waited too long */
};

/* true: it can do its work. "healthy" and "wrong": [{"what", "stops", "text": {"en", "zh"}}] of the open object, and
 * "wear": {"en", "zh"}, how far the disk is worn and what was written to it. */
bool health_write(const struct health_facts *facts, struct buf *json);

/* Does the loop take its turns? Otherwise the watchdog is given no sign, and systemd starts the daemon anew. */
#define HEALTH_STUCK_US 10000000
static inline bool health_moves(int64_t waited_us)
{
    return waited_us < HEALTH_STUCK_US;
}

/* Gives systemd's watchdog a sign of life as long as moves() says so; nothing where systemd asks for none. 0 or -errno.
 */
int health_watch(sd_event *event, bool (*moves)(void *user), void *user, sd_event_source **ret);

#endif
