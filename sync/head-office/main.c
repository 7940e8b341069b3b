/* floorhand-hq: head office. Finds the command, reads its options, opens the database, runs it. */
#include "base/clock.h"
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/phrases.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct command *const books[] = {commands, cloud_commands};

static void print_commands(FILE *out)
{
    fputs(
        "Usage: floorhand-hq COMMAND [ARGUMENT...] [--OPTION VALUE...]\n\n"
        "Head office: orders, master data, and the way to the sites. Data is printed as JSON, one object per line.\n\n",
        out);
    for (size_t book = 0; book < COUNT(books); book++)
        for (const struct command *command = books[book]; command->name; command++)
            fprintf(out, "  %-19s %s\n", command->name, command->help);
    fputs("\n\"floorhand-hq COMMAND --help\" tells more.\n", out);
}

static void print_command(const struct command *command)
{
    printf("Usage: floorhand-hq %s%s%s [--OPTION VALUE...]\n\n%s.\n\n", command->name, *command->arguments ? " " : "",
           command->arguments, command->help);
    option_print_help(command->options, stdout);
}

/* Takes the one or two words of the name off the arguments. */
static const struct command *find_command(const struct command *book, char ***arguments)
{
    for (const struct command *command = book; command->name; command++) {
        const char *blank = strchr(command->name, ' ');
        size_t first = blank ? (size_t)(blank - command->name) : strlen(command->name);
        char **at = *arguments;
        if (strlen(at[0]) != first || strncmp(at[0], command->name, first) != 0)
            continue;
        if (blank && (!at[1] || strcmp(at[1], blank + 1) != 0))
            continue;
        *arguments += blank ? 2 : 1;
        return command;
    }
    return NULL;
}

static bool is_flag(const struct command *command, const char *name)
{
    for (const struct option_def *option = command->options; option->name; option++)
        if (strcmp(option->name, name) == 0)
            return option->type == OPTION_FLAG;
    return false;
}

/* "--name value", "--name=value", and "--name" alone for a flag. */
static int take_option(struct call *call, char ***arguments, struct error *error)
{
    char name[64];
    const char *text = **arguments + 2, *equals = strchr(text, '=');
    snprintf(name, sizeof(name), "%.*s", equals ? (int)(equals - text) : (int)strlen(text), text);
    const char *value = equals ? equals + 1 : is_flag(call->command, name) ? "yes" : *++*arguments;
    if (!value)
        return error_set(error, COMMAND_USAGE, "--%s needs a value", name);
    ++*arguments;
    return option_set(call->command->options, &call->options, name, value, error) ? COMMAND_USAGE : 0;
}

/* expected: how many there must be beside options, or COMMAND_SOME. */
static int take_arguments(struct call *call, char **arguments, size_t expected, struct error *error)
{
    size_t count = 0;
    for (bool plain = false; *arguments;) {
        int result = 0;
        if (!plain && strcmp(*arguments, "--") == 0) { /* what follows is no option of this command */
            plain = true;
            arguments++;
        } else if (!plain && strncmp(*arguments, "--", 2) == 0)
            result = take_option(call, &arguments, error);
        else if (count < expected)
            call->arguments[count++] = *arguments++;
        else
            result = error_set(error, COMMAND_USAGE, "\"%s\" is one argument too many", *arguments);
        if (result)
            return result;
    }
    if (count < (expected == COMMAND_SOME ? 1 : expected))
        return error_set(error, COMMAND_USAGE, "an argument is missing: %s", call->command->arguments);
    return 0;
}

/* Who started it answers for it: without him nobody is told. */
static void die_with_starter(void)
{
    pid_t starter = getppid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != starter)
        raise(SIGTERM);
}

/* What went wrong, with its number: {"fault", "sentence"}. */
static void print_fault(int result, const struct error *error)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "fault", result);
    json_text(&json, "sentence", error->text);
    json_close_object(&json);
    command_print(&json);
    fflush(stdout);
}

/* To a person, in the language of the terminal. */
static void say(const struct error *error)
{
    CLEANUP_BUF struct buf chinese = {0};
    if (phrase_terminal_is_chinese())
        phrase_chinese(head_office_phrases, error->text, &chinese);
    fprintf(stderr, "floorhand-hq: %s\n", chinese.length ? buf_text(&chinese) : error->text);
}

static int run(struct call *call, struct error *error)
{
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    bool opens = !call->of_cloud && call->command->run != command_restore;
    int result =
        opens ? office_open(call->options.database, call->options.receiver_key, &random_system, &sql, error) : 0;
    if (result)
        return result;
    call->office = (struct office){.sql = sql, .random = random_system, .now_us = clock_wall_us()};
    result = call->command->run(call, error);
    if (!result && (fflush(stdout) != 0 || ferror(stdout)))
        return error_set(error, -EIO, "standard output cannot be written");
    return result;
}

/* Options may stand before the command, too. Returns where the command is. */
static char **skip_options(char **arguments)
{
    while (*arguments && strncmp(*arguments, "--", 2) == 0 && strcmp(*arguments, "--help") != 0) {
        bool alone = strchr(*arguments, '=') != NULL;
        arguments += alone || !arguments[1] ? 1 : 2;
    }
    return arguments;
}

static bool asks_for_help(char *const *arguments)
{
    for (; *arguments && strcmp(*arguments, "--") != 0; arguments++)
        if (strcmp(*arguments, "--help") == 0)
            return true;
    return false;
}

int main(int count, char **arguments)
{
    signal(SIGPIPE, SIG_IGN);
    umask(0077); /* what head office signs with is in its database */
    char **leading = arguments + (count > 0), **name = skip_options(leading), **rest = name;
    if (!*name || strcmp(*name, "--help") == 0 || strcmp(*name, "help") == 0) {
        print_commands(*name ? stdout : stderr);
        return *name ? 0 : 2;
    }
    struct call call = {.command = find_command(commands, &rest)};
    if (!call.command) {
        call.command = find_command(cloud_commands, &rest);
        call.of_cloud = true;
    }
    if (!call.command) {
        fprintf(stderr, "floorhand-hq: there is no command \"%s\": \"floorhand-hq --help\" lists them\n", *name);
        return 2;
    }
    if (asks_for_help(rest)) {
        print_command(call.command);
        return 0;
    }
    *name = NULL; /* ends what stands before the command */
    option_defaults(call.command->options, &call.options);
    struct error error = {0};
    int result = take_arguments(&call, leading, 0, &error);
    if (!result)
        result = take_arguments(&call, rest, call.command->argument_count, &error);
    if (call.options.for_program)
        die_with_starter();
    if (!result)
        result = run(&call, &error);
    if (result && call.options.for_program)
        print_fault(result, &error);
    if (!result)
        return 0;
    say(&error);
    return result == COMMAND_USAGE ? 2 : 1;
}
