/* Every kind of row that can be asked for. A new one is a line of query_table; what it may show of people is said in
 * query.h. */
#include "store/query_table.h"

/* Where a row names another by its id, the answer has that one's code. */
#define SKU_OF(id)      "(SELECT sku FROM item WHERE id = " id ")"
#define LOCATION_OF(id) "(SELECT code FROM location WHERE id = " id ")"
#define LPN_OF(id)      "(SELECT nullif(code, '') FROM lpn WHERE id = " id ")"
#define LOT_OF(id)      "(SELECT nullif(code, '') FROM lot WHERE id = " id ")"
#define WORKER_OF(id)   "(SELECT code FROM worker WHERE id = " id ")"
#define ORDER_OF(id)    "(SELECT number FROM orders WHERE id = " id ")"
#define PARCEL_OF(id)   "(SELECT o.number || '-1' FROM parcel p JOIN orders o ON o.id = p.order_id WHERE p.id = " id ")"

#define THE_ITEM     "(SELECT id FROM item WHERE sku = ?)"
#define THE_LOCATION "(SELECT id FROM location WHERE code = ?)"
#define THE_LPN      "(SELECT id FROM lpn WHERE code = ? AND code <> '')"
#define THE_WORKER   "(SELECT id FROM worker WHERE code = ?)"
#define THE_ORDER    "(SELECT id FROM orders WHERE number = ?)"
#define THE_LINES    "(SELECT id FROM order_line WHERE order_id = " THE_ORDER ")"
#define THE_PARCEL   "(SELECT id FROM orders WHERE number = substr(?, 1, length(?) - 2) AND substr(?, -2) = '-1')"

#define TEXT(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_TEXT                                                                                          \
    }
#define NUMBER(name, sql)                                                                                              \
    {                                                                                                                  \
        name, sql, QUERY_NUMBER                                                                                        \
    }
#define FLAG(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_FLAG                                                                                          \
    }
#define TIME(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_TIME                                                                                          \
    }
#define JSON(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_JSON                                                                                          \
    }

#define BY_INDEX(name, sql)                                                                                            \
    {                                                                                                                  \
        name, sql, false, true                                                                                         \
    }
#define BY_LOOKING(name, sql)                                                                                          \
    {                                                                                                                  \
        name, sql, false, false                                                                                        \
    }

/* ---------------------------------------------------------------- orders */

#define SUM_OF_LINES(column) "(SELECT sum(" column ") FROM order_line WHERE order_id = o.id)"

static const struct query_column order_columns[] = {
    TEXT("order", "o.number"),
    TEXT("platform", "o.platform"),
    TEXT("carrier", "o.carrier"),
    TEXT("waybill", "o.waybill"),
    NUMBER("priority", "o.priority"),
    TEXT("state", "o.state"),
    TEXT("reason", "nullif(o.reason, '')"),
    FLAG("cancelled", "o.cancelled"),
    TEXT("worker", WORKER_OF("o.worker")),
    NUMBER("quantity", SUM_OF_LINES("quantity")),
    NUMBER("picked", SUM_OF_LINES("picked")),
    NUMBER("packed", SUM_OF_LINES("packed")),
    NUMBER("shipped", SUM_OF_LINES("shipped")),
    /* Enough to tell two parcels apart, too little to find somebody. */
    TEXT("receiver", "nullif(substr(o.receiver_name, 1, 1), '') || '*'"),
    TEXT("phone", "iif(length(o.receiver_phone) >= 8, '*' || substr(o.receiver_phone, -4), NULL)"),
    {0},
};
static const struct query_filter order_filters[] = {
    BY_INDEX("order", "o.number = ?"),
    BY_INDEX("waybill", "o.waybill = ?"),
    BY_INDEX("worker", "o.worker = " THE_WORKER),
    BY_LOOKING("state", "+o.state = ?"),
    BY_LOOKING("carrier", "+o.carrier = ?"),
    BY_LOOKING("platform", "+o.platform = ?"),
    {0},
};
static const struct query_section order_sections[] = {
    {"lines", "lines", "order", 0, 0},
    {"allocations", "allocations", "order", 0, 0},
    {"lpns", "lpns", "order", 0, 0},
    {"parcels", "parcels", "order", 0, 0},
    {"waybills", "waybills", "order", 0, 0},
    {"print_jobs", "print-jobs", "order", 0, 0},
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
    NUMBER("quantity", "a.quantity"),
    NUMBER("picked", "a.picked"),
    NUMBER("released", "a.released"),
    NUMBER("open", "a.open"),
    {0},
};
static const struct query_filter allocation_filters[] = {BY_INDEX("order", "a.line IN " THE_LINES),
                                                         BY_LOOKING("sku", "+a.item = " THE_ITEM),
                                                         BY_LOOKING("location", "+a.location = " THE_LOCATION),
                                                         {0}};

/* ---------------------------------------------------------------- stock and master data */

static const struct query_column stock_columns[] = {
    TEXT("sku", SKU_OF("b.item")),
    TEXT("location", LOCATION_OF("b.location")),
    TEXT("kind", "(SELECT kind FROM location WHERE id = b.location)"),
    TEXT("lpn", LPN_OF("b.lpn")),
    TEXT("lot", LOT_OF("b.lot")),
    TEXT("expiry", "(SELECT expiry FROM lot WHERE id = b.lot)"),
    NUMBER("quantity", "b.quantity"),
    NUMBER("free",
           "iif(b.lpn = 0, (SELECT quantity FROM free_stock f WHERE f.item = b.item AND f.location = b.location "
           "AND f.lot = b.lot), NULL)"),
    {0},
};
static const struct query_filter stock_filters[] = {
    BY_INDEX("lpn", "b.lpn <> 0 AND b.lpn = " THE_LPN),
    BY_INDEX("sku", "b.item = " THE_ITEM),
    BY_INDEX("location", "b.location = " THE_LOCATION),
    BY_LOOKING("lot", "+b.lot IN (SELECT id FROM lot WHERE code = ?)"),
    {0},
};

static const struct query_column item_columns[] = {
    TEXT("sku", "i.sku"),
    TEXT("name", "i.name"),
    NUMBER("weight_g", "i.weight_g"),
    NUMBER("on_hand", "(SELECT coalesce(sum(quantity), 0) FROM balance WHERE item = i.id AND physical = 1)"),
    NUMBER("free", "(SELECT coalesce(sum(quantity), 0) FROM free_stock WHERE item = i.id)"),
    JSON("barcodes", "(SELECT json_group_array(json_object('code', code, 'factor', factor)) FROM barcode "
                     "WHERE item = i.id)"),
    {0},
};
static const struct query_filter item_filters[] = {
    BY_INDEX("sku", "i.sku = ?"),
    BY_INDEX("barcode", "i.id IN (SELECT item FROM barcode WHERE code = ?)"),
    BY_LOOKING("name", "instr(lower(i.name), lower(?))"),
    {0},
};
static const struct query_section item_sections[] = {
    {"stock", "stock", "sku", 0, 0},
    {"lots", "lots", "sku", 0, 0},
    {"holds", "holds", "sku", 0, 0},
    {"moves", "moves", "sku", 0, 0},
    {"events", "journal", "subject", "item/", 0},
    {0},
};

static const struct query_column location_columns[] = {
    TEXT("location", "l.code"),
    TEXT("kind", "l.kind"),
    NUMBER("walk", "l.walk"),
    TEXT("carrier", "nullif(l.carrier, '')"),
    {0},
};
static const struct query_filter location_filters[] = {
    BY_INDEX("location", "l.code = ?"), BY_LOOKING("kind", "+l.kind = ?"), {0}};
static const struct query_section location_sections[] = {
    {"stock", "stock", "location", 0, 0},
    {"holds", "holds", "location", 0, 0},
    {"tasks", "tasks", "location", 0, 0},
    {"moves", "moves", "location", 0, 0},
    {"events", "journal", "subject", "location/", 0},
    {0},
};

static const struct query_column lot_columns[] = {
    TEXT("sku", SKU_OF("t.item")),
    TEXT("lot", "t.code"),
    TEXT("expiry", "t.expiry"),
    NUMBER("on_hand",
           "(SELECT coalesce(sum(quantity), 0) FROM balance WHERE item = t.item AND lot = t.id AND physical = 1)"),
    {0},
};
static const struct query_filter lot_filters[] = {BY_INDEX("sku", "t.item = " THE_ITEM),
                                                  BY_LOOKING("lot", "+t.code = ?"),
                                                  BY_LOOKING("expires_before", "+t.expiry < ?"),
                                                  {0}};

static const struct query_column lpn_columns[] = {
    TEXT("lpn", "p.code"),
    TEXT("kind", "p.kind"),
    TEXT("location", LOCATION_OF("p.location")),
    TEXT("order", ORDER_OF("p.order_id")),
    {0},
};
static const struct query_filter lpn_filters[] = {
    BY_INDEX("lpn", "p.code = ?"),
    BY_INDEX("order", "p.order_id = " THE_ORDER),
    BY_LOOKING("kind", "+p.kind = ?"),
    BY_LOOKING("location", "+p.location = " THE_LOCATION),
    {0},
};
static const struct query_section lpn_sections[] = {
    {"stock", "stock", "lpn", 0, 0}, {"moves", "moves", "lpn", 0, 0}, {0}};

static const struct query_column hold_columns[] = {
    TEXT("location", LOCATION_OF("h.location")),
    TEXT("sku", SKU_OF("h.item")),
    TEXT("lot", LOT_OF("h.lot")),
    NUMBER("quantity", "h.quantity"),
    TEXT("reason", "h.reason"),
    {0},
};
static const struct query_filter hold_filters[] = {
    BY_INDEX("sku", "h.item = " THE_ITEM), BY_LOOKING("location", "+h.location = " THE_LOCATION), {0}};

/* ---------------------------------------------------------------- people and their work */

static const struct query_column worker_columns[] = {
    TEXT("worker", "w.code"),
    TEXT("name", "w.name"),
    TEXT("role", "w.role"),
    FLAG("active", "w.active"),
    TEXT("station", "(SELECT station FROM session WHERE worker = w.id)"),
    TEXT("step", "(SELECT step FROM session WHERE worker = w.id)"),
    TEXT("order", "(SELECT o.number FROM session s JOIN orders o ON o.id = s.order_id WHERE s.worker = w.id)"),
    {0},
};
static const struct query_filter worker_filters[] = {
    BY_INDEX("worker", "w.code = ?"),
    BY_INDEX("station", "w.id = (SELECT worker FROM session WHERE station = ?)"),
    BY_LOOKING("role", "+w.role = ?"),
    {0},
};
static const struct query_section worker_sections[] = {
    {"orders", "orders", "worker", 0, 0},
    {"tasks", "tasks", "worker", 0, 0},
    {"moves", "moves", "worker", 0, 0},
    {"events", "journal", "subject", "worker/", 0},
    {0},
};

static const struct query_column task_columns[] = {
    NUMBER("task", "t.id"),
    TEXT("kind", "t.kind"),
    TEXT("location", LOCATION_OF("t.location")),
    TEXT("sku", SKU_OF("t.item")),
    TEXT("state", "t.state"),
    TEXT("worker", WORKER_OF("t.worker")),
    TEXT("reason", "t.reason"),
    {0},
};
static const struct query_filter task_filters[] = {
    {"task", "t.id = ?", true, true},
    BY_LOOKING("kind", "+t.kind = ?"),
    BY_LOOKING("state", "+t.state = ?"),
    BY_LOOKING("location", "+t.location = " THE_LOCATION),
    BY_LOOKING("sku", "+t.item = " THE_ITEM),
    BY_LOOKING("worker", "+t.worker = " THE_WORKER),
    {0},
};

/* ---------------------------------------------------------------- parcels and labels */

static const struct query_column parcel_columns[] = {
    TEXT("parcel", PARCEL_OF("p.id")),
    TEXT("order", ORDER_OF("p.order_id")),
    TEXT("lpn", LPN_OF("p.lpn")),
    TEXT("box", "(SELECT code FROM box WHERE id = p.box)"),
    TEXT("state", "p.state"),
    TEXT("waybill", "p.waybill"),
    TEXT("manifest", "(SELECT number FROM manifest WHERE id = p.manifest)"),
    FLAG("waits_for_waybill", "p.waiting IS NOT NULL"),
    {0},
};
static const struct query_filter parcel_filters[] = {
    BY_INDEX("parcel", "p.order_id = " THE_PARCEL),
    BY_INDEX("order", "p.order_id = " THE_ORDER),
    BY_INDEX("waybill", "p.waybill = ?"),
    BY_INDEX("manifest", "p.manifest = (SELECT id FROM manifest WHERE number = ?)"),
    BY_LOOKING("state", "+p.state = ?"),
    {0},
};
static const struct query_section parcel_sections[] = {
    {"print_jobs", "print-jobs", "parcel", 0, 0}, {"events", "journal", "subject", "parcel/", 0}, {0}};

static const struct query_column manifest_columns[] = {
    TEXT("manifest", "m.number"),
    TEXT("gate", LOCATION_OF("m.gate")),
    TEXT("carrier", "m.carrier"),
    TEXT("state", "m.state"),
    NUMBER("parcels", "(SELECT count(*) FROM parcel WHERE manifest = m.id)"),
    {0},
};
static const struct query_filter manifest_filters[] = {
    BY_INDEX("manifest", "m.number = ?"),
    BY_LOOKING("gate", "+m.gate = " THE_LOCATION),
    BY_LOOKING("carrier", "+m.carrier = ?"),
    BY_LOOKING("state", "+m.state = ?"),
    {0},
};
static const struct query_section manifest_sections[] = {
    {"parcels", "parcels", "manifest", 0, 0}, {"events", "journal", "subject", "manifest/", 0}, {0}};

static const struct query_column waybill_columns[] = {
    TEXT("waybill", "w.number"),           TEXT("carrier", "w.carrier"), TEXT("order", "nullif(w.order_number, '')"),
    TEXT("parcel", PARCEL_OF("w.parcel")), TEXT("state", "w.state"),     {0},
};
static const struct query_filter waybill_filters[] = {
    BY_INDEX("waybill", "w.number = ?"),
    BY_INDEX("order", "w.order_number <> '' AND w.order_number = ?"),
    BY_LOOKING("carrier", "+w.carrier = ?"),
    BY_LOOKING("state", "+w.state = ?"),
    {0},
};

static const struct query_column job_columns[] = {
    NUMBER("job", "j.id"),
    TEXT("station", "j.station"),
    TEXT("template", "j.template"),
    TEXT("parcel", PARCEL_OF("j.parcel")),
    TEXT("state", "j.state"),
    TEXT("proof", "nullif(j.proof, '')"),
    NUMBER("copy", "j.copy"),
    NUMBER("copies", "j.copies"),
    NUMBER("labels", "j.labels"),
    NUMBER("done", "j.done"),
    TEXT("printer", "nullif(j.printer, '')"),
    TEXT("worker", WORKER_OF("j.worker")),
    TIME("queued", "nullif(j.queued_us, 0)"),
    TIME("changed", "j.changed_us"),
    TEXT("reason", "nullif(j.reason, '')"),
    {0},
};
static const struct query_filter job_filters[] = {
    {"job", "j.id = ?", true, true},
    BY_INDEX("parcel", "j.parcel = (SELECT id FROM parcel WHERE order_id = " THE_PARCEL ")"),
    BY_INDEX("order", "j.parcel = (SELECT id FROM parcel WHERE order_id = " THE_ORDER ")"),
    BY_LOOKING("station", "+j.station = ?"),
    BY_LOOKING("state", "+j.state = ?"),
    BY_LOOKING("template", "+j.template = ?"),
    {0},
};
static const struct query_section job_sections[] = {{"events", "journal", "subject", "job/", 0}, {0}};

/* ---------------------------------------------------------------- what happened */

static const struct query_column move_columns[] = {
    NUMBER("move", "m.id"),
    NUMBER("seq", "m.seq"),
    TIME("time", "m.wall_us"),
    TEXT("reason", "m.reason"),
    TEXT("sku", SKU_OF("m.item")),
    TEXT("lot", LOT_OF("m.lot")),
    NUMBER("quantity", "m.quantity"),
    TEXT("from", LOCATION_OF("m.from_location")),
    TEXT("from_lpn", LPN_OF("m.from_lpn")),
    TEXT("to", LOCATION_OF("m.to_location")),
    TEXT("to_lpn", LPN_OF("m.to_lpn")),
    TEXT("order", "(SELECT number FROM orders WHERE id = (SELECT order_id FROM order_line WHERE id = m.line))"),
    TEXT("worker", WORKER_OF("m.worker")),
    TEXT("station", "nullif(m.station, '')"),
    NUMBER("reverses", "m.reverses"),
    {0},
};
static const struct query_filter move_filters[] = {
    {"seq", "m.seq = ?", true, true},
    BY_INDEX("order", "m.line IN " THE_LINES),
    BY_LOOKING("sku", "+m.item = " THE_ITEM),
    BY_LOOKING("location", "+m.from_location = " THE_LOCATION " OR +m.to_location = " THE_LOCATION),
    BY_LOOKING("lpn", "+m.from_lpn = " THE_LPN " OR +m.to_lpn = " THE_LPN),
    BY_LOOKING("worker", "+m.worker = " THE_WORKER),
    BY_LOOKING("reason", "+m.reason = ?"),
    {0},
};

static const struct query_column journal_columns[] = {
    NUMBER("seq", "j.seq"),
    TEXT("time", "j.line ->> '$.time'"),
    TEXT("type", "j.type"),
    TEXT("subject", "j.subject"),
    TEXT("worker", "j.line ->> '$.actor'"),
    TEXT("station", "j.line ->> '$.device'"),
    JSON("data", "j.line -> '$.data'"),
    {0},
};
static const struct query_filter journal_filters[] = {
    {"seq", "j.seq = ?", true, true}, BY_INDEX("subject", "j.subject = ?"), BY_LOOKING("type", "+j.type = ?"), {0}};
static const struct query_section journal_sections[] = {{"moves", "moves", "seq", 0, 0}, {0}};

static const struct query_column parked_columns[] = {
    NUMBER("feed_seq", "k.feed_seq"), TEXT("type", "k.line ->> '$.type'"), TEXT("why", "k.why"), {0}};
static const struct query_filter no_filters[] = {{0}};

/* ---------------------------------------------------------------- the table */

const struct query query_table[] = {
    {"orders", "order", "orders o", {"o.id"}, true, 0, order_columns, order_filters, "order", order_sections},
    {"lines", "line", "order_line l", {"l.id"}, true, 0, line_columns, line_filters, 0, 0},
    {"allocations", "allocation", "allocation a", {"a.id"}, true, 0, allocation_columns, allocation_filters, 0, 0},
    {"stock",
     "stock",
     "balance b",
     {"b.item", "b.location", "b.lpn", "b.lot"},
     false,
     "b.quantity <> 0",
     stock_columns,
     stock_filters,
     0,
     0},
    {"items", "item", "item i", {"i.id"}, false, 0, item_columns, item_filters, "sku", item_sections},
    {"locations",
     "location",
     "location l",
     {"l.id"},
     false,
     0,
     location_columns,
     location_filters,
     "location",
     location_sections},
    {"lots", "lot", "lot t", {"t.id"}, false, "t.id <> 0", lot_columns, lot_filters, 0, 0},
    {"lpns", "lpn", "lpn p", {"p.id"}, false, "p.id <> 0", lpn_columns, lpn_filters, "lpn", lpn_sections},
    {"holds", "hold", "hold h", {"h.id"}, false, 0, hold_columns, hold_filters, 0, 0},
    {"workers", "worker", "worker w", {"w.id"}, false, 0, worker_columns, worker_filters, "worker", worker_sections},
    {"tasks", "task", "task t", {"t.id"}, true, 0, task_columns, task_filters, "task", 0},
    {"parcels", "parcel", "parcel p", {"p.id"}, true, 0, parcel_columns, parcel_filters, "parcel", parcel_sections},
    {"manifests",
     "manifest",
     "manifest m",
     {"m.id"},
     true,
     0,
     manifest_columns,
     manifest_filters,
     "manifest",
     manifest_sections},
    {"waybills", "waybill", "waybill w", {"w.id"}, true, 0, waybill_columns, waybill_filters, "waybill", 0},
    {"print-jobs", "print_job", "print_job j", {"j.id"}, true, 0, job_columns, job_filters, "job", job_sections},
    {"moves", "move", "move m", {"m.id"}, true, 0, move_columns, move_filters, 0, 0},
    {"journal", "event", "journal j", {"j.seq"}, true, 0, journal_columns, journal_filters, "seq", journal_sections},
    {"parked-changes", "parked_change", "parked k", {"k.feed_seq"}, true, 0, parked_columns, no_filters, 0, 0},
    {0},
};
