/* Proposals that become drafts. */
#include "base/text.h"
#include "sync/head-office/buying/purchase_proposals.h"
#include "sync/head-office/buying/purchases.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Whose it is, and that it can be taken. */
static int find_supplier(struct office *office, const struct purchase_accept *accept, char ret[65], struct error *error)
{
    char state[16] = "";
    text_copy(ret, 65, accept->supplier);
    if (accept->id == 0)
        return *ret ? 0 : error_set(error, -EINVAL, "say which proposal, or the supplier of which all are");
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT coalesce(supplier, ''), state FROM purchase_proposal WHERE id ="
                                       " ?1" SQL_FOR_UPDATE,
                                       sql_int(accept->id));
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret, 65);
        sql_copy_text(row, 1, state, sizeof(state));
    }
    int result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    if (!*state)
        return error_set(error, -ENOENT, "there is no proposal %" PRId64 ": purchase.propose makes them anew",
                         accept->id);
    if (strcmp(state, "taken") == 0)
        return error_set(error, -EALREADY, "proposal %" PRId64 " was taken already", accept->id);
    return *ret ? 0 : error_set(error, -EINVAL, "nobody sells it: supplier.item says who does");
}

static int check_draft(struct office *office, const char *number, const char *supplier, struct error *error)
{
    int64_t one;
    int result = sql_number(office->sql, &one, "SELECT 1 FROM purchase WHERE number = ?1 AND supplier = ?2",
                            sql_text(number), sql_text(supplier));
    if (result == -ENOENT)
        return error_set(error, result, "there is no purchase order \"%s\" to supplier \"%s\"", number, supplier);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Of several for one item the sum. */
static int take_lines(struct office *office, const struct purchase_accept *accept, const char *supplier,
                      const char *number, int64_t *ret_taken, struct error *error)
{
    int result = 0;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT q.sku, sum(q.quantity), max(q.price_minor), max(coalesce(l.quantity, 0)) FROM purchase_proposal"
        " q LEFT JOIN purchase_line l ON l.number = ?3 AND l.sku = q.sku WHERE q.id = ?1 OR (?1 = 0 AND q.state = "
        "'open'"
        " AND q.supplier = ?2) GROUP BY q.sku ORDER BY q.sku",
        sql_int(accept->id), sql_text(supplier), sql_text(number));
    for (*ret_taken = 0; !result && sql_next(row); *ret_taken += 1) {
        char sku[65];
        sql_copy_text(row, 0, sku, sizeof(sku));
        int64_t pieces = accept->pieces > 0 ? accept->pieces : sql_get_int(row, 1);
        result = purchases_line(office, number, sku, sql_get_int(row, 3) + pieces, sql_get_int(row, 2), error);
    }
    int failed = sql_done(row);
    if (failed && !result)
        return office_failed(office->sql, failed, error);
    return result;
}

int purchase_accept(struct office *office, const struct purchase_accept *accept, const char *who, char ret_number[65],
                    int64_t *ret_taken, struct error *error)
{
    struct purchase_head head = {0};
    int result = find_supplier(office, accept, head.supplier, error);
    text_copy(head.site, sizeof(head.site), accept->site);
    if (!result && *accept->number)
        text_copy(ret_number, 65, accept->number);
    else if (!result)
        result = purchases_put(office, &head, who, ret_number, error);
    if (!result)
        result = check_draft(office, ret_number, head.supplier, error);
    if (!result)
        result = take_lines(office, accept, head.supplier, ret_number, ret_taken, error);
    if (result)
        return result;
    if (*ret_taken == 0)
        return error_set(error, -ENOENT, "nothing of supplier \"%s\" is proposed", head.supplier);
    result = sql_run(office->sql,
                     "UPDATE purchase_proposal SET state = 'taken', number = ?3 WHERE id = ?1 OR (?1 = 0 AND state ="
                     " 'open' AND supplier = ?2)",
                     sql_int(accept->id), sql_text(head.supplier), sql_text(ret_number));
    return result ? office_failed(office->sql, result, error) : 0;
}
