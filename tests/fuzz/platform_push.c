/* What a selling platform pushes over HTTP. First byte: which platform; second: by its lowest bit, whether the platform
 * has signed it; then headers up to an empty line, and the body. What is not signed is refused and hints at nothing;
 * what is signed is refused with a sentence, or hints at what stands in the body, in texts that end. */
#include "base/text.h"
#include "sync/platforms/crypto.h"
#include "sync/platforms/platform.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

#define HINTS 4

static const struct platform_shop shop = {
    .id = "1", .app_key = "ks123", .app_secret = "s", .push_secret = "AAECAwQFBgcICQoLDA0ODw=="};

/* ---------------------------------------------------------------- as platforms sign */

static void sign_hmac(const char *header, struct buf *headers, struct buf *body)
{
    struct crypto_digest digest;
    CLAIM(crypto_hmac(CRYPTO_SHA256, shop.push_secret, buf_text(body), body->length, &digest) == 0);
    buf_printf(headers, "%s: ", header);
    crypto_put_base64(headers, digest.bytes, digest.length);
    buf_puts(headers, "\r\n");
}

static void sign_shopify(struct buf *headers, struct buf *body)
{
    sign_hmac("X-Shopify-Hmac-Sha256", headers, body);
}

static void sign_woo(struct buf *headers, struct buf *body)
{
    sign_hmac("X-WC-Webhook-Signature", headers, body);
}

static void sign_douyin(struct buf *headers, struct buf *body)
{
    CLEANUP_BUF struct buf base = {0};
    struct crypto_digest digest;
    buf_puts(&base, shop.app_key);
    buf_put(&base, buf_text(body), body->length);
    buf_puts(&base, shop.app_secret);
    CLAIM(crypto_hash(CRYPTO_MD5, base.data, base.length, &digest) == 0);
    buf_puts(headers, "event-sign: ");
    crypto_put_hex(headers, &digest, false);
    buf_puts(headers, "\r\n");
}

static const struct signer {
    const char *platform;
    void (*sign)(struct buf *headers, struct buf *body);
} signers[] = {
    {"shopify", sign_shopify},
    {"woocommerce", sign_woo},
    {"douyin", sign_douyin},
    {"kuaishou", NULL}, /* sealed: seeds hold a message that is */
};

/* ---------------------------------------------------------------- claims */

static bool ends(const char *text, size_t capacity)
{
    size_t length = strnlen(text, capacity);
    return length < capacity && text_is_utf8(text, length);
}

static void check_hint(const struct platform_hint *hint)
{
    CLAIM(ends(hint->shop, sizeof(hint->shop)) && ends(hint->message, sizeof(hint->message)));
    CLAIM(ends(hint->topic, sizeof(hint->topic)) && ends(hint->order, sizeof(hint->order)));
    CLAIM(ends(hint->refund, sizeof(hint->refund)));
}

static void hear(const struct platform *platform, const char *headers, const struct buf *body, bool is_signed)
{
    struct platform_hint hints[HINTS];
    CLEANUP_BUF struct buf reply = {0};
    struct error error = {0};
    size_t count = 9;
    memset(hints, 'x', sizeof(hints));
    int result = platform->hear(&shop, headers, buf_text(body), body->length, hints, HINTS, &count, &reply, &error);
    CLAIM(result == 0 || *error.text);
    CLAIM(result != -EACCES || (!is_signed && count == 0 && reply.length == 0));
    CLAIM(result == 0 ? count <= HINTS && reply.length > 0 : count == 0);
    for (size_t i = 0; i < count; i++)
        check_hint(&hints[i]);
}

/* The headers end at an empty line. */
static void take_headers(struct input *input, struct buf *headers)
{
    while (input->left > 0) {
        const uint8_t *end = memchr(input->at, '\n', input->left);
        size_t length = end ? (size_t)(end - input->at) : input->left;
        bool last = length == 0;
        buf_put(headers, input->at, length);
        buf_puts(headers, last ? "" : "\r\n");
        input->at += length + (end ? 1 : 0);
        input->left -= length + (end ? 1 : 0);
        if (last)
            return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    CLEANUP_BUF struct buf given = {0}, headers = {0}, body = {0};
    const struct signer *signer = &signers[input_byte(&input) % COUNT(signers)];
    const struct platform *platform = platform_find(signer->platform);
    bool is_signed = (input_byte(&input) & 1) && signer->sign;
    CLAIM(platform && platform->hear);
    take_headers(&input, &given);
    buf_put(&body, input.at, input.left);
    if (is_signed)
        signer->sign(&headers, &body); /* first, as a second one of that name counts for nothing */
    buf_puts(&headers, buf_text(&given));
    hear(platform, buf_text(&headers), &body, is_signed);
    return 0;
}
