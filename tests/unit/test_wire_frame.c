/* The frame FSG1: what is written comes back, frames of another program are read and the same are written, and whatever
 * is changed, cut off or claimed falsely is refused: each with its sentence, and before anything is inflated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/id.h"
#include "base/text.h"
#include "sync/wire/segment.h"
#include "wire_golden.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

#define SIGNATURE_AT 144
#define LINE         "{\"sku\":\"tea\"}\n"
#define NONCE        "k3v7q2m9x4c8b1n6z5t0r2w7ya"

static uint8_t public_key[WIRE_FRAME_PUBLIC_KEY], secret_key[WIRE_FRAME_SECRET_KEY];

static struct buf from_hex(const char *hex)
{
    static uint8_t bytes[1 << 17];
    size_t length;
    struct buf buf = {0};
    assert_int_equal(text_from_hex(hex, strlen(hex), bytes, sizeof(bytes), &length), 0);
    buf_put(&buf, bytes, length);
    return buf;
}

static int make_keys(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf seed = from_hex(golden_seed);
    return crypto_sign_seed_keypair(public_key, secret_key, (const uint8_t *)seed.data);
}

static struct wire_frame some_frame(void)
{
    struct wire_frame frame = {
        .kind = WIRE_FRAME_UP, .epoch = 3, .count = 1, .first_seq = 18842, .sent_ms = 1772615722481};
    wire_frame_name(frame.site, "hz-07");
    wire_frame_name(frame.from, "box-7f3a");
    for (uint8_t i = 0; i < CHAIN_HASH_SIZE; i++) {
        frame.prev_hash[i] = i;
        frame.last_hash[i] = (uint8_t)(CHAIN_HASH_SIZE + i);
    }
    for (uint8_t i = 0; i < WIRE_FRAME_KEY_ID; i++)
        frame.key_id[i] = (uint8_t)(2 * CHAIN_HASH_SIZE + i);
    return frame;
}

static struct buf lines_of(size_t count)
{
    struct buf lines = {0};
    while (count-- > 0)
        buf_puts(&lines, LINE);
    return lines;
}

static struct buf written(const struct wire_frame *frame, const struct buf *raw)
{
    struct buf out = {0};
    struct error error = {0};
    assert_int_equal(wire_frame_write(&out, frame, raw->data, raw->length, secret_key, &error), 0);
    assert_string_equal(error.text, "");
    return out;
}

static uint8_t *at(const struct buf *frame, size_t offset)
{
    return (uint8_t *)frame->data + offset;
}

/* After a change: the signature is good again. */
static void sign_again(struct buf *frame)
{
    uint8_t digest[SIGNATURE_AT + 64];
    memcpy(digest, frame->data, SIGNATURE_AT);
    crypto_generichash(digest + SIGNATURE_AT, 64, at(frame, WIRE_FRAME_HEADER), frame->length - WIRE_FRAME_HEADER, NULL,
                       0);
    crypto_sign_detached(at(frame, SIGNATURE_AT), NULL, digest, sizeof(digest), secret_key);
}

/* Any body, signed, that says it inflates to so many bytes. */
static struct buf with_body(const void *body, size_t length, size_t raw_length)
{
    const struct wire_frame frame = some_frame();
    CLEANUP_BUF struct buf lines = lines_of(1);
    struct buf out = written(&frame, &lines);
    out.length = WIRE_FRAME_HEADER;
    buf_put(&out, body, length);
    *at(&out, 5) = WIRE_FRAME_DEFLATED;
    bytes_put_number(at(&out, 56), 4, raw_length);
    bytes_put_number(at(&out, 60), 4, length);
    sign_again(&out);
    return out;
}

/* So many zero bytes, deflated as small as can be, without ever being in memory together. */
static struct buf deflated_zeroes(size_t count)
{
    static Bytef zeroes[1 << 16], packed[1 << 16];
    struct buf out = {0};
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    int end = Z_OK;
    for (size_t left = count; end != Z_STREAM_END;) {
        size_t now = left < sizeof(zeroes) ? left : sizeof(zeroes);
        left -= now;
        stream.next_in = zeroes;
        stream.avail_in = (uInt)now;
        stream.next_out = packed;
        stream.avail_out = sizeof(packed);
        end = deflate(&stream, left > 0 ? Z_NO_FLUSH : Z_FINISH);
        buf_put(&out, packed, sizeof(packed) - stream.avail_out);
    }
    deflateEnd(&stream);
    return out;
}

/* Refused with this code and a sentence with these words; nothing is left in what would have been returned. An opener
 * gets the bytes in a block of their own size, so that a sanitizer sees one byte too many. */
static void assert_refused(const struct buf *frame, int code, const char *says)
{
    struct wire_frame opened = {.kind = -1};
    CLEANUP_BUF struct buf raw = {0};
    struct error error = {0};
    CLEANUP(cleanup_free) uint8_t *exact = malloc(frame->length + !frame->length);
    assert_non_null(exact);
    memcpy(exact, buf_text(frame), frame->length);
    buf_puts(&raw, "before");
    int result = wire_frame_open(exact, frame->length, public_key, &opened, &raw, &error);
    if (code ? result != code || !strstr(error.text, says) : result == 0)
        fail_msg("%d \"%s\" instead of %d \"%s\"", result, error.text, code, says);
    assert_true(*error.text);
    assert_int_equal(opened.kind, -1);
    assert_int_equal(raw.length, 0);
}

static void assert_opens(const struct buf *frame, const struct wire_frame *expected, const struct buf *raw)
{
    struct wire_frame opened = {0}, peeked = {0};
    CLEANUP_BUF struct buf back = {0};
    struct error error = {0};
    buf_puts(&back, "before");
    int result = wire_frame_open(frame->data, frame->length, public_key, &opened, &back, &error);
    if (result)
        fail_msg("%d: %s", result, error.text);
    assert_int_equal(back.length, raw->length);
    assert_memory_equal(back.data, raw->data, raw->length);
    assert_int_equal(wire_frame_peek(frame->data, frame->length, &peeked, NULL), 0);
    assert_memory_equal(&peeked, &opened, sizeof(opened));
    assert_int_equal(opened.raw_length, raw->length);
    assert_int_equal(opened.body_length, frame->length - WIRE_FRAME_HEADER);
    struct wire_frame whole = *expected;
    whole.flags = opened.flags;
    whole.raw_length = opened.raw_length;
    whole.body_length = opened.body_length;
    assert_memory_equal(&opened, &whole, sizeof(whole));
}

/* ---------------------------------------------------------------- what another program made */

static void libsodium_signs_as_rfc_8032(void **state)
{
    (void)state;
    static const struct {
        const char *seed, *public, *message, *signature;
    } vectors[] = {
        {rfc8032_1_seed, rfc8032_1_public, rfc8032_1_message, rfc8032_1_signature},
        {rfc8032_2_seed, rfc8032_2_public, rfc8032_2_message, rfc8032_2_signature},
    };
    for (size_t i = 0; i < COUNT(vectors); i++) {
        CLEANUP_BUF struct buf seed = from_hex(vectors[i].seed);
        CLEANUP_BUF struct buf public = from_hex(vectors[i].public);
        CLEANUP_BUF struct buf message = from_hex(vectors[i].message);
        CLEANUP_BUF struct buf signature = from_hex(vectors[i].signature);
        uint8_t own_public[crypto_sign_PUBLICKEYBYTES], own_secret[crypto_sign_SECRETKEYBYTES];
        uint8_t own_signature[crypto_sign_BYTES];
        crypto_sign_seed_keypair(own_public, own_secret, (const uint8_t *)seed.data);
        assert_memory_equal(own_public, public.data, sizeof(own_public));
        crypto_sign_detached(own_signature, NULL, (const uint8_t *)message.data, message.length, own_secret);
        assert_memory_equal(own_signature, signature.data, sizeof(own_signature));
    }
}

static const struct golden {
    const char *hex;
    size_t lines;
    int64_t kind, first_seq, flags;
    bool has_hashes, has_time; /* those of some_frame(); otherwise zero */
} golden_frames[] = {
    {frame_stored, 1, WIRE_FRAME_UP, 18842, 0, true, true},
    {frame_deflated, 200, WIRE_FRAME_UP, INT64_C(9999999999999800), WIRE_FRAME_DEFLATED, true, false},
    {frame_down, 2, WIRE_FRAME_DOWN, 1, 0, true, false},
    {frame_chunk, 2, WIRE_FRAME_CHUNK, 7, 0, false, false},
    {frame_other_deflate, 1, WIRE_FRAME_UP, 1, WIRE_FRAME_DEFLATED, false, false},
};

static struct wire_frame frame_of(const struct golden *golden)
{
    struct wire_frame frame = some_frame();
    frame.kind = golden->kind;
    frame.count = (int64_t)golden->lines;
    frame.first_seq = golden->first_seq;
    frame.sent_ms = golden->has_time ? frame.sent_ms : 0;
    if (golden->kind != WIRE_FRAME_UP) {
        frame.epoch = 0;
        wire_frame_name(frame.from, NONCE);
    }
    if (!golden->has_hashes) {
        memset(frame.prev_hash, 0, sizeof(frame.prev_hash));
        memset(frame.last_hash, 0, sizeof(frame.last_hash));
        memset(frame.key_id, 0, sizeof(frame.key_id));
    }
    return frame;
}

static void frames_of_another_program_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_frames); i++) {
        const struct wire_frame expected = frame_of(&golden_frames[i]);
        CLEANUP_BUF struct buf frame = from_hex(golden_frames[i].hex), lines = lines_of(golden_frames[i].lines);
        assert_int_equal(*at(&frame, 5), golden_frames[i].flags);
        assert_opens(&frame, &expected, &lines);
    }
}

static void the_same_frame_is_written(void **state)
{
    (void)state;
    const struct wire_frame frame = some_frame();
    CLEANUP_BUF struct buf expected = from_hex(frame_stored), lines = lines_of(1), ours = written(&frame, &lines);
    assert_int_equal(ours.length, expected.length);
    assert_memory_equal(ours.data, expected.data, expected.length);
}

/* ---------------------------------------------------------------- there and back */

static void what_is_written_comes_back(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 3, 20, WIRE_FRAME_LINES_MAX};
    for (int64_t kind = WIRE_FRAME_UP; kind <= WIRE_FRAME_CHUNK; kind++)
        for (size_t i = 0; i < COUNT(counts); i++) {
            struct wire_frame frame = some_frame();
            frame.kind = kind;
            frame.epoch = kind == WIRE_FRAME_UP ? UINT32_MAX : 0;
            frame.count = (int64_t)counts[i];
            frame.first_seq = WIRE_FRAME_SEQ_MAX - frame.count + 1;
            frame.sent_ms = INT64_MAX;
            CLEANUP_BUF struct buf lines = lines_of(counts[i]);
            CLEANUP_BUF struct buf out = written(&frame, &lines);
            assert_opens(&out, &frame, &lines);
            assert_int_equal(*at(&out, 5), counts[i] > 1 ? WIRE_FRAME_DEFLATED : 0);
        }
}

/* Bytes that nothing makes smaller, or zeroes, of which nothing is left. */
static struct buf raw_of(size_t length, bool is_random)
{
    struct random_seeded seed = {length};
    struct buf raw = {0};
    for (size_t i = 0; i < length; i += sizeof(uint64_t)) {
        uint64_t number = is_random ? random_next(&seed) : 0;
        buf_put(&raw, &number, length - i < sizeof(number) ? length - i : sizeof(number));
    }
    return raw;
}

static void the_largest_that_fit_come_back_and_no_more_is_written(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        bool is_random;
        int result;
        const char *says;
    } cases[] = {
        {1, true, 0, ""},
        {WIRE_FRAME_BODY_MAX, true, 0, ""},
        {WIRE_FRAME_BODY_MAX + 1, true, -EMSGSIZE, "not a body of 1 byte to 128 KiB but of 131073"},
        {WIRE_FRAME_RAW_MAX, false, 0, ""},
        {WIRE_FRAME_RAW_MAX, true, -EMSGSIZE, "not a body of 1 byte to 128 KiB but of 1048576"},
        {WIRE_FRAME_RAW_MAX + 1, false, -EMSGSIZE, "not 1 byte to 1 MiB of lines but 1048577"},
        {0, false, -EMSGSIZE, "not 1 byte to 1 MiB of lines but 0"},
    };
    const struct wire_frame frame = some_frame();
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf raw = raw_of(cases[i].length, cases[i].is_random), out = {0};
        struct error error = {0};
        int result = wire_frame_write(&out, &frame, buf_text(&raw), raw.length, secret_key, &error);
        assert_int_equal(result, cases[i].result);
        if (!strstr(error.text, cases[i].says))
            fail_msg("\"%s\" instead of \"%s\"", error.text, cases[i].says);
        if (result)
            assert_int_equal(out.length, 0);
        else
            assert_opens(&out, &frame, &raw);
    }
}

static void a_full_buffer_is_left_as_it_was(void **state)
{
    (void)state;
    const struct wire_frame frame = some_frame();
    CLEANUP_BUF struct buf out = {.max = WIRE_FRAME_HEADER + 10}, lines = lines_of(1);
    buf_puts(&out, "before");
    assert_int_equal(wire_frame_write(&out, &frame, lines.data, lines.length, secret_key, NULL), -ENOMEM);
    assert_string_equal(out.data, "before");
    CLEANUP_BUF struct buf whole = written(&frame, &lines), raw = {.max = 5};
    struct wire_frame opened;
    assert_int_equal(wire_frame_open(whole.data, whole.length, public_key, &opened, &raw, NULL), -ENOMEM);
    assert_int_equal(raw.length, 0);
}

/* ---------------------------------------------------------------- limits */

/* A number that is out of range is refused though it is signed, and is not written either. */
static void numbers_out_of_range_are_refused_each_with_its_sentence(void **state)
{
    (void)state;
    static const struct {
        size_t at, size;
        uint64_t number;
        int code;
        const char *says;
    } cases[] = {
        {0, 1, 'G', -EBADMSG, "does not begin with FSG1"},
        {3, 1, '2', -EBADMSG, "does not begin with FSG1"},
        {4, 1, 0, -EBADMSG, "no known kind (1 to 3): 0"},
        {4, 1, 4, -EBADMSG, "no known kind (1 to 3): 4"},
        {4, 1, 2, -EBADMSG, "kind 2 has epoch 3"},
        {5, 1, 2, -EBADMSG, "a reserved flag set: 2"},
        {5, 1, 0x81, -EBADMSG, "a reserved flag set: 129"},
        {6, 2, 207, -EBADMSG, "header has not 208 bytes but 207"},
        {6, 2, 464, -EBADMSG, "header has not 208 bytes but 464"},
        {40, 4, 0, -EBADMSG, "kind 1 has epoch 0"},
        {44, 4, 0, -EMSGSIZE, "not 1 to 200 lines but 0"},
        {44, 4, 201, -EMSGSIZE, "not 1 to 200 lines but 201"},
        {44, 4, UINT32_MAX, -EMSGSIZE, "not 1 to 200 lines but 4294967295"},
        {48, 8, 0, -EBADMSG, "first number that is not 1 to 16 digits: 0"},
        {48, 8, UINT64_C(10000000000000000), -EBADMSG, "not 1 to 16 digits: 10000000000000000"},
        {48, 8, UINT64_MAX, -EBADMSG, "not 1 to 16 digits: 18446744073709551615"},
        {48, 8, UINT64_C(9999999999999999), -EBADMSG, "last number has more than 16 digits"},
        {56, 4, 0, -EMSGSIZE, "not 1 byte to 1 MiB of lines but 0"},
        {56, 4, WIRE_FRAME_RAW_MAX + 1, -EMSGSIZE, "not 1 byte to 1 MiB of lines but 1048577"},
        {60, 4, 0, -EMSGSIZE, "not a body of 1 byte to 128 KiB but of 0"},
        {60, 4, WIRE_FRAME_BODY_MAX + 1, -EMSGSIZE, "not a body of 1 byte to 128 KiB but of 131073"},
        {128, 8, UINT64_C(1) << 63, -EBADMSG, "sent at no time: 9223372036854775808"},
    };
    struct wire_frame frame = some_frame();
    frame.count = 2;
    CLEANUP_BUF struct buf lines = lines_of(2), good = written(&frame, &lines);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf bad = {0};
        buf_put(&bad, good.data, good.length);
        bytes_put_number(at(&bad, cases[i].at), cases[i].size, cases[i].number);
        sign_again(&bad);
        assert_refused(&bad, cases[i].code, cases[i].says);
    }
}

static void frames_out_of_range_are_not_written(void **state)
{
    (void)state;
    const struct wire_frame good = some_frame();
    struct wire_frame bad[] = {good, good, good, good, good, good, good, good};
    CLEANUP_BUF struct buf lines = lines_of(1), out = {0};
    bad[0].kind = 0;
    bad[1].epoch = 0;
    bad[2].epoch = INT64_C(1) << 32;
    bad[3].count = WIRE_FRAME_LINES_MAX + 1;
    bad[4].first_seq = 0;
    bad[5].sent_ms = -1;
    bad[6].kind = WIRE_FRAME_DOWN;
    bad[7].first_seq = WIRE_FRAME_SEQ_MAX + 1;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error error = {0};
        assert_true(wire_frame_write(&out, &bad[i], lines.data, lines.length, secret_key, &error) < 0);
        assert_true(*error.text);
        assert_int_equal(out.length, 0);
    }
}

/* ---------------------------------------------------------------- changed, cut, forged */

static void every_changed_bit_is_refused(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 20; count += 19) { /* one as it is, one deflated */
        struct wire_frame frame = some_frame();
        frame.count = (int64_t)count;
        CLEANUP_BUF struct buf lines = lines_of(count), out = written(&frame, &lines);
        for (size_t bit = 0; bit < 8 * out.length; bit++) {
            *at(&out, bit / 8) ^= (uint8_t)(1 << bit % 8);
            size_t byte = bit / 8;
            bool is_number = byte < 8 || (byte >= 40 && byte < 64) || (byte >= 128 && byte < 136);
            assert_refused(&out, is_number ? 0 : -EKEYREJECTED, is_number ? "" : "signature");
            *at(&out, bit / 8) ^= (uint8_t)(1 << bit % 8);
        }
        assert_opens(&out, &frame, &lines);
    }
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    struct wire_frame frame = some_frame();
    frame.count = 20;
    CLEANUP_BUF struct buf lines = lines_of(20), whole = written(&frame, &lines);
    for (size_t length = 0; length < whole.length; length++) {
        CLEANUP_BUF struct buf cut = {0};
        buf_put(&cut, whole.data, length);
        assert_refused(&cut, -EBADMSG, length < WIRE_FRAME_HEADER ? "shorter than its header" : "has a body of");
    }
    buf_putc(&whole, 0);
    assert_refused(&whole, -EBADMSG, "has a body of");
}

static void another_key_does_not_open(void **state)
{
    (void)state;
    const struct wire_frame frame = some_frame();
    uint8_t other_public[WIRE_FRAME_PUBLIC_KEY], other_secret[WIRE_FRAME_SECRET_KEY];
    CLEANUP_BUF struct buf lines = lines_of(1), out = {0};
    crypto_sign_seed_keypair(other_public, other_secret, frame.prev_hash);
    assert_int_equal(wire_frame_write(&out, &frame, lines.data, lines.length, other_secret, NULL), 0);
    assert_refused(&out, -EKEYREJECTED, "signature is not by the key");
    struct wire_frame peeked; /* what it claims is readable all the same: by it the key is chosen */
    assert_int_equal(wire_frame_peek(out.data, out.length, &peeked, NULL), 0);
    assert_memory_equal(peeked.from, frame.from, WIRE_FRAME_NAME);
    /* A key of small order, under which some signatures of anything hold elsewhere. */
    static const uint8_t no_key[WIRE_FRAME_PUBLIC_KEY] = {1};
    memset(at(&out, SIGNATURE_AT), 0, crypto_sign_BYTES);
    *at(&out, SIGNATURE_AT) = 1;
    CLEANUP_BUF struct buf raw = {0};
    assert_int_equal(wire_frame_open(out.data, out.length, no_key, &peeked, &raw, NULL), -EKEYREJECTED);
}

/* ---------------------------------------------------------------- the body */

static void bodies_that_do_not_hold_what_they_say_are_refused(void **state)
{
    (void)state;
    static const uint8_t good[] = {0x4b, 0x4c, 0x4a, 0x06, 0x00}; /* "abc" */
    static const uint8_t no_block[] = {0x07}, with_rest[] = {0x4b, 0x4c, 0x4a, 0x06, 0x00, 0x00};
    static const uint8_t zlib_header[] = {0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0x00};
    static const uint8_t too_far_back[] = {0x03, 0x22, 0x00, 0x00};
    const struct {
        const uint8_t *body;
        size_t length, raw_length;
        const char *says;
    } cases[] = {
        {good, sizeof(good), 2, "does not end after the 2 bytes it says"},
        {good, sizeof(good), 4, "ends before the 4 bytes it says"},
        {good, sizeof(good) - 1, 3, "cannot be inflated to the 3 bytes it says"},
        {good, sizeof(good) - 1, 4, "cannot be inflated to the 4 bytes it says"},
        {good, 1, 3, "cannot be inflated to"},
        {no_block, sizeof(no_block), 3, "cannot be inflated to"},
        {with_rest, sizeof(with_rest), 4, "ends before the 4 bytes it says"},
        {with_rest, sizeof(with_rest), 3, "has a rest after the 3 bytes it says"},
        {zlib_header, sizeof(zlib_header), 3, "cannot be inflated to"},
        {too_far_back, sizeof(too_far_back), 9, "cannot be inflated to"},
    };
    CLEANUP_BUF struct buf abc = {0}, whole = with_body(good, sizeof(good), 3);
    const struct wire_frame frame = some_frame();
    buf_puts(&abc, "abc");
    assert_opens(&whole, &frame, &abc);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf bad = with_body(cases[i].body, cases[i].length, cases[i].raw_length);
        assert_refused(&bad, -EBADMSG, cases[i].says);
    }
    *at(&whole, 5) = 0; /* not deflated after all */
    sign_again(&whole);
    assert_refused(&whole, -EBADMSG, "has 3 bytes of lines in a body of 5");
}

/* The body breaks off, would be too much or is nothing, and the signature is not good: the signature is named. */
static void nothing_is_inflated_before_the_signature_holds(void **state)
{
    (void)state;
    static const uint8_t broken[] = {0x07, 0xFF};
    CLEANUP_BUF struct buf bad = with_body(broken, sizeof(broken), 9);
    assert_refused(&bad, -EBADMSG, "cannot be inflated");
    *at(&bad, SIGNATURE_AT) ^= 1;
    assert_refused(&bad, -EKEYREJECTED, "signature");
}

static long peak_kib(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* A body of 128 KiB can become 127 MiB, and one that becomes 1 GiB has 1 MiB. */
static void bombs_are_refused_in_little_memory(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf zeroes = deflated_zeroes((size_t)127 << 20);
    assert_in_range(zeroes.length, 100 << 10, WIRE_FRAME_BODY_MAX);
    CLEANUP_BUF struct buf bomb = with_body(zeroes.data, zeroes.length, WIRE_FRAME_RAW_MAX);
    long before = peak_kib();
    assert_refused(&bomb, -EBADMSG, "does not end after the 1048576 bytes it says");
    assert_in_range(peak_kib() - before, 0, 8 << 10);
    CLEANUP_BUF struct buf huge = raw_of((size_t)1 << 20, true),
                           large = with_body(huge.data, huge.length, WIRE_FRAME_RAW_MAX);
    assert_refused(&large, -EMSGSIZE, "not a body of 1 byte to 128 KiB but of 1048576");
    CLEANUP_BUF struct buf claim = with_body(zeroes.data, zeroes.length, (size_t)1 << 30);
    assert_refused(&claim, -EMSGSIZE, "not 1 byte to 1 MiB of lines but 1073741824");
    assert_in_range(peak_kib() - before, 0, 16 << 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libsodium_signs_as_rfc_8032),
        cmocka_unit_test(frames_of_another_program_open),
        cmocka_unit_test(the_same_frame_is_written),
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(the_largest_that_fit_come_back_and_no_more_is_written),
        cmocka_unit_test(a_full_buffer_is_left_as_it_was),
        cmocka_unit_test(numbers_out_of_range_are_refused_each_with_its_sentence),
        cmocka_unit_test(frames_out_of_range_are_not_written),
        cmocka_unit_test(every_changed_bit_is_refused),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(another_key_does_not_open),
        cmocka_unit_test(bodies_that_do_not_hold_what_they_say_are_refused),
        cmocka_unit_test(nothing_is_inflated_before_the_signature_holds),
        cmocka_unit_test(bombs_are_refused_in_little_memory),
    };
    return cmocka_run_group_tests_name("wire_frame", tests, make_keys, NULL);
}
