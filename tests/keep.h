/* Keeps what a test has written for tests/unit/test_members.py, in the folder $JOURNALS; without one it does nothing.
 */
#ifndef TESTS_KEEP_H
#define TESTS_KEEP_H

#include "base/sql.h"

#include <stdio.h>
#include <stdlib.h>

/* Adds a line to $JOURNALS/NAME. */
static inline void keep_line(const char *name, const char *line, size_t length)
{
    char path[512];
    const char *folder = getenv("JOURNALS");
    if (!folder)
        return;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "ae");
    if (!file)
        abort();
    fprintf(file, "%.*s\n", (int)length, line);
    fclose(file);
}

/* Adds every line that a database has; sql selects them. */
static inline void keep_lines(const char *name, struct sql *sql, const char *statement)
{
    if (!getenv("JOURNALS"))
        return;
    struct sql_query *query = sql_select(sql, statement, SQL_NO_VALUES);
    while (sql_next(query)) {
        size_t length;
        const char *line = sql_get_blob(query, 0, &length);
        keep_line(name, line, length);
    }
    sql_done(query);
}

#endif
