/* What connectors share: status and error tables, pages, windows, rows, receivers that are hidden. Knows no platform.
 */
#ifndef PLATFORMS_CONNECTOR_H
#define PLATFORMS_CONNECTOR_H

#include "sync/platforms/form.h"
#include "sync/platforms/platform.h"
#include "sync/platforms/text_json.h"

/* ---------------------------------------------------------------- tables */

/* Ended by a status of NULL. */
struct status_row {
    const char *status;
    enum platform_state state;
    unsigned overlays; /* enum platform_overlay */
};
/* By order->status. One that is not in the table is UNPAID and HOLD: whoever looks at either of them does not ship. */
void status_take(const struct status_row *table, struct platform_order *order);
const struct status_row *status_find(const struct status_row *table, const char *status); /* NULL: it is not there */

/* Ended by a name of NULL. */
struct word_row {
    const char *name;
    int value;
};
int word_find(const struct word_row *table, const char *name, int otherwise);

/* Codes from .. to; ended by from 0 and to 0. */
struct code_row {
    int64_t from, to;
    enum platform_class class;
};
/* A code that is not in the table is RETRY: a write is then read back before it is repeated. */
enum platform_class code_find(const struct code_row *table, const char *code);

/* Parts of a text; the first that is in it. Ended by a part of NULL. */
struct part_row {
    const char *part;
    enum platform_class class;
};
enum platform_class part_find(const struct part_row *table, const char *text, enum platform_class otherwise);

/* ---------------------------------------------------------------- pages */

/* Rows are numbered in pages, and a row that is modified meanwhile leaves the window, so that those behind it move up.
 * Read forwards, one of them would move from a page that is to come into one that was read, and be lost. So the first
 * page is asked for the number of all, and then pages are read from the last to the first: what moves up is read twice.
 * Where a platform does not tell the number, it is read forwards by has_next ("+N" in the cursor). */
struct page {
    int64_t number; /* counted from 1 */
    bool first, forward;
};
int page_of(const char *cursor, struct page *ret, struct error *error); /* -EINVAL: it is no cursor of ours */
/* total 0: not told. -EBADMSG: there cannot be so many. */
int page_on(const struct page *page, int64_t total, size_t rows, bool has_next, int page_size,
            char cursor[PLATFORM_CURSOR_SIZE], struct error *error);

/* The window in whole seconds, both ends included; what was modified within the last second is read once more with the
 * next window. -EINVAL with a sentence: it is empty, or wider than max_s. */
int window_of(const struct platform_want *want, int64_t max_s, int64_t *ret_from_s, int64_t *ret_to_s,
              struct error *error);

/* ---------------------------------------------------------------- rows */

#define CARRIERS_MAX 2000

/* Zeroed, and count of them in the answer. NULL with the reader's result set: no memory, or more than max. */
void *rows_new(struct text_reader *reader, struct platform_answer *answer, size_t count, size_t max, size_t size);
/* The same for an order's lines. false: there are none to fill. */
bool lines_new(struct text_reader *reader, struct platform_order *order, size_t count);
void order_keep_raw(struct text_reader *reader, struct platform_order *order, const json_t *row);

/* When something ends that is good for so many seconds from now, or until a moment; 0: neither is said. */
int64_t read_end(struct text_reader *reader, const json_t *object, int64_t now_us, const char *seconds,
                 const char *moment);

/* Overlays of the lines that are those of the order, too: REFUNDING by any, REFUNDED by all. An order without lines is
 * on HOLD: nobody knows what to pick. */
void order_take_lines(struct platform_order *order);

/* "", or with stars in it, or ciphertext between tildes: nothing that a label could be made of. */
bool is_hidden(const char *text);

#endif
