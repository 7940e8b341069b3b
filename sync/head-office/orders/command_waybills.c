/* floorhand-hq waybills import, send, void, list, waybills. */
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/orders/waybills.h"

#include <errno.h>

int command_waybills_import(struct call *call, struct error *error)
{
    return command_import_file(call, "waybills", call->arguments[0], error);
}

int command_waybills_send(struct call *call, struct error *error)
{
    if (!*call->options.carrier)
        return error_set(error, COMMAND_USAGE, "say whose numbers with --carrier");
    int result = command_choose_site(call, error);
    if (!result)
        result = office_begin(&call->office, error);
    if (result)
        return result;
    int64_t count = 0;
    result =
        waybills_send(&call->office, call->options.site, call->options.carrier, call->options.count, &count, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "sent", count);
    json_text(&json, "site", call->options.site);
    json_text(&json, "carrier", call->options.carrier);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

int command_waybills_void(struct call *call, struct error *error)
{
    const char *number = call->arguments[0];
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = waybills_void(&call->office, number, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "waybill", number);
    json_text(&json, "state", "void");
    json_close_object(&json);
    command_print(&json);
    return 0;
}

int command_waybills(struct call *call, struct error *error)
{
    static const char *const states[] = {"stock", "sent", "live", "void_pending", "void", "refused"};
    struct sql_query *row = sql_select(call->office.sql,
                                       "SELECT site, carrier, count(*) FILTER (WHERE state = 'stock'), count(*) FILTER "
                                       "(WHERE state = 'sent'), count(*) FILTER (WHERE state = 'live'),"
                                       " count(*) FILTER (WHERE state = 'void_pending'), count(*) FILTER (WHERE state "
                                       "= 'void'), count(*) FILTER (WHERE state = 'refused') FROM waybill"
                                       " WHERE ?1 = '' OR site = ?1 GROUP BY site, carrier ORDER BY site, carrier",
                                       sql_text(call->options.site));
    CLEANUP_BUF struct buf json = {0};
    while (sql_next(row)) {
        json_open_object(&json, NULL);
        json_text(&json, "site", sql_get_text(row, 0));
        json_text(&json, "carrier", sql_get_text(row, 1));
        for (int i = 0; i < (int)COUNT(states); i++)
            json_int(&json, states[i], sql_get_int(row, 2 + i));
        json_close_object(&json);
        command_print(&json);
    }
    int failed = sql_done(row);
    return failed ? office_failed(call->office.sql, failed, error) : 0;
}
