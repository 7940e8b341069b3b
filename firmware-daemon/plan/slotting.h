/* What the site's rows say of its faces, and which SKU should change places with which (plan/slot.h).
 * Does not ask for them: a site's tool and head office read them where they are. */
#ifndef PLAN_SLOTTING_H
#define PLAN_SLOTTING_H

#include "base/cleanup.h"

#include <jansson.h>
#include <stdint.h>

struct slotting; /* a site's faces and SKUs, at most SLOT_BINS_MAX and SLOT_ITEMS_MAX */

struct slotting *slotting_new(void); /* NULL: no memory */
struct slotting *slotting_free(struct slotting *slotting);
DEFINE_CLEANUP(slotting_free, struct slotting *);

/* Rows as the daemon gives them: all faces first, then stock, picks and items in any order. -E2BIG: too many faces or
 * SKUs. */
int slotting_add_face(struct slotting *slotting, json_t *location);
int slotting_add_stock(struct slotting *slotting, const json_t *stock);
int slotting_add_item(struct slotting *slotting, json_t *item);

/* A move with the reason "pick", the newest first. What an order takes of a SKU counts as one visit, however many
 * pieces were scanned; what was undone counts as none. */
int slotting_add_pick(struct slotting *slotting, const json_t *move);

/* Visits that somebody else has counted, of {sku}. */
int slotting_add_visits(struct slotting *slotting, const json_t *item, int64_t visits);

/* Of each SKU: 'A', 'B' or 'C' (slot_classes), and how often it was gone to. take: 0, or -errno that ends it. */
typedef int slotting_class_fn(void *user, const char *sku, char class, int64_t visits);
int slotting_each_class(const struct slotting *slotting, slotting_class_fn *take, void *user);

/* Rows of {sku, picks, class, from, to, swap_with, saved_m}, the most saved first. Only SKUs with one face take part,
 * and faces with one SKU or none. Where a face's distance from the depot is not known, all are compared by their places
 * along the walk: then it is saved_places. -ENOMEM; -EINVAL: a number is beyond plan/slot.h's limits. */
int slotting_suggest(const struct slotting *slotting, size_t limit, json_t **ret);

#endif
