/* What an order costs, and why: prices and the campaigns that run in, each amount that is let off out. Pure: no
 * database, no clock. The same question has the same answer in whatever order its lines, campaigns and coupons stand.
 *
 * Campaigns count stage by stage, in the order of enum pricing_kind:
 *   1. limited-time prices (限时折扣): of each line the one that lets off most;
 *   2. threshold reductions (满减): each looks at what its lines cost after stage 1, and they add up;
 *   3. coupons (优惠券): each looks at what its lines cost after stage 2, and they add up; one of a campaign;
 *   4. points (积分), for at most a part of what is left;
 *   5. the carriage (运费): the one that lets off most, judged by what the goods cost then.
 * Of the campaigns that share a word in `exclusive` one counts: that of the earliest stage, and within a stage the one
 * that lets off most. Where two let off the same, the one of higher priority counts, then the one whose id is first.
 *
 * What is let off several lines is shared by what they cost when the stage began (largest remainder), and no line goes
 * below its floor or below nothing: what finds no room is not let off at all. Amounts are minor units of one currency,
 * rates ten-thousandths, times UTC microseconds. */
#ifndef HEAD_OFFICE_PRICING_H
#define HEAD_OFFICE_PRICING_H

#include "base/buf.h"
#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRICING_LINES_MAX    400
#define PRICING_COUPONS_MAX  20
#define PRICING_ID_SIZE      41
#define PRICING_NAME_SIZE    129
#define PRICING_WORDS_SIZE   513 /* of a list of words, set apart by commas */
#define PRICING_SKUS_SIZE    4097
#define PRICING_AMOUNT_MAX   INT64_C(1000000000000) /* of a line, of a campaign's values, of the carriage */
#define PRICING_QUANTITY_MAX INT64_C(1000000)
#define PRICING_RATE_WHOLE   10000

enum pricing_kind { PRICING_ITEM, PRICING_THRESHOLD, PRICING_COUPON, PRICING_POINTS, PRICING_FREIGHT };

enum pricing_benefit {
    PRICING_AMOUNT, /* so much is let off: of each piece in stage 1, in all later */
    PRICING_RATE,   /* so many ten-thousandths are */
    PRICING_PRICE,  /* this is the price of a piece, or of the carriage, from now on */
};

struct pricing_campaign {
    char id[PRICING_ID_SIZE], english[PRICING_NAME_SIZE], chinese[PRICING_NAME_SIZE];
    enum pricing_kind kind;
    enum pricing_benefit benefit;
    int64_t value, priority, rev;
    int64_t threshold;          /* its lines must reach it; 0: none. In minor units, or pieces */
    bool by_pieces, again;      /* again: so often as the threshold fits in */
    int64_t cap_minor;          /* it lets off no more; 0: no end */
    int64_t begins_us, ends_us; /* from, and before; 0: no end */
    int64_t platform_rate;      /* the part of what is let off that the platform bears */
    char currency[4];
    char exclusive[PRICING_ID_SIZE];                              /* "": counts beside all others */
    char segments[PRICING_WORDS_SIZE], shops[PRICING_WORDS_SIZE]; /* who, where; "": everybody, everywhere */
    char skus[PRICING_SKUS_SIZE];                                 /* "": all */
};

struct pricing_line {
    int64_t line; /* its number; no two have the same */
    char sku[65];
    int64_t quantity, price_minor, floor_minor; /* of one piece */
};

struct pricing_coupon {
    char code[PRICING_ID_SIZE], campaign[PRICING_ID_SIZE];
};

struct pricing_request {
    const struct pricing_line *lines;
    size_t line_count;
    const struct pricing_campaign *campaigns; /* no two of an id */
    size_t campaign_count;
    const struct pricing_coupon *coupons; /* that the buyer shows, and may use */
    size_t coupon_count;
    const char *currency, *shop, *segments; /* segments: the buyer's, set apart by commas */
    int64_t at_us, freight_minor;
    int64_t points, point_minor, points_rate; /* to be spent; worth of one; the part of the goods that they may pay */
};

/* One amount, of one line or of the carriage. */
struct pricing_adjustment {
    enum pricing_kind kind;
    const struct pricing_campaign *campaign; /* NULL: points */
    char code[PRICING_ID_SIZE];              /* of the coupon; "": none */
    int64_t line;                            /* 0: the carriage */
    int64_t minor, platform_minor;           /* of that the platform bears */
    int64_t all_minor, times;                /* what it lets off the whole order, and how often it counted */
};

struct pricing_line_price {
    int64_t line, quantity, price_minor, gross_minor, paid_minor; /* gross: before, paid: after everything */
    char sku[65];
};

enum pricing_why {
    PRICING_NOT_NOW,    /* it has not begun, or is over */
    PRICING_NOT_HERE,   /* another shop's or currency's */
    PRICING_NOT_YOURS,  /* of another segment */
    PRICING_NO_LINES,   /* none of its items is bought */
    PRICING_TOO_LITTLE, /* short by so much of its threshold */
    PRICING_EXCLUDED,   /* another of its group counts */
    PRICING_BETTER,     /* another lets off more */
    PRICING_NO_ROOM,    /* there is nothing left that could be let off */
};

struct pricing_passed {
    const struct pricing_campaign *campaign;
    enum pricing_why why;
    int64_t short_by; /* of TOO_LITTLE */
    char code[PRICING_ID_SIZE];
};

struct pricing {
    struct pricing_line_price *lines; /* in the order of their numbers */
    size_t line_count;
    struct pricing_adjustment *list; /* stage by stage */
    size_t count, room;
    struct pricing_passed *passed; /* what did not count */
    size_t passed_count, passed_room;
    int64_t goods_minor, discount_minor, platform_minor, freight_minor; /* freight: what is asked for it */
    int64_t freight_off_minor, points, points_minor;                    /* points_minor is a part of the discount */
    int64_t paid_minor; /* goods - discount - platform + freight; discounts are of the goods */
};

/* Campaigns of the kind coupon count only with a coupon of theirs. *ret points into the campaigns. -EINVAL: a number is
 * out of its range, there are too many or no lines, or two are called the same. -ENOMEM. Release with pricing_done().
 */
int pricing_work(const struct pricing_request *request, struct pricing *ret);
void pricing_done(struct pricing *pricing);
#define CLEANUP_PRICING CLEANUP(pricing_done)

/* "Why this price", in both languages: members of an open JSON object. */
void pricing_explain(const struct pricing *pricing, const char *currency, struct buf *json);

/* The words of enum pricing_kind and pricing_benefit, NULL-terminated. */
extern const char *const pricing_kinds[], *const pricing_benefits[];

#endif
