/* Personal data at rest: a text is sealed for one place, and nobody without the key can read it, change it unnoticed or
 * put it elsewhere. A sealed text is a text: "~" and base64 of 4 bytes that tell the key, a nonce of 24 bytes and the
 * cipher (XChaCha20-Poly1305, libsodium's crypto_aead_xchacha20poly1305_ietf_*; the place is its additional data).
 * Does not know what is personal, nor when it must be forgotten: whoever keeps it does. */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define SEAL_KEYS_MAX 8

struct seal;

/* The keys of a file: a line of 64 hex digits each; the first seals, all of them open. Who wants a new one puts it
 * above the old. It is the credential of this name where systemd hands one over ($CREDENTIALS_DIRECTORY,
 * systemd.exec(5)), else the file at path, which is made with a key where there is none, readable for its owner alone,
 * whole on the disk or not there at all. -EBADMSG: it is no such file; others; each with a sentence. */
int seal_open(const char *credential, const char *path, struct seal **ret, struct error *error);
/* Its memory is overwritten. */
struct seal *seal_free(struct seal *seal);
DEFINE_CLEANUP(seal_free, struct seal *);

/* place: which row and column it is for. "" stays "". seal NULL: nothing is sealed, as in a simulation, whose database
 * is never on a disk. Appends; a failed buf says that there was no memory. */
void seal_put(const struct seal *seal, const char *place, const char *text, size_t length, struct buf *ret);

/* The same text gives the same sealed text at a place: a database can compare what it cannot read, and whoever has it
 * sees which are equal, and no more. */
void seal_put_same(const struct seal *seal, const char *place, const char *text, size_t length, struct buf *ret);

/* Which key seals, in 8 hex digits; and whether a key of this name is here and opens. */
#define SEAL_KEY_NAME_SIZE 9
void seal_key_name(const struct seal *seal, char ret[SEAL_KEY_NAME_SIZE]);
bool seal_has_key(const struct seal *seal, const char *name);

/* Whether systemd hands a credential of this name over. */
bool seal_is_handed_over(const char *credential);

bool seal_is_sealed(const char *text);

/* Appends what was sealed; a text that is not sealed as it is. -EKEYREJECTED: sealed with a key that is not here, for
 * another place, or changed since; nothing is appended. */
int seal_get(const struct seal *seal, const char *place, const char *text, struct buf *ret);

#endif
