/* What can be looked at of forecasts and purchases. */
#include "sync/head-office/buying/purchases.h"
#include "sync/head-office/query_words.h"

#define DAY_TEXT(column)                                                                                               \
    "CASE WHEN " column " > 0 THEN substr(CAST(" column " AS TEXT), 1, 4) || '-' || substr(CAST(" column               \
    " AS TEXT), 5, 2) || '-' || substr(CAST(" column " AS TEXT), 7, 2) END"
#define NUMBERED(name, column)                                                                                         \
    {                                                                                                                  \
        name, column " = ?", true, true                                                                                \
    }
#define ONE_TEXT(column)                                                                                               \
    {column},                                                                                                          \
    {                                                                                                                  \
        true                                                                                                           \
    }
#define ONE_NUMBER(column)                                                                                             \
    {column},                                                                                                          \
    {                                                                                                                  \
        0                                                                                                              \
    }

/* ---------------------------------------------------------------- demand and forecasts */

static const struct query_column demand_columns[] = {
    TEXT("sku", "d.sku"),
    TEXT("day", DAY_TEXT("d.day")),
    NUMBER("quantity", "d.quantity"),
    NUMBER("by_files", "d.told"),
    TEXT("mark", "(SELECT m.kind FROM demand_mark m WHERE m.sku = d.sku AND m.day = d.day)"),
    {0},
};
static const struct query_filter demand_filters[] = {BY_INDEX("sku", "d.sku = ?"), {0}};

static const struct query_column mark_columns[] = {
    TEXT("sku", "m.sku"), TEXT("day", DAY_TEXT("m.day")), TEXT("kind", "m.kind"), TEXT("who", SET("m.who")), {0}};
static const struct query_filter mark_filters[] = {
    BY_INDEX("sku", "m.sku = ?"), BY_LOOKING("kind", PLAIN("m.kind") " = ?"), {0}};

static const struct query_column forecast_columns[] = {
    TEXT("sku", "f.sku"),
    TEXT("method", "f.method"),
    NUMBER("mase_milli", "f.mase_milli"),
    TEXT("demand", "f.demand"),
    NUMBER("mean_milli", "f.mean_milli"),
    NUMBER("spread_milli", "f.spread_milli"),
    NUMBER("period_days", "f.period_days"),
    TEXT("from", DAY_TEXT("f.from_day")),
    TEXT("to", DAY_TEXT("f.to_day")),
    NUMBER("periods", "f.periods"),
    NUMBER("days_left_out", "f.left_out"),
    TIME("made", "f.made_us"),
    {0},
};
static const struct query_filter forecast_filters[] = {
    BY_INDEX("sku", "f.sku = ?"),
    BY_LOOKING("method", PLAIN("f.method") " = ?"),
    BY_LOOKING("demand", PLAIN("f.demand") " = ?"),
    {0},
};
static const struct query_section forecast_sections[] = {
    {"values", "forecast-values", "sku", 0, 0},
    {"past", "forecast-series", "sku", 0, 0},
    {"history", "demand", "sku", 0, 0},
    {"marks", "demand-marks", "sku", 0, 0},
    {"proposals", "purchase-proposals", "sku", 0, 0},
    {"suppliers", "supplier-items", "sku", 0, 0},
    {"purchases", "purchase-lines", "sku", 0, 0},
    {0},
};

static const struct query_column value_columns[] = {
    TEXT("sku", "v.sku"),
    NUMBER("ahead", "v.ahead"),
    TEXT("day", DAY_TEXT("v.day")),
    NUMBER("mean_milli", "v.mean_milli"),
    NUMBER("lower_milli", "v.lower_milli"),
    NUMBER("upper_milli", "v.upper_milli"),
    {0},
};
static const struct query_filter value_filters[] = {BY_INDEX("sku", "v.sku = ?"), {0}};

static const struct query_column series_columns[] = {TEXT("sku", "f.sku"),
                                                     NUMBER("period_days", "f.period_days"),
                                                     TEXT("to", DAY_TEXT("f.to_day")),
                                                     JSON("history", "f.history"),
                                                     {0}};

static const struct query_column run_columns[] = {
    NUMBER("run", "u.id"),       TEXT("state", "u.state"),    TEXT("asked_by", SET("u.asked_by")),
    TIME("began", "u.began_us"), TIME("ended", "u.ended_us"), NUMBER("done", "u.done"),
    NUMBER("total", "u.total"),  TEXT("said", SET("u.said")), {0}};
static const struct query_filter no_filters[] = {{0}};

/* ---------------------------------------------------------------- suppliers */

static const struct query_column supplier_columns[] = {
    TEXT("supplier", "s.code"),
    TEXT("name", "s.name"),
    TEXT("currency", "s.currency"),
    NUMBER("lead_days", "s.lead_days"),
    NUMBER("lead_spread_days", "s.lead_spread_days"),
    NUMBER("terms_days", "s.terms_days"),
    NUMBER("order_minor", "s.order_minor"),
    NUMBER("items", "(SELECT count(*) FROM supplier_item i WHERE i.supplier = s.code)"),
    TEXT("note", SET("s.note")),
    {0},
};
static const struct query_filter supplier_filters[] = {
    BY_INDEX("supplier", "s.code = ?"), BY_LOOKING("name", "lower(s.name) LIKE '%' || lower(?) || '%'"), {0}};
static const struct query_section supplier_sections[] = {{"items", "supplier-items", "supplier", 0, 0},
                                                         {"purchases", "purchases", "supplier", 0, 0},
                                                         {"proposals", "purchase-proposals", "supplier", 0, 0},
                                                         {0}};

static const struct query_column supplier_item_columns[] = {
    TEXT("supplier", "i.supplier"),     TEXT("sku", "i.sku"),
    TEXT("code", SET("i.code")),        NUMBER("price_minor", "i.price_minor"),
    TEXT("currency", "s.currency"),     NUMBER("least", "i.least"),
    NUMBER("pack", "i.pack"),           FLAG("preferred", "i.preferred"),
    NUMBER("lead_days", "i.lead_days"), {0}};
static const struct query_filter supplier_item_filters[] = {
    BY_INDEX("supplier", "i.supplier = ?"), BY_INDEX("sku", "i.sku = ?"), {0}};

static const struct query_column plan_columns[] = {TEXT("sku", "n.sku"),
                                                   FLAG("is_bought", "n.bought"),
                                                   NUMBER("service_level", "n.service_level"),
                                                   NUMBER("review_days", "n.review_days"),
                                                   {0}};
static const struct query_filter plan_filters[] = {BY_INDEX("sku", "n.sku = ?"), {0}};

/* ---------------------------------------------------------------- proposals */

static const struct query_column proposal_columns[] = {
    NUMBER("proposal", "q.id"),
    TEXT("state", "q.state"),
    NUMBER("place", "q.place"),
    TEXT("sku", "q.sku"),
    TEXT("supplier", "q.supplier"),
    NUMBER("quantity", "q.quantity"),
    NUMBER("price_minor", "q.price_minor"),
    NUMBER("amount_minor", "q.amount_minor"),
    TEXT("currency", SET("q.currency")),
    NUMBER("base_minor", "q.base_minor"),
    NUMBER("cover_milli", "q.cover_milli"),
    JSON("why", "q.why"),
    TEXT("number", "q.number"),
    TIME("made", "q.made_us"),
    {0},
};
static const struct query_filter proposal_filters[] = {
    NUMBERED("proposal", "q.id"),
    BY_INDEX("sku", "q.sku = ?"),
    BY_LOOKING("state", PLAIN("q.state") " = ?"),
    BY_LOOKING("supplier", PLAIN("q.supplier") " = ?"),
    BY_LOOKING("number", PLAIN("q.number") " = ?"),
    {0},
};

/* ---------------------------------------------------------------- purchase orders */

#define LINES(what) "(SELECT CAST(coalesce(sum(" what "), 0) AS BIGINT) FROM purchase_line l WHERE l.number = p.number)"
static const struct query_column purchase_columns[] = {
    TEXT("number", "p.number"),
    TEXT("supplier", "p.supplier"),
    TEXT("site", "p.site"),
    TEXT("state", "p.state"),
    TEXT("currency", "p.currency"),
    NUMBER("total_minor", LINES("l.quantity * l.price_minor")),
    NUMBER("quantity", LINES("l.quantity")),
    NUMBER("received", LINES("l.received")),
    NUMBER("damaged", LINES("l.damaged")),
    NUMBER("on_order", LINES(PURCHASE_ON_ORDER)),
    NUMBER("given_up", LINES(PURCHASE_GIVEN_UP)),
    NUMBER("over_percent", "p.over_percent"),
    TEXT("expected", DAY_TEXT("p.expected_day")),
    TIME("made", "p.made_us"),
    TIME("sent_at", "p.sent_us"),
    TIME("confirmed", "p.confirmed_us"),
    TIME("received_at", "p.received_us"),
    TEXT("note", SET("p.note")),
    {0},
};
static const struct query_filter purchase_filters[] = {
    BY_INDEX("number", "p.number = ?"),
    BY_LOOKING("state", PLAIN("p.state") " = ?"),
    BY_LOOKING("supplier", PLAIN("p.supplier") " = ?"),
    BY_LOOKING("site", PLAIN("p.site") " = ?"),
    {0},
};
static const struct query_section purchase_sections[] = {
    {"lines", "purchase-lines", "number", 0, 0},     {"differences", "purchase-differences", "number", 0, 0},
    {"history", "purchase-history", "number", 0, 0}, {"document", "documents", "document", 0, 0},
    {"events", "events", "subject", "document/", 0}, {0}};

static const struct query_column line_columns[] = {
    TEXT("number", "l.number"),
    TEXT("sku", "l.sku"),
    NUMBER("quantity", "l.quantity"),
    NUMBER("price_minor", "l.price_minor"),
    NUMBER("received", "l.received"),
    NUMBER("damaged", "l.damaged"),
    NUMBER("on_order", PURCHASE_ON_ORDER),
    NUMBER("given_up", PURCHASE_GIVEN_UP),
    TEXT("state", "p.state"),
    {0},
};
static const struct query_filter line_filters[] = {
    BY_INDEX("number", "l.number = ?"), BY_INDEX("sku", "l.sku = ?"), {0}};

static const struct query_column history_columns[] = {
    NUMBER("history", "h.id"), TEXT("number", "h.number"),      TIME("time", "h.time_us"),
    TEXT("act", "h.act"),      TEXT("before", SET("h.before")), TEXT("after", "h.after"),
    TEXT("who", SET("h.who")), TEXT("note", SET("h.note")),     {0}};
static const struct query_filter history_filters[] = {BY_INDEX("number", "h.number = ?"), {0}};

/* What came otherwise than it was ordered, until a person has seen to it. */
#define DIFFERS                                                                                                        \
    "(l.received + l.damaged > l.quantity OR l.damaged > 0 OR (p.state = 'cancelled' AND l.received > 0) OR "          \
    "(p.state IN ('received', 'closed') AND l.received < l.quantity)) AND (l.settled = '' OR l.settled_pieces <> "     \
    "l.received + l.damaged)"
static const struct query_column difference_columns[] = {
    TEXT("number", "l.number"),
    TEXT("sku", "l.sku"),
    TEXT("kind",
         "CASE WHEN p.state = 'cancelled' THEN 'after_cancel' WHEN l.quantity = 0 THEN 'unordered' WHEN l.received"
         " + l.damaged > l.quantity THEN 'over' WHEN l.damaged > 0 THEN 'damaged' ELSE 'short' END"),
    NUMBER("quantity", "l.quantity"),
    NUMBER("received", "l.received"),
    NUMBER("damaged", "l.damaged"),
    NUMBER("given_up", PURCHASE_GIVEN_UP),
    TEXT("supplier", "p.supplier"),
    TEXT("site", "p.site"),
    {0},
};

#define PURCHASE_LINES "purchase_line l JOIN purchase p ON p.number = l.number"
#define TWO_TEXTS(one, other)                                                                                          \
    {one, other},                                                                                                      \
    {                                                                                                                  \
        true, true                                                                                                     \
    }
#define TEXT_AND_NUMBER(one, other)                                                                                    \
    {one, other},                                                                                                      \
    {                                                                                                                  \
        true, false                                                                                                    \
    }

/* clang-format off */
const struct query office_buying_queries[] = {
    {"forecasts", "forecast", "forecast f", ONE_TEXT("f.sku"), false, 0, forecast_columns, forecast_filters, "sku",
     forecast_sections},
    {"forecast-values", "forecast_value", "forecast_value v", TEXT_AND_NUMBER("v.sku", "v.ahead"), false, 0, value_columns,
     value_filters, 0, 0},
    {"forecast-series", "forecast_series", "forecast f", ONE_TEXT("f.sku"), false, 0, series_columns, forecast_filters, 0, 0},
    {"forecast-runs", "forecast_run", "forecast_run u", ONE_NUMBER("u.id"), false, 0, run_columns, no_filters, 0, 0},
    {"demand", "demand_day", "demand_day d", TEXT_AND_NUMBER("d.sku", "d.day"), true, 0, demand_columns, demand_filters, 0, 0},
    {"demand-marks", "demand_mark", "demand_mark m", TEXT_AND_NUMBER("m.sku", "m.day"), true, 0, mark_columns, mark_filters,
     0, 0},
    {"suppliers", "supplier", "supplier s", ONE_TEXT("s.code"), false, 0, supplier_columns, supplier_filters, "supplier",
     supplier_sections},
    {"supplier-items", "supplier_item", "supplier_item i JOIN supplier s ON s.code = i.supplier",
     TWO_TEXTS("i.supplier", "i.sku"), false, 0, supplier_item_columns, supplier_item_filters, 0, 0},
    {"item-plans", "item_plan", "item_plan n", ONE_TEXT("n.sku"), false, 0, plan_columns, plan_filters, "sku", 0},
    {"purchase-proposals", "purchase_proposal", "purchase_proposal q", ONE_NUMBER("q.id"), false, 0, proposal_columns,
     proposal_filters, "proposal", 0},
    {"purchases", "purchase", "purchase p", ONE_TEXT("p.number"), true, 0, purchase_columns, purchase_filters, "number",
     purchase_sections},
    {"purchase-lines", "purchase_line", PURCHASE_LINES, TWO_TEXTS("l.number", "l.sku"), false, 0, line_columns, line_filters,
     0, 0},
    {"purchase-differences", "purchase_difference", PURCHASE_LINES, TWO_TEXTS("l.number", "l.sku"), false, DIFFERS,
     difference_columns, line_filters, 0, 0},
    {"purchase-history", "purchase_history", "purchase_history h", ONE_NUMBER("h.id"), false, 0, history_columns,
     history_filters, 0, 0},
    {0},
};
/* clang-format on */
