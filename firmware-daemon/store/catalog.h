/* Master data: what codes mean, items, places, people, boxes, totes. Does not interpret barcodes: see barcode/. */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "store/store.h"

enum code_kind { CODE_NONE, CODE_ITEM, CODE_LOCATION, CODE_TOTE, CODE_BOX, CODE_BADGE, CODE_WAYBILL };

struct meaning {
    enum code_kind kind;
    int64_t id;
    int64_t factor; /* base units in one scan of it */
};

/* What a code may mean: its text as scanned, and its GTIN in 14 digits ("" when it has none). Writes at most `capacity`
 * different meanings and their number, which may be larger. */
int catalog_find(struct store *store, const char *text, const char *gtin14, struct meaning *meanings, size_t capacity,
                 size_t *ret_count);

struct location {
    int64_t id;
    char code[STORE_CODE_MAX], kind[16], carrier[STORE_CODE_MAX];
};
int location_load(struct store *store, int64_t id, struct location *ret);
int location_find(struct store *store, const char *code, int64_t *ret);

struct item {
    int64_t id, weight_g;
    char sku[STORE_CODE_MAX], name[STORE_NAME_MAX];
};
int item_load(struct store *store, int64_t id, struct item *ret);
int item_find(struct store *store, const char *sku, int64_t *ret);

int lot_code(struct store *store, int64_t id, char *out, size_t capacity);

struct worker {
    int64_t id;
    char code[STORE_CODE_MAX], name[STORE_NAME_MAX], role[16];
    bool active;
};
int worker_find(struct store *store, const char *code, int64_t *ret); /* -ENOENT */
int worker_load(struct store *store, int64_t id, struct worker *ret);

struct lpn {
    int64_t id, location, order;
    char code[STORE_CODE_MAX];
};
int lpn_load(struct store *store, int64_t id, struct lpn *ret);
int lpn_assign(struct store *store, int64_t lpn, int64_t order); /* 0: to nobody */

/* The plate that stands for a worker's hands; made on first use. */
int lpn_of_hand(struct store *store, const char *worker_code, int64_t *ret);
int lpn_of_parcel(struct store *store, int64_t order, const char *order_number, int64_t *ret);

int box_code(struct store *store, int64_t box, char *out, size_t capacity);

/* Whole current values from head office (or an import): the newest revision wins, an older one changes nothing.
 * -EEXIST when a code that must be unique belongs to another. */
int item_upsert(struct store *store, const char *sku, const char *name, int64_t weight_g, int64_t rev);
int location_upsert(struct store *store, const char *code, const char *kind, int64_t walk, const char *carrier,
                    int64_t rev);
int worker_upsert(struct store *store, const struct worker *worker, const char *badge, int64_t rev);
int barcode_upsert(struct store *store, const char *code, int64_t item, int64_t factor);
int box_upsert(struct store *store, const char *code, const char *name, int64_t weight_g, int64_t rev);
int tote_upsert(struct store *store, const char *code);

#endif
