#include "store/parcel_weight.h"

#include <math.h>

/* Each item in the parcel with its pieces; catch weights are in the ledger. */
#define CONTENTS                                                                                                       \
    "(SELECT b.item, sum(b.quantity) AS pieces, sum(b.weight_g) AS caught_g FROM parcel p JOIN balance b ON b.lpn = "  \
    "p.lpn AND b.lpn <> 0 AND b.quantity > 0 WHERE p.id = ?1 GROUP BY b.item)"

int parcel_weight_expected(struct store *store, int64_t parcel, struct parcel_weight *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT coalesce(min(unit_g IS NOT NULL), 0), CAST(round(sum(pieces * unit_g)) AS INTEGER) + (SELECT "
        "coalesce(x.weight_g, 0) FROM parcel p LEFT JOIN box x ON x.id = p.box WHERE p.id = ?1), "
        "CAST(round(sum(pieces * pieces * variance) * 100) AS INTEGER) FROM ("
        "SELECT c.pieces, iif(i.by_weight AND c.caught_g > 0, c.caught_g * 1.0 / c.pieces, coalesce(w.mean_g, "
        "nullif(i.weight_g, 0))) AS unit_g, iif(i.by_weight, 0, coalesce(w.spread / (w.parcels - 1), 0)) AS variance "
        "FROM " CONTENTS " c JOIN item i ON i.id = c.item LEFT JOIN item_weight w ON w.item = i.id AND w.parcels >= "
        "?2)",
        sql_int(parcel), sql_int(PARCEL_WEIGHT_TAUGHT));
    if (sql_next(query))
        *ret = (struct parcel_weight){.known = sql_get_int(query, 0) != 0,
                                      .grams = sql_get_int(query, 1),
                                      .spread_g = (int64_t)ceil(3 * sqrt((double)sql_get_int(query, 2) / 100))};
    return sql_done(query);
}

/* Welford: mean and sum of squared differences, one observation at a time. */
static int teach(struct store *store, int64_t item, const char *piece_g)
{
    return sql_run(store->sql,
                   "INSERT INTO item_weight (item, parcels, mean_g, spread) VALUES (?1, 1, CAST(?2 AS REAL), 0) ON "
                   "CONFLICT DO UPDATE SET parcels = parcels + 1, mean_g = mean_g + (excluded.mean_g - mean_g) / "
                   "(parcels + 1), spread = spread + (excluded.mean_g - mean_g) * (excluded.mean_g - mean_g - "
                   "(excluded.mean_g - mean_g) / (parcels + 1))",
                   sql_int(item), sql_text(piece_g));
}

int parcel_weight_set(struct store *store, int64_t parcel, int64_t grams)
{
    int64_t item = 0;
    char piece_g[32] = "";
    int result = sql_run(store->sql, "UPDATE parcel SET weight_g = ?2 WHERE id = ?1", sql_int(parcel), sql_int(grams));
    if (result)
        return result;
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT max(c.item), (?2 - max(coalesce(x.weight_g, 0))) * 1.0 / max(c.pieces) FROM " CONTENTS " c JOIN item i "
        "ON i.id = c.item JOIN parcel p ON p.id = ?1 LEFT JOIN box x ON x.id = p.box HAVING count(*) = 1 AND "
        "max(i.by_weight) = 0 AND max(p.forced) IS NULL AND ?2 > max(coalesce(x.weight_g, 0))",
        sql_int(parcel), sql_int(grams));
    if (sql_next(query)) {
        item = sql_get_int(query, 0);
        sql_copy_text(query, 1, piece_g, sizeof(piece_g));
    }
    result = sql_done(query);
    return result || !item ? result : teach(store, item, piece_g);
}
