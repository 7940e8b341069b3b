/* Frames of lines from the network. First byte: 0, the rest is a frame as it comes; 1, the same with a good signature,
 * so that its body is inflated; 2, two bytes of the length that it claims to inflate to, then a body that a good frame
 * is put around; 3, lines that are written and opened again. */
#include "base/bytes.h"
#include "sync/wire/segment.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <sodium.h>

enum { AS_IT_COMES, SIGNED_AGAIN, ANY_BODY, THERE_AND_BACK, WAYS };
enum { SIGNATURE_AT = 144, BODY_HASH = 64 };

static uint8_t public_key[WIRE_FRAME_PUBLIC_KEY], secret_key[WIRE_FRAME_SECRET_KEY];

static void make_keys(void)
{
    static const uint8_t seed[crypto_sign_SEEDBYTES] = {1};
    if (!public_key[0])
        CLAIM(crypto_sign_seed_keypair(public_key, secret_key, seed) == 0 && public_key[0]);
}

static void sign(uint8_t *frame, size_t length)
{
    uint8_t digest[SIGNATURE_AT + BODY_HASH];
    memcpy(digest, frame, SIGNATURE_AT);
    crypto_generichash(digest + SIGNATURE_AT, BODY_HASH, frame + WIRE_FRAME_HEADER, length - WIRE_FRAME_HEADER, NULL,
                       0);
    crypto_sign_detached(frame + SIGNATURE_AT, NULL, digest, sizeof(digest), secret_key);
}

static struct wire_frame some_frame(void)
{
    return (struct wire_frame){.kind = WIRE_FRAME_UP, .epoch = 1, .count = 1, .first_seq = 1};
}

static void check_numbers(const struct wire_frame *frame, size_t length)
{
    CLAIM(frame->kind >= WIRE_FRAME_UP && frame->kind <= WIRE_FRAME_CHUNK);
    CLAIM((frame->kind == WIRE_FRAME_UP) == (frame->epoch > 0) && frame->epoch <= UINT32_MAX);
    CLAIM(frame->count >= 1 && frame->count <= WIRE_FRAME_LINES_MAX);
    CLAIM(frame->first_seq >= 1 && frame->first_seq + frame->count - 1 <= WIRE_FRAME_SEQ_MAX);
    CLAIM(frame->sent_ms >= 0 && (frame->flags == 0 || frame->flags == WIRE_FRAME_DEFLATED));
    CLAIM(frame->raw_length >= 1 && frame->raw_length <= (int64_t)WIRE_FRAME_RAW_MAX);
    CLAIM(frame->flags || frame->raw_length == frame->body_length);
    CLAIM(frame->body_length <= (int64_t)WIRE_FRAME_BODY_MAX &&
          length == WIRE_FRAME_HEADER + (size_t)frame->body_length);
}

/* Either it opens and is what it says, or it is refused with a sentence and nothing is left behind. */
static int check_open(const uint8_t *bytes, size_t length, struct buf *ret_raw)
{
    struct wire_frame peeked = {.kind = -1}, opened = {.kind = -1};
    struct error error = {0};
    int peek = wire_frame_peek(bytes, length, &peeked, &error);
    CLAIM(peek == 0 || ((peek == -EBADMSG || peek == -EMSGSIZE) && *error.text && peeked.kind == -1));
    if (peek == 0)
        check_numbers(&peeked, length);
    error = (struct error){0};
    int result = wire_frame_open(bytes, length, public_key, &opened, ret_raw, &error);
    CLAIM(peek == 0 || result == peek);
    if (result) {
        CLAIM(result == -EBADMSG || result == -EMSGSIZE || result == -EKEYREJECTED);
        CLAIM(*error.text && opened.kind == -1 && ret_raw->length == 0);
        return result;
    }
    CLAIM(memcmp(&opened, &peeked, sizeof(opened)) == 0 && ret_raw->length == (size_t)opened.raw_length);
    return 0;
}

/* What opened is written again, and opens as the same lines. */
static void check_back(const struct wire_frame *frame, const void *raw, size_t length)
{
    CLEANUP_BUF struct buf again = {0}, back = {0};
    if (length == 0) {
        CLAIM(wire_frame_write(&again, frame, raw, length, secret_key, NULL) == -EMSGSIZE && again.length == 0);
        return;
    }
    CLAIM(wire_frame_write(&again, frame, raw, length, secret_key, NULL) == 0);
    CLAIM(again.length <= WIRE_FRAME_HEADER + length);
    CLAIM(check_open((const uint8_t *)again.data, again.length, &back) == 0);
    CLAIM(back.length == length && memcmp(back.data, raw, length) == 0);
}

static void check_frame(struct input input, bool is_signed)
{
    CLEANUP_BUF struct buf raw = {0};
    CLEANUP_INPUT struct input exact = input_cut(&input, input.left);
    if (is_signed && exact.left >= WIRE_FRAME_HEADER)
        sign((uint8_t *)(uintptr_t)exact.at, exact.left);
    struct wire_frame frame;
    if (check_open(exact.at, exact.left, &raw) == 0 && wire_frame_peek(exact.at, exact.left, &frame, NULL) == 0)
        check_back(&frame, raw.data, raw.length);
}

static void check_body(struct input input)
{
    CLEANUP_BUF struct buf frame = {0};
    const struct wire_frame header = some_frame();
    size_t raw_length = input_number(&input);
    CLAIM(wire_frame_write(&frame, &header, "\n", 1, secret_key, NULL) == 0);
    frame.length = WIRE_FRAME_HEADER;
    buf_put(&frame, input.at, input.left);
    uint8_t *bytes = (uint8_t *)frame.data;
    bytes[5] = WIRE_FRAME_DEFLATED;
    bytes_put_number(bytes + 56, 4, raw_length);
    bytes_put_number(bytes + 60, 4, input.left);
    check_frame((struct input){bytes, frame.length}, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const struct wire_frame frame = some_frame();
    make_keys();
    switch (input_byte(&input) % WAYS) {
    case AS_IT_COMES:
        check_frame(input, false);
        break;
    case SIGNED_AGAIN:
        check_frame(input, true);
        break;
    case ANY_BODY:
        check_body(input);
        break;
    default:
        check_back(&frame, input.at, input.left);
    }
    return 0;
}
