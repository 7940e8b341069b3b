/* What a supervisor asks for: who may, which fields, and what becomes of a session that somebody forgot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor/ask.h"
#include "floor_script.h"

#include <jansson.h>

/* A refused ask leaves nothing behind. */
static void ask(struct site_rig *rig, const char *verb, const char *json, const char *answer)
{
    int64_t rows = number(rig, "SELECT count(*) FROM journal");
    site_rig_ask(rig, verb, json);
    const struct message_def *message = message_def(rig->last.answer.message);
    if (strcmp(message->key, answer) != 0)
        fail_msg("%s %s: expected %s, heard %s", verb, json, answer, message->key);
    assert_int_equal(rig->last.good, answer[0] == 'D');
    assert_int_equal(number(rig, "SELECT count(*) FROM journal"), rows + rig->last.good);
    assert_int_equal(rig->last.seq != 0, rig->last.good);
    check_laws(rig);
}

static void add_supervisor(struct site_rig *rig)
{
    site_rig_change(rig, "worker.upsert",
                    "{\"worker\":\"u9\",\"name\":\"Boss\",\"badge\":\"B-9\",\"role\":\"supervisor\",\"rev\":1}");
    site_rig_change(rig, "worker.upsert",
                    "{\"worker\":\"u8\",\"name\":\"Gone\",\"badge\":\"B-8\",\"role\":"
                    "\"supervisor\",\"active\":false,\"rev\":1}");
}

static void check_screen(struct site_rig *rig, const char *station, const char *shown)
{
    CLEANUP_BUF struct buf view = {0};
    json_open_object(&view, NULL);
    assert_int_equal(floor_show(rig->store, station, &view), 0);
    if (!strstr(buf_text(&view), shown))
        fail_msg("%s is not in %s", shown, buf_text(&view));
}

/* ---------------------------------------------------------------- tests */

/* His own affair, so it is in no journal; what head office says of him later leaves it as it is. */
static void a_language_follows_the_badge(void **state)
{
    struct site_rig *rig = *state;
    site_rig_scan(rig, "bench-1", "B-1");
    check_screen(rig, "bench-1", "\"language\":null");
    int64_t rows = number(rig, "SELECT count(*) FROM journal");
    site_rig_ask(rig, "worker.language", "{\"worker\":\"u1\",\"language\":\"zh\"}");
    assert_true(rig->last.good && rig->last.shows);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal"), rows);
    check_screen(rig, "bench-1", "\"language\":\"zh\"");
    site_rig_change(rig, "worker.upsert",
                    "{\"worker\":\"u1\",\"name\":\"李雷\",\"badge\":\"B-1\",\"role\":\"packer\",\"rev\":9}");
    site_rig_scan(rig, "bench-2", "B-1");
    check_screen(rig, "bench-2", "\"language\":\"zh\"");
    site_rig_ask(rig, "worker.language", "{\"worker\":\"u1\",\"language\":\"en\"}");
    check_screen(rig, "bench-2", "\"language\":\"en\"");
    ask(rig, "worker.language", "{\"worker\":\"u1\",\"language\":\"fr\"}", "E60_FIELD");
    ask(rig, "worker.language", "{\"worker\":\"u7\",\"language\":\"en\"}", "E01_UNKNOWN");
}

static void what_cannot_be_asked_is_refused(void **state)
{
    struct site_rig *rig = *state;
    add_supervisor(rig);
    ask(rig, "worker.sing_out", "{}", "E62_NO_VERB");
    ask(rig, "worker.sign_out", "{}", "E60_FIELD");
    ask(rig, "worker.sign_out", "", "E60_FIELD");
    ask(rig, "worker.sign_out", "[]", "E60_FIELD");
    ask(rig, "worker.sign_out", "{\"worker\":\"u1\",\"shoe\":1}", "E61_NO_FIELD");
    ask(rig, "worker.sign_out", "{\"worker\":\"\"}", "E60_FIELD");
    CLEANUP_BUF struct buf sentence = {0};
    answer_write(&rig->last.answer, true, &sentence);
    assert_string_equal(buf_text(&sentence), "worker 应为 1 到 63 字节的文本");
    ask(rig, "worker.sign_out", "{\"worker\":null}", "E60_FIELD");
    ask(rig, "worker.sign_out", "{\"worker\":{}}", "E60_FIELD");
    ask(rig, "worker.sign_out", "{\"worker\":\"u1\\u0000\"}", "E60_FIELD");
    ask(rig, "worker.sign_out", "{\"worker\":\"u7\"}", "E01_UNKNOWN");
    ask(rig, "worker.sign_out", "{\"worker\":\"u1\"}", "E63_NOT_SIGNED_IN");
    ask(rig, "worker.sign_out", "{\"worker\":\"u1\",\"badge\":\"T-1\"}", "E01_UNKNOWN");
    ask(rig, "worker.sign_out", "{\"worker\":\"u1\",\"badge\":\"B-8\"}", "E28_REVOKED");
}

static void a_forgotten_session_is_ended(void **state)
{
    struct site_rig *rig = *state;
    add_supervisor(rig);
    site_rig_order(rig, "N1", "SF1", 2, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"});
    ask(rig, "worker.sign_out", "{\"worker\":\"u1\",\"badge\":\"B-9\"}", "DONE_SIGNED_OUT");
    assert_true(rig->last.shows);
    assert_int_equal(number(rig, "SELECT line LIKE '%\"actor\":\"u9\"%\"station\":\"" STATION "\"%' FROM journal "
                                 "ORDER BY seq DESC LIMIT 1"),
                     1);
    ask(rig, "worker.sign_out", "{\"worker\":\"u1\"}", "E63_NOT_SIGNED_IN");
    PLAY(rig, {"A-01", "E22", NULL}, {"B-1", "DONE", "pick.item"}); /* the work waited */
}

static void an_order_that_nobody_picks_is_freed(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 2, 0);
    ask(rig, "lease.release", "{\"worker\":\"u1\"}", "E64_HOLDS_NOTHING");
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"});
    site_rig_scan(rig, "other", "B-2");
    site_rig_scan(rig, "other", "CMD:PICK");
    assert_int_equal(rig->last.answer.message, E27_NO_WORK);
    ask(rig, "lease.release", "{\"worker\":\"u1\"}", "DONE_RELEASED");
    site_rig_scan(rig, "other", "CMD:PICK");
    assert_int_equal(rig->last.answer.message, DONE_PICK_STARTED);
    PLAY(rig, {"CMD:UNDO", "E25", "menu"}, {"CMD:PICK", "E27", "menu"});
    ask(rig, "lease.release", "{\"worker\":\"u1\"}", "E64_HOLDS_NOTHING");
}

static void goods_in_hand_keep_the_order(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 2, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.item"});
    ask(rig, "lease.release", "{\"worker\":\"u1\"}", "E11_TAKEN");
    PLAY(rig, {"CMD:UNDO", "DONE", "pick.item"});
    ask(rig, "lease.release", "{\"worker\":\"u1\"}", "DONE_RELEASED");
}

static void the_list_of_verbs_is_whole(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf json = {0};
    floor_asks(&json);
    json_t *root = json_loadb(buf_text(&json), json.length, JSON_REJECT_DUPLICATES, NULL);
    size_t index;
    json_t *verb;
    assert_true(json_array_size(root) >= 2);
    json_array_foreach(root, index, verb)
    {
        const char *name = json_string_value(json_object_get(verb, "verb"));
        assert_true(strlen(name) < sizeof(((struct event *)0)->name));
        assert_true(json_string_length(json_object_get(verb, "help")) > 10);
        size_t at;
        json_t *field;
        json_array_foreach(json_object_get(verb, "fields"), at, field)
        {
            assert_true(json_string_length(json_object_get(field, "help")) > 3);
            assert_string_not_equal(json_string_value(json_object_get(field, "name")), ASK_BADGE);
        }
    }
    json_decref(root);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void a_parallel_run_is_kept(void **state)
{
    struct site_rig *rig = *state;
#define TRIAL                                                                                                          \
    "\"figures\":\"stock\",\"name\":\"old.csv\",\"matching\":7,\"different\":2,\"missing_here\":1,\"missing_there\":0"
    ask(rig, "trial.compared", "{\"figures\":\"dreams\",\"matching\":1}", "E60_FIELD");
    ask(rig, "trial.compared", "{" TRIAL "}", "DONE_TRIAL");
    CLEANUP_BUF struct buf sentence = {0};
    answer_write(&rig->last.answer, false, &sentence);
    assert_string_equal(buf_text(&sentence), "7 of 10 are equal: head office is told");
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE line LIKE '%trial.compared%\"compared\":10,%'"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_asked_is_refused),        TEST(a_forgotten_session_is_ended),
        TEST(a_language_follows_the_badge),           TEST(an_order_that_nobody_picks_is_freed),
        TEST(goods_in_hand_keep_the_order),           TEST(a_parallel_run_is_kept),
        cmocka_unit_test(the_list_of_verbs_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
