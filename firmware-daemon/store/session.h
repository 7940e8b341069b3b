/* Who stands where, in the middle of what; and what UNDO can take back. A session belongs to the worker and follows the
 * badge to another station. Does not know what the steps mean: the floor does. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/store.h"

struct session {
    int64_t worker; /* 0: nobody is signed in */
    int64_t order, allocation, tote, parcel, manifest;
    int64_t quantity; /* of the next item scan, from QTY n; 0: not given */
    char step[24];
};

/* worker = 0 when nobody is signed in there. */
int session_at_station(struct store *store, const char *station, struct session *ret);
int session_of_worker(struct store *store, int64_t worker, struct session *ret);
int session_save(struct store *store, const struct session *session);

/* Puts the worker at this station, away from any other, and whoever stood here before nowhere. Makes the session on
 * first use. */
int session_sign_in(struct store *store, int64_t worker, const char *station);
/* Where the worker is signed in. -ENOENT: nowhere. */
int session_station(struct store *store, int64_t worker, char *out, size_t capacity);
int session_sign_out(struct store *store, int64_t worker);

/* The manifest is closed: whoever else was loading on it is back at the menu, with nothing of it left to undo. */
int session_leave_manifest(struct store *store, int64_t manifest);

struct action {
    int64_t id, seq;
    char type[24];
    struct session before;
};
int action_record(struct store *store, const struct session *before, int64_t seq, const char *type);
int action_last(struct store *store, int64_t worker, struct action *ret); /* -ENOENT: nothing to undo */
int action_drop(struct store *store, int64_t id);
int action_forget(struct store *store, int64_t worker); /* a border that UNDO does not cross */

#endif
