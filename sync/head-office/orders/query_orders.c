/* What can be looked at of orders as a whole: the orders, why they are held, what was done with them. */
#include "sync/head-office/query_words.h"

#define SUM_OF_LINES(column) "(SELECT sum(" column ") FROM order_line l WHERE l.number = o.number)"

static const struct query_column order_columns[] = {
    TEXT("order", "o.number"),
    TEXT("shop", "o.shop"),
    TEXT("platform", "o.platform"),
    TEXT("platform_order", "o.platform_order"),
    TEXT("platform_status", SET("o.platform_status")),
    TEXT("state", "o.state"),
    TEXT("stage", STAGE_OF("o.state")),
    TEXT("reason", "o.reason"),
    FLAG("cancelling", "o.cancelling"),
    NUMBER("exceptions", "(SELECT count(*) FROM exception e WHERE e.number = o.number AND e.released_us IS NULL)"),
    TEXT("lacks", "o.lacks"),
    NUMBER("lacks_pieces", "o.lacks_pieces"),
    FLAG("refunding", "(o.overlays & 1) <> 0"),
    FLAG("refunded", "(o.overlays & 2) <> 0"),
    FLAG("held", "(o.overlays & 4) <> 0"),
    TEXT("site", "o.site"),
    TEXT("carrier", SET("o.carrier")),
    TEXT("waybill", "o.waybill"),
    NUMBER("priority", "o.priority"),
    TIME("placed", "o.placed_us"),
    TIME("paid", "o.paid_us"),
    TIME("ship_by", "o.ship_by_us"),
    TIME("imported", "o.imported_us"),
    TEXT("currency", "o.currency"),
    NUMBER("goods_minor", "o.goods_minor"),
    NUMBER("freight_minor", "o.freight_minor"),
    NUMBER("discount_minor", "o.discount_minor"),
    NUMBER("platform_discount_minor", "o.platform_discount_minor"),
    NUMBER("paid_minor", "o.paid_minor"),
    NUMBER("quantity", SUM_OF_LINES("quantity")),
    NUMBER("picked", SUM_OF_LINES("picked")),
    NUMBER("packed", SUM_OF_LINES("packed")),
    NUMBER("shipped", SUM_OF_LINES("shipped")),
    TEXT("buyer", MASKED_BUYER("o.buyer")),
    TEXT("receiver", MASKED_NAME("o.receiver_name")),
    TEXT("phone", MASKED_PHONE("o.receiver_phone")),
    TEXT("province", SET("o.province")),
    TEXT("city", SET("o.city")),
    TEXT("origin", "o.origin"),
    TEXT("of_order", "o.of_order"),
    TEXT("merged_into", "o.merged_into"),
    NUMBER("rev", "o.rev"),
    {0},
};
static const struct query_filter order_filters[] = {
    BY_INDEX("order", "o.number = ?"),
    BY_INDEX("platform_order", "o.platform_order = ?"),
    BY_INDEX("waybill", "o.number IN (SELECT number FROM orders WHERE waybill = ? UNION SELECT number FROM parcel WHERE"
                        " waybill = ? UNION SELECT order_number FROM waybill WHERE number = ?)"),
    BY_INDEX("buyer", "o.buyer = ? AND o.buyer <> ''"),
    BY_INDEX("of_order", "o.of_order = ?"),
    BY_INDEX("exception", "o.number IN (SELECT number FROM exception WHERE kind = ? AND released_us IS NULL)"),
    BY_INDEX("lacks", "o.lacks = ?"),
    BY_INDEX("state", "o.state = ?"),
    BY_LOOKING("stage", STAGE_OF("o.state") " = ?"),
    BY_LOOKING("sku", "EXISTS (SELECT 1 FROM order_line l WHERE l.number = o.number AND l.sku = ?)"),
    BY_LOOKING("shop", PLAIN("o.shop") " = ?"),
    BY_LOOKING("site", PLAIN("o.site") " = ?"),
    BY_LOOKING("carrier", PLAIN("o.carrier") " = ?"),
    BY_LOOKING("platform", PLAIN("o.platform") " = ?"),
    BY_LOOKING("province", PLAIN("o.province") " = ?"),
    BY_LOOKING("origin", PLAIN("o.origin") " = ?"),
    {0},
};
static const struct query_section order_sections[] = {
    {"lines", "lines", "order", 0, 0},
    {"parcels", "parcels", "order", 0, 0},
    {"exceptions", "exceptions", "order", 0, 0},
    {"reservations", "reservations", "order", 0, 0},
    {"assignments", "assignments", "order", 0, 0},
    {"waybills", "waybills", "order", 0, 0},
    {"documents", "documents", "order", 0, 0},
    {"related", "orders", "of_order", 0, 0},
    {"aftersales", "aftersales", "order", 0, 0},
    {"refunds_due", "refunds-due", "order", 0, 0},
    {"rule_hits", "rule-hits", "order", 0, 0},
    {"platform", "platform-orders", "order", 0, 0},
    {"outbox", "outbox", "order", 0, 0},
    {"entries", "entries", "order", 0, 0},
    {"bill_rows", "bill-rows", "order", 0, 0},
    {"invoices", "invoices", "order", 0, 0},
    {"adjustments", "order-adjustments", "order", 0, 0},
    {"overship", "overship", "order", 0, 0},
    {"history", "history", "order", 0, 0},
    {"events", "events", "subject", "order/", 0},
    {"parcel_events", "events", "subject", "parcel/", "-1"},
    {0},
};

/* Free text of the buyer and of people here: a kind of its own, so that not everybody who may look at orders sees it.
 */
static const struct query_column note_columns[] = {
    TEXT("order", "o.number"),
    TEXT("shop", "o.shop"),
    TEXT("buyer_note", SET("o.buyer_note")),
    TEXT("seller_note", SET("o.seller_note")),
    {0},
};
static const struct query_filter note_filters[] = {
    BY_INDEX("order", "o.number = ?"), BY_LOOKING("shop", PLAIN("o.shop") " = ?"), {0}};

#define OF_ORDER(column, of) "(SELECT " column " FROM orders o WHERE o.number = " of ".number)"

static const struct query_column exception_columns[] = {
    NUMBER("exception", "e.id"),
    TEXT("order", "e.number"),
    TEXT("shop", OF_ORDER("o.shop", "e")),
    TEXT("kind", "e.kind"),
    TEXT("rule", SET("e.rule")),
    TEXT("detail", SET("e.detail")),
    TIME("raised", "e.raised_us"),
    TIME("released", "e.released_us"),
    TEXT("released_by", SET("e.released_by")),
    FLAG("open", "e.released_us IS NULL"),
    {0},
};
static const struct query_filter exception_filters[] = {
    BY_INDEX("order", "e.number = ?"),
    BY_LOOKING("open", WHETHER("e.released_us IS NULL")),
    BY_LOOKING("kind", PLAIN("e.kind") " = ?"),
    BY_LOOKING("shop", OF_ORDER("o.shop", "e") " = ?"),
    {0},
};

static const struct query_column history_columns[] = {
    NUMBER("history", "h.id"), TEXT("order", "h.number"),   TIME("time", "h.time_us"),
    TEXT("act", "h.act"),      TEXT("before", "h.before"),  TEXT("after", "h.after"),
    TEXT("who", SET("h.who")), TEXT("note", SET("h.note")), {0},
};
static const struct query_filter history_filters[] = {
    BY_INDEX("order", "h.number = ?"),
    BY_LOOKING("act", PLAIN("h.act") " = ?"),
    BY_LOOKING("who", PLAIN("h.who") " = ?"),
    {0},
};

#define NUMBERED                                                                                                       \
    {"o.number"},                                                                                                      \
    {                                                                                                                  \
        true                                                                                                           \
    }

static const struct query_column state_columns[] = {
    TEXT("state", "s.state"), TEXT("stage", STAGE_OF("s.state")), NUMBER("orders", "s.orders"), {0}};
static const struct query_filter state_filters[] = {BY_INDEX("state", "s.state = ?"), {0}};

const struct query office_order_queries[] = {
    {"orders", "order", "orders o", NUMBERED, false, 0, order_columns, order_filters, "order", order_sections},
    {"order-states",
     "standing",
     "(SELECT state, count(*) AS orders FROM orders GROUP BY state) s",
     {"s.state"},
     {true},
     false,
     0,
     state_columns,
     state_filters,
     0,
     0},
    {"notes", "note", "orders o", NUMBERED, false, "(o.buyer_note <> '' OR o.seller_note <> '')", note_columns,
     note_filters, 0, 0},
    {"exceptions", "exception", "exception e", {"e.id"}, {0}, true, 0, exception_columns, exception_filters, 0, 0},
    {"history", "history", "order_history h", {"h.id"}, {0}, false, 0, history_columns, history_filters, 0, 0},
    {0},
};
