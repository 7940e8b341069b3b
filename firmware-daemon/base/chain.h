/* A hash chain over numbered lines: the hash beside a line stands for this line and all before it, so two sides that
 * have the same hash at the same number have the same lines up to there. Numbers count within an epoch, and each epoch
 * begins with a hash of its own, which says from where it goes on.
 * Does not keep lines or hashes, and is no proof of who wrote a line: anybody can compute it. */
#ifndef BASE_CHAIN_H
#define BASE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAIN_HASH_SIZE 32 /* bytes, of BLAKE2b-256 */
#define CHAIN_TEXT_SIZE (2 * CHAIN_HASH_SIZE + 1)

/* The hash before the first line of an epoch: BLAKE2b-256, without a key, of these bytes one after the other, where
 * le32 and le64 are little-endian numbers of 4 and 8 bytes:
 *
 *     "floorhand-epoch"      15 bytes, without a terminator
 *     le32 length of name    in bytes
 *     name
 *     le32 epoch
 *     le32 base_epoch
 *     le64 base_seq
 *     base_hash              32 bytes
 *     le32 length of nonce   in bytes
 *     nonce
 *
 * name says whose chain it is. The epoch goes on from the line base_seq of base_epoch, whose hash is base_hash; one
 * that goes on from nothing has 0, 0 and NULL, and then 32 zero bytes are hashed. nonce makes two epochs with the same
 * number different: it is chosen at random by whoever opens the epoch. Epochs are 0 to UINT32_MAX, numbers 0 to
 * INT64_MAX. */
void chain_begin(uint8_t out[CHAIN_HASH_SIZE], const char *name, int64_t epoch, int64_t base_epoch, int64_t base_seq,
                 const uint8_t *base_hash, const char *nonce);

/* From the hash before a line to the hash of the line, in place: BLAKE2b-256, without a key, of
 *
 *     hash                   32 bytes, the hash before
 *     le32 epoch
 *     le64 seq
 *     line                   its bytes, without a line break at its end
 */
void chain_next(uint8_t hash[CHAIN_HASH_SIZE], int64_t epoch, int64_t seq, const void *line, size_t length);

/* In small hex digits, and back: false when it is none. */
void chain_text(const uint8_t hash[CHAIN_HASH_SIZE], char out[CHAIN_TEXT_SIZE]);
bool chain_of_text(const char *text, uint8_t ret[CHAIN_HASH_SIZE]);

/* A place in a chain: the hash after this number. */
struct chain_mark {
    int64_t epoch, seq;
    uint8_t hash[CHAIN_HASH_SIZE];
};

/* A walk along the rows of a journal. Zero-initialise but for name, which is lent; where what comes first was deleted,
 * set epoch, seq and hash to the last row that was. */
struct chain_walk {
    const char *name;
    uint8_t hash[CHAIN_HASH_SIZE]; /* of the last line that was taken */
    int64_t epoch, seq, lines;     /* of it; how many were taken */
    int64_t bad;                   /* the first number that is not what its hash says, or does not follow; 0: none */
};
struct chain_row {
    int64_t epoch, seq;
    const void *line;
    size_t length;
    const void *hash; /* as the row has it, of whatever length; it may be NULL */
    size_t hash_length;
    /* Of the first row of an epoch; otherwise NULL. The epoch goes on from the row before, or from nothing. */
    const char *nonce;
    int64_t base_epoch;
};
void chain_walk_take(struct chain_walk *walk, const struct chain_row *row);
bool chain_walk_ends(const struct chain_walk *walk, const void *hash, size_t hash_length); /* with this one */

#endif
