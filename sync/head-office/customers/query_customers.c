/* What can be looked at of customers: who they are and why, what they bought, what was said, all of it along time. */
#include "sync/head-office/customers/consent.h"
#include "sync/head-office/customers/person_sql.h"
#include "sync/head-office/query_words.h"

#define OF_PERSON(column)                                                                                              \
    {                                                                                                                  \
        "person", column " = " PERSON_MEANT, true, true                                                                \
    }
#define BY_NUMBER(name, sql)                                                                                           \
    {                                                                                                                  \
        name, sql, true, true                                                                                          \
    }

/* ---------------------------------------------------------------- persons */

#define HIS(what) "(SELECT " what " FROM " PERSON_ORDERS " WHERE q.head = p.id AND " PERSON_BOUGHT ")"
#define LATEST(what)                                                                                                   \
    "(SELECT " what " FROM " PERSON_ORDERS " WHERE q.head = p.id ORDER BY " PERSON_BOUGHT_US                           \
    " DESC, o.number DESC LIMIT 1)"

static const struct query_column person_columns[] = {
    NUMBER("person", "p.id"),
    NUMBER("accounts", "(SELECT count(*) FROM person q WHERE q.head = p.id)"),
    TEXT("customer", "(SELECT min(c.code) FROM person q JOIN customer c ON c.person = q.id WHERE q.head = p.id)"),
    TEXT("name", LATEST(MASKED_NAME("o.receiver_name"))),
    TEXT("phone", LATEST(MASKED_PHONE("o.receiver_phone"))),
    TEXT("province", LATEST(SET("o.province"))),
    TEXT("city", LATEST(SET("o.city"))),
    NUMBER("orders", HIS("count(*)")),
    TIME("first", HIS("min(" PERSON_BOUGHT_US ")")),
    TIME("last", HIS("max(" PERSON_BOUGHT_US ")")),
    TEXT("last_order", LATEST("o.number")),
    TEXT("favourite",
         "(SELECT l.sku FROM " PERSON_ORDERS " JOIN order_line l ON l.number = o.number WHERE q.head = p.id"
         " AND l.gift = 0 AND l.sku IS NOT NULL AND " PERSON_BOUGHT " GROUP BY l.sku ORDER BY"
         " sum(l.quantity - l.refunded) DESC, l.sku DESC LIMIT 1)"),
    TEXT("rfm", "(SELECT r.name FROM rfm r WHERE r.person = p.id)"),
    NUMBER("tickets", "(SELECT count(*) FROM person q JOIN ticket t ON t.person = q.id WHERE q.head = p.id AND t.state"
                      " <> 'closed')"),
    TIME("made", "p.made_us"),
    {0},
};
static const struct query_filter person_filters[] = {
    OF_PERSON("p.id"),
    BY_INDEX("order", "p.id = (SELECT q.head FROM person_order po JOIN person q ON q.id = po.person WHERE po.number ="
                      " ?)"),
    BY_INDEX("customer", "p.id = (SELECT q.head FROM customer c JOIN person q ON q.id = c.person WHERE c.code = ?)"),
    BY_INDEX("segment", "p.id IN (SELECT q.head FROM segment_member m JOIN person q ON q.id = m.person WHERE m.segment"
                        " = ?)"),
    {0},
};
static const struct query_section person_sections[] = {
    {"identities", "person-identities", "person", 0, 0},
    {"merges", "person-merges", "person", 0, 0},
    {"figures", "person-figures", "person", 0, 0},
    {"favourites", "person-items", "person", 0, 0},
    {"orders", "person-orders", "person", 0, 0},
    {"contacts", "contacts", "person", 0, 0},
    {"consents", "person-consents", "person", 0, 0},
    {"segments", "segment-members", "person", 0, 0},
    {"tickets", "tickets", "person", 0, 0},
    {"timeline", "person-timeline", "person", 0, 0},
    {0},
};

/* Telephone and e-mail are hashes: the first digits tell two apart. */
static const struct query_column identity_columns[] = {
    NUMBER("identity", "i.id"),
    NUMBER("person", "q.head"),
    NUMBER("account", "q.id"),
    TEXT("kind", "i.kind"),
    TEXT("platform", SET("i.scope")),
    TEXT("value", "CASE WHEN i.kind IN ('phone', 'email') THEN substr(i.value, 1, 8) ELSE i.value END"),
    FLAG("shared", "i.shared"),
    TIME("first", "i.first_us"),
    {0},
};
static const struct query_filter identity_filters[] = {OF_PERSON("q.head"),
                                                       BY_LOOKING("kind", PLAIN("i.kind") " = ?"),
                                                       BY_LOOKING("shared", WHETHER("i.shared = 1")),
                                                       {0}};

static const struct query_column merge_columns[] = {
    NUMBER("merge", "m.id"),
    NUMBER("one", "m.one"),
    NUMBER("other", "m.other"),
    NUMBER("person", "(SELECT q.head FROM person q WHERE q.id = m.one)"),
    TEXT("why", "m.why"),
    TEXT("by", "(SELECT i.kind FROM person_identity i WHERE i.id = m.identity)"),
    NUMBER("identity", "m.identity"),
    TEXT("source", SET("m.source")),
    TEXT("who", SET("m.who")),
    TIME("time", "m.time_us"),
    FLAG("stands", "m.undone_us IS NULL"),
    TIME("undone", "m.undone_us"),
    TEXT("undone_by", SET("m.undone_by")),
    TEXT("undone_why", SET("m.undone_why")),
    {0},
};
static const struct query_filter merge_filters[] = {
    BY_NUMBER("person",
              "m.id IN (SELECT x.id FROM person q JOIN person_merge x ON x.one = q.id WHERE q.head =" PERSON_MEANT
              " UNION SELECT x.id FROM person q JOIN person_merge x ON x.other = q.id WHERE q.head =" PERSON_MEANT ")"),
    BY_NUMBER("merge", "m.id = ?"),
    BY_LOOKING("stands", WHETHER("m.undone_us IS NULL")),
    BY_LOOKING("who", PLAIN("m.who") " = ?"),
    {0},
};

/* ---------------------------------------------------------------- what they bought */

/* One row for each currency: amounts of two are never added. */
#define PAID(what)                                                                                                     \
    "(SELECT " what " FROM " PERSON_ORDERS " WHERE q.head = p.id AND o.currency = k.currency AND " PERSON_BOUGHT ")"
#define PAID_SUM(what) PAID("CAST(coalesce(sum(" what "), 0) AS BIGINT)")
static const struct query_column figure_columns[] = {
    NUMBER("person", "p.id"),
    TEXT("currency", "k.currency"),
    NUMBER("orders", PAID("count(*)")),
    NUMBER("paid_minor", PAID_SUM("o.paid_minor")),
    NUMBER("refunded_minor", PAID_SUM(PERSON_REFUNDED)),
    NUMBER("kept_minor", PAID_SUM("o.paid_minor - " PERSON_REFUNDED)),
    NUMBER("average_minor", PAID("CAST(sum(o.paid_minor) AS BIGINT) / count(*)")),
    NUMBER("returns", PAID_SUM(PERSON_RETURNS)),
    TIME("first", PAID("min(" PERSON_BOUGHT_US ")")),
    TIME("last", PAID("max(" PERSON_BOUGHT_US ")")),
    {0},
};
static const struct query_filter figure_filters[] = {
    OF_PERSON("p.id"), BY_LOOKING("currency", PLAIN("k.currency") " = ?"), {0}};

/* Each item of a person once: at the first line of it. His lines are few, the item's may be many: no index of those. */
#define ITS(what)                                                                                                      \
    "(SELECT " what " FROM person r JOIN person_order pr ON pr.person = r.id JOIN orders u ON u.number = pr.number"    \
    " JOIN order_line n ON n.number = u.number WHERE r.head = q.head AND " PLAIN(                                      \
        "n.sku") " = l.sku AND n.gift = 0 AND u.origin ="                                                              \
                 " 'sale' AND u.state <> 'pending_pay' AND (u.state <> 'closed' OR u.replaced = 1))"
static const struct query_column item_columns[] = {
    NUMBER("person", "q.head"),
    TEXT("sku", "l.sku"),
    TEXT("name", "(SELECT i.name FROM item i WHERE i.sku = l.sku)"),
    NUMBER("pieces", ITS("CAST(sum(n.quantity - n.refunded) AS BIGINT)")),
    NUMBER("orders", ITS("count(DISTINCT u.number)")),
    TIME("last", ITS("max(coalesce(u.paid_us, u.placed_us, u.imported_us))")),
    {0},
};
static const struct query_filter item_filters[] = {OF_PERSON("q.head"), BY_LOOKING("sku", PLAIN("l.sku") " = ?"), {0}};

static const struct query_column order_columns[] = {
    NUMBER("person", "q.head"),
    NUMBER("account", "q.id"),
    TEXT("order", "o.number"),
    TEXT("shop", "o.shop"),
    TEXT("platform", "o.platform"),
    TEXT("origin", "o.origin"),
    TEXT("state", "o.state"),
    TIME("bought", PERSON_BOUGHT_US),
    TEXT("currency", "o.currency"),
    NUMBER("paid_minor", "o.paid_minor"),
    NUMBER("refunded_minor", PERSON_REFUNDED),
    NUMBER("pieces", "(SELECT sum(l.quantity) FROM order_line l WHERE l.number = o.number)"),
    TEXT("known_by", "(SELECT i.kind FROM person_identity i WHERE i.id = po.known)"),
    {0},
};
static const struct query_filter order_filters[] = {
    OF_PERSON("q.head"),
    BY_INDEX("order", "o.number = ?"),
    BY_LOOKING("shop", PLAIN("o.shop") " = ?"),
    BY_LOOKING("state", PLAIN("o.state") " = ?"),
    {0},
};

/* ---------------------------------------------------------------- what was said */

static const struct query_column contact_columns[] = {
    NUMBER("contact", "c.id"), NUMBER("person", "q.head"),   TEXT("order", "c.order_number"),
    TIME("time", "c.time_us"), TEXT("channel", "c.channel"), TEXT("direction", "c.direction"),
    TEXT("text", "c.text"),    TEXT("who", "c.who"),         {0},
};
static const struct query_filter contact_filters[] = {
    OF_PERSON("q.head"),
    BY_LOOKING("order", PLAIN("c.order_number") " = ?"),
    BY_LOOKING("channel", PLAIN("c.channel") " = ?"),
    BY_LOOKING("who", PLAIN("c.who") " = ?"),
    {0},
};

static const struct query_column consent_columns[] = {
    NUMBER("consent", "c.id"),
    NUMBER("person", "q.head"),
    TEXT("channel", "c.channel"),
    FLAG("given", "c.given"),
    FLAG("counts", "CASE WHEN " CONSENT_LAST " THEN 1 ELSE 0 END"),
    TEXT("source", "c.source"),
    TEXT("who", SET("c.who")),
    TIME("time", "c.time_us"),
    {0},
};
static const struct query_filter consent_filters[] = {
    OF_PERSON("q.head"),
    BY_LOOKING("channel", PLAIN("c.channel") " = ?"),
    BY_LOOKING("given", WHETHER("c.given = 1")),
    BY_LOOKING("counts", WHETHER(CONSENT_LAST)),
    {0},
};

/* ---------------------------------------------------------------- along time */

#define MOMENT(time, source, id, what, code, detail)                                                                   \
    "SELECT q.head AS person, " time " AS time_us, '" source "' AS source, CAST(" id " AS TEXT) AS id, " what          \
    " AS what, CAST(" code " AS TEXT) AS code, " detail " AS detail FROM person q "
#define THEIR_ORDERS "JOIN person_order po ON po.person = q.id "
/* A new source of moments is a line here. */
#define TIMELINE                                                                                                                                                                \
    "(" MOMENT(PERSON_BOUGHT_US, "order", "o.number", "'ordered'", "o.number", "o.platform") THEIR_ORDERS                                                                       \
        "JOIN orders o ON o.number = po.number WHERE o.origin = 'sale' UNION ALL " MOMENT(                                                                                      \
            "h.time_us", "history", "h.id", "h.act", "h.number", "h.note") THEIR_ORDERS                                                                                         \
        "JOIN order_history h ON h.number = po.number WHERE h.act IN ('paid', 'shipped', 'finished', 'closed', "                                                                \
        "'split',"                                                                                                                                                              \
        " 'merged') UNION ALL " MOMENT(EVENT_US("e.time"), "shipment", "p.parcel", "'shipped'", "p.number",                                                                     \
                                       "coalesce(p.carrier, '') || ' ' || coalesce(p.waybill, '')") THEIR_ORDERS                                                                \
        "JOIN parcel p ON p.number = po.number JOIN event e ON e.subject = 'parcel/' || p.parcel AND e.type ="                                                                  \
        " 'parcel.shipped' AND e.again = 0 UNION ALL " MOMENT(                                                                                                                  \
            "h.time_us", "aftersale", "h.id", "a.kind || ' ' || h.act", "a.number", "h.note") THEIR_ORDERS                                                                      \
        "JOIN aftersale a ON a.order_number = po.number JOIN aftersale_history h ON h.number = "                                                                                \
        "a.number UNION ALL " MOMENT("c.time_us", "contact", "c.id", "c.direction || ' ' || c.channel", "c.id", "c.who") "JOIN contact c ON c.person = q.id UNION ALL " MOMENT( \
            "h.time_us", "ticket", "h.id", "h.act", "t.id",                                                                                                                     \
            "t.why") "JOIN ticket t ON t.person = q.id JOIN ticket_history h ON h.ticket = t.id "                                                                               \
                     "UNION ALL " MOMENT(                                                                                                                                       \
                         "c.time_us", "consent", "c.id",                                                                                                                        \
                         "CASE WHEN c.given = 1 THEN 'may be written to' ELSE 'may "                                                                                            \
                         "not be written to'"                                                                                                                                   \
                         " END",                                                                                                                                                \
                         "c.id", "c.channel") "JOIN person_consent c ON c.person = q.id "                                                                                       \
                                              "UNION ALL " MOMENT(                                                                                                              \
                                                  "m.time_us", "merge", "m.id",                                                                                                 \
                                                  "'one with ' || "                                                                                                             \
                                                  "CAST(m.other AS TEXT)",                                                                                                      \
                                                  "m.id",                                                                                                                       \
                                                  "m.why") "JOIN "                                                                                                              \
                                                           "person_merge m "                                                                                                    \
                                                           "ON m.one = q.id "                                                                                                   \
                                                           "UNION "                                                                                                             \
                                                           "ALL " MOMENT("m."                                                                                                   \
                                                                         "un"                                                                                                   \
                                                                         "do"                                                                                                   \
                                                                         "ne"                                                                                                   \
                                                                         "_u"                                                                                                   \
                                                                         "s",                                                                                                   \
                                                                         "un"                                                                                                   \
                                                                         "me"                                                                                                   \
                                                                         "rg"                                                                                                   \
                                                                         "e",                                                                                                   \
                                                                         "m."                                                                                                   \
                                                                         "i"                                                                                                    \
                                                                         "d",                                                                                                   \
                                                                         "'n"                                                                                                   \
                                                                         "o "                                                                                                   \
                                                                         "mo"                                                                                                   \
                                                                         "re"                                                                                                   \
                                                                         " o"                                                                                                   \
                                                                         "ne"                                                                                                   \
                                                                         " w"                                                                                                   \
                                                                         "it"                                                                                                   \
                                                                         "h "                                                                                                   \
                                                                         "' "                                                                                                   \
                                                                         "||"                                                                                                   \
                                                                         " C"                                                                                                   \
                                                                         "AS"                                                                                                   \
                                                                         "T("                                                                                                   \
                                                                         "m."                                                                                                   \
                                                                         "ot"                                                                                                   \
                                                                         "he"                                                                                                   \
                                                                         "r "                                                                                                   \
                                                                         "AS"                                                                                                   \
                                                                         " T"                                                                                                   \
                                                                         "EX"                                                                                                   \
                                                                         "T"                                                                                                    \
                                                                         ")",                                                                                                   \
                                                                         "m."                                                                                                   \
                                                                         "i"                                                                                                    \
                                                                         "d",                                                                                                   \
                                                                         "m."                                                                                                   \
                                                                         "un"                                                                                                   \
                                                                         "do"                                                                                                   \
                                                                         "ne"                                                                                                   \
                                                                         "_w"                                                                                                   \
                                                                         "h"                                                                                                    \
                                                                         "y") "JOIN person_merge m ON m.one = q.id "                                                            \
                                                                              "WHERE m.undone_us IS NOT NULL) t"

static const struct query_column timeline_columns[] = {
    NUMBER("person", "t.person"),
    TIME("time", "t.time_us"),
    TEXT("source", "t.source"),
    TEXT("what", "t.what"),
    TEXT("code", "t.code"),
    TEXT("detail", SET("t.detail")),
    {0},
};
/* By the head alone: SQLite hands nothing but a plain value down to all parts. */
static const struct query_filter timeline_filters[] = {
    BY_NUMBER("person", "t.person = ?"), BY_LOOKING("source", PLAIN("t.source") " = ?"), {0}};

#define OWN_KEY(column)                                                                                                \
    {column},                                                                                                          \
    {                                                                                                                  \
        0                                                                                                              \
    }

const struct query office_customer_queries[] = {
    {"persons", "person", "person p", OWN_KEY("p.id"), false, "p.head = p.id", person_columns, person_filters, "person",
     person_sections},
    {"person-identities", "person_identity", "person_identity i JOIN person q ON q.id = i.person", OWN_KEY("i.id"),
     false, 0, identity_columns, identity_filters, 0, 0},
    {"person-merges", "person_merge", "person_merge m", OWN_KEY("m.id"), false, 0, merge_columns, merge_filters, 0, 0},
    {"person-figures",
     "person_figures",
     "person p CROSS JOIN person_currency k",
     {"p.id", "k.currency"},
     {false, true},
     false,
     "p.head = p.id AND " PAID("count(*)") " > 0",
     figure_columns,
     figure_filters,
     0,
     0},
    {"person-items",
     "person_item",
     PERSON_ORDERS " JOIN order_line l ON l.number = o.number",
     {"q.head", "l.sku"},
     {false, true},
     false,
     "l.gift = 0 AND l.sku IS NOT NULL AND " PERSON_BOUGHT
     " AND l.number = " ITS("min(n.number)") " AND l.line = " ITS("min(CASE WHEN n.number = l.number THEN n.line END)"),
     item_columns,
     item_filters,
     0,
     0},
    {"person-orders",
     "person_order",
     PERSON_ORDERS,
     {PERSON_BOUGHT_US, "o.number"},
     {false, true},
     true,
     0,
     order_columns,
     order_filters,
     0,
     0},
    {"contacts", "contact", "contact c JOIN person q ON q.id = c.person", OWN_KEY("c.id"), true, 0, contact_columns,
     contact_filters, 0, 0},
    {"person-consents", "person_consent", "person_consent c JOIN person q ON q.id = c.person", OWN_KEY("c.id"), true, 0,
     consent_columns, consent_filters, 0, 0},
    {"person-timeline",
     "person_moment",
     TIMELINE,
     {"t.time_us", "t.source", "t.id"},
     {false, true, true},
     true,
     0,
     timeline_columns,
     timeline_filters,
     0,
     0},
    {0},
};
