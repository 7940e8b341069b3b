/* A parcel on the scale: does it weigh what is in it? */
#include "floor/parcel.h"

#include "base/json.h"
#include "floor/settings.h"
#include "store/binding.h"
#include "store/parcel_weight.h"

#include <stdio.h>

struct bounds {
    bool known;
    int64_t expected, low, high;
};

int weigh_wanted(struct scan *scan, bool *ret)
{
    int64_t when;
    int result = setting_get(scan->store, SETTING_weigh_parcels, &when);
    if (!result)
        *ret =
            when == WEIGH_ALWAYS || (when == WEIGH_WITH_SCALE && station_has_scale(scan->store, scan->event->station));
    return result;
}

static int find_bounds(struct scan *scan, int64_t parcel, struct bounds *ret)
{
    struct parcel_weight weight = {0};
    int64_t least, percent;
    int result = parcel_weight_expected(scan->store, parcel, &weight);
    if (!result)
        result = setting_get(scan->store, SETTING_weight_least_g, &least);
    if (!result)
        result = setting_get(scan->store, SETTING_weight_percent, &percent);
    if (result)
        return result;
    int64_t share = (weight.grams * percent + 50) / 100, tolerance = least > share ? least : share;
    tolerance = tolerance > weight.spread_g ? tolerance : weight.spread_g;
    *ret = (struct bounds){.known = weight.known,
                           .expected = weight.grams,
                           .low = weight.grams > tolerance ? weight.grams - tolerance : 1,
                           .high = weight.grams + tolerance};
    return 0;
}

static int refuse_weight(struct scan *scan, int64_t grams, const struct bounds *bounds)
{
    struct answer *answer = refusal(scan, E13_WEIGHT);
    answer_number(answer, "g", grams);
    answer_number(answer, "lo", bounds->low);
    answer_number(answer, "hi", bounds->high);
    return FLOOR_REFUSED;
}

int weigh_parcel(struct scan *scan, const struct order *order, struct parcel *parcel, int64_t grams)
{
    char name[PARCEL_NAME_MAX];
    struct bounds bounds;
    int result = find_bounds(scan, parcel->id, &bounds);
    if (result)
        return result;
    if (grams <= 0)
        return refuse_other_code(scan, "the parcel on the scale", "放上秤的包裹");
    bool fits = !bounds.known || (grams >= bounds.low && grams <= bounds.high);
    if (!fits && !parcel->forced)
        return refuse_weight(scan, grams, &bounds);
    parcel_name(order, name);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "parcel", name);
    json_int(&scan->data, "weight_g", grams);
    if (bounds.known) {
        json_int(&scan->data, "expected_g", bounds.expected);
        json_int(&scan->data, "low_g", bounds.low);
        json_int(&scan->data, "high_g", bounds.high);
    }
    json_bool(&scan->data, "forced", !fits);
    result = record(scan, "parcel.weighed", "parcel", name);
    parcel->weight_g = grams;
    return result ? result : parcel_weight_set(scan->store, parcel->id, grams);
}

void weigh_show(struct scan *scan, struct view *view, int64_t parcel)
{
    struct bounds bounds;
    view->expect = "weight";
    if (find_bounds(scan, parcel, &bounds) != 0 || !bounds.known) {
        answer_set(&view->prompt, ASK_WEIGH_PARCEL);
        return;
    }
    answer_set(&view->prompt, ASK_WEIGH_BETWEEN);
    answer_number(&view->prompt, "lo", bounds.low);
    answer_number(&view->prompt, "hi", bounds.high);
}
