#include "sync/head-office/marketing/recommend.h"

#include "base/text.h"
#include "sync/head-office/marketing/bought_pairs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MAX   2000000 /* pairs counted at a time: 64 MB */
#define KEPT_MAX    4000000
#define BASKETS_MAX 60000000 /* things in them */
#define SKU_SIZE    65

/* What was bought: no gifts, and nothing that was given up before it was paid. */
#define BOUGHT                                                                                                         \
    " FROM orders o JOIN order_line l ON l.number = o.number WHERE o.origin = 'sale' AND coalesce(o.placed_us,"        \
    " o.imported_us) >= ?1 AND o.state <> 'pending_pay' AND NOT (o.state = 'closed' AND o.replaced = 0) AND l.gift = " \
    "0 AND l.sku IS NOT NULL "

struct item {
    char sku[SKU_SIZE];
    int64_t orders;
    int64_t last; /* the order that was counted last */
};

struct found { /* one way */
    uint32_t sku, other;
    int64_t together, confidence, lift;
};

struct maker {
    const struct recommend_terms *terms;
    struct recommend_made *made;
    struct item *items; /* by sku */
    size_t count, room;
    struct bought_baskets baskets;
    struct found *found;
    size_t found_count, found_room;
};

static void maker_done(struct maker *maker)
{
    free(maker->items);
    free(maker->found);
    bought_done(&maker->baskets);
}
#define CLEANUP_MAKER CLEANUP(maker_done)

static int grow(void **list, size_t count, size_t *room, size_t size)
{
    size_t more = *room > 0 ? *room * 2 : 1024;
    void *grown = count < *room ? *list : reallocarray(*list, more, size);
    if (!grown)
        return -ENOMEM;
    *room = count < *room ? *room : more;
    *list = grown;
    return 0;
}

/* ---------------------------------------------------------------- reading */

static int compare_sku(const void *sku, const void *item)
{
    return strcmp(sku, ((const struct item *)item)->sku);
}

static int compare_items(const void *one, const void *other)
{
    return compare_sku(((const struct item *)one)->sku, other);
}

static int load_items(struct office *office, struct maker *maker)
{
    struct sql_query *row = sql_select(office->sql, "SELECT sku FROM item", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(row)) {
        result = grow((void **)&maker->items, maker->count, &maker->room, sizeof(*maker->items));
        if (!result) {
            struct item *item = &maker->items[maker->count++];
            *item = (struct item){.orders = 0};
            sql_copy_text(row, 0, item->sku, sizeof(item->sku));
        }
    }
    int failed = sql_done(row);
    if (maker->count > 0)
        qsort(maker->items, maker->count, sizeof(*maker->items), compare_items);
    return result ? result : failed;
}

static int add_thing(struct maker *maker, const char *sku)
{
    struct item *item =
        maker->count > 0 ? bsearch(sku, maker->items, maker->count, sizeof(*maker->items), compare_sku) : NULL;
    if (!item)
        return 0;                                      /* it came after the items were read */
    item->orders += item->last != maker->made->orders; /* on two lines of an order it is bought once */
    item->last = maker->made->orders;
    return maker->baskets.count < BASKETS_MAX ? bought_add(&maker->baskets, (uint32_t)(item - maker->items)) : -E2BIG;
}

static int load_baskets(struct office *office, struct maker *maker)
{
    char number[SKU_SIZE] = "";
    struct sql_query *row =
        sql_select(office->sql, "SELECT o.number, l.sku" BOUGHT "ORDER BY o.number", sql_int(maker->terms->since_us));
    int result = 0;
    while (!result && sql_next(row)) {
        if (strcmp(number, sql_get_text(row, 0)) != 0) {
            result = bought_end(&maker->baskets);
            sql_copy_text(row, 0, number, sizeof(number));
            maker->made->orders++;
        }
        if (!result)
            result = add_thing(maker, sql_get_text(row, 1));
    }
    int failed = sql_done(row);
    for (size_t i = 0; i < maker->count; i++)
        maker->made->items += maker->items[i].orders >= maker->terms->orders;
    return result ? result : failed ? failed : bought_end(&maker->baskets);
}

/* ---------------------------------------------------------------- judging */

/* together / (one * other / all), in ten-thousandths; the product does not fit 64 bits. */
static int64_t lift_of(int64_t together, int64_t one, int64_t other, int64_t all)
{
    __extension__ typedef __int128 wide;
    return (int64_t)((wide)together * all * 10000 / ((wide)one * other));
}

static int judge_way(struct maker *maker, uint32_t sku, uint32_t other, int64_t together)
{
    struct found found = {.sku = sku, .other = other, .together = together};
    found.confidence = together * 10000 / maker->items[sku].orders;
    found.lift = lift_of(together, maker->items[sku].orders, maker->items[other].orders, maker->made->orders);
    if (found.confidence < maker->terms->confidence || found.lift < maker->terms->lift)
        return 0;
    if (maker->found_count == KEPT_MAX)
        return -E2BIG;
    int result = grow((void **)&maker->found, maker->found_count, &maker->found_room, sizeof(*maker->found));
    if (!result)
        maker->found[maker->found_count++] = found;
    return result;
}

static int judge(void *user, uint32_t first, uint32_t second, int64_t together)
{
    struct maker *maker = user;
    maker->made->pairs++;
    int result = judge_way(maker, first, second, together);
    return result ? result : judge_way(maker, second, first, together);
}

/* The best of each item first. */
static int compare_found(const void *one, const void *other)
{
    const struct found *a = one, *b = other;
    if (a->sku != b->sku)
        return a->sku < b->sku ? -1 : 1;
    if (a->lift != b->lift)
        return a->lift > b->lift ? -1 : 1;
    if (a->together != b->together)
        return a->together > b->together ? -1 : 1;
    return a->other < b->other ? -1 : a->other > b->other;
}

/* ---------------------------------------------------------------- writing */

static int write_found(struct office *office, struct maker *maker)
{
    int64_t place = 0;
    int result = sql_run(office->sql, "DELETE FROM bought_together", SQL_NO_VALUES);
    if (maker->found_count > 0)
        qsort(maker->found, maker->found_count, sizeof(*maker->found), compare_found);
    for (size_t i = 0; i < maker->found_count && !result; i++) {
        const struct found *found = &maker->found[i];
        place = i > 0 && found->sku == found[-1].sku ? place + 1 : 1;
        if (place > maker->terms->most)
            continue;
        maker->made->kept++;
        result = sql_post_values(
            office->sql,
            "INSERT INTO bought_together (sku, other, orders, of_sku, of_other, of_all, confidence, lift, place) VALUES"
            " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (struct sql_value[]){sql_text(maker->items[found->sku].sku),
                                 sql_text(maker->items[found->other].sku),
                                 sql_int(found->together),
                                 sql_int(maker->items[found->sku].orders),
                                 sql_int(maker->items[found->other].orders),
                                 sql_int(maker->made->orders),
                                 sql_int(found->confidence),
                                 sql_int(found->lift),
                                 sql_int(place),
                                 {0}});
    }
    return result ? result : sql_await(office->sql);
}

int recommend_make(struct office *office, const struct recommend_terms *terms, struct recommend_made *ret,
                   struct error *error)
{
    *ret = (struct recommend_made){0};
    CLEANUP_MAKER struct maker maker = {.terms = terms, .made = ret};
    int result = load_items(office, &maker);
    if (!result)
        result = load_baskets(office, &maker);
    if (!result)
        result = bought_pairs(&maker.baskets, (uint32_t)maker.count, terms->orders, TABLE_MAX, judge, &maker);
    if (result == -E2BIG)
        return error_set(error, result, "too many items are bought together: ask for more \"orders\", or fewer days");
    if (result == -ENOMEM)
        return error_set(error, result, "there is no memory");
    if (!result)
        result = write_found(office, &maker);
    return result ? office_failed(office->sql, result, error) : 0;
}
