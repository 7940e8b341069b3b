/* The pages of the stations and of the supervisor, and the files they are made of. */
#include "ui/station.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

extern const struct embedded_file
    page_files[]; /* made by the Makefile from ui/pages, ui/supervisor and the npm modules */

int ui_pages_open(struct ui_server *server, struct error *error)
{
    return web_policy(page_files, "station.html", server->policy) == 0
               ? 0
               : error_set(error, -ENOENT, "This program was built without its pages: build it again.");
}

bool ui_pages_asset(struct web_request *request)
{
    return web_answer_file(request, WEB_OK, page_files, request->id);
}

/* At the root, because what it describes and what it keeps is the whole site. */
bool ui_pages_manifest(struct web_request *request)
{
    return web_answer_file(request, WEB_OK, page_files, "manifest.webmanifest");
}

bool ui_pages_keeper(struct web_request *request)
{
    return web_answer_file(request, WEB_OK, page_files, "keeper.js");
}

/* An item without a picture has a neutral shape, so that a page need not ask first. */
bool ui_pages_item(struct web_request *request)
{
    CLEANUP_BUF struct buf bytes = {.max = UI_ITEM_PICTURE_MAX};
    const char *type = NULL;
    int r = ui_of(request)->source->item_picture(ui_of(request)->user, request->rest, &bytes, &type);
    return r < 0 ? web_answer_file(request, WEB_OK, page_files, "item.svg")
                 : web_answer_kept(request, type, bytes.data, bytes.length);
}

/* "/station/" and the id of the only station; false when there is not exactly one. */
static bool only_station(const struct buf *json, struct buf *path)
{
    json_t *stations = json_loadb(buf_text(json), json->length, 0, NULL);
    const char *id = json_string_value(json_object_get(json_array_get(stations, 0), "id"));
    bool only = json_array_size(stations) == 1 && id;
    if (only) {
        buf_puts(path, "/station/");
        for (const unsigned char *c = (const unsigned char *)id; *c; c++)
            buf_printf(path, strchr("-._~", *c) || (*c < 0x80 && isalnum(*c)) ? "%c" : "%%%02X", *c);
    }
    json_decref(stations);
    return only && !path->failed;
}

bool ui_pages_supervisor(struct web_request *request)
{
    return web_answer_file(request, WEB_OK, page_files, "supervisor.html");
}

bool ui_pages_list(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0}, path = {.max = 1024};
    int r = ui_of(request)->source->stations(ui_of(request)->user, &json);
    if (r < 0)
        return web_answer_errno(request, r);
    if (only_station(&json, &path))
        return web_answer_redirect(request, buf_text(&path));
    return web_answer_file(request, WEB_OK, page_files, "stations.html");
}

bool ui_pages_station(struct web_request *request)
{
    CLEANUP_BUF struct buf view = {.max = UI_VIEW_MAX};
    int r = ui_of(request)->source->station(ui_of(request)->user, request->id, &view);
    if (r == -ENOENT) /* the list shows what there is instead */
        return web_answer_file(request, WEB_NOT_FOUND, page_files, "stations.html");
    return r < 0 ? web_answer_errno(request, r) : web_answer_file(request, WEB_OK, page_files, "station.html");
}
