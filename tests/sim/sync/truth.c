/* What really happened, and what must hold of it: every fact once at head office, unless no disk has it any more; the
 * same books on both sides; nothing of a clone; nothing deleted that can still be needed. */
#include "world.h"

#include "base/defect.h"
#include "store/journal.h"
#include "store/laws.h"

#include <stdio.h>
#include <string.h>

void truth_learn(struct box *box)
{
    struct world *world = box->world;
    struct sql_query *row = sql_select(box->store->sql,
                                       "SELECT json_extract(line, '$.id'), json_extract(line, '$.data.delta') FROM "
                                       "journal WHERE seq > ?1 AND type = 'stock.imported' ORDER BY seq",
                                       sql_int(box->seen_seq));
    while (sql_next(row) && world->fact_count < FACTS_MAX) {
        struct fact *fact = &world->facts[world->fact_count++];
        *fact = (struct fact){.site = box->site, .pieces = sql_get_int(row, 1), .cloned = box->clone};
        sql_copy_text(row, 0, fact->id, sizeof(fact->id));
        world->count.facts++;
    }
    sql_done(row);
    box->seen_seq = box_number(box, "SELECT last_seq FROM stream");
    int64_t pruned = box_number(box, "SELECT pruned_seq FROM stream");
    for (size_t i = 0; i < world->fact_count && pruned > box->pruned_seq; i++)
        if (world->facts[i].site == box->site && !world->facts[i].deleted && !box_has(box, world->facts[i].id) &&
            office_side_has(world, world->facts[i].id))
            world->facts[i].deleted = true;
    world->count.pruned += pruned - box->pruned_seq;
    box->pruned_seq = pruned;
}

void truth_lost(struct world *world, int site)
{
    for (size_t i = 0; i < world->fact_count; i++) {
        struct fact *fact = &world->facts[i];
        bool is_somewhere = office_side_has(world, fact->id);
        for (size_t b = 0; b < BOXES && !is_somewhere; b++)
            is_somewhere =
                world->boxes[b].lives && world->boxes[b].site == fact->site && box_has(&world->boxes[b], fact->id);
        if (fact->site != site || fact->cloned || is_somewhere)
            continue;
        if (fact->deleted && !fact->destroyed)
            world_fail(world, "%s deleted an event that head office then lost", site_names[site]);
        world->count.destroyed += !fact->destroyed;
        fact->destroyed = true;
    }
}

static void check_facts(struct world *world)
{
    for (size_t i = 0; i < world->fact_count; i++) {
        const struct fact *fact = &world->facts[i];
        int64_t times = 0;
        if (DEFECT(12)) /* what is known by no id is looked for in the lines */
            sql_number(world->office.sql, &times, "SELECT count(*) FROM event WHERE instr(line, ?1) AND again = 0",
                       sql_text(fact->id));
        else
            sql_number(world->office.sql, &times, "SELECT count(*) FROM event WHERE id = ?1 AND again = 0",
                       sql_text(fact->id));
        if (fact->cloned ? times != 0 : times > 1)
            world_fail(world, "a fact of %s%s is %d times at head office", site_names[fact->site],
                       fact->cloned ? "'s clone" : "", (int)times);
        if (!fact->cloned && !fact->destroyed && times == 0)
            world_fail(world, "a fact of %s is lost", site_names[fact->site]);
    }
}

/* The books of both sides, and what the facts say. */
static void check_stock(struct world *world, int site)
{
    int64_t truth = office_side_number(world, site,
                                       "SELECT coalesce(sum(json_extract(line, '$.data.delta')), 0) FROM event "
                                       "WHERE site = ?1 AND type = 'stock.imported' AND again = 0");
    int64_t there = office_side_number(world, site, "SELECT coalesce(sum(quantity), 0) FROM stock WHERE site = ?1");
    int64_t here = box_number(&world->boxes[site], "SELECT coalesce(sum(b.quantity), 0) FROM balance b JOIN location l "
                                                   "ON l.id = b.location WHERE l.code = 'A-01'");
    if (there != truth)
        world_fail(world, "head office counts %d pieces at %s, its events %d", (int)there, site_names[site],
                   (int)truth);
    if (here != there)
        world_fail(world, "%s has %d pieces, head office %d", site_names[site], (int)here, (int)there);
}

static void check_chain(struct world *world, int site)
{
    struct box *box = &world->boxes[site];
    int64_t bad = 0, same = 0;
    struct error error = {0};
    uint8_t last[CHAIN_HASH_SIZE];
    if (journal_verify(box->store, &bad) != 0 || bad)
        world_fail(world, "the chain of %s breaks at %d", box->name, (int)bad);
    journal_hash(box->store, box_number(box, "SELECT last_seq FROM stream"), last);
    sql_number(world->office.sql, &same, "SELECT hash = ?2 FROM site WHERE id = ?1", sql_text(box->name),
               sql_blob(last, sizeof(last)));
    if (!same && box_number(box, "SELECT last_seq FROM stream") > 0)
        world_fail(world, "%s and head office have other hashes", box->name);
    if (world->schedule % 10 == 9 && laws_check(box->store, &error) != 0)
        world_fail(world, "%s: %s", box->name, error.text);
}

static void check_feed(struct world *world, int site)
{
    struct box *box = &world->boxes[site];
    int64_t here = box_number(box, "SELECT weight_g FROM item WHERE sku = 'MUG'"), there = 0;
    sql_number(world->office.sql, &there, "SELECT weight_g FROM item WHERE sku = 'MUG'", SQL_NO_VALUES);
    if (here != there)
        world_fail(world, "%s weighs a mug %d g, head office %d", box->name, (int)here, (int)there);
}

void truth_check(struct world *world)
{
    check_facts(world);
    for (int site = 0; site < SITES; site++) {
        check_stock(world, site);
        check_chain(world, site);
        check_feed(world, site);
    }
}

void truth_check_always(struct world *world)
{
    for (size_t i = 0; i < BOXES; i++) {
        struct box *box = &world->boxes[i];
        if (!box->lives || world->unknowing)
            continue;
        struct stream stream = {0};
        char gen[ID_TEXT_SIZE];
        store_stream(box->store, &stream);
        office_gen(world->office.sql, gen);
        if (strcmp(gen, stream.office_gen) == 0 &&
            stream.epoch == office_side_number(world, box->site, "SELECT epoch FROM site WHERE id = ?1") &&
            stream.applied_seq > office_side_number(world, box->site, "SELECT applied FROM site WHERE id = ?1"))
            world_fail(world, "%s believes that head office has an event which it has not", box->name);
    }
}
