#include "sync/head-office/buying/forecast_child.h"

#include "base/log.h"
#include "sync/head-office/buying/forecasts.h"
#include "base/own_command.h"

#include <string.h>

#define LOOK_US 10000000

static void ignore_line(void *user, const char *text, size_t length)
{
    (void)user, (void)text, (void)length;
}

/* It has said itself why it failed; what was killed could not. */
static void see_end(void *user, bool failed)
{
    struct forecast_child *child = user;
    child->running = own_command_close(child->running);
    child->broken = failed;
    if (failed)
        log_warning("the program that makes forecasts has failed: see its own sentence");
}

static const struct own_command_ops ops = {ignore_line, see_end};

static int start(struct forecast_child *child, struct office *office, struct error *error)
{
    const char *const words[] = {"forecast", "run", "--database", child->database, NULL};
    int result = forecasts_begin(office, error); /* so that a program that cannot start is not started for ever */
    if (result)
        return result;
    result = own_command_start(child->event, words, -1, &ops, child, &child->running);
    if (!result)
        return 0;
    log_warning("the program that makes forecasts cannot be started: %s", strerror(-result));
    return forecasts_end(office, "the program cannot be started", error);
}

int forecast_child_tick(struct forecast_child *child, struct office *office, int64_t now_us, struct error *error)
{
    bool due = false;
    if (child->broken) {
        child->broken = false;
        return forecasts_end(office, "the program was ended", error);
    }
    if (child->running || now_us < child->look_us)
        return 0;
    child->look_us = now_us + LOOK_US;
    int result = forecasts_due(office, &due, error);
    return result || !due ? result : start(child, office, error);
}

void forecast_child_stop(struct forecast_child *child)
{
    child->running = own_command_close(child->running);
}
