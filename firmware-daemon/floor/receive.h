/* What the files of receiving share: opening, plates and closing (receive.c), goods and announced pallets
 * (receive_goods.c), what is shown (receive_show.c). Not for use outside them. */
#ifndef FLOOR_RECEIVE_H
#define FLOOR_RECEIVE_H

#include "floor/rule.h"
#include "store/document.h"

struct receipt {
    struct document document;
    struct location dock;
    struct lpn plate; /* id 0: loose */
};
int receipt_load(struct scan *scan, struct receipt *ret);

/* Where it comes from: the supplier, or under way from another site. */
int64_t receipt_source(const struct document *document);

/* E10 unless the plate is empty, or holds goods of this document at this dock and was not given away to be put away. */
int receipt_check_plate(struct scan *scan, const struct receipt *receipt, int64_t plate_id);
int receipt_hold_plate(struct scan *scan, const struct receipt *receipt, int64_t plate); /* to the dock, for it alone */
/* What is scanned next goes onto this plate: both, and the journal row. */
int receipt_bind(struct scan *scan, const struct receipt *receipt, int64_t plate_id);

/* An SSCC that this document announces with all that must be known of its goods comes in with one scan; any other is
 * bound as a plate. */
int receipt_take_pallet(struct scan *scan, const char *sscc);

/* The .take of the steps where goods are scanned. */
int receipt_take(struct scan *scan, const struct goods *goods);
int receipt_take_damaged(struct scan *scan, const struct goods *goods);
int receipt_take_allowed(struct scan *scan, const struct goods *goods);

/* The .show of each step. */
int receipt_show_dock(struct scan *scan, struct view *view);
int receipt_show_plate(struct scan *scan, struct view *view);
int receipt_show_item(struct scan *scan, struct view *view);
int receipt_show_damaged(struct scan *scan, struct view *view);
int receipt_show_badge(struct scan *scan, struct view *view);
int receipt_show_allowed(struct scan *scan, struct view *view);
int receipt_show_confirm(struct scan *scan, struct view *view);

#endif
