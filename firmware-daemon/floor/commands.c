#include "floor/commands.h"

#include "base/cleanup.h"

#include <string.h>

const struct command_words *command_words(const char *name)
{
#define X(name, en, zh, sheet) {name, en, zh, sheet},
    static const struct command_words table[] = {COMMANDS(X)};
#undef X
    for (size_t i = 0; i < COUNT(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}
