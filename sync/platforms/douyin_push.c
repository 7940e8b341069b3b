/* What Douyin pushes: an array of messages, signed by MD5 over the app's key, the body and the app's secret. */
#include "base/text.h"
#include "sync/platforms/douyin.h"
#include "sync/platforms/push.h"

#include <errno.h>
#include <string.h>

static bool is_signed(const struct platform_shop *shop, const char *headers, const char *body, size_t length)
{
    CLEANUP_BUF struct buf base = {0}, sign = {0};
    struct crypto_digest digest;
    buf_puts(&base, shop->app_key);
    buf_put(&base, body, length);
    buf_puts(&base, shop->app_secret);
    if (!*shop->app_secret || base.failed || crypto_hash(CRYPTO_MD5, base.data, base.length, &digest) != 0)
        return false;
    crypto_put_hex(&sign, &digest, false);
    return push_has_header(headers, "event-sign", buf_text(&sign));
}

/* The message itself is JSON in a text. What cannot be read of it hints at nothing more than its topic. */
static void take_message(const json_t *message, struct platform_hint *hint)
{
    static const char *const orders[] = {"p_id", "shop_order_id", "order_id", NULL};
    static const char *const refunds[] = {"aftersale_id", "after_sale_id", NULL};
    static const char *const shops[] = {"shop_id", NULL}, *const ids[] = {"msg_id", NULL},
                             *const tags[] = {"tag", NULL};
    const char *text = text_json_text(message, "data");
    CLEANUP_TEXT_JSON json_t *data = NULL;
    *hint = (struct platform_hint){0};
    push_take(message, ids, hint->message, sizeof(hint->message));
    push_take(message, tags, hint->topic, sizeof(hint->topic));
    if (*text)
        (void)text_json_load(text, strlen(text), &data, NULL);
    const json_t *body = data ? data : text_json_at(message, "data");
    push_take(body, shops, hint->shop, sizeof(hint->shop));
    push_take(body, orders, hint->order, sizeof(hint->order));
    push_take(body, refunds, hint->refund, sizeof(hint->refund));
}

int douyin_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
                struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply, struct error *error)
{
    CLEANUP_TEXT_JSON json_t *root = NULL;
    *ret_count = 0;
    if (!is_signed(shop, headers, body, length))
        return error_set(error, -EACCES, "this was not signed by Douyin for this app");
    int result = text_json_load(body, length, &root, error);
    size_t count = json_is_array(root) ? json_array_size(root) : 1;
    if (!result && count > room)
        result = error_set(error, -E2BIG, "%zu messages came at once, and %zu are read", count, room);
    if (result)
        return result;
    for (size_t i = 0; i < count; i++)
        take_message(json_is_array(root) ? json_array_get(root, i) : root, &hints[i]);
    *ret_count = count;
    buf_puts(ret_reply, "{\"code\":0,\"msg\":\"success\"}");
    return ret_reply->failed ? -ENOMEM : 0;
}
