/* Passwords and PINs as they are kept: Argon2id with 19 MiB and two passes, the least of OWASP's Password Storage Cheat
 * Sheet, in libsodium's text form. One takes some 30 ms. Counts no tries: who keeps them does. */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include <stdbool.h>

#define PASSWORD_HASH_SIZE 128 /* terminated; crypto_pwhash_STRBYTES */

#define PIN_DIGITS_MIN 6
#define PIN_DIGITS_MAX 10
#define PIN_SIZE       (PIN_DIGITS_MAX + 1)

/* -ENOMEM */
int password_hash(const char *password, char ret[PASSWORD_HASH_SIZE]);
bool password_is(const char *hash, const char *password);

/* As many digits as a PIN has, and nothing else. */
bool pin_is_one(const char *text);
/* Of the kind that is tried first: one digit again and again, or a run of them. */
bool pin_is_easy(const char *pin);

#endif
