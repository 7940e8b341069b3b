#include "base/json.h"
#include "base/text.h"
#include "drivers/hotplug.h"
#include "drivers/printer/talk.h"
#include "drivers/scale/scale.h"
#include "drivers/scanner/scanner.h"
#include "tool/commands.h"
#include "tool/device_line.h"
#include "tool/device_look.h"
#include "tool/scan_report.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `floorhand device watch`: without an id what comes and goes, with one what that device says. */

const struct option_def device_watch_options[] = {DEVICE_LINE_OPTIONS, {.name = NULL}};

static void print_line(struct buf *line)
{
    puts(buf_text(line));
    fflush(stdout); /* somebody looks */
    buf_clear(line);
}

/* ---------------------------------------------------------------- what it says */

struct watch {
    const struct tool_options *options;
    struct buf line;
    struct scanner *scanner; /* one of these three */
    struct scale *scale;
    bool is_printer;
    struct printer_talk talk;
};

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct watch *watch = user;
    scan_report_scan(text, length, flags, &watch->line);
    print_line(&watch->line);
}

static void on_aborted(void *user, size_t length)
{
    struct watch *watch = user;
    scan_report_aborted(length, &watch->line);
    print_line(&watch->line);
}

static void on_reading(void *user, const struct scale_reading *reading)
{
    struct watch *watch = user;
    scale_reading_json(reading, &watch->line);
    print_line(&watch->line);
}

static int opened(void *user, enum device_kind kind, const char *driver, const struct transport_about *about,
                  struct error *error)
{
    struct watch *watch = user;
    const struct scan_sink scans = {.scan = on_scan, .aborted = on_aborted, .user = watch};
    struct scanner_settings scanner = {.descriptor = about->descriptor, .descriptor_length = about->descriptor_length};
    struct scale_settings scale = {.descriptor = about->descriptor, .descriptor_length = about->descriptor_length};
    text_copy(scanner.layout, sizeof(scanner.layout), watch->options->layout);
    text_copy(scanner.suffix, sizeof(scanner.suffix), watch->options->suffix);
    text_copy(scale.unit, sizeof(scale.unit), watch->options->unit);
    fprintf(stderr, "watching (%s); Ctrl-C ends\n", driver);
    switch (kind) {
    case DEVICE_SCANNER:
        return scanner_new(driver, &scanner, &scans, &watch->scanner, error);
    case DEVICE_SCALE:
        return scale_new(driver, &scale, &(struct scale_sink){on_reading, watch}, &watch->scale, error);
    case DEVICE_PRINTER:
        break;
    }
    printer_talk_begin(&watch->talk, printer_language_named(driver), 0);
    watch->is_printer = true;
    return 0;
}

static void said(void *user, const void *bytes, size_t length, int64_t now_us)
{
    struct watch *watch = user;
    size_t question;
    if (watch->scanner)
        scanner_feed(watch->scanner, bytes, length, now_us);
    if (watch->scale)
        scale_feed(watch->scale, bytes, length);
    if (!watch->is_printer)
        return;
    printer_talk_want(&watch->talk, now_us); /* the question has been sent already */
    printer_talk_question(&watch->talk, now_us, &question);
    if (printer_talk_feed(&watch->talk, bytes, length, now_us)) {
        printer_status_json(&watch->talk.status, NULL, &watch->line);
        print_line(&watch->line);
    }
}

static int64_t deadline(void *user)
{
    const struct watch *watch = user;
    return watch->scanner ? scanner_deadline(watch->scanner) : INT64_MAX;
}

static void passed(void *user, int64_t now_us)
{
    struct watch *watch = user;
    if (watch->scanner)
        scanner_tick(watch->scanner, now_us);
}

static void gone(void *user, int64_t now_us)
{
    (void)now_us;
    struct watch *watch = user;
    if (watch->scanner)
        scanner_reset(watch->scanner);
}

static enum exit_code watch_device(const char *id, const struct tool_options *options)
{
    struct watch watch = {.options = options};
    enum exit_code code = device_line_run(
        id, options,
        &(struct device_line_user){
            .opened = opened, .said = said, .deadline = deadline, .passed = passed, .gone = gone, .user = &watch});
    scanner_free(watch.scanner);
    scale_free(watch.scale);
    buf_done(&watch.line);
    return code;
}

/* ---------------------------------------------------------------- what comes and goes */

static void print_change(const struct device_look *look, size_t index, const char *event)
{
    CLEANUP_BUF struct buf line = {0};
    const struct plugged *plugged = &look->plugged[index];
    char what[256];
    if (!device_is_of_interest(look, index))
        return;
    device_what(plugged, look->facts[index].model, what, sizeof(what));
    json_open_object(&line, NULL);
    json_text(&line, "event", event);
    json_text(&line, "id", plugged->id);
    json_text(&line, "what", what);
    json_text(&line, "port", *plugged->port ? plugged->port : NULL);
    json_text(&line, "tty", *plugged->tty ? plugged->tty : NULL);
    json_close_object(&line);
    print_line(&line);
}

static bool holds(const struct device_look *look, const struct plugged *plugged)
{
    for (size_t i = 0; look && i < look->count; i++)
        if (strcmp(look->plugged[i].id, plugged->id) == 0 && strcmp(look->plugged[i].port, plugged->port) == 0 &&
            strcmp(look->plugged[i].tty, plugged->tty) == 0)
            return true;
    return false;
}

static void print_changes(const struct device_look *before, const struct device_look *now)
{
    for (size_t i = 0; before && i < before->count; i++)
        if (!holds(now, &before->plugged[i]))
            print_change(before, i, "gone");
    for (size_t i = 0; i < now->count; i++)
        if (!holds(before, &now->plugged[i]))
            print_change(now, i, before ? "came" : "there");
}

static enum exit_code watch_all(int64_t seconds)
{
    CLEANUP(device_look_free_p) struct device_look *look = NULL;
    struct hotplug *hotplug CLEANUP(hotplug_close_p) = NULL;
    struct error error;
    if (hotplug_open(&hotplug, &error) < 0 || device_look_new(&look, &error) < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    print_changes(NULL, look);
    int signals CLEANUP(cleanup_close) = device_line_signals();
    const int step_ms = 100; /* the kernel and udev need a moment with what came */
    for (int64_t left_ms = seconds > 0 ? seconds * 1000 : INT64_MAX; left_ms > 0; left_ms -= step_ms) {
        struct pollfd pollers[] = {{.fd = signals, .events = POLLIN}};
        if (poll(pollers, COUNT(pollers), step_ms) > 0)
            break;
        if (!hotplug_changed(hotplug))
            continue;
        struct device_look *now = NULL;
        if (device_look_new(&now, &error) < 0)
            return command_fail(EXIT_FAILED, "%s", error.text);
        print_changes(look, now);
        device_look_free(look);
        look = now;
    }
    return EXIT_GOOD;
}

enum exit_code command_device_watch(struct command_call *call)
{
    return call->count == 0 ? watch_all(call->options.seconds) : watch_device(call->words[0], &call->options);
}
