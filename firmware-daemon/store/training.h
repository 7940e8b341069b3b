/* Copies of the site's database to practise on, the stations that practise, and who has practised what.
 * Does not make up orders (floor/practice.c does) and does not copy (base/sql.h does). */
#ifndef STORE_TRAINING_H
#define STORE_TRAINING_H

#include "store/store.h"

/* Print jobs of a copy have numbers from here on, so that a number tells whose job it is. */
#define TRAINING_JOBS_FROM ((int64_t)1 << 40)

static inline bool training_job(int64_t job)
{
    return job >= TRAINING_JOBS_FROM;
}

/* Makes a fresh copy of the site's database one to practise on: what was begun in it is put aside, nobody is signed in,
 * nothing waits to be printed. Once; it is no site's database any more. */
int training_convert(const char *path, struct error *error);

/* Which stations practise; of the site's own database. */
int training_has(struct store *store, const char *station); /* 1, 0 */
int training_set(struct store *store, const char *station, bool training);

/* In a copy. code "": a step done well; PRACTISED_SKIP at the menu: a lesson was put off. */
#define PRACTISED_SKIP "SKIP"
int practised_add(struct store *store, int64_t worker, const char *step, const char *code);
/* Each pair that the worker has practised, and how often, in no order. */
typedef void practised_fn(void *user, const char *step, const char *code, int64_t times);
int practised_each(struct store *store, int64_t worker, practised_fn *take, void *user);
/* A lesson that a worker has practised whole, as the site is told of it. */
struct lesson_passed {
    char worker[STORE_CODE_MAX], lesson[24];
    int64_t steps, mistakes; /* scans that were refused in its steps, those on purpose among them */
};
#define PRACTISED_PASSED "passed" /* the step whose code is a lesson that the site was told of */
/* Who has practised anything: at most capacity of them. */
int practised_workers(struct store *store, int64_t *ret, size_t capacity, size_t *ret_count);

#endif
