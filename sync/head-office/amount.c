#include "sync/head-office/amount.h"

#include <stdbool.h>

/* size * part / of, and what is left, digit by digit: the product may need 128 bits. */
static uint64_t divide(uint64_t size, uint64_t part, uint64_t of, uint64_t *ret_left)
{
    uint64_t whole = size / of * part, rest = size % of, quotient = 0, left = 0;
    for (int bit = 62; bit >= 0; bit--) {
        quotient *= 2;
        left *= 2;
        if ((part >> bit & 1) != 0)
            left += rest;
        for (; left >= of; left -= of)
            quotient++;
    }
    *ret_left = left;
    return whole + quotient;
}

static uint64_t size_of(int64_t amount)
{
    return amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
}

static int64_t part_and_left(int64_t amount, int64_t part, int64_t of, uint64_t *ret_left)
{
    uint64_t quotient = divide(size_of(amount), (uint64_t)part, (uint64_t)of, ret_left);
    return amount < 0 ? -(int64_t)quotient : (int64_t)quotient;
}

int64_t amount_part(int64_t amount, int64_t part, int64_t of)
{
    uint64_t left;
    return part_and_left(amount, part, of, &left);
}

int64_t amount_round(int64_t amount, int64_t part, int64_t of)
{
    uint64_t left;
    int64_t cut = part_and_left(amount, part, of, &left);
    bool up = left >= (uint64_t)of - left;
    return !up ? cut : amount < 0 ? cut - 1 : cut + 1;
}

static int64_t weight_at(const int64_t *weights, size_t i, int64_t total)
{
    return total > 0 ? weights[i] : 1;
}

/* Of those that have not had one, the one that was cut by most. */
static size_t most_cut(int64_t amount, const int64_t *weights, size_t count, int64_t total, const int64_t *shares)
{
    size_t best = 0;
    uint64_t most = 0;
    int64_t all = total > 0 ? total : (int64_t)count;
    for (size_t i = 0; i < count; i++) {
        uint64_t left;
        int64_t cut = part_and_left(amount, weight_at(weights, i, total), all, &left);
        if (shares[i] == cut && left > most) {
            most = left;
            best = i;
        }
    }
    return best;
}

void amount_share(int64_t amount, const int64_t *weights, size_t count, int64_t *ret)
{
    int64_t total = 0, left = amount;
    for (size_t i = 0; i < count; i++)
        total += weights[i];
    for (size_t i = 0; i < count; i++) {
        ret[i] = amount_part(amount, weight_at(weights, i, total), total > 0 ? total : (int64_t)count);
        left -= ret[i];
    }
    for (; left != 0 && count > 0; left += left < 0 ? 1 : -1)
        ret[most_cut(amount, weights, count, total, ret)] += left < 0 ? -1 : 1;
}
