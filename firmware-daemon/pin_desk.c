#include "pin_desk.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct ring {
    size_t first, count;
    struct pin_job jobs[PIN_JOBS_MAX];
};

struct pin_desk {
    void (*done)(void *user, struct pin_job *job);
    void *user;
    sd_event_source *source;
    int signal; /* something is done */
    pthread_t thread;
    bool runs;
    /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t given;
    bool closes;
    size_t out; /* given, and not yet handed back: at most what there is room for */
    struct ring wait, ready;
    /* the thread's own, and the loop's */
    struct pin_job under_way, handed;
    char nobody[PASSWORD_HASH_SIZE];
};

static void put(struct ring *ring, const struct pin_job *job)
{
    ring->jobs[(ring->first + ring->count++) % PIN_JOBS_MAX] = *job;
}

static void take(struct ring *ring, struct pin_job *ret)
{
    struct pin_job *job = &ring->jobs[ring->first];
    *ret = *job;
    sodium_memzero(job, sizeof(*job));
    ring->first = (ring->first + 1) % PIN_JOBS_MAX;
    ring->count--;
}

static void do_job(struct pin_desk *desk, struct pin_job *job)
{
    if (!*desk->nobody)
        password_hash("nobody has this one", desk->nobody);
    if (job->makes)
        job->good = password_hash(job->pin, job->hash) == 0;
    else
        job->good = password_is(*job->hash ? job->hash : desk->nobody, job->pin);
    sodium_memzero(job->pin, sizeof(job->pin));
}

static void *work(void *user)
{
    struct pin_desk *desk = user;
    pthread_mutex_lock(&desk->lock);
    while (!desk->closes) {
        if (desk->wait.count == 0) {
            pthread_cond_wait(&desk->given, &desk->lock);
            continue;
        }
        take(&desk->wait, &desk->under_way);
        pthread_mutex_unlock(&desk->lock);
        do_job(desk, &desk->under_way);
        pthread_mutex_lock(&desk->lock);
        put(&desk->ready, &desk->under_way);
        eventfd_write(desk->signal, 1);
    }
    pthread_mutex_unlock(&desk->lock);
    return NULL;
}

static bool next_ready(struct pin_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    bool any = desk->ready.count > 0;
    if (any) {
        take(&desk->ready, &desk->handed);
        desk->out--;
    }
    pthread_mutex_unlock(&desk->lock);
    return any;
}

static int on_signal(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)events;
    struct pin_desk *desk = user;
    eventfd_t count;
    eventfd_read(fd, &count);
    while (next_ready(desk))
        desk->done(desk->user, &desk->handed);
    return 0;
}

int pin_desk_new(sd_event *event, void (*done)(void *user, struct pin_job *job), void *user, struct pin_desk **ret,
                 struct error *error)
{
    struct pin_desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return error_set(error, -ENOMEM, "out of memory");
    desk->done = done;
    desk->user = user;
    desk->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    desk->given = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    desk->signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool whole = desk->signal >= 0 && sodium_init() >= 0 &&
                 sd_event_add_io(event, &desk->source, desk->signal, EPOLLIN, on_signal, desk) >= 0;
    desk->runs = whole && pthread_create(&desk->thread, NULL, work, desk) == 0;
    if (!desk->runs) {
        pin_desk_free(desk);
        return error_set(error, -ENOMEM, "no thread can be begun to try PINs with");
    }
    *ret = desk;
    return 0;
}

struct pin_desk *pin_desk_free(struct pin_desk *desk)
{
    if (!desk)
        return NULL;
    if (desk->runs) {
        pthread_mutex_lock(&desk->lock);
        desk->closes = true;
        pthread_cond_signal(&desk->given);
        pthread_mutex_unlock(&desk->lock);
        pthread_join(desk->thread, NULL);
    }
    sd_event_source_disable_unref(desk->source);
    if (desk->signal >= 0)
        close(desk->signal);
    sodium_memzero(desk, sizeof(*desk));
    free(desk);
    return NULL;
}

int pin_desk_give(struct pin_desk *desk, const struct pin_job *job)
{
    pthread_mutex_lock(&desk->lock);
    bool room = desk->out < PIN_JOBS_MAX;
    if (room) {
        put(&desk->wait, job);
        desk->out++;
        pthread_cond_signal(&desk->given);
    }
    pthread_mutex_unlock(&desk->lock);
    return room ? 0 : -EAGAIN;
}
