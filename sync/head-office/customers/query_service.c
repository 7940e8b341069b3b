/* What can be looked at of the service desk: questions with their answers and what these rest on, and what was handed
 * over to people. */
#include "sync/head-office/customers/person_sql.h"
#include "sync/head-office/query_words.h"

#define OF_PERSON(column)                                                                                              \
    {                                                                                                                  \
        "person", column " IN (SELECT x.id FROM person x WHERE x.head = " PERSON_MEANT ")", true, true                 \
    }
#define NUMBERED(name, column)                                                                                         \
    {                                                                                                                  \
        name, column " = ?", true, true                                                                                \
    }
#define HEAD(column) "(SELECT x.head FROM person x WHERE x.id = " column ")"

static const struct query_column ticket_columns[] = {
    NUMBER("ticket", "t.id"),
    TEXT("state", "t.state"),
    TEXT("why", "t.why"),
    TEXT("question", "t.question"),
    TEXT("language", "t.language"),
    NUMBER("person", HEAD("t.person")),
    TEXT("order", "t.order_number"),
    TEXT("assignee", SET("t.assignee")),
    TEXT("reply", SET("t.reply")),
    TIME("opened", "t.opened_us"),
    TIME("changed", "t.changed_us"),
    {0},
};
static const struct query_filter ticket_filters[] = {
    NUMBERED("ticket", "t.id"),
    OF_PERSON("t.person"),
    BY_INDEX("state", "t.state = ?"),
    BY_INDEX("order", "t.order_number = ?"),
    BY_LOOKING("assignee", PLAIN("t.assignee") " = ?"),
    {0},
};
static const struct query_section ticket_sections[] = {
    {"history", "ticket-history", "ticket", 0, 0}, {"answers", "service-answers", "ticket", 0, 0}, {0}};

static const struct query_column history_columns[] = {
    NUMBER("history", "h.id"), NUMBER("ticket", "h.ticket"),    TIME("time", "h.time_us"),
    TEXT("act", "h.act"),      TEXT("before", SET("h.before")), TEXT("after", "h.after"),
    TEXT("who", SET("h.who")), TEXT("note", SET("h.note")),     {0},
};
static const struct query_filter history_filters[] = {NUMBERED("ticket", "h.ticket"), {0}};

static const struct query_column answer_columns[] = {
    NUMBER("answer", "a.id"),       TIME("time", "a.time_us"),       TEXT("who", "a.who"),
    TEXT("language", "a.language"), TEXT("question", "a.question"),  TEXT("intent", "a.intent"),
    TEXT("proof", "a.proof"),       TEXT("order", "a.order_number"), NUMBER("person", HEAD("a.person")),
    TEXT("text", "a.answer"),       NUMBER("ticket", "a.ticket"),    {0},
};
static const struct query_filter answer_filters[] = {
    NUMBERED("answer", "a.id"),
    OF_PERSON("a.person"),
    {"ticket", WHOLE("a.ticket") " = ?", true, false},
    BY_LOOKING("order", PLAIN("a.order_number") " = ?"),
    BY_LOOKING("intent", PLAIN("a.intent") " = ?"),
    BY_LOOKING("proof", PLAIN("a.proof") " = ?"),
    {0},
};
static const struct query_section answer_sections[] = {{"sources", "service-sources", "answer", 0, 0}, {0}};

static const struct query_column source_columns[] = {
    NUMBER("answer", "s.answer"), NUMBER("place", "s.place"), TEXT("kind", "s.kind"), TEXT("code", "s.code"), {0}};
static const struct query_filter source_filters[] = {NUMBERED("answer", "s.answer"), {0}};

const struct query office_service_queries[] = {
    {"tickets",
     "ticket",
     "ticket t",
     {"t.id"},
     {0},
     true,
     0,
     ticket_columns,
     ticket_filters,
     "ticket",
     ticket_sections},
    {"ticket-history",
     "ticket_history",
     "ticket_history h",
     {"h.id"},
     {0},
     false,
     0,
     history_columns,
     history_filters,
     0,
     0},
    {"service-answers",
     "service_answer",
     "service_answer a",
     {"a.id"},
     {0},
     true,
     0,
     answer_columns,
     answer_filters,
     "answer",
     answer_sections},
    {"service-sources",
     "service_source",
     "service_source s",
     {"s.answer", "s.place"},
     {0},
     false,
     0,
     source_columns,
     source_filters,
     0,
     0},
    {0},
};
