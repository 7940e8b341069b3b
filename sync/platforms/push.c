#include "sync/platforms/push.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

void push_header(const char *headers, const char *name, char *out, size_t capacity)
{
    size_t named = strlen(name);
    *out = '\0';
    while (*headers) {
        size_t length = strcspn(headers, "\r\n");
        if (length > named && headers[named] == ':' && strncasecmp(headers, name, named) == 0) {
            const char *at = headers + named + 1, *end = headers + length;
            while (at < end && *at == ' ')
                at++;
            while (end > at && end[-1] == ' ')
                end--;
            if (!text_is_utf8(at, (size_t)(end - at)) || !text_copy_n(out, capacity, at, (size_t)(end - at)))
                *out = '\0';
            return;
        }
        headers += length + strspn(headers + length, "\r\n");
    }
}

bool push_has_header(const char *headers, const char *name, const char *value)
{
    char had[2 * PLATFORM_CODE_SIZE];
    push_header(headers, name, had, sizeof(had));
    return *value && crypto_same(had, value);
}

bool push_is_signed(const char *headers, const char *name, const char *secret, const char *body, size_t length)
{
    CLEANUP_BUF struct buf sign = {0};
    struct crypto_digest digest;
    if (!*secret || crypto_hmac(CRYPTO_SHA256, secret, body, length, &digest) != 0)
        return false;
    crypto_put_base64(&sign, digest.bytes, digest.length);
    return push_has_header(headers, name, buf_text(&sign));
}

void push_take(const json_t *object, const char *const *names, char *out, size_t capacity)
{
    *out = '\0';
    for (; *names && !*out; names++)
        if (!text_copy(out, capacity, text_json_text(object, *names)) || strcmp(out, "0") == 0)
            *out = '\0';
}
