/* floorhand-bench: figures as ratios to a peer measured in the same run, alternating, median of several rounds.
 * Asserts no time: it prints one table and writes the same rows to build/bench-floor.json, for run.py. */
#include "contestants.h"
#include "figures.h"
#include "filled_site.h"
#include "label_time.h"
#include "route_time.h"

#include <string.h>
#include <unistd.h>

static const struct bench_size full = {
    .items = 1000000, .locations = 200000, .stations = 50, .rounds = 7, .singles = 1008, .batched = 1600};
static const struct bench_size brief = {
    .items = 10000, .locations = 2000, .stations = 50, .rounds = 2, .singles = 96, .batched = 160};

enum { RATE_1, RATE_16, P50, P99, P999, BYTES_1, BYTES_16, TOUR_1, TOUR_2, FIGURES };
static struct figure figures[FIGURES] = {
    [RATE_1] = {.name = "durable scans/s, one per commit", .unit = "/s", .goal = 0.8, .more_is_better = true},
    [RATE_16] = {.name = "durable scans/s, 16 per commit", .unit = "/s", .goal = 0.8, .more_is_better = true},
    [P50] = {.name = "scan -> good-read effect, p50", .unit = "us", .goal = 1.3},
    [P99] = {.name = "scan -> good-read effect, p99", .unit = "us", .goal = 1.3},
    [P999] = {.name = "scan -> good-read effect, p99.9", .unit = "us", .goal = 1.3},
    [BYTES_1] = {.name = "bytes to disk per scan, one per commit (append log)", .unit = "B", .goal = 3},
    [BYTES_16] = {.name = "bytes to disk per scan, 16 per commit (append log)", .unit = "B", .goal = 3},
    [TOUR_1] = {.name = "shortest tour, 100 picks, 1 block, to 1 ms", .unit = "us", .goal = 0.5},
    [TOUR_2] = {.name = "shortest tour, 100 picks, 2 blocks, to 1 ms", .unit = "us", .goal = 0.5},
};

struct arena {
    struct ours *ours;
    struct bare *bare;
    struct append_log *log;
};

#define SLICE_COMMITS 8 /* the contestants take turns: what the machine does besides is done to all */

struct tallies {
    struct tally ours, bare, log;
};

static void take_turns(struct arena *arena, const struct work *work, struct range range, struct tallies *ret)
{
    const size_t slice = SLICE_COMMITS * range.per_commit, end = range.first + range.count;
    memset(ret, 0, sizeof(*ret));
    for (; range.first < end; range.first += range.count) {
        range.count = end - range.first < slice ? end - range.first : slice;
        ours_run(arena->ours, work, range, &ret->ours);
        bare_run(arena->bare, work, range, &ret->bare);
        append_log_run(arena->log, work, range, &ret->log);
    }
}

static void note_rate(struct figure *figure, int round, const struct tally *ours, const struct tally *reference)
{
    figure->ours[round] = (double)ours->scans / ours->seconds;
    figure->reference[round] = (double)reference->scans / reference->seconds;
}

static void note_bytes(struct figure *figure, int round, const struct tally *ours, const struct tally *reference)
{
    figure->ours[round] = ours->bytes / (double)ours->scans;
    figure->reference[round] = reference->bytes / (double)reference->scans;
}

static void note_latencies(struct tally *ours, struct tally *reference, int round)
{
    static const double parts[] = {0.5, 0.99, 0.999};
    for (int i = 0; i < 3; i++) {
        figures[P50 + i].ours[round] = quantile(ours->latencies_us, ours->commits, parts[i]);
        figures[P50 + i].reference[round] = quantile(reference->latencies_us, reference->commits, parts[i]);
    }
}

static void run_round(struct arena *arena, const struct work *work, const struct bench_size *size, size_t first,
                      int round)
{
    static struct tallies tallies; /* large */
    struct range one = {.first = first, .count = (size_t)size->singles, .per_commit = 1};
    struct range many = {.first = first + one.count, .count = (size_t)size->batched, .per_commit = PER_COMMIT};
    take_turns(arena, work, one, &tallies);
    note_rate(&figures[RATE_1], round, &tallies.ours, &tallies.bare);
    note_bytes(&figures[BYTES_1], round, &tallies.ours, &tallies.log);
    note_latencies(&tallies.ours, &tallies.bare, round);
    take_turns(arena, work, many, &tallies);
    note_rate(&figures[RATE_16], round, &tallies.ours, &tallies.bare);
    note_bytes(&figures[BYTES_16], round, &tallies.ours, &tallies.log);
}

/* Before the rounds: everybody signs in and begins. */
static size_t warm_scans(const struct bench_size *size)
{
    return (size_t)size->stations * 4;
}

static size_t round_scans(const struct bench_size *size)
{
    return (size_t)size->singles + (size_t)size->batched;
}

static size_t all_scans(const struct bench_size *size)
{
    return warm_scans(size) + round_scans(size) * (size_t)size->rounds;
}

static void fill(const struct bench_size *size, char ret_path[FILLED_PATH_MAX])
{
    filled_site(size, (int)(all_scans(size) / ((size_t)2 * LINES_PER_ORDER)) + size->stations, ret_path);
}

static void measure(const struct bench_size *size)
{
    static struct work work;
    const size_t warm = warm_scans(size), scans = all_scans(size);
    char filled[FILLED_PATH_MAX], folder[] = "build/bench-XXXXXX", paths[3][64];
    fill(size, filled);
    must(mkdtemp(folder) ? 0 : -1, "build/ must exist and be writable");
    static const char *const names[] = {"ours.db", "bare.db", "append.log"};
    for (int i = 0; i < 3; i++)
        snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, names[i]);
    filled_site_copy(filled, paths[0]);
    work_learn(&work, paths[0], size->stations, scans);
    fprintf(stderr, "# %zu scans are known, with %zu writes by %zu statements\n", scans, work.write_count,
            work.statement_count);
    filled_site_copy(filled, paths[0]);
    filled_site_copy(filled, paths[1]);
    disk_meter_install();
    struct arena arena = {ours_open(paths[0]), bare_open(paths[1], &work), append_log_open(paths[2])};
    static struct tallies unused;
    take_turns(&arena, &work, (struct range){.count = warm, .per_commit = 1}, &unused);
    for (int round = 0; round < size->rounds; round++) {
        fprintf(stderr, "# round %d of %d\n", round + 1, size->rounds);
        run_round(&arena, &work, size, warm + (size_t)round * round_scans(size), round);
        for (int blocks = 1; blocks <= 2; blocks++) {
            figures[TOUR_1 + blocks - 1].ours[round] = route_time_us(blocks);
            figures[TOUR_1 + blocks - 1].reference[round] = ROUTE_TIME_LIMIT_US;
        }
    }
    ours_close(arena.ours);
    bare_close(arena.bare);
    append_log_close(arena.log);
    for (int i = 0; i < 3; i++)
        unlink(paths[i]);
    rmdir(folder);
    figures_print(figures, FIGURES, (size_t)size->rounds, size == &full ? "build/bench-floor.json" : NULL);
}

/* --short: a small site and few scans, to see that it works. --fill: only makes the large site, and says where it is.
 * With names of label samples: only label_time.h. */
int main(int argc, char **argv)
{
    const char *option = argc == 2 ? argv[1] : "";
    char path[FILLED_PATH_MAX];
    if (strcmp(option, "--fill") == 0) {
        fill(&full, path);
        return puts(path) < 0;
    }
    bool is_brief = strcmp(option, "--short") == 0;
    if (argc > 1 && !is_brief)
        return label_time_print(argv + 1);
    measure(is_brief ? &brief : &full);
    return 0;
}
