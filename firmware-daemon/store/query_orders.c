/* What can be asked of orders, waves and documents. */
#include "store/query_words.h"

#define SUM_OF_LINES(column) "(SELECT sum(" column ") FROM order_line WHERE order_id = o.id)"

static const struct query_column order_columns[] = {
    TEXT("order", "o.number"),
    TEXT("platform", "o.platform"),
    TEXT("owner", "nullif(o.owner, '')"),
    TEXT("carrier", "o.carrier"),
    TEXT("waybill", "o.waybill"),
    NUMBER("priority", "o.priority"),
    TIME("due", "nullif(o.due_us, 0)"),
    TEXT("wave", WAVE_OF("o.wave")),
    TEXT("state", "o.state"),
    TEXT("reason", "nullif(o.reason, '')"),
    FLAG("cancelled", "o.cancelled"),
    TEXT("worker", WORKER_OF("o.worker")),
    NUMBER("quantity", SUM_OF_LINES("quantity")),
    NUMBER("picked", SUM_OF_LINES("picked")),
    NUMBER("packed", SUM_OF_LINES("packed")),
    NUMBER("shipped", SUM_OF_LINES("shipped")),
    /* Enough to tell two parcels apart, too little to find somebody. */
    TEXT("receiver", "nullif(o.name_mask, '')"),
    TEXT("phone", "nullif(o.phone_mask, '')"),
    {0},
};
static const struct query_filter order_filters[] = {
    BY_INDEX("order", "o.number = ?"),
    BY_INDEX("waybill", "o.waybill = ?"),
    BY_INDEX("worker", "o.worker = " THE_WORKER),
    BY_INDEX("wave", "o.wave = " THE_WAVE),
    BY_LOOKING("state", "+o.state = ?"),
    BY_LOOKING("carrier", "+o.carrier = ?"),
    BY_LOOKING("platform", "+o.platform = ?"),
    /* Whether its cut-off is over, and it is still here. */
    BY_LOOKING("late", "iif(o.due_us <> 0 AND o.due_us < unixepoch() * 1000000 AND o.cancelled = 0 AND "
                       "o.state NOT IN ('handed', 'cancelled'), 'yes', 'no') = ?"),
    {0},
};
static const struct query_section order_sections[] = {
    {"lines", "lines", "order", 0, 0},
    {"allocations", "allocations", "order", 0, 0},
    {"lpns", "lpns", "order", 0, 0},
    {"parcels", "parcels", "order", 0, 0},
    {"waybills", "waybills", "order", 0, 0},
    {"print_jobs", "print-jobs", "order", 0, 0},
    {"returns", "documents", "order", 0, 0},
    {"moves", "moves", "order", 0, 0},
    {"events", "journal", "subject", "order/", 0},
    {"parcel_events", "journal", "subject", "parcel/", "-1"},
    {0},
};

static const struct query_column line_columns[] = {
    TEXT("order", ORDER_OF("l.order_id")), NUMBER("line", "l.line"),
    TEXT("sku", SKU_OF("l.item")),         NUMBER("quantity", "l.quantity"),
    NUMBER("picked", "l.picked"),          NUMBER("packed", "l.packed"),
    NUMBER("shipped", "l.shipped"),        {0},
};
static const struct query_filter line_filters[] = {
    BY_INDEX("order", "l.order_id = " THE_ORDER), BY_LOOKING("sku", "+l.item = " THE_ITEM), {0}};

static const struct query_column allocation_columns[] = {
    TEXT("order", "(SELECT number FROM orders WHERE id = (SELECT order_id FROM order_line WHERE id = a.line))"),
    NUMBER("line", "(SELECT line FROM order_line WHERE id = a.line)"),
    TEXT("sku", SKU_OF("a.item")),
    TEXT("location", LOCATION_OF("a.location")),
    TEXT("lot", LOT_OF("a.lot")),
    TEXT("worker", WORKER_OF("a.worker")),
    NUMBER("quantity", "a.quantity"),
    NUMBER("picked", "a.picked"),
    NUMBER("released", "a.released"),
    NUMBER("open", "a.open"),
    {0},
};
static const struct query_filter allocation_filters[] = {
    BY_INDEX("order", "a.line IN " THE_LINES),
    BY_LOOKING("sku", "+a.item = " THE_ITEM),
    BY_INDEX("location", "a.open > 0 AND a.location = " THE_LOCATION),
    {0}};

static const struct query_column wave_columns[] = {
    TEXT("wave", "w.number"),
    TEXT("kind", "w.kind"),
    TEXT("state", "w.state"),
    TEXT("policy", "w.policy"),
    TEXT("carrier", "nullif(w.carrier, '')"),
    TEXT("wall", "nullif(w.wall, '')"),
    NUMBER("orders", "(SELECT count(*) FROM orders WHERE wave = w.id)"),
    TEXT("worker", WORKER_OF("w.worker")),
    {0},
};
static const struct query_filter wave_filters[] = {
    BY_INDEX("wave", "w.number = ?"),
    BY_LOOKING("kind", "+w.kind = ?"),
    BY_LOOKING("state", "+w.state = ?"),
    BY_LOOKING("carrier", "+w.carrier = ?"),
    BY_LOOKING("worker", "+w.worker = " THE_WORKER),
    {0},
};
static const struct query_section wave_sections[] = {
    {"orders", "orders", "wave", 0, 0},
    {"lpns", "lpns", "wave", 0, 0},
    {"tasks", "tasks", "wave", 0, 0},
    {"events", "journal", "subject", "wave/", 0},
    {0},
};

static const struct query_column wave_rule_columns[] = {
    TEXT("rule", "r.name"),
    NUMBER("place", "r.place"),
    TEXT("kind", "r.kind"),
    TEXT("carrier", "nullif(r.carrier, '')"),
    TEXT("platform", "nullif(r.platform, '')"),
    TEXT("zone", "nullif(r.zone, '')"),
    TEXT("wall", "nullif(r.wall, '')"),
    NUMBER("lines_min", "r.lines_min"),
    NUMBER("lines_max", "r.lines_max"),
    NUMBER("pieces_max", "r.pieces_max"),
    NUMBER("orders_min", "r.orders_min"),
    NUMBER("orders_max", "r.orders_max"),
    NUMBER("due_min", "r.due_min"),
    TEXT("policy", "r.policy"),
    FLAG("active", "r.active"),
    {0},
};
static const struct query_filter wave_rule_filters[] = {BY_LOOKING("kind", "+r.kind = ?"), {0}};

#define SUM_OF_DOCUMENT(column) "(SELECT sum(" column ") FROM document_line WHERE document = d.id)"

static const struct query_column document_columns[] = {
    TEXT("document", "d.number"),
    TEXT("kind", "d.kind"),
    TEXT("state", "d.state"),
    TEXT("outcome", "nullif(d.outcome, '')"),
    TEXT("partner", "nullif(d.partner, '')"),
    TEXT("owner", "nullif(d.owner, '')"),
    TEXT("order", "nullif(d.order_number, '')"),
    TEXT("waybill", "nullif(d.waybill, '')"),
    FLAG("blind", "d.blind"),
    NUMBER("over_percent", "d.over_percent"),
    NUMBER("expected", SUM_OF_DOCUMENT("expected")),
    NUMBER("done", SUM_OF_DOCUMENT("done")),
    NUMBER("damaged", SUM_OF_DOCUMENT("damaged")),
    NUMBER("settled", SUM_OF_DOCUMENT("settled")),
    TEXT("worker", WORKER_OF("d.worker")),
    {0},
};
static const struct query_filter document_filters[] = {
    BY_INDEX("document", "d.number = ?"),
    BY_INDEX("waybill", "d.waybill <> '' AND d.waybill = ?"),
    BY_INDEX("order", "d.order_number <> '' AND d.order_number = ?"),
    BY_LOOKING("kind", "+d.kind = ?"),
    BY_LOOKING("state", "+d.state = ?"),
    BY_LOOKING("partner", "+d.partner = ?"),
    BY_LOOKING("worker", "+d.worker = " THE_WORKER),
    {0},
};
static const struct query_section document_sections[] = {
    {"lines", "document-lines", "document", 0, 0},
    {"lpns", "lpns", "document", 0, 0},
    {"moves", "moves", "document", 0, 0},
    {"events", "journal", "subject", "document/", 0},
    {0},
};

static const struct query_column document_line_columns[] = {
    TEXT("document", "(SELECT number FROM document WHERE id = l.document)"),
    NUMBER("line", "l.line"),
    TEXT("sku", SKU_OF("l.item")),
    TEXT("lot", "nullif(l.lot_code, '')"),
    TEXT("expiry", "l.expiry"),
    TEXT("sscc", "nullif(l.sscc, '')"),
    NUMBER("expected", "l.expected"),
    NUMBER("done", "l.done"),
    NUMBER("damaged", "l.damaged"),
    NUMBER("settled", "l.settled"),
    {0},
};
static const struct query_filter document_line_filters[] = {BY_INDEX("document", "l.document = " THE_DOCUMENT),
                                                            BY_INDEX("sscc", "l.sscc <> '' AND l.sscc = ?"),
                                                            BY_LOOKING("sku", "+l.item = " THE_ITEM),
                                                            {0}};

const struct query order_queries[] = {
    {"orders", "order", "orders o", {"o.id"}, {0}, true, 0, order_columns, order_filters, "order", order_sections},
    {"lines", "line", "order_line l", {"l.id"}, {0}, false, 0, line_columns, line_filters, 0, 0},
    {"allocations",
     "allocation",
     "allocation a",
     {"a.id"},
     {0},
     false,
     0,
     allocation_columns,
     allocation_filters,
     0,
     0},
    {"waves", "wave", "wave w", {"w.id"}, {0}, true, 0, wave_columns, wave_filters, "wave", wave_sections},
    {"wave-rules", "wave_rule", "wave_rule r", {"r.rowid"}, {0}, false, 0, wave_rule_columns, wave_rule_filters, 0, 0},
    {"documents",
     "document",
     "document d",
     {"d.id"},
     {0},
     true,
     0,
     document_columns,
     document_filters,
     "document",
     document_sections},
    {"document-lines",
     "document_line",
     "document_line l",
     {"l.id"},
     {0},
     false,
     0,
     document_line_columns,
     document_line_filters,
     0,
     0},
    {0},
};
