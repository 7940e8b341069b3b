#include "sync/head-office/shops/platform_page.h"

#include "base/defect.h"
#include "sync/head-office/aftersales/refunds.h"
#include "sync/head-office/shops/stock_push.h"

#include <errno.h>
#include <stdlib.h>

struct storing {
    struct office *office;
    struct settings settings;
    const struct platform_page *page;
    bool *later; /* of each order: it is still to be taken */
    size_t left; /* of those */
    bool over;   /* all of the page is stored, and what follows it is done: a page may have no orders */
    struct platform_page_done done;
};

static void note(struct storing *storing, size_t i, enum platform_taken taken)
{
    storing->done.new += taken == PLATFORM_NEW;
    storing->done.changed += taken == PLATFORM_CHANGED;
    storing->done.not_taken += taken == PLATFORM_NOT_TAKEN || taken == PLATFORM_WAITS;
    storing->later[i] = taken == PLATFORM_LATER;
    storing->left += taken == PLATFORM_LATER;
}

static void expect_all(struct storing *storing)
{
    storing->done = (struct platform_page_done){0};
    storing->over = false;
    storing->left = storing->page->count;
    for (size_t i = 0; i < storing->page->count; i++)
        storing->later[i] = true;
}

static int take(struct storing *storing,
                int (*take_one)(struct office *office, const struct settings *settings,
                                const struct platform_source *source, const struct platform_order *order,
                                enum platform_taken *ret, struct error *error),
                struct error *error)
{
    CLEANUP(stock_sold_done) struct stock_sold sold = {0};
    const struct platform_page *page = storing->page;
    int result = 0;
    storing->left = 0;
    for (size_t i = 0; i < page->count && !result; i++) {
        enum platform_taken taken;
        if (!storing->later[i])
            continue;
        result = take_one(storing->office, &storing->settings, page->source, &page->orders[i], &taken, error);
        if (!result)
            note(storing, i, taken);
        if (!result && (taken == PLATFORM_NEW || taken == PLATFORM_CHANGED) && !DEFECT(25))
            result = stock_sold_add(&sold, &page->orders[i]);
    }
    if (!result && storing->left == 0 && page->finish)
        result = page->finish(page->user, error);
    if (!result) {
        result = stock_sold_write(storing->office, page->source->shop, &sold);
        result = result ? office_failed(storing->office->sql, result, error) : 0;
    }
    if (!result)
        result = office_commit(storing->office, error);
    office_rollback(storing->office);
    storing->over = !result && storing->left == 0;
    return result;
}

/* Refunds that wait for their orders are looked at with each of them: that is not for here. */
static int take_beside(struct storing *storing, struct error *error)
{
    bool wait = false;
    int result = office_begin_rows(storing->office, error);
    if (!result)
        result = refunds_wait(storing->office, storing->page->source->shop, &wait, error);
    if (!result && !wait)
        result = take(storing, platform_orders_take_beside, error);
    office_rollback(storing->office);
    return result;
}

static int take_alone(struct storing *storing, struct error *error)
{
    int result = office_begin(storing->office, error);
    return result ? result : take(storing, platform_orders_take, error);
}

int platform_page_store(struct office *office, const struct platform_page *page, struct platform_page_done *ret,
                        struct error *error)
{
    CLEANUP(cleanup_free) bool *later = calloc(page->count + 1, sizeof(*later));
    struct storing storing = {.office = office, .page = page, .later = later};
    *ret = (struct platform_page_done){0};
    if (!later)
        return error_set(error, -ENOMEM, "there is no memory");
    int result = settings_load(office, &storing.settings, error);
    if (result)
        return result;
    expect_all(&storing);
    if (take_beside(&storing, error) != 0)
        expect_all(&storing);
    if (!storing.over)
        result = take_alone(&storing, error);
    if (!result)
        *ret = storing.done;
    return result;
}
