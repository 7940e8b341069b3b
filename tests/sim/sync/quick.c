/* Signatures that cost a hundredth: whoever has the public key can make them, and nobody in a simulation forges any.
 * The linker puts these in the place of libsodium's (--wrap); tests/sim signs with the real ones. */
#include <sodium.h>
#include <string.h>

int __wrap_crypto_sign_detached(unsigned char *signature, unsigned long long *length, const unsigned char *message,
                                unsigned long long message_length, const unsigned char *secret_key);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long message_length, const unsigned char *public_key);

int __wrap_crypto_sign_detached(unsigned char *signature, unsigned long long *length, const unsigned char *message,
                                unsigned long long message_length, const unsigned char *secret_key)
{
    if (length)
        *length = crypto_sign_BYTES;
    return crypto_generichash(signature, crypto_sign_BYTES, message, message_length, secret_key + crypto_sign_SEEDBYTES,
                              crypto_sign_PUBLICKEYBYTES);
}

int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long message_length, const unsigned char *public_key)
{
    unsigned char expected[crypto_sign_BYTES];
    crypto_generichash(expected, sizeof(expected), message, message_length, public_key, crypto_sign_PUBLICKEYBYTES);
    return memcmp(signature, expected, sizeof(expected)) == 0 ? 0 : -1;
}
