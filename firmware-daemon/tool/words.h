/* NAME=VALUE words of a command. Does not know which names there are. */
#ifndef TOOL_WORDS_H
#define TOOL_WORDS_H

#include "base/error.h"

#include <stddef.h>

#define WORDS_PAIRS_MAX 64

struct words {
    const char *pairs[2 * WORDS_PAIRS_MAX]; /* name, value, name, value … */
    size_t count;                           /* of pairs */
};

/* Cuts the words at their first "="; they are borrowed. -EINVAL: a word without one, -E2BIG. */
int words_pairs(char *const *words, size_t count, struct words *ret, struct error *error);

#endif
