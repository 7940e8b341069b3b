/* Parcels, the manifests they leave on, and the print jobs of their labels. Does not print: the pump does. */
#ifndef STORE_PARCEL_H
#define STORE_PARCEL_H

#include "base/buf.h"
#include "store/store.h"

struct parcel {
    int64_t id, order, lpn, manifest;
    char state[16], waybill[STORE_CODE_MAX];
};
int parcel_load(struct store *store, int64_t id, struct parcel *ret);
int parcel_of_order(struct store *store, int64_t order, struct parcel *ret); /* -ENOENT */
int parcel_insert(struct store *store, int64_t order, int64_t lpn, int64_t *ret);
int parcel_verify(struct store *store, int64_t id, int64_t box, const char *waybill);
int parcel_set_state(struct store *store, int64_t id, const char *state);
int parcel_load_on(struct store *store, int64_t id, int64_t manifest); /* 0: off again */

struct manifest {
    int64_t id, gate;
    char number[STORE_CODE_MAX], carrier[STORE_CODE_MAX];
};
/* The open manifest of a gate; made when there is none. */
int manifest_open(struct store *store, int64_t gate, const char *carrier, struct manifest *ret, bool *ret_new);
int manifest_load(struct store *store, int64_t id, struct manifest *ret);
int manifest_close(struct store *store, int64_t id);
int manifest_count(struct store *store, int64_t id, int64_t *ret);
/* The next parcel on it by id, after another. -ENOENT at the end. */
int manifest_next(struct store *store, int64_t id, int64_t after, int64_t *ret_parcel);

/* Its parcels as JSON elements {"waybill", "order"} of an open array. */
int manifest_write_parcels(struct store *store, int64_t id, struct buf *json);

struct print_job {
    int64_t id, parcel, copy;
    char station[STORE_CODE_MAX], template[32], state[16], reason[128];
};
struct print_request {
    const char *key, *template, *data; /* key: asking twice with the same one makes one job; data: JSON */
    int64_t parcel, copy;
    const char *reason;
};
int print_job_queue(struct store *store, const struct print_request *request);
int print_job_load(struct store *store, int64_t id, struct print_job *ret);
int print_job_data(struct store *store, int64_t id, struct buf *ret);
int print_job_set_state(struct store *store, int64_t id, const char *state, const char *reason);
/* The newest job of a parcel's label. -ENOENT */
int print_job_of_parcel(struct store *store, int64_t parcel, struct print_job *ret);
/* The oldest list of a station that may not have come out. A parcel's label is asked about at the parcel. -ENOENT */
int print_job_in_doubt(struct store *store, const char *station, int64_t *ret);
/* The next queued job of a station's printer. -ENOENT when none waits, or one is on its way. */
int print_job_next(struct store *store, const char *station, int64_t *ret);
/* The next job found in state sending, after another: only at start-up. -ENOENT at the end. */
int print_job_interrupted(struct store *store, int64_t after, int64_t *ret);

#endif
