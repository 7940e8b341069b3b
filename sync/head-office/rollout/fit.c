#include "sync/head-office/rollout/fit.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/rollout/fit_rates.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[FIT_KINDS] = {"flow", "station", "hardware", "setting", "gap"};

static const struct fit_words figure_words[FIT_FIGURE_COUNT] = {
#define X(name, english, chinese) [FIT_##name] = {#name, english, chinese},
    FIT_FIGURES(X)
#undef X
};

/* ---------------------------------------------------------------- lists of names */

/* The next of "a, b,c", without blanks around it; false at the end. */
static bool next_name(const char **at, char *out, size_t capacity)
{
    while (**at == ',' || **at == ' ')
        ++*at;
    size_t length = strcspn(*at, ",");
    const char *name = *at;
    *at += length;
    while (length > 0 && name[length - 1] == ' ')
        length--;
    return length > 0 && text_copy_n(out, capacity, name, length);
}

static int64_t find_unknown(const char *names, fit_known_fn *known, void *user, char *ret, size_t capacity)
{
    char name[128];
    int64_t count = 0;
    size_t length = 0;
    *ret = '\0';
    while (next_name(&names, name, sizeof(name))) {
        if (known(user, name))
            continue;
        int more = snprintf(ret + length, capacity - length, "%s%s", count ? ", " : "", name);
        length = more < 0 || (size_t)more >= capacity - length ? capacity - 1 : length + (size_t)more;
        count++;
    }
    return count;
}

static int64_t count_names(const char *names)
{
    char name[128];
    int64_t count = 0;
    while (next_name(&names, name, sizeof(name)))
        count++;
    return count;
}

/* ---------------------------------------------------------------- figures */

static int64_t upwards(int64_t above, int64_t below)
{
    return below > 0 ? (above + below - 1) / below : 0;
}

static int64_t lacking(int64_t need, int64_t have)
{
    return need > have ? need - have : 0;
}

static int64_t within(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static void reckon_orders(const struct fit_answers *a, int64_t *of)
{
    of[FIT_orders_day] = a->orders_day;
    of[FIT_orders_peak] = upwards(a->orders_day * a->peak_percent, 100);
    of[FIT_parcels_hour] = upwards(of[FIT_orders_peak], a->hours_day);
    of[FIT_lines_hour] = upwards(of[FIT_orders_peak] * a->lines_100, 100 * a->hours_day);
    of[FIT_skus] = a->skus;
    of[FIT_lines_100] = a->lines_100;
    of[FIT_pieces_100] = a->pieces_100;
    of[FIT_singles_percent] = a->singles_percent;
    of[FIT_singles_day] = of[FIT_orders_peak] * a->singles_percent / 100;
    of[FIT_lines_of_sku] = upwards(of[FIT_orders_peak] * a->lines_100, a->skus);
}

/* Totes that are full after about as many lines as one walk is worth; slots for the orders of half an hour. */
static void reckon_ways(const struct fit_answers *a, int64_t *of)
{
    of[FIT_cluster_totes] = within(FIT_WALK_LINES * 100 / a->lines_100, 2, FIT_TOTES_MOST);
    of[FIT_wall_slots] = within(of[FIT_parcels_hour] / 2, FIT_SLOTS_LEAST, FIT_SLOTS_MOST);
    of[FIT_bins] = a->bins;
    of[FIT_bins_of_sku] = a->bins * 100 / a->skus;
    of[FIT_floors] = a->floors;
}

static void reckon_people(const struct fit_answers *a, int64_t *of)
{
    bool scales = a->by_weight;
    of[FIT_workers] = a->workers;
    of[FIT_pickers] = upwards(of[FIT_lines_hour], a->lines_hour ? a->lines_hour : FIT_LINES_HOUR);
    of[FIT_packers] = upwards(of[FIT_parcels_hour], a->parcels_hour ? a->parcels_hour : FIT_PARCELS_HOUR);
    of[FIT_people_short] = lacking(of[FIT_pickers] + of[FIT_packers], a->workers);
    of[FIT_benches] = of[FIT_packers];
    of[FIT_scanners_need] = of[FIT_pickers] + of[FIT_benches] + FIT_SCANNERS_SPARE;
    of[FIT_scanners_short] = lacking(of[FIT_scanners_need], a->scanners);
    of[FIT_printers_need] = of[FIT_benches];
    of[FIT_printers_short] = lacking(of[FIT_printers_need], a->printers);
    of[FIT_scales_need] = scales ? of[FIT_benches] : 0;
    of[FIT_scales_short] = lacking(of[FIT_scales_need], a->scales);
}

static void reckon_words(const struct fit_answers *a, int64_t *of)
{
    of[FIT_expiry] = a->expiry;
    of[FIT_lots] = a->lots || a->expiry;
    of[FIT_serials] = a->serials;
    of[FIT_by_weight] = a->by_weight;
    of[FIT_hazards] = a->hazards;
    of[FIT_cold] = a->cold;
    of[FIT_conveyors] = a->conveyors;
    of[FIT_robots] = a->robots;
    of[FIT_export_goods] = a->export_goods;
    of[FIT_pallets_out] = a->pallets_out;
    of[FIT_link_down] = strcmp(a->link, "unsteady") == 0;
    of[FIT_no_link] = strcmp(a->link, "none") == 0;
    of[FIT_erp_files] = strcmp(a->erp, "files") == 0;
    of[FIT_erp_api] = strcmp(a->erp, "api") == 0;
    of[FIT_carriers] = count_names(a->carriers);
}

static int contradicted(const struct fit_answers *a, struct error *error)
{
    if (a->singles_percent > 0 && a->lines_100 > 100 + (100 - a->singles_percent) * 100)
        return error_set(error, -EINVAL,
                         "%lld of 100 orders have one piece, and 100 orders have %lld lines: the others would have more"
                         " than 100 lines each; correct one of the two",
                         (long long)a->singles_percent, (long long)a->lines_100);
    if (a->singles_percent == 100 && (a->lines_100 > 100 || a->pieces_100 > 100))
        return error_set(error, -EINVAL,
                         "all orders have one piece: then 100 orders have 100 lines, and 100 lines 100 pieces");
    return 0;
}

int fit_reckon(const struct fit_answers *answers, fit_known_fn *known_platform, fit_known_fn *known_device, void *user,
               struct fit_check *ret, struct error *error)
{
    *ret = (struct fit_check){.platforms = ""};
    int result = contradicted(answers, error);
    if (result)
        return result;
    reckon_orders(answers, ret->figures);
    reckon_ways(answers, ret->figures);
    reckon_people(answers, ret->figures);
    reckon_words(answers, ret->figures);
    ret->figures[FIT_unknown_platforms] =
        find_unknown(answers->platforms, known_platform, user, ret->platforms, sizeof(ret->platforms));
    ret->figures[FIT_unknown_devices] =
        find_unknown(answers->devices, known_device, user, ret->devices, sizeof(ret->devices));
    return 0;
}

/* ---------------------------------------------------------------- rules */

static bool condition_holds(const struct fit_condition *condition, const struct fit_check *check)
{
    int64_t is = check->figures[condition->figure];
    return condition->operator== '>' ? is >= condition->limit : is <= condition->limit;
}

bool fit_holds(const struct fit_rule *rule, const struct fit_check *check)
{
    for (size_t i = 0; i < FIT_CONDITIONS_MAX && rule->all[i].operator; i++)
        if (!condition_holds(&rule->all[i], check))
            return false;
    return true;
}

static void write_because(const struct fit_rule *rule, const struct fit_check *check, struct buf *json)
{
    json_open_array(json, "because");
    for (size_t i = 0; i < FIT_CONDITIONS_MAX && rule->all[i].operator; i++) {
        const struct fit_condition *condition = &rule->all[i];
        json_open_object(json, NULL);
        json_text(json, "figure", figure_words[condition->figure].code);
        json_text(json, "english", figure_words[condition->figure].english);
        json_text(json, "chinese", figure_words[condition->figure].chinese);
        json_int(json, "is", check->figures[condition->figure]);
        json_text(json, "limit_is", condition->operator== '>' ? "at_least" : "at_most");
        json_int(json, "limit", condition->limit);
        json_close_object(json);
    }
    json_close_array(json);
}

/* Which ones, where names were not known. */
static const char *names_of(const struct fit_rule *rule, const struct fit_check *check)
{
    const struct {
        const char *code, *names;
    } lists[] = {{"unknown_platforms", check->platforms}, {"unknown_devices", check->devices}};
    for (size_t i = 0; i < COUNT(lists); i++)
        if (strcmp(lists[i].code, rule->code) == 0)
            return lists[i].names;
    return NULL;
}

static void write_finding(const struct fit_rule *rule, const struct fit_check *check, struct buf *json)
{
    int64_t value = rule->figure >= 0 ? check->figures[rule->figure] : rule->value;
    const char *names = names_of(rule, check);
    json_open_object(json, NULL);
    json_text(json, "kind", kind_names[rule->kind]);
    json_text(json, "code", rule->code);
    json_text(json, "english", rule->english);
    json_text(json, "chinese", rule->chinese);
    if (value >= 0)
        json_int(json, "value", value);
    if (names)
        json_text(json, "names", names);
    if (rule->where)
        json_text(json, "where", rule->where);
    write_because(rule, check, json);
    if (rule->source) {
        json_open_object(json, "source");
        json_text(json, "english", rule->source->english);
        json_text(json, "chinese", rule->source->chinese);
        json_close_object(json);
    }
    json_close_object(json);
}

void fit_write(const struct fit_check *check, const char *key, struct buf *json)
{
    json_open_object(json, key);
    json_open_array(json, "figures");
    for (size_t i = 0; i < FIT_FIGURE_COUNT; i++) {
        json_open_object(json, NULL);
        json_text(json, "figure", figure_words[i].code);
        json_text(json, "english", figure_words[i].english);
        json_text(json, "chinese", figure_words[i].chinese);
        json_int(json, "value", check->figures[i]);
        json_close_object(json);
    }
    json_close_array(json);
    json_open_array(json, "findings");
    for (const struct fit_rule *rule = fit_rules; rule->code; rule++)
        if (fit_holds(rule, check))
            write_finding(rule, check, json);
    json_close_array(json);
    json_close_object(json);
}

int64_t fit_codes(const struct fit_check *check, enum fit_kind kind, struct buf *text)
{
    int64_t count = 0;
    for (const struct fit_rule *rule = fit_rules; rule->code; rule++)
        if (rule->kind == kind && fit_holds(rule, check))
            buf_printf(text, "%s%s", count++ ? "," : "", rule->code);
    return count;
}

/* ---------------------------------------------------------------- questions */

static const struct option_def *field_of(const char *name)
{
    const struct option_def *field = fit_fields;
    while (field->name && strcmp(field->name, name) != 0)
        field++;
    assert(field->name);
    return field;
}

static void write_question(const struct fit_question *question, struct buf *json)
{
    const struct option_def alone[] = {*field_of(question->name), {0}};
    json_open_object(json, NULL);
    json_text(json, "english", question->english);
    json_text(json, "chinese", question->chinese);
    option_write_json(alone, "field", json);
    json_close_object(json);
}

void fit_write_questions(struct buf *json)
{
    json_open_array(json, "steps");
    for (const struct fit_words *step = fit_steps; step->code; step++) {
        json_open_object(json, NULL);
        json_text(json, "step", step->code);
        json_text(json, "english", step->english);
        json_text(json, "chinese", step->chinese);
        json_open_array(json, "questions");
        for (const struct fit_question *question = fit_questions; question->name; question++)
            if (strcmp(question->step, step->code) == 0)
                write_question(question, json);
        json_close_array(json);
        json_close_object(json);
    }
    json_close_array(json);
}
