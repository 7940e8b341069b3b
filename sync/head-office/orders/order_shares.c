#include "sync/head-office/orders/order_shares.h"

#include "sync/head-office/amount.h"

#include <errno.h>
#include <stdlib.h>

struct head {
    int64_t goods, freight, discount;
};

void order_shares_done(struct order_shares *money)
{
    free(money->lines);
    money->lines = NULL;
    money->count = money->room = 0;
}

static int read_head(struct office *office, const char *number, struct order_shares *ret, struct head *head,
                     struct error *error)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT currency, coalesce(site, ''), coalesce(shop, ''), goods_minor,"
                                       " freight_minor, discount_minor FROM orders WHERE number = ?1",
                                       sql_text(number));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->currency, sizeof(ret->currency));
        sql_copy_text(row, 1, ret->site, sizeof(ret->site));
        sql_copy_text(row, 2, ret->shop, sizeof(ret->shop));
        *head = (struct head){sql_get_int(row, 3), sql_get_int(row, 4), sql_get_int(row, 5)};
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no order \"%s\"", number);
}

static struct order_shares_line *new_line(struct order_shares *money)
{
    if (money->count == money->room) {
        size_t room = money->room > 0 ? money->room * 2 : 8;
        void *lines = realloc(money->lines, room * sizeof(*money->lines));
        if (!lines)
            return NULL;
        money->lines = lines;
        money->room = room;
    }
    return &money->lines[money->count++];
}

static int read_lines(struct office *office, const char *number, struct order_shares *ret, struct error *error)
{
    struct order_shares_line *line = NULL;
    bool fits = true;
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT line, quantity, shipped, booked, coalesce(sku, ''), coalesce(goods_minor, price_minor *"
                   " quantity) FROM order_line WHERE number = ?1 ORDER BY line",
                   sql_text(number));
    while (fits && sql_next(row)) {
        line = new_line(ret);
        fits = line != NULL;
        if (!fits)
            break;
        *line = (struct order_shares_line){.line = sql_get_int(row, 0),
                                           .quantity = sql_get_int(row, 1),
                                           .shipped = sql_get_int(row, 2),
                                           .booked = sql_get_int(row, 3),
                                           .gross_minor = sql_get_int(row, 5)};
        sql_copy_text(row, 4, line->sku, sizeof(line->sku));
    }
    int failed = sql_done(row);
    if (!fits)
        return error_set(error, -ENOMEM, "out of memory");
    return failed ? office_failed(office->sql, failed, error) : 0;
}

int order_shares_share(const struct order_shares *money, int64_t amount_minor, int64_t *ret_shares, struct error *error)
{
    int64_t *weights = calloc(money->count + 1, sizeof(*weights));
    if (!weights)
        return error_set(error, -ENOMEM, "out of memory");
    for (size_t i = 0; i < money->count; i++)
        weights[i] = money->lines[i].gross_minor;
    amount_share(amount_minor, weights, money->count, ret_shares);
    free(weights);
    return 0;
}

enum { GROSS, DISCOUNT, FREIGHT, SHARES };

static void put_share(struct order_shares_line *line, int which, int64_t share)
{
    *(which == GROSS ? &line->gross_minor : which == DISCOUNT ? &line->discount_minor : &line->freight_minor) = share;
}

/* What was asked for all goods comes last: it is the weight of the others. */
static int share_head(struct order_shares *money, const struct head *head, struct error *error)
{
    const int64_t amounts[SHARES] = {head->goods, head->discount, head->freight};
    int64_t *shares = calloc(money->count + 1, sizeof(*shares));
    int result = shares ? 0 : error_set(error, -ENOMEM, "out of memory");
    for (int which = SHARES - 1; which >= 0 && !result; which--) {
        result = order_shares_share(money, amounts[which], shares, error);
        for (size_t i = 0; i < money->count && !result; i++)
            put_share(&money->lines[i], which, shares[i]);
    }
    free(shares);
    return result;
}

int order_shares_read(struct office *office, const char *number, struct order_shares *ret, struct error *error)
{
    struct head head = {0};
    int result = read_head(office, number, ret, &head, error);
    if (!result)
        result = read_lines(office, number, ret, error);
    return result ? result : share_head(ret, &head, error);
}
