/* What the two halves of cluster picking share: on the walk (cluster.c), and off the cart (cluster_unload.c).
 * Not for use outside them. */
#ifndef FLOOR_CLUSTER_H
#define FLOOR_CLUSTER_H

#include "floor/pick_bin.h"

bool cluster_hands_are_empty(struct scan *scan);
int cluster_progress(struct scan *scan, struct view *view); /* over all orders */

int cluster_full_here(struct scan *scan);      /* FULL: the tote of the order in hand */
int cluster_full_somewhere(struct scan *scan); /* FULL: asks which */
int cluster_accept_one(struct scan *scan);
int cluster_accept_unload(struct scan *scan);
int cluster_accept_unload_at(struct scan *scan);
int cluster_show_full(struct scan *scan, struct view *view);
int cluster_show_unload(struct scan *scan, struct view *view);
int cluster_show_unload_at(struct scan *scan, struct view *view);

#endif
