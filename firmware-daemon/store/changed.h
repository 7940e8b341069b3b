/* Which kinds of rows (store/query.h) may look otherwise since it was asked last: the tables that were written, and the
 * kinds whose tables of questions name them. What was undone with its event may be told too; nothing that was kept is
 * left out. Does not tell rows. */
#ifndef STORE_CHANGED_H
#define STORE_CHANGED_H

#include "base/buf.h"
#include "store/store.h"

struct changed;

int changed_new(struct store *store, struct changed **ret);
/* The store may be closed by then. */
struct changed *changed_free(struct changed *changed);
DEFINE_CLEANUP(changed_free, struct changed *);

/* From now on, or not any more: then writing costs nothing. To be said again after the database was opened anew. */
void changed_listen(struct changed *changed, bool listens);

bool changed_any(const struct changed *changed);

/* {"kinds": ["orders", ...]}, and forgets them. False: there are none. */
bool changed_take(struct changed *changed, struct buf *json);

#endif
