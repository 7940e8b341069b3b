/* Members of the JSON that connectors write and read, where platforms have the same manners. Knows no platform. */
#ifndef PLATFORMS_MEMBERS_H
#define PLATFORMS_MEMBERS_H

#include "sync/platforms/platform.h"
#include "sync/platforms/text_json.h"

/* Nothing where it is empty: platforms take an empty member for a wrong one. */
void json_text_if(struct buf *out, const char *key, const char *text);

/* An id as a number, which many of them insist on: 64 bits go through whole. What is no number stays a text. */
void json_id(struct buf *out, const char *key, const char *id);

/* The JSON that was written, with its members in the order of their bytes at every level. -EINVAL: it is none. */
int json_sorted(const struct buf *written, struct buf *out);

/* The row of an array whose member has this text or number; NULL: there is none. */
const json_t *row_with(const json_t *rows, const char *path, const char *value);

/* The path that something lies at, of two; the other where nothing lies at either. */
const char *either_path(const json_t *object, const char *one, const char *other);

/* Price by quantity. */
int64_t line_gross(struct text_reader *reader, const struct platform_line *line);

/* The lines' paid_minor is made to sum up to this, each by what it was; what does not divide goes to those further
 * down. */
void order_share_paid(struct text_reader *reader, struct platform_order *order, int64_t paid);

/* A receiver whose name, telephone and address come as ciphertext, which is taken for a waybill as it is: an object of
 * the three, in order->sealed; "" where one is missing. sealed_of() reads it again: NULL where there is none, owned by
 * the caller. */
struct sealed_paths {
    const char *name, *phone, *address;
};
void read_sealed(struct text_reader *reader, const json_t *row, const struct sealed_paths *paths,
                 struct platform_order *order);
json_t *sealed_of(const struct platform_parcel *parcel);

/* The end of what is said to live so many seconds from now on; 0: it is not said. */
int64_t read_life(struct text_reader *reader, const json_t *object, const char *path, int64_t now_us);

/* gateway/order/searchList for the method order.searchList */
void put_path(struct buf *url, const char *gateway, const char *method);

/* What a business of China refuses is known by its words alone. Where they say nothing, a write is to be read back
 * (CONFLICT), and a question is asked again (RETRY). */
enum platform_class refusal_class(const struct platform_want *want, const char *message);

#endif
