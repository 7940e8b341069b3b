/* What head office is asked to do for programs of others: keys, webhooks, and the one way to a whole receiver. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/api/keys.h"
#include "sync/head-office/api/webhooks.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/verb.h"

#include <errno.h>

struct fields {
    char key[KEY_ID_SIZE], name[KEY_NAME_SIZE], shop[KEY_SHOP_SIZE];
    char reads[KEY_SCOPE_SIZE], verbs[KEY_SCOPE_SIZE];
    char webhook[WEBHOOK_ID_SIZE], url[WEBHOOK_URL_SIZE], events[WEBHOOK_EVENTS_SIZE];
    bool skip;
    char order[ORDERS_NUMBER_SIZE];
};

#define TEXT(member) OPTION_TEXT_AT(struct fields, member)

static const struct option_def add_fields[] = {
    {"name", TEXT(name), .help = "whose it is, for people"},
    {"reads", TEXT(reads), .fallback = "",
     .help = "the kinds of rows that it may look at, with commas; * stands for any letters"},
    {"verbs", TEXT(verbs), .fallback = "",
     .help = "what it may ask for, in the same way; import.KIND for files; verbs that make keys must be named whole"},
    {"shop", TEXT(shop), .fallback = "",
     .help = "it sees and changes this shop's orders alone; left out: no such limit"},
    {0}};
static const struct option_def key_fields[] = {{"key", TEXT(key), .help = "which key, by its short name"}, {0}};

static const struct option_def order_fields[] = {{"order", TEXT(order), .help = "the order's number"}, {0}};
#define WEBHOOK                                                                                                        \
    {                                                                                                                  \
        "webhook", TEXT(webhook), .help = "which webhook"                                                              \
    }
static const struct option_def webhook_fields[] = {WEBHOOK, {0}};
static const struct option_def add_webhook_fields[] = {
    {"url", TEXT(url), .help = "where messages are sent to: https://..."},
    {"events", TEXT(events),
     .help = "what it is told, with commas, * for any letters: types of sites' events, and office.order.ACT"},
    {0}};
static const struct option_def start_webhook_fields[] = {
    WEBHOOK,
    {"skip", OPTION_FLAG_AT(struct fields, skip), .fallback = "no", .help = "what waits for it is forgotten"},
    {0}};

static int add_key(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char key[KEY_TEXT_SIZE];
    int result =
        keys_add(call->office, fields->name, fields->reads, fields->verbs, fields->shop, call->who, key, error);
    if (result)
        return result;
    char id[KEY_ID_SIZE];
    text_copy_n(id, sizeof(id), key + sizeof("fhk_") - 1, KEY_ID_SIZE - 1);
    json_text(call->answer, "key", id);
    json_text(call->answer, "secret", key); /* now, and never again */
    return 0;
}

static int revoke_key(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "key", fields->key);
    return keys_revoke(call->office, fields->key, error);
}

static int add_webhook(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char id[WEBHOOK_ID_SIZE], secret[WEBHOOK_SECRET_SIZE];
    int result = webhooks_add(call->office, fields->url, fields->events, id, secret, error);
    if (result)
        return result;
    json_text(call->answer, "webhook", id);
    json_text(call->answer, "secret", secret); /* now, and never again */
    return 0;
}

static int remove_webhook(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "webhook", fields->webhook);
    return webhooks_remove(call->office, fields->webhook, error);
}

static int stop_webhook(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "webhook", fields->webhook);
    return webhooks_stop(call->office, fields->webhook, error);
}

static int start_webhook(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "webhook", fields->webhook);
    return webhooks_start(call->office, fields->webhook, fields->skip, error);
}

static int test_webhook(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "webhook", fields->webhook);
    return webhooks_test(call->office, fields->webhook, error);
}

/* Lists mask receivers. Whoever must know one says so, and it stands in the order's history who it was. */
static int reveal(struct verb_call *call, struct error *error)
{
    static const char *const members[] = {"name", "phone", "address", "province", "city", "district"};
    const struct fields *fields = call->fields;
    struct sql_query *row = sql_select(call->office->sql,
                                       "SELECT receiver_name, receiver_phone, receiver_address, province, city, "
                                       "district FROM orders WHERE number = ?1",
                                       sql_text(fields->order));
    bool found = sql_next(row);
    json_text(call->answer, "order", fields->order);
    for (int i = 0; found && i < (int)COUNT(members); i++)
        json_text(call->answer, members[i], sql_get_text(row, i));
    int result = sql_done(row);
    if (!result && !found)
        return error_set(error, -ENOENT, "there is no order \"%s\"", fields->order);
    if (!result)
        result = sql_run(call->office->sql,
                         "INSERT INTO order_history (number, time_us, act, before, after, who)"
                         " SELECT number, ?2, 'revealed', state, state, ?3 FROM orders WHERE number = ?1",
                         sql_text(fields->order), sql_int(call->office->now_us), sql_text(call->who));
    return result ? office_failed(call->office->sql, result, error) : 0;
}

const struct office_verb api_verbs[] = {
    VERB("key.add", add_fields, add_key, "Make a key for a program of others: it is shown once",
         "新建接口密钥(只显示一次)"),
    VERB("key.revoke", key_fields, revoke_key, "A key is good no more", "吊销接口密钥"),
    VERB("order.reveal", order_fields, reveal, "Show an order's whole receiver, and write down who wanted it",
         "查看完整收货信息(留痕)"),
    VERB("webhook.add", add_webhook_fields, add_webhook,
         "Tell a program of others what happens: its secret is shown once", "新建事件推送(密钥只显示一次)"),
    VERB("webhook.remove", webhook_fields, remove_webhook, "Tell it nothing more, and forget what waits",
         "删除事件推送"),
    VERB("webhook.stop", webhook_fields, stop_webhook, "Keep what it is to be told until it is started again",
         "暂停事件推送"),
    VERB("webhook.start", start_webhook_fields, start_webhook, "Tell it again what happens", "恢复事件推送"),
    VERB("webhook.test", webhook_fields, test_webhook, "Send it a message that says nothing", "测试事件推送"),
    {0},
};
