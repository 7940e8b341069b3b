#include "tool/daemon_client.h"

#include "base/phrase.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_SECONDS 5L
#define ANSWER_SECONDS  120L /* a full import is one long turn of the daemon */
#define LOOK_SECONDS    5L
#define UNAVAILABLE     503 /* how GET /health says that something is wrong */

DEFINE_CLEANUP(curl_easy_cleanup, CURL *);
DEFINE_CLEANUP(curl_slist_free_all, struct curl_slist *);

const struct option_def daemon_options[] = {DAEMON_URL_OPTION, {.name = NULL}};

const char *daemon_address(const char *url)
{
    const char *environment = getenv("FLOORHAND_URL");
    if (*url)
        return url;
    return environment && *environment ? environment : DAEMON_URL;
}

static void put_escaped(CURL *curl, const char *lead, const char *text, struct buf *ret)
{
    char *escaped = curl_easy_escape(curl, text, 0);
    buf_printf(ret, "%s%s", lead, escaped ? escaped : "");
    curl_free(escaped);
}

/* Each segment is escaped: an id must not become another path. */
static void build_url(CURL *curl, const char *base, const char *const *path, const char *const *values, struct buf *ret)
{
    size_t length = strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    buf_put(ret, base, length);
    buf_puts(ret, "/api/v1");
    for (; *path; path++)
        put_escaped(curl, "/", *path, ret);
    for (size_t i = 0; values && values[i]; i++)
        put_escaped(curl, i % 2 ? "=" : i ? "&" : "?", values[i], ret);
}

/* To a daemon on this machine alone; nobody else has use for it. */
static bool is_here(const char *url)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
    const char *host = strstr(url, "://");
    for (size_t i = 0; host && i < sizeof(hosts) / sizeof(*hosts); i++) {
        size_t length = strlen(hosts[i]);
        if (strncasecmp(host + 3, hosts[i], length) == 0 && strchr("/:", host[3 + length]))
            return true;
    }
    return false;
}

/* Whoever can read the daemon's key is let in; without it the daemon says what is missing. */
static struct curl_slist *add_key(struct curl_slist *headers, const char *url)
{
    const char *given = getenv("FLOORHAND_KEY");
    char line[160], key[100] = "";
    FILE *file = is_here(url) ? fopen(given && *given ? given : DAEMON_KEY, "re") : NULL;
    if (!file)
        return headers;
    bool read = fgets(key, sizeof(key), file) != NULL;
    fclose(file);
    key[strcspn(key, "\r\n")] = '\0';
    snprintf(line, sizeof(line), "X-Floorhand-Key: %s", key);
    return read ? curl_slist_append(headers, line) : headers;
}

static size_t on_bytes(char *bytes, size_t one, size_t length, void *user)
{
    struct buf *answer = user;
    buf_put(answer, bytes, one * length);
    return answer->failed ? 0 : one * length;
}

static CURLcode exchange(CURL *curl, const char *url, long seconds, const char *type, const struct buf *body,
                         struct buf *answer, long *ret_status)
{
    CLEANUP(curl_slist_free_all_p) struct curl_slist *headers = NULL;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    headers = add_key(NULL, url);
    if (headers)
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (body) {
        char line[64];
        snprintf(line, sizeof(line), "Content-Type: %s", type);
        headers = curl_slist_append(headers, line);
        struct curl_slist *more = curl_slist_append(headers, "Expect:"); /* no waiting for a 100 */
        if (!more)
            return CURLE_OUT_OF_MEMORY;
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, buf_text(body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->length);
    }
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
    return code;
}

/* {"error":{"message":"...","text":{"en":"...","zh":"..."}}} */
static enum exit_code report_refusal(long status, const struct buf *answer)
{
    json_t *root = json_loadb(buf_text(answer), answer->length, 0, NULL);
    const json_t *fault = json_object_get(root, "error");
    const char *message = json_string_value(json_object_get(fault, "message"));
    const char *chinese = json_string_value(json_object_get(json_object_get(fault, "text"), "zh"));
    if (message)
        command_fail(EXIT_FAILED, "%s", chinese && phrase_terminal_is_chinese() ? chinese : message);
    else
        command_fail(EXIT_FAILED, "the daemon answered with HTTP status %ld and gave no reason: is it floorhandd?",
                     status);
    json_decref(root);
    return EXIT_FAILED;
}

static enum exit_code report_silence(const char *base, CURLcode code)
{
    if (code == CURLE_OPERATION_TIMEDOUT)
        return command_fail(EXIT_FAILED,
                            "the daemon at %s did not answer in time: see its log (journalctl -u "
                            "floorhandd) and try again",
                            base);
    if (code == CURLE_WRITE_ERROR)
        return command_fail(EXIT_FAILED, "the answer from %s is too long to be the daemon's: check --url", base);
    return command_fail(EXIT_FAILED,
                        "the daemon does not answer at %s: start it (systemctl start floorhandd) or name "
                        "its address with --url",
                        base);
}

static enum exit_code ask(const char *given_url, const char *const *path, const char *const *values, const char *type,
                          const struct buf *body, struct buf *answer)
{
    const char *base = daemon_address(given_url);
    if (strncasecmp(base, "http://", 7) != 0 && strncasecmp(base, "https://", 8) != 0)
        return command_fail(EXIT_USAGE, "the daemon's address must begin with http:// or https://, not \"%s\"", base);
    CLEANUP_BUF struct buf url = {0};
    CLEANUP(curl_easy_cleanup_p) CURL *curl = curl_easy_init();
    if (!curl)
        return command_fail(EXIT_FAILED, "there is not enough memory to ask the daemon");
    build_url(curl, base, path, values, &url);
    long status = 0;
    CURLcode code = exchange(curl, buf_text(&url), ANSWER_SECONDS, type, body, answer, &status);
    if (code != CURLE_OK)
        return report_silence(base, code);
    return status < 200 || status > 299 ? report_refusal(status, answer) : EXIT_GOOD;
}

static enum exit_code print(enum exit_code code, const struct buf *answer)
{
    if (code != EXIT_GOOD)
        return code;
    fwrite(buf_text(answer), 1, answer->length, stdout);
    if (answer->length == 0 || answer->data[answer->length - 1] != '\n')
        putchar('\n');
    return EXIT_GOOD;
}

enum exit_code daemon_fetch(const char *url, const char *const *path, const char *const *values, struct buf *ret)
{
    return ask(url, path, values, NULL, NULL, ret);
}

enum exit_code daemon_get(const char *url, const char *const *path)
{
    CLEANUP_BUF struct buf answer = {0};
    return print(ask(url, path, NULL, NULL, NULL, &answer), &answer);
}

enum exit_code daemon_post(const char *url, const char *const *path, const char *type, const struct buf *body,
                           struct buf *ret_answer)
{
    CLEANUP_BUF struct buf own = {0};
    struct buf *answer = ret_answer ? ret_answer : &own;
    return print(ask(url, path, NULL, type, body, answer), answer);
}

enum exit_code daemon_send(const char *url, const char *const *path, const char *type, const struct buf *body,
                           struct buf *ret)
{
    return ask(url, path, NULL, type, body, ret);
}

static int look(CURL *curl, const struct buf *url, struct buf *ret)
{
    long status = 0;
    if (exchange(curl, buf_text(url), LOOK_SECONDS, NULL, NULL, ret, &status) == CURLE_OK &&
        (status / 100 == 2 || status == UNAVAILABLE))
        return 0;
    buf_clear(ret);
    return status == 0 ? -ENOTCONN : -ENOENT;
}

int daemon_look_at(const char *given_url, const char *path, struct buf *ret)
{
    CLEANUP_BUF struct buf url = {0};
    CLEANUP(curl_easy_cleanup_p) CURL *curl = curl_easy_init();
    const char *base = daemon_address(given_url);
    if (!curl)
        return -ENOMEM;
    buf_put(&url, base, strlen(base) - (*base && base[strlen(base) - 1] == '/'));
    buf_puts(&url, path);
    return look(curl, &url, ret);
}

int daemon_look(const char *given_url, const char *const *path, struct buf *ret)
{
    CLEANUP_BUF struct buf url = {0};
    CLEANUP(curl_easy_cleanup_p) CURL *curl = curl_easy_init();
    if (!curl)
        return -ENOMEM;
    build_url(curl, daemon_address(given_url), path, NULL, &url);
    return look(curl, &url, ret);
}
