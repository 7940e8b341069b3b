/* What can be looked at of rules of one's own: the rules, which orders they were good for, who is not sold to. */
#include "sync/head-office/query_words.h"

static const struct query_column rule_columns[] = {
    TEXT("rule", "r.name"),
    TEXT("kind", "r.kind"),
    NUMBER("priority", "r.priority"),
    FLAG("active", "r.active"),
    TEXT("result", "r.result"),
    NUMBER("pieces", "r.pieces"),
    NUMBER("cap", "r.cap"),
    NUMBER("hits", "(SELECT count(*) FROM rule_hit h WHERE h.rule = r.id)"),
    {0},
};
static const struct query_filter rule_filters[] = {BY_INDEX("rule", "r.name = ?"),
                                                   BY_LOOKING("kind", PLAIN("r.kind") " = ?"),
                                                   BY_LOOKING("active", WHETHER("r.active = 1")),
                                                   {0}};
static const struct query_section rule_sections[] = {
    {"conditions", "rule-conditions", "rule", 0, 0}, {"hits", "rule-hits", "rule", 0, 0}, {0}};

/* A condition may name a telephone or a part of an address: whoever may see rules may see those of rules. */
static const struct query_column condition_columns[] = {
    TEXT("rule", "(SELECT r.name FROM rule r WHERE r.id = c.rule)"),
    NUMBER("place", "c.place"),
    TEXT("field", "c.field"),
    TEXT("operator", "c.operator"),
    TEXT("value", "c.value"),
    {0},
};
static const struct query_filter condition_filters[] = {
    BY_INDEX("rule", "c.rule = (SELECT r.id FROM rule r WHERE r.name = ?)"), {0}};

static const struct query_column hit_columns[] = {
    TEXT("rule", "(SELECT r.name FROM rule r WHERE r.id = h.rule)"),
    TEXT("kind", "(SELECT r.kind FROM rule r WHERE r.id = h.rule)"),
    TEXT("order", "h.number"),
    TIME("time", "h.time_us"),
    NUMBER("line", "h.line"),
    NUMBER("pieces", "nullif(h.pieces, 0)"),
    {0},
};
static const struct query_filter hit_filters[] = {
    BY_INDEX("rule", "h.rule = (SELECT r.id FROM rule r WHERE r.name = ?)"), BY_INDEX("order", "h.number = ?"), {0}};

/* What is listed names people: it is shown as receivers are, and who has the whole of it can ask for it. */
static const struct query_column blacklist_columns[] = {
    NUMBER("id", "k.id"),
    TEXT("field", "k.field"),
    TEXT("value", "CASE k.field WHEN 'phone' THEN " MASKED_PHONE("k.value") " WHEN 'buyer' THEN " MASKED_BUYER(
                      "k.value") " ELSE " MASKED_NAME("k.value") " END"),
    TEXT("why", SET("k.why")),
    TIME("added", "k.added_us"),
    TEXT("added_by", SET("k.added_by")),
    {0},
};
static const struct query_filter blacklist_filters[] = {
    {"id", "k.id = ?", true, false},
    BY_LOOKING("field", PLAIN("k.field") " = ?"),
    {"value", PLAIN("k.value") " = ?", .takes = QUERY_TAKES_MASKED},
    BY_LOOKING("buyer", PLAIN("k.field") " = 'buyer' AND k.value = ?"),
    {0}};

const struct query office_rule_queries[] = {
    {"rules", "rule", "rule r", {"r.name"}, {true}, false, 0, rule_columns, rule_filters, "rule", rule_sections},
    {"rule-conditions",
     "rule_condition",
     "rule_condition c",
     {"c.rule", "c.place"},
     {0},
     false,
     0,
     condition_columns,
     condition_filters,
     0,
     0},
    {"rule-hits",
     "rule_hit",
     "rule_hit h",
     {"h.rule", "h.number"},
     {false, true},
     false,
     0,
     hit_columns,
     hit_filters,
     0,
     0},
    {"blacklist",
     "blacklist_entry",
     "blacklist k",
     {"k.id"},
     {0},
     false,
     0,
     blacklist_columns,
     blacklist_filters,
     0,
     0},
    {0},
};
