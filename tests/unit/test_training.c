/* A station that practises: the guard around the site's own data, the copy and its practice orders, and the lessons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor/rule.h"
#include "floor_script.h"
#include "store/training.h"
#include "training/lesson.h"

#include <errno.h>
#include <sys/stat.h>

#define HEAD "[lesson]\ntitle.en = A\ntitle.zh = 甲\nstart.en = s\nstart.zh = 始\n"

struct place {
    char folder[32], site_path[64], copy_path[64];
    struct site_rig site, copy;
};

static int open_site(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    *state = place;
    snprintf(place->folder, sizeof(place->folder), "/tmp/training-XXXXXX");
    if (!mkdtemp(place->folder))
        return -errno;
    snprintf(place->site_path, sizeof(place->site_path), "%s/site.db", place->folder);
    snprintf(place->copy_path, sizeof(place->copy_path), "%s/copy.db", place->folder);
    int result = site_rig_open(&place->site, place->site_path, 1);
    if (result)
        return result;
    site_rig_fill(&place->site);
    assert_int_equal(station_add(place->site.store, STATION, false, false), 0);
    return 0;
}

static int close_site(void **state)
{
    struct place *place = *state;
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[96];
    if (place->copy.store)
        site_rig_close(&place->copy);
    site_rig_close(&place->site);
    for (size_t i = 0; i < COUNT(ends); i++) {
        snprintf(path, sizeof(path), "%s%s", place->site_path, ends[i]);
        unlink(path);
        snprintf(path, sizeof(path), "%s%s", place->copy_path, ends[i]);
        unlink(path);
    }
    rmdir(place->folder);
    free(place);
    return 0;
}

static int open_store(struct place *place, const char *path, bool training, struct store **ret)
{
    struct store_settings settings = {.path = path,
                                      .site = "hz-07",
                                      .box = "box-1",
                                      .training = training,
                                      .random = random_from_seed(&place->copy.seeded)};
    return store_open(&settings, ret, &place->copy.error);
}

/* As the daemon makes it, but at once. */
static void make_copy(struct place *place)
{
    struct site_rig *copy = &place->copy;
    *copy = (struct site_rig){.seeded = {7}, .now_us = place->site.now_us};
    assert_int_equal(sql_copy_to(place->site.store->sql, place->copy_path, &copy->error), 0);
    if (training_convert(place->copy_path, &copy->error) != 0)
        fail_msg("%s", copy->error.text);
    if (open_store(place, place->copy_path, true, &copy->store) != 0)
        fail_msg("%s", copy->error.text);
    assert_int_equal(turn_new(copy->store, site_rig_on_effect, copy, &copy->turn), 0);
}

static void make_orders(struct place *place, int64_t orders)
{
    struct event event = {.kind = EVENT_PRACTICE, .number = orders};
    site_rig_post(&place->copy, &event, "", 0);
    site_rig_turn(&place->copy);
}

/* ---------------------------------------------------------------- the site's own database */

static void a_station_that_practises_touches_nothing(void **state)
{
    struct place *place = *state;
    struct site_rig *site = &place->site;
    site_rig_order(site, "N1", "SF1", 2, 0);
    PLAY(site, {"B-1", "DONE", "menu"}, {"CMD:LIVE", "E25", "menu"}, {"CMD:SKIP", "E25", "menu"},
         {"CMD:TRAIN", "DONE_TRAINING", NULL}, {"B-1", "E36", NULL}, {"CMD:PICK", "E36", NULL}, {"A-01", "E36", NULL},
         {"CMD:LIVE", "DONE_LIVE", NULL}, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"},
         {"CMD:TRAIN", "E25", "pick.location"});
    site_rig_scan(site, "elsewhere", "B-2");
    assert_true(site->last.good);
}

static void asked_from_outside(void **state)
{
    struct place *place = *state;
    struct site_rig *site = &place->site;
    struct event begins = {.kind = EVENT_TRAINING, .number = 1}, nowhere = begins;
    snprintf(begins.station, sizeof(begins.station), STATION);
    snprintf(nowhere.station, sizeof(nowhere.station), "bench-99");
    PLAY(site, {"B-1", "DONE", "menu"});
    site_rig_post(site, &nowhere, "", 0);
    site_rig_turn(site);
    assert_int_equal(site->last.answer.message, E31_NO_STATION);
    assert_false(site->last.trains);
    site_rig_post(site, &begins, "", 0);
    site_rig_turn(site);
    assert_true(site->last.good && site->last.trains);
    assert_int_equal(training_has(site->store, STATION), 1);
    PLAY(site, {"B-1", "E36", NULL}); /* and nobody is signed in there any more */
    struct event practice = {.kind = EVENT_PRACTICE, .number = 3};
    site_rig_post(site, &practice, "", 0);
    site_rig_turn(site);
    assert_false(site->last.good);
    assert_int_equal(number(site, "SELECT count(*) FROM orders"), 0); /* never in the site's own database */
}

/* ---------------------------------------------------------------- the copy */

static void a_copy_begins_with_an_empty_floor(void **state)
{
    struct place *place = *state;
    struct site_rig *site = &place->site, *copy = &place->copy;
    site_rig_order(site, "N1", "SF1", 2, 0);
    site_rig_order(site, "N2", "SF2", 1, 0);
    PLAY(site, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.item"}, {"CMD:SHORT", "DONE", "pick.tote"});
    struct event label = {.kind = EVENT_LABEL, .number = 1};
    snprintf(label.station, sizeof(label.station), STATION);
    site_rig_post(site, &label, "tote\nk\n{}", 9);
    site_rig_turn(site);
    assert_int_equal(number(site, "SELECT count(*) FROM print_job WHERE state = 'queued'"), 1);
    make_copy(place);
    check_laws(copy);
    assert_int_equal(number(copy, "SELECT count(*) FROM orders WHERE state <> 'parked'"), 0);
    assert_int_equal(number(copy, "SELECT count(*) FROM allocation WHERE open > 0"), 0);
    assert_int_equal(number(copy, "SELECT count(*) FROM hold"), 0);
    assert_int_equal(number(copy, "SELECT count(*) FROM session"), 0);
    assert_int_equal(number(copy, "SELECT count(*) FROM print_job WHERE state <> 'void'"), 0);
    assert_int_equal(number(site, "SELECT count(*) FROM print_job WHERE state = 'queued'"), 1);
    site_rig_scan(copy, STATION, "B-1");
    site_rig_post(copy, &(struct event){.kind = EVENT_LABEL, .number = 1, .station = STATION}, "tote\nk2\n{}", 10);
    site_rig_turn(copy);
    assert_true(number(copy, "SELECT min(id) FROM print_job WHERE state = 'queued'") > TRAINING_JOBS_FROM);
}

static void neither_is_taken_for_the_other(void **state)
{
    struct place *place = *state;
    struct store *store = NULL;
    make_copy(place);
    site_rig_close(&place->copy);
    place->copy.store = NULL;
    assert_int_equal(open_store(place, place->copy_path, false, &store), -EINVAL);
    assert_non_null(strstr(place->copy.error.text, "a copy for training"));
    site_rig_close(&place->site);
    assert_int_equal(open_store(place, place->site_path, true, &store), -EINVAL);
    assert_non_null(strstr(place->copy.error.text, "no copy for training"));
    assert_int_equal(site_rig_open(&place->site, place->site_path, 1), 0);
}

static void practice_orders_are_made_of_what_lies_there(void **state)
{
    struct place *place = *state;
    struct site_rig *copy = &place->copy;
    make_copy(place);
    make_orders(place, 8);
    assert_int_equal(copy->last.answer.message, DONE_PRACTICE);
    assert_int_equal(number(copy, "SELECT count(*) FROM orders WHERE number GLOB 'TRAIN-*' AND state = 'allocated'"),
                     8);
    assert_true(number(copy, "SELECT max(line) FROM order_line") > 1); /* of several lines */
    assert_int_equal(number(copy, "SELECT count(*) FROM orders WHERE number GLOB 'TRAIN-*' AND (waybill NOT GLOB "
                                  "'TRAIN*' OR carrier <> 'SF')"),
                     0);
    make_orders(place, 2);
    assert_int_equal(number(copy, "SELECT count(DISTINCT waybill) FROM orders"), 10);
    PLAY(copy, {"TRAIN-BADGE", "DONE", "menu"}, {"CMD:TRAIN", "DONE_PRACTICE", "menu"},
         {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"}, {"CMD:LIVE", "DONE_LIVE", "pick.location"});
    assert_true(copy->last.leaves);
    assert_int_equal(number(&place->site, "SELECT count(*) FROM orders"), 0);
}

/* A site without a dock gets one, and every flow that is there has something to do. */
static void there_is_work_of_every_kind(void **state)
{
    struct place *place = *state;
    struct site_rig *copy = &place->copy;
    make_copy(place);
    make_orders(place, 2);
    PLAY(copy, {"TRAIN-BADGE", "DONE", "menu"}, {"TRAIN-ASN-0001", "DONE_RECEIPT", "receive.plate"},
         {"TRAIN-T02", "DONE_RECEIPT_PLATE", "receive.item"});
    assert_int_equal(number(copy, "SELECT count(*) FROM location WHERE code = 'TRAIN-DOCK'"), 1);
    assert_int_equal(number(copy, "SELECT count(*) FROM location WHERE code IN ('TRAIN-STAGE', 'TRAIN-GATE')"), 0);
    site_rig_scan(copy, "elsewhere", "TRAIN-BOSS");
    site_rig_scan(copy, "elsewhere", "CMD:REPLEN");
    assert_string_equal(message_def(copy->last.answer.message)->key, "DONE_REPLEN");
    assert_int_equal(number(copy, "SELECT count(*) FROM document WHERE kind = 'transfer'"), 1);
    assert_int_equal(number(copy, "SELECT count(*) FROM stock_count WHERE state = 'planned'"), 1);
    make_orders(place, 2); /* and more of it */
    assert_int_equal(copy->last.answer.message, DONE_PRACTICE);
    assert_int_equal(number(copy, "SELECT count(*) FROM document"), 4);
}

static void nothing_to_practise_with(void **state)
{
    struct place *place = *state;
    site_rig_import(&place->site, "stock", "location,sku,quantity\nA-01,MUG,0\nA-02,PEN,0\nR-09,MUG,0\n");
    make_copy(place);
    make_orders(place, 3);
    assert_int_equal(place->copy.last.answer.message, E37_NO_PRACTICE);
}

/* ---------------------------------------------------------------- lessons */

static void load_lessons(struct lesson_set *ret)
{
    struct error error;
    if (lesson_set_load(lesson_files, ret, &error) != 0)
        fail_msg("%s", error.text);
}

static bool is_code(const char *code)
{
    for (int i = 0; i < MESSAGE_COUNT; i++)
        if (*code && strcmp(message_def((enum message)i)->code, code) == 0)
            return true;
    return strcmp(code, "E") == 0;
}

/* Those that a lesson may be about. */
static const struct flow *const flows[] = {
    &menu_flow, &pick_flow,   &cluster_flow, &zone_flow,    &batch_flow,   &sow_flow,       &express_flow,
    &pack_flow, &parcel_flow, &ship_flow,    &receive_flow, &putaway_flow, &replenish_flow, &transfer_flow,
    &move_flow, &count_flow,  &zero_flow,    &review_flow,  &return_flow,  &alias_flow,     &found_flow,
};

/* A lesson may be there before its flow is; then nobody comes to it. */
static bool has_flow(const char *step)
{
    size_t length = strcspn(step, ".");
    for (size_t i = 0; i < COUNT(flows); i++)
        for (const struct step *known = flows[i]->steps; known->name; known++)
            if (strncmp(known->name, step, length) == 0)
                return true;
    return false;
}

/* What a lesson teaches is there: the step, and the mistake. */
static void lessons_follow_the_flows(void **state)
{
    (void)state;
    CLEANUP(lesson_set_done) struct lesson_set set = {.count = 0};
    load_lessons(&set);
    assert_true(set.count > 0);
    for (size_t i = 0; i < set.count; i++) {
        const struct lesson *lesson = set.lessons[i];
        assert_true(i == 0 || set.lessons[i - 1]->place < lesson->place);
        for (size_t j = 0; j < lesson->count; j++) {
            const struct lesson_part *part = &lesson->parts[j];
            if (has_flow(part->step) && !step_named(part->step))
                fail_msg("%s: there is no step %s", lesson->name, part->step);
            if (*part->code && !is_code(part->code))
                fail_msg("%s: nobody says %s", lesson->name, part->code);
        }
    }
}

static bool is_taught(const struct lesson_set *set, const struct flow *flow)
{
    for (size_t i = 0; i < set->count; i++)
        for (size_t j = 0; j < set->lessons[i]->count; j++)
            for (const struct step *step = flow->steps; step->name; step++)
                if (strcmp(step->name, set->lessons[i]->parts[j].step) == 0)
                    return true;
    return flow->steps->name == NULL;
}

static void every_flow_has_a_lesson(void **state)
{
    (void)state;
    CLEANUP(lesson_set_done) struct lesson_set set = {.count = 0};
    load_lessons(&set);
    for (size_t i = 0; i < COUNT(flows); i++)
        if (!is_taught(&set, flows[i]))
            fail_msg("no lesson teaches %s", flows[i]->name);
}

static void check_lesson(struct place *place, const struct lesson_set *set, const char *wanted)
{
    CLEANUP_BUF struct buf json = {0};
    assert_int_equal(lesson_write(set, place->copy.store, STATION, &json), 0);
    if (!strstr(buf_text(&json), wanted))
        fail_msg("%s is not in %s", wanted, buf_text(&json));
}

static void a_lesson_follows_the_worker(void **state)
{
    static const struct embedded_file files[] = {
        {"b.lesson",
         "[lesson]\nplace = 2\ntitle.en = B\ntitle.zh = 乙\nstart.en = scan PICK\nstart.zh = 扫\n"
         "[step pick.location]\nsay.en = go\nsay.zh = 走\n[try pick.location E04]\nsay.en = wrong bin\nsay.zh = 错\n",
         0},
        {"a.lesson",
         "[lesson]\nplace = 1\ntitle.en = A\ntitle.zh = 甲\nstart.en = mistake\nstart.zh = 错\n"
         "[step badge]\nsay.en = badge\nsay.zh = 牌\nwhy.en = yours\nwhy.zh = 你的\n[try menu E]\nsay.en = x\nsay.zh = "
         "叉\n",
         0},
        {.name = NULL},
    };
    struct place *place = *state;
    struct site_rig *copy = &place->copy;
    CLEANUP(lesson_set_done) struct lesson_set set = {.count = 0};
    CLEANUP_BUF struct buf all = {0};
    struct error error;
    if (lesson_set_load(files, &set, &error) != 0)
        fail_msg("%s", error.text);
    make_copy(place);
    make_orders(place, 2);
    check_lesson(place, &set, "\"name\":\"a\",\"done\":0,\"of\":2");
    check_lesson(place, &set, "\"say\":{\"en\":\"badge\",\"zh\":\"牌\"},\"why\":{\"en\":\"yours\"");
    PLAY(copy, {"B-1", "DONE", "menu"});
    check_lesson(
        place, &set,
        "\"name\":\"a\",\"done\":1,\"of\":2,\"title\":{\"en\":\"A\",\"zh\":\"甲\"},\"say\":{\"en\":\"mistake\"");
    PLAY(copy, {"CMD:SKIP", "DONE_LESSON", "menu"});
    check_lesson(place, &set, "\"name\":\"b\",\"done\":0");
    PLAY(copy, {"CMD:SKIP", "DONE_LESSON", "menu"});
    check_lesson(place, &set, "\"name\":\"a\",\"done\":1");
    PLAY(copy, {"nonsense", "E01", "menu"});
    check_lesson(
        place, &set,
        "\"name\":\"b\",\"done\":0,\"of\":2,\"title\":{\"en\":\"B\",\"zh\":\"乙\"},\"say\":{\"en\":\"scan PICK\"");
    PLAY(copy, {"CMD:PICK", "DONE", "pick.location"});
    check_lesson(place, &set, "\"try\":{\"code\":\"E04\",\"say\":{\"en\":\"wrong bin\"");
    PLAY(copy, {"STAGE-1", "E04", "pick.location"});
    check_lesson(place, &set,
                 "\"done\":1,\"of\":2,\"title\":{\"en\":\"B\",\"zh\":\"乙\"},\"say\":{\"en\":\"go\",\"zh\":\"走\"},"
                 "\"why\":null,\"try\":null");
    site_rig_scan(copy, STATION, "A-01");
    if (!copy->last.good)
        site_rig_scan(copy, STATION, "A-02");
    assert_true(copy->last.good);
    check_lesson(place, &set, "\"lesson\":null"); /* nothing is taught of pick.item here */
    json_open_object(&all, NULL);
    assert_int_equal(lesson_write_all(&set, copy->store, &all), 0);
    json_close_object(&all);
    assert_string_equal(
        buf_text(&all),
        "{\"lessons\":[{\"worker\":\"u1\",\"name\":\"李雷\",\"lessons\":[{\"name\":\"a\",\"done\":2,\"of\":2},"
        "{\"name\":\"b\",\"done\":2,\"of\":2}]}]}");
    assert_int_equal(number(&place->site, "SELECT count(*) FROM practised"), 0);
}

static void tell_site(struct place *place, const struct lesson_passed *passed)
{
    struct event event = {.kind = EVENT_PASSED};
    assert_int_equal(site_rig_post(&place->site, &event, (const char *)passed, sizeof(*passed)), 0);
    assert_int_equal(site_rig_turn(&place->site), 0);
}

/* Each lesson once, and nobody whose badge is the copy's alone. */
static void a_lesson_that_was_passed_is_told(void **state)
{
    struct place *place = *state;
    static const struct embedded_file files[] = {
        {"a.lesson", HEAD "[step badge]\nsay.en = x\nsay.zh = 叉\n[try menu E]\nsay.en = x\nsay.zh = 叉\n", 0},
        {.name = NULL}};
    struct site_rig *copy = &place->copy;
    CLEANUP(lesson_set_done) struct lesson_set set = {.count = 0};
    struct lesson_passed passed;
    struct error error;
    int64_t worker = 0;
    assert_int_equal(lesson_set_load(files, &set, &error), 0);
    make_copy(place);
    make_orders(place, 2);
    PLAY(copy, {"B-1", "DONE", "menu"});
    assert_int_equal(lesson_next_passed(&set, copy->store, &passed, &worker), -ENOENT);
    PLAY(copy, {"nonsense", "E01", "menu"});
    PLAY(copy, {"nonsense", "E01", "menu"});
    assert_int_equal(lesson_next_passed(&set, copy->store, &passed, &worker), 0);
    assert_string_equal(passed.worker, "u1");
    assert_string_equal(passed.lesson, "a");
    assert_int_equal(passed.steps, 2);
    assert_int_equal(passed.mistakes, 2);
    tell_site(place, &passed);
    assert_int_equal(lesson_told(copy->store, worker, passed.lesson), 0);
    assert_int_equal(lesson_next_passed(&set, copy->store, &passed, &worker), -ENOENT);
    snprintf(passed.worker, sizeof(passed.worker), "TRAIN");
    tell_site(place, &passed);
    assert_int_equal(number(&place->site, "SELECT count(*) FROM journal WHERE line LIKE '%training.passed%' AND line "
                                          "LIKE '%\"worker\":\"u1\",\"lesson\":\"a\",\"steps\":2,\"mistakes\":2%'"),
                     1);
    assert_int_equal(number(&place->site, "SELECT count(*) FROM journal WHERE line LIKE '%training.passed%'"), 1);
}

static void lessons_with_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {HEAD, "a step"},
        {HEAD "[step badge]\nsay.en = only English\n", "not said in both"},
        {HEAD "[step badge]\nsay.en = x\nsay.zh = 叉\nwhy.en = half\n", "not said in both"},
        {HEAD "[step badge E05]\nsay.en = x\nsay.zh = 叉\n", "step badge E05"},
        {HEAD "[try badge]\nsay.en = x\nsay.zh = 叉\n", "try badge"},
        {HEAD "[moment badge]\n", "no section"},
        {"[lesson]\n[step badge]\nsay.en = x\nsay.zh = 叉\n", "title"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct embedded_file files[] = {{"x.lesson", cases[i].text, 0}, {.name = NULL}};
        struct lesson_set set;
        struct error error = {0};
        assert_int_not_equal(lesson_set_load(files, &set, &error), 0);
        if (!strstr(error.text, cases[i].wanted))
            fail_msg("%s is not in: %s", cases[i].wanted, error.text);
    }
}

#define AT_SITE(test) cmocka_unit_test_setup_teardown(test, open_site, close_site)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_SITE(a_station_that_practises_touches_nothing),
        AT_SITE(asked_from_outside),
        AT_SITE(a_copy_begins_with_an_empty_floor),
        AT_SITE(neither_is_taken_for_the_other),
        AT_SITE(practice_orders_are_made_of_what_lies_there),
        AT_SITE(there_is_work_of_every_kind),
        AT_SITE(nothing_to_practise_with),
        cmocka_unit_test(lessons_follow_the_flows),
        cmocka_unit_test(every_flow_has_a_lesson),
        AT_SITE(a_lesson_follows_the_worker),
        AT_SITE(a_lesson_that_was_passed_is_told),
        cmocka_unit_test(lessons_with_faults),
    };
    return cmocka_run_group_tests_name("training", tests, NULL, NULL);
}
