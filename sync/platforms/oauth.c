#include "sync/platforms/oauth.h"

#include "base/id.h"
#include "sync/platforms/crypto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BEST_METHOD "HMAC-SHA256"
#define NONCE_BYTES 16

struct pair {
    struct buf name, value; /* escaped */
};

static int by_bytes(const void *one, const void *other)
{
    const struct pair *a = one, *b = other;
    int order = strcmp(buf_text(&a->name), buf_text(&b->name));
    return order ? order : strcmp(buf_text(&a->value), buf_text(&b->value));
}

/* name=value&…, sorted and escaped. */
static void put_pairs(const struct form *form, struct buf *out)
{
    struct pair pairs[FORM_VALUES_MAX] = {0};
    for (size_t i = 0; i < form->count; i++) {
        form_escape(&pairs[i].name, form->values[i].name);
        form_escape(&pairs[i].value, form->values[i].value);
    }
    qsort(pairs, form->count, sizeof(pairs[0]), by_bytes);
    for (size_t i = 0; i < form->count; i++) {
        out->failed |= pairs[i].name.failed || pairs[i].value.failed;
        buf_printf(out, "%s%s=%s", i ? "&" : "", buf_text(&pairs[i].name), buf_text(&pairs[i].value));
        buf_done(&pairs[i].name);
        buf_done(&pairs[i].value);
    }
}

int oauth_sign(const char *method, const char *url, const struct form *form, const char *secret,
               const char *sign_method, struct buf *out, struct error *error)
{
    CLEANUP_BUF struct buf pairs = {0}, base = {0}, key = {0};
    struct crypto_digest digest;
    bool sha1 = strcmp(sign_method, "HMAC-SHA1") == 0;
    if (!sha1 && strcmp(sign_method, BEST_METHOD) != 0)
        return error_set(error, -EINVAL, "\"%.40s\" is no way to sign that a shop knows", sign_method);
    put_pairs(form, &pairs);
    buf_printf(&base, "%s&", method);
    form_escape(&base, url);
    buf_putc(&base, '&');
    form_escape(&base, buf_text(&pairs));
    form_escape(&key, secret);
    buf_putc(&key, '&'); /* there is no second leg, and so no secret of it */
    if (pairs.failed || base.failed || key.failed || form->failed)
        return -ENOMEM;
    int result = crypto_hmac(sha1 ? CRYPTO_SHA1 : CRYPTO_SHA256, buf_text(&key), base.data, base.length, &digest);
    if (!result)
        crypto_put_base64(out, digest.bytes, digest.length);
    return result;
}

/* The one thing here that is left to chance: the same number twice is refused, also of a call that is repeated. */
static void put_nonce(struct form *form)
{
    CLEANUP_BUF struct buf hex = {0};
    struct crypto_digest nonce = {.length = NONCE_BYTES};
    random_system.fill(random_system.user, nonce.bytes, nonce.length);
    crypto_put_hex(&hex, &nonce, false);
    form_put_buf(form, "oauth_nonce", &hex);
}

int oauth_put(const char *method, const char *url, struct form *form, const struct platform_shop *shop, int64_t now_us,
              struct error *error)
{
    const char *sign_method = *shop->sign_method ? shop->sign_method : BEST_METHOD;
    CLEANUP_BUF struct buf sign = {0};
    put_nonce(form);
    form_put(form, "oauth_consumer_key", shop->app_key);
    form_put(form, "oauth_signature_method", sign_method);
    form_put_int(form, "oauth_timestamp", now_us / 1000000);
    int result = oauth_sign(method, url, form, shop->app_secret, sign_method, &sign, error);
    if (!result)
        form_put_buf(form, "oauth_signature", &sign);
    return result ? result : form->failed ? -ENOMEM : 0;
}
