/* Rows of what the site knows: asked for page by page, printed as a table for people or as JSON for programs.
 * Does not know what stands in them. */
#ifndef TOOL_ROWS_H
#define TOOL_ROWS_H

#include "tool/command.h"
#include "tool/words.h"

#include <jansson.h>

#define ROWS_PAGE_MAX 500 /* that the daemon gives at once */

/* One page. filters NULL: none; after NULL: the first page. Adds to rows, at most limit of them; *ret_next is to be
 * freed, NULL at the end. A page may hold few rows, or none, and still not be the last. On failure has said why. */
enum exit_code rows_fetch(const char *url, const char *kind, const struct words *filters, int64_t limit,
                          const char *after, json_t *rows, char **ret_next);

/* Page after page, row by row, until there are no more or visit says so: false ends it well. */
enum exit_code rows_visit(const char *url, const char *kind, const struct words *filters,
                          bool (*visit)(void *user, json_t *row), void *user);

/* A column that no row has anything in is left out; there is at least one row. */
void rows_print_table(json_t *rows);
void rows_print_lines(json_t *rows); /* an object each */

/* For one cell of a table, and what stands above it; to be freed. NULL: no memory. */
char *rows_cell(const json_t *value);
char *rows_heading(const char *name);

#endif
