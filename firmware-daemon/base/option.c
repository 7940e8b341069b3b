#include "base/option.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <string.h>

static const struct option_def *find(const struct option_def *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strcspn(value, "|"); /* several of them are none */
    for (const char *at = value[length] ? NULL : choices; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (length > 0 && strncmp(at, value, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    return false;
}

static int set_flag(bool *flag, const struct option_def *def, const char *value, struct error *error)
{
    static const char *const words[] = {"no", "yes", "false", "true", "0", "1", "off", "on"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(value, words[i]) == 0) {
            *flag = i % 2;
            return 0;
        }
    }
    return error_set(error, -EINVAL, "%s must be yes or no, not \"%s\"", def->name, value);
}

static int set_def(const struct option_def *def, void *target, const char *value, struct error *error)
{
    void *member = (char *)target + def->offset;
    int64_t number;
    switch (def->type) {
    case OPTION_FLAG:
        return set_flag(member, def, value, error);
    case OPTION_NUMBER:
        if (text_to_int(value, def->min, def->max, &number) != 0)
            return error_set(error, -ERANGE, "%s must be a whole number from %lld to %lld, not \"%s\"", def->name,
                             (long long)def->min, (long long)def->max, value);
        memcpy(member, &number, sizeof(number));
        return 0;
    case OPTION_CHOICE:
        if (!is_choice(def->choices, value))
            return error_set(error, -EINVAL, "%s must be one of %s, not \"%s\"", def->name, def->choices, value);
        break;
    case OPTION_TEXT:
    case OPTION_PRIVATE:
        break;
    }
    if (strlen(value) >= def->size)
        return error_set(error, -ERANGE, "%s is longer than %zu bytes", def->name, def->size - 1);
    text_copy(member, def->size, value);
    return 0;
}

void option_defaults(const struct option_def *table, void *target)
{
    for (; table->name; table++)
        if (table->fallback)
            set_def(table, target, table->fallback, NULL);
}

int option_set(const struct option_def *table, void *target, const char *name, const char *value, struct error *error)
{
    const struct option_def *def = find(table, name);
    if (!def)
        return error_set(error, -ENOENT, "there is no option \"%s\"", name);
    return set_def(def, target, value, error);
}

void option_print_help(const struct option_def *table, FILE *out)
{
    for (; table->name; table++) {
        fprintf(out, "  --%-18s %s", table->name, table->help);
        if (table->choices)
            fprintf(out, " [%s]", table->choices);
        if (table->fallback && *table->fallback)
            fprintf(out, " (default %s)", table->fallback);
        fputc('\n', out);
    }
}

void option_print_sample(const struct option_def *table, const char *section, FILE *out)
{
    fprintf(out, "[%s]\n", section);
    for (; table->name; table++) {
        fprintf(out, "# %s", table->help);
        if (table->choices)
            fprintf(out, " [%s]", table->choices);
        fprintf(out, "\n%s%s = %s\n", table->fallback ? "" : "# ", table->name, table->fallback ? table->fallback : "");
    }
}

struct load {
    const struct option_section *sections;
    void *user;
    FILE *file;       /* what is read: this, */
    const char *text; /* or the rest of this */
    int line;
    struct error why;
    const struct option_section *section; /* the one being read, and its target */
    void *target;
    char name[256];
    int result;
};

static const struct option_section *find_section(const struct option_section *sections, const char *name,
                                                 const char **ret_instance)
{
    for (; sections->name; sections++) {
        size_t length = strlen(sections->name);
        bool many = sections->name[length - 1] == ' ';
        if (many ? strncmp(name, sections->name, length) == 0 && name[length] : strcmp(name, sections->name) == 0) {
            *ret_instance = many ? name + length : "";
            return sections;
        }
    }
    return NULL;
}

static int enter_section(struct load *load, const char *name, struct error *why)
{
    const char *instance;
    load->section = find_section(load->sections, name, &instance);
    if (!load->section)
        return error_set(why, -ENOENT, "there is no section [%s]", name);
    text_copy(load->name, sizeof(load->name), name);
    load->target = load->section->open(load->user, load->section, instance);
    if (!load->target)
        return error_set(why, -ENOSPC, "too many sections, or a name too long, at [%s]", name);
    return 0;
}

/* libinih keeps 49 characters of a section's name and says nothing of a section without a value: the names are read
 * here, and what it says is taken only where it found a section that this did not see (behind a mark of byte order). */
static int take_section(struct load *load, const char *line)
{
    char name[sizeof(load->name)];
    const char *end = strchr(line, ']');
    if (*line != '[' || !end)
        return 0;
    if (!text_copy_n(name, sizeof(name), line + 1, (size_t)(end - line) - 1))
        return error_set(&load->why, -EMSGSIZE, "the section's name is too long");
    return enter_section(load, name, &load->why);
}

static char *next_of_text(const char **text, char *line, size_t size)
{
    size_t length = strcspn(*text, "\n");
    length += (*text)[length] == '\n';
    if (length == 0)
        return NULL;
    length = length < size ? length : size - 1;
    memcpy(line, *text, length);
    line[length] = '\0';
    *text += length;
    return line;
}

/* Reads nothing more after the first fault. */
static char *read_line(char *line, int size, void *user)
{
    struct load *load = user;
    if (load->result)
        return NULL;
    char *got = load->file ? fgets(line, size, load->file) : next_of_text(&load->text, line, (size_t)size);
    if (!got)
        return NULL;
    load->line++;
    if (strlen(line) + 1 == (size_t)size && line[size - 2] != '\n')
        load->result = error_set(&load->why, -EMSGSIZE, "a line has more than %d bytes", size - 2);
    else
        load->result = take_section(load, line);
    return load->result ? NULL : line;
}

static int on_value(void *user, const char *section, const char *name, const char *value)
{
    struct load *load = user;
    if (!load->section || strncmp(load->name, section, strlen(section)) != 0)
        load->result = enter_section(load, section, &load->why);
    if (!load->result)
        load->result = option_set(load->section->table, load->target, name, value, &load->why);
    return load->result == 0;
}

/* The first fault ends the reading, but a line that is neither section nor value does not. */
static int parse(struct load *load, const char *name, struct error *error)
{
    int line = ini_parse_stream(read_line, load, on_value, load);
    if (line != 0 && (!load->result || line < load->line))
        return error_set(error, -EINVAL, "%s, line %d: not \"name = value\" and not \"[section]\"", name, line);
    if (load->result)
        return error_set(error, load->result, "%s, line %d: %s", name, load->line, load->why.text);
    return 0;
}

int option_load(const char *path, const struct option_section *sections, void *user, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, -errno, "cannot read %s: %s", path, strerror(errno));
    struct load load = {.sections = sections, .user = user, .file = file};
    int result = parse(&load, path, error);
    fclose(file);
    return result;
}

int option_load_text(const char *name, const char *text, const struct option_section *sections, void *user,
                     struct error *error)
{
    struct load load = {.sections = sections, .user = user, .text = text};
    return parse(&load, name, error);
}

static void write_field(const struct option_def *field, struct buf *json)
{
    static const char *const types[] = {"text", "number", "flag", "choice", "text"};
    json_open_object(json, NULL);
    json_text(json, "name", field->name);
    json_text(json, "type", types[field->type]);
    json_bool(json, "required", !field->fallback);
    if (field->fallback)
        json_text(json, "default", field->fallback);
    if (field->type == OPTION_NUMBER) {
        json_int(json, "min", field->min);
        json_int(json, "max", field->max);
    }
    if (field->choices)
        json_text(json, "choices", field->choices);
    json_text(json, "help", field->help);
    json_close_object(json);
}

bool option_value_text(const json_t *value, char *out, size_t capacity)
{
    if (json_is_string(value))
        return text_copy(out, capacity, json_string_value(value)) &&
               strlen(json_string_value(value)) == json_string_length(value);
    if (json_is_integer(value))
        return snprintf(out, capacity, "%lld", (long long)json_integer_value(value)) > 0;
    return json_is_boolean(value) && text_copy(out, capacity, json_is_true(value) ? "yes" : "no");
}

void option_write_json(const struct option_def *table, const char *key, struct buf *json)
{
    json_open_array(json, key);
    for (const struct option_def *field = table; field->name; field++)
        write_field(field, json);
    json_close_array(json);
}
