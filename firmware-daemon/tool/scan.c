#include "barcode/barcode.h"
#include "base/json.h"
#include "drivers/scanner/scanner.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/descriptor_file.h"
#include "tool/hex_reports.h"
#include "tool/scan_report.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

const struct option_def scan_parse_options[] = {
    {"in-store", OPTION_TEXT_AT(struct tool_options, in_store), "", 0, 0, NULL,
     "the format of in-store numbers, as 20IIIIIWWWWWC: I item, W grams, P price, Q pieces, V verifier, C check digit"},
    {.name = NULL},
};

enum exit_code command_scan_parse(struct command_call *call)
{
    CLEANUP_BUF struct buf out = {0};
    const char *in_store = call->options.in_store;
    const char *fault = *in_store ? barcode_in_store_format_fault(in_store) : NULL;
    if (fault)
        return command_fail(EXIT_USAGE, "--in-store %s %s; see floorhand scan parse --help", in_store, fault);
    int r = scan_report_meaning(call->words[0], strlen(call->words[0]), in_store, &out);
    puts(buf_text(&out));
    return r == 0 ? EXIT_GOOD : EXIT_FAILED;
}

/* ------------------------------------------------------------------------------------------------ scan decode */

const struct option_def scan_decode_options[] = {
    {"device", OPTION_CHOICE_AT(struct tool_options, device), NULL, 0, 0, "hid-keyboard|hid-pos|serial|ssi",
     "what sent it; must be given"},
    {"layout", OPTION_CHOICE_AT(struct tool_options, layout), "us", 0, 0, "us|uk|de|fr",
     "the keyboard layout that the scanner types for (hid-keyboard)"},
    {"suffix", OPTION_CHOICE_AT(struct tool_options, suffix), "any", 0, 0, "any|cr|lf|crlf",
     "what ends a scan (serial)"},
    {"descriptor", OPTION_TEXT_AT(struct tool_options, descriptor), "", 0, 0, NULL,
     "a file with the device's report descriptor, as bytes or in hex (hid-pos, hid-keyboard)"},
    {"answer", OPTION_CHOICE_AT(struct tool_options, answer), "none", 0, 0, "none|ack-nak|honeywell",
     "what the scanner waits for after each scan (serial)"},
    {.name = NULL},
};

struct decode {
    struct scanner *scanner;
    struct buf line;
};

static void print_line(struct decode *decode)
{
    puts(buf_text(&decode->line));
    buf_clear(&decode->line);
}

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct decode *decode = user;
    scan_report_scan(text, length, flags, &decode->line);
    print_line(decode);
}

static void on_aborted(void *user, size_t length)
{
    struct decode *decode = user;
    scan_report_aborted(length, &decode->line);
    print_line(decode);
}

/* No time passes between the bytes of a file: only terminators and the end of the input end a scan. */
static void feed(struct decode *decode, const void *bytes, size_t length)
{
    scanner_feed(decode->scanner, bytes, length, 0);
}

static void on_report(void *user, const uint8_t *report, size_t length)
{
    feed(user, report, length);
}

/* A serial scanner's bytes come as they were. So may SSI's, or in hex: its packets hold bytes that are no text. */
static bool is_in_hex(const char *device, const char *block, size_t length)
{
    if (strcmp(device, "serial") == 0)
        return false;
    if (strcmp(device, "ssi") != 0)
        return true;
    for (size_t i = 0; i < length; i++)
        if (!isxdigit((unsigned char)block[i]) && !isspace((unsigned char)block[i]))
            return false;
    return true;
}

static int decode_input(struct decode *decode, const struct tool_options *options, struct error *error)
{
    bool is_hex = true, begun = false;
    bool is_boot = strcmp(options->device, "hid-keyboard") == 0 && !*options->descriptor;
    struct hex_reports reports = {.on_report = on_report, .user = decode, .size = is_boot ? HEX_REPORT_SIZE : 0};
    char block[16384];
    size_t length;
    int r = 0;
    while (r == 0 && (length = fread(block, 1, sizeof(block), stdin)) > 0) {
        is_hex = begun ? is_hex : is_in_hex(options->device, block, length);
        begun = true;
        if (is_hex)
            r = hex_reports_feed(&reports, block, length, error);
        else
            feed(decode, block, length);
    }
    if (r == 0 && ferror(stdin))
        r = error_set(error, -EIO, "the standard input could not be read");
    if (r == 0 && is_hex)
        r = hex_reports_end(&reports, error);
    return r;
}

static int new_decoder(const struct tool_options *options, struct decode *decode, struct error *error)
{
    struct descriptor_file descriptor;
    struct scanner_settings settings = {0};
    const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted, .user = decode};
    memcpy(settings.layout, options->layout, sizeof(settings.layout));
    memcpy(settings.suffix, options->suffix, sizeof(settings.suffix));
    memcpy(settings.answer, options->answer, sizeof(settings.answer));
    if (*options->descriptor) {
        int r = descriptor_file_load(options->descriptor, &descriptor, error);
        if (r < 0)
            return r;
        settings.descriptor = descriptor.bytes;
        settings.descriptor_length = descriptor.length;
    }
    return scanner_new(options->device, &settings, &sink, &decode->scanner, error);
}

enum exit_code command_scan_decode(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    if (!*options->device)
        return command_fail(EXIT_USAGE,
                            "--device must say what sent it: hid-keyboard, hid-pos, serial or ssi; see floorhand "
                            "scan decode --help");
    if (strcmp(options->device, "hid-pos") == 0 && !*options->descriptor)
        return command_fail(EXIT_USAGE, "hid-pos needs --descriptor with the device's report descriptor; see floorhand "
                                        "scan decode --help");
    struct decode decode = {0};
    struct error error;
    if (new_decoder(options, &decode, &error) < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    int r = decode_input(&decode, options, &error);
    scanner_reset(decode.scanner);
    scanner_free(decode.scanner);
    buf_done(&decode.line);
    return r == 0 ? EXIT_GOOD : command_fail(EXIT_FAILED, "%s", error.text);
}

/* -------------------------------------------------------------------------------------------------- scan send */

const struct option_def scan_send_options[] = {
    {"station", OPTION_TEXT_AT(struct tool_options, station), NULL, 0, 0, NULL, "the station's id; must be given"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

static bool was_refused(const struct buf *answer)
{
    json_t *root = json_loadb(buf_text(answer), answer->length, 0, NULL);
    bool refused = json_is_false(json_object_get(json_object_get(root, "result"), "good"));
    json_decref(root);
    return refused;
}

static enum exit_code send_scan(const struct tool_options *options, const char *text)
{
    CLEANUP_BUF struct buf body = {0};
    CLEANUP_BUF struct buf answer = {0};
    json_open_object(&body, NULL);
    json_text(&body, "text", text);
    json_close_object(&body);
    const char *const path[] = {"stations", options->station, "scan", NULL};
    enum exit_code code = daemon_post(options->url, path, "application/json", &body, &answer);
    return code == EXIT_GOOD && was_refused(&answer) ? EXIT_FAILED : code;
}

enum exit_code command_scan_send(struct command_call *call)
{
    if (!*call->options.station)
        return command_fail(EXIT_USAGE, "--station must name the station; see floorhand scan send --help");
    enum exit_code code = EXIT_GOOD;
    for (size_t i = 0; i < call->count && code == EXIT_GOOD; i++)
        code = send_scan(&call->options, call->words[i]);
    return code;
}
