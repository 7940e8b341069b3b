/* The print ledger: one row for each label that was asked for, and how far it has come.
 * Does not print, and does not decide what may follow what: the pump and floor/print.c do. */
#ifndef STORE_PRINT_JOB_H
#define STORE_PRINT_JOB_H

#include "base/buf.h"
#include "store/binding.h"
#include "store/store.h"

struct print_job {
    int64_t id, parcel, copy;
    int64_t copies; /* of each page */
    int64_t labels; /* that come out of it; 0: not drawn yet */
    int64_t done;   /* of them, those that are known to be out */
    char station[STORE_CODE_MAX], template[32], state[16], reason[160];
    char proof[12]; /* of "printed": odometer, status or scan */
};

struct print_request {
    const char *key, *template, *data; /* key: asking twice with the same one makes one job; data: JSON */
    int64_t parcel, copy;
    int64_t copies; /* 0: 1 */
    const char *reason;
};
/* At the stamp's station, for the stamp's worker. */
int print_job_queue(struct store *store, const struct print_request *request);
int print_job_load(struct store *store, int64_t id, struct print_job *ret);
/* -ENOENT: there is none. -EKEYREJECTED: forgotten with its receiver (receiver.h) */
int print_job_data(struct store *store, int64_t id, struct buf *ret);
int print_job_set_state(struct store *store, int64_t id, const char *state, const char *reason);
/* The labels of a parcel of which nothing was sent will not be. */
int print_jobs_void(struct store *store, int64_t parcel, const char *reason);
/* None of a parcel's labels counts any more. -EBUSY: one is being sent. */
int print_jobs_void_all(struct store *store, int64_t parcel, const char *reason);

/* Before its first byte: what gets it, how many labels it makes, how many are out already, and what the printer's count
 * of labels is (PRINTER_NOT_SAID, -1: it has none). */
struct print_start {
    const char *printer;
    int64_t labels, done, odometer;
};
int print_job_start(struct store *store, int64_t id, const struct print_start *start);
int print_job_proved(struct store *store, int64_t id, const char *proof);

/* The newest job of a parcel's label. -ENOENT */
int print_job_of_parcel(struct store *store, int64_t parcel, struct print_job *ret);
/* The oldest list of a station that may not have come out. A parcel's label is asked about at the parcel. -ENOENT */
int print_job_in_doubt(struct store *store, const char *station, int64_t *ret);
/* The next queued job of a station's printer, and since when it waits (on the stamp's mono_us). -ENOENT when none
 * waits, or one is on its way. */
int print_job_next(struct store *store, const char *station, int64_t *ret, int64_t *ret_since_us);
/* The next job in a state, after another: only at start-up. -ENOENT at the end. */
int print_job_found(struct store *store, const char *state, int64_t after, int64_t *ret);
/* A start of the box begins a new mono_us: those that wait keep the age that the wall clock says, where it makes sense.
 * Those that the clock says are from the future are as old as can be. */
int print_jobs_keep_age(struct store *store);

#endif
