#include "store/backup.h"

#include "base/file.h"
#include "base/text.h"
#include "store/journal.h"
#include "store/laws.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES   100 /* https://www.sqlite.org/fileformat.html, section 1.3 */
#define AT_VERSION     60
#define AT_APPLICATION 68

/* Big-endian, of 4 bytes. */
static uint32_t number_at(const uint8_t *header, size_t at)
{
    return (uint32_t)header[at] << 24 | (uint32_t)header[at + 1] << 16 | (uint32_t)header[at + 2] << 8 | header[at + 3];
}

int backup_examine(struct store *store, struct error *error)
{
    int64_t bad = 0, broken = 0;
    int result = sql_check(store->sql, error);
    if (!result)
        result = laws_check(store, error);
    if (result)
        return result;
    result = journal_verify(store, &bad);
    if (!result)
        result = journal_feed_verify(store, &broken);
    if (result)
        return error_set(error, result, "the chains of %s cannot be read: %s", store->path, sql_message(store->sql));
    if (bad)
        return error_set(error, -EBADMSG, "the journal of %s was changed: number %" PRId64 " is not as it was written",
                         store->path, bad);
    if (broken)
        return error_set(error, -EBADMSG,
                         "the changes from head office in %s were changed: number %" PRId64 " is not as it came",
                         store->path, broken);
    return 0;
}

static int read_facts(struct store *store, struct backup_facts *ret, struct error *error)
{
    int64_t training = 0;
    struct sql_query *query =
        sql_select(store->sql, "SELECT site, box, epoch, last_seq, last_wall_ms, training FROM stream", SQL_NO_VALUES);
    bool found = sql_next(query);
    if (found) {
        sql_copy_text(query, 0, ret->site, sizeof(ret->site));
        sql_copy_text(query, 1, ret->box, sizeof(ret->box));
        ret->epoch = sql_get_int(query, 2);
        ret->last_seq = sql_get_int(query, 3);
        ret->wall_us = sql_get_int(query, 4) * 1000;
        training = sql_get_int(query, 5);
    }
    if (sql_done(query) != 0 || !found)
        return error_set(error, -EBADMSG, "%s has lost its stream row: take another backup", store->path);
    if (training)
        return error_set(error, -EINVAL, "%s is a copy for training, and no backup: name another file", store->path);
    ret->bytes = sql_bytes(store->sql);
    text_copy(store->site, sizeof(store->site), ret->site);
    return 0;
}

static int check_opened(struct store *store, struct backup_facts *ret, struct error *error)
{
    int result = sql_migrate(store->sql, store_schema, STORE_APPLICATION, error);
    if (!result)
        result = read_facts(store, ret, error);
    if (!result)
        result = backup_examine(store, error);
    if (!result)
        result = sql_script(store->sql, "PRAGMA journal_mode = DELETE", error);
    return result;
}

int backup_check(const char *path, struct backup_facts *ret, struct error *error)
{
    static const struct sql_options alone = {.exclusive = true};
    struct store store = {.path = path, .stamp = {.station = "", .worker_code = ""}};
    *ret = (struct backup_facts){0};
    int result = file_settle(path); /* what is read from here on is what the disk has */
    if (result)
        return error_set(error, result, "%s cannot be written: %s", path, strerror(-result));
    result = backup_schema(path, &ret->schema, error);
    if (!result)
        result = sql_open(path, &alone, &store.sql, error);
    if (!result)
        result = check_opened(&store, ret, error);
    sql_close(store.sql);
    if (!result && (result = file_settle(path)) != 0)
        error_set(error, result, "%s cannot be written: %s", path, strerror(-result));
    return result;
}

int backup_read(const char *path, struct backup_facts *ret, struct error *error)
{
    struct store store = {.path = path};
    *ret = (struct backup_facts){0};
    int result = backup_schema(path, &ret->schema, error);
    if (!result)
        result = sql_open(path, &(struct sql_options){.exclusive = true}, &store.sql, error);
    if (!result)
        result = read_facts(&store, ret, error);
    sql_close(store.sql);
    return result;
}

int backup_schema(const char *path, int *ret, struct error *error)
{
    uint8_t header[HEADER_BYTES];
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, -errno, "%s cannot be read: %s", path, strerror(errno));
    size_t length = fread(header, 1, sizeof(header), file);
    fclose(file);
    if (length < sizeof(header) || memcmp(header, "SQLite format 3", 16) != 0 ||
        number_at(header, AT_APPLICATION) != STORE_APPLICATION)
        return error_set(error, -EINVAL, "%s is no site's database: name the right file", path);
    *ret = (int)number_at(header, AT_VERSION);
    return 0;
}

int backup_schema_known(void)
{
    int last = 0;
    for (const struct embedded_file *file = store_schema; file->name; file++)
        last = (int)strtol(file->name, NULL, 10);
    return last;
}
