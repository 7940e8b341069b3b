/* Words for the columns and filters of head office's tables of questions (query_*.c): in what both databases
 * understand. A column of a text is hidden from indexes by PLAIN(), a number's by WHOLE(). */
#ifndef HEAD_OFFICE_QUERY_WORDS_H
#define HEAD_OFFICE_QUERY_WORDS_H

#include "base/query_table.h"

/* The chapters. A new kind of rows is a line of one of them; a new chapter is a line of query.c. */
extern const struct query office_order_queries[], office_part_queries[], office_goods_queries[], office_site_queries[],
    office_own_queries[], office_selling_queries[], office_aftersale_queries[], office_rule_queries[],
    office_book_queries[], office_bill_queries[], office_waybill_queries[], office_marketing_queries[],
    office_customer_queries[], office_segment_queries[], office_service_queries[], office_catalogue_queries[],
    office_improve_queries[], office_rollout_queries[], office_usage_queries[], office_buying_queries[],
    office_figure_queries[], office_staff_queries[];

#define PLAIN(column) column " || ''"
#define WHOLE(column) column " + 0"

#define SET(column) "nullif(" column ", '')"

/* Enough to tell two parcels apart, too little to find somebody. */
/* A sealed text has its mask in front (base/sql.h, sql_masked()). */
#define MASKED_NAME(column)                                                                                            \
    "CASE WHEN " column " LIKE '~_*~%' THEN substr(" column ", 2, 2) ELSE nullif(substr(" column                       \
    ", 1, 1), '') || '*' END"
#define MASKED_PHONE(column)                                                                                           \
    "CASE WHEN " column " LIKE '~___****____~%' THEN substr(" column ", 2, 11) WHEN " column                           \
    " LIKE '~****____~%' THEN substr(" column ", 2, 8) WHEN " column " LIKE '~%~%' THEN '****' WHEN length(" column    \
    ") >= 11 THEN substr(" column ", 1, 3) || '****' || substr(" column ", length(" column                             \
    ") - 3) WHEN length(" column ") >= 8 THEN '****' || substr(" column ", length(" column ") - 3) WHEN " column       \
    " = '' THEN NULL ELSE '****' END"
/* A platform's name for the buyer tells nobody who he is, but for an e-mail address. */
#define MASKED_BUYER(column)                                                                                           \
    "CASE WHEN " column " LIKE '%@%' THEN substr(" column ", 1, 1) || '*@*' ELSE nullif(" column ", '') END"

/* As order_states[] has it. */
#define STAGE_OF(state)                                                                                                \
    "CASE WHEN " state " IN ('received', 'allocated', 'picking', 'short', 'parked', 'picked', 'packed', 'labelled')"   \
    " THEN 'floor' ELSE " state " END"

/* "yes" or "no", for filters. */
#define WHETHER(condition) "CASE WHEN " condition " THEN 'yes' ELSE 'no' END = ?"

#endif
