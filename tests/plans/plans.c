/* Loaded before a program's libraries (LD_PRELOAD), writes down how SQLite means to find the rows of each statement
 * that is kept (sqlite3_prepare_v3): a line of "SCAN …" or "SEARCH …", a tab, and the statement, in the file that PLANS
 * names. The program knows nothing of it; tests/unit/test_plans.py judges. */
#include <dlfcn.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXTS_MAX 8192 /* a power of two, and several times what a program has of statements */

typedef int prepare_fn(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);

static void write_down(int file, const char *how, const char *text)
{
    char line[16384];
    sqlite3_snprintf(sizeof(line) - 1, line, "%s\t%s", how, text);
    size_t length = strlen(line);
    for (size_t i = 0; i < length; i++)
        line[i] = line[i] == '\n' ? ' ' : line[i];
    line[length++] = '\n';
    if (write(file, line, length) != (ssize_t)length)
        abort();
}

static void explain(prepare_fn *prepare, sqlite3 *handle, const char *text)
{
    sqlite3_stmt *statement = NULL;
    char *question = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
    int file = open(getenv("PLANS"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!question || file < 0)
        abort();
    if (prepare(handle, question, -1, 0, &statement, NULL) == SQLITE_OK)
        while (sqlite3_step(statement) == SQLITE_ROW)
            write_down(file, (const char *)sqlite3_column_text(statement, 3), text);
    sqlite3_finalize(statement);
    sqlite3_free(question);
    close(file);
}

/* Of each connection: what is kept has one address. */
static int is_new(const char *text)
{
    static const char *texts[TEXTS_MAX];
    size_t slot = ((size_t)text >> 3) % TEXTS_MAX;
    while (texts[slot] && texts[slot] != text)
        slot = (slot + 1) % TEXTS_MAX;
    int result = !texts[slot];
    texts[slot] = text;
    return result;
}

int sqlite3_prepare_v3(sqlite3 *handle, const char *text, int length, unsigned flags, sqlite3_stmt **ret,
                       const char **ret_tail)
{
    static prepare_fn *real;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
    int code = real(handle, text, length, flags, ret, ret_tail);
    if (code == SQLITE_OK && (flags & SQLITE_PREPARE_PERSISTENT) && getenv("PLANS") && is_new(text))
        explain(real, handle, text);
    return code;
}
