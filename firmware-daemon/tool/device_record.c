#include "base/buf.h"
#include "base/text.h"
#include "tool/commands.h"
#include "tool/device_line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* `floorhand device record`: what a device says, as a capture that tests/replay plays back. Knows that format and no
 * driver: every read is kept as it came. */

const struct option_def device_record_options[] = {
    {"out", OPTION_TEXT_AT(struct tool_options, out), NULL, 0, 0, NULL,
     "the file to write, NAME.capture; it must not exist; must be given"},
    DEVICE_LINE_OPTIONS,
    {.name = NULL},
};

#define DESCRIPTOR_LINE 64   /* bytes of a descriptor on one line */
#define PAUSE_US        2000 /* what a replay lets pass between two reads by itself */

struct recording {
    const struct tool_options *options;
    FILE *file;
    int64_t last_us; /* of the last read; 0: none yet */
    int64_t reads;
};

static void write_hex(FILE *file, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        fprintf(file, "%02x", bytes[i]);
    fputc('\n', file);
}

static void write_descriptor(FILE *file, const struct transport_about *about)
{
    for (size_t at = 0; at < about->descriptor_length; at += DESCRIPTOR_LINE) {
        size_t left = about->descriptor_length - at;
        fputs("# descriptor=", file);
        write_hex(file, about->descriptor + at, left < DESCRIPTOR_LINE ? left : DESCRIPTOR_LINE);
    }
}

static int opened(void *user, enum device_kind kind, const char *driver, const struct transport_about *about,
                  struct error *error)
{
    (void)error;
    struct recording *recording = user;
    const struct tool_options *options = recording->options;
    fprintf(recording->file, "# %s=%s\n", kind == DEVICE_SCANNER ? "driver" : "protocol", driver);
    if (strcmp(driver, "hid-keyboard") == 0)
        fprintf(recording->file, "# layout=%s\n", options->layout);
    if (strcmp(driver, "serial") == 0)
        fprintf(recording->file, "# suffix=%s\n", options->suffix);
    if (kind == DEVICE_SCALE && *options->unit)
        fprintf(recording->file, "# unit=%s\n", options->unit);
    write_descriptor(recording->file, about);
    fprintf(stderr, "recording (%s); Ctrl-C ends\n", driver);
    return 0;
}

static void said(void *user, const void *bytes, size_t length, int64_t now_us)
{
    struct recording *recording = user;
    int64_t pause_ms = recording->last_us ? (now_us - recording->last_us - PAUSE_US) / 1000 : 0;
    if (pause_ms > 0)
        fprintf(recording->file, "# wait=%lld\n", (long long)(pause_ms < 60000 ? pause_ms : 60000));
    write_hex(recording->file, bytes, length);
    recording->last_us = now_us;
    recording->reads++;
}

static int64_t deadline(void *user)
{
    (void)user;
    return INT64_MAX;
}

static void passed(void *user, int64_t now_us)
{
    (void)user;
    (void)now_us;
}

static void gone(void *user, int64_t now_us)
{
    (void)now_us;
    const struct recording *recording = user;
    fputs("# unplug\n", recording->file);
}

enum exit_code command_device_record(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    if (!*options->out)
        return command_fail(EXIT_USAGE, "--out must name the file to write; see floorhand device record --help");
    struct recording recording = {.options = options, .file = fopen(options->out, "wex")};
    if (!recording.file)
        return command_fail(EXIT_FAILED, "%s cannot be written: %s", options->out, strerror(errno));
    enum exit_code code = device_line_run(
        call->words[0], options,
        &(struct device_line_user){
            .opened = opened, .said = said, .deadline = deadline, .passed = passed, .gone = gone, .user = &recording});
    bool whole = !ferror(recording.file);
    if (fclose(recording.file) != 0 || !whole)
        return command_fail(EXIT_FAILED, "%s could not be written whole: is the disk full?", options->out);
    fprintf(stderr, "%lld reads in %s\n", (long long)recording.reads, options->out);
    return code;
}
