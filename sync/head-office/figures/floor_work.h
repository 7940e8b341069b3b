/* What people did on the floors, by hour, kept with the sites' events as they come: pieces, lines, parcels, scans good
 * and refused, and time worked; when orders left, and since when nothing of an item has. An event is counted once, in
 * the order in which events arrived; one that came again from an earlier epoch is not.
 *
 * Time worked is that between two scans of a worker that are no more than five minutes apart. Several events of one
 * moment are one scan. A refused scan counts with what the worker did before it. What is undone is taken off in the
 * hour in which it is undone. */
#ifndef HEAD_OFFICE_FLOOR_WORK_H
#define HEAD_OFFICE_FLOOR_WORK_H

#include "sync/head-office/office.h"

struct figure_work {
    int64_t looked; /* events, orders and persons */
    bool more;
};

/* Counts up to so many events, in a transaction of its own. Adds to what *work holds. */
int floor_work(struct office *office, int64_t most, struct figure_work *work, struct error *error);

#endif
