#include "web/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 8

struct shown {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
};

/* The callback is given nothing to find its server by, so these belong to the program. A handshake that has begun uses
 * what it was shown to its end: the one before is kept, for renewals are much further apart than a handshake may take.
 */
static struct shown *now, *before;

static struct shown *forget(struct shown *shown)
{
    if (!shown)
        return NULL;
    for (unsigned i = 0; i < shown->count; i++)
        gnutls_pcert_deinit(&shown->chain[i]);
    gnutls_privkey_deinit(shown->key);
    free(shown);
    return NULL;
}

static gnutls_datum_t datum(const char *text)
{
    union { /* GnuTLS does not write to it */
        const char *given;
        unsigned char *wanted;
    } bytes = {.given = text};
    return (gnutls_datum_t){bytes.wanted, (unsigned)strlen(text)};
}

int web_tls_show(const struct web_pair *pair, struct error *error)
{
    const gnutls_datum_t certificate = datum(pair->certificate), key = datum(pair->key);
    struct shown *shown = calloc(1, sizeof(*shown));
    if (!shown || gnutls_privkey_init(&shown->key) != 0) {
        free(shown);
        return error_set(error, -ENOMEM, "There is no memory for TLS.");
    }
    unsigned count = CHAIN_MAX;
    int result = gnutls_pcert_list_import_x509_raw(shown->chain, &count, &certificate, GNUTLS_X509_FMT_PEM, 0);
    shown->count = result < 0 ? 0 : count;
    if (result >= 0)
        result = gnutls_privkey_import_x509_raw(shown->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (result < 0) {
        forget(shown);
        return error_set(error, -EINVAL,
                         "The certificate or its key cannot be read: both must be PEM, without a passphrase.");
    }
    forget(before);
    before = now;
    now = shown;
    return 0;
}

void web_tls_done(void)
{
    before = forget(before);
    now = forget(now);
}

int web_tls_retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                     const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **ret_chain,
                     unsigned *ret_count, gnutls_privkey_t *ret_key)
{
    (void)session;
    (void)authorities;
    (void)authority_count;
    (void)algorithms;
    (void)algorithm_count;
    if (!now)
        return -1;
    *ret_chain = now->chain;
    *ret_count = now->count;
    *ret_key = now->key;
    return 0;
}
