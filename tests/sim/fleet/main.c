/* floorhand-fleet-sim: shops, head office and sites in virtual time, one world a seed; the first that breaks a law is
 * named, with as little going wrong as can be. */
#include "fleet.h"

#include "base/defect.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS 420

int defect;

/* ---- tests/sim/sync/quick.c */
void quick_set_up(void);

/* The same failure, or another, with as little going wrong as can be: what it can do without is left out, one kind
 * after the other, and then steps. */
static void shrink(struct fleet *fleet, uint64_t seed)
{
    char failure[sizeof(fleet->failure)];
    memcpy(failure, fleet->failure, sizeof(failure));
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        fleet->without |= 1u << i;
        if (schedule_run(fleet, seed))
            fleet->without &= ~(1u << i);
    }
    for (int half = fleet->steps / 2; half > 0; half /= 2) {
        fleet->steps -= half;
        if (schedule_run(fleet, seed))
            fleet->steps += half;
    }
    if (!schedule_run(fleet, seed))
        memcpy(failure, fleet->failure, sizeof(failure));
    printf("# floorhand-fleet-sim --seed %" PRIu64 " --trace --steps %d", seed, fleet->steps);
    for (size_t i = 0; i < FAULT_KINDS; i++)
        if (fleet->without & 1u << i)
            printf(" --without %s", fleet_fault_names[i]);
    printf("\n# schedule 1: %s\n", failure);
}

struct given {
    int64_t first, seeds, seed, steps, defect;
    bool trace, backwards, hashes;
};

static void print_counts(const struct fleet *fleet, int64_t seeds)
{
    printf("# %" PRId64 " seeds: %" PRId64 " orders placed, %" PRId64 " cancelled, %" PRId64
           " refunds asked for, %" PRId64 " parcels left, %" PRId64 " told; %" PRId64 " calls, %" PRId64
           " answers lost, %" PRId64 " programs killed; %" PRId64 " orders short at the end\n",
           seeds, fleet->count.orders, fleet->count.cancels, fleet->count.refunds, fleet->count.parcels,
           fleet->count.told, fleet->count.calls, fleet->count.lost, fleet->count.kills, fleet->count.shorts);
}

static int run_many(struct fleet *fleet, const struct given *given)
{
    for (int64_t i = 0; i < given->seeds; i++) {
        int64_t seed = given->first + (given->backwards ? given->seeds - 1 - i : i);
        bool good = schedule_run(fleet, (uint64_t)seed);
        if (given->hashes && good)
            printf("seed %" PRId64 " %016" PRIx64 "\n", seed, fleet->hash);
        if (!good) {
            printf("not ok 1 - seed %" PRId64 ", schedule 1: %s\n", seed, fleet->failure);
            fflush(stdout);
            if (given->seeds > 1 && !defect)
                shrink(fleet, (uint64_t)seed);
            printf("1..1\n");
            return 1;
        }
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "\r%" PRId64 " of %" PRId64, i + 1, given->seeds);
    }
    print_counts(fleet, given->seeds);
    printf("ok 1 - shops, head office and sites, %" PRId64 " seeds\n1..1\n", given->seeds);
    return 0;
}

static int leave_out(struct fleet *fleet, const char *name)
{
    for (size_t i = 0; i < FAULT_KINDS; i++)
        if (strcmp(fleet_fault_names[i], name) == 0) {
            fleet->without |= 1u << i;
            return 0;
        }
    return -1;
}

static bool read_options(struct fleet *fleet, int argc, char **argv, struct given *given)
{
    const struct {
        const char *name;
        int64_t *number;
        bool *flag;
    } options[] = {
        {"--seeds", &given->seeds, NULL},   {"--first", &given->first, NULL},         {"--seed", &given->seed, NULL},
        {"--steps", &given->steps, NULL},   {"--defect", &given->defect, NULL},       {"--trace", NULL, &given->trace},
        {"--hashes", NULL, &given->hashes}, {"--backwards", NULL, &given->backwards},
    };
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < COUNT(options) && strcmp(argv[i], options[k].name) != 0)
            k++;
        if (k < COUNT(options) && options[k].flag)
            *options[k].flag = true;
        else if (k < COUNT(options)) {
            if (i + 1 == argc || text_to_int(argv[++i], 0, INT32_MAX, options[k].number) != 0)
                return false;
        } else if (strcmp(argv[i], "--without") != 0 || i + 1 == argc || leave_out(fleet, argv[++i]) != 0)
            return false;
    }
    return given->seeds > 0;
}

int main(int argc, char **argv)
{
    struct given given = {.first = 1, .seeds = 40, .steps = STEPS};
    struct fleet *fleet = calloc(1, sizeof(*fleet));
    if (!fleet)
        return 2;
    if (!read_options(fleet, argc, argv, &given)) {
        fprintf(stderr, "usage: floorhand-fleet-sim [--first N] [--seeds N] [--hashes] [--backwards] | --seed N "
                        "[--trace] [--steps N] [--without FAULT]\n");
        return 2;
    }
    if (given.seed) {
        given.first = given.seed;
        given.seeds = 1;
    }
    fleet->trace = given.trace;
    fleet->steps = (int)given.steps;
    defect = (int)given.defect;
    quick_set_up();
    int result = run_many(fleet, &given);
    free(fleet);
    return result;
}
