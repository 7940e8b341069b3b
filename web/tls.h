/* What a web server shows when it is asked over TLS: a certificate and its key, changed while it runs. One per program.
 * Does not make certificates and reads no file. Not for use outside web/. */
#ifndef WEB_TLS_H
#define WEB_TLS_H

#include "base/error.h"
#include "web/server.h"

#include <gnutls/abstract.h>

/* TLS 1.3 and 1.2, in the words of gnutls_priority_init(3). */
#define WEB_TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* For connections from now on; those that are open go on with what they were shown. -EINVAL with a sentence: it cannot
 * be read, and what was shown before is. */
int web_tls_show(const struct web_pair *pair, struct error *error);

/* No server is left. */
void web_tls_done(void);

/* gnutls_certificate_retrieve_function2, for MHD_OPTION_HTTPS_CERT_CALLBACK. */
int web_tls_retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                     const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **ret_chain,
                     unsigned *ret_count, gnutls_privkey_t *ret_key);

#endif
