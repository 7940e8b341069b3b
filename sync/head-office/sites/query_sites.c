/* What can be looked at of sites: how far they are, what they reported, who works there. */
#include "sync/head-office/query_words.h"

static const struct query_column site_columns[] = {
    TEXT("site", "s.id"),
    TEXT("name", "s.name"),
    TEXT("box", "s.box"),
    NUMBER("epoch", "s.epoch"),
    NUMBER("applied", "s.applied"),
    NUMBER("durable", "s.durable_seq"),
    NUMBER("feed_head", "s.feed_head"),
    NUMBER("feed_acked", "s.feed_acked"),
    TIME("last_seen", "s.last_seen_us"),
    NUMBER("parked", "(SELECT count(*) FROM parked p WHERE p.site = s.id)"),
    NUMBER("dropped", "s.dropped"),
    NUMBER("lost", "nullif(s.lost_seq, 0)"),
    TEXT("fault", "s.fault"),
    NUMBER("lease_s", "s.lease_s"),
    NUMBER("capacity", "s.capacity"),
    TIME("retired", "s.retired_us"),
    {0},
};
static const struct query_filter site_filters[] = {BY_INDEX("site", "s.id = ?"), {0}};
static const struct query_section site_sections[] = {
    {"regions", "regions", "site", 0, 0}, {"parked", "parked", "site", 0, 0}, {0}};

static const struct query_column region_columns[] = {
    TEXT("site", "r.site"), TEXT("province", "r.province"), NUMBER("rank", "r.rank"), {0}};
static const struct query_filter region_filters[] = {BY_INDEX("site", "r.site = ?"), {0}};

static const struct query_column event_columns[] = {
    NUMBER("arrival", "e.arrival"), TEXT("site", "e.site"),  NUMBER("epoch", "e.epoch"),
    NUMBER("seq", "e.seq"),         TEXT("type", "e.type"),  TEXT("subject", "e.subject"),
    TEXT("time", "e.time"),         JSON("event", "e.line"), {0},
};
static const struct query_filter event_filters[] = {
    BY_INDEX("subject", "e.subject = ?"),
    BY_INDEX("order", "e.subject = 'order/' || ?"),
    BY_LOOKING("site", PLAIN("e.site") " = ?"),
    BY_LOOKING("type", PLAIN("e.type") " = ?"),
    {0},
};

#define NOTED_COLUMNS(of)                                                                                              \
    TEXT("site", of ".site"), NUMBER("epoch", of ".epoch"), NUMBER("seq", of ".seq"), TEXT("why", of ".why"),          \
        TEXT("type", "e.type"), JSON("event", "e.line")
#define WITH_EVENT(of) " JOIN event e ON e.site = " of ".site AND e.epoch = " of ".epoch AND e.seq = " of ".seq"

static const struct query_column parked_columns[] = {NOTED_COLUMNS("p"), FLAG("known", "p.known"), {0}};
static const struct query_filter parked_filters[] = {BY_INDEX("site", "p.site = ?"), {0}};

static const struct query_column flagged_columns[] = {NOTED_COLUMNS("f"), {0}};
static const struct query_filter flagged_filters[] = {
    BY_INDEX("site", "f.site = ?"), BY_LOOKING("why", PLAIN("f.why") " = ?"), {0}};

/* A badge signs its worker in, and so is no column. */
static const struct query_column worker_columns[] = {
    TEXT("worker", "w.worker"), TEXT("name", "w.name"),          TEXT("role", "w.role"),
    FLAG("active", "w.active"), TIME("revoked", "w.revoked_us"), {0},
};
static const struct query_filter worker_filters[] = {
    BY_INDEX("worker", "w.worker = ?"), BY_LOOKING("role", PLAIN("w.role") " = ?"), {0}};

static const struct query_column certificate_columns[] = {
    TEXT("name", "c.name"),    TEXT("site", "c.site"),     TEXT("fingerprint", "c.fingerprint"),
    TIME("made", "c.made_us"), TIME("ends", "c.until_us"), {0},
};
static const struct query_filter certificate_filters[] = {
    BY_INDEX("name", "c.name = ?"), BY_INDEX("site", "c.site = ?"), {0}};

const struct query office_site_queries[] = {
    {"sites", "site", "site s", {"s.id"}, {true}, false, 0, site_columns, site_filters, "site", site_sections},
    {"regions",
     "region",
     "site_region r",
     {"r.site", "r.province"},
     {true, true},
     false,
     0,
     region_columns,
     region_filters,
     0,
     0},
    {"events", "event", "event e", {"e.arrival"}, {0}, true, 0, event_columns, event_filters, 0, 0},
    {"parked",
     "parked",
     "parked p" WITH_EVENT("p"),
     {"e.arrival"},
     {0},
     false,
     0,
     parked_columns,
     parked_filters,
     0,
     0},
    {"flagged",
     "flagged",
     "flagged f" WITH_EVENT("f"),
     {"e.arrival", "f.why"},
     {false, true},
     false,
     0,
     flagged_columns,
     flagged_filters,
     0,
     0},
    {"broker-certificates",
     "broker-certificate",
     "broker_certificate c",
     {"c.name"},
     {true},
     false,
     0,
     certificate_columns,
     certificate_filters,
     "name",
     0},
    {"workers", "worker", "worker w", {"w.worker"}, {true}, false, 0, worker_columns, worker_filters, "worker", 0},
    {0},
};
