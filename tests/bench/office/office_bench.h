/* What the parts of floorhand-office-bench share: the pages that a platform would answer with, and the head office that
 * takes them. Measures nothing by itself. */
#ifndef TESTS_BENCH_OFFICE_H
#define TESTS_BENCH_OFFICE_H

#include "base/buf.h"
#include "sync/head-office/office.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE_ORDERS     100 /* of a page of WooCommerce */
#define LINES_PER_ORDER 2
#define ITEMS           1000 /* that are known */
#define HOT_ITEMS       10   /* that everybody wants */
#define SITES           2

static inline void must(int result, const char *what)
{
    if (result == 0)
        return;
    fprintf(stderr, "error: the bench cannot go on: %s (%d)\n", what, result);
    exit(1);
}

#define TEXT_SIZE 64
void shop_name(int number, char out[TEXT_SIZE]); /* from 0 */
void item_name(int64_t number, char out[TEXT_SIZE]);
void promise_name(int64_t number, char out[TEXT_SIZE]); /* of an order that is to be promised */

/* Pages of a shop's orders, all of them paid, as WooCommerce writes them; made before anything is timed. */
struct pages {
    struct buf *list;
    int64_t count;
};
void pages_make(struct pages *pages, int shop, int64_t orders);
void pages_done(struct pages *pages);

/* Says "ready" and waits for a line of standard input: several players begin at once. Returns the time. */
int64_t wait_for_start(void);
/* Since then, as one JSON object. */
void print_result(int64_t start_us, int64_t count);

/* Opens head office's database; ends the program where it cannot. */
void bench_open(const char *path, struct office *ret);

/* Sites, items, running shops and their listings; orders that wait to be promised, each of one piece of a hot item. */
void office_fill(const char *path, int shops, int64_t promises);

/* Takes what the shops' pages hold in as `shops run` does, but from memory; ends when all of it is here. Several may
 * work beside each other. */
int orders_ours(const char *path, int shops, int64_t orders, const char *worker);
/* Parses the pages of one shop and writes the same rows, a page a transaction. posted: does not wait for each row. */
int orders_bare(const char *path, int shop, int64_t orders, bool posted);

/* Of the orders that wait every step-th, beginning with the first, per_commit in a transaction. */
struct share {
    int64_t first, step, orders;
    int per_commit;
};
int promises_ours(const char *path, const struct share *share);
/* Subtracts from a counter where enough is left, and writes the promise beside it. whole: also the state of the order
 * and its history. */
int promises_bare(const char *path, const struct share *share, bool whole);
/* Checks and promises whatever waits, as serve does. */
int promises_audit(const char *path);

/* Commits each message of the broker as a row and calls the URL with it. */
int chain_run(int port, const char *path, const char *url);

#endif
