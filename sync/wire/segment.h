/* The frame FSG1: a run of lines (line.h) between two hashes of their chain (base/chain.h), deflated and signed by who
 * wrote it. A header of fixed size, then the body.
 * Does not look at the lines, does not compute the chain and does not know whose key it is: it says who claims to have
 * written a frame, opens it with the key that the caller then chooses, and the caller compares lines, numbers and
 * hashes. Knows nothing of the frames on the daemon's local socket (frame.h). */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include "base/buf.h"
#include "base/chain.h"
#include "base/error.h"

#include <stdint.h>

#define WIRE_FRAME_HEADER     208                 /* bytes */
#define WIRE_FRAME_BODY_MAX   ((size_t)128 << 10) /* bytes, as they travel */
#define WIRE_FRAME_MAX        (WIRE_FRAME_HEADER + WIRE_FRAME_BODY_MAX)
#define WIRE_FRAME_RAW_MAX    ((size_t)1 << 20) /* bytes, inflated */
#define WIRE_FRAME_LINES_MAX  200
#define WIRE_FRAME_SEQ_MAX    INT64_C(9999999999999999) /* what sixteen digits hold */
#define WIRE_FRAME_NAME       16                        /* bytes */
#define WIRE_FRAME_KEY_ID     8                         /* bytes */
#define WIRE_FRAME_PUBLIC_KEY 32                        /* bytes, of Ed25519 */
#define WIRE_FRAME_SECRET_KEY 64                        /* bytes: libsodium's form, seed and public key */

enum wire_frame_kind {
    WIRE_FRAME_UP = 1,    /* events, site to head office */
    WIRE_FRAME_DOWN = 2,  /* changes, head office to site */
    WIRE_FRAME_CHUNK = 3, /* a piece of a snapshot, head office to site */
};

#define WIRE_FRAME_DEFLATED 1 /* the one flag */

struct wire_frame {
    int64_t kind;                  /* enum wire_frame_kind */
    int64_t epoch;                 /* of an up frame from 1 to UINT32_MAX; 0 in the others */
    int64_t count;                 /* lines, 1 to WIRE_FRAME_LINES_MAX */
    int64_t first_seq;             /* the first line's number, from 1; the last line's is at most WIRE_FRAME_SEQ_MAX */
    int64_t sent_ms;               /* the writer's clock, milliseconds since 1970; nothing may be decided by it */
    uint8_t site[WIRE_FRAME_NAME]; /* wire_frame_name() of the site */
    uint8_t from[WIRE_FRAME_NAME]; /* wire_frame_name() of an up frame's box, or of head office's gen */
    uint8_t key_id[WIRE_FRAME_KEY_ID];  /* which of the writer's keys signed; chosen by who hands out keys */
    uint8_t prev_hash[CHAIN_HASH_SIZE]; /* the chain's hash before the first line, and after the last one */
    uint8_t last_hash[CHAIN_HASH_SIZE];
    /* Said by who reads a frame; wire_frame_write() finds them itself. */
    int64_t flags, raw_length, body_length;
};

/* The 16 bytes that stand in a frame for a name: BLAKE2b-128, without a key, of its text. */
void wire_frame_name(uint8_t out[WIRE_FRAME_NAME], const char *name);

/* Appends a frame; the body is deflated when that makes it smaller. raw: the lines, each ended by '\n', 1 byte to
 * WIRE_FRAME_RAW_MAX. -EMSGSIZE when it is more, or does not fit in a body (fewer lines do); -EBADMSG when a number is
 * not as said above; -ENOMEM. Then nothing was appended. */
int wire_frame_write(struct buf *out, const struct wire_frame *frame, const void *raw, size_t raw_length,
                     const uint8_t secret_key[WIRE_FRAME_SECRET_KEY], struct error *error);

/* Reads the header of a whole frame: who claims to have written it, so that the caller can choose the key. Nothing in
 * it is true before wire_frame_open() said so. -EBADMSG or -EMSGSIZE with a sentence; *ret is untouched then. */
int wire_frame_peek(const void *bytes, size_t length, struct wire_frame *ret, struct error *error);

/* Opens a frame, in this order: the header, the sizes, the signature, and only then is a body inflated, into no more
 * than the header says. ret_raw is emptied first and holds the lines, or nothing on an error. -EBADMSG when it is no
 * frame or a number is out of range, -EMSGSIZE when a size is over its limit, -EKEYREJECTED when this key did not sign
 * it, -EBADMSG when the signed body does not inflate to what the header says, -ENOMEM; each with a sentence. *ret is
 * untouched then. */
int wire_frame_open(const void *bytes, size_t length, const uint8_t public_key[WIRE_FRAME_PUBLIC_KEY],
                    struct wire_frame *ret, struct buf *ret_raw, struct error *error);

#endif
