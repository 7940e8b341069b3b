#include "store/figures.h"

#include "store/ledger.h"

#include <errno.h>
#include <string.h>

/* Orders of which something left by the moves of this piece, and nothing by those of the pieces before. */
#define ORDERS_OF_PIECE                                                                                                \
    "WITH left (id) AS (SELECT DISTINCT l.order_id FROM move m JOIN order_line l ON l.id = m.line WHERE m.id > ?2 "    \
    "AND "                                                                                                             \
    "m.id <= ?4 AND m.reason = 'ship' AND ?3 + ?5 IS NOT NULL), "                                                      \
    "piece (id) AS (SELECT id FROM left WHERE NOT EXISTS (SELECT 1 FROM order_line l JOIN move m ON m.line = l.id "    \
    "WHERE l.order_id = left.id AND m.reason = 'ship' AND m.id > ?1 AND m.id <= ?2)) "
#define NEXT_MOVE "SELECT id, 0 FROM move WHERE id > ?1 AND ?2 IS NOT NULL ORDER BY id LIMIT 1 OFFSET 511"

struct figures_kind {
    const char *name, *header;
    bool of_moves;    /* a key is a move, 0; otherwise an item, a place */
    const char *next; /* of the key ?1, ?2: the last one of its piece; nothing: all that is left is one piece */
    const char *rows; /* ?1: .after_move; behind the key ?2, ?3 up to ?4, ?5 */
    int columns;
};
static const struct figures_kind kinds[] = {
    {"stock", "location,sku,quantity\n", false,
     "SELECT item, location FROM balance WHERE (item, location) > (?1, ?2) ORDER BY item, location LIMIT 1 OFFSET 127",
     "SELECT l.code, i.sku, sum(b.quantity) FROM balance b JOIN location l ON l.id = b.location "
     "JOIN item i ON i.id = b.item WHERE b.physical = 1 AND (b.item, b.location) > (?2, ?3) AND (b.item, b.location) "
     "<= "
     "(?4, ?5) AND l.kind NOT IN ('tote_park', 'pack') AND ?1 IS NOT NULL GROUP BY b.item, b.location HAVING "
     "sum(b.quantity) <> 0",
     3},
    {"orders", "order,sku,quantity\n", true, NEXT_MOVE,
     ORDERS_OF_PIECE "SELECT o.number, i.sku, sum(iif(m.reverses IS NULL, m.quantity, -m.quantity)) FROM piece p "
                     "JOIN orders o ON o.id = p.id JOIN order_line l ON l.order_id = o.id JOIN move m ON m.line = l.id "
                     "JOIN item i ON i.id = m.item WHERE m.id > ?1 AND m.reason = 'ship' GROUP BY o.number, i.sku",
     3},
    {"parcels", "waybill,order\n", true, NEXT_MOVE,
     ORDERS_OF_PIECE "SELECT DISTINCT p.waybill, o.number FROM piece JOIN orders o ON o.id = piece.id "
                     "JOIN parcel p ON p.order_id = o.id WHERE p.state = 'handed' ORDER BY 1",
     2},
};

static void write_cell(struct buf *csv, const char *text, bool last)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        buf_putc(csv, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_putc(csv, '"');
        buf_putc(csv, *text);
    }
    if (quoted)
        buf_putc(csv, '"');
    buf_putc(csv, last ? '\n' : ',');
}

int figures_begin(struct store *store, const char *kind, int64_t since_us, struct figures *ret)
{
    struct figures figures = {0};
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].name, kind) == 0)
            figures.kind = &kinds[i];
    if (!figures.kind)
        return -ENOENT;
    int result = since_us ? ledger_before(store, since_us, &figures.after_move) : 0;
    if (figures.kind->of_moves)
        figures.at[0] = figures.after_move;
    if (!result)
        *ret = figures;
    return result;
}

/* The key at which this piece ends; the greatest there is when it is the last. */
static int end_of_piece(struct store *store, struct figures *figures, int64_t ret[2])
{
    struct sql_query *query =
        sql_select(store->sql, figures->kind->next, sql_int(figures->at[0]), sql_int(figures->at[1]));
    ret[0] = ret[1] = INT64_MAX;
    figures->over = !sql_next(query);
    for (int i = 0; i < 2 && !figures->over; i++)
        ret[i] = sql_get_int(query, i);
    return sql_done(query);
}

int figures_more(struct store *store, struct figures *figures, struct buf *csv)
{
    const struct figures_kind *kind = figures->kind;
    int64_t end[2];
    if (!figures->begun)
        buf_puts(csv, kind->header);
    figures->begun = true;
    int result = end_of_piece(store, figures, end);
    if (result)
        return result;
    struct sql_query *query = sql_select(store->sql, kind->rows, sql_int(figures->after_move), sql_int(figures->at[0]),
                                         sql_int(figures->at[1]), sql_int(end[0]), sql_int(end[1]));
    while (!csv->failed && sql_next(query))
        for (int column = 0; column < kind->columns; column++)
            write_cell(csv, sql_get_text(query, column), column + 1 == kind->columns);
    result = sql_done(query);
    memcpy(figures->at, end, sizeof(end));
    return result ? result : csv->failed ? -EMSGSIZE : 0;
}
