/* floorhand-crash: a site and a head office through many power cuts, a seed a life; the first law that breaks is told
 * with its seed. */
#include "crash.h"

#include "base/sql.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUTS_A_SEED 25

static int64_t some(struct random_seeded *draws, uint64_t most)
{
    return 1 + (int64_t)(random_next(draws) % most);
}

/* Some soon, so that they come in a start; most within some turns; some after a long while, for the large WAL. */
void crash_draw_cut(struct random_seeded *draws)
{
    static const uint64_t within[] = {12, 60, 400, 400, 400, 1200, 1200, 6000};
    disk_cut_after(some(draws, within[random_next(draws) % COUNT(within)]));
}

void crash_draw_fate(struct random_seeded *draws, struct crash_totals *totals)
{
    crash_draw_cut(draws);
    if (some(draws, 10) > 3)
        return;
    enum disk_fault fault = (enum disk_fault)some(draws, FAULT_COUNT - 1);
    int64_t after = some(draws, 400), many = some(draws, some(draws, 10) <= 3 ? 300 : 4);
    disk_fail_after(after, many, fault);
    totals->faults++;
}

enum disk_loss crash_next_loss(struct random_seeded *draws)
{
    static const enum disk_loss losses[] = {LOSS_ALL,  LOSS_PREFIX, LOSS_PREFIX, LOSS_SUBSET, LOSS_SUBSET,
                                            LOSS_TORN, LOSS_TORN,   LOSS_TORN,   LOSS_TORN,   LOSS_NONE};
    return losses[random_next(draws) % COUNT(losses)];
}

static bool believes_the_kernel;

/* The linker calls this for file_settle(), which asks the system's own files. */
int __real_file_settle(const char *path);
int __wrap_file_settle(const char *path);
int __wrap_file_settle(const char *path)
{
    if (believes_the_kernel)
        return 0;
    return disk_is_installed() ? disk_settle(path) : __real_file_settle(path);
}

struct given {
    struct crash_options options;
    int64_t cuts, seed, steps, upgrades;
    struct replay replay;
    bool twice;
};

struct subject {
    const char *name;
    bool (*run)(uint64_t seed, int64_t cuts, const struct crash_options *options, struct crash_totals *totals);
    int64_t share; /* of ten cuts */
};

static const struct subject subjects[] = {{"site", crash_site_run, 8}, {"head office", crash_office_run, 2}};

static void report(const struct crash_totals *totals)
{
    printf("# %" PRId64 " power cuts, %" PRId64 " of them in a start (", totals->cuts, totals->cuts_in_start);
    for (enum disk_loss loss = 0; loss < LOSS_COUNT; loss++)
        printf("%s%s %" PRId64, loss ? ", " : "", disk_loss_name(loss), totals->losses[loss]);
    printf("); %" PRId64 " programs killed, %" PRId64 " stopped in order; %" PRId64 " disks that failed\n",
           totals->kills, totals->stops, totals->faults);
    printf("# %" PRId64 " turns, %" PRId64 " good scans, %" PRId64 " times \"not saved\", %" PRId64
           " commits that survived their error, %" PRId64 " stores beyond use; %" PRId64
           " journal rows read again, %" PRId64 " events acknowledged by head office\n",
           totals->turns, totals->good, totals->not_saved, totals->survived, totals->beyond_use, totals->rows,
           totals->acknowledged);
}

static bool run_seed(const struct subject *subject, const struct given *given, uint64_t seed,
                     struct crash_totals *totals)
{
    if (!subject->run(seed, CUTS_A_SEED, &given->options, totals))
        return false;
    uint64_t hash = disk_hash();
    if (!given->twice)
        return true;
    struct crash_totals again = {0};
    if (!subject->run(seed, CUTS_A_SEED, &given->options, &again) || disk_hash() != hash) {
        printf("# %s, seed %" PRIu64 ": a second run of the same seed went another way\n", subject->name, seed);
        return false;
    }
    return true;
}

static int run(size_t number, const struct subject *subject, const struct given *given)
{
    struct crash_totals totals = {0};
    int64_t cuts = given->cuts * subject->share / 10;
    uint64_t seed = given->seed ? (uint64_t)given->seed : 1;
    bool well = true;
    uint64_t hash = 0;
    for (; well && (given->seed ? totals.cuts == 0 : totals.cuts < cuts); seed++) {
        struct given now = *given;
        now.twice = given->twice || seed <= 2;
        well = run_seed(subject, &now, seed, &totals);
        hash = hash * 31 + disk_hash();
        if (seed % 100 == 0)
            fprintf(stderr, "# %s: %" PRId64 " of %" PRId64 " power cuts\n", subject->name, totals.cuts, cuts);
    }
    report(&totals);
    if (!well)
        printf("# make crash SEED=%" PRIu64 " shows every step\n", seed - 1);
    printf("%sok %zu - %s: what was confirmed is there after every power cut (trace %016" PRIx64 ")\n",
           well ? "" : "not ", number, subject->name, hash);
    return !well;
}

/* What is right about the product, and can be taken away to see that this program notices. */
static bool weaken(const char *what, struct crash_options *options)
{
    if (strcmp(what, "sync") == 0)
        return options->unsafe = true;
    if (strcmp(what, "transaction") == 0)
        return options->in_parts = true;
    return strcmp(what, "settle") == 0 ? believes_the_kernel = true : false;
}

static bool read_options(int argc, char **argv, struct given *given)
{
    const struct {
        const char *name;
        const char **text;
        int64_t *number;
    } options[] = {
        {"--cuts", NULL, &given->cuts},
        {"--seed", NULL, &given->seed},
        {"--steps", NULL, &given->steps},
        {"--upgrades", NULL, &given->upgrades},
        {"--bytes", NULL, &given->replay.bytes},
        {"--device", &given->replay.device, NULL},
        {"--folder", &given->replay.folder, NULL},
        {"--log", &given->replay.log, NULL},
        {"--image", &given->replay.image, NULL},
    };
    for (int i = 1; i < argc; i++) {
        size_t at = 0;
        if (strcmp(argv[i], "--trace") == 0) {
            given->options.trace = true;
            continue;
        }
        if (i + 1 == argc)
            return false;
        const char *value = argv[++i];
        if (strcmp(argv[i - 1], "--without") == 0) {
            if (!weaken(value, &given->options))
                return false;
            continue;
        }
        while (at < COUNT(options) && strcmp(options[at].name, argv[i - 1]) != 0)
            at++;
        if (at == COUNT(options))
            return false;
        if (options[at].text)
            *options[at].text = value;
        else if (text_to_int(value, 1, INT64_MAX, options[at].number) != 0)
            return false;
    }
    return true;
}

static int usage(void)
{
    fprintf(
        stderr,
        "usage: floorhand-crash [--cuts N | --seed N] [--without sync | --without settle] [--trace]\n"
        "       floorhand-crash --upgrades CUTS [--without transaction]\n"
        "       floorhand-crash --folder DIR --device DEV --bytes N --steps N [--without sync]\n"
        "       floorhand-crash --folder DIR --device LOOP --bytes N --cuts N --log FILE --image FILE "
        "[--without sync]\n"
        "The first two on a disk in memory, the others for tests/rig/powercut. --without sync: commits do not wait for "
        "the\ndisk; --without settle: a leftover WAL is read from the kernel's memory; --without transaction: an "
        "upgrade in\nparts. All are to be found out\n");
    return 2;
}

static int run_upgrades(const struct given *given)
{
    struct crash_totals totals = {0};
    bool well = crash_upgrades_run(given->upgrades < 2 ? 2 : given->upgrades, &given->options, &totals);
    printf("# %" PRId64 " power cuts, after which %" PRId64 " databases were the old ones and %" PRId64 " the new\n",
           totals.cuts, totals.stayed_old, totals.became_new);
    printf("%sok 1 - an upgrade is done wholly or not at all\n1..1\n", well ? "" : "not ");
    return !well;
}

static int run_in_memory(const struct given *given)
{
    /* The first connection sets SQLite up for this house, which must be before the disk is installed. */
    struct sql *sql = NULL;
    if (sql_open(":memory:", NULL, &sql, NULL) != 0)
        return 1;
    sql_close(sql);
    disk_install(1);
    if (given->upgrades)
        return run_upgrades(given);
    int result = crash_site_prepare() ? 0 : 1;
    for (size_t i = 0; i < COUNT(subjects); i++)
        result |= run(i + 1, &subjects[i], given);
    printf("1..%zu\n", COUNT(subjects));
    return result;
}

int main(int argc, char **argv)
{
    struct given given = {.cuts = 1000};
    struct replay *replay = &given.replay;
    if (!read_options(argc, argv, &given))
        return usage();
    if (!replay->folder)
        return run_in_memory(&given);
    if (!replay->device || !replay->bytes)
        return usage();
    if (given.steps)
        return replay_work(replay->folder, replay->device, replay->bytes, given.steps, &given.options);
    if (!replay->log || !replay->image)
        return usage();
    replay->cuts = given.cuts;
    return replay_judge(replay, &given.options);
}
