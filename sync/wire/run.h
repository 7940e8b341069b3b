/* A run of lines of one chain (base/chain.h), as it goes into a frame and comes out of one: named, counted and hashed
 * on one side, held against its names, its number and its hashes on the other. What is opened here is signed by the
 * key it was opened with, is for this site, and is a whole piece of the chain that it says.
 * Does not know whether that chain is the reader's: the reader compares prev_hash. */
#ifndef WIRE_RUN_H
#define WIRE_RUN_H

#include "sync/wire/key.h"
#include "sync/wire/segment.h"

struct wire_run {
    enum wire_frame_kind kind;
    int64_t epoch;     /* of an up run from 1; 0 otherwise */
    int64_t first_seq; /* of the first line */
    int64_t count;     /* lines */
    uint8_t prev_hash[CHAIN_HASH_SIZE], last_hash[CHAIN_HASH_SIZE];
    struct buf lines; /* each ended by '\n' */
};

/* Whose run it is: the site, and its box (up) or head office's gen (down). */
struct wire_ends {
    const char *site, *from;
};

/* Appends a frame. In run: kind, epoch, first_seq, prev_hash and the lines; count and last_hash are found here. Errors
 * as wire_frame_write(). */
int wire_run_write(struct buf *out, struct wire_run *run, const struct wire_ends *ends, const struct wire_key *key,
                   int64_t sent_ms, struct error *error);

/* Errors as wire_frame_open(), and -EBADMSG when the frame is for others or its lines are not what it says. ends.from
 * NULL: from anybody whose key this is. ret->lines is emptied first; release it with wire_run_done(). */
int wire_run_open(const void *bytes, size_t length, const uint8_t public_key[WIRE_PUBLIC_KEY],
                  const struct wire_ends *ends, enum wire_frame_kind kind, struct wire_run *ret, struct error *error);
void wire_run_done(struct wire_run *run);
#define CLEANUP_RUN CLEANUP(wire_run_done)

int64_t wire_run_last_seq(const struct wire_run *run);

/* The chain's hash after seq, from first_seq - 1 to the last. */
void wire_run_hash(const struct wire_run *run, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE]);

#endif
