/* What can be looked at of marketing: campaigns, coupons, members and their points, what was let off, what is bought
 * together. */
#include "sync/head-office/marketing/members.h"
#include "sync/head-office/query_words.h"

#define LATEST(column) "(SELECT t." column " FROM campaign_terms t WHERE t.campaign = c.id AND t.rev = c.rev)"

static const struct query_column campaign_columns[] = {
    TEXT("campaign", "c.id"),
    TEXT("kind", "c.kind"),
    TEXT("english", LATEST("english")),
    TEXT("chinese", LATEST("chinese")),
    TEXT("benefit", LATEST("benefit")),
    NUMBER("value", LATEST("value")),
    NUMBER("threshold", LATEST("threshold")),
    FLAG("by_pieces", LATEST("by_pieces")),
    FLAG("every", LATEST("again")),
    NUMBER("cap_minor", "nullif(" LATEST("cap_minor") ", 0)"),
    TIME("begins", "nullif(" LATEST("begins_us") ", 0)"),
    TIME("ends", "nullif(" LATEST("ends_us") ", 0)"),
    TIME("stopped", "c.stopped_us"),
    NUMBER("priority", LATEST("priority")),
    TEXT("exclusive", SET(LATEST("exclusive"))),
    TEXT("segments", SET(LATEST("segments"))),
    TEXT("shops", SET(LATEST("shops"))),
    TEXT("skus", SET(LATEST("skus"))),
    TEXT("currency", LATEST("currency")),
    NUMBER("platform_rate", LATEST("platform_rate")),
    NUMBER("limit_all", "nullif(c.limit_all, 0)"),
    NUMBER("limit_person", "nullif(c.limit_person, 0)"),
    NUMBER("spend_minor", "c.spend_minor"),
    TEXT("packing_note", SET("c.packing_note")),
    TEXT("gift_sku", "c.gift_sku"),
    NUMBER("gift_pieces", "CASE WHEN c.kind = 'gift' THEN c.gift_pieces END"),
    NUMBER("gift_cap", "nullif(c.gift_cap, 0)"),
    NUMBER("revision", "c.rev"),
    TIME("made", "c.made_us"),
    {0},
};
static const struct query_filter campaign_filters[] = {
    BY_INDEX("campaign", "c.id = ?"),
    BY_LOOKING("kind", PLAIN("c.kind") " = ?"),
    BY_LOOKING("stopped", WHETHER("c.stopped_us IS NOT NULL")),
    {0},
};
static const struct query_section campaign_sections[] = {
    {"orders", "campaign-orders", "campaign", 0, 0},
    {"coupons", "coupons", "campaign", 0, 0},
    {0},
};

static const struct query_column use_columns[] = {
    TEXT("campaign", "u.campaign"),
    TEXT("order", "u.number"),
    TEXT("member", SET("u.member")),
    NUMBER("amount_minor", "u.amount_minor"),
    NUMBER("platform_minor", "u.platform_minor"),
    TEXT("currency", "(SELECT o.currency FROM orders o WHERE o.number = u.number)"),
    FLAG("dropped", "u.dropped"),
    {0},
};
static const struct query_filter use_filters[] = {
    BY_INDEX("campaign", "u.campaign = ?"),
    BY_INDEX("order", "u.number = ?"),
    BY_LOOKING("member", PLAIN("u.member") " = ?"),
    {0},
};

static const struct query_column adjustment_columns[] = {
    TEXT("order", "a.number"),
    NUMBER("place", "a.place"),
    TEXT("platform_line", SET("a.platform_line")),
    TEXT("kind", "a.kind"),
    TEXT("campaign", "a.campaign"),
    NUMBER("revision", "nullif(a.rev, 0)"),
    TEXT("coupon", SET("a.coupon")),
    NUMBER("amount_minor", "a.amount_minor"),
    NUMBER("platform_minor", "a.platform_minor"),
    TEXT("currency", "(SELECT o.currency FROM orders o WHERE o.number = a.number)"),
    {0},
};
static const struct query_filter adjustment_filters[] = {
    BY_INDEX("order", "a.number = ?"),
    BY_INDEX("campaign", "a.campaign = ?"),
    {0},
};

static const struct query_column coupon_columns[] = {
    TEXT("coupon", "k.code"),
    TEXT("campaign", "k.campaign"),
    TEXT("member", "k.member"),
    NUMBER("uses", "k.uses_max"),
    NUMBER("per_person", "nullif(k.per_person, 0)"),
    NUMBER("used", "(SELECT count(*) FROM coupon_use x WHERE x.code = k.code)"),
    TEXT("issued_by", "k.issued_by"),
    TIME("issued", "k.issued_us"),
    TIME("expires", "nullif(k.expires_us, 0)"),
    TIME("void", "k.void_us"),
    {0},
};
static const struct query_filter coupon_filters[] = {
    BY_INDEX("coupon", "k.code = ?"),
    BY_INDEX("campaign", "k.campaign = ?"),
    BY_INDEX("member", "k.member = ?"),
    BY_LOOKING("void", WHETHER("k.void_us IS NOT NULL")),
    {0},
};
static const struct query_section coupon_sections[] = {{"uses", "coupon-uses", "coupon", 0, 0}, {0}};

static const struct query_column coupon_use_columns[] = {
    TEXT("coupon", "x.code"),
    TEXT("order", "x.number"),
    TEXT("member", SET("x.member")),
    TIME("used", "x.used_us"),
    {0},
};
static const struct query_filter coupon_use_filters[] = {
    BY_INDEX("coupon", "x.code = ?"),
    BY_INDEX("order", "x.number = ?"),
    {0},
};

static const struct query_column member_columns[] = {
    TEXT("member", "p.member"),
    TEXT("level", SET("p.level")),
    NUMBER("points", "p.points"),
    NUMBER("owed", "p.owed"),
    NUMBER("person", MEMBER_PERSON("p.member")),
    TIME("joined", "p.joined_us"),
    {0},
};
static const struct query_filter member_filters[] = {
    BY_INDEX("member", "p.member = ?"),
    BY_LOOKING("level", PLAIN("p.level") " = ?"),
    BY_LOOKING("segment", "EXISTS (SELECT 1 FROM member_segment g WHERE g.member = p.member AND g.segment = ?)"),
    {0},
};
static const struct query_section member_sections[] = {
    {"points", "points", "member", 0, 0},
    {"coupons", "coupons", "member", 0, 0},
    {"orders", "member-orders", "member", 0, 0},
    {0},
};

static const struct query_column point_columns[] = {
    NUMBER("entry", "e.id"),
    TEXT("member", "e.member"),
    TEXT("kind", "e.kind"),
    NUMBER("points", "e.points"),
    TEXT("order", SET("e.order_number")),
    TEXT("note", SET("e.note")),
    TEXT("who", SET("e.who")),
    TIME("time", "e.time_us"),
    {0},
};
static const struct query_filter point_filters[] = {
    BY_INDEX("member", "e.member = ?"),
    BY_LOOKING("order", PLAIN("e.order_number") " = ?"),
    BY_LOOKING("kind", PLAIN("e.kind") " = ?"),
    {0},
};

static const struct query_column member_order_columns[] = {
    TEXT("order", "m.number"),
    TEXT("member", "m.member"),
    FLAG("priced", "m.priced"),
    TEXT("segments", SET("m.segments")),
    NUMBER("points_spent", "m.points"),
    NUMBER("points_earned", "m.earned"),
    FLAG("settled", "m.settled"),
    TIME("finished", "m.finished_us"),
    JSON("explained", SET("m.explained")),
    {0},
};
static const struct query_filter member_order_filters[] = {
    BY_INDEX("order", "m.number = ?"),
    BY_INDEX("member", "m.member = ?"),
    {0},
};

static const struct query_column together_columns[] = {
    TEXT("sku", "b.sku"),         NUMBER("place", "b.place"),
    TEXT("other", "b.other"),     NUMBER("orders", "b.orders"),
    NUMBER("of_sku", "b.of_sku"), NUMBER("of_other", "b.of_other"),
    NUMBER("of_all", "b.of_all"), NUMBER("confidence", "b.confidence"),
    NUMBER("lift", "b.lift"),     {0},
};
static const struct query_filter together_filters[] = {
    BY_INDEX("sku", "b.sku = ?"),
    BY_LOOKING("other", PLAIN("b.other") " = ?"),
    {0},
};

const struct query office_marketing_queries[] = {
    {"campaigns",
     "campaign",
     "campaign c",
     {"c.id"},
     {true},
     false,
     0,
     campaign_columns,
     campaign_filters,
     "campaign",
     campaign_sections},
    {"campaign-orders",
     "campaign_order",
     "campaign_use u",
     {"u.campaign", "u.number"},
     {true, true},
     false,
     0,
     use_columns,
     use_filters,
     0,
     0},
    {"order-adjustments",
     "order_adjustment",
     "order_adjustment a",
     {"a.number", "a.place"},
     {true, false},
     false,
     0,
     adjustment_columns,
     adjustment_filters,
     0,
     0},
    {"coupons",
     "coupon",
     "coupon k",
     {"k.code"},
     {true},
     false,
     0,
     coupon_columns,
     coupon_filters,
     "coupon",
     coupon_sections},
    {"coupon-uses",
     "coupon_use",
     "coupon_use x",
     {"x.code", "x.number"},
     {true, true},
     false,
     0,
     coupon_use_columns,
     coupon_use_filters,
     0,
     0},
    {"members",
     "member",
     "member p",
     {"p.member"},
     {true},
     false,
     0,
     member_columns,
     member_filters,
     "member",
     member_sections},
    {"member-orders",
     "member_order",
     "order_marketing m",
     {"m.number"},
     {true},
     false,
     0,
     member_order_columns,
     member_order_filters,
     "order",
     0},
    {"points", "points_entry", "points_entry e", {"e.id"}, {0}, true, 0, point_columns, point_filters, 0, 0},
    {"bought-together",
     "bought_together",
     "bought_together b",
     {"b.sku", "b.other"},
     {true, true},
     false,
     0,
     together_columns,
     together_filters,
     0,
     0},
    {0},
};
