/* A supervisor changes how the floor works. */
#include "floor/ask.h"
#include "floor/settings.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

struct setting_fields {
    char name[32];
    int64_t value;
};

static const struct option_def setting_fields[] = {
    {"name", OPTION_TEXT_AT(struct setting_fields, name), .help = "which setting"},
    {"value", OPTION_NUMBER_AT(struct setting_fields, value), .min = 0, .max = 1000000000, .help = "its new value"},
    {0},
};

static int set(struct ask *ask)
{
    const struct setting_fields *fields = ask->fields;
    CLEANUP_BUF struct buf data = {0};
    char value[24];
    int result = setting_set(ask->store, fields->name, fields->value);
    snprintf(value, sizeof(value), "%" PRId64, fields->value);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", fields->name);
    if (result == -ERANGE)
        return ask_refuse(ask, E01_UNKNOWN, "c", value);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "setting", fields->name);
    json_int(&data, "value", fields->value);
    result = ask_record(ask, "setting.changed", "setting", fields->name, &data);
    struct answer *answer = ask_accept(ask, DONE_SETTING);
    answer_text(answer, "s", fields->name);
    answer_text(answer, "v", value);
    return result;
}

const struct verb setting_verbs[] = {
    {"setting.set", setting_fields, sizeof(struct setting_fields), set,
     "Change how the floor works: one setting, from the next scan on."},
    {0},
};
