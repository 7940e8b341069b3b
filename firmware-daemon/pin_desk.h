/* PINs are tried and made beside the loop: one takes 30 ms and 19 MiB, and no scan waits for it. One thread, a few jobs
 * at a time. Touches neither the store nor a device, and decides nothing. */
#ifndef PIN_DESK_H
#define PIN_DESK_H

#include "base/error.h"
#include "base/password.h"
#include "floor/event.h"

#include <systemd/sd-event.h>

#define PIN_JOBS_MAX  8 /* that wait */
#define PIN_BYTES_MAX 512

struct pin_job {
    bool makes;                    /* a hash of the PIN; otherwise it is tried against the hash */
    char pin[PIN_SIZE];            /* wiped when it is done */
    char hash[PASSWORD_HASH_SIZE]; /* "": of nobody, who is as slow to refuse as anybody */
    bool good;                     /* when done: it is the PIN; the hash is made */
    struct event event;            /* the asker's, to go on with; without bytes */
    char bytes[PIN_BYTES_MAX];
};

struct pin_desk;

/* done() is called in the loop; the job is lent. */
int pin_desk_new(sd_event *event, void (*done)(void *user, struct pin_job *job), void *user, struct pin_desk **ret,
                 struct error *error);
/* Waits for the one under way; the others are dropped. */
struct pin_desk *pin_desk_free(struct pin_desk *desk);

/* The job is copied. -EAGAIN: too many wait. */
int pin_desk_give(struct pin_desk *desk, const struct pin_job *job);

#endif
