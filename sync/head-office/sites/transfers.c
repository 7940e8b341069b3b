#include "sync/head-office/sites/transfers.h"

#include "base/json.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

static int append(struct office *office, const char *to, const char *type, const char *number, struct buf *data,
                  struct error *why)
{
    char key[160];
    json_int(data, "rev", 1);
    json_close_object(data);
    if (snprintf(key, sizeof(key), "document/%s", number) >= (int)sizeof(key))
        return error_set(why, -EINVAL, "the number of its document is too long");
    if (data->failed)
        return -ENOMEM;
    int result =
        feed_append(office, to, &(struct feed_change){.type = type, .key = key, .rev = 1, .data = buf_text(data)});
    return result == -EMSGSIZE ? error_set(why, -EINVAL, "it has too many lines to be passed on") : result;
}

static int pass_shipped(struct office *office, const char *from, const json_t *shipped, char ret_to[TRANSFER_SITE_MAX],
                        struct error *why)
{
    CLEANUP_BUF struct buf data = {0};
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
    if (!*number || !write_lines(json_object_get(shipped, "lines"), &data))
        return error_set(why, -EINVAL, "it does not say what was sent");
    snprintf(ret_to, TRANSFER_SITE_MAX, "%s", to);
    return append(office, to, "transfer.arrival", number, &data, why);
}

/* Only of a transfer that was announced from here: another one's sender does not wait. */
static int pass_received(struct office *office, const char *at, const json_t *received, char ret_to[TRANSFER_SITE_MAX],
                         struct error *why)
{
    CLEANUP_BUF struct buf data = {0};
    const char *number = text_of(received, "document"), *outcome = text_of(received, "outcome");
    struct sql_query *query =
        sql_select(office->sql,
                   "UPDATE document SET state = 'closed', outcome = ?3 WHERE number = ?1 AND kind "
                   "= 'transfer' AND partner = ?2 AND state = 'shipped' RETURNING site",
                   sql_text(number), sql_text(at), sql_text(outcome));
    if (sql_next(query))
        sql_copy_text(query, 0, ret_to, TRANSFER_SITE_MAX);
    int result = sql_done(query);
    if (result || !*ret_to)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "number", number);
    json_text(&data, "outcome", outcome);
    return append(office, ret_to, "transfer.closed", number, &data, why);
}

int transfers_pass_on(struct office *office, const char *from, const char *type, const json_t *data,
                      char ret_to[TRANSFER_SITE_MAX], struct error *why)
{
    *ret_to = '\0';
    if (strcmp(type, "transfer.shipped") == 0)
        return pass_shipped(office, from, data, ret_to, why);
    return strcmp(type, "transfer.received") == 0 ? pass_received(office, from, data, ret_to, why) : 0;
}
