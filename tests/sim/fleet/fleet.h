/* A whole business with a seed: shops on platforms, a head office of several programs, sites. Everything below a
 * platform's HTTP call is production code: the turn, floor, store and sync steps of the sites; head office's hub,
 * orders, promises, after-sales, pulling, outbox and stock told. What is made up is the time, the platforms (small
 * models with books of their own), buyers, workers and what goes wrong. A schedule is trouble, then calm, in which
 * everything must come to the same end; a seed is one schedule. */
#ifndef SIM_FLEET_FLEET_H
#define SIM_FLEET_FLEET_H

#include "sim/sim.h"

#include "sync/head-office/office.h"
#include "sync/head-office/shops/shop_work.h"
#include "sync/head-office/sites/hub.h"

#include <setjmp.h>

#define SITES_MAX   3
#define SHOPS_MAX   3
#define WORKERS     3 /* programs that speak for shops */
#define SKUS        3
#define ORDERS_MAX  64 /* of a shop */
#define LINES_MAX   2
#define REFUNDS_MAX 48
#define PARCELS_MAX 8

#define FLEET_START_US INT64_C(1774000000000000)
#define SECOND_US      INT64_C(1000000)

/* Each subject draws from a stream of its own: what is switched off in one shifts nothing in another. */
enum subject { OF_FAULTS, OF_BUYERS, OF_PLATFORMS, OF_OFFICE, OF_TIME, SUBJECTS };

/* What can go wrong, per mille of the steps or calls; 0: not in this seed. */
struct fleet_faults {
    int platform_down, lost_reply, lost_call, busy_platform, throttle, token; /* calls */
    int office_killed, slow_office;                                           /* head office's programs */
    int link, site_crash, wrong_scan, count;                                  /* sites */
    int cancel, refund, change;                                               /* buyers who think again */
};
enum { FAULT_KINDS = 15 };
extern const char *const fleet_fault_names[FAULT_KINDS];

/* ---------------------------------------------------------------- a shop on a platform (market.c) */

struct market_line {
    int sku;
    int64_t quantity, price_minor, paid_minor;
    bool shipped, refunding, refunded;
};

struct market_order {
    int number; /* of the shop: its id */
    int64_t created_us, paid_us, modified_us;
    enum platform_state state;
    bool hold;
    int address; /* how often it was changed */
    int64_t goods_minor, freight_minor, discount_minor, paid_minor;
    struct market_line lines[LINES_MAX];
    int line_count;
    char told[PARCELS_MAX][PLATFORM_CODE_SIZE]; /* waybills that were said to have left with it */
    int told_count;
};

struct market_refund {
    int number, order, line;
    enum platform_refund_state state;
    bool shipped;
    int64_t created_us, modified_us, amount_minor, quantity;
};

struct market {
    struct fleet *fleet;
    int index;
    char code[SHOP_CODE_SIZE];
    const struct platform *platform;
    int64_t ahead_us;      /* its clock */
    int64_t down_until_us; /* it does not answer before */
    int tokens;            /* issued; the last one lets in */
    struct market_order orders[ORDERS_MAX];
    int order_count;
    struct market_refund refunds[REFUNDS_MAX];
    int refund_count;
    struct market_offer {
        bool sold;    /* it is for sale here at all */
        int64_t left; /* that buyers may still buy */
        char key[PLATFORM_ID_SIZE];
    } offers[SKUS];
};

extern const char *const sku_names[SKUS];

void market_begin(struct fleet *fleet); /* the shops of a seed, and their rows at head office */
void market_touch(struct market *market, struct market_order *order);
const struct platform *market_platform_find(const char *name);
struct platform_transport *market_transport(struct fleet *fleet);
int64_t market_now(const struct market *market);

/* ---------------------------------------------------------------- buyers and sellers (buyers.c) */

void buyers_step(struct fleet *fleet);
void buyers_decide_all(struct fleet *fleet); /* nothing is left open at any shop */

/* ---------------------------------------------------------------- head office (office.c) */

struct program { /* one of head office */
    struct office office;
    bool serves; /* the hub and the orders; otherwise it speaks for shops */
    struct hub *hub;
    struct shop_work work;
    int starts;
    bool runs; /* it is in the middle of a step */
};

void office_begin_world(struct fleet *fleet);
void office_end_world(struct fleet *fleet);
void office_step(struct fleet *fleet);
void office_run(struct fleet *fleet, struct program *program); /* one step of it */
bool office_dies(struct fleet *fleet);                         /* the program that runs is killed now */
int64_t office_number(struct fleet *fleet, const char *sql);
int office_fails(struct fleet *fleet, int result, const char *what, const struct error *error);

/* ---------------------------------------------------------------- what must hold (laws.c) */

void laws_begin(struct fleet *fleet);
void laws_after_promises(struct fleet *fleet); /* no program has promised more than there is */
void laws_of_told(struct fleet *fleet, struct market *market, int sku, int64_t pieces);
void laws_often(struct fleet *fleet);
void laws_end(struct fleet *fleet);
bool laws_settled(struct fleet *fleet, const char **ret_why);

/* ---------------------------------------------------------------- all of it (schedule.c) */

struct fleet_site {
    struct sim sim; /* first: one is cast to the other */
    struct fleet *fleet;
    char name[16], box[16], hardware[40];
};

struct fleet {
    uint64_t seed, hash;
    int steps;        /* of trouble */
    unsigned without; /* faults that are switched off: bits, as in fleet_fault_names */
    bool trace, calm;
    int64_t now_us, pace_us;
    struct random_seeded draws[SUBJECTS];
    struct fleet_faults faults;
    struct fleet_site sites[SITES_MAX];
    int site_count;
    struct market markets[SHOPS_MAX];
    int market_count;
    struct sql *sql; /* head office's database, of all its programs */
    struct random_seeded seeded;
    struct program programs[1 + WORKERS];
    struct program *running;
    int dies_in; /* commits of the program that runs; 0: it does not die */
    bool dying;
    int64_t over[SITES_MAX][SKUS]; /* promised beyond what lies there, as far as it was seen */
    bool excused[SKUS];            /* more was sold than there is for a reason that nobody could know of in time */
    struct {
        int64_t orders, cancels, refunds, parcels, calls, lost, kills, told, shorts;
    } count;
    jmp_buf broken;
    char failure[512];
};

uint64_t fleet_draw(struct fleet *fleet, enum subject subject, uint64_t below);
bool fleet_chance(struct fleet *fleet, enum subject subject, int per_mille);
void fleet_note(struct fleet *fleet, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void fleet_fail(struct fleet *fleet, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fleet_set_time(struct fleet *fleet, int64_t now_us);

bool schedule_run(struct fleet *fleet, uint64_t seed); /* false: fleet->failure says what is broken */

#endif
