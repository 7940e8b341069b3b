/* What a printer's pump reports of a job, as an event of the floor. Does not send anything. */
#ifndef FLOOR_PRINT_H
#define FLOOR_PRINT_H

#include "floor/event.h"
#include "store/print_job.h"

struct print_report {
    int64_t job;
    const char *state;              /* as in the table of floor/print.c */
    const char *why;                /* "": nothing went wrong */
    const char *proof;              /* of "printed": odometer or status; else "" */
    const char *printer;            /* of "sending": the device's identity */
    int64_t labels, done, odometer; /* of "sending": as in store/print_job.h; of the others .done alone counts */
};

/* Ready to be posted; wall_us and mono_us are the caller's. */
struct event print_event(const struct print_report *report);

/* Why a job failed that nobody has sent: its time is over. */
#define PRINT_LATE "it waited too long"

/* A list or another label that belongs to no parcel, once more with its data, at the stamp's station; the one that may
 * not have come out counts no more. key as in store/print_job.h. */
int print_list_again(struct store *store, const struct print_job *job, const char *key, const char *reason);

#endif
