/* floorhand-hq serve: the hub's steps between the MQTT connection and the clock. Decides nothing. */
#include "base/clock.h"
#include "base/log.h"
#include "base/sql_wal.h"
#include "base/text.h"
#include "sync/head-office/api/http.h"
#include "sync/head-office/books/money_post.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/buying/forecast_child.h"
#include "sync/head-office/command.h"
#include "sync/head-office/customers/erase.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/figures/buyers.h"
#include "sync/head-office/figures/daily_report.h"
#include "sync/head-office/improve/improve.h"
#include "sync/head-office/marketing/order_points.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/sites/broker.h"
#include "sync/head-office/sites/republish.h"
#include "sync/head-office/tenants/usage.h"
#include "sync/mqtt/mqtt.h"
#include "sync/wire/control.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#define TICK_US        100000  /* rows that other commands wrote leave within this */
#define WORK_US        1000000 /* orders are looked at this often when nothing has changed */
#define MARKETING_US   60000000
#define STORAGE_US     60000000
#define FORGET_US      60000000
#define WARN_US        86400000000 /* certificates that end soon are told once a day */
#define WORK_AT_ONCE   50
#define EARLY_MS       3000 /* long for a transaction of another server, and less than a site waits */
#define POST_AT_ONCE   500
#define CATCHING_UP    100      /* events of sites between two ticks */
#define FOLLOWS_PART   5        /* of the time, meanwhile, belongs to what follows from them */
#define SAME_NOTE_US   60000000 /* the same sentence about the same box is logged once in this time */
#define RECEIVE_MAX    256
#define SIGNS_PER_SPAN 3                      /* of WatchdogSec */
#define TURN_PRIORITY  SD_EVENT_PRIORITY_IDLE /* after everything that is ready to be read: messages share a commit */
#define PASSWORD_MAX   256

struct server {
    struct call *call;
    struct hub *hub;
    struct sql_wal *wal; /* NULL: PostgreSQL */
    struct mqtt *mqtt;
    struct office_http *http; /* NULL: nobody asked for it */
    struct office_http_place place;
    sd_event *event;
    sd_event_source *turn, *tick;
    int64_t data_version;
    int64_t work_us;      /* when orders are looked at next */
    int64_t follow_us;    /* when what follows from events is reckoned next, while sites catch up */
    int64_t events;       /* of sites, at the last tick */
    int64_t marketing_us; /* when ended orders and old points are */
    int64_t storage_us;   /* when the database is measured */
    int64_t forget_us;    /* when receivers are that are no longer needed */
    int64_t sign_us;      /* when the watchdog is given a sign next */
    int64_t warn_us;      /* when certificates that end soon are told next */
    char gen[ID_TEXT_SIZE], since[CLOCK_TEXT_SIZE];
    char noted[ERROR_TEXT_MAX + WIRE_NAME_SIZE];
    int64_t noted_us;
    bool failing; /* the last turn failed, and it was logged */
    struct forecast_child forecasts;
    struct error end; /* why the loop ended, when it was not a signal */
};

/* ---------------------------------------------------------------- what the hub sends and says */

static void on_send(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                    size_t length)
{
    struct server *server = user;
    char topic[WIRE_TOPIC_SIZE];
    wire_topic_write(topic, channel, site, box);
    mqtt_publish(server->mqtt, topic, bytes, length, 1, false, NULL); /* what is lost here is sent again */
}

static void on_note(void *user, const char *box, const char *sentence)
{
    struct server *server = user;
    char note[sizeof(server->noted)];
    int64_t now_us = clock_mono_us();
    snprintf(note, sizeof(note), "%s: %s", box, sentence);
    if (strcmp(note, server->noted) == 0 && now_us - server->noted_us < SAME_NOTE_US)
        return;
    text_copy(server->noted, sizeof(server->noted), note);
    server->noted_us = now_us;
    log_warning("%s", note);
}

static const struct hub_ops hub_ops = {on_send, on_note};

/* A failure is logged when it begins and when it ends; the sites repeat what was not taken. After an input or output
 * error nobody knows what is on the disk: only opening the database anew tells, so the program ends. */
static void report(struct server *server, int result, const struct error *error)
{
    if (result == -EIO || result == -EBADMSG) {
        server->end = *error;
        sd_event_exit(server->event, result);
    } else if (result && !server->failing)
        log_error("%s; sites are not answered until then", error->text);
    else if (!result && server->failing)
        log_info("the database works again");
    server->failing = result != 0;
}

/* ---------------------------------------------------------------- presence */

static void write_presence(struct server *server, bool online, struct buf *out)
{
    struct wire_control presence = {.kind = WIRE_OFFICE, .online = online};
    text_copy(presence.gen, sizeof(presence.gen), server->gen);
    text_copy(presence.since, sizeof(presence.since), server->since);
    wire_control_write(out, &presence, &server->call->office.random);
}

static void publish_presence(struct server *server, bool online)
{
    CLEANUP_BUF struct buf presence = {0};
    write_presence(server, online, &presence);
    mqtt_publish(server->mqtt, WIRE_OFFICE_TOPIC, presence.data, presence.length, 1, true, NULL);
}

/* ---------------------------------------------------------------- turns and ticks */

/* A database that finds out that it is an older copy is another one from then on: all sites are told. */
static void tell_gen(struct server *server)
{
    if (strcmp(server->gen, hub_gen(server->hub)) == 0)
        return;
    text_copy(server->gen, sizeof(server->gen), hub_gen(server->hub));
    if (mqtt_is_connected(server->mqtt))
        publish_presence(server, true);
}

/* While a file is taken in nobody else can write: what sites send waits in the queue, and the loop goes on. */
static bool must_wait(const struct server *server)
{
    return server->http && office_http_imports(server->http);
}

static void take_turn(struct server *server)
{
    struct error error = {0};
    bool waits = hub_waiting(server->hub) > 0 || hub_holds(server->hub);
    if (!waits || must_wait(server))
        return;
    report(server, hub_turn(server->hub, clock_wall_us(), &error), &error);
    server->work_us = 0;
    tell_gen(server);
}

static int on_turn(sd_event_source *source, void *user)
{
    (void)source;
    take_turn(user);
    return 0;
}

static int send_event(void *user, const char *topic, const char *line, size_t length)
{
    struct server *server = user;
    return mqtt_publish(server->mqtt, topic, line, length, 1, false, NULL);
}

static void publish_events(struct server *server)
{
    struct error error = {0};
    int64_t sent;
    if (server->call->options.publish_events && mqtt_is_connected(server->mqtt))
        report(server, republish(&server->call->office, send_event, server, &sent, &error), &error);
}

/* What figures are reckoned from, and the report of the day before. */
static int count_figures(struct office *office, struct figure_work *done, struct error *error)
{
    int result = floor_work(office, POST_AT_ONCE, done, error);
    if (!result)
        result = buyers_work(office, POST_AT_ONCE, done, error);
    return result || done->more ? result : daily_report_work(office, done, error);
}

static void say_warning(void *user, const char *sentence)
{
    (void)user;
    log_warning("%s", sentence);
}

static void warn_of_certificates(struct server *server, int64_t now_us)
{
    if (now_us < server->warn_us)
        return;
    broker_warn(&server->call->office, say_warning, NULL); /* a database that fails is told by the work beside */
    server->warn_us = now_us + WARN_US;
}

/* What is reckoned from events: books, persons, demand, figures. *ret_more: there is more of them. */
static int follow_events(struct office *office, bool *ret_more, struct error *error)
{
    struct money_work money = {0};
    struct persons_work persons = {0};
    struct demand_work demand = {0};
    struct figure_work figured = {0};
    struct improve_work improve = {0};
    int result = money_work(office, POST_AT_ONCE, &money, error);
    if (!result)
        result = persons_work(office, POST_AT_ONCE, &persons, error);
    if (!result)
        result = demand_work(office, POST_AT_ONCE, &demand, error);
    if (!result)
        result = count_figures(office, &figured, error);
    if (!result)
        result = improve_work(office, POST_AT_ONCE, &improve, error);
    *ret_more = money.more || persons.more || demand.more || figured.more || improve.more;
    return result;
}

/* While sites catch up, their events come first: what follows from them has a part of the time, and lags behind. */
static int follow(struct server *server, bool *ret_more, struct error *error)
{
    int64_t before_us = clock_mono_us(), events = hub_taken(server->hub);
    bool catching_up = events - server->events > CATCHING_UP;
    server->events = events;
    *ret_more = true;
    if (catching_up && before_us < server->follow_us)
        return 0;
    int result = follow_events(&server->call->office, ret_more, error);
    int64_t after_us = clock_mono_us();
    server->follow_us = after_us + (after_us - before_us) * (FOLLOWS_PART - 1);
    return result;
}

/* What is done now and then. */
static int work_at_times(struct server *server, int64_t now_us, bool *more, struct error *error)
{
    struct office *office = &server->call->office;
    struct marketing_work marketing = {0};
    struct erase_work forgot = {0};
    int result = 0;
    if (now_us >= server->marketing_us) {
        result = marketing_work(office, WORK_AT_ONCE, &marketing, error);
        server->marketing_us = marketing.more ? 0 : now_us + MARKETING_US;
    }
    if (!result && now_us >= server->storage_us) {
        result = usage_measure_storage(office, error);
        server->storage_us = now_us + STORAGE_US;
    }
    if (!result && now_us >= server->forget_us) {
        result = erase_work(office, WORK_AT_ONCE, &forgot, error);
        server->forget_us = forgot.more ? 0 : now_us + FORGET_US;
    }
    *more = *more || marketing.more;
    return result ? result : forecast_child_tick(&server->forecasts, office, now_us, error);
}

/* Of several servers one does what is not a site's: they would only wait for each other. When it ends, another does. */
static bool leads(struct server *server)
{
    int64_t leads = 0;
    return sql_number(server->call->office.sql, &leads, "SELECT " SQL_LEADS, SQL_NO_VALUES) == 0 && leads;
}

/* What the settings let head office do with orders by itself. Its own changes are not seen in data_version. */
static void work(struct server *server)
{
    struct error error = {0};
    struct order_work done;
    bool more = false;
    int64_t now_us = clock_mono_us();
    if (now_us < server->work_us)
        return;
    if (!leads(server)) {
        server->work_us = now_us + WORK_US;
        return;
    }
    server->call->office.now_us = clock_wall_us();
    warn_of_certificates(server, now_us);
    int result = order_work(&server->call->office, WORK_AT_ONCE, &done, &error);
    if (!result)
        result = follow(server, &more, &error);
    if (!result)
        result = work_at_times(server, now_us, &more, &error);
    report(server, result, &error);
    server->work_us = !result && (more || done.more) ? 0 : now_us + WORK_US;
    if (!result && done.released > 0)
        server->data_version = -1;
}

/* Systemd's watchdog hears of the ticks, in which all work is done: a loop that spins without them is started anew. */
static void give_sign(struct server *server)
{
    uint64_t span_us = 0;
    int64_t now_us = clock_mono_us();
    if (now_us < server->sign_us || sd_watchdog_enabled(0, &span_us) <= 0)
        return;
    sd_notify(0, "WATCHDOG=1");
    server->sign_us = now_us + (int64_t)(span_us / SIGNS_PER_SPAN);
}

static int rest(sd_event_source *source, uint64_t time_us)
{
    sd_event_source_set_time(source, time_us + TICK_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void tell_state(const struct server *server)
{
    const struct office_state state = {.connected = mqtt_is_connected(server->mqtt),
                                       .failing = server->failing,
                                       .waiting = (int64_t)hub_waiting(server->hub)};
    office_http_tick(server->http, &state);
}

static int on_tick(sd_event_source *source, uint64_t time_us, void *user)
{
    struct server *server = user;
    struct error error = {0};
    int64_t now_us = clock_wall_us(), version = sql_data_version(server->call->office.sql);
    int result = 0;
    give_sign(server);
    if (must_wait(server)) {
        tell_state(server);
        return rest(source, time_us);
    }
    take_turn(server); /* what has waited for a file, or for another server's segments */
    if (version != server->data_version)
        server->work_us = 0;
    work(server);
    server->call->office.now_us = now_us;
    if (version != server->data_version && mqtt_is_connected(server->mqtt)) {
        server->data_version = version;
        result = hub_send_changes(server->hub, now_us, &error);
        report(server, result, &error);
    }
    if (!result && hub_due_us(server->hub) <= now_us)
        report(server, hub_resend(server->hub, now_us, &error), &error);
    publish_events(server);
    if (server->http)
        tell_state(server);
    return rest(source, time_us);
}

/* ---------------------------------------------------------------- the connection */

static void on_connected(void *user)
{
    struct server *server = user;
    log_info("connected to the broker");
    sd_notify(0, "STATUS=connected to the broker");
    publish_presence(server, true);
    server->data_version = -1; /* the next tick looks at all feeds */
}

static void on_disconnected(void *user, const char *why)
{
    (void)user;
    log_warning("%s", why);
    sd_notifyf(0, "STATUS=not connected: %s", why);
}

static void on_message(void *user, const char *topic, const void *payload, size_t length, bool retained)
{
    struct server *server = user;
    struct wire_topic parsed;
    if (retained || wire_topic_parse(topic, &parsed) != 0)
        return;
    int result = hub_receive(server->hub, parsed.box, parsed.channel, payload, length);
    if (result == -ENOBUFS) {
        take_turn(server);
        result = hub_receive(server->hub, parsed.box, parsed.channel, payload, length);
    }
    if (result == -EMSGSIZE)
        on_note(server, parsed.box, "the box sent a message that is too long: update its software");
    sd_event_source_set_enabled(server->turn, SD_EVENT_ONESHOT);
}

static void on_published(void *user, int mid, int reason_code)
{
    (void)mid; /* flow control only: what counts is what sites acknowledge */
    if (reason_code == MQTT_REASON_NOT_AUTHORIZED)
        on_note(user, "broker", "it refuses what head office publishes: check its access rules");
}

static const struct mqtt_ops mqtt_ops = {on_connected, on_disconnected, on_message, on_published};

/* ---------------------------------------------------------------- start and stop */

static int read_password(const char *path, char out[PASSWORD_MAX], struct error *error)
{
    out[0] = '\0';
    if (!*path)
        return 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, -errno, "cannot read %s: %s", path, strerror(errno));
    if (!fgets(out, PASSWORD_MAX, file))
        out[0] = '\0';
    fclose(file);
    out[strcspn(out, "\r\n")] = '\0';
    return *out ? 0 : error_set(error, -EINVAL, "the first line of %s is empty: write the password there", path);
}

/* The strings are lent to the connection: they live as long as the caller's. */
static int connect_broker(struct server *server, const struct buf *will, const char *password, struct error *error)
{
    static const char *const shared[] = {"$share/hub/" WIRE_FILTER_UP, NULL}, *const own[] = {WIRE_FILTER_UP, NULL};
    const struct command_options *options = &server->call->options;
    struct mqtt_settings settings = {
        .host = options->host,
        .port = (int)options->port,
        .client_id = options->client_id,
        .topic_prefix = options->topic_prefix,
        .username = options->username,
        .password = password,
        .tls = {options->ca_file, options->cert_file, options->key_file},
        .subscriptions = options->alone ? own : shared,
        .will = {WIRE_OFFICE_TOPIC, will->data, will->length},
        .receive_maximum = RECEIVE_MAX,
        .backoff_base_ms =
            250, /* one program, not a fleet: nobody is hurt when it comes back soon, and all sites wait */
        .backoff_cap_ms = 2000,
        .random = server->call->office.random,
    };
    return mqtt_new(server->event, &settings, &mqtt_ops, server, &server->mqtt, error);
}

static int prepare_loop(struct server *server)
{
    int result = sd_event_new(&server->event);
    for (int number = 0; result >= 0 && number < 2; number++)
        result = sd_event_add_signal(server->event, NULL, number ? SIGTERM : SIGINT, NULL, NULL);
    server->forecasts = (struct forecast_child){.event = server->event, .database = server->call->options.database};
    if (result >= 0)
        result = sd_event_add_defer(server->event, &server->turn, on_turn, server);
    if (result >= 0)
        result = sd_event_source_set_priority(server->turn, TURN_PRIORITY);
    if (result >= 0)
        result = sd_event_source_set_enabled(server->turn, SD_EVENT_OFF);
    if (result >= 0)
        result = sd_event_add_time_relative(server->event, &server->tick, CLOCK_MONOTONIC, TICK_US, TICK_US / 10,
                                            on_tick, server);
    return result;
}

static int serve_http(struct server *server, struct error *error)
{
    const char *listen = server->call->options.listen;
    if (!*listen)
        return 0;
    const struct command_options *options = &server->call->options;
    server->place =
        (struct office_http_place){listen, options->page_certificate, options->page_key, options->topic_prefix};
    int result =
        office_http_open(server->event, &server->place, options->database, &server->call->office, &server->http, error);
    if (!result)
        log_info("HTTP is served on port %d", office_http_port(server->http));
    return result;
}

static void stop(struct server *server)
{
    if (server->mqtt && mqtt_is_connected(server->mqtt))
        publish_presence(server, false);
    sd_notify(0, "STOPPING=1");
    sql_wal_close(server->wal);
    forecast_child_stop(&server->forecasts);
    office_http_close(server->http);
    mqtt_free(server->mqtt);
    hub_free(server->hub);
    sd_event_source_unref(server->turn);
    sd_event_source_unref(server->tick);
    sd_event_unref(server->event);
}
#define CLEANUP_SERVER CLEANUP(stop)

int command_serve(struct call *call, struct error *error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    CLEANUP_BUF struct buf will = {0};
    char password[PASSWORD_MAX];
    int result = read_password(call->options.password_file, password, error);
    if (result)
        return result;
    CLEANUP_SERVER struct server server = {.call = call, .data_version = -1};
    clock_format(call->office.now_us, server.since);
    struct hub_settings settings = call->options.hub;
    settings.early_ms = call->options.alone ? 0 : EARLY_MS;
    result = hub_new(call->office.sql, &call->office.random, &settings, &hub_ops, &server, &server.hub, error);
    if (!result)
        result = office_gen(call->office.sql, server.gen);
    if (result)
        return office_failed(call->office.sql, result, error);
    write_presence(&server, false, &will);
    result = prepare_loop(&server);
    if (result < 0)
        return error_set(error, result, "cannot prepare the event loop: %s", strerror(-result));
    result = sql_wal_open(call->office.sql, server.event, &server.wal, error);
    if (!result)
        result = connect_broker(&server, &will, password, error);
    if (result)
        return result;
    result = serve_http(&server, error);
    if (result)
        return result;
    sd_notify(0, "READY=1");
    log_info("head office serves %s", sql_name(call->office.sql));
    result = sd_event_loop(server.event);
    if (*server.end.text)
        return error_set(error, -EIO, "%s", server.end.text);
    return result < 0 ? error_set(error, result, "the event loop failed: %s", strerror(-result)) : 0;
}
