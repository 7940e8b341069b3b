/* X.509 certificates that this house makes itself: an authority, and what it vouches for. Keys are EC P-256, everything
 * is PEM. Keeps no file and no time: whoever asks says from when until when. Does not decide who may have one. */
#ifndef BASE_CERTIFICATE_H
#define BASE_CERTIFICATE_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define CERTIFICATE_PEM_MAX     ((size_t)64 << 10) /* bytes of a file of certificates */
#define CERTIFICATE_NAME_SIZE   65                 /* a common name, terminated */
#define CERTIFICATE_FINGER_SIZE 97                 /* SHA-256 as "AB:CD:...", terminated */
#define CERTIFICATE_DAY_US      INT64_C(86400000000)
#define CERTIFICATE_WARN_DAYS   30 /* so long before its end people are told, and what renews itself does */

enum certificate_use {
    CERTIFICATE_AUTHORITY, /* vouches for others, not for further authorities */
    CERTIFICATE_SERVER,
    CERTIFICATE_CLIENT,
};

struct certificate_order {
    enum certificate_use use;
    const char *common_name; /* up to 64 bytes */
    /* With blanks between: of a server its host names and IP addresses; of an authority what it can vouch for, domains
     * (and all names in them) and addresses as "10.0.0.0/255.0.0.0". NULL or "": none; an authority for everything. */
    const char *names;
    int64_t from_us, until_us; /* whole seconds of it count */
};

struct certificate_facts {
    char common_name[CERTIFICATE_NAME_SIZE];
    char fingerprint[CERTIFICATE_FINGER_SIZE];
    int64_t from_us, until_us;
};

/* A certificate with a new key. authority: the certificate and the key it is signed with; NULL: it signs itself.
 * -EINVAL: a name that cannot be, or an authority that cannot be read; -ENOMEM. What is in ret is the caller's. */
struct certificate_pair {
    struct buf certificate, key;
};
int certificate_make(const struct certificate_order *order, const struct certificate_pair *authority,
                     struct certificate_pair *ret, struct error *error);
void certificate_done(struct certificate_pair *pair); /* the key is wiped */

/* A new key, and a request (PKCS #10) for a certificate of it: the key need not leave who made it. -ENOMEM */
int certificate_request(const char *common_name, struct certificate_pair *ret);
/* The certificate that such a request asks for, named as the order says, whatever it says itself. -EBADMSG: it is no
 * request, not signed with its own key, or its key is not P-256. */
int certificate_grant(const struct certificate_order *order, const struct buf *request,
                      const struct certificate_pair *authority, struct buf *ret, struct error *error);

/* SHA-256 of the certificate's public key (its SubjectPublicKeyInfo, as RFC 7469, 2.4): the same after a renewal with
 * the same key. -EBADMSG */
#define CERTIFICATE_PIN_BYTES 32
int certificate_pin(const struct buf *pem, uint8_t ret[CERTIFICATE_PIN_BYTES]);

/* The first certificate of a text. -EBADMSG: there is none. */
int certificate_read(const struct buf *pem, struct certificate_facts *ret);

/* Both files, when they are whole and belong together. -errno, -EBADMSG with a sentence. ret is the caller's, also
 * then. */
int certificate_load(const char *certificate, const char *key, struct certificate_pair *ret, struct error *error);

/* The key is this certificate's. */
bool certificate_fits(const struct certificate_pair *pair);
/* authority has signed it, and may vouch for its names; whatever the time is. */
bool certificate_comes_from(const struct buf *pem, const struct buf *authority);
bool certificate_names(const struct buf *pem, const char *name);          /* it is good for this host name or address */
bool certificate_may_name(const struct buf *authority, const char *name); /* one that it makes would be */

/* For who reads a key with openssl (a pem_password_cb): at a terminal nobody would be there to type one. */
int certificate_no_passphrase(char *out, int size, int writes, void *user);

/* Whole days that are left, 0 on the last, negative when it is over. */
int64_t certificate_days_left(const struct certificate_facts *facts, int64_t now_us);

#endif
