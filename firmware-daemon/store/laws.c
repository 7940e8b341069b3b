#include "store/laws.h"

#include <errno.h>

#define SIGNED "sum(iif(m.reverses IS NULL, m.quantity, -m.quantity))"

/* Events whose quantity is the sum of their moves, one a line. */
/* clang-format off */
#define TELL_WHAT_MOVED \
    "'pick.line', " \
    "'pick.damaged', " \
    "'pick.batch', " \
    "'batch.damaged', " \
    "'sow.line', " \
    "'pack.item', " \
    "'return.received', " \
    "'return.graded', " \
    "'receipt.line', " \
    "'receipt.pallet', " \
    "'putaway.done', " \
    "'replen.item', " \
    "'replen.done', " \
    "'replen.returned', " \
    "'move.taken', " \
    "'move.put', " \
    "'adjust.posted', " \
    "'transfer.line', " \
    "'transfer.shipped'"
/* clang-format on */

/* Each counts what must not be. */
static const struct {
    const char *what, *text;
} laws[] = {
    {"the moves of each item sum to zero", "SELECT count(*) FROM (SELECT 1 FROM balance GROUP BY item HAVING "
                                           "sum(quantity) <> 0 OR sum(weight_g) <> 0)"},
    {"balances equal a rebuild from the moves",
     "WITH entry (location, lpn, item, lot, quantity, weight_g) AS ("
     "SELECT from_location, from_lpn, item, lot, -quantity, -weight_g FROM move UNION ALL "
     "SELECT to_location, to_lpn, item, lot, quantity, weight_g FROM move), "
     "rebuilt AS (SELECT location, lpn, item, lot, sum(quantity) AS quantity, sum(weight_g) AS weight_g FROM entry "
     "GROUP BY location, lpn, item, lot HAVING sum(quantity) <> 0 OR sum(weight_g) <> 0), "
     "kept AS (SELECT location, lpn, item, lot, quantity, weight_g FROM balance WHERE quantity <> 0 OR weight_g <> 0) "
     "SELECT (SELECT count(*) FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM kept)) + "
     "(SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM rebuilt))"},
    {"no physical place holds less than nothing", "SELECT count(*) FROM balance b JOIN location l ON l.id = b.location "
                                                  "WHERE l.kind <> 'virtual' AND b.quantity < 0"},
    {"nothing is promised that a bin does not hold",
     "SELECT count(*) FROM (SELECT a.item, a.location, a.lot, sum(a.open) AS promised FROM allocation a "
     "WHERE a.open > 0 GROUP BY a.item, a.location, a.lot) p WHERE promised > coalesce((SELECT quantity FROM balance b "
     "WHERE b.item = p.item AND b.location = p.location AND b.lot = p.lot AND b.lpn = 0), 0)"},
    {"what is promised and held is not more than there is", "SELECT count(*) FROM free_stock WHERE quantity < 0"},
    {"a plate's goods are where the plate is", "SELECT count(*) FROM balance b JOIN lpn p ON p.id = b.lpn WHERE p.id "
                                               "<> 0 AND b.quantity > 0 AND b.physical = 1 AND "
                                               "b.location <> p.location"},
    {"each serial number is in one place with its goods",
     "SELECT count(*) FROM (SELECT s.item, s.location, s.lpn, s.lot, count(*) AS numbers FROM serial s JOIN item i ON "
     "i.id = s.item JOIN location l ON l.id = s.location WHERE i.serials = 'all' AND l.kind <> 'virtual' "
     "GROUP BY s.item, s.location, s.lpn, s.lot) p FULL JOIN (SELECT b.item, b.location, b.lpn, b.lot, b.quantity FROM "
     "balance b JOIN item i ON i.id = b.item WHERE i.serials = 'all' AND b.physical = 1 AND b.quantity > 0) b "
     "ON b.item = p.item AND b.location = p.location AND b.lpn = p.lpn AND b.lot = p.lot WHERE p.numbers IS NOT "
     "b.quantity"},
    {"picked, sown, packed and shipped follow the moves",
     "SELECT count(*) FROM order_line l WHERE "
     "picked <> coalesce((SELECT " SIGNED " FROM move m WHERE m.line = l.id AND reason = 'pick'), 0) - "
     "coalesce((SELECT " SIGNED " FROM move m WHERE m.line = l.id AND reason = 'unpick'), 0) OR "
     "sown <> coalesce((SELECT " SIGNED " FROM move m WHERE m.line = l.id AND reason = 'sow'), 0) OR "
     "packed <> coalesce((SELECT " SIGNED " FROM move m WHERE m.line = l.id AND reason = 'pack'), 0) - "
     "coalesce((SELECT sum(quantity) FROM move m WHERE m.line = l.id AND reason = 'unpack'), 0) OR "
     "shipped <> coalesce((SELECT " SIGNED " FROM move m WHERE m.line = l.id AND reason = 'ship'), 0)"},
    {"documents follow the moves",
     "SELECT count(*) FROM document_line l WHERE "
     "done <> coalesce((SELECT " SIGNED
     " FROM move m WHERE m.document_line = l.id AND reason IN ('receive', 'transfer', "
     "'return')), 0) OR "
     "damaged <> coalesce((SELECT " SIGNED " FROM move m WHERE m.document_line = l.id AND reason = 'damage'), 0) OR "
     "settled <> coalesce((SELECT " SIGNED
     " FROM move m WHERE m.document_line = l.id AND reason IN ('send', 'grade')), 0)"},
    {"what the journal says was taken or checked is what moved",
     "SELECT count(*) FROM journal j WHERE type IN (" TELL_WHAT_MOVED ") AND "
     "json_extract(line, '$.data.quantity') <> coalesce((SELECT sum(quantity) FROM move m WHERE m.seq = j.seq), 0)"},
    {"a posted count has put right what its last round found",
     "SELECT count(*) FROM stock_count s WHERE s.state = 'posted' AND (SELECT coalesce(sum(abs(c.quantity - c.book)), "
     "0) FROM count_result c WHERE c.stock_count = s.id AND c.round = s.round) <> (SELECT coalesce(sum(m.quantity), 0) "
     "FROM move m JOIN journal j ON j.seq = m.seq WHERE m.reason = 'count' AND j.type = 'adjust.posted' AND "
     "s.location IN (m.from_location, m.to_location) AND json_extract(j.line, '$.data.count') = s.id)"},
    {"what is held waits for a count",
     "SELECT count(*) FROM hold h WHERE NOT EXISTS (SELECT 1 FROM stock_count s WHERE s.location = h.location AND "
     "(s.item IS NULL OR s.item = h.item) AND s.state IN ('planned', 'counting', 'recount', 'review'))"},
    {"a worker has one count, and nobody counts a bin twice",
     "SELECT (SELECT count(*) FROM (SELECT worker FROM stock_count WHERE worker IS NOT NULL GROUP BY worker HAVING "
     "count(*) > 1)) + (SELECT count(*) FROM (SELECT stock_count, worker FROM counted GROUP BY stock_count, worker "
     "HAVING count(DISTINCT round) > 1))"},
    {"a label belongs to a verified parcel", "SELECT count(*) FROM print_job j JOIN parcel p ON p.id = j.parcel WHERE "
                                             "p.state = 'building' AND j.state <> 'void'"},
    {"the journal has no gap", "SELECT last_seq - coalesce((SELECT max(seq) FROM journal), pruned_seq) + "
                               "coalesce((SELECT max(seq) - pruned_seq - count(*) FROM journal), 0) FROM stream"},
    {"a worker has one order, but for a wave's or a cluster's",
     "SELECT count(*) FROM (SELECT 1 FROM orders o LEFT JOIN session s ON s.worker = o.worker WHERE "
     "o.worker IS NOT NULL AND o.wave IS NULL AND coalesce(s.step, '') NOT LIKE 'cluster.%' AND "
     "coalesce(s.back, '') NOT LIKE 'cluster.%' GROUP BY o.worker HAVING count(*) > 1)"},
    {"tasks follow the moves",
     "SELECT count(*) FROM task t WHERE taken <> coalesce((SELECT " SIGNED
     " FROM move m WHERE m.task = t.id AND reason = 'take'), 0) OR put <> coalesce((SELECT " SIGNED
     " FROM move m WHERE m.task = t.id AND reason <> 'take'), 0) OR (quantity > 0 AND max(taken, put) > quantity)"},
    {"a task that is under way has its worker, one that is not has none",
     "SELECT count(*) FROM task WHERE (worker IS NULL) <> (state NOT IN ('taken', 'carrying')) AND state NOT IN "
     "('done', 'cancelled')"},
    {"a wave's totes hold what was picked for it and not sown or packed yet",
     "SELECT count(*) FROM (SELECT o.wave, l.item, sum(l.picked - max(l.sown, l.packed)) AS due FROM wave w JOIN "
     "orders o ON o.wave = w.id JOIN order_line l ON l.order_id = o.id WHERE w.kind IN ('wall', 'express') "
     "GROUP BY o.wave, l.item HAVING due > 0) n FULL JOIN (SELECT coalesce(p.wave, w.id) AS wave, b.item, "
     "sum(b.quantity) AS held FROM balance b JOIN lpn p ON p.id = b.lpn LEFT JOIN session s ON p.kind = 'hand' AND "
     "p.code = 'HAND:' || (SELECT code FROM worker WHERE id = s.worker) LEFT JOIN wave w ON w.id = s.wave AND "
     "w.worker = s.worker WHERE b.quantity > 0 AND coalesce(p.wave, w.id) IS NOT NULL GROUP BY 1, 2) h "
     "ON h.wave = n.wave AND h.item = n.item WHERE n.due IS NOT h.held"},
    {"who has a wave is at work on it", "SELECT count(*) FROM wave w WHERE worker IS NOT NULL AND NOT EXISTS (SELECT 1 "
                                        "FROM session s WHERE s.worker = w.worker AND s.wave = w.id)"},
    {"who has claimed a line is at its order",
     "SELECT count(*) FROM allocation a JOIN order_line l ON l.id = a.line LEFT JOIN session s ON s.worker = a.worker "
     "WHERE a.worker IS NOT NULL AND a.open > 0 AND s.order_id IS NOT l.order_id"},
    {"a task is one worker's, a worker has one task", "SELECT count(*) FROM (SELECT worker FROM task WHERE worker IS "
                                                      "NOT NULL AND state IN ('taken', 'carrying') GROUP BY "
                                                      "worker HAVING count(*) > 1)"},
    {"no order waits for an item of which there is enough",
     "SELECT count(*) FROM orders o WHERE o.state = 'received' AND o.cancelled = 0 AND o.lacks_pieces <= "
     "coalesce((SELECT sum(f.quantity) FROM free_stock f JOIN lot t ON t.id = f.lot WHERE f.item = o.lacks AND "
     "f.quantity > 0 AND t.blocked = 0 AND t.expiry IS NULL), 0)"},
    {"a wave of which nothing is left is closed",
     "SELECT count(*) FROM wave w WHERE w.state NOT IN ('draft', 'closed', 'cancelled') AND w.worker IS NULL AND NOT "
     "EXISTS (SELECT 1 FROM orders o WHERE o.wave = w.id AND o.state IN ('allocated', 'picking', 'picked', 'packing')) "
     "AND NOT EXISTS (SELECT 1 FROM lpn p WHERE p.wave = w.id)"},
};

int laws_check(struct store *store, struct error *error)
{
    for (size_t i = 0; i < COUNT(laws); i++) {
        int64_t broken = 0;
        int result = sql_number(store->sql, &broken, laws[i].text, SQL_NO_VALUES);
        if (result)
            return error_set(error, result, "cannot check that %s: %s", laws[i].what, sql_message(store->sql));
        if (broken != 0)
            return error_set(error, -EBADMSG, "it no longer holds that %s (%lld)", laws[i].what, (long long)broken);
    }
    return 0;
}
