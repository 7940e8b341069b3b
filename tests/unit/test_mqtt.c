/* The MQTT connection against a real mosquitto: messages counted, the broker killed, refusals and dead ends. Does not
 * test the protocol above it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "broker.h"
#include "sync/mqtt/mqtt.h"

#include <errno.h>

#define WAIT_MAX_US INT64_C(8000000)

struct client {
    struct mqtt *mqtt;
    int connected, disconnected, messages, retained, acks, unheard;
    size_t bytes;
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
    (void)topic;
    (void)payload;
    struct client *client = user;
    client->messages++;
    client->retained += retained;
    client->bytes += length;
}

static void on_published(void *user, int mid, int reason_code)
{
    (void)mid;
    struct client *client = user;
    client->acks++;
    client->unheard += reason_code == MQTT_REASON_NO_SUBSCRIBERS;
}

static const struct mqtt_ops ops = {on_connected, on_disconnected, on_message, on_published};
static const char *const no_topics[] = {NULL};

static void open_client(sd_event *event, struct client *client, int port, const char *id, const char *const *topics)
{
    const struct mqtt_settings settings = {.host = "127.0.0.1",
                                           .port = port,
                                           .client_id = id,
                                           .subscriptions = topics,
                                           .backoff_base_ms = 50,
                                           .backoff_cap_ms = 200,
                                           .answer_ms = 1000,
                                           .random = random_system};
    *client = (struct client){0};
    assert_int_equal(mqtt_new(event, &settings, &ops, client, &client->mqtt, NULL), 0);
}

/* Runs the loop until a count is reached. */
static void wait_at_least(sd_event *event, const int *count, int wanted)
{
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (*count < wanted && clock_mono_us() < end)
        sd_event_run(event, 100000);
    assert_true(*count >= wanted);
}

static void wait_for(sd_event *event, const int *count, int wanted)
{
    wait_at_least(event, count, wanted);
    assert_int_equal(*count, wanted);
}

static void publish_many(struct client *client, const char *topic, int count, size_t size)
{
    char *payload = calloc(1, size);
    assert_non_null(payload);
    for (int i = 0; i < count; i++)
        assert_int_equal(mqtt_publish(client->mqtt, topic, payload, size, 1, false, NULL), 0);
    free(payload);
}

static void messages_arrive_and_survive_a_broker_that_dies(void **state)
{
    (void)state;
    static const char *const topics[] = {"test/a", "test/b", NULL};
    sd_event *event;
    struct broker broker;
    struct client from, to;
    broker_open(&broker, "allow_anonymous true");
    assert_true(sd_event_new(&event) >= 0);
    open_client(event, &to, broker.port, "to", topics);
    wait_for(event, &to.connected, 1);
    open_client(event, &from, broker.port, "from", no_topics);
    wait_for(event, &from.connected, 1);

    publish_many(&from, "test/a", 100, 131072);
    publish_many(&from, "test/b", 100, 10);
    publish_many(&from, "test/nobody", 1, 10);
    wait_for(event, &from.acks, 201);
    wait_for(event, &to.messages, 200);
    assert_int_equal(to.bytes, 100 * 131072 + 100 * 10);
    assert_int_equal(from.unheard, 1);

    broker_stop(&broker);
    from.disconnected = to.disconnected = 0; /* there were attempts before the broker listened */
    wait_at_least(event, &from.disconnected, 1);
    wait_at_least(event, &to.disconnected, 1);
    assert_int_equal(mqtt_publish(from.mqtt, "test/a", "x", 1, 1, false, NULL), -ENOTCONN);
    broker_start(&broker);
    wait_for(event, &from.connected, 2);
    wait_for(event, &to.connected, 2);
    publish_many(&from, "test/a", 20, 10);
    wait_for(event, &to.messages, 220);
    wait_for(event, &from.acks, 221);

    assert_null(mqtt_free(from.mqtt));
    mqtt_free(to.mqtt);
    sd_event_unref(event);
    broker_close(&broker);
}

static void retained_message_greets_a_newcomer(void **state)
{
    (void)state;
    static const char *const topics[] = {"test/st", NULL};
    sd_event *event;
    struct broker broker;
    struct client from, to;
    broker_open(&broker, "allow_anonymous true");
    assert_true(sd_event_new(&event) >= 0);
    open_client(event, &from, broker.port, "from", no_topics);
    wait_for(event, &from.connected, 1);
    assert_int_equal(mqtt_publish(from.mqtt, "test/st", "{}", 2, 1, true, NULL), 0);
    wait_for(event, &from.acks, 1);
    open_client(event, &to, broker.port, "to", topics);
    wait_for(event, &to.retained, 1);
    mqtt_free(from.mqtt);
    mqtt_free(to.mqtt);
    sd_event_unref(event);
    broker_close(&broker);
}

/* Fails for this reason, and tries again. */
static void expect_failure(int port, const char *says)
{
    sd_event *event;
    struct client client;
    assert_true(sd_event_new(&event) >= 0);
    open_client(event, &client, port, "client", no_topics);
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (!strstr(client.why.text, says) && clock_mono_us() < end)
        sd_event_run(event, 100000);
    if (!strstr(client.why.text, says))
        fail_msg("%s", client.why.text);
    wait_at_least(event, &client.disconnected, client.disconnected + 1);
    assert_int_equal(client.connected, 0);
    mqtt_free(client.mqtt);
    sd_event_unref(event);
}

static void refusals_say_what_to_do(void **state)
{
    (void)state;
    struct broker broker;
    int port;
    close(broker_listen(&port)); /* nobody there */
    expect_failure(port, "Connection refused; is it running");
    broker_open(&broker, "allow_anonymous false");
    expect_failure(broker.port, "check username and password");
    broker_close(&broker);
}

static void certificate_file_that_is_missing_is_named(void **state)
{
    (void)state;
    const struct mqtt_settings settings = {
        .host = "localhost", .port = 1, .client_id = "x", .tls = {.ca_file = "/nonexistent"}};
    struct mqtt *mqtt = NULL;
    struct error error;
    assert_int_equal(mqtt_new(NULL, &settings, &ops, NULL, &mqtt, &error), -ENOENT);
    assert_non_null(strstr(error.text, "cannot read ca_file /nonexistent"));
    assert_null(mqtt);
}

static void listener_that_says_nothing_is_given_up(void **state)
{
    (void)state;
    int port;
    int fd = broker_listen(&port);
    expect_failure(port, "does not answer as an MQTT 5 broker");
    close(fd);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_arrive_and_survive_a_broker_that_dies),
        cmocka_unit_test(retained_message_greets_a_newcomer),
        cmocka_unit_test(refusals_say_what_to_do),
        cmocka_unit_test(certificate_file_that_is_missing_is_named),
        cmocka_unit_test(listener_that_says_nothing_is_given_up),
    };
    return cmocka_run_group_tests_name("mqtt", tests, NULL, NULL);
}
