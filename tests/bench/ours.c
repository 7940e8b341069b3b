#include "contestants.h"
#include "site_rig.h"

struct ours {
    struct site_rig rig;
};

struct ours *ours_open(const char *path)
{
    struct ours *ours = calloc(1, sizeof(*ours));
    must(ours ? 0 : -1, "out of memory");
    must(site_rig_open(&ours->rig, path, 1), ours->rig.error.text);
    return ours;
}

static void post(struct ours *ours, const struct bench_scan *scan)
{
    struct event event = {.kind = EVENT_SCAN};
    snprintf(event.station, sizeof(event.station), "station-%d", scan->station);
    must(site_rig_post(&ours->rig, &event, scan->text, strlen(scan->text)), "the queue is full");
}

void ours_run(struct ours *ours, const struct work *work, struct range range, struct tally *tally)
{
    struct stopwatch watch = stopwatch_start();
    for (size_t done = 0; done < range.count; done += range.per_commit) {
        for (size_t i = 0; i < range.per_commit; i++)
            post(ours, &work->scans[range.first + done + i]);
        must(site_rig_turn(&ours->rig), ours->rig.error.text);
        disk_meter_commit();
        must(ours->rig.last.good ? 0 : -1, "a scan was refused");
        stopwatch_lap(&watch, range.per_commit, tally);
    }
}

void ours_close(struct ours *ours)
{
    site_rig_close(&ours->rig);
    free(ours);
}
