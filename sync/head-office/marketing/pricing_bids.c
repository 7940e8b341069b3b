/* Which campaigns are for this buyer, here and now, and in which order they are looked at. */
#include "sync/head-office/marketing/pricing_internal.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool share_word(const char *list, const char *words)
{
    char word[PRICING_WORDS_SIZE];
    for (const char *at = words; *at;) {
        size_t length = strcspn(at, ",");
        text_copy_n(word, sizeof(word), at, length);
        if (*word && text_is_listed(list, word))
            return true;
        at += length + (at[length] == ',');
    }
    return false;
}

static bool is_for(struct pricing_state *work, const struct pricing_bid *bid)
{
    const struct pricing_campaign *campaign = bid->campaign;
    const struct pricing_request *request = work->request;
    bool now = request->at_us >= campaign->begins_us && (campaign->ends_us == 0 || request->at_us < campaign->ends_us);
    bool here = strcmp(campaign->currency, request->currency) == 0 &&
                (!*campaign->shops || text_is_listed(campaign->shops, request->shop));
    bool yours = !*campaign->segments || share_word(campaign->segments, request->segments);
    if (!now || !here || !yours)
        pricing_pass(work, bid, !now ? PRICING_NOT_NOW : !here ? PRICING_NOT_HERE : PRICING_NOT_YOURS, 0);
    return now && here && yours;
}

/* The coupon of a campaign: of several the first by its code. */
static const char *coupon_of(const struct pricing_request *request, const struct pricing_campaign *campaign)
{
    const char *first = NULL;
    for (size_t i = 0; i < request->coupon_count; i++)
        if (strcmp(request->coupons[i].campaign, campaign->id) == 0 &&
            (!first || strcmp(request->coupons[i].code, first) < 0))
            first = request->coupons[i].code;
    return first;
}

static int compare_bids(const void *one, const void *other)
{
    const struct pricing_campaign *a = ((const struct pricing_bid *)one)->campaign,
                                  *b = ((const struct pricing_bid *)other)->campaign;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    return strcmp(a->id, b->id);
}

static void gather_bids(struct pricing_state *work)
{
    const struct pricing_request *request = work->request;
    for (size_t i = 0; i < request->campaign_count; i++) {
        const struct pricing_campaign *campaign = &request->campaigns[i];
        const char *code = campaign->kind == PRICING_COUPON ? coupon_of(request, campaign) : "";
        if (code)
            work->bids[work->bid_count++] = (struct pricing_bid){.campaign = campaign, .code = code};
    }
    qsort(work->bids, work->bid_count, sizeof(*work->bids), compare_bids);
    size_t good = 0;
    for (size_t i = 0; i < work->bid_count; i++)
        if (is_for(work, &work->bids[i]))
            work->bids[good++] = work->bids[i];
    work->bid_count = good;
}

/* ---------------------------------------------------------------- all of it */

static int compare_lines(const void *one, const void *other)
{
    int64_t a = ((const struct pricing_line *)one)->line, b = ((const struct pricing_line *)other)->line;
    return a < b ? -1 : a > b;
}

static bool is_within(int64_t number, int64_t most)
{
    return number >= 0 && number <= most;
}

static bool is_line_good(const struct pricing_line *line)
{
    return line->line > 0 && line->quantity > 0 && line->quantity <= PRICING_QUANTITY_MAX &&
           is_within(line->price_minor, PRICING_AMOUNT_MAX / line->quantity) &&
           is_within(line->floor_minor, PRICING_AMOUNT_MAX / line->quantity);
}

static bool is_campaign_good(const struct pricing_campaign *campaign)
{
    int64_t most = campaign->benefit == PRICING_RATE ? PRICING_RATE_WHOLE : PRICING_AMOUNT_MAX;
    return is_within(campaign->value, most) && is_within(campaign->threshold, PRICING_AMOUNT_MAX) &&
           is_within(campaign->cap_minor, PRICING_AMOUNT_MAX) &&
           is_within(campaign->platform_rate, PRICING_RATE_WHOLE) && campaign->kind != PRICING_POINTS &&
           (campaign->benefit != PRICING_PRICE || campaign->kind == PRICING_ITEM || campaign->kind == PRICING_FREIGHT);
}

/* Sorted, so that what is called the same stands side by side. */
static bool is_good(const struct pricing_state *work)
{
    const struct pricing_request *request = work->request;
    bool good =
        is_within(request->freight_minor, PRICING_AMOUNT_MAX) && is_within(request->points, PRICING_AMOUNT_MAX) &&
        is_within(request->point_minor, PRICING_QUANTITY_MAX) && is_within(request->points_rate, PRICING_RATE_WHOLE);
    for (size_t i = 0; i < work->count; i++)
        good = good && is_line_good(&work->lines[i]) && (i == 0 || work->lines[i].line > work->lines[i - 1].line);
    for (size_t i = 0; i < request->campaign_count; i++)
        good = good && is_campaign_good(&request->campaigns[i]);
    for (size_t i = 1; i < work->bid_count; i++)
        good = good && compare_bids(&work->bids[i - 1], &work->bids[i]) != 0;
    return good;
}

int pricing_open(struct pricing_state *work)
{
    const struct pricing_request *request = work->request;
    if (request->line_count == 0 || request->line_count > PRICING_LINES_MAX ||
        request->coupon_count > PRICING_COUPONS_MAX)
        return -EINVAL;
    work->count = request->line_count;
    memcpy(work->lines, request->lines, request->line_count * sizeof(*request->lines));
    qsort(work->lines, work->count, sizeof(*work->lines), compare_lines);
    work->bids = calloc(request->campaign_count + 1, sizeof(*work->bids));
    work->groups = calloc(request->campaign_count + 1, sizeof(*work->groups));
    work->out->lines = calloc(work->count, sizeof(*work->out->lines));
    if (!work->bids || !work->groups || !work->out->lines)
        return -ENOMEM;
    work->out->line_count = work->count;
    gather_bids(work);
    return is_good(work) ? 0 : -EINVAL;
}
