/* What platforms that push over HTTP have in common: a signature in a header, and a few members that say what to look
 * at again. Knows no platform. */
#ifndef PLATFORMS_PUSH_H
#define PLATFORMS_PUSH_H

#include "sync/platforms/crypto.h"
#include "sync/platforms/platform.h"
#include "sync/platforms/text_json.h"

/* Whether a header of this name, in any case, has this value and no other. An empty value is never had. */
bool push_has_header(const char *headers, const char *name, const char *value);

/* The value of a header; "" where it is missing, longer than fits, or no UTF-8. */
void push_header(const char *headers, const char *name, char *out, size_t capacity);

/* Whether a header holds Base64 of the HMAC-SHA256 over the body, as shops outside China sign. An empty secret signs
 * nothing. */
bool push_is_signed(const char *headers, const char *name, const char *secret, const char *body, size_t length);

/* The first of these members (ended by NULL) that is there; an id that does not fit is none: a hint may say less. */
void push_take(const json_t *object, const char *const *names, char *out, size_t capacity);

#endif
