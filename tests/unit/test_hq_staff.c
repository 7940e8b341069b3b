/* The people of head office: that it is they, what they may do, where they are logged in, and the trail of who did
 * what. On both databases. */
#include "unit/orders_rig.h"

#include "sync/head-office/api/access.h"
#include "sync/head-office/api/http_tries.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/query.h"
#include "sync/head-office/staff/session.h"
#include "sync/head-office/staff/trail.h"

#include "base/query_table.h"

#define DAY_US (24 * HOUR_US)

/* The one word of an answer behind a member's name. */
static void word_of(const struct buf *json, const char *member, char out[STAFF_PASSWORD_SIZE])
{
    json_t *root = json_loads(buf_text(json), 0, NULL);
    const char *word = json_string_value(json_object_get(root, member));
    assert_non_null(word);
    snprintf(out, STAFF_PASSWORD_SIZE, "%s", word);
    json_decref(root);
}

static int ask(struct shelf *shelf, const char *verb, const char *fields, struct buf *answer)
{
    json_t *root = json_loads(fields, 0, NULL);
    assert_non_null(root);
    int result = verb_do(&shelf->rig.office, verb, root, "tests", answer, &shelf->rig.error);
    json_decref(root);
    return result;
}

static int told(struct shelf *shelf, const char *verb, const char *fields)
{
    CLEANUP_BUF struct buf answer = {0};
    return ask(shelf, verb, fields, &answer);
}

static void add(struct shelf *shelf, const char *person, char password[STAFF_PASSWORD_SIZE])
{
    char fields[128];
    CLEANUP_BUF struct buf answer = {0};
    snprintf(fields, sizeof(fields), "{\"login\": \"%s\", \"title\": \"Somebody\"}", person);
    assert_int_equal(ask(shelf, "staff.add", fields, &answer), 0);
    word_of(&answer, "password", password);
}

static int check(struct shelf *shelf, const char *person, const char *password)
{
    return staff_check(&shelf->rig.office, person, password, &shelf->rig.error);
}

/* ---------------------------------------------------------------- passwords */

static void only_they_know_it(void **state)
{
    struct shelf *shelf = *state;
    char first[STAFF_PASSWORD_SIZE];
    struct staff_person person;
    add(shelf, "anna", first);
    assert_int_equal(check(shelf, "anna", first), 0);
    assert_int_equal(check(shelf, "anna", "another one"), -EACCES);
    assert_int_equal(check(shelf, "nobody", first), -EACCES);
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM staff WHERE password LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'",
                                  SQL_NO_VALUES),
                     1);
    assert_int_equal(staff_load(&shelf->rig.office, "anna", &person), 0);
    assert_true(person.must_change);
    /* a new one: long enough, without the name, not the old one again */
    assert_int_equal(staff_change(&shelf->rig.office, "anna", first, "too short", &shelf->rig.error), -EINVAL);
    assert_int_equal(staff_change(&shelf->rig.office, "anna", first, "my name is Anna", &shelf->rig.error), -EINVAL);
    assert_int_equal(staff_change(&shelf->rig.office, "anna", first, first, &shelf->rig.error), -EINVAL);
    assert_int_equal(staff_change(&shelf->rig.office, "anna", "wrong one", "a long sentence", &shelf->rig.error),
                     -EACCES);
    assert_int_equal(staff_change(&shelf->rig.office, "anna", first, "一句很长很长的密码话", &shelf->rig.error), 0);
    assert_int_equal(staff_load(&shelf->rig.office, "anna", &person), 0);
    assert_false(person.must_change);
    assert_int_equal(check(shelf, "anna", first), -EACCES);
    assert_int_equal(check(shelf, "anna", "一句很长很长的密码话"), 0);
}

static void whoever_guesses_is_locked_out(void **state)
{
    struct shelf *shelf = *state;
    char right[STAFF_PASSWORD_SIZE];
    add(shelf, "anna", right);
    for (int i = 0; i < 4; i++)
        assert_int_equal(check(shelf, "anna", "guess"), -EACCES);
    assert_int_equal(check(shelf, "anna", right), 0); /* and all is forgiven */
    for (int i = 0; i < 5; i++)
        assert_int_equal(check(shelf, "anna", "guess"), -EACCES);
    assert_int_equal(check(shelf, "anna", right), -EDQUOT);
    assert_string_equal(shelf->rig.error.text, "Too many tries: try again in 1 minutes, or ask an administrator.");
    shelf->rig.office.now_us += MINUTE_US - 1;
    assert_int_equal(check(shelf, "anna", right), -EDQUOT);
    shelf->rig.office.now_us += 1;
    assert_int_equal(check(shelf, "anna", "guess"), -EACCES); /* the sixth: two minutes */
    shelf->rig.office.now_us += 2 * MINUTE_US - 1;
    assert_int_equal(check(shelf, "anna", right), -EDQUOT);
    shelf->rig.office.now_us += 1;
    assert_int_equal(check(shelf, "anna", right), 0);
    shelf_run(shelf, "UPDATE staff SET failures = 40");
    assert_int_equal(check(shelf, "anna", "guess"), -EACCES); /* an hour at most */
    shelf->rig.office.now_us += HOUR_US - 1;
    assert_int_equal(check(shelf, "anna", right), -EDQUOT);
    shelf->rig.office.now_us += 1;
    assert_int_equal(check(shelf, "anna", right), 0);
    assert_int_equal(
        shelf_number(shelf, "SELECT count(*) FROM trail WHERE what = 'login.locked' AND who = 'anna'", SQL_NO_VALUES),
        3);
}

/* ---------------------------------------------------------------- who may what */

static void somebody_can_always_let_others_in(void **state)
{
    struct shelf *shelf = *state;
    char password[STAFF_PASSWORD_SIZE];
    add(shelf, "anna", password);
    add(shelf, "bo", password);
    assert_int_equal(told(shelf, "staff.add", "{\"login\": \"bo\", \"title\": \"x\"}"), -EEXIST);
    assert_int_equal(told(shelf, "staff.add", "{\"login\": \"Bo\", \"title\": \"x\"}"), -EINVAL);
    assert_int_equal(told(shelf, "staff.grant", "{\"login\": \"cy\", \"role\": \"admin\"}"), -ENOENT);
    assert_int_equal(told(shelf, "staff.grant", "{\"login\": \"bo\", \"role\": \"king\"}"), -EINVAL);
    assert_int_equal(told(shelf, "staff.grant", "{\"login\": \"bo\", \"role\": \"purchasing\", \"site\": \"xx\"}"),
                     -ENOENT);
    assert_int_equal(told(shelf, "staff.grant", "{\"login\": \"anna\", \"role\": \"admin\"}"), 0);
    assert_int_equal(told(shelf, "staff.grant", "{\"login\": \"anna\", \"role\": \"admin\"}"), 0); /* again: as it is */
    assert_int_equal(told(shelf, "staff.grant", "{\"login\": \"bo\", \"role\": \"admin\", \"site\": \"hz\"}"), 0);
    assert_int_equal(told(shelf, "staff.withdraw", "{\"login\": \"anna\", \"role\": \"admin\"}"), -EPERM);
    assert_int_equal(told(shelf, "staff.switch", "{\"login\": \"anna\", \"active\": false}"), -EPERM);
    assert_int_equal(told(shelf, "staff.withdraw", "{\"login\": \"anna\", \"role\": \"purchasing\"}"), -ENOENT);
    assert_int_equal(told(shelf, "staff.grant", "{\"login\": \"bo\", \"role\": \"admin\"}"), 0);
    assert_int_equal(told(shelf, "staff.switch", "{\"login\": \"anna\", \"active\": false}"), 0);
    assert_int_equal(told(shelf, "staff.withdraw", "{\"login\": \"anna\", \"role\": \"admin\"}"), 0);
    assert_int_equal(told(shelf, "staff.switch", "{\"login\": \"bo\", \"active\": false}"), -EPERM);
}

static struct asker of_grants(struct staff_grant one, struct staff_grant other)
{
    struct asker asker = {.who = "anna"};
    snprintf(asker.person.name, sizeof(asker.person.name), "anna");
    asker.person.grants[asker.person.grant_count++] = one;
    if (other.role)
        asker.person.grants[asker.person.grant_count++] = other;
    return asker;
}

static void a_role_is_for_everywhere_or_for_one_site(void **state)
{
    (void)state;
    struct limit limit;
    const struct staff_grant none = {0};
    struct asker desk = of_grants((struct staff_grant){ROLE_ORDER_DESK, ""}, none);
    assert_int_equal(access_do(&desk, "order.release", NULL, &limit), 0);
    assert_false(limit_is_set(&limit));
    assert_int_equal(access_do(&desk, "money.entry", NULL, &limit), -EACCES);
    assert_int_equal(access_do(&desk, "no.such", NULL, &limit), -EACCES);
    assert_int_equal(access_read(&desk, "entries", NULL, &limit), -EACCES);
    struct asker hz = of_grants((struct staff_grant){ROLE_ORDER_DESK, "hz"}, none);
    assert_int_equal(access_do(&hz, "order.release", NULL, &limit), 0);
    assert_string_equal(limit.by, "site");
    assert_string_equal(limit.value, "hz");
    assert_int_equal(access_do(&hz, "order.release", "bj", &limit), -EACCES);
    struct asker both =
        of_grants((struct staff_grant){ROLE_ORDER_DESK, "hz"}, (struct staff_grant){ROLE_ORDER_DESK, "bj"});
    assert_int_equal(access_read(&both, "orders", NULL, &limit), -EDESTADDRREQ);
    assert_int_equal(access_read(&both, "orders", "bj", &limit), 0);
    assert_string_equal(limit.value, "bj");
    struct asker mixed = of_grants((struct staff_grant){ROLE_BUYER, "hz"}, (struct staff_grant){ROLE_ORDER_DESK, ""});
    assert_int_equal(access_read(&mixed, "orders", NULL, &limit), 0);
    assert_false(limit_is_set(&limit));
    assert_int_equal(access_do(&mixed, "purchase.put", NULL, &limit), 0);
    assert_string_equal(limit.value, "hz");
    struct asker nobody = of_grants(none, none);
    nobody.person.grant_count = 0;
    assert_int_equal(access_read(&nobody, "orders", NULL, &limit), -EACCES);
}

/* ---------------------------------------------------------------- the table of rights is whole */

struct seen {
    const struct right *lines[96];
    size_t count;
};

static void see(struct seen *seen, const struct right *table, const char *name)
{
    const struct right *right = rights_find(table, name);
    if (!right)
        fail_msg("nobody may %s: it needs a line of staff/roles.c", name);
    seen->lines[seen->count++ % COUNT(seen->lines)] = right;
}

static void assert_all_seen(const struct right *table, bool (*used)(const struct right *line))
{
    for (; table->names; table++)
        if (!used(table))
            fail_msg("%s is a right to nothing: take it out of staff/roles.c", table->names);
}

static bool is_used_to_do(const struct right *line)
{
    const struct office_verb *verb;
    char file[64];
    for (size_t i = 0; (verb = verb_at(i)); i++)
        if (rights_find(rights_to_do, verb->name) == line)
            return true;
    for (size_t i = 0; import_kinds[i].name; i++) {
        snprintf(file, sizeof(file), "import.%s", import_kinds[i].name);
        if (rights_find(rights_to_do, file) == line)
            return true;
    }
    return false;
}

static bool is_used_to_read(const struct right *line)
{
    for (size_t i = 0; query_at(office_queries, i); i++)
        if (rights_find(rights_to_read, query_at(office_queries, i)->kind) == line)
            return true;
    return false;
}

static void everything_is_somebodys_right(void **state)
{
    (void)state;
    struct seen seen = {0};
    const struct office_verb *verb;
    for (size_t i = 0; (verb = verb_at(i)); i++)
        see(&seen, rights_to_do, verb->name);
    for (size_t i = 0; import_kinds[i].name; i++) {
        char file[64];
        snprintf(file, sizeof(file), "import.%s", import_kinds[i].name);
        see(&seen, rights_to_do, file);
    }
    for (size_t i = 0; query_at(office_queries, i); i++)
        see(&seen, rights_to_read, query_at(office_queries, i)->kind);
    assert_true(seen.count > 300);
    assert_all_seen(rights_to_do, is_used_to_do);
    assert_all_seen(rights_to_read, is_used_to_read);
    for (const struct right *line = rights_to_do; line->names; line++)
        if ((line->roles & ROLE_AUDITOR) && strcmp(line->names, "price.quote") != 0)
            fail_msg("an auditor changes nothing: %s", line->names);
}

/* ---------------------------------------------------------------- where they are logged in */

static void log_in(struct shelf *shelf, const char *person, char token[SESSION_TOKEN_SIZE])
{
    assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0);
    assert_int_equal(session_open(&shelf->rig.office, person, token, &shelf->rig.error), 0);
    assert_int_equal(office_commit(&shelf->rig.office, &shelf->rig.error), 0);
}

static int who(struct shelf *shelf, const char *token)
{
    struct staff_person person = {0};
    int result = session_find(&shelf->rig.office, token, true, &person);
    assert_true(result != 0 || strcmp(person.name, "anna") == 0);
    return result;
}

static void a_visit_ends(void **state)
{
    struct shelf *shelf = *state;
    char password[STAFF_PASSWORD_SIZE], one[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
    int64_t begun_us;
    add(shelf, "anna", password);
    log_in(shelf, "anna", one);
    log_in(shelf, "anna", other);
    begun_us = shelf->rig.office.now_us;
    assert_string_not_equal(one, other);
    assert_int_equal(who(shelf, "nonsense"), -EACCES);
    assert_int_equal(who(shelf, ""), -EACCES);
    for (int i = 0; i < 13; i++) { /* used every 55 minutes: a day's work in all */
        assert_int_equal(who(shelf, one), 0);
        shelf->rig.office.now_us += 55 * MINUTE_US;
    }
    assert_int_equal(who(shelf, other), -EACCES); /* was not used for an hour */
    assert_int_equal(who(shelf, one), 0);
    shelf->rig.office.now_us = begun_us + 12 * HOUR_US + 1;
    assert_int_equal(who(shelf, one), -EACCES);
    log_in(shelf, "anna", one);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM staff_session", SQL_NO_VALUES),
                     1); /* those that ended are gone */
    assert_int_equal(told(shelf, "staff.log_out", "{\"login\": \"anna\"}"), 0);
    assert_int_equal(who(shelf, one), -EACCES);
    log_in(shelf, "anna", one);
    assert_int_equal(told(shelf, "staff.switch", "{\"login\": \"anna\", \"active\": false}"), 0);
    assert_int_equal(who(shelf, one), -EACCES);
    assert_int_equal(told(shelf, "staff.switch", "{\"login\": \"anna\", \"active\": true}"), 0);
    log_in(shelf, "anna", one);
    log_in(shelf, "anna", other);
    assert_int_equal(session_close(&shelf->rig.office, one, &shelf->rig.error), 0);
    assert_int_equal(who(shelf, one), -EACCES);
    assert_int_equal(who(shelf, other), 0);
    assert_int_equal(staff_change(&shelf->rig.office, "anna", password, "a long sentence", &shelf->rig.error), 0);
    assert_int_equal(who(shelf, other), -EACCES);
}

/* ---------------------------------------------------------------- the trail */

static int64_t verify(struct shelf *shelf)
{
    struct trail_verdict verdict;
    if (trail_verify(&shelf->rig.office, &verdict, &shelf->rig.error) != 0)
        fail_msg("%s", shelf->rig.error.text);
    return verdict.bad;
}

static void what_is_done_stands_in_the_trail(void **state)
{
    struct shelf *shelf = *state;
    assert_int_equal(verify(shelf), 0);
    shelf_order(shelf, "N1", "T", 1, 0);
    assert_int_equal(told(shelf, "order.receiver",
                          "{\"order\": \"N1\", \"name\": \"王五\", \"phone\": \"13912345678\", \"address\": \"x\"}"),
                     0);
    assert_said(shelf, "{\"order\":\"N1\",\"name\":\"*\",\"phone\":\"*\",\"address\":\"*\"}",
                "SELECT about FROM trail WHERE what = 'order.receiver' AND who = 'tests'", SQL_NO_VALUES);
    assert_int_equal(told(shelf, "order.close", "{\"order\": \"N9\"}"), -ENOENT);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM trail WHERE who = 'tests'", SQL_NO_VALUES),
                     1); /* what was refused was not done */
    CLEANUP_BUF struct buf order = {0};
    buf_puts(&order, "{\"order\": \"N1\", \"reason\": \"");
    for (int i = 0; i < 100; i++)
        buf_puts(&order, "x");
    buf_puts(&order, "\"}");
    assert_int_equal(told(shelf, "order.close", buf_text(&order)), 0);
    assert_int_equal(verify(shelf), 0);
}

/* Every line and column of a trail is changed, taken out and put in; each time it is found, and where. */
static void a_forged_trail_is_found_out(void **state)
{
    struct shelf *shelf = *state;
    static const char *const forgeries[] = {
        "UPDATE trail SET time_us = time_us + 1 WHERE seq = 4",
        "UPDATE trail SET who = 'tests2' WHERE seq = 4",
        "UPDATE trail SET what = 'setting.Set' WHERE seq = 4",
        "UPDATE trail SET about = replace(about, '3', '4') WHERE seq = 4",
        "UPDATE trail SET hash = (SELECT t.hash FROM trail t WHERE t.seq = 3) WHERE seq = 4",
        "DELETE FROM trail WHERE seq = 4",
        "DELETE FROM trail WHERE seq >= 4",
        "DELETE FROM trail; UPDATE trail_head SET seq = 3",
        "UPDATE trail SET seq = 77 WHERE seq = 4",
        "UPDATE trail_head SET seq = 3",
    };
    static const int64_t found[] = {4, 4, 4, 4, 4, 5, 4, 1, 5, 4};
    for (int i = 1; i <= 5; i++) {
        char fields[64];
        snprintf(fields, sizeof(fields), "{\"name\": \"merge_hours\", \"value\": \"%d\"}", i);
        assert_int_equal(told(shelf, "setting.set", fields), 0);
    }
    assert_int_equal(verify(shelf), 0);
    for (size_t i = 0; i < COUNT(forgeries); i++) {
        assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0);
        shelf_run(shelf, "%s", forgeries[i]);
        int64_t bad = verify(shelf);
        if (bad != found[i])
            fail_msg("%s: found at %d", forgeries[i], (int)bad);
        office_rollback(&shelf->rig.office);
    }
    assert_int_equal(verify(shelf), 0);
}

/* One from each client and four from all in half a second; what came too soon is not counted. */
static void guesses_are_held_back(void **state)
{
    (void)state;
    static const struct {
        int64_t after_ms;
        const char *client;
        bool taken;
    } tries[] = {
        {0, "10.0.0.1", true},    {1, "10.0.0.1", false},   {400, "10.0.0.1", false},
        {401, "10.0.0.2", true},  {500, "10.0.0.1", true}, /* his tries that were refused do not hold him back */
        {501, "10.0.0.3", true},  {502, "10.0.0.4", true},  {503, "10.0.0.5", false}, /* four were taken */
        {901, "10.0.0.5", true},                                                      /* the one of 401 is over */
        {902, "10.0.0.2", false}, {1000, "10.0.0.2", true}, {1001, "10.0.0.5", false},
    };
    struct http_tries record = {.next = 0};
    for (size_t i = 0; i < COUNT(tries); i++)
        if (http_tries_take(&record, tries[i].client, 1 + tries[i].after_ms * 1000) != tries[i].taken)
            fail_msg("%s after %d ms", tries[i].client, (int)tries[i].after_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(only_they_know_it),
        ON_SHELF(whoever_guesses_is_locked_out),
        cmocka_unit_test(guesses_are_held_back),
        ON_SHELF(somebody_can_always_let_others_in),
        ON_SHELF(a_role_is_for_everywhere_or_for_one_site),
        ON_SHELF(everything_is_somebodys_right),
        ON_SHELF(a_visit_ends),
        ON_SHELF(what_is_done_stands_in_the_trail),
        ON_SHELF(a_forged_trail_is_found_out),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
