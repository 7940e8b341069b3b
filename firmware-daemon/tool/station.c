#include "tool/commands.h"
#include "tool/daemon_client.h"

const struct option_def station_show_options[] = {
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "as it is without this: JSON"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

enum exit_code command_station_show(struct command_call *call)
{
    return daemon_get(call->options.url, (const char *const[]){"stations", call->words[0], NULL});
}
