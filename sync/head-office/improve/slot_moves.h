/* Where the items of a site should lie: ABC classes and moves that save walking (plan/slotting.h), by the visits that
 * were counted, and what became of each move. Moves no goods: people do, at the site; where a face belongs to one item,
 * an accepted move tells the site so, and its replenishment follows. */
#ifndef HEAD_OFFICE_SLOT_MOVES_H
#define HEAD_OFFICE_SLOT_MOVES_H

#include "sync/head-office/office.h"

struct slot_moves_asked {
    const char *site, *who;
    int64_t days, limit;
};

/* Suggestions that nobody has accepted make room for the new ones, and the classes are those of the period. -ENOENT:
 * there is no such site; -E2BIG: too many faces or items. Inside a transaction. */
int slot_moves_suggest(struct office *office, const struct slot_moves_asked *asked, int64_t *ret_count,
                       struct error *error);

/* *ret_told: faces that the site was told belong to another item now. -EINVAL: it is not open. Inside a transaction. */
int slot_moves_accept(struct office *office, int64_t move, const char *who, int64_t *ret_told, struct error *error);
int slot_moves_drop(struct office *office, int64_t move, const char *who, struct error *error);

/* Accepted moves whose goods lie where they should, as the site's stock has it: they are made. */
int slot_moves_follow(struct office *office, int64_t zone_minutes);

#endif
