#include "sync/link/link.h"

#include "base/certificate.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "sync/mqtt/mqtt.h"
#include "sync/wire/control.h"
#include "sync/wire/frame.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#define DAEMON_RETRY_US     UINT64_C(50000)
#define DAEMON_RETRY_MAX_US UINT64_C(2000000)
#define ACCURACY_US         1000 /* of the timer; none given would be 250 ms */
#define DAY_US              UINT64_C(86400000000)
#define FRAMES_PER_WAKE     16 /* before the broker has its turn */

struct link {
    sd_event *event;
    const struct link_settings *settings;
    struct mqtt *mqtt;
    sd_event_source *warn;           /* once a day */
    sd_event_source *daemon, *timer; /* the io source owns its socket; NULL while there is no daemon */
    uint64_t retry_us;
    bool daemon_missed;         /* said so in the log */
    struct error why;           /* why the broker is not there, as last said */
    struct buf office;          /* fh1/hq/st as it is now, for a daemon that comes later */
    struct buf online, offline; /* this box's presence */
    int presence_mid;           /* of the presence that the broker has not taken yet; 0: none */
    bool presence_changed;      /* since it was sent */
    char up_segment[WIRE_TOPIC_SIZE], up_control[WIRE_TOPIC_SIZE], status[WIRE_TOPIC_SIZE], down[WIRE_TOPIC_SIZE];
    const char *subscriptions[3];
    char frame[FRAME_SIZE_MAX];
};

/* What does not fit now is dropped: the protocol sends it again. */
static void tell_daemon(struct link *link, enum frame_kind kind, const void *payload, size_t length)
{
    if (link->daemon)
        frame_send(sd_event_source_get_io_fd(link->daemon), kind, payload, length);
}

static void publish_presence(struct link *link)
{
    const struct buf *presence = link->daemon ? &link->online : &link->offline;
    link->presence_changed = false;
    if (mqtt_is_connected(link->mqtt))
        mqtt_publish(link->mqtt, link->status, presence->data, presence->length, 1, true, &link->presence_mid);
}

/* One at a time, so that its PUBACK can be told from those of the daemon's messages. */
static void say_presence(struct link *link)
{
    if (link->presence_mid)
        link->presence_changed = true;
    else
        publish_presence(link);
}

static struct tls_files tls_files(const struct link_settings *settings)
{
    return (struct tls_files){settings->ca_file, settings->cert_file, settings->key_file};
}

/* Read anew each time: it may just have been replaced. */
static void tell_certificate(struct link *link)
{
    const struct tls_files files = tls_files(link->settings);
    char text[24];
    int length = snprintf(text, sizeof(text), "%" PRId64, tls_own_until_us(&files) / 1000);
    tell_daemon(link, FRAME_CERTIFICATE, text, (size_t)length);
}

/* Everything a daemon needs to know about the broker. */
static void tell_state(struct link *link)
{
    tell_certificate(link);
    if (mqtt_is_connected(link->mqtt)) {
        tell_daemon(link, FRAME_UP, NULL, 0);
        tell_daemon(link, FRAME_OFFICE_STATE, link->office.data, link->office.length);
    } else {
        tell_daemon(link, FRAME_DOWN, link->why.text, strlen(link->why.text));
    }
}

/* ---------------------------------------------------------------- the broker's side */

static void on_connected(void *user)
{
    struct link *link = user;
    link->why.text[0] = '\0';
    log_info("connected to the broker at %s:%lld", link->settings->host, (long long)link->settings->port);
    publish_presence(link);
    tell_state(link);
}

static void on_disconnected(void *user, const char *why)
{
    struct link *link = user;
    if (strcmp(link->why.text, why) != 0)
        log_warning("%s (it is tried again; the site goes on working)", why);
    error_set(&link->why, 0, "%s", why);
    buf_clear(&link->office);
    link->presence_mid = 0;
    tell_state(link);
}

static void on_message(void *user, const char *topic, const void *payload, size_t length, bool retained)
{
    struct link *link = user;
    struct wire_topic parsed;
    if (length > FRAME_PAYLOAD_MAX || wire_topic_parse(topic, &parsed) != 0)
        return;
    if (retained && parsed.channel != WIRE_OFFICE_STATUS) /* a command is for now: head office retains none */
        return;
    if (parsed.channel == WIRE_OFFICE_STATUS) {
        buf_clear(&link->office);
        buf_put(&link->office, payload, length);
        if (mqtt_is_connected(link->mqtt)) /* otherwise tell_state() brings it, after FRAME_UP */
            tell_daemon(link, FRAME_OFFICE_STATE, payload, length);
    } else if (parsed.channel == WIRE_DOWN_SEGMENT) {
        tell_daemon(link, FRAME_RECEIVED_SEGMENT, payload, length);
    } else if (parsed.channel == WIRE_DOWN_CONTROL) {
        tell_daemon(link, FRAME_RECEIVED_CONTROL, payload, length);
    }
}

static void on_published(void *user, int mid, int reason_code)
{
    struct link *link = user;
    char code = (char)reason_code;
    if (reason_code == MQTT_REASON_NOT_AUTHORIZED)
        log_error("the broker does not let %s publish; check its access list", link->settings->box);
    if (mid != link->presence_mid) { /* that nobody reads the presence says nothing about head office */
        tell_daemon(link, FRAME_PUBLISHED, &code, 1);
        return;
    }
    link->presence_mid = 0;
    if (link->presence_changed)
        publish_presence(link);
}

/* ---------------------------------------------------------------- the daemon's side */

static void plan_daemon(struct link *link)
{
    sd_event_source_set_time_relative(link->timer, link->retry_us);
    sd_event_source_set_enabled(link->timer, SD_EVENT_ONESHOT);
    link->retry_us = link->retry_us * 2 < DAEMON_RETRY_MAX_US ? link->retry_us * 2 : DAEMON_RETRY_MAX_US;
}

static void publish_frame(struct link *link, size_t length)
{
    const char *topic = link->frame[0] == FRAME_SEND_SEGMENT   ? link->up_segment
                        : link->frame[0] == FRAME_SEND_CONTROL ? link->up_control
                                                               : NULL;
    if (!topic || !mqtt_is_connected(link->mqtt))
        return;
    int result = mqtt_publish(link->mqtt, topic, link->frame + 1, length - 1, 1, false, NULL);
    if (result == -EMSGSIZE)
        log_error("the broker takes only smaller messages than %zu bytes; set max_packet_size 262144 in mosquitto.conf",
                  length);
}

static void lose_daemon(struct link *link)
{
    link->daemon = sd_event_source_disable_unref(link->daemon);
    log_warning("floorhandd closed the connection at %s; waiting for it", link->settings->socket);
    link->daemon_missed = true;
    say_presence(link);
    link->retry_us = DAEMON_RETRY_US;
    plan_daemon(link);
}

static int on_daemon(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)events;
    struct link *link = user;
    for (int i = 0; i < FRAMES_PER_WAKE; i++) {
        ssize_t length = recv(fd, link->frame, sizeof(link->frame), MSG_DONTWAIT | MSG_TRUNC);
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
        if (length <= 0 || (size_t)length > sizeof(link->frame)) {
            lose_daemon(link);
            return 0;
        }
        publish_frame(link, (size_t)length);
    }
    return 0;
}

static int connect_daemon(struct link *link)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    text_copy(address.sun_path, sizeof(address.sun_path), link->settings->socket);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){FRAME_SNDBUF}, sizeof(int));
    int result = connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
    if (!result)
        result = sd_event_add_io(link->event, &link->daemon, fd, EPOLLIN, on_daemon, link);
    if (result < 0) {
        close(fd);
        return result;
    }
    return sd_event_source_set_io_fd_own(link->daemon, 1);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
    (void)source;
    (void)usec;
    struct link *link = user;
    int result = connect_daemon(link);
    if (result < 0) {
        if (!link->daemon_missed)
            log_warning("cannot reach floorhandd at %s: %s; is it running, and does it use the same socket?",
                        link->settings->socket, strerror(-result));
        link->daemon_missed = true;
        plan_daemon(link);
        return 0;
    }
    log_info("connected to floorhandd at %s", link->settings->socket);
    link->daemon_missed = false;
    say_presence(link);
    tell_state(link);
    return 0;
}

/* ---------------------------------------------------------------- opening and closing */

int link_check(const struct link_settings *settings, struct error *error)
{
    if (!wire_site_ok(settings->site))
        return error_set(error, -EINVAL, "site must be the name head office gave: 2 to %d of a-z, 0-9 and '-'",
                         WIRE_NAME_MAX);
    if (!wire_box_ok(settings->box))
        return error_set(error, -EINVAL, "box must be the name head office gave: 3 to %d of a-z, 0-9 and '-'",
                         WIRE_NAME_MAX);
    if (!*settings->host)
        return error_set(error, -EINVAL, "host must be the broker's name or address");
    return 0;
}

static void write_presence(struct buf *out, const char *site, bool online)
{
    struct wire_control presence = {.kind = WIRE_PRESENCE, .online = online};
    text_copy(presence.site, sizeof(presence.site), site);
    wire_control_write(out, &presence, &random_system);
}

static int connect_broker(struct link *link, struct error *error)
{
    static const struct mqtt_ops ops = {on_connected, on_disconnected, on_message, on_published};
    const struct link_settings *settings = link->settings;
    wire_topic_write(link->up_segment, WIRE_UP_SEGMENT, settings->site, settings->box);
    wire_topic_write(link->up_control, WIRE_UP_CONTROL, settings->site, settings->box);
    wire_topic_write(link->status, WIRE_STATUS, settings->site, settings->box);
    wire_topic_down_filter(link->down, settings->site, settings->box);
    link->subscriptions[0] = link->down;
    link->subscriptions[1] = WIRE_OFFICE_TOPIC;
    write_presence(&link->online, settings->site, true);
    write_presence(&link->offline, settings->site, false);
    if (link->online.failed || link->offline.failed)
        return error_set(error, -ENOMEM, "no memory for the link");
    const struct mqtt_settings mqtt = {.host = settings->host,
                                       .port = (int)settings->port,
                                       .client_id = settings->box,
                                       .topic_prefix = settings->topic_prefix,
                                       .username = settings->username,
                                       .password = settings->password,
                                       .tls = tls_files(settings),
                                       .subscriptions = link->subscriptions,
                                       .will = {link->status, link->offline.data, link->offline.length},
                                       .backoff_base_ms = settings->backoff_ms,
                                       .backoff_cap_ms = settings->backoff_max_ms,
                                       .random = random_system};
    return mqtt_new(link->event, &mqtt, &ops, link, &link->mqtt, error);
}

/* Also while the link has been up for months. */
static int on_warn(sd_event_source *source, uint64_t usec, void *user)
{
    (void)usec;
    struct link *link = user;
    const struct tls_files files = tls_files(link->settings);
    const struct certificate_facts facts = {.until_us = tls_own_until_us(&files)};
    int64_t days = certificate_days_left(&facts, clock_wall_us());
    if (facts.until_us && days < CERTIFICATE_WARN_DAYS)
        log_warning("%s holds for %" PRId64
                    " days more: ask head office for a new one (floorhand-hq broker certificate "
                    "%s)",
                    link->settings->cert_file, days, link->settings->site);
    tell_certificate(link);
    sd_event_source_set_time_relative(source, DAY_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int open_timers(struct link *link, struct error *error)
{
    int result = sd_event_add_time_relative(link->event, &link->timer, CLOCK_BOOTTIME, 0, ACCURACY_US, on_timer, link);
    if (result >= 0)
        result = sd_event_add_time_relative(link->event, &link->warn, CLOCK_BOOTTIME, 0, ACCURACY_US, on_warn, link);
    return result < 0 ? error_set(error, result, "cannot start a timer: %s", strerror(-result)) : 0;
}

int link_new(sd_event *event, const struct link_settings *settings, struct link **ret, struct error *error)
{
    struct link *link = calloc(1, sizeof(*link));
    if (!link)
        return error_set(error, -ENOMEM, "no memory for the link");
    link->event = event;
    link->settings = settings;
    link->retry_us = DAEMON_RETRY_US;
    link->office.max = FRAME_PAYLOAD_MAX;
    error_set(&link->why, 0, "not connected to the broker yet");
    int result = connect_broker(link, error);
    if (!result)
        result = open_timers(link, error);
    if (result < 0) {
        link_free(link);
        return result;
    }
    *ret = link;
    return 0;
}

struct link *link_free(struct link *link)
{
    if (!link)
        return NULL;
    link->daemon = sd_event_source_disable_unref(link->daemon);
    sd_event_source_disable_unref(link->timer);
    sd_event_source_disable_unref(link->warn);
    if (link->mqtt)
        publish_presence(link); /* offline: without a Will, which a goodbye cancels */
    mqtt_free(link->mqtt);
    buf_done(&link->office);
    buf_done(&link->online);
    buf_done(&link->offline);
    free(link);
    return NULL;
}
