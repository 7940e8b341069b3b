/* Reads what a platform answers, with every number kept as the text it was written as: an id of 19 digits and an amount
 * of 19.9 come through exactly. Knows no platform; never puts money through a float. */
#ifndef PLATFORMS_TEXT_JSON_H
#define PLATFORMS_TEXT_JSON_H

#include "base/cleanup.h"
#include "base/decimal.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_JSON_MAX       ((size_t)8 << 20) /* bytes of one answer */
#define TEXT_JSON_DEPTH_MAX 512               /* objects and arrays inside each other */

/* An object or array, every number in it as a string. What is no UTF-8, half a surrogate pair or a NUL character
 * becomes U+FFFD: platforms cut titles in the middle of a character, and an order is not lost for that. -EMSGSIZE: too
 * long; -EBADMSG with a sentence: no JSON, cut short, nested too deep. */
int text_json_load(const char *text, size_t length, json_t **ret, struct error *error);

static inline void text_json_done(json_t **json)
{
    json_decref(*json);
}
#define CLEANUP_TEXT_JSON CLEANUP(text_json_done)

/* What lies at "data.items" below the object, NULL where a part of it is missing or null. */
const json_t *text_json_at(const json_t *object, const char *path);

/* The text or number at a path; "" where it is missing, null or no text. true and false are "true" and "false". */
const char *text_json_text(const json_t *object, const char *path);

/* true, "true", and numbers other than 0. */
bool text_json_true(const json_t *object, const char *path);

/* ---------------------------------------------------------------- reading a row */

/* The first thing that could not be read stays in it, and everything after is read as if it were missing: a row is read
 * without looking, and the result once at its end. */
struct text_reader {
    struct error *error;
    int result; /* 0 or -EBADMSG */
};

/* Each reads the member at path. What is missing, null or "" is 0, or "". */
void read_text(struct text_reader *reader, const json_t *object, const char *path, char *out,
               size_t capacity); /* cut at a character where it is too long */
void read_id(struct text_reader *reader, const json_t *object, const char *path, char *out,
             size_t capacity); /* too long is an error; "0" is none */
int64_t read_yuan(struct text_reader *reader, const json_t *object, const char *path);       /* in fen */
int64_t read_yuan_float(struct text_reader *reader, const json_t *object, const char *path); /* decimal_near_minor() */
int64_t read_fen(struct text_reader *reader, const json_t *object, const char *path);
int64_t read_whole(struct text_reader *reader, const json_t *object, const char *path); /* a count, a code */
int64_t read_time(struct text_reader *reader, const json_t *object, const char *path);  /* as text_to_time() does */
void read_required(struct text_reader *reader, const char *text, const char *name);     /* "" is an error */

#define READ_TEXT(reader, object, path, out) read_text(reader, object, path, out, sizeof(out))
#define READ_ID(reader, object, path, out)   read_id(reader, object, path, out, sizeof(out))

/* ---------------------------------------------------------------- texts */

/* A time as platforms write it, to UTC microseconds: "2024-06-01 08:11:41" is China's time (UTC+8), with or without
 * milliseconds behind it; 10 digits are seconds since 1970, 13 milliseconds. 0, and what is before 1970, is 0: not
 * said. -EINVAL: it is none of them. */
int text_to_time(const char *text, int64_t *ret);

#define TEXT_TIME_SIZE 20
void time_to_text(int64_t utc_us, char out[TEXT_TIME_SIZE]); /* "2024-06-01 08:11:41", UTC+8 */

#endif
