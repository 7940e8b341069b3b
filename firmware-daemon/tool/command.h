/* The tool's commands as one table: finds the command, reads its options, prints help. Knows no command itself. */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include "base/option.h"

#include <stdbool.h>
#include <stddef.h>

enum exit_code { EXIT_GOOD = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Every option of every command; a command's own table names those it takes. */
struct tool_options {
    char url[256];
    char database[256];
    char station[128];
    char device[16];
    char layout[8];
    char suffix[8];
    char role[12];
    bool json, markdown, sample, grouped, tell;
    char language[16];
    char protocol[24];
    char unit[4];
    char descriptor[256];
    char answer[12];
    char in_store[16];
    char driver[24];
    char parity[8];
    char out[256], config[256], link_config[256], log[256];
    char data[256], to[8], templates[256], lacks[96], key[64];
    char kind[12], with[256], columns[256], since[24];
    char shop[256], order[65], cursor[128];
    int64_t baud, seconds, dpi, copies, limit, days, horizon, season, percent, minutes;
};

struct command_call {
    struct tool_options options;
    char **words; /* what follows the command's name */
    size_t count;
};

struct command {
    const char *name;  /* "scan parse" */
    const char *usage; /* "TEXT" */
    const char *help;  /* the first line also stands in the list of commands */
    size_t words_min, words_max;
    const struct option_def *options;                 /* NULL: none */
    enum exit_code (*run)(struct command_call *call); /* has said why when it did not go well */
};

#define COMMAND_WORDS_MAX 256

/* The table ends with a name of NULL. */
int command_run(const struct command *commands, int argc, char **argv); /* the exit code of the program */

/* One sentence on standard error, with the tool's name in front; returns the code. */
enum exit_code command_fail(enum exit_code code, const char *format, ...) __attribute__((format(printf, 2, 3)));

extern const struct option_def daemon_options[]; /* --url, for commands with no other option */

#endif
