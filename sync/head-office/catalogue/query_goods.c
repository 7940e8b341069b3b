/* What can be looked at of goods: items and their codes, what lies where, what can be promised, documents. */
#include "sync/head-office/query_words.h"

static const struct query_column item_columns[] = {
    TEXT("sku", "i.sku"),
    TEXT("name", "i.name"),
    NUMBER("weight_g", "i.weight_g"),
    JSON("attributes", "'{' || i.attributes || '}'"),
    NUMBER("rev", "i.rev"),
    {0},
};
static const struct query_filter item_filters[] = {
    BY_INDEX("sku", "i.sku = ?"),
    BY_INDEX("barcode", "i.sku IN (SELECT sku FROM barcode WHERE code = ?)"),
    BY_LOOKING("name", "lower(i.name) LIKE '%' || lower(?) || '%'"),
    {0},
};
static const struct query_section item_sections[] = {
    {"barcodes", "barcodes", "sku", 0, 0},
    {"atp", "atp", "sku", 0, 0},
    {"stock", "stock", "sku", 0, 0},
    {"reservations", "reservations", "sku", 0, 0},
    {0},
};

static const struct query_column barcode_columns[] = {
    TEXT("code", "b.code"),
    TEXT("kind", "b.kind"),
    TEXT("sku", "b.sku"),
    NUMBER("factor", "b.factor"),
    NUMBER("weight_g", "b.weight_g"),
    TEXT("name", "b.name"),
    {0},
};
static const struct query_filter barcode_filters[] = {
    BY_INDEX("code", "b.code = ?"), BY_INDEX("sku", "b.sku = ?"), BY_LOOKING("kind", PLAIN("b.kind") " = ?"), {0}};

static const struct query_column stock_columns[] = {TEXT("site", "s.site"),
                                                    TEXT("location", "s.location"),
                                                    TEXT("sku", "s.sku"),
                                                    NUMBER("quantity", "s.quantity"),
                                                    {0}};
static const struct query_filter stock_filters[] = {
    BY_INDEX("sku", "s.sku = ?"),
    BY_INDEX("site", "s.site = ?"),
    BY_LOOKING("location", PLAIN("s.location") " = ?"),
    {0},
};

/* What a site has of an item in bins that orders are served from, what of it is promised, and the rest: less than
 * nothing when it owes more than it has. How old that is, "heard" says. */
#define ON_HAND                                                                                                        \
    "(SELECT coalesce(sum(s.quantity), 0) FROM stock s LEFT JOIN location l ON l.site = s.site AND l.code ="           \
    " s.location WHERE s.sku = i.sku AND s.site = t.id AND coalesce(l.kind, 'face') NOT IN ('damage', 'return',"       \
    " 'gate'))"
#define PROMISED                                                                                                       \
    "(SELECT coalesce(sum(r.left_open), 0) FROM reservation r WHERE r.sku = i.sku AND r.site = t.id AND"               \
    " r.left_open > 0)"
static const struct query_column atp_columns[] = {
    TEXT("sku", "i.sku"),
    TEXT("site", "t.id"),
    NUMBER("on_hand", ON_HAND),
    NUMBER("promised", PROMISED),
    NUMBER("free", ON_HAND " - " PROMISED),
    TIME("heard", "t.last_seen_us"),
    {0},
};
static const struct query_filter atp_filters[] = {BY_INDEX("sku", "i.sku = ?"), BY_INDEX("site", "t.id = ?"), {0}};

static const struct query_column location_columns[] = {
    TEXT("site", "l.site"),
    TEXT("location", "l.code"),
    TEXT("kind", "l.kind"),
    NUMBER("walk", "l.walk"),
    TEXT("carrier", "l.carrier"),
    JSON("attributes", "'{' || l.attributes || '}'"),
    {0},
};
static const struct query_filter location_filters[] = {
    BY_INDEX("site", "l.site = ?"),
    BY_LOOKING("location", PLAIN("l.code") " = ?"),
    BY_LOOKING("kind", PLAIN("l.kind") " = ?"),
    {0},
};

static const struct query_column document_columns[] = {
    TEXT("document", "d.number"),
    TEXT("kind", "d.kind"),
    TEXT("site", "d.site"),
    TEXT("partner", SET("d.partner")),
    TEXT("owner", SET("d.owner")),
    TEXT("order", SET("d.order_number")),
    TEXT("waybill", SET("d.waybill")),
    FLAG("blind", "d.blind"),
    NUMBER("over_percent", "d.over_percent"),
    FLAG("sent", "d.sent"),
    TEXT("state", "d.state"),
    TEXT("outcome", SET("d.outcome")),
    NUMBER("quantity", "(SELECT sum(quantity) FROM document_line l WHERE l.number = d.number)"),
    NUMBER("done", "(SELECT sum(done) FROM document_line l WHERE l.number = d.number)"),
    {0},
};
static const struct query_filter document_filters[] = {
    BY_INDEX("document", "d.number = ?"),
    BY_INDEX("order", "d.order_number = ? AND d.order_number <> ''"),
    BY_LOOKING("site", PLAIN("d.site") " = ?"),
    BY_LOOKING("kind", PLAIN("d.kind") " = ?"),
    BY_LOOKING("state", PLAIN("d.state") " = ?"),
    BY_LOOKING("partner", PLAIN("d.partner") " = ?"),
    {0},
};
static const struct query_section document_sections[] = {
    {"lines", "document-lines", "document", 0, 0}, {"events", "events", "subject", "document/", 0}, {0}};

static const struct query_column document_line_columns[] = {
    TEXT("document", "l.number"),     NUMBER("line", "l.line"),        TEXT("sku", "l.sku"),
    TEXT("lot", SET("l.lot")),        TEXT("expiry", SET("l.expiry")), TEXT("sscc", SET("l.sscc")),
    NUMBER("quantity", "l.quantity"), NUMBER("done", "l.done"),        {0},
};
static const struct query_filter document_line_filters[] = {
    BY_INDEX("document", "l.number = ?"), BY_LOOKING("sku", PLAIN("l.sku") " = ?"), {0}};

#define ONE_TEXT(column)                                                                                               \
    {column},                                                                                                          \
    {                                                                                                                  \
        true                                                                                                           \
    }

const struct query office_goods_queries[] = {
    {"items", "item", "item i", ONE_TEXT("i.sku"), false, 0, item_columns, item_filters, "sku", item_sections},
    {"barcodes", "barcode", "barcode b", ONE_TEXT("b.code"), false, 0, barcode_columns, barcode_filters, "code", 0},
    {"stock",
     "stock",
     "stock s",
     {"s.site", "s.location", "s.sku"},
     {true, true, true},
     false,
     "s.quantity <> 0",
     stock_columns,
     stock_filters,
     0,
     0},
    {"atp",
     "atp",
     "item i CROSS JOIN site t",
     {"i.sku", "t.id"},
     {true, true},
     false,
     0,
     atp_columns,
     atp_filters,
     0,
     0},
    {"locations",
     "location",
     "location l",
     {"l.site", "l.code"},
     {true, true},
     false,
     0,
     location_columns,
     location_filters,
     0,
     0},
    {"documents", "document", "document d", ONE_TEXT("d.number"), false, 0, document_columns, document_filters,
     "document", document_sections},
    {"document-lines",
     "document_line",
     "document_line l",
     {"l.number", "l.line"},
     {true, false},
     false,
     0,
     document_line_columns,
     document_line_filters,
     0,
     0},
    {0},
};
