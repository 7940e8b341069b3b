/* One order into several, several into one, and back. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/orders/order_split.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fields {
    char order[ORDERS_NUMBER_SIZE], parts[8000], orders[4000];
};

#define TEXT(member) OPTION_TEXT_AT(struct fields, member)

static const struct option_def split_fields[] = {
    {"order", TEXT(order), .help = "the order's number"},
    {"parts", TEXT(parts),
     .help = "a list of parts, each a list of {\"line\", \"quantity\"}; what none of them names is one more"},
    {0}};
static const struct option_def merge_fields[] = {
    {"orders", TEXT(orders), .help = "a list of numbers of orders of one shop to one receiver"}, {0}};
static const struct option_def undo_fields[] = {
    {"order", TEXT(order), .help = "the order that was split, or the one that was merged"}, {0}};

/* ---------------------------------------------------------------- splitting */

static struct split_line *find_line(struct split_plan *plan, int64_t number)
{
    for (size_t i = 0; i < plan->line_count; i++)
        if (plan->lines[i].line == number)
            return &plan->lines[i];
    return NULL;
}

static int read_part(struct split_plan *plan, const json_t *part, struct error *error)
{
    size_t index;
    json_t *piece;
    if (!json_is_array(part) || plan->parts == SPLIT_PARTS_MAX)
        return error_set(error, -EINVAL, "\"parts\" is a list of up to %d lists", SPLIT_PARTS_MAX);
    json_array_foreach((json_t *)(uintptr_t)part, index, piece)
    {
        struct split_line *line = find_line(plan, json_integer_value(json_object_get(piece, "line")));
        int64_t quantity = json_integer_value(json_object_get(piece, "quantity"));
        if (!line)
            return error_set(error, -EINVAL, "part %zu names a line that the order does not have", plan->parts + 1);
        if (quantity < 1 || quantity > line->quantity)
            return error_set(error, -EINVAL, "line %lld has %lld pieces", (long long)line->line,
                             (long long)line->quantity);
        line->share[plan->parts] += quantity;
    }
    plan->parts++;
    return 0;
}

/* What no part names is one more. */
static int add_rest(struct split_plan *plan, struct error *error)
{
    bool any = false;
    for (size_t i = 0; i < plan->line_count; i++) {
        int64_t left = plan->lines[i].quantity;
        for (size_t part = 0; part < plan->parts; part++)
            left -= plan->lines[i].share[part];
        if (left <= 0)
            continue;
        if (plan->parts == SPLIT_PARTS_MAX)
            return error_set(error, -EINVAL, "an order is split into %d parts at most", SPLIT_PARTS_MAX);
        plan->lines[i].share[plan->parts] = left;
        any = true;
    }
    plan->parts += any;
    return 0;
}

static int read_plan(struct verb_call *call, struct split_plan *plan, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = order_split_load(call->office, fields->order, plan, error);
    if (result)
        return result;
    json_t *parts = json_loads(fields->parts, 0, NULL);
    size_t index;
    json_t *part;
    if (!json_is_array(parts))
        result = error_set(error, -EINVAL, "\"parts\" is no list");
    json_array_foreach(parts, index, part)
    {
        if (!result)
            result = read_part(plan, part, error);
    }
    json_decref(parts);
    return result ? result : add_rest(plan, error);
}

static int split(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char children[SPLIT_PARTS_MAX][ORDERS_NUMBER_SIZE];
    struct split_plan *plan = malloc(sizeof(*plan));
    int result = plan ? read_plan(call, plan, error) : error_set(error, -ENOMEM, "there is no memory");
    if (!result)
        result = order_split(call->office, fields->order, plan, call->who, children, error);
    json_open_array(call->answer, "orders");
    for (size_t i = 0; plan && i < plan->parts && !result; i++)
        json_text(call->answer, NULL, children[i]);
    json_close_array(call->answer);
    free(plan);
    return result;
}

/* ---------------------------------------------------------------- merging, and back */

static int read_numbers(const char *text, char (*out)[ORDERS_NUMBER_SIZE], size_t *ret_count, struct error *error)
{
    json_t *list = json_loads(text, 0, NULL), *number;
    size_t index;
    int result = json_is_array(list) && json_array_size(list) <= MERGE_ORDERS_MAX
                     ? 0
                     : error_set(error, -EINVAL, "\"orders\" is a list of up to %d numbers", MERGE_ORDERS_MAX);
    *ret_count = 0;
    json_array_foreach(list, index, number)
    {
        if (!result &&
            (!json_is_string(number) || !text_copy(out[(*ret_count)++], ORDERS_NUMBER_SIZE, json_string_value(number))))
            result = error_set(error, -EINVAL, "\"orders\" has something that is no order's number");
    }
    json_decref(list);
    return result;
}

static int merge(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char numbers[MERGE_ORDERS_MAX][ORDERS_NUMBER_SIZE], merged[ORDERS_NUMBER_SIZE] = "";
    size_t count;
    int result = read_numbers(fields->orders, numbers, &count, error);
    if (!result)
        result = order_merge(call->office, (const char(*)[ORDERS_NUMBER_SIZE])numbers, count, call->who, merged, error);
    json_text(call->answer, "order", merged);
    return result;
}

static int undo(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "order", fields->order);
    return order_undo(call->office, fields->order, call->who, error);
}

const struct office_verb split_verbs[] = {
    VERB("order.split", split_fields, split, "Make several orders of one", "拆单"),
    VERB("order.merge", merge_fields, merge, "Make one order of several to one receiver", "合单"),
    VERB("order.undo", undo_fields, undo, "Take a split or a merge back", "撤销拆单或合单"),
    {0},
};
