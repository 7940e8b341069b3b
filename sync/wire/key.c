#include "sync/wire/key.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

_Static_assert(WIRE_PUBLIC_KEY == crypto_sign_PUBLICKEYBYTES, "libsodium's form");
_Static_assert(WIRE_SECRET_KEY == crypto_sign_SECRETKEYBYTES, "libsodium's form");
_Static_assert(WIRE_SIGNATURE == crypto_sign_BYTES, "libsodium's form");

void wire_key_new(struct wire_key *ret, const struct random_source *random)
{
    uint8_t seed[crypto_sign_SEEDBYTES], public_key[WIRE_PUBLIC_KEY];
    random->fill(random->user, seed, sizeof(seed));
    crypto_sign_seed_keypair(public_key, ret->secret, seed);
    sodium_memzero(seed, sizeof(seed));
}

const uint8_t *wire_key_public(const struct wire_key *key)
{
    return key->secret + crypto_sign_SEEDBYTES;
}

void wire_key_id(uint8_t out[WIRE_KEY_ID], const uint8_t public_key[WIRE_PUBLIC_KEY])
{
    uint8_t hash[16];
    crypto_generichash(hash, sizeof(hash), public_key, WIRE_PUBLIC_KEY, NULL, 0);
    memcpy(out, hash, WIRE_KEY_ID);
}

/* ---------------------------------------------------------------- the file: the seed in hex digits, and a line break
 */

#define TEXT_SIZE (2 * (size_t)crypto_sign_SEEDBYTES + 1)

static int read_key(int fd, const char *path, struct wire_key *ret, struct error *error)
{
    char text[TEXT_SIZE + 1] = "";
    uint8_t seed[crypto_sign_SEEDBYTES], public_key[WIRE_PUBLIC_KEY];
    size_t length = 0;
    ssize_t got = read(fd, text, sizeof(text));
    if (got < 0)
        return error_set(error, -errno, "%s cannot be read: %s", path, strerror(errno));
    bool whole = got == (ssize_t)TEXT_SIZE && text[TEXT_SIZE - 1] == '\n' &&
                 sodium_hex2bin(seed, sizeof(seed), text, TEXT_SIZE - 1, NULL, &length, NULL) == 0 &&
                 length == sizeof(seed);
    if (whole)
        crypto_sign_seed_keypair(public_key, ret->secret, seed);
    sodium_memzero(text, sizeof(text));
    sodium_memzero(seed, sizeof(seed));
    return whole ? 0
                 : error_set(error, -EBADMSG,
                             "%s is not the key of a box: put the right file back, or remove it and have head office "
                             "accept a new one (floorhand-hq site claim)",
                             path);
}

static int make_key(const char *path, const struct random_source *random, struct wire_key *ret, struct error *error)
{
    char text[TEXT_SIZE + 1];
    wire_key_new(ret, random);
    sodium_bin2hex(text, sizeof(text), ret->secret, crypto_sign_SEEDBYTES);
    text[TEXT_SIZE - 1] = '\n';
    int result = file_keep(path, text, TEXT_SIZE, 0600);
    sodium_memzero(text, sizeof(text));
    return result ? error_set(error, result, "%s cannot be written: %s", path, strerror(-result)) : 0;
}

int wire_key_file(const char *path, const struct random_source *random, struct wire_key *ret, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return error_set(error, -errno, "%s cannot be read: %s", path, strerror(errno));
    if (fd < 0)
        return make_key(path, random, ret, error);
    int result = read_key(fd, path, ret, error);
    close(fd);
    return result;
}
