#include "store/order_lease.h"

#include <errno.h>

#define WAITS_FOR_LEASE "lacks = -1" /* of an order in state received: no item has this number */

int order_lease_offer(struct store *store, int64_t order, int64_t lease_us)
{
    const struct stamp *now = &store->stamp;
    bool trusted = now->clock == CLOCK_SYNCED;
    int result = sql_run(store->sql,
                         "INSERT INTO order_lease (order_id, next_until_us, next_wall_us) VALUES (?1, ?2, ?3) ON "
                         "CONFLICT DO UPDATE SET next_until_us = ?2, next_wall_us = ?3",
                         sql_int(order), sql_int(now->mono_us + lease_us),
                         trusted ? sql_int(now->wall_us + lease_us) : sql_null());
    if (result)
        return result;
    return sql_run(store->sql,
                   "UPDATE orders SET lacks = -1, lacks_pieces = 1 WHERE id = ?1 AND state = 'received' AND "
                   "(SELECT until_us IS NULL FROM order_lease WHERE order_id = ?1)",
                   sql_int(order));
}

int order_lease_met(struct store *store, int64_t feed_head)
{
    return sql_run(store->sql, "UPDATE own_clock SET feed_head = ?1", sql_int(feed_head));
}

int order_lease_settle(struct store *store)
{
    int64_t all_here;
    int result = sql_number(store->sql, &all_here,
                            "SELECT linked = 1 AND feed_seq >= (SELECT feed_head FROM own_clock) AND EXISTS (SELECT 1 "
                            "FROM order_lease WHERE next_until_us IS NOT NULL) FROM stream",
                            SQL_NO_VALUES);
    if (result || !all_here)
        return result;
    result = sql_run(store->sql,
                     "UPDATE order_lease SET until_us = next_until_us, until_wall_us = next_wall_us, next_until_us = "
                     "NULL, next_wall_us = NULL WHERE next_until_us IS NOT NULL",
                     SQL_NO_VALUES);
    if (!result)
        result = sql_run(store->sql,
                         "UPDATE orders SET state = 'received', reason = '' WHERE state = 'parked' AND reason = "
                         "'lease' AND id IN (SELECT order_id FROM order_lease WHERE until_us > ?1)",
                         sql_int(store->stamp.mono_us));
    return result ? result
                  : sql_run(store->sql,
                            "UPDATE orders SET lacks = 0, lacks_pieces = 0 WHERE state = 'received' AND cancelled = 0 "
                            "AND " WAITS_FOR_LEASE,
                            SQL_NO_VALUES);
}

int order_lease_over(struct store *store, int64_t *ret_order)
{
    return sql_number(store->sql, ret_order, "SELECT order_id FROM order_lease WHERE until_us <= ?1 LIMIT 1",
                      sql_int(store->stamp.mono_us));
}

int order_lease_end(struct store *store, int64_t order)
{
    return sql_run(store->sql, "DELETE FROM order_lease WHERE order_id = ?1", sql_int(order));
}

int order_lease_waiting(struct store *store, int64_t *ret_order)
{
    return sql_number(store->sql, ret_order,
                      "SELECT id FROM orders WHERE state = 'parked' AND reason = 'lease' ORDER BY priority DESC, id "
                      "LIMIT 1",
                      SQL_NO_VALUES);
}

/* What is left by the time of day; nothing where that is or was in doubt. */
#define LEFT(wall) "iif(?2 AND " wall " IS NOT NULL, ?1 + " wall " - ?3, 0)"

int order_lease_boot(struct store *store, const char *boot)
{
    const struct stamp *now = &store->stamp;
    int result = sql_run(store->sql, "UPDATE own_clock SET boot = ?1, feed_head = 0 WHERE boot <> ?1 OR ?1 = ''",
                         sql_text(boot));
    if (result || sql_changes(store->sql) == 0)
        return result;
    return sql_run(store->sql,
                   "UPDATE order_lease SET until_us = iif(until_us IS NULL, NULL, " LEFT(
                       "until_wall_us") "), "
                                        "next_until_us = iif(next_until_us IS NULL, NULL, " LEFT("next_wall_us") ")",
                   sql_int(now->mono_us), sql_int(now->clock == CLOCK_SYNCED), sql_int(now->wall_us));
}
