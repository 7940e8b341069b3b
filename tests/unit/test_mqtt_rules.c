/* What the connection to the broker must do because libmosquitto 2.0.11 does otherwise, or because a broker may. Each
 * rule, and what proves it:
 *
 *   a new struct mosquitto for each connection          new_connection_says_nothing_of_the_old_one; lint/rooms
 *   publish only after CONNACK and SUBACK               nothing_is_published_before_the_suback
 *   an error of publish means "unknown"                 new_connection_says_nothing_of_the_old_one
 *   a process of its own                                tests/fault: the resolver is dead
 *   a probe of 5 s before, 10 s for the answer after    address_that_takes_nobody_is_given_up_after_five_seconds;
 *                                                       test_mqtt: listener_that_says_nothing_is_given_up;
 *                                                       nothing_is_published_before_the_suback
 *   a loop that gets nowhere is slowed down             broker_that_resets_costs_no_time; tests/fault: CPU of the link
 *   our own loop, connecting in our own thread          lint/rooms
 *   our own waits, with full jitter                     waits_double_up_to_the_cap, waits_are_random
 *   SIGPIPE is ignored                                  tests/fault: the link is killed
 *   no retained commands, no expiry                     commands_are_not_retained_and_do_not_expire;
 *                                                       test_link: retained_commands_are_ignored
 *   PUBACK is no acknowledgement                        test_link: puback_is_no_acknowledgement; tests/fault: lost
 * after PUBACK TLS is judged by our own clock certificate_of_tomorrow_is_good_when_the_clock_is_behind a subscription
 * that is refused without a word       test_link: subscription_that_brings_nothing_is_noticed
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "certificate.h"
#include "packet_broker.h"
#include "sync/mqtt/mqtt.h"

#include <errno.h>
#include <time.h>

#define WAIT_MAX_US INT64_C(20000000)

struct client {
    struct mqtt *mqtt;
    int connected, disconnected, published;
    struct error why;
};

static void on_connected(void *user)
{
    ((struct client *)user)->connected++;
}

static void on_disconnected(void *user, const char *why)
{
    struct client *client = user;
    client->disconnected++;
    error_set(&client->why, 0, "%s", why);
}

static void on_message(void *user, const char *topic, const void *payload, size_t length, bool retained)
{
    (void)user, (void)topic, (void)payload, (void)length, (void)retained;
}

static void on_published(void *user, int mid, int reason_code)
{
    (void)mid, (void)reason_code;
    ((struct client *)user)->published++;
}

static const struct mqtt_ops ops = {on_connected, on_disconnected, on_message, on_published};

struct world {
    sd_event *event;
    struct packet_broker broker;
    struct client client;
};

static int world_open(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    *state = world;
    assert_true(sd_event_new(&world->event) >= 0);
    packet_broker_open(&world->broker, world->event);
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    mqtt_free(world->client.mqtt);
    packet_broker_close(&world->broker);
    sd_event_unref(world->event);
    free(world);
    return 0;
}

static void open_client(struct world *world, struct mqtt_settings settings)
{
    static const char *const topics[] = {"test/down", NULL};
    settings.host = settings.host ? settings.host : "127.0.0.1";
    settings.port = settings.port ? settings.port : world->broker.port;
    settings.client_id = "client";
    settings.subscriptions = topics;
    settings.backoff_base_ms = settings.backoff_base_ms ? settings.backoff_base_ms : 10;
    settings.backoff_cap_ms = settings.backoff_cap_ms ? settings.backoff_cap_ms : 20;
    settings.random = settings.random.fill ? settings.random : random_system;
    world->client = (struct client){0};
    assert_int_equal(mqtt_new(world->event, &settings, &ops, &world->client, &world->client.mqtt, NULL), 0);
}

/* Runs the loop until a count is reached. */
static void wait_for(struct world *world, const int *count, int wanted)
{
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (*count < wanted && clock_mono_us() < end)
        sd_event_run(world->event, 100000);
    if (*count < wanted)
        fail_msg("%d, not %d; %s", *count, wanted, world->client.why.text);
}

static int publish(struct world *world, const char *text)
{
    return mqtt_publish(world->client.mqtt, "test/up", text, strlen(text), 1, false, NULL);
}

/* The packets of this connection, from its CONNECT on, without pings. */
static int packets_of(const struct packet_broker *broker, int connection, struct packet ret[PACKETS_MAX])
{
    int count = 0;
    for (int i = 0; i < broker->count; i++)
        if (broker->packets[i].connection == connection && broker->packets[i].kind != PACKET_PINGREQ)
            ret[count++] = broker->packets[i];
    return count;
}

/* ---------------------------------------------------------------- connecting and publishing */

static void nothing_is_published_before_the_suback(void **state)
{
    struct world *world = *state;
    struct packet packets[PACKETS_MAX] = {0};
    world->broker.acks[PACKET_CONNECT] = world->broker.acks[PACKET_SUBSCRIBE] = false;
    open_client(world, (struct mqtt_settings){0});
    wait_for(world, &world->broker.count, 1);
    assert_int_equal(publish(world, "before the CONNACK"), -ENOTCONN);
    packet_broker_answer(&world->broker, PACKET_CONNECT, 0);
    wait_for(world, &world->broker.count, 2);
    assert_int_equal(publish(world, "before the SUBACK"), -ENOTCONN);
    assert_int_equal(world->client.connected, 0);
    packet_broker_answer(&world->broker, PACKET_SUBSCRIBE, world->broker.last_id);
    wait_for(world, &world->client.connected, 1);
    assert_int_equal(publish(world, "after it"), 0);
    wait_for(world, &world->broker.count, 3);
    assert_int_equal(packets_of(&world->broker, 1, packets), 3);
    assert_int_equal(packets[0].kind, PACKET_CONNECT);
    assert_int_equal(packets[1].kind, PACKET_SUBSCRIBE);
    assert_int_equal(packets[2].kind, PACKET_PUBLISH);
    assert_string_equal(packets[2].text, "after it");
}

static void suback_that_never_comes_is_not_waited_for(void **state)
{
    struct world *world = *state;
    world->broker.acks[PACKET_SUBSCRIBE] = false;
    open_client(world, (struct mqtt_settings){.answer_ms = 500});
    wait_for(world, &world->client.disconnected, 1);
    assert_non_null(strstr(world->client.why.text, "does not answer"));
    assert_int_equal(world->client.connected, 0);
}

/* What was not acknowledged when a connection ended is nobody's any more: libmosquitto must not send it by itself. */
static void new_connection_says_nothing_of_the_old_one(void **state)
{
    struct world *world = *state;
    struct packet packets[PACKETS_MAX] = {0};
    open_client(world, (struct mqtt_settings){0});
    wait_for(world, &world->client.connected, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(publish(world, "old"), 0);
    wait_for(world, &world->broker.count, 7);
    packet_broker_hang_up(&world->broker);
    int result = publish(world, "unknown"); /* into a connection that is gone: said to be sent, or not known to be */
    assert_true(result == 0 || result == -EIO);
    wait_for(world, &world->client.disconnected, 1);
    assert_int_equal(publish(world, "between"), -ENOTCONN);
    wait_for(world, &world->client.connected, 2);
    assert_int_equal(publish(world, "new"), 0);
    wait_for(world, &world->broker.count, 10);
    assert_int_equal(packets_of(&world->broker, 2, packets), 3);
    assert_int_equal(packets[2].kind, PACKET_PUBLISH);
    assert_string_equal(packets[2].text, "new");
    assert_int_equal(world->client.published, 0);
}

static void commands_are_not_retained_and_do_not_expire(void **state)
{
    struct world *world = *state;
    struct packet packets[PACKETS_MAX] = {0};
    open_client(world, (struct mqtt_settings){0});
    wait_for(world, &world->client.connected, 1);
    world->broker.acks[PACKET_PUBLISH] = true;
    assert_int_equal(publish(world, "command"), 0);
    assert_int_equal(mqtt_publish(world->client.mqtt, "test/st", "here", 4, 1, true, NULL), 0);
    wait_for(world, &world->client.published, 2);
    assert_int_equal(packets_of(&world->broker, 1, packets), 4);
    assert_false(packets[2].retain);
    assert_true(packets[3].retain);             /* presence alone */
    assert_int_equal(packets[2].properties, 0); /* a message expiry would be one of them */
    assert_int_equal(packets[3].properties, 0);
}

/* ---------------------------------------------------------------- dead ends */

/* A listener whose queue is full drops what comes, as a firewall does. */
static void address_that_takes_nobody_is_given_up_after_five_seconds(void **state)
{
    struct world *world = *state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int port, full = broker_listen(&port), waiting[8];
    listen(full, 0);
    address.sin_port = htons((uint16_t)port);
    for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(waiting[i], (struct sockaddr *)&address, sizeof(address));
    }
    int64_t begin = clock_mono_us(), longest = 0;
    open_client(world, (struct mqtt_settings){.port = port});
    while (world->client.disconnected == 0 && clock_mono_us() - begin < WAIT_MAX_US) {
        int64_t before = clock_mono_us();
        sd_event_run(world->event, 50000);
        if (clock_mono_us() - before > longest)
            longest = clock_mono_us() - before;
    }
    int64_t took = clock_mono_us() - begin;
    assert_non_null(strstr(world->client.why.text, "timed out"));
    assert_in_range(took, 4900000, 7000000);
    assert_in_range(longest, 0, 2000000); /* the loop went on meanwhile */
    for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++)
        close(waiting[i]);
    close(full);
}

static char folder[] = "/tmp/floorhand-tls-XXXXXX", certificate[64], key[64];

static int folder_open(void **state)
{
    if (!mkdtemp(folder))
        return 1;
    snprintf(certificate, sizeof(certificate), "%s/broker.pem", folder);
    snprintf(key, sizeof(key), "%s/broker.key", folder);
    return world_open(state);
}

static int folder_close(void **state)
{
    unlink(certificate);
    unlink(key);
    rmdir(folder);
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    return world_close(state);
}

/* Accepts, and resets at the first byte of TLS. libmosquitto's loop returns at once then, for ever. */
static void broker_that_resets_costs_no_time(void **state)
{
    struct world *world = *state;
    certificate_write(certificate, key, "IP:127.0.0.1", -CERTIFICATE_DAY, CERTIFICATE_DAY);
    world->broker.resets = true;
    open_client(world,
                (struct mqtt_settings){.tls = {.ca_file = certificate}, .backoff_base_ms = 100, .backoff_cap_ms = 100});
    int64_t end = clock_mono_us() + INT64_C(2000000);
    unsigned wakes = 0;
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (; clock_mono_us() < end; wakes++)
        sd_event_run(world->event, 100000);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    int64_t used_us = (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000;
    assert_true(world->client.disconnected > 3);
    if (wakes > 3000 || used_us > 1000000)
        fail_msg("%u wakes and %lld us in 2 s, for %d attempts", wakes, (long long)used_us, world->client.disconnected);
}

/* ---------------------------------------------------------------- waiting */

/* Always this number: what a wait of at most LIMIT becomes can be told, for 159999 % (LIMIT us + 1) is just below
 * LIMIT. */
static void fill_same(void *user, void *bytes, size_t length)
{
    memcpy(bytes, user, length);
}

static void expect_waits(struct world *world, uint64_t random, const int64_t *least_ms, int count)
{
    int port;
    close(broker_listen(&port));
    open_client(world, (struct mqtt_settings){
                           .port = port, .backoff_base_ms = 20, .backoff_cap_ms = 160, .random = {fill_same, &random}});
    wait_for(world, &world->client.disconnected, 1);
    for (int i = 0; i < count; i++) {
        int64_t begin = clock_mono_us();
        wait_for(world, &world->client.disconnected, i + 2);
        assert_true(clock_mono_us() - begin >= least_ms[i] * 1000);
    }
    world->client.mqtt = mqtt_free(world->client.mqtt);
}

static void waits_double_up_to_the_cap(void **state)
{
    static const int64_t doubled[] = {19, 39, 79, 159, 159};
    expect_waits(*state, 159999, doubled, 5);
}

/* uniform(0, limit): a draw of nothing is no wait, however often it failed. */
static void waits_are_random(void **state)
{
    static const int64_t none[20];
    int64_t begin = clock_mono_us();
    expect_waits(*state, 0, none, 20);
    assert_true(clock_mono_us() - begin < INT64_C(1600000));
}

/* ---------------------------------------------------------------- TLS */

/* A real broker with this certificate. */
static void expect_tls(struct world *world, const char *says)
{
    struct broker broker;
    char options[320];
    snprintf(options, sizeof(options), "allow_anonymous true\n%scertfile %s\nkeyfile %s\ntls_version tlsv1.3",
             getuid() == 0 ? "user root\n" : "", certificate, key);
    broker_open(&broker, options);
    open_client(world, (struct mqtt_settings){.port = broker.port, .tls = {.ca_file = certificate}});
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (world->client.connected == 0 && (!says || !strstr(world->client.why.text, says)) && clock_mono_us() < end)
        sd_event_run(world->event, 100000);
    bool as_expected = says ? world->client.connected == 0 && clock_mono_us() < end : world->client.connected == 1;
    world->client.mqtt = mqtt_free(world->client.mqtt);
    broker_close(&broker);
    if (!as_expected)
        fail_msg("connected %d times; %s", world->client.connected, world->client.why.text);
}

static void certificate_for_this_host_is_good(void **state)
{
    certificate_write(certificate, key, "IP:127.0.0.1", -CERTIFICATE_DAY, CERTIFICATE_DAY);
    expect_tls(*state, NULL);
}

static void certificate_for_another_host_is_refused(void **state)
{
    certificate_write(certificate, key, "DNS:another.example", -CERTIFICATE_DAY, CERTIFICATE_DAY);
    expect_tls(*state, "TLS failed");
}

static void certificate_of_yesterday_is_refused(void **state)
{
    certificate_write(certificate, key, "IP:127.0.0.1", -2 * CERTIFICATE_DAY, -CERTIFICATE_DAY);
    expect_tls(*state, "TLS failed");
}

/* As good as a clock that is a day behind. */
static void certificate_of_tomorrow_is_good_when_the_clock_is_behind(void **state)
{
    certificate_write(certificate, key, "IP:127.0.0.1", CERTIFICATE_DAY, 2 * CERTIFICATE_DAY);
    expect_tls(*state, NULL);
}

static void file_without_a_certificate_is_named(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(certificate, "we");
    assert_non_null(file);
    fclose(file);
    open_client(world, (struct mqtt_settings){.tls = {.ca_file = certificate}});
    wait_for(world, &world->client.disconnected, 1);
    assert_non_null(strstr(world->client.why.text, "holds no certificate"));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_published_before_the_suback, world_open, world_close),
        cmocka_unit_test_setup_teardown(suback_that_never_comes_is_not_waited_for, world_open, world_close),
        cmocka_unit_test_setup_teardown(new_connection_says_nothing_of_the_old_one, world_open, world_close),
        cmocka_unit_test_setup_teardown(commands_are_not_retained_and_do_not_expire, world_open, world_close),
        cmocka_unit_test_setup_teardown(address_that_takes_nobody_is_given_up_after_five_seconds, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(broker_that_resets_costs_no_time, folder_open, folder_close),
        cmocka_unit_test_setup_teardown(waits_double_up_to_the_cap, world_open, world_close),
        cmocka_unit_test_setup_teardown(waits_are_random, world_open, world_close),
        cmocka_unit_test_setup_teardown(certificate_for_this_host_is_good, folder_open, folder_close),
        cmocka_unit_test_setup_teardown(certificate_for_another_host_is_refused, folder_open, folder_close),
        cmocka_unit_test_setup_teardown(certificate_of_yesterday_is_refused, folder_open, folder_close),
        cmocka_unit_test_setup_teardown(certificate_of_tomorrow_is_good_when_the_clock_is_behind, folder_open,
                                        folder_close),
        cmocka_unit_test_setup_teardown(file_without_a_certificate_is_named, folder_open, folder_close),
    };
    return cmocka_run_group_tests_name("mqtt rules", tests, NULL, NULL);
}
