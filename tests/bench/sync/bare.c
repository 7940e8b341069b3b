/* The peer: libmosquitto and a database, and nothing between them. One row for each event with the numbers that a
 * receiver needs to find it again, the same indexes as head office's table of events, the same settings of the
 * database, and an answer only after the commit. It checks nothing, knows no key, and no event means anything to it. */
#include "sync_bench.h"

#include "base/buf.h"
#include "base/clock.h"
#include "store/journal.h"

#include <errno.h>
#include <mosquitto.h>
#include <string.h>

#define UP           "bench/up"
#define ANSWER       "bench/answer"
#define IDLE_MS      100
#define RECEIVE_MAX  256 /* as head office */
#define MESSAGES_MAX 256 /* in a transaction, as head office */

static struct mosquitto *connect_broker(int port, const char *subscription, void *user,
                                        void (*on_message)(struct mosquitto *, void *,
                                                           const struct mosquitto_message *))
{
    mosquitto_lib_init();
    struct mosquitto *mosq = mosquitto_new(NULL, true, user);
    must(mosq ? 0 : -ENOMEM, "libmosquitto");
    mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, RECEIVE_MAX);
    mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_message_callback_set(mosq, on_message);
    must(mosquitto_connect(mosq, "127.0.0.1", port, 60), "the broker");
    must(mosquitto_subscribe(mosq, NULL, subscription, 1), "the subscription");
    return mosq;
}

/* ---------------------------------------------------------------- sending */

struct sender {
    int64_t answered;
    bool ready;
};

static void on_answer(struct mosquitto *mosq, void *user, const struct mosquitto_message *message)
{
    (void)mosq;
    ((struct sender *)user)->answered = strtoll(message->payload, NULL, 10);
}

static void on_subscribed(struct mosquitto *mosq, void *user, int mid, int count, const int *granted)
{
    (void)mosq, (void)mid, (void)count, (void)granted;
    ((struct sender *)user)->ready = true;
}

/* The answers say how many rows are there; every message but the last has so many. */
int bare_send(int port, const char *path, int lines, int window, int64_t events)
{
    struct sender sender = {0};
    CLEANUP_BUF struct buf text = {0};
    struct store *store = day_open(path, 0);
    struct mosquitto *mosq = connect_broker(port, ANSWER, &sender, on_answer);
    mosquitto_subscribe_callback_set(mosq, on_subscribed);
    while (!sender.ready)
        must(mosquitto_loop(mosq, IDLE_MS, 1), "the loop");
    int64_t sent = 0, start_us = clock_mono_us(), last;
    while (sender.answered < events) {
        while (sent < events && sent - sender.answered < (int64_t)lines * window) {
            buf_clear(&text);
            must(journal_read(store, sent, (size_t)lines, SIZE_MAX, &text, &last), "the journal");
            must(mosquitto_publish(mosq, NULL, UP, (int)text.length, text.data, 1, false), "a message");
            sent = last < events ? last : events;
        }
        must(mosquitto_loop(mosq, IDLE_MS, 1), "the loop");
    }
    printf("{\"seconds\": %.6f}\n", (double)(clock_mono_us() - start_us) / 1e6);
    mosquitto_destroy(mosq);
    store_close(store);
    return 0;
}

/* ---------------------------------------------------------------- storing */

struct storer {
    struct sql *sql;
    struct mosquitto *mosq;
    bool each, open;
    int messages; /* in the transaction that is open */
    int64_t rows;
};

static void commit(struct storer *storer)
{
    char answer[32];
    must(sql_run(storer->sql, "COMMIT", SQL_NO_VALUES), sql_message(storer->sql));
    storer->open = false;
    storer->messages = 0;
    int length = snprintf(answer, sizeof(answer), "%lld", (long long)storer->rows);
    must(mosquitto_publish(storer->mosq, NULL, ANSWER, length, answer, 1, false), "the answer");
}

static void insert(struct storer *storer, const char *line, size_t length)
{
    static const char before_id[] = "\"id\":\"";
    const char *id = memmem(line, length, before_id, strlen(before_id));
    must(id ? 0 : -EBADMSG, "a line without an id");
    must(sql_run(storer->sql, "INSERT INTO event (site, epoch, seq, id, line) VALUES ('site-000', 1, ?1, ?2, ?3)",
                 sql_int(++storer->rows), sql_text_n(id + strlen(before_id), 26), sql_text_n(line, length)),
         sql_message(storer->sql));
}

static void on_message(struct mosquitto *mosq, void *user, const struct mosquitto_message *message)
{
    struct storer *storer = user;
    const char *at = message->payload, *end = at + message->payloadlen, *line_end;
    storer->mosq = mosq;
    if (!storer->open)
        must(sql_run(storer->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES), sql_message(storer->sql));
    storer->open = true;
    for (; at < end && (line_end = memchr(at, '\n', (size_t)(end - at))); at = line_end + 1)
        insert(storer, at, (size_t)(line_end - at));
    if (storer->each || ++storer->messages == MESSAGES_MAX)
        commit(storer);
}

/* What is there already belongs to the transaction; when nothing more is, it is committed. Ends with the broker. */
int bare_store(int port, const char *database, bool each)
{
    static const struct sql_options options = {.busy_ms = 5000, .cache_kib = 16384}; /* as head office */
    static const struct embedded_file none[] = {{0}};
    struct storer storer = {.each = each};
    struct error error = {0};
    bool is_url = strstr(database, "://");
    must(is_url ? sql_open_postgres(database, &options, &storer.sql, &error)
                : sql_open(database, &options, &storer.sql, &error),
         error.text);
    must(is_url ? 0 : sql_migrate(storer.sql, none, 1, &error), error.text); /* turns the WAL on */
    must(sql_script(storer.sql,
                    "CREATE TABLE event (arrival INTEGER PRIMARY KEY, site TEXT NOT NULL, epoch INTEGER NOT NULL, seq "
                    "INTEGER NOT NULL, id TEXT NOT NULL, line TEXT NOT NULL, UNIQUE (site, epoch, seq)) STRICT; "
                    "CREATE UNIQUE INDEX event_once ON event (site, id)",
                    &error),
         error.text);
    struct mosquitto *mosq = connect_broker(port, UP, &storer, on_message);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int before = storer.messages;
        if (mosquitto_loop(mosq, storer.open ? 0 : IDLE_MS, 1) != MOSQ_ERR_SUCCESS)
            break;
        if (storer.open && storer.messages == before)
            commit(&storer);
    }
    mosquitto_destroy(mosq);
    sql_close(storer.sql);
    return 0;
}
