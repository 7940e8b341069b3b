/* What can be looked at of customers that are spoken of together: segments, their members, who of them may be written
 * to, and how lately, often and for how much each bought. */
#include "sync/head-office/customers/consent.h"
#include "sync/head-office/customers/person_sql.h"
#include "sync/head-office/query_words.h"

#define BY_PERSON(column)                                                                                              \
    {                                                                                                                  \
        "person", column " = " PERSON_MEANT, true, true                                                                \
    }

static const struct query_column rfm_columns[] = {
    NUMBER("person", "q.head"),
    TIME("last", "r.last_us"),
    NUMBER("orders", "r.orders"),
    NUMBER("paid_minor", "r.paid_minor"),
    TEXT("currency", "(SELECT n.currency FROM rfm_run n)"),
    NUMBER("recency", "r.recency"),
    NUMBER("frequency", "r.frequency"),
    NUMBER("money", "r.money"),
    TEXT("name", "r.name"),
    {0},
};
static const struct query_filter rfm_filters[] = {
    BY_PERSON("q.head"),
    BY_INDEX("name", "r.name = ?"),
    {"recency", WHOLE("r.recency") " = ?", true, false},
    {"frequency", WHOLE("r.frequency") " = ?", true, false},
    {"money", WHOLE("r.money") " = ?", true, false},
    {0},
};

static const struct query_column group_columns[] = {
    TEXT("name", "g.name"),         TEXT("english", "g.english"),
    TEXT("chinese", "g.chinese"),   NUMBER("persons", "g.persons"),
    NUMBER("orders", "g.orders"),   NUMBER("paid_minor", "g.paid_minor"),
    TEXT("currency", "n.currency"), TIME("from", "n.from_us"),
    TIME("to", "n.to_us"),          NUMBER("other_orders", "n.other_orders"),
    TIME("made", "n.made_us"),      {0},
};
static const struct query_filter group_filters[] = {BY_INDEX("name", "g.name = ?"), {0}};
static const struct query_section group_sections[] = {{"persons", "rfm", "name", 0, 0}, {0}};

static const struct query_column segment_columns[] = {
    TEXT("segment", "s.code"),
    TEXT("name", "s.name"),
    TEXT("kind", "s.kind"),
    TEXT("rfm", SET("s.rfm")),
    NUMBER("days", "s.days"),
    TEXT("currency", "s.currency"),
    NUMBER("members", "(SELECT count(DISTINCT q.head) FROM segment_member m JOIN person q ON q.id = m.person WHERE"
                      " m.segment = s.code)"),
    NUMBER("looked", "s.looked"),
    TIME("made", "s.made_us"),
    {0},
};
static const struct query_filter segment_filters[] = {
    BY_INDEX("segment", "s.code = ?"), BY_LOOKING("kind", PLAIN("s.kind") " = ?"), {0}};
static const struct query_section segment_sections[] = {
    {"conditions", "segment-conditions", "segment", 0, 0},
    {"members", "segment-members", "segment", 0, 0},
    {"contactable", "contactable", "segment", 0, 0},
    {0},
};

static const struct query_column condition_columns[] = {
    TEXT("segment", "c.segment"),   NUMBER("place", "c.place"), TEXT("field", "c.field"),
    TEXT("operator", "c.operator"), TEXT("value", "c.value"),   {0},
};
static const struct query_filter condition_filters[] = {BY_INDEX("segment", "c.segment = ?"), {0}};

static const struct query_column member_columns[] = {
    TEXT("segment", "m.segment"),
    NUMBER("person", "q.head"),
    TEXT("rfm", "(SELECT r.name FROM rfm r WHERE r.person = q.head)"),
    TIME("added", "m.added_us"),
    TEXT("who", SET("m.who")),
    {0},
};
static const struct query_filter member_filters[] = {BY_PERSON("q.head"), BY_INDEX("segment", "m.segment = ?"), {0}};

static const struct query_column contactable_columns[] = {
    TEXT("segment", "m.segment"), NUMBER("person", "s.head"), TEXT("channel", "c.channel"),
    TEXT("source", "c.source"),   TIME("since", "c.time_us"), {0},
};
static const struct query_filter contactable_filters[] = {
    BY_PERSON("s.head"),
    BY_INDEX("segment", "m.segment = ?"),
    BY_LOOKING("channel", PLAIN("c.channel") " = ?"),
    {0},
};

/* Addresses that were given out, by whom and what for. */
static const struct query_column list_columns[] = {
    NUMBER("contact_list", "c.id"), TEXT("segment", "c.segment"),
    TEXT("channel", "c.channel"),   TEXT("purpose", "c.purpose"),
    NUMBER("persons", "c.persons"), TEXT("who", "c.who"),
    TIME("time", "c.time_us"),      {0},
};
static const struct query_filter list_filters[] = {
    BY_LOOKING("segment", PLAIN("c.segment") " = ?"), BY_LOOKING("who", PLAIN("c.who") " = ?"), {0}};

const struct query office_segment_queries[] = {
    {"rfm",
     "rfm_person",
     "rfm r JOIN person q ON q.id = r.person",
     {"r.person"},
     {0},
     false,
     0,
     rfm_columns,
     rfm_filters,
     0,
     0},
    {"rfm-groups",
     "rfm_group",
     "rfm_group g CROSS JOIN rfm_run n",
     {"g.name"},
     {true},
     false,
     0,
     group_columns,
     group_filters,
     "name",
     group_sections},
    {"segments",
     "segment",
     "segment s",
     {"s.code"},
     {true},
     false,
     0,
     segment_columns,
     segment_filters,
     "segment",
     segment_sections},
    {"segment-conditions",
     "segment_condition",
     "segment_condition c",
     {"c.segment", "c.place"},
     {true, false},
     false,
     0,
     condition_columns,
     condition_filters,
     0,
     0},
    {"segment-members",
     "segment_member",
     "segment_member m JOIN person q ON q.id = m.person",
     {"m.segment", "m.person"},
     {true, false},
     false,
     0,
     member_columns,
     member_filters,
     0,
     0},
    {"contactable",
     "contactable_person",
     "segment_member m JOIN person s ON s.id = m.person JOIN person q ON q.head = s.head JOIN person_consent c ON"
     " c.person = q.id",
     {"m.segment", "m.person", "c.channel", "c.id"},
     {true, false, true, false},
     false,
     "c.given = 1 AND " CONSENT_LAST,
     contactable_columns,
     contactable_filters,
     0,
     0},
    {"contact-lists", "contact_list", "contact_list c", {"c.id"}, {0}, true, 0, list_columns, list_filters, 0, 0},
    {0},
};
