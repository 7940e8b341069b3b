/* Words for statements about persons, in what both databases understand. */
#ifndef HEAD_OFFICE_PERSON_SQL_H
#define HEAD_OFFICE_PERSON_SQL_H

/* The orders o of all accounts q of a person q.head. */
#define PERSON_ORDERS "person q JOIN person_order po ON po.person = q.id JOIN orders o ON o.number = po.number"

/* A purchase: as the buyer made it, paid, and not given up whole before it left. Parts and exchanges are none. */
#define PERSON_BOUGHT    "o.origin = 'sale' AND o.state <> 'pending_pay' AND (o.state <> 'closed' OR o.replaced = 1)"
#define PERSON_BOUGHT_US "coalesce(o.paid_us, o.placed_us, o.imported_us)"

/* What was given back of order o. */
#define PERSON_REFUNDED                                                                                                \
    "(SELECT CAST(coalesce(sum(d.amount_minor), 0) AS BIGINT) FROM refund_due d WHERE d.order_number = o.number AND"   \
    " d.state = 'paid')"
#define PERSON_RETURNS                                                                                                 \
    "(SELECT count(*) FROM aftersale a WHERE a.order_number = o.number AND a.kind IN ('return', 'exchange') AND"       \
    " a.state NOT IN ('refused', 'closed'))"

/* Whoever is meant by any account of his. */
#define PERSON_MEANT "(SELECT head FROM person WHERE id = ?)"

/* Microseconds of an event's time, "2026-03-04T09:15:22.481Z": the days since 1970 by the calendar, the year begun in
 * March. */
#define EVENT_PART(column, from, digits) "CAST(substr(" column ", " from ", " digits ") AS BIGINT)"
#define EVENT_YEAR(column)                                                                                             \
    "(" EVENT_PART(column, "1", "4") " - CASE WHEN " EVENT_PART(column, "6", "2") " <= 2 THEN 1 ELSE 0 END)"
#define EVENT_DAYS(column)                                                                                             \
    "(365 * " EVENT_YEAR(column) " + " EVENT_YEAR(column) " / 4 - " EVENT_YEAR(column) " / 100 + " EVENT_YEAR(         \
        column) " / 400 + (153 * ((" EVENT_PART(column, "6",                                                           \
                                                "2") " + 9) % 12) + 2) / 5 + " EVENT_PART(column, "9",                 \
                                                                                          "2") " - 719469)"
#define EVENT_US(column)                                                                                               \
    "((((" EVENT_DAYS(column) " * 24 + " EVENT_PART(column, "12", "2") ") * 60 + " EVENT_PART(                         \
        column, "15", "2") ") * 60 + " EVENT_PART(column, "18", "2") ") * 1000 + " EVENT_PART(column, "21",            \
                                                                                              "3") ") * 1000"

#endif
