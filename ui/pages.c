#include "base/embed.h"
#include "base/text.h"
#include "ui/request.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

extern const struct embedded_file page_files[]; /* made by the Makefile from ui/pages and the npm modules */

#define HASH_TEXT_SIZE sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)

static void hash_text(const char *bytes, size_t length, char out[HASH_TEXT_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)bytes, length);
    sodium_bin2base64(out, HASH_TEXT_SIZE, hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
}

/* Only our own files may run, plus the one inline script a page cannot do without: its import map, by its hash. */
int ui_pages_open(struct ui_server *server, struct error *error)
{
    static const char opening[] = "<script type=\"importmap\">";
    const struct embedded_file *page = embed_find(page_files, "station.html");
    const char *map = page ? strstr(page->data, opening) : NULL;
    const char *end = map ? strstr(map, "</script>") : NULL;
    if (!end)
        return error_set(error, -ENOENT, "This program was built without its pages: build it again.");
    map += strlen(opening);
    char hash[HASH_TEXT_SIZE];
    hash_text(map, (size_t)(end - map), hash);
    snprintf(server->page_policy, sizeof(server->page_policy),
             "default-src 'none'; script-src 'self' 'sha256-%s'; style-src 'self'; img-src 'self'; "
             "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
             hash);
    return 0;
}

static const char *content_type(const char *name)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
    };
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < COUNT(types); i++)
        if (strcmp(types[i][0], ending) == 0)
            return types[i][1];
    return "application/octet-stream";
}

/* A browser keeps the file but asks each time whether it still stands, so that an update shows at the next load. */
static enum MHD_Result send_file(struct ui_request *request, int status, const struct embedded_file *file)
{
    char hash[HASH_TEXT_SIZE], etag[HASH_TEXT_SIZE + 2];
    hash_text(file->data, file->length, hash);
    snprintf(etag, sizeof(etag), "\"%s\"", hash);
    const char *known = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "If-None-Match");
    bool unchanged = status == MHD_HTTP_OK && known && strstr(known, etag);
    union { /* MHD does not write to a persistent buffer */
        const char *given;
        void *wanted;
    } bytes = {.given = file->data};
    struct MHD_Response *response =
        MHD_create_response_from_buffer(unchanged ? 0 : file->length, bytes.wanted, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", content_type(file->name));
    MHD_add_response_header(response, "Cache-Control", "no-cache");
    MHD_add_response_header(response, "ETag", etag);
    return ui_answer_queue(request, unchanged ? MHD_HTTP_NOT_MODIFIED : status, response);
}

static enum MHD_Result send_page(struct ui_request *request, int status, const char *name)
{
    const struct embedded_file *file = embed_find(page_files, name);
    return file ? send_file(request, status, file) : ui_answer_errno(request, -ENOENT);
}

enum MHD_Result ui_pages_asset(struct ui_request *request)
{
    return send_page(request, MHD_HTTP_OK, request->id);
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

enum MHD_Result ui_pages_list(struct ui_request *request)
{
    CLEANUP_BUF struct buf json = {0}, path = {.max = 1024};
    int r = request->server->source->stations(request->server->user, &json);
    if (r < 0)
        return ui_answer_errno(request, r);
    if (only_station(&json, &path))
        return ui_answer_redirect(request, buf_text(&path));
    return send_page(request, MHD_HTTP_OK, "stations.html");
}

enum MHD_Result ui_pages_station(struct ui_request *request)
{
    CLEANUP_BUF struct buf view = {.max = UI_VIEW_MAX};
    int r = request->server->source->station(request->server->user, request->id, &view);
    if (r == -ENOENT) /* the list shows what there is instead */
        return send_page(request, MHD_HTTP_NOT_FOUND, "stations.html");
    return r < 0 ? ui_answer_errno(request, r) : send_page(request, MHD_HTTP_OK, "station.html");
}
