#include "sync/head-office/atp.h"

/* A site's free pieces count as far as there are any: what it lacks is its own matter. */
static const char statement[] =
    "WITH lies AS (SELECT s.site, s.sku, sum(s.quantity) AS pieces FROM stock s LEFT JOIN location l ON l.site = s.site"
    " AND l.code = s.location WHERE coalesce(l.kind, 'face') NOT IN ('damage', 'return', 'gate') GROUP BY 1, 2),"
    " wanted AS (SELECT o.site, l.sku, sum(l.quantity - l.picked) AS pieces FROM orders o JOIN order_line l USING"
    " (number) WHERE o.state IN ('imported', 'released', 'received', 'allocated', 'picking', 'short', 'parked')"
    " GROUP BY 1, 2),"
    " there AS (SELECT i.sku, t.id AS site, coalesce(h.pieces, 0) AS on_hand, coalesce(w.pieces, 0) AS assigned,"
    " ?2 - coalesce(t.last_seen_us, 0) > ?3 * 1000000 AS silent FROM item i JOIN site t LEFT JOIN lies h ON h.site = "
    "t.id"
    " AND h.sku = i.sku LEFT JOIN wanted w ON w.site = t.id AND w.sku = i.sku WHERE ?1 IN ('', i.sku))"
    " SELECT n.sku, max(sum(iif(silent, 0, max(on_hand - assigned, 0))) - coalesce(p.pieces, 0), 0), sum(on_hand),"
    " sum(assigned), coalesce(p.pieces, 0), sum(iif(silent, max(on_hand - assigned, 0), 0)) FROM there n LEFT JOIN "
    "wanted p"
    " ON p.site IS NULL AND p.sku = n.sku GROUP BY n.sku ORDER BY n.sku";

struct sql_query *atp_select(struct office *office, const char *sku, int64_t silent_s)
{
    return sql_select(office->sql, statement, sql_text(sku), sql_int(office->now_us), sql_int(silent_s));
}
