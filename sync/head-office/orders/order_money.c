#include "sync/head-office/orders/order_money.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/* A sum of money times a sum of money does not fit 64 bits. */
__extension__ typedef __int128 wide;

void money_share(int64_t total, const int64_t *weights, size_t count, int64_t *out)
{
    wide sum = 0, rest[MONEY_PARTS_MAX];
    int64_t left = total < 0 ? -total : total;
    const int64_t amount = left;
    assert(count > 0 && count <= MONEY_PARTS_MAX);
    for (size_t i = 0; i < count; i++)
        sum += weights[i];
    for (size_t i = 0; i < count; i++) {
        wide part = sum > 0 ? (wide)amount * weights[i] : (wide)amount;
        wide by = sum > 0 ? sum : (wide)count;
        out[i] = (int64_t)(part / by);
        rest[i] = part % by;
        left -= out[i];
    }
    for (; left > 0; left--) { /* fewer than there are parts */
        size_t most = 0;
        for (size_t i = 1; i < count; i++)
            if (rest[i] > rest[most])
                most = i;
        out[most]++;
        rest[most] = -1;
    }
    for (size_t i = 0; i < count && total < 0; i++)
        out[i] = -out[i];
}

struct sharing {
    const struct order_money *whole;
    const struct money_part *parts;
    size_t count;
    int64_t weights[MONEY_PARTS_MAX]; /* price of the goods, or pieces */
    int64_t shares[MONEY_PARTS_MAX];
    struct order_money *out;
};

/* How a member of the parts is found in them. */
static void share(struct sharing *sharing, int64_t total, const int64_t *weights, size_t member)
{
    money_share(total, weights, sharing->count, sharing->shares);
    for (size_t i = 0; i < sharing->count; i++)
        memcpy((char *)&sharing->out[i] + member, &sharing->shares[i], sizeof(int64_t));
}

static void find_weights(struct sharing *sharing)
{
    bool priced = false;
    for (size_t i = 0; i < sharing->count; i++)
        priced |= sharing->parts[i].goods > 0;
    for (size_t i = 0; i < sharing->count; i++)
        sharing->weights[i] = priced ? sharing->parts[i].goods : sharing->parts[i].pieces;
}

/* Prices and payments of the lines are those of the order, and no line was paid more than its price. */
static bool lines_add_up(const struct sharing *sharing)
{
    int64_t goods = 0, lines = 0;
    for (size_t i = 0; i < sharing->count; i++) {
        goods += sharing->parts[i].goods;
        lines += sharing->parts[i].lines;
        if (sharing->parts[i].lines > sharing->parts[i].goods)
            return false;
    }
    const struct order_money *whole = sharing->whole;
    return goods == whole->goods && lines + whole->freight == whole->paid && whole->discount >= 0 &&
           whole->platform_discount >= 0;
}

/* The lines say how much was let off each part; who bears it is shared by that. */
static void follow_lines(struct sharing *sharing)
{
    int64_t off[MONEY_PARTS_MAX];
    for (size_t i = 0; i < sharing->count; i++)
        off[i] = sharing->parts[i].goods - sharing->parts[i].lines;
    share(sharing, sharing->whole->discount, off, offsetof(struct order_money, discount));
    for (size_t i = 0; i < sharing->count; i++) {
        sharing->out[i].platform_discount = off[i] - sharing->out[i].discount;
        sharing->out[i].paid = sharing->parts[i].lines + sharing->out[i].freight;
    }
}

static void follow_weights(struct sharing *sharing, bool adds_up)
{
    const struct order_money *whole = sharing->whole;
    share(sharing, whole->discount, sharing->weights, offsetof(struct order_money, discount));
    share(sharing, whole->platform_discount, sharing->weights, offsetof(struct order_money, platform_discount));
    share(sharing, whole->paid, sharing->weights, offsetof(struct order_money, paid));
    for (size_t i = 0; i < sharing->count && adds_up; i++) {
        struct order_money *part = &sharing->out[i];
        part->paid = part->goods + part->freight - part->discount - part->platform_discount;
    }
}

void order_money_split(const struct order_money *whole, const struct money_part *parts, size_t count,
                       struct order_money *out)
{
    struct sharing sharing = {.whole = whole, .parts = parts, .count = count, .out = out};
    bool adds_up = whole->paid == whole->goods + whole->freight - whole->discount - whole->platform_discount;
    find_weights(&sharing);
    share(&sharing, whole->goods, sharing.weights, offsetof(struct order_money, goods));
    share(&sharing, whole->freight, sharing.weights, offsetof(struct order_money, freight));
    if (adds_up && lines_add_up(&sharing))
        follow_lines(&sharing);
    else
        follow_weights(&sharing, adds_up);
}
