#include "sync/head-office/sites/republish.h"

#include "sync/wire/topic.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EVENTS_MAX 500 /* of a site at a time */

/* A site's place: the last event that was sent. */
struct place {
    char site[WIRE_NAME_SIZE];
    int64_t epoch, seq;
};

/* What came again from an earlier epoch was sent when it came first. */
static int send_after(struct office *office, struct place *place, republish_send_fn *send, void *user,
                      int64_t *ret_sent)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT epoch, seq, type, line, again FROM event WHERE site = ?1 AND (epoch > ?2 "
                   "OR (epoch = ?2 AND seq > ?3)) ORDER BY epoch, seq LIMIT ?4",
                   sql_text(place->site), sql_int(place->epoch), sql_int(place->seq), sql_int(EVENTS_MAX));
    int result = 0;
    while (!result && sql_next(row)) {
        char topic[REPUBLISH_TOPIC_SIZE];
        const char *line = sql_get_text(row, 3);
        snprintf(topic, sizeof(topic), "fh1/ce/%s/%s", place->site, sql_get_text(row, 2));
        bool is_new = sql_get_int(row, 4) == 0;
        result = is_new ? send(user, topic, line, strlen(line)) : 0;
        if (result)
            break;
        place->epoch = sql_get_int(row, 0);
        place->seq = sql_get_int(row, 1);
        *ret_sent += is_new;
    }
    int failed = sql_done(row);
    return failed ? failed : 0;
}

static int keep_place(struct office *office, const struct place *place)
{
    return sql_run(office->sql, "UPDATE site SET published_epoch = ?2, published_seq = ?3 WHERE id = ?1",
                   sql_text(place->site), sql_int(place->epoch), sql_int(place->seq));
}

/* The next site, by its name, of which there is something to send. */
static int find_next(struct office *office, const char *after, struct place *ret)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT id, published_epoch, published_seq FROM site WHERE id > ?1 AND (epoch > published_epoch OR "
                   "(epoch = published_epoch AND applied > published_seq)) ORDER BY id LIMIT 1",
                   sql_text(after));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->site, sizeof(ret->site));
        ret->epoch = sql_get_int(row, 1);
        ret->seq = sql_get_int(row, 2);
    }
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

int republish(struct office *office, republish_send_fn *send, void *user, int64_t *ret_sent, struct error *error)
{
    struct place place = {0};
    int result;
    *ret_sent = 0;
    while ((result = find_next(office, place.site, &place)) == 0) {
        const struct place before = place;
        result = send_after(office, &place, send, user, ret_sent);
        if (!result && (place.epoch != before.epoch || place.seq != before.seq))
            result = keep_place(office, &place);
        if (result)
            break;
    }
    return result && result != -ENOENT ? office_failed(office->sql, result, error) : 0;
}
