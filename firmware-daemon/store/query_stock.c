/* What can be asked of stock, and of what it is and where it lies. */
#include "store/query_words.h"

static const struct query_column stock_columns[] = {
    TEXT("sku", SKU_OF("b.item")),
    TEXT("location", LOCATION_OF("b.location")),
    TEXT("kind", "(SELECT kind FROM location WHERE id = b.location)"),
    TEXT("lpn", LPN_OF("b.lpn")),
    TEXT("lot", LOT_OF("b.lot")),
    TEXT("expiry", "(SELECT expiry FROM lot WHERE id = b.lot)"),
    NUMBER("quantity", "b.quantity"),
    NUMBER("weight_g", "nullif(b.weight_g, 0)"),
    NUMBER("free",
           "iif(b.lpn = 0, (SELECT quantity FROM free_stock f WHERE f.item = b.item AND f.location = b.location "
           "AND f.lot = b.lot), NULL)"),
    {0},
};
static const struct query_filter stock_filters[] = {
    BY_INDEX("lpn", "b.lpn <> 0 AND b.lpn = " THE_LPN),
    BY_INDEX("sku", "b.item = " THE_ITEM),
    BY_INDEX("location", "b.physical = 1 AND b.location = " THE_LOCATION),
    BY_LOOKING("lot", "+b.lot IN (SELECT id FROM lot WHERE code = ?)"),
    {0},
};

static const struct query_column item_columns[] = {
    TEXT("sku", "i.sku"),
    TEXT("name", "i.name"),
    TEXT("owner", "nullif(i.owner, '')"),
    NUMBER("weight_g", "i.weight_g"),
    NUMBER("volume_ml", "nullif(i.volume_ml, 0)"),
    NUMBER("height_mm", "nullif(i.height_mm, 0)"),
    TEXT("hazard", "nullif(i.hazard, '')"),
    TEXT("abc", "nullif(i.abc, '')"),
    FLAG("lots", "i.lots"),
    FLAG("expires", "i.expires"),
    TEXT("serials", "i.serials"),
    FLAG("by_weight", "i.by_weight"),
    NUMBER("on_hand", "(SELECT coalesce(sum(quantity), 0) FROM balance WHERE item = i.id AND physical = 1)"),
    NUMBER("free", "(SELECT coalesce(sum(quantity), 0) FROM free_stock WHERE item = i.id)"),
    JSON("barcodes",
         "(SELECT json_group_array(json_object('code', code, 'factor', factor, 'proposed', proposed)) FROM barcode "
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
    {"serials", "serials", "sku", 0, 0},
    {"faces", "locations", "sku", 0, 0},
    {"holds", "holds", "sku", 0, 0},
    {"moves", "moves", "sku", 0, 0},
    {"events", "journal", "subject", "item/", 0},
    {0},
};

/* NULL where it is not known. */
#define SETTING_OF(name) "(SELECT nullif(value, 0) FROM setting WHERE name = '" name "')"

static const struct query_column location_columns[] = {
    TEXT("location", "l.code"),
    TEXT("kind", "l.kind"),
    NUMBER("walk", "l.walk"),
    NUMBER("aisle", "l.aisle"),
    NUMBER("block", "l.block"),
    NUMBER("position_mm", "l.position_mm"),
    NUMBER("distance_mm", "l.aisle * " SETTING_OF("aisle_distance_mm") " + l.block * " SETTING_OF(
                              "aisle_length_mm") " + l.position_mm"),
    TEXT("carrier", "nullif(l.carrier, '')"),
    TEXT("zone", "nullif(l.zone, '')"),
    TEXT("wall", "nullif(l.wall, '')"),
    TEXT("sku", SKU_OF("l.item")),
    NUMBER("face_min", "iif(l.item IS NULL, NULL, l.face_min)"),
    NUMBER("face_max", "iif(l.item IS NULL, NULL, l.face_max)"),
    NUMBER("capacity", "nullif(l.capacity, 0)"),
    NUMBER("load_g", "nullif(l.load_g, 0)"),
    NUMBER("height_mm", "nullif(l.height_mm, 0)"),
    FLAG("mix_items", "l.mix_items"),
    FLAG("mix_lots", "l.mix_lots"),
    TEXT("hazards", "nullif(l.hazards, '')"),
    TEXT("abc", "nullif(l.abc, '')"),
    {0},
};
static const struct query_filter location_filters[] = {
    BY_INDEX("location", "l.code = ?"),    BY_INDEX("wall", "l.wall <> '' AND l.wall = ?"),
    BY_INDEX("sku", "l.item = " THE_ITEM), BY_LOOKING("kind", "+l.kind = ?"),
    BY_LOOKING("zone", "+l.zone = ?"),     {0}};
static const struct query_section location_sections[] = {
    {"stock", "stock", "location", 0, 0},
    {"lpns", "lpns", "location", 0, 0},
    {"holds", "holds", "location", 0, 0},
    {"counts", "counts", "location", 0, 0},
    {"tasks", "tasks", "location", 0, 0},
    {"moves", "moves", "location", 0, 0},
    {"events", "journal", "subject", "location/", 0},
    {0},
};

static const struct query_column lot_columns[] = {
    TEXT("sku", SKU_OF("t.item")),
    TEXT("lot", "t.code"),
    TEXT("expiry", "t.expiry"),
    FLAG("blocked", "t.blocked"),
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
    TEXT("wave", WAVE_OF("p.wave")),
    TEXT("document", "(SELECT number FROM document WHERE id = p.document)"),
    {0},
};
static const struct query_filter lpn_filters[] = {
    BY_INDEX("lpn", "p.code = ?"),
    BY_INDEX("wave", "p.wave = " THE_WAVE),
    BY_INDEX("document", "p.document = " THE_DOCUMENT),
    BY_INDEX("order", "p.order_id = " THE_ORDER),
    BY_LOOKING("kind", "+p.kind = ?"),
    BY_INDEX("location", "p.location = " THE_LOCATION),
    {0},
};
static const struct query_section lpn_sections[] = {
    {"stock", "stock", "lpn", 0, 0},
    {"tasks", "tasks", "lpn", 0, 0},
    {"moves", "moves", "lpn", 0, 0},
    {"events", "journal", "subject", "lpn/", 0},
    {0},
};

static const struct query_column serial_columns[] = {
    TEXT("serial", "s.code"),     TEXT("sku", SKU_OF("s.item")),
    TEXT("lot", LOT_OF("s.lot")), TEXT("location", LOCATION_OF("s.location")),
    TEXT("lpn", LPN_OF("s.lpn")), {0},
};
static const struct query_filter serial_filters[] = {BY_INDEX("serial", "s.code = ?"),
                                                     BY_LOOKING("sku", "+s.item = " THE_ITEM),
                                                     BY_LOOKING("location", "+s.location = " THE_LOCATION),
                                                     {0}};

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

const struct query stock_queries[] = {
    {"stock",
     "stock",
     "balance b",
     {"b.item", "b.location", "b.lpn", "b.lot"},
     {0},
     false,
     "b.quantity <> 0 AND b.physical = 1",
     stock_columns,
     stock_filters,
     0,
     0},
    {"items", "item", "item i", {"i.id"}, {0}, false, 0, item_columns, item_filters, "sku", item_sections},
    {"locations",
     "location",
     "location l",
     {"l.id"},
     {0},
     false,
     0,
     location_columns,
     location_filters,
     "location",
     location_sections},
    {"lots", "lot", "lot t", {"t.id"}, {0}, false, "t.id <> 0", lot_columns, lot_filters, 0, 0},
    {"serials", "serial", "serial s", {"s.id"}, {0}, false, 0, serial_columns, serial_filters, 0, 0},
    {"lpns", "lpn", "lpn p", {"p.id"}, {0}, false, "p.id <> 0", lpn_columns, lpn_filters, "lpn", lpn_sections},
    {"holds", "hold", "hold h", {"h.id"}, {0}, false, 0, hold_columns, hold_filters, 0, 0},
    {0},
};
