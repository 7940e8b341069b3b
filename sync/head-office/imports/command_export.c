/* floorhand-hq export epcis. */
#include "sync/head-office/api/epcis.h"
#include "sync/head-office/command.h"

#include <stdio.h>

int command_export_epcis(struct call *call, struct error *error)
{
    const struct command_options *options = &call->options;
    const struct epcis_period period = {.from = options->from, .to = options->to, .site = options->site};
    int64_t events = 0;
    return epcis_write(&call->office, &period, stdout, &events, error);
}
