/* Who stands where, in the middle of what; and what UNDO can take back. A session belongs to the worker and follows the
 * badge to another station. Does not know what the steps mean: the floor does. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/store.h"

/* What a session is about, 0 or "" when about none: X(member, column). The tables session and action have the same. */
#define SESSION_REFERENCES(X)                                                                                          \
    X(order, order_id)                                                                                                 \
    X(allocation, allocation)                                                                                          \
    X(wave, wave)                                                                                                      \
    X(document, document)                                                                                              \
    X(line, line)                                                                                                      \
    X(task, task)                                                                                                      \
    X(stock_count, stock_count)                                                                                        \
    X(tote, tote)                                                                                                      \
    X(plate, plate)                                                                                                    \
    X(location, location)                                                                                              \
    X(bin, bin)                                                                                                        \
    X(parcel, parcel)                                                                                                  \
    X(manifest, manifest)                                                                                              \
    X(box, box)                                                                                                        \
    X(item, item)                                                                                                      \
    X(forced, forced)
#define SESSION_NUMBERS(X) X(quantity, quantity) X(pieces, pieces) X(weight_g, weight_g)
#define SESSION_TEXTS(X)   SESSION_NOTES(X) X(step, step)
#define SESSION_NOTES(X)   X(back, back) X(lot_code, lot_code) X(expiry, expiry) X(serial, serial) X(code, code)

struct session {
    int64_t worker; /* 0: nobody is signed in */
    int64_t undo;   /* the action that UNDO takes back; 0: a border that it does not cross */
#define X(member, column) int64_t member;
    SESSION_REFERENCES(X)
    SESSION_NUMBERS(X) /* quantity: of the next item scan, from QTY n, 0 not given; pieces, weight_g: of the goods in
                          the hand of which something is still to be told, with item, lot_code, expiry and serial */
#undef X
    char step[24], back[24];       /* back: the step that asked for what this one finds out */
    char lot_code[STORE_CODE_MAX]; /* of the goods in the hand */
    char expiry[12];               /* YYYY-MM-DD */
    char serial[STORE_CODE_MAX];
    char code[STORE_CODE_MAX]; /* that nobody knew, and an item shall be called by */
};

/* worker = 0 when nobody is signed in there. */
int session_at_station(struct store *store, const char *station, struct session *ret);
int session_of_worker(struct store *store, int64_t worker, struct session *ret);
/* The next worker after `after` who is at an order, at a promise to it or at a tote of its. -ENOENT */
int session_at_order(struct store *store, int64_t order, int64_t after, int64_t *ret);
bool session_equals(const struct session *a, const struct session *b);
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
    int64_t seq;
    char type[24];
    struct session before; /* with the action before it */
};
/* Keeps the worker's session as it is in the database, under the journal row that is about to change it; from now on
 * UNDO takes that back. The session in hand is still to be saved. */
int action_record(struct store *store, struct session *session, int64_t seq, const char *type);
int action_load(struct store *store, int64_t id, struct action *ret); /* -ENOENT */
int action_forget(struct store *store, int64_t worker); /* in the database, where nobody has the session in hand */
/* Of every worker who could undo something of this order. */
int action_forget_order(struct store *store, int64_t order);
int action_count(struct store *store, int64_t *ret); /* of those that are kept */
/* Deletes of the oldest what nobody can undo any more: not on the floor's time. */
int action_prune(struct store *store, int64_t rows_max);

#endif
