#include "floor/settings.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t fallback, min, max;
    const char *help;
} table[] = {
#define X(name, fallback, min, max, help) {#name, fallback, min, max, help},
    SETTINGS(X)
#undef X
};

int setting_get(struct store *store, enum setting setting, int64_t *ret)
{
    int64_t value = table[setting].fallback;
    int result =
        sql_number(store->sql, &value, "SELECT value FROM setting WHERE name = ?1", sql_text(table[setting].name));
    if (result && result != -ENOENT)
        return result;
    *ret = value;
    return 0;
}

int setting_set(struct store *store, const char *name, int64_t value)
{
    for (size_t i = 0; i < COUNT(table); i++) {
        if (strcmp(table[i].name, name) != 0)
            continue;
        if (value < table[i].min || value > table[i].max)
            return -ERANGE;
        return sql_run(store->sql,
                       "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
                       sql_text(name), sql_int(value));
    }
    return -ENOENT;
}

int settings_write(struct store *store, struct buf *json)
{
    int result = 0;
    json_open_array(json, NULL);
    for (size_t i = 0; i < COUNT(table) && !result; i++) {
        int64_t value = 0;
        result = setting_get(store, (enum setting)i, &value);
        json_open_object(json, NULL);
        json_text(json, "name", table[i].name);
        json_int(json, "value", value);
        json_int(json, "default", table[i].fallback);
        json_int(json, "min", table[i].min);
        json_int(json, "max", table[i].max);
        json_text(json, "help", table[i].help);
        json_close_object(json);
    }
    json_close_array(json);
    return result;
}
