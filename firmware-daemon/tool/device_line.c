#include "tool/device_line.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/model.h"
#include "drivers/printer/talk.h"
#include "drivers/scale/scale.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#define ASK_US 400000 /* between two questions */

struct line {
    const struct device_line_user *user;
    enum device_kind kind;
    const char *driver; /* "auto": by what is opened */
    struct transport *transport;
    const char *question; /* NULL: it speaks by itself */
    size_t question_length;
    bool ready;
    int64_t ask_us, end_us;
};

/* ---------------------------------------------------------------- how it speaks */

static const struct {
    const char *driver;
    enum device_kind kind;
    enum transport_role role;
} drivers[] = {
    {"hid-keyboard", DEVICE_SCANNER, TRANSPORT_KEYBOARD},
    {"hid-pos", DEVICE_SCANNER, TRANSPORT_HID},
    {"serial", DEVICE_SCANNER, TRANSPORT_SERIAL},
    {"ssi", DEVICE_SCANNER, TRANSPORT_SERIAL},
    {"zpl", DEVICE_PRINTER, TRANSPORT_PRINTER},
    {"tspl", DEVICE_PRINTER, TRANSPORT_PRINTER},
    {"epl", DEVICE_PRINTER, TRANSPORT_PRINTER},
    {"cpcl", DEVICE_PRINTER, TRANSPORT_PRINTER},
    {"escpos", DEVICE_PRINTER, TRANSPORT_PRINTER},
    {"hid", DEVICE_SCALE, TRANSPORT_HID},
    {"mt-sics", DEVICE_SCALE, TRANSPORT_SERIAL},
    {"toledo-8217", DEVICE_SCALE, TRANSPORT_SERIAL},
    {"toledo-continuous", DEVICE_SCALE, TRANSPORT_SERIAL},
    {"a-and-d", DEVICE_SCALE, TRANSPORT_SERIAL},
    {"cas", DEVICE_SCALE, TRANSPORT_SERIAL},
};

static int find_driver(const char *name)
{
    for (size_t i = 0; i < COUNT(drivers); i++)
        if (strcmp(drivers[i].driver, name) == 0)
            return (int)i;
    return -ENOENT;
}

/* "" when its model does not say. */
static void driver_of_model(const char *id, char *ret, size_t capacity)
{
    CLEANUP(cleanup_free) struct plugged *plugged = calloc(INVENTORY_MAX, sizeof(*plugged));
    struct model_set models = {0};
    size_t count = 0;
    *ret = '\0';
    if (!plugged || inventory_read(plugged, INVENTORY_MAX, &count, NULL) != 0 ||
        model_set_load(device_models, &models, NULL) != 0)
        return;
    const struct plugged *found = inventory_find(plugged, count, id);
    const struct model *model = found ? model_find(&models, found) : NULL;
    if (model)
        text_copy(ret, capacity, model_driver(model, found));
    model_set_done(&models);
}

static int choose_driver(const char *id, const struct tool_options *options, struct line *line,
                         struct transport_settings *settings)
{
    char known[24];
    text_copy(known, sizeof(known), options->driver);
    if (!*known)
        driver_of_model(id, known, sizeof(known));
    int at = find_driver(known);
    if (at < 0)
        return -ENOENT;
    line->driver = drivers[at].driver;
    line->kind = drivers[at].kind;
    settings->role = drivers[at].role;
    return 0;
}

/* ---------------------------------------------------------------- what it is asked */

static void find_question(struct line *line, int64_t now_us)
{
    if (line->kind == DEVICE_SCALE) {
        struct scale *scale CLEANUP(scale_free_p) = NULL;
        if (scale_new(line->driver, &(struct scale_settings){0}, &(struct scale_sink){0}, &scale, NULL) == 0)
            line->question = scale_question(scale, &line->question_length);
    } else if (line->kind == DEVICE_PRINTER) {
        struct printer_talk talk;
        printer_talk_begin(&talk, printer_language_named(line->driver), now_us);
        line->question = printer_talk_question(&talk, now_us, &line->question_length);
    }
}

static void ask(struct line *line, int64_t now_us)
{
    if (!line->ready || !line->question || now_us < line->ask_us)
        return;
    transport_write(line->transport, line->question, line->question_length);
    line->ask_us = now_us + ASK_US;
}

/* ---------------------------------------------------------------- the loop */

int device_line_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

static int become_ready(struct line *line, int64_t now_us, struct error *error)
{
    int r = transport_ready(line->transport);
    if (r < 0)
        return r;
    const struct transport_about about = transport_about(line->transport);
    line->ready = true;
    find_question(line, now_us);
    return line->user->opened(line->user->user, line->kind, line->driver, &about, error);
}

/* 0 while there may be more, -EAGAIN when that was all. */
static int read_once(struct line *line, int64_t now_us)
{
    char bytes[4096];
    ssize_t length = transport_read(line->transport, bytes, sizeof(bytes));
    if (length == -EAGAIN)
        return -EAGAIN;
    if (length <= 0) {
        line->user->gone(line->user->user, now_us);
        return -ENODEV;
    }
    line->user->said(line->user->user, bytes, (size_t)length, now_us);
    return 0;
}

static int wait_ms(const struct line *line, int64_t now_us)
{
    int64_t due = line->end_us, deadline = line->ready ? line->user->deadline(line->user->user) : INT64_MAX;
    if (deadline < due)
        due = deadline;
    if (line->ready && line->question && line->ask_us < due)
        due = line->ask_us;
    if (due == INT64_MAX)
        return -1;
    return due <= now_us ? 0 : (int)((due - now_us) / 1000 + 1);
}

/* -EAGAIN when it has said all that it has to say now. */
static int step(struct line *line, struct error *error)
{
    int64_t now_us = clock_mono_us();
    int r = line->ready ? 0 : become_ready(line, now_us, error);
    while (r == 0)
        r = read_once(line, now_us);
    if (r != -EAGAIN || !line->ready)
        return r;
    line->user->passed(line->user->user, now_us);
    ask(line, now_us);
    return -EAGAIN;
}

/* 0 when it ended as it should, -ENODEV when the device went. */
static int loop(struct line *line, int signals, struct error *error)
{
    int r;
    while ((r = step(line, error)) == -EAGAIN) {
        int64_t now_us = clock_mono_us();
        if (now_us >= line->end_us)
            return 0;
        struct pollfd pollers[] = {
            {.fd = transport_fd(line->transport), .events = transport_events(line->transport)},
            {.fd = signals, .events = POLLIN},
        };
        poll(pollers, COUNT(pollers), wait_ms(line, now_us));
        if (pollers[1].revents)
            return 0;
    }
    return r;
}

enum exit_code device_line_run(const char *id, const struct tool_options *options, const struct device_line_user *user)
{
    struct line line = {.user = user, .end_us = INT64_MAX};
    struct transport_settings settings = {.baud = options->baud};
    struct error error = {"it went away"};
    text_copy(settings.parity, sizeof(settings.parity), options->parity);
    if (!text_copy(settings.address, sizeof(settings.address), id))
        return command_fail(EXIT_USAGE, "an id has at most %zu bytes", sizeof(settings.address) - 1);
    if (choose_driver(id, options, &line, &settings) != 0)
        return command_fail(EXIT_USAGE, "how %s speaks is not known: say it with --driver", id);
    if (transport_open(&settings, &line.transport, &error) < 0)
        return command_fail(EXIT_FAILED, "%s If the daemon has it, stop it first: systemctl stop floorhandd.",
                            error.text);
    int signals CLEANUP(cleanup_close) = device_line_signals();
    if (options->seconds > 0)
        line.end_us = clock_mono_us() + options->seconds * 1000000;
    int r = loop(&line, signals, &error);
    transport_close(line.transport);
    return r == 0 ? EXIT_GOOD : command_fail(EXIT_FAILED, "%s: %s", id, error.text);
}
