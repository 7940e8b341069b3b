/* What can be looked at to better: days of sites, ABC classes and moves, settings and what changed, improvements. */
#include "sync/head-office/query_words.h"

#define DAY_OF(column) "(" column ") * 86400000000"
#define SITE_SET(of)   SET(of ".site")
#define BY_SITE(of)    BY_INDEX("site", of ".site = ?")

/* Tenths of a thousand: whole numbers, as all figures here. */
#define RATE(above, times, below) "(" above ") * " times " / nullif(" below ", 0)"

static const struct query_column day_columns[] = {
    TEXT("site", "d.site"),
    TIME("day", DAY_OF("d.day")),
    NUMBER("pieces", "d.pieces"),
    NUMBER("bin_visits", "d.visits"),
    NUMBER("picker_hours", "d.picker_hours"),
    NUMBER("picks_per_hour", RATE("d.pieces", "1", "d.picker_hours")),
    NUMBER("walk_m", "d.walk_mm / 1000"),
    NUMBER("walk_m_per_visit", RATE("d.walk_mm / 1000", "1", "d.measured")),
    NUMBER("events", "d.events"),
    NUMBER("rejected", "d.rejected"),
    NUMBER("errors_per_1000", RATE("d.rejected", "1000", "d.events")),
    NUMBER("parcels", "d.parcels"),
    {0},
};
static const struct query_filter day_filters[] = {BY_SITE("d"), {0}};

static const struct query_column class_columns[] = {
    TEXT("site", "c.site"),
    TEXT("sku", "c.sku"),
    TEXT("class", "c.class"),
    NUMBER("bin_visits", "c.visits"),
    NUMBER("pieces", "c.pieces"),
    TEXT("name", "(SELECT i.name FROM item i WHERE i.sku = c.sku)"),
    {0},
};
static const struct query_filter class_filters[] = {
    BY_SITE("c"), BY_LOOKING("class", PLAIN("c.class") " = ?"), BY_LOOKING("sku", PLAIN("c.sku") " = ?"), {0}};

/* What a visit to the item's bin took, in equal windows before and after the move was made. */
#define WALK_OF(from, to)                                                                                              \
    "CASE WHEN m.made IS NOT NULL THEN (SELECT sum(p.walk_mm) / nullif(sum(p.visits), 0) FROM pick_day p WHERE p.site" \
    " = m.site AND p.sku = m.sku AND p.walk_mm IS NOT NULL AND p.day >= m.made " from " AND p.day <= m.made " to       \
    ") END"

static const struct query_column move_columns[] = {
    NUMBER("slot_move", "m.id"),
    TEXT("site", "m.site"),
    TEXT("state", "m.state"),
    TEXT("sku", "m.sku"),
    TEXT("class", "m.class"),
    NUMBER("bin_visits", "m.visits"),
    TEXT("from", "m.from_bin"),
    TEXT("to", "m.to_bin"),
    TEXT("swap_with", "m.swap_with"),
    NUMBER("saved_m", "m.saved_m"),
    NUMBER("saved_places", "m.saved_places"),
    NUMBER("days", "m.days"),
    NUMBER("walk_mm_before", WALK_OF("- 14", "- 1")),
    NUMBER("walk_mm_after", WALK_OF("+ 1", "+ 14")),
    TEXT("who", "m.who"),
    TIME("suggested", "m.suggested_us"),
    TIME("decided", "m.decided_us"),
    TIME("made", "m.made_us"),
    {0},
};
static const struct query_filter move_filters[] = {
    {"slot_move", "m.id = ?", true, true},    BY_SITE("m"), BY_LOOKING("state", PLAIN("m.state") " = ?"),
    BY_LOOKING("sku", PLAIN("m.sku") " = ?"), {0},
};

static const struct query_column parameter_columns[] = {
    TEXT("site", SITE_SET("p")), TEXT("name", "p.name"), TEXT("value", "p.value"), {0}};
static const struct query_filter parameter_filters[] = {BY_SITE("p"), BY_LOOKING("name", PLAIN("p.name") " = ?"), {0}};

static const struct query_column change_columns[] = {NUMBER("parameter_change", "c.id"),
                                                     TEXT("site", SITE_SET("c")),
                                                     TEXT("name", "c.name"),
                                                     TEXT("before", "c.before"),
                                                     TEXT("after", "c.after"),
                                                     TEXT("who", SET("c.who")),
                                                     TIME("time", "c.time_us"),
                                                     {0}};
static const struct query_filter change_filters[] = {
    {"parameter_change", "c.id = ?", true, true},
    BY_LOOKING("site", PLAIN("c.site") " = ?"),
    BY_LOOKING("name", PLAIN("c.name") " = ?"),
    BY_LOOKING("who", PLAIN("c.who") " = ?"),
    {0},
};
static const struct query_section change_sections[] = {{"figures", "parameter-figures", "parameter_change", 0, 0}, {0}};

#define FIGURE_COLUMNS                                                                                                 \
    TEXT("figure", "f.figure"), NUMBER("before_100", "f.before"), NUMBER("after_100", "f.after"),                      \
        NUMBER("percent", "f.percent"), NUMBER("days", "f.days"), NUMBER("worked_before", "f.worked_before"),          \
        NUMBER("worked_after", "f.worked_after"), TEXT("verdict", "f.verdict"), TIME("time", "f.time_us")

static const struct query_column parameter_figure_columns[] = {NUMBER("parameter_change", "f.id"), FIGURE_COLUMNS, {0}};
static const struct query_filter parameter_figure_filters[] = {{"parameter_change", "f.id = ?", true, true},
                                                               BY_LOOKING("figure", PLAIN("f.figure") " = ?"),
                                                               BY_LOOKING("verdict", PLAIN("f.verdict") " = ?"),
                                                               {0}};

static const struct query_column improvement_columns[] = {
    NUMBER("improvement", "i.id"),
    TEXT("site", SITE_SET("i")),
    TEXT("state", "i.state"),
    TEXT("what", "i.what"),
    TEXT("figure", "i.figure"),
    NUMBER("aim", "i.aim"),
    NUMBER("percent", "(SELECT f.percent FROM measured_figure f WHERE f.of_change = 'improvement' AND f.id = i.id AND"
                      " f.figure = i.figure)"),
    TEXT("verdict", "(SELECT f.verdict FROM measured_figure f WHERE f.of_change = 'improvement' AND f.id = i.id AND"
                    " f.figure = i.figure)"),
    TEXT("who", "i.who"),
    TEXT("note", SET("i.note")),
    TIME("planned", "i.planned_us"),
    TIME("started", "i.started_us"),
    TIME("ended", "i.ended_us"),
    {0},
};
static const struct query_filter improvement_filters[] = {
    {"improvement", "i.id = ?", true, true},
    BY_LOOKING("site", PLAIN("i.site") " = ?"),
    BY_LOOKING("state", PLAIN("i.state") " = ?"),
    BY_LOOKING("figure", PLAIN("i.figure") " = ?"),
    {0},
};
static const struct query_section improvement_sections[] = {{"figures", "improvement-figures", "improvement", 0, 0},
                                                            {0}};

static const struct query_column improvement_figure_columns[] = {NUMBER("improvement", "f.id"), FIGURE_COLUMNS, {0}};
static const struct query_filter improvement_figure_filters[] = {{"improvement", "f.id = ?", true, true}, {0}};

const struct query office_improve_queries[] = {
    {"site-days",
     "site_day",
     "site_day d",
     {"d.site", "d.day"},
     {true, false},
     true,
     0,
     day_columns,
     day_filters,
     0,
     0},
    {"slot-classes",
     "slot_class",
     "slot_class c",
     {"c.site", "c.sku"},
     {true, true},
     false,
     0,
     class_columns,
     class_filters,
     0,
     0},
    {"slot-moves", "slot_move", "slot_move m", {"m.id"}, {0}, true, 0, move_columns, move_filters, "slot_move", 0},
    {"parameters",
     "parameter",
     "parameter p",
     {"p.site", "p.name"},
     {true, true},
     false,
     0,
     parameter_columns,
     parameter_filters,
     0,
     0},
    {"parameter-changes",
     "parameter_change",
     "parameter_change c",
     {"c.id"},
     {0},
     true,
     0,
     change_columns,
     change_filters,
     "parameter_change",
     change_sections},
    {"parameter-figures",
     "parameter_figure",
     "measured_figure f",
     {"f.id", "f.figure"},
     {false, true},
     false,
     "f.of_change = 'parameter'",
     parameter_figure_columns,
     parameter_figure_filters,
     0,
     0},
    {"improvements",
     "improvement",
     "improvement i",
     {"i.id"},
     {0},
     true,
     0,
     improvement_columns,
     improvement_filters,
     "improvement",
     improvement_sections},
    {"improvement-figures",
     "improvement_figure",
     "measured_figure f",
     {"f.id", "f.figure"},
     {false, true},
     false,
     "f.of_change = 'improvement'",
     improvement_figure_columns,
     improvement_figure_filters,
     0,
     0},
    {0},
};
