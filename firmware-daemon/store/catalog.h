/* Master data: what codes mean, items, places, people, boxes, totes. Does not interpret barcodes: see barcode/. */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "store/store.h"

enum code_kind {
    CODE_NONE,
    CODE_ITEM,
    CODE_LOCATION,
    CODE_TOTE,
    CODE_PALLET,
    CODE_BOX,
    CODE_BADGE,
    CODE_WAYBILL,  /* of a parcel that this site has packed */
    CODE_DOCUMENT, /* its number, or the waybill it comes under */
    CODE_SSCC,     /* of a logistic unit that this site does not know yet; no catalogue entry */
    CODE_TEXT      /* anything that is none of the above: a lot, a serial number; no catalogue entry */
};

struct meaning {
    enum code_kind kind;
    int64_t id;
    int64_t factor; /* base units in one scan of it */
};

/* What a code may mean: its text as scanned, and its GTIN in 14 digits ("" when it has none). Writes at most `capacity`
 * different meanings and their number, which may be larger. */
int catalog_find(struct store *store, const char *text, const char *gtin14, struct meaning *meanings, size_t capacity,
                 size_t *ret_count);

/* Of the items among so many meanings, only those of an owner stay. */
int catalog_keep_owner(struct store *store, const char *owner, struct meaning *meanings, size_t *count);

/* The formats of the shop's own numbers (barcode_in_store()), in order. -ENOENT behind the last. */
int catalog_in_store_format(struct store *store, int64_t place, char *out, size_t capacity);
int in_store_format_set(struct store *store, const char *format, bool active);

struct location {
    int64_t id, walk, capacity, load_g, height_mm, item, face_min, face_max, rev; /* as the schema says; 0: none */
    int64_t aisle, block, position_mm;                                            /* -1: not known */
    bool mix_items, mix_lots;
    char code[STORE_CODE_MAX], kind[16], carrier[STORE_CODE_MAX], zone[STORE_CODE_MAX], wall[STORE_CODE_MAX];
    char hazards[STORE_CODE_MAX], abc[2];
};
int location_load(struct store *store, int64_t id, struct location *ret);
/* The places of a kind: their number, and the first along the walk (0: there is none). */
int location_count(struct store *store, const char *kind, int64_t *ret_count, int64_t *ret_first);
int location_find(struct store *store, const char *code, int64_t *ret);

/* How far the places reach whose coordinates are known; -1: none is. */
struct floor_reach {
    int64_t aisle, block, position_mm;
};
int location_reach(struct store *store, struct floor_reach *ret);

struct item {
    int64_t id, weight_g, volume_ml, height_mm, life_in_days, life_out_days, rev;
    int64_t cost_minor; /* of one piece; 0: not known */
    bool lots, expires, by_weight;
    char serials[8]; /* none, out, all */
    char sku[STORE_CODE_MAX], name[STORE_NAME_MAX], owner[STORE_CODE_MAX], hazard[16], abc[2], box[STORE_CODE_MAX];
};
int item_load(struct store *store, int64_t id, struct item *ret);
int item_find(struct store *store, const char *sku, int64_t *ret);
/* Of those that stand on one piece of it, the longest; "" when there is none. */
int item_barcode(struct store *store, int64_t id, char *out, size_t capacity);

struct worker {
    int64_t id;
    char code[STORE_CODE_MAX], name[STORE_NAME_MAX], role[16];
    char language[3]; /* en, zh; "": not chosen. worker_upsert() leaves it as it is */
    bool active;
};
int worker_find(struct store *store, const char *code, int64_t *ret);        /* -ENOENT */
int worker_find_badge(struct store *store, const char *badge, int64_t *ret); /* -ENOENT */
int worker_load(struct store *store, int64_t id, struct worker *ret);
int worker_set_language(struct store *store, int64_t worker, const char *language);

int box_code(struct store *store, int64_t box, char *out, size_t capacity);

/* Whole current values from head office (or an import): the newest revision wins, an older one changes nothing.
 * -EEXIST when a code that must be unique belongs to another. */
int item_upsert(struct store *store, const struct item *item);
int location_upsert(struct store *store, const struct location *location);
int worker_upsert(struct store *store, const struct worker *worker, const char *badge, int64_t rev);
int barcode_upsert(struct store *store, const char *code, int64_t item, int64_t factor);
int barcode_propose(struct store *store, const char *code, int64_t item, int64_t factor); /* good here until refused */
int barcode_drop(struct store *store, const char *code, int64_t item);
int box_upsert(struct store *store, const char *code, const char *name, int64_t weight_g, int64_t rev);

#endif
