#include "base/password.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define HASH_PASSES 2
#define HASH_BYTES  (19u << 20)

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "a hash fits its text");

int password_hash(const char *password, char ret[PASSWORD_HASH_SIZE])
{
    int failed =
        crypto_pwhash_str_alg(ret, password, strlen(password), HASH_PASSES, HASH_BYTES, crypto_pwhash_ALG_ARGON2ID13);
    return failed ? -ENOMEM : 0;
}

bool password_is(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

bool pin_is_one(const char *text)
{
    size_t length = strlen(text);
    return length >= PIN_DIGITS_MIN && length <= PIN_DIGITS_MAX && strspn(text, "0123456789") == length;
}

bool pin_is_easy(const char *pin)
{
    int step = pin[1] - pin[0];
    if (step < -1 || step > 1)
        return false;
    for (const char *at = pin; at[1]; at++)
        if (at[1] - at[0] != step)
            return false;
    return true;
}
