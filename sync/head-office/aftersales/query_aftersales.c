/* What can be looked at of after-sales: the cases, the pieces they are about, what came back, what is owed. */
#include "sync/head-office/query_words.h"

static const struct query_column aftersale_columns[] = {
    TEXT("aftersale", "a.number"),
    TEXT("kind", "a.kind"),
    TEXT("state", "a.state"),
    TEXT("goods", "a.goods"),
    TEXT("order", "a.order_number"),
    TEXT("shop", "a.shop"),
    TEXT("platform_refund", "a.platform_refund"),
    TEXT("platform_order", SET("a.platform_order")),
    TEXT("platform_status", SET("a.platform_status")),
    NUMBER("platform_minor", "nullif(a.platform_minor, 0)"),
    NUMBER("amount_minor", "(SELECT sum(l.amount_minor) FROM aftersale_line l WHERE l.number = a.number)"),
    NUMBER("freight_minor", "a.freight_minor"),
    TEXT("reason", SET("a.reason")),
    TEXT("trouble", SET("a.trouble")),
    TEXT("agreed_by", SET("a.agreed_by")),
    TEXT("site", "a.site"),
    TEXT("carrier", SET("a.carrier")),
    TEXT("waybill", SET("a.waybill")),
    TEXT("new_order", "a.new_order"),
    NUMBER("pay_minor", "a.pay_minor"),
    TIME("asked", "a.asked_us"),
    TIME("changed", "a.changed_us"),
    {0},
};
static const struct query_filter aftersale_filters[] = {
    BY_INDEX("aftersale", "a.number = ?"),
    BY_INDEX("order", "a.order_number = ?"),
    BY_INDEX("state", "a.state = ?"),
    BY_LOOKING("kind", PLAIN("a.kind") " = ?"),
    BY_LOOKING("shop", PLAIN("a.shop") " = ?"),
    BY_LOOKING("trouble", WHETHER("a.trouble <> ''")),
    BY_LOOKING("waybill", PLAIN("a.waybill") " = ?"),
    {0},
};
static const struct query_section aftersale_sections[] = {
    {"lines", "aftersale-lines", "aftersale", 0, 0},
    {"goods", "aftersale-goods", "aftersale", 0, 0},
    {"refund", "refunds-due", "aftersale", 0, 0},
    {"history", "aftersale-history", "aftersale", 0, 0},
    {0},
};

static const struct query_column line_columns[] = {
    TEXT("aftersale", "l.number"),
    NUMBER("line", "l.line"),
    TEXT("sku", "l.sku"),
    NUMBER("quantity", "l.quantity"),
    NUMBER("amount_minor", "l.amount_minor"),
    TEXT("new_sku", "l.new_sku"),
    {0},
};
static const struct query_filter line_filters[] = {BY_INDEX("aftersale", "l.number = ?"), {0}};

static const struct query_column goods_columns[] = {
    TEXT("aftersale", "g.number"),    TEXT("sku", "g.sku"),
    NUMBER("received", "g.received"), NUMBER("grade_a", "g.grade_a"),
    NUMBER("grade_b", "g.grade_b"),   NUMBER("grade_c", "g.grade_c"),
    NUMBER("grade_d", "g.grade_d"),   {0},
};
static const struct query_filter goods_filters[] = {BY_INDEX("aftersale", "g.number = ?"), {0}};

static const struct query_column history_columns[] = {
    NUMBER("history", "h.id"), TEXT("aftersale", "h.number"), TIME("time", "h.time_us"),
    TEXT("act", "h.act"),      TEXT("before", "h.before"),    TEXT("after", "h.after"),
    TEXT("who", SET("h.who")), TEXT("note", SET("h.note")),   {0},
};
static const struct query_filter history_filters[] = {BY_INDEX("aftersale", "h.number = ?"), {0}};

static const struct query_column due_columns[] = {
    TEXT("aftersale", "d.number"),
    TEXT("order", "d.order_number"),
    TEXT("currency", "d.currency"),
    NUMBER("amount_minor", "d.amount_minor"),
    NUMBER("freight_minor", "d.freight_minor"),
    TEXT("reason", SET("d.reason")),
    TEXT("state", "d.state"),
    TEXT("approved_by", "d.approved_by"),
    TIME("approved", "d.approved_us"),
    TEXT("paid_by", SET("d.paid_by")),
    TIME("paid", "d.paid_us"),
    FLAG("booked", "d.booked"),
    TEXT("shop", "(SELECT o.shop FROM orders o WHERE o.number = d.order_number)"),
    {0},
};
static const struct query_filter due_filters[] = {
    BY_INDEX("aftersale", "d.number = ?"),
    BY_INDEX("order", "d.order_number = ?"),
    BY_LOOKING("state", PLAIN("d.state") " = ?"),
    BY_LOOKING("shop", "(SELECT o.shop FROM orders o WHERE o.number = d.order_number) = ?"),
    BY_LOOKING("booked", WHETHER("d.booked = 1")),
    {0},
};

#define NUMBERED(of)                                                                                                   \
    {of ".number"},                                                                                                    \
    {                                                                                                                  \
        true                                                                                                           \
    }

const struct query office_aftersale_queries[] = {
    {"aftersales", "aftersale", "aftersale a", NUMBERED("a"), false, 0, aftersale_columns, aftersale_filters,
     "aftersale", aftersale_sections},
    {"aftersale-lines",
     "aftersale_line",
     "aftersale_line l",
     {"l.number", "l.line"},
     {true, false},
     false,
     0,
     line_columns,
     line_filters,
     0,
     0},
    {"aftersale-goods",
     "aftersale_goods",
     "aftersale_goods g",
     {"g.number", "g.sku"},
     {true, true},
     false,
     0,
     goods_columns,
     goods_filters,
     0,
     0},
    {"aftersale-history",
     "aftersale_history",
     "aftersale_history h",
     {"h.id"},
     {0},
     false,
     0,
     history_columns,
     history_filters,
     0,
     0},
    {"refunds-due", "refund_due", "refund_due d", NUMBERED("d"), false, 0, due_columns, due_filters, 0, 0},
    {0},
};
