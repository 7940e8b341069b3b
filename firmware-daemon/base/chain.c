#include "base/chain.h"

#include "base/bytes.h"

#include <sodium.h>
#include <string.h>

/* A line's bytes begin with a hash, and only an epoch's begin with this: neither can pass for the other. */
static const char tag[] = "floorhand-epoch";

static void add_number(crypto_generichash_state *state, size_t size, int64_t number)
{
    uint8_t bytes[sizeof(number)];
    bytes_put_number(bytes, size, (uint64_t)number);
    crypto_generichash_update(state, bytes, size);
}

static void add_bytes(crypto_generichash_state *state, const void *bytes, size_t length)
{
    crypto_generichash_update(state, bytes, length);
}

/* With its length before it, so that no other pair of texts gives the same bytes. */
static void add_text(crypto_generichash_state *state, const char *text)
{
    size_t length = strlen(text);
    add_number(state, sizeof(uint32_t), (int64_t)length);
    add_bytes(state, text, length);
}

void chain_begin(uint8_t out[CHAIN_HASH_SIZE], const char *name, int64_t epoch, int64_t base_epoch, int64_t base_seq,
                 const uint8_t *base_hash, const char *nonce)
{
    static const uint8_t nothing[CHAIN_HASH_SIZE] = {0};
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, CHAIN_HASH_SIZE);
    add_bytes(&state, tag, sizeof(tag) - 1);
    add_text(&state, name);
    add_number(&state, sizeof(uint32_t), epoch);
    add_number(&state, sizeof(uint32_t), base_epoch);
    add_number(&state, sizeof(uint64_t), base_seq);
    add_bytes(&state, base_hash ? base_hash : nothing, CHAIN_HASH_SIZE);
    add_text(&state, nonce);
    crypto_generichash_final(&state, out, CHAIN_HASH_SIZE);
}

void chain_next(uint8_t hash[CHAIN_HASH_SIZE], int64_t epoch, int64_t seq, const void *line, size_t length)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, CHAIN_HASH_SIZE);
    add_bytes(&state, hash, CHAIN_HASH_SIZE);
    add_number(&state, sizeof(uint32_t), epoch);
    add_number(&state, sizeof(uint64_t), seq);
    add_bytes(&state, line, length);
    crypto_generichash_final(&state, hash, CHAIN_HASH_SIZE);
}

void chain_text(const uint8_t hash[CHAIN_HASH_SIZE], char out[CHAIN_TEXT_SIZE])
{
    sodium_bin2hex(out, CHAIN_TEXT_SIZE, hash, CHAIN_HASH_SIZE);
}

bool chain_of_text(const char *text, uint8_t ret[CHAIN_HASH_SIZE])
{
    size_t length;
    const char *end;
    return sodium_hex2bin(ret, CHAIN_HASH_SIZE, text, strlen(text), NULL, &length, &end) == 0 && *end == '\0' &&
           length == CHAIN_HASH_SIZE;
}

bool chain_walk_ends(const struct chain_walk *walk, const void *hash, size_t hash_length)
{
    return hash_length == CHAIN_HASH_SIZE && memcmp(walk->hash, hash, CHAIN_HASH_SIZE) == 0;
}

/* Only the last row of an epoch before, or nothing, can be gone on from. */
static bool begin_epoch(struct chain_walk *walk, const struct chain_row *row)
{
    if (row->base_epoch != 0 && row->base_epoch != walk->epoch)
        return false;
    chain_begin(walk->hash, walk->name, row->epoch, row->base_epoch, row->seq - 1, row->base_epoch ? walk->hash : NULL,
                row->nonce);
    return true;
}

void chain_walk_take(struct chain_walk *walk, const struct chain_row *row)
{
    if (walk->bad)
        return;
    bool follows = row->seq == walk->seq + 1 && (row->nonce ? begin_epoch(walk, row) : row->epoch == walk->epoch);
    chain_next(walk->hash, row->epoch, row->seq, row->line, row->length);
    if (!follows || !chain_walk_ends(walk, row->hash, row->hash_length))
        walk->bad = row->seq;
    walk->epoch = row->epoch;
    walk->seq = row->seq;
    walk->lines++;
}
