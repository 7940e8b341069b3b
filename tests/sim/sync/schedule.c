/* A schedule: trouble, then calm, in which everything must come to the same end. A seed is some schedules, one after
 * the other. */
#include "world.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALM_STEPS 6000
#define BUSY_STEPS 5  /* of them: work goes on */
#define SCHEDULES  20 /* of a seed */
#define TRADES     20 /* of so many seeds one has orders */
#define ROUGH      40 /* of so many seeds one has disks that lose what was not synced */

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
    box_belong(clone, from->site);
    clone->clock_us = 0;
    clone->key = from->key;
    clone->lives = clone->clone = clone->linked = true;
    box_put_image(clone, from->image);
}

static void vanish(struct world *world)
{
    struct box *clone = clone_of(world);
    if (!clone->lives)
        return;
    world_note(world, "the clone is found and switched off");
    clone->lives = false;
    truth_lost(world); /* what only the clone had */
}

static void trouble_box(struct world *world, struct box *box)
{
    const struct faults *faults = &world->faults;
    if (!world_chance(world, DRAW_FAULTS, faults->idle))
        box_step(box);
    if (world_chance(world, DRAW_WORK, world->busy))
        box_work(box);
    if (world_chance(world, DRAW_FAULTS, faults->box_crash))
        box_cut_power(box);
    if (world_chance(world, DRAW_BOXES, faults->prune))
        box_prune(box);
    if (world_chance(world, DRAW_FAULTS, faults->clock)) { /* some years, either way */
        box->clock_us = ((int64_t)world_draw(world, DRAW_FAULTS, 8000) - 4000) * INT64_C(86400000000);
        world_note(world, "%s: the clock is set", box->name);
    }
    if (world->trades && world_chance(world, DRAW_TRADE, 100))
        trade_at_site(box);
    if (world->trades && world_chance(world, DRAW_TRADE, box->linked ? 80 : 120)) /* for a while nobody hears it */
        box_link(box, !box->linked);
    if (box->clone)
        return;
    if (world_chance(world, DRAW_BOXES, box->image ? faults->image / 8 : faults->image)) { /* an old one mostly */
        world_note(world, "%s: an image of the disk is made", box->name);
        box_take_image(box, &box->image);
    }
    if (box->image && world_chance(world, DRAW_BOXES, faults->restore_image)) {
        world_note(world, "%s: the image is put back", box->name);
        world->count.images++;
        box_put_image(box, box->image);
        truth_lost(world);
    }
    if (world_chance(world, DRAW_BOXES, faults->clone))
        appear(world, box);
}

/* Hours, in which leases end: no message lasts that, and no event waits that long to be taken. */
static void let_hours_pass(struct world *world)
{
    for (size_t i = 0; i < BOXES; i++)
        while (world->boxes[i].lives && turn_waiting(world->boxes[i].turn) > 0 && !*world->failure)
            box_step(&world->boxes[i]);
    world->now_us += (int64_t)world_draw(world, DRAW_TRADE, 7000) * 1000000;
    broker_restart(world);
}

static void trouble(struct world *world)
{
    const struct faults *faults = &world->faults;
    uint64_t most = world_chance(world, DRAW_FAULTS, 60) ? 20000000 : 2 * (uint64_t)world->pace_us;
    world->now_us += 1000 + (int64_t)world_draw(world, DRAW_FAULTS, most);
    if (world->trades && world_chance(world, DRAW_TRADE, 150))
        let_hours_pass(world);
    for (size_t i = 0; i < BOXES; i++)
        if (world->boxes[i].lives)
            trouble_box(world, &world->boxes[i]);
    if (!world_chance(world, DRAW_FAULTS, faults->idle))
        office_side_step(world);
    if (world_chance(world, DRAW_OFFICE, 60))
        office_side_change(world);
    if (world->trades && world_chance(world, DRAW_TRADE, 250))
        office_side_trade(world);
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
    return broker_due(world) == INT64_MAX && hub_waiting(world->hub) == 0 && truth_settled(world);
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
    for (int i = 0; i < SITES; i++)
        if (!world->boxes[i].linked)
            box_link(&world->boxes[i], true);
    if (world_draw(world, DRAW_NETWORK, 2)) /* otherwise what is late comes into the calm */
        broker_restart(world);
    int steps = 0;
    for (; steps < CALM_STEPS && (steps < BUSY_STEPS || !settled(world)) && !*world->failure; steps++) {
        advance(world);
        for (int i = 0; i < SITES; i++) {
            if (steps < BUSY_STEPS && world_chance(world, DRAW_WORK, world->busy))
                box_work(&world->boxes[i]);
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
    size_t member; /* of struct faults */
    int most;
    bool restores;
} kinds[FAULT_KINDS] = {
#define KIND(member, most, restores) offsetof(struct faults, member), most, restores
    {KIND(drop, 400, false)},         {KIND(duplicate, 400, false)},
    {KIND(delay, 60, false)},         {KIND(broker_restart, 100, false)},
    {KIND(box_crash, 120, false)},    {KIND(office_crash, 100, false)},
    {KIND(image, 80, true)},          {KIND(restore_image, 50, true)},
    {KIND(clone, 25, true)},          {KIND(backup, 80, false)},
    {KIND(restore_office, 60, true)}, {KIND(prune, 120, false)},
    {KIND(idle, 600, false)},         {KIND(clock, 60, false)},
#undef KIND
};
const char *const fault_names[FAULT_KINDS] = {
    "drop",          "duplicate", "delay",  "broker_restart", "box_crash", "office_crash", "image",
    "restore_image", "clone",     "backup", "restore_office", "prune",     "idle",         "clock"};

/* A quarter of the schedules has no fault at all. */
static void draw_faults(struct world *world)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        int often = rate(world, kinds[i].most);
        if (world->schedule % 4 == 3 || world->without & 1u << i || (world->trades && kinds[i].restores))
            often = 0;
        memcpy((char *)&world->faults + kinds[i].member, &often, sizeof(often));
    }
}

/* The disks as all seeds find them. */
static void begin(struct world *world, uint64_t seed)
{
    bool was_rough = world->rough;
    world->seed = seed;
    world->rough = seed % ROUGH == 0;
    world->trades = seed % TRADES == 1;
    world->hash = 1;
    world->failure[0] = '\0';
    for (size_t i = 0; i < DRAWS; i++)
        world->draws[i].state = seed * 0x9E3779B97F4A7C15u + i * 0x1234567u;
    world->now_us = WORLD_START_US + 86400000000;
    broker_reset(world);
    office_side_first(world, was_rough);
    for (int i = 0; i < BOXES; i++) {
        struct box *box = &world->boxes[i];
        box->lives = box->linked = i < SITES;
        box->clock_us = 0;
        box_first(box, world->first_boxes[i < SITES ? i : 0], was_rough);
        box->image = disk_image_free(box->image);
        for (size_t k = 0; k < COUNT(box->before); k++)
            box->before[k] = disk_image_free(box->before[k]);
    }
    world->backup = disk_image_free(world->backup);
    truth_begin(world);
    trade_begin(world);
}

/* From where much happens while a message is on its way to where nothing does. */
static const int64_t paces_us[] = {10000, 50000, 200000, 800000};

/* What the schedule before has left is the past of this one. */
static void begin_schedule(struct world *world, int number)
{
    world->schedule = number;
    world->calm = false;
    world->unknowing[0] = '\0';
    draw_faults(world);
    world->pace_us = paces_us[world_draw(world, DRAW_FAULTS, COUNT(paces_us))];
    world->slow = world_draw(world, DRAW_NETWORK, 2) == 0;
    world->busy = 50 + (int)world_draw(world, DRAW_WORK, 200);
}

bool schedule_run(struct world *world, uint64_t seed)
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

void schedule_open_world(struct world *world)
{
    world->now_us = WORLD_START_US;
    broker_open(world);
    office_side_open(world);
    for (int i = 0; i < BOXES; i++)
        box_open(&world->boxes[i], world, i);
    for (int i = 0; i < SITES; i++) {
        world->boxes[i].lives = true;
        truth_forget(&world->boxes[i]);
        box_start(&world->boxes[i]);
    }
    world->hash = 1;
    calm(world);
    for (int i = 0; i < SITES; i++)
        box_work(&world->boxes[i]);
    truth_begin(world);
    calm(world);
    if (*world->failure) {
        fprintf(stderr, "the world does not come to its beginning: %s\n", world->failure);
        exit(2);
    }
    disk_choose(OFFICE_DISK);
    world->first_office = disk_image_take();
    for (int i = 0; i < SITES; i++)
        box_take_image(&world->boxes[i], &world->first_boxes[i]);
}
