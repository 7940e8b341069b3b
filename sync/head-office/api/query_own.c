/* What can be looked at of head office itself: its settings and files, and what programs of others may do. */
#include "sync/head-office/query_words.h"

static const struct query_column setting_columns[] = {TEXT("name", "s.name"), TEXT("value", "s.value"), {0}};
static const struct query_filter setting_filters[] = {BY_INDEX("name", "s.name = ?"), {0}};

static const struct query_column import_columns[] = {
    NUMBER("import", "i.number"),
    TEXT("kind", "i.kind"),
    TEXT("file", "i.file"),
    TEXT("hash", "i.hash"),
    TEXT("site", SET("i.site")),
    TEXT("state", "i.state"),
    /* of a file that is taken in just now by the program that is asked, how far it is */
    NUMBER("done",
           "coalesce((SELECT v.done FROM import_live v WHERE v.import = i.number), CASE WHEN i.state = 'done' THEN"
           " i.rows ELSE 0 END)"),
    NUMBER("rows", "i.rows"),
    NUMBER("changed", "i.changed"),
    NUMBER("new_rows", "i.new_rows"),
    TEXT("said", SET("i.said")),
    TEXT("who", SET("i.who")),
    TIME("time", "i.time_us"),
    {0},
};
static const struct query_filter import_filters[] = {{"import", "i.number = ?", true, true},
                                                     BY_LOOKING("kind", PLAIN("i.kind") " = ?"),
                                                     BY_LOOKING("state", PLAIN("i.state") " = ?"),
                                                     {0}};

static const struct query_column key_columns[] = {
    TEXT("key", "k.id"),
    TEXT("name", "k.name"),
    TEXT("reads", "k.reads"),
    TEXT("verbs", "k.verbs"),
    TEXT("shop", "k.shop"),
    TIME("created", "k.created_us"),
    TEXT("created_by", SET("k.created_by")),
    TIME("used", "k.used_us"),
    TIME("revoked", "k.revoked_us"),
    {0},
};
static const struct query_filter key_filters[] = {
    BY_INDEX("key", "k.id = ?"), BY_LOOKING("active", WHETHER("k.revoked_us IS NULL")), {0}};

static const struct query_column webhook_columns[] = {
    TEXT("webhook", "w.id"),
    TEXT("url", "w.url"),
    TEXT("events", "w.events"),
    FLAG("active", "w.active"),
    TEXT("trouble", "w.trouble"),
    NUMBER("failures", "w.failures"),
    NUMBER("waiting", "(SELECT count(*) FROM delivery d WHERE d.webhook = w.id AND d.sent_us IS NULL)"),
    TIME("added", "w.added_us"),
    {0},
};
static const struct query_filter webhook_filters[] = {
    BY_INDEX("webhook", "w.id = ?"), BY_LOOKING("active", WHETHER("w.active = 1")), {0}};
static const struct query_section webhook_sections[] = {{"deliveries", "deliveries", "webhook", 0, 0}, {0}};

static const struct query_column delivery_columns[] = {
    NUMBER("delivery", "d.id"),      TEXT("webhook", "d.webhook"),
    TEXT("message", "d.message"),    TEXT("type", "d.type"),
    TIME("created", "d.created_us"), NUMBER("tries", "d.tries"),
    NUMBER("status", "d.status"),    TEXT("fault", SET("d.fault")),
    TIME("sent", "d.sent_us"),       {0},
};
static const struct query_filter delivery_filters[] = {
    BY_LOOKING("webhook", PLAIN("d.webhook") " = ?"),
    BY_LOOKING("waiting", WHETHER("d.sent_us IS NULL")),
    BY_LOOKING("type", PLAIN("d.type") " = ?"),
    {0},
};

const struct query office_own_queries[] = {
    {"settings", "setting", "setting s", {"s.name"}, {true}, false, 0, setting_columns, setting_filters, "name", 0},
    {"imports", "import", "import i", {"i.number"}, {0}, true, 0, import_columns, import_filters, "import", 0},
    {"keys", "key", "api_key k", {"k.id"}, {true}, false, 0, key_columns, key_filters, "key", 0},
    {"webhooks",
     "webhook",
     "webhook w",
     {"w.id"},
     {true},
     false,
     0,
     webhook_columns,
     webhook_filters,
     "webhook",
     webhook_sections},
    {"deliveries", "delivery", "delivery d", {"d.id"}, {0}, true, 0, delivery_columns, delivery_filters, 0, 0},
    {0},
};
