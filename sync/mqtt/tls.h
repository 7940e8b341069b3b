/* What TLS to the broker trusts: whom, under which name, and at what time. Opens no connection and keeps nothing. */
#ifndef MQTT_TLS_H
#define MQTT_TLS_H

#include "base/error.h"

#include <openssl/ssl.h>

/* TLS 1.3; the certificate must come from one in ca_file and be made for host, a name or an address. A box without a
 * battery may start in 1970, and no certificate would be valid yet: they are judged at the latest of the clock's time,
 * the time this program's file was written, and the time from which those in ca_file hold. The caller frees the context
 * with SSL_CTX_free(). -EINVAL with a sentence: ca_file holds no certificate. */
int tls_context(const char *ca_file, const char *host, SSL_CTX **ret, struct error *error);

#endif
