/* Items, barcodes, locations and workers: head office's master data, and the changes that carry them to the sites.
 * Does not read files and does not check the form of single values: import does. */
#ifndef HEAD_OFFICE_CATALOGUE_H
#define HEAD_OFFICE_CATALOGUE_H

#include "base/option.h"
#include "sync/head-office/office.h"

#define CATALOGUE_CODE_SIZE 65 /* SKUs, barcodes, locations, carriers, people */
#define CATALOGUE_NAME_SIZE 257

struct item {
    char sku[CATALOGUE_CODE_SIZE];
    char name[CATALOGUE_NAME_SIZE];
    int64_t weight_g;
    char gtin[CATALOGUE_CODE_SIZE]; /* "" for none; it becomes a barcode */
    char attributes[1024];          /* JSON members, from the columns below */
    /* what sites must know of it beside that: item_columns tells each */
    int64_t volume_ml, height_mm, life_in_days, life_out_days, cost_minor;
    bool lots, expires, by_weight;
    char owner[CATALOGUE_CODE_SIZE], hazard[16], serials[8], abc[2], box[CATALOGUE_CODE_SIZE];
};

struct barcode {
    char code[CATALOGUE_CODE_SIZE];
    char kind[8];                   /* item, tote, box */
    char sku[CATALOGUE_CODE_SIZE];  /* item only */
    int64_t factor;                 /* item only; 0 stands for 1 */
    int64_t weight_g;               /* box only */
    char name[CATALOGUE_NAME_SIZE]; /* box only */
};

struct location {
    char code[CATALOGUE_CODE_SIZE];
    char kind[16];
    int64_t walk;
    char carrier[CATALOGUE_CODE_SIZE]; /* gate only; "" for any */
    char attributes[1024];
    int64_t aisle, block, position_mm, height_mm, capacity, load_g, face_min, face_max;
    bool mix_items, mix_lots;
    char zone[CATALOGUE_CODE_SIZE], wall[CATALOGUE_CODE_SIZE], hazards[64], item[CATALOGUE_CODE_SIZE], abc[2];
};

/* The columns of their files. Those after the first four are attributes: the sites' floors know what they mean. */
extern const struct option_def item_columns[], location_columns[];

struct worker {
    char worker[CATALOGUE_CODE_SIZE];
    char name[CATALOGUE_NAME_SIZE];
    char badge[CATALOGUE_CODE_SIZE];
    char role[16];
};

/* Each stores a row when it is new or says something new, appends the change to the feeds it concerns and then counts
 * one up in changed. On a fault ret_column may name the column the sentence is about. Inside a transaction. */
int catalogue_put_item(struct office *office, const char *site, const void *row, int64_t *changed,
                       const char **ret_column, struct error *error);
int catalogue_put_barcode(struct office *office, const char *site, const void *row, int64_t *changed,
                          const char **ret_column, struct error *error);
int catalogue_put_location(struct office *office, const char *site, const void *row, int64_t *changed,
                           const char **ret_column, struct error *error);
int catalogue_put_worker(struct office *office, const char *site, const void *row, int64_t *changed,
                         const char **ret_column, struct error *error);

/* The worker's badge is good no more: every site is told. An import that names the worker makes it good again. -ENOENT
 * with a sentence. Inside a transaction. */
int catalogue_revoke_worker(struct office *office, const char *number, struct error *error);
/* A PIN for the boxes' pages and for letting things pass: every site gets its hash, and forgets wrong tries. -EINVAL,
 * -ENOENT. */
int catalogue_set_pin(struct office *office, const char *number, const char *pin, struct error *error);

/* For a site that is new: every item, barcode and worker into its feed. */
int catalogue_send_all(struct office *office, const char *site);

bool catalogue_has_item(struct sql *sql, const char *sku);

#endif
