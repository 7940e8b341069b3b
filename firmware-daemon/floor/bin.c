/* The rules of a bin: what may lie in it beside what. And which bin suits goods best. */
#include "store/bin.h"
#include "base/text.h"
#include "floor/rule.h"

#include <errno.h>
#include <string.h>

/* What is asked: these goods into this bin, beside what lies there. */
struct question {
    const struct location *location;
    const struct item *item;
    int64_t quantity;
    struct bin_content content;
};

static bool is_kept(const struct question *q)
{
    return q->location->item && q->location->item != q->item->id;
}

static bool is_other_owner(const struct question *q)
{
    return !q->location->mix_items && q->content.other_owner;
}

static bool is_mixed(const struct question *q)
{
    return !q->location->mix_items && q->content.other_items > 0;
}

static bool is_mixed_lot(const struct question *q)
{
    return !q->location->mix_lots && q->content.other_lots > 0;
}

static bool is_hazard(const struct question *q)
{
    return *q->item->hazard && !text_is_listed(q->location->hazards, q->item->hazard);
}

static bool is_too_high(const struct question *q)
{
    return q->location->height_mm && q->item->height_mm > q->location->height_mm;
}

static bool is_full(const struct question *q)
{
    return q->location->capacity && q->content.quantity + q->quantity > q->location->capacity;
}

static bool is_too_heavy(const struct question *q)
{
    return q->location->load_g && q->content.load_g + q->quantity * q->item->weight_g > q->location->load_g;
}

static const struct {
    bool (*breaks)(const struct question *q);
    const char *why, *why_zh;
} rules[] = {
    {is_kept, "it is kept for another item", "该库位为其他商品专用"},
    {is_other_owner, "another owner's goods", "货主不同"},
    {is_mixed, "another item lies there", "不可混放其他商品"},
    {is_mixed_lot, "mixed lot", "不可混放批次"},
    {is_hazard, "hazard class not allowed", "不允许存放该危险品类别"},
    {is_too_high, "height", "超高"},
    {is_full, "full", "库位已满"},
    {is_too_heavy, "too heavy", "超重"},
};

int bin_refuses(struct store *store, const struct location *location, const struct item *item, int64_t lot,
                int64_t quantity, struct answer *ret)
{
    struct question question = {.location = location, .item = item, .quantity = quantity};
    int result = bin_content(store, location->id, item->id, lot, &question.content);
    for (size_t i = 0; i < COUNT(rules) && !result; i++) {
        if (!rules[i].breaks(&question))
            continue;
        answer_set(ret, E21_BIN);
        answer_text(ret, "why", rules[i].why);
        answer_text(ret, "why_zh", rules[i].why_zh);
        return FLOOR_REFUSED;
    }
    return result;
}

/* A face is not filled beyond its maximum, and no bin twice with the same room. */
static int suits(struct store *store, int64_t place, const struct item *item, int64_t lot, int64_t quantity,
                 int64_t task)
{
    struct location location;
    struct bin_content content = {0};
    struct answer why;
    int64_t coming = 0;
    int result = location_load(store, place, &location);
    if (!result)
        result = bin_coming(store, place, task, &coming);
    if (!result && location.face_max)
        result = bin_content(store, place, item->id, lot, &content);
    if (!result && location.face_max && content.quantity + coming + quantity > location.face_max)
        return FLOOR_REFUSED;
    return result ? result : bin_refuses(store, &location, item, lot, coming + quantity, &why);
}

#define TRIES_MAX 64 /* bins of one rank that are looked at */

int bin_suggest(struct store *store, const struct item *item, int64_t lot, int64_t quantity, int64_t task, int64_t *ret)
{
    for (enum bin_rank rank = 0; rank < BIN_RANKS; rank++) {
        struct bin_search search = {.rank = rank, .item = item->id, .lot = lot, .task = task, .walk = INT64_MIN};
        int64_t place;
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            int result = bin_next(store, &search, &place);
            if (result == -ENOENT)
                break;
            if (!result)
                result = suits(store, place, item, lot, quantity, task);
            if (!result)
                *ret = place;
            if (result != FLOOR_REFUSED)
                return result;
        }
    }
    return -ENOENT;
}
