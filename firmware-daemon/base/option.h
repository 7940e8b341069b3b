/* Options as one table: name, type, default, range, help. The configuration file, the command line, --help and the
 * sample file all come from it. Does not know any option itself. */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include "base/buf.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_type {
    OPTION_TEXT,    /* char[size] */
    OPTION_NUMBER,  /* int64_t, min to max */
    OPTION_FLAG,    /* bool, yes or no */
    OPTION_CHOICE,  /* char[size], one of .choices */
    OPTION_PRIVATE, /* as OPTION_TEXT: a secret, or what says who somebody is, not written down beside who gave it */
};

struct option_def {
    const char *name;
    enum option_type type;
    size_t offset, size; /* of the member in the target struct; size in bytes */
    const char *fallback;
    int64_t min, max;
    const char *choices; /* "us|uk|de|fr" */
    const char *help;    /* one sentence, English */
};

/* A table ends with a name of NULL. */
#define OPTION_TEXT_AT(type, member)    OPTION_TEXT, offsetof(type, member), sizeof(((type *)0)->member)
#define OPTION_NUMBER_AT(type, member)  OPTION_NUMBER, offsetof(type, member), sizeof(((type *)0)->member)
#define OPTION_FLAG_AT(type, member)    OPTION_FLAG, offsetof(type, member), sizeof(((type *)0)->member)
#define OPTION_PRIVATE_AT(type, member) OPTION_PRIVATE, offsetof(type, member), sizeof(((type *)0)->member)
#define OPTION_CHOICE_AT(type, member)  OPTION_CHOICE, offsetof(type, member), sizeof(((type *)0)->member)

void option_defaults(const struct option_def *table, void *target);

/* -ENOENT unknown name, -EINVAL or -ERANGE bad value; the sentence says what would be accepted. Target unchanged then.
 */
int option_set(const struct option_def *table, void *target, const char *name, const char *value, struct error *error);

/* "  --name VALUE   help (default)" lines. */
void option_print_help(const struct option_def *table, FILE *out);

/* A JSON value as option_set() reads it: a text, or a number or flag in its own kind. false: it is none of these, too
 * long, or has a zero byte in it. */
bool option_value_text(const json_t *value, char *out, size_t capacity);

/* The table as a JSON array: name, type, required, default, min, max, choices, help. key as in json.h. */
void option_write_json(const struct option_def *table, const char *key, struct buf *json);

/* "# help" and "name = default" lines under [section], for the sample file. */
void option_print_sample(const struct option_def *table, const char *section, FILE *out);

/* A kind of section of the file: "site", or "station " with a trailing blank for "[station bench-1]". open() yields the
 * target struct of one section (defaults already set), NULL when there are too many. */
struct option_section {
    const char *name;
    const struct option_def *table;
    void *(*open)(void *user, const struct option_section *section, const char *instance);
};

/* Reads an INI file. The first fault ends it: the sentence names file and line. The table ends with a name of NULL. */
int option_load(const char *path, const struct option_section *sections, void *user, struct error *error);

/* The same from memory; name stands for the path in sentences. */
int option_load_text(const char *name, const char *text, const struct option_section *sections, void *user,
                     struct error *error);

#endif
