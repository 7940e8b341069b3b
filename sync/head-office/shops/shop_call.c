#include "sync/head-office/shops/shop_call.h"

#include <errno.h>
#include <string.h>

#define REFRESH_BEFORE_US (3600 * SHOP_SECOND_US) /* its end, where the platform says nothing */

int shop_call(struct shop_worker *worker, struct shop *shop, struct platform_want *want, struct platform_answer *answer,
              struct platform_fault *fault, struct error *error)
{
    struct office *office = worker->office;
    int64_t began_us = worker->clock_us();
    *answer = (struct platform_answer){0};
    *fault = (struct platform_fault){0};
    office->now_us = began_us;
    int result = shops_keep(office, worker->name, shop->code, error);
    if (result)
        return result;
    want->now_us = began_us + shop->ahead_us;
    result = platform_call(shop->platform, &shop->account, want, worker->transport, answer, fault, error);
    office->now_us = worker->clock_us();
    if (!result)
        result = shops_note(office, shop, fault, began_us + (office->now_us - began_us) / 2, error);
    if (result)
        platform_answer_done(answer);
    return result;
}

/* ---------------------------------------------------------------- tokens */

static bool can_refresh(const struct shop *shop)
{
    return (shop->platform->caps.abilities & PLATFORM_REFRESHES) != 0 && *shop->account.refresh_token;
}

/* Well before its end, in the middle of the time in which the platform does it. */
int64_t shop_refresh_due_us(const struct shop *shop)
{
    int64_t may_us = shop->platform->caps.refresh_before_s * SHOP_SECOND_US, life_us;
    if (!can_refresh(shop) || shop->expires_us == 0)
        return INT64_MAX;
    life_us = shop->expires_us - shop->refreshed_us;
    int64_t before_us = may_us > 0 ? may_us / 2 : REFRESH_BEFORE_US;
    if (before_us > life_us / 2)
        before_us = life_us / 2;
    int64_t due_us = shop->expires_us - before_us;
    return due_us > shop->refresh_next_us ? due_us : shop->refresh_next_us;
}

/* The row, but for what this turn has learned. */
static int reload(struct shop_worker *worker, struct shop *shop, struct error *error)
{
    struct shop fresh;
    int result = shops_load(worker->office, shop->code, worker->find, &fresh, error);
    if (result)
        return result;
    fresh.left_alone = shop->left_alone;
    *shop = fresh;
    return 0;
}

static int take_tokens(struct shop_worker *worker, struct shop *shop, const struct platform_tokens *tokens,
                       struct error *error)
{
    struct office *office = worker->office;
    int result = office_begin(office, error);
    if (result)
        return result;
    result = shops_set_tokens(office, shop->code, tokens, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result ? result : reload(worker, shop, error);
}

/* What it says of the shop is noted already: revoked stops it. Anything else is tried again before the token ends. */
static int not_yet(struct shop_worker *worker, struct shop *shop, struct error *error)
{
    shop->refresh_next_us = worker->office->now_us + SHOP_REFRESH_AGAIN_US;
    int result = sql_run(worker->office->sql, "UPDATE shop_account SET refresh_next_us = ?2 WHERE shop = ?1",
                         sql_text(shop->code), sql_int(shop->refresh_next_us));
    return result ? office_failed(worker->office->sql, result, error) : 0;
}

static int refresh(struct shop_worker *worker, struct shop *shop, struct error *error)
{
    struct platform_want want = {.verb = PLATFORM_TOKEN_REFRESH};
    struct platform_answer answer;
    struct platform_fault fault;
    int result = shop_call(worker, shop, &want, &answer, &fault, error);
    if (result == -ENOTSUP || result == -EINVAL)
        return not_yet(worker, shop, error);
    if (result)
        return result;
    bool over = answer.tokens.expires_us > 0 && answer.tokens.expires_us <= want.now_us;
    if (fault.class == PLATFORM_OK && *answer.tokens.access)
        result = take_tokens(worker, shop, &answer.tokens, error);
    else
        result = not_yet(worker, shop, error);
    if (!result && over) /* some platforms lengthen nothing: only a person can, there */
        result =
            shops_set_trouble(worker->office, shop, SHOP_TROUBLE_AUTH, "what it was authorised for is over", error);
    platform_answer_done(&answer);
    return result;
}

int shop_refresh(struct shop_worker *worker, struct shop *shop, bool expired, struct error *error)
{
    int64_t now_us = worker->office->now_us;
    if (!can_refresh(shop) || now_us < shop->refresh_next_us)
        return 0;
    return expired || shop_refresh_due_us(shop) <= now_us ? refresh(worker, shop, error) : 0;
}

/* A person, or the program that had the shop before, may have brought one while the call was under way. */
static int load_token(struct shop_worker *worker, struct shop *shop, bool *ret_other, struct error *error)
{
    char used[PLATFORM_TOKEN_SIZE];
    memcpy(used, shop->account.access_token, sizeof(used));
    int result = reload(worker, shop, error);
    *ret_other = !result && strcmp(used, shop->account.access_token) != 0;
    return result;
}

int shop_renew(struct shop_worker *worker, struct shop *shop, bool *ret_fresh, struct error *error)
{
    char used[PLATFORM_TOKEN_SIZE];
    int result = load_token(worker, shop, ret_fresh, error);
    if (result || *ret_fresh)
        return result;
    if (!can_refresh(shop))
        return *shop->trouble ? 0
                              : shops_set_trouble(worker->office, shop, SHOP_TROUBLE_AUTH,
                                                  "the token is refused, and cannot be refreshed", error);
    memcpy(used, shop->account.access_token, sizeof(used));
    result = shop_refresh(worker, shop, true, error);
    *ret_fresh = !result && !*shop->trouble && strcmp(used, shop->account.access_token) != 0;
    return result;
}
