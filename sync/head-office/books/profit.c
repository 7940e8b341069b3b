#include "sync/head-office/books/profit.h"

#include <errno.h>
#include <string.h>

#define PART(part) "sum(CASE WHEN a.part = '" part "' THEN l.base_minor ELSE 0 END)"
/* One text for each grouping: statements are kept by their address. */
#define QUESTION(name, joins)                                                                                          \
    "SELECT name, " PART("revenue") ", " PART("discounts") ", " PART("refunds") ", " PART("tax") ", " PART(            \
        "goods") ", " PART("fees") ", " PART("freight") ", " PART("packaging") ", " PART("other") ", "                 \
                                                                                                  "sum(l.base_minor)"  \
                                                                                                  " FROM "             \
                                                                                                  "(SELECT " name      \
                                                                                                  " AS name, "         \
                                                                                                  "l.account, "        \
                                                                                                  "l.base_minor FROM " \
                                                                                                  "books_line l JOIN " \
                                                                                                  "books_entry e ON "  \
                                                                                                  "e.id = l.entry"     \
                                                                                                  " " joins            \
                                                                                                  " WHERE e.period "   \
                                                                                                  ">= ?1 AND "         \
                                                                                                  "e.period <= ?2) "   \
                                                                                                  "AS l JOIN "         \
                                                                                                  "books_account a "   \
                                                                                                  "ON a.code = "       \
                                                                                                  "l.account"          \
                                                                                                  " WHERE a.part <> "  \
                                                                                                  "'' AND (?3 = '' "   \
                                                                                                  "OR name = ?4) "     \
                                                                                                  "GROUP BY name "     \
                                                                                                  "ORDER BY name"
#define ORDER_OF "LEFT JOIN orders o ON o.number = l.order_number"

static const struct {
    const char *group, *sql;
} questions[] = {
    {"all", QUESTION("''", "")},
    {"order", QUESTION("l.order_number", "")},
    {"sku", QUESTION("l.sku", "")},
    {"shop", QUESTION("l.shop", "")},
    {"site", QUESTION("l.site", "")},
    {"account", QUESTION("l.account", "")},
    {"platform", QUESTION("coalesce(o.platform, s.platform, '')", ORDER_OF " LEFT JOIN shop s ON s.code = l.shop")},
    {"campaign", QUESTION("coalesce(c.campaign, '')", "LEFT JOIN order_campaign c ON c.number = l.order_number")},
};

int profit_each(struct office *office, const char *group, const char *from, const char *to, const char *only,
                void (*tell)(void *user, const struct profit *profit), void *user, struct error *error)
{
    size_t i = 0;
    while (i < COUNT(questions) - 1 && strcmp(questions[i].group, group) != 0)
        i++;
    struct sql_query *row = sql_select_values(
        office->sql, questions[i].sql,
        (struct sql_value[]){
            sql_text(from), sql_text(to), sql_text(only ? "one" : ""), sql_text(only ? only : ""), {0}});
    while (sql_next(row)) {
        struct profit profit = {.revenue = -sql_get_int(row, 1),
                                .discounts = sql_get_int(row, 2),
                                .refunds = sql_get_int(row, 3),
                                .tax = sql_get_int(row, 4),
                                .goods = sql_get_int(row, 5),
                                .fees = sql_get_int(row, 6),
                                .freight = sql_get_int(row, 7),
                                .packaging = sql_get_int(row, 8),
                                .other = sql_get_int(row, 9),
                                .profit = -sql_get_int(row, 10)};
        sql_copy_text(row, 0, profit.name, sizeof(profit.name));
        tell(user, &profit);
    }
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}
