/* Codes that floors have named (alias.proposed): each is good at its own site until head office says yes, and every
 * site knows it, or no, and the site forgets it. */
#ifndef HEAD_OFFICE_PROPOSALS_H
#define HEAD_OFFICE_PROPOSALS_H

#include "sync/head-office/office.h"

/* A site's event of it; time as the event has it. Inside a transaction. */
struct proposal {
    const char *site, *code, *sku, *supervisor, *time;
    int64_t factor;
};
int proposals_take(struct sql *sql, const struct proposal *proposal);

/* Yes: the code means that everywhere, and what other sites took it for is refused. -ENOENT: it is not open there, or
 * there is no such item; -EEXIST: the code means something else already. With a sentence. Inside a transaction. */
int proposals_accept(struct office *office, const char *site, const char *code, const char *who, struct error *error);

/* No. -ENOENT with a sentence. Inside a transaction. */
int proposals_refuse(struct office *office, const char *site, const char *code, const char *who, struct error *error);

#endif
