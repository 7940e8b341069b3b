/* What a site has shown that it can do, what was changed there, and what its people practised. */
#include "sync/head-office/improve/improve.h"
#include "sync/head-office/improve/parameters.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The facts that a roll-out asks for (rollout/rollouts.h): once for each subject. */
static const struct {
    const char *type, *fact, *subject; /* the member that tells one from another; "": all are the same */
} facts[] = {
    {"device.bound", "device", "role"},      {"label.printed", "label", ""},
    {"label.proved", "label_proved", ""},    {"worker.signed_in", "station", "station"},
    {"count.recorded", "counted", ""},       {"count.posted", "count_posted", ""},
    {"manifest.closed", "manifest", ""},     {"receipt.closed", "receipt", ""},
    {"station.training", "practice", ""},    {"stock.imported", "opening_stock", ""},
    {"parcel.shipped", "parcel", "carrier"},
};

static int keep_fact(const struct counting *counting, const char *fact, const char *subject)
{
    return sql_post(counting->sql,
                    "INSERT INTO site_fact (site, fact, subject, times, last_us) VALUES (?1, ?2, ?3, 1, ?4)"
                    " ON CONFLICT (site, fact, subject) DO UPDATE SET times = site_fact.times + 1, last_us ="
                    " excluded.last_us",
                    sql_text(counting->site), sql_text(fact), sql_text(subject), sql_int(counting->at_us));
}

static int setting_changed(const struct counting *counting)
{
    char value[24];
    snprintf(value, sizeof(value), "%" PRId64, counting_number(counting, "value"));
    const struct parameter change = {.site = counting->site,
                                     .name = counting_text(counting, "setting"),
                                     .value = value,
                                     .who = counting->worker,
                                     .time_us = counting->at_us,
                                     .day = counting->day};
    return *change.name ? parameters_changed(counting->sql, &change) : 0;
}

static int training_passed(const struct counting *counting)
{
    return sql_post(counting->sql,
                    "INSERT INTO training (site, worker, lesson, steps, mistakes, times, last_us) VALUES"
                    " (?1, ?2, ?3, ?4, ?5, 1, ?6) ON CONFLICT (site, worker, lesson) DO UPDATE SET steps ="
                    " excluded.steps, mistakes = excluded.mistakes, times = training.times"
                    " + 1, last_us = excluded.last_us",
                    sql_text(counting->site), sql_text(counting_text(counting, "worker")),
                    sql_text(counting_text(counting, "lesson")), sql_int(counting_number(counting, "steps")),
                    sql_int(counting_number(counting, "mistakes")), sql_int(counting->at_us));
}

static int trial_compared(const struct counting *counting)
{
    return sql_post(counting->sql,
                    "INSERT INTO trial_run (arrival, site, kind, name, compared, matching, different, missing_here,"
                    " missing_there, day, time_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    sql_int(counting->arrival), sql_text(counting->site), sql_text(counting_text(counting, "figures")),
                    sql_text(counting_text(counting, "name")), sql_int(counting_number(counting, "compared")),
                    sql_int(counting_number(counting, "matching")), sql_int(counting_number(counting, "different")),
                    sql_int(counting_number(counting, "missing_here")),
                    sql_int(counting_number(counting, "missing_there")), sql_int(counting->day),
                    sql_int(counting->at_us));
}

static const struct {
    const char *type;
    int (*keep)(const struct counting *counting);
} meanings[] = {
    {"setting.changed", setting_changed}, {"training.passed", training_passed}, {"trial.compared", trial_compared}};

int improve_keep_facts(const struct counting *counting)
{
    int result = 0;
    if (counting->sign < 0)
        return 0;
    for (size_t i = 0; i < COUNT(facts) && !result; i++)
        if (strcmp(facts[i].type, counting->type) == 0)
            result =
                keep_fact(counting, facts[i].fact, *facts[i].subject ? counting_text(counting, facts[i].subject) : "");
    for (size_t i = 0; i < COUNT(meanings) && !result; i++)
        if (strcmp(meanings[i].type, counting->type) == 0)
            result = meanings[i].keep(counting);
    return result;
}
