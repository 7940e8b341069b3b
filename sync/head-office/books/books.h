/* The books: entries of lines whose debits equal their credits, each from one fact and once. What is posted stays as it
 * is; what becomes known later is a new entry. A fact of a month that was closed counts in the first month that is
 * open. Does not know what facts mean: money_post.h does. Amounts are minor units, debits positive, credits negative.
 */
#ifndef HEAD_OFFICE_BOOKS_H
#define HEAD_OFFICE_BOOKS_H

#include "sync/head-office/business_day.h"
#include "sync/head-office/settings.h"

#define BOOKS_BANK        "1002"
#define BOOKS_PLATFORM    "1012" /* what lies with platforms */
#define BOOKS_RECEIVABLE  "1122" /* what platforms owe */
#define BOOKS_STOCK       "1405"
#define BOOKS_MATERIAL    "1411"
#define BOOKS_SUPPLIERS   "2202"
#define BOOKS_UNINVOICED  "2202.01" /* goods that came, and whose invoice did not */
#define BOOKS_TAX         "2221"
#define BOOKS_CARRIERS    "2241"
#define BOOKS_OPENING     "4001"
#define BOOKS_SALES       "6001"
#define BOOKS_DISCOUNTS   "6001.01"
#define BOOKS_REFUNDS     "6001.02"
#define BOOKS_SALES_TAX   "6001.03"
#define BOOKS_CARRIAGE    "6051"
#define BOOKS_COST        "6401"
#define BOOKS_COST_CHANGE "6401.01"
#define BOOKS_FEES        "6601.01"
#define BOOKS_FREIGHT     "6601.02"
#define BOOKS_PACKAGING   "6601.03"
#define BOOKS_EXCHANGE    "6603.01"
#define BOOKS_ROUNDING    "6603.02"
#define BOOKS_STOCK_GAIN  "6711"
#define BOOKS_BILL_GAIN   "6711.01"

#define BOOKS_TEXT_SIZE 65
#define BOOKS_KEY_SIZE  192

/* What a piece of work with the books needs. Read once for a transaction: a closed month stays closed in it. */
struct books {
    struct office *office;
    struct settings settings;
    char open_from[BUSINESS_PERIOD_SIZE]; /* the first month that is open; "": all are */
    const char *who;                      /* "": head office by itself */
};
int books_open(struct office *office, const char *who, struct books *ret, struct error *error);

/* What a line is about. Text that is NULL is "". */
struct books_of {
    const char *order, *sku, *site, *shop, *party;
    int64_t line, quantity;
};

struct books_line {
    char account[12], currency[8];
    int64_t amount_minor, base_minor;
    bool base_given;
    char order[BOOKS_TEXT_SIZE], sku[BOOKS_TEXT_SIZE], site[BOOKS_TEXT_SIZE], shop[BOOKS_TEXT_SIZE];
    char party[BOOKS_TEXT_SIZE];
    int64_t line, quantity;
};

/* Made by books_begin(), given back by books_done(). Texts are borrowed until then. */
struct books_entry {
    const char *kind, *key, *order, *note;
    int64_t at_us;
    struct books_line *lines;
    size_t count, room;
    bool failed; /* no memory */
};
void books_done(struct books_entry *entry);
#define CLEANUP_ENTRY CLEANUP(books_done)

/* A line of 0 is left out, but for pieces that are worth nothing. currency NULL: the base currency. */
void books_add(struct books *books, struct books_entry *entry, const char *account, const char *currency,
               int64_t amount_minor, const struct books_of *of);
/* Of a currency, where it is known what it was worth in the books. */
void books_add_base(struct books *books, struct books_entry *entry, const char *account, const char *currency,
                    int64_t amount_minor, int64_t base_minor, const struct books_of *of);

/* Whether the fact is posted already. */
int books_has(struct books *books, const char *key, bool *ret, struct error *error);

/* Writes the entry. Nothing is left over by rates but what rounding makes: it goes to an account of its own. -EEXIST:
 * the fact was posted; -ENOENT: no rate for a currency; -EINVAL: it does not balance. Inside a transaction. */
int books_post(struct books *books, struct books_entry *entry, struct error *error);

/* The opposite of an entry, as a new one. */
int books_reverse(struct books *books, const char *key, const char *new_key, const char *why, struct error *error);

/* No month up to this one takes entries any more. -EALREADY, -EINVAL. */
int books_close(struct books *books, const char *period, struct error *error);

/* Base minor units for an amount of that day. -ENOENT with a sentence: there is no rate. */
int books_to_base(struct books *books, const char *currency, const char *day, int64_t amount_minor, int64_t *ret,
                  struct error *error);

/* What must always hold; each sentence says one thing that does not. 0 and *ret_wrong == 0: all holds. */
int books_check(struct office *office, struct buf *sentences, int64_t *ret_wrong, struct error *error);

#endif
