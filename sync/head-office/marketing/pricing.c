#include "sync/head-office/marketing/pricing_internal.h"

#include "base/text.h"
#include "sync/head-office/amount.h"
#include "sync/head-office/orders/order_money.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const pricing_kinds[] = {"item", "threshold", "coupon", "points", "freight", NULL};
const char *const pricing_benefits[] = {"amount", "rate", "price", NULL};

/* ---------------------------------------------------------------- what is noted */

/* One more member of a list that grows; NULL: there is no memory. */
static void *add(void **list, size_t *count, size_t *room, size_t size)
{
    if (*count == *room) {
        size_t more = *room > 0 ? *room * 2 : 16;
        void *grown = reallocarray(*list, more, size);
        if (!grown)
            return NULL;
        *list = grown;
        *room = more;
    }
    return memset((char *)*list + (*count)++ * size, 0, size);
}

void pricing_pass(struct pricing_state *work, const struct pricing_bid *bid, enum pricing_why why, int64_t short_by)
{
    struct pricing *out = work->out;
    struct pricing_passed *passed =
        add((void **)&out->passed, &out->passed_count, &out->passed_room, sizeof(*out->passed));
    work->failed |= !passed;
    if (!passed)
        return;
    *passed = (struct pricing_passed){.campaign = bid->campaign, .why = why, .short_by = short_by};
    text_copy(passed->code, sizeof(passed->code), bid->code);
}

static bool is_taken(const struct pricing_state *work, const struct pricing_campaign *campaign)
{
    bool taken = false;
    for (size_t i = 0; i < work->group_count && *campaign->exclusive; i++)
        taken |= strcmp(work->groups[i], campaign->exclusive) == 0;
    return taken;
}

static void take_group(struct pricing_state *work, const struct pricing_campaign *campaign)
{
    if (*campaign->exclusive && !is_taken(work, campaign))
        work->groups[work->group_count++] = campaign->exclusive;
}

static void note(struct pricing_state *work, const struct pricing_bid *bid, enum pricing_kind kind, int64_t line,
                 int64_t minor, int64_t platform_minor)
{
    struct pricing *out = work->out;
    struct pricing_adjustment *adjustment = add((void **)&out->list, &out->count, &out->room, sizeof(*out->list));
    work->failed |= !adjustment;
    if (!adjustment)
        return;
    *adjustment = (struct pricing_adjustment){.kind = kind,
                                              .campaign = bid->campaign,
                                              .line = line,
                                              .minor = minor,
                                              .platform_minor = platform_minor,
                                              .all_minor = bid->minor,
                                              .times = bid->times};
    text_copy(adjustment->code, sizeof(adjustment->code), bid->code);
    if (bid->campaign)
        take_group(work, bid->campaign);
}

/* ---------------------------------------------------------------- which lines, how much of them */

static bool covers(const struct pricing_campaign *campaign, const struct pricing_line *line)
{
    return !*campaign->skus || text_is_listed(campaign->skus, line->sku);
}

/* What may still be let off a line. */
static int64_t room_of(const struct pricing_state *work, size_t i)
{
    int64_t floor = work->lines[i].floor_minor * work->lines[i].quantity;
    return work->left[i] > floor ? work->left[i] - floor : 0;
}

static int64_t least(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* What its lines come to: amounts as the stage began, pieces, and what may be let off them. */
struct sums {
    int64_t minor, pieces, room;
};

static struct sums sum(const struct pricing_state *work, const struct pricing_campaign *campaign)
{
    struct sums sums = {0};
    for (size_t i = 0; i < work->count; i++) {
        if (!covers(campaign, &work->lines[i]))
            continue;
        sums.minor += work->base[i];
        sums.pieces += work->lines[i].quantity;
        sums.room += room_of(work, i);
    }
    return sums;
}

/* Whether it reaches its threshold, and how often; if not, it is noted. */
static bool reaches(struct pricing_state *work, struct pricing_bid *bid, const struct sums *sums)
{
    const struct pricing_campaign *campaign = bid->campaign;
    int64_t reached = campaign->by_pieces ? sums->pieces : sums->minor;
    bid->times = campaign->again && campaign->threshold > 0 ? reached / campaign->threshold : 1;
    if (sums->pieces == 0)
        pricing_pass(work, bid, PRICING_NO_LINES, 0);
    else if (reached < campaign->threshold)
        pricing_pass(work, bid, PRICING_TOO_LITTLE, campaign->threshold - reached);
    return sums->pieces > 0 && reached >= campaign->threshold;
}

/* What it would let off an amount, before anything stands in its way. */
static int64_t benefit(const struct pricing_campaign *campaign, int64_t amount, int64_t times)
{
    int64_t off = 0;
    if (campaign->benefit == PRICING_RATE)
        off = amount_round(amount, campaign->value, PRICING_RATE_WHOLE);
    else if (campaign->benefit == PRICING_PRICE)
        off = amount > campaign->value ? amount - campaign->value : 0;
    else if (__builtin_mul_overflow(campaign->value, times, &off))
        off = INT64_MAX;
    return campaign->cap_minor > 0 ? least(off, campaign->cap_minor) : off;
}

/* ---------------------------------------------------------------- groups of which one counts */

/* Another of its group lets off more, or the same and comes first. */
static bool is_beaten(const struct pricing_bid *bids, size_t count, size_t at)
{
    const char *group = bids[at].campaign->exclusive;
    bool beaten = false;
    for (size_t i = 0; i < count && *group; i++)
        beaten |= i != at && strcmp(bids[i].campaign->exclusive, group) == 0 &&
                  (bids[i].minor > bids[at].minor || (bids[i].minor == bids[at].minor && i < at));
    return beaten;
}

/* Leaves those that may count, in their order. */
static size_t choose(struct pricing_state *work, struct pricing_bid *bids, size_t count)
{
    size_t kept = 0;
    bool *beaten = calloc(count + 1, sizeof(*beaten));
    work->failed |= !beaten;
    for (size_t i = 0; i < count && beaten; i++)
        beaten[i] = is_taken(work, bids[i].campaign) || is_beaten(bids, count, i);
    for (size_t i = 0; i < count && beaten; i++) {
        if (beaten[i])
            pricing_pass(work, &bids[i], PRICING_EXCLUDED, 0);
        else
            bids[kept++] = bids[i];
    }
    free(beaten);
    return kept;
}

/* ---------------------------------------------------------------- letting off */

/* Shares an amount among some lines by what they cost when the stage began; none gets more than there is room. amount:
 * at most all the room of these. */
static void share(struct pricing_state *work, const bool *takes, int64_t amount)
{
    memset(work->off, 0, sizeof(work->off));
    while (amount > 0) {
        int64_t weights[PRICING_LINES_MAX], shares[PRICING_LINES_MAX];
        size_t open[PRICING_LINES_MAX], count = 0;
        for (size_t i = 0; i < work->count; i++)
            if (takes[i] && room_of(work, i) > work->off[i]) {
                weights[count] = work->base[i];
                open[count++] = i;
            }
        if (count == 0)
            return;
        money_share(amount, weights, count, shares);
        for (size_t i = 0; i < count; i++) {
            int64_t given = least(shares[i], room_of(work, open[i]) - work->off[open[i]]);
            work->off[open[i]] += given;
            amount -= given;
        }
    }
}

/* Takes what was shared off the lines; of each the platform bears its part, shared likewise. */
static void let_off(struct pricing_state *work, const struct pricing_bid *bid, enum pricing_kind kind)
{
    int64_t platform[PRICING_LINES_MAX];
    int64_t rate = bid->campaign ? bid->campaign->platform_rate : 0;
    money_share(amount_round(bid->minor, rate, PRICING_RATE_WHOLE), work->off, work->count, platform);
    for (size_t i = 0; i < work->count; i++) {
        if (work->off[i] == 0)
            continue;
        work->left[i] -= work->off[i];
        work->out->platform_minor += platform[i];
        work->out->discount_minor += work->off[i] - platform[i];
        note(work, bid, kind, work->lines[i].line, work->off[i], platform[i]);
    }
}

/* ---------------------------------------------------------------- the stages */

/* The bids of a kind stand together. */
static struct pricing_bid *bids_of(const struct pricing_state *work, enum pricing_kind kind, size_t *ret_count)
{
    size_t first = 0, end;
    while (first < work->bid_count && work->bids[first].campaign->kind != kind)
        first++;
    for (end = first; end < work->bid_count && work->bids[end].campaign->kind == kind; end++)
        ;
    *ret_count = end - first;
    return work->bids + first;
}

static void begin_stage(struct pricing_state *work)
{
    memcpy(work->base, work->left, sizeof(work->base));
}

/* What a limited-time price lets off a line: it is a price again, the same for each piece. */
static int64_t off_line(const struct pricing_state *work, const struct pricing_campaign *campaign, size_t i)
{
    const struct pricing_line *line = &work->lines[i];
    if (!covers(campaign, line))
        return 0;
    int64_t piece = least(benefit(campaign, line->price_minor, 1), line->price_minor - line->floor_minor);
    return piece > 0 ? piece * line->quantity : 0;
}

static void price_line(struct pricing_state *work, const struct pricing_bid *bids, size_t count, size_t i)
{
    const struct pricing_bid *best = NULL;
    int64_t most = 0;
    for (size_t b = 0; b < count; b++) {
        int64_t off = off_line(work, bids[b].campaign, i);
        if (off > most) {
            most = off;
            best = &bids[b];
        }
    }
    if (!best)
        return;
    int64_t platform = amount_round(most, best->campaign->platform_rate, PRICING_RATE_WHOLE);
    work->left[i] -= most;
    work->out->platform_minor += platform;
    work->out->discount_minor += most - platform;
    struct pricing_bid bid = *best;
    bid.minor = most;
    note(work, &bid, PRICING_ITEM, work->lines[i].line, most, platform);
}

static bool counted(const struct pricing_state *work, const struct pricing_campaign *campaign)
{
    bool found = false;
    for (size_t i = 0; i < work->out->count; i++)
        found |= work->out->list[i].campaign == campaign;
    return found;
}

static void price_items(struct pricing_state *work)
{
    size_t count, good = 0;
    struct pricing_bid *bids = bids_of(work, PRICING_ITEM, &count);
    begin_stage(work);
    for (size_t b = 0; b < count; b++) {
        struct sums sums = sum(work, bids[b].campaign);
        if (!reaches(work, &bids[b], &sums))
            continue;
        bids[b].minor = 0;
        for (size_t i = 0; i < work->count; i++)
            bids[b].minor += off_line(work, bids[b].campaign, i);
        if (bids[b].minor == 0)
            pricing_pass(work, &bids[b], PRICING_NO_ROOM, 0);
        else
            bids[good++] = bids[b];
    }
    good = choose(work, bids, good);
    for (size_t i = 0; i < work->count; i++)
        price_line(work, bids, good, i);
    for (size_t b = 0; b < good; b++)
        if (!counted(work, bids[b].campaign))
            pricing_pass(work, &bids[b], PRICING_BETTER, 0);
}

static void give(struct pricing_state *work, struct pricing_bid *bid, enum pricing_kind kind)
{
    bool takes[PRICING_LINES_MAX];
    int64_t room = 0;
    for (size_t i = 0; i < work->count; i++) {
        takes[i] = !bid->campaign || covers(bid->campaign, &work->lines[i]);
        room += takes[i] ? room_of(work, i) : 0;
    }
    bid->minor = least(bid->minor, room);
    if (bid->minor == 0) {
        pricing_pass(work, bid, PRICING_NO_ROOM, 0);
        return;
    }
    share(work, takes, bid->minor);
    let_off(work, bid, kind);
}

/* Thresholds and coupons. */
static void price_together(struct pricing_state *work, enum pricing_kind kind)
{
    size_t count, good = 0;
    struct pricing_bid *bids = bids_of(work, kind, &count);
    begin_stage(work);
    for (size_t b = 0; b < count; b++) {
        struct sums sums = sum(work, bids[b].campaign);
        if (!reaches(work, &bids[b], &sums))
            continue;
        bids[b].minor = least(benefit(bids[b].campaign, sums.minor, bids[b].times), sums.room);
        if (bids[b].minor == 0)
            pricing_pass(work, &bids[b], PRICING_NO_ROOM, 0);
        else
            bids[good++] = bids[b];
    }
    good = choose(work, bids, good);
    for (size_t b = 0; b < good; b++)
        give(work, &bids[b], kind);
}

static void spend_points(struct pricing_state *work)
{
    const struct pricing_request *request = work->request;
    int64_t goods = 0, room = 0;
    begin_stage(work);
    for (size_t i = 0; i < work->count; i++) {
        goods += work->left[i];
        room += room_of(work, i);
    }
    if (request->points == 0 || request->point_minor == 0)
        return;
    int64_t most = least(amount_part(goods, request->points_rate, PRICING_RATE_WHOLE), room);
    struct pricing_bid bid = {.code = "", .times = least(request->points, most / request->point_minor)};
    bid.minor = bid.times * request->point_minor;
    work->out->points = bid.times;
    work->out->points_minor = bid.minor;
    if (bid.minor > 0)
        give(work, &bid, PRICING_POINTS);
}

static void price_freight(struct pricing_state *work)
{
    size_t count, good = 0;
    struct pricing_bid *bids = bids_of(work, PRICING_FREIGHT, &count);
    const int64_t freight = work->request->freight_minor;
    begin_stage(work);
    for (size_t b = 0; b < count; b++) {
        struct sums sums = sum(work, bids[b].campaign);
        if (!reaches(work, &bids[b], &sums))
            continue;
        bids[b].minor = least(benefit(bids[b].campaign, freight, bids[b].times), freight);
        if (bids[b].minor == 0)
            pricing_pass(work, &bids[b], PRICING_NO_ROOM, 0);
        else
            bids[good++] = bids[b];
    }
    good = choose(work, bids, good);
    const struct pricing_bid *best = NULL;
    for (size_t b = 0; b < good; b++)
        if (!best || bids[b].minor > best->minor)
            best = &bids[b];
    for (size_t b = 0; b < good; b++)
        if (&bids[b] != best)
            pricing_pass(work, &bids[b], PRICING_BETTER, 0);
    if (best)
        note(work, best, PRICING_FREIGHT, 0, best->minor, 0);
    work->out->freight_off_minor = best ? best->minor : 0;
    work->out->freight_minor = freight - work->out->freight_off_minor;
}

/* ---------------------------------------------------------------- all of it */

static void write_lines(struct pricing_state *work)
{
    struct pricing *out = work->out;
    for (size_t i = 0; i < work->count; i++) {
        const struct pricing_line *line = &work->lines[i];
        out->lines[i] = (struct pricing_line_price){.line = line->line,
                                                    .quantity = line->quantity,
                                                    .price_minor = line->price_minor,
                                                    .gross_minor = line->price_minor * line->quantity,
                                                    .paid_minor = work->left[i]};
        text_copy(out->lines[i].sku, sizeof(out->lines[i].sku), line->sku);
        out->goods_minor += out->lines[i].gross_minor;
        out->paid_minor += work->left[i];
    }
    out->paid_minor += out->freight_minor;
}

int pricing_work(const struct pricing_request *request, struct pricing *ret)
{
    *ret = (struct pricing){0};
    struct pricing_state *work = calloc(1, sizeof(*work));
    if (!work)
        return -ENOMEM;
    work->request = request;
    work->out = ret;
    int result = pricing_open(work);
    for (size_t i = 0; i < work->count && !result; i++)
        work->left[i] = work->lines[i].price_minor * work->lines[i].quantity;
    if (!result) {
        price_items(work);
        price_together(work, PRICING_THRESHOLD);
        price_together(work, PRICING_COUPON);
        spend_points(work);
        price_freight(work);
        write_lines(work);
    }
    if (!result && work->failed)
        result = -ENOMEM;
    free(work->bids);
    free(work->groups);
    free(work);
    return result;
}

void pricing_done(struct pricing *pricing)
{
    free(pricing->lines);
    free(pricing->list);
    free(pricing->passed);
    *pricing = (struct pricing){0};
}
