/* The copy of the site's database that stations in training work on: made little by little while the floor goes on,
 * opened beside the site's own with a turn of its own, thrown away when the last station works again.
 * Does not decide who practises (rows do, store/training.h), and nothing of it is ever sent anywhere. */
#ifndef PRACTICE_H
#define PRACTICE_H

#include "config.h"
#include "store/training.h"
#include "turn.h"

#include <systemd/sd-event.h>

struct practice;

struct practice_ops {
    turn_effect_fn *effect;
    /* The copy has been opened, or is about to go: practice_store() tells. */
    void (*changed)(void *user);
    /* Somebody has practised a lesson whole: for the site's own turn. */
    int (*passed)(void *user, const struct lesson_passed *passed);
};

/* live is the site's own store, which must be open until practice_free(). */
int practice_new(sd_event *event, struct store *live, const struct config *config, const struct practice_ops *ops,
                 void *user, struct practice **ret, struct error *error);
struct practice *practice_free(struct practice *practice);

/* After the start, and whenever a station has begun or ended to practise. */
void practice_follow(struct practice *practice);

/* After a turn of the copy: the site is told of lessons that were practised whole, each once; after a power cut one may
 * be told twice. */
void practice_tell(struct practice *practice);

/* The copy cannot be written any more: it goes, and a new one is made. */
void practice_lost(struct practice *practice);

/* station: its place in the configuration. */
bool practice_has(const struct practice *practice, size_t station);

/* NULL while there is no copy. */
struct store *practice_store(const struct practice *practice);
struct turn *practice_turn(const struct practice *practice);

/* "lesson": what a station that practises may learn now (training/lesson.h), else null. */
int practice_write_lesson(const struct practice *practice, size_t station, struct buf *json);

/* "training": {"state": off, copying, ready or failed; "percent", "why", "stations": [...], "lessons": [...]} of the
 * open object. */
void practice_write(const struct practice *practice, struct buf *json);

#endif
