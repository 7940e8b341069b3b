/* What can be looked at of the bills of platforms and carriers: the files, and what came of each of their rows. */
#include "sync/head-office/query_words.h"

static const struct query_column file_columns[] = {
    NUMBER("file", "f.id"),
    TEXT("party", "f.party"),
    TEXT("format", "f.format"),
    TEXT("name", "f.name"),
    NUMBER("rows", "f.rows"),
    NUMBER("new_rows", "f.new_rows"),
    NUMBER("total_minor", "f.total_minor"),
    TIME("taken", "f.taken_us"),
    TEXT("who", SET("f.who")),
    {0},
};
static const struct query_filter file_filters[] = {
    {"file", "f.id = ?", true, true},
    BY_LOOKING("party", PLAIN("f.party") " = ?"),
    BY_LOOKING("format", PLAIN("f.format") " = ?"),
    {0},
};
static const struct query_section file_sections[] = {{"rows", "bill-rows", "file", 0, 0}, {0}};

static const struct query_column row_columns[] = {
    NUMBER("row", "r.id"),
    NUMBER("file", "r.file"),
    TEXT("party", "r.party"),
    TEXT("format", "r.format"),
    TEXT("key", "r.row_key"),
    TEXT("word", "r.word"),
    TEXT("meaning", "r.meaning"),
    TEXT("reference", "r.reference"),
    TIME("at", "r.at_us"),
    TEXT("day", "r.day"),
    NUMBER("amount_minor", "r.amount_minor"),
    TEXT("currency", "r.currency"),
    TEXT("order", SET("r.order_number")),
    TEXT("state", "r.state"),
    NUMBER("residue_minor", "r.residue_minor"),
    TEXT("bucket", SET("r.bucket")),
    TEXT("why", SET("r.why")),
    TEXT("who", SET("r.who")),
    TIME("forced", "r.forced_us"),
    {0},
};
static const struct query_filter row_filters[] = {
    {"row", "r.id = ?", true, true},
    {"file", "r.file = ?", true, true},
    BY_INDEX("order", "r.order_number = ?"),
    BY_INDEX("state", "r.state = ?"),
    BY_LOOKING("party", PLAIN("r.party") " = ?"),
    BY_LOOKING("period", "substr(r.day, 1, 7) = ?"),
    BY_LOOKING("day", PLAIN("r.day") " = ?"),
    BY_LOOKING("meaning", PLAIN("r.meaning") " = ?"),
    BY_LOOKING("reference", PLAIN("r.reference") " = ?"),
    BY_LOOKING("bucket", PLAIN("r.bucket") " = ?"),
    {0},
};

/* ---- what no bill tells of */

/* A carrier's rows are found by its name, or by the order that they were found to be about. */
#define ON_NO_BILL                                                                                                     \
    "p.manifest IS NOT NULL AND p.waybill IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bill_row b WHERE b.party = "       \
    "coalesce(p.carrier, '') AND b.reference = p.waybill AND b.meaning = 'freight') AND NOT EXISTS (SELECT 1 FROM "    \
    "bill_row b WHERE b.order_number = p.number AND b.meaning = 'freight' AND b.reference = p.waybill)"
#define LEFT_ON "(SELECT min(e.day) FROM books_entry e WHERE e.order_number = p.number AND e.kind = 'sale')"

static const struct query_column unbilled_columns[] = {
    TEXT("order", "p.number"),
    TEXT("parcel", "p.parcel"),
    TEXT("carrier", "p.carrier"),
    TEXT("waybill", "p.waybill"),
    TEXT("manifest", "p.manifest"),
    TEXT("day", LEFT_ON),
    TEXT("shop", "(SELECT o.shop FROM orders o WHERE o.number = p.number)"),
    {0},
};
static const struct query_filter unbilled_filters[] = {
    BY_INDEX("order", "p.number = ?"),
    BY_INDEX("waybill", "p.waybill = ?"),
    BY_LOOKING("carrier", PLAIN("p.carrier") " = ?"),
    BY_LOOKING("left_until", LEFT_ON " <= ?"),
    {0},
};

/* The first sale of an order that left, if the platform has not told of its money. A split order's money is told by the
 * order that the buyer made. */
#define NOT_SETTLED                                                                                                    \
    "s.kind = 'sale' AND s.order_number <> '' AND NOT EXISTS (SELECT 1 FROM books_entry e WHERE e.order_number = "     \
    "s.order_number AND e.kind = 'sale' AND e.id < s.id) AND NOT EXISTS (SELECT 1 FROM bill_row b WHERE "              \
    "b.order_number = s.order_number AND b.meaning = 'sale') AND NOT EXISTS (SELECT 1 FROM order_line l JOIN "         \
    "bill_row "                                                                                                        \
    "b ON b.order_number = l.source_order AND b.meaning = 'sale' WHERE l.number = s.order_number AND l.source_order "  \
    "<> '')"
#define SHOP_OF "(SELECT o.shop FROM orders o WHERE o.number = s.order_number)"

static const struct query_column unsettled_columns[] = {
    TEXT("order", "s.order_number"),
    TEXT("shop", SHOP_OF),
    TEXT("day", "s.day"),
    TIME("at", "s.at_us"),
    NUMBER("owed_minor", "(SELECT CAST(coalesce(sum(l.debit_minor - l.credit_minor), 0) AS BIGINT) FROM books_line l "
                         "JOIN books_entry e ON e.id = l.entry WHERE l.order_number = s.order_number AND l.account = "
                         "'1122' AND e.kind = 'sale')"),
    TEXT("currency", "(SELECT o.currency FROM orders o WHERE o.number = s.order_number)"),
    {0},
};
static const struct query_filter unsettled_filters[] = {
    BY_INDEX("order", "s.order_number = ?"),
    BY_LOOKING("shop", SHOP_OF " = ?"),
    BY_LOOKING("period", "substr(s.day, 1, 7) = ?"),
    BY_LOOKING("left_until", PLAIN("s.day") " <= ?"),
    {0},
};

const struct query office_bill_queries[] = {
    {"bills", "bill", "bill_file f", {"f.id"}, {0}, true, 0, file_columns, file_filters, "file", file_sections},
    {"bill-rows", "bill_row", "bill_row r", {"r.id"}, {0}, false, 0, row_columns, row_filters, "row", 0},
    {"unbilled-parcels",
     "unbilled_parcel",
     "parcel p",
     {"p.number", "p.parcel"},
     {true, true},
     false,
     ON_NO_BILL,
     unbilled_columns,
     unbilled_filters,
     0,
     0},
    {"unsettled-orders",
     "unsettled_order",
     "books_entry s",
     {"s.id"},
     {0},
     false,
     NOT_SETTLED,
     unsettled_columns,
     unsettled_filters,
     0,
     0},
    {0},
};
