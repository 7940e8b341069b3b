/* What Kuaishou pushes: one message, sealed by AES with the app's message secret. The seal says that it was made with
 * the secret, and no more: what is in it must be a message for this app. */
#include "base/text.h"
#include "sync/platforms/kuaishou.h"
#include "sync/platforms/push.h"

#include <errno.h>
#include <string.h>

static int open_message(const struct platform_shop *shop, const char *body, size_t length, json_t **ret,
                        struct error *error)
{
    CLEANUP_BUF struct buf key = {0}, sealed = {0}, plain = {0};
    int result = *shop->push_secret ? crypto_from_base64(shop->push_secret, strlen(shop->push_secret), &key) : -EACCES;
    if (!result)
        result = crypto_from_base64(body, length, &sealed);
    if (!result)
        result = crypto_open_aes(&key, &sealed, &plain);
    if (!result)
        result = text_json_load(buf_text(&plain), plain.length, ret, error);
    if (result == -ENOMEM)
        return result;
    if (result || !*shop->app_key || strcmp(text_json_text(*ret, "appKey"), shop->app_key) != 0)
        return error_set(error, -EACCES, "this was not sealed by Kuaishou for this app");
    return 0;
}

/* What it is about is JSON in a text. */
static void take_message(const json_t *message, struct platform_hint *hint)
{
    static const char *const orders[] = {"oid", "orderId", NULL}, *const refunds[] = {"refundId", NULL};
    static const char *const shops[] = {"openId", "userId", NULL}, *const ids[] = {"msgId", "eventId", NULL};
    static const char *const events[] = {"event", NULL};
    const char *text = text_json_text(message, "info");
    CLEANUP_TEXT_JSON json_t *info = NULL;
    *hint = (struct platform_hint){0};
    push_take(message, ids, hint->message, sizeof(hint->message));
    push_take(message, events, hint->topic, sizeof(hint->topic));
    push_take(message, shops, hint->shop, sizeof(hint->shop));
    if (*text)
        (void)text_json_load(text, strlen(text), &info, NULL);
    push_take(info, orders, hint->order, sizeof(hint->order));
    push_take(info, refunds, hint->refund, sizeof(hint->refund));
}

int kuaishou_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
                  struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply,
                  struct error *error)
{
    (void)headers;
    CLEANUP_TEXT_JSON json_t *message = NULL;
    *ret_count = 0;
    int result = open_message(shop, body, length, &message, error);
    if (!result && room == 0)
        result = error_set(error, -E2BIG, "there is no room for a message");
    if (result)
        return result;
    take_message(message, &hints[0]);
    *ret_count = 1;
    buf_puts(ret_reply, "{\"result\":1}");
    return ret_reply->failed ? -ENOMEM : 0;
}
