#include "sync/head-office/api/webhooks.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/query.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MAX    500                            /* rows looked at for one webhook at a time */
#define BUSY_US     INT64_C(60000000)              /* longer than a sender waits for an answer */
#define KEPT_US     (INT64_C(7) * 86400 * 1000000) /* of what was taken */
#define GONE        410
#define TEST_TYPE   "webhook.test"
#define REPORT_TYPE "report.daily"

/* ---------------------------------------------------------------- who is told */

static int check_url(const char *url, struct error *error)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < COUNT(schemes); i++) {
        size_t length = strlen(schemes[i]);
        if (strncmp(url, schemes[i], length) == 0 && url[length] && !strpbrk(url, " \t\r\n\"<>\\"))
            return 0;
    }
    return error_set(error, -EINVAL, "\"%s\" is no address to send to: it begins with https:// or http://", url);
}

static void write_secret(const uint8_t secret[WEBHOOK_SECRET], char out[WEBHOOK_SECRET_SIZE])
{
    static const char head[] = "whsec_";
    memcpy(out, head, sizeof(head));
    sodium_bin2base64(out + sizeof(head) - 1, WEBHOOK_SECRET_SIZE - sizeof(head) + 1, secret, WEBHOOK_SECRET,
                      sodium_base64_VARIANT_ORIGINAL);
}

int webhooks_add(struct office *office, const char *url, const char *events, char ret_id[WEBHOOK_ID_SIZE],
                 char ret_secret[WEBHOOK_SECRET_SIZE], struct error *error)
{
    char id[ID_TEXT_SIZE];
    uint8_t secret[WEBHOOK_SECRET];
    int result = check_url(url, error);
    if (result)
        return result;
    id_new(&office->random, id);
    text_copy_n(ret_id, WEBHOOK_ID_SIZE, id, WEBHOOK_ID_SIZE - 1);
    office->random.fill(office->random.user, secret, sizeof(secret));
    write_secret(secret, ret_secret);
    result = sql_run(
        office->sql,
        "INSERT INTO webhook (id, url, secret, events, added_us, event_place, history_place, report_place) VALUES"
        " (?1, ?2, ?3, ?4, ?5, coalesce((SELECT max(arrival) FROM event), 0),"
        " coalesce((SELECT max(id) FROM order_history), 0), coalesce((SELECT max(id) FROM daily_report), 0))",
        sql_text(ret_id), sql_text(url), sql_blob(secret, sizeof(secret)), sql_text(events), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int forget_messages(struct office *office, const char *id, bool all)
{
    return sql_run(office->sql, "DELETE FROM delivery WHERE webhook = ?1 AND (?2 = 1 OR sent_us IS NULL)", sql_text(id),
                   sql_int(all));
}

int webhooks_remove(struct office *office, const char *id, struct error *error)
{
    int result = forget_messages(office, id, true);
    if (!result)
        result = sql_run(office->sql, "DELETE FROM webhook WHERE id = ?1", sql_text(id));
    return office_changed(office->sql, result, "webhook", id, error);
}

int webhooks_stop(struct office *office, const char *id, struct error *error)
{
    int result = sql_run(office->sql, "UPDATE webhook SET active = 0, trouble = NULL WHERE id = ?1", sql_text(id));
    return office_changed(office->sql, result, "webhook", id, error);
}

int webhooks_start(struct office *office, const char *id, bool skip, struct error *error)
{
    int result = 0;
    if (skip)
        result = forget_messages(office, id, false);
    if (skip && !result)
        result =
            sql_run(office->sql,
                    "UPDATE webhook SET event_place = coalesce((SELECT max(arrival) FROM event), 0), history_place ="
                    " coalesce((SELECT max(id) FROM order_history), 0), report_place = coalesce((SELECT max(id) FROM"
                    " daily_report), 0) WHERE id = ?1",
                    sql_text(id));
    if (!result)
        result = sql_run(office->sql,
                         "UPDATE webhook SET active = 1, trouble = NULL, failures = 0, next_us = 0 WHERE id = ?1",
                         sql_text(id));
    return office_changed(office->sql, result, "webhook", id, error);
}

/* ---------------------------------------------------------------- what they are told */

static int add_message(struct office *office, const char *webhook, const char *id, const char *type, const char *body)
{
    return sql_run(office->sql,
                   "INSERT INTO delivery (webhook, message, type, body, created_us) VALUES (?1, ?2, ?3, ?4, ?5)"
                   " ON CONFLICT (webhook, message) DO NOTHING",
                   sql_text(webhook), sql_text(id), sql_text(type), sql_text(body), sql_int(office->now_us));
}

static void open_message(struct buf *json, const char *id, const char *type, const char *subject, int64_t time_us)
{
    char time[CLOCK_TEXT_SIZE], full[128];
    clock_format(time_us, time);
    snprintf(full, sizeof(full), "io.floorhand.%s.v1", type);
    json_open_object(json, NULL);
    json_text(json, "specversion", "1.0");
    json_text(json, "id", id);
    json_text(json, "source", "//floorhand/head-office");
    json_text(json, "type", full);
    if (*subject)
        json_text(json, "subject", subject);
    json_text(json, "time", time);
    json_text(json, "datacontenttype", "application/json");
    json_open_object(json, "data");
}

int webhooks_test(struct office *office, const char *id, struct error *error)
{
    char message[ID_TEXT_SIZE];
    int64_t found;
    CLEANUP_BUF struct buf json = {0};
    int result = sql_number(office->sql, &found, "SELECT 1 FROM webhook WHERE id = ?1", sql_text(id));
    if (result == -ENOENT)
        return error_set(error, result, "there is no webhook \"%s\"", id);
    id_new(&office->random, message);
    open_message(&json, message, TEST_TYPE, "", office->now_us);
    json_close_object(&json);
    json_close_object(&json);
    if (!result)
        result = add_message(office, id, message, TEST_TYPE, buf_text(&json));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Which webhook is looked after, and how far. */
struct place {
    char id[WEBHOOK_ID_SIZE], events[WEBHOOK_EVENTS_SIZE], gen[ID_TEXT_SIZE];
    int64_t event, history, report;
};

/* What came again from an earlier epoch was told when it came first. A site's ids are its own. */
static int fill_events(struct office *office, struct place *place, bool *ret_more)
{
    int result = 0;
    size_t rows = 0;
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT arrival, site, id, type, line, again FROM event WHERE arrival > ?1"
                                       " ORDER BY arrival LIMIT ?2",
                                       sql_int(place->event), sql_int(LOOK_MAX));
    for (; !result && sql_next(row); rows++) {
        char id[129];
        place->event = sql_get_int(row, 0);
        snprintf(id, sizeof(id), "%s-%s", sql_get_text(row, 1), sql_get_text(row, 2));
        if (sql_get_int(row, 5) == 0 && text_is_covered(place->events, sql_get_text(row, 3)))
            result = add_message(office, place->id, id, sql_get_text(row, 3), sql_get_text(row, 4));
    }
    *ret_more |= rows == LOOK_MAX;
    int failed = sql_done(row);
    return result ? result : failed;
}

/* row: id, number, time_us, act, before, after, who, note. */
static int add_act(struct office *office, const struct place *place, const char *type, struct sql_query *row)
{
    static const char *const members[] = {"act", "before", "after", "who", "note"};
    CLEANUP_BUF struct buf json = {0};
    char id[64], subject[96];
    const struct order_state *state = order_state_find(sql_get_text(row, 5));
    snprintf(id, sizeof(id), "%s-%lld", place->gen, (long long)sql_get_int(row, 0));
    snprintf(subject, sizeof(subject), "order/%s", sql_get_text(row, 1));
    open_message(&json, id, type, subject, sql_get_int(row, 2));
    json_text(&json, "order", sql_get_text(row, 1));
    for (int i = 0; i < (int)COUNT(members); i++)
        json_text(&json, members[i], sql_get_text(row, 3 + i));
    json_text(&json, "stage", state ? state->stage : NULL);
    json_close_object(&json);
    json_close_object(&json);
    return json.failed ? -ENOMEM : add_message(office, place->id, id, type, buf_text(&json));
}

static int fill_history(struct office *office, struct place *place, bool *ret_more)
{
    int result = 0;
    size_t rows = 0;
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT id, number, time_us, act, before, after, who, note FROM order_history"
                                       " WHERE id > ?1 ORDER BY id LIMIT ?2",
                                       sql_int(place->history), sql_int(LOOK_MAX));
    for (; !result && sql_next(row); rows++) {
        char type[64];
        place->history = sql_get_int(row, 0);
        snprintf(type, sizeof(type), "office.order.%s", sql_get_text(row, 3));
        if (text_is_covered(place->events, type))
            result = add_act(office, place, type, row);
    }
    *ret_more |= rows == LOOK_MAX;
    int failed = sql_done(row);
    return result ? result : failed;
}

/* The report as the list of one row tells it. */
static int add_report(struct office *office, const struct place *place, int64_t report, const char *day,
                      int64_t made_us)
{
    struct error stale;
    CLEANUP_BUF struct buf json = {0}, figures = {0};
    char id[64], subject[48];
    const struct query_given of_day[] = {{"day", day}};
    snprintf(id, sizeof(id), "%s-report-%lld", place->gen, (long long)report);
    snprintf(subject, sizeof(subject), "report/%s", day);
    int result = query_list(office->sql, office_queries, "daily-figures", of_day, COUNT(of_day), &figures, &stale);
    open_message(&json, id, REPORT_TYPE, subject, made_us);
    json_text(&json, "day", day);
    json_raw(&json, "figures", buf_text(&figures));
    json_close_object(&json);
    json_close_object(&json);
    return result ? result : json.failed ? -ENOMEM : add_message(office, place->id, id, REPORT_TYPE, buf_text(&json));
}

static int fill_reports(struct office *office, struct place *place)
{
    int result = 0;
    struct sql_query *row = sql_select(
        office->sql, "SELECT id, day, made_us FROM daily_report WHERE id > ?1 ORDER BY id", sql_int(place->report));
    while (!result && sql_next(row)) {
        place->report = sql_get_int(row, 0);
        if (text_is_covered(place->events, REPORT_TYPE))
            result = add_report(office, place, place->report, sql_get_text(row, 1), sql_get_int(row, 2));
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* The next one, by its id, that there may be something for. -ENOENT: none. */
static int next_place(struct office *office, struct place *place)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT id, events, event_place, history_place, report_place FROM webhook WHERE active = 1 AND"
                   " id > ?1 AND (event_place < coalesce((SELECT max(arrival) FROM event), 0) OR"
                   " history_place < coalesce((SELECT max(id) FROM order_history), 0) OR report_place <"
                   " coalesce((SELECT max(id) FROM daily_report), 0))"
                   " ORDER BY id LIMIT 1",
                   sql_text(place->id));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, place->id, sizeof(place->id));
        sql_copy_text(row, 1, place->events, sizeof(place->events));
        place->event = sql_get_int(row, 2);
        place->history = sql_get_int(row, 3);
        place->report = sql_get_int(row, 4);
    }
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

static int fill_one(struct office *office, struct place *place, bool *ret_more)
{
    int result = fill_events(office, place, ret_more);
    if (!result)
        result = fill_history(office, place, ret_more);
    if (!result)
        result = fill_reports(office, place);
    return result
               ? result
               : sql_run(office->sql,
                         "UPDATE webhook SET event_place = ?2, history_place = ?3, report_place = ?4 WHERE id = ?1",
                         sql_text(place->id), sql_int(place->event), sql_int(place->history), sql_int(place->report));
}

/* As one who writes, alone: rows of programs side by side are committed in another order than they were numbered in,
 * and what is numbered below a place is not looked at again. */
int webhooks_fill(struct office *office, bool *ret_more, struct error *error)
{
    struct place place = {.id = ""};
    *ret_more = false;
    int result = next_place(office, &place);
    if (result == -ENOENT)
        return 0;
    if (!result)
        result = office_gen(office->sql, place.gen);
    if (result)
        return office_failed(office->sql, result, error);
    result = office_begin(office, error);
    if (result)
        return result;
    place.id[0] = '\0';
    while ((result = next_place(office, &place)) == 0 && (result = fill_one(office, &place, ret_more)) == 0)
        ;
    if (result && result != -ENOENT)
        office_failed(office->sql, result, error);
    else
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

int webhooks_forget(struct office *office, struct error *error)
{
    int result = sql_run(office->sql, "DELETE FROM delivery WHERE sent_us < ?1", sql_int(office->now_us - KEPT_US));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- for the sender */

static int claim(struct office *office, const char *id)
{
    return sql_run(office->sql, "UPDATE webhook SET busy_until_us = ?2 WHERE id = ?1", sql_text(id),
                   sql_int(office->now_us + BUSY_US));
}

static int read_message(struct sql_query *row, struct webhook_message *ret)
{
    size_t length = 0;
    sql_copy_text(row, 0, ret->webhook, sizeof(ret->webhook));
    sql_copy_text(row, 1, ret->url, sizeof(ret->url));
    const void *secret = sql_get_blob(row, 2, &length);
    if (length == sizeof(ret->secret))
        memcpy(ret->secret, secret, length);
    ret->failures = sql_get_int(row, 3);
    ret->delivery = sql_get_int(row, 4);
    sql_copy_text(row, 5, ret->id, sizeof(ret->id));
    ret->body = strdup(sql_get_text(row, 6));
    return ret->body ? 0 : -ENOMEM;
}

/* What is due first at a webhook that nobody sends to. -ENOENT: none. */
static int next_message(struct office *office, struct webhook_message *ret)
{
    *ret = (struct webhook_message){.delivery = 0};
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT w.id, w.url, w.secret, w.failures, d.id, d.message, d.body FROM webhook w JOIN delivery d ON d.id ="
        " (SELECT min(x.id) FROM delivery x WHERE x.webhook = w.id AND x.sent_us IS NULL) WHERE w.active = 1 AND"
        " w.next_us <= ?1 AND w.busy_until_us <= ?1 ORDER BY d.id LIMIT 1",
        sql_int(office->now_us));
    int result = !sql_next(row) ? -ENOENT : read_message(row, ret);
    int failed = sql_done(row);
    if (!failed)
        return result;
    webhook_message_free(ret);
    return failed;
}

/* Looked for before anybody is kept waiting, and again as one who writes, alone: meanwhile another sender may have sent
 * it, and be ready for the next. */
int webhooks_take(struct office *office, struct webhook_message *ret, struct error *error)
{
    int result = next_message(office, ret);
    webhook_message_free(ret);
    if (result)
        return result == -ENOENT ? result : office_failed(office->sql, result, error);
    result = office_begin(office, error);
    if (result)
        return result;
    result = next_message(office, ret);
    if (!result)
        result = claim(office, ret->webhook);
    if (result && result != -ENOENT)
        office_failed(office->sql, result, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    if (result)
        webhook_message_free(ret);
    return result;
}

static int64_t wait_us(const struct webhook_patience *patience, int64_t failures)
{
    int64_t ms = patience->first_ms;
    for (int64_t i = 1; i < failures && ms < patience->cap_ms; i++)
        ms *= 2;
    return (ms < patience->cap_ms ? ms : patience->cap_ms) * 1000;
}

static int record_taken(struct office *office, const struct webhook_message *message)
{
    return sql_run(office->sql, "UPDATE webhook SET failures = 0, next_us = 0, busy_until_us = 0 WHERE id = ?1",
                   sql_text(message->webhook));
}

/* A webhook that fails too often is stopped, and says why; whoever starts it again loses nothing. */
static int record_failure(struct office *office, const struct webhook_message *message, int64_t status,
                          const char *fault, const struct webhook_patience *patience)
{
    char trouble[ERROR_TEXT_MAX];
    int64_t failures = message->failures + 1;
    bool given_up = status == GONE || failures >= patience->give_up;
    if (status == GONE)
        snprintf(trouble, sizeof(trouble), "its server says that it is gone (410)");
    else
        snprintf(trouble, sizeof(trouble), "it failed %lld times one after the other, at last: %s", (long long)failures,
                 fault);
    return sql_run(office->sql,
                   "UPDATE webhook SET failures = ?2, next_us = ?3, busy_until_us = 0, active = CASE WHEN ?4 = 1 THEN 0"
                   " ELSE active END, trouble = CASE WHEN ?4 = 1 THEN ?5 ELSE trouble END WHERE id = ?1",
                   sql_text(message->webhook), sql_int(failures), sql_int(office->now_us + wait_us(patience, failures)),
                   sql_int(given_up), sql_text(trouble));
}

void webhook_message_free(struct webhook_message *message)
{
    free(message->body);
    message->body = NULL;
}

int webhooks_record(struct office *office, const struct webhook_message *message, int64_t status, const char *fault,
                    const struct webhook_patience *patience, struct error *error)
{
    bool taken = status >= 200 && status < 300;
    int result = office_begin(office, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "UPDATE delivery SET tries = tries + 1, status = ?2, fault = ?3, sent_us = ?4 WHERE id = ?1",
                     sql_int(message->delivery), sql_int(status), sql_text(taken ? "" : fault),
                     taken ? sql_int(office->now_us) : sql_null());
    if (!result)
        result = taken ? record_taken(office, message) : record_failure(office, message, status, fault, patience);
    if (result)
        office_failed(office->sql, result, error);
    else
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}
