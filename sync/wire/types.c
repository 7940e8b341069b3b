#include "sync/wire/types.h"

#include "base/cleanup.h"

#include <stdbool.h>
#include <string.h>

struct meaning {
    const char *name, *text;
};

const char *wire_type_meaning(const char *name)
{
#define MEANING(name, text) {name, text},
    static const struct meaning meanings[] = {WIRE_EVENTS(MEANING) WIRE_CHANGES(MEANING)};
#undef MEANING
    for (size_t i = 0; i < COUNT(meanings); i++)
        if (strcmp(meanings[i].name, name) == 0)
            return meanings[i].text;
    return NULL;
}

const char *wire_type_name(const char *type, size_t *ret_length)
{
    static const char before[] = "io.floorhand.", after[] = ".v1";
    size_t length = strlen(type), fixed = strlen(before) + strlen(after);
    bool ours = length > fixed && strncmp(type, before, strlen(before)) == 0 &&
                strcmp(type + length - strlen(after), after) == 0;
    *ret_length = ours ? length - fixed : length;
    return ours ? type + strlen(before) : type;
}
