/* floorhand-hq figures, figure, report, baseline. */
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/figures/figure.h"
#include "sync/head-office/figures/figure_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int command_figures(struct call *call, struct error *error)
{
    (void)call, (void)error;
    CLEANUP_BUF struct buf json = {0};
    for (const struct figure *figure = figures; figure->name; figure++) {
        figure_write(figure, &json);
        command_print(&json);
    }
    return 0;
}

int command_figure(struct call *call, struct error *error)
{
    CLEANUP_BUF struct buf json = {0};
    CLEANUP_ASKED struct figure_asked asked = {.names = {NULL}};
    for (const char *const *argument = call->arguments + 1; *argument; argument++) {
        const char *equals = strchr(*argument, '=');
        if (!equals)
            return error_set(error, COMMAND_USAGE, "\"%s\" is no NAME=VALUE", *argument);
        int result = figure_asked_add(&asked, *argument, (size_t)(equals - *argument), equals + 1, error);
        if (result)
            return result;
    }
    struct figure_question question;
    int result = figure_asked_question(&call->office, call->arguments[0], &asked, &question, error);
    if (!result)
        result = figure_ask(&call->office, &question, &json, error);
    if (result)
        return result == -EINVAL ? COMMAND_USAGE : result;
    if (*call->options.file)
        return figure_file(question.figure, &json, call->options.file, error);
    command_print(&json);
    return 0;
}
