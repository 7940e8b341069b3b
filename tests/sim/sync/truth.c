/* What really happened, and what must hold of it: every line of a journal once and unchanged at head office, unless no
 * disk has it any more; the same books on both sides; nothing of a clone; nothing deleted that can still be needed. */
#include "world.h"

#include "base/defect.h"
#include "store/journal.h"
#include "store/laws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- facts */

/* Where a fact of this id is in the table, or would be. */
static size_t slot_of(const struct world *world, const char *id)
{
    size_t slot = world_hash(1, id, strlen(id)) % FACT_SLOTS;
    while (world->slots[slot] && strcmp(world->facts[world->slots[slot] - 1].id, id) != 0)
        slot = (slot + 1) % FACT_SLOTS;
    return slot;
}

/* What stands in a line between `before` and the next quotation mark, comma or brace; "" when it is not there. */
static void cut_out(const char *line, const char *before, char *out, size_t capacity)
{
    const char *at = strstr(line, before);
    size_t length = 0;
    if (at) {
        at += strlen(before);
        length = strcspn(at, "\",}");
        length = length < capacity ? length : capacity - 1;
        memcpy(out, at, length);
    }
    out[length] = '\0';
}

static int64_t pieces_of(const char *line, const char *type)
{
    char pieces[32];
    cut_out(line, "\"delta\":", pieces, sizeof(pieces));
    return strcmp(type, "stock.imported") == 0 ? strtoll(pieces, NULL, 10) : 0;
}

static void learn_trade(struct box *box, const char *line, const char *type)
{
    char number[32];
    if (!box->world->trades || strcmp(type, "pick.started") != 0)
        return;
    cut_out(line, "\"order\":\"", number, sizeof(number));
    trade_begun(box, number);
}

static void learn_line(struct box *box, struct sql_query *row)
{
    struct world *world = box->world;
    const char *line = sql_get_text(row, 2);
    char time[CLOCK_TEXT_SIZE];
    cut_out(line, "\"time\":\"", time, sizeof(time));
    if (strcmp(time, box->seen_time) <= 0)
        world_fail(world, "the journal of %s has the time %s after %s", box->name, time, box->seen_time);
    memcpy(box->seen_time, time, sizeof(time));
    if (world->fact_count == FACTS_MAX) {
        world_fail(world, "the truth has no room for more facts");
        return;
    }
    struct fact *fact = &world->facts[world->fact_count++];
    *fact = (struct fact){.site = box->site, .seq = sql_get_int(row, 0), .cloned = box->clone};
    fact->pieces = pieces_of(line, sql_get_text(row, 1));
    fact->hash = world_hash(1, line, strlen(line));
    cut_out(line, "\"id\":\"", fact->id, sizeof(fact->id));
    world->slots[slot_of(world, fact->id)] = (short)world->fact_count;
    box->seen_fact = fact;
    learn_trade(box, line, sql_get_text(row, 1));
    world->count.facts++;
}

/* ---------------------------------------------------------------- what is at head office */

static int site_of(const char *name)
{
    int site = 0;
    while (site < SITES && strcmp(site_names[site], name) != 0)
        site++;
    return site;
}

/* In the order in which they came, a site's events are of one epoch and without a gap, until a later epoch begins. */
static void check_place(struct world *world, int site, int64_t epoch, int64_t seq)
{
    struct place *last = &world->tally.last[site];
    bool goes_on = epoch > last->epoch || (epoch == last->epoch && seq == last->seq + 1);
    if (last->epoch && !goes_on)
        world_fail(world, "event %lld-%lld of %s came after %lld-%lld", (long long)epoch, (long long)seq,
                   site_names[site], (long long)last->epoch, (long long)last->seq);
    *last = (struct place){epoch, seq};
}

static void count_event(struct world *world, struct sql_query *row)
{
    const char *line = sql_get_text(row, 5);
    char id[ID_TEXT_SIZE];
    int site = site_of(sql_get_text(row, 1));
    cut_out(line, "\"id\":\"", id, sizeof(id)); /* the column may hold another one, if that is what is wrong */
    check_place(world, site, sql_get_int(row, 2), sql_get_int(row, 3));
    short index = world->slots[slot_of(world, id)];
    world->tally.arrival = sql_get_int(row, 0);
    if (!index || sql_get_int(row, 4)) /* from before the seed, or here a second time and without effect */
        return;
    struct fact *fact = &world->facts[index - 1];
    fact->times++;
    world->tally.stock[site] += fact->pieces;
    if (world_hash(1, line, strlen(line)) != fact->hash)
        world_fail(world, "an event of %s is not at head office as it was written", site_names[site]);
}

/* What came since they were counted last. */
static void count_events(struct world *world)
{
    struct sql_query *row =
        sql_select(world->office.sql,
                   "SELECT arrival, site, epoch, seq, again, line FROM event WHERE arrival > ?1 ORDER BY arrival",
                   sql_int(world->tally.arrival));
    while (sql_next(row))
        count_event(world, row);
    sql_done(row);
}

static int64_t stock_at_office(struct world *world, int site)
{
    return office_side_number(world, site, "SELECT coalesce(sum(quantity), 0) FROM stock WHERE site = ?1");
}

void truth_count_anew(struct world *world)
{
    world->tally = world->first;
    for (size_t i = 0; i < world->fact_count; i++)
        world->facts[i].times = 0;
}

void truth_begin(struct world *world)
{
    world->fact_count = 0;
    memset(world->slots, 0, sizeof(world->slots));
    world->first = (struct tally){0};
    sql_number(world->office.sql, &world->first.arrival, "SELECT coalesce(max(arrival), 0) FROM event", SQL_NO_VALUES);
    for (int i = 0; i < SITES; i++)
        world->first.stock[i] = stock_at_office(world, i);
    world->tally = world->first;
}

/* ---------------------------------------------------------------- what boxes have committed */

/* What the site has deleted, and head office has: it must not lose that again. */
static void learn_deleted(struct box *box, int64_t pruned)
{
    struct world *world = box->world;
    count_events(world);
    for (size_t i = 0; i < world->fact_count; i++) {
        struct fact *fact = &world->facts[i];
        if (!fact->deleted && fact->site == box->site && fact->seq <= pruned && fact->times > 0 && !box_has(box, fact))
            fact->deleted = true;
    }
    world->count.pruned += pruned - box->pruned_seq;
    box->pruned_seq = pruned;
}

/* What was committed last must be there still, and with it, by the chain, all before it. */
void truth_survived(struct box *box)
{
    const struct fact *fact = box->seen_fact;
    if (fact && fact->seq > box->pruned_seq && !box_has(box, fact))
        world_fail(box->world, "%s has lost event %lld, which it had committed", box->name, (long long)fact->seq);
}

static void read_end(struct box *box, int64_t *ret_last, int64_t *ret_pruned, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    size_t length = 0;
    struct sql_query *row =
        sql_select(box->store->sql, "SELECT last_seq, pruned_seq, last_hash FROM stream", SQL_NO_VALUES);
    if (sql_next(row)) {
        *ret_last = sql_get_int(row, 0);
        *ret_pruned = sql_get_int(row, 1);
        memcpy(ret_hash, sql_get_blob(row, 2, &length), CHAIN_HASH_SIZE);
    }
    sql_done(row);
}

void truth_forget(struct box *box)
{
    box->seen_time[0] = '\0';
    box->seen_fact = NULL;
    read_end(box, &box->seen_seq, &box->pruned_seq, box->seen_hash);
}

void truth_learn(struct box *box)
{
    int64_t last = 0, pruned = 0;
    read_end(box, &last, &pruned, box->seen_hash);
    if (last < box->seen_seq)
        world_fail(box->world, "%s has forgotten event %lld, which it had committed", box->name,
                   (long long)box->seen_seq);
    if (pruned > box->pruned_seq)
        learn_deleted(box, pruned);
    if (last == box->seen_seq)
        return;
    struct sql_query *row = sql_select(
        box->store->sql, "SELECT seq, type, line FROM journal WHERE seq > ?1 ORDER BY seq", sql_int(box->seen_seq));
    while (sql_next(row))
        learn_line(box, row);
    sql_done(row);
    box->seen_seq = last;
}

void truth_lost(struct world *world)
{
    count_events(world);
    for (size_t i = 0; i < world->fact_count; i++) {
        struct fact *fact = &world->facts[i];
        bool is_somewhere = fact->times > 0;
        if (fact->cloned || fact->destroyed)
            continue;
        for (size_t b = 0; b < BOXES && !is_somewhere; b++)
            is_somewhere =
                world->boxes[b].lives && world->boxes[b].site == fact->site && box_has(&world->boxes[b], fact);
        if (is_somewhere)
            continue;
        if (fact->deleted)
            world_fail(world, "%s deleted an event that head office then lost", site_names[fact->site]);
        world->count.destroyed++;
        fact->destroyed = true;
    }
}

/* ---------------------------------------------------------------- at the end of a schedule */

static void check_facts(struct world *world)
{
    count_events(world);
    for (size_t i = 0; i < world->fact_count; i++) {
        const struct fact *fact = &world->facts[i];
        if (fact->cloned ? fact->times != 0 : fact->times > 1)
            world_fail(world, "a fact of %s%s is %d times at head office", site_names[fact->site],
                       fact->cloned ? "'s clone" : "", fact->times);
        if (!fact->cloned && !fact->destroyed && fact->times == 0)
            world_fail(world, "a fact of %s is lost", site_names[fact->site]);
    }
}

/* The books of both sides, and what the facts say. */
static void check_stock(struct world *world, int site)
{
    int64_t truth = world->tally.stock[site], there = stock_at_office(world, site);
    int64_t here = box_number(&world->boxes[site], "SELECT coalesce(sum(b.quantity), 0) FROM balance b JOIN location l "
                                                   "ON l.id = b.location WHERE l.code = 'A-01'");
    if (there != truth)
        world_fail(world, "head office counts %d pieces at %s, its events %d", (int)there, site_names[site],
                   (int)truth);
    if (here != there)
        world_fail(world, "%s has %d pieces, head office %d", site_names[site], (int)here, (int)there);
}

/* The hash of the last line, which is the same on both sides, stands for all before it. Now and then all are read. */
static void check_chain(struct world *world, int site)
{
    struct box *box = &world->boxes[site];
    int64_t bad = 0;
    struct error error = {0};
    if (world->schedule % 10 == 9 && (journal_verify(box->store, &bad) != 0 || bad))
        world_fail(world, "the chain of %s breaks at %d", box->name, (int)bad);
    if (world->schedule % 20 == 9 && laws_check(box->store, &error) != 0)
        world_fail(world, "%s: %s", box->name, error.text);
}

/* The same changes have done the same. */
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
    if (world->trades)
        trade_check(world);
    for (int site = 0; site < SITES; site++) {
        check_stock(world, site);
        check_chain(world, site);
        check_feed(world, site);
    }
}

/* ---------------------------------------------------------------- at every step */

static void copy_hash(struct sql_query *row, int column, uint8_t hash[CHAIN_HASH_SIZE])
{
    size_t length = 0;
    const void *bytes = sql_get_blob(row, column, &length);
    if (length == CHAIN_HASH_SIZE)
        memcpy(hash, bytes, length);
}

static void look_at_office(struct world *world)
{
    if (!world->office_changed)
        return;
    world->office_changed = false;
    for (int i = 0; i < SITES; i++) {
        struct site_standing *there = &world->standing[i];
        struct sql_query *row =
            sql_select(world->office.sql,
                       "SELECT epoch, applied, feed_head, hash, feed_hash, key IS NOT NULL FROM site WHERE id = ?1",
                       sql_text(site_names[i]));
        *there = (struct site_standing){0};
        if (sql_next(row)) {
            there->epoch = sql_get_int(row, 0);
            there->applied = sql_get_int(row, 1);
            there->feed_head = sql_get_int(row, 2);
            copy_hash(row, 3, there->hash);
            copy_hash(row, 4, there->feed_hash);
            there->met = sql_get_int(row, 5);
        }
        sql_done(row);
    }
}

void truth_check_always(struct world *world)
{
    look_at_office(world);
    bool unknowing = strcmp(world->unknowing, hub_gen(world->hub)) == 0;
    for (size_t i = 0; i < BOXES && !unknowing; i++) {
        const struct box *box = &world->boxes[i];
        const struct site_committed *here = &box->sync.committed;
        const struct site_standing *there = &world->standing[box->site];
        if (box->lives && strcmp(hub_gen(world->hub), here->gen) == 0 && here->epoch == there->epoch &&
            here->applied_seq > there->applied)
            world_fail(world, "%s believes that head office has an event which it has not", box->name);
    }
}

/* The same numbers are not enough: after a restore there are others under them. Who claims a site stays until the box
 * that was meant has said hello: until then any other of its name would be taken for it. */
static bool agree(const struct box *box, const struct site_standing *there)
{
    const struct site_committed *here = &box->sync.committed;
    return there->met && here->applied_seq == here->last_seq && there->applied == here->last_seq &&
           there->feed_head == here->feed_seq &&
           memcmp(there->feed_hash, here->feed_hash, sizeof(there->feed_hash)) == 0 &&
           (here->last_seq == 0 || memcmp(there->hash, box->seen_hash, sizeof(there->hash)) == 0);
}

bool truth_settled(struct world *world)
{
    look_at_office(world);
    for (int i = 0; i < SITES; i++) {
        const struct box *box = &world->boxes[i];
        if (turn_waiting(box->turn) > 0 || box->sync.state != SITE_SYNC || box->sync.committed.snapshot ||
            !agree(box, &world->standing[i]))
            return false;
    }
    return true;
}
