/* People at the box: PINs and who must give one, what each role may, and what nobody does while the roster is too old.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor/rights.h"
#include "floor/rule.h"
#include "floor_script.h"
#include "site_rig.h"
#include "store/pin.h"

#define MINUTE INT64_C(60000000)
#define HOUR   (60 * MINUTE)

static int set_up_people(void **state)
{
    static const char *const roles[] = {"supervisor", "admin", "auditor", "counter"};
    char worker[160];
    struct site_rig *rig = calloc(1, sizeof(*rig));
    *state = rig;
    if (site_rig_open(rig, ":memory:", 1) != 0)
        return -1;
    site_rig_fill(rig);
    for (size_t i = 0; i < COUNT(roles); i++) {
        snprintf(
            worker, sizeof(worker),
            "{\"worker\":\"%s\",\"name\":\"%s\",\"badge\":\"B-%s\",\"role\":\"%s\",\"active\":true,\"pin\":\"hash of "
            "%s\",\"rev\":1}",
            roles[i], roles[i], roles[i], roles[i], roles[i]);
        site_rig_change(rig, "worker.upsert", worker);
    }
    return 0;
}

static int64_t worker_of(struct site_rig *rig, const char *code)
{
    int64_t id = 0;
    assert_int_equal(worker_find(rig->store, code, &id), 0);
    return id;
}

static struct pin pin_of(struct site_rig *rig, const char *code)
{
    struct pin pin;
    rig->store->stamp.mono_us = rig->now_us + rig->mono_shift_us;
    assert_int_equal(pin_load(rig->store, worker_of(rig, code), &pin), 0);
    return pin;
}

static enum message tries(struct site_rig *rig, const char *code, const char *verdict)
{
    struct event event = {.kind = EVENT_PIN, .number = worker_of(rig, code)};
    snprintf(event.name, sizeof(event.name), "%s", verdict);
    site_rig_post(rig, &event, "", 0);
    site_rig_turn(rig);
    return rig->last.answer.message;
}

static void set(struct site_rig *rig, const char *setting, int value)
{
    char fields[120];
    snprintf(fields, sizeof(fields), "{\"name\":\"%s\",\"value\":%d,\"badge\":\"B-admin\"}", setting, value);
    site_rig_ask(rig, "setting.set", fields);
    assert_int_equal(rig->last.answer.message, DONE_SETTING);
}

static int64_t events(struct site_rig *rig, const char *type)
{
    int64_t count = -1;
    sql_number_values(rig->store->sql, &count, "SELECT count(*) FROM journal WHERE type = ?1",
                      (struct sql_value[]){sql_text(type), {0}});
    return count;
}

static void wrong_pins_make_wait_longer_and_longer(void **state)
{
    struct site_rig *rig = *state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(tries(rig, "supervisor", PIN_WRONG), E90_WRONG_PIN);
    assert_int_equal(tries(rig, "supervisor", PIN_WRONG), E91_LOCKED);
    assert_int_equal(tries(rig, "supervisor", PIN_RIGHT), E91_LOCKED); /* tried at the same time */
    assert_int_equal(pin_of(rig, "supervisor").fails, 5);
    assert_int_equal(events(rig, "worker.locked"), 1);
    rig->now_us += MINUTE;
    assert_int_equal(tries(rig, "supervisor", PIN_WRONG), E91_LOCKED);
    rig->now_us += MINUTE;
    assert_true(pin_of(rig, "supervisor").wait_us > MINUTE / 2); /* twice as long */
    /* the machine starts anew, and its clock with it: the wait begins again */
    rig->mono_shift_us = -rig->now_us;
    struct event boot = {.kind = EVENT_BOOT, .name = "another"};
    site_rig_post(rig, &boot, "bench-1 \n", 9);
    site_rig_turn(rig);
    assert_true(pin_of(rig, "supervisor").wait_us > MINUTE);
    rig->now_us += 2 * MINUTE;
    assert_int_equal(tries(rig, "supervisor", PIN_RIGHT), DONE_PIN);
    assert_int_equal(pin_of(rig, "supervisor").fails, 0);
    assert_int_equal(events(rig, "worker.admitted"), 1);
    assert_int_equal(pin_delay_us(4), 0);
    assert_int_equal(pin_delay_us(11), HOUR);
    assert_int_equal(pin_delay_us(1000), HOUR);
}

static void head_office_s_pin_forgives_but_does_not_come_back(void **state)
{
    struct site_rig *rig = *state;
    for (int i = 0; i < 5; i++)
        tries(rig, "supervisor", PIN_WRONG);
    site_rig_change(rig, "worker.upsert",
                    "{\"worker\":\"supervisor\",\"name\":\"S\",\"badge\":\"B-supervisor\",\"role\":\"supervisor\","
                    "\"active\":true,\"pin\":\"hash of supervisor\",\"rev\":2}");
    assert_int_equal(pin_of(rig, "supervisor").fails, 5); /* the same again */
    site_rig_ask(rig, "worker.unlock", "{\"worker\":\"supervisor\",\"badge\":\"B-supervisor\"}");
    assert_int_equal(rig->last.answer.message, E95_ROLE);
    site_rig_ask(rig, "worker.unlock", "{\"worker\":\"supervisor\",\"badge\":\"B-admin\"}");
    assert_int_equal(rig->last.answer.message, DONE_UNLOCKED);
    assert_int_equal(pin_of(rig, "supervisor").wait_us, 0);
    site_rig_ask(rig, "worker.pin", "{\"worker\":\"supervisor\",\"pin\":\"chosen\",\"badge\":\"B-supervisor\"}");
    assert_int_equal(rig->last.answer.message, DONE_PIN_SET);
    site_rig_ask(rig, "worker.pin", "{\"worker\":\"admin\",\"pin\":\"stolen\",\"badge\":\"B-supervisor\"}");
    assert_int_equal(rig->last.answer.message, E95_ROLE);
    site_rig_change(rig, "worker.upsert",
                    "{\"worker\":\"supervisor\",\"name\":\"S2\",\"badge\":\"B-supervisor\",\"role\":\"supervisor\","
                    "\"active\":true,\"pin\":\"hash of supervisor\",\"rev\":3}");
    assert_string_equal(pin_of(rig, "supervisor").hash, "chosen");
    site_rig_change(rig, "worker.upsert",
                    "{\"worker\":\"supervisor\",\"name\":\"S2\",\"badge\":\"B-supervisor\",\"role\":\"supervisor\","
                    "\"active\":true,\"pin\":\"a new one\",\"rev\":4}");
    assert_string_equal(pin_of(rig, "supervisor").hash, "a new one");
}

/* Found goods, which a supervisor's badge always lets in. */
static void find_a_mug(struct site_rig *rig)
{
    PLAY(rig, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:FOUND", "DONE_FOUND", "found.location"},
         {"R-09", "DONE_AT_LOCATION", "found.item"}, {"PEN", "DONE_FOUND_ITEM", "found.badge"});
}

static void pass(struct site_rig *rig, const char *badge, int64_t proved)
{
    struct event event = {.kind = EVENT_SCAN, .proved = proved, .station = "bench-1"};
    site_rig_post(rig, &event, badge, strlen(badge));
    site_rig_turn(rig);
}

static void an_override_wants_the_pin_where_the_site_does(void **state)
{
    struct site_rig *rig = *state;
    set(rig, "override_pin", 1);
    find_a_mug(rig);
    pass(rig, "B-supervisor", 0);
    assert_int_equal(rig->last.answer.message, E92_PIN);
    assert_int_equal(rig->last.asks_pin, worker_of(rig, "supervisor"));
    pass(rig, "B-supervisor", worker_of(rig, "admin"));
    assert_int_equal(rig->last.answer.message, E92_PIN);
    pass(rig, "B-counter", worker_of(rig, "counter"));
    assert_int_equal(rig->last.answer.message, E18_SUPERVISOR);
    pass(rig, "B-supervisor", worker_of(rig, "supervisor"));
    assert_true(rig->last.good);
    int64_t both;
    assert_int_equal(sql_number(rig->store->sql, &both,
                                "SELECT count(*) FROM journal WHERE type = 'adjust.posted' AND line LIKE "
                                "'%\"supervisor\":\"supervisor\"%' AND line LIKE '%\"actor\":\"u1\"%'",
                                SQL_NO_VALUES),
                     0);
    assert_int_equal(both, 1);
}

static void a_strict_site_keeps_roles_apart(void **state)
{
    struct site_rig *rig = *state;
    PLAY(rig, {"B-2", "DONE_SIGNED_IN", "menu"}, {"CMD:FOUND", "DONE_FOUND", "found.location"},
         {"CMD:DONE", "DONE_", "menu"}, {"CMD:REVIEW", "E18", "menu"}, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL});
    set(rig, "roles_strict", 1);
    PLAY(rig, {"B-2", "DONE_SIGNED_IN", "menu"}, {"CMD:FOUND", "E95", "menu"}, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL},
         {"B-auditor", "DONE_SIGNED_IN", "menu"}, {"CMD:FOUND", "E95", "menu"}, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL},
         {"B-counter", "DONE_SIGNED_IN", "menu"}, {"CMD:FOUND", "DONE_FOUND", "found.location"});
}

/* Head office was heard once, and then for long not. */
static void an_old_roster_stops_what_one_person_should_not_do_alone(void **state)
{
    struct site_rig *rig = *state;
    struct event link = {.kind = EVENT_LINK, .number = 1};
    site_rig_post(rig, &link, "", 0);
    site_rig_turn(rig);
    struct event parted = {.kind = EVENT_LINK, .number = 0};
    site_rig_post(rig, &parted, "", 0);
    site_rig_turn(rig);
    set(rig, "zero_check", 0);
    rig->now_us += 73 * HOUR;
    site_rig_ask(rig, "setting.set", "{\"name\":\"zero_check\",\"value\":1,\"badge\":\"B-admin\"}");
    assert_int_equal(rig->last.answer.message, E93_STALE);
    site_rig_ask(rig, "lease.release", "{\"worker\":\"u1\",\"badge\":\"B-admin\"}"); /* work goes on */
    assert_int_equal(rig->last.answer.message, E64_HOLDS_NOTHING);
    PLAY(rig, {"B-1", "DONE_SIGNED_IN", "menu"});
    site_rig_ask(rig, "setting.set", "{\"name\":\"roster_strict\",\"value\":1}");
    assert_int_equal(rig->last.answer.message, E18_SUPERVISOR);
    sql_run(rig->store->sql, "INSERT INTO setting (name, value) VALUES ('roster_strict', 1)", SQL_NO_VALUES);
    PLAY(rig, {"CMD:FOUND", "E96", "menu"}, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL}, {"B-1", "E96", NULL});
    sql_run(rig->store->sql, "INSERT INTO setting (name, value) VALUES ('roster_hours', 0)", SQL_NO_VALUES);
    PLAY(rig, {"B-1", "DONE_SIGNED_IN", "menu"}); /* the site wants none of it */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_people, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_pins_make_wait_longer_and_longer),
        TEST(head_office_s_pin_forgives_but_does_not_come_back),
        TEST(an_override_wants_the_pin_where_the_site_does),
        TEST(a_strict_site_keeps_roles_apart),
        TEST(an_old_roster_stops_what_one_person_should_not_do_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
