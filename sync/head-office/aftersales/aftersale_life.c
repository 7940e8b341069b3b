#include "sync/head-office/aftersales/aftersale_life.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct aftersale_word aftersale_states[] = {
    {"asked", "asked for", "待审核"},
    {"agreed", "agreed to", "已同意"},
    {"returning", "goods on their way back", "待收货"},
    {"received", "goods received", "已收货"},
    {"graded", "goods graded", "已定级"},
    {"settled", "settled", "已完成"},
    {"refused", "refused", "已拒绝"},
    {"closed", "closed", "已关闭"},
    {0},
};

const struct aftersale_word aftersale_kinds[] = {
    {"refund", "refund only", "仅退款"}, {"return", "return and refund", "退货退款"},
    {"exchange", "exchange", "换货"},    {"reissue", "send again", "补发"},
    {"repair", "repair", "维修"},        {0},
};

static const struct step {
    const char *what, *from, *to;
} steps[] = {
    {AFTERSALE_AGREED, "asked", "agreed"},
    {AFTERSALE_ANNOUNCED, "agreed", "returning"},
    {AFTERSALE_RECEIVED, "asked,agreed,returning", "received"},
    {AFTERSALE_UNRECEIVED, "received", "returning"},
    {AFTERSALE_GRADED, "received", "graded"},
    {AFTERSALE_SETTLED, "agreed,returning,received,graded", "settled"},
    {AFTERSALE_PAID, "asked,agreed,returning,received,graded", "settled"},
    {AFTERSALE_REFUSED, "asked,agreed,received,graded", "refused"},
    {AFTERSALE_CLOSED, "asked,agreed,returning", "closed"},
    {AFTERSALE_WITHDRAWN, "asked,agreed,returning,received,graded,settled,refused", "closed"},
    {AFTERSALE_REOPENED, "refused,closed", "asked"},
    {AFTERSALE_RESUMED, "settled,closed", "asked"},
};

const char *aftersale_after(const char *act, const char *state)
{
    for (size_t i = 0; i < COUNT(steps); i++)
        if (strcmp(steps[i].what, act) == 0 && text_is_listed(steps[i].from, state))
            return steps[i].to;
    return NULL;
}

bool aftersale_is_over(const struct aftersale *aftersale)
{
    return text_is_listed("settled,refused,closed", aftersale->state);
}

bool aftersale_returns(const struct aftersale *aftersale)
{
    return text_is_listed("return,exchange,repair", aftersale->kind);
}

static void read_texts(struct sql_query *row, struct aftersale *ret)
{
    const struct {
        char *out;
        size_t size;
    } texts[] = {
        {ret->number, sizeof(ret->number)},
        {ret->kind, sizeof(ret->kind)},
        {ret->state, sizeof(ret->state)},
        {ret->goods, sizeof(ret->goods)},
        {ret->order, sizeof(ret->order)},
        {ret->site, sizeof(ret->site)},
        {ret->new_order, sizeof(ret->new_order)},
        {ret->shop, sizeof(ret->shop)},
        {ret->platform_order, sizeof(ret->platform_order)},
        {ret->platform_line, sizeof(ret->platform_line)},
        {ret->platform_state, sizeof(ret->platform_state)},
        {ret->waybill, sizeof(ret->waybill)},
        {ret->reason, sizeof(ret->reason)},
        {ret->agreed_by, sizeof(ret->agreed_by)},
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        sql_copy_text(row, (int)i, texts[i].out, texts[i].size);
    int column = COUNT(texts);
    ret->freight_minor = sql_get_int(row, column++);
    ret->platform_minor = sql_get_int(row, column++);
    ret->platform_pieces = sql_get_int(row, column++);
    ret->modified_us = sql_get_int(row, column++);
    ret->told = sql_get_int(row, column++);
}

int aftersale_load(struct office *office, const char *number, struct aftersale *ret, struct error *error)
{
    *ret = (struct aftersale){0};
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT number, kind, state, goods, order_number, site, new_order, shop, platform_order,"
        " platform_line, platform_state, waybill, reason, agreed_by, freight_minor, platform_minor, platform_pieces,"
        " modified_us, told FROM aftersale WHERE number = ?1" SQL_FOR_UPDATE,
        sql_text(number));
    bool found = sql_next(row);
    if (found)
        read_texts(row, ret);
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no after-sales case \"%s\"", number);
}

static int write_history(struct office *office, const struct aftersale *aftersale, const char *act, const char *after,
                         const char *who, const char *note)
{
    return sql_run(office->sql,
                   "INSERT INTO aftersale_history (number, time_us, act, before, after, who, note)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   sql_text(aftersale->number), sql_int(office->now_us), sql_text(act), sql_text(aftersale->state),
                   sql_text(after), sql_text(who), sql_text(note ? note : ""));
}

int aftersale_opened(struct office *office, const struct aftersale *aftersale, const char *who, struct error *error)
{
    int result = write_history(office, aftersale, "opened", aftersale->state, who, aftersale->reason);
    return result ? office_failed(office->sql, result, error) : 0;
}

int aftersale_act(struct office *office, struct aftersale *aftersale, const char *act, const char *who,
                  const char *note, struct error *error)
{
    const char *after = aftersale_after(act, aftersale->state);
    if (!after)
        return error_set(error, -EALREADY, "case \"%s\" is %s and cannot be %s", aftersale->number, aftersale->state,
                         act);
    int result = sql_run(office->sql, "UPDATE aftersale SET state = ?2, changed_us = ?3 WHERE number = ?1",
                         sql_text(aftersale->number), sql_text(after), sql_int(office->now_us));
    if (!result)
        result = write_history(office, aftersale, act, after, who, note);
    if (result)
        return office_failed(office->sql, result, error);
    text_copy(aftersale->state, sizeof(aftersale->state), after);
    return 0;
}

int aftersale_try(struct office *office, struct aftersale *aftersale, const char *act, const char *who,
                  const char *note, struct error *error)
{
    return aftersale_after(act, aftersale->state) ? aftersale_act(office, aftersale, act, who, note, error) : 0;
}

/* Short enough for a paper and a barcode, and not the number of one that a restored database has forgotten. */
void aftersale_number(struct office *office, char out[AFTERSALE_NUMBER_SIZE])
{
    char id[ID_TEXT_SIZE];
    id_new(&office->random, id);
    snprintf(out, AFTERSALE_NUMBER_SIZE, "AS%.10s", id + ID_TEXT_SIZE - 11);
    for (char *at = out; *at; at++)
        *at = (char)toupper((unsigned char)*at);
}

int aftersale_trouble(struct office *office, const char *number, const char *sentence, struct error *error)
{
    int result = sql_run(office->sql, "UPDATE aftersale SET trouble = ?2 WHERE number = ?1", sql_text(number),
                         sql_text(sentence));
    return result ? office_failed(office->sql, result, error) : 0;
}
