/* What the broker brings to head office, message after message, each followed by a turn of the hub. A message is three
 * bytes (its way, and two of its length) and that many of: 0, a topic, '\n' and a payload, as they come; 1, a control
 * message that the box signs; 2, lines "TYPE {...}" that the box numbers, chains, signs and sends as they follow on
 * what head office has, or, where the first byte's upper half is 8 or more, up to four before or three behind that.
 * Whatever comes, head office goes on, keeps each site's events without a gap, and acknowledges what it has. */
#include "base/chain.h"
#include "base/text.h"
#include "sync/head-office/sites/hub.h"
#include "sync/wire/control.h"
#include "sync/wire/run.h"
#include "tests/fuzz/office_fuzz.h"

#include <errno.h>
#include <inttypes.h>

#define INPUTS_AN_OFFICE 1000
#define MESSAGES_MAX     24

enum { AS_IT_COMES, SIGNED, LINES, WAYS };

static struct hall {
    struct office office;
    struct hub *hub;
    struct wire_key box;
    int64_t lines; /* that were ever written, for their ids */
    int inputs;
} hall;

static int64_t number(const char *text)
{
    int64_t value = 0;
    CLAIM(sql_number_values(hall.office.sql, &value, text, (struct sql_value[]){{0}}) == 0);
    return value;
}

static void on_send(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                    size_t length)
{
    (void)user;
    struct wire_control control;
    CLAIM(strcmp(site, "hz") == 0 && strcmp(box, "box-1") == 0);
    CLAIM(channel == WIRE_DOWN_SEGMENT || channel == WIRE_DOWN_CONTROL);
    CLAIM(!sql_in_transaction(hall.office.sql)); /* what is said is kept */
    if (channel == WIRE_DOWN_SEGMENT)
        return;
    CLAIM(wire_control_parse(bytes, length, &control, NULL) == 0);
    if (control.kind == WIRE_ACK || control.kind == WIRE_WELCOME)
        CLAIM(control.applied <= number("SELECT applied FROM site"));
}

static void on_note(void *user, const char *box, const char *sentence)
{
    (void)user;
    CLAIM(*box && *sentence && text_is_utf8(sentence, strlen(sentence)));
}

static void open_hall(void)
{
    static const struct hub_settings settings = {
        .window = 4, .segment_max = 20, .linger_ms = 50, .resend_ms = 5000, .resend_cap_ms = 60000};
    static const struct hub_ops ops = {on_send, on_note};
    struct error error = {0};
    if (hall.hub && hall.inputs++ < INPUTS_AN_OFFICE)
        return;
    hub_free(hall.hub);
    sql_close(hall.office.sql);
    hall = (struct hall){0};
    fuzz_office_open(&hall.office);
    wire_key_new(&hall.box, &hall.office.random);
    CLAIM(hub_new(hall.office.sql, &hall.office.random, &settings, &ops, NULL, &hall.hub, &error) == 0);
}

/* ---------------------------------------------------------------- messages */

static void bring(const char *box, enum wire_channel channel, const void *bytes, size_t length)
{
    int result = hub_receive(hall.hub, box, channel, bytes, length);
    CLAIM(result == 0 || result == -EPROTO || result == -EMSGSIZE);
}

/* As serve.c takes it from the connection. */
static void bring_topic(struct input input)
{
    struct wire_topic topic;
    char *text CLEANUP(cleanup_free) = fuzz_line(&input);
    if (wire_topic_parse(text, &topic) == 0)
        bring(topic.box, topic.channel, input.at, input.left);
}

static void bring_control(struct input input)
{
    CLEANUP_BUF struct buf text = {0};
    buf_put(&text, input.at, input.left);
    wire_control_sign(&text, &hall.box);
    bring("box-1", WIRE_UP_CONTROL, text.data, text.length);
}

/* What head office has of the site's journal. */
static void last_hash(int64_t applied, uint8_t hash[CHAIN_HASH_SIZE])
{
    size_t length;
    chain_begin(hash, "hz", 1, 0, 0, NULL, "");
    struct sql_query *query = sql_select(hall.office.sql, "SELECT hash FROM event WHERE seq = ?1", sql_int(applied));
    if (sql_next(query)) {
        const void *kept = sql_get_blob(query, 0, &length);
        CLAIM(length == CHAIN_HASH_SIZE);
        memcpy(hash, kept, length);
    }
    CLAIM(sql_done(query) == 0);
}

static void put_line(struct buf *lines, char *text, int64_t epoch, int64_t seq)
{
    char *data = strchr(text, ' ');
    if (data)
        *data++ = '\0';
    buf_printf(lines,
               "{\"specversion\":\"1.0\",\"id\":\"f%" PRId64 "\",\"source\":\"//floorhand/site/hz\",\"type\":\"%s\","
               "\"time\":\"2026-03-04T09:15:22.481Z\",\"subject\":\"order/N1\",\"sequence\":\"%010" PRId64
               "-%016" PRId64 "\",\"data\":%s}\n",
               ++hall.lines, text, epoch, seq, data ? data : "{}");
}

static void bring_lines(struct input input, int away)
{
    CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_UP};
    CLEANUP_BUF struct buf frame = {0};
    int64_t applied = number("SELECT applied FROM site"), epoch = number("SELECT max(1, epoch) FROM site");
    int64_t seq = applied + 1 + away;
    run.epoch = epoch;
    run.first_seq = seq < 1 ? 1 : seq;
    last_hash(run.first_seq - 1, run.prev_hash);
    for (seq = run.first_seq; input.left > 0; seq++) {
        char *line CLEANUP(cleanup_free) = fuzz_line(&input);
        put_line(&run.lines, line, epoch, seq);
    }
    if (run.lines.length > 0 &&
        wire_run_write(&frame, &run, &(struct wire_ends){"hz", "box-1"}, &hall.box, 0, NULL) == 0)
        bring("box-1", WIRE_UP_SEGMENT, frame.data, frame.length);
}

static void take_message(struct input *input)
{
    uint8_t way = input_byte(input);
    size_t length = input_number(input);
    CLEANUP_INPUT struct input piece = input_cut(input, length);
    if (way % WAYS == AS_IT_COMES)
        bring_topic(piece);
    else if (way % WAYS == SIGNED)
        bring_control(piece);
    else
        bring_lines(piece, way >> 4 < 8 ? 0 : (way >> 4) - 12);
}

static void take_turn(void)
{
    struct error error = {0};
    int64_t before = number("SELECT count(*) FROM event");
    hall.office.now_us += 10000;
    CLAIM(hub_turn(hall.hub, hall.office.now_us, &error) == 0);
    CLAIM(hub_waiting(hall.hub) == 0 && !sql_in_transaction(hall.office.sql));
    CLAIM(number("SELECT count(*) FROM event") >= before);
    CLAIM(number("SELECT applied <= (SELECT coalesce(max(seq), 0) FROM event) FROM site") == 1);
}

/* Each input begins with a box that head office knows. */
static void say_hello(void)
{
    CLEANUP_BUF struct buf text = {0};
    struct wire_control hello = {.kind = WIRE_HELLO, .site = "hz", .box = "box-1", .boot = 1, .schema = WIRE_SCHEMA};
    uint8_t feed[CHAIN_HASH_SIZE];
    chain_begin(feed, "hz", 0, 0, 0, NULL, "");
    chain_text(feed, hello.feed_hash);
    hello.epoch = number("SELECT epoch FROM site");
    hello.last_seq = number("SELECT applied FROM site");
    snprintf(hello.hardware, sizeof(hello.hardware), "%032d", 1);
    id_new(&hall.office.random, hello.nonce);
    wire_control_write(&text, &hello, &hall.office.random);
    wire_control_sign(&text, &hall.box);
    bring("box-1", WIRE_UP_CONTROL, text.data, text.length);
    take_turn();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    open_hall();
    say_hello();
    for (int messages = 0; input.left > 0 && messages < MESSAGES_MAX; messages++) {
        take_message(&input);
        take_turn();
    }
    return 0;
}
