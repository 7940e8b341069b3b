#include "sync/platforms/crypto.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define AES_SIZE 16

DEFINE_CLEANUP(EVP_CIPHER_CTX_free, EVP_CIPHER_CTX *);

static const EVP_MD *method_of(enum crypto_hash hash)
{
    return hash == CRYPTO_MD5 ? EVP_md5() : hash == CRYPTO_SHA1 ? EVP_sha1() : EVP_sha256();
}

int crypto_hash(enum crypto_hash hash, const void *bytes, size_t length, struct crypto_digest *ret)
{
    unsigned made = 0;
    if (EVP_Digest(bytes, length, ret->bytes, &made, method_of(hash), NULL) != 1)
        return -ENOTSUP;
    ret->length = made;
    return 0;
}

int crypto_hmac(enum crypto_hash hash, const char *key, const void *bytes, size_t length, struct crypto_digest *ret)
{
    unsigned made = 0;
    size_t key_length = strlen(key);
    if (key_length > INT32_MAX || !HMAC(method_of(hash), key, (int)key_length, bytes, length, ret->bytes, &made))
        return -ENOTSUP;
    ret->length = made;
    return 0;
}

void crypto_put_hex(struct buf *buf, const struct crypto_digest *digest, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (size_t i = 0; i < digest->length; i++) {
        buf_putc(buf, digits[digest->bytes[i] >> 4]);
        buf_putc(buf, digits[digest->bytes[i] & 15]);
    }
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void crypto_put_base64(struct buf *buf, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i += 3) {
        uint32_t three =
            (uint32_t)at[i] << 16 | (i + 1 < length ? (uint32_t)at[i + 1] << 8 : 0) | (i + 2 < length ? at[i + 2] : 0u);
        for (size_t k = 0; k < 4; k++)
            buf_putc(buf, i + k > length ? '=' : base64_digits[three >> (18 - 6 * k) & 63]);
    }
}

int crypto_from_base64(const char *text, size_t length, struct buf *ret)
{
    uint32_t bits = 0;
    size_t digits = 0, fill = 0;
    for (size_t i = 0; i < length; i++) {
        const char *digit = text[i] ? strchr(base64_digits, text[i]) : NULL;
        if (text[i] == '\r' || text[i] == '\n')
            continue;
        fill += text[i] == '=';
        if ((!digit && text[i] != '=') || (digit && fill))
            return -EBADMSG;
        bits = bits << 6 | (digit ? (uint32_t)(digit - base64_digits) : 0);
        if (++digits % 4 == 0) {
            const char three[3] = {(char)(bits >> 16 & 255), (char)(bits >> 8 & 255), (char)(bits & 255)};
            if (fill > 2)
                return -EBADMSG;
            buf_put(ret, three, 3 - fill);
        }
    }
    if (digits % 4)
        return -EBADMSG;
    return ret->failed ? -ENOMEM : 0;
}

int crypto_open_aes(const struct buf *key, const struct buf *sealed, struct buf *ret)
{
    static const uint8_t zeroes[AES_SIZE];
    CLEANUP(EVP_CIPHER_CTX_free_p) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context)
        return -ENOMEM;
    if (key->length != AES_SIZE)
        return -EINVAL;
    if (sealed->length == 0 || sealed->length % AES_SIZE || sealed->length > INT32_MAX)
        return -EBADMSG;
    if (EVP_DecryptInit_ex(context, EVP_aes_128_cbc(), NULL, (const uint8_t *)key->data, zeroes) != 1)
        return -ENOTSUP;
    CLEANUP(cleanup_free) uint8_t *plain = malloc(sealed->length + AES_SIZE);
    int length = 0, last = 0;
    if (!plain)
        return -ENOMEM;
    if (EVP_DecryptUpdate(context, plain, &length, (const uint8_t *)sealed->data, (int)sealed->length) != 1 ||
        EVP_DecryptFinal_ex(context, plain + length, &last) != 1)
        return -EBADMSG;
    buf_put(ret, plain, (size_t)length + (size_t)last);
    return ret->failed ? -ENOMEM : 0;
}

bool crypto_same(const char *one, const char *other)
{
    size_t length = strlen(one);
    return length == strlen(other) && CRYPTO_memcmp(one, other, length) == 0;
}
