/* What can be asked of bins, for a map: how each stands and what was done at it lately; and the same of whole aisles,
 * so that a large floor is looked at by its aisles first. The picks are those of store/heat.h. */
#include "store/query_words.h"

#define IS_BIN       "l.kind IN ('face', 'reserve')"
#define HEAT(column) "(SELECT " column " FROM bin_heat h WHERE h.location = l.id)"
#define COUNTED_US   "(SELECT max(c.ended_us) FROM stock_count c WHERE c.location = l.id)"
#define HELD                                                                                                           \
    "(SELECT sum(h.quantity) FROM (SELECT DISTINCT item FROM balance WHERE physical = 1 AND location = l.id) b CROSS " \
    "JOIN hold h ON h.item = b.item AND h.location = l.id)"
/* The first that holds. held: stock in it may not be promised; missed: somebody missed goods there, and it is to be
 * counted; uncounted: goods came or went since it was counted last. */
#define CONDITION                                                                                                      \
    "CASE WHEN " HELD " > 0 OR EXISTS (SELECT 1 FROM balance b JOIN lot t ON t.id = b.lot WHERE b.physical = 1 AND "   \
    "b.location = l.id AND b.quantity > 0 AND t.blocked = 1) THEN 'held' "                                             \
    "WHEN EXISTS (SELECT 1 FROM stock_count c WHERE c.location = l.id AND c.ended_us = 0 AND c.source IN ('short', "   \
    "'damage', 'found') AND c.state IN ('planned', 'counting', 'recount', 'review')) THEN 'missed' "                   \
    "WHEN " HEAT("moved_us") " > coalesce(" COUNTED_US ", 0) THEN 'uncounted' END"

static const struct query_column bin_columns[] = {
    TEXT("location", "l.code"),
    TEXT("kind", "l.kind"),
    TEXT("zone", "nullif(l.zone, '')"),
    NUMBER("aisle", "l.aisle"),
    NUMBER("block", "l.block"),
    NUMBER("position_mm", "l.position_mm"),
    TEXT("sku", SKU_OF("l.item")),
    NUMBER("items", "(SELECT count(DISTINCT item) FROM balance WHERE physical = 1 AND location = l.id AND quantity > "
                    "0)"),
    NUMBER("quantity", "(SELECT coalesce(sum(quantity), 0) FROM balance WHERE physical = 1 AND location = l.id)"),
    NUMBER("capacity", "nullif(l.capacity, 0)"),
    NUMBER("picks_day", "coalesce(" HEAT("picks_day") ", 0)"),
    NUMBER("picks_week", "coalesce(" HEAT("picks_week") ", 0)"),
    NUMBER("picks_month", "coalesce(" HEAT("picks_month") ", 0)"),
    TIME("put_at", "nullif(" HEAT("put_us") ", 0)"),
    TIME("counted_at", "nullif(" COUNTED_US ", 0)"),
    NUMBER("held", HELD),
    TEXT("condition", CONDITION),
    {0},
};
static const struct query_filter bin_filters[] = {
    BY_INDEX("location", "l.code = ?"),
    {"aisle", "l.aisle IS nullif(?, -1)", true, QUERY_BY_INDEX},
    BY_INDEX("sku", "l.id IN (SELECT location FROM balance WHERE quantity > 0 AND item = " THE_ITEM
                    " UNION SELECT id FROM location WHERE item = " THE_ITEM ")"),
    BY_LOOKING("kind", "+l.kind = ?"),
    BY_LOOKING("zone", "+l.zone = ?"),
    {0},
};

/* From one aisle to the next by the index, however many bins they have; -1: bins that no aisle is known of. */
#define AISLES                                                                                                         \
    "(WITH RECURSIVE next (aisle) AS (SELECT min(aisle) FROM location UNION ALL SELECT (SELECT min(aisle) FROM "       \
    "location WHERE aisle > next.aisle) FROM next WHERE next.aisle IS NOT NULL) SELECT aisle FROM next WHERE aisle "   \
    "IS NOT NULL UNION ALL SELECT -1 WHERE EXISTS (SELECT 1 FROM location l WHERE l.aisle IS NULL AND " IS_BIN ")) a"
#define ITS_BINS "FROM location l WHERE l.aisle IS nullif(a.aisle, -1) AND " IS_BIN
#define SUM_OF(column)                                                                                                 \
    "(SELECT coalesce(sum(h." column "), 0) FROM location l JOIN bin_heat h ON h.location = l.id WHERE l.aisle IS "    \
    "nullif(a.aisle, -1) AND " IS_BIN ")"

static const struct query_column aisle_columns[] = {
    NUMBER("aisle", "nullif(a.aisle, -1)"),
    TEXT("zone", "(SELECT nullif(min(l.zone), '') " ITS_BINS ")"),
    NUMBER("bins", "(SELECT count(*) " ITS_BINS ")"),
    NUMBER("quantity", "(SELECT coalesce(sum(b.quantity), 0) FROM location l CROSS JOIN balance b ON b.location = l.id "
                       "AND b.physical = 1 WHERE l.aisle IS nullif(a.aisle, -1) AND " IS_BIN ")"),
    NUMBER("capacity", "(SELECT nullif(sum(l.capacity), 0) " ITS_BINS ")"),
    NUMBER("picks_day", SUM_OF("picks_day")),
    NUMBER("picks_week", SUM_OF("picks_week")),
    NUMBER("picks_month", SUM_OF("picks_month")),
    {0},
};
static const struct query_filter aisle_filters[] = {{"aisle", "a.aisle = ?", true, QUERY_BY_INDEX}, {0}};

const struct query bin_queries[] = {
    {"bins", "bin", "location l", {"l.id"}, {0}, false, IS_BIN, bin_columns, bin_filters, 0, 0},
    {"aisles", "aisle", AISLES, {"a.aisle"}, {0}, false, 0, aisle_columns, aisle_filters, 0, 0},
    {0},
};
