/* Orders and customers that came or changed, looked at one after the other: whose they are. */
#include "base/text.h"
#include "sync/head-office/customers/consent.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <string.h>

#define AT_ONCE   50 /* of a transaction */
#define CODE_SIZE 257

struct due {
    int64_t id;
    char kind[9], code[CODE_SIZE];
};

int persons_note_order(struct sql *sql, const char *number)
{
    return sql_post(sql, "INSERT INTO person_due (kind, code) VALUES ('order', ?1)", sql_text(number));
}

int persons_note_customer(struct sql *sql, const char *code)
{
    return sql_post(sql, "INSERT INTO person_due (kind, code) VALUES ('customer', ?1)", sql_text(code));
}

static int read_due(struct office *office, int64_t most, struct due *list, int64_t *ret_count)
{
    int64_t count = 0;
    struct sql_query *row =
        sql_select(office->sql, "SELECT id, kind, code FROM person_due ORDER BY id LIMIT ?1", sql_int(most));
    for (; count < most && sql_next(row); count++) {
        list[count].id = sql_get_int(row, 0);
        sql_copy_text(row, 1, list[count].kind, sizeof(list[count].kind));
        sql_copy_text(row, 2, list[count].code, sizeof(list[count].code));
    }
    *ret_count = count;
    return sql_done(row);
}

static int look_at_customer(struct office *office, const char *code, int64_t accounts, struct error *error)
{
    int result = persons_attach_customer(office, code, accounts);
    return result ? result : consent_of_file(office, code, error);
}

/* What is gone by now is nobody's. */
static int look_at(struct office *office, const struct due *due, int64_t accounts, struct error *error)
{
    int result = strcmp(due->kind, "order") == 0 ? persons_attach_order(office, due->code, accounts)
                                                 : look_at_customer(office, due->code, accounts, error);
    if (!result || result == -ENOENT)
        result = sql_run(office->sql, "DELETE FROM person_due WHERE id = ?1", sql_int(due->id));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Whoever holds the persons reads what is due: nothing is looked at twice at a time. */
int persons_work_within(struct office *office, int64_t most, int64_t accounts, int64_t *ret_looked, struct error *error)
{
    struct due list[AT_ONCE];
    int64_t count = AT_ONCE;
    int result = persons_hold(office->sql);
    for (*ret_looked = 0; !result && count > 0 && *ret_looked < most; *ret_looked += count) {
        int64_t left = most - *ret_looked;
        result = read_due(office, left < AT_ONCE ? left : AT_ONCE, list, &count);
        if (result)
            break;
        for (int64_t i = 0; i < count; i++)
            if ((result = look_at(office, &list[i], accounts, error)) != 0)
                return result;
    }
    return result ? office_failed(office->sql, result, error) : 0;
}

static int look_at_some(struct office *office, int64_t most, int64_t accounts, int64_t *ret_count, struct error *error)
{
    int result = office_begin_rows(office, error);
    if (result)
        return result;
    result = persons_work_within(office, most, accounts, ret_count, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

/* So that nothing to do costs one look. */
static int is_any(struct office *office, bool *ret)
{
    int64_t one;
    int result = sql_number(office->sql, &one, "SELECT 1 FROM person_due LIMIT 1", SQL_NO_VALUES);
    *ret = !result;
    return result == -ENOENT ? 0 : result;
}

int persons_work(struct office *office, int64_t most, struct persons_work *ret, struct error *error)
{
    struct settings settings;
    bool any = false;
    *ret = (struct persons_work){0};
    int result = is_any(office, &any);
    if (result)
        return office_failed(office->sql, result, error);
    if (any)
        result = settings_load(office, &settings, error);
    while (any && !result && ret->looked < most) {
        int64_t left = most - ret->looked, count = 0;
        result = look_at_some(office, left < AT_ONCE ? left : AT_ONCE, settings.person_phone_accounts, &count, error);
        ret->looked += count;
        any = count > 0;
    }
    ret->more = any || result == -EBUSY;
    return result == -EBUSY ? 0 : result; /* two programs got in each other's way: it is done the next time */
}
