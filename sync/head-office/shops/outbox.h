/* What is to be done at platforms: a row first, in the transaction of what it follows from, then a call. A row is done
 * once: when nobody knows whether it happened, the platform is asked before it is repeated. Of one subject one row goes
 * after the other. What a platform refuses waits for a person, with its words. */
#ifndef HEAD_OFFICE_OUTBOX_H
#define HEAD_OFFICE_OUTBOX_H

#include "sync/head-office/shops/shop_call.h"

#include <jansson.h>

#define OUTBOX_KEY_SIZE     65
#define OUTBOX_SUBJECT_SIZE 180
#define OUTBOX_BATCH_MAX    20
#define OUTBOX_PARCELS_MAX  10

#define OUTBOX_LACKS_CARRIER "carrier" /* shop.carrier says what it is called there, and it goes on */

struct outbox_entry {
    const char *shop, *kind;
    const char *subject;
    const char *key; /* the same for the same deed: it is then written once */
    int64_t version, made_us;
    const char *body; /* JSON, as outbox_kinds has it */
};

/* Inside a transaction, as all of these. */
int outbox_put(struct sql *sql, const struct outbox_entry *entry);

/* A person lets it be tried again, or says that it is not to be done. -ENOENT, -EALREADY with a sentence. */
int outbox_retry(struct office *office, int64_t id, struct error *error);
int outbox_drop(struct office *office, int64_t id, const char *why, struct error *error);

/* ---------------------------------------------------------------- sending */

struct outbox_row {
    int64_t id, version, attempts;
    char kind[24], subject[OUTBOX_SUBJECT_SIZE], key[OUTBOX_KEY_SIZE];
    char class[24], said[PLATFORM_TEXT_SIZE]; /* the last fault */
    bool uncertain;
    json_t *body;
    int64_t read; /* by a kind that reads before it writes: what is there */
};

/* Rows that go out in one call, and the call. */
struct outbox_call {
    struct office *office;
    const struct shop *shop;
    struct outbox_row rows[OUTBOX_BATCH_MAX];
    size_t count;
    struct platform_want want;
    struct platform_shipment shipment;
    struct platform_stock_row stock[OUTBOX_BATCH_MAX];
    char *raw;                     /* what was read of the order just before, as the platform said it */
    char said[PLATFORM_TEXT_SIZE]; /* why a verdict is REFUSED */
    const char *lacks;             /* what a person has to add before it can be said; "" nothing */
    struct platform_sender sender;
    struct platform_parcel parcels[OUTBOX_PARCELS_MAX];
};

enum outbox_verdict { OUTBOX_DONE, OUTBOX_NOT_DONE, OUTBOX_REFUSED };

struct outbox_kind {
    const char *name;
    /* How many rows go in one call: those whose subjects are the same up to the first slash. NULL: one. */
    int (*at_once)(const struct shop *shop);
    bool (*reads_first)(const struct shop *shop); /* NULL: only when it is uncertain */
    /* Fills want. -EINVAL with a sentence: it cannot be said; -ENOTSUP: the platform does not want to hear it. */
    int (*write)(struct outbox_call *call, struct error *error);
    int (*read)(struct outbox_call *call, struct error *error); /* NULL: to do it twice does nothing */
    enum outbox_verdict (*judge)(struct outbox_call *call, struct outbox_row *row,
                                 const struct platform_answer *answer);
    /* What CONFLICT says of a row; NULL: it is read back. */
    enum outbox_verdict (*conflict)(const struct outbox_call *call, const struct outbox_row *row);
    /* NULL: nothing follows. answer: what done means; NULL: it was seen by reading, or it is so already. */
    int (*done)(struct outbox_call *call, const struct outbox_row *row, const struct platform_answer *answer);
    /* What an answer that was OK or PARTIAL says of this row alone. NULL: the same as of all. */
    int (*of_row)(struct outbox_call *call, size_t row, const struct platform_answer *answer,
                  struct platform_fault *fault);
    const char *attention; /* what a person sees of a row that is refused; NULL: ATTENTION_NOT_TOLD */
    bool patient;          /* what the platform does not permit now is tried again: a person has to see to it there */
};
extern const struct outbox_kind outbox_waybill_kinds[];       /* a chapter of its own; ended by a name of NULL */
const struct outbox_kind *outbox_kind_find(const char *name); /* NULL: there is none */

/* A text of a row's body; "" where there is none. */
const char *outbox_text(const struct outbox_row *row, const char *name);

struct outbox_done {
    int64_t calls, done, refused;
    bool more; /* at once */
};

/* Up to so many calls of what is due. Outside a transaction. */
int outbox_turn(struct shop_worker *worker, struct shop *shop, int64_t most, struct outbox_done *done,
                struct error *error);

#endif
