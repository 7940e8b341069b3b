/* What TLS to the broker trusts: whom, under which name, and at what time; and who we say we are. Opens no connection
 * and keeps nothing. */
#ifndef MQTT_TLS_H
#define MQTT_TLS_H

#include "base/error.h"

#include <openssl/ssl.h>

/* TLS 1.3; the certificate must come from one in ca_file and be made for host, a name or an address. A box without a
 * battery may start in 1970, and no certificate would be valid yet: they are judged at the latest of the clock's time,
 * the time this program's file was written, and the time from which those in ca_file hold. The caller frees the context
 * with SSL_CTX_free(). -EINVAL with a sentence: a file holds nothing that can be read, or the key is another's. */
struct tls_files {
    const char *ca_file;
    const char *cert_file, *key_file; /* NULL or "": none is shown; read anew for each context */
};
int tls_context(const struct tls_files *files, const char *host, SSL_CTX **ret, struct error *error);

/* Whether the files go together and can be opened, before anything is tried. -EINVAL, -errno with a sentence. */
int tls_files_check(const struct tls_files *files, struct error *error);

/* Until when the certificate in cert_file holds, microseconds since 1970; 0: there is none, or it cannot be read. */
int64_t tls_own_until_us(const struct tls_files *files);

#endif
