#include "tool/commands.h"
#include "tool/daemon_client.h"

enum exit_code command_station_show(struct command_call *call)
{
    return daemon_get(call->options.url, (const char *const[]){"stations", call->words[0], NULL});
}
