/* The database that a configuration names, and the key that its receivers are sealed with. */
#ifndef SITE_STORE_H
#define SITE_STORE_H

#include "config.h"
#include "store/store.h"

/* The caller closes the store before it frees the key. */
int site_store_open(sd_event *event, const struct site_config *config, struct seal **ret_seal, struct store **ret,
                    struct error *error);

#endif
