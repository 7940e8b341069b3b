#include "base/table.h"

#include "base/text.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 1000

enum entry_kind { ENTRY_COLUMN, ENTRY_CONSTANT, ENTRY_VALUE };

struct entry {
    enum entry_kind kind;
    char ours[64];
    char theirs[129], value[257]; /* of a value: theirs and ours; of a constant: value */
};

struct table_map {
    struct entry *entries;
    size_t count;
};

struct loading {
    struct table_map *map;
    const struct option_def *columns;
    const char *path;
    int result;
    struct error *error;
};

static bool is_column(const struct option_def *columns, const char *name)
{
    for (; columns->name; columns++)
        if (strcmp(columns->name, name) == 0)
            return true;
    return false;
}

static struct entry *add(struct table_map *map)
{
    if (map->count == ENTRIES_MAX)
        return NULL;
    struct entry *entries = realloc(map->entries, (map->count + 1) * sizeof(*entries));
    if (!entries)
        return NULL;
    map->entries = entries;
    entries[map->count] = (struct entry){0};
    return &entries[map->count++];
}

static bool fill(struct entry *entry, const char *section, const char *name, const char *value)
{
    static const char values[] = "values ";
    if (strncmp(section, values, strlen(values)) == 0) {
        entry->kind = ENTRY_VALUE;
        return text_copy(entry->ours, sizeof(entry->ours), section + strlen(values)) &&
               text_copy(entry->theirs, sizeof(entry->theirs), name) &&
               text_copy(entry->value, sizeof(entry->value), value);
    }
    entry->kind = strcmp(section, "constants") == 0 ? ENTRY_CONSTANT : ENTRY_COLUMN;
    return (entry->kind == ENTRY_CONSTANT || strcmp(section, "columns") == 0) &&
           text_copy(entry->ours, sizeof(entry->ours), name) &&
           text_copy(entry->theirs, sizeof(entry->theirs), entry->kind == ENTRY_COLUMN ? value : "") &&
           text_copy(entry->value, sizeof(entry->value), value);
}

/* 1: go on. */
static int on_entry(void *user, const char *section, const char *name, const char *value)
{
    struct loading *loading = user;
    struct entry *entry = add(loading->map);
    if (!entry)
        loading->result = error_set(loading->error, -E2BIG, "%s names more than %d things", loading->path, ENTRIES_MAX);
    else if (!fill(entry, section, name, value))
        loading->result = error_set(loading->error, -EINVAL,
                                    "%s: [%s] %s cannot be read: its parts are [columns], [constants] and"
                                    " [values COLUMN]",
                                    loading->path, section, name);
    else if (!is_column(loading->columns, entry->ours)) {
        char known[300];
        table_list_columns(loading->columns, known, sizeof(known));
        loading->result = error_set(loading->error, -ENOENT, "%s: there is no column \"%s\"; there are %s",
                                    loading->path, entry->ours, known);
    }
    return loading->result == 0;
}

int table_map_load(const char *path, const struct option_def *columns, struct table_map **ret, struct error *error)
{
    CLEANUP(table_map_free_p) struct table_map *map = calloc(1, sizeof(*map));
    CLEANUP_BUF struct buf text = {0};
    if (!map)
        return error_set(error, -ENOMEM, "there is no memory");
    struct loading loading = {.map = map, .columns = columns, .path = path, .error = error};
    int result = table_load(path, &text, error);
    if (result)
        return result;
    int line = ini_parse_string(buf_text(&text), on_entry, &loading);
    if (loading.result)
        return loading.result;
    if (line)
        return error_set(error, -EINVAL, "%s, line %d: expected \"name = value\"", path, line);
    *ret = map;
    map = NULL;
    return 0;
}

struct table_map *table_map_free(struct table_map *map)
{
    if (map)
        free(map->entries);
    free(map);
    return NULL;
}

const char *table_map_column(const struct table_map *map, const char *theirs)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->entries[i].kind == ENTRY_COLUMN && strcmp(map->entries[i].theirs, theirs) == 0)
            return map->entries[i].ours;
    return NULL;
}

static const struct entry *find_ours(const struct table_map *map, const char *ours)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->entries[i].kind != ENTRY_VALUE && strcmp(map->entries[i].ours, ours) == 0)
            return &map->entries[i];
    return NULL;
}

const char *table_map_theirs(const struct table_map *map, const char *ours)
{
    const struct entry *entry = find_ours(map, ours);
    return entry && entry->kind == ENTRY_COLUMN ? entry->theirs : NULL;
}

bool table_map_names(const struct table_map *map, const char *ours)
{
    return find_ours(map, ours) != NULL;
}

const char *table_map_value(const struct table_map *map, const char *ours, const char *value)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        if (entry->kind == ENTRY_VALUE && strcmp(entry->ours, ours) == 0 && strcmp(entry->theirs, value) == 0)
            return entry->value;
    }
    return value;
}

int table_map_constants(const struct table_map *map, int (*set)(void *user, const char *ours, const char *value),
                        void *user)
{
    int result = 0;
    for (size_t i = 0; i < map->count && !result; i++)
        if (map->entries[i].kind == ENTRY_CONSTANT)
            result = set(user, map->entries[i].ours, map->entries[i].value);
    return result;
}
