#include "ui/station.h"

#include <errno.h>
#include <stdlib.h>

int ui_server_open(sd_event *event, const struct web_settings *settings, const struct ui_source *source, void *user,
                   struct ui_server **ret, struct error *error)
{
    CLEANUP(ui_server_close_p) struct ui_server *server = calloc(1, sizeof(*server));
    if (!server)
        return -ENOMEM;
    server->source = source;
    server->user = user;
    server->changes_max = (size_t)settings->clients_max / 2;
    server->site = (struct web_site){.routes = ui_routes, .policy = server->policy, .open_path = "/trust"};
    int result = ui_pages_open(server, error);
    if (!result)
        result = web_server_open(event, settings, &server->site, server, &server->web, error);
    if (result)
        return result;
    *ret = server;
    server = NULL;
    return 0;
}

struct ui_server *ui_server_close(struct ui_server *server)
{
    if (!server)
        return NULL;
    web_server_close(server->web);
    free(server);
    return NULL;
}

int ui_server_secure_port(const struct ui_server *server)
{
    return web_server_secure_port(server->web);
}

int ui_server_show(struct ui_server *server, const struct web_pair *pair, struct error *error)
{
    return web_server_show(server->web, pair, error);
}

int ui_server_port(const struct ui_server *server)
{
    return web_server_port(server->web);
}

void ui_server_publish(struct ui_server *server, const char *station, const char *json, size_t length)
{
    web_server_publish(server->web, station, "view", json, length, true);
}

void ui_server_tell(struct ui_server *server, const char *json, size_t length)
{
    web_server_publish(server->web, UI_CHANGES, "changed", json, length, false);
}

size_t ui_server_pages(const struct ui_server *server)
{
    return web_server_streams(server->web);
}

bool ui_server_tells(const struct ui_server *server)
{
    return web_server_listeners(server->web, UI_CHANGES) > 0;
}

void ui_server_answer(struct ui_server *server, uint64_t number, int http_status, const char *json, size_t length)
{
    web_server_answer(server->web, number, http_status, json, length);
}
