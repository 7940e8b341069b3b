#include "sync/head-office/buying/forecast_child.h"

#include "base/log.h"
#include "sync/head-office/buying/forecasts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_US 10000000

extern char **environ;

/* With the signals that serve holds back for its loop. */
static int start(struct forecast_child *child, const char *database)
{
    char run[] = "run", forecast[] = "forecast", program[] = "floorhand-hq", option[] = "--database", path[256];
    char *given[] = {program, forecast, run, option, path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    strncpy(path, database, sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int result = posix_spawn(&child->pid, "/proc/self/exe", &actions, &attributes, given, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (result)
        child->pid = 0;
    return -result;
}

/* It has said itself why it failed; what was killed could not. */
static int see_end(struct forecast_child *child, struct office *office, struct error *error)
{
    int status = 0;
    pid_t ended = waitpid(child->pid, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR))
        return 0;
    child->pid = 0;
    if (ended > 0 && status == 0)
        return 0;
    log_warning("the program that makes forecasts has failed: see its own sentence");
    return forecasts_end(office, "the program was ended", error);
}

int forecast_child_tick(struct forecast_child *child, struct office *office, const char *database, int64_t now_us,
                        struct error *error)
{
    bool due = false;
    if (child->pid > 0)
        return see_end(child, office, error);
    if (now_us < child->look_us)
        return 0;
    child->look_us = now_us + LOOK_US;
    int result = forecasts_due(office, &due, error);
    if (result || !due)
        return result;
    result = forecasts_begin(office, error); /* so that a program that cannot start is not started for ever */
    if (result)
        return result;
    result = start(child, database);
    if (!result)
        return 0;
    log_warning("the program that makes forecasts cannot be started: %s", strerror(-result));
    return forecasts_end(office, "the program cannot be started", error);
}

void forecast_child_stop(struct forecast_child *child)
{
    if (child->pid <= 0)
        return;
    kill(child->pid, SIGTERM);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    child->pid = 0;
}
