/* Which item a face belongs to, where it belongs to one: what the locations' file says, changed by an accepted move. */
#ifndef HEAD_OFFICE_SLOT_FACES_H
#define HEAD_OFFICE_SLOT_FACES_H

#include "sync/head-office/office.h"

/* The two faces' items change places, each with how many of it are to lie there; the site is told. A face of no item of
 * its own stays so when neither has one. *ret_told: faces that changed. -ENOENT with a sentence: there is no such face.
 * Inside a transaction. */
int slot_faces_exchange(struct office *office, const char *site, const char *one, const char *other, int64_t *ret_told,
                        struct error *error);

#endif
