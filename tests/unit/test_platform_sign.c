/* Signatures are those of the vectors that the platforms' documents and several other programs agree on; hashes are
 * those of the RFCs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "sync/platforms/crypto.h"
#include "sync/platforms/form.h"
#include "sync/platforms/sign.h"

#include <errno.h>
#include <string.h>

#define VECTORS "tests/platforms/sign_vectors.json"
#define SEALED  "IyvwHh5oTiIGDZCSFeSjO8LOue+YB5j29bY8JAwS5Ji3UJti+DRNcenCBBrledod"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static size_t take_params(json_t *params, struct platform_value *values)
{
    const char *name;
    json_t *value;
    size_t count = 0;
    json_object_foreach(params, name, value)
    {
        values[count++] = (struct platform_value){name, json_string_value(value)};
    }
    return count;
}

static void vectors_are_met(void **state)
{
    (void)state;
    json_t *vectors = json_load_file(VECTORS, 0, NULL), *vector;
    size_t i;
    assert_true(json_array_size(vectors) >= 9);
    json_array_foreach(vectors, i, vector)
    {
        const struct platform *platform = platform_find(text_of(vector, "platform"));
        struct platform_value values[16];
        struct error error = {0};
        CLEANUP_BUF struct buf out = {0};
        assert_non_null(platform);
        size_t count = take_params(json_object_get(vector, "params"), values);
        assert_int_equal(platform->sign(text_of(vector, "secret"), "", values, count, &out, &error), 0);
        assert_string_equal(buf_text(&out), text_of(vector, "sign"));
    }
    json_decref(vectors);
}

static const struct platform_value some[] = {{"b", "2"}, {"sign", "x"}, {"empty", ""}, {"B", "茶"}, {"a", "1&="}};

static void assert_signed(const char *platform, const char *method, const char *base, enum crypto_hash hash,
                          const char *key)
{
    CLEANUP_BUF struct buf out = {0}, wanted = {0};
    struct crypto_digest digest;
    struct error error = {0};
    assert_int_equal(platform_find(platform)->sign("s", method, some, COUNT(some), &out, &error), 0);
    assert_int_equal(
        key ? crypto_hmac(hash, key, base, strlen(base), &digest) : crypto_hash(hash, base, strlen(base), &digest), 0);
    if (strcmp(platform, "kuaishou") == 0 && key)
        crypto_put_base64(&wanted, digest.bytes, digest.length);
    else
        crypto_put_hex(&wanted, &digest, strcmp(platform, "kuaishou") != 0 && strcmp(platform, "douyin") != 0);
    assert_string_equal(buf_text(&out), buf_text(&wanted));
}

/* Capitals come before small letters; what is empty is left out by two of them; the signature itself by all. */
static void each_has_its_own_rule(void **state)
{
    (void)state;
    assert_signed("taobao", "", "sB茶a1&=b2s", CRYPTO_MD5, NULL);
    assert_signed("taobao", "HMAC", "B茶a1&=b2", CRYPTO_MD5, "s");
    assert_signed("taobao", "hmac_sha256", "B茶a1&=b2", CRYPTO_SHA256, "s");
    assert_signed("jd", "md5", "sB茶a1&=b2s", CRYPTO_MD5, NULL);
    assert_signed("pdd", "", "sB茶a1&=b2emptys", CRYPTO_MD5, NULL);
    assert_signed("douyin", "", "sapp_keymethodparam_jsontimestampvs", CRYPTO_MD5, NULL);
    assert_signed("douyin", "hmac-sha256", "sapp_keymethodparam_jsontimestampvs", CRYPTO_SHA256, "s");
    assert_signed("kuaishou", "", "B=茶&a=1&=&b=2&empty=&signSecret=s", CRYPTO_MD5, NULL);
    assert_signed("kuaishou", "hmac-sha256", "B=茶&a=1&=&b=2&empty=&signSecret=s", CRYPTO_SHA256, "s");
}

static void a_method_of_others_is_refused(void **state)
{
    (void)state;
    static const char *const refused[][2] = {{"taobao", "sha256"}, {"jd", "hmac-sha256"}, {"pdd", "hmac"},
                                             {"douyin", "hmac"},   {"kuaishou", "hmac"},  {"taobao", "md"},
                                             {"taobao", "md55"}};
    for (size_t i = 0; i < COUNT(refused); i++) {
        CLEANUP_BUF struct buf out = {0};
        struct error error = {0};
        assert_int_equal(platform_find(refused[i][0])->sign("s", refused[i][1], some, 1, &out, &error), -EINVAL);
        assert_true(*error.text && out.length == 0);
    }
}

static void assert_hmac(enum crypto_hash hash, size_t key_length, const char *wanted)
{
    char key[32] = {0};
    CLEANUP_BUF struct buf hex = {0};
    struct crypto_digest digest;
    memset(key, 0x0b, key_length);
    assert_int_equal(crypto_hmac(hash, key, "Hi There", 8, &digest), 0);
    crypto_put_hex(&hex, &digest, true);
    assert_string_equal(buf_text(&hex), wanted);
}

static void keyed_hashes_are_those_of_the_rfcs(void **state)
{
    (void)state;
    assert_hmac(CRYPTO_MD5, 16, "9294727A3638BB1C13F48EF8158BFC9D");
    assert_hmac(CRYPTO_SHA1, 20, "B617318655057264E28BC0B6FB378C8EF146BE00");
    assert_hmac(CRYPTO_SHA256, 20, "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7");
}

static void base64_goes_there_and_back(void **state)
{
    (void)state;
    static const char *const texts[][2] = {{"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
                                           {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xFF\xFE", "//4="}};
    for (size_t i = 0; i < COUNT(texts); i++) {
        CLEANUP_BUF struct buf written = {0}, read = {0};
        crypto_put_base64(&written, texts[i][0], strlen(texts[i][0]));
        assert_string_equal(buf_text(&written), texts[i][1]);
        assert_int_equal(crypto_from_base64(texts[i][1], strlen(texts[i][1]), &read), 0);
        assert_string_equal(buf_text(&read), texts[i][0]);
    }
    static const char *const wrong[] = {"Zg=", "Zg", "Z===", "Zg==Zg", "Z*==", "Zm=v"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CLEANUP_BUF struct buf read = {0};
        assert_int_equal(crypto_from_base64(wrong[i], strlen(wrong[i]), &read), -EBADMSG);
    }
}

/* The message was sealed by another program: openssl enc -aes-128-cbc -K 00…0f -iv 0. */
static void what_was_sealed_is_opened(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf key = {0}, sealed = {0}, plain = {0}, none = {0};
    assert_int_equal(crypto_from_base64("AAECAwQFBgcICQoLDA0ODw==", 24, &key), 0);
    assert_int_equal(crypto_from_base64(SEALED, strlen(SEALED), &sealed), 0);
    assert_int_equal(crypto_open_aes(&key, &sealed, &plain), 0);
    assert_string_equal(buf_text(&plain), "{\"event\":\"kwaishop_order_paySuccess\"}");
    sealed.data[sealed.length - 17] ^= 1;
    assert_int_equal(crypto_open_aes(&key, &sealed, &none), -EBADMSG);
    sealed.length--;
    assert_int_equal(crypto_open_aes(&key, &sealed, &none), -EBADMSG);
    key.length--;
    assert_int_equal(crypto_open_aes(&key, &sealed, &none), -EINVAL);
}

static void a_form_is_escaped(void **state)
{
    (void)state;
    CLEANUP_FORM struct form form = {0};
    CLEANUP_BUF struct buf out = {0};
    form_put(&form, "name", "红茶 a+b&c=~");
    form_put(&form, "empty", "");
    form_put_int(&form, "n", -5);
    assert_int_equal(form_write(&form, &out), 0);
    assert_string_equal(buf_text(&out), "name=%E7%BA%A2%E8%8C%B6%20a%2Bb%26c%3D~&n=-5");
    for (size_t i = 0; i < FORM_VALUES_MAX; i++)
        form_put(&form, "x", "y");
    assert_int_equal(form_write(&form, &out), -ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_are_met),
        cmocka_unit_test(each_has_its_own_rule),
        cmocka_unit_test(a_method_of_others_is_refused),
        cmocka_unit_test(keyed_hashes_are_those_of_the_rfcs),
        cmocka_unit_test(base64_goes_there_and_back),
        cmocka_unit_test(what_was_sealed_is_opened),
        cmocka_unit_test(a_form_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
