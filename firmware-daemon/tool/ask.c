/* What a supervisor asks for that is no scan. */
#include "base/json.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/words.h"

#include <jansson.h>
#include <stdio.h>

static void print_verb(const json_t *verb)
{
    size_t index;
    json_t *field;
    printf("%s", json_string_value(json_object_get(verb, "verb")));
    json_array_foreach(json_object_get(verb, "fields"), index, field)
    {
        bool required = json_is_true(json_object_get(field, "required"));
        printf(" %s%s=…%s", required ? "" : "[", json_string_value(json_object_get(field, "name")),
               required ? "" : "]");
    }
    printf("%s\n    %s\n", json_is_true(json_object_get(verb, "supervisor")) ? " badge=…" : "",
           json_string_value(json_object_get(verb, "help")));
    json_array_foreach(json_object_get(verb, "fields"), index, field)
    {
        printf("    %-12s %s\n", json_string_value(json_object_get(field, "name")),
               json_string_value(json_object_get(field, "help")));
    }
}

static enum exit_code show_verbs(const struct command_call *call)
{
    CLEANUP_BUF struct buf answer = {0};
    size_t index;
    json_t *verb;
    enum exit_code code = daemon_fetch(call->options.url, (const char *const[]){"asks", NULL}, NULL, &answer);
    json_t *root = code == EXIT_GOOD ? json_loadb(buf_text(&answer), answer.length, 0, NULL) : NULL;
    json_array_foreach(root, index, verb)
    {
        print_verb(verb);
    }
    json_decref(root);
    return code;
}

enum exit_code command_ask(struct command_call *call)
{
    struct words fields;
    struct error error;
    if (call->count == 0)
        return show_verbs(call);
    if (words_pairs(call->words + 1, call->count - 1, &fields, &error) < 0)
        return command_fail(EXIT_USAGE, "%s; see floorhand ask --help", error.text);
    CLEANUP_BUF struct buf body = {0};
    json_open_object(&body, NULL);
    for (size_t i = 0; i < fields.count; i++)
        json_text(&body, fields.pairs[2 * i], fields.pairs[2 * i + 1]);
    json_close_object(&body);
    return daemon_post(call->options.url, (const char *const[]){"asks", call->words[0], NULL}, "application/json",
                       &body, NULL);
}
