/* Licence plates (LPN): totes, pallets, the slots of a put-wall, hands, parcels; where they are and whose goods they
 * hold. Does not move goods: the ledger does. */
#ifndef STORE_PLATE_H
#define STORE_PLATE_H

#include "store/store.h"

struct lpn {
    int64_t id, location, order, wave, document; /* whose goods are on it: one of the three, or 0 */
    char code[STORE_CODE_MAX], kind[8];
};
int lpn_load(struct store *store, int64_t id, struct lpn *ret);
int lpn_find(struct store *store, const char *code, int64_t *ret);
/* The totes and slots that hold an order, each after another by id. -ENOENT at the end. */
int lpn_of_order(struct store *store, int64_t order, int64_t after, int64_t *ret);
int lpn_assign(struct store *store, int64_t lpn, int64_t order); /* 0: to nobody */
int lpn_assign_wave(struct store *store, int64_t lpn, int64_t wave);
int lpn_assign_document(struct store *store, int64_t lpn, int64_t document);
bool lpn_holds_order(struct store *store, int64_t order); /* goods on a plate of its own */
int lpn_free_totes(struct store *store, int64_t order);   /* none is the order's any more */
int lpn_set_location(struct store *store, int64_t lpn,
                     int64_t location);              /* of an empty plate; else the ledger moves it */
bool lpn_is_empty(struct store *store, int64_t lpn); /* holds no goods */

/* The plate that stands for a worker's hands; made on first use. */
int lpn_of_hand(struct store *store, const char *worker_code, int64_t *ret);
int lpn_of_parcel(struct store *store, int64_t order, const char *order_number, int64_t *ret);
int lpn_of_slot(struct store *store, int64_t location, const char *location_code, int64_t *ret); /* of a put-wall */
int lpn_of_pallet(struct store *store, const char *sscc, int64_t location, int64_t *ret);

int tote_upsert(struct store *store, const char *code);

#endif
