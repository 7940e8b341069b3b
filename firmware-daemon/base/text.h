/* Small facts about text: UTF-8, numbers, hex. Does not allocate; knows no locale. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when all of it is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
bool text_is_utf8(const char *text, size_t length);

/* The longest prefix that does not end inside a character; a malformed tail is kept as it is. */
size_t text_whole_utf8(const char *text, size_t length);

/* Decodes one character; returns its length in bytes, 0 at the end or when malformed. */
size_t text_next_utf8(const char *text, size_t length, uint32_t *ret);

/* Encodes one character into out[4]; returns 1 to 4. A surrogate or an over-large value becomes U+FFFD. */
size_t text_put_utf8(char out[4], uint32_t character);

/* A whole decimal number with optional '-', nothing else around it. -EINVAL, or -ERANGE outside [min, max]. */
int text_to_int(const char *text, int64_t min, int64_t max, int64_t *ret);

bool text_all_digits(const char *text, size_t length);

/* Hex digits (either case, blanks skipped) to bytes. -EINVAL on anything else or an odd count, -ENOSPC when too many.
 */
int text_from_hex(const char *text, size_t length, uint8_t *out, size_t capacity, size_t *ret_length);

/* Copies, always terminates, cuts at a character. Returns true when all of it fitted. */
bool text_copy(char *out, size_t capacity, const char *text);
bool text_copy_n(char *out, size_t capacity, const char *text, size_t length);

/* Whether a word stands in a list like "3,8"; "*" lists every word. */
bool text_is_listed(const char *list, const char *word);

/* Whether a word is covered by a list like "orders,order.*": there "*" stands for any letters, also none. */
bool text_is_covered(const char *list, const char *word);

#endif
