/* What can be looked at of what is sold: bundles, listings that nobody knows, prices, codes that floors have proposed.
 */
#include "sync/head-office/query_words.h"

static const struct query_column bundle_columns[] = {
    TEXT("bundle", "b.code"),
    TEXT("name", "b.name"),
    NUMBER("parts", "(SELECT count(*) FROM bundle_part p WHERE p.bundle = b.code)"),
    NUMBER("pieces", "(SELECT CAST(sum(p.quantity) AS BIGINT) FROM bundle_part p WHERE p.bundle = b.code)"),
    NUMBER("listings", "(SELECT count(*) FROM listing l WHERE l.bundle = b.code)"),
    {0},
};
static const struct query_filter bundle_filters[] = {
    BY_INDEX("bundle", "b.code = ?"),
    BY_INDEX("sku", "b.code IN (SELECT bundle FROM bundle_part WHERE sku = ?)"),
    BY_LOOKING("name", "lower(b.name) LIKE '%' || lower(?) || '%'"),
    {0},
};
static const struct query_section bundle_sections[] = {
    {"parts", "bundle-parts", "bundle", 0, 0}, {"prices", "prices", "bundle", 0, 0}, {0}};

static const struct query_column part_columns[] = {TEXT("bundle", "p.bundle"),
                                                   TEXT("sku", "p.sku"),
                                                   TEXT("name", "(SELECT i.name FROM item i WHERE i.sku = p.sku)"),
                                                   NUMBER("quantity", "p.quantity"),
                                                   {0}};
static const struct query_filter part_filters[] = {
    BY_INDEX("bundle", "p.bundle = ?"), BY_INDEX("sku", "p.sku = ?"), {0}};

/* Orders that wait for it, and their pieces as the platform counts them. */
#define WAITING(what)                                                                                                  \
    "(SELECT " what " FROM order_line x JOIN orders o ON o.number = x.number WHERE x.sku IS NULL AND x.platform_item"  \
    " = l.item AND x.platform_sku = l.sku AND x.quantity > x.refunded AND o.shop = l.shop AND o.replaced = 0 AND"      \
    " o.state IN ('pending_pay', 'audit', 'exception'))"
static const struct query_column unmapped_columns[] = {
    TEXT("shop", "l.shop"),
    TEXT("item", "l.item"),
    TEXT("platform_sku", SET("l.sku")),
    TEXT("code", SET("l.code")),
    TEXT("title", SET("l.title")),
    FLAG("said", "l.matched = 'person'"),
    NUMBER("orders", WAITING("count(DISTINCT x.number)")),
    NUMBER("pieces", WAITING("CAST(coalesce(sum(x.quantity - x.refunded), 0) AS BIGINT)")),
    TIME("seen", "l.seen_us"),
    {0},
};
static const struct query_filter unmapped_filters[] = {
    BY_INDEX("shop", "l.shop = ?"),
    BY_LOOKING("code", PLAIN("l.code") " = ?"),
    BY_LOOKING("waiting", WHETHER(WAITING("count(*)") " > 0")),
    {0},
};

static const struct query_column price_columns[] = {
    NUMBER("price", "p.id"),
    TEXT("sku", "p.sku"),
    TEXT("bundle", "p.bundle"),
    TEXT("shop", "p.shop"),
    NUMBER("amount_minor", "p.amount_minor"),
    TEXT("currency", "p.currency"),
    NUMBER("floor_minor", "(SELECT f.amount_minor FROM price_floor f WHERE f.sku = p.sku OR f.bundle = p.bundle)"),
    TIME("from", "p.from_us"),
    TIME("to", "p.to_us"),
    TIME("set", "p.set_us"),
    TEXT("set_by", "p.set_by"),
    {0},
};
static const struct query_filter price_filters[] = {
    BY_INDEX("sku", "p.sku = ?"), BY_INDEX("bundle", "p.bundle = ?"), BY_LOOKING("shop", PLAIN("p.shop") " = ?"), {0}};

static const struct query_column proposed_columns[] = {
    TEXT("site", "b.site"),
    TEXT("code", "b.code"),
    TEXT("sku", "b.sku"),
    TEXT("name", "(SELECT i.name FROM item i WHERE i.sku = b.sku)"),
    NUMBER("factor", "b.factor"),
    TEXT("supervisor", SET("b.supervisor")),
    TEXT("proposed", "b.proposed"),
    TEXT("state", "b.state"),
    TEXT("means", "(SELECT c.sku FROM barcode c WHERE c.code = b.code)"),
    TIME("ended", "b.ended_us"),
    TEXT("ended_by", SET("b.ended_by")),
    {0},
};
static const struct query_filter proposed_filters[] = {
    BY_INDEX("code", "b.code = ?"),
    BY_INDEX("site", "b.site = ?"),
    BY_LOOKING("state", PLAIN("b.state") " = ?"),
    {0},
};

const struct query office_catalogue_queries[] = {
    {"bundles",
     "bundle",
     "bundle b",
     {"b.code"},
     {true},
     false,
     0,
     bundle_columns,
     bundle_filters,
     "bundle",
     bundle_sections},
    {"bundle-parts",
     "bundle_part",
     "bundle_part p",
     {"p.bundle", "p.sku"},
     {true, true},
     false,
     0,
     part_columns,
     part_filters,
     0,
     0},
    {"unmapped",
     "listing",
     "listing l",
     {"l.shop", "l.item", "l.sku"},
     {true, true, true},
     false,
     "l.our_sku IS NULL AND l.bundle IS NULL",
     unmapped_columns,
     unmapped_filters,
     0,
     0},
    {"prices", "price", "price p", {"p.id"}, {0}, true, 0, price_columns, price_filters, 0, 0},
    {"proposed-barcodes",
     "proposed_barcode",
     "proposed_barcode b",
     {"b.site", "b.code"},
     {true, true},
     false,
     0,
     proposed_columns,
     proposed_filters,
     0,
     0},
    {0},
};
