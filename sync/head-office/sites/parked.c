#include "sync/head-office/sites/parked.h"

#include "sync/head-office/aftersales/aftersales.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/sites/orphans.h"
#include "sync/head-office/sites/projection.h"
#include "sync/head-office/sites/transfers.h"
#include "sync/wire/types.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define KEY_SIZE 160

/* What an event is about: an order and all its parcels are one thing. */
static void key_of(const struct wire_line *event, char out[KEY_SIZE])
{
    const char *order = json_string_value(json_object_get(event->data, "order"));
    snprintf(out, KEY_SIZE, order ? "order/%s" : "%s", order ? order : event->subject);
}

/* What this database had lost may be what others waited for, and concern every site. */
static int take_orphan(struct office *office, const char *site, const struct wire_line *event,
                       char ret_to[PARKED_SITE_SIZE], struct error *why)
{
    bool feeds = false;
    if (strcmp(event->type, "feed.orphaned") != 0)
        return 0;
    int result = orphans_take(office, site, event->data, &feeds, why);
    if (!result && feeds)
        snprintf(ret_to, PARKED_SITE_SIZE, "%s", PARKED_EVERY_SITE);
    return result;
}

static const char unknown[] = "this version does not know this kind of event: update head office";

static int interpret(struct office *office, const char *site, const struct wire_line *event, bool careful,
                     char ret_to[PARKED_SITE_SIZE], struct error *why)
{
    int result = projection_apply(office->sql, site, event, careful, why);
    if (!result)
        result = aftersales_heard(office, site, event, why);
    if (!result)
        result = transfers_pass_on(office, site, event->type, event->data, ret_to, why);
    if (!result && !*ret_to)
        result = assignments_answered(office, site, event->type, event->data, ret_to, why);
    if (!result && !*ret_to)
        result = take_orphan(office, site, event, ret_to, why);
    return result;
}

static int interpret_whole(struct office *office, const char *site, const struct wire_line *event,
                           char ret_to[PARKED_SITE_SIZE], struct error *why)
{
    *ret_to = '\0';
    if (!wire_type_meaning(event->type))
        return error_set(why, -EINVAL, "%s", unknown);
    int result = sql_run(office->sql, "SAVEPOINT meaning", SQL_NO_VALUES);
    if (result)
        return result;
    result = interpret(office, site, event, true, ret_to, why);
    if (result == -EPERM || result == -EEXIST) /* a meaning that cannot be stored holds up nobody else */
        result = error_set(why, -EINVAL, "it contradicts what is known here, or names what is not");
    int ended = result == -EINVAL ? sql_run(office->sql, "ROLLBACK TO meaning", SQL_NO_VALUES) : 0;
    if (!ended && (!result || result == -EINVAL))
        ended = sql_run(office->sql, "RELEASE meaning", SQL_NO_VALUES);
    if (result)
        *ret_to = '\0';
    return ended ? ended : result;
}

/* Something of the same thing waits that came before. A kind of event that this version does not know holds nothing up:
 * it had no use for it before either. */
static int check_before(struct office *office, const char *site, const struct wire_line *event, const char *key,
                        struct error *why)
{
    int64_t before;
    int result = sql_number(office->sql, &before,
                            "SELECT seq FROM parked WHERE site = ?1 AND subject = ?2 AND (epoch, seq) < (?3, ?4) AND"
                            " known = 1 LIMIT 1",
                            sql_text(site), sql_text(*key ? key : NULL), sql_int(event->epoch), sql_int(event->seq));
    if (result == -ENOENT || !projection_knows(event))
        return 0;
    return result ? result
                  : error_set(why, -EINVAL, "event %lld of the same %.*s is parked", (long long)before,
                              (int)strcspn(key, "/"), key);
}

static int park(struct office *office, const char *site, const struct wire_line *event, const char *key,
                const char *why)
{
    return sql_run(office->sql,
                   "INSERT INTO parked (site, epoch, seq, why, subject, known) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                   " ON CONFLICT (site, epoch, seq) DO UPDATE SET why = excluded.why, known = excluded.known",
                   sql_text(site), sql_int(event->epoch), sql_int(event->seq), sql_text(why), sql_text(key),
                   sql_int(wire_type_meaning(event->type) != NULL));
}

static int replay_of(struct office *office, const char *site, const char *subject);

int parked_or_done(struct office *office, const char *site, const struct wire_line *event,
                   char ret_to[PARKED_SITE_SIZE], struct error *why)
{
    char key[KEY_SIZE];
    *ret_to = '\0';
    key_of(event, key);
    int result = check_before(office, site, event, key, why);
    if (!result)
        result = interpret_whole(office, site, event, ret_to, why);
    const char *subject = json_string_value(json_object_get(event->data, "subject"));
    if (!result && subject && strcmp(event->type, "feed.orphaned") == 0)
        result = replay_of(office, site, subject);
    if (result != -EINVAL)
        return result;
    int parked = park(office, site, event, key, why->text);
    return parked ? parked : -EINVAL;
}

int parked_hope(struct office *office, const char *site, const struct wire_line *event, char ret_to[PARKED_SITE_SIZE],
                struct error *why)
{
    *ret_to = '\0';
    return wire_type_meaning(event->type) ? interpret(office, site, event, false, ret_to, why)
                                          : error_set(why, -EINVAL, "%s", unknown);
}

static int try_again(struct office *office, struct sql_query *row, struct parked_outcome *outcome)
{
    CLEANUP_LINE struct wire_line event = {0};
    struct error why = {0};
    size_t length;
    char to[PARKED_SITE_SIZE];
    const char *site = sql_get_text(row, 0), *line = sql_get_blob(row, 1, &length);
    int result = wire_line_parse(line, length, &event, &why);
    if (result)
        return result;
    event.epoch = sql_get_int(row, 2); /* in which it came */
    result = parked_or_done(office, site, &event, to, &why);
    outcome->left += result == -EINVAL;
    outcome->done += result == 0;
    if (result)
        return result == -EINVAL ? 0 : result;
    return sql_run(office->sql, "DELETE FROM parked WHERE site = ?1 AND epoch = ?2 AND seq = ?3", sql_text(site),
                   sql_int(event.epoch), sql_int(event.seq));
}

/* What waited for one thing, in its order. */
static int replay_of(struct office *office, const char *site, const char *subject)
{
    struct parked_outcome outcome = {0};
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT p.site, e.line, e.epoch FROM parked p JOIN event e USING (site, epoch, seq)"
                   " WHERE p.site = ?1 AND p.subject = ?2 ORDER BY e.arrival + 0",
                   sql_text(site), sql_text(subject));
    int result = 0;
    while (!result && sql_next(row))
        result = try_again(office, row, &outcome);
    int failed = sql_done(row);
    return result ? result : failed;
}

int parked_replay(struct office *office, struct parked_outcome *ret, struct error *error)
{
    *ret = (struct parked_outcome){0};
    /* Sorted here, because what is interpreted leaves the table that this reads. */
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT p.site, e.line, e.epoch FROM parked p JOIN event e USING (site, epoch, seq)"
                   " ORDER BY e.arrival + 0",
                   SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(row))
        result = try_again(office, row, ret);
    int failed = sql_done(row);
    return result || failed ? office_failed(office->sql, result ? result : failed, error) : 0;
}
