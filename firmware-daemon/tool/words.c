#include "tool/words.h"

#include <errno.h>
#include <string.h>

int words_pairs(char *const *words, size_t count, struct words *ret, struct error *error)
{
    ret->count = 0;
    if (count > WORDS_PAIRS_MAX)
        return error_set(error, -E2BIG, "more than %d words", WORDS_PAIRS_MAX);
    for (size_t i = 0; i < count; i++) {
        char *equals = strchr(words[i], '=');
        if (!equals || equals == words[i])
            return error_set(error, -EINVAL, "\"%s\" is no NAME=VALUE", words[i]);
        *equals = '\0';
        ret->pairs[2 * i] = words[i];
        ret->pairs[2 * i + 1] = equals + 1;
        ret->count++;
    }
    return 0;
}
