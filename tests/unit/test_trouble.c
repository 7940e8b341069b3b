/* What a site's people are told to do about sync, for each state that it can be in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "sync/site/trouble.h"

#include <string.h>

#define LINK .linked = true, .up = true
#define DAY  INT64_C(86400000000)

static void each_trouble_stands_when_it_should(void **state)
{
    (void)state;
    static const struct {
        const char *troubles, *alarm;
        struct site_facts facts;
    } cases[] = {
        {"", NULL, {SITE_SYNC, LINK, SITE_OFFICE_ONLINE}},
        {"", NULL, {SITE_SYNC, LINK, SITE_OFFICE_ONLINE, .outbox = 9, .oldest_us = SITE_LATE_US - 1}},
        {"late", "late", {SITE_SYNC, LINK, SITE_OFFICE_ONLINE, .outbox = 1, .oldest_us = SITE_LATE_US}},
        {"parked", "parked", {SITE_SYNC, LINK, SITE_OFFICE_ONLINE, .parked = 1}},
        {"link", NULL, {.state = SITE_OFFLINE}},
        {"broker", NULL, {SITE_OFFLINE, .linked = true, .outbox = 3, .oldest_us = 5}},
        {"late,broker", "late", {SITE_OFFLINE, .linked = true, .outbox = 3, .oldest_us = 2 * SITE_LATE_US}},
        {"", NULL, {SITE_HELLO, LINK, SITE_OFFICE_UNKNOWN, .unanswered = 1}},
        {"silent", NULL, {SITE_HELLO, LINK, SITE_OFFICE_UNKNOWN, .unanswered = 2}},
        {"silent", NULL, {SITE_HELLO, LINK, SITE_OFFICE_ONLINE, .unanswered = 2}},
        {"away", NULL, {SITE_HELLO, LINK, SITE_OFFICE_AWAY, .unanswered = 2}},
        {"", NULL, {SITE_PROBING, LINK, SITE_OFFICE_ONLINE}}, /* it heals by itself */
        {"fenced", "fenced", {SITE_FENCED, LINK, SITE_OFFICE_ONLINE}},
        {"fenced", "fenced", {SITE_FENCED, LINK, SITE_OFFICE_ONLINE, .fence = WIRE_FENCE_CLONE}},
        {"replaced", "replaced", {SITE_FENCED, LINK, SITE_OFFICE_ONLINE, .fence = WIRE_FENCE_REPLACED}},
        {"", NULL, {SITE_SYNC, LINK, SITE_OFFICE_ONLINE, .certified = true, .certificate_left_us = 31 * DAY}},
        {"certificate",
         NULL,
         {SITE_SYNC, LINK, SITE_OFFICE_ONLINE, .certified = true, .certificate_left_us = 29 * DAY}},
        {"certificate", NULL, {SITE_SYNC, LINK, SITE_OFFICE_ONLINE, .certified = true, .certificate_left_us = -DAY}},
        {"fenced,parked,late",
         "fenced",
         {SITE_FENCED, LINK, SITE_OFFICE_ONLINE, .parked = 2, .outbox = 1, .oldest_us = SITE_LATE_US}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf found = {0};
        for (enum site_trouble j = 0; j < SITE_TROUBLE_COUNT; j++)
            if (site_trouble_def(j)->stands(&cases[i].facts))
                buf_printf(&found, "%s%s", found.length ? "," : "", site_trouble_def(j)->name);
        const char *alarm = site_alarm(&cases[i].facts);
        if (strcmp(buf_text(&found), cases[i].troubles) != 0 ||
            strcmp(alarm ? alarm : "", cases[i].alarm ? cases[i].alarm : "") != 0)
            fail_msg("case %zu: \"%s\" with alarm %s, not \"%s\" with %s", i, buf_text(&found), alarm,
                     cases[i].troubles, cases[i].alarm);
    }
}

static void every_trouble_has_a_sentence_in_both_languages(void **state)
{
    (void)state;
    for (enum site_trouble i = 0; i < SITE_TROUBLE_COUNT; i++) {
        const struct site_trouble_def *def = site_trouble_def(i);
        assert_true(strlen(def->en) > 20 && def->en[strlen(def->en) - 1] == '.');
        assert_true(text_is_utf8(def->zh, strlen(def->zh)) && strlen(def->zh) > 20);
    }
}

static void one_that_answers_is_there(void **state)
{
    (void)state;
    static const struct {
        struct site site;
        enum site_presence presence;
    } cases[] = {
        {{.state = SITE_OFFLINE}, SITE_OFFICE_UNKNOWN},
        {{.state = SITE_HELLO, .presence = SITE_OFFICE_ONLINE}, SITE_OFFICE_ONLINE},
        {{.state = SITE_HELLO, .presence = SITE_OFFICE_ONLINE, .absent = true}, SITE_OFFICE_AWAY},
        {{.state = SITE_HELLO, .presence = SITE_OFFICE_AWAY}, SITE_OFFICE_AWAY},
        {{.state = SITE_SYNC}, SITE_OFFICE_ONLINE},
        {{.state = SITE_PROBING}, SITE_OFFICE_ONLINE},
        {{.state = SITE_FENCED}, SITE_OFFICE_ONLINE},
        {{.state = SITE_OFFLINE, .absent = true}, SITE_OFFICE_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(site_presence_now(&cases[i].site), cases[i].presence);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_trouble_stands_when_it_should),
        cmocka_unit_test(every_trouble_has_a_sentence_in_both_languages),
        cmocka_unit_test(one_that_answers_is_there),
    };
    return cmocka_run_group_tests_name("trouble", tests, NULL, NULL);
}
