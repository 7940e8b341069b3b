#include "sync/head-office/stock/atp.h"

struct sql_query *atp_select(struct office *office, const char *sku, int64_t silent_s)
{
    return sql_select(
        office->sql,
        ATP_OF("IN (SELECT sku FROM item WHERE ?3 IN ('', sku))") " SELECT sku, pieces, on_hand, assigned,"
                                                                  " waiting, left_out FROM atp ORDER BY sku",
        sql_int(office->now_us), sql_int(silent_s), sql_text(sku));
}
