#include "sync/head-office/tenants/keeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "sync/head-office/tenants/metering.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#define TICK_US      UINT64_C(1000000)
#define BACKOFF_US   INT64_C(250000)
#define BACKOFF_MAX  INT64_C(30000000)
#define SETTLED_US   INT64_C(60000000) /* a program this old forgets that it failed before */
#define STOP_US      INT64_C(15000000) /* then it is killed */
#define ARGUMENTS    28
#define ARGUMENT_MAX TENANT_DATABASE_SIZE

/* What runs for each tenant. */
enum part { PART_SERVE, PART_SHOPS, PART_WEBHOOKS, PARTS };
static const char *const part_words[PARTS][3] = {
    [PART_SERVE] = {"serve"}, [PART_SHOPS] = {"shops", "run"}, [PART_WEBHOOKS] = {"webhooks"}};

struct keeper;

struct program {
    struct keeper *keeper;
    char tenant[TENANT_NAME_SIZE];
    enum part part;
    pid_t child; /* 0: it does not run */
    sd_event_source *source;
    int64_t since_us, next_us, stopping_us; /* monotonic; stopping_us 0: it may run */
    unsigned failures;
    bool wanted;
};

struct keeper {
    struct cloud *cloud;
    const struct keeper_settings *settings;
    sd_event *event;
    sd_event_source *tick;
    struct program **programs;
    size_t count;
    int64_t gather_us; /* when the next tenant is asked */
    size_t gathered;   /* how many were, in this round */
    bool ending, failing;
};

/* ---------------------------------------------------------------- becoming a program */

struct words {
    char text[ARGUMENTS][ARGUMENT_MAX];
    size_t count;
};

__attribute__((format(printf, 2, 3))) static void add_word(struct words *words, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words->text[words->count++], ARGUMENT_MAX, format, arguments);
    va_end(arguments);
}

static void add_pair(struct words *words, const char *option, const char *value)
{
    add_word(words, "--%s", option);
    add_word(words, "%s", value);
}

static void add_serve(const struct keeper *keeper, const struct tenant *tenant, struct words *words)
{
    const struct keeper_settings *settings = keeper->settings;
    add_word(words, "--topic-prefix=t/%s", tenant->name);
    add_word(words, "--username=%s.hq", tenant->name);
    add_word(words, "--client-id=hq");
    add_word(words, "--alone"); /* somebody else at the broker could join a group, and messages would be lost to him */
    add_word(words, "--listen=127.0.0.1:%" PRId64, tenant->port);
    add_word(words, "--port=%" PRId64, settings->port);
    add_pair(words, "host", settings->host);
    if (*settings->ca_file)
        add_pair(words, "ca", settings->ca_file);
    if (*settings->password_folder)
        add_word(words, "--password-file=%s/%s.hq", settings->password_folder, tenant->name);
    if (*settings->certificate_folder) {
        add_word(words, "--broker-certificate=%s/%s.hq.crt", settings->certificate_folder, tenant->name);
        add_word(words, "--broker-key=%s/%s.hq.key", settings->certificate_folder, tenant->name);
    }
}

/* Of the keeper it has nothing but its standard error: signals, descriptors and systemd's words are the keeper's. */
static _Noreturn void become(const struct tenant *tenant, struct words *words, pid_t keeper)
{
    char *arguments[ARGUMENTS + 1] = {0};
    sigset_t none;
    for (size_t i = 0; i < words->count; i++)
        arguments[i] = words->text[i];
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != keeper) /* it has died meanwhile */
        _exit(1);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    tenant_show_secret(tenant);
    execv("/proc/self/exe", arguments);
    _exit(127);
}

static int write_words(const struct keeper *keeper, const struct tenant *tenant, enum part part, struct words *words,
                       struct error *error)
{
    char database[TENANT_DATABASE_SIZE];
    int result = tenant_database(keeper->cloud, tenant, database, error);
    if (result)
        return result;
    add_word(words, "floorhand-hq");
    for (size_t i = 0; i < COUNT(part_words[part]) && part_words[part][i]; i++)
        add_word(words, "%s", part_words[part][i]);
    add_pair(words, "database", database);
    if (part == PART_SERVE)
        add_serve(keeper, tenant, words);
    return 0;
}

/* ---------------------------------------------------------------- one program */

static int64_t backoff_us(const struct program *program)
{
    int64_t wait = BACKOFF_US;
    for (unsigned i = 1; i < program->failures && wait < BACKOFF_MAX; i++)
        wait *= 2;
    return wait < BACKOFF_MAX ? wait : BACKOFF_MAX;
}

static int on_child(sd_event_source *source, const siginfo_t *info, void *user)
{
    (void)source;
    struct program *program = user;
    int64_t now_us = clock_mono_us();
    if (!program->stopping_us && !program->keeper->ending)
        log_warning("tenant %s: \"%s\" has ended with %s %d, and is run anew", program->tenant,
                    part_words[program->part][0], info->si_code == CLD_EXITED ? "code" : "signal", info->si_status);
    program->failures = now_us - program->since_us >= SETTLED_US ? 1 : program->failures + 1;
    program->child = 0;
    program->source = sd_event_source_unref(program->source);
    program->next_us = program->stopping_us ? 0 : now_us + backoff_us(program);
    program->stopping_us = 0;
    return 0;
}

static int start_program(struct program *program, const struct tenant *tenant, struct error *error)
{
    struct keeper *keeper = program->keeper;
    CLEANUP(cleanup_free) struct words *words = calloc(1, sizeof(*words));
    if (!words)
        return error_set(error, -ENOMEM, "out of memory");
    int result = write_words(keeper, tenant, program->part, words, error);
    if (result)
        return result;
    pid_t self = getpid(), child = fork();
    if (child == 0)
        become(tenant, words, self);
    if (child < 0)
        return error_set(error, -errno, "a program cannot be started: %s", strerror(errno));
    program->child = child;
    program->since_us = clock_mono_us();
    result = sd_event_add_child(keeper->event, &program->source, child, WEXITED, on_child, program);
    return result < 0 ? error_set(error, result, "a program cannot be watched: %s", strerror(-result)) : 0;
}

static void stop_program(struct program *program, int64_t now_us)
{
    if (!program->child)
        return;
    if (!program->stopping_us) {
        program->stopping_us = now_us;
        kill(program->child, SIGTERM);
    } else if (now_us - program->stopping_us >= STOP_US) {
        kill(program->child, SIGKILL);
    }
}

static struct program *find_program(struct keeper *keeper, const struct tenant *tenant, enum part part)
{
    for (size_t i = 0; i < keeper->count; i++)
        if (keeper->programs[i]->part == part && strcmp(keeper->programs[i]->tenant, tenant->name) == 0)
            return keeper->programs[i];
    struct program **grown = reallocarray(keeper->programs, keeper->count + 1, sizeof(struct program *));
    struct program *program = grown ? calloc(1, sizeof(*program)) : NULL;
    if (grown)
        keeper->programs = grown;
    if (!program)
        return NULL;
    *program = (struct program){.keeper = keeper, .part = part};
    text_copy(program->tenant, sizeof(program->tenant), tenant->name);
    keeper->programs[keeper->count++] = program;
    return program;
}

/* ---------------------------------------------------------------- all of them */

static int want(struct keeper *keeper, const struct tenant *tenant, int64_t now_us, struct error *error)
{
    int result = 0;
    for (int part = 0; part < PARTS && !result; part++) {
        struct program *program = find_program(keeper, tenant, (enum part)part);
        if (!program)
            return error_set(error, -ENOMEM, "out of memory");
        program->wanted = true;
        if (!program->child && now_us >= program->next_us)
            result = start_program(program, tenant, error);
    }
    return result;
}

/* The programs are as the register says. */
static int follow_register(struct keeper *keeper, struct tenants *tenants, struct error *error)
{
    int64_t now_us = clock_mono_us();
    int result = tenants_all(keeper->cloud, tenants, error);
    if (result)
        return result; /* they go on as they are */
    for (size_t i = 0; i < keeper->count; i++)
        keeper->programs[i]->wanted = false;
    for (size_t i = 0; i < tenants->count && !result; i++)
        if (strcmp(tenants->at[i].state, "active") == 0)
            result = want(keeper, &tenants->at[i], now_us, error);
    for (size_t i = 0; i < keeper->count && !result; i++)
        if (!keeper->programs[i]->wanted)
            stop_program(keeper->programs[i], now_us);
    return result;
}

/* One tenant at a time. */
static void gather_next(struct keeper *keeper, const struct tenants *tenants)
{
    struct error error = {0};
    int64_t now_us = clock_mono_us(), rows;
    if (now_us < keeper->gather_us || tenants->count == 0)
        return;
    const struct tenant *tenant = &tenants->at[keeper->gathered++ % tenants->count];
    keeper->gather_us = now_us + keeper->settings->gather_s * INT64_C(1000000) / (int64_t)tenants->count;
    if (strcmp(tenant->state, "active") == 0 && metering_gather(keeper->cloud, tenant, &rows, &error) != 0)
        log_warning("what tenant %s has used cannot be read: %s", tenant->name, error.text);
}

static bool all_ended(const struct keeper *keeper)
{
    for (size_t i = 0; i < keeper->count; i++)
        if (keeper->programs[i]->child)
            return false;
    return true;
}

static void end(struct keeper *keeper)
{
    for (size_t i = 0; i < keeper->count; i++)
        stop_program(keeper->programs[i], clock_mono_us());
    if (all_ended(keeper))
        sd_event_exit(keeper->event, 0);
}

static int on_keeper_tick(sd_event_source *source, uint64_t time_us, void *user)
{
    struct keeper *keeper = user;
    struct error error = {0};
    CLEANUP(tenants_free) struct tenants tenants = {0};
    keeper->cloud->office.now_us = clock_wall_us();
    if (keeper->ending) {
        end(keeper);
    } else {
        int result = follow_register(keeper, &tenants, &error);
        if (result && !keeper->failing)
            log_error("%s", error.text);
        keeper->failing = result != 0;
        if (!result)
            gather_next(keeper, &tenants);
    }
    sd_event_source_set_time(source, time_us + (keeper->ending ? TICK_US / 20 : TICK_US));
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *user)
{
    (void)source, (void)info;
    struct keeper *keeper = user;
    sd_notify(0, "STOPPING=1");
    keeper->ending = true;
    sd_event_source_set_time_relative(keeper->tick, 0);
    return 0;
}

static void close_keeper(struct keeper *keeper)
{
    for (size_t i = 0; i < keeper->count; i++) {
        if (keeper->programs[i]->child)
            kill(keeper->programs[i]->child, SIGTERM);
        sd_event_source_unref(keeper->programs[i]->source);
        free(keeper->programs[i]);
    }
    free(keeper->programs);
    sd_event_source_unref(keeper->tick);
    sd_event_unref(keeper->event);
}

int keeper_run(struct cloud *cloud, const struct keeper_settings *settings, struct error *error)
{
    static const int signals[] = {SIGINT, SIGTERM};
    CLEANUP(close_keeper) struct keeper keeper = {.cloud = cloud, .settings = settings};
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_BLOCK, &held, NULL);
    int result = sd_event_new(&keeper.event);
    for (size_t i = 0; i < COUNT(signals) && result >= 0; i++)
        result = sd_event_add_signal(keeper.event, NULL, signals[i], on_signal, &keeper);
    if (result >= 0)
        result = sd_event_add_time_relative(keeper.event, &keeper.tick, CLOCK_MONOTONIC, 0, TICK_US / 10,
                                            on_keeper_tick, &keeper);
    if (result >= 0)
        result = sd_event_set_watchdog(keeper.event, true);
    if (result < 0)
        return error_set(error, result, "cannot prepare the event loop: %s", strerror(-result));
    sd_notify(0, "READY=1");
    log_info("the cloud at %s is kept", sql_name(cloud->office.sql));
    result = sd_event_loop(keeper.event);
    return result < 0 ? error_set(error, result, "the event loop failed: %s", strerror(-result)) : 0;
}
