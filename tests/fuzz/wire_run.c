/* What head office and a site read of each other after the frame. First byte: 0, the rest is a control message as it
 * comes; 1, the same with a good signature, so that it is parsed; 2, a byte of lines that are claimed, then lines that
 * a signed frame holds; 3, lines that are written as a run and opened again. */
#include "sync/wire/control.h"
#include "sync/wire/line.h"
#include "sync/wire/run.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

enum { CONTROL, CONTROL_SIGNED, CLAIMED_LINES, THERE_AND_BACK, WAYS };

static const struct wire_ends ends = {"hz-07", "box-1"};

static const struct wire_key *box(void)
{
    static struct random_seeded seeded = {7};
    static struct wire_key key;
    static bool made;
    const struct random_source random = random_from_seed(&seeded);
    if (!made)
        wire_key_new(&key, &random);
    made = true;
    return &key;
}

static bool is_refusal(int result)
{
    return result == -EBADMSG || result == -EMSGSIZE || result == -EKEYREJECTED || result == -ENOTSUP;
}

/* Refused with a sentence; or it is what it says, and written again it is read as the same. */
static void check_control(const char *text, size_t length)
{
    struct wire_control control, again;
    struct error error = {0};
    struct random_seeded seeded = {1};
    const struct random_source random = random_from_seed(&seeded);
    int result = wire_control_parse(text, length, &control, &error);
    CLAIM(result == 0 || (is_refusal(result) && *error.text));
    if (result)
        return;
    CLAIM(control.marks.count <= WIRE_MARKS_MAX && control.feed_marks.count <= WIRE_MARKS_MAX);
    CLEANUP_BUF struct buf written = {.max = 2 * WIRE_CONTROL_MAX};
    wire_control_write(&written, &control, &random);
    CLAIM(!written.failed);
    if (written.length <= WIRE_CONTROL_MAX) {
        CLAIM(wire_control_parse(written.data, written.length, &again, NULL) == 0);
        CLAIM(again.kind == control.kind && again.epoch == control.epoch && strcmp(again.site, control.site) == 0);
    }
}

static void check_message(struct input input, bool is_signed)
{
    CLEANUP_BUF struct buf text = {0};
    uint8_t key[WIRE_PUBLIC_KEY];
    struct error error = {0};
    buf_put(&text, input.at, input.left);
    if (is_signed)
        wire_control_sign(&text, box());
    int result = wire_control_verify(buf_text(&text), text.length, key, &error);
    CLAIM(result == 0 || (is_refusal(result) && *error.text));
    if (is_signed && input.left > 0 && text.length <= WIRE_CONTROL_MAX)
        CLAIM(result == 0 && memcmp(key, wire_key_public(box()), sizeof(key)) == 0);
    if (result == 0)
        check_control(text.data, text.length);
}

/* The lines of a run that was opened are walked as far as they are lines. */
static void check_lines(const struct wire_run *run)
{
    struct wire_segment segment = {.at = buf_text(&run->lines), .left = run->lines.length};
    struct wire_line line;
    struct error error = {0};
    int more;
    while ((more = wire_segment_next(&segment, &line, &error)) == 1) {
        CLAIM(line.length <= WIRE_LINE_MAX && line.seq >= 1 && line.epoch >= 0);
        wire_line_done(&line);
    }
    CLAIM(more == 0 || (is_refusal(more) && *error.text));
}

static void check_claimed(struct input input)
{
    CLEANUP_BUF struct buf bytes = {0};
    CLEANUP_RUN struct wire_run run = {0};
    struct error error = {0};
    struct wire_frame frame = {
        .kind = WIRE_FRAME_UP, .epoch = 1, .count = 1 + input_byte(&input) % WIRE_FRAME_LINES_MAX, .first_seq = 1};
    wire_frame_name(frame.site, ends.site);
    wire_frame_name(frame.from, ends.from);
    if (wire_frame_write(&bytes, &frame, input.at, input.left, box()->secret, NULL) != 0)
        return;
    int result = wire_run_open(bytes.data, bytes.length, wire_key_public(box()), &ends, WIRE_FRAME_UP, &run, &error);
    CLAIM(result == -EBADMSG && *error.text); /* nobody finds lines with the hash of zeros */
}

static void check_back(struct input input)
{
    CLEANUP_BUF struct buf bytes = {0};
    CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_UP, .epoch = 1, .first_seq = 1}, back = {0};
    struct error error = {0};
    buf_put(&run.lines, input.at, input.left);
    if (wire_run_write(&bytes, &run, &ends, box(), 0, &error) != 0) {
        CLAIM(*error.text);
        return;
    }
    int result = wire_run_open(bytes.data, bytes.length, wire_key_public(box()), &ends, WIRE_FRAME_UP, &back, &error);
    bool whole = input.at[input.left - 1] == '\n';
    CLAIM(whole ? result == 0 : result == -EBADMSG);
    if (result)
        return;
    CLAIM(back.count == run.count && memcmp(back.last_hash, run.last_hash, CHAIN_HASH_SIZE) == 0);
    check_lines(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    switch (input_byte(&input) % WAYS) {
    case CONTROL:
        check_message(input, false);
        break;
    case CONTROL_SIGNED:
        check_message(input, true);
        break;
    case CLAIMED_LINES:
        check_claimed(input);
        break;
    default:
        check_back(input);
    }
    return 0;
}
