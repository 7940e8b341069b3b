#include "drivers/printer/printer_status.h"
#include "tool/commands.h"
#include "tool/hex_input.h"

#include <stdio.h>
#include <string.h>

#define LANGUAGES "zpl, hqes, sgd, tspl, epl, cpcl, escpos, ieee1284 or port-status"

const struct option_def printer_decode_options[] = {
    {"language", OPTION_TEXT_AT(struct tool_options, language), NULL, 0, 0, NULL,
     "what was answered: " LANGUAGES "; must be given"},
    {.name = NULL},
};

static enum exit_code decode_identity(const struct buf *bytes, struct buf *json)
{
    struct printer_identity identity;
    if (printer_identity_parse(bytes->data, bytes->length, &identity) < 0)
        return command_fail(EXIT_FAILED, "this is no device id: it holds no KEY:VALUE;");
    printer_identity_json(&identity, NULL, json);
    return EXIT_GOOD;
}

static enum exit_code decode(const char *language, const struct buf *bytes, struct buf *json)
{
    struct printer_status status;
    if (strcmp(language, "ieee1284") == 0)
        return decode_identity(bytes, json);
    if (printer_status_decode(language, bytes->data, bytes->length, &status) < 0)
        return command_fail(EXIT_FAILED, "--language is " LANGUAGES ", not \"%s\"", language);
    printer_status_json(&status, NULL, json);
    return EXIT_GOOD;
}

enum exit_code command_printer_decode(struct command_call *call)
{
    CLEANUP_HEX_INPUT struct hex_input input = {0};
    CLEANUP_BUF struct buf json = {0};
    struct error error;
    if (!*call->options.language)
        return command_fail(EXIT_USAGE, "--language must say what was answered: " LANGUAGES);
    if (hex_input_read(stdin, &input, &error) < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    enum exit_code code = decode(call->options.language, &input.bytes, &json);
    if (code == EXIT_GOOD)
        puts(buf_text(&json));
    return code;
}
