/* What can be looked at of what head office uses and may use. */
#include "sync/head-office/query_words.h"

static const struct query_column usage_columns[] = {
    TEXT("day", "u.day"), TEXT("measure", "u.measure"), NUMBER("amount", "u.amount"), {0}};
static const struct query_filter usage_filters[] = {
    BY_INDEX("day", "u.day = ?"), BY_LOOKING("measure", PLAIN("u.measure") " = ?"), {0}};

static const struct query_column quota_columns[] = {TEXT("quota", "q.name"), NUMBER("value", "q.value"), {0}};
static const struct query_filter quota_filters[] = {BY_INDEX("quota", "q.name = ?"), {0}};

const struct query office_usage_queries[] = {
    {"usage",
     "usage",
     "usage_day u",
     {"u.day", "u.measure"},
     {true, true},
     true,
     0,
     usage_columns,
     usage_filters,
     0,
     0},
    {"quotas", "quota", "quota q", {"q.name"}, {true}, false, 0, quota_columns, quota_filters, "quota", 0},
    {0},
};
