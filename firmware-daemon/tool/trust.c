/* floorhand trust: where a browser finds this box, the fingerprint of its authority, and a QR code that leads there; on
 * the terminal, or as a label at a station. */
#include "base/id.h"
#include "base/json.h"
#include "drivers/label/code_sheet.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

const struct option_def trust_options[] = {
    DAEMON_URL_OPTION,
    {"station", OPTION_TEXT_AT(struct tool_options, station), "", 0, 0, NULL, "print it as a label at this station"},
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "one JSON object, for programs"},
    {.name = NULL},
};

static void print_code(const char *text)
{
    struct dots modules = {.width = 0};
    if (code_sheet_make(text, &modules) == 0)
        code_sheet_print(&modules, stdout);
    dots_done(&modules);
}

static enum exit_code print_label(const struct tool_options *options, const char *url, const char *fingerprint)
{
    CLEANUP_BUF struct buf body = {0};
    char key[ID_TEXT_SIZE];
    id_new(&random_system, key);
    json_open_object(&body, NULL);
    json_text(&body, "template", "trust");
    json_text(&body, "key", key);
    json_open_object(&body, "data");
    json_text(&body, "url", url);
    json_text(&body, "fingerprint", fingerprint);
    json_close_object(&body);
    json_close_object(&body);
    return daemon_post(options->url, (const char *const[]){"stations", options->station, "labels", NULL},
                       "application/json", &body, NULL);
}

enum exit_code command_trust(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    CLEANUP_BUF struct buf answer = {0};
    enum exit_code code = daemon_fetch(options->url, (const char *const[]){"trust", NULL}, NULL, &answer);
    if (code != EXIT_GOOD)
        return code;
    json_t *facts = json_loadb(buf_text(&answer), answer.length, 0, NULL);
    const char *url = json_string_value(json_object_get(facts, "trust"));
    const char *fingerprint = json_string_value(json_object_get(facts, "fingerprint"));
    if (!url || !fingerprint) {
        code = command_fail(EXIT_FAILED, "the daemon's answer is not understood: are both of the same version?");
    } else if (options->json) {
        puts(buf_text(&answer));
    } else if (*options->station) {
        code = print_label(options, url, fingerprint);
    } else {
        print_code(url);
        printf("%s\nSHA-256 %s\n", url, fingerprint);
    }
    json_decref(facts);
    return code;
}
