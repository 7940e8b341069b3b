#include "plan/minimum.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define ALIKE 1e-9 /* of the highest and the lowest value, as a share */

struct point {
    double numbers[MINIMUM_NUMBERS_MAX], value;
};

struct search {
    minimum_function *function;
    void *user;
    size_t count;
    int calls;
    struct point points[MINIMUM_NUMBERS_MAX + 1]; /* the lowest first */
};

static void evaluate(struct search *search, struct point *point)
{
    double value = search->function(point->numbers, search->user);
    point->value = isnan(value) ? INFINITY : value;
    search->calls++;
}

static void sort(struct search *search)
{
    for (size_t i = 1; i <= search->count; i++)
        for (size_t j = i; j > 0 && search->points[j].value < search->points[j - 1].value; j--) {
            struct point other = search->points[j];
            search->points[j] = search->points[j - 1];
            search->points[j - 1] = other;
        }
}

/* From the middle of all but the worst, so far towards it; less than nothing is away from it. */
static struct point towards_worst(struct search *search, double share)
{
    const struct point *worst = &search->points[search->count];
    struct point point = {0};
    for (size_t n = 0; n < search->count; n++) {
        double middle = 0;
        for (size_t i = 0; i < search->count; i++)
            middle += search->points[i].numbers[n] / (double)search->count;
        point.numbers[n] = middle + share * (worst->numbers[n] - middle);
    }
    evaluate(search, &point);
    return point;
}

static void shrink(struct search *search)
{
    for (size_t i = 1; i <= search->count; i++) {
        for (size_t n = 0; n < search->count; n++)
            search->points[i].numbers[n] = (search->points[i].numbers[n] + search->points[0].numbers[n]) / 2;
        evaluate(search, &search->points[i]);
    }
}

static void step(struct search *search)
{
    struct point *worst = &search->points[search->count], *second = worst - 1;
    struct point mirrored = towards_worst(search, -1);
    if (mirrored.value < search->points[0].value) {
        struct point farther = towards_worst(search, -2);
        *worst = farther.value < mirrored.value ? farther : mirrored;
        return;
    }
    if (mirrored.value < second->value) {
        *worst = mirrored;
        return;
    }
    struct point nearer = towards_worst(search, mirrored.value < worst->value ? -0.5 : 0.5);
    if (nearer.value < fmin(mirrored.value, worst->value))
        *worst = nearer;
    else
        shrink(search);
}

double minimum_find(minimum_function *function, void *user, double *numbers, const double *steps, size_t count,
                    int calls_max)
{
    assert(count >= 1 && count <= MINIMUM_NUMBERS_MAX);
    struct search search = {.function = function, .user = user, .count = count};
    for (size_t i = 0; i <= count; i++) {
        memcpy(search.points[i].numbers, numbers, count * sizeof(*numbers));
        if (i > 0)
            search.points[i].numbers[i - 1] += steps[i - 1];
        evaluate(&search, &search.points[i]);
    }
    sort(&search);
    while (search.calls < calls_max) {
        double low = search.points[0].value, high = search.points[count].value;
        if (isfinite(high) && high - low <= ALIKE * (fabs(low) + ALIKE))
            break;
        step(&search);
        sort(&search);
    }
    memcpy(numbers, search.points[0].numbers, count * sizeof(*numbers));
    return search.points[0].value;
}
