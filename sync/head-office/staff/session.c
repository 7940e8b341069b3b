#include "sync/head-office/staff/session.h"

#include "sync/head-office/settings.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32
#define HASH_BYTES  32
#define MINUTE_US   INT64_C(60000000)

_Static_assert(SESSION_TOKEN_SIZE == sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "a token fits its text");

/* As long as its hash, and made at random: no slow hash is needed to keep it from being guessed. */
static void hash_token(const char *token, uint8_t out[HASH_BYTES])
{
    crypto_generichash(out, HASH_BYTES, (const unsigned char *)token, strlen(token), NULL, 0);
}

struct limits {
    int64_t begun_us, used_us; /* of one that is good: not before */
};

static int load_limits(struct office *office, struct limits *ret)
{
    struct settings settings;
    struct error error;
    int result = settings_load(office, &settings, &error);
    if (result)
        return result;
    ret->begun_us = office->now_us - settings.session_hours * 60 * MINUTE_US;
    ret->used_us = office->now_us - settings.session_idle_min * MINUTE_US;
    return 0;
}

/* Those that have ended are forgotten on the way. */
int session_open(struct office *office, const char *name, char ret_token[SESSION_TOKEN_SIZE], struct error *error)
{
    uint8_t bytes[TOKEN_BYTES], hash[HASH_BYTES];
    struct limits limits;
    office->random.fill(office->random.user, bytes, sizeof(bytes));
    sodium_bin2base64(ret_token, SESSION_TOKEN_SIZE, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
    hash_token(ret_token, hash);
    int result = load_limits(office, &limits);
    if (!result)
        result = sql_run(office->sql, "DELETE FROM staff_session WHERE begun_us < ?1 OR used_us < ?2",
                         sql_int(limits.begun_us), sql_int(limits.used_us));
    if (!result)
        result =
            sql_run(office->sql, "INSERT INTO staff_session (hash, name, begun_us, used_us) VALUES (?1, ?2, ?3, ?3)",
                    sql_blob(hash, sizeof(hash)), sql_text(name), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

int session_find(struct office *office, const char *token, bool note, struct staff_person *ret)
{
    uint8_t hash[HASH_BYTES];
    char name[STAFF_NAME_SIZE] = "";
    struct limits limits;
    int64_t used_us = 0;
    hash_token(token, hash);
    int result = load_limits(office, &limits);
    if (result)
        return result;
    struct sql_query *row = sql_select(
        office->sql, "SELECT name, used_us FROM staff_session WHERE hash = ?1 AND begun_us >= ?2 AND used_us >= ?3",
        sql_blob(hash, sizeof(hash)), sql_int(limits.begun_us), sql_int(limits.used_us));
    if (sql_next(row)) {
        sql_copy_text(row, 0, name, sizeof(name));
        used_us = sql_get_int(row, 1);
    }
    result = sql_done(row);
    if (!result)
        result = *name ? staff_load(office, name, ret) : -EACCES;
    if (!result && note && office->now_us - used_us >= MINUTE_US)
        sql_run(office->sql, "UPDATE staff_session SET used_us = ?2 WHERE hash = ?1", sql_blob(hash, sizeof(hash)),
                sql_int(office->now_us)); /* a database that is busy just now is no reason to turn anybody away */
    return result == -ENOENT ? -EACCES : result;
}

int session_close(struct office *office, const char *token, struct error *error)
{
    uint8_t hash[HASH_BYTES];
    hash_token(token, hash);
    int result = sql_run(office->sql, "DELETE FROM staff_session WHERE hash = ?1", sql_blob(hash, sizeof(hash)));
    return result ? office_failed(office->sql, result, error) : 0;
}

int session_close_all(struct office *office, const char *name, const char *except, struct error *error)
{
    uint8_t hash[HASH_BYTES];
    hash_token(except, hash);
    int result = sql_run(office->sql, "DELETE FROM staff_session WHERE name = ?1 AND hash <> ?2", sql_text(name),
                         sql_blob(hash, sizeof(hash)));
    return result ? office_failed(office->sql, result, error) : 0;
}
