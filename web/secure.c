/* Where there is TLS, a page that is asked for without it is sent there; but for what a browser needs before it can
 * trust it, and for this very machine, from which nothing crosses a network. */
#include "base/text.h"
#include "web/internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define LOCATION_MAX ((size_t)4 << 10)

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    return strcasecmp(host, "localhost") == 0 ||
           (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127) ||
           (inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6));
}

static bool is_open(const struct web_site *site, const char *path)
{
    size_t length = site->open_path ? strlen(site->open_path) : 0;
    return length > 0 && strncmp(path, site->open_path, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

bool web_secure_enough(struct web_request *request, const char *path)
{
    char host[WEB_NAME_SIZE];
    const char *given = web_header(request, "Host");
    if (request->secure || request->server->secure_port < 0 || is_open(request->server->site, path) || !given ||
        !web_host_alone(given, host) || is_loopback(host))
        return true;
    text_copy(request->path, sizeof(request->path), path);
    return web_refuse(request, WEB_MOVED, "This page is served over TLS: ask for it with https.");
}

/* "%41": as it must be in an address. */
static void put_encoded(struct buf *out, const char *text, const char *plain)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        buf_printf(out,
                   (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z') || strchr(plain, *c) ? "%c"
                                                                                                           : "%%%02X",
                   *c);
}

static enum MHD_Result put_value(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct buf *out = user;
    buf_putc(out, memchr(out->data, '?', out->length) ? '&' : '?');
    put_encoded(out, name, "-._~");
    if (value) {
        buf_putc(out, '=');
        put_encoded(out, value, "-._~");
    }
    return MHD_YES;
}

bool web_answer_moved(struct web_request *request)
{
    char host[WEB_NAME_SIZE];
    CLEANUP_BUF struct buf location = {.max = LOCATION_MAX};
    const char *given = web_header(request, "Host");
    if (!given || !web_host_alone(given, host))
        return false;
    buf_printf(&location, strchr(host, ':') ? "https://[%s]:%d" : "https://%s:%d", host, request->server->secure_port);
    put_encoded(&location, request->path, "/-._~!$&'()*+,;=:@");
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, put_value, &location);
    return location.failed ? web_answer_error(request, WEB_BAD_REQUEST, "%s", request->why.text)
                           : web_answer_redirect_as(request, WEB_MOVED, buf_text(&location));
}
