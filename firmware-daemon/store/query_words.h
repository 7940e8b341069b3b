/* Words for the columns and filters of the site's tables of questions (query_*.c). */
#ifndef STORE_QUERY_WORDS_H
#define STORE_QUERY_WORDS_H

#include "base/query_table.h"

/* The chapters. A new kind of rows is a line of one of them; what they may show of people: query.h. */
extern const struct query order_queries[], stock_queries[], bin_queries[], work_queries[], parcel_queries[];

/* Where a row names another by its id, the answer has that one's code. */
#define SKU_OF(id)      "(SELECT sku FROM item WHERE id = " id ")"
#define LOCATION_OF(id) "(SELECT code FROM location WHERE id = " id ")"
#define LPN_OF(id)      "(SELECT nullif(code, '') FROM lpn WHERE id = " id ")"
#define LOT_OF(id)      "(SELECT nullif(code, '') FROM lot WHERE id = " id ")"
#define WORKER_OF(id)   "(SELECT code FROM worker WHERE id = " id ")"
#define ORDER_OF(id)    "(SELECT number FROM orders WHERE id = " id ")"
#define WAVE_OF(id)     "(SELECT number FROM wave WHERE id = " id ")"
#define PARCEL_OF(id)   "(SELECT number || '-1' FROM orders WHERE id = (SELECT order_id FROM parcel WHERE id = " id "))"

#define THE_ITEM     "(SELECT id FROM item WHERE sku = ?)"
#define THE_LOCATION "(SELECT id FROM location WHERE code = ?)"
#define THE_LPN      "(SELECT id FROM lpn WHERE code = ? AND code <> '')"
#define THE_WORKER   "(SELECT id FROM worker WHERE code = ?)"
#define THE_ORDER    "(SELECT id FROM orders WHERE number = ?)"
#define THE_LINES    "(SELECT id FROM order_line WHERE order_id = " THE_ORDER ")"
#define THE_WAVE     "(SELECT id FROM wave WHERE number = ?)"
#define THE_DOCUMENT "(SELECT id FROM document WHERE number = ?)"
#define THE_PARCEL   "(SELECT id FROM orders WHERE number = substr(?, 1, length(?) - 2) AND substr(?, -2) = '-1')"

#endif
