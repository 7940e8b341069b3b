/* What can be looked at of head office's people, and of what they did. */
#include "sync/head-office/query_words.h"

static const struct query_column staff_columns[] = {
    TEXT("login", "p.name"),
    TEXT("title", "p.title"),
    FLAG("active", "p.active"),
    FLAG("must_change", "p.must_change"),
    NUMBER("logged_in", "(SELECT count(*) FROM staff_session l WHERE l.name = p.name)"),
    NUMBER("failures", "p.failures"),
    TIME("locked_until", "nullif(p.locked_until_us, 0)"),
    TIME("seen", "p.seen_us"),
    TIME("added", "p.added_us"),
    TEXT("added_by", "p.added_by"),
    {0},
};
static const struct query_filter staff_filters[] = {
    BY_INDEX("login", "p.name = ?"), BY_LOOKING("active", WHETHER("p.active = 1")), {0}};
static const struct query_section staff_sections[] = {{"roles", "staff-roles", "login", 0, 0},
                                                      {"sessions", "staff-sessions", "login", 0, 0},
                                                      {"trail", "trail", "who", 0, 0},
                                                      {0}};

static const struct query_column role_columns[] = {
    TEXT("login", "r.name"),     TEXT("role", "r.role"),         TEXT("site", "r.site"),
    TIME("since", "r.since_us"), TEXT("given_by", "r.given_by"), {0},
};
static const struct query_filter role_filters[] = {BY_LOOKING("login", PLAIN("r.name") " = ?"),
                                                   BY_LOOKING("role", PLAIN("r.role") " = ?"),
                                                   BY_LOOKING("site", PLAIN("r.site") " = ?"),
                                                   {0}};

static const struct query_column session_columns[] = {
    TEXT("login", "l.name"), TIME("begun", "l.begun_us"), TIME("used", "l.used_us"), {0}};
static const struct query_filter session_filters[] = {BY_LOOKING("login", PLAIN("l.name") " = ?"), {0}};

static const struct query_column trail_columns[] = {
    NUMBER("line", "t.seq"), TIME("time", "t.time_us"),     TEXT("who", "t.who"),
    TEXT("what", "t.what"),  JSON("about", SET("t.about")), {0},
};
static const struct query_filter trail_filters[] = {
    {"line", "t.seq = ?", true, true}, BY_INDEX("who", "t.who = ?"), BY_LOOKING("what", PLAIN("t.what") " = ?"), {0}};

const struct query office_staff_queries[] = {
    {"staff", "login", "staff p", {"p.name"}, {true}, false, 0, staff_columns, staff_filters, "login", staff_sections},
    {"staff-roles",
     "role",
     "staff_role r",
     {"r.name", "r.role", "coalesce(r.site, '')"},
     {true, true, true},
     false,
     0,
     role_columns,
     role_filters,
     0,
     0},
    {"staff-sessions",
     "session",
     "staff_session l",
     {"l.name", "l.begun_us"},
     {true, false},
     false,
     0,
     session_columns,
     session_filters,
     0,
     0},
    {"trail", "line", "trail t", {"t.seq"}, {0}, true, 0, trail_columns, trail_filters, "line", 0},
    {0},
};
