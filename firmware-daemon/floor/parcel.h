/* What the files of packing share: pieces into a parcel, its weight, a supervisor's word, and goods that come out
 * again. Does not hold the label: label.h. Not for use outside the floor. */
#ifndef FLOOR_PARCEL_H
#define FLOOR_PARCEL_H

#include "floor/rule.h"

/* The parcel that is being built of an order; begun on first opening. */
int parcel_ensure(struct store *store, const struct order *order, struct parcel *ret);

/* Out of the session's tote into the parcel of the session's order (pack.item); then undo_allow() is to be called. */
int pack_piece(struct scan *scan, const struct goods *goods, bool *ret_complete);
/* The same as a step's take: pack.item, and its undo is the moves alone. */
int pack_take(struct scan *scan, const struct goods *goods);
unsigned pack_needs(struct scan *scan, const struct item *item);

enum { WEIGH_NEVER, WEIGH_WITH_SCALE, WEIGH_ALWAYS }; /* the setting weigh_parcels */
/* Whether parcels are weighed at this station. */
int weigh_wanted(struct scan *scan, bool *ret);
/* E13 when it cannot be what is in it; otherwise the parcel has its weight (parcel.weighed). */
int weigh_parcel(struct scan *scan, const struct order *order, struct parcel *parcel, int64_t grams);
void weigh_show(struct scan *scan, struct view *view, int64_t parcel);

/* A command: the step is left until a supervisor's badge lets it pass, or UNDO. */
int force_accept(struct scan *scan);
int force_show(struct scan *scan, struct view *view);
/* What the badge lets pass, by the step it was asked in. */
int pack_forced(struct scan *scan, const struct worker *supervisor);
int weight_forced(struct scan *scan, const struct worker *supervisor);
int unpack_forced(struct scan *scan, const struct worker *supervisor);
int undo_weight_forced(struct scan *scan, const struct action *action);

/* Goods of the session's order that do not leave: out of its parcel into its tote, or into one that is scanned, and
 * with it to the return shelf. The worker is led on. */
/* Only the first: what was packed of the session's parcel is in the tote again (parcel.unpacked). */
int parcel_unpack(struct scan *scan, const struct order *order, const struct lpn *tote);
int shelve_begin(struct scan *scan, const struct order *order, enum message message); /* of {o} */
int shelve_rest(struct scan *scan, const struct order *order); /* after the label: what was not packed */
int unpack_into(struct scan *scan);                            /* a tote was scanned */
int unpack_show(struct scan *scan, struct view *view);
int shelve_at(struct scan *scan); /* a place was scanned */
int shelve_show(struct scan *scan, struct view *view);

#endif
