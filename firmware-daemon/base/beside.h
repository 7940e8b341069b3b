/* Work beside the loop: a thread that does jobs in their order, and hands each back in the loop. For what takes so long
 * that a scan would wait for it, and touches neither the store nor a device. Does not bound how many wait: whoever
 * gives them does. */
#ifndef BASE_BESIDE_H
#define BASE_BESIDE_H

#include "base/error.h"

#include <stdbool.h>
#include <systemd/sd-event.h>

struct beside;

/* The first member of a job of its giver's, who leaves all of it alone from beside_give() until done(). */
struct beside_job {
    void (*work)(struct beside_job *job);              /* in the thread */
    void (*done)(struct beside_job *job, bool worked); /* in the loop; not worked: there is no thread any more */
    struct beside_job *next;                           /* not the giver's */
};

/* -ENOMEM, -EMFILE: no thread can be had. */
int beside_new(sd_event *event, struct beside **ret, struct error *error);
/* Waits for the job under way; then done() is called for all that are still out. */
struct beside *beside_free(struct beside *beside);

void beside_give(struct beside *beside, struct beside_job *job);

/* Until all that was given is done, and handed back: for who gives faster than the thread, which is as nice as can be,
 * comes to do it. */
void beside_wait(struct beside *beside);

/* No job is under way between the two: for what jobs read and the loop changes. Waits for one job at most. */
void beside_pause(struct beside *beside);
void beside_resume(struct beside *beside);

#endif
