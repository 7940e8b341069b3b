#include "plan/forecast_many.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct pieces {
    struct forecast_piece *list;
    size_t count;
    atomic_size_t next;
};

static void *make_some(void *user)
{
    struct pieces *pieces = user;
    size_t i;
    while ((i = atomic_fetch_add(&pieces->next, 1)) < pieces->count)
        pieces->list[i].result = forecast_make(&pieces->list[i].request, &pieces->list[i].out);
    return NULL;
}

void forecast_make_many(struct forecast_piece *list, size_t count, size_t workers)
{
    pthread_t threads[FORECAST_WORKERS_MAX];
    struct pieces pieces = {.list = list, .count = count};
    long processors = workers > 0 ? (long)workers : sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors > 1 ? (size_t)processors - 1 : 0, begun = 0;
    wanted = wanted > FORECAST_WORKERS_MAX ? FORECAST_WORKERS_MAX : wanted;
    wanted = wanted >= count ? (count > 0 ? count - 1 : 0) : wanted;
    atomic_store(&pieces.next, 0);
    while (begun < wanted && pthread_create(&threads[begun], NULL, make_some, &pieces) == 0)
        begun++;
    make_some(&pieces);
    while (begun > 0)
        pthread_join(threads[--begun], NULL);
}
