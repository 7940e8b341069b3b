#include "base/json.h"
#include "base/text.h"
#include "web/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RETRY_AFTER_S INT64_C(1)

static const char *const common_headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

bool web_answer_queue(struct web_request *request, int status, struct MHD_Response *response)
{
    if (!response)
        return false;
    for (size_t i = 0; i < COUNT(common_headers); i++)
        MHD_add_response_header(response, common_headers[i][0], common_headers[i][1]);
    MHD_add_response_header(response, "Content-Security-Policy", request->server->site->policy);
    if (!MHD_get_response_header(response, "Cache-Control"))
        MHD_add_response_header(response, "Cache-Control", "no-store");
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE || (status == WEB_TOO_MANY && request->retry_s > 0)) {
        char seconds[24];
        snprintf(seconds, sizeof(seconds), "%" PRId64, request->retry_s > 0 ? request->retry_s : RETRY_AFTER_S);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
    if (status == WEB_UNAUTHORIZED)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", request->allow);
    bool queued = MHD_queue_response(request->connection, (unsigned)status, response) == MHD_YES;
    MHD_destroy_response(response);
    return queued;
}

static struct MHD_Response *copied(const char *type, const char *body, size_t length)
{
    /* MHD does not write to a buffer that it is told to copy. */
    union {
        const char *given;
        void *wanted;
    } bytes = {.given = body};
    struct MHD_Response *response = MHD_create_response_from_buffer(length, bytes.wanted, MHD_RESPMEM_MUST_COPY);
    if (response)
        MHD_add_response_header(response, "Content-Type", type);
    return response;
}

bool web_answer(struct web_request *request, int status, const char *type, const char *body, size_t length)
{
    return web_answer_queue(request, status, copied(type, body, length));
}

bool web_answer_json(struct web_request *request, int status, const struct buf *json)
{
    if (json->failed)
        return web_answer_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "The answer was too large to send.");
    return web_answer(request, status, "application/json", buf_text(json), json->length);
}

void web_write_refusal(const struct phrase *const *books, const char *sentence, struct buf *json)
{
    static const struct phrase *const none[] = {NULL};
    CLEANUP_BUF struct buf chinese = {0};
    phrase_chinese(books ? books : none, sentence, &chinese);
    json_open_object(json, NULL);
    json_open_object(json, "error");
    json_text(json, "message", sentence);
    json_words(json, "text", sentence, buf_text(&chinese));
    json_close_object(json);
    json_close_object(json);
}

bool web_answer_error(struct web_request *request, int status, const char *format, ...)
{
    struct error sentence;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence.text, sizeof(sentence.text), format, arguments);
    va_end(arguments);
    sentence.text[text_whole_utf8(sentence.text, strlen(sentence.text))] = '\0';
    CLEANUP_BUF struct buf json = {0};
    web_write_refusal(request->server->site->phrases, sentence.text, &json);
    return !json.failed && web_answer_json(request, status, &json);
}

bool web_answer_errno(struct web_request *request, int code)
{
    static const struct {
        int code, status;
        const char *sentence;
    } known[] = {
        {-EAGAIN, MHD_HTTP_SERVICE_UNAVAILABLE, "Too much is waiting already: try again in a second."},
        {-ENOENT, MHD_HTTP_NOT_FOUND, "There is nothing of this name here."},
        {-EMSGSIZE, MHD_HTTP_CONTENT_TOO_LARGE, "That is too long to be taken."},
        {-ETIME, MHD_HTTP_CONTENT_TOO_LARGE, "That is too much to look through: narrow it down."},
        {-ENODEV, MHD_HTTP_BAD_REQUEST,
         "What this device is for is not known: give its role, scanner, printer or scale."},
        {-EINVAL, MHD_HTTP_BAD_REQUEST, "That cannot be understood."},
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (known[i].code == code)
            return web_answer_error(request, known[i].status, "%s", known[i].sentence);
    return web_answer_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "It failed inside: %s.", strerror(-code));
}

bool web_answer_cookie(struct web_request *request, const struct buf *json, const char *name, const char *value)
{
    char cookie[200];
    const char *proto = web_header(request, "X-Forwarded-Proto");
    int length = snprintf(cookie, sizeof(cookie), "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", name, value,
                          *value ? "" : "; Max-Age=0",
                          request->secure || (proto && strcmp(proto, "https") == 0) ? "; Secure" : "");
    struct MHD_Response *response = copied("application/json", buf_text(json), json->length);
    if (response && (length < 0 || (size_t)length >= sizeof(cookie) ||
                     MHD_add_response_header(response, "Set-Cookie", cookie) != MHD_YES)) {
        MHD_destroy_response(response);
        response = NULL;
    }
    return web_answer_queue(request, WEB_OK, response);
}

bool web_answer_redirect_as(struct web_request *request, int status, const char *address)
{
    struct MHD_Response *response = copied("text/plain; charset=utf-8", "", 0);
    if (response)
        MHD_add_response_header(response, "Location", address);
    return web_answer_queue(request, status, response);
}

bool web_answer_redirect(struct web_request *request, const char *path)
{
    return web_answer_redirect_as(request, WEB_FOUND, path);
}
