#include "sync/head-office/shops/shop_work.h"

#include "base/text.h"
#include "sync/head-office/shops/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Calls of a turn: then another shop is next. */
#define WRITES_AT_ONCE 10
#define SINGLE_AT_ONCE 5
#define PAGES_AT_ONCE  4

static struct shop_memory *remember(struct shop_work *work, const char *code)
{
    for (size_t i = 0; i < work->shop_count; i++)
        if (strcmp(work->shops[i].code, code) == 0)
            return &work->shops[i];
    struct shop_memory *more = realloc(work->shops, (work->shop_count + 1) * sizeof(*more));
    if (!more)
        return NULL;
    work->shops = more;
    more = &work->shops[work->shop_count++];
    *more = (struct shop_memory){.code = ""};
    text_copy(more->code, sizeof(more->code), code);
    return more;
}

struct turn {
    struct shop_worker *worker;
    struct shop *shop;
    struct shop_memory *memory;
    struct shop_turn *ret;
    bool more;
};

static int do_token(struct turn *turn, struct error *error)
{
    return shop_refresh(turn->worker, turn->shop, false, error);
}

static int do_writes(struct turn *turn, struct error *error)
{
    struct outbox_done done = {0};
    int result = outbox_turn(turn->worker, turn->shop, WRITES_AT_ONCE, &done, error);
    turn->ret->writes = done.done;
    turn->ret->refused = done.refused;
    turn->more |= done.more;
    return result;
}

static int do_single(struct turn *turn, struct error *error)
{
    int result = pull_again(turn->worker, turn->shop, SINGLE_AT_ONCE, &turn->ret->orders, error);
    turn->more |= turn->ret->orders.more;
    return result;
}

static int do_orders(struct turn *turn, struct error *error)
{
    int result =
        pull_turn(turn->worker, turn->shop, &turn->memory->pull, PULL_ORDERS, PAGES_AT_ONCE, &turn->ret->orders, error);
    turn->more |= turn->ret->orders.more;
    return result;
}

static int do_refunds(struct turn *turn, struct error *error)
{
    int result = pull_turn(turn->worker, turn->shop, &turn->memory->pull, PULL_REFUNDS, PAGES_AT_ONCE,
                           &turn->ret->refunds, error);
    turn->more |= turn->ret->refunds.more;
    return result;
}

/* In this order: without a token nothing works, and what a buyer waits for comes before what we want to know. */
static int (*const steps[])(struct turn *turn, struct error *error) = {do_token, do_writes, do_single, do_orders,
                                                                       do_refunds};

/* The platform wants to be left alone, or does not let us in. */
static bool is_waiting(const struct shop *shop)
{
    return shop->left_alone || strcmp(shop->trouble, SHOP_TROUBLE_AUTH) == 0 ||
           strcmp(shop->trouble, SHOP_TROUBLE_SIGN) == 0;
}

static bool is_reading(const struct shop_memory *memory)
{
    for (size_t i = 0; i < PULL_KINDS; i++)
        if (memory->pull.windows[i].open)
            return true;
    return false;
}

static int rest(struct turn *turn, struct error *error)
{
    struct office *office = turn->worker->office;
    int64_t next_us = 0;
    int result = pull_next_us(office, turn->shop, &next_us, error);
    int64_t due_us = shop_refresh_due_us(turn->shop);
    if (due_us < next_us)
        next_us = due_us;
    return result ? result
                  : shops_rest(office, turn->worker->name, turn->shop->code, turn->more ? 0 : next_us,
                               is_reading(turn->memory), error);
}

int shop_work_turn(struct shop_work *work, struct shop_turn *ret, struct error *error)
{
    struct shop_worker *worker = &work->worker;
    struct shop shop;
    *ret = (struct shop_turn){.shop = ""};
    worker->office->now_us = worker->clock_us();
    int result = shops_next(worker->office, worker->name, ret->shop, error);
    if (result) {
        *ret->shop = '\0';
        return result == -ENOENT ? 0 : result;
    }
    result = shops_load(worker->office, ret->shop, worker->find, &shop, error);
    if (result)
        return result;
    struct turn turn = {worker, &shop, remember(work, ret->shop), ret, false};
    if (!turn.memory)
        return error_set(error, -ENOMEM, "there is no memory");
    for (size_t i = 0; i < COUNT(steps) && !result && !is_waiting(&shop); i++)
        result = steps[i](&turn, error);
    text_copy(ret->trouble, sizeof(ret->trouble), shop.trouble);
    ret->other_trouble = strcmp(turn.memory->trouble, shop.trouble) != 0;
    text_copy(turn.memory->trouble, sizeof(turn.memory->trouble), shop.trouble);
    return result ? result : rest(&turn, error);
}

int shop_work_end(struct shop_work *work, struct error *error)
{
    free(work->shops);
    work->shops = NULL;
    work->shop_count = 0;
    return shops_free(work->worker.office, work->worker.name, error);
}
