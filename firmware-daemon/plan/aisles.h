/* The places of a tour sorted into the aisles, and a picker who walks past them. Does not choose where to walk. */
#ifndef PLAN_AISLES_H
#define PLAN_AISLES_H

#include "plan/route.h"

#include <stdbool.h>

struct stop {
    size_t cell; /* one block of one aisle: aisle * blocks + block */
    int64_t position_mm;
    size_t pick;
};

struct aisles {
    const struct route_floor *floor;
    struct stop *stops; /* by cell and position */
    size_t count;
    size_t *first; /* stop of each cell; one more behind the last */
    int64_t used;  /* aisles up to the last with a pick */
};

/* One block of one aisle, and the picks in it from its front to its back. */
struct cell {
    const struct stop *stops;
    size_t count;
    int64_t length_mm;
};

/* ret keeps the floor's address, and is to be done away with also after -ENOMEM. */
int aisles_open(const struct route_floor *floor, const struct route_place *picks, size_t count, struct aisles *ret);
void aisles_done(struct aisles *aisles);

struct cell aisles_cell(const struct aisles *aisles, int64_t aisle, int64_t block);

/* How far it is into a cell to its nth stop and back again, counted from the front or the back; n = 0 is nothing. */
int64_t cell_front_mm(const struct cell *cell, size_t n);
int64_t cell_back_mm(const struct cell *cell, size_t n);

/* A picker who stands where an aisle meets a cross-aisle, and takes what he passes for the first time. */
struct walk {
    const struct aisles *aisles;
    size_t *order; /* picks taken, or NULL */
    bool *taken;   /* by stop */
    size_t count;
    int64_t aisle, cross;
    int64_t length_mm;
};

/* Stands at the depot. -ENOMEM. */
int walk_open(const struct aisles *aisles, size_t *order, struct walk *ret);
void walk_done(struct walk *walk);

void walk_along(struct walk *walk, int64_t aisle);          /* the cross-aisle */
void walk_through(struct walk *walk, int64_t block);        /* from the side where he stands to the other */
void walk_into(struct walk *walk, int64_t block, size_t n); /* n stops from the side where he stands, and back */
bool walk_is_taken(const struct walk *walk, int64_t aisle, int64_t block); /* nothing is left in the cell */

#endif
