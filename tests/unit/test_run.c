/* Runs of lines in frames: what was put in comes out, and what is for others, or is no piece of the chain that it says,
 * does not. Does not test the frame itself: test_wire_frame.c does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sync/wire/run.h"

#include <errno.h>
#include <string.h>

static const struct wire_ends ends = {"hz-07", "box-7f3a"};
static const char lines[] = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";

static struct wire_key some_key(uint64_t seed)
{
    struct random_seeded seeded = {seed};
    struct random_source random = random_from_seed(&seeded);
    struct wire_key key;
    wire_key_new(&key, &random);
    return key;
}

static void put_run(struct buf *out, struct wire_run *run, const char *text)
{
    const struct wire_key key = some_key(1);
    *run = (struct wire_run){.kind = WIRE_FRAME_UP, .epoch = 3, .first_seq = 7, .prev_hash = {5}};
    buf_puts(&run->lines, text);
    assert_int_equal(wire_run_write(out, run, &ends, &key, 1000, NULL), 0);
}

/* A frame that says of the lines what it likes, signed. */
static void put_frame(struct buf *out, const struct wire_frame *frame, const char *text)
{
    const struct wire_key key = some_key(1);
    struct wire_frame named = *frame;
    wire_frame_name(named.site, ends.site);
    wire_frame_name(named.from, ends.from);
    assert_int_equal(wire_frame_write(out, &named, text, strlen(text), key.secret, NULL), 0);
}

static int open_as(const struct buf *frame, const struct wire_ends *as, enum wire_frame_kind kind, uint64_t key_seed,
                   struct error *error)
{
    const struct wire_key key = some_key(key_seed);
    CLEANUP_RUN struct wire_run run = {0};
    return wire_run_open(frame->data, frame->length, wire_key_public(&key), as, kind, &run, error);
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf frame = {0};
    CLEANUP_RUN struct wire_run run = {0}, back = {0};
    const struct wire_key key = some_key(1);
    uint8_t hash[CHAIN_HASH_SIZE] = {5}, found[CHAIN_HASH_SIZE];
    put_run(&frame, &run, lines);
    assert_int_equal(run.count, 3);
    assert_int_equal(wire_run_last_seq(&run), 9);
    buf_puts(&back.lines, "of before\n");
    assert_int_equal(wire_run_open(frame.data, frame.length, wire_key_public(&key), &ends, WIRE_FRAME_UP, &back, NULL),
                     0);
    assert_int_equal(back.kind, WIRE_FRAME_UP);
    assert_int_equal(back.epoch, 3);
    assert_int_equal(back.first_seq, 7);
    assert_int_equal(back.count, 3);
    assert_int_equal(back.lines.length, strlen(lines));
    assert_memory_equal(back.lines.data, lines, strlen(lines));
    for (int64_t seq = 6; seq <= 9; seq++) {
        if (seq > 6)
            chain_next(hash, 3, seq, lines + 8 * (seq - 7), 7);
        wire_run_hash(&back, seq, found);
        assert_memory_equal(found, hash, sizeof(hash));
    }
    assert_memory_equal(back.last_hash, hash, sizeof(hash));
    const struct wire_ends anybody = {ends.site, NULL};
    assert_int_equal(open_as(&frame, &anybody, WIRE_FRAME_UP, 1, NULL), 0);
    struct wire_frame header; /* which of the keys it is can be read before it is opened */
    uint8_t id[WIRE_KEY_ID];
    wire_key_id(id, wire_key_public(&key));
    assert_int_equal(wire_frame_peek(frame.data, frame.length, &header, NULL), 0);
    assert_memory_equal(header.key_id, id, sizeof(id));
}

static void what_is_for_others_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct wire_ends ends;
        enum wire_frame_kind kind;
        uint64_t key;
        int result;
        const char *says;
    } cases[] = {
        {{"hz-07", "box-7f3a"}, WIRE_FRAME_UP, 1, 0, ""},
        {{"hz-08", "box-7f3a"}, WIRE_FRAME_UP, 1, -EBADMSG, "another site than hz-08"},
        {{"hz-07", "box-7f3b"}, WIRE_FRAME_UP, 1, -EBADMSG, "another sender than box-7f3b"},
        {{"box-7f3a", "hz-07"}, WIRE_FRAME_UP, 1, -EBADMSG, "another site"},
        {{"hz-07", "box-7f3a"}, WIRE_FRAME_DOWN, 1, -EBADMSG, "kind 1 came where kind 2"},
        {{"hz-07", "box-7f3a"}, WIRE_FRAME_CHUNK, 1, -EBADMSG, "kind 1 came where kind 3"},
        {{"hz-07", "box-7f3a"}, WIRE_FRAME_UP, 2, -EKEYREJECTED, ""},
    };
    CLEANUP_BUF struct buf frame = {0};
    CLEANUP_RUN struct wire_run run = {0};
    put_run(&frame, &run, lines);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {0};
        int result = open_as(&frame, &cases[i].ends, cases[i].kind, cases[i].key, &error);
        if (result != cases[i].result || !strstr(error.text, cases[i].says))
            fail_msg("case %zu: %d, %s", i, result, error.text);
    }
}

/* Whoever has the key may still have a fault: the header must tell the truth of the lines. */
static void a_frame_that_says_other_than_its_lines_is_refused(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf good = {0};
    CLEANUP_RUN struct wire_run run = {0};
    put_run(&good, &run, lines);
    struct wire_frame right = {.kind = WIRE_FRAME_UP, .epoch = 3, .count = 3, .first_seq = 7, .prev_hash = {5}};
    memcpy(right.last_hash, run.last_hash, sizeof(right.last_hash));
    struct wire_frame more = right, fewer = right, other_end = right, other_begin = right, other_place = right,
                      other_epoch = right;
    more.count = 4;
    fewer.count = 2;
    other_end.last_hash[31] ^= 1;
    other_begin.prev_hash[0] ^= 1;
    other_place.first_seq = 8;
    other_epoch.epoch = 4;
    const struct {
        const struct wire_frame *frame;
        const char *text;
        int result;
    } cases[] = {
        {&right, lines, 0},
        {&more, lines, -EBADMSG},
        {&fewer, lines, -EBADMSG},
        {&other_end, lines, -EBADMSG},
        {&other_begin, lines, -EBADMSG},
        {&other_place, lines, -EBADMSG},
        {&other_epoch, lines, -EBADMSG},
        {&right, "{\"n\":1}\n{\"n\":2}\n{\"n\":4}\n", -EBADMSG},
        {&right, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}", -EBADMSG},    /* the last line does not end */
        {&right, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{", -EBADMSG}, /* something follows it */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf frame = {0};
        struct error error = {0};
        put_frame(&frame, cases[i].frame, cases[i].text);
        int result = open_as(&frame, &ends, WIRE_FRAME_UP, 1, &error);
        if (result != cases[i].result || (result && !*error.text))
            fail_msg("case %zu: %d, %s", i, result, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(what_is_for_others_is_refused),
        cmocka_unit_test(a_frame_that_says_other_than_its_lines_is_refused),
    };
    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
