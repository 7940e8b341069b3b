/* A table for people: as wide as what stands in it. Does not choose what stands there. */
#ifndef TOOL_COLUMNS_H
#define TOOL_COLUMNS_H

#include <stddef.h>

/* Row by row; the last column is not filled up. */
void columns_print(const char *const *cells, size_t columns, size_t rows);

#endif
