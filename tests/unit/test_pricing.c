/* What orders cost: cases worked out by hand, and what always holds, whatever campaigns run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/text.h"
#include "sync/head-office/marketing/pricing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1000

static struct pricing_campaign campaign(const char *id, enum pricing_kind kind, enum pricing_benefit benefit,
                                        int64_t value, int64_t threshold)
{
    struct pricing_campaign made = {
        .kind = kind, .benefit = benefit, .value = value, .threshold = threshold, .currency = "CNY"};
    text_copy(made.id, sizeof(made.id), id);
    text_copy(made.english, sizeof(made.english), id);
    text_copy(made.chinese, sizeof(made.chinese), id);
    return made;
}

static struct pricing_line line(int64_t number, const char *sku, int64_t quantity, int64_t price)
{
    struct pricing_line made = {.line = number, .quantity = quantity, .price_minor = price};
    text_copy(made.sku, sizeof(made.sku), sku);
    return made;
}

static struct pricing_request asks(const struct pricing_line *lines, size_t line_count,
                                   const struct pricing_campaign *campaigns, size_t campaign_count)
{
    return (struct pricing_request){.lines = lines,
                                    .line_count = line_count,
                                    .campaigns = campaigns,
                                    .campaign_count = campaign_count,
                                    .currency = "CNY",
                                    .shop = "own",
                                    .segments = "",
                                    .at_us = NOW};
}

static void worked(const struct pricing_request *request, struct pricing *ret)
{
    assert_int_equal(pricing_work(request, ret), 0);
}

/* Why a campaign did not count; -1: it did. */
static int passed_over(const struct pricing *pricing, const char *id)
{
    int why = -1;
    for (size_t i = 0; i < pricing->passed_count; i++)
        if (strcmp(pricing->passed[i].campaign->id, id) == 0)
            why = (int)pricing->passed[i].why;
    return why;
}

/* ---------------------------------------------------------------- by hand */

static void nothing_runs_and_the_price_is_the_price(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(1, "T", 3, 1999), line(2, "C", 1, 500)};
    struct pricing_request request = asks(lines, 2, NULL, 0);
    CLEANUP_PRICING struct pricing pricing;
    request.freight_minor = 800;
    worked(&request, &pricing);
    assert_int_equal(pricing.goods_minor, 6497);
    assert_int_equal(pricing.paid_minor, 7297);
    assert_int_equal(pricing.discount_minor + pricing.platform_minor + pricing.freight_off_minor, 0);
}

static void the_best_price_of_each_line_counts(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(1, "T", 3, 1999), line(2, "C", 2, 500)};
    struct pricing_campaign running[] = {campaign("a-12-off", PRICING_ITEM, PRICING_RATE, 1200, 0),
                                         campaign("b-2.50-off", PRICING_ITEM, PRICING_AMOUNT, 250, 0),
                                         campaign("c-only-T", PRICING_ITEM, PRICING_PRICE, 1800, 0)};
    text_copy(running[2].skus, sizeof(running[2].skus), "T,X");
    struct pricing_request request = asks(lines, 2, running, 3);
    CLEANUP_PRICING struct pricing pricing;
    worked(&request, &pricing);
    /* T: 12 % of 19.99 are 2.40 (2.3988), 2.50, and 1.99: the second, three times. C: 0.60, 2.50: the second, twice. */
    assert_int_equal(pricing.lines[0].paid_minor, 3 * 1749);
    assert_int_equal(pricing.lines[1].paid_minor, 2 * 250);
    assert_int_equal(pricing.discount_minor, 750 + 500);
    assert_int_equal(passed_over(&pricing, "a-12-off"), PRICING_BETTER);
    assert_int_equal(passed_over(&pricing, "c-only-T"), PRICING_BETTER);
}

/* 满300减40, three lines of 199.99, 100.00 and 50.01: 350.00. 40.00 × 19999/35000 = 22.8560, × 10000/35000 = 11.4286,
 * × 5001/35000 = 5.7154: cut to 22.85, 11.42, 5.71, two cents are left, and go to the largest rests, .0060 of the first
 * .0086 of the second and .0054 of the third: the second and the first. */
static void a_threshold_is_shared_by_the_largest_remainder(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(1, "A", 1, 19999), line(2, "B", 2, 5000), line(3, "C", 1, 5001)};
    struct pricing_campaign running[] = {campaign("300-40", PRICING_THRESHOLD, PRICING_AMOUNT, 4000, 30000)};
    struct pricing_request request = asks(lines, 3, running, 1);
    CLEANUP_PRICING struct pricing pricing;
    worked(&request, &pricing);
    assert_int_equal(pricing.lines[0].paid_minor, 19999 - 2286);
    assert_int_equal(pricing.lines[1].paid_minor, 10000 - 1143);
    assert_int_equal(pricing.lines[2].paid_minor, 5001 - 571);
    assert_int_equal(pricing.paid_minor, 31000);
}

/* 每满100减15, 最多40: 350.00 holds 100.00 three times, 45.00 are more than 40.00. The platform bears a quarter. */
static void every_n_again_up_to_its_cap(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(1, "A", 7, 5000)};
    struct pricing_campaign running[] = {campaign("e", PRICING_THRESHOLD, PRICING_AMOUNT, 1500, 10000)};
    struct pricing_request request = asks(lines, 1, running, 1);
    CLEANUP_PRICING struct pricing once, every, capped;
    worked(&request, &once);
    assert_int_equal(once.paid_minor, 33500);
    running[0].again = true;
    worked(&request, &every);
    assert_int_equal(every.paid_minor, 30500);
    assert_int_equal(every.list[0].times, 3);
    running[0].cap_minor = 4000;
    running[0].platform_rate = 2500;
    worked(&request, &capped);
    assert_int_equal(capped.paid_minor, 31000);
    assert_int_equal(capped.platform_minor, 1000);
    assert_int_equal(capped.discount_minor, 3000);
}

/* 299.99 after the limited-time price is short of 300.00 by a cent, though the tag said more. */
static void a_threshold_looks_at_prices_as_they_are_now(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(1, "A", 1, 35000)};
    struct pricing_campaign running[] = {campaign("now", PRICING_ITEM, PRICING_PRICE, 29999, 0),
                                         campaign("300-40", PRICING_THRESHOLD, PRICING_AMOUNT, 4000, 30000)};
    struct pricing_request request = asks(lines, 1, running, 2);
    CLEANUP_PRICING struct pricing pricing;
    worked(&request, &pricing);
    assert_int_equal(pricing.paid_minor, 29999);
    assert_int_equal(passed_over(&pricing, "300-40"), PRICING_TOO_LITTLE);
    assert_int_equal(pricing.passed[0].short_by, 1);
}

/* The whole stack: 400.00 of A (four of 100.00) and 60.00 of B.
 * 1. A at 90.00: 360.00; B 60.00: 420.00.  2. 满400减50: 42.857 and 7.143, in cents 42.86 and 7.14: 317.14 and 52.86.
 * 3. The coupon, 10 % of 370.00 and 20.00 at most, is 20.00: 17.1427 and 2.8573, in cents 17.14 and 2.86: 300.00 and
 * 50.00. 4. 9000 points of a cent each may pay 20 % of 350.00, which are 70.00: 60.00 and 10.00. 5. Carriage of 12.00
 * is free from 200.00 on; 280.00 are left. */
static void all_stages_stack_in_their_order(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(2, "B", 1, 6000), line(1, "A", 4, 10000)};
    struct pricing_campaign running[] = {campaign("free", PRICING_FREIGHT, PRICING_PRICE, 0, 20000),
                                         campaign("ten", PRICING_COUPON, PRICING_RATE, 1000, 20000),
                                         campaign("400-50", PRICING_THRESHOLD, PRICING_AMOUNT, 5000, 40000),
                                         campaign("ninety", PRICING_ITEM, PRICING_PRICE, 9000, 0)};
    text_copy(running[3].skus, sizeof(running[3].skus), "A");
    running[1].cap_minor = 2000;
    const struct pricing_coupon coupons[] = {{"CODE9", "ten"}, {"CODE1", "ten"}, {"CODE0", "other"}};
    struct pricing_request request = asks(lines, 2, running, 4);
    request.coupons = coupons;
    request.coupon_count = 3;
    request.points = 9000;
    request.point_minor = 1;
    request.points_rate = 2000;
    request.freight_minor = 1200;
    CLEANUP_PRICING struct pricing pricing;
    CLEANUP_BUF struct buf json = {0};
    worked(&request, &pricing);
    assert_int_equal(pricing.goods_minor, 46000);
    assert_int_equal(pricing.lines[0].line, 1);
    assert_int_equal(pricing.lines[0].paid_minor, 24000);
    assert_int_equal(pricing.lines[1].paid_minor, 4000);
    assert_int_equal(pricing.points, 7000);
    assert_int_equal(pricing.discount_minor, 4000 + 5000 + 2000 + 7000);
    assert_int_equal(pricing.freight_minor, 0);
    assert_int_equal(pricing.freight_off_minor, 1200);
    assert_int_equal(pricing.paid_minor, 28000);
    pricing_explain(&pricing, "CNY", &json);
    assert_non_null(strstr(buf_text(&json), "\"coupon\":\"CODE1\""));
    assert_null(strstr(buf_text(&json), "CODE9"));
    assert_non_null(strstr(buf_text(&json), "400-50, threshold reduction: 50.00 off for 400.00, of that here 42.86"));
    assert_non_null(strstr(buf_text(&json), "400-50，满减：减50.00（满400.00），本行分摊42.86"));
}

static void of_a_group_one_counts(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(1, "A", 1, 30000)};
    struct pricing_campaign running[] = {campaign("200-20", PRICING_THRESHOLD, PRICING_AMOUNT, 2000, 20000),
                                         campaign("300-35", PRICING_THRESHOLD, PRICING_AMOUNT, 3500, 30000),
                                         campaign("ten", PRICING_COUPON, PRICING_AMOUNT, 1000, 0)};
    const struct pricing_coupon coupons[] = {{"C", "ten"}};
    struct pricing_request request = asks(lines, 1, running, 3);
    request.coupons = coupons;
    request.coupon_count = 1;
    CLEANUP_PRICING struct pricing free_of, tiers, with_coupon;
    worked(&request, &free_of); /* without groups all add up */
    assert_int_equal(free_of.paid_minor, 30000 - 2000 - 3500 - 1000);
    text_copy(running[0].exclusive, sizeof(running[0].exclusive), "tiers");
    text_copy(running[1].exclusive, sizeof(running[1].exclusive), "tiers");
    worked(&request, &tiers);
    assert_int_equal(tiers.paid_minor, 30000 - 3500 - 1000);
    assert_int_equal(passed_over(&tiers, "200-20"), PRICING_EXCLUDED);
    text_copy(running[2].exclusive, sizeof(running[2].exclusive), "tiers"); /* and no coupon beside it */
    worked(&request, &with_coupon);
    assert_int_equal(with_coupon.paid_minor, 30000 - 3500);
    assert_int_equal(passed_over(&with_coupon, "ten"), PRICING_EXCLUDED);
}

/* 90 % off, but A not below 8.00: 2 × 2.00 are let off; a coupon of 10.00 finds 1.00 of B's 3.00 above its 2.00. */
static void no_line_goes_below_its_floor(void **state)
{
    (void)state;
    struct pricing_line lines[] = {line(1, "A", 2, 1000), line(2, "B", 1, 300)};
    lines[0].floor_minor = 800;
    lines[1].floor_minor = 200;
    struct pricing_campaign running[] = {campaign("most", PRICING_ITEM, PRICING_RATE, 9000, 0),
                                         campaign("ten", PRICING_THRESHOLD, PRICING_AMOUNT, 1000, 0)};
    text_copy(running[0].skus, sizeof(running[0].skus), "A");
    struct pricing_request request = asks(lines, 2, running, 2);
    CLEANUP_PRICING struct pricing pricing, free_of;
    worked(&request, &pricing);
    assert_int_equal(pricing.lines[0].paid_minor, 1600);
    assert_int_equal(pricing.lines[1].paid_minor, 200);
    lines[0].floor_minor = lines[1].floor_minor = 0;
    running[1].value = 100000;
    worked(&request, &free_of);
    assert_int_equal(free_of.paid_minor, 0);
    assert_int_equal(free_of.discount_minor, 2300);
}

static void who_when_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *segments, *shops, *currency, *buyer;
        int64_t begins, ends;
        int why;
    } cases[] = {
        {"vip,new", "", "CNY", "gold,new", NOW, NOW + 1, -1}, {"vip,new", "", "CNY", "gold", 0, 0, PRICING_NOT_YOURS},
        {"vip", "", "CNY", "", 0, 0, PRICING_NOT_YOURS},      {"", "other,own", "CNY", "", 0, 0, -1},
        {"", "other", "CNY", "", 0, 0, PRICING_NOT_HERE},     {"", "", "USD", "", 0, 0, PRICING_NOT_HERE},
        {"", "", "CNY", "", NOW + 1, 0, PRICING_NOT_NOW},     {"", "", "CNY", "", 0, NOW, PRICING_NOT_NOW},
    };
    const struct pricing_line lines[] = {line(1, "A", 1, 1000)};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pricing_campaign running = campaign("c", PRICING_ITEM, PRICING_AMOUNT, 100, 0);
        text_copy(running.segments, sizeof(running.segments), cases[i].segments);
        text_copy(running.shops, sizeof(running.shops), cases[i].shops);
        text_copy(running.currency, sizeof(running.currency), cases[i].currency);
        running.begins_us = cases[i].begins;
        running.ends_us = cases[i].ends;
        struct pricing_request request = asks(lines, 1, &running, 1);
        request.segments = cases[i].buyer;
        CLEANUP_PRICING struct pricing pricing;
        worked(&request, &pricing);
        assert_int_equal(passed_over(&pricing, "c"), cases[i].why);
        assert_int_equal(pricing.paid_minor, cases[i].why < 0 ? 900 : 1000);
    }
}

static void by_pieces(void **state)
{
    (void)state;
    const struct pricing_line lines[] = {line(1, "A", 2, 1000), line(2, "B", 3, 1000)};
    struct pricing_campaign running[] = {campaign("two", PRICING_THRESHOLD, PRICING_AMOUNT, 500, 2)};
    running[0].by_pieces = running[0].again = true;
    struct pricing_request request = asks(lines, 2, running, 1);
    CLEANUP_PRICING struct pricing pricing;
    worked(&request, &pricing);
    assert_int_equal(pricing.paid_minor, 5000 - 2 * 500); /* five pieces are two pairs */
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    const struct pricing_line good[] = {line(1, "A", 1, 1000), line(2, "B", 1, 1000)};
    const struct pricing_line twice[] = {line(1, "A", 1, 1000), line(1, "B", 1, 1000)};
    const struct pricing_line none[] = {line(1, "A", 0, 1000)}, dear[] = {line(1, "A", 1000, PRICING_AMOUNT_MAX)};
    struct pricing_campaign running[] = {campaign("c", PRICING_ITEM, PRICING_RATE, 10001, 0),
                                         campaign("d", PRICING_COUPON, PRICING_PRICE, 1, 0)};
    const struct pricing_coupon coupon[] = {{"X", "d"}};
    struct pricing_request wrong[] = {asks(good, 0, NULL, 0), asks(twice, 2, NULL, 0),   asks(none, 1, NULL, 0),
                                      asks(dear, 1, NULL, 0), asks(good, 2, running, 1), asks(good, 2, running + 1, 1),
                                      asks(good, 2, NULL, 0)};
    wrong[5].coupons = coupon;
    wrong[5].coupon_count = 1;
    wrong[6].freight_minor = -1;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CLEANUP_PRICING struct pricing pricing;
        assert_int_equal(pricing_work(&wrong[i], &pricing), -EINVAL);
    }
}

/* ---------------------------------------------------------------- what always holds */

#define MANY 12

struct chance_case {
    struct pricing_line lines[MANY];
    struct pricing_campaign campaigns[MANY];
    struct pricing_coupon coupons[MANY];
    struct pricing_request request;
};

static int64_t upto(struct random_seeded *dice, int64_t most)
{
    return (int64_t)(random_next(dice) % (uint64_t)(most + 1));
}

static void make_campaign(struct random_seeded *dice, struct pricing_campaign *out, int number)
{
    static const enum pricing_kind kinds[] = {PRICING_ITEM, PRICING_THRESHOLD, PRICING_THRESHOLD, PRICING_COUPON,
                                              PRICING_FREIGHT};
    static const char *const groups[] = {"", "", "g", "h"}, *const skus[] = {"", "", "S0", "S1,S2", "S3,S0"};
    char id[8];
    snprintf(id, sizeof(id), "c%d", number);
    enum pricing_kind kind = kinds[upto(dice, COUNT(kinds) - 1)];
    bool price = kind == PRICING_ITEM || kind == PRICING_FREIGHT;
    enum pricing_benefit benefit = (enum pricing_benefit)upto(dice, price ? 2 : 1);
    *out = campaign(id, kind, benefit, upto(dice, benefit == PRICING_RATE ? 10000 : 9000), upto(dice, 3) * 5000);
    out->again = upto(dice, 1) == 1;
    out->by_pieces = upto(dice, 4) == 0;
    out->threshold = out->by_pieces ? out->threshold / 5000 : out->threshold;
    out->cap_minor = upto(dice, 2) == 0 ? upto(dice, 9000) : 0;
    out->priority = upto(dice, 2);
    out->platform_rate = upto(dice, 1) * upto(dice, 10000);
    text_copy(out->exclusive, sizeof(out->exclusive), groups[upto(dice, COUNT(groups) - 1)]);
    text_copy(out->skus, sizeof(out->skus), skus[upto(dice, COUNT(skus) - 1)]);
}

static void make_case(struct random_seeded *dice, struct chance_case *out)
{
    size_t lines = (size_t)upto(dice, MANY - 1) + 1, campaigns = (size_t)upto(dice, MANY);
    for (size_t i = 0; i < lines; i++) {
        char sku[8];
        snprintf(sku, sizeof(sku), "S%d", (int)upto(dice, 4));
        out->lines[i] = line((int64_t)i + 1, sku, upto(dice, 4) + 1, upto(dice, 9999));
        out->lines[i].floor_minor = upto(dice, 2) == 0 ? upto(dice, out->lines[i].price_minor) : 0;
    }
    for (size_t i = 0; i < campaigns; i++) {
        make_campaign(dice, &out->campaigns[i], (int)i);
        snprintf(out->coupons[i].code, sizeof(out->coupons[i].code), "K%d", (int)upto(dice, 3));
        snprintf(out->coupons[i].campaign, sizeof(out->coupons[i].campaign), "c%d", (int)upto(dice, MANY));
    }
    out->request = asks(out->lines, lines, out->campaigns, campaigns);
    out->request.coupons = out->coupons;
    out->request.coupon_count = campaigns;
    out->request.freight_minor = upto(dice, 2000);
    out->request.points = upto(dice, 1) * upto(dice, 20000);
    out->request.point_minor = upto(dice, 3);
    out->request.points_rate = upto(dice, 10000);
}

/* Sums: by line, by adjustment and by the whole they are the same; nothing is below its floor. */
static void assert_adds_up(const struct chance_case *tried, const struct pricing *pricing)
{
    int64_t goods = 0, paid = 0, off = 0, platform = 0, freight = 0;
    for (size_t i = 0; i < pricing->line_count; i++) {
        const struct pricing_line_price *price = &pricing->lines[i];
        const struct pricing_line *bought = &tried->lines[price->line - 1];
        int64_t own = 0;
        for (size_t a = 0; a < pricing->count; a++)
            own += pricing->list[a].line == price->line ? pricing->list[a].minor : 0;
        assert_int_equal(price->gross_minor, bought->quantity * bought->price_minor);
        assert_int_equal(price->gross_minor - own, price->paid_minor);
        assert_true(price->paid_minor >= bought->floor_minor * bought->quantity);
        goods += price->gross_minor;
        paid += price->paid_minor;
    }
    for (size_t a = 0; a < pricing->count; a++) {
        const struct pricing_adjustment *adjustment = &pricing->list[a];
        assert_true(adjustment->minor > 0 && adjustment->minor <= adjustment->all_minor);
        assert_true(adjustment->platform_minor >= 0 && adjustment->platform_minor <= adjustment->minor);
        off += adjustment->line > 0 ? adjustment->minor - adjustment->platform_minor : 0;
        platform += adjustment->platform_minor;
        freight += adjustment->line == 0 ? adjustment->minor : 0;
    }
    assert_int_equal(pricing->goods_minor, goods);
    assert_int_equal(pricing->discount_minor, off);
    assert_int_equal(pricing->platform_minor, platform);
    assert_int_equal(pricing->freight_off_minor, freight);
    assert_int_equal(pricing->freight_minor, tried->request.freight_minor - freight);
    assert_true(pricing->freight_minor >= 0);
    assert_int_equal(pricing->paid_minor, paid + pricing->freight_minor);
    assert_int_equal(pricing->paid_minor, goods - off - platform + pricing->freight_minor);
    assert_int_equal(pricing->points_minor, pricing->points * tried->request.point_minor);
    assert_true(pricing->points <= tried->request.points);
}

/* Of a group one campaign counts, of a line one price, and of the carriage one. */
static void assert_one_of_each(const struct pricing *pricing)
{
    for (size_t a = 0; a < pricing->count; a++)
        for (size_t b = 0; b < a; b++) {
            const struct pricing_adjustment *one = &pricing->list[a], *other = &pricing->list[b];
            if (one->campaign && other->campaign && one->campaign != other->campaign && *one->campaign->exclusive)
                assert_string_not_equal(one->campaign->exclusive, other->campaign->exclusive);
            assert_false(one->line == other->line && one->campaign == other->campaign);
            assert_false(one->line == other->line && one->kind == other->kind &&
                         (one->kind == PRICING_ITEM || one->kind == PRICING_FREIGHT));
        }
}

static void shuffle(struct random_seeded *dice, void *list, size_t count, size_t size)
{
    char *at = list, *spare = malloc(size);
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)upto(dice, (int64_t)i - 1);
        memcpy(spare, at + (i - 1) * size, size);
        memcpy(at + (i - 1) * size, at + other * size, size);
        memcpy(at + other * size, spare, size);
    }
    free(spare);
}

static void always(void **state)
{
    (void)state;
    struct random_seeded dice = {.state = 20261127};
    struct chance_case *tried = calloc(1, sizeof(*tried)), *mixed = calloc(1, sizeof(*mixed));
    int counted = 0, points = 0;
    for (int i = 0; i < 3000; i++) {
        CLEANUP_PRICING struct pricing first, again;
        CLEANUP_BUF struct buf one = {0}, other = {0};
        make_case(&dice, tried);
        worked(&tried->request, &first);
        assert_adds_up(tried, &first);
        assert_one_of_each(&first);
        counted += first.count > 1;
        points += first.points > 0;
        *mixed = *tried;
        mixed->request.lines = mixed->lines;
        mixed->request.campaigns = mixed->campaigns;
        mixed->request.coupons = mixed->coupons;
        shuffle(&dice, mixed->lines, mixed->request.line_count, sizeof(*mixed->lines));
        shuffle(&dice, mixed->campaigns, mixed->request.campaign_count, sizeof(*mixed->campaigns));
        shuffle(&dice, mixed->coupons, mixed->request.coupon_count, sizeof(*mixed->coupons));
        worked(&mixed->request, &again);
        pricing_explain(&first, "CNY", &one);
        pricing_explain(&again, "CNY", &other);
        assert_string_equal(buf_text(&one), buf_text(&other));
    }
    assert_true(counted > 1000 && points > 300); /* the dice are worth something */
    free(tried);
    free(mixed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_runs_and_the_price_is_the_price),
        cmocka_unit_test(the_best_price_of_each_line_counts),
        cmocka_unit_test(a_threshold_is_shared_by_the_largest_remainder),
        cmocka_unit_test(every_n_again_up_to_its_cap),
        cmocka_unit_test(a_threshold_looks_at_prices_as_they_are_now),
        cmocka_unit_test(all_stages_stack_in_their_order),
        cmocka_unit_test(of_a_group_one_counts),
        cmocka_unit_test(no_line_goes_below_its_floor),
        cmocka_unit_test(who_when_and_where),
        cmocka_unit_test(by_pieces),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(always),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
