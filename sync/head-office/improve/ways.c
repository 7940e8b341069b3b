#include "sync/head-office/improve/ways.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define WAY_MAX INT64_C(1000000000)

json_t *ways_attributes(const char *members)
{
    CLEANUP_BUF struct buf text = {0};
    buf_printf(&text, "{%s}", members);
    return text.failed ? NULL : json_loads(buf_text(&text), 0, NULL);
}

int ways_open(struct sql *sql, const char *site, struct ways *ret)
{
    struct sql_query *row = sql_select(sql,
                                       "SELECT name, value FROM parameter WHERE site = ?1 AND name IN"
                                       " ('aisle_length_mm', 'aisle_distance_mm')",
                                       sql_text(site));
    *ret = (struct ways){0};
    while (sql_next(row)) {
        bool length = strcmp(sql_get_text(row, 0), "aisle_length_mm") == 0;
        text_to_int(sql_get_text(row, 1), 0, WAY_MAX, length ? &ret->length_mm : &ret->distance_mm);
    }
    return sql_done(row);
}

bool ways_reckon(const struct ways *ways, const json_t *attributes, int64_t *ret_mm)
{
    const json_t *aisle = json_object_get(attributes, "aisle"), *block = json_object_get(attributes, "block");
    const json_t *position = json_object_get(attributes, "position_mm");
    if (!ways->length_mm || !ways->distance_mm || !json_is_integer(aisle) || !json_is_integer(block) ||
        !json_is_integer(position))
        return false;
    *ret_mm = json_integer_value(aisle) * ways->distance_mm + json_integer_value(block) * ways->length_mm +
              json_integer_value(position);
    return true;
}

int ways_distance(struct sql *sql, const char *site, const char *location, int64_t *ret_mm)
{
    struct ways ways;
    json_t *attributes = NULL;
    int result = ways_open(sql, site, &ways);
    if (result || !ways.length_mm || !ways.distance_mm)
        return result ? result : -ENOENT;
    struct sql_query *row = sql_select(sql, "SELECT attributes FROM location WHERE site = ?1 AND code = ?2",
                                       sql_text(site), sql_text(location));
    if (sql_next(row))
        attributes = ways_attributes(sql_get_text(row, 0));
    result = sql_done(row);
    bool known = attributes && ways_reckon(&ways, attributes, ret_mm);
    json_decref(attributes);
    return result || known ? result : -ENOENT;
}
