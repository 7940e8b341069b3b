/* What is looked at when an order is checked, as one question: a row for each thing that is wrong. Not for anyone but
 * exceptions.c. */
#ifndef HEAD_OFFICE_EXCEPTIONS_CHECKS_H
#define HEAD_OFFICE_EXCEPTIONS_CHECKS_H

/* kind and detail of each; ?1 is the order, ?2 the limit of what may be paid unseen (0: none), ?3 the microseconds
 * within which orders to one receiver are put forward to be merged (0: they are not). */
extern const char exceptions_question[];

extern const char *const exceptions_asked[]; /* the kinds that it may say; ended by NULL */

#endif
