/* Ours: the turns of `floorhand-hq shops run`, over a transport that has the answers in memory. */
#include "office_bench.h"

#include "base/clock.h"
#include "sync/head-office/shops/shop_work.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WAIT_US   2000 /* until another worker is done with its shop */
#define SHOPS_MAX 16

static struct pages shops_pages[SHOPS_MAX];

static int exchange(struct platform_transport *transport, const struct platform_request *request, bool once,
                    struct platform_response *ret)
{
    (void)transport, (void)once;
    const char *url = buf_text(&request->url), *page = strstr(url, "page=");
    const struct pages *pages = &shops_pages[atoi(url + strlen("https://woo"))];
    const int64_t number = page ? strtoll(page + strlen("page="), NULL, 10) : 1;
    *ret = (struct platform_response){.status = 200, .sent = true, .pages = pages->count};
    must(number >= 1 && number <= pages->count ? 0 : -1, "a page that there is not");
    const struct buf *text = &pages->list[number - 1];
    buf_put(&ret->body, text->data, text->length);
    return 0;
}

static bool all_is_read(struct office *office)
{
    int64_t left = 0;
    must(
        sql_number(office->sql, &left,
                   "SELECT count(*) FROM shop s WHERE NOT EXISTS (SELECT 1 FROM pull p WHERE p.shop = s.code AND p.kind"
                   " = 'orders' AND p.next_us > 0)",
                   SQL_NO_VALUES),
        sql_message(office->sql));
    return left == 0;
}

int orders_ours(const char *path, int shops, int64_t orders, const char *worker)
{
    struct office office;
    struct error error = {0};
    struct platform_transport transport = {.exchange = exchange};
    bench_open(path, &office);
    struct shop_work work = {
        .worker = {.office = &office, .transport = &transport, .find = platform_find, .clock_us = clock_wall_us}};
    snprintf(work.worker.name, sizeof(work.worker.name), "%s", worker);
    must(shops <= SHOPS_MAX ? 0 : -1, "too many shops");
    for (int i = 0; i < shops; i++)
        pages_make(&shops_pages[i], i, orders);
    int64_t start_us = wait_for_start(), count = 0;
    for (bool idle = false; !idle || !all_is_read(&office);) {
        struct shop_turn turn;
        int result = shop_work_turn(&work, &turn, &error);
        if (result == -EBUSY) /* as the program would: what was not stored is read once more */
            office_rollback(&office);
        else
            must(result, error.text);
        count += turn.orders.new;
        idle = !*turn.shop;
        if (idle)
            usleep(WAIT_US);
    }
    print_result(start_us, count);
    must(shop_work_end(&work, &error), error.text);
    for (int i = 0; i < shops; i++)
        pages_done(&shops_pages[i]);
    sql_close(office.sql);
    return 0;
}
