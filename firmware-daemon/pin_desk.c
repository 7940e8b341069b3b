#include "pin_desk.h"

#include "base/beside.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

struct pin_desk {
    void (*done)(void *user, struct pin_job *job);
    void *user;
    struct beside *beside;
    size_t out;                      /* given, and not yet handed back */
    char nobody[PASSWORD_HASH_SIZE]; /* the thread's own */
};

struct task {
    struct beside_job beside;
    struct pin_desk *desk;
    struct pin_job pin;
};

static void work(struct beside_job *beside)
{
    struct task *task = (struct task *)beside;
    struct pin_job *job = &task->pin;
    char *nobody = task->desk->nobody;
    if (!*nobody)
        password_hash("nobody has this one", nobody);
    if (job->makes)
        job->good = password_hash(job->pin, job->hash) == 0;
    else
        job->good = password_is(*job->hash ? job->hash : nobody, job->pin);
    sodium_memzero(job->pin, sizeof(job->pin));
}

static void done(struct beside_job *beside, bool worked)
{
    struct task *task = (struct task *)beside;
    struct pin_desk *desk = task->desk;
    desk->out--;
    if (worked && desk->beside) /* the desk is not closing */
        desk->done(desk->user, &task->pin);
    sodium_memzero(task, sizeof(*task));
    free(task);
}

int pin_desk_new(sd_event *event, void (*on_done)(void *user, struct pin_job *job), void *user, struct pin_desk **ret,
                 struct error *error)
{
    struct pin_desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return error_set(error, -ENOMEM, "out of memory");
    desk->done = on_done;
    desk->user = user;
    int result = sodium_init() >= 0 ? beside_new(event, &desk->beside, error)
                                    : error_set(error, -EIO, "there is no randomness to try PINs with");
    *ret = result ? pin_desk_free(desk) : desk;
    return result;
}

struct pin_desk *pin_desk_free(struct pin_desk *desk)
{
    if (!desk)
        return NULL;
    struct beside *beside = desk->beside;
    desk->beside = NULL;
    beside_free(beside);
    sodium_memzero(desk, sizeof(*desk));
    free(desk);
    return NULL;
}

int pin_desk_give(struct pin_desk *desk, const struct pin_job *job)
{
    struct task *task = desk->out < PIN_JOBS_MAX ? calloc(1, sizeof(*task)) : NULL;
    if (!task)
        return -EAGAIN;
    *task = (struct task){.beside = {.work = work, .done = done}, .desk = desk, .pin = *job};
    desk->out++;
    beside_give(desk->beside, &task->beside);
    return 0;
}
