/* A schedule: trouble, in which everything happens at once and anything goes wrong; then calm, in which people finish
 * their work, and everything must come to the same end. */
#include "fleet.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_STEPS 30
#define WORK_STEPS 260 /* of calm: people finish what they can */
#define CALM_STEPS 600 /* and nobody needs more to come to an end */

uint64_t fleet_draw(struct fleet *fleet, enum subject subject, uint64_t below)
{
    return random_next(&fleet->draws[subject]) % below;
}

bool fleet_chance(struct fleet *fleet, enum subject subject, int per_mille)
{
    return fleet_draw(fleet, subject, 1000) < (uint64_t)per_mille; /* drawn always: 0 shifts nothing else */
}

__attribute__((format(printf, 3, 0))) static void note(struct fleet *fleet, const char *before, const char *format,
                                                       va_list arguments)
{
    char text[512];
    vsnprintf(text, sizeof(text), format, arguments);
    for (const char *c = text; *c; c++)
        fleet->hash = (fleet->hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3); /* FNV-1a */
    if (fleet->trace)
        printf("%10.3f  %s%s\n", (double)(fleet->now_us - FLEET_START_US) / 1e6, before, text);
}

void fleet_note(struct fleet *fleet, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(fleet, "", format, arguments);
    va_end(arguments);
}

__attribute__((format(printf, 3, 0))) _Noreturn static void fail(struct fleet *fleet, const char *before,
                                                                 const char *format, va_list arguments)
{
    size_t length = strlen(before);
    text_copy(fleet->failure, sizeof(fleet->failure), before);
    vsnprintf(fleet->failure + length, sizeof(fleet->failure) - length, format, arguments);
    fleet_note(fleet, "FAILS: %s", fleet->failure);
    longjmp(fleet->broken, 1); /* what was open is left behind: this world is over */
}

_Noreturn void fleet_fail(struct fleet *fleet, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(fleet, "", format, arguments);
    va_end(arguments);
}

/* ---------------------------------------------------------------- what a site of tests/sim asks for */

static struct fleet_site *site_of(struct sim *sim)
{
    return (struct fleet_site *)sim;
}

uint64_t sim_draw(struct sim *sim, enum stream_of stream, uint64_t below)
{
    return random_next(&sim->draws[stream]) % below;
}

bool sim_chance(struct sim *sim, enum stream_of stream, int per_mille)
{
    return sim_draw(sim, stream, 1000) < (uint64_t)per_mille;
}

void sim_note(struct sim *sim, const char *format, ...)
{
    char before[32];
    va_list arguments;
    snprintf(before, sizeof(before), "%s: ", site_of(sim)->name);
    va_start(arguments, format);
    note(site_of(sim)->fleet, before, format, arguments);
    va_end(arguments);
}

_Noreturn void sim_fail(struct sim *sim, const char *format, ...)
{
    char before[32];
    va_list arguments;
    snprintf(before, sizeof(before), "%s: ", site_of(sim)->name);
    va_start(arguments, format);
    fail(site_of(sim)->fleet, before, format, arguments);
    va_end(arguments);
}

/* ---------------------------------------------------------------- what a seed has */

static const struct {
    const char *name;
    size_t member; /* of struct fleet_faults */
    int most;      /* per mille */
} kinds[FAULT_KINDS] = {
#define KIND(member, most) #member, offsetof(struct fleet_faults, member), most
    {KIND(platform_down, 12)}, {KIND(lost_reply, 150)}, {KIND(lost_call, 100)},    {KIND(busy_platform, 100)},
    {KIND(throttle, 60)},      {KIND(token, 20)},       {KIND(office_killed, 40)}, {KIND(slow_office, 15)},
    {KIND(link, 200)},         {KIND(site_crash, 20)},  {KIND(wrong_scan, 120)},   {KIND(count, 4)},
    {KIND(cancel, 60)},        {KIND(refund, 50)},      {KIND(change, 40)},
#undef KIND
};
const char *const fleet_fault_names[FAULT_KINDS] = {
    "platform_down", "lost_reply", "lost_call",  "busy_platform", "throttle", "token",  "office_killed", "slow_office",
    "link",          "site_crash", "wrong_scan", "count",         "cancel",   "refund", "change"};

/* Each kind in half of the seeds; one seed of eight has none. */
static void draw_faults(struct fleet *fleet)
{
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        bool is_there = fleet_chance(fleet, OF_FAULTS, 500);
        int often = 1 + (int)fleet_draw(fleet, OF_FAULTS, (uint64_t)kinds[i].most);
        if (!is_there || fleet->seed % 8 == 0 || fleet->without & 1u << i)
            often = 0;
        memcpy((char *)&fleet->faults + kinds[i].member, &often, sizeof(often));
    }
}

static void begin_site(struct fleet *fleet, int index, int shelf)
{
    struct fleet_site *site = &fleet->sites[index];
    struct sim *sim = &site->sim;
    const struct fleet_faults *faults = &fleet->faults;
    *site = (struct fleet_site){.fleet = fleet};
    snprintf(site->name, sizeof(site->name), "w%d", index + 1);
    snprintf(site->box, sizeof(site->box), "box-%d", index + 1);
    snprintf(site->hardware, sizeof(site->hardware), "%032d", index + 1);
    *sim = (struct sim){.seed = fleet->seed * SITES_MAX + (uint64_t)index,
                        .site_name = site->name,
                        .box_name = site->box,
                        .hardware = site->hardware,
                        .now_us = fleet->now_us,
                        .hash = 1,
                        .loss = faults->link,
                        .duplicates = faults->link,
                        .crashes = faults->site_crash,
                        .wrong = faults->wrong_scan,
                        .pauses = 30,
                        .counts = faults->count,
                        .shelf = shelf};
    for (size_t i = 0; i < DRAW_STREAMS; i++)
        sim->draws[i].state = sim->seed * 0x9E3779B97F4A7C15u + i * 0x1234567u;
    sim->network = network_new(sim);
    sim->site = site_side_new(sim);
}

void fleet_set_time(struct fleet *fleet, int64_t now_us)
{
    fleet->now_us = now_us;
    for (int i = 0; i < fleet->site_count; i++)
        fleet->sites[i].sim.now_us = now_us;
}

static void step_sites(struct fleet *fleet)
{
    for (int i = 0; i < fleet->site_count; i++) {
        site_side_step(fleet->sites[i].sim.site);
        site_side_step(fleet->sites[i].sim.site); /* people are faster than programs that wait for one another */
        network_step(fleet->sites[i].sim.network);
    }
}

/* The sites learn what there is, and then find their first stock. */
static void open_sites(struct fleet *fleet)
{
    fleet->calm = true;
    for (int i = 0; i < 2 * OPEN_STEPS; i++) {
        for (int k = 0; k < fleet->site_count; k++) {
            struct sim *sim = &fleet->sites[k].sim;
            sim->healed = sim->rested = i < 2 * OPEN_STEPS - 1;
            if (i == OPEN_STEPS)
                site_side_count(sim->site);
        }
        fleet_set_time(fleet, fleet->now_us + SECOND_US);
        step_sites(fleet);
        office_run(fleet, &fleet->programs[0]);
    }
    fleet->calm = false;
}

static void begin(struct fleet *fleet, uint64_t seed)
{
    static const int64_t paces_us[] = {200000, 1000000, 4000000, 15000000};
    struct fleet kept = {
        .steps = fleet->steps, .without = fleet->without, .trace = fleet->trace, .count = fleet->count};
    memcpy(kept.broken, fleet->broken, sizeof(kept.broken));
    *fleet = kept;
    fleet->seed = seed;
    fleet->hash = 1;
    fleet->now_us = FLEET_START_US;
    for (size_t i = 0; i < SUBJECTS; i++)
        fleet->draws[i].state = seed * 0x9E3779B97F4A7C15u + i * 0x1234567u;
    draw_faults(fleet);
    fleet->pace_us = paces_us[fleet_draw(fleet, OF_TIME, COUNT(paces_us))];
    fleet->site_count = fleet_chance(fleet, OF_TIME, 400) ? 1 : 1 + (int)fleet_draw(fleet, OF_TIME, SITES_MAX);
    int shelf = 4 + (int)fleet_draw(fleet, OF_TIME, 30);
    for (int i = 0; i < fleet->site_count; i++)
        begin_site(fleet, i, shelf);
    office_begin_world(fleet);
    open_sites(fleet);
    laws_begin(fleet);
}

static void end(struct fleet *fleet)
{
    for (int i = 0; i < fleet->site_count; i++) {
        site_side_free(fleet->sites[i].sim.site);
        network_free(fleet->sites[i].sim.network);
    }
    office_end_world(fleet);
}

/* ---------------------------------------------------------------- trouble, and calm */

static void trouble(struct fleet *fleet)
{
    int64_t step_us = 1000 + (int64_t)fleet_draw(fleet, OF_TIME, 2 * (uint64_t)fleet->pace_us);
    if (fleet_chance(fleet, OF_TIME, 8))
        step_us += (int64_t)fleet_draw(fleet, OF_TIME, 2400) * SECOND_US;
    fleet_set_time(fleet, fleet->now_us + step_us);
    buyers_step(fleet);
    step_sites(fleet);
    office_step(fleet);
    laws_often(fleet);
}

/* Nobody errs and nothing breaks. */
static void calm_down(struct fleet *fleet)
{
    fleet->calm = true;
    fleet_note(fleet, "calm");
    buyers_decide_all(fleet);
    for (int i = 0; i < fleet->site_count; i++) {
        struct sim *sim = &fleet->sites[i].sim;
        sim->loss = sim->duplicates = sim->crashes = sim->wrong = sim->counts = 0;
    }
}

/* Long enough for what backed off, and no longer than messages take. */
static int64_t calm_step_us(struct fleet *fleet, int step)
{
    bool idle = step > WORK_STEPS + 40;
    for (int i = 0; i < fleet->site_count; i++)
        idle = idle && network_idle(fleet->sites[i].sim.network) && site_side_idle(fleet->sites[i].sim.site);
    return (idle ? 60 : 2) * SECOND_US;
}

static void rest(struct fleet *fleet)
{
    for (int i = 0; i < fleet->site_count; i++)
        fleet->sites[i].sim.healed = fleet->sites[i].sim.rested = true;
}

static void calm(struct fleet *fleet)
{
    const char *why = "";
    calm_down(fleet);
    for (int i = 0; i < CALM_STEPS; i++) {
        if (i == WORK_STEPS)
            rest(fleet);
        fleet_set_time(fleet, fleet->now_us + calm_step_us(fleet, i));
        step_sites(fleet);
        office_step(fleet);
        laws_often(fleet);
        if (i > WORK_STEPS && laws_settled(fleet, &why))
            break;
    }
    if (*why)
        fleet_fail(fleet, "it does not come to an end: %s", why);
    laws_end(fleet);
}

bool schedule_run(struct fleet *fleet, uint64_t seed)
{
    if (setjmp(fleet->broken) != 0)
        return false;
    begin(fleet, seed);
    for (int i = 0; i < fleet->steps; i++)
        trouble(fleet);
    calm(fleet);
    end(fleet);
    return true;
}
