/* The heart: gather, decide, commit, effect. Nothing is heard, shown or sent before it is on disk.
 * Does not know what an event means (floor/ does) and owns no device, socket or clock. */
#ifndef TURN_H
#define TURN_H

#include "floor/event.h"

#define TURN_EVENTS_MAX 64  /* decided in one transaction */
#define TURN_QUEUE_MAX  256 /* events that may wait */

/* Called after the commit, once per event and in order; effect->good is false for what was refused. */
typedef void turn_effect_fn(void *user, const struct event *event, const struct effect *effect);

/* Places where a simulation may stop the world: TURN_TRAPPED abandons the turn as a power cut would, 0 goes on. */
#define TURN_TRAPPED (-4) /* -EINTR */
enum turn_point { TURN_GATHERED, TURN_DECIDED_ONE, TURN_DECIDED, TURN_COMMITTED, TURN_EFFECT };
typedef int turn_trap_fn(void *user, enum turn_point point);

struct turn_counters {
    int64_t turns, events, refused, failed_commits;
    int64_t full; /* posts that found the queue full */
};

struct turn;

int turn_new(struct store *store, turn_effect_fn *effect, void *user, struct turn **ret);
struct turn *turn_free(struct turn *turn);
DEFINE_CLEANUP(turn_free, struct turn *);
void turn_set_trap(struct turn *turn, turn_trap_fn *trap, void *user);

/* Queues a copy of the event; its heap bytes change hands. -EAGAIN when the queue is full: nothing changes hands, and
 * the source waits until turn_room() is true again. */
int turn_post(struct turn *turn, const struct event *event);

/* It happens now, by both clocks of the box. */
void event_stamp(struct event *event);

/* Fills event->length and its bytes, on the heap when they are long. -ENOMEM */
int event_set_bytes(struct event *event, const void *bytes, size_t length);

bool turn_room(const struct turn *turn);
size_t turn_waiting(const struct turn *turn);
int64_t turn_oldest_us(const struct turn *turn); /* monotonic time of the oldest waiting event; INT64_MAX when none */

/* Takes one turn. 0, also when events were refused; -errno when the store is beyond use: the daemon must stop, and
 * every event of the turn has been refused. */
int turn_take(struct turn *turn, struct error *error);

const struct turn_counters *turn_counters(const struct turn *turn);
void turn_write(const struct turn *turn, struct buf *json); /* "turn": them, of the open object */

#endif
