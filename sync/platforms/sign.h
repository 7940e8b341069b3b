/* How the platforms sign a call: which of its parameters, in which order, with which hash. Pure; sends nothing.
 *
 * Parameters are taken as decoded text, in any order; one called "sign" is left out by all. method "": what the
 * parameters themselves say ("sign_method", Kuaishou "signMethod"), and where they say nothing MD5, because that is how
 * a platform reads a call that names no method. Upper and lower case, '-' and '_' are the same in a method's name. The
 * signature is put at the end of out. -EINVAL with a sentence: the platform has no such method. */
#ifndef PLATFORMS_SIGN_H
#define PLATFORMS_SIGN_H

#include "sync/platforms/platform.h"

/* Taobao: MD5, "hmac" (with MD5), "hmac-sha256"; empty values are left out. */
int sign_taobao(const char *secret, const char *method, const struct platform_value *values, size_t count,
                struct buf *out, struct error *error);
/* JD: MD5; empty values are left out. */
int sign_jd(const char *secret, const char *method, const struct platform_value *values, size_t count, struct buf *out,
            struct error *error);
/* Pinduoduo: MD5; an empty value is signed. */
int sign_pdd(const char *secret, const char *method, const struct platform_value *values, size_t count, struct buf *out,
             struct error *error);
/* Douyin: MD5, "hmac-sha256"; of app_key, method, param_json, timestamp and v alone. */
int sign_douyin(const char *secret, const char *method, const struct platform_value *values, size_t count,
                struct buf *out, struct error *error);
/* Kuaishou: MD5, "HMAC_SHA256"; the secret is the signSecret; an empty value is signed. */
int sign_kuaishou(const char *secret, const char *method, const struct platform_value *values, size_t count,
                  struct buf *out, struct error *error);

/* The value that has this name, "" when there is none. */
const char *sign_value(const struct platform_value *values, size_t count, const char *name);

#endif
