/* Shops on platforms: who head office is there, who speaks for a shop at the moment, how its calls go. What is secret
 * is read and written here alone. Does not call a platform and does not know what is asked of one. */
#ifndef HEAD_OFFICE_SHOPS_H
#define HEAD_OFFICE_SHOPS_H

#include "sync/head-office/office.h"
#include "sync/platforms/platform.h"

#define SHOP_CODE_SIZE    17
#define SHOP_WORKER_SIZE  65
#define SHOP_TROUBLE_SIZE 16

#define SHOP_SECOND_US INT64_C(1000000)
/* Who has not called within this time has lost the shop. The longest call is over long before. */
#define SHOP_LEASE_US (120 * SHOP_SECOND_US)

/* A token is not asked for more often than this, whatever comes of it. */
#define SHOP_REFRESH_AGAIN_US (60 * SHOP_SECOND_US)

/* Why calls fail. What stops waits for a person, who changes the account; all else is tried again. */
struct shop_trouble {
    const char *name;
    bool stops;
    const char *english, *chinese;
};
extern const struct shop_trouble shop_troubles[];               /* ended by a name of NULL */
const struct shop_trouble *shop_trouble_find(const char *name); /* NULL: there is none */

#define SHOP_TROUBLE_AUTH        "auth"
#define SHOP_TROUBLE_SIGN        "sign"
#define SHOP_TROUBLE_CLOCK       "clock"
#define SHOP_TROUBLE_UNREACHABLE "unreachable"

struct shop {
    char code[SHOP_CODE_SIZE];
    const struct platform *platform;
    struct platform_shop account;
    char carrier[65];
    int64_t poll_s, history_s;
    int64_t expires_us, refreshed_us, refresh_next_us; /* of the access token */
    int64_t waits, ahead_us;
    bool left_alone; /* a call of this turn has said that no more of them are wanted now */
    char trouble[SHOP_TROUBLE_SIZE];
};

typedef const struct platform *shops_find(const char *name); /* platform_find, but in tests */

/* ---------------------------------------------------------------- the account */

/* -ENOENT: it is no shop of a platform that is known. */
int shops_load(struct office *office, const char *code, shops_find *find, struct shop *ret, struct error *error);

/* The shop's row; -EEXIST with a sentence. platform: as platform_find() knows it. Inside a transaction. */
int shops_add(struct office *office, const char *code, const char *platform, const char *name, struct error *error);

/* How a shop is worked, as a person wants it. Negative numbers and "" leave what is there. -EINVAL with a sentence: the
 * platform takes no prices. Inside a transaction. */
struct shop_rules {
    const char *name, *carrier;
    int64_t poll_s, history_days, offers, buffer, ratio, prices;
};
int shops_set_rules(struct office *office, const char *code, const struct shop_rules *rules, struct error *error);

/* running: from now on, or not any more. -ENOENT with a sentence. Inside a transaction. */
int shops_set_running(struct office *office, const char *code, bool running, struct error *error);

struct shop_account { /* "" leaves what is there */
    const char *platform_shop, *gateway, *app_key, *app_secret, *sign_secret, *push_secret, *sign_method, *place;
};
/* -ENOENT with a sentence. Inside a transaction. */
int shops_set_account(struct office *office, const char *code, const struct shop_account *account, struct error *error);

/* The platform has given these. Whatever stopped the shop may be over. Inside a transaction. */
int shops_set_tokens(struct office *office, const char *code, const struct platform_tokens *tokens,
                     struct error *error);

/* ---------------------------------------------------------------- whose it is */

/* The shop that has waited longest of those that have something to do, and that no other worker has: the worker's for
 * SHOP_LEASE_US. -ENOENT: none has. A transaction of its own. */
int shops_next(struct office *office, const char *worker, char ret_code[SHOP_CODE_SIZE], struct error *error);

/* It is still the worker's, and for another SHOP_LEASE_US. -ESTALE: it is not. A transaction of its own. */
int shops_keep(struct office *office, const char *worker, const char *code, struct error *error);

/* Its turn is over; there is something to do at next_us. keep: the worker goes on with it before others may. */
int shops_rest(struct office *office, const char *worker, const char *code, int64_t next_us, bool keep,
               struct error *error);

/* The worker has no shop any more. A transaction of its own. */
int shops_free(struct office *office, const char *worker, struct error *error);

/* ---------------------------------------------------------------- how it goes */

/* What a call says of the shop as a whole: its clock, whether it wants to be left alone, whether it is well. local_us:
 * our clock in the middle of the call. A transaction of its own, where something is to be written at all. */
int shops_note(struct office *office, struct shop *shop, const struct platform_fault *fault, int64_t local_us,
               struct error *error);

/* A trouble that is not said by a call. */
int shops_set_trouble(struct office *office, struct shop *shop, const char *trouble, const char *said,
                      struct error *error);

/* ---------------------------------------------------------------- what carriers are called */

/* What could not be told for want of it is tried again. -ENOENT with a sentence. Inside a transaction. */
int shops_set_carrier(struct office *office, const char *code, const char *carrier, const char *name,
                      struct error *error);

/* "": nobody has said. */
int shops_carrier_code(struct office *office, const char *code, const char *carrier, char *out, size_t capacity);

#endif
