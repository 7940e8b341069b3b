/* What can be looked at of selling: shops and how they go, what is for sale in them, what platforms are to be told,
 * what a person should see, what they said of orders. */
#include "sync/head-office/query_words.h"

static const struct query_column shop_columns[] = {
    TEXT("shop", "s.code"),
    TEXT("platform", "s.platform"),
    TEXT("name", "s.name"),
    FLAG("running", "s.running"),
    TEXT("carrier", SET("s.carrier")),
    FLAG("offers", "s.offers"),
    NUMBER("buffer", "s.buffer"),
    NUMBER("ratio", "s.ratio"),
    FLAG("prices", "s.prices"),
    TEXT("trouble", "(SELECT nullif(h.trouble, '') FROM shop_health h WHERE h.shop = s.code)"),
    TEXT("said", "(SELECT nullif(h.said, '') FROM shop_health h WHERE h.shop = s.code)"),
    TIME("heard", "(SELECT nullif(h.heard_us, 0) FROM shop_health h WHERE h.shop = s.code)"),
    TIME("token_expires", "(SELECT nullif(a.expires_us, 0) FROM shop_account a WHERE a.shop = s.code)"),
    {0},
};
static const struct query_filter shop_filters[] = {
    BY_INDEX("shop", "s.code = ?"),
    BY_LOOKING("platform", PLAIN("s.platform") " = ?"),
    BY_LOOKING("running", WHETHER("s.running = 1")),
    {0},
};
static const struct query_section shop_sections[] = {{"pulls", "pulls", "shop", 0, 0},
                                                     {"outbox", "outbox", "shop", 0, 0},
                                                     {"attention", "attention", "shop", 0, 0},
                                                     {"orders", "platform-orders", "shop", 0, 0},
                                                     {0}};

static const struct query_column pull_columns[] = {
    TEXT("shop", "p.shop"),           TEXT("kind", "p.kind"),      TIME("mark", "p.mark_us"),
    NUMBER("failures", "p.failures"), TEXT("said", SET("p.said")), {0},
};
static const struct query_filter pull_filters[] = {BY_INDEX("shop", "p.shop = ?"), {0}};

#define OFFER(column)                                                                                                  \
    "(SELECT f." column " FROM stock_offer f WHERE f.shop = l.shop AND f.item = l.item AND f.sku = l.sku)"
#define WORD(column, of_sku, kind_is)                                                                                  \
    "(SELECT t." column " FROM listing_told t WHERE t.shop = l.shop AND t.item = l.item AND t.sku = " of_sku           \
    " AND t.kind = '" kind_is "')"
#define SALE(column) "CASE " WORD(column, "''", "listing") " WHEN 1 THEN 'on' WHEN 0 THEN 'off' END"
static const struct query_column listing_columns[] = {
    TEXT("shop", "l.shop"),
    TEXT("item", "l.item"),
    TEXT("platform_sku", SET("l.sku")),
    TEXT("code", SET("l.code")),
    TEXT("title", SET("l.title")),
    TEXT("sku", "l.our_sku"),
    TEXT("bundle", "l.bundle"),
    NUMBER("factor", "l.factor"),
    TEXT("matched", SET("l.matched")),
    NUMBER("buffer", "l.buffer"),
    NUMBER("ratio", "l.ratio"),
    NUMBER("pieces", "nullif(" OFFER("pieces") ", -1)"), /* it is reckoned anew in a moment */
    NUMBER("told", OFFER("told")),
    TIME("told_at", "nullif(" OFFER("told_us") ", 0)"),
    NUMBER("price_minor", WORD("value", "l.sku", "price")),
    NUMBER("told_price_minor", WORD("told", "l.sku", "price")),
    TEXT("sale", SALE("value")),
    TEXT("told_sale", SALE("told")),
    TIME("seen", "l.seen_us"),
    {0},
};
static const struct query_filter listing_filters[] = {
    BY_INDEX("sku", "l.our_sku = ?"),
    BY_INDEX("bundle", "l.bundle = ?"),
    BY_INDEX("shop", "l.shop = ?"),
    BY_LOOKING("mapped", WHETHER("(l.our_sku IS NOT NULL OR l.bundle IS NOT NULL)")),
    BY_LOOKING("code", PLAIN("l.code") " = ?"),
    {0},
};

/* What exactly is told may hold a receiver, and so is no column. */
static const struct query_column outbox_columns[] = {
    NUMBER("outbox", "x.id"),
    TEXT("shop", "x.shop"),
    TEXT("kind", "x.kind"),
    TEXT("subject", "x.subject"),
    TEXT("state", "x.state"),
    NUMBER("attempts", "x.attempts"),
    TIME("next", "nullif(x.next_us, 0)"),
    TIME("made", "nullif(x.made_us, 0)"),
    TIME("ended", "x.ended_us"),
    TEXT("class", SET("x.class")),
    TEXT("said", SET("x.said")),
    {0},
};
static const struct query_filter outbox_filters[] = {
    {"outbox", "x.id = ?", true, true},
    BY_INDEX("order", "x.shop = (SELECT o.shop FROM orders o WHERE o.number = ?) AND x.subject = ?"),
    BY_LOOKING("shop", PLAIN("x.shop") " = ?"),
    BY_LOOKING("state", PLAIN("x.state") " = ?"),
    BY_LOOKING("kind", PLAIN("x.kind") " = ?"),
    BY_LOOKING("subject", PLAIN("x.subject") " = ?"),
    {0},
};

static const struct query_column attention_columns[] = {
    NUMBER("attention", "a.id"),
    TEXT("shop", "a.shop"),
    TEXT("about", "a.about"),
    TEXT("kind", "a.kind"),
    TEXT("detail", SET("a.detail")),
    TIME("raised", "a.raised_us"),
    TIME("settled", "a.settled_us"),
    TEXT("settled_by", SET("a.settled_by")),
    FLAG("open", "a.settled_us IS NULL"),
    {0},
};
static const struct query_filter attention_filters[] = {
    BY_LOOKING("about", PLAIN("a.about") " = ?"),
    BY_LOOKING("open", WHETHER("a.settled_us IS NULL")),
    BY_LOOKING("kind", PLAIN("a.kind") " = ?"),
    BY_LOOKING("shop", PLAIN("a.shop") " = ?"),
    {0},
};

/* What a platform said is kept as it came, with its receiver, and so is no column. */
static const struct query_column platform_order_columns[] = {
    TEXT("shop", "p.shop"),
    TEXT("platform_order", "p.id"),
    TEXT("order", "p.number"),
    TIME("modified", "p.modified_us"),
    TIME("taken", "p.taken_us"),
    FLAG("again", "p.again"),
    TEXT("trouble", SET("p.trouble")),
    {0},
};
static const struct query_filter platform_order_filters[] = {
    BY_INDEX("order", "p.number = ?"),
    BY_INDEX("shop", "p.shop = ?"),
    BY_LOOKING("platform_order", PLAIN("p.id") " = ?"),
    BY_LOOKING("trouble", WHETHER("p.trouble <> ''")),
    BY_LOOKING("taken", WHETHER("p.number IS NOT NULL")),
    BY_LOOKING("again", WHETHER("p.again = 1")),
    {0},
};

const struct query office_selling_queries[] = {
    {"shops", "shop", "shop s", {"s.code"}, {true}, false, 0, shop_columns, shop_filters, "shop", shop_sections},
    {"pulls", "pull", "pull p", {"p.shop", "p.kind"}, {true, true}, false, 0, pull_columns, pull_filters, 0, 0},
    {"listings",
     "listing",
     "listing l",
     {"l.shop", "l.item", "l.sku"},
     {true, true, true},
     false,
     0,
     listing_columns,
     listing_filters,
     0,
     0},
    {"outbox", "outbox", "outbox x", {"x.id"}, {0}, true, 0, outbox_columns, outbox_filters, "outbox", 0},
    {"attention", "attention", "attention a", {"a.id"}, {0}, true, 0, attention_columns, attention_filters, 0, 0},
    {"platform-orders",
     "platform_order",
     "platform_order p",
     {"p.shop", "p.id"},
     {true, true},
     false,
     0,
     platform_order_columns,
     platform_order_filters,
     0,
     0},
    {0},
};
