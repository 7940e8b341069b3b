/* What is looked at when an order is checked, as one question: a row for each thing that is wrong. Not for anyone but
 * exceptions.c. */
#ifndef HEAD_OFFICE_EXCEPTIONS_CHECKS_H
#define HEAD_OFFICE_EXCEPTIONS_CHECKS_H

#include <stdbool.h>

/* kind and detail of each; ?1 is the order, ?2 the limit of what may be paid unseen (0: none). A detail that begins
 * with a line break is an address in its parts, which no database can read: exceptions_address_is_short() decides. */
extern const char exceptions_question[];
extern const char *const exceptions_asked[]; /* the kinds that it may say; ended by NULL */

/* An address must say more than its province, city and district do: "\nPROVINCE\nCITY\nDISTRICT\nADDRESS". */
bool exceptions_address_is_short(const char *parts);

/* What of it is on the blacklist, but for addresses; words of addresses that are, each with the order's address. */
extern const char exceptions_blacklist_question[];
extern const char exceptions_listed_addresses[];

/* Another order to the same receiver that came within ?2 microseconds. */
extern const char exceptions_merge_question[];

#endif
