/* Whether the system fits: figures reckoned by hand, what is proposed at the edges of its rules, and that everything
 * has words and can be proposed at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/head-office/rollout/fit.h"
#include "sync/head-office/rollout/fit_devices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool knows(void *user, const char *name)
{
    (void)user;
    return strcmp(name, "taobao") == 0 || strcmp(name, "Zebra ZD410") == 0;
}

/* 1,000 orders a day of two lines, a third of the people, everything else ordinary. */
static struct fit_answers usual(void)
{
    struct fit_answers answers;
    memset(&answers, 0, sizeof(answers));
    option_defaults(fit_fields, &answers);
    answers.orders_day = 1000;
    answers.peak_percent = 200;
    answers.skus = 500;
    answers.lines_100 = 200;
    answers.singles_percent = 40;
    answers.workers = 10;
    answers.hours_day = 10;
    answers.bins = 800;
    strcpy(answers.platforms, "taobao, moon");
    strcpy(answers.carriers, "SF,YTO");
    return answers;
}

static struct fit_check reckon(const struct fit_answers *answers)
{
    struct fit_check check;
    struct error error;
    if (fit_reckon(answers, knows, knows, NULL, &check, &error) != 0)
        fail_msg("%s", error.text);
    return check;
}

static bool proposes(const struct fit_check *check, const char *code)
{
    for (const struct fit_rule *rule = fit_rules; rule->code; rule++)
        if (strcmp(rule->code, code) == 0)
            return fit_holds(rule, check);
    fail_msg("no rule is called %s", code);
    return false;
}

static void figures_are_as_reckoned_by_hand(void **state)
{
    (void)state;
    struct fit_answers answers = usual();
    struct fit_check check = reckon(&answers);
    static const struct {
        enum fit_figure figure;
        int64_t is;
    } wanted[] = {
        {FIT_orders_peak, 2000},    {FIT_parcels_hour, 200},                          /* 2,000 in 10 hours */
        {FIT_lines_hour, 400},      {FIT_singles_day, 800},  {FIT_lines_of_sku, 800}, /* 4,000 lines of 500 items */
        {FIT_bins_of_sku, 160},     {FIT_pickers, 7},                                 /* 400 lines at 60 an hour */
        {FIT_packers, 4},                                                             /* 200 parcels at 60 */
        {FIT_people_short, 1},      {FIT_scanners_need, 12},                          /* 7 + 4 + 1 */
        {FIT_scanners_short, 12},   {FIT_printers_need, 4},  {FIT_scales_need, 0},
        {FIT_cluster_totes, 8}, /* 16 lines a walk, two of each order */
        {FIT_wall_slots, 100},  /* the parcels of half an hour */
        {FIT_unknown_platforms, 1}, {FIT_carriers, 2},
    };
    for (size_t i = 0; i < COUNT(wanted); i++)
        if (check.figures[wanted[i].figure] != wanted[i].is)
            fail_msg("figure %d is %lld, not %lld", (int)wanted[i].figure, (long long)check.figures[wanted[i].figure],
                     (long long)wanted[i].is);
    assert_string_equal(check.platforms, "moon");
    answers.lines_hour = 100;
    answers.parcels_hour = 100;
    check = reckon(&answers);
    assert_int_equal(check.figures[FIT_pickers], 4);
    assert_int_equal(check.figures[FIT_packers], 2);
    assert_false(proposes(&check, "people"));
}

/* A row: an answer, and what is proposed on this side of the limit and not on the other. */
static void flows_change_at_their_limits(void **state)
{
    (void)state;
    struct fit_answers few = usual(), more = usual();
    few.peak_percent = more.peak_percent = 100;
    few.orders_day = 60;
    more.orders_day = 61;
    struct fit_check low = reckon(&few), high = reckon(&more);
    assert_true(proposes(&low, "discrete"));
    assert_false(proposes(&low, "cluster"));
    assert_false(proposes(&high, "discrete"));
    assert_true(proposes(&high, "cluster"));

    few = more = usual();
    few.singles_percent = 29;
    more.singles_percent = 30;
    low = reckon(&few), high = reckon(&more);
    assert_false(proposes(&low, "express"));
    assert_true(proposes(&high, "express"));

    few = more = usual();
    few.orders_day = 249;
    more.orders_day = 250;
    low = reckon(&few), high = reckon(&more);
    assert_false(proposes(&low, "put_wall"));
    assert_true(proposes(&high, "put_wall"));
    more.skus = 5000; /* the same item is in few orders */
    high = reckon(&more);
    assert_false(proposes(&high, "put_wall"));

    few = more = usual();
    more.lines_100 = 900;
    more.singles_percent = 10;
    high = reckon(&more);
    assert_true(proposes(&high, "discrete_large"));
    assert_false(proposes(&high, "cluster"));
    more.floors = 2;
    high = reckon(&more);
    assert_true(proposes(&high, "zone"));
}

static void what_we_do_not_do_is_a_gap(void **state)
{
    (void)state;
    struct fit_answers answers = usual();
    struct fit_check check = reckon(&answers);
    static const char *const gaps[] = {"conveyors", "robots", "hazards", "cold", "export_goods", "pallets_out"};
    for (size_t i = 0; i < COUNT(gaps); i++)
        assert_false(proposes(&check, gaps[i]));
    answers.conveyors = answers.robots = answers.hazards = answers.cold = answers.export_goods = answers.pallets_out =
        true;
    strcpy(answers.link, "none");
    strcpy(answers.erp, "api");
    strcpy(answers.devices, "Zebra ZD410, Acme 1");
    *answers.carriers = '\0';
    check = reckon(&answers);
    for (size_t i = 0; i < COUNT(gaps); i++)
        assert_true(proposes(&check, gaps[i]));
    assert_true(proposes(&check, "no_link"));
    assert_true(proposes(&check, "erp_api"));
    assert_true(proposes(&check, "carriers"));
    assert_true(proposes(&check, "unknown_devices"));
    assert_string_equal(check.devices, "Acme 1");
    CLEANUP_BUF struct buf codes = {0};
    assert_int_equal(fit_codes(&check, FIT_GAP, &codes), 12);
}

static void contradictions_are_told(void **state)
{
    (void)state;
    struct fit_answers answers = usual();
    struct fit_check check;
    struct error error;
    answers.singles_percent = 100;
    assert_int_equal(fit_reckon(&answers, knows, knows, NULL, &check, &error), -EINVAL);
    answers.singles_percent = 99;
    answers.lines_100 = 5000;
    assert_int_equal(fit_reckon(&answers, knows, knows, NULL, &check, &error), -EINVAL);
}

/* Every field is asked once in a step that there is, every rule has both languages, and the same code of the same kind
 * stands once. */
static void everything_has_words(void **state)
{
    (void)state;
    size_t fields = 0, asked = 0;
    for (const struct option_def *field = fit_fields; field->name; field++, fields++) {
        size_t times = 0;
        for (const struct fit_question *question = fit_questions; question->name; question++)
            times += strcmp(question->name, field->name) == 0 && *question->english && *question->chinese;
        if (times != 1)
            fail_msg("%s is asked %zu times", field->name, times);
    }
    for (const struct fit_question *question = fit_questions; question->name; question++, asked++) {
        const struct fit_words *step = fit_steps;
        while (step->code && strcmp(step->code, question->step) != 0)
            step++;
        assert_non_null(step->code);
    }
    assert_int_equal(fields, asked);
    for (const struct fit_rule *rule = fit_rules; rule->code; rule++) {
        assert_true(*rule->english && *rule->chinese);
        assert_true(rule->kind == FIT_SETTING ? rule->where != NULL : rule->where == NULL);
        for (const struct fit_rule *other = rule + 1; other->code; other++)
            if (other->kind == rule->kind && strcmp(other->code, rule->code) == 0)
                fail_msg("%s stands twice", rule->code);
    }
}

/* What nobody can ever be told is no rule. */
static void every_rule_can_hold(void **state)
{
    (void)state;
    bool held[64] = {false};
    unsigned seed = 5;
    struct fit_check check;
    struct error error;
    for (int i = 0; i < 20000; i++) {
        struct fit_answers answers = usual();
        char *bytes = (char *)&answers;
#define DICE(sides) ((int64_t)(rand_r(&seed) % (sides)))
        for (const struct option_def *field = fit_fields; field->name; field++) {
            int64_t number = field->min + DICE(DICE(2) ? 100 : 30000);
            bool flag = DICE(2);
            if (field->type == OPTION_NUMBER && number <= field->max)
                memcpy(bytes + field->offset, &number, sizeof(number));
            else if (field->type == OPTION_FLAG)
                memcpy(bytes + field->offset, &flag, sizeof(flag));
        }
        strcpy(answers.link, DICE(2) ? "none" : "unsteady");
        strcpy(answers.erp, DICE(2) ? "files" : "api");
        strcpy(answers.carriers, DICE(2) ? "SF" : "");
        strcpy(answers.devices, DICE(2) ? "Acme 1" : "");
        if (fit_reckon(&answers, knows, knows, NULL, &check, &error) == 0)
            for (size_t rule = 0; fit_rules[rule].code; rule++)
                held[rule] |= fit_holds(&fit_rules[rule], &check);
    }
    for (size_t rule = 0; fit_rules[rule].code; rule++)
        if (!held[rule])
            fail_msg("%s never holds", fit_rules[rule].code);
}

static void devices_are_found_in_the_list(void **state)
{
    (void)state;
    struct fit_devices devices;
    struct error error;
    assert_int_equal(fit_devices_open(&devices, &error), 0);
    static const char *const known[] = {"Zebra ZD410", "zebra gk420", "Honeywell 1400g", "Honeywell Voyager 1400g"};
    static const char *const unknown[] = {"Zebra", "Acme 1", "Zebra QX99", "ZD410"};
    for (size_t i = 0; i < COUNT(known); i++)
        if (!fit_devices_know(&devices, known[i]))
            fail_msg("%s is not known", known[i]);
    for (size_t i = 0; i < COUNT(unknown); i++)
        if (fit_devices_know(&devices, unknown[i]))
            fail_msg("%s is known", unknown[i]);
    fit_devices_close(&devices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_as_reckoned_by_hand),
        cmocka_unit_test(flows_change_at_their_limits),
        cmocka_unit_test(what_we_do_not_do_is_a_gap),
        cmocka_unit_test(contradictions_are_told),
        cmocka_unit_test(everything_has_words),
        cmocka_unit_test(every_rule_can_hold),
        cmocka_unit_test(devices_are_found_in_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
