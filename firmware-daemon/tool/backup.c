/* Backups of a site's database: taken while the daemon works, put back while it does not. The daemon makes and reads
 * the copy; here it is taken to where the person wants it, and read once more there. */
#include "base/file.h"
#include "base/text.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POLL_NS    200000000
#define PROGRAM    "floorhandd"
#define CONFIG     "/etc/floorhand/floorhandd.conf"
#define NEW_SUFFIX ".new"

extern char **environ;

const struct option_def restore_options[] = {
    {"config", OPTION_TEXT_AT(struct tool_options, config), CONFIG, 0, 0, NULL, "the daemon's configuration"},
    {.name = NULL},
};

/* The daemon's program lies beside this one. */
static int beside_us(char out[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - sizeof(PROGRAM) - 1);
    if (length <= 0)
        return -errno;
    out[length] = '\0';
    char *slash = strrchr(out, '/');
    memcpy(slash + 1, PROGRAM, sizeof(PROGRAM));
    return 0;
}

/* -errno, or its exit code; what it says goes to out, or where ours goes: -1. */
static int run(char *const *arguments, int out)
{
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    int result = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (result)
        return -result;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -EIO;
}

enum exit_code command_site_restore(struct command_call *call)
{
    char program[PATH_MAX];
    char *const arguments[] = {
        program, (char[]){"--config"}, call->options.config, (char[]){"--restore"}, call->words[0], NULL};
    int result = beside_us(program);
    if (!result)
        result = run(arguments, -1);
    if (result < 0)
        return command_fail(EXIT_FAILED, "%s cannot be started: %s", program, strerror(-result));
    return result ? EXIT_FAILED : EXIT_GOOD;
}

/* ---------------------------------------------------------------- taking one */

/* The daemon's "upkeep", to be freed; NULL: it has been said why. */
static json_t *upkeep_of(const char *url)
{
    CLEANUP_BUF struct buf answer = {0};
    if (daemon_fetch(url, (const char *const[]){"status", NULL}, NULL, &answer) != EXIT_GOOD)
        return NULL;
    json_t *root = json_loadb(buf_text(&answer), answer.length, 0, NULL);
    json_t *upkeep = json_incref(json_object_get(root, "upkeep"));
    json_decref(root);
    if (!upkeep)
        command_fail(EXIT_FAILED, "the daemon says nothing of backups: is it floorhandd of the same release?");
    return upkeep;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static enum exit_code await_copy(const char *url, char made[PATH_MAX])
{
    for (;;) {
        json_t *upkeep = upkeep_of(url);
        const char *state = text_of(upkeep, "state"), *failed = text_of(upkeep, "failed");
        enum exit_code code = upkeep ? EXIT_GOOD : EXIT_FAILED;
        bool done = code == EXIT_GOOD && strcmp(state, "idle") == 0;
        if (done && *failed)
            code = command_fail(EXIT_FAILED, "%s", failed);
        else if (done && !json_is_true(json_object_get(upkeep, "sound")))
            code = command_fail(EXIT_FAILED, "%s", text_of(upkeep, "why"));
        else if (done && !text_copy(made, PATH_MAX, text_of(upkeep, "backup_file")))
            code = command_fail(EXIT_FAILED, "the daemon's path is too long");
        if (code == EXIT_GOOD && !done && isatty(STDERR_FILENO))
            fprintf(stderr, "\r%s %3lld %%", state, (long long)json_integer_value(json_object_get(upkeep, "percent")));
        json_decref(upkeep);
        if (done || code != EXIT_GOOD)
            return code;
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
}

/* As the disk has it: what was written is read again, by the program that will open it. */
static int check_there(char *path, struct error *error)
{
    char program[PATH_MAX], line[ERROR_TEXT_MAX + 200] = "";
    char *const arguments[] = {program, (char[]){"--check-copy"}, path, NULL};
    FILE *said = tmpfile();
    int result = said ? beside_us(program) : -errno;
    if (!result)
        result = run(arguments, fileno(said));
    if (said) {
        rewind(said);
        if (!fgets(line, sizeof(line), said))
            line[0] = '\0';
        fclose(said);
    }
    json_t *found = json_loads(line, 0, NULL);
    bool sound = json_is_true(json_object_get(found, "sound"));
    if (!sound)
        result = error_set(error, -EBADMSG, "%s was written and read again, and is not as it should be: %s", path,
                           *text_of(found, "why") ? text_of(found, "why") : "it cannot be read");
    json_decref(found);
    return sound ? 0 : result;
}

static enum exit_code take_away(const char *made, const char *to)
{
    char fresh[PATH_MAX];
    struct error error = {0};
    if (snprintf(fresh, sizeof(fresh), "%s" NEW_SUFFIX, to) >= (int)sizeof(fresh))
        return command_fail(EXIT_USAGE, "%s is too long a path", to);
    unlink(fresh);
    int result = file_copy(made, fresh);
    if (result)
        return command_fail(EXIT_FAILED, "%s cannot be copied to %s: %s", made, fresh, strerror(-result));
    result = check_there(fresh, &error);
    if (!result && rename(fresh, to) != 0)
        result = error_set(&error, -errno, "%s cannot be written: %s", to, strerror(errno));
    if (!result && (result = file_settle_folder(to)) != 0)
        error_set(&error, result, "%s cannot be written: %s", to, strerror(-result));
    if (result) {
        unlink(fresh);
        return command_fail(EXIT_FAILED, "%s", error.text);
    }
    if (unlink(made) != 0)
        command_fail(EXIT_GOOD, "%s stays, as it cannot be deleted: %s", made, strerror(errno));
    return EXIT_GOOD;
}

enum exit_code command_site_backup(struct command_call *call)
{
    char made[PATH_MAX];
    CLEANUP_BUF struct buf body = {0}, answer = {0};
    const char *url = call->options.url, *to = call->words[0];
    buf_puts(&body, "{}");
    enum exit_code code = daemon_send(url, (const char *const[]){"backup", NULL}, "application/json", &body, &answer);
    if (code == EXIT_GOOD)
        code = await_copy(url, made);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (code == EXIT_GOOD)
        code = take_away(made, to);
    if (code == EXIT_GOOD)
        printf("%s is a whole backup: written, read again from its disk, and sound\n", to);
    return code;
}
