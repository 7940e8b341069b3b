/* The site's side of the sync protocol as pure steps: what came in and the time lead to calls of the ops. Does not read
 * a clock, a socket or the database, and keeps nothing that must survive: a new one starts again with a hello. The
 * rules are those of docs/protocol.md. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "base/buf.h"
#include "base/id.h"
#include "sync/wire/control.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SITE_SEGMENT_BYTES ((size_t)96 << 10) /* lines are put together up to here; a single longer line goes alone */

enum site_channel { SITE_SEGMENT, SITE_CONTROL };

struct site_ops {
    /* -EAGAIN: the link is busy; asked again later. */
    int (*send)(void *user, enum site_channel channel, const void *bytes, size_t length);
    /* Committed lines after a number, each ended by '\n', within both maxima but at least one. *ret_last_seq ==
     * after_seq when there is none. */
    int (*read_journal)(void *user, int64_t after_seq, size_t max_lines, size_t max_bytes, struct buf *ret_lines,
                        int64_t *ret_last_seq);
    /* Head office has committed everything up to seq: to be stored in a later turn. May be lower than before. -EAGAIN.
     */
    int (*applied)(void *user, int64_t seq);
    /* One change from head office, to be applied (or parked) in a later turn. -EAGAIN when the queue is full. Numbers
     * come in order, but when a turn was lost they come again from the committed one: apply only the number that
     * follows the committed one, and skip others. */
    int (*change)(void *user, int64_t feed_seq, const char *line, size_t length);
    /* Optional: head office hears this site from now on, or does not any more. */
    void (*in_step)(void *user, bool in_step);
    /* Optional: the state or head office's presence is another than before. */
    void (*changed)(void *user);
};

struct site_settings {
    const char *site, *box; /* copied */
    int64_t boot;           /* how many times the daemon started */
    int64_t resend_us;      /* first wait for an answer, doubled each time up to 300 s; 0 means 5 s */
    struct random_source random;
};

/* What the database says after a commit. */
struct site_committed {
    int64_t epoch, last_seq, applied_seq, feed_seq;
};

enum site_state {
    SITE_OFFLINE,  /* no broker */
    SITE_HELLO,    /* head office has not answered yet */
    SITE_SYNC,     /* in step */
    SITE_DIVERGED, /* head office knows another past of this site: nothing is sent until a person has looked */
};

/* What the broker keeps of head office. */
enum site_presence { SITE_OFFICE_UNKNOWN, SITE_OFFICE_ONLINE, SITE_OFFICE_AWAY };

struct site {
    const struct site_ops *ops;
    void *user;
    struct random_source random;
    char name[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE];
    int64_t boot, resend_us;

    enum site_state state;
    struct site_committed committed; /* epoch 0: not known yet */
    char nonce[ID_TEXT_SIZE];        /* of the hello that waits for its welcome */
    char gen[ID_TEXT_SIZE];          /* of the head office database that welcomed */
    bool absent;                     /* head office is known not to listen */
    enum site_presence presence;
    char office_since[CLOCK_TEXT_SIZE];
    int64_t hello_us; /* when the next hello is due */
    unsigned tries;   /* hellos or resends without an answer */

    int64_t window, segment_max, linger_us; /* as welcomed */
    int64_t feed_head;                      /* the last change there was at the welcome; negative before the first */
    int64_t in_flight[WIRE_WINDOW_MAX];     /* the last number of each segment sent and not acknowledged */
    size_t in_flight_count;
    int64_t sent_seq, acked_seq;
    int64_t told_seq; /* what applied() heard last */
    int64_t linger_end_us, resend_end_us, retry_us;

    int64_t queued_seq, queued_us; /* the last change given to change(), and when */
    int64_t facked_seq;
    struct buf changes; /* the rest of one segment of changes, while the daemon's queue is full */
    struct buf scratch;
    struct error
        fault; /* what is wrong with head office's messages or with the journal, for the log; "" when nothing is */
};

void site_init(struct site *site, const struct site_settings *settings, const struct site_ops *ops, void *user);
void site_done(struct site *site);

void site_link_up(struct site *site, int64_t now_us);
void site_link_down(struct site *site);

/* A segment of changes, or a control message. */
void site_receive(struct site *site, enum site_channel channel, const void *bytes, size_t length, int64_t now_us);

/* The retained presence of head office; length 0 when the broker has none. */
void site_office_state(struct site *site, const void *bytes, size_t length, int64_t now_us);

/* The broker's PUBACK for something sent: flow control only. */
void site_published(struct site *site, int reason_code, int64_t now_us);

/* After every turn that committed, and once at the start: sends new events, confirms newly applied changes. */
void site_commit(struct site *site, const struct site_committed *committed, int64_t now_us);

/* When site_tick() wants to be called next, INT64_MAX for never. Calling it earlier is harmless, and right when the
 * link can take more. */
int64_t site_deadline(const struct site *site);
void site_tick(struct site *site, int64_t now_us);

/* A state as programs and people read it: "in_step", "in step with head office". */
struct site_state_def {
    const char *name, *en, *zh;
};
const struct site_state_def *site_state_def(enum site_state state);

#endif
