/* The hashes, keyed hashes and the one cipher that selling platforms sign and seal with, and how their bytes are
 * written. Knows no platform. MD5 is here because platforms ask for it, not because it protects anything. */
#ifndef PLATFORMS_CRYPTO_H
#define PLATFORMS_CRYPTO_H

#include "base/buf.h"

#include <stdint.h>

enum crypto_hash { CRYPTO_MD5, CRYPTO_SHA1, CRYPTO_SHA256 };

#define CRYPTO_HASH_MAX 32
struct crypto_digest {
    uint8_t bytes[CRYPTO_HASH_MAX];
    size_t length;
};

/* -ENOTSUP: the library does not have it (a machine that forbids MD5); -ENOMEM. */
int crypto_hash(enum crypto_hash hash, const void *bytes, size_t length, struct crypto_digest *ret);
int crypto_hmac(enum crypto_hash hash, const char *key, const void *bytes, size_t length, struct crypto_digest *ret);

void crypto_put_hex(struct buf *buf, const struct crypto_digest *digest, bool upper);
void crypto_put_base64(struct buf *buf, const void *bytes, size_t length);
int crypto_from_base64(const char *text, size_t length, struct buf *ret); /* -EBADMSG: it is none */

/* AES-128-CBC with an initial vector of zeroes and PKCS7. -EINVAL: the key has not 16 bytes; -EBADMSG: it was sealed
 * with another key, or is cut. Says nothing about who sealed it. */
int crypto_open_aes(const struct buf *key, const struct buf *sealed, struct buf *ret);

/* Whether two texts are the same, in a time that does not tell how far they are. */
bool crypto_same(const char *one, const char *other);

#endif
