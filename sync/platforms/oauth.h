/* OAuth 1.0a with one leg, by which a shop's own API is called without TLS: all parameters of the call and the address
 * are signed with the secret alone, the body is not. Sends nothing. */
#ifndef PLATFORMS_OAUTH_H
#define PLATFORMS_OAUTH_H

#include "sync/platforms/form.h"

/* The signature over these parameters, Base64, at the end of out. url is without its query. sign_method: "HMAC-SHA256"
 * or "HMAC-SHA1"; -EINVAL with a sentence: another. */
int oauth_sign(const char *method, const char *url, const struct form *form, const char *secret,
               const char *sign_method, struct buf *out, struct error *error);

/* Puts the caller, the time, a random number that is used once, and the signature. */
int oauth_put(const char *method, const char *url, struct form *form, const struct platform_shop *shop, int64_t now_us,
              struct error *error);

#endif
