/* Parcels, and the manifests they leave on. Does not know their labels (print_job.h). */
#ifndef STORE_PARCEL_H
#define STORE_PARCEL_H

#include "base/buf.h"
#include "store/store.h"

struct parcel {
    int64_t id, order, lpn, manifest, box;
    int64_t weight_g, forced; /* 0: not weighed, not forced by a supervisor */
    char state[16], waybill[STORE_CODE_MAX];
};
int parcel_load(struct store *store, int64_t id, struct parcel *ret);
int parcel_of_order(struct store *store, int64_t order, struct parcel *ret); /* -ENOENT */
int parcel_insert(struct store *store, int64_t order, int64_t lpn, int64_t *ret);
int parcel_verify(struct store *store, int64_t id, int64_t box, const char *waybill);
/* A closed box waits for its waybill number, since a row of the journal / not any more. */
int parcel_wait(struct store *store, int64_t id, int64_t box, int64_t seq);
int parcel_wait_no_more(struct store *store, int64_t order);
int parcel_set_box(struct store *store, int64_t id, int64_t box);
int parcel_force(struct store *store, int64_t id, int64_t supervisor); /* 0: not any more */
/* It is being built again, with nothing that is known of box, weight and number. */
int parcel_reopen(struct store *store, int64_t id);
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

#endif
