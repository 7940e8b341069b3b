/* What the two files of returns share: a return under way. Not for use outside the floor. */
#ifndef FLOOR_RETURN_H
#define FLOOR_RETURN_H

#include "floor/rule.h"
#include "store/document.h"

struct returning {
    struct document document;
    struct location place; /* where its goods lie; id 0: not known yet */
    int64_t order;         /* this site shipped it; 0: it did not, or nobody knows */
};
int returning_load(struct scan *scan, struct returning *ret);
void returning_show(const struct returning *returning, struct view *view);
int returning_totals(struct scan *scan, struct view *view, bool graded); /* done of need */

/* Grading: what it is, its grade, where it goes (return_grade.c). */
int grade_take(struct scan *scan, const struct goods *goods);
unsigned grade_needs(struct scan *scan, const struct item *item);
int grade_show(struct scan *scan, struct view *view);
int grade_command(struct scan *scan);
int grade_show_mark(struct scan *scan, struct view *view);
int grade_put(struct scan *scan);
int grade_show_put(struct scan *scan, struct view *view);

#endif
