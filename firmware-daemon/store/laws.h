/* The laws of the site's database: what holds after every turn, whatever happened. For simulations, tests and checks.
 * Does not mend anything. */
#ifndef STORE_LAWS_H
#define STORE_LAWS_H

#include "store/store.h"

/* -EBADMSG with a sentence about the first law that is broken. Reads everything: slow on a large database. */
int laws_check(struct store *store, struct error *error);

#endif
