/* Lets a station practise, or work again; tells how it stands. */
#include "base/json.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"

#include <jansson.h>
#include <stdio.h>

const struct option_def training_options[] = {
    DAEMON_URL_OPTION,
    {"station", OPTION_TEXT_AT(struct tool_options, station), "", 0, 0, NULL, "the station; must be given"},
    {.name = NULL},
};

static enum exit_code set(struct command_call *call, bool training)
{
    CLEANUP_BUF struct buf body = {0};
    if (!*call->options.station)
        return command_fail(EXIT_USAGE, "--station must say which station");
    json_open_object(&body, NULL);
    json_bool(&body, "training", training);
    json_close_object(&body);
    return daemon_post(call->options.url, (const char *const[]){"stations", call->options.station, "training", NULL},
                       "application/json", &body, NULL);
}

enum exit_code command_training_start(struct command_call *call)
{
    return set(call, true);
}

enum exit_code command_training_stop(struct command_call *call)
{
    return set(call, false);
}

enum exit_code command_training_show(struct command_call *call)
{
    CLEANUP_BUF struct buf status = {0};
    enum exit_code code = daemon_fetch(call->options.url, (const char *const[]){"status", NULL}, NULL, &status);
    if (code != EXIT_GOOD)
        return code;
    json_t *root = json_loadb(buf_text(&status), status.length, 0, NULL);
    CLEANUP(cleanup_free) char *training = json_dumps(json_object_get(root, "training"), JSON_COMPACT);
    json_decref(root);
    if (!training)
        return command_fail(EXIT_FAILED, "the daemon says nothing of training: is it floorhandd of the same release?");
    puts(training);
    return EXIT_GOOD;
}
