/* A page from elsewhere must neither scan nor read: no foreign origin, and no foreign name for this machine (which
 * would make a foreign page same-origin, "DNS rebinding"). */
#include "base/text.h"
#include "web/internal.h"

#include <arpa/inet.h>
#include <string.h>

/* "host", "host:80", "[::1]:80" → the host alone. */
bool web_host_alone(const char *host, char out[WEB_NAME_SIZE])
{
    const char *end;
    if (*host == '[') {
        end = strchr(++host, ']');
        if (!end)
            return false;
    } else {
        end = host + strcspn(host, ":");
    }
    return end != host && text_copy_n(out, WEB_NAME_SIZE, host, (size_t)(end - host));
}

/* An address, "localhost", or this machine's own name, with or without a domain behind it. */
static bool is_this_machine(const struct web_server *server, const char *host)
{
    struct in6_addr address;
    if (inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1)
        return true;
    if (strcasecmp(host, "localhost") == 0)
        return true;
    size_t length = strlen(server->host_name);
    return length > 0 && strncasecmp(host, server->host_name, length) == 0 &&
           (host[length] == '\0' || host[length] == '.');
}

/* "http://host:port" of the very host that is asked. https: a proxy in front may add TLS. */
static bool is_same_origin(const char *origin, const char *host)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < COUNT(schemes); i++) {
        size_t length = strlen(schemes[i]);
        if (strncasecmp(origin, schemes[i], length) == 0)
            return strcasecmp(origin + length, host) == 0;
    }
    return false;
}

bool web_is_from_own_page(struct web_request *request)
{
    const char *host = web_header(request, "Host"), *origin = web_header(request, "Origin");
    const char *site = web_header(request, "Sec-Fetch-Site"); /* sent by browsers even where they leave out Origin */
    if (origin)
        return host && is_same_origin(origin, host);
    return !site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

static const struct sockaddr *address_of(struct web_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

bool web_is_from_here(struct web_request *request)
{
    const struct sockaddr *client = address_of(request);
    if (client && client->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)client;
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *v6 = (const void *)client;
    return v6 && v6->sin6_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

#define NETWORK_BYTES 8 /* of an address of IPv6: what a house is given */

static void write_address(const struct sockaddr *client, char ret[WEB_CLIENT_SIZE])
{
    *ret = '\0';
    if (client && client->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)client)->sin_addr, ret, WEB_CLIENT_SIZE);
    if (!client || client->sa_family != AF_INET6)
        return;
    struct in6_addr network = ((const struct sockaddr_in6 *)(const void *)client)->sin6_addr;
    if (!IN6_IS_ADDR_V4MAPPED(&network))
        memset(network.s6_addr + NETWORK_BYTES, 0, sizeof(network) - NETWORK_BYTES);
    inet_ntop(AF_INET6, &network, ret, WEB_CLIENT_SIZE);
}

void web_client(struct web_request *request, char ret[WEB_CLIENT_SIZE])
{
    const char *through = web_is_from_here(request) ? web_header(request, "X-Forwarded-For") : NULL;
    if (!through) {
        write_address(address_of(request), ret);
        return;
    }
    const char *comma = strrchr(through, ',');
    through = comma ? comma + 1 : through;
    through += strspn(through, " ");
    text_copy(ret, WEB_CLIENT_SIZE, through);
}

bool web_guard_passes(struct web_request *request)
{
    char name[WEB_NAME_SIZE];
    if (request->server->site->any_host)
        return true;
    const char *host = web_header(request, "Host");
    if (!host || !web_host_alone(host, name))
        return web_refuse(request, MHD_HTTP_BAD_REQUEST, "The request does not say which host it is for.");
    if (!is_this_machine(request->server, name))
        return web_refuse(request, MHD_HTTP_MISDIRECTED_REQUEST,
                          "This machine is not called that: open it by its IP address or its own name.");
    if (strcmp(request->route->method, MHD_HTTP_METHOD_POST) != 0)
        return true;
    if (!web_is_from_own_page(request))
        return web_refuse(request, MHD_HTTP_FORBIDDEN, "A page of another site may not post here.");
    return true;
}
