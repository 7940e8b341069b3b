/* Writes JSON into a buf, with no allocation of its own. Does not parse: jansson does. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

#include <stdint.h>

/* Commas are placed by looking at the last byte written, so a writer needs no state: open, put, close.
 * A key of NULL writes an element of an array (or the whole document). Text that is not UTF-8 has each wrong byte
 * replaced by U+FFFD. */
void json_open_object(struct buf *buf, const char *key);
void json_close_object(struct buf *buf);
void json_open_array(struct buf *buf, const char *key);
void json_close_array(struct buf *buf);
void json_text(struct buf *buf, const char *key, const char *text); /* NULL text writes null: the way to write one,
                                                                        json_null() being a function of jansson's */
void json_text_n(struct buf *buf, const char *key, const char *text, size_t length);
void json_int(struct buf *buf, const char *key, int64_t value);
void json_bool(struct buf *buf, const char *key, bool value);
void json_words(struct buf *buf, const char *key, const char *en, const char *zh); /* {"en", "zh"} */
void json_raw(struct buf *buf, const char *key, const char *json);                 /* json is a complete value */

#endif
