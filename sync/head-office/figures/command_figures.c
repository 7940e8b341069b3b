/* floorhand-hq figures, figure, report, baseline. */
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/figures/baseline.h"
#include "sync/head-office/figures/daily_report.h"
#include "sync/head-office/figures/figure_file.h"
#include "sync/head-office/query.h"

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

static int print_day(struct call *call, const char *given, struct error *error)
{
    char last[FIGURE_DAY_SIZE] = "";
    CLEANUP_BUF struct buf json = {0};
    int result = given ? 0 : daily_report_last(&call->office, last, error);
    const char *day = given ? given : last;
    if (result)
        return result;
    if (*call->options.file)
        return daily_report_file(&call->office, day, call->options.file, error);
    result = query_one(call->office.sql, office_queries, "daily-reports", day, &json, error);
    if (result == -ENOENT)
        return error_set(error, result, "there is no report of \"%.20s\"", day);
    if (result)
        return office_failed(call->office.sql, result, error);
    command_print(&json);
    return 0;
}

static int print_compared(struct call *call, const char *name, struct error *error)
{
    CLEANUP_BUF struct buf json = {0};
    if (!name)
        return error_set(error, COMMAND_USAGE, "say which baseline: \"floorhand-hq list baselines\" names them");
    int result = baseline_compare(&call->office, name, call->options.from, call->options.to, &json, error);
    if (!result)
        command_print(&json);
    return result;
}

int command_report(struct call *call, struct error *error)
{
    const char *what = call->arguments[0], *which = call->arguments[1];
    if (strcmp(what, "day") == 0)
        return print_day(call, which, error);
    if (strcmp(what, "baseline") == 0)
        return print_compared(call, which, error);
    return error_set(error, COMMAND_USAGE, "there is no report \"%.40s\": ask for day or baseline", what);
}
