/* The control messages and presences, encoded and decoded from one table of fields. Does not decide what to answer. */
#ifndef WIRE_CONTROL_H
#define WIRE_CONTROL_H

#include "base/buf.h"
#include "base/chain.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "sync/wire/key.h"
#include "sync/wire/topic.h"

#include <stdbool.h>
#include <stdint.h>

#define WIRE_CONTROL_MAX ((size_t)8 << 10) /* bytes */
#define WIRE_WINDOW_MAX  64
#define WIRE_LINGER_MAX  60000 /* ms */
#define WIRE_SCHEMA      1     /* what this version of the protocol and of its types is called */
#define WIRE_CODE_SIZE   24

#define WIRE_HARDWARE_SIZE 33 /* 16 bytes in small hex digits, and a terminator */

#define WIRE_NO_SNAP "00000000000000000000000000"

enum wire_kind {
    WIRE_HELLO,      /* up: here I am; answer with this nonce */
    WIRE_PROBE,      /* up: we do not have the same past, or the same changes; this is what I have */
    WIRE_FACK,       /* up: every change up to seq is in my database */
    WIRE_SNAP_ASK,   /* up: send the snapshot from this line on */
    WIRE_WELCOME,    /* down: the answer to a hello */
    WIRE_ACK,        /* down: every event up to applied is in head office's database; also the nack: it did not move */
    WIRE_FENCE,      /* down: nothing of yours is taken, and why */
    WIRE_GRANT,      /* down: a new epoch, and the line from which it goes on */
    WIRE_SNAP_OFFER, /* down: the snapshot whose lines follow */
    WIRE_OFFICE,     /* retained on fh1/hq/st, also the Will; not signed: it only says when to ask */
    WIRE_PRESENCE,   /* retained on .../st, also the Will; not signed */
};

/* Places in a site's journal, or (epoch 0) in its feed. */
#define WIRE_MARKS_MAX 24
struct wire_marks {
    size_t count;
    struct chain_mark at[WIRE_MARKS_MAX];
};

/* Why head office takes nothing. */
#define WIRE_FENCE_STALE    "stale_epoch" /* another epoch is open: say hello */
#define WIRE_FENCE_FORK     "fork"        /* these lines do not go on from what is there: say hello */
#define WIRE_FENCE_CLONE    "clone"       /* other hardware or another key than the box that is registered */
#define WIRE_FENCE_CHURN    "churn"       /* too many epochs in an hour: there are two of this box */
#define WIRE_FENCE_REPLACED "replaced"    /* another box has taken this one's place */
#define WIRE_FENCE_SCHEMA   "schema"      /* the box's software is too old or too new */

/* Which members a kind uses: the table in control.c, and docs/protocol.md. Hashes are in small hex digits. */
struct wire_control {
    enum wire_kind kind;
    char site[WIRE_NAME_SIZE]; /* up and presence: whose it is (in the source too); down: for whom */
    char box[WIRE_NAME_SIZE];
    char nonce[ID_TEXT_SIZE];
    char gen[ID_TEXT_SIZE];            /* which head office database; compared for equality only */
    char hardware[WIRE_HARDWARE_SIZE]; /* hello: which board the box runs on */
    int64_t epoch;
    int64_t last_seq, feed_seq, boot; /* hello */
    char feed_hash[CHAIN_TEXT_SIZE];  /* hello: of the feed's chain after feed_seq; welcome: after feed_base */
    int64_t schema;                   /* hello, welcome: WIRE_SCHEMA of the writer */
    int64_t oldest;                   /* probe: the first number that is still in the journal */
    struct wire_marks marks;          /* probe: places in the journal, the newest first; none: only the feed differs */
    struct wire_marks feed_marks;     /* probe: places in the feed */
    int64_t seq;                      /* fack, snap_ask: the last line that is there */
    int64_t applied;                  /* hello: what was acknowledged; welcome, ack, snap_offer */
    char applied_hash[CHAIN_TEXT_SIZE]; /* welcome, ack, snap_offer: of the chain after applied */
    int64_t durable_epoch, durable_seq; /* welcome, ack: what is in a verified backup of head office's; 0: nothing */
    int64_t durable_feed;               /* welcome, ack: and up to which change */
    int64_t feed_head;                  /* welcome: the last change there is for this site */
    int64_t feed_base;                  /* welcome: the last change that both have; -1: not known, say a probe */
    int64_t window;                     /* welcome: segments unacknowledged at once, 1 to WIRE_WINDOW_MAX */
    int64_t segment_max;                /* welcome: lines in a segment, 1 to 200 */
    int64_t linger_ms;                  /* welcome: how long to wait for more events before sending */
    int64_t now_ms;                     /* welcome: head office's clock */
    char code[WIRE_CODE_SIZE];          /* fence: WIRE_FENCE_... */
    int64_t retry_s;                    /* fence: when to say hello again */
    int64_t base_epoch, base_seq;       /* grant: the line that the new epoch goes on from; epoch 0: from nothing */
    char base_hash[CHAIN_TEXT_SIZE];    /* grant */
    char grant_nonce[ID_TEXT_SIZE];     /* grant: drawn for this epoch */
    char snap[ID_TEXT_SIZE];            /* snap_ask, snap_offer: which snapshot; in snap_ask zeros: a new one */
    int64_t lines;                      /* snap_offer: how many it has */
    char lines_hash[CHAIN_TEXT_SIZE];   /* snap_offer: of their chain */
    bool online;                        /* office, presence */
    char since[CLOCK_TEXT_SIZE];        /* office: RFC 3339 */
};

/* Puts one structured CloudEvents message; random gives its id. buf.failed tells when it did not fit. */
void wire_control_write(struct buf *out, const struct wire_control *control, const struct random_source *random);

/* -ENOTSUP a type this version does not know (ignore it), -EMSGSIZE, -EBADMSG; with a sentence. Unknown fields are
 * passed over. */
int wire_control_parse(const char *text, size_t length, struct wire_control *ret, struct error *error);

/* Ends a message that was written with its writer's public key and signature: its last two members, of fixed length. */
void wire_control_sign(struct buf *text, const struct wire_key *key);

/* Before anything of a message is parsed: that the key at its end has signed it. Whose key that is, the caller knows.
 * -EBADMSG when nothing of the kind stands there, -EKEYREJECTED when the signature is another's; with a sentence. */
int wire_control_verify(const char *text, size_t length, uint8_t ret_public_key[WIRE_PUBLIC_KEY], struct error *error);

#endif
