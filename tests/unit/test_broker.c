/* The shipped mosquitto.conf with the access list and certificates that head office makes, on a real mosquitto: who
 * gets in, and what each may say and hear. Does not test the protocol above it. */
#include "hub_rig.h"

#include "base/clock.h"
#include "base/file.h"
#include "broker.h"
#include "sync/head-office/sites/broker.h"
#include "sync/mqtt/mqtt.h"

#include <errno.h>

#define WAIT_MAX_US INT64_C(15000000)

struct client {
    struct mqtt *mqtt;
    char certificate[160], key[160];
    const char *topics[3];
    int connected, disconnected, heard, refused, taken;
    struct error why;
    bool strange; /* a message that this client may not hear */
};

struct world {
    struct rig rig;
    struct broker broker;
    char ca[160], acl[160];
    sd_event *event;
    struct client office, hz, bj;
};

/* ---------------------------------------------------------------- files and the broker */

static void path_of(const struct world *world, char out[160], const char *name)
{
    snprintf(out, 160, "%s/%s", world->broker.folder, name);
}

static void write_file(const char *path, const struct buf *text)
{
    assert_int_equal(file_keep(path, buf_text(text), text->length, 0600), 0);
}

static void write_pair(struct world *world, struct certificate_pair *pair, const char *name, char *certificate,
                       char *key)
{
    char ending[64];
    snprintf(ending, sizeof(ending), "%s.pem", name);
    path_of(world, certificate, ending);
    snprintf(ending, sizeof(ending), "%s.key", name);
    path_of(world, key, ending);
    write_file(certificate, &pair->certificate);
    write_file(key, &pair->key);
    certificate_done(pair);
}

static void write_acl(struct world *world)
{
    CLEANUP_BUF struct buf list = {0};
    assert_int_equal(broker_write_acl(&world->rig.office, "floorhand-hq", "", &list, &world->rig.error), 0);
    write_file(world->acl, &list);
}

static void put_line(struct buf *out, const char *line, const char *from, const char *to)
{
    const char *at = strstr(line, from);
    if (at)
        buf_printf(out, "%.*s%s%s", (int)(at - line), line, to, at + strlen(from));
    else
        buf_puts(out, line);
}

/* The file that is shipped, but for its folder and its port. */
static void write_config(struct world *world)
{
    CLEANUP_BUF struct buf shipped = {0}, own = {0};
    char *rest = NULL, line[512], listener[64];
    assert_int_equal(file_load("sync/broker/mosquitto.conf", &shipped), 0);
    snprintf(listener, sizeof(listener), "listener %d", world->broker.port);
    for (char *at = strtok_r(shipped.data, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest)) {
        CLEANUP_BUF struct buf moved = {0};
        put_line(&moved, at, "/etc/mosquitto/floorhand", world->broker.folder);
        snprintf(line, sizeof(line), "%s", buf_text(&moved));
        put_line(&own, line, "listener 8883", listener);
        buf_putc(&own, '\n');
    }
    buf_printf(&own, "log_type none\n%s", getuid() == 0 ? "user root\n" : "");
    write_file(world->broker.config, &own);
}

static int world_open(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct office *office = &world->rig.office;
    struct error *error = &world->rig.error;
    struct certificate_pair pair = {0};
    char certificate[160], key[160];
    rig_open(&world->rig);
    office->now_us = clock_wall_us();
    world->broker.folder[0] = '\0';
    snprintf(world->broker.folder, sizeof(world->broker.folder), "/tmp/floorhand-broker-XXXXXX");
    close(broker_listen(&world->broker.port));
    assert_non_null(mkdtemp(world->broker.folder));
    snprintf(world->broker.config, sizeof(world->broker.config), "%s/mosquitto.conf", world->broker.folder);
    path_of(world, world->ca, "ca.pem");
    path_of(world, world->acl, "floorhand.acl");
    assert_int_equal(office_begin(office, error), 0);
    assert_int_equal(broker_certify_server(office, "localhost 127.0.0.1", &pair, error), 0);
    write_pair(world, &pair, "broker", certificate, key);
    assert_int_equal(broker_certify_office(office, "floorhand-hq", "", &pair, error), 0);
    write_pair(world, &pair, "floorhand-hq", world->office.certificate, world->office.key);
    assert_int_equal(broker_certify_site(office, "hz", "", &pair, error), 0);
    write_pair(world, &pair, "box-1", world->hz.certificate, world->hz.key);
    assert_int_equal(broker_certify_site(office, "bj", "", &pair, error), 0);
    write_pair(world, &pair, "box-2", world->bj.certificate, world->bj.key);
    assert_int_equal(broker_authority(office, &pair, error), 0);
    write_file(world->ca, &pair.certificate);
    certificate_done(&pair);
    assert_int_equal(office_commit(office, error), 0);
    write_acl(world);
    write_config(world);
    broker_start(&world->broker);
    assert_true(sd_event_new(&world->event) >= 0);
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    char command[160];
    mqtt_free(world->office.mqtt);
    mqtt_free(world->hz.mqtt);
    mqtt_free(world->bj.mqtt);
    sd_event_unref(world->event);
    broker_stop(&world->broker);
    rig_close(&world->rig);
    snprintf(command, sizeof(command), "rm -rf %s", world->broker.folder);
    int removed = system(command);
    free(world);
    return removed;
}

/* ---------------------------------------------------------------- clients */

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
    (void)retained;
    struct client *client = user;
    client->heard++;
    client->strange = client->strange || (length == 7 && memcmp(payload, "foreign", 7) == 0);
}

static void on_published(void *user, int mid, int reason_code)
{
    (void)mid;
    struct client *client = user;
    client->refused += reason_code == MQTT_REASON_NOT_AUTHORIZED;
    client->taken += reason_code != MQTT_REASON_NOT_AUTHORIZED;
}

static void open_client(struct world *world, struct client *client, const char *id)
{
    static const struct mqtt_ops ops = {on_connected, on_disconnected, on_message, on_published};
    const struct mqtt_settings settings = {.host = "localhost",
                                           .port = world->broker.port,
                                           .client_id = id,
                                           .tls = {world->ca, client->certificate, client->key},
                                           .subscriptions = client->topics,
                                           .backoff_base_ms = 50,
                                           .backoff_cap_ms = 200,
                                           .random = random_system};
    struct error error;
    client->connected = client->disconnected = 0;
    if (mqtt_new(world->event, &settings, &ops, client, &client->mqtt, &error) != 0)
        fail_msg("%s", error.text);
}

static void wait_at_least(struct world *world, const struct client *client, const int *count, int wanted)
{
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    while (*count < wanted && clock_mono_us() < end)
        sd_event_run(world->event, 100000);
    if (*count < wanted)
        fail_msg("%d of %d; %s", *count, wanted, client->why.text);
}

static void open_all(struct world *world)
{
    static char down_hz[WIRE_TOPIC_SIZE];
    wire_topic_down_filter(down_hz, "hz", "box-1");
    world->office.topics[0] = WIRE_FILTER_UP;
    world->hz.topics[0] = down_hz;
    world->bj.topics[0] = down_hz; /* another's */
    world->bj.topics[1] = WIRE_OFFICE_TOPIC;
    open_client(world, &world->office, "floorhand-hq");
    open_client(world, &world->hz, "box-1");
    open_client(world, &world->bj, "box-2");
    wait_at_least(world, &world->office, &world->office.connected, 1);
    wait_at_least(world, &world->hz, &world->hz.connected, 1);
    wait_at_least(world, &world->bj, &world->bj.connected, 1);
}

static void publish(struct client *client, enum wire_channel channel, const char *site, const char *box,
                    const char *text)
{
    char topic[WIRE_TOPIC_SIZE];
    wire_topic_write(topic, channel, site, box);
    assert_int_equal(mqtt_publish(client->mqtt, topic, text, strlen(text), 1, false, NULL), 0);
}

/* ---------------------------------------------------------------- what holds */

static void each_site_has_its_own_topics_and_no_other(void **state)
{
    struct world *world = *state;
    open_all(world);
    publish(&world->hz, WIRE_UP_CONTROL, "hz", "box-1", "hello");
    wait_at_least(world, &world->office, &world->office.heard, 1);
    publish(&world->office, WIRE_DOWN_CONTROL, "hz", "box-1", "foreign"); /* to box-2, which listens to it as well */
    wait_at_least(world, &world->hz, &world->hz.heard, 1);
    publish(&world->bj, WIRE_UP_CONTROL, "hz", "box-1", "forged");
    publish(&world->bj, WIRE_DOWN_CONTROL, "bj", "box-2", "forged");
    publish(&world->office, WIRE_UP_CONTROL, "hz", "box-1", "forged");
    wait_at_least(world, &world->bj, &world->bj.refused, 2);
    wait_at_least(world, &world->office, &world->office.refused, 1);
    publish(&world->bj, WIRE_UP_CONTROL, "bj", "box-2", "hello"); /* behind what was refused */
    wait_at_least(world, &world->office, &world->office.heard, 2);
    assert_int_equal(world->office.heard, 2);
    /* What head office says next to all comes behind what it said to one. */
    assert_int_equal(mqtt_publish(world->office.mqtt, WIRE_OFFICE_TOPIC, "{}", 2, 1, true, NULL), 0);
    wait_at_least(world, &world->bj, &world->bj.heard, 1);
    assert_false(world->bj.strange);
}

static void expect_outside(struct world *world, struct client *client, const char *says)
{
    open_client(world, client, "box-1");
    wait_at_least(world, client, &client->disconnected, 2);
    int64_t end = clock_mono_us() + WAIT_MAX_US; /* the first attempts may have come before the broker listened */
    while (!strstr(client->why.text, says) && clock_mono_us() < end)
        sd_event_run(world->event, 100000);
    if (client->connected || !strstr(client->why.text, says))
        fail_msg("connected %d times; %s", client->connected, client->why.text);
    client->mqtt = mqtt_free(client->mqtt);
}

static void who_is_not_known_does_not_get_in(void **state)
{
    struct world *world = *state;
    struct client nobody = {0}, other = {0};
    struct certificate_pair authority = {0}, pair = {0};
    const struct certificate_order ca = {CERTIFICATE_AUTHORITY, "other", NULL, CLOCK_FLOOR_US,
                                         INT64_C(2524607999000000)};
    const struct certificate_order own = {CERTIFICATE_CLIENT, "box-1", NULL, CLOCK_FLOOR_US, INT64_C(2524607999000000)};
    expect_outside(world, &nobody, "cert_file");
    assert_int_equal(certificate_make(&ca, NULL, &authority, &world->rig.error), 0);
    assert_int_equal(certificate_make(&own, &authority, &pair, &world->rig.error), 0);
    write_pair(world, &pair, "other", other.certificate, other.key);
    certificate_done(&authority);
    expect_outside(world, &other, "cert_file");
}

/* Whatever it calls itself: the broker goes by the certificate. */
static void client_that_calls_itself_another_is_itself(void **state)
{
    struct world *world = *state;
    struct client forger = world->bj;
    world->office.topics[0] = WIRE_FILTER_UP;
    open_client(world, &world->office, "floorhand-hq");
    open_client(world, &world->hz, "box-1");
    wait_at_least(world, &world->office, &world->office.connected, 1);
    wait_at_least(world, &world->hz, &world->hz.connected, 1);
    world->hz.disconnected = 0;
    open_client(world, &forger, "box-1");
    wait_at_least(world, &forger, &forger.connected, 1);
    publish(&forger, WIRE_UP_CONTROL, "hz", "box-1", "forged");
    wait_at_least(world, &forger, &forger.refused, 1);
    publish(&world->hz, WIRE_UP_CONTROL, "hz", "box-1", "hello");
    wait_at_least(world, &world->office, &world->office.heard, 1);
    assert_int_equal(world->hz.disconnected, 0); /* it was not thrown out */
    mqtt_free(forger.mqtt);
}

static void retired_site_is_mute_after_the_list_is_read_again(void **state)
{
    struct world *world = *state;
    struct certificate_pair pair = {0};
    open_all(world);
    rig_run(&world->rig, "UPDATE site SET retired_us = 1 WHERE id = 'bj'");
    write_acl(world);
    kill(world->broker.pid, SIGHUP);
    int64_t end = clock_mono_us() + WAIT_MAX_US;
    for (int said = 1; world->bj.refused == 0 && clock_mono_us() < end; said++) { /* until it has seen the signal */
        publish(&world->bj, WIRE_UP_CONTROL, "bj", "box-2", "hello");
        while (world->bj.refused + world->bj.taken < said && clock_mono_us() < end)
            sd_event_run(world->event, 100000);
    }
    assert_int_equal(world->bj.refused, 1);
    publish(&world->hz, WIRE_UP_CONTROL, "hz", "box-1", "hello");
    wait_at_least(world, &world->hz, &world->hz.taken, 1);
    assert_int_equal(world->hz.refused, 0);
    assert_int_equal(broker_certify_site(&world->rig.office, "bj", "", &pair, &world->rig.error), -ENOENT);
    assert_int_equal(broker_certify_site(&world->rig.office, "nowhere", "", &pair, &world->rig.error), -ENOENT);
}

static void key_of_another_is_named(void **state)
{
    struct world *world = *state;
    struct client client = world->hz;
    snprintf(client.key, sizeof(client.key), "%s", world->bj.key);
    expect_outside(world, &client, "does not hold the key");
    const struct mqtt_settings half = {.host = "localhost", .tls = {world->ca, client.certificate, ""}};
    assert_int_equal(mqtt_new(world->event, &half, NULL, NULL, &client.mqtt, &world->rig.error), -EINVAL);
    assert_non_null(strstr(world->rig.error.text, "belong together"));
}

static void note_warning(void *user, const char *sentence)
{
    struct buf *all = user;
    buf_printf(all, "%s\n", sentence);
}

static void certificates_that_end_soon_are_told(void **state)
{
    struct world *world = *state;
    CLEANUP_BUF struct buf said = {0};
    assert_int_equal(broker_warn(&world->rig.office, note_warning, &said), 0);
    assert_int_equal(said.length, 0);
    rig_run(&world->rig, "UPDATE site SET retired_us = 1 WHERE id = 'bj'");
    world->rig.office.now_us += (BROKER_CERTIFICATE_DAYS - CERTIFICATE_WARN_DAYS + 1) * CERTIFICATE_DAY_US;
    assert_int_equal(broker_warn(&world->rig.office, note_warning, &said), 0);
    assert_non_null(strstr(buf_text(&said), "of box-1 at the broker"));
    assert_non_null(strstr(buf_text(&said), "broker certificate hz"));
    assert_non_null(strstr(buf_text(&said), "of floorhand-hq"));
    assert_null(strstr(buf_text(&said), "box-2")); /* who is retired needs none */
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_site_has_its_own_topics_and_no_other, world_open, world_close),
        cmocka_unit_test_setup_teardown(who_is_not_known_does_not_get_in, world_open, world_close),
        cmocka_unit_test_setup_teardown(client_that_calls_itself_another_is_itself, world_open, world_close),
        cmocka_unit_test_setup_teardown(retired_site_is_mute_after_the_list_is_read_again, world_open, world_close),
        cmocka_unit_test_setup_teardown(key_of_another_is_named, world_open, world_close),
        cmocka_unit_test_setup_teardown(certificates_that_end_soon_are_told, world_open, world_close),
    };
    return cmocka_run_group_tests_name("broker", tests, NULL, NULL);
}
