/* floorhand-sync-sim: many schedules of the sync protocol, twenty a seed; the first that breaks an invariant is named.
 */
#include "world.h"

#include "base/cleanup.h"
#include "base/defect.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS 13

int defect;

uint64_t world_draw(struct world *world, enum subject subject, uint64_t below)
{
    return random_next(&world->draws[subject]) % below;
}

bool world_chance(struct world *world, enum subject subject, int per_mille)
{
    uint64_t luck = world_draw(world, subject, 1000); /* drawn always: what is switched off shifts nothing else */
    return luck < (uint64_t)per_mille;
}

void world_note(struct world *world, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    world->hash = world_hash(world->hash, text, strlen(text));
    if (world->trace)
        printf("%10.3f  %s\n", (double)(world->now_us - WORLD_START_US) / 1e6, text);
}

void world_fail(struct world *world, const char *format, ...)
{
    va_list arguments;
    if (*world->failure)
        return;
    va_start(arguments, format);
    vsnprintf(world->failure, sizeof(world->failure), format, arguments);
    va_end(arguments);
    world_note(world, "FAILS: %s", world->failure);
}

uint64_t world_hash(uint64_t hash, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (; length >= 8; at += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    for (; length > 0; at++, length--)
        hash = (hash ^ *at) * UINT64_C(0x100000001B3);
    return hash;
}

enum disk_loss world_loss(struct world *world)
{
    static const enum disk_loss losses[] = {LOSS_ALL,    LOSS_PREFIX, LOSS_PREFIX, LOSS_SUBSET,
                                            LOSS_SUBSET, LOSS_TORN,   LOSS_TORN,   LOSS_NONE};
    return losses[world_draw(world, DRAW_DISKS, COUNT(losses))];
}

static void print_counts(const struct world *world)
{
    printf("# %" PRId64 " schedules: %" PRId64 " facts, %" PRId64 " drops, %" PRId64 " duplicates, %" PRId64
           " box crashes, %" PRId64 " head office crashes, %" PRId64 " broker restarts, %" PRId64
           " disks put back, %" PRId64 " clones, %" PRId64 " head offices restored, %" PRId64 " epochs, %" PRId64
           " snapshots, %" PRId64 " events deleted, %" PRId64 " facts destroyed, %" PRId64 " orders begun, %" PRId64
           " moved\n",
           world->count.schedules, world->count.facts, world->count.drops, world->count.duplicates,
           world->count.box_crashes, world->count.office_crashes, world->count.broker_restarts, world->count.images,
           world->count.clones, world->count.restores, world->count.grants, world->count.snapshots, world->count.pruned,
           world->count.destroyed, world->count.begun, world->count.moved);
}

/* The same failure, or another, with as little going wrong as can be: what it can do without is left out, one kind
 * after the other, and then steps. */
static void shrink(struct world *world, uint64_t seed)
{
    char failure[sizeof(world->failure)];
    memcpy(failure, world->failure, sizeof(failure));
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        world->without |= 1u << i;
        if (schedule_run(world, seed))
            world->without &= ~(1u << i);
    }
    for (int half = world->steps / 2; half > 0; half /= 2) {
        world->steps -= half;
        if (schedule_run(world, seed))
            world->steps += half;
    }
    if (!schedule_run(world, seed))
        memcpy(failure, world->failure, sizeof(failure));
    printf("# floorhand-sync-sim --seed %" PRIu64 " --trace --steps %d", seed, world->steps);
    for (size_t i = 0; i < FAULT_KINDS; i++)
        if (world->without & 1u << i)
            printf(" --without %s", fault_names[i]);
    printf("\n# schedule %d: %s\n", world->schedule + 1, failure);
}

struct given {
    int64_t first, seeds, seed, steps, defect;
    bool trace, backwards, hashes;
};

static int run_many(struct world *world, const struct given *given)
{
    for (int64_t i = 0; i < given->seeds; i++) {
        int64_t seed = given->first + (given->backwards ? given->seeds - 1 - i : i);
        bool good = schedule_run(world, (uint64_t)seed);
        if (given->hashes && good)
            printf("seed %" PRId64 " %016" PRIx64 "\n", seed, world->hash);
        if (!good) {
            printf("not ok 1 - seed %" PRId64 ", schedule %d: %s\n", seed, world->schedule + 1, world->failure);
            if (given->seeds > 1 && !defect)
                shrink(world, (uint64_t)seed);
            printf("1..1\n");
            return 1;
        }
        if (isatty(STDERR_FILENO) && i % 20 == 0)
            fprintf(stderr, "\r%" PRId64 " of %" PRId64, i, given->seeds);
    }
    print_counts(world);
    printf("ok 1 - sync protocol, %" PRId64 " schedules\n1..1\n", world->count.schedules);
    return 0;
}

static int leave_out(struct world *world, const char *name)
{
    for (size_t i = 0; i < FAULT_KINDS; i++)
        if (strcmp(fault_names[i], name) == 0) {
            world->without |= 1u << i;
            return 0;
        }
    return -1;
}

static bool read_options(struct world *world, int argc, char **argv, struct given *given)
{
    const struct {
        const char *name;
        int64_t *number;
        int64_t least;
        bool *flag;
    } options[] = {
        {"--seeds", &given->seeds, 1, NULL},   {"--first", &given->first, 1, NULL},
        {"--seed", &given->seed, 1, NULL},     {"--steps", &given->steps, 0, NULL},
        {"--defect", &given->defect, 1, NULL}, {"--trace", NULL, 0, &given->trace},
        {"--hashes", NULL, 0, &given->hashes}, {"--backwards", NULL, 0, &given->backwards},
    };
    for (int i = 1; i < argc; i++) {
        size_t at = 0;
        while (at < COUNT(options) && strcmp(options[at].name, argv[i]) != 0)
            at++;
        if (at < COUNT(options) && options[at].flag) {
            *options[at].flag = true;
            continue;
        }
        if (i + 1 == argc)
            return false;
        const char *name = argv[i++];
        int result = at < COUNT(options) ? text_to_int(argv[i], options[at].least, INT64_MAX / 2, options[at].number)
                     : strcmp(name, "--without") == 0 ? leave_out(world, argv[i])
                                                      : -1;
        if (result)
            return false;
    }
    return given->defect <= 14;
}

int main(int argc, char **argv)
{
    static struct world world;
    struct given given = {.seeds = 1000, .first = 1, .steps = STEPS};
    if (!read_options(&world, argc, argv, &given)) {
        fprintf(stderr, "usage: floorhand-sync-sim [--first N] [--seeds N] [--backwards] [--hashes] | --seed N "
                        "[--trace] [--steps N] "
                        "[--without FAULT]... [--defect 1..14]\n");
        return 2;
    }
    world.steps = (int)given.steps;
    quick_set_up();
    schedule_open_world(&world);
    defect = (int)given.defect;
    world.trace = given.trace;
    memset(&world.count, 0, sizeof(world.count));
    if (given.seed) {
        given.first = given.seed;
        given.seeds = 1;
    }
    return run_many(&world, &given);
}
