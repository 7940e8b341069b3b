/* Parts of statements about promised stock that promises.c and promises_next.c share. Not for anyone else. */
#ifndef HEAD_OFFICE_PROMISES_SQL_H
#define HEAD_OFFICE_PROMISES_SQL_H

#include "sync/head-office/stock/atp.h"

#define SKU_SIZE 65

/* Pieces that can be sold of a site t and an item w: in its good bins, less what it owes. */
#define LEFT                                                                                                           \
    "(SELECT coalesce(sum(s.quantity), 0) FROM " GOOD_STOCK " AND s.sku = w.sku AND s.site = t.id)"                    \
    " - (SELECT coalesce(sum(r.left_open), 0) FROM reservation r WHERE r.sku = w.sku AND r.site = t.id"                \
    " AND r.left_open > 0)"

/* What order ?1 wants, lines of one item together. */
#define WANTED                                                                                                         \
    "(SELECT sku, sum(quantity - refunded) AS pieces FROM order_line WHERE number = ?1 AND quantity > refunded"        \
    " GROUP BY sku) w"

/* Of a site t that has not been heard for long nothing is promised: at ?2, after ?3 hours. */
#define HEARD "?2 - coalesce(t.last_seen_us, 0) <= ?3 * 3600000000"

/* Site t may do order o. */
#define ALLOWED "coalesce(o.only_site, t.id) = t.id"

#define IN_TURN "o.priority DESC, coalesce(o.paid_us, o.imported_us), o.number"

#endif
