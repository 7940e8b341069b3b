/* The control messages and presences, encoded and decoded from one table of fields. Does not decide what to answer. */
#ifndef WIRE_CONTROL_H
#define WIRE_CONTROL_H

#include "base/buf.h"
#include "base/chain.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "sync/wire/topic.h"

#include <stdbool.h>
#include <stdint.h>

#define WIRE_CONTROL_MAX ((size_t)8 << 10) /* bytes */
#define WIRE_WINDOW_MAX  64
#define WIRE_LINGER_MAX  60000 /* ms */

enum wire_kind {
    WIRE_HELLO,    /* up: here I am; answer with this nonce */
    WIRE_FACK,     /* up: every change up to seq is in my database */
    WIRE_DIVERGED, /* up: what the welcome said of my events is not so; I send none until a person has looked */
    WIRE_WELCOME,  /* down: the answer to a hello */
    WIRE_ACK,      /* down: every event up to applied is in head office's database; also the nack: it did not move */
    WIRE_OFFICE,   /* retained on fh1/hq/st, also the Will */
    WIRE_PRESENCE, /* retained on .../st, also the Will */
};

/* Which members a kind uses: the table in control.c, and docs/protocol.md. */
struct wire_control {
    enum wire_kind kind;
    char site[WIRE_NAME_SIZE]; /* up and presence: whose it is (in the source) */
    char box[WIRE_NAME_SIZE];
    char nonce[ID_TEXT_SIZE];
    char gen[ID_TEXT_SIZE]; /* which head office database; compared for equality only */
    int64_t epoch;
    int64_t last_seq, feed_seq, boot;   /* hello */
    int64_t seq;                        /* fack */
    int64_t applied;                    /* welcome, ack */
    char applied_hash[CHAIN_TEXT_SIZE]; /* welcome: of the chain after applied, in small hex digits */
    int64_t feed_head;                  /* welcome: the last change there is for this site */
    int64_t window;                     /* welcome: segments unacknowledged at once, 1 to WIRE_WINDOW_MAX */
    int64_t segment_max;                /* welcome: lines in a segment, 1 to 200 */
    int64_t linger_ms;                  /* welcome: how long to wait for more events before sending */
    bool online;                        /* office, presence */
    char since[CLOCK_TEXT_SIZE];        /* office: RFC 3339 */
};

/* Puts one structured CloudEvents message; random gives its id. buf.failed tells when it did not fit. */
void wire_control_write(struct buf *out, const struct wire_control *control, const struct random_source *random);

/* -ENOTSUP a type this version does not know (ignore it), -EMSGSIZE, -EBADMSG; with a sentence. Unknown fields are
 * passed over. */
int wire_control_parse(const char *text, size_t length, struct wire_control *ret, struct error *error);

#endif
