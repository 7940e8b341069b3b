/* What helps those who help: how this box is, as one file, without anything that says who somebody is, and without
 * secrets. Everything is chosen member by member; what is not named here does not go in. tar(1), which every Debian
 * has, packs it. */
#include "base/clock.h"
#include "base/file.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define INSIDE     "floorhand-support"
#define CONFIG     "/etc/floorhand/floorhandd.conf"
#define LINK       "/etc/floorhand/link.conf"
#define EVENTS_MAX 2000
#define LOG_LINES  "2000"
#define PATH_SIZE  400

extern char **environ;

const struct option_def support_options[] = {
    {"config", OPTION_TEXT_AT(struct tool_options, config), CONFIG, 0, 0, NULL, "the daemon's configuration"},
    {"link-config", OPTION_TEXT_AT(struct tool_options, link_config), LINK, 0, 0, NULL, "the link's configuration"},
    {"log", OPTION_TEXT_AT(struct tool_options, log), "", 0, 0, NULL,
     "a file with the daemon's log; otherwise the journal of systemd is asked"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

struct bundle {
    struct command_call *call;
    char folder[PATH_SIZE];
};

static FILE *begin_file(const struct bundle *bundle, const char *name)
{
    char path[PATH_SIZE + 64];
    snprintf(path, sizeof(path), "%s/" INSIDE "/%s", bundle->folder, name);
    return fopen(path, "we");
}

/* ---------------------------------------------------------------- programs */

/* What it says, on either output, goes into the file. arguments[0] is looked for in PATH. */
static int run_into(FILE *out, char *const *arguments)
{
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_t actions;
    fflush(out);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(out), STDERR_FILENO);
    int result = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (result)
        return -result;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0 ? 0 : -EIO;
}

static void put_versions(const struct bundle *bundle, FILE *out)
{
    struct utsname system;
    char now[CLOCK_TEXT_SIZE];
    (void)bundle;
    clock_format(clock_wall_us(), now);
    fprintf(out, "time %s\n", now);
    if (uname(&system) == 0)
        fprintf(out, "kernel %s %s %s\n", system.sysname, system.release, system.machine);
    run_into(out, (char *[]){(char[]){"dpkg-query"}, (char[]){"-W"}, (char[]){"floorhand"}, (char[]){"libsqlite3-0"},
                             (char[]){"libusb-1.0-0"}, (char[]){"libmosquitto1"}, (char[]){"systemd"}, NULL});
}

static void put_doctor(const struct bundle *bundle, FILE *out)
{
    const char *url = daemon_address(bundle->call->options.url);
    run_into(out, (char *[]){(char[]){"/proc/self/exe"}, (char[]){"doctor"}, (char[]){"--url"}, (char *)(uintptr_t)url,
                             NULL});
}

/* ---------------------------------------------------------------- configuration */

/* A value whose name says that it is nobody's business, and paths that hold such ones. */
static bool is_secret(const char *name, size_t length)
{
    static const char *const parts[] = {"pass", "key", "secret", "token", "user", "credential"};
    for (size_t i = 0; i < COUNT(parts); i++)
        for (size_t at = 0; at + strlen(parts[i]) <= length; at++)
            if (strncasecmp(name + at, parts[i], strlen(parts[i])) == 0)
                return true;
    return false;
}

/* Comments stay behind: anything may stand in them. */
static void put_config(const char *path, FILE *out)
{
    char line[1024];
    FILE *in = fopen(path, "re");
    fprintf(out, "# %s%s\n", path, in ? "" : ": cannot be read");
    while (in && fgets(line, sizeof(line), in)) {
        const char *text = line + strspn(line, " \t"), *equals = strchr(text, '=');
        if (*text == '[')
            fputs(text, out);
        else if (equals && *text != '#' && *text != ';')
            is_secret(text, (size_t)(equals - text)) ? fprintf(out, "%.*s= (not shown)\n", (int)(equals - text), text)
                                                     : fputs(text, out);
    }
    if (in)
        fclose(in);
}

static void put_configs(const struct bundle *bundle, FILE *out)
{
    put_config(bundle->call->options.config, out);
    put_config(bundle->call->options.link_config, out);
}

/* ---------------------------------------------------------------- what the daemon knows */

/* Of an object, these members alone; of what is in them, no sentences that somebody's words may stand in. */
static void keep_members(json_t *object, const char *const *names)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, name, value)
    {
        size_t i = 0;
        while (names[i] && strcmp(names[i], name) != 0)
            i++;
        if (!names[i])
            json_object_del(object, name);
    }
}

static void put_status(const struct bundle *bundle, FILE *out)
{
    static const char *const members[] = {"site",   "box",      "boot",     "sync",    "disk",   "tls", "turn",
                                          "upkeep", "training", "stations", "devices", "health", NULL};
    static const char *const training[] = {"state", "percent", "why", "stations", NULL};
    CLEANUP_BUF struct buf answer = {0};
    if (daemon_look(bundle->call->options.url, (const char *const[]){"status", NULL}, &answer) != 0) {
        fputs("\"the daemon does not answer\"\n", out);
        return;
    }
    json_t *root = json_loadb(buf_text(&answer), answer.length, 0, NULL);
    keep_members(root, members);
    keep_members(json_object_get(root, "training"), training);
    json_object_del(json_object_get(json_object_get(root, "sync"), "parked"), "newest");
    json_dumpf(root, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(root);
}

static void put_plain(const struct bundle *bundle, FILE *out, const char *path)
{
    CLEANUP_BUF struct buf answer = {0};
    if (daemon_look_at(bundle->call->options.url, path, &answer) == 0)
        fputs(buf_text(&answer), out);
    else
        fputs("the daemon does not answer\n", out);
}

static void put_metrics(const struct bundle *bundle, FILE *out)
{
    put_plain(bundle, out, "/metrics");
}

static void put_health(const struct bundle *bundle, FILE *out)
{
    put_plain(bundle, out, "/health");
}

static void put_tables(const struct bundle *bundle, FILE *out)
{
    put_plain(bundle, out, "/api/v1/tables");
}

/* What happened, when and where, and why it was refused: no worker, no order, no words. */
static bool put_event(void *user, json_t *row)
{
    FILE *out = user;
    static const char *const members[] = {"seq", "time", "type", "station", NULL};
    json_t *code = json_incref(json_object_get(json_object_get(row, "data"), "code"));
    keep_members(row, members);
    if (json_is_string(code) && strlen(json_string_value(code)) == 3)
        json_object_set(row, "code", code);
    json_decref(code);
    json_dumpf(row, out, JSON_COMPACT);
    fputc('\n', out);
    return true;
}

static void put_events(const struct bundle *bundle, FILE *out)
{
    json_t *rows = json_array(), *row;
    char *next = NULL;
    size_t index;
    while (json_array_size(rows) < EVENTS_MAX) {
        CLEANUP(cleanup_free) char *after = next;
        next = NULL;
        if (rows_fetch(bundle->call->options.url, "journal", NULL, EVENTS_MAX - (int64_t)json_array_size(rows), after,
                       rows, &next) != EXIT_GOOD ||
            !next)
            break;
    }
    free(next);
    json_array_foreach(rows, index, row)
    {
        put_event(out, row);
    }
    json_decref(rows);
}

/* ---------------------------------------------------------------- logs */

static void put_log(const struct bundle *bundle, FILE *out)
{
    const char *log = bundle->call->options.log;
    if (*log)
        run_into(out, (char *[]){(char[]){"tail"}, (char[]){"-n"}, (char[]){LOG_LINES}, (char *)(uintptr_t)log, NULL});
    else
        run_into(out,
                 (char *[]){(char[]){"journalctl"}, (char[]){"--no-pager"}, (char[]){"-n"}, (char[]){LOG_LINES},
                            (char[]){"-u"}, (char[]){"floorhandd"}, (char[]){"-u"}, (char[]){"floorhand-link"}, NULL});
}

/* ---------------------------------------------------------------- the file */

static void remove_folder(const struct bundle *bundle)
{
    char folder[PATH_SIZE];
    snprintf(folder, sizeof(folder), "%s", bundle->folder);
    FILE *nowhere = fopen("/dev/null", "we");
    if (nowhere) {
        run_into(nowhere, (char *[]){(char[]){"rm"}, (char[]){"-r"}, (char[]){"--"}, folder, NULL});
        fclose(nowhere);
    }
}

static int pack(const struct bundle *bundle, char *to)
{
    char folder[PATH_SIZE];
    snprintf(folder, sizeof(folder), "%s", bundle->folder);
    FILE *errors = fopen("/dev/stderr", "we");
    if (!errors)
        return -errno;
    int result = run_into(errors, (char *[]){(char[]){"tar"}, (char[]){"--create"}, (char[]){"--gzip"},
                                             (char[]){"--owner=0"}, (char[]){"--group=0"}, (char[]){"--file"}, to,
                                             (char[]){"--directory"}, folder, (char[]){INSIDE}, NULL});
    fclose(errors);
    return result;
}

static int fill(const struct bundle *bundle)
{
    static const struct {
        const char *name;
        void (*put)(const struct bundle *bundle, FILE *out);
    } parts[] = {
        {"versions.txt", put_versions}, {"configuration.txt", put_configs}, {"status.json", put_status},
        {"health.json", put_health},    {"metrics.txt", put_metrics},       {"tables.json", put_tables},
        {"events.jsonl", put_events},   {"doctor.txt", put_doctor},         {"log.txt", put_log},
    };
    char inside[PATH_SIZE + 32];
    snprintf(inside, sizeof(inside), "%s/" INSIDE, bundle->folder);
    if (mkdir(inside, 0700) != 0)
        return -errno;
    for (size_t i = 0; i < COUNT(parts); i++) {
        FILE *out = begin_file(bundle, parts[i].name);
        if (!out)
            return -errno;
        parts[i].put(bundle, out);
        if (fclose(out) != 0)
            return -errno;
    }
    return 0;
}

enum exit_code command_support_bundle(struct command_call *call)
{
    struct bundle bundle = {.call = call, .folder = "/tmp/floorhand-XXXXXX"};
    if (!mkdtemp(bundle.folder))
        return command_fail(EXIT_FAILED, "/tmp cannot be written: %s", strerror(errno));
    umask(0077);
    int result = fill(&bundle);
    if (!result)
        result = pack(&bundle, call->words[0]);
    remove_folder(&bundle);
    if (result)
        return command_fail(EXIT_FAILED, "%s cannot be written: %s", call->words[0], strerror(-result));
    printf("%s holds how this box is; look into it before you send it on\n", call->words[0]);
    return EXIT_GOOD;
}
