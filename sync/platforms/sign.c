#include "sync/platforms/sign.h"

#include "sync/platforms/crypto.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- methods */

enum way { WAY_MD5, WAY_HMAC_MD5, WAY_HMAC_SHA256, WAYS };

static bool same_method(const char *one, const char *other)
{
    for (; *one && *other; one++, other++) {
        bool both_lines = (*one == '-' || *one == '_') && (*other == '-' || *other == '_');
        if (!both_lines && tolower((unsigned char)*one) != tolower((unsigned char)*other))
            return false;
    }
    return !*one && !*other;
}

/* names: what the platform calls each way, NULL where it has none. */
static int find_way(const char *method, const char *const names[WAYS], enum way *ret, struct error *error)
{
    for (enum way way = 0; way < WAYS; way++)
        if (names[way] && (same_method(method, names[way]) || (way == WAY_MD5 && !*method))) {
            *ret = way;
            return 0;
        }
    return error_set(error, -EINVAL, "there is no sign method \"%.40s\" here: it is one of %s%s%s%s%s", method,
                     names[0], names[1] ? ", " : "", names[1] ? names[1] : "", names[2] ? ", " : "",
                     names[2] ? names[2] : "");
}

static int hash_of(enum way way, const char *secret, const struct buf *base, struct crypto_digest *ret)
{
    if (base->failed)
        return -ENOMEM;
    if (way == WAY_MD5)
        return crypto_hash(CRYPTO_MD5, buf_text(base), base->length, ret);
    return crypto_hmac(way == WAY_HMAC_MD5 ? CRYPTO_MD5 : CRYPTO_SHA256, secret, buf_text(base), base->length, ret);
}

/* ---------------------------------------------------------------- parameters */

const char *sign_value(const struct platform_value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, name) == 0)
            return values[i].value;
    return "";
}

static int by_bytes(const void *one, const void *other)
{
    const struct platform_value *a = one, *b = other;
    return strcmp(a->name, b->name);
}

enum empty_values { EMPTY_LEFT_OUT, EMPTY_SIGNED };

/* The parameters by the bytes of their names, each with its value behind it. */
static int put_sorted(const struct platform_value *values, size_t count, enum empty_values empty, const char *equals,
                      const char *between, struct buf *base)
{
    CLEANUP(cleanup_free) struct platform_value *sorted = calloc(count + 1, sizeof(*sorted));
    bool first = true;
    if (!sorted)
        return -ENOMEM;
    if (count > 0)
        memcpy(sorted, values, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), by_bytes);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(sorted[i].name, "sign") == 0 || !*sorted[i].name || (empty == EMPTY_LEFT_OUT && !*sorted[i].value))
            continue;
        buf_puts(base, first ? "" : between);
        buf_puts(base, sorted[i].name);
        buf_puts(base, equals);
        buf_puts(base, sorted[i].value);
        first = false;
    }
    return 0;
}

/* ---------------------------------------------------------------- the platforms */

/* Between two secrets for a plain hash; a keyed hash has the secret as its key instead. */
static int sign_concatenated(const char *secret, enum way way, const struct platform_value *values, size_t count,
                             enum empty_values empty, struct buf *out)
{
    CLEANUP_BUF struct buf base = {0};
    struct crypto_digest digest;
    buf_puts(&base, way == WAY_MD5 ? secret : "");
    int result = put_sorted(values, count, empty, "", "", &base);
    buf_puts(&base, way == WAY_MD5 ? secret : "");
    if (!result)
        result = hash_of(way, secret, &base, &digest);
    if (!result)
        crypto_put_hex(out, &digest, true);
    return result;
}

int sign_taobao(const char *secret, const char *method, const struct platform_value *values, size_t count,
                struct buf *out, struct error *error)
{
    static const char *const names[WAYS] = {"md5", "hmac", "hmac-sha256"};
    enum way way;
    int result = find_way(*method ? method : sign_value(values, count, "sign_method"), names, &way, error);
    return result ? result : sign_concatenated(secret, way, values, count, EMPTY_LEFT_OUT, out);
}

static const char *const only_md5[WAYS] = {"md5"};

int sign_jd(const char *secret, const char *method, const struct platform_value *values, size_t count, struct buf *out,
            struct error *error)
{
    enum way way;
    int result = find_way(*method ? method : sign_value(values, count, "sign_method"), only_md5, &way, error);
    return result ? result : sign_concatenated(secret, way, values, count, EMPTY_LEFT_OUT, out);
}

int sign_pdd(const char *secret, const char *method, const struct platform_value *values, size_t count, struct buf *out,
             struct error *error)
{
    enum way way;
    int result = find_way(*method ? method : sign_value(values, count, "sign_method"), only_md5, &way, error);
    return result ? result : sign_concatenated(secret, way, values, count, EMPTY_SIGNED, out);
}

int sign_douyin(const char *secret, const char *method, const struct platform_value *values, size_t count,
                struct buf *out, struct error *error)
{
    static const char *const names[WAYS] = {"md5", NULL, "hmac-sha256"};
    static const char *const signed_names[] = {"app_key", "method", "param_json", "timestamp", "v"};
    CLEANUP_BUF struct buf base = {0};
    struct crypto_digest digest;
    enum way way;
    int result = find_way(*method ? method : sign_value(values, count, "sign_method"), names, &way, error);
    if (result)
        return result;
    buf_puts(&base, secret);
    for (size_t i = 0; i < COUNT(signed_names); i++) {
        buf_puts(&base, signed_names[i]);
        buf_puts(&base, sign_value(values, count, signed_names[i]));
    }
    buf_puts(&base, secret);
    result = hash_of(way, secret, &base, &digest);
    if (!result)
        crypto_put_hex(out, &digest, false);
    return result;
}

int sign_kuaishou(const char *secret, const char *method, const struct platform_value *values, size_t count,
                  struct buf *out, struct error *error)
{
    static const char *const names[WAYS] = {"MD5", NULL, "HMAC_SHA256"};
    CLEANUP_BUF struct buf base = {0};
    struct crypto_digest digest;
    enum way way;
    int result = find_way(*method ? method : sign_value(values, count, "signMethod"), names, &way, error);
    if (!result)
        result = put_sorted(values, count, EMPTY_SIGNED, "=", "&", &base);
    if (result)
        return result;
    buf_printf(&base, "%ssignSecret=%s", base.length ? "&" : "", secret);
    result = hash_of(way, secret, &base, &digest);
    if (result)
        return result;
    if (way == WAY_MD5)
        crypto_put_hex(out, &digest, false);
    else
        crypto_put_base64(out, digest.bytes, digest.length);
    return 0;
}
