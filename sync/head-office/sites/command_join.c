/* floorhand-hq site join: the code with which a box joins a site, on the terminal and as a picture. */
#include "base/file.h"
#include "base/json.h"
#include "drivers/label/code_sheet.h"
#include "sync/head-office/command.h"
#include "sync/head-office/sites/join.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEXT                                                                                                           \
    "write the broker's access list anew (floorhand-hq broker acl) and send mosquitto SIGHUP; then scan the code at "  \
    "any station of the box"

static int ask(struct call *call, struct buf *answer, struct error *error)
{
    json_t *fields = json_pack("{s:s, s:I}", "site", call->arguments[0], "hours", (json_int_t)call->options.hours);
    int result = verb_do(&call->office, "site.join", fields, call->options.who, answer, error);
    json_decref(fields);
    return result;
}

static int draw(const char *code, const char *png, bool terminal, struct error *error)
{
    struct dots modules = {.width = 0};
    CLEANUP_BUF struct buf picture = {0};
    int result = code_sheet_make(code, &modules);
    if (!result && *png)
        result = code_sheet_png(&modules, &picture);
    if (!result && *png)
        result = file_keep(png, picture.data, picture.length, 0600);
    if (!result && terminal)
        code_sheet_print(&modules, stdout);
    dots_done(&modules);
    return result ? error_set(error, result, "%s cannot be written: %s", png, strerror(-result)) : 0;
}

/* What the proxy in front of head office shows. */
static int take_certificate(struct call *call, struct error *error)
{
    CLEANUP_BUF struct buf pem = {.max = CERTIFICATE_PEM_MAX};
    const char *path = call->options.page_certificate;
    int result = *path ? file_load(path, &pem) : 0;
    if (result)
        return error_set(error, result, "%s cannot be read: %s", path, strerror(-result));
    return *path ? join_shows(&call->office, &pem, error) : 0;
}

int command_site_join(struct call *call, struct error *error)
{
    CLEANUP_BUF struct buf answer = {0};
    int result = take_certificate(call, error);
    if (!result)
        result = ask(call, &answer, error);
    if (result)
        return result;
    json_t *told = json_loadb(buf_text(&answer), answer.length, 0, NULL);
    const char *code = json_string_value(json_object_get(told, "code"));
    result = draw(code, call->options.png, isatty(STDOUT_FILENO), error);
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    for (const char *const *name = (const char *const[]){"site", "box", "until", "code", NULL}; *name; name++)
        json_text(&json, *name, json_string_value(json_object_get(told, *name)));
    json_text(&json, "next", NEXT);
    json_close_object(&json);
    json_decref(told);
    if (!result)
        command_print(&json);
    return result;
}
