/* What is counted of sites' days, against sums made by hand; changes of settings and what came of them; where goods
 * should lie. On both databases. */
#include "unit/money_rig.h"

#include "base/clock.h"

#include "sync/head-office/improve/improve.h"
#include "sync/head-office/improve/measure.h"
#include "sync/head-office/query.h"

#define DAY_US  BUSINESS_DAY_US
#define TODAY   INT64_C(20517) /* 2026-03-05, counted from 1970 */
#define HQ_ZONE 480

static int set_up(void **state)
{
    money_set_up(state);
    rig_import_good(*state, "locations", "hz",
                    "code,kind,walk,aisle,block,position_mm,item,face_min,face_max\n"
                    "A-01,face,1,0,0,1000,C,2,20\nA-02,face,2,2,0,3000,T,4,40\nA-03,face,3,4,1,500,,0,0\n");
    return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, rig_tear_down)

/* An event of a worker at a time of the day, days from today, by the clock of the business. */
static void happens(struct rig *rig, const char *site, int day, int hour, const char *actor, const char *type,
                    const char *data)
{
    static int64_t seq = 1000000;
    char id[32], time[CLOCK_TEXT_SIZE], sequence[WIRE_SEQUENCE_SIZE];
    CLEANUP_BUF struct buf line = {0};
    uint8_t hash[32] = {0};
    seq++;
    snprintf(id, sizeof(id), "i%d", (int)seq);
    clock_format((TODAY + day) * DAY_US + (hour * 60 - HQ_ZONE) * INT64_C(60000000), time);
    wire_sequence_write(sequence, 1, seq);
    buf_printf(&line,
               "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"" WIRE_SITE_SOURCE "%s\",\"type\":"
               "\"io.floorhand.%s.v1\",\"time\":\"%s\",\"sequence\":\"%s\"%s%s%s,\"data\":%s}",
               id, site, type, time, sequence, *actor ? ",\"actor\":\"" : "", actor, *actor ? "\"" : "", data);
    assert_int_equal(sql_run(rig->office.sql,
                             "INSERT INTO event (arrival, site, epoch, seq, id, type, subject, time, line, hash) VALUES"
                             " (?1, ?2, 1, ?1, ?3, ?4, '', ?5, ?6, ?7)",
                             sql_int(seq), sql_text(site), sql_text(id), sql_text(type), sql_text(time),
                             sql_text(buf_text(&line)), sql_blob(hash, sizeof(hash))),
                     0);
}

static void count_all(struct rig *rig)
{
    struct improve_work done = {.more = true};
    while (done.more)
        if (improve_work(&rig->office, 3, &done, &rig->error) != 0)
            fail_msg("%s", rig->error.text);
}

#define PICK(order, sku, bin, quantity)                                                                                \
    "{\"order\":\"" order "\",\"line\":1,\"sku\":\"" sku "\",\"location\":\"" bin "\",\"quantity\":" #quantity "}"
#define UNDO_PICK(order, sku, bin, quantity)                                                                           \
    "{\"undid\":\"pick.line\",\"order\":\"" order "\",\"line\":1,\"sku\":\"" sku "\",\"location\":\"" bin              \
    "\",\"quantity\":" #quantity "}"

/* A statement is kept by the address of its text, so it is one for all columns. */
static void assert_day(struct rig *rig, int day, const char *column, int64_t wanted)
{
    static const char *const columns[] = {"pieces",       "visits", "measured", "walk_mm",
                                          "picker_hours", "events", "rejected", "parcels"};
    struct sql_query *row = sql_select(rig->office.sql,
                                       "SELECT pieces, visits, measured, walk_mm, picker_hours, events, rejected,"
                                       " parcels FROM site_day WHERE site = 'hz' AND day = ?1",
                                       sql_int(TODAY + day));
    assert_true(sql_next(row));
    int64_t is = -1;
    for (int i = 0; i < (int)COUNT(columns); i++)
        if (strcmp(columns[i], column) == 0)
            is = sql_get_int(row, i);
    assert_int_equal(sql_done(row), 0);
    if (is != wanted)
        fail_msg("%s of day %d is %lld, not %lld", column, day, (long long)is, (long long)wanted);
}

/* ---------------------------------------------------------------- counting */

static void tell_ways(struct rig *rig)
{
    happens(rig, "hz", -30, 8, "boss", "setting.changed", "{\"setting\":\"aisle_length_mm\",\"value\":20000}");
    happens(rig, "hz", -30, 8, "boss", "setting.changed", "{\"setting\":\"aisle_distance_mm\",\"value\":2500}");
}

/* A-02 is 2 x 2.5 m + 3 m from the depot: 16 m there and back. A-03 lies 4 x 2.5 m + 20 m + 0.5 m away: 61 m. */
static void days_are_as_counted_by_hand(void **state)
{
    struct rig *rig = *state;
    tell_ways(rig);
    happens(rig, "hz", -1, 9, "li", "pick.line", PICK("O1", "T", "A-02", 1));
    happens(rig, "hz", -1, 9, "li", "pick.line", PICK("O1", "T", "A-02", 3));
    happens(rig, "hz", -1, 9, "wu", "pick.line", PICK("O2", "T", "A-02", 2));
    happens(rig, "hz", -1, 10, "wu", "pick.line", PICK("O3", "T", "A-02", 5));
    happens(rig, "hz", -1, 10, "wu", "scan.undone", UNDO_PICK("O3", "T", "A-02", 5));
    happens(rig, "hz", -1, 10, "li", "pick.batch",
            "{\"wave\":\"W1\",\"sku\":\"C\",\"location\":\"A-03\",\"quantity\":6,\"lines\":[]}");
    happens(rig, "hz", -1, 10, "li", "pick.batch",
            "{\"wave\":\"W1\",\"sku\":\"C\",\"location\":\"A-03\",\"quantity\":2,\"lines\":[]}");
    happens(rig, "hz", -1, 11, "li", "scan.rejected", "{\"code\":\"E05\",\"scan\":\"x\"}");
    happens(rig, "hz", -1, 11, "", "scan.rejected", "{\"code\":\"E01\",\"scan\":\"y\"}");
    happens(rig, "hz", -1, 23, "wu", "parcel.shipped", "{\"order\":\"O1\",\"carrier\":\"SF\"}");
    happens(rig, "hz", 0, 0, "wu", "parcel.shipped", "{\"order\":\"O2\",\"carrier\":\"SF\"}");
    happens(rig, "bj", -1, 9, "li", "pick.line", PICK("O9", "T", "Z", 100));
    count_all(rig);
    assert_day(rig, -1, "pieces", 1 + 3 + 2 + 6 + 2);
    assert_day(rig, -1, "visits", 3);
    assert_day(rig, -1, "measured", 3);
    assert_day(rig, -1, "walk_mm", 2 * 16000 + 61000);
    assert_day(rig, -1, "picker_hours", 4); /* li and wu at nine and at ten: what wu took back was work, too */
    assert_day(rig, -1, "events", 10);
    assert_day(rig, -1, "rejected", 2);
    assert_day(rig, -1, "parcels", 1);
    assert_day(rig, 0, "parcels", 1);
    count_all(rig); /* each event once */
    assert_day(rig, -1, "pieces", 14);
    assert_int_equal(rig_count(rig, "SELECT sum(visits) FROM pick_day WHERE site = 'hz' AND sku = 'T'"), 2);
    assert_int_equal(rig_count(rig, "SELECT measured FROM site_day WHERE site = 'bj'"), 0);
    assert_int_equal(rig_count(rig, "SELECT times FROM site_fact WHERE site = 'hz' AND fact = 'parcel' AND subject ="
                                    " 'SF'"),
                     2);
}

/* In between somebody took of it for another order: so it was gone to again. */
static void a_visit_is_what_the_tool_calls_one(void **state)
{
    struct rig *rig = *state;
    static const char *const orders[] = {"A", "A", "B", "A", "A", "B", "B", "C"};
    int64_t visits = 0;
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        char data[128];
        snprintf(data, sizeof(data), "{\"order\":\"%s\",\"line\":1,\"sku\":\"T\",\"location\":\"A-02\",\"quantity\":1}",
                 orders[i]);
        happens(rig, "hz", -2, 9, "li", "pick.line", data);
        visits += i == 0 || strcmp(orders[i], orders[i - 1]) != 0;
    }
    happens(rig, "hz", -2, 9, "li", "scan.undone", UNDO_PICK("B", "T", "A-02", 1)); /* not the last any more */
    count_all(rig);
    assert_day(rig, -2, "visits", visits);
    assert_day(rig, -2, "pieces", 7);
    assert_day(rig, -2, "measured", 0); /* nobody has said how long the aisles are */
}

/* ---------------------------------------------------------------- settings */

static void changes_are_kept(void **state)
{
    struct rig *rig = *state;
    tell_ways(rig);
    happens(rig, "hz", -3, 8, "boss", "setting.changed", "{\"setting\":\"cluster_totes\",\"value\":8}");
    happens(rig, "hz", -3, 9, "boss", "setting.changed", "{\"setting\":\"cluster_totes\",\"value\":8}");
    happens(rig, "hz", -2, 9, "boss", "setting.changed", "{\"setting\":\"cluster_totes\",\"value\":12}");
    count_all(rig);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parameter_change WHERE name = 'cluster_totes'"), 2);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parameter_change WHERE site = 'hz' AND before = '8' AND"
                                    " after = '12' AND who = 'boss' AND day = 20515"),
                     1);
    ask(rig, "setting.set", "{\"name\":\"merge_hours\",\"value\":\"7\"}");
    ask(rig, "setting.set", "{\"name\":\"merge_hours\",\"value\":\"7\"}");
    ask(rig, "site.capacity", "{\"site\":\"hz\",\"orders\":500}");
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parameter_change WHERE site = '' AND name = 'merge_hours'"
                                    " AND before IS NOT NULL AND after = '7' AND who = 'li' AND day = 20517"),
                     1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parameter_change WHERE name = 'merge_hours'"), 1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parameter WHERE site = 'hz' AND name = 'capacity' AND value ="
                                    " '500'"),
                     1);
}

static void a_site_is_told_its_setting(void **state)
{
    struct rig *rig = *state;
    ask(rig, "parameter.set", "{\"site\":\"hz\",\"name\":\"wall_slots\",\"value\":24}");
    ask(rig, "parameter.set", "{\"site\":\"hz\",\"name\":\"wall_slots\",\"value\":30}");
    refused(rig, "parameter.set", "{\"site\":\"xx\",\"name\":\"wall_slots\",\"value\":30}", "no site");
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM feed WHERE site = 'hz' AND type = 'config.set' AND key ="
                                    " 'config/wall_slots' AND rev = 2 AND line LIKE '%\"value\":30%'"),
                     1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parameter_change WHERE site = 'hz' AND before = '24' AND"
                                    " after = '30'"),
                     1);
}

/* ---------------------------------------------------------------- before and after */

static void work_days(struct rig *rig, int from, int to, const char *sums)
{
    for (int day = from; day <= to; day++) {
        char text[256];
        snprintf(text, sizeof(text),
                 "INSERT INTO site_day (site, day, pieces, picker_hours, events, rejected, parcels) VALUES ('hz', %d,"
                 " %s)",
                 (int)TODAY + day, sums);
        rig_run(rig, text);
    }
}

static void assert_figure(struct rig *rig, const char *figure, int64_t before, int64_t after, int64_t percent,
                          const char *verdict)
{
    struct sql_query *row =
        sql_select(rig->office.sql, "SELECT before, after, percent, verdict FROM measured_figure WHERE figure = ?1",
                   sql_text(figure));
    assert_true(sql_next(row));
    assert_string_equal(sql_get_text(row, 3), verdict);
    assert_int_equal(sql_get_null(row, 0) ? -1 : sql_get_int(row, 0), before);
    assert_int_equal(sql_get_null(row, 1) ? -1 : sql_get_int(row, 1), after);
    assert_int_equal(sql_get_null(row, 2) ? 0 : sql_get_int(row, 2), percent);
    assert_false(sql_next(row));
    assert_int_equal(sql_done(row), 0);
}

/* 14 days of 40 pieces an hour, then of 50; 10 of 1,000 scans refused, then 11; the day of the change itself counts in
 * neither. */
static void a_change_is_measured_by_itself(void **state)
{
    struct rig *rig = *state;
    work_days(rig, -40, -30, "1, 1, 1, 1, 1"); /* before the window */
    work_days(rig, -29, -16, "400, 10, 1000, 10, 90");
    work_days(rig, -15, -15, "9999, 1, 1, 1, 9999");
    work_days(rig, -14, -1, "500, 10, 1000, 11, 90");
    happens(rig, "hz", -15, 8, "boss", "setting.changed", "{\"setting\":\"cluster_totes\",\"value\":12}");
    count_all(rig);
    count_all(rig);
    assert_int_equal(rig_count(rig, "SELECT measured FROM parameter_change"), 1);
    assert_figure(rig, "picks_per_hour", 4000, 5000, 25, "better");
    assert_figure(rig, "errors_per_1000", 1000, 1100, 10, "worse");
    assert_figure(rig, "parcels_per_day", 9000, 9000, 0, "same");
    assert_figure(rig, "exceptions_per_day", 0, 0, 0, "too_little");
    assert_figure(rig, "walk_m_per_visit", -1, -1, 0, "too_little");
}

static void too_little_is_said_to_be_so(void **state)
{
    struct rig *rig = *state;
    work_days(rig, -29, -24, "400, 10, 1000, 10, 90"); /* six days of fourteen */
    work_days(rig, -14, -1, "500, 10, 1000, 11, 90");
    happens(rig, "hz", -15, 8, "boss", "setting.changed", "{\"setting\":\"cluster_totes\",\"value\":12}");
    happens(rig, "hz", -5, 8, "boss", "setting.changed", "{\"setting\":\"zero_check\",\"value\":0}");
    count_all(rig);
    count_all(rig);
    assert_figure(rig, "picks_per_hour", -1, 5000, 0, "too_little");
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parameter_change WHERE measured = 0"), 1);
    CLEANUP_BUF struct buf fields = {0};
    buf_printf(&fields, "{\"parameter_change\":%d}",
               (int)rig_count(rig, "SELECT id FROM parameter_change WHERE measured = 0"));
    json_t *answer = ask_as(rig, "li", "parameter.measure", buf_text(&fields));
    assert_true(json_is_false(json_object_get(answer, "whole")));
    json_decref(answer);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM measured_figure WHERE verdict = 'too_early'"), 6);
}

static void an_improvement_goes_its_way(void **state)
{
    struct rig *rig = *state;
    refused(rig, "improvement.plan", "{\"what\":\"\",\"figure\":\"picks_per_hour\",\"aim\":10}", "empty");
    refused(rig, "improvement.plan", "{\"what\":\"x\",\"figure\":\"luck\",\"aim\":10}", "figure");
    refused(rig, "improvement.plan", "{\"what\":\"x\",\"figure\":\"picks_per_hour\",\"aim\":1,\"site\":\"xx\"}",
            "no site");
    ask(rig, "improvement.plan",
        "{\"what\":\"新货架 new shelves\",\"figure\":\"picks_per_hour\",\"aim\":10,\"site\":\"hz\"}");
    refused(rig, "improvement.measure", "{\"improvement\":1}", "not begun");
    rig->office.now_us -= 8 * DAY_US;
    ask(rig, "improvement.state", "{\"improvement\":1,\"state\":\"running\"}");
    refused(rig, "improvement.state", "{\"improvement\":1,\"state\":\"running\"}", "too far");
    rig->office.now_us += 8 * DAY_US;
    work_days(rig, -15, -9, "300, 10, 1000, 10, 90");
    work_days(rig, -7, -1, "345, 10, 1000, 10, 90");
    ask(rig, "improvement.measure", "{\"improvement\":1,\"days\":7}");
    assert_figure(rig, "picks_per_hour", 3000, 3450, 15, "better");
    ask(rig, "improvement.state", "{\"improvement\":1,\"state\":\"kept\",\"note\":\"worth it\"}");
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM improvement WHERE state = 'kept' AND note = 'worth it'"), 1);
    refused(rig, "improvement.measure", "{\"improvement\":9}", "no change 9");
}

/* ---------------------------------------------------------------- where goods lie */

static void stock_of(struct rig *rig, const char *bin, const char *sku, int quantity)
{
    assert_int_equal(sql_run(rig->office.sql,
                             "INSERT INTO stock (site, location, sku, quantity) VALUES ('hz', ?1, ?2, ?3) ON CONFLICT"
                             " (site, location, sku) DO UPDATE SET quantity = excluded.quantity",
                             sql_text(bin), sql_text(sku), sql_int(quantity)),
                     0);
}

/* T is gone to 10 times and lies 8 m away, C once and lies 1 m away: exchanged, 9 visits are 7 m shorter, both ways. */
static void suggest_exchange(struct rig *rig)
{
    tell_ways(rig);
    stock_of(rig, "A-01", "C", 5);
    stock_of(rig, "A-02", "T", 30);
    for (int i = 0; i < 10; i++) {
        char data[128];
        snprintf(data, sizeof(data),
                 "{\"order\":\"O%d\",\"line\":1,\"sku\":\"T\",\"location\":\"A-02\",\"quantity\":2}", i);
        happens(rig, "hz", -3, 9, "li", "pick.line", data);
    }
    happens(rig, "hz", -3, 9, "li", "pick.line", PICK("OC", "C", "A-01", 1));
    happens(rig, "hz", -120, 9, "li", "pick.line", PICK("OLD", "C", "A-01", 1)); /* too long ago */
    count_all(rig);
    assert_int_equal(asked(rig, "slotting.suggest", "{\"site\":\"hz\",\"days\":90}", "moves"), 1);
}

static void moves_save_what_was_reckoned_by_hand(void **state)
{
    struct rig *rig = *state;
    suggest_exchange(rig);
    assert_int_equal(rig_count(rig, "SELECT saved_m FROM slot_move WHERE sku = 'T' AND from_bin = 'A-02' AND to_bin ="
                                    " 'A-01' AND swap_with = 'C' AND class = 'A' AND visits = 10"),
                     2 * 7 * 9);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM slot_class WHERE sku = 'T' AND class = 'A' AND pieces = 20"),
                     1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM slot_class WHERE sku = 'C' AND class = 'B' AND visits = 1"),
                     1);
    ask(rig, "slotting.suggest", "{\"site\":\"hz\"}"); /* anew, not beside the others */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM slot_move"), 1);
    refused(rig, "slotting.suggest", "{\"site\":\"xx\"}", "no site");
}

static void an_accepted_move_is_followed(void **state)
{
    struct rig *rig = *state;
    suggest_exchange(rig);
    int64_t move = rig_count(rig, "SELECT id FROM slot_move");
    CLEANUP_BUF struct buf fields = {0};
    buf_printf(&fields, "{\"slot_move\":%d}", (int)move);
    int64_t feed = rig_count(rig, "SELECT count(*) FROM feed WHERE site = 'hz'");
    assert_int_equal(asked(rig, "slotting.accept", buf_text(&fields), "faces_told"), 2);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM feed WHERE site = 'hz'"), feed + 2);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM location WHERE code = 'A-01' AND attributes LIKE"
                                    " '%\"item\":\"T\"%\"face_max\":40%' AND attributes LIKE '%\"position_mm\":1000%'"),
                     1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM location WHERE code = 'A-02' AND attributes LIKE"
                                    " '%\"item\":\"C\"%\"face_max\":20%'"),
                     1);
    refused(rig, "slotting.drop", buf_text(&fields), "accepted already");
    assert_int_equal(asked(rig, "slotting.suggest", "{\"site\":\"hz\"}", "moves"), 0);
    stock_of(rig, "A-01", "T", 30);
    happens(rig, "hz", 0, 9, "li", "move.put", "{}");
    count_all(rig); /* some of it still lies where it lay */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM slot_move WHERE state = 'accepted'"), 1);
    stock_of(rig, "A-02", "T", 0);
    happens(rig, "hz", 0, 9, "li", "move.put", "{}");
    count_all(rig);
    assert_int_equal(rig_count(rig, "SELECT made FROM slot_move WHERE state = 'made'"), TODAY);
    happens(rig, "hz", 1, 9, "li", "pick.line", PICK("N1", "T", "A-01", 1));
    count_all(rig);
    CLEANUP_BUF struct buf rows = {0};
    assert_int_equal(query_list(rig->office.sql, office_queries, "slot-moves", NULL, 0, &rows, &rig->error), 0);
    assert_non_null(strstr(buf_text(&rows), "\"walk_mm_before\":16000,\"walk_mm_after\":2000"));
}

/* ---------------------------------------------------------------- people */

static void trainings_and_trials_are_rows(void **state)
{
    struct rig *rig = *state;
    happens(rig, "hz", -1, 9, "", "training.passed",
            "{\"worker\":\"li\",\"lesson\":\"pick\",\"steps\":6,\"mistakes\":9}");
    happens(rig, "hz", 0, 9, "", "training.passed",
            "{\"worker\":\"li\",\"lesson\":\"pick\",\"steps\":6,\"mistakes\":2}");
    happens(
        rig, "hz", 0, 9, "", "trial.compared",
        "{\"figures\":\"stock\",\"name\":\"old.csv\",\"compared\":10,\"matching\":7,\"different\":2,\"missing_here\":"
        "1,\"missing_there\":0}");
    count_all(rig);
    assert_int_equal(rig_count(rig, "SELECT times FROM training WHERE worker = 'li' AND mistakes = 2 AND steps = 6"),
                     2);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM trial_run WHERE site = 'hz' AND kind = 'stock' AND compared ="
                                    " 10 AND matching = 7 AND missing_here = 1 AND day = 20517"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_are_as_counted_by_hand),
        TEST(a_visit_is_what_the_tool_calls_one),
        TEST(changes_are_kept),
        TEST(a_site_is_told_its_setting),
        TEST(a_change_is_measured_by_itself),
        TEST(too_little_is_said_to_be_so),
        TEST(an_improvement_goes_its_way),
        TEST(moves_save_what_was_reckoned_by_hand),
        TEST(an_accepted_move_is_followed),
        TEST(trainings_and_trials_are_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
