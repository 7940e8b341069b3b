/* Sites that catch up: they go on with their journals until head office has all of them. */
#include "box.h"

#include "base/clock.h"

#include <errno.h>

static void on_committed(struct box *box, const struct site_committed *committed)
{
    if (box->done || committed->applied_seq != committed->last_seq || committed->last_seq == 0)
        return;
    box->done = true;
    if (--box->fleet->left == 0)
        sd_event_exit(box->fleet->event, 0);
}

int sites_run(int port, int sites, int64_t events, const char *path)
{
    struct fleet fleet = {.count = sites,
                          .left = sites,
                          .boxes = calloc((size_t)sites, sizeof(struct box)),
                          .backoff_base_ms = 50,
                          .backoff_cap_ms = 400,
                          .committed = on_committed};
    must(fleet.boxes ? sd_event_new(&fleet.event) < 0 : -ENOMEM, "an event loop");
    for (int i = 0; i < sites; i++) {
        fleet.boxes[i].store = day_open(sites == 1 ? path : ":memory:", i);
        if (sites > 1)
            day_fill(fleet.boxes[i].store, events);
    }
    for (int i = 0; i < sites; i++)
        box_open(&fleet, i, port);
    must(sd_event_loop(fleet.event), "the event loop");
    double seconds = (double)(clock_mono_us() - fleet.start_us) / 1e6;
    for (int i = 0; i < sites; i++)
        box_close(&fleet.boxes[i]);
    sd_event_unref(fleet.event);
    free(fleet.boxes);
    printf("{\"seconds\": %.6f, \"segments\": %lld, \"bytes\": %lld, \"answers\": %lld}\n", seconds,
           (long long)fleet.segments, (long long)fleet.bytes, (long long)fleet.answers);
    return 0;
}
