#include "turn.h"

#include "base/json.h"
#include "floor/floor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct turn {
    struct store *store;
    turn_effect_fn *effect;
    void *user;
    turn_trap_fn *trap;
    void *trap_user;
    struct turn_counters counters;
    size_t first, count; /* of the ring */
    struct event ring[TURN_QUEUE_MAX];
    struct effect effects[TURN_EVENTS_MAX];
};

int turn_new(struct store *store, turn_effect_fn *effect, void *user, struct turn **ret)
{
    struct turn *turn = calloc(1, sizeof(*turn));
    if (!turn)
        return -ENOMEM;
    turn->store = store;
    turn->effect = effect;
    turn->user = user;
    *ret = turn;
    return 0;
}

static struct event *waiting(struct turn *turn, size_t index)
{
    return &turn->ring[(turn->first + index) % TURN_QUEUE_MAX];
}

static void drop(struct turn *turn, size_t events)
{
    for (size_t i = 0; i < events; i++)
        free(waiting(turn, i)->heap);
    turn->first = (turn->first + events) % TURN_QUEUE_MAX;
    turn->count -= events;
}

struct turn *turn_free(struct turn *turn)
{
    if (turn)
        drop(turn, turn->count);
    free(turn);
    return NULL;
}

void turn_set_trap(struct turn *turn, turn_trap_fn *trap, void *user)
{
    turn->trap = trap;
    turn->trap_user = user;
}

void event_stamp(struct event *event)
{
    event->wall_us = clock_wall_us();
    event->mono_us = clock_mono_us();
    event->clock = clock_trust();
}

int event_set_bytes(struct event *event, const void *bytes, size_t length)
{
    char *room = event->inline_bytes;
    if (length >= EVENT_INLINE_MAX) {
        room = event->heap = malloc(length + 1);
        if (!room)
            return -ENOMEM;
    }
    memcpy(room, bytes, length);
    room[length] = '\0';
    event->length = length;
    return 0;
}

bool turn_room(const struct turn *turn)
{
    return turn->count < TURN_QUEUE_MAX;
}

size_t turn_waiting(const struct turn *turn)
{
    return turn->count;
}

int64_t turn_oldest_us(const struct turn *turn)
{
    return turn->count ? turn->ring[turn->first].mono_us : INT64_MAX;
}

const struct turn_counters *turn_counters(const struct turn *turn)
{
    return &turn->counters;
}

void turn_write(const struct turn *turn, struct buf *json)
{
    json_open_object(json, "turn");
    json_int(json, "turns", turn->counters.turns);
    json_int(json, "events", turn->counters.events);
    json_int(json, "refused", turn->counters.refused);
    json_int(json, "failed_commits", turn->counters.failed_commits);
    json_int(json, "queue_full", turn->counters.full);
    json_close_object(json);
}

int turn_post(struct turn *turn, const struct event *event)
{
    if (!turn_room(turn)) {
        turn->counters.full++;
        return -EAGAIN;
    }
    *waiting(turn, turn->count++) = *event;
    return 0;
}

static int trapped(struct turn *turn, enum turn_point point)
{
    return turn->trap ? turn->trap(turn->trap_user, point) : 0;
}

/* One event in its savepoint: kept whole, or undone whole but for the row that says it was refused. */
static int decide_one(struct turn *turn, const struct event *event, struct effect *effect)
{
    struct store *store = turn->store;
    int result = floor_before(store, event);
    if (!result)
        result = store_save_point(store);
    if (result)
        return result;
    result = floor_decide(store, event, effect);
    if (result == 0)
        return store_keep(store);
    bool lost = result == -EIO || result == -ENOSPC || result == -ENOMEM || result == -EBADMSG || result == -EBUSY;
    if (lost)
        return result; /* the disk or the file: no event of this turn can be kept */
    turn->counters.refused++;
    result = store_undo(store);
    if (!result)
        result = store_save_point(store);
    if (!result)
        result = floor_refused(store, event, effect);
    return result ? result : store_keep(store);
}

static int decide(struct turn *turn, size_t events)
{
    int result = store_begin(turn->store);
    for (size_t i = 0; i < events && !result; i++) {
        result = decide_one(turn, waiting(turn, i), &turn->effects[i]);
        if (!result)
            result = trapped(turn, TURN_DECIDED_ONE);
    }
    return result ? result : trapped(turn, TURN_DECIDED);
}

static void refuse_all(struct turn *turn, size_t events)
{
    turn->counters.failed_commits++;
    for (size_t i = 0; i < events; i++)
        floor_not_saved(&turn->effects[i]);
}

/* A failed commit may be on disk all the same: the database is opened again and asked. */
static int recover(struct turn *turn, size_t events, struct error *error)
{
    bool survived = false;
    int result = store_reopen(turn->store, &survived, error);
    if (result || !survived)
        refuse_all(turn, events);
    return result;
}

int turn_take(struct turn *turn, struct error *error)
{
    size_t events = turn->count < TURN_EVENTS_MAX ? turn->count : TURN_EVENTS_MAX;
    if (events == 0)
        return 0;
    int result = trapped(turn, TURN_GATHERED);
    if (!result)
        result = decide(turn, events);
    if (!result)
        result = store_commit(turn->store);
    if (result == TURN_TRAPPED)
        return result;
    int broken = result ? recover(turn, events, error) : 0;
    if (!broken && (broken = trapped(turn, TURN_COMMITTED)))
        return broken;
    turn->counters.turns++;
    turn->counters.events += (int64_t)events;
    for (size_t i = 0; i < events; i++) {
        turn->effect(turn->user, waiting(turn, i), &turn->effects[i]);
        int cut = trapped(turn, TURN_EFFECT);
        if (cut)
            return cut;
    }
    drop(turn, events);
    return broken;
}
