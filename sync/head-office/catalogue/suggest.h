/* What a listing that nobody knows may be, best first, each with its reason: what the same code means in another shop,
 * codes that are the same but for their signs, barcodes but for their zeros, SKUs with a number of pieces behind them,
 * and names whose words are in the title. Reads all items, and changes nothing. */
#ifndef HEAD_OFFICE_SUGGEST_H
#define HEAD_OFFICE_SUGGEST_H

#include "sync/head-office/catalogue/listings.h"

#define SUGGEST_MOST 20

struct suggestion {
    struct listing_meaning meaning;
    int64_t score; /* of 100 */
    char why[300];
};

/* most: up to SUGGEST_MOST. -ENOENT with a sentence: there is no such listing. */
int suggest(struct office *office, const char *shop, const struct listing_seen *seen, size_t most,
            struct suggestion *out, size_t *ret_count, struct error *error);

#endif
