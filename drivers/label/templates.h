/* The labels a site prints, each from plain data: shipping label, manifest list, code label.
 * Does not know orders or where the data comes from; what it is given it prints or refuses. */
#ifndef LABEL_TEMPLATES_H
#define LABEL_TEMPLATES_H

#include "drivers/label/label.h"

#include <jansson.h>

/* Every text below is borrowed for the call. NULL or "" is left out, unless it is marked as needed. */

#define SHIPPING_ITEMS_MAX 32

struct shipping_item {
    const char *sku, *name;
    int64_t quantity;
};

/* 100 by 150 mm. */
struct shipping_label {
    const char *waybill, *carrier, *order;        /* needed */
    const char *receiver_name, *receiver_address; /* needed */
    const char *receiver_phone;                   /* printed as 138****1234 */
    const char *sort_code, *sender_name;
    const char *qr; /* what its QR code says; else the waybill */
    int64_t copy;   /* from 2 on the label says that it is a copy */
    struct shipping_item items[SHIPPING_ITEMS_MAX];
    size_t item_count;  /* of .items */
    size_t item_total;  /* of the order, perhaps more */
    int64_t unit_total; /* sum of the order's quantities */
};
int shipping_label_draw(const struct shipping_label *data, int64_t dpi, struct label **ret, struct error *error);

#define MANIFEST_PARCELS_MAX 1000

struct manifest_parcel {
    const char *waybill, *order;
};

/* As many pages of 100 by 150 mm as it takes. */
struct manifest_label {
    const char *manifest, *carrier; /* needed */
    const char *gate, *closed_at;
    const struct manifest_parcel *parcels;
    size_t parcel_count;
    int64_t count; /* of parcels, as the manifest says */
};
int manifest_label_draw(const struct manifest_label *data, int64_t dpi, struct label **ret, struct error *error);

/* 60 by 40 mm: a location, a badge, a command. A Code 128 when it can carry the code, else a QR code. */
struct code_label {
    const char *code; /* needed */
    const char *caption_en, *caption_zh;
};
int code_label_draw(const struct code_label *data, int64_t dpi, struct label **ret, struct error *error);

/* A template as the print queue names it. The errors of the builders (label.h) apply. */
struct label_template {
    const char *name;
    int (*from_json)(const json_t *data, int64_t dpi, struct label **ret, struct error *error);
};
extern const struct label_template label_templates[]; /* ends with a name of NULL */

/* Draws a stored print job: a template's name and its data as a JSON object. -ENOENT unknown template, -EINVAL when the
 * data is not such an object or a needed field is missing; the sentence names it. */
int label_from_json(const char *template_name, const char *json, size_t length, int64_t dpi, struct label **ret,
                    struct error *error);

/* "13812341234" becomes "138****1234"; an extension ("-1234") stays, because the courier must dial it. */
#define MASKED_PHONE_SIZE 40
void label_mask_phone(const char *phone, char out[MASKED_PHONE_SIZE]);

#endif
