/* The request for waybill numbers that Cainiao began and Pinduoduo took over: one JSON text for up to ten parcels, and
 * rows that come back. Does not know how either of them is called. */
#ifndef PLATFORMS_CLOUD_PRINT_H
#define PLATFORMS_CLOUD_PRINT_H

#include "sync/platforms/connector.h"

#define CLOUD_PRINT_PARCELS 10

struct cloud_print {
    const char *carrier_key; /* what the carrier's code is called: "cp_code" */
    const char *channel;     /* whose orders these are: "TB" */
    const char *user;        /* the shop's number at the platform */
    /* Puts what the platform takes in place of a receiver that it hides into the recipient's object, and the members
     * name, mobile and address's detail. */
    void (*put_receiver)(const struct platform_parcel *parcel, struct buf *out);
};

/* -EINVAL with a sentence: something is missing that it is refused without. */
int cloud_print_write(const struct cloud_print *as, const struct platform_want *want, struct buf *out,
                      struct error *error);

/* The same as the form's one parameter: that is how both are asked. */
int cloud_print_put(const struct cloud_print *as, const struct platform_want *want, struct form *form,
                    struct error *error);

/* The receiver's address: its parts, and this detail. */
void cloud_print_put_address(const struct platform_parcel *parcel, const char *detail, struct buf *out);

/* A row for each parcel that was asked for. One that is not among the modules has RETRY as its fault: asked again with
 * the same key, it gets the same number or the first. */
void cloud_print_read(struct text_reader *reader, const struct platform_want *want, const json_t *modules,
                      struct platform_answer *answer);
size_t cloud_print_count(const json_t *modules); /* of those that have a number */

#endif
