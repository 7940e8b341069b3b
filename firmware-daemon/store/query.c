#include "store/query.h"

#include "store/query_words.h"

#include <stddef.h>

query_book site_queries = {order_queries, stock_queries, bin_queries, work_queries, parcel_queries, NULL};
