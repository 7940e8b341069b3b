/* Who signs: an Ed25519 pair of keys of a box or of head office, and the file a box keeps its own in.
 * Does not decide whose key is right: who registers sites does. */
#ifndef WIRE_KEY_H
#define WIRE_KEY_H

#include "base/error.h"
#include "base/id.h"

#include <stdint.h>

#define WIRE_PUBLIC_KEY 32 /* bytes */
#define WIRE_SECRET_KEY 64 /* bytes: libsodium's form, seed and public key */
#define WIRE_SIGNATURE  64 /* bytes */
#define WIRE_KEY_ID     8  /* bytes: the first ones of BLAKE2b-128 of the public key */

struct wire_key {
    uint8_t secret[WIRE_SECRET_KEY];
};

void wire_key_new(struct wire_key *ret, const struct random_source *random);
const uint8_t *wire_key_public(const struct wire_key *key); /* WIRE_PUBLIC_KEY bytes */
void wire_key_id(uint8_t out[WIRE_KEY_ID], const uint8_t public_key[WIRE_PUBLIC_KEY]);

/* Reads the file, or makes it with a new key, readable for its owner alone. -EBADMSG when it holds something else;
 * others; with a sentence. */
int wire_key_file(const char *path, const struct random_source *random, struct wire_key *ret, struct error *error);

#endif
