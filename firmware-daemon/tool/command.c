#include "tool/command.h"

#include "base/cleanup.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define GIVEN_MAX 16 /* options in one call */

/* A command line taken apart, before it is known which command it is for. */
struct line {
    char *words[COMMAND_WORDS_MAX];
    size_t count;
    struct {
        const char *name, *value;
    } given[GIVEN_MAX];
    size_t given_count;
    bool help;
};

enum exit_code command_fail(enum exit_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("floorhand: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return code;
}

static enum exit_code usage_fault(const char *command, const struct error *why)
{
    return command_fail(EXIT_USAGE, "%s; see floorhand%s%s --help", why->text, *command ? " " : "", command);
}

/* A name means the same in every command: it is a flag in all of them or in none. */
static bool is_flag(const struct command *commands, const char *name)
{
    for (; commands->name; commands++)
        for (const struct option_def *option = commands->options; option && option->name; option++)
            if (option->type == OPTION_FLAG && strcmp(option->name, name) == 0)
                return true;
    return false;
}

/* Options take a value, as "--name value" or "--name=value"; a flag needs none. "--" ends them. -o is --out. */
static int take_apart(const struct command *commands, int argc, char **argv, struct line *ret, struct error *error)
{
    static char out[] = "--out";
    bool options = true;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (options && strcmp(word, "--") == 0) {
            options = false;
        } else if (options && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            ret->help = true;
        } else if (options && (strncmp(word, "--", 2) == 0 || strcmp(word, "-o") == 0)) {
            word = word[1] == 'o' ? out : word;
            char *equals = strchr(word, '=');
            bool flag = !equals && is_flag(commands, word + 2);
            if (ret->given_count == GIVEN_MAX)
                return error_set(error, -1, "more than %d options", GIVEN_MAX);
            if (!equals && !flag && i + 1 == argc)
                return error_set(error, -1, "%s needs a value", word);
            if (equals)
                *equals = '\0';
            ret->given[ret->given_count].name = word + 2;
            ret->given[ret->given_count++].value = equals ? equals + 1 : flag ? "yes" : argv[++i];
        } else if (ret->count == COMMAND_WORDS_MAX) {
            return error_set(error, -1, "more than %d words: send them in several calls", COMMAND_WORDS_MAX);
        } else {
            ret->words[ret->count++] = word;
        }
    }
    return 0;
}

/* How many of the words are the command's name; 0 when they are not. */
static size_t match_words(const char *name, char *const *words, size_t count)
{
    size_t matched = 0;
    for (const char *at = name; *at; matched++) {
        size_t length = strcspn(at, " ");
        if (matched == count || strlen(words[matched]) != length || strncmp(at, words[matched], length) != 0)
            return 0;
        at += length;
        at += *at == ' ';
    }
    return matched;
}

static const struct command *find(const struct command *commands, const struct line *line, size_t *ret_words)
{
    for (; commands->name; commands++) {
        *ret_words = match_words(commands->name, line->words, line->count);
        if (*ret_words > 0)
            return commands;
    }
    return NULL;
}

/* "scan" is the family of "scan parse". */
static bool is_family(const char *name, const char *family)
{
    size_t length = strlen(family);
    return strncmp(name, family, length) == 0 && (length == 0 || name[length] == ' ');
}

static bool print_list(const struct command *commands, const char *family)
{
    bool any = false;
    for (; commands->name; commands++) {
        if (!is_family(commands->name, family))
            continue;
        if (!any)
            puts("Usage: floorhand COMMAND [OPTIONS]; each command has its own --help.\n");
        any = true;
        printf("  %-14s %-28s %.*s\n", commands->name, commands->usage, (int)strcspn(commands->help, "\n"),
               commands->help);
    }
    return any;
}

static void print_help(const struct command *command)
{
    printf("Usage: floorhand %s%s%s%s\n\n%s\n", command->name, command->options ? " [OPTIONS]" : "",
           *command->usage ? " " : "", command->usage, command->help);
    if (!command->options)
        return;
    puts("\nOptions:");
    option_print_help(command->options, stdout);
}

static enum exit_code unknown_command(const struct command *commands, const struct line *line)
{
    const char *family = line->count > 0 ? line->words[0] : "";
    struct error why;
    if (line->help && line->count <= 1 && print_list(commands, family))
        return EXIT_GOOD;
    if (line->count == 0) {
        error_set(&why, -1, "no command was given");
        return usage_fault("", &why);
    }
    while (commands->name && !is_family(commands->name, family))
        commands++;
    error_set(&why, -1, "there is no command \"%s%s%s\"", family, line->count > 1 && commands->name ? " " : "",
              line->count > 1 && commands->name ? line->words[1] : "");
    return usage_fault(commands->name ? family : "", &why);
}

static enum exit_code run(const struct command *command, const struct line *line, struct command_call *call)
{
    static const struct option_def none[] = {{.name = NULL}};
    const struct option_def *options = command->options ? command->options : none;
    struct error why;
    option_defaults(options, &call->options);
    for (size_t i = 0; i < line->given_count; i++)
        if (option_set(options, &call->options, line->given[i].name, line->given[i].value, &why) < 0)
            return usage_fault(command->name, &why);
    if (call->count < command->words_min)
        error_set(&why, -1, "it takes %s", command->usage);
    else if (call->count > command->words_max)
        error_set(&why, -1, "\"%s\" is one word too many", call->words[command->words_max]);
    else
        return command->run(call);
    return usage_fault(command->name, &why);
}

int command_run(const struct command *commands, int argc, char **argv)
{
    struct line line = {.count = 0};
    struct error why;
    if (take_apart(commands, argc, argv, &line, &why) < 0)
        return (int)usage_fault("", &why);
    size_t words = 0;
    const struct command *command = find(commands, &line, &words);
    enum exit_code code = EXIT_GOOD;
    if (!command)
        code = unknown_command(commands, &line);
    else if (line.help)
        print_help(command);
    else
        code = run(command, &line, &(struct command_call){.words = line.words + words, .count = line.count - words});
    if (fflush(stdout) != 0 && code == EXIT_GOOD)
        code = command_fail(EXIT_FAILED, "the answer could not be written to the standard output");
    return (int)code;
}
