/* What can be looked at of waybill numbers that platforms give: who is asked, and what was asked for. */
#include "sync/head-office/query_words.h"

static const struct query_column account_columns[] = {
    TEXT("shop", "a.shop"),      TEXT("carrier", "a.carrier"), TEXT("via", "a.via"),
    TEXT("code", SET("a.code")), TEXT("form", SET("a.form")),  FLAG("early", "a.early"),
    FLAG("drawn", "a.drawn"),    FLAG("active", "a.active"),   {0},
};
static const struct query_filter account_filters[] = {
    BY_INDEX("shop", "a.shop = ?"), BY_LOOKING("carrier", PLAIN("a.carrier") " = ?"), {0}};

#define OUTBOX(column) "(SELECT x." column " FROM outbox x WHERE x.key = p.key)"
static const struct query_column parcel_columns[] = {
    TEXT("parcel", "p.key"),
    TEXT("order", "p.number"),
    TEXT("site", "p.site"),
    TEXT("waybill", "p.waybill"),
    TEXT("state", OUTBOX("state")),
    TEXT("said", "nullif(" OUTBOX("said") ", '')"),
    {0},
};
static const struct query_filter parcel_filters[] = {
    BY_INDEX("parcel", "p.key = ?"),
    BY_INDEX("order", "p.number = ?"),
    BY_LOOKING("site", PLAIN("p.site") " = ?"),
    {0},
};

const struct query office_waybill_queries[] = {
    {"waybill-accounts",
     "waybill_account",
     "waybill_account a",
     {"a.shop", "a.carrier"},
     {true, true},
     false,
     0,
     account_columns,
     account_filters,
     0,
     0},
    {"waybill-parcels",
     "waybill_parcel",
     "waybill_parcel p",
     {"p.key"},
     {true},
     false,
     0,
     parcel_columns,
     parcel_filters,
     "parcel",
     0},
    {0},
};
