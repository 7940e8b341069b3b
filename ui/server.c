#include "ui/station.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Called with the headers: who may not is told so before a body is read. */
static bool admits(struct web_request *request)
{
    static const char *const why[] = {"Sign in with your badge and PIN first.", "Your role may not do that."};
    struct ui_server *server = ui_of(request);
    struct ui_asker *asker = calloc(1, sizeof(*asker));
    char route[WEB_SEGMENT_SIZE];
    if (!asker)
        return web_refuse(request, WEB_INTERNAL, "The box is out of memory.");
    request->asker = asker; /* freed with the request */
    snprintf(route, sizeof(route), "%s%s", request->route->method, request->route->pattern);
    int r = server->source->admits(server->user,
                                   &(struct ui_visitor){.route = route,
                                                        .id = request->id,
                                                        .token = web_cookie(request, UI_COOKIE),
                                                        .key = web_header(request, UI_KEY_HEADER),
                                                        .attended = !web_header(request, "X-Unattended")},
                                   asker);
    if (r == 0)
        return true;
    return r == -EACCES ? web_refuse(request, WEB_FORBIDDEN, why[1]) : web_refuse(request, WEB_UNAUTHORIZED, why[0]);
}

static const struct phrase *const books[] = {ui_phrases, web_phrases, base_phrases, NULL};

int ui_server_open(sd_event *event, const struct web_settings *settings, const struct ui_source *source, void *user,
                   struct ui_server **ret, struct error *error)
{
    CLEANUP(ui_server_close_p) struct ui_server *server = calloc(1, sizeof(*server));
    if (!server)
        return -ENOMEM;
    server->source = source;
    server->user = user;
    server->changes_max = (size_t)settings->clients_max / 2;
    server->site = (struct web_site){
        .routes = ui_routes, .admits = admits, .policy = server->policy, .open_path = "/trust", .phrases = books};
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

void ui_server_let_in(struct ui_server *server, uint64_t number, const char *json, size_t length, const char *token)
{
    web_server_answer_cookie(server->web, number, json, length, UI_COOKIE, token);
}
