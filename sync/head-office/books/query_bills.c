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

const struct query office_bill_queries[] = {
    {"bills", "bill", "bill_file f", {"f.id"}, {0}, true, 0, file_columns, file_filters, "file", file_sections},
    {"bill-rows", "bill_row", "bill_row r", {"r.id"}, {0}, false, 0, row_columns, row_filters, "row", 0},
    {0},
};
