/* The site's side of the sync protocol as pure steps: what came in and the time lead to calls of the ops. Does not read
 * a clock, a socket or the database, and keeps nothing that must survive: a new one starts again with a hello. What it
 * sends it signs, and it reads nothing that head office's key has not signed. The rules are those of docs/protocol.md.
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "base/buf.h"
#include "base/id.h"
#include "sync/wire/control.h"
#include "sync/wire/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SITE_SEGMENT_BYTES ((size_t)96 << 10) /* lines are put together up to here; a single longer line goes alone */

enum site_channel { SITE_SEGMENT, SITE_CONTROL };

/* What head office said of itself. */
struct site_word {
    int64_t applied;                    /* every event up to it is committed there; may be lower than before */
    int64_t durable_epoch, durable_seq; /* every event up to it is in a backup; epoch 0: nothing */
    int64_t durable_feed;               /* the same of the changes */
    char gen[ID_TEXT_SIZE];
    uint8_t key[WIRE_PUBLIC_KEY];
};

/* A snapshot that is whole: what head office knows of this site. */
struct site_snapshot {
    int64_t epoch, applied; /* with every event up to it */
    int64_t lines;
};

struct site_ops {
    /* -EAGAIN: the link is busy; asked again later. */
    int (*send)(void *user, enum site_channel channel, const void *bytes, size_t length);
    /* Committed lines after a number, each ended by '\n', within both maxima but at least one. *ret_last_seq ==
     * after_seq when there is none. */
    int (*read_journal)(void *user, int64_t after_seq, size_t max_lines, size_t max_bytes, struct buf *ret_lines,
                        int64_t *ret_last_seq);
    /* The hash of the chain after this number; 0: before the first. -ENOENT: there is no such line. */
    int (*read_hash)(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE]);
    /* Places in the journal and in the feed, the newest first, each further back than the one before: so that head
     * office finds the last one that both have. */
    int (*marks)(void *user, struct wire_marks *ret);
    int (*feed_marks)(void *user, struct wire_marks *ret);
    /* To be stored in a later turn. -EAGAIN. */
    int (*told)(void *user, const struct site_word *word);
    /* A new epoch goes on from the base: to be opened in a later turn, and all that follows the base goes out again.
     * -EAGAIN. */
    int (*granted)(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce);
    /* Head office has lost the changes after the base: to be forgotten in a later turn. -EAGAIN. */
    int (*rewound)(void *user, const struct chain_mark *base);
    /* One change from head office, to be applied (or parked) in a later turn. -EAGAIN when the queue is full. Numbers
     * come in order, but when a turn was lost they come again from the committed one: apply only the number that
     * follows the committed one, and skip others. */
    int (*change)(void *user, int64_t feed_seq, const char *line, size_t length);
    /* One line of a snapshot, from 1; number 1 begins a new one, and what was kept of another is of no use any more. In
     * a later turn, as change(). Then, when all are there: what they say is to be taken over. -EAGAIN. */
    int (*snapshot_line)(void *user, int64_t seq, const char *line, size_t length);
    int (*snapshot_whole)(void *user, const struct site_snapshot *snapshot);
    /* Optional: head office hears this site from now on, or does not any more. */
    void (*in_step)(void *user, bool in_step);
    /* Optional: the state or head office's presence is another than before. */
    void (*changed)(void *user);
};

struct site_settings {
    const char *site, *box, *hardware; /* copied; hardware: which board this is, WIRE_HARDWARE_SIZE - 1 digits */
    struct wire_key key;               /* the box's */
    int64_t boot;                      /* how many times the daemon started */
    int64_t resend_us; /* first wait for an answer, doubled each time up to 300 s, of a hello 30 s; 0 means 5 s. For one
                        * to events it is longer when they take longer */
    struct random_source random;
};

/* What the database says after a commit. */
struct site_committed {
    int64_t epoch, last_seq, applied_seq, feed_seq;
    int64_t reemit_seq;    /* before a snapshot is asked for, everything up to here must be at head office */
    bool snapshot;         /* one is wanted */
    int64_t snapshot_line; /* the last line of it that is kept */
    uint8_t feed_hash[CHAIN_HASH_SIZE]; /* of the feed's chain after feed_seq */
    char gen[ID_TEXT_SIZE];             /* "": no head office was met yet */
    bool met;
    uint8_t office_key[WIRE_PUBLIC_KEY]; /* met: the only one that is believed */
};

enum site_state {
    SITE_OFFLINE, /* no broker */
    SITE_HELLO,   /* head office has not answered yet */
    SITE_PROBING, /* they look for the last line that both have */
    SITE_SYNC,    /* in step */
    SITE_FENCED,  /* head office takes nothing from this box, and has said why */
};

/* What the broker keeps of head office. */
enum site_presence { SITE_OFFICE_UNKNOWN, SITE_OFFICE_ONLINE, SITE_OFFICE_AWAY };

struct site {
    const struct site_ops *ops;
    void *user;
    struct random_source random;
    char name[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE], hardware[WIRE_HARDWARE_SIZE];
    struct wire_key key;
    int64_t boot, resend_us;

    enum site_state state;
    struct site_committed committed;     /* epoch 0: not known yet */
    char nonce[ID_TEXT_SIZE];            /* of the hello that waits for its welcome */
    char gen[ID_TEXT_SIZE];              /* of the head office database that welcomed */
    uint8_t office_key[WIRE_PUBLIC_KEY]; /* of who welcomed */
    char fence[WIRE_CODE_SIZE];          /* why head office takes nothing; "" when it does */
    int64_t said_feed_seq;               /* the last change, as the hello or the probe said it */
    bool absent;                         /* head office is known not to listen */
    enum site_presence presence;
    char office_since[CLOCK_TEXT_SIZE];
    int64_t hello_us; /* when the next hello is due */
    unsigned tries;   /* hellos or resends without an answer */

    int64_t window, segment_max, linger_us; /* as welcomed */
    int64_t feed_head;                      /* the last change there was at the welcome; negative before the first */
    int64_t in_flight[WIRE_WINDOW_MAX];     /* the last number of each segment sent and not acknowledged */
    size_t in_flight_count;
    int64_t sent_seq, acked_seq;
    uint8_t sent_hash[CHAIN_HASH_SIZE]; /* of the chain after sent_seq */
    struct site_word word, told;        /* what head office said last, and what told() heard */
    int64_t linger_end_us, pace_end_us, resend_end_us, retry_us;
    int64_t asked_us, answer_us; /* since when an answer is waited for; how long answers take */

    int64_t queued_seq, queued_us; /* the last change given to change(), and when */
    uint8_t queued_hash[CHAIN_HASH_SIZE];
    int64_t facked_seq;
    struct wire_run run; /* one segment of changes, while the daemon takes it; no lines: none */
    size_t run_taken;    /* bytes of it */

    struct wire_control offer; /* the snapshot that comes; lines_hash "": none was offered */
    int64_t snap_seq, snap_us; /* the last line given to snapshot_line(), and when something came last */
    uint8_t snap_hash[CHAIN_HASH_SIZE];
    bool snap_given; /* snapshot_whole() was called for the offer */

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
