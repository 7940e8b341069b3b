#include "sync/head-office/aftersales/refunds.h"

#include "sync/head-office/aftersales/aftersales.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/shops/attention.h"

#include <errno.h>

/* Windows overlap: most of what they bring is known. */
static int is_known(struct office *office, const char *shop, const struct platform_refund *refund, bool *ret)
{
    int64_t known = 0;
    int result =
        sql_number(office->sql, &known,
                   "SELECT count(*) FROM aftersale WHERE shop = ?1 AND platform_refund = ?2 AND (modified_us > ?3"
                   " OR (modified_us = ?3 AND platform_status = ?4 AND platform_minor = ?5 AND platform_pieces ="
                   " ?6))",
                   sql_text(shop), sql_text(refund->id), sql_int(refund->modified_us), sql_text(refund->status),
                   sql_int(refund->amount_minor), sql_int(refund->quantity));
    *ret = known > 0;
    return result;
}

static int ask_for_order(struct office *office, const char *shop, const struct platform_refund *refund)
{
    return sql_run(
        office->sql,
        "UPDATE platform_order SET again = 1 WHERE shop = ?1 AND id = ?2 AND number IN (SELECT number FROM"
        " orders WHERE shop = ?1 AND platform_order = ?2 AND state NOT IN ('shipped', 'finished', 'closed'))",
        sql_text(shop), sql_text(refund->order));
}

/* One refund, or one case whose order has come. */
struct one {
    struct office *office;
    const char *shop;
    const struct platform_refund *refund; /* NULL: the case */
    const char *number;                   /* of the case */
};

static int take(const struct one *one, struct error *error)
{
    return one->refund ? aftersales_take(one->office, one->shop, one->refund, error)
                       : aftersales_find_order(one->office, one->number, error);
}

/* What is wrong with one is that one's matter: a person is told. */
static int take_alone(const struct one *one, struct error *error)
{
    struct office *office = one->office;
    int result = sql_run(office->sql, "SAVEPOINT refund", SQL_NO_VALUES);
    if (result)
        return office_failed(office->sql, result, error);
    result = take(one, error);
    bool own = result == -EPERM || result == -EEXIST || result == -EALREADY || result == -ENOENT || result == -E2BIG ||
               result == -EINVAL;
    int ended = own ? sql_run(office->sql, "ROLLBACK TO refund", SQL_NO_VALUES) : 0;
    if (!ended && (!result || own))
        ended = sql_run(office->sql, "RELEASE refund", SQL_NO_VALUES);
    if (!ended && own)
        ended = attention_raise(office, one->shop, one->refund ? one->refund->id : one->number, ATTENTION_NOT_TAKEN,
                                error->text);
    if (ended)
        return office_failed(office->sql, ended, error);
    return own ? 0 : result;
}

int refunds_take(struct office *office, const char *shop, const struct platform_refund *refund, bool *ret_changed,
                 struct error *error)
{
    bool known = false;
    int result = is_known(office, shop, refund, &known);
    *ret_changed = !result && !known;
    if (result || known)
        return result ? office_failed(office->sql, result, error) : 0;
    result = take_alone(&(struct one){.office = office, .shop = shop, .refund = refund}, error);
    if (result)
        return result;
    result = ask_for_order(office, shop, refund);
    return result ? office_failed(office->sql, result, error) : 0;
}

int refunds_order_came(struct office *office, const char *shop, const char *platform_order, struct error *error)
{
    char number[ORDERS_NUMBER_SIZE] = "";
    int result = 0;
    for (bool found = true; found && !result;) {
        struct sql_query *row = sql_select(office->sql,
                                           "SELECT number FROM aftersale WHERE shop = ?1 AND platform_order = ?2 AND"
                                           " order_number IS NULL AND number > ?3 ORDER BY number LIMIT 1",
                                           sql_text(shop), sql_text(platform_order), sql_text(number));
        found = sql_next(row);
        if (found)
            sql_copy_text(row, 0, number, sizeof(number));
        int failed = sql_done(row);
        if (failed)
            return office_failed(office->sql, failed, error);
        if (found)
            result = take_alone(&(struct one){.office = office, .shop = shop, .number = number}, error);
    }
    return result;
}

int refunds_wait(struct office *office, const char *shop, bool *ret, struct error *error)
{
    struct sql_query *row = sql_select(
        office->sql, "SELECT number FROM aftersale WHERE shop = ?1 AND order_number IS NULL LIMIT 1", sql_text(shop));
    *ret = sql_next(row);
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}
