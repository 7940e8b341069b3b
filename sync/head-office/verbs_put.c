/* What programs of others tell head office: orders of platforms that it does not know itself. */
#include "base/json.h"
#include "sync/head-office/order_put.h"
#include "sync/head-office/verb.h"

#include <errno.h>

struct fields {
    char shop[65];
    char order[VERB_VALUE_MAX];
};

static const struct option_def put_fields[] = {
    {"shop", OPTION_TEXT_AT(struct fields, shop), .help = "the shop that it was bought in"},
    {"order", OPTION_TEXT_AT(struct fields, order),
     .help = "the whole order, a JSON object: docs/third-party-platform.md has its members"},
    {0}};

static int put_order(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct platform_order order = {.line_count = 0};
    char number[65];
    const char *taken = "";
    json_t *root = json_loads(fields->order, JSON_REJECT_DUPLICATES, NULL);
    int result = order_put_read(root, &order, error);
    if (!result)
        result = order_put_take(call->office, fields->shop, &order, number, &taken, error);
    order_put_done(&order);
    json_decref(root);
    if (result)
        return result;
    json_text(call->answer, "order", number);
    json_text(call->answer, "taken", taken);
    return 0;
}

const struct office_verb put_verbs[] = {
    VERB("order.put", put_fields, put_order, "Take an order of a platform, or what has become of it", "写入平台订单"),
    {0},
};
