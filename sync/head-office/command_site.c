/* floorhand-hq site add, sites. */
#include "base/clock.h"
#include "base/json.h"
#include "sync/head-office/catalogue.h"
#include "sync/head-office/command.h"

#include <errno.h>
#include <string.h>

static int check_names(const struct call *call, struct error *error)
{
    const char *id = call->arguments[0], *box = call->options.box;
    if (!wire_site_ok(id))
        return error_set(error, COMMAND_USAGE, "\"%s\" cannot name a site: use 2 to 32 of a-z, 0-9 and -", id);
    if (!*box)
        return error_set(error, COMMAND_USAGE, "say which box the site has with --box");
    if (!wire_box_ok(box))
        return error_set(error, COMMAND_USAGE, "\"%s\" cannot name a box: use 3 to 32 of a-z, 0-9 and -", box);
    return 0;
}

/* 0 and ret_known when the very same site is there already. */
static int check_known(struct call *call, bool *ret_known, struct error *error)
{
    const char *id = call->arguments[0], *box = call->options.box;
    struct sql_query *site =
        sql_select(call->office.sql, "SELECT id, box FROM site WHERE id = ?1 OR box = ?2", sql_text(id), sql_text(box));
    int result = 0;
    while (!result && sql_next(site)) {
        const char *known_id = sql_get_text(site, 0), *known_box = sql_get_text(site, 1);
        *ret_known = strcmp(known_id, id) == 0 && strcmp(known_box, box) == 0;
        if (!*ret_known)
            result =
                error_set(error, -EEXIST, "site \"%s\" with box \"%s\" is registered already", known_id, known_box);
    }
    int failed = sql_done(site);
    return failed ? office_failed(call->office.sql, failed, error) : result;
}

static int add_site(struct call *call, struct error *error)
{
    bool known = false;
    int result = check_known(call, &known, error);
    if (result || known)
        return result;
    const char *id = call->arguments[0], *name = *call->options.name ? call->options.name : id;
    result = sql_run(call->office.sql, "INSERT INTO site (id, name, box, added_us) VALUES (?1, ?2, ?3, ?4)",
                     sql_text(id), sql_text(name), sql_text(call->options.box), sql_int(call->office.now_us));
    if (!result)
        result = catalogue_send_all(&call->office, id);
    return result ? office_failed(call->office.sql, result, error) : 0;
}

int command_site_add(struct call *call, struct error *error)
{
    int result = check_names(call, error);
    if (!result)
        result = office_begin(&call->office, error);
    if (result)
        return result;
    result = add_site(call, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "site", call->arguments[0]);
    json_text(&json, "box", call->options.box);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

static void put_time(struct buf *json, const char *key, struct sql_query *row, int column)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(sql_get_int(row, column), text);
    json_text(json, key, sql_get_null(row, column) ? NULL : text);
}

int command_sites(struct call *call, struct error *error)
{
    struct sql_query *site = sql_select(call->office.sql,
                                        "SELECT id, name, box, epoch, applied, feed_head, feed_acked, last_seen_us,"
                                        " (SELECT count(*) FROM parked p WHERE p.site = s.id) FROM site s ORDER BY id",
                                        SQL_NO_VALUES);
    CLEANUP_BUF struct buf json = {0};
    while (sql_next(site)) {
        json_open_object(&json, NULL);
        json_text(&json, "site", sql_get_text(site, 0));
        json_text(&json, "name", sql_get_text(site, 1));
        json_text(&json, "box", sql_get_text(site, 2));
        if (sql_get_null(site, 3))
            json_text(&json, "epoch", NULL);
        else
            json_int(&json, "epoch", sql_get_int(site, 3));
        json_int(&json, "applied", sql_get_int(site, 4));
        json_int(&json, "feed_head", sql_get_int(site, 5));
        json_int(&json, "feed_acked", sql_get_int(site, 6));
        put_time(&json, "last_seen", site, 7);
        json_int(&json, "parked", sql_get_int(site, 8));
        json_close_object(&json);
        command_print(&json);
    }
    int failed = sql_done(site);
    return failed ? office_failed(call->office.sql, failed, error) : 0;
}
