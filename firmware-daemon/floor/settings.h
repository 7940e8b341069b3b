/* How this floor works: each setting with its default, range and meaning. Head office or a supervisor sets them
 * (config.set); they are rows of the site's database, so that a rule finds them. Does not hold the daemon's options:
 * config.c does. */
#ifndef FLOOR_SETTINGS_H
#define FLOOR_SETTINGS_H

#include "base/buf.h"
#include "store/store.h"

/* X(name, default, min, max, help) */
#define SETTINGS(X)                                                                                                    \
    X(weigh_parcels, 0, 0, 2, "0: not; 1: where the bench has a scale; 2: always")                                     \
    X(weight_least_g, 10, 0, 10000, "a parcel's weight may differ by this many grams at least")                        \
    X(weight_percent, 3, 0, 100, "or by this share of what it should weigh")                                           \
    X(zero_check, 1, 0, 1, "ask whether a bin is empty when the books say it is")                                      \
    X(count_pieces, 2, 0, 1000000, "a counted difference of up to so many pieces is posted without a supervisor")      \
    X(count_value, 5000, 0, 1000000000, "if it is also worth no more than this, in minor units of money")              \
    X(count_rounds, 3, 2, 9, "a difference that others find too is counted this often at most")                        \
    X(count_days_a, 30, 0, 3650, "days between two counts of a bin with goods of class A; 0: never by the calendar")   \
    X(count_days_b, 90, 0, 3650, "of class B")                                                                         \
    X(count_days_c, 365, 0, 3650, "of class C, or of none")                                                            \
    X(cluster_totes, 8, 1, 40, "orders that one worker may pick at the same time")                                     \
    X(aisle_length_mm, 0, 0, 1000000000,                                                                               \
      "of an aisle between two cross-aisles: with the places' aisles known, pickers "                                  \
      "walk the shortest tour; 0: by the places' walking sequence")                                                    \
    X(aisle_distance_mm, 0, 0, 1000000000, "from the middle of an aisle to that of the next")                          \
    X(roster_hours, 72, 0, 8760, "so long after head office was heard last, what is risky needs a supervisor's badge") \
    X(roster_strict, 0, 0, 1, "1: after that time nothing is worked on at all")                                        \
    X(roles_strict, 0, 0, 1, "1: each role does its own work only: pickers pick, packers pack, counters count")        \
    X(override_pin, 0, 0, 1, "1: who lets something pass by a badge gives the PIN too")                                \
    X(board_public, 0, 0, 1, "1: the live board is shown to whoever opens it, without signing in")                     \
    X(session_idle_min, 15, 1, 1440, "minutes after which an unused page must be signed in to again")                  \
    X(session_hours, 12, 1, 168, "hours after which a page must be signed in to again in any case")                    \
    X(reprint_badge, 0, 0, 1, "1: a label is printed again only with a supervisor's badge")                            \
    X(receiver_days, 30, 0, 3650, "a receiver is deleted so many days after the order was handed over; 0: never")      \
    X(quiet_hour, 3, 0, 24,                                                                                            \
      "the hour of the day, by the box's clock, in which it reads its database whole and makes its nightly backup; "   \
      "24: never")                                                                                                     \
    X(wall_slots, 20, 1, 200, "orders in a wave that is sorted at a put-wall, where the wall has more slots")

enum setting {
#define X(name, fallback, min, max, help) SETTING_##name,
    SETTINGS(X)
#undef X
        SETTING_COUNT
};

/* What is set, or the default. */
int setting_get(struct store *store, enum setting setting, int64_t *ret);

/* By name. -ENOENT there is no such setting, -ERANGE outside its range. */
int setting_set(struct store *store, const char *name, int64_t value);

/* All of them, as an array of {"name", "value", "default", "min", "max", "help"}. */
int settings_write(struct store *store, struct buf *json);

#endif
