/* Who may speak at the broker, and about what: head office's own authority for the broker's certificates, and the
 * access list that pins each site to its own topics. Does not speak to the broker, and does not write files. The access
 * list is the revocation: there is no CRL, for one that has run out would lock everybody out (docs/security.md). */
#ifndef HEAD_OFFICE_BROKER_H
#define HEAD_OFFICE_BROKER_H

#include "base/certificate.h"
#include "sync/head-office/office.h"

#define BROKER_CERTIFICATE_DAYS 820 /* of what is issued */

/* The authority, made when there is none yet. Inside a transaction, as all that writes. The caller frees ret. */
int broker_authority(struct office *office, struct certificate_pair *ret, struct error *error);

/* For a client that is called name at the broker: site's box, with the prefix of its topics, or head office (site
 * NULL). Earlier ones of that name stay good until they end. -ENOENT: there is no such site, or it is retired. */
int broker_certify_site(struct office *office, const char *site, const char *prefix, struct certificate_pair *ret,
                        struct error *error);
/* The same for a key that stays at the box: request is PKCS #10, and ret the certificate alone. -EBADMSG */
int broker_grant_site(struct office *office, const char *site, const char *prefix, const struct buf *request,
                      struct buf *ret, struct error *error);
int broker_certify_office(struct office *office, const char *client_id, const char *prefix,
                          struct certificate_pair *ret, struct error *error);

/* For the broker itself: hosts are its names and addresses, with blanks between. */
int broker_certify_server(struct office *office, const char *hosts, struct certificate_pair *ret, struct error *error);

/* mosquitto's acl_file: head office, and every site that is known and not retired: its box, one that a code is out for,
 * and for a while the one before, which is told that it was replaced. Whoever is not in it may nothing. */
int broker_write_acl(struct office *office, const char *client_id, const char *prefix, struct buf *ret,
                     struct error *error);

/* Certificates of working sites, of head office and of the broker that end within CERTIFICATE_WARN_DAYS, a sentence
 * each. */
int broker_warn(struct office *office, void (*warn)(void *user, const char *sentence), void *user);

#endif
