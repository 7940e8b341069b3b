/* Scripts of scans at one station: what is scanned, what is heard, where the worker is then. Needs cmocka before it. */
#ifndef TESTS_FLOOR_SCRIPT_H
#define TESTS_FLOOR_SCRIPT_H

#include "site_rig.h"
#include "store/session.h"

#define STATION "bench-1"

struct line {
    const char *scan;
    const char *answer; /* the message's key */
    const char *step;   /* of the worker at the station; NULL: nobody */
};

static inline int set_up(void **state)
{
    struct site_rig *rig = calloc(1, sizeof(*rig));
    *state = rig;
    int result = site_rig_open(rig, ":memory:", 1);
    if (result)
        return result;
    site_rig_fill(rig);
    return 0;
}

static inline int tear_down(void **state)
{
    site_rig_close(*state);
    free(*state);
    return 0;
}

static inline int64_t number(struct site_rig *rig, const char *sql)
{
    int64_t value = -1;
    sql_number_values(rig->store->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

static inline void check_laws(struct site_rig *rig)
{
    struct error error = {0};
    if (laws_check(rig->store, &error) != 0)
        fail_msg("%s", error.text);
}

static inline void check_step(struct site_rig *rig, const struct line *line)
{
    struct session session;
    assert_int_equal(session_at_station(rig->store, STATION, &session), 0);
    if (!line->step)
        assert_int_equal(session.worker, 0);
    else
        assert_string_equal(session.step, line->step);
}

static inline void play_line(struct site_rig *rig, const struct line *line)
{
    int64_t moves = number(rig, "SELECT count(*) FROM move");
    int64_t rows = number(rig, "SELECT count(*) FROM journal");
    site_rig_scan(rig, STATION, line->scan);
    const struct message_def *message = message_def(rig->last.answer.message);
    if (strncmp(message->key, line->answer, strlen(line->answer)) != 0)
        fail_msg("scan %s: expected %s, heard %s", line->scan, line->answer, message->key);
    bool refused = line->answer[0] == 'E';
    assert_int_equal(rig->last.good, !refused);
    if (refused) { /* nothing behind it but its row */
        assert_int_equal(number(rig, "SELECT count(*) FROM move"), moves);
        assert_int_equal(number(rig, "SELECT count(*) FROM journal"), rows + 1);
        assert_int_equal(number(rig, "SELECT type = 'scan.rejected' FROM journal ORDER BY seq DESC LIMIT 1"), 1);
    } else {
        assert_true(number(rig, "SELECT count(*) FROM journal") > rows);
    }
    check_step(rig, line);
    check_laws(rig);
}

#define PLAY(rig, ...)                                                                                                 \
    do {                                                                                                               \
        static const struct line script[] = {__VA_ARGS__};                                                             \
        for (size_t line_number = 0; line_number < COUNT(script); line_number++)                                       \
            play_line((rig), &script[line_number]);                                                                    \
    } while (0)

#endif
