/* A new head office and a new site in memory without the wait for every schema since the first: the schemas are applied
 * once in a process, and every other new database is a copy of that one, page by page. Stands in the place of
 * sql_migrate() (the linker's --wrap); databases in files, old ones and other schemas go their own way. */
#include "base/sql_engine.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

extern const struct embedded_file hq_schema[], store_schema[];

int __real_sql_migrate(struct sql *sql, const struct embedded_file *files, int32_t application, struct error *error);
int __wrap_sql_migrate(struct sql *sql, const struct embedded_file *files, int32_t application, struct error *error);

static struct model {
    const struct embedded_file *files;
    sqlite3 *database; /* kept to the end of the process */
} models[] = {{hq_schema, NULL}, {store_schema, NULL}};

static sqlite3 *handle_of(struct sql *sql)
{
    struct sql_query query = {.sql = sql};
    if (sql->engine->prepare(sql, &query, "SELECT 1", false) != 0)
        abort();
    sqlite3 *handle = sqlite3_db_handle(query.statement);
    sql->engine->finish(&query);
    return handle;
}

static void copy(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup || sqlite3_backup_step(backup, -1) != SQLITE_DONE || sqlite3_backup_finish(backup) != SQLITE_OK)
        abort();
}

static struct model *model_for(struct sql *sql, const struct embedded_file *files)
{
    struct sql_mark mark = {0};
    if (strcmp(sql->name, ":memory:") != 0 || sql->engine->read_mark(sql, &mark) != 0 || mark.application ||
        !mark.empty)
        return NULL;
    for (size_t i = 0; i < COUNT(models); i++)
        if (models[i].files == files)
            return &models[i];
    return NULL;
}

int __wrap_sql_migrate(struct sql *sql, const struct embedded_file *files, int32_t application, struct error *error)
{
    struct model *model = model_for(sql, files);
    if (model && model->database) {
        copy(handle_of(sql), model->database);
        return 0;
    }
    int result = __real_sql_migrate(sql, files, application, error);
    if (model && !result) {
        if (sqlite3_open(":memory:", &model->database) != SQLITE_OK)
            abort();
        copy(model->database, handle_of(sql));
    }
    return result;
}
