#include "sync/head-office/flags.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>

#define TO_THE_SECOND strlen("2026-03-04T09:15:22")

static int flag(struct sql *sql, const char *site, const struct wire_line *event, const char *why)
{
    return sql_run(sql, "INSERT INTO flagged (site, epoch, seq, why) VALUES (?1, ?2, ?3, ?4)", sql_text(site),
                   sql_int(event->epoch), sql_int(event->seq), sql_text(why));
}

/* By the event's own time: what was done before, and comes late, was done with a good badge. */
static int was_revoked(struct sql *sql, const char *actor, const char *time, bool *ret)
{
    int64_t revoked_us;
    char since[CLOCK_TEXT_SIZE];
    int result =
        sql_number(sql, &revoked_us, "SELECT revoked_us FROM worker WHERE worker = ?1 AND active = 0", sql_text(actor));
    if (result)
        return result == -ENOENT ? 0 : result;
    clock_format(revoked_us, since);
    *ret = strncmp(since, time, TO_THE_SECOND) <= 0;
    return 0;
}

int flags_any_revoked(struct sql *sql, bool *ret)
{
    int64_t any = 0;
    int result = sql_number(sql, &any,
                            "SELECT CASE WHEN EXISTS (SELECT 1 FROM worker WHERE active = 0 AND revoked_us IS NOT NULL)"
                            " THEN 1 ELSE 0 END",
                            SQL_NO_VALUES);
    *ret = any;
    return result;
}

int flags_note(struct sql *sql, const char *site, const struct wire_line *event, bool any_revoked)
{
    const char *actor = json_string_value(json_object_get(event->json, "actor"));
    const char *roster = json_string_value(json_object_get(event->json, "roster"));
    bool revoked = false;
    int result = actor && any_revoked ? was_revoked(sql, actor, event->time, &revoked) : 0;
    if (!result && revoked)
        result = flag(sql, site, event, "revoked");
    if (!result && roster && strcmp(roster, "stale") == 0)
        result = flag(sql, site, event, "stale_roster");
    return result;
}
