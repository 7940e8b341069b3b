/* What somebody hears who asked for something that is no scan. Does not send it. */
#ifndef FLOORHAND_DONE_ANSWER_H
#define FLOORHAND_DONE_ANSWER_H

#include "floor/event.h"

/* What was done, as the value of the word that says what was asked: {"imported": "stock", "text": {...}}; or
 * {"error": {"message", "code", "text"}}. */
void done_answer_write(const struct effect *effect, const char *done, const char *what, struct buf *json);

#endif
