/* The books: entries of lines whose debits equal their credits, each from one fact and once. What is posted stays as it
 * is; what becomes known later is a new entry. A fact of a month that was closed counts in the first month that is open.
 * Does not know what facts mean: money_post.h does. Amounts are minor units, debits positive, credits negative. */
#ifndef HEAD_OFFICE_LEDGER_H
#define HEAD_OFFICE_LEDGER_H

#include "sync/head-office/business_day.h"
#include "sync/head-office/settings.h"

#define LEDGER_BANK        "1002"
#define LEDGER_PLATFORM    "1012" /* what lies with platforms */
#define LEDGER_RECEIVABLE  "1122" /* what platforms owe */
#define LEDGER_STOCK       "1405"
#define LEDGER_MATERIAL    "1411"
#define LEDGER_SUPPLIERS   "2202"
#define LEDGER_UNINVOICED  "2202.01" /* goods that came, and whose invoice did not */
#define LEDGER_TAX         "2221"
#define LEDGER_CARRIERS    "2241"
#define LEDGER_OPENING     "4001"
#define LEDGER_SALES       "6001"
#define LEDGER_DISCOUNTS   "6001.01"
#define LEDGER_REFUNDS     "6001.02"
#define LEDGER_SALES_TAX   "6001.03"
#define LEDGER_CARRIAGE    "6051"
#define LEDGER_COST        "6401"
#define LEDGER_COST_CHANGE "6401.01"
#define LEDGER_FEES        "6601.01"
#define LEDGER_FREIGHT     "6601.02"
#define LEDGER_PACKAGING   "6601.03"
#define LEDGER_EXCHANGE    "6603.01"
#define LEDGER_ROUNDING    "6603.02"
#define LEDGER_STOCK_GAIN  "6711"
#define LEDGER_BILL_GAIN   "6711.01"

#define LEDGER_TEXT_SIZE 65
#define LEDGER_KEY_SIZE  192

/* What a piece of work with the books needs. Read once for a transaction: a closed month stays closed in it. */
struct books {
    struct office *office;
    struct settings settings;
    char open_from[BUSINESS_PERIOD_SIZE]; /* the first month that is open; "": all are */
    const char *who;                      /* "": head office by itself */
};
int books_open(struct office *office, const char *who, struct books *ret, struct error *error);

/* What a line is about. Text that is NULL is "". */
struct ledger_of {
    const char *order, *sku, *site, *shop, *party;
    int64_t line, quantity;
};

struct ledger_line {
    char account[12], currency[8];
    int64_t amount_minor, base_minor;
    bool base_given;
    char order[LEDGER_TEXT_SIZE], sku[LEDGER_TEXT_SIZE], site[LEDGER_TEXT_SIZE], shop[LEDGER_TEXT_SIZE];
    char party[LEDGER_TEXT_SIZE];
    int64_t line, quantity;
};

/* Made by ledger_begin(), given back by ledger_done(). Texts are borrowed until then. */
struct ledger_entry {
    const char *kind, *key, *order, *note;
    int64_t at_us;
    struct ledger_line *lines;
    size_t count, room;
    bool failed; /* no memory */
};
void ledger_done(struct ledger_entry *entry);
#define CLEANUP_ENTRY CLEANUP(ledger_done)

/* A line of 0 is left out. currency NULL: the base currency. */
void ledger_add(struct books *books, struct ledger_entry *entry, const char *account, const char *currency,
                int64_t amount_minor, const struct ledger_of *of);
/* Of a currency, where it is known what it was worth in the books. */
void ledger_add_base(struct books *books, struct ledger_entry *entry, const char *account, const char *currency,
                     int64_t amount_minor, int64_t base_minor, const struct ledger_of *of);

/* Whether the fact is posted already. */
int ledger_has(struct books *books, const char *key, bool *ret, struct error *error);

/* Writes the entry. Nothing is left over by rates but what rounding makes: it goes to an account of its own. -EEXIST:
 * the fact was posted; -ENOENT: no rate for a currency; -EINVAL: it does not balance. Inside a transaction. */
int ledger_post(struct books *books, struct ledger_entry *entry, struct error *error);

/* The opposite of an entry, as a new one. */
int ledger_reverse(struct books *books, const char *key, const char *new_key, const char *why, struct error *error);

/* No month up to this one takes entries any more. -EALREADY, -EINVAL. */
int ledger_close(struct books *books, const char *period, struct error *error);

/* Base minor units for an amount of that day. -ENOENT with a sentence: there is no rate. */
int ledger_to_base(struct books *books, const char *currency, const char *day, int64_t amount_minor, int64_t *ret,
                   struct error *error);

/* What must always hold; each sentence says one thing that does not. 0 and *ret_wrong == 0: all holds. */
int ledger_check(struct office *office, struct buf *sentences, int64_t *ret_wrong, struct error *error);

#endif
