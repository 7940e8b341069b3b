/* Goods that one site has sent to another: the other is told that they come. Does not announce what a site shall send:
 * documents.c does. */
#ifndef HEAD_OFFICE_TRANSFERS_H
#define HEAD_OFFICE_TRANSFERS_H

#include "sync/head-office/office.h"

#include <jansson.h>

/* A site's transfer.shipped becomes a change in the feed of the site it names. -EINVAL with a sentence when there is no
 * such site, or the event does not say what was sent. Inside a transaction. */
int transfers_pass_on(struct office *office, const char *from, const json_t *shipped, struct error *why);

#endif
