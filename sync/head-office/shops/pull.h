/* Reading what is new at a platform: windows of the time in which orders and refunds were modified there, each a little
 * into the one before, page by page. What is read is stored at once; how far all of it has been read is moved only when
 * a whole window is stored, so whatever breaks off is read once more, and does nothing twice. Does not understand what
 * it reads: platform_orders and refunds do. */
#ifndef HEAD_OFFICE_PULL_H
#define HEAD_OFFICE_PULL_H

#include "sync/head-office/shops/shop_call.h"

enum pull_kind { PULL_ORDERS, PULL_REFUNDS, PULL_KINDS };

/* A window on its way. */
struct pull_window {
    bool open;
    int64_t mark_us;        /* how far it had been read before; 0: never looked at yet */
    int64_t from_us, to_us; /* by the platform's clock */
    int64_t step_us;        /* how far the mark is to move at once: halved where there is too much; 0: as advised */
    char cursor[PLATFORM_CURSOR_SIZE];
    int pages, failures;
};

/* What a program remembers of a shop between two turns. */
struct pull {
    struct pull_window windows[PULL_KINDS];
};

struct pull_done {
    int64_t calls, rows, new, changed, not_taken;
    bool more; /* at once */
};

/* Up to so many calls. What the platform says against it is written beside the mark, and is no error here. */
int pull_turn(struct shop_worker *worker, struct shop *shop, struct pull *pull, enum pull_kind kind, int64_t most,
              struct pull_done *done, struct error *error);

/* Asks for single orders that should be looked at once more. */
int pull_again(struct shop_worker *worker, struct shop *shop, int64_t most, struct pull_done *done,
               struct error *error);

/* When there is something to read next. */
int pull_next_us(struct office *office, const struct shop *shop, int64_t *ret, struct error *error);

/* The whole history is to be read once more, from so long before now. Inside a transaction. */
int pull_from(struct office *office, const char *shop, int64_t from_us, struct error *error);

#endif
