#include "store/figures.h"

#include <errno.h>
#include <string.h>

static const struct kind {
    const char *name, *header;
    const char *rows; /* ?1: the last move that is left out */
    int columns;
} kinds[] = {
    {"stock", "location,sku,quantity\n",
     "SELECT l.code, i.sku, sum(b.quantity) FROM balance b JOIN location l ON l.id = b.location "
     "JOIN item i ON i.id = b.item WHERE b.physical = 1 AND l.kind NOT IN ('tote_park', 'pack') AND ?1 IS NOT NULL "
     "GROUP BY l.code, i.sku HAVING sum(b.quantity) <> 0",
     3},
    {"orders", "order,sku,quantity\n",
     "SELECT o.number, i.sku, sum(iif(m.reverses IS NULL, m.quantity, -m.quantity)) FROM move m "
     "JOIN order_line l ON l.id = m.line JOIN orders o ON o.id = l.order_id JOIN item i ON i.id = m.item "
     "WHERE m.id > ?1 AND m.reason = 'ship' GROUP BY o.number, i.sku",
     3},
    {"parcels", "waybill,order\n",
     "SELECT DISTINCT p.waybill, o.number FROM move m JOIN order_line l ON l.id = m.line "
     "JOIN orders o ON o.id = l.order_id JOIN parcel p ON p.order_id = o.id "
     "WHERE m.id > ?1 AND m.reason = 'ship' AND p.state = 'handed' ORDER BY 1",
     2},
};

/* Found from the newest move backwards: a day's figures do not read a year's ledger. */
static int last_before(struct store *store, int64_t since_us, int64_t *ret)
{
    int result = sql_number(store->sql, ret, "SELECT id FROM move WHERE wall_us < ?1 ORDER BY id DESC LIMIT 1",
                            sql_int(since_us));
    if (result == -ENOENT)
        *ret = 0;
    return result == -ENOENT ? 0 : result;
}

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

int figures_write(struct store *store, const char *kind, int64_t since_us, struct buf *csv)
{
    size_t i = 0;
    int64_t last = 0;
    while (i < COUNT(kinds) && strcmp(kinds[i].name, kind) != 0)
        i++;
    if (i == COUNT(kinds))
        return -ENOENT;
    int result = since_us ? last_before(store, since_us, &last) : 0;
    if (result)
        return result;
    buf_puts(csv, kinds[i].header);
    struct sql_query *query = sql_select(store->sql, kinds[i].rows, sql_int(last));
    while (!csv->failed && sql_next(query))
        for (int column = 0; column < kinds[i].columns; column++)
            write_cell(csv, sql_get_text(query, column), column + 1 == kinds[i].columns);
    result = sql_done(query);
    return result ? result : csv->failed ? -EMSGSIZE : 0;
}
