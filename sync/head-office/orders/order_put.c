#include "sync/head-office/orders/order_put.h"

#include "base/text.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/shops/platform_orders.h"

#include <errno.h>
#include <stdio.h>

static int find_shop(struct office *office, const char *shop, char platform[65], char carrier[65], struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT platform, carrier FROM shop WHERE code = ?1", sql_text(shop));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, platform, 65);
        sql_copy_text(row, 1, carrier, 65);
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no shop \"%s\"", shop);
}

/* Who tells an order is there to hear what is wrong with it: nothing of it is kept for a person, as of a platform's
 * that nobody can correct. */
int order_put_take(struct office *office, const char *shop, const struct platform_order *order, char ret_number[65],
                   const char **ret_taken, struct error *error)
{
    static const char *const names[] = {
        [PLATFORM_SAME] = "same", [PLATFORM_NEW] = "new", [PLATFORM_CHANGED] = "changed"};
    char platform[65], carrier[65];
    struct settings settings;
    enum platform_taken taken;
    if ((size_t)snprintf(ret_number, ORDERS_NUMBER_SIZE, "%s-%s", shop, order->id) >= ORDERS_NUMBER_SIZE)
        return error_set(error, -EINVAL, "\"id\" is too long to be a part of the order's number.");
    int result = find_shop(office, shop, platform, carrier, error);
    if (!result)
        result = settings_load(office, &settings, error);
    if (result)
        return result;
    const struct platform_source source = {.shop = shop, .platform = platform, .carrier = carrier};
    result = platform_orders_take(office, &settings, &source, order, &taken, error);
    if (!result && taken == PLATFORM_WAITS)
        return -EDQUOT;
    if (!result && taken == PLATFORM_NOT_TAKEN)
        return -EALREADY; /* and the sentence says why */
    *ret_taken = result ? "" : names[taken];
    return result;
}
