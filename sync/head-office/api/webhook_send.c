/* floorhand-hq webhooks: sends what waits, to several at a time, each in its order. A process of its own: whoever
 * answers slowly holds nobody up but himself. The messages are signed as "Standard Webhooks" says. */
#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "sync/head-office/api/webhooks.h"
#include "sync/head-office/command.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#define AT_ONCE    32
#define CONNECT_MS 5000L
#define ANSWER_MS  10000L
#define LOOK_MS    300
#define FORGET_US  INT64_C(3600000000)
#define MAC_SIZE   sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, sodium_base64_VARIANT_ORIGINAL)

struct sending {
    struct list link; /* in the sender's .sending */
    struct webhook_message message;
    CURL *easy;
    struct curl_slist *headers;
    char fault[CURL_ERROR_SIZE];
};

struct sender {
    struct call *call;
    struct webhook_patience patience;
    CURLM *multi;
    struct list sending; /* struct sending, by .link */
    int count;
    int64_t forget_us;
};

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

/* ---------------------------------------------------------------- one message */

/* Over id.timestamp.body, so that neither can be put to another. */
static void sign(const struct webhook_message *message, const char *timestamp, char out[MAC_SIZE])
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    const char *const parts[] = {message->id, ".", timestamp, ".", message->body};
    crypto_auth_hmacsha256_init(&state, message->secret, sizeof(message->secret));
    for (size_t i = 0; i < COUNT(parts); i++)
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts[i], strlen(parts[i]));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(out, MAC_SIZE, mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
}

static bool add_header(struct sending *sending, const char *name, const char *value)
{
    char line[256];
    snprintf(line, sizeof(line), "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(sending->headers, line);
    sending->headers = longer ? longer : sending->headers;
    return longer;
}

static bool write_headers(struct sending *sending, int64_t now_us)
{
    char timestamp[24], mac[MAC_SIZE], signature[MAC_SIZE + 4];
    snprintf(timestamp, sizeof(timestamp), "%lld", (long long)(now_us / 1000000));
    sign(&sending->message, timestamp, mac);
    snprintf(signature, sizeof(signature), "v1,%s", mac);
    return add_header(sending, "Content-Type", "application/cloudevents+json") &&
           add_header(sending, "User-Agent", "floorhand-hq") && add_header(sending, "Expect", "") &&
           add_header(sending, "webhook-id", sending->message.id) &&
           add_header(sending, "webhook-timestamp", timestamp) && add_header(sending, "webhook-signature", signature);
}

/* What is answered beside the status is of no interest, and of any length. */
static size_t drop(const char *bytes, size_t size, size_t count, void *user)
{
    (void)bytes;
    (void)user;
    return size * count;
}

/* No redirection is followed: who was named gets the message, and nobody else. */
static void set_up(struct sending *sending)
{
    CURL *easy = sending->easy;
    curl_easy_setopt(easy, CURLOPT_URL, sending->message.url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, sending->message.body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(sending->message.body));
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, sending->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ANSWER_MS);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, sending->fault);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, sending);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static void free_sending(struct sender *sender, struct sending *sending)
{
    if (sending->easy) {
        curl_multi_remove_handle(sender->multi, sending->easy);
        curl_easy_cleanup(sending->easy);
    }
    curl_slist_free_all(sending->headers);
    webhook_message_free(&sending->message);
    list_remove(&sending->link);
    free(sending);
    sender->count--;
}

/* Takes the message over. */
static int begin(struct sender *sender, struct webhook_message *message)
{
    struct sending *sending = calloc(1, sizeof(*sending));
    if (!sending) {
        webhook_message_free(message);
        return -ENOMEM;
    }
    list_append(&sender->sending, &sending->link);
    sender->count++;
    sending->message = *message;
    sending->easy = curl_easy_init();
    if (!sending->easy || !write_headers(sending, sender->call->office.now_us)) {
        free_sending(sender, sending);
        return -ENOMEM;
    }
    set_up(sending);
    if (curl_multi_add_handle(sender->multi, sending->easy) == CURLM_OK)
        return 0;
    free_sending(sender, sending);
    return -ENOMEM;
}

/* ---------------------------------------------------------------- how it went */

static int finish(struct sender *sender, struct sending *sending, CURLcode code, struct error *error)
{
    long status = 0;
    char fault[CURL_ERROR_SIZE];
    if (code == CURLE_OK)
        curl_easy_getinfo(sending->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK)
        snprintf(fault, sizeof(fault), "it answered %ld", status);
    else
        snprintf(fault, sizeof(fault), "%s", *sending->fault ? sending->fault : curl_easy_strerror(code));
    sender->call->office.now_us = clock_wall_us();
    int result = webhooks_record(&sender->call->office, &sending->message, status, fault, &sender->patience, error);
    free_sending(sender, sending);
    return result;
}

static int finish_all(struct sender *sender, struct error *error)
{
    CURLMsg *message;
    int left, result = 0;
    while (!result && (message = curl_multi_info_read(sender->multi, &left))) {
        struct sending *sending = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&sending);
        if (message->msg == CURLMSG_DONE && sending)
            result = finish(sender, sending, message->data.result, error);
    }
    return result;
}

/* ---------------------------------------------------------------- the loop */

static int take_all(struct sender *sender, struct error *error)
{
    int result = 0;
    while (!result && sender->count < AT_ONCE) {
        struct webhook_message message;
        sender->call->office.now_us = clock_wall_us();
        result = webhooks_take(&sender->call->office, &message, error);
        if (!result && begin(sender, &message) != 0)
            result = error_set(error, -ENOMEM, "out of memory");
    }
    return result == -ENOENT ? 0 : result;
}

static int look(struct sender *sender, bool *ret_more, struct error *error)
{
    struct office *office = &sender->call->office;
    *ret_more = false;
    office->now_us = clock_wall_us();
    int result = webhooks_fill(office, ret_more, error);
    if (!result && office->now_us >= sender->forget_us) {
        sender->forget_us = office->now_us + FORGET_US;
        result = webhooks_forget(office, error);
    }
    return result ? result : stopping ? 0 : take_all(sender, error);
}

/* A database that is busy or away is tried again; what was sent and could not be written down is sent once more. */
static bool passes(int result)
{
    return result == -EBUSY || result == -ENOTCONN;
}

static int run(struct sender *sender, bool once, struct error *error)
{
    bool more = true, failing = false;
    while (sender->count > 0 || (!stopping && (more || !once))) {
        int running;
        int result = look(sender, &more, error);
        more |= sender->count > 0; /* behind one that is taken there may be the next */
        curl_multi_perform(sender->multi, &running);
        if (!result)
            result = finish_all(sender, error);
        if (result && (once || !passes(result)))
            return result;
        if (result && !failing)
            log_warning("%s", error->text);
        failing = result != 0;
        if (!more || running > 0 || failing)
            curl_multi_poll(sender->multi, NULL, 0, LOOK_MS, NULL);
    }
    return 0;
}

int command_webhooks(struct call *call, struct error *error)
{
    const struct command_options *options = &call->options;
    struct sender sender = {.call = call, .patience = {options->retry_ms, options->retry_cap_ms, options->give_up}};
    list_init(&sender.sending);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sender.multi = curl_multi_init();
    if (!sender.multi)
        return error_set(error, -ENOMEM, "out of memory");
    sd_notify(0, "READY=1");
    int result = run(&sender, options->once, error);
    struct sending *sending;
    LIST_EACH(sending, &sender.sending, struct sending, link)
    free_sending(&sender, sending);
    curl_multi_cleanup(sender.multi);
    curl_global_cleanup();
    return result;
}
