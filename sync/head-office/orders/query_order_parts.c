/* What can be looked at of an order's parts: lines, parcels, promises, the sites that had it, waybill numbers. */
#include "sync/head-office/query_words.h"

static const struct query_column line_columns[] = {
    TEXT("order", "l.number"),
    NUMBER("line", "l.line"),
    TEXT("sku", "l.sku"),
    TEXT("code", SET("l.code")),
    TEXT("title", SET("l.title")),
    TEXT("platform_line", SET("l.platform_line")),
    TEXT("platform_item", SET("l.platform_item")),
    TEXT("platform_sku", SET("l.platform_sku")),
    NUMBER("quantity", "l.quantity"),
    NUMBER("picked", "l.picked"),
    NUMBER("missing", "l.missing"),
    NUMBER("packed", "l.packed"),
    NUMBER("shipped", "l.shipped"),
    NUMBER("price_minor", "l.price_minor"),
    NUMBER("paid_minor", "l.paid_minor"),
    FLAG("refunding", "(l.overlays & 1) <> 0"),
    FLAG("gift", "l.gift"),
    TEXT("bundle", SET("l.bundle")),
    {0},
};
static const struct query_filter line_filters[] = {
    BY_INDEX("order", "l.number = ?"),
    BY_INDEX("sku", "l.sku = ?"),
    BY_INDEX("unmapped", "l.sku IS NULL AND ? = 'yes'"),
    {0},
};

static const struct query_column parcel_columns[] = {
    TEXT("order", "p.number"),    TEXT("parcel", "p.parcel"),
    TEXT("box", "p.box"),         TEXT("waybill", "p.waybill"),
    NUMBER("labels", "p.labels"), TEXT("manifest", "p.manifest"),
    TEXT("carrier", "p.carrier"), {0},
};
static const struct query_filter parcel_filters[] = {
    BY_INDEX("order", "p.number = ?"),
    BY_INDEX("waybill", "p.waybill = ?"),
    BY_LOOKING("manifest", PLAIN("p.manifest") " = ?"),
    BY_LOOKING("carrier", PLAIN("p.carrier") " = ?"),
    {0},
};

static const struct query_column reservation_columns[] = {
    TEXT("order", "r.number"),        NUMBER("line", "r.line"),
    TEXT("site", "r.site"),           TEXT("sku", "r.sku"),
    NUMBER("quantity", "r.quantity"), NUMBER("left_open", "r.left_open"),
    TIME("expires", "r.expires_us"),  {0},
};
static const struct query_filter reservation_filters[] = {
    BY_INDEX("order", "r.number = ?"),
    BY_INDEX("sku", "r.sku = ? AND r.left_open > 0"),
    BY_LOOKING("site", PLAIN("r.site") " = ?"),
    {0},
};

static const struct query_column assignment_columns[] = {
    TEXT("order", "a.number"),
    TEXT("site", "a.site"),
    TEXT("standing", "(SELECT CASE WHEN a.feed_seq > s.feed_sent THEN 'unsent' WHEN a.feed_seq > s.feed_acked THEN"
                     " 'in_doubt' ELSE 'held' END FROM site s WHERE s.id = a.site)"),
    TEXT("state", "a.state"),
    NUMBER("lease_s", "a.lease_s"),
    TIME("published", "a.published_us"),
    TEXT("wanted_by", "a.wanted_by"),
    {0},
};
static const struct query_filter assignment_filters[] = {
    BY_INDEX("order", "a.number = ?"),
    BY_LOOKING("site", PLAIN("a.site") " = ?"),
    BY_LOOKING("state", PLAIN("a.state") " = ?"),
    {0},
};

static const struct query_column overship_columns[] = {TEXT("order", "v.number"),
                                                       NUMBER("line", "v.line"),
                                                       NUMBER("ordered", "v.ordered"),
                                                       NUMBER("shipped", "v.shipped"),
                                                       {0}};
static const struct query_filter overship_filters[] = {BY_INDEX("order", "v.number = ?"), {0}};

static const struct query_column waybill_columns[] = {
    TEXT("waybill", "w.number"),
    TEXT("site", "w.site"),
    TEXT("carrier", "w.carrier"),
    TEXT("order", "w.order_number"),
    TEXT("state", "w.state"),
    TEXT("waits", SET("w.waits")),
    TEXT("sort_code", SET("w.sort_code")),
    {0},
};
static const struct query_filter waybill_filters[] = {
    BY_INDEX("waybill", "w.number = ?"),
    BY_INDEX("order", "w.order_number = ?"),
    BY_LOOKING("site", PLAIN("w.site") " = ?"),
    BY_LOOKING("state", PLAIN("w.state") " = ?"),
    BY_LOOKING("waits", PLAIN("w.waits") " = ?"),
    BY_LOOKING("carrier", PLAIN("w.carrier") " = ?"),
    {0},
};

#define OF_LINE(of)                                                                                                    \
    {of ".number", of ".line"},                                                                                        \
    {                                                                                                                  \
        true, false                                                                                                    \
    }

const struct query office_part_queries[] = {
    {"lines", "line", "order_line l", OF_LINE("l"), false, 0, line_columns, line_filters, 0, 0},
    {"parcels",
     "parcel",
     "parcel p",
     {"p.number", "p.parcel"},
     {true, true},
     false,
     0,
     parcel_columns,
     parcel_filters,
     0,
     0},
    {"reservations", "reservation", "reservation r", OF_LINE("r"), false, 0, reservation_columns, reservation_filters,
     0, 0},
    {"assignments",
     "assignment",
     "assignment a",
     {"a.place"},
     {0},
     false,
     0,
     assignment_columns,
     assignment_filters,
     0,
     0},
    {"overship", "overship", "overship v", OF_LINE("v"), false, 0, overship_columns, overship_filters, 0, 0},
    {"waybills", "waybill", "waybill w", {"w.id"}, {0}, false, 0, waybill_columns, waybill_filters, "waybill", 0},
    {0},
};
