#include "tool/commands.h"
#include "tool/daemon_client.h"

enum exit_code command_status(struct command_call *call)
{
    return daemon_get(call->options.url, (const char *const[]){"status", NULL});
}
