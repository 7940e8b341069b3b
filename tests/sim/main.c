/* floorhand-sim: many small worlds, one per seed; the first that breaks an invariant is named. */
#include "sim.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS       1500
#define CHECK_EVERY 100
#define HEAL_STEPS  80000 /* of 10 ms: a site says hello every 10 minutes, whatever it believes */

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
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (const char *c = text; *c; c++)
        sim->hash = (sim->hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3); /* FNV-1a */
    if (sim->trace)
        printf("%10.3f  %s\n", (double)sim->now_us / 1e6, text);
}

_Noreturn void sim_fail(struct sim *sim, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("not ok - seed %" PRIu64 ": ", sim->seed);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n# make sim SEED=%" PRIu64 " shows every step\n", sim->seed);
    exit(1);
}

/* A quarter of the seeds has no fault at all; the others draw which ones and how often. */
static void draw_faults(struct sim *sim)
{
    for (size_t i = 0; i < DRAW_STREAMS; i++)
        sim->draws[i].state = sim->seed * 0x9E3779B9u + i;
    sim->wrong = 20 + (int)sim_draw(sim, DRAW_FAULTS, 250);
    if (sim->seed % 4 == 0)
        return;
    sim->loss = (int)sim_draw(sim, DRAW_FAULTS, 300);
    sim->duplicates = (int)sim_draw(sim, DRAW_FAULTS, 300);
    sim->crashes = (int)sim_draw(sim, DRAW_FAULTS, 40);
}

static void step(struct sim *sim, int number)
{
    sim->now_us += 10000;
    if (!sim->healed && number % 40 == 0)
        office_side_release(sim->office);
    if (!sim->healed && number % 90 == 0)
        office_side_waybills(sim->office);
    site_side_step(sim->site);
    office_side_step(sim->office);
    network_step(sim->network);
    if (site_side_number(sim->site, "SELECT applied_seq FROM stream") > office_side_applied(sim->office))
        sim_fail(sim, "the site believes in an acknowledgement that head office never committed");
    if (number % CHECK_EVERY == 0)
        site_side_check(sim->site);
}

static bool settled(struct sim *sim)
{
    return network_idle(sim->network) && site_side_idle(sim->site) &&
           office_side_applied(sim->office) == site_side_last_seq(sim->site) &&
           site_side_number(sim->site, "SELECT applied_seq = last_seq FROM stream") &&
           site_side_number(sim->site, "SELECT feed_seq FROM stream") ==
               office_side_number(sim->office, "SELECT feed_head FROM site");
}

/* Nothing lost, nothing twice: the same lines under the same numbers, and the same sums. */
static void compare(struct sim *sim)
{
    int64_t last = site_side_last_seq(sim->site);
    if (office_side_number(sim->office, "SELECT count(*) FROM event") != last)
        sim_fail(sim, "head office has another number of events than the site");
    if (office_side_number(sim->office, "SELECT count(*) FROM parked") != 0)
        sim_fail(sim, "head office could not interpret an event");
    for (int64_t seq = 1; seq <= last; seq++) {
        CLEANUP_BUF struct buf here = {0}, there = {0};
        site_side_line(sim->site, seq, &here);
        office_side_line(sim->office, seq, &there);
        if (strcmp(buf_text(&here), buf_text(&there)) != 0)
            sim_fail(sim, "event %" PRId64 " differs at head office", seq);
    }
    static const char *const sums[][2] = {
        {"SELECT coalesce(sum(picked), 0) FROM order_line", "SELECT coalesce(sum(picked), 0) FROM order_line"},
        {"SELECT count(*) FROM orders WHERE state = 'handed'", "SELECT count(*) FROM orders WHERE state = 'shipped'"},
        {"SELECT count(*) FROM waybill WHERE state = 'live'", "SELECT count(*) FROM waybill WHERE state = 'live'"},
        {"SELECT count(*) FROM waybill WHERE state = 'void_pending'",
         "SELECT count(*) FROM waybill WHERE state = 'void_pending'"},
        {"SELECT count(*) FROM waybill WHERE state = 'void'", "SELECT count(*) FROM waybill WHERE state = 'void'"},
        {"SELECT count(*) FROM journal WHERE type = 'parcel.shipped'",
         "SELECT count(*) FROM event WHERE type = 'parcel.shipped'"},
    };
    for (size_t i = 0; i < COUNT(sums); i++) {
        int64_t here = site_side_number(sim->site, sums[i][0]), there = office_side_number(sim->office, sums[i][1]);
        if (here != there)
            sim_fail(sim, "%s: %" PRId64 " at the site, %" PRId64 " at head office", sums[i][0], here, there);
    }
    sim->count.orders_shipped = site_side_number(sim->site, sums[1][0]);
}

static struct sim run(uint64_t seed, bool trace)
{
    struct sim sim = {.seed = seed,
                      .site_name = "hz-07",
                      .box_name = "box-1",
                      .hardware = "00000000000000000000000000000001",
                      .now_us = INT64_C(1774000000000000),
                      .trace = trace,
                      .counts = 4,
                      .shelf = 40,
                      .hash = 1};
    draw_faults(&sim);
    sim.network = network_new(&sim);
    sim.site = site_side_new(&sim);
    sim.office = office_side_new(&sim);
    for (int number = 1; number <= STEPS; number++)
        step(&sim, number);
    sim.healed = sim.rested = true;
    sim_note(&sim, "healed");
    office_side_waybills(sim.office);
    for (int number = 1; number <= HEAL_STEPS && !settled(&sim); number++)
        step(&sim, number);
    if (!settled(&sim))
        sim_fail(&sim,
                 "site and head office do not come to the same end: %" PRId64 " of %" PRId64 " events applied, %" PRId64
                 " known to be; %" PRId64 " of %" PRId64 " changes; site %s, network %s",
                 office_side_applied(sim.office), site_side_last_seq(sim.site),
                 site_side_number(sim.site, "SELECT applied_seq FROM stream"),
                 site_side_number(sim.site, "SELECT feed_seq FROM stream"),
                 office_side_number(sim.office, "SELECT feed_head FROM site"),
                 site_side_idle(sim.site) ? "idle" : "busy", network_idle(sim.network) ? "idle" : "busy");
    site_side_check(sim.site);
    compare(&sim);
    if (site_side_number(sim.site, "SELECT count(*) FROM parcel WHERE waiting IS NOT NULL") != 0)
        sim_fail(&sim, "a closed box still waits for a number, and there are enough");
    sim.count.parked = site_side_number(sim.site, "SELECT count(*) FROM journal WHERE type = 'order.parked' AND "
                                                  "line LIKE '%no waybill%'");
    sim.count.voided =
        site_side_number(sim.site, "SELECT count(*) FROM waybill WHERE state IN ('void_pending', 'void')");
    office_side_free(sim.office);
    site_side_free(sim.site);
    network_free(sim.network);
    return sim;
}

static int run_many(int64_t seeds)
{
    struct sim total = {0};
    for (int64_t seed = 1; seed <= seeds; seed++) {
        struct sim sim = run((uint64_t)seed, false);
        if (seed <= 5 && run((uint64_t)seed, false).hash != sim.hash)
            sim_fail(&sim, "a second run of the same seed went another way");
        total.count.scans += sim.count.scans;
        total.count.good += sim.count.good;
        total.count.refused += sim.count.refused;
        total.count.crashes += sim.count.crashes;
        total.count.lost += sim.count.lost;
        total.count.orders_shipped += sim.count.orders_shipped;
        total.count.labels += sim.count.labels;
        total.count.parked += sim.count.parked;
        total.count.voided += sim.count.voided;
        if (seed % 500 == 0)
            fprintf(stderr, "# %" PRId64 " of %" PRId64 " seeds\n", seed, seeds);
    }
    printf("# %" PRId64 " seeds: %" PRId64 " scans, %" PRId64 " good, %" PRId64 " refused; %" PRId64
           " crashes, %" PRId64 " messages lost; %" PRId64 " labels, %" PRId64 " orders shipped; %" PRId64
           " boxes without a waybill number, %" PRId64 " numbers given up\n",
           seeds, total.count.scans, total.count.good, total.count.refused, total.count.crashes, total.count.lost,
           total.count.labels, total.count.orders_shipped, total.count.parked, total.count.voided);
    printf("ok 1 - simulation, %" PRId64 " seeds\n1..1\n", seeds);
    return 0;
}

int main(int argc, char **argv)
{
    int64_t seeds = 200, seed = 0;
    bool trace = false, right = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            trace = true;
        else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
            right = text_to_int(argv[++i], 1, 100000000, &seeds) == 0 && right;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            right = text_to_int(argv[++i], 1, INT64_MAX, &seed) == 0 && right;
        else
            right = false;
    }
    if (!right) {
        fprintf(stderr, "usage: floorhand-sim --seeds N | --seed N [--trace]\n");
        return 2;
    }
    if (!seed)
        return run_many(seeds);
    run((uint64_t)seed, trace);
    printf("ok 1 - simulation, seed %" PRId64 "\n1..1\n", seed);
    return 0;
}
