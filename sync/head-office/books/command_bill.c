/* floorhand-hq bill take: a bill's file from the command line. */
#include "base/json.h"
#include "sync/head-office/books/bills.h"
#include "sync/head-office/command.h"

#include <errno.h>

static int check_shop(struct call *call, const struct bill_format *format, struct error *error)
{
    int64_t found = 0;
    if (!*call->options.party)
        return error_set(error, COMMAND_USAGE, "say whose bill it is: --party SHOP, or the carrier");
    if (format->pays)
        return 0;
    int result = sql_number(call->office.sql, &found, "SELECT count(*) FROM shop WHERE code = ?1",
                            sql_text(call->options.party));
    if (result)
        return office_failed(call->office.sql, result, error);
    return found > 0 ? 0 : error_set(error, -ENOENT, "there is no shop \"%s\"", call->options.party);
}

static int take(struct call *call, const struct bill_format *format, const struct table_map *map,
                const struct buf *text, struct bill_taken *ret, struct error *error)
{
    struct books books;
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = books_open(&call->office, call->options.who, &books, error);
    if (!result)
        result = bills_take(&books, format, call->options.party, call->arguments[0], buf_text(text), text->length, map,
                            ret, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    return result;
}

int command_bill_take(struct call *call, struct error *error)
{
    CLEANUP(table_map_free_p) struct table_map *map = NULL;
    CLEANUP_BUF struct buf text = {0};
    struct bill_taken done = {0};
    const struct bill_format *format = bill_format_find(call->options.bill);
    int result = check_shop(call, format, error);
    if (!result && *call->options.map)
        result = table_map_load(call->options.map, bill_columns, &map, error);
    if (!result)
        result = table_load(call->arguments[0], &text, error);
    if (!result)
        result = take(call, format, map, &text, &done, error);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "taken", call->options.bill);
    json_bool(&json, "again", done.again);
    json_int(&json, "rows", done.rows);
    json_int(&json, "new_rows", done.new_rows);
    json_int(&json, "unknown", done.unknown);
    json_int(&json, "total_minor", done.total_minor);
    json_close_object(&json);
    command_print(&json);
    return 0;
}
