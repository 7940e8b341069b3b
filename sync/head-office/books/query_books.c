/* What can be looked at of the books: accounts and what lies on them, entries, invoices. */
#include "sync/head-office/query_words.h"

#define NUMBERED(name, sql)                                                                                            \
    {                                                                                                                  \
        name, sql, true, true                                                                                          \
    }

/* ---------------------------------------------------------------- accounts */

#define SUM_OF_MONTHS(what) "(SELECT coalesce(sum(" what "), 0) FROM books_balance b WHERE b.account = a.code)"

static const struct query_column account_columns[] = {
    TEXT("account", "a.code"),
    TEXT("kind", "a.kind"),
    TEXT("part", SET("a.part")),
    TEXT("english", "a.english"),
    TEXT("chinese", "a.chinese"),
    NUMBER("debit_minor", SUM_OF_MONTHS("b.debit_minor")),
    NUMBER("credit_minor", SUM_OF_MONTHS("b.credit_minor")),
    NUMBER("balance_minor", SUM_OF_MONTHS("b.debit_minor - b.credit_minor")),
    {0},
};
static const struct query_filter account_filters[] = {
    BY_INDEX("account", "a.code = ?"), BY_LOOKING("kind", PLAIN("a.kind") " = ?"), {0}};
static const struct query_section account_sections[] = {
    {"months", "account-months", "account", 0, 0}, {"lines", "entry-lines", "account", 0, 0}, {0}};

static const struct query_column month_columns[] = {
    TEXT("account", "b.account"),
    TEXT("period", "b.period"),
    NUMBER("debit_minor", "b.debit_minor"),
    NUMBER("credit_minor", "b.credit_minor"),
    NUMBER("balance_minor", "b.debit_minor - b.credit_minor"),
    FLAG("closed", "EXISTS (SELECT 1 FROM books_closed c WHERE c.period >= b.period)"),
    {0},
};
static const struct query_filter month_filters[] = {
    BY_INDEX("account", "b.account = ?"), BY_LOOKING("period", PLAIN("b.period") " = ?"), {0}};

/* ---------------------------------------------------------------- entries */

static const struct query_column entry_columns[] = {
    NUMBER("entry", "e.id"),
    TEXT("key", "e.key"),
    TEXT("kind", "e.kind"),
    TIME("at", "e.at_us"),
    TEXT("day", "e.day"),
    TEXT("period", "e.period"),
    TIME("posted", "e.posted_us"),
    TEXT("order", SET("e.order_number")),
    TEXT("note", SET("e.note")),
    TEXT("who", SET("e.who")),
    NUMBER("amount_minor", "e.debit_minor"),
    {0},
};
static const struct query_filter entry_filters[] = {
    NUMBERED("entry", "e.id = ?"),
    BY_INDEX("key", "e.key = ?"),
    BY_INDEX("order", "e.order_number = ?"),
    BY_INDEX("period", "e.period = ?"),
    BY_LOOKING("kind", PLAIN("e.kind") " = ?"),
    BY_LOOKING("day", PLAIN("e.day") " = ?"),
    BY_LOOKING("who", PLAIN("e.who") " = ?"),
    {0},
};
static const struct query_section entry_sections[] = {{"lines", "entry-lines", "entry", 0, 0}, {0}};

#define OF_ENTRY(column) "(SELECT e." column " FROM books_entry e WHERE e.id = l.entry)"

static const struct query_column line_columns[] = {
    NUMBER("entry", "l.entry"),
    NUMBER("line", "l.line"),
    TEXT("kind", OF_ENTRY("kind")),
    TEXT("day", OF_ENTRY("day")),
    TEXT("period", OF_ENTRY("period")),
    TEXT("account", "l.account"),
    NUMBER("debit_minor", "l.debit_minor"),
    NUMBER("credit_minor", "l.credit_minor"),
    TEXT("currency", "l.currency"),
    NUMBER("base_minor", "l.base_minor"),
    TEXT("order", SET("l.order_number")),
    NUMBER("order_line", "nullif(l.order_line, 0)"),
    TEXT("sku", SET("l.sku")),
    NUMBER("quantity", "nullif(l.quantity, 0)"),
    TEXT("site", SET("l.site")),
    TEXT("shop", SET("l.shop")),
    TEXT("party", SET("l.party")),
    {0},
};
static const struct query_filter line_filters[] = {
    NUMBERED("entry", "l.entry = ?"),
    BY_INDEX("account", "l.account = ?"),
    BY_INDEX("order", "l.order_number = ?"),
    BY_LOOKING("period", OF_ENTRY("period") " = ?"),
    BY_LOOKING("sku", PLAIN("l.sku") " = ?"),
    BY_LOOKING("site", PLAIN("l.site") " = ?"),
    BY_LOOKING("party", PLAIN("l.party") " = ?"),
    {0},
};

static const struct query_column trouble_columns[] = {
    TEXT("key", "t.key"), TEXT("why", "t.why"), TIME("time", "t.time_us"), {0}};
static const struct query_filter trouble_filters[] = {BY_INDEX("key", "t.key = ?"), {0}};

/* ---------------------------------------------------------------- invoices */

/* Who has no tax number is a person. */
static const struct query_column invoice_columns[] = {
    NUMBER("invoice", "v.id"),
    TEXT("series", "v.series"),
    NUMBER("number", "v.number"),
    TEXT("state", "v.state"),
    NUMBER("of_invoice", "v.of_invoice"),
    TEXT("order", SET("v.order_number")),
    TEXT("title", "CASE WHEN v.tax_number <> '' THEN v.title ELSE " MASKED_NAME("v.title") " END"),
    TEXT("tax_number", SET("v.tax_number")),
    TEXT("currency", "v.currency"),
    NUMBER("net_minor", "v.net_minor"),
    NUMBER("tax_minor", "v.tax_minor"),
    NUMBER("gross_minor", "v.gross_minor"),
    TIME("made", "v.made_us"),
    TIME("issued", "v.issued_us"),
    TEXT("who", SET("v.who")),
    TEXT("why", SET("v.why")),
    {0},
};
static const struct query_filter invoice_filters[] = {
    NUMBERED("invoice", "v.id = ?"),
    BY_INDEX("order", "v.order_number = ?"),
    {"of_invoice", WHOLE("v.of_invoice") " = ?", true, false},
    {"number", WHOLE("v.number") " = ?", true, false},
    BY_LOOKING("series", PLAIN("v.series") " = ?"),
    BY_LOOKING("state", PLAIN("v.state") " = ?"),
    BY_LOOKING("tax_number", PLAIN("v.tax_number") " = ?"),
    {0},
};
static const struct query_section invoice_sections[] = {
    {"lines", "invoice-lines", "invoice", 0, 0}, {"red", "invoices", "of_invoice", 0, 0}, {0}};

static const struct query_column invoice_line_columns[] = {
    NUMBER("invoice", "n.invoice"),
    NUMBER("line", "n.line"),
    TEXT("name", "n.name"),
    TEXT("sku", SET("n.sku")),
    NUMBER("order_line", "nullif(n.order_line, 0)"),
    NUMBER("quantity", "n.quantity"),
    NUMBER("tax_rate", "n.tax_rate"),
    NUMBER("net_minor", "n.net_minor"),
    NUMBER("tax_minor", "n.tax_minor"),
    NUMBER("gross_minor", "n.gross_minor"),
    NUMBER("flushed", "n.flushed"),
    {0},
};
static const struct query_filter invoice_line_filters[] = {NUMBERED("invoice", "n.invoice = ?"), {0}};

/* ---------------------------------------------------------------- the chapter */

const struct query office_book_queries[] = {
    {"accounts",
     "account",
     "books_account a",
     {"a.code"},
     {true},
     false,
     0,
     account_columns,
     account_filters,
     "account",
     account_sections},
    {"account-months",
     "account_month",
     "books_balance b",
     {"b.account", "b.period"},
     {true, true},
     false,
     0,
     month_columns,
     month_filters,
     0,
     0},
    {"entries",
     "entry",
     "books_entry e",
     {"e.id"},
     {0},
     true,
     0,
     entry_columns,
     entry_filters,
     "entry",
     entry_sections},
    {"entry-lines",
     "entry_line",
     "books_line l",
     {"l.entry", "l.line"},
     {0},
     false,
     0,
     line_columns,
     line_filters,
     0,
     0},
    {"books-troubles",
     "books_trouble",
     "books_trouble t",
     {"t.key"},
     {true},
     false,
     0,
     trouble_columns,
     trouble_filters,
     0,
     0},
    {"invoices",
     "invoice",
     "invoice v",
     {"v.id"},
     {0},
     true,
     0,
     invoice_columns,
     invoice_filters,
     "invoice",
     invoice_sections},
    {"invoice-lines",
     "invoice_line",
     "invoice_line n",
     {"n.invoice", "n.line"},
     {0},
     false,
     0,
     invoice_line_columns,
     invoice_line_filters,
     0,
     0},
    {0},
};
