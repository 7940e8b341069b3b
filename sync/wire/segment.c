#include "sync/wire/segment.h"

#include "base/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <sodium.h>
#include <string.h>

#define SIGNED    144 /* bytes of the header before the signature */
#define BODY_HASH 64  /* bytes of BLAKE2b-512 */
#define EFFORT                                                                                                         \
    5 /* of 1 to 12: a scan may wait for it. 6 makes lines a twentieth shorter, and takes half as long again */

_Static_assert(WIRE_FRAME_PUBLIC_KEY == crypto_sign_PUBLICKEYBYTES, "libsodium's form");
_Static_assert(WIRE_FRAME_SECRET_KEY == crypto_sign_SECRETKEYBYTES, "libsodium's form");
_Static_assert(SIGNED + crypto_sign_BYTES == WIRE_FRAME_HEADER, "the signature ends the header");

static const char no_memory[] = "there is no memory for a frame";
static const uint8_t beginning[] = {'F', 'S', 'G', '1'};
enum { HEADER_LENGTH_AT = 6, HEADER_LENGTH_SIZE = 2 };

/* Where each number stands, and what it may be. */
static const struct {
    size_t at, size, member;
    int64_t min, max;
    int code;
    const char *says; /* after "a frame " and before the number */
} numbers[] = {
#define NUMBER(at, size, member) at, size, offsetof(struct wire_frame, member)
    {NUMBER(4, 1, kind), WIRE_FRAME_UP, WIRE_FRAME_CHUNK, -EBADMSG, "is of no known kind (1 to 3):"},
    {NUMBER(5, 1, flags), 0, WIRE_FRAME_DEFLATED, -EBADMSG, "has a reserved flag set:"},
    {NUMBER(40, 4, epoch), 0, UINT32_MAX, -EBADMSG, "has an epoch out of range:"},
    {NUMBER(44, 4, count), 1, WIRE_FRAME_LINES_MAX, -EMSGSIZE, "has not 1 to 200 lines but"},
    {NUMBER(48, 8, first_seq), 1, WIRE_FRAME_SEQ_MAX, -EBADMSG, "has a first number that is not 1 to 16 digits:"},
    {NUMBER(56, 4, raw_length), 1, WIRE_FRAME_RAW_MAX, -EMSGSIZE, "has not 1 byte to 1 MiB of lines but"},
    {NUMBER(60, 4, body_length), 1, WIRE_FRAME_BODY_MAX, -EMSGSIZE, "has not a body of 1 byte to 128 KiB but of"},
    {NUMBER(128, 8, sent_ms), 0, INT64_MAX, -EBADMSG, "was sent at no time:"},
#undef NUMBER
};

static const struct {
    size_t at, size, member;
} runs[] = {
#define RUN(at, member) at, sizeof(((struct wire_frame *)0)->member), offsetof(struct wire_frame, member)
    {RUN(8, site)}, {RUN(24, from)}, {RUN(64, prev_hash)}, {RUN(96, last_hash)}, {RUN(136, key_id)},
#undef RUN
};

void wire_frame_name(uint8_t out[WIRE_FRAME_NAME], const char *name)
{
    crypto_generichash(out, WIRE_FRAME_NAME, (const uint8_t *)name, strlen(name), NULL, 0);
}

/* ---------------------------------------------------------------- the header */

static int64_t number_of(const struct wire_frame *frame, size_t member)
{
    int64_t number;
    memcpy(&number, (const uint8_t *)frame + member, sizeof(number));
    return number;
}

/* Each number alone, then those that depend on each other. */
static int check_numbers(const struct wire_frame *frame, struct error *error)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        int64_t number = number_of(frame, numbers[i].member);
        if (number < numbers[i].min || number > numbers[i].max)
            return error_set(error, numbers[i].code, "a frame %s %" PRIu64, numbers[i].says, (uint64_t)number);
    }
    if ((frame->kind == WIRE_FRAME_UP) != (frame->epoch > 0))
        return error_set(error, -EBADMSG, "a frame of kind %" PRId64 " has epoch %" PRId64, frame->kind, frame->epoch);
    if (frame->first_seq > WIRE_FRAME_SEQ_MAX - (frame->count - 1))
        return error_set(error, -EBADMSG, "a frame's last number has more than 16 digits");
    if (!(frame->flags & WIRE_FRAME_DEFLATED) && frame->raw_length != frame->body_length)
        return error_set(error, -EBADMSG,
                         "a frame that is not deflated has %" PRId64 " bytes of lines in a body of %" PRId64,
                         frame->raw_length, frame->body_length);
    return 0;
}

static void write_header(uint8_t header[WIRE_FRAME_HEADER], const struct wire_frame *frame)
{
    memcpy(header, beginning, sizeof(beginning));
    bytes_put_number(header + HEADER_LENGTH_AT, HEADER_LENGTH_SIZE, WIRE_FRAME_HEADER);
    for (size_t i = 0; i < COUNT(numbers); i++)
        bytes_put_number(header + numbers[i].at, numbers[i].size, (uint64_t)number_of(frame, numbers[i].member));
    for (size_t i = 0; i < COUNT(runs); i++)
        memcpy(header + runs[i].at, (const uint8_t *)frame + runs[i].member, runs[i].size);
}

/* A number of 8 bytes that is too large for us becomes negative, and so is out of its range. */
static void read_header(const uint8_t *header, struct wire_frame *ret)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        int64_t number = (int64_t)bytes_number(header + numbers[i].at, numbers[i].size);
        memcpy((uint8_t *)ret + numbers[i].member, &number, sizeof(number));
    }
    for (size_t i = 0; i < COUNT(runs); i++)
        memcpy((uint8_t *)ret + runs[i].member, header + runs[i].at, runs[i].size);
}

int wire_frame_peek(const void *bytes, size_t length, struct wire_frame *ret, struct error *error)
{
    const uint8_t *header = bytes;
    struct wire_frame frame;
    if (length < WIRE_FRAME_HEADER)
        return error_set(error, -EBADMSG, "a frame of %zu bytes is shorter than its header of %d", length,
                         WIRE_FRAME_HEADER);
    if (memcmp(header, beginning, sizeof(beginning)) != 0)
        return error_set(error, -EBADMSG, "a frame does not begin with FSG1");
    uint64_t header_length = bytes_number(header + HEADER_LENGTH_AT, HEADER_LENGTH_SIZE);
    if (header_length != WIRE_FRAME_HEADER)
        return error_set(error, -EBADMSG, "a frame says that its header has not %d bytes but %" PRIu64,
                         WIRE_FRAME_HEADER, header_length);
    read_header(header, &frame);
    int result = check_numbers(&frame, error);
    if (result)
        return result;
    if (length - WIRE_FRAME_HEADER != (size_t)frame.body_length)
        return error_set(error, -EBADMSG, "a frame has a body of %zu bytes and says %" PRId64,
                         length - WIRE_FRAME_HEADER, frame.body_length);
    *ret = frame;
    return 0;
}

/* ---------------------------------------------------------------- the signature */

/* What is signed: the header up to the signature, then the body's hash. */
struct digest {
    uint8_t bytes[SIGNED + BODY_HASH];
};

static struct digest digest_of(const uint8_t *header, const uint8_t *body, size_t body_length)
{
    struct digest digest;
    memcpy(digest.bytes, header, SIGNED);
    crypto_generichash(digest.bytes + SIGNED, BODY_HASH, body, body_length, NULL, 0);
    return digest;
}

/* ---------------------------------------------------------------- the body */

/* 0 and how many bytes it became, -ENOSPC when they would be more than capacity, -ENOMEM. */
static int deflate_raw(const void *raw, size_t raw_length, uint8_t *out, size_t capacity, size_t *ret_length)
{
    struct libdeflate_compressor *packer = libdeflate_alloc_compressor(EFFORT);
    if (!packer)
        return -ENOMEM;
    *ret_length = libdeflate_deflate_compress(packer, raw, raw_length, out, capacity);
    libdeflate_free_compressor(packer);
    return *ret_length > 0 ? 0 : -ENOSPC;
}

/* The whole body gives exactly the bytes that the header says: nothing is missing, and nothing stands after it. */
static int inflate_raw(const uint8_t *body, const struct wire_frame *frame, uint8_t *out, struct error *error)
{
    size_t used = 0, given = 0, length = (size_t)frame->body_length, room = (size_t)frame->raw_length;
    struct libdeflate_decompressor *reader = libdeflate_alloc_decompressor();
    if (!reader)
        return error_set(error, -ENOMEM, "%s", no_memory);
    enum libdeflate_result result = libdeflate_deflate_decompress_ex(reader, body, length, out, room, &used, &given);
    libdeflate_free_decompressor(reader);
    if (result == LIBDEFLATE_SUCCESS && given == room && used == length)
        return 0;
    return error_set(error, -EBADMSG, "a frame's body %s the %" PRId64 " bytes it says",
                     result == LIBDEFLATE_INSUFFICIENT_SPACE ? "does not end after"
                     : result != LIBDEFLATE_SUCCESS          ? "cannot be inflated to"
                     : given < room                          ? "ends before"
                                                             : "has a rest after",
                     frame->raw_length);
}

/* A frame as it travels. */
struct packet {
    uint8_t header[WIRE_FRAME_HEADER];
    uint8_t body[WIRE_FRAME_BODY_MAX];
};

/* Deflated when that is smaller and fits; otherwise as the lines are. Says in the frame which, and how long. What is
 * too long either way gets no body, and check_numbers() says so. */
static int pack_body(struct packet *packet, struct wire_frame *frame, const void *raw, size_t raw_length)
{
    size_t packed = 0, most = raw_length - 1 < WIRE_FRAME_BODY_MAX ? raw_length - 1 : WIRE_FRAME_BODY_MAX;
    int result = -ENOSPC;
    if (raw_length > 1 && raw_length <= WIRE_FRAME_RAW_MAX)
        result = deflate_raw(raw, raw_length, packet->body, most, &packed);
    if (result == -ENOMEM)
        return result;
    frame->raw_length = (int64_t)raw_length;
    frame->body_length = (int64_t)(result ? raw_length : packed);
    frame->flags = result ? 0 : WIRE_FRAME_DEFLATED;
    if (result && raw_length <= WIRE_FRAME_BODY_MAX)
        memcpy(packet->body, raw, raw_length);
    return 0;
}

/* ---------------------------------------------------------------- writing and opening */

int wire_frame_write(struct buf *out, const struct wire_frame *frame, const void *raw, size_t raw_length,
                     const uint8_t secret_key[WIRE_FRAME_SECRET_KEY], struct error *error)
{
    struct wire_frame whole = *frame;
    CLEANUP(cleanup_free) struct packet *packet = malloc(sizeof(*packet));
    if (!packet || pack_body(packet, &whole, raw, raw_length) < 0)
        return error_set(error, -ENOMEM, "%s", no_memory);
    int result = check_numbers(&whole, error);
    if (result)
        return result;
    write_header(packet->header, &whole);
    struct digest digest = digest_of(packet->header, packet->body, (size_t)whole.body_length);
    crypto_sign_detached(packet->header + SIGNED, NULL, digest.bytes, sizeof(digest.bytes), secret_key);
    buf_put(out, packet, WIRE_FRAME_HEADER + (size_t)whole.body_length);
    return out->failed ? error_set(error, -ENOMEM, "%s", no_memory) : 0;
}

static int open_body(const uint8_t *body, const struct wire_frame *frame, struct buf *ret_raw, struct error *error)
{
    CLEANUP(cleanup_free) uint8_t *inflated = NULL;
    if (frame->flags & WIRE_FRAME_DEFLATED) {
        inflated = malloc((size_t)frame->raw_length);
        int result = inflated ? inflate_raw(body, frame, inflated, error) : error_set(error, -ENOMEM, "%s", no_memory);
        if (result)
            return result;
    }
    buf_put(ret_raw, inflated ? inflated : body, (size_t)frame->raw_length);
    return ret_raw->failed ? error_set(error, -ENOMEM, "%s", no_memory) : 0;
}

int wire_frame_open(const void *bytes, size_t length, const uint8_t public_key[WIRE_FRAME_PUBLIC_KEY],
                    struct wire_frame *ret, struct buf *ret_raw, struct error *error)
{
    const uint8_t *header = bytes;
    struct wire_frame frame;
    buf_clear(ret_raw);
    int result = wire_frame_peek(bytes, length, &frame, error);
    if (result)
        return result;
    struct digest digest = digest_of(header, header + WIRE_FRAME_HEADER, (size_t)frame.body_length);
    if (crypto_sign_verify_detached(header + SIGNED, digest.bytes, sizeof(digest.bytes), public_key) != 0)
        return error_set(error, -EKEYREJECTED, "a frame's signature is not by the key it is opened with");
    result = open_body(header + WIRE_FRAME_HEADER, &frame, ret_raw, error);
    if (!result)
        *ret = frame;
    return result;
}
