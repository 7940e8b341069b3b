/* The ways to choose a tour, each as a walk from the depot and back to it. Does not compare them: route.c does. */
#ifndef PLAN_METHODS_H
#define PLAN_METHODS_H

#include "plan/aisles.h"

/* 0 or -ENOMEM. */
int walk_s_shape(struct walk *walk);
int walk_largest_gap(struct walk *walk);
int walk_combined(struct walk *walk);
int walk_exact(struct walk *walk); /* also -EOPNOTSUPP */

#endif
