#include "drivers/label/template_read.h"

#include "base/json.h"
#include "base/text.h"
#include "drivers/label/template_keys.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- faults */

static bool begins_section(const char *line, const char *section)
{
    size_t length = strlen(section);
    return *line == '[' && strncmp(line + 1, section, length) == 0 && line[1 + length] == ']';
}

static bool sets_key(const char *line, const char *key)
{
    line += strspn(line, " \t");
    size_t length = strlen(key);
    return strncmp(line, key, length) == 0 && strchr(" \t=:", line[length]);
}

/* The line of the key in the section, else the section's; 1 when there is no such section. */
static int line_of(const char *text, const char *section, const char *key)
{
    int found = 0, line = 1;
    for (; *text; line++) {
        if (begins_section(text, section))
            found = line;
        else if (found && *text == '[')
            break;
        else if (found && key && sets_key(text, key))
            return line;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return found ? found : 1;
}

static void say_where(struct label_fault *fault, const char *section, int line)
{
    if (!fault)
        return;
    text_copy(fault->section, sizeof(fault->section), section);
    fault->line = line;
}

int reading_refuse(struct reading *reading, const char *section, const char *key, const char *format, ...)
{
    char why[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof(why), format, arguments);
    va_end(arguments);
    int line = line_of(reading->text, section, key);
    int result = label_refuse(reading->fault, -EINVAL, LABEL_TEMPLATE, section, "%s.label, line %d, [%s]: %s",
                              reading->template->name, line, section, why);
    say_where(reading->fault, section, line);
    return result;
}

/* ---------------------------------------------------------------- sections */

static void *open_label(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    (void)instance;
    struct reading *reading = user;
    reading->has_label = true;
    return reading->template;
}

static const struct section_kind *kind_of(const struct option_section *section)
{
    const struct section_kind *kind = section_kinds;
    while (kind->word != section->name)
        kind++;
    return kind;
}

static void *open_element(void *user, const struct option_section *section, const char *name)
{
    struct template *template = ((struct reading *)user)->template;
    const struct section_kind *kind = kind_of(section);
    struct element *element = template->count < TEMPLATE_ELEMENTS_MAX ? calloc(1, sizeof(*element)) : NULL;
    if (!element)
        return NULL;
    size_t length = (size_t)snprintf(element->section, sizeof(element->section), "%s%s", kind->word, name);
    if (length >= sizeof(element->section)) {
        free(element);
        return NULL;
    }
    element->name = element->section + strlen(kind->word);
    element->kind = kind->kind;
    element->symbology = kind->symbology;
    option_defaults(kind->keys, element);
    template->elements[template->count++] = element;
    return element;
}

#define KINDS_MAX 16

static int read_sections(struct reading *reading, struct error *error)
{
    struct option_section sections[KINDS_MAX + 2] = {{"label", label_keys, open_label}};
    char file[TEMPLATE_NAME_MAX + 8];
    for (size_t i = 0; section_kinds[i].word; i++) {
        assert(i < KINDS_MAX);
        sections[i + 1] = (struct option_section){section_kinds[i].word, section_kinds[i].keys, open_element};
    }
    snprintf(file, sizeof(file), "%s.label", reading->template->name);
    option_defaults(label_keys, reading->template);
    return option_load_text(file, reading->text, sections, reading, error);
}

/* ---------------------------------------------------------------- the whole file */

static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length < TEMPLATE_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == length;
}

/* The section of the line that option_load_text refused: the last that was opened. */
static int refuse_section(const struct reading *reading, const struct error *why)
{
    const struct template *template = reading->template;
    const char *section = template->count ? template->elements[template->count - 1]->section : "label";
    const char *line = strstr(why->text, ", line ");
    int result = label_refuse(reading->fault, -EINVAL, LABEL_TEMPLATE, section, "%s", why->text);
    say_where(reading->fault, section, line ? (int)strtol(line + strlen(", line "), NULL, 10) : 0);
    return result;
}

int template_parse(const char *name, const char *text, size_t length, struct template **ret, struct label_fault *fault)
{
    struct error why;
    if (!is_name(name))
        return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, NULL,
                            "A template cannot be called \"%.40s\"; use at most %d of a-z, 0-9, - and _", name,
                            TEMPLATE_NAME_MAX - 1);
    if (length > TEMPLATE_FILE_MAX || !text_is_utf8(text, length) || memchr(text, '\0', length))
        return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, NULL, "%s.label is not UTF-8 text of at most %zu KiB", name,
                            TEMPLATE_FILE_MAX >> 10);
    CLEANUP(cleanup_free) char *copy = strndup(text, length);
    CLEANUP(template_free_p) struct template *template = calloc(1, sizeof(*template));
    if (!template || !copy)
        return label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "There is no memory for a template; try again");
    text_copy(template->name, sizeof(template->name), name);
    struct reading reading = {.template = template, .text = copy, .fault = fault};
    if (read_sections(&reading, &why) != 0)
        return refuse_section(&reading, &why);
    if (!reading.has_label)
        return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, "label", "%s.label has no section [label]", name);
    int result = template_check(&reading);
    if (result)
        return result;
    *ret = template;
    template = NULL;
    return 0;
}

struct template *template_free(struct template *template)
{
    if (!template)
        return NULL;
    for (size_t i = 0; i < template->count; i++)
        free(template->elements[i]);
    template_free(template->shipped_one);
    free(template);
    return NULL;
}

struct template_about template_about(const struct template *template)
{
    return (struct template_about){.name = template->name,
                                   .title_en = template->title_en,
                                   .title_zh = template->title_zh,
                                   .needs = template->needs,
                                   .width_tenths = template->width_tenths,
                                   .height_tenths = template->height_tenths,
                                   .shipped = template->shipped,
                                   .kept = template->kept};
}

/* ---------------------------------------------------------------- the reference */

void template_keys_write(struct buf *json)
{
    json_open_object(json, NULL);
    option_write_json(label_keys, "label", json);
    json_open_array(json, "kinds");
    for (const struct section_kind *kind = section_kinds; kind->word; kind++) {
        json_open_object(json, NULL);
        json_text_n(json, "kind", kind->word, strlen(kind->word) - 1);
        json_text(json, "help", kind->help);
        option_write_json(kind->keys, "keys", json);
        json_close_object(json);
    }
    json_close_array(json);
    json_open_array(json, "filters");
    for (const struct filter *filter = template_filters; filter->name; filter++) {
        json_open_object(json, NULL);
        json_text(json, "name", filter->name);
        json_text(json, "help", filter->help);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static void write_keys(const struct option_def *keys, struct buf *markdown)
{
    buf_puts(markdown, "\n| key | value | says |\n|---|---|---|\n");
    for (; keys->name; keys++) {
        const char *fallback = keys->fallback ? keys->fallback : "";
        buf_printf(markdown, "| `%s` | ", keys->name);
        for (const char *at = keys->choices ? keys->choices : keys->type == OPTION_FLAG ? "yes|no" : ""; *at; at++)
            buf_printf(markdown, *at == '|' ? ", " : "%c", *at);
        buf_printf(markdown, *fallback ? " (%s)" : "%s", fallback);
        buf_printf(markdown, " | %s |\n", keys->help);
    }
}

void template_reference(struct buf *markdown)
{
    buf_puts(markdown, "### [label]\n");
    write_keys(label_keys, markdown);
    const struct option_def *before = NULL;
    for (const struct section_kind *kind = section_kinds; kind->word; kind++) {
        buf_printf(markdown, "\n### [%sNAME]\n\n%s\n", kind->word, kind->help);
        if (kind->keys != before)
            write_keys(kind->keys, markdown);
        else
            buf_puts(markdown, "Its keys are those of the section above.\n");
        before = kind->keys;
    }
    buf_puts(markdown, "\n### Filters\n\n| filter | makes |\n|---|---|\n");
    for (const struct filter *filter = template_filters; filter->name; filter++)
        buf_printf(markdown, "| `%s` | %s |\n", filter->name, filter->help);
}
