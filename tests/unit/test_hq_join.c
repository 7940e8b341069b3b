/* A box joins a site: the code's word is good once, in time, for one site; what the box gets is for its own key; and
 * the box before is told that it was replaced, and nothing of it is taken. On both databases. */
#include "unit/hub_rig.h"

#include "sync/head-office/sites/broker.h"
#include "sync/head-office/sites/join.h"
#include "sync/head-office/staff/trail.h"

#include <errno.h>

#define HOUR_US INT64_C(3600000000)

struct box {
    struct certificate_pair own; /* the request, and its key */
    struct join_code code;
    struct join_opened opened;
};

static int open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    rig_open(rig);
    rig_run(rig, "INSERT INTO setting (name, value) VALUES ('join_address', '[2001:db8::7]:8443'), ('broker_address', "
                 "'broker.example:8883'), ('join_key', "
                 "'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff')");
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

static int make_code(struct rig *rig, const char *site, int64_t hours, struct box *ret)
{
    *ret = (struct box){.code = {.port = 0}};
    assert_int_equal(office_begin(&rig->office, &rig->error), 0);
    int result = join_open(&rig->office, site, hours, "anna", &ret->opened, &rig->error);
    if (!result) {
        assert_int_equal(office_commit(&rig->office, &rig->error), 0);
        assert_int_equal(join_code_read(ret->opened.code, strlen(ret->opened.code), &ret->code), 0);
        assert_int_equal(certificate_request("whatever it says", &ret->own), 0);
    }
    office_rollback(&rig->office);
    return result;
}

static int bring(struct rig *rig, const struct box *box, const char *prefix, struct join_grant *ret)
{
    *ret = (struct join_grant){.port = 0};
    assert_int_equal(office_begin(&rig->office, &rig->error), 0);
    int result =
        join_take(&rig->office, box->code.token, &box->own.certificate, "raspberrypi", prefix, ret, &rig->error);
    if (!result)
        result = office_commit(&rig->office, &rig->error);
    office_rollback(&rig->office);
    return result;
}

static int try_once(struct rig *rig, const struct box *box)
{
    struct join_grant grant;
    int result = bring(rig, box, "", &grant);
    join_grant_done(&grant);
    return result;
}

/* ---------------------------------------------------------------- the code */

static void a_code_says_where_and_what(void **state)
{
    struct rig *rig = *state;
    struct box box;
    assert_int_equal(make_code(rig, "hz", 24, &box), 0);
    assert_string_equal(box.code.host, "2001:db8::7");
    assert_int_equal(box.code.port, 8443);
    assert_string_equal(box.code.site, "hz");
    assert_int_equal(box.code.pin[1], 0x11);
    assert_int_equal(box.opened.until_us, rig->office.now_us + 24 * HOUR_US);
    /* its word is in the database as a hash alone */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM site_join WHERE used_us IS NULL"), 1);
    struct sql_query *row = sql_select(rig->office.sql, "SELECT hash FROM site_join", SQL_NO_VALUES);
    size_t length;
    assert_true(sql_next(row));
    assert_memory_not_equal(sql_get_blob(row, 0, &length), box.code.token, JOIN_TOKEN);
    assert_int_equal(sql_done(row), 0);
    certificate_done(&box.own);
    assert_int_equal(make_code(rig, "sh", 24, &box), -ENOENT);
}

static void what_is_not_known_is_asked_for(void **state)
{
    struct rig *rig = *state;
    static const char *const settings[] = {"join_address", "broker_address", "join_key"};
    for (size_t i = 0; i < COUNT(settings); i++) {
        struct box box;
        char text[128];
        snprintf(text, sizeof(text), "UPDATE setting SET value = '' || value || 'x' WHERE name = '%s'", settings[i]);
        rig_run(rig, text);
        assert_int_equal(make_code(rig, "hz", 24, &box), -EPERM);
        snprintf(text, sizeof(text), "UPDATE setting SET value = substr(value, 1, length(value) - 1) WHERE name = '%s'",
                 settings[i]);
        rig_run(rig, text);
        assert_int_equal(make_code(rig, "hz", 24, &box), 0);
        certificate_done(&box.own);
    }
}

/* ---------------------------------------------------------------- its word */

static void it_is_good_once(void **state)
{
    struct rig *rig = *state;
    struct box box;
    assert_int_equal(make_code(rig, "hz", 24, &box), 0);
    assert_int_equal(try_once(rig, &box), 0);
    assert_int_equal(try_once(rig, &box), -EACCES);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM site WHERE id = 'hz' AND box <> 'box-1'"), 1);
    certificate_done(&box.own);
}

static void it_is_good_in_time(void **state)
{
    struct rig *rig = *state;
    struct box box;
    assert_int_equal(make_code(rig, "hz", 2, &box), 0);
    rig->office.now_us += 2 * HOUR_US;
    assert_int_equal(try_once(rig, &box), -EACCES);
    rig->office.now_us -= 1;
    assert_int_equal(try_once(rig, &box), 0);
    certificate_done(&box.own);
}

static void a_newer_one_voids_it(void **state)
{
    struct rig *rig = *state;
    struct box first, second, other;
    assert_int_equal(make_code(rig, "hz", 24, &first), 0);
    assert_int_equal(make_code(rig, "bj", 24, &other), 0);
    assert_int_equal(make_code(rig, "hz", 24, &second), 0);
    assert_int_equal(try_once(rig, &first), -EACCES);
    assert_int_equal(try_once(rig, &second), 0);
    assert_int_equal(try_once(rig, &other), 0); /* of another site: it goes on */
    certificate_done(&first.own);
    certificate_done(&second.own);
    certificate_done(&other.own);
}

static void a_wrong_one_changes_nothing(void **state)
{
    struct rig *rig = *state;
    struct box box, wrong;
    assert_int_equal(make_code(rig, "hz", 24, &box), 0);
    wrong = box;
    for (int bit = 0; bit < 8 * JOIN_TOKEN; bit++) {
        wrong.code.token[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(try_once(rig, &wrong), -EACCES);
        wrong.code.token[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    /* a request that is none leaves the word good: nothing was done */
    wrong.own.certificate = box.own.key;
    assert_int_equal(try_once(rig, &wrong), -EBADMSG);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM site WHERE id = 'hz' AND box = 'box-1'"), 1);
    assert_int_equal(try_once(rig, &box), 0);
    certificate_done(&box.own);
}

/* ---------------------------------------------------------------- what the box gets */

static void the_certificate_is_for_the_boxs_own_key(void **state)
{
    struct rig *rig = *state;
    struct join_grant grant;
    struct certificate_facts facts;
    struct box box;
    char name[80];
    assert_int_equal(make_code(rig, "hz", 24, &box), 0);
    assert_int_equal(bring(rig, &box, "t/acme", &grant), 0);
    assert_string_equal(grant.site, "hz");
    assert_string_equal(grant.box, box.opened.box);
    assert_string_equal(grant.host, "broker.example");
    assert_int_equal(grant.port, 8883);
    snprintf(name, sizeof(name), "t/acme/%s", grant.box);
    assert_int_equal(certificate_read(&grant.certificate, &facts), 0);
    assert_string_equal(facts.common_name, name); /* not what the request calls itself */
    assert_true(certificate_comes_from(&grant.certificate, &grant.authority));
    const struct certificate_pair pair = {.certificate = grant.certificate, .key = box.own.key};
    assert_true(certificate_fits(&pair));
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM broker_certificate WHERE site = 'hz'"), 1);
    assert_int_equal(
        rig_count(rig, "SELECT count(*) FROM trail WHERE what = 'site.joined' AND about LIKE '%raspberrypi%'"), 1);
    join_grant_done(&grant);
    certificate_done(&box.own);
}

static bool is_listed(struct rig *rig, const char *box)
{
    CLEANUP_BUF struct buf list = {0};
    char line[64];
    assert_int_equal(broker_write_acl(&rig->office, "floorhand-hq", "", &list, &rig->error), 0);
    snprintf(line, sizeof(line), "\nuser %s\n", box);
    return strstr(buf_text(&list), line) != NULL;
}

/* So that it is written once, before the box is joined, and nobody has to do so in between. */
static void the_access_list_lets_the_box_in_beforehand(void **state)
{
    struct rig *rig = *state;
    struct box box;
    rig_meet(rig);
    assert_int_equal(make_code(rig, "hz", 24, &box), 0);
    assert_true(is_listed(rig, box.opened.box) && is_listed(rig, "box-1") && is_listed(rig, "box-2"));
    rig->office.now_us += 24 * HOUR_US;
    assert_false(is_listed(rig, box.opened.box));
    rig->office.now_us -= HOUR_US;
    assert_int_equal(try_once(rig, &box), 0);
    assert_true(is_listed(rig, box.opened.box) && is_listed(rig, "box-1"));
    rig->office.now_us += (JOIN_FORMER_DAYS + 1) * 24 * HOUR_US; /* it has been told by now */
    assert_true(is_listed(rig, box.opened.box) && !is_listed(rig, "box-1"));
    rig_run(rig, "UPDATE site SET retired_us = 1 WHERE id = 'hz'");
    assert_false(is_listed(rig, box.opened.box));
    certificate_done(&box.own);
}

/* ---------------------------------------------------------------- the box before */

static struct wire_control say_hello(struct rig *rig, const char *box)
{
    rig_forget_sent(rig);
    struct wire_control hello = rig_hello_of(rig, "hz", box, 0, 0);
    rig_receive_control(rig, &hello);
    rig_turn(rig);
    return hello;
}

static void assert_replaced(struct rig *rig)
{
    struct wire_control hello = say_hello(rig, "box-1");
    struct wire_control fence = rig_answer(rig, WIRE_FENCE);
    assert_string_equal(fence.code, WIRE_FENCE_REPLACED);
    assert_string_equal(fence.nonce, hello.nonce);
    assert_int_equal(rig->sent_count, 1);
    assert_int_equal(rig_count(rig, "SELECT fault IS NULL FROM site WHERE id = 'hz'"), 1);
}

static void the_box_before_is_told_and_kept_out(void **state)
{
    struct rig *rig = *state;
    struct box box;
    rig_meet(rig);
    rig_send_events(rig, "hz", "box-1", 1, 3);
    rig_turn(rig);
    assert_int_equal(rig_events(rig), 3);
    assert_int_equal(make_code(rig, "hz", 24, &box), 0);
    assert_int_equal(try_once(rig, &box), 0);
    assert_replaced(rig); /* before the new one has spoken: its key is not taken for the site's */
    assert_int_equal(rig_count(rig, "SELECT key IS NULL FROM site WHERE id = 'hz'"), 1);
    snprintf(rig->boxes[3].name, sizeof(rig->boxes[3].name), "%s", box.opened.box);
    rig_make_box(rig, 3, "hz", box.opened.box);
    say_hello(rig, box.opened.box);
    rig_answer(rig, WIRE_WELCOME);
    assert_replaced(rig);
    /* what it sends is taken by nobody, and makes it ask */
    rig_forget_sent(rig);
    rig_send_events(rig, "hz", "box-1", 4, 5);
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_STALE);
    assert_int_equal(rig_events(rig), 3);
    /* and no change goes to it any more, also not one that was under way */
    rig_forget_sent(rig);
    rig_run(rig, "UPDATE site SET feed_acked = 0");
    assert_int_equal(hub_resend(rig->hub, rig->office.now_us + HOUR_US, &rig->error), 0);
    for (size_t i = 0; i < rig->sent_count; i++)
        assert_string_not_equal(rig->sent[i].box, "box-1");
    certificate_done(&box.own);
}

static void a_box_that_never_spoke_was_none(void **state)
{
    struct rig *rig = *state;
    struct box box;
    assert_int_equal(make_code(rig, "bj", 24, &box), 0);
    assert_int_equal(try_once(rig, &box), 0);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM former_box"), 0);
    certificate_done(&box.own);
}

#define JOINING(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOINING(a_code_says_where_and_what),
        JOINING(what_is_not_known_is_asked_for),
        JOINING(it_is_good_once),
        JOINING(it_is_good_in_time),
        JOINING(a_newer_one_voids_it),
        JOINING(a_wrong_one_changes_nothing),
        JOINING(the_certificate_is_for_the_boxs_own_key),
        JOINING(the_access_list_lets_the_box_in_beforehand),
        JOINING(the_box_before_is_told_and_kept_out),
        JOINING(a_box_that_never_spoke_was_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
