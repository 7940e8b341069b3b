#include "sync/head-office/atp.h"

/* A site's free pieces count as far as there are any: what it lacks is its own matter. */
static const char statement[] =
    "WITH lies AS (SELECT s.site, s.sku, sum(s.quantity) AS pieces FROM stock s LEFT JOIN location l ON l.site = s.site"
    " AND l.code = s.location WHERE coalesce(l.kind, 'face') NOT IN ('damage', 'return', 'gate') GROUP BY 1, 2),"
    " wanted AS (SELECT site, sku, sum(left_open) AS pieces FROM reservation WHERE left_open > 0 GROUP BY 1, 2),"
    " waits AS (SELECT l.sku, sum(l.quantity) AS pieces FROM orders o JOIN order_line l USING (number) WHERE o.state IN"
    " ('audit', 'exception') AND l.sku IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.number ="
    " o.number) GROUP BY 1),"
    " there AS (SELECT i.sku, coalesce(h.pieces, 0) AS on_hand, coalesce(w.pieces, 0) AS assigned,"
    " CASE WHEN coalesce(h.pieces, 0) > coalesce(w.pieces, 0) THEN coalesce(h.pieces, 0) - coalesce(w.pieces, 0) ELSE 0"
    " END AS free, ?2 - coalesce(t.last_seen_us, 0) > ?3 * 1000000 AS silent FROM item i CROSS JOIN site t"
    " LEFT JOIN lies h ON h.site = t.id AND h.sku = i.sku LEFT JOIN wanted w ON w.site = t.id AND w.sku = i.sku"
    " WHERE ?1 IN ('', i.sku)),"
    " summed AS (SELECT sku, sum(CASE WHEN silent THEN 0 ELSE free END) AS free, sum(on_hand) AS on_hand,"
    " sum(assigned) AS assigned, sum(CASE WHEN silent THEN free ELSE 0 END) AS unheard FROM there GROUP BY sku)"
    " SELECT n.sku, CASE WHEN n.free > coalesce(p.pieces, 0) THEN n.free - coalesce(p.pieces, 0) ELSE 0 END,"
    " n.on_hand, n.assigned, coalesce(p.pieces, 0), n.unheard FROM summed n LEFT JOIN waits p"
    " ON p.sku = n.sku ORDER BY n.sku";

struct sql_query *atp_select(struct office *office, const char *sku, int64_t silent_s)
{
    return sql_select(office->sql, statement, sql_text(sku), sql_int(office->now_us), sql_int(silent_s));
}
