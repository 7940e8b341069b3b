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

#define STEPS      40
#define CALM_STEPS 6000
#define SCHEDULES  20 /* of a seed */
#define START_US   INT64_C(1774000000000000)

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
    for (const char *c = text; *c; c++)
        world->hash = (world->hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3); /* FNV-1a */
    if (world->trace)
        printf("%10.3f  %s\n", (double)(world->now_us - START_US) / 1e6, text);
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

void image_drop(void **image)
{
    sql_image_free(*image);
    *image = NULL;
}

void image_take(void **image, struct sql *sql)
{
    image_drop(image);
    *image = sql_image_take(sql);
    if (!*image)
        abort();
}

void image_put(void *image, struct sql *sql)
{
    if (sql_image_put(sql, image) != 0)
        abort();
}

/* ---------------------------------------------------------------- trouble */

static struct box *clone_of(struct world *world)
{
    return &world->boxes[SITES];
}

static void appear(struct world *world, struct box *from)
{
    struct box *clone = clone_of(world);
    if (clone->lives || !from->image)
        return;
    world_note(world, "a clone of %s appears", from->name);
    world->count.clones++;
    memcpy(clone->name, from->name, sizeof(clone->name));
    memcpy(clone->box, from->box, sizeof(clone->box));
    memcpy(clone->store->site, from->store->site, sizeof(clone->store->site));
    clone->site = from->site;
    clone->key = from->key;
    clone->lives = clone->clone = clone->linked = true;
    image_put(from->image, clone->store->sql);
    box_reset(clone);
}

static void vanish(struct world *world)
{
    struct box *clone = clone_of(world);
    if (!clone->lives)
        return;
    world_note(world, "the clone is found and switched off");
    clone->lives = false;
    truth_lost(world, clone->site); /* what only the clone had */
}

static void trouble_box(struct world *world, struct box *box)
{
    const struct faults *faults = &world->faults;
    if (!world_chance(world, DRAW_FAULTS, faults->idle))
        box_step(box);
    if (world_chance(world, DRAW_WORK, 250))
        box_work(box);
    if (world_chance(world, DRAW_FAULTS, faults->box_crash))
        box_cut_power(box);
    if (world_chance(world, DRAW_BOXES, faults->prune))
        box_prune(box);
    if (box->clone)
        return;
    if (world_chance(world, DRAW_BOXES, faults->image)) {
        world_note(world, "%s: an image of the disk is made", box->name);
        image_take(&box->image, box->store->sql);
    }
    if (box->image && world_chance(world, DRAW_BOXES, faults->restore_image)) {
        world_note(world, "%s: the image is put back", box->name);
        world->count.images++;
        image_put(box->image, box->store->sql);
        box_reset(box);
        truth_lost(world, box->site);
    }
    if (world_chance(world, DRAW_BOXES, faults->clone))
        appear(world, box);
}

static void trouble(struct world *world)
{
    const struct faults *faults = &world->faults;
    world->now_us +=
        1000 + (int64_t)world_draw(world, DRAW_FAULTS, world_chance(world, DRAW_FAULTS, 100) ? 20000000 : 400000);
    for (size_t i = 0; i < BOXES; i++)
        if (world->boxes[i].lives)
            trouble_box(world, &world->boxes[i]);
    if (!world_chance(world, DRAW_FAULTS, faults->idle))
        office_side_step(world);
    if (world_chance(world, DRAW_OFFICE, 60))
        office_side_change(world);
    if (world_chance(world, DRAW_OFFICE, faults->backup))
        office_side_backup(world);
    if (world->backup && world_chance(world, DRAW_OFFICE, faults->restore_office))
        office_side_restore(world, world_chance(world, DRAW_OFFICE, 500));
    if (world_chance(world, DRAW_FAULTS, faults->broker_restart)) {
        world->count.broker_restarts++;
        broker_restart(world);
    }
    broker_step(world);
    truth_check_always(world);
}

/* ---------------------------------------------------------------- calm */

static bool settled(struct world *world)
{
    if (broker_due(world) != INT64_MAX || hub_waiting(world->hub) > 0)
        return false;
    for (int i = 0; i < SITES; i++) {
        struct box *box = &world->boxes[i];
        if (turn_waiting(box->turn) > 0 || box->sync.state != SITE_SYNC ||
            box_number(box, "SELECT last_seq - applied_seq + snapshot FROM stream") != 0 ||
            office_side_number(world, i, "SELECT applied FROM site WHERE id = ?1") !=
                box_number(box, "SELECT last_seq FROM stream") ||
            office_side_number(world, i, "SELECT feed_head FROM site WHERE id = ?1") !=
                box_number(box, "SELECT feed_seq FROM stream"))
            return false;
    }
    return true;
}

/* To the next moment at which anybody has something to do. */
static void advance(struct world *world)
{
    int64_t next = broker_due(world), due = hub_due_us(world->hub);
    next = due < next ? due : next;
    for (int i = 0; i < SITES; i++) {
        due = site_deadline(&world->boxes[i].sync);
        next = due < next ? due : next;
        if (turn_waiting(world->boxes[i].turn) > 0)
            next = world->now_us;
    }
    if (next == INT64_MAX)
        next = world->now_us + 60000000;
    world->now_us = next > world->now_us + 1000 ? next : world->now_us + 1000;
}

static void calm(struct world *world)
{
    world->calm = true;
    world_note(world, "calm");
    vanish(world);
    broker_restart(world);
    int steps = 0;
    for (; steps < CALM_STEPS && !settled(world) && !*world->failure; steps++) {
        advance(world);
        for (int i = 0; i < SITES; i++) {
            box_step(&world->boxes[i]);
            if (steps % 50 == 49 && office_side_number(world, i, "SELECT fault IS NOT NULL FROM site WHERE id = ?1"))
                office_side_claim(world, i);
        }
        office_side_step(world);
        broker_step(world);
        truth_check_always(world);
    }
    if (!settled(world))
        world_fail(world, "site and head office do not come to the same end: states %d and %d",
                   (int)world->boxes[0].sync.state, (int)world->boxes[1].sync.state);
    else
        truth_check(world);
}

/* ---------------------------------------------------------------- a schedule */

/* Whether it is there at all, and how often. */
static int rate(struct world *world, int most)
{
    bool is_there = world_draw(world, DRAW_FAULTS, 2) == 0;
    int often = 1 + (int)world_draw(world, DRAW_FAULTS, (uint64_t)most);
    return is_there ? often : 0;
}

/* What can go wrong, by the name that --without takes, and how often at most: per mille of the steps. */
static const struct {
    const char *name;
    size_t member; /* of struct faults */
    int most;
} kinds[] = {
#define KIND(member, most) #member, offsetof(struct faults, member), most
    {KIND(drop, 400)},     {KIND(duplicate, 400)},   {KIND(delay, 9000)},        {KIND(broker_restart, 60)},
    {KIND(box_crash, 80)}, {KIND(office_crash, 60)}, {KIND(image, 60)},          {KIND(restore_image, 40)},
    {KIND(clone, 20)},     {KIND(backup, 80)},       {KIND(restore_office, 40)}, {KIND(prune, 200)},
    {KIND(idle, 700)},
#undef KIND
};

/* A quarter of the schedules has no fault at all. */
static void draw_faults(struct world *world)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        int often = rate(world, kinds[i].most);
        if (world->schedule % 4 == 3 || world->without & 1u << i)
            often = 0;
        memcpy((char *)&world->faults + kinds[i].member, &often, sizeof(often));
    }
}

/* The disks as all seeds find them. */
static void begin(struct world *world, uint64_t seed)
{
    world->seed = seed;
    world->hash = 1;
    world->failure[0] = '\0';
    for (size_t i = 0; i < DRAWS; i++)
        world->draws[i].state = seed * 0x9E3779B97F4A7C15u + i * 0x1234567u;
    world->now_us = START_US + 86400000000;
    world->office_seeded.state = seed * 3 + 1;
    broker_reset(world);
    world->hub = hub_free(world->hub);
    image_put(world->first_office, world->office.sql);
    world->office_starts = 0;
    office_side_start(world);
    for (int i = 0; i < BOXES; i++) {
        struct box *box = &world->boxes[i];
        box->seeded.state = seed * 5 + 2 + (uint64_t)i;
        box->lives = box->linked = i < SITES;
        if (i >= SITES)
            continue;
        image_put(world->first_boxes[i], box->store->sql);
        box_reset(box);
    }
}

/* What the schedule before has left is the past of this one. */
static void begin_schedule(struct world *world, int number)
{
    world->schedule = number;
    world->calm = world->unknowing = false;
    world->fact_count = 0;
    draw_faults(world);
    image_drop(&world->backup);
    for (size_t i = 0; i < BOXES; i++) {
        image_drop(&world->boxes[i].image);
        for (size_t k = 0; k < COUNT(world->boxes[i].before); k++)
            image_drop(&world->boxes[i].before[k]);
    }
    broker_restart(world);
}

static bool run(struct world *world, uint64_t seed)
{
    begin(world, seed);
    for (int number = 0; number < SCHEDULES && !*world->failure; number++) {
        begin_schedule(world, number);
        for (int i = 0; i < world->steps && !*world->failure; i++)
            trouble(world);
        if (!*world->failure)
            calm(world);
        world->count.schedules++;
        world->now_us += INT64_C(3600000000); /* so that epochs of an hour ago do not count */
    }
    return !*world->failure;
}

/* Everybody has met everybody: what all schedules begin with. */
static void open_world(struct world *world)
{
    world->now_us = START_US;
    broker_open(world);
    office_side_open(world);
    for (int i = 0; i < BOXES; i++)
        box_open(&world->boxes[i], world, i < SITES ? i : 0);
    snprintf(world->boxes[SITES].hardware, sizeof(world->boxes[SITES].hardware), "%032d", 9);
    for (int i = 0; i < SITES; i++) {
        world->boxes[i].lives = true;
        box_reset(&world->boxes[i]);
    }
    world->hash = 1;
    calm(world);
    for (int i = 0; i < SITES; i++)
        box_work(&world->boxes[i]);
    world->fact_count = 0;
    calm(world);
    if (*world->failure) {
        fprintf(stderr, "the world does not come to its beginning: %s\n", world->failure);
        exit(2);
    }
    image_take(&world->first_office, world->office.sql);
    for (int i = 0; i < SITES; i++)
        image_take(&world->first_boxes[i], world->boxes[i].store->sql);
}

static void print_counts(const struct world *world)
{
    printf("# %" PRId64 " schedules: %" PRId64 " facts, %" PRId64 " drops, %" PRId64 " duplicates, %" PRId64
           " box crashes, %" PRId64 " head office crashes, %" PRId64 " broker restarts, %" PRId64
           " disks put back, %" PRId64 " clones, %" PRId64 " head offices restored, %" PRId64 " epochs, %" PRId64
           " snapshots, %" PRId64 " events deleted, %" PRId64 " facts destroyed\n",
           world->count.schedules, world->count.facts, world->count.drops, world->count.duplicates,
           world->count.box_crashes, world->count.office_crashes, world->count.broker_restarts, world->count.images,
           world->count.clones, world->count.restores, world->count.grants, world->count.snapshots, world->count.pruned,
           world->count.destroyed);
}

/* The same failure, or another, with as little going wrong as can be: what it can do without is left out, one kind
 * after the other, and then steps. */
static void shrink(struct world *world, uint64_t seed)
{
    char failure[sizeof(world->failure)];
    memcpy(failure, world->failure, sizeof(failure));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        world->without |= 1u << i;
        if (run(world, seed))
            world->without &= ~(1u << i);
    }
    for (int half = world->steps / 2; half > 0; half /= 2) {
        world->steps -= half;
        if (run(world, seed))
            world->steps += half;
    }
    if (!run(world, seed))
        memcpy(failure, world->failure, sizeof(failure));
    printf("# floorhand-sync-sim --seed %" PRIu64 " --trace --steps %d", seed, world->steps);
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (world->without & 1u << i)
            printf(" --without %s", kinds[i].name);
    printf("\n# schedule %d: %s\n", world->schedule + 1, failure);
}

static int run_many(struct world *world, int64_t first, int64_t seeds)
{
    for (int64_t seed = first; seed < first + seeds; seed++) {
        bool good = run(world, (uint64_t)seed);
        uint64_t hash = world->hash;
        if (good && seed % 10 == 0 && run(world, (uint64_t)seed) && world->hash != hash)
            world_fail(world, "a second run of the same seed went another way");
        if (*world->failure) {
            printf("not ok 1 - seed %" PRId64 ", schedule %d: %s\n", seed, world->schedule + 1, world->failure);
            if (seeds > 1 && !defect)
                shrink(world, (uint64_t)seed);
            printf("1..1\n");
            return 1;
        }
        if (isatty(STDERR_FILENO) && seed % 20 == 0)
            fprintf(stderr, "\r%" PRId64 " of %" PRId64, seed - first, seeds);
    }
    print_counts(world);
    printf("ok 1 - sync protocol, %" PRId64 " schedules\n1..1\n", world->count.schedules);
    return 0;
}

static int leave_out(struct world *world, const char *name)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0) {
            world->without |= 1u << i;
            return 0;
        }
    return -1;
}

int main(int argc, char **argv)
{
    static struct world world;
    int64_t seeds = 1000, seed = 0, first = 1, number = 0, steps = STEPS;
    bool right = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            world.trace = true;
        else if (i + 1 >= argc)
            right = false;
        else if (strcmp(argv[i], "--seeds") == 0)
            right = text_to_int(argv[++i], 1, 1000000000, &seeds) == 0 && right;
        else if (strcmp(argv[i], "--first") == 0)
            right = text_to_int(argv[++i], 1, INT64_MAX, &first) == 0 && right;
        else if (strcmp(argv[i], "--seed") == 0)
            right = text_to_int(argv[++i], 1, INT64_MAX, &seed) == 0 && right;
        else if (strcmp(argv[i], "--steps") == 0)
            right = text_to_int(argv[++i], 0, 100000, &steps) == 0 && right;
        else if (strcmp(argv[i], "--without") == 0)
            right = leave_out(&world, argv[++i]) == 0 && right;
        else if (strcmp(argv[i], "--defect") == 0)
            right = text_to_int(argv[++i], 1, 14, &number) == 0 && right;
        else
            right = false;
    }
    if (!right) {
        fprintf(
            stderr,
            "usage: floorhand-sync-sim [--seeds N] [--first N] | --seed N [--trace] [--steps N] [--without FAULT]... "
            "[--defect 1..14]\n");
        return 2;
    }
    bool trace = world.trace;
    world.trace = false;
    world.steps = (int)steps;
    open_world(&world);
    defect = (int)number;
    world.trace = trace;
    memset(&world.count, 0, sizeof(world.count));
    return seed ? run_many(&world, seed, 1) : run_many(&world, first, seeds);
}
