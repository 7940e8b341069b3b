#include "tool/columns.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Places on a terminal, as near as a table needs: what East Asian fonts draw as a square takes two. */
static int width_of(const char *text)
{
    int width = 0;
    size_t length = strlen(text), used;
    uint32_t character;
    for (; (used = text_next_utf8(text, length, &character)) > 0; text += used, length -= used)
        width += 1 + ((character >= 0x1100 && character <= 0x115F) || (character >= 0x2E80 && character <= 0xA4CF) ||
                      (character >= 0xAC00 && character <= 0xD7A3) || (character >= 0xF900 && character <= 0xFAFF) ||
                      (character >= 0xFE30 && character <= 0xFE4F) || (character >= 0xFF00 && character <= 0xFF60) ||
                      (character >= 0x20000 && character <= 0x3FFFD));
    return width + (int)length; /* a byte that is no character */
}

void columns_print(const char *const *cells, size_t columns, size_t rows)
{
    CLEANUP(cleanup_free) int *widths = calloc(columns, sizeof(*widths));
    for (size_t i = 0; widths && i < rows * columns; i++)
        if (width_of(cells[i]) > widths[i % columns])
            widths[i % columns] = width_of(cells[i]);
    for (size_t i = 0; widths && i < rows * columns; i++) {
        bool last = i % columns == columns - 1;
        printf("%s%*s", cells[i], last ? 0 : widths[i % columns] - width_of(cells[i]) + 2, "");
        if (last)
            putchar('\n');
    }
}
