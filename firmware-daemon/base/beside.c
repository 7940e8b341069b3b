#include "base/beside.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NICEST     19
#define LONGEST_NS 100000000

struct line {
    struct beside_job *first, *last;
};

struct beside {
    sd_event_source *source;
    int signal; /* something is done */
    pthread_t thread;
    bool runs;
    pthread_mutex_t at_work; /* held while a job is under way */
    pthread_mutex_t lock;    /* of what follows */
    pthread_cond_t given, worked;
    size_t unworked; /* given, and not in ready yet */
    bool closes;
    struct line wait, ready;
};

static void put(struct line *line, struct beside_job *job)
{
    job->next = NULL;
    if (line->last)
        line->last->next = job;
    else
        line->first = job;
    line->last = job;
}

/* NULL: none is there. */
static struct beside_job *take(struct line *line)
{
    struct beside_job *job = line->first;
    if (job && !(line->first = job->next))
        line->last = NULL;
    return job;
}

static void do_job(struct beside *beside, struct beside_job *job)
{
    pthread_mutex_lock(&beside->at_work);
    job->work(job);
    pthread_mutex_unlock(&beside->at_work);
}

/* Whoever wakes up on its processor goes on at once: the loop, and the kernel where it hands over what a device has
 * said. Linux from 6.12 on gives way at once to a shorter slice, if the other is due, and whoever is as nice as can be
 * is never due for long; an older one looks at who is nicer (sched(7), sched_setattr(2)). Otherwise it keeps the
 * processor for three or four milliseconds. Where that may not be said, the thread is as all others are. */
static void stand_back(void)
{
    const struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t slice_ns, deadline_ns, period_ns;
    } wish = {.size = sizeof(wish), .policy = SCHED_BATCH, .nice = NICEST, .slice_ns = LONGEST_NS};
    (void)syscall(SYS_sched_setattr, 0, &wish, 0);
}

static void *work(void *user)
{
    struct beside *beside = user;
    stand_back();
    pthread_mutex_lock(&beside->lock);
    while (!beside->closes) {
        struct beside_job *job = take(&beside->wait);
        if (!job) {
            pthread_cond_wait(&beside->given, &beside->lock);
            continue;
        }
        pthread_mutex_unlock(&beside->lock);
        do_job(beside, job);
        pthread_mutex_lock(&beside->lock);
        put(&beside->ready, job);
        beside->unworked--;
        pthread_cond_signal(&beside->worked);
        eventfd_write(beside->signal, 1);
    }
    pthread_mutex_unlock(&beside->lock);
    return NULL;
}

static struct beside_job *take_locked(struct beside *beside, struct line *line)
{
    pthread_mutex_lock(&beside->lock);
    struct beside_job *job = take(line);
    pthread_mutex_unlock(&beside->lock);
    return job;
}

static void hand_back(struct beside *beside, struct line *line, bool worked)
{
    for (struct beside_job *job; (job = take_locked(beside, line));)
        job->done(job, worked);
}

static int on_signal(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)events;
    struct beside *beside = user;
    eventfd_t count;
    eventfd_read(fd, &count);
    hand_back(beside, &beside->ready, true);
    return 0;
}

int beside_new(sd_event *event, struct beside **ret, struct error *error)
{
    struct beside *beside = calloc(1, sizeof(*beside));
    if (!beside)
        return error_set(error, -ENOMEM, "out of memory");
    beside->at_work = beside->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    beside->given = beside->worked = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    beside->signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool whole =
        beside->signal >= 0 && sd_event_add_io(event, &beside->source, beside->signal, EPOLLIN, on_signal, beside) >= 0;
    beside->runs = whole && pthread_create(&beside->thread, NULL, work, beside) == 0;
    if (!beside->runs) {
        beside_free(beside);
        return error_set(error, -EMFILE, "no thread can be begun beside the loop");
    }
    *ret = beside;
    return 0;
}

struct beside *beside_free(struct beside *beside)
{
    if (!beside)
        return NULL;
    if (beside->runs) {
        pthread_mutex_lock(&beside->lock);
        beside->closes = true;
        pthread_cond_signal(&beside->given);
        pthread_mutex_unlock(&beside->lock);
        pthread_join(beside->thread, NULL);
    }
    hand_back(beside, &beside->ready, true);
    hand_back(beside, &beside->wait, false);
    sd_event_source_disable_unref(beside->source);
    if (beside->signal >= 0)
        close(beside->signal);
    free(beside);
    return NULL;
}

void beside_give(struct beside *beside, struct beside_job *job)
{
    pthread_mutex_lock(&beside->lock);
    put(&beside->wait, job);
    beside->unworked++;
    pthread_cond_signal(&beside->given);
    pthread_mutex_unlock(&beside->lock);
}

void beside_wait(struct beside *beside)
{
    pthread_mutex_lock(&beside->lock);
    while (beside->unworked > 0)
        pthread_cond_wait(&beside->worked, &beside->lock);
    pthread_mutex_unlock(&beside->lock);
    hand_back(beside, &beside->ready, true);
}

void beside_pause(struct beside *beside)
{
    pthread_mutex_lock(&beside->at_work);
}

void beside_resume(struct beside *beside)
{
    pthread_mutex_unlock(&beside->at_work);
}
