/* The whole way from a site's journal to head office and back, with a real broker: site steps, local socket, link,
 * MQTT. Head office is a few lines here. The broker, the link and the daemon's socket are taken away on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "packet_broker.h"
#include "sync/link/link.h"
#include "sync/mqtt/mqtt.h"
#include "sync/site/port.h"
#include "unit/same_past.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/un.h>

#define WAIT_MAX_US INT64_C(8000000)
#define GEN         "aaaaaaaaaaaaaaaaaaaaaaaaaa"

struct world {
    sd_event *event;
    struct broker broker;
    struct site site;
    struct site_port *port;
    struct link_settings link_settings;
    struct link *link;
    struct wire_key key, office_key;
    struct same_past journal, feed;
    struct site_committed committed; /* the site's database */
    struct mqtt *office;
    int64_t office_applied, feed_head, feed_acked; /* head office's database */
    int office_acks;                               /* PUBACKs that came to head office */
    int presence;                                  /* of the box as head office sees it; -1 unknown */
    int segments, deaf, hellos;                    /* that came; the first segments are not taken */
};

/* ---------------------------------------------------------------- the daemon's part */

static int on_send(void *user, enum site_channel channel, const void *bytes, size_t length)
{
    return site_port_send(((struct world *)user)->port, channel, bytes, length);
}

static int on_read(void *user, int64_t after, size_t lines, size_t bytes, struct buf *ret_lines, int64_t *ret_last)
{
    struct world *world = user;
    same_past_read(&world->journal, after, world->committed.last_seq, lines, bytes, ret_lines, ret_last);
    return 0;
}

static int on_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    memcpy(ret_hash, same_past_hash(&((struct world *)user)->journal, seq), CHAIN_HASH_SIZE);
    return 0;
}

static int on_told(void *user, const struct site_word *word)
{
    ((struct world *)user)->committed.applied_seq = word->applied;
    return 0;
}

/* A turn at once: only the number that follows. */
static int on_change(void *user, int64_t seq, const char *line, size_t length)
{
    (void)line;
    (void)length;
    struct world *world = user;
    if (seq == world->committed.feed_seq + 1)
        world->committed.feed_seq = seq;
    memcpy(world->committed.feed_hash, same_past_hash(&world->feed, world->committed.feed_seq), CHAIN_HASH_SIZE);
    return 0;
}

static const struct site_ops site_ops = {
    .send = on_send, .read_journal = on_read, .read_hash = on_hash, .told = on_told, .change = on_change};

static void open_daemon(struct world *world)
{
    const struct site_settings settings = {.site = "hz-07",
                                           .box = "box-7f3a",
                                           .hardware = "00112233445566778899aabbccddeeff",
                                           .key = world->key,
                                           .boot = 1,
                                           .resend_us = 300000,
                                           .random = random_system};
    struct error error;
    site_init(&world->site, &settings, &site_ops, world);
    if (site_port_open(world->event, 0, world->link_settings.socket, &world->site, &world->port, &error) != 0)
        fail_msg("%s", error.text);
    site_commit(&world->site, &world->committed, clock_mono_us());
}

static void close_daemon(struct world *world)
{
    world->port = site_port_free(world->port);
    site_done(&world->site);
}

/* ---------------------------------------------------------------- head office's part */

static void office_say(struct world *world, struct wire_control *control)
{
    CLEANUP_BUF struct buf text = {0};
    char topic[WIRE_TOPIC_SIZE];
    memcpy(control->gen, GEN, sizeof(GEN));
    memcpy(control->site, "hz-07", sizeof("hz-07"));
    wire_control_write(&text, control, &random_system);
    if (control->kind != WIRE_OFFICE)
        wire_control_sign(&text, &world->office_key);
    wire_topic_write(topic, control->kind == WIRE_OFFICE ? WIRE_OFFICE_STATUS : WIRE_DOWN_CONTROL, "hz-07", "box-7f3a");
    mqtt_publish(world->office, topic, text.data, text.length, 1, control->kind == WIRE_OFFICE, NULL);
}

static void office_send_changes(struct world *world)
{
    CLEANUP_BUF struct buf frame = {0};
    char topic[WIRE_TOPIC_SIZE];
    if (world->feed_acked == world->feed_head)
        return;
    same_past_frame(&world->feed, &frame, world->feed_acked + 1, world->feed_head, GEN, &world->office_key);
    wire_topic_write(topic, WIRE_DOWN_SEGMENT, "hz-07", "box-7f3a");
    mqtt_publish(world->office, topic, frame.data, frame.length, 1, false, NULL);
}

static void office_answer(struct world *world, enum wire_kind kind, const char *nonce)
{
    struct wire_control control = {.kind = kind,
                                   .schema = WIRE_SCHEMA,
                                   .epoch = 1,
                                   .applied = world->office_applied,
                                   .feed_base = world->feed_acked,
                                   .window = 4,
                                   .segment_max = 100,
                                   .linger_ms = 5};
    memcpy(control.nonce, nonce, strlen(nonce));
    same_past_text(&world->journal, control.applied, control.applied_hash);
    same_past_text(&world->feed, control.feed_base, control.feed_hash);
    office_say(world, &control);
}

static void office_take_segment(struct world *world, const void *bytes, size_t length)
{
    CLEANUP_BUF struct buf frame = {0};
    CLEANUP_RUN struct wire_run run = {0};
    if (++world->segments <= world->deaf)
        return;
    buf_put(&frame, bytes, length);
    same_past_open(&frame, "box-7f3a", &world->key, &run);
    if (run.first_seq <= world->office_applied + 1 && wire_run_last_seq(&run) > world->office_applied)
        world->office_applied = wire_run_last_seq(&run);
    office_answer(world, WIRE_ACK, "");
}

static void office_take_control(struct world *world, const struct wire_control *control)
{
    if (control->kind == WIRE_FACK) {
        world->feed_acked = control->seq;
        return;
    }
    assert_int_equal(control->kind, WIRE_HELLO);
    world->hellos++;
    world->feed_acked = control->feed_seq;
    office_answer(world, WIRE_WELCOME, control->nonce);
    office_send_changes(world);
}

static void on_office_message(void *user, const char *topic, const void *payload, size_t length, bool retained)
{
    (void)retained;
    struct world *world = user;
    struct wire_topic parsed;
    struct wire_control control;
    assert_int_equal(wire_topic_parse(topic, &parsed), 0);
    assert_string_equal(parsed.box, "box-7f3a");
    if (parsed.channel == WIRE_UP_SEGMENT) {
        office_take_segment(world, payload, length);
        return;
    }
    assert_int_equal(wire_control_parse(payload, length, &control, NULL), 0);
    if (parsed.channel == WIRE_STATUS)
        world->presence = control.online;
    else
        office_take_control(world, &control);
}

static void on_office_connected(void *user)
{
    office_say(user, &(struct wire_control){.kind = WIRE_OFFICE, .online = true, .since = "2026-03-02T08:00:00.000Z"});
}

static void on_office_disconnected(void *user, const char *why)
{
    (void)user;
    (void)why;
}

static void on_office_published(void *user, int mid, int reason_code)
{
    (void)mid;
    (void)reason_code;
    ((struct world *)user)->office_acks++;
}

static void open_office(struct world *world)
{
    static const struct mqtt_ops ops = {on_office_connected, on_office_disconnected, on_office_message,
                                        on_office_published};
    static const char *const topics[] = {WIRE_FILTER_UP, WIRE_FILTER_STATUS, NULL};
    const struct mqtt_settings settings = {.host = "127.0.0.1",
                                           .port = world->broker.port,
                                           .client_id = "hub-1",
                                           .subscriptions = topics,
                                           .receive_maximum = 64,
                                           .backoff_base_ms = 20,
                                           .backoff_cap_ms = 100,
                                           .random = random_system};
    world->presence = -1;
    assert_int_equal(mqtt_new(world->event, &settings, &ops, world, &world->office, NULL), 0);
}

/* ---------------------------------------------------------------- the tests */

static void open_link(struct world *world)
{
    assert_int_equal(link_check(&world->link_settings, NULL), 0);
    assert_int_equal(link_new(world->event, &world->link_settings, &world->link, NULL), 0);
}

static int world_open(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    *state = world;
    broker_open(&world->broker, "allow_anonymous true\nmax_packet_size 262144");
    world->key = same_past_key(1);
    world->office_key = same_past_key(2);
    same_past_begin(&world->journal, 1, NULL, "");
    same_past_begin(&world->feed, 0, NULL, "");
    world->committed = (struct site_committed){.epoch = 1};
    memcpy(world->committed.feed_hash, same_past_hash(&world->feed, 0), CHAIN_HASH_SIZE);
    world->link_settings = (struct link_settings){.site = "hz-07",
                                                  .box = "box-7f3a",
                                                  .host = "127.0.0.1",
                                                  .port = world->broker.port,
                                                  .backoff_ms = 20,
                                                  .backoff_max_ms = 100};
    snprintf(world->link_settings.socket, sizeof(world->link_settings.socket), "%s/link.sock", world->broker.folder);
    return sd_event_new(&world->event) < 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    link_free(world->link);
    close_daemon(world);
    mqtt_free(world->office);
    sd_event_unref(world->event);
    broker_close(&world->broker);
    free(world);
    return 0;
}

/* Adds events and changes on both sides and waits until each side has the other's. */
static void expect_exchange(struct world *world, int64_t events, int64_t changes)
{
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    world->committed.last_seq += events;
    world->feed_head += changes;
    if (world->site.state == SITE_SYNC)
        office_send_changes(world);
    site_commit(&world->site, &world->committed, clock_mono_us());
    while ((world->committed.applied_seq < world->committed.last_seq || world->feed_acked < world->feed_head) &&
           clock_mono_us() < end) {
        sd_event_run(world->event, 50000);
        site_commit(&world->site, &world->committed, clock_mono_us());
    }
    assert_int_equal(world->committed.applied_seq, world->committed.last_seq);
    assert_int_equal(world->office_applied, world->committed.last_seq);
    assert_int_equal(world->committed.feed_seq, world->feed_head);
    assert_int_equal(world->feed_acked, world->feed_head);
    assert_true(site_port_up(world->port));
    assert_string_equal(site_port_why(world->port), "");
}

static void expect_presence(struct world *world, int wanted)
{
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (world->presence != wanted && clock_mono_us() < end)
        sd_event_run(world->event, 50000);
    assert_int_equal(world->presence, wanted);
}

static void everything_arrives_whatever_is_taken_away(void **state)
{
    struct world *world = *state;
    open_link(world); /* before there is a daemon, a broker that listens or a head office */
    open_daemon(world);
    open_office(world);
    expect_exchange(world, 1000, 150);
    expect_presence(world, 1);

    broker_stop(&world->broker);
    broker_start(&world->broker);
    expect_exchange(world, 500, 20);

    world->link = link_free(world->link);
    expect_presence(world, 0);
    assert_false(site_port_up(world->port) && world->site.state == SITE_SYNC);
    open_link(world);
    expect_exchange(world, 500, 20);
    expect_presence(world, 1);

    close_daemon(world);
    expect_presence(world, 0);
    open_daemon(world);
    expect_exchange(world, 500, 20);
    expect_presence(world, 1);

    world->office = mqtt_free(world->office);
    world->committed.last_seq += 500;
    site_commit(&world->site, &world->committed, clock_mono_us());
    for (int i = 0; i < 20; i++)
        sd_event_run(world->event, 20000);
    open_office(world);
    expect_exchange(world, 1, 1);
}

/* A link in a process of its own, so that it can be killed. To be called while nothing is connected yet. */
static pid_t start_link_process(struct world *world)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sd_event *event;
    struct link *link;
    if (sd_event_new(&event) < 0 || link_new(event, &world->link_settings, &link, NULL) != 0)
        _exit(1);
    sd_event_loop(event);
    _exit(1);
}

static void killed_link_is_missed_through_its_will(void **state)
{
    struct world *world = *state;
    pid_t child = start_link_process(world);
    open_daemon(world);
    open_office(world);
    expect_exchange(world, 10, 10);
    expect_presence(world, 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    expect_presence(world, 0);
    assert_int_equal(world->site.state, SITE_OFFLINE);
    assert_non_null(strstr(site_port_why(world->port), "not running"));
    open_link(world);
    expect_exchange(world, 10, 10);
}

/* The broker acknowledges each segment, and each is sent again until head office has said that it has it. */
static void puback_is_no_acknowledgement(void **state)
{
    struct world *world = *state;
    open_link(world);
    open_daemon(world);
    open_office(world);
    expect_exchange(world, 1, 1);
    int64_t before = world->committed.applied_seq;
    world->deaf = world->segments + 2;
    world->committed.last_seq++;
    site_commit(&world->site, &world->committed, clock_mono_us());
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (world->segments < world->deaf && clock_mono_us() < end) {
        sd_event_run(world->event, 20000);
        assert_int_equal(world->committed.applied_seq, before);
    }
    assert_int_equal(world->segments, world->deaf);
    expect_exchange(world, 1, 0);
}

/* What somebody once left on a command's topic is no command. */
static void retained_commands_are_ignored(void **state)
{
    struct world *world = *state;
    CLEANUP_BUF struct buf change = {0};
    char topic[WIRE_TOPIC_SIZE];
    open_office(world);
    while (!mqtt_is_connected(world->office))
        sd_event_run(world->event, 20000);
    wire_topic_write(topic, WIRE_DOWN_SEGMENT, "hz-07", "box-7f3a");
    same_past_frame(&world->feed, &change, 1, 1, GEN, &world->office_key);
    mqtt_publish(world->office, topic, buf_text(&change), change.length, 1, true, NULL);
    wire_topic_write(topic, WIRE_DOWN_CONTROL, "hz-07", "box-7f3a");
    mqtt_publish(world->office, topic, "no command", 10, 1, true,
                 NULL);            /* one that is understood is a fault of the site */
    while (world->office_acks < 3) /* its presence is the first */
        sd_event_run(world->event, 20000);
    world->office = mqtt_free(world->office);
    open_daemon(world);
    open_link(world);
    for (int64_t end = clock_mono_us() + 1000000; clock_mono_us() < end;) {
        sd_event_run(world->event, 20000);
        assert_string_equal(world->site.fault.text, "");
    }
    assert_true(site_port_up(world->port));
    open_office(world);
    expect_exchange(world, 10, 0);
    assert_int_equal(world->committed.feed_seq, 0);
}

/* mosquitto answers a subscription that its access list forbids with success, and then brings nothing. */
static void subscription_that_brings_nothing_is_noticed(void **state)
{
    struct world *world = *state;
    char path[128], options[400];
    snprintf(path, sizeof(path), "%s/acl", world->broker.folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fprintf(file, "topic readwrite fh1/+/+/up/#\ntopic readwrite fh1/+/+/st\ntopic readwrite fh1/hq/st\ntopic write "
                  "fh1/+/+/dn/#\n");
    fclose(file);
    file = fopen(world->broker.config, "ae");
    assert_non_null(file);
    snprintf(options, sizeof(options), "%sacl_file %s\n", getuid() == 0 ? "user root\n" : "", path);
    fputs(options, file);
    fclose(file);
    broker_stop(&world->broker);
    broker_start(&world->broker);
    open_link(world);
    open_daemon(world);
    open_office(world);
    expect_presence(world, 1);
    for (int64_t end = clock_mono_us() + 1500000; clock_mono_us() < end;)
        sd_event_run(world->event, 20000);
    assert_int_equal(world->site.state, SITE_HELLO); /* up, and not in step: that is what the status says */
    assert_true(world->hellos > 1);
    unlink(path);
    file = fopen(path, "we");
    assert_non_null(file);
    fputs("topic readwrite fh1/#\n", file);
    fclose(file);
    kill(world->broker.pid, SIGHUP);
    expect_exchange(world, 10, 10);
    unlink(path);
}

static void socket_left_over_is_replaced_and_others_are_not(void **state)
{
    struct world *world = *state;
    struct error error;
    struct site_port *other = NULL;
    const char *path = world->link_settings.socket;
    open_daemon(world);
    assert_int_equal(site_port_open(world->event, 0, path, &world->site, &other, &error), -EADDRINUSE);
    assert_non_null(strstr(error.text, "in use"));
    close_daemon(world);

    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd); /* as a killed daemon leaves it */
    open_daemon(world);
    close_daemon(world);

    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(site_port_open(world->event, 0, path, &world->site, &other, &error), -EADDRINUSE);
    unlink(path);
    char longer[200];
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(site_port_open(world->event, 0, longer, &world->site, &other, &error), -ENAMETOOLONG);
    assert_non_null(strstr(error.text, "choose a shorter one"));
    assert_null(other);
}

/* mosquitto says of a message that nobody subscribed to that nobody did (0x10). */
static void tell_that_nobody_reads(struct packet_broker *broker, int first)
{
    for (int i = first; i < broker->count; i++) {
        const struct packet *packet = &broker->packets[i];
        if (packet->kind == PACKET_PUBLISH && packet->retain)
            packet_broker_say(
                broker, (unsigned char[]){0x40, 3, (unsigned char)(packet->id >> 8), (unsigned char)packet->id, 0x10},
                5);
    }
}

static void run_until_packets(struct world *world, const struct packet_broker *broker, int wanted)
{
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (broker->count < wanted && clock_mono_us() < end)
        sd_event_run(world->event, 20000);
    assert_true(broker->count >= wanted);
}

/* A daemon that comes back before the broker has answered: head office would not be asked for five minutes. */
static void presence_that_nobody_reads_says_nothing_of_head_office(void **state)
{
    struct world *world = *state;
    struct packet_broker broker;
    packet_broker_open(&broker, world->event);
    world->link_settings.port = broker.port;
    open_daemon(world);
    open_link(world);
    run_until_packets(world, &broker, 5); /* CONNECT, two SUBSCRIBEs, presence, hello */
    close_daemon(world);
    for (int i = 0; i < 5; i++)
        sd_event_run(world->event, 20000);
    open_daemon(world);
    run_until_packets(world, &broker, 6); /* at least another hello */
    while (!site_port_up(world->port))
        sd_event_run(world->event, 20000);
    int answered = 0;
    for (int64_t end = clock_mono_us() + 600000; clock_mono_us() < end;) {
        int count = broker.count;
        tell_that_nobody_reads(&broker, answered);
        answered = count;
        sd_event_run(world->event, 20000);
        assert_false(world->site.absent);
    }
    assert_true(answered > 6);
    world->link = link_free(world->link);
    packet_broker_close(&broker);
}

static void bad_names_are_refused(void **state)
{
    struct world *world = *state;
    struct link_settings settings = world->link_settings;
    struct error error;
    strcpy(settings.box, "Box 1");
    assert_int_equal(link_check(&settings, &error), -EINVAL);
    assert_non_null(strstr(error.text, "box must be"));
    strcpy(settings.site, "+");
    assert_int_equal(link_check(&settings, &error), -EINVAL);
    assert_non_null(strstr(error.text, "site must be"));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_arrives_whatever_is_taken_away, world_open, world_close),
        cmocka_unit_test_setup_teardown(killed_link_is_missed_through_its_will, world_open, world_close),
        cmocka_unit_test_setup_teardown(puback_is_no_acknowledgement, world_open, world_close),
        cmocka_unit_test_setup_teardown(retained_commands_are_ignored, world_open, world_close),
        cmocka_unit_test_setup_teardown(subscription_that_brings_nothing_is_noticed, world_open, world_close),
        cmocka_unit_test_setup_teardown(socket_left_over_is_replaced_and_others_are_not, world_open, world_close),
        cmocka_unit_test_setup_teardown(presence_that_nobody_reads_says_nothing_of_head_office, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(bad_names_are_refused, world_open, world_close),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
