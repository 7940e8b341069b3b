/* What programs of others tell head office: orders of platforms that it does not know itself. */
#include "base/json.h"
#include "sync/head-office/orders/order_put.h"
#include "sync/head-office/shops/shops.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

struct fields {
    char shop[SHOP_CODE_SIZE], platform[33], name[65];
    char order[VERB_VALUE_MAX];
};

static const struct option_def put_fields[] = {
    {"shop", OPTION_TEXT_AT(struct fields, shop), .help = "the shop that it was bought in"},
    {"order", OPTION_PRIVATE_AT(struct fields, order),
     .help = "the whole order, a JSON object: docs/third-party-platform.md has its members"},
    {0}};

static const struct option_def shop_fields[] = {
    {"shop", OPTION_TEXT_AT(struct fields, shop), .help = "its short name: it begins its orders' numbers"},
    {"platform", OPTION_TEXT_AT(struct fields, platform), .help = "what the platform is called"},
    {"name", OPTION_TEXT_AT(struct fields, name), .fallback = "", .help = "the shop's name for people"},
    {0}};

static bool is_word(const char *text)
{
    return *text && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

/* A shop that head office does not speak for: a program of others does. */
static int add_shop(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    if (!is_word(fields->shop) || !is_word(fields->platform))
        return error_set(error, -EINVAL, "a shop's short name, and its platform's, are letters and digits");
    if (platform_find(fields->platform))
        return error_set(error, -EINVAL, "head office speaks with \"%s\" itself: shop.add", fields->platform);
    int result = sql_run(call->office->sql, "INSERT INTO shop (code, platform, name) VALUES (?1, ?2, ?3)",
                         sql_text(fields->shop), sql_text(fields->platform),
                         sql_text(*fields->name ? fields->name : fields->shop));
    if (result == -EEXIST)
        return error_set(error, result, "there is a shop \"%s\" already", fields->shop);
    json_text(call->answer, "shop", fields->shop);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

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
    VERB("shop.add_own", shop_fields, add_shop, "Add a shop whose orders a program of others tells",
         "添加自有渠道店铺"),
    VERB("order.put", put_fields, put_order, "Take an order of a platform, or what has become of it", "写入平台订单"),
    {0},
};
