/* How to trust this box: the page, the certificate of its authority, and the same as JSON. Served without TLS, too: it
 * is asked for before there is trust. */
#include "base/json.h"
#include "ui/station.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

extern const struct embedded_file page_files[];

bool ui_trust_json(struct web_request *request)
{
    struct ui_server *server = ui_of(request);
    CLEANUP_BUF struct buf json = {0};
    int r = server->source->trust(server->user, &json, NULL);
    return r < 0 ? web_answer_error(request, WEB_NOT_FOUND,
                                    "The pages are served without TLS: there is nothing to trust.")
                 : web_answer_json(request, WEB_OK, &json);
}

bool ui_trust_certificate(struct web_request *request)
{
    struct ui_server *server = ui_of(request);
    CLEANUP_BUF struct buf json = {0}, pem = {0};
    int r = server->source->trust(server->user, &json, &pem);
    return r < 0 ? ui_trust_json(request)
                 : web_answer(request, WEB_OK, "application/x-x509-ca-cert", buf_text(&pem), pem.length);
}

bool ui_trust_style(struct web_request *request)
{
    return web_answer_file(request, WEB_OK, page_files, "trust.css");
}

/* "{fingerprint}" of the page becomes that member. */
static void fill(const char *page, const json_t *facts, struct buf *out)
{
    while (*page) {
        char name[24] = "";
        size_t plain = strcspn(page, "{");
        buf_put(out, page, plain);
        page += plain;
        size_t length = *page ? strcspn(page, "}") : 0;
        if (length > 1 && length < sizeof(name)) {
            memcpy(name, page + 1, length - 1);
            const char *value = json_string_value(json_object_get(facts, name));
            buf_puts(out, value ? value : "");
            page += length + 1;
        } else if (*page) {
            buf_putc(out, *page++);
        }
    }
}

bool ui_trust_page(struct web_request *request)
{
    struct ui_server *server = ui_of(request);
    CLEANUP_BUF struct buf json = {0}, page = {0};
    const struct embedded_file *file = embed_find(page_files, "trust.html");
    int r = server->source->trust(server->user, &json, NULL);
    if (r < 0)
        return ui_trust_json(request);
    json_t *facts = json_loadb(buf_text(&json), json.length, 0, NULL);
    fill(file ? file->data : "", facts, &page);
    json_decref(facts);
    return web_answer(request, WEB_OK, "text/html; charset=utf-8", buf_text(&page), page.length);
}
