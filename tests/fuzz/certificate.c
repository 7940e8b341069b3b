/* A file of certificates that somebody hands over. First byte: how many bytes of the rest are the authority's, times
 * four; then the certificate's. What is read of it can be shown, and nothing but what an authority made comes from it.
 */
#include "base/certificate.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

static const struct certificate_pair *ours(void)
{
    static const struct certificate_order order = {.use = CERTIFICATE_AUTHORITY,
                                                   .common_name = "Fuzz",
                                                   .from_us = INT64_C(1700000000000000),
                                                   .until_us = INT64_C(1900000000000000)};
    static struct certificate_pair pair;
    struct error error = {0};
    if (pair.certificate.length == 0)
        CLAIM(certificate_make(&order, NULL, &pair, &error) == 0);
    return &pair;
}

static void check_facts(const struct buf *pem)
{
    struct certificate_facts facts = {0};
    int result = certificate_read(pem, &facts);
    CLAIM(result == 0 || result == -EBADMSG);
    if (result)
        return;
    CLAIM(strnlen(facts.common_name, sizeof(facts.common_name)) < sizeof(facts.common_name));
    CLAIM(strlen(facts.fingerprint) == sizeof(facts.fingerprint) - 3 || strlen(facts.fingerprint) == 95);
    CLAIM(text_is_utf8(facts.common_name, strlen(facts.common_name)));
    (void)certificate_days_left(&facts, INT64_C(1774000000000000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    CLEANUP_BUF struct buf authority = {0}, pem = {0};
    struct input first CLEANUP_INPUT = input_cut(&input, (size_t)input_byte(&input) * 4);
    buf_put(&authority, first.at, first.left);
    buf_put(&pem, input.at, input.left);
    check_facts(&authority);
    check_facts(&pem);
    CLAIM(!certificate_comes_from(&pem, &ours()->certificate));
    (void)certificate_comes_from(&pem, &authority);
    (void)certificate_names(&pem, "box.example");
    (void)certificate_names(&pem, "10.0.0.1");
    (void)certificate_may_name(&authority, "box.example");
    return 0;
}
