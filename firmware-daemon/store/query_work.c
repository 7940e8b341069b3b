/* What can be asked of people, their work, and all that happened. */
#include "store/query_words.h"

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
    TEXT("state", "t.state"),
    TEXT("outcome", "nullif(t.outcome, '')"),
    NUMBER("priority", "t.priority"),
    TEXT("sku", SKU_OF("t.item")),
    TEXT("lot", LOT_OF("t.lot")),
    NUMBER("quantity", "t.quantity"),
    NUMBER("taken", "t.taken"),
    NUMBER("put", "t.put"),
    TEXT("lpn", LPN_OF("t.lpn")),
    TEXT("from", LOCATION_OF("t.from_location")),
    TEXT("to", LOCATION_OF("t.to_location")),
    TEXT("wave", WAVE_OF("t.wave")),
    TEXT("document", "(SELECT number FROM document WHERE id = t.document)"),
    TEXT("worker", WORKER_OF("t.worker")),
    TEXT("reason", "nullif(t.reason, '')"),
    {0},
};
static const struct query_filter task_filters[] = {
    {"task", "t.id = ?", true, true},
    BY_LOOKING("kind", "+t.kind = ?"),
    BY_LOOKING("state", "+t.state = ?"),
    BY_LOOKING("location", "+t.from_location = " THE_LOCATION " OR +t.to_location = " THE_LOCATION),
    BY_LOOKING("sku", "+t.item = " THE_ITEM),
    BY_LOOKING("lpn", "+t.lpn = " THE_LPN),
    BY_LOOKING("wave", "+t.wave = " THE_WAVE),
    BY_LOOKING("worker", "+t.worker = " THE_WORKER),
    {0},
};
static const struct query_section task_sections[] = {{"events", "journal", "subject", "task/", 0}, {0}};

static const struct query_column count_columns[] = {
    NUMBER("count", "c.id"),
    TEXT("location", LOCATION_OF("c.location")),
    TEXT("sku", SKU_OF("c.item")),
    TEXT("source", "c.source"),
    TEXT("state", "c.state"),
    FLAG("blind", "c.blind"),
    NUMBER("priority", "c.priority"),
    NUMBER("round", "c.round"),
    TEXT("worker", WORKER_OF("c.worker")),
    JSON("found",
         "(SELECT json_group_array(json_object('round', round, 'sku', " SKU_OF("f.item") ", 'lot', " LOT_OF(
             "f.lot") ", 'quantity', quantity, 'book', book, 'worker', " WORKER_OF("f.worker") ")) "
                                                                                               "FROM counted f WHERE "
                                                                                               "f.stock_count = c.id)"),
    /* Of the newest round: what differs from the books, and what it is worth as far as that is known. */
    JSON("variances", "(SELECT json_group_array(json_object('sku', i.sku, 'name', i.name, 'lot', " LOT_OF(
                          "r.lot") ", 'serial', "
                                   "nullif(r.serial, ''), 'counted', r.quantity, 'book', r.book, 'value_minor', "
                                   "nullif((r.quantity - r.book) * i.cost_minor, 0))) FROM count_result r JOIN item i "
                                   "ON i.id = r.item "
                                   "WHERE r.stock_count = c.id AND r.round = c.round AND r.quantity <> r.book)"),
    {0},
};
static const struct query_filter count_filters[] = {
    {"count", "c.id = ?", true, true},
    BY_LOOKING("state", "+c.state = ?"),
    BY_LOOKING("source", "+c.source = ?"),
    BY_LOOKING("location", "+c.location = " THE_LOCATION),
    BY_LOOKING("sku", "+c.item = " THE_ITEM),
    BY_LOOKING("worker", "+c.worker = " THE_WORKER),
    {0},
};
static const struct query_section count_sections[] = {{"events", "journal", "subject", "count/", 0}, {0}};

static const struct query_column move_columns[] = {
    NUMBER("move", "m.id"),
    NUMBER("seq", "m.seq"),
    TIME("time", "m.wall_us"),
    TEXT("reason", "m.reason"),
    TEXT("sku", SKU_OF("m.item")),
    TEXT("lot", LOT_OF("m.lot")),
    NUMBER("quantity", "m.quantity"),
    NUMBER("weight_g", "nullif(m.weight_g, 0)"),
    JSON("serials",
         "(SELECT json_group_array(s.code) FROM move_serial t JOIN serial s ON s.id = t.serial WHERE t.move = m.id)"),
    TEXT("from", LOCATION_OF("m.from_location")),
    TEXT("from_lpn", LPN_OF("m.from_lpn")),
    TEXT("to", LOCATION_OF("m.to_location")),
    TEXT("to_lpn", LPN_OF("m.to_lpn")),
    TEXT("order", "(SELECT number FROM orders WHERE id = (SELECT order_id FROM order_line WHERE id = m.line))"),
    TEXT("document",
         "(SELECT number FROM document WHERE id = (SELECT document FROM document_line WHERE id = m.document_line))"),
    NUMBER("task", "m.task"),
    TEXT("worker", WORKER_OF("m.worker")),
    TEXT("station", "nullif(m.station, '')"),
    NUMBER("reverses", "m.reverses"),
    {0},
};
static const struct query_filter move_filters[] = {
    {"seq", "m.seq = ?", true, true},
    BY_INDEX("order", "m.line IN " THE_LINES),
    BY_INDEX("document", "m.document_line IN (SELECT id FROM document_line WHERE document = " THE_DOCUMENT ")"),
    BY_INDEX("serial", "m.id IN (SELECT move FROM move_serial WHERE serial IN (SELECT id FROM serial WHERE code = ?))"),
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

/* What an auditor computes the chain from: every line as it was written, in order. */
/* Of the epoch whose first line this is. */
#define EPOCH_BEGUN(what) "(SELECT e." what " FROM epoch e WHERE e.epoch = j.epoch AND e.base_seq + 1 = j.seq)"

static const struct query_column chain_columns[] = {
    NUMBER("seq", "j.seq"),
    NUMBER("epoch", "j.epoch"),
    TEXT("line", "j.line"),
    TEXT("hash", "lower(hex(j.hash))"),
    TEXT("nonce", EPOCH_BEGUN("nonce")),
    NUMBER("base_epoch", EPOCH_BEGUN("base_epoch")),
    NUMBER("deleted", "(SELECT pruned_seq FROM stream)"),
    NUMBER("deleted_epoch", "(SELECT pruned_epoch FROM stream)"),
    TEXT("deleted_hash", "(SELECT lower(hex(pruned_hash)) FROM stream)"),
    {0}};
static const struct query_filter chain_filters[] = {{"seq", "j.seq = ?", true, true}, {0}};

static const struct query_column parked_columns[] = {
    NUMBER("feed_seq", "k.feed_seq"), TEXT("type", "k.line ->> '$.type'"), TEXT("why", "k.why"), {0}};
static const struct query_filter no_filters[] = {{0}};

const struct query work_queries[] = {
    {"workers",
     "worker",
     "worker w",
     {"w.id"},
     {0},
     false,
     0,
     worker_columns,
     worker_filters,
     "worker",
     worker_sections},
    {"tasks", "task", "task t", {"t.id"}, {0}, true, 0, task_columns, task_filters, "task", task_sections},
    {"counts", "count", "stock_count c", {"c.id"}, {0}, true, 0, count_columns, count_filters, "count", count_sections},
    {"moves", "move", "move m", {"m.id"}, {0}, true, 0, move_columns, move_filters, 0, 0},
    {"journal",
     "event",
     "journal j",
     {"j.seq"},
     {0},
     true,
     0,
     journal_columns,
     journal_filters,
     "seq",
     journal_sections},
    {"chain", "link", "journal j", {"j.seq"}, {0}, false, 0, chain_columns, chain_filters, 0, 0},
    {"parked-changes", "parked_change", "parked k", {"k.feed_seq"}, {0}, true, 0, parked_columns, no_filters, 0, 0},
    {0},
};
