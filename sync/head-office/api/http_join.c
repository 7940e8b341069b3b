/* A box that has scanned its code asks to be joined: no person and no key stands behind it, only what it scanned. */
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/api/http_internal.h"
#include "sync/head-office/sites/join.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

/* A token has 128 bits: what is held back is load, not luck. */
#define TRY_US INT64_C(500000)

struct asked {
    uint8_t token[JOIN_TOKEN];
    char who[JOIN_WHO_SIZE];
    struct buf request;
};

static bool read_asked(struct web_request *request, struct asked *ret)
{
    json_t *said = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, NULL);
    const char *token = json_string_value(json_object_get(said, "token"));
    const char *who = json_string_value(json_object_get(said, "name"));
    const char *pem = json_string_value(json_object_get(said, "request"));
    size_t length = 0;
    bool good = token && who && pem &&
                sodium_hex2bin(ret->token, JOIN_TOKEN, token, strlen(token), NULL, &length, NULL) == 0 &&
                length == JOIN_TOKEN && text_copy(ret->who, sizeof(ret->who), who);
    if (good)
        buf_puts(&ret->request, pem);
    json_decref(said);
    return good && !ret->request.failed;
}

static int take(struct web_request *request, const struct asked *asked, struct join_grant *ret, struct error *error)
{
    struct office *office = http_of(request)->office;
    office->now_us = clock_wall_us();
    int result = office_begin(office, error);
    if (result)
        return result;
    result =
        join_take(office, asked->token, &asked->request, asked->who, http_of(request)->place->topic_prefix, ret, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

static bool answer_grant(struct web_request *request, const struct join_grant *grant)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "site", grant->site);
    json_text(&json, "box", grant->box);
    json_text(&json, "host", grant->host);
    json_int(&json, "port", grant->port);
    json_text(&json, "topic_prefix", http_of(request)->place->topic_prefix);
    json_text(&json, "authority", buf_text(&grant->authority));
    json_text(&json, "certificate", buf_text(&grant->certificate));
    json_close_object(&json);
    return web_answer_json(request, WEB_OK, &json);
}

static bool too_soon(struct office_http *http)
{
    int64_t now_us = clock_mono_us();
    if (now_us < http->joins_us)
        return true;
    http->joins_us = now_us + TRY_US;
    return false;
}

static bool try_it(struct web_request *request, const struct asked *asked)
{
    struct join_grant grant = {.port = 0};
    struct error error = {0};
    int result = take(request, asked, &grant, &error);
    bool answered = !result              ? answer_grant(request, &grant)
                    : result == -EACCES  ? web_answer_error(request, WEB_FORBIDDEN, "%s", error.text)
                    : result == -EBADMSG ? web_answer_error(request, WEB_BAD_REQUEST, "%s", error.text)
                                         : http_answer_fault(request, result, &error);
    join_grant_done(&grant);
    return answered;
}

bool http_post_join(struct web_request *request)
{
    struct asked asked = {.request = {.max = CERTIFICATE_PEM_MAX}};
    bool answered;
    if (http_import_runs(http_of(request)->import))
        answered = web_answer_error(request, WEB_UNAVAILABLE, "A file is being taken in: try again in a moment.");
    else if (too_soon(http_of(request)))
        answered = web_answer_error(request, WEB_TOO_MANY, "Many boxes join just now: try again in a second.");
    else if (read_asked(request, &asked))
        answered = try_it(request, &asked);
    else
        answered = web_answer_error(request, WEB_BAD_REQUEST, "Say \"token\", \"name\" and \"request\".");
    sodium_memzero(asked.token, sizeof(asked.token));
    buf_done(&asked.request);
    return answered;
}
