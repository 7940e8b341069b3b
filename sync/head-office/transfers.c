#include "sync/head-office/transfers.h"

#include "base/json.h"
#include "sync/head-office/feed.h"

#include <errno.h>
#include <stdio.h>

static const char *text_of(const json_t *data, const char *name)
{
    const char *text = json_string_value(json_object_get(data, name));
    return text ? text : "";
}

/* false: a line does not say what it is. */
static bool write_lines(const json_t *lines, struct buf *data)
{
    size_t index;
    json_t *line;
    json_open_array(data, "lines");
    json_array_foreach(lines, index, line)
    {
        static const char *const texts[] = {"lot", "expiry"};
        json_int_t quantity = json_integer_value(json_object_get(line, "quantity"));
        if (!*text_of(line, "sku") || quantity < 1)
            return false;
        json_open_object(data, NULL);
        json_text(data, "sku", text_of(line, "sku"));
        json_int(data, "quantity", quantity);
        for (size_t i = 0; i < COUNT(texts); i++)
            if (*text_of(line, texts[i]))
                json_text(data, texts[i], text_of(line, texts[i]));
        json_close_object(data);
    }
    json_close_array(data);
    return json_array_size(lines) > 0;
}

int transfers_pass_on(struct office *office, const char *from, const json_t *shipped, struct error *why)
{
    CLEANUP_BUF struct buf data = {0};
    char key[160];
    const char *number = text_of(shipped, "document"), *to = text_of(shipped, "to");
    int64_t one;
    int result = sql_number(office->sql, &one, "SELECT 1 FROM site WHERE id = ?1", sql_text(to));
    if (result == -ENOENT)
        return error_set(why, -EINVAL, "the goods went to \"%s\", which is no site", to);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "number", number);
    json_text(&data, "partner", from);
    bool told = *number && write_lines(json_object_get(shipped, "lines"), &data);
    json_int(&data, "rev", 1);
    json_close_object(&data);
    if (!told || snprintf(key, sizeof(key), "document/%s", number) >= (int)sizeof(key))
        return error_set(why, -EINVAL, "it does not say what was sent");
    if (data.failed)
        return -ENOMEM;
    result = feed_append(
        office, to, &(struct feed_change){.type = "transfer.arrival", .key = key, .rev = 1, .data = buf_text(&data)});
    return result == -EMSGSIZE ? error_set(why, -EINVAL, "it has too many lines to be passed on") : result;
}
