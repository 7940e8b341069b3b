#include "sync/platforms/call.h"

#include "base/text.h"
#include "sync/platforms/text_json.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_MS 5000
#define WHOLE_MS   30000
#define SECOND_US  INT64_C(1000000)

DEFINE_CLEANUP(curl_slist_free_all, struct curl_slist *);

struct curl_transport {
    struct platform_transport transport; /* first: one is cast to the other */
    CURL *curl;
    char *ca_file;
    long connect_ms, whole_ms;
};

/* ---------------------------------------------------------------- sending */

static size_t on_body(char *bytes, size_t one, size_t length, void *user)
{
    struct platform_response *response = user;
    buf_put(&response->body, bytes, one * length);
    return response->body.failed ? 0 : one * length;
}

static bool header_value(const char *line, size_t length, const char *name, char *out, size_t capacity)
{
    size_t named = strlen(name);
    if (length <= named || strncasecmp(line, name, named) != 0 || line[named] != ':')
        return false;
    const char *at = line + named + 1, *end = line + length;
    while (at < end && *at == ' ')
        at++;
    while (end > at && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' '))
        end--;
    return text_copy_n(out, capacity, at, (size_t)(end - at));
}

static size_t on_header(char *bytes, size_t one, size_t length, void *user)
{
    struct platform_response *response = user;
    char value[64];
    if (header_value(bytes, one * length, "Date", value, sizeof(value))) {
        time_t date = curl_getdate(value, NULL);
        response->clock_us = date > 0 ? (int64_t)date * SECOND_US : 0;
    } else if (header_value(bytes, one * length, "X-WP-TotalPages", value, sizeof(value))) {
        (void)text_to_int(value, 0, INT32_MAX, &response->pages); /* what is no number is not there */
    }
    return one * length;
}

/* The lines of the request, and no waiting for a 100. */
static struct curl_slist *list_headers(const struct platform_request *request)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    const char *at = buf_text(&request->headers);
    while (list && *at) {
        char line[2 * PLATFORM_TOKEN_SIZE];
        size_t length = strcspn(at, "\n");
        bool fits = text_copy_n(line, sizeof(line), at, length);
        struct curl_slist *more = fits ? curl_slist_append(list, line) : NULL;
        if (!more)
            curl_slist_free_all(list);
        list = more;
        at += length + (at[length] == '\n');
    }
    return list;
}

static bool is_this_machine(const char *url)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < COUNT(hosts); i++) {
        size_t length = strlen(hosts[i]);
        if (strncmp(url, hosts[i], length) != 0)
            continue;
        const char *rest = url + length;
        rest += *rest == ':' ? 1 + strspn(rest + 1, "0123456789") : 0;
        return *rest == '/' || !*rest; /* a name before "@" would not be the host */
    }
    return false;
}

static void set_options(struct curl_transport *own, const struct platform_request *request, bool once,
                        struct curl_slist *headers, struct platform_response *response)
{
    CURL *curl = own->curl;
    const char *url = buf_text(&request->url);
    curl_easy_reset(curl); /* the connection and the cache of names are kept */
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_this_machine(url) ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, own->connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, own->whole_ms);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "floorhand");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, response);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, response);
    /* libcurl sends a request again by itself, also a POST, when a kept connection closes before the first byte of an
     * answer: the platform may have taken it the first time. */
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, once ? 1L : 0L);
    if (own->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, own->ca_file);
    if (strcmp(request->method, "GET") != 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, buf_text(&request->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    }
}

static void take_outcome(CURL *curl, CURLcode code, struct platform_response *response)
{
    curl_off_t pretransfer_us = 0, retry_after_s = 0;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    /* From here on the request goes out: what fails before, a name, a connection, a certificate, sent nothing. */
    response->sent = pretransfer_us > 0 || status != 0;
    response->retry_after_s = retry_after_s;
    response->status = code == CURLE_OK ? (int)status : 0;
    if (code == CURLE_OK)
        return;
    snprintf(response->trouble, sizeof(response->trouble), "%s: %s",
             response->body.failed ? "the answer is too long" : "no whole answer came", curl_easy_strerror(code));
    buf_clear(&response->body);
}

static int exchange(struct platform_transport *transport, const struct platform_request *request, bool once,
                    struct platform_response *ret)
{
    struct curl_transport *own = (struct curl_transport *)transport;
    CLEANUP(curl_slist_free_all_p) struct curl_slist *headers = list_headers(request);
    if (!headers)
        return -ENOMEM;
    *ret = (struct platform_response){.body = {.max = TEXT_JSON_MAX}};
    set_options(own, request, once, headers, ret);
    take_outcome(own->curl, curl_easy_perform(own->curl), ret);
    return 0;
}

static void free_curl(struct platform_transport *transport)
{
    struct curl_transport *own = (struct curl_transport *)transport;
    curl_easy_cleanup(own->curl);
    free(own->ca_file);
    free(own);
}

int platform_curl_new(const struct platform_curl_options *options, struct platform_transport **ret)
{
    struct curl_transport *own = calloc(1, sizeof(*own));
    if (!own)
        return -ENOMEM;
    own->transport = (struct platform_transport){exchange, free_curl};
    own->connect_ms = options->connect_ms ? (long)options->connect_ms : CONNECT_MS;
    own->whole_ms = options->whole_ms ? (long)options->whole_ms : WHOLE_MS;
    own->curl = curl_easy_init();
    own->ca_file = options->ca_file ? strdup(options->ca_file) : NULL;
    if (!own->curl || (options->ca_file && !own->ca_file)) {
        free_curl(&own->transport);
        return -ENOMEM;
    }
    *ret = &own->transport;
    return 0;
}

void platform_transport_free(struct platform_transport *transport)
{
    if (transport)
        transport->free(transport);
}

/* ---------------------------------------------------------------- a call */

static void read_answer(const struct platform *platform, const struct platform_want *want,
                        const struct platform_response *response, const json_t *root, struct platform_answer *answer,
                        struct platform_fault *fault)
{
    struct error error = {0};
    if (fault->class != PLATFORM_OK && fault->class != PLATFORM_PARTIAL)
        return;
    if (platform->read(want, response, root, answer, &error) == 0)
        return;
    platform_answer_done(answer);
    fault->class = platform_lost(want, response);
    text_copy(fault->code, sizeof(fault->code), "unreadable");
    text_copy(fault->message, sizeof(fault->message), error.text);
}

int platform_call(const struct platform *platform, const struct platform_shop *shop, const struct platform_want *want,
                  struct platform_transport *transport, struct platform_answer *answer, struct platform_fault *fault,
                  struct error *error)
{
    CLEANUP(platform_request_done) struct platform_request request = {0};
    CLEANUP(platform_response_done) struct platform_response response = {0};
    CLEANUP_TEXT_JSON json_t *root = NULL;
    *answer = (struct platform_answer){0};
    *fault = (struct platform_fault){0};
    int result = platform->build ? platform->build(shop, want, &request, error) : -ENOTSUP;
    if (!result && (request.url.failed || request.body.failed || request.headers.failed))
        result = -ENOMEM;
    if (!result)
        result = transport->exchange(transport, &request, platform_verb_writes(want->verb), &response);
    if (result)
        return result;
    platform_classify(platform, want, &response, fault, &root);
    fault->clock_us = response.clock_us;
    read_answer(platform, want, &response, root, answer, fault);
    return 0;
}
