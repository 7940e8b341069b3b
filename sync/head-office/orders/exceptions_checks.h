/* What is looked at when an order is checked, as one question: a row for each thing that is wrong. Not for anyone but
 * exceptions.c. */
#ifndef HEAD_OFFICE_EXCEPTIONS_CHECKS_H
#define HEAD_OFFICE_EXCEPTIONS_CHECKS_H

/* kind and detail of each; ?1 is the order, ?2 the limit of what may be paid unseen (0: none). */
extern const char exceptions_question[];
extern const char *const exceptions_asked[]; /* the kinds that it may say; ended by NULL */

/* What of it is on the blacklist. */
extern const char exceptions_blacklist_question[];

/* Another order to the same receiver that came within ?2 microseconds. */
extern const char exceptions_merge_question[];

#endif
