#include "sync/head-office/sealed.h"

#include "base/file.h"
#include "base/seal.h"
#include "base/text.h"
#include "sync/head-office/office.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_VARIABLE "FLOORHAND_RECEIVER_KEY" /* for the programs that this one starts, too */
#define KEY_SIZE     520                      /* of a row's */
#define TEXTS        3                        /* of a row, at most */

/* ---------------------------------------------------------------- what is there already */

/* A row after the one of the keys ?1, ?2: its keys and texts. And its texts, ?3 and on, as they are to be. */
static const struct kind {
    const char *find, *keep;
    int texts;
    bool masked;
} kinds[] = {
    {"SELECT number, '', receiver_name, receiver_phone FROM orders WHERE number > ?1 AND ?2 = '' ORDER BY number"
     " LIMIT 1",
     "UPDATE orders SET receiver_name = ?3, receiver_phone = ?4 WHERE number = ?1 AND ?2 = ''", 2, true},
    {"SELECT number, '', receiver_address FROM orders WHERE number > ?1 AND ?2 = '' ORDER BY number LIMIT 1",
     "UPDATE orders SET receiver_address = ?3 WHERE number = ?1 AND ?2 = ''", 1, false},
    {"SELECT shop, id, raw FROM platform_order WHERE (shop, id) > (?1, ?2) ORDER BY shop, id LIMIT 1",
     "UPDATE platform_order SET raw = ?3 WHERE shop = ?1 AND id = ?2", 1, false},
    {"SELECT number, '', print_data, drawn FROM waybill WHERE number > ?1 AND ?2 = '' ORDER BY number LIMIT 1",
     "UPDATE waybill SET print_data = ?3, drawn = ?4 WHERE number = ?1 AND ?2 = ''", 2, false},
    {"SELECT site, CAST(seq AS TEXT), line FROM feed WHERE (site, seq) > (?1, CAST(CASE ?2 WHEN '' THEN '0' ELSE ?2 END"
     " AS BIGINT)) AND type IN ('order.release', 'waybill.pool') ORDER BY site, seq LIMIT 1",
     "UPDATE feed SET line = ?3 WHERE site = ?1 AND seq = CAST(?2 AS BIGINT)", 1, false},
    {"SELECT CAST(id AS TEXT), '', detail FROM exception WHERE id > CAST(CASE ?1 WHEN '' THEN '0' ELSE ?1 END AS "
     "BIGINT)"
     " AND ?2 = '' AND kind = 'blacklist' ORDER BY id LIMIT 1",
     "UPDATE exception SET detail = ?3 WHERE id = CAST(?1 AS BIGINT) AND ?2 = ''", 1, false},
    {"SELECT CAST(id AS TEXT), '', value FROM blacklist WHERE id > CAST(CASE ?1 WHEN '' THEN '0' ELSE ?1 END AS BIGINT)"
     " AND ?2 = '' AND field <> 'buyer' ORDER BY id LIMIT 1",
     "UPDATE blacklist SET value = ?3 WHERE id = CAST(?1 AS BIGINT) AND ?2 = ''", 1, true},
};

/* -ENOENT: there are no more. */
static int seal_next(struct sql *sql, const struct kind *kind, char first[KEY_SIZE], char second[KEY_SIZE])
{
    struct buf texts[TEXTS] = {{0}};
    struct sql_query *row = sql_select(sql, kind->find, sql_text(first), sql_text(second));
    bool found = sql_next(row);
    for (int i = 0; i < kind->texts && found; i++)
        buf_puts(&texts[i], sql_get_text(row, 2 + i));
    if (found) {
        sql_copy_text(row, 0, first, KEY_SIZE);
        sql_copy_text(row, 1, second, KEY_SIZE);
    }
    int result = sql_done(row);
    if (!result && !found)
        result = -ENOENT;
    struct sql_value values[2 + TEXTS + 1] = {sql_text(first), sql_text(second)};
    for (int i = 0; i < kind->texts; i++)
        values[2 + i] = kind->masked ? sql_masked(buf_text(&texts[i])) : sql_secret(buf_text(&texts[i]));
    if (!result)
        result = sql_run_values(sql, kind->keep, values);
    for (int i = 0; i < kind->texts; i++)
        buf_done(&texts[i]);
    return result;
}

static int seal_every(struct sql *sql, const char *key)
{
    int result = sql_overwrite(sql, true);
    for (size_t i = 0; i < COUNT(kinds) && !result; i++) {
        char first[KEY_SIZE] = "", second[KEY_SIZE] = "";
        while (!result)
            result = seal_next(sql, &kinds[i], first, second);
        result = result == -ENOENT ? 0 : result;
    }
    if (!result)
        result = sql_run(sql, "UPDATE hub SET sealed_by = ?1", sql_text(key));
    int ended = sql_overwrite(sql, false);
    return result ? result : ended;
}

static int read_key(struct sql *sql, char ret[SEAL_KEY_NAME_SIZE])
{
    struct sql_query *row = sql_select(sql, "SELECT sealed_by FROM hub" SQL_FOR_UPDATE, SQL_NO_VALUES);
    *ret = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, ret, SEAL_KEY_NAME_SIZE);
    return sql_done(row);
}

/* Another program may have been faster. */
static int seal_all(struct sql *sql, const char *key, struct error *error)
{
    struct office office = {.sql = sql};
    char before[SEAL_KEY_NAME_SIZE];
    int result = office_begin(&office, error);
    if (result)
        return result;
    result = read_key(sql, before);
    if (!result && strcmp(before, key) != 0)
        result = seal_every(sql, key);
    result = result ? office_failed(sql, result, error) : office_commit(&office, error);
    office_rollback(&office);
    return result;
}

/* ---------------------------------------------------------------- the key */

static int open_key(const char *database, const char *key_file, struct seal **ret, struct error *error)
{
    const char *told = getenv(KEY_VARIABLE);
    char folder[500], beside[sizeof(folder) + sizeof("/" SEALED_KEY)];
    if (*key_file)
        setenv(KEY_VARIABLE, key_file, 1);
    else if (told)
        key_file = told;
    if (!*key_file && office_is_url(database) && !seal_is_handed_over(SEALED_KEY))
        return 0;
    file_folder(database, folder, sizeof(folder));
    snprintf(beside, sizeof(beside), "%s/" SEALED_KEY, folder);
    return seal_open(SEALED_KEY, *key_file ? key_file : beside, ret, error);
}

int sealed_begin(struct sql *sql, const char *database, const char *key_file, struct error *error)
{
    CLEANUP(seal_free_p) struct seal *seal = NULL;
    char before[SEAL_KEY_NAME_SIZE], key[SEAL_KEY_NAME_SIZE] = "";
    int result = read_key(sql, before);
    if (result)
        return office_failed(sql, result, error);
    result = open_key(database, key_file, &seal, error);
    if (result)
        return result;
    if (*before && !seal_has_key(seal, before))
        return error_set(error, -EKEYREJECTED,
                         "the receivers of this database are sealed with another key (%s): put its receiver.key back,"
                         " or name it with --receiver-key",
                         before);
    if (!seal)
        return 0;
    seal_key_name(seal, key);
    sql_seal(sql, seal);
    seal = NULL;
    return strcmp(before, key) == 0 ? 0 : seal_all(sql, key, error);
}
