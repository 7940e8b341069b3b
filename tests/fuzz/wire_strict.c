/* The reader of JSON that came over the network, beside jansson's own: what one takes, the other takes, and it means
 * the same; only numbers with a fraction, and what is nested too deep, are refused here alone. The input is the text.
 */
#include "sync/wire/strict.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <stdbool.h>

static bool is_for_us(json_t *value, int depth)
{
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_real(value) || ((json_is_object(value) || json_is_array(value)) && depth > WIRE_DEPTH_MAX))
        return false;
    bool good = true;
    json_object_foreach(value, key, member)
    {
        good = good && is_for_us(member, depth + 1);
    }
    json_array_foreach(value, i, member)
    {
        good = good && is_for_us(member, depth + 1);
    }
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    CLEANUP_JSON json_t *ours = NULL;
    CLEANUP_JSON json_t *theirs = NULL;
    struct error error = {0};
    int result = wire_strict_parse(text, size, 1 << 16, "a line", &ours, &error);
    CLAIM(result == 0 || (result == -EBADMSG && strstr(error.text, "a line ") == error.text));
    theirs = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    bool wanted = theirs && json_is_object(theirs) && is_for_us(theirs, 1) && !memchr(text, '\0', size);
    CLAIM(wanted == (result == 0));
    CLAIM(!wanted || json_equal(ours, theirs));
    return 0;
}
