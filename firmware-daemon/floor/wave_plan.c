/* Which orders are worked together: rule by rule, those that fit are put into waves of one carrier. */
#include "floor/wave.h"

#include "base/json.h"
#include "floor/settings.h"
#include "store/wave_rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a site works by that has no rules of its own. A wave at a put-wall has no more orders than the wall has slots, a
 * cluster no more than a worker's totes. */
static const struct wave_rule house_rules[] = {
    {.name = "one piece", .kind = "express", .lines_max = 1, .pieces_max = 1, .orders_min = 2, .orders_max = 200},
    {.name = "same item", .kind = "express", .lines_max = 1, .pieces_max = 10, .orders_min = 3, .orders_max = 200},
    {.name = "put-wall", .kind = "wall", .lines_max = 200, .pieces_max = 100, .orders_min = 2, .orders_max = 200},
    {.name = "cluster", .kind = "cluster", .lines_max = 200, .pieces_max = 40, .orders_min = 2, .orders_max = 200},
    {.name = "the rest", .kind = "discrete", .lines_max = 200, .pieces_max = 1000000, .orders_max = 20},
};

struct planning {
    struct store *store;
    const struct wave_rule *rule;
    struct wave_plan *plan;
    struct wave wave;                  /* that is being filled; id 0: none */
    const struct wave_candidate *last; /* that went into it */
    int64_t orders, room;
};

static int note_planned(struct planning *planning)
{
    CLEANUP_BUF struct buf data = {0};
    if (!planning->wave.id)
        return 0;
    json_open_object(&data, NULL);
    json_text(&data, "wave", planning->wave.number);
    json_text(&data, "kind", planning->wave.kind);
    json_text(&data, "rule", planning->rule->name);
    json_text(&data, "carrier", planning->wave.carrier);
    json_int(&data, "orders", planning->orders);
    json_close_object(&data);
    return note(planning->store, "wave.planned", "wave", planning->wave.number, &data, NULL);
}

/* How many orders the next wave of this rule may have. *ret 0: none any more. */
static int find_room(struct planning *planning, struct wave *wave, int64_t *ret)
{
    const struct wave_rule *rule = planning->rule;
    int64_t limit = rule->orders_max;
    int result = 0;
    if (strcmp(rule->kind, "cluster") == 0)
        result = setting_get(planning->store, SETTING_cluster_totes, &limit);
    if (strcmp(rule->kind, "wall") == 0) {
        int64_t slots = 0;
        result = wall_with_room(planning->store, rule->wall, wave->wall, sizeof(wave->wall), &slots);
        if (result == -ENOENT)
            result = 0;
        if (!result)
            result = setting_get(planning->store, SETTING_wall_slots, &limit);
        limit = slots < limit ? slots : limit;
        if (limit < rule->orders_min)
            limit = 0;
    }
    *ret = limit < rule->orders_max ? limit : rule->orders_max;
    return result;
}

static int begin_wave(struct planning *planning, const struct wave_candidate *candidate)
{
    struct wave wave = {0};
    int64_t id;
    int result = note_planned(planning);
    planning->wave.id = planning->orders = 0;
    snprintf(wave.kind, sizeof(wave.kind), "%s", planning->rule->kind);
    snprintf(wave.policy, sizeof(wave.policy), "%s", *planning->rule->policy ? planning->rule->policy : "partial");
    snprintf(wave.carrier, sizeof(wave.carrier), "%s", candidate->carrier);
    if (!result)
        result = find_room(planning, &wave, &planning->room);
    if (result || planning->room <= 0)
        return result;
    result = wave_insert(planning->store, &wave, &id);
    planning->plan->waves++;
    return result ? result : wave_load(planning->store, id, &planning->wave);
}

static bool go_together(const struct wave_candidate *a, const struct wave_candidate *b)
{
    return a->shared == b->shared && strcmp(a->carrier, b->carrier) == 0;
}

static int add_order(struct planning *planning, const struct wave_candidate *candidate)
{
    bool fits = planning->wave.id && planning->orders < planning->room && go_together(planning->last, candidate) &&
                planning->last->batch == candidate->batch;
    int result = fits ? 0 : begin_wave(planning, candidate);
    if (result || !planning->wave.id)
        return result;
    planning->last = candidate;
    planning->orders++;
    planning->plan->orders++;
    return order_set_wave(planning->store, candidate->order, planning->wave.id);
}

static int read_candidates(struct store *store, const struct wave_rule *rule, struct wave_candidate **ret,
                           size_t *ret_count)
{
    size_t count = 0, room = 0;
    int result = 0;
    struct sql_query *query = wave_candidates(store, rule);
    while (!result && sql_next(query)) {
        if (count == room) {
            room = 2 * room + 64;
            struct wave_candidate *more = realloc(*ret, room * sizeof(**ret));
            result = more ? 0 : -ENOMEM;
            *ret = more ? more : *ret;
        }
        if (result)
            break;
        struct wave_candidate *candidate = &(*ret)[count++];
        *candidate = (struct wave_candidate){.order = sql_get_int(query, 0), .shared = sql_get_int(query, 2)};
        sql_copy_text(query, 1, candidate->carrier, sizeof(candidate->carrier));
    }
    int done = sql_done(query);
    *ret_count = count;
    return result ? result : done;
}

/* What is picked on one tour: who goes together is chosen by the walk. */
static int choose_batches(struct planning *planning, struct wave_candidate *candidates, size_t count)
{
    const char *kind = planning->rule->kind;
    int64_t room = 0;
    struct wave wave = {0};
    if (strcmp(kind, "cluster") != 0 && strcmp(kind, "wall") != 0)
        return 0;
    int result = find_room(planning, &wave, &room);
    for (size_t first = 0, next; first < count && !result; first = next) {
        for (next = first + 1; next < count && go_together(&candidates[first], &candidates[next]);)
            next++;
        result = wave_batch(planning->store, candidates + first, next - first, room);
    }
    return result;
}

static int plan_rule(struct store *store, const struct wave_rule *rule, struct wave_plan *plan)
{
    struct planning planning = {.store = store, .rule = rule, .plan = plan};
    CLEANUP(cleanup_free) struct wave_candidate *candidates = NULL;
    size_t count;
    int result = read_candidates(store, rule, &candidates, &count);
    if (!result)
        result = choose_batches(&planning, candidates, count);
    for (size_t i = 0; i < count && !result; i++)
        result = add_order(&planning, &candidates[i]);
    return result ? result : note_planned(&planning);
}

int wave_plan(struct store *store, struct wave_plan *ret)
{
    struct wave_plan plan = {0};
    struct wave_rule rule, next;
    bool own = false;
    int result;
    while ((result = wave_rule_after(store, own ? &rule : NULL, &next)) == 0) {
        rule = next;
        own = true;
        result = plan_rule(store, &rule, &plan);
        if (result)
            return result;
    }
    if (result == -ENOENT)
        result = 0;
    for (size_t i = 0; !own && !result && i < COUNT(house_rules); i++)
        result = plan_rule(store, &house_rules[i], &plan);
    if (!result)
        *ret = plan;
    return result;
}
