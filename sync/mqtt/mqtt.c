#include "sync/mqtt/mqtt.h"

#include "base/clock.h"
#include "sync/mqtt/prefix.h"
#include "sync/mqtt/probe.h"
#include "sync/mqtt/reason.h"

#include <errno.h>
#include <fcntl.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Each of these answers a behaviour of libmosquitto 2.0.11. A reconnecting struct mosquitto replays a stale in-flight
 * list and publishes before CONNACK: a new one per connection. A dead TLS peer makes its loop return at once, for ever:
 * a limit on wakes without progress, and a limit on the wait for CONNACK. Its own back-off has no jitter. */
#define KEEPALIVE_S     30
#define TICK_US         UINT64_C(1000000)
#define SETTLED_US      INT64_C(10000000) /* a connection this old forgets earlier failures */
#define IDLE_WAKES_MAX  64                /* without a packet, then a pause; a packet of 128 KiB takes up to 94 */
#define IDLE_PAUSE_US   UINT64_C(50000)
#define READ_ROUNDS_MAX 32 /* before other sources have their turn */

enum mqtt_state { MQTT_WAITING, MQTT_PROBING, MQTT_CONNECTING, MQTT_CONNECTED };

struct mqtt {
    sd_event *event;
    struct mqtt_settings settings;
    const struct mqtt_ops *ops;
    void *user;
    enum mqtt_state state;
    struct probe *probe;
    struct mosquitto *mosq;
    sd_event_source *io, *timer, *end;
    size_t subscriptions_left;
    int64_t since_us; /* of the connection, or of its beginning */
    unsigned failures, idle_wakes, packets;
    bool ending;
    struct error why;
};

/* ---------------------------------------------------------------- ending a connection, planning the next */

/* The connection is ended from the loop: libmosquitto may be on the stack now. The first reason is kept. */
__attribute__((format(printf, 2, 3))) static void plan_end(struct mqtt *mqtt, const char *format, ...)
{
    if (mqtt->ending)
        return;
    char text[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    error_set(&mqtt->why, 0, "the broker at %s:%d: %s", mqtt->settings.host, mqtt->settings.port, text);
    mqtt->ending = true;
    sd_event_source_set_enabled(mqtt->end, SD_EVENT_ONESHOT);
}

static void set_timer(struct mqtt *mqtt, uint64_t usec)
{
    sd_event_source_set_time_relative(mqtt->timer, usec);
    sd_event_source_set_enabled(mqtt->timer, SD_EVENT_ONESHOT);
}

/* uniform(0, min(cap, base * 2^failures)): whole fleets come back without meeting at the broker's door. */
static uint64_t backoff_us(struct mqtt *mqtt)
{
    uint64_t limit = (uint64_t)mqtt->settings.backoff_base_ms, cap = (uint64_t)mqtt->settings.backoff_cap_ms, random;
    for (unsigned i = 0; i < mqtt->failures && limit < cap; i++)
        limit *= 2;
    mqtt->settings.random.fill(mqtt->settings.random.user, &random, sizeof(random));
    return random % ((limit < cap ? limit : cap) * 1000 + 1);
}

static void drop_connection(struct mqtt *mqtt)
{
    mqtt->probe = probe_free(mqtt->probe);
    mqtt->io = sd_event_source_disable_unref(mqtt->io);
    if (mqtt->mosq)
        mosquitto_destroy(mqtt->mosq);
    mqtt->mosq = NULL;
}

static int on_end(sd_event_source *source, void *user)
{
    (void)source;
    struct mqtt *mqtt = user;
    if (mqtt->state == MQTT_CONNECTED && clock_mono_us() - mqtt->since_us >= SETTLED_US)
        mqtt->failures = 0;
    drop_connection(mqtt);
    mqtt->state = MQTT_WAITING;
    mqtt->ending = false;
    set_timer(mqtt, backoff_us(mqtt));
    mqtt->failures++;
    mqtt->ops->disconnected(mqtt->user, mqtt->why.text);
    return 0;
}

/* ---------------------------------------------------------------- what libmosquitto calls */

/* libmosquitto puts its own MOSQ_ERR_ numbers and the broker's reasons, which start at 0x80, in one argument. */
static const char *why_ended(const struct mqtt *mqtt, int code)
{
    if (code >= 0x80)
        return reason_text(code);
    if (code == MOSQ_ERR_TLS)
        return "TLS failed; is its certificate from one in ca_file, still valid, and made for this host name, and does "
               "it take ours (cert_file)?";
    bool secure = mqtt->settings.tls.ca_file && *mqtt->settings.tls.ca_file;
    if (code == MOSQ_ERR_CONN_LOST && mqtt->state == MQTT_CONNECTING && secure)
        return "it ended TLS without a word; does it ask for a certificate of ours (cert_file), and trust who made it?";
    if (code == MOSQ_ERR_CONN_LOST && mqtt->state == MQTT_CONNECTING)
        return "it closed the connection without a word; does it expect TLS at this port (ca_file), or none?";
    return mosquitto_strerror(code);
}

static void become_connected(struct mqtt *mqtt)
{
    mqtt->state = MQTT_CONNECTED;
    mqtt->since_us = clock_mono_us();
    mqtt->ops->connected(mqtt->user);
}

static void on_connack(struct mosquitto *mosq, void *user, int code, int flags, const mosquitto_property *properties)
{
    (void)flags;
    (void)properties;
    struct mqtt *mqtt = user;
    mqtt->packets++;
    if (code != 0) {
        plan_end(mqtt, "it refused the connection: %s", reason_text(code));
        return;
    }
    for (const char *const *topic = mqtt->settings.subscriptions; topic && *topic; topic++) {
        char full[MQTT_TOPIC_SIZE];
        const char *filter = mqtt_prefix_put(mqtt->settings.topic_prefix, *topic, full);
        int result = filter ? mosquitto_subscribe(mosq, NULL, filter, 1) : MOSQ_ERR_INVAL;
        if (result != MOSQ_ERR_SUCCESS)
            plan_end(mqtt, "subscribing to %s failed: %s", *topic, mosquitto_strerror(result));
        mqtt->subscriptions_left++;
    }
    if (mqtt->subscriptions_left == 0)
        become_connected(mqtt);
}

static void on_suback(struct mosquitto *mosq, void *user, int mid, int count, const int *granted,
                      const mosquitto_property *properties)
{
    (void)mosq;
    (void)mid;
    (void)properties;
    struct mqtt *mqtt = user;
    mqtt->packets++;
    for (int i = 0; i < count; i++)
        if (granted[i] >= 0x80)
            plan_end(mqtt, "it refused a subscription: %s", reason_text(granted[i]));
    if (mqtt->ending || mqtt->subscriptions_left == 0 || --mqtt->subscriptions_left > 0)
        return;
    become_connected(mqtt);
}

static void on_disconnect(struct mosquitto *mosq, void *user, int code, const mosquitto_property *properties)
{
    (void)mosq;
    (void)properties;
    struct mqtt *mqtt = user;
    plan_end(mqtt, "the connection ended: %s", why_ended(mqtt, code));
}

static void on_message(struct mosquitto *mosq, void *user, const struct mosquitto_message *message,
                       const mosquitto_property *properties)
{
    (void)mosq;
    (void)properties;
    struct mqtt *mqtt = user;
    mqtt->packets++;
    const char *topic = mqtt_prefix_strip(mqtt->settings.topic_prefix, message->topic);
    if (topic)
        mqtt->ops->message(mqtt->user, topic, message->payload, (size_t)message->payloadlen, message->retain);
}

static void on_puback(struct mosquitto *mosq, void *user, int mid, int code, const mosquitto_property *properties)
{
    (void)mosq;
    (void)properties;
    struct mqtt *mqtt = user;
    mqtt->packets++;
    if (!mqtt->ending)
        mqtt->ops->published(mqtt->user, mid, code);
}

/* ---------------------------------------------------------------- the loop's side */

/* To be called after anything that made libmosquitto work. */
static void refresh(struct mqtt *mqtt, int result)
{
    if (result != MOSQ_ERR_SUCCESS)
        plan_end(mqtt, "the connection ended: %s",
                 result == MOSQ_ERR_ERRNO ? strerror(errno) : why_ended(mqtt, result));
    else if (mqtt->io)
        sd_event_source_set_io_events(mqtt->io, EPOLLIN | (mosquitto_want_write(mqtt->mosq) ? EPOLLOUT : 0u));
}

/* Reads until nothing comes any more: TLS may hold packets that epoll cannot see. */
static int read_packets(struct mqtt *mqtt)
{
    int result = MOSQ_ERR_SUCCESS;
    unsigned before = mqtt->packets - 1;
    for (int round = 0; round < READ_ROUNDS_MAX && before != mqtt->packets && !result && !mqtt->ending; round++) {
        before = mqtt->packets;
        result = mosquitto_loop_read(mqtt->mosq, 1);
    }
    return result;
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)fd;
    struct mqtt *mqtt = user;
    if (mqtt->ending)
        return 0;
    unsigned before = mqtt->packets;
    int result = events & EPOLLOUT ? mosquitto_loop_write(mqtt->mosq, 1) : MOSQ_ERR_SUCCESS;
    if (!result && events & ~(uint32_t)EPOLLOUT)
        result = read_packets(mqtt);
    refresh(mqtt, result);
    mqtt->idle_wakes = before == mqtt->packets ? mqtt->idle_wakes + 1 : 0;
    if (mqtt->idle_wakes >= IDLE_WAKES_MAX) {
        sd_event_source_set_enabled(mqtt->io, SD_EVENT_OFF);
        set_timer(mqtt, IDLE_PAUSE_US);
    }
    return 0;
}

/* A context of our own, for it is judged by our own clock (tls.h). Its defaults would be set a second time, and fail.
 */
static int use_tls(struct mqtt *mqtt)
{
    const struct mqtt_settings *settings = &mqtt->settings;
    struct error why;
    SSL_CTX *context;
    if (!settings->tls.ca_file || !*settings->tls.ca_file)
        return MOSQ_ERR_SUCCESS;
    if (tls_context(&settings->tls, settings->host, &context, &why) != 0) {
        plan_end(mqtt, "%s", why.text);
        return MOSQ_ERR_TLS;
    }
    int result = mosquitto_int_option(mqtt->mosq, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
    if (!result)
        result = mosquitto_void_option(mqtt->mosq, MOSQ_OPT_SSL_CTX, context);
    SSL_CTX_free(context); /* libmosquitto has counted its own use */
    return result;
}

static int configure(struct mqtt *mqtt)
{
    const struct mqtt_settings *settings = &mqtt->settings;
    struct mosquitto *mosq = mqtt->mosq;
    int result = mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    if (!result)
        result = mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, settings->receive_maximum);
    if (!result)
        result = mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1);
    if (!result && settings->username && *settings->username)
        result = mosquitto_username_pw_set(mosq, settings->username, settings->password);
    char full[MQTT_TOPIC_SIZE];
    const char *will =
        settings->will.topic ? mqtt_prefix_put(settings->topic_prefix, settings->will.topic, full) : NULL;
    if (!result && will)
        result = mosquitto_will_set_v5(mosq, will, (int)settings->will.length, settings->will.payload, 1, true, NULL);
    if (!result)
        result = use_tls(mqtt);
    mosquitto_connect_v5_callback_set(mosq, on_connack);
    mosquitto_subscribe_v5_callback_set(mosq, on_suback);
    mosquitto_disconnect_v5_callback_set(mosq, on_disconnect);
    mosquitto_message_v5_callback_set(mosq, on_message);
    mosquitto_publish_v5_callback_set(mosq, on_puback);
    return result;
}

/* The loop watches a copy of the socket: libmosquitto closes its own inside its functions, and the number could by then
 * belong to another part of the program. */
static int watch_socket(struct mqtt *mqtt)
{
    int fd = fcntl(mosquitto_socket(mqtt->mosq), F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return -errno;
    int result = sd_event_add_io(mqtt->event, &mqtt->io, fd, EPOLLIN, on_io, mqtt);
    if (result < 0) {
        close(fd);
        return result;
    }
    return sd_event_source_set_io_fd_own(mqtt->io, 1);
}

static void on_probed(void *user, int result, const char *why)
{
    struct mqtt *mqtt = user;
    if (result) {
        plan_end(mqtt, "%s", why);
        return;
    }
    mqtt->probe = probe_free(mqtt->probe);
    mqtt->state = MQTT_CONNECTING;
    mqtt->since_us = clock_mono_us();
    mqtt->subscriptions_left = 0;
    mqtt->idle_wakes = 0;
    char full[MQTT_TOPIC_SIZE]; /* one broker knows each client identifier once */
    const char *client = mqtt_prefix_put(mqtt->settings.topic_prefix, mqtt->settings.client_id, full);
    mqtt->mosq = mosquitto_new(client ? client : mqtt->settings.client_id, true, mqtt);
    int code = mqtt->mosq ? configure(mqtt) : MOSQ_ERR_NOMEM;
    if (!code)
        code = mosquitto_connect_bind_v5(mqtt->mosq, mqtt->settings.host, mqtt->settings.port, KEEPALIVE_S, NULL, NULL);
    if (!code && (result = watch_socket(mqtt)) < 0)
        plan_end(mqtt, "its connection cannot be watched: %s", strerror(-result));
    refresh(mqtt, code);
    set_timer(mqtt, TICK_US);
}

static void start_attempt(struct mqtt *mqtt)
{
    static const struct probe_ops probe_ops = {.done = on_probed};
    struct error why;
    mqtt->state = MQTT_PROBING;
    if (probe_new(mqtt->event, mqtt->settings.host, mqtt->settings.port, &probe_ops, mqtt, &mqtt->probe, &why) != 0)
        plan_end(mqtt, "%s", why.text);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
    (void)source;
    (void)usec;
    struct mqtt *mqtt = user;
    if (mqtt->ending)
        return 0;
    if (mqtt->state == MQTT_WAITING) {
        start_attempt(mqtt);
        return 0;
    }
    if (mqtt->state == MQTT_CONNECTING && clock_mono_us() - mqtt->since_us >= mqtt->settings.answer_ms * 1000)
        plan_end(mqtt, "it accepted the connection but does not answer as an MQTT 5 broker; is the port right?");
    mqtt->idle_wakes = 0;
    sd_event_source_set_enabled(mqtt->io, SD_EVENT_ON);
    int result = mosquitto_loop_misc(mqtt->mosq);
    refresh(mqtt, result ? result : read_packets(mqtt));
    set_timer(mqtt, TICK_US);
    return 0;
}

/* ---------------------------------------------------------------- the outside */

static int add_sources(struct mqtt *mqtt)
{
    int result = sd_event_add_defer(mqtt->event, &mqtt->end, on_end, mqtt);
    if (result >= 0)
        result = sd_event_source_set_enabled(mqtt->end, SD_EVENT_OFF);
    if (result >= 0)
        result = sd_event_add_time_relative(mqtt->event, &mqtt->timer, CLOCK_BOOTTIME, 0, 1000, on_timer, mqtt);
    return result;
}

static void fill_defaults(struct mqtt_settings *settings)
{
    if (settings->receive_maximum == 0)
        settings->receive_maximum = 8;
    if (settings->backoff_base_ms == 0)
        settings->backoff_base_ms = 2000;
    if (settings->backoff_cap_ms == 0)
        settings->backoff_cap_ms = 300000;
    if (settings->answer_ms == 0)
        settings->answer_ms = 10000;
}

int mqtt_new(sd_event *event, const struct mqtt_settings *settings, const struct mqtt_ops *ops, void *user,
             struct mqtt **ret, struct error *error)
{
    int checked = tls_files_check(&settings->tls, error);
    if (checked)
        return checked;
    if (settings->topic_prefix && !mqtt_prefix_ok(settings->topic_prefix))
        return error_set(error, -EINVAL, "topic prefix \"%s\" cannot be: give a-z, 0-9 and '-', with '/' between them",
                         settings->topic_prefix);
    struct mqtt *mqtt = calloc(1, sizeof(*mqtt));
    if (!mqtt || mosquitto_lib_init() != MOSQ_ERR_SUCCESS) {
        free(mqtt);
        return error_set(error, -ENOMEM, "no memory for the connection to the broker");
    }
    *mqtt = (struct mqtt){.event = event, .settings = *settings, .ops = ops, .user = user};
    fill_defaults(&mqtt->settings);
    int result = add_sources(mqtt);
    if (result < 0) {
        mqtt_free(mqtt);
        return error_set(error, result, "cannot set up the event loop for the broker: %s", strerror(-result));
    }
    *ret = mqtt;
    return 0;
}

struct mqtt *mqtt_free(struct mqtt *mqtt)
{
    if (!mqtt)
        return NULL;
    if (mqtt->state == MQTT_CONNECTED)
        mosquitto_disconnect(mqtt->mosq);
    drop_connection(mqtt);
    sd_event_source_disable_unref(mqtt->timer);
    sd_event_source_disable_unref(mqtt->end);
    free(mqtt);
    mosquitto_lib_cleanup();
    return NULL;
}

bool mqtt_is_connected(const struct mqtt *mqtt)
{
    return mqtt->state == MQTT_CONNECTED && !mqtt->ending;
}

int mqtt_publish(struct mqtt *mqtt, const char *topic, const void *payload, size_t length, int qos, bool retain,
                 int *ret_mid)
{
    int mid;
    if (!mqtt_is_connected(mqtt))
        return -ENOTCONN;
    char full[MQTT_TOPIC_SIZE];
    topic = mqtt_prefix_put(mqtt->settings.topic_prefix, topic, full);
    if (!topic)
        return -EMSGSIZE;
    int result = mosquitto_publish(mqtt->mosq, &mid, topic, (int)length, payload, qos, retain);
    if (result == MOSQ_ERR_OVERSIZE_PACKET)
        return -EMSGSIZE;
    refresh(mqtt, result);
    if (result != MOSQ_ERR_SUCCESS)
        return -EIO;
    if (ret_mid)
        *ret_mid = mid;
    return 0;
}
