/* What can be promised of an item: what lies at the sites and is nobody's yet. Does not promise anything, and knows no
 * buffers and no channels. */
#ifndef HEAD_OFFICE_ATP_H
#define HEAD_OFFICE_ATP_H

#include "sync/head-office/office.h"

/* Rows of sku, atp, on_hand, assigned, waiting, left_out; "" every item. On hand: in bins of the sites, as far as their
 * events have come; assigned: wanted by orders that a site has; waiting: wanted by orders that no site has. What is not
 * assigned at a site that was not heard for silent_s is left out: nobody knows what has become of it. */
struct sql_query *atp_select(struct office *office, const char *sku, int64_t silent_s);

/* What can be sold of stock s: what lies in good bins. Conditions follow with AND. */
#define GOOD_STOCK                                                                                                     \
    "stock s LEFT JOIN location l ON l.site = s.site AND l.code = s.location"                                          \
    " WHERE coalesce(l.kind, 'face') NOT IN ('damage', 'return', 'gate')"

/* The same as tables in front of a statement, the last of them atp (sku, pieces, on_hand, assigned, waiting, left_out):
 * of items whose SKU is so, a condition on it; ?1 is the time, ?2 silent_s. A site's free pieces count as far as there
 * are any: what it lacks is its own matter. */
#define ATP_OF(which)                                                                                                  \
    "WITH lies AS (SELECT s.site, s.sku, sum(s.quantity) AS pieces FROM " GOOD_STOCK " AND s.sku " which               \
    " GROUP BY 1, 2),"                                                                                                 \
    " wanted AS (SELECT site, sku, sum(left_open) AS pieces FROM reservation WHERE left_open > 0 AND sku " which       \
    " GROUP BY 1, 2),"                                                                                                 \
    " waits AS (SELECT l.sku, sum(l.quantity - l.refunded) AS pieces FROM orders o JOIN order_line l USING (number) "  \
    "WHERE o.state"                                                                                                    \
    " IN ('audit', 'exception') AND l.sku IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.number ="    \
    " o.number) GROUP BY 1),"                                                                                          \
    " there AS (SELECT i.sku, coalesce(h.pieces, 0) AS on_hand, coalesce(w.pieces, 0) AS assigned,"                    \
    " CASE WHEN coalesce(h.pieces, 0) > coalesce(w.pieces, 0) THEN coalesce(h.pieces, 0) - coalesce(w.pieces, 0)"      \
    " ELSE 0 END AS free, ?1 - coalesce(t.last_seen_us, 0) > ?2 * 1000000 AS silent FROM item i CROSS JOIN site t"     \
    " LEFT JOIN lies h ON h.site = t.id AND h.sku = i.sku LEFT JOIN wanted w ON w.site = t.id AND w.sku = i.sku"       \
    " WHERE i.sku " which "),"                                                                                         \
    " summed AS (SELECT sku, sum(CASE WHEN silent THEN 0 ELSE free END) AS free, sum(on_hand) AS on_hand,"             \
    " sum(assigned) AS assigned, sum(CASE WHEN silent THEN free ELSE 0 END) AS unheard FROM there GROUP BY sku),"      \
    " atp AS (SELECT n.sku, CAST(CASE WHEN n.free > coalesce(p.pieces, 0) THEN n.free - coalesce(p.pieces, 0) ELSE 0"  \
    " END AS BIGINT) AS pieces, n.on_hand, n.assigned, coalesce(p.pieces, 0) AS waiting, n.unheard AS left_out FROM "  \
    "summed n LEFT"                                                                                                    \
    " JOIN waits p ON p.sku = n.sku)"

#endif
