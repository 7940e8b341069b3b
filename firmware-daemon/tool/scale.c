#include "drivers/scale/scale.h"
#include "tool/commands.h"
#include "tool/hex_input.h"

#include <stdio.h>
#include <string.h>

const struct option_def scale_decode_options[] = {
    {"protocol", OPTION_CHOICE_AT(struct tool_options, protocol), NULL, 0, 0,
     "hid|mt-sics|toledo-8217|toledo-continuous|a-and-d|cas", "what it speaks; must be given"},
    {"unit", OPTION_CHOICE_AT(struct tool_options, unit), NULL, 0, 0, "kg|g|lb|oz",
     "what it shows, for a protocol that sends no unit (toledo-8217, the 10 bytes of cas)"},
    {.name = NULL},
};

struct decode {
    struct buf line;
    size_t readings;
};

static void on_reading(void *user, const struct scale_reading *reading)
{
    struct decode *decode = user;
    decode->readings++;
    scale_reading_json(reading, &decode->line);
    puts(buf_text(&decode->line));
    buf_clear(&decode->line);
}

static int decode_input(const struct tool_options *options, struct decode *decode, struct error *error)
{
    CLEANUP_HEX_INPUT struct hex_input input = {0};
    CLEANUP(scale_free_p) struct scale *scale = NULL;
    struct scale_settings settings = {0};
    const struct scale_sink sink = {.reading = on_reading, .user = decode};
    memcpy(settings.unit, options->unit, sizeof(settings.unit));
    int r = hex_input_read(stdin, &input, error);
    if (r == 0)
        r = scale_new(options->protocol, &settings, &sink, &scale, error);
    const uint8_t *bytes;
    size_t length;
    while (r == 0 && hex_input_line(&input, &bytes, &length))
        scale_feed(scale, bytes, length);
    /* Without checksum a message is known to be whole when the next one begins (STX): the last of the input is, too. */
    if (r == 0 && strcmp(options->protocol, "toledo-continuous") == 0)
        scale_feed(scale, "\002", 1);
    return r;
}

enum exit_code command_scale_decode(struct command_call *call)
{
    if (!*call->options.protocol)
        return command_fail(EXIT_USAGE, "--protocol must say what the scale speaks; see floorhand scale decode --help");
    struct decode decode = {0};
    struct error error;
    int r = decode_input(&call->options, &decode, &error);
    buf_done(&decode.line);
    if (r < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    if (decode.readings == 0)
        return command_fail(EXIT_FAILED, "the input holds no whole reading of %s", call->options.protocol);
    return EXIT_GOOD;
}
