/* A fit check that is kept, and a roll-out with its evidence. On both databases. */
#include "unit/money_rig.h"

#include "sync/head-office/query.h"

static int set_up(void **state)
{
    rig_set_up(state);
    struct rig *rig = *state;
    rig->office.now_us = INT64_C(1772700000000000);
    return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, rig_tear_down)

#define ANSWERS                                                                                                        \
    "{\"name\":\"杭州仓 Hangzhou\",\"orders_day\":1000,\"skus\":500,\"workers\":10,\"bins\":800,\"lines_100\":200," \
    "\"singles_percent\":40,\"platforms\":\"taobao, own, moon\",\"devices\":\"Zebra ZD410\",\"cold\":true}"

static void a_check_is_kept(void **state)
{
    struct rig *rig = *state;
    json_t *answer = ask_as(rig, "li", "fit.check", ANSWERS);
    assert_non_null(answer);
    assert_int_equal(json_integer_value(json_object_get(answer, "fit_check")), 1);
    json_decref(answer);
    CLEANUP_BUF struct buf row = {0};
    assert_int_equal(query_one(rig->office.sql, office_queries, "fit-checks", "1", &row, &rig->error), 0);
    assert_non_null(strstr(buf_text(&row), "\"flows\":\"cluster,express,put_wall,replenish,waves,count_cycle\""));
    assert_non_null(strstr(buf_text(&row), "\"code\":\"unknown_platforms\""));
    assert_non_null(strstr(buf_text(&row), "\"names\":\"moon\""));
    assert_non_null(strstr(buf_text(&row), "\"cold\":true"));
    assert_null(strstr(buf_text(&row), "\"code\":\"unknown_devices\""));
    refused(rig, "fit.check", "{\"name\":\"x\"}", "orders_day");
    refused(rig, "fit.check",
            "{\"name\":\"x\",\"orders_day\":1,\"skus\":1,\"workers\":1,\"bins\":1,\"singles_percent\":100}",
            "one piece");
    answer = ask_as(rig, "li", "fit.questions", "{}");
    assert_int_equal(json_array_size(json_object_get(answer, "steps")), 5);
    json_decref(answer);
}

static int64_t evidence(struct rig *rig, const char *step)
{
    CLEANUP_BUF struct buf rows = {0};
    const struct query_given given[] = {{"site", "hz"}};
    int64_t is = -1;
    size_t index;
    json_t *row;
    if (query_list(rig->office.sql, office_queries, "rollout-steps", given, 1, &rows, &rig->error) != 0)
        fail_msg("%s", rig->error.text);
    json_t *root = json_loads(buf_text(&rows), 0, NULL);
    json_array_foreach(json_object_get(root, "rows"), index, row)
    {
        assert_true(*json_string_value(json_object_get(row, "english")) &&
                    *json_string_value(json_object_get(row, "chinese")));
        if (strcmp(json_string_value(json_object_get(row, "step")), step) == 0)
            is = json_integer_value(json_object_get(row, "evidence"));
    }
    json_decref(root);
    return is;
}

static void a_trial(struct rig *rig, int arrival, int day, int matching)
{
    assert_int_equal(sql_run(rig->office.sql,
                             "INSERT INTO trial_run (arrival, site, kind, name, compared, matching, different,"
                             " missing_here, missing_there, day, time_us) VALUES (?1, 'hz', 'stock', 'x', 10, ?3, 10 -"
                             " ?3, 0, 0, ?2, 0)",
                             sql_int(arrival), sql_int(day), sql_int(matching)),
                     0);
}

static void evidence_is_counted(void **state)
{
    struct rig *rig = *state;
    ask(rig, "rollout.start", "{\"site\":\"hz\"}");
    static const char *const none[] = {"survey",       "items",   "places",    "people",        "box",
                                       "devices",      "labels",  "training",  "opening_stock", "count",
                                       "parallel_run", "go_live", "first_week"};
    for (size_t i = 0; i < COUNT(none); i++)
        if (evidence(rig, none[i]) != 0)
            fail_msg("%s has evidence", none[i]);
    rig_import_good(rig, "items", NULL, "sku,name,weight_g,gtin\nT,tea,100,6901234567892\nC,cup,200,\n");
    rig_import_good(rig, "locations", "hz", "code,kind,walk\nA-01,face,1\nA-02,face,2\n");
    rig_run(rig, "INSERT INTO site_fact (site, fact, subject, times, last_us) VALUES ('hz', 'device', 'scanner', 3, 0),"
                 " ('hz', 'device', 'printer', 1, 0), ('hz', 'parcel', 'SF', 12, 0), ('bj', 'parcel', 'SF', 5, 0)");
    assert_int_equal(evidence(rig, "items"), 1);
    assert_int_equal(evidence(rig, "places"), 2);
    assert_int_equal(evidence(rig, "devices"), 2);
    assert_int_equal(evidence(rig, "go_live"), 12);
    /* only the days since the last difference */
    a_trial(rig, 1, 100, 10);
    a_trial(rig, 2, 101, 9);
    a_trial(rig, 3, 102, 10);
    a_trial(rig, 4, 102, 10);
    assert_int_equal(evidence(rig, "parallel_run"), 1);
    a_trial(rig, 5, 103, 10);
    assert_int_equal(evidence(rig, "parallel_run"), 2);
    a_trial(rig, 6, 103, 9);
    assert_int_equal(evidence(rig, "parallel_run"), 0);
}

static void a_step_needs_evidence_or_a_reason(void **state)
{
    struct rig *rig = *state;
    ask(rig, "fit.check", ANSWERS);
    refused(rig, "rollout.start", "{\"site\":\"xx\"}", "no site");
    refused(rig, "rollout.start", "{\"site\":\"hz\",\"fit_check\":7}", "fit check");
    refused(rig, "rollout.step", "{\"site\":\"hz\",\"step\":\"survey\",\"state\":\"done\"}", "no roll-out");
    ask(rig, "rollout.start", "{\"site\":\"hz\",\"fit_check\":1}");
    refused(rig, "rollout.start", "{\"site\":\"hz\"}", "begun already");
    ask(rig, "rollout.step", "{\"site\":\"hz\",\"step\":\"survey\",\"state\":\"done\"}");
    ask(rig, "rollout.step", "{\"site\":\"hz\",\"step\":\"devices\",\"state\":\"under_way\"}");
    refused(rig, "rollout.step", "{\"site\":\"hz\",\"step\":\"devices\",\"state\":\"done\"}", "lacks evidence");
    ask(rig, "rollout.step", "{\"site\":\"hz\",\"step\":\"devices\",\"state\":\"done\",\"note\":\"wired by hand\"}");
    refused(rig, "rollout.step", "{\"site\":\"hz\",\"step\":\"dance\",\"state\":\"done\"}", "no step");
    CLEANUP_BUF struct buf row = {0};
    assert_int_equal(query_one(rig->office.sql, office_queries, "rollouts", "hz", &row, &rig->error), 0);
    assert_non_null(strstr(buf_text(&row), "\"steps\":13,\"steps_done\":2,\"next_step\":\"items\""));
    assert_non_null(strstr(buf_text(&row), "wired by hand"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_check_is_kept), TEST(evidence_is_counted),
                                       TEST(a_step_needs_evidence_or_a_reason)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
