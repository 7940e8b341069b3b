/* Goods that one site has sent to another: the other is told that they come, and the first that they are there. Does
 * not announce what a site shall send: documents.c does. */
#ifndef HEAD_OFFICE_TRANSFERS_H
#define HEAD_OFFICE_TRANSFERS_H

#include "sync/head-office/office.h"

#include <jansson.h>

#define TRANSFER_SITE_MAX 64

/* A site's transfer.shipped becomes a change in the feed of the site it names, its transfer.received one in the feed of
 * the site that had shipped it. ret_to: that site; "" when nobody is to be told. -EINVAL with a sentence when there is
 * no such site, or the event does not say what was sent. Inside a transaction. */
int transfers_pass_on(struct office *office, const char *from, const char *type, const json_t *data,
                      char ret_to[TRANSFER_SITE_MAX], struct error *why);

#endif
