/* The peer of what goes from a floor to a platform: a message, one committed row, one HTTP call. Nothing of ours is
 * between but the client of HTTP. */
#include "office_bench.h"

#include "sync/platforms/call.h"

#include <mosquitto.h>
#include <string.h>

#define TOPIC   "bench/up"
#define IDLE_MS 100

struct chain {
    struct office office;
    struct platform_transport *transport;
    const char *url;
};

static void call(struct chain *chain, const char *text, size_t length)
{
    struct platform_request request = {.method = "PUT"};
    struct platform_response response = {0};
    buf_puts(&request.url, chain->url);
    buf_puts(&request.headers, "Content-Type: application/json\n");
    buf_put(&request.body, text, length);
    must(chain->transport->exchange(chain->transport, &request, true, &response), "memory");
    must(response.status == 200 ? 0 : -1, "the call");
    platform_request_done(&request);
    platform_response_done(&response);
}

static void on_message(struct mosquitto *mosq, void *user, const struct mosquitto_message *message)
{
    (void)mosq;
    struct chain *chain = user;
    const size_t length = (size_t)message->payloadlen;
    must(sql_run(chain->office.sql, "INSERT INTO bench_told (line) VALUES (?1)", sql_text_n(message->payload, length)),
         sql_message(chain->office.sql));
    call(chain, message->payload, length);
}

static void on_subscribed(struct mosquitto *mosq, void *user, int mid, int count, const int *granted)
{
    (void)mosq, (void)user, (void)mid, (void)count, (void)granted;
    puts("ready");
    fflush(stdout);
}

/* Ends with the broker. */
int chain_run(int port, const char *path, const char *url)
{
    struct chain chain = {.url = url};
    struct error error = {0};
    bench_open(path, &chain.office);
    must(sql_script(chain.office.sql, "CREATE TABLE bench_told (id INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT",
                    &error),
         error.text);
    must(platform_curl_new(&(struct platform_curl_options){0}, &chain.transport), "libcurl");
    mosquitto_lib_init();
    struct mosquitto *mosq = mosquitto_new(NULL, true, &chain);
    must(mosq ? 0 : -1, "libmosquitto");
    mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_message_callback_set(mosq, on_message);
    mosquitto_subscribe_callback_set(mosq, on_subscribed);
    must(mosquitto_connect(mosq, "127.0.0.1", port, 60), "the broker");
    must(mosquitto_subscribe(mosq, NULL, TOPIC, 1), "the subscription");
    while (mosquitto_loop(mosq, IDLE_MS, 1) == MOSQ_ERR_SUCCESS)
        ;
    mosquitto_destroy(mosq);
    platform_transport_free(chain.transport);
    sql_close(chain.office.sql);
    return 0;
}
