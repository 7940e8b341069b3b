/* Why a browser may trust this box: an authority of the site, made at the first start, and a certificate for the names
 * and addresses that the box has, which renews itself. Both are files beside the database. Does not know what is on
 * the pages.
 *
 * No clock is trusted for it. The authority holds for fixed days, from before this program was; the box's certificate
 * from two days before it is made, and the box's time is never taken for earlier than 2026 or than what it has made
 * before. What has ended is shown on: a browser's user is warned, and nobody's work is stopped. */
#ifndef TRUST_H
#define TRUST_H

#include "base/certificate.h"
#include "config.h"

#include <systemd/sd-event.h>

struct trust;

/* Whether pages are served over TLS: option https, by itself where they are served to others than this machine. */
bool trust_wanted(const struct site_config *config);

/* What the box can be called: its host name, with .local too, what option names says, its addresses. Asked in tests
 * with a fixed answer. */
struct trust_ops {
    void (*renewed)(void *user); /* trust_pair() is another, to be shown from now on */
};

/* Opens the pages: over TLS, too, where it is wanted and the files are well, else without, for pages without TLS are
 * better than none. *ret_trust: NULL where there is no TLS. Close the server first. */
int trust_serve(sd_event *event, const struct site_config *config, const struct ui_source *source, void *user,
                struct trust **ret_trust, struct ui_server **ret_ui, struct error *error);

/* Makes or reads the files. Lent: config, ops. -errno with a sentence: they can be neither read nor made. */
int trust_open(sd_event *event, const struct site_config *config, const struct trust_ops *ops, void *user,
               struct trust **ret, struct error *error);
struct trust *trust_close(struct trust *trust);

struct web_pair trust_pair(const struct trust *trust); /* what to show; lent until it is renewed. trust NULL: nothing */
const struct buf *trust_authority(const struct trust *trust); /* PEM, for whoever shall trust it */

/* Looks again whether names or time ask for another certificate; done every minute by itself. now_us: the time of day.
 */
void trust_look(struct trust *trust, int64_t now_us);

/* Until when what is shown holds, wall time; 0: trust is NULL. *ret_trouble: it ends soon, and does not renew itself.
 */
int64_t trust_until_us(const struct trust *trust, bool *ret_trouble);

/* The member "tls" of an open object: null where trust is NULL; otherwise "port", "fingerprint", "authority_until",
 * "until", "names", and "trouble" (in both languages; null). */
void trust_write(const struct trust *trust, int port, struct buf *json);

/* The same members as an object, with "url" of the pages and "trust", of the page that says how to trust them. pem, if
 * not NULL: the authority. -ENOENT: trust is NULL. */
int trust_invite(const struct trust *trust, int port, int plain_port, struct buf *json, struct buf *pem);

#endif
