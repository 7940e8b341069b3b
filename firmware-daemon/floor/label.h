/* A closed box and its label, of the session's order and parcel: the box gets its waybill number, the label is printed,
 * scanned back, printed again; or the box is put aside because there is no number. Does not check what is in the box.
 * Not for use outside the floor. */
#ifndef FLOOR_LABEL_H
#define FLOOR_LABEL_H

#include "floor/rule.h"

/* The box gets its number, into order->waybill. parcel->box is set. -ENOENT: there is none, see label_park(). */
int label_number(struct scan *scan, struct order *order, const struct parcel *parcel);

/* The numbered box is closed (parcel.packed), its label comes, and the worker is asked for it in this step. */
int label_begin(struct scan *scan, const struct order *order, const struct parcel *parcel, const char *step);

/* The closed box waits for its number where the worker puts it: `where` is what can be scanned of it. The order is
 * nobody's then; the caller leads the worker on. */
int label_park(struct scan *scan, const struct order *order, const struct parcel *parcel, const char *where);
void label_say_parked(struct answer *answer, const char *where, const struct order *order);

/* The label was scanned back: parcel and order are labelled, and the order is nobody's. The caller leads the worker on.
 */
int label_confirm(struct scan *scan, struct order *ret);

/* What the label of a parcel shows, as JSON; parcel 0: of an order that is not packed yet. */
int label_write(struct store *store, const struct order *order, int64_t parcel, int64_t copy, struct buf *data);

/* A copy of the label of a closed box, at the stamp's station. */
int label_queue(struct store *store, int64_t parcel, const struct order *order, int64_t copy, const char *reason);

int label_reprint(struct scan *scan);         /* a command */
int label_reprint_allowed(struct scan *scan); /* the badge of a supervisor, where the command needs one */
int label_show(struct scan *scan, struct view *view);

/* What every step with an order shows; and its note alone, behind what is shown already. */
int show_parcel_order(struct scan *scan, struct view *view, struct order *ret);
void show_packing_note(struct view *view, const struct order *order);

#endif
