#include "sync/head-office/rollout/rollouts.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct step {
    const char *name, *counts, *sql;
} steps[] = {
#define X(step, english, chinese, evidence, counts, counts_zh, wanted)                                                 \
    {#step, counts,                                                                                                    \
     "SELECT CASE WHEN " evidence " >= " wanted " THEN 1 ELSE 0 END FROM rollout_step r WHERE r.site = ?1 AND r.step"  \
     " = ?2"},
    ROLLOUT_STEPS(X)
#undef X
};

int rollouts_start(struct office *office, const char *site, int64_t fit_check, const char *who, struct error *error)
{
    int result = sql_run(office->sql, "INSERT INTO rollout (site, fit_check, who, started_us) VALUES (?1, ?2, ?3, ?4)",
                         sql_text(site), sql_ref(fit_check), sql_text(who), sql_int(office->now_us));
    if (result == -EEXIST)
        return error_set(error, result, "the roll-out at site \"%s\" has begun already: rollout.step goes on with it",
                         site);
    if (result == -EPERM)
        return error_set(error, -ENOENT, "there is no site \"%s\", or no fit check %lld: site add makes a site", site,
                         (long long)fit_check);
    for (size_t i = 0; i < COUNT(steps) && !result; i++)
        result = sql_run(office->sql, "INSERT INTO rollout_step (site, place, step) VALUES (?1, ?2, ?3)",
                         sql_text(site), sql_int((int64_t)i + 1), sql_text(steps[i].name));
    return result ? office_failed(office->sql, result, error) : 0;
}

static const struct step *find_step(const char *name)
{
    for (size_t i = 0; i < COUNT(steps); i++)
        if (strcmp(steps[i].name, name) == 0)
            return &steps[i];
    return NULL;
}

static int look_at_evidence(struct office *office, const struct step *step, const struct rollout_word *word,
                            struct error *error)
{
    int64_t enough = 0;
    int result = sql_number(office->sql, &enough, step->sql, sql_text(word->site), sql_text(word->step));
    if (result == -ENOENT)
        return error_set(error, result, "no roll-out has begun at site \"%s\": rollout.start begins it", word->site);
    if (result)
        return office_failed(office->sql, result, error);
    if (strcmp(word->state, "done") != 0 || enough || *word->note)
        return 0;
    return error_set(error, -EINVAL,
                     "step %s lacks evidence (%s): list rollout-steps shows it; say in \"note\" why it is done",
                     step->name, step->counts);
}

int rollouts_step(struct office *office, const struct rollout_word *word, struct error *error)
{
    const struct step *step = find_step(word->step);
    if (!step)
        return error_set(error, -ENOENT, "there is no step \"%s\": list rollout-steps shows them", word->step);
    int result = look_at_evidence(office, step, word, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "UPDATE rollout_step SET state = ?3, note = CASE WHEN ?4 <> '' THEN ?4 ELSE note END, who = ?5,"
                     " time_us = ?6 WHERE site = ?1 AND step = ?2",
                     sql_text(word->site), sql_text(word->step), sql_text(word->state), sql_text(word->note),
                     sql_text(word->who), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}
