/* What suppliers have announced, what goes from site to site and what customers send back: from the file to the site's
 * feed. Does not follow the work on the floor: projection does. */
#ifndef HEAD_OFFICE_DOCUMENTS_H
#define HEAD_OFFICE_DOCUMENTS_H

#include "sync/head-office/office.h"

struct document_row { /* one line, with what all lines of the document share */
    char number[65], kind[12], partner[65], owner[65], order[65], waybill[65];
    bool blind;
    int64_t over_percent;
    char sku[65], lot[65], expiry[12], sscc[20];
    int64_t quantity;
};

/* One row of a file, a struct document_row. A document that the site has been told already stays as it is, and what the
 * file says of it counts as nothing new. Inside a transaction. */
int documents_put(struct office *office, const char *site, const void *data, int64_t *changed, const char **ret_column,
                  struct error *error);

/* Every document of the site that it has not been told yet goes into its feed. Inside a transaction. */
int documents_send(struct office *office, const char *site, struct error *error);

/* The site is told of a document once more, as the waybill it comes under is known by now. rev: above that of the last
 * time. Inside a transaction. */
int documents_tell_again(struct office *office, const char *number, const char *waybill, int64_t rev,
                         struct error *error);

#endif
