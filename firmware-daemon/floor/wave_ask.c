/* What a supervisor asks of waves: planned, released, cancelled, an order kicked out, a rule kept. */
#include "floor/ask.h"
#include "floor/wave.h"
#include "store/wave_rule.h"

#include "base/json.h"

#include <errno.h>

struct wave_fields {
    char wave[STORE_CODE_MAX];
};
struct kick_fields {
    char order[STORE_CODE_MAX];
};

static const struct option_def no_fields[] = {{0}};
static const struct option_def wave_fields[] = {
    {"wave", OPTION_TEXT_AT(struct wave_fields, wave), .help = "the wave's number"}, {0}};
static const struct option_def kick_fields[] = {
    {"order", OPTION_TEXT_AT(struct kick_fields, order), .help = "the order's number"}, {0}};

#define TEXT(member)   #member, OPTION_TEXT_AT(struct wave_rule, member)
#define NUMBER(member) #member, OPTION_NUMBER_AT(struct wave_rule, member)
#define CHOICE(member) #member, OPTION_CHOICE_AT(struct wave_rule, member)

const struct option_def wave_rule_fields[] = {
    {TEXT(name), .help = "what the rule is called"},
    {NUMBER(place), .min = 0, .max = 1000000, .help = "rules are tried in this order"},
    {CHOICE(kind), .choices = "discrete|cluster|zone|wall|express", .help = "how the wave is picked"},
    {TEXT(carrier), .fallback = "", .help = "only this carrier's orders, or nothing"},
    {TEXT(platform), .fallback = "", .help = "only this platform's orders, or nothing"},
    {TEXT(zone), .fallback = "", .help = "only orders that lie in this zone whole, or nothing"},
    {TEXT(wall), .fallback = "", .help = "the put-wall's code, or nothing for any"},
    {NUMBER(lines_min), .fallback = "1", .min = 1, .max = 200, .help = "lines of an order, at least"},
    {NUMBER(lines_max), .fallback = "200", .min = 1, .max = 200, .help = "and at most"},
    {NUMBER(pieces_max), .fallback = "1000000", .min = 1, .max = 1000000, .help = "pieces of an order, at most"},
    {NUMBER(orders_min), .fallback = "1", .min = 1, .max = 1000, .help = "fewer orders are left to the next rules"},
    {NUMBER(orders_max), .fallback = "20", .min = 1, .max = 1000, .help = "orders of a wave, at most"},
    {NUMBER(due_min), .fallback = "0", .min = 0, .max = 100000, .help = "only orders due within minutes; 0: all"},
    {CHOICE(policy), .fallback = "partial", .choices = "partial|line|order", .help = "when stock is missing"},
    {"active", OPTION_FLAG_AT(struct wave_rule, active), .fallback = "yes", .help = "whether the rule is in use"},
    {NUMBER(rev), .fallback = "0", .min = 0, .max = INT64_C(1000000000000), .help = "an older one changes nothing"},
    {0},
};

static int find_wave(struct ask *ask, struct wave *ret)
{
    const struct wave_fields *fields = ask->fields;
    int64_t id;
    int result = wave_find(ask->store, fields->wave, &id);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", fields->wave);
    return result ? result : wave_load(ask->store, id, ret);
}

static int refuse_state(struct ask *ask, const struct wave *wave)
{
    ask_refuse(ask, E81_NO_DRAFT, "w", wave->number);
    answer_text(&ask->effect->answer, "s", wave->state);
    return FLOOR_REFUSED;
}

static int accept_wave(struct ask *ask, const struct wave *wave, const char *state)
{
    struct answer *answer = ask_accept(ask, DONE_WAVE);
    answer_text(answer, "w", wave->number);
    answer_text(answer, "s", state);
    return 0;
}

static int plan(struct ask *ask)
{
    struct wave_plan plan;
    int result = wave_plan(ask->store, &plan);
    if (result)
        return result;
    struct answer *answer = ask_accept(ask, DONE_WAVES_PLANNED);
    answer_number(answer, "n", plan.waves);
    answer_number(answer, "o", plan.orders);
    return 0;
}

static int release(struct ask *ask)
{
    struct wave wave;
    int result = find_wave(ask, &wave);
    if (!result)
        result = wave_release(ask->store, wave.id);
    if (result == -EINVAL)
        return refuse_state(ask, &wave);
    return result ? result : accept_wave(ask, &wave, "released");
}

static int cancel(struct ask *ask)
{
    struct wave wave;
    int64_t going_on;
    int result = find_wave(ask, &wave);
    if (!result)
        result = wave_cancel(ask->store, wave.id, &going_on);
    if (result == -EINVAL)
        return refuse_state(ask, &wave);
    if (result)
        return result;
    struct answer *answer = ask_accept(ask, DONE_WAVE_EMPTIED);
    answer_text(answer, "w", wave.number);
    answer_number(answer, "n", going_on);
    return 0;
}

static int kick(struct ask *ask)
{
    const struct kick_fields *fields = ask->fields;
    struct order order;
    int64_t id;
    int result = order_find(ask->store, fields->order, &id);
    if (!result)
        result = order_load(ask->store, id, &order);
    if (!result)
        result = wave_kick(ask->store, &order, "asked");
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", fields->order);
    if (result == -EBUSY)
        return ask_refuse(ask, E80_GOES_ON, "o", order.number);
    if (result)
        return result;
    answer_text(ask_accept(ask, DONE_KICKED), "o", order.number);
    return 0;
}

static int keep_rule(struct ask *ask)
{
    const struct wave_rule *rule = ask->fields;
    int result = wave_rule_upsert(ask->store, rule);
    if (result)
        return result;
    answer_text(ask_accept(ask, DONE_RULE), "r", rule->name);
    return 0;
}

const struct verb wave_verbs[] = {
    {"wave.plan", no_fields, 0, plan, "Put the orders that wait into waves, as drafts."},
    {"wave.release", wave_fields, sizeof(struct wave_fields), release, "Let a draft be picked."},
    {"wave.cancel", wave_fields, sizeof(struct wave_fields), cancel,
     "Let the orders of a wave wait again; those of which something is picked go on."},
    {"wave.kick", kick_fields, sizeof(struct kick_fields), kick,
     "Take one order that is not picked yet out of its wave."},
    {"wave.rule", wave_rule_fields, sizeof(struct wave_rule), keep_rule,
     "Keep a rule that says which orders go into a wave together."},
    {0},
};
