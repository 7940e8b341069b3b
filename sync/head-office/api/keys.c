#include "sync/head-office/api/keys.h"

#include "base/text.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SECRET_BYTES 32
#define SECRET_SIZE  sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
#define HASH_BYTES   32
#define MINUTE_US    INT64_C(60000000)

_Static_assert(KEY_TEXT_SIZE > sizeof("fhk__") + KEY_ID_SIZE + SECRET_SIZE, "a key fits its text");

/* A key is as long as its hash and was made at random: no slow hash is needed to keep it from being guessed. */
static void hash_key(const char *key, uint8_t out[HASH_BYTES])
{
    crypto_generichash(out, HASH_BYTES, (const unsigned char *)key, strlen(key), NULL, 0);
}

static void make_key(struct office *office, char id[KEY_ID_SIZE], char out[KEY_TEXT_SIZE])
{
    uint8_t bytes[SECRET_BYTES];
    char whole[ID_TEXT_SIZE], secret[SECRET_SIZE];
    id_new(&office->random, whole);
    text_copy_n(id, KEY_ID_SIZE, whole, KEY_ID_SIZE - 1);
    office->random.fill(office->random.user, bytes, sizeof(bytes));
    sodium_bin2base64(secret, sizeof(secret), bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(out, KEY_TEXT_SIZE, "fhk_%s_%s", id, secret);
    sodium_memzero(bytes, sizeof(bytes));
    sodium_memzero(secret, sizeof(secret));
}

int keys_add(struct office *office, const char *name, const char *reads, const char *verbs, const char *shop,
             const char *who, char ret_key[KEY_TEXT_SIZE], struct error *error)
{
    char id[KEY_ID_SIZE];
    uint8_t hash[HASH_BYTES];
    make_key(office, id, ret_key);
    hash_key(ret_key, hash);
    int result = sql_run(office->sql,
                         "INSERT INTO api_key (id, name, hash, reads, verbs, shop, created_us, created_by)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                         sql_text(id), sql_text(name), sql_blob(hash, sizeof(hash)), sql_text(reads), sql_text(verbs),
                         *shop ? sql_text(shop) : sql_null(), sql_int(office->now_us), sql_text(who));
    return office_named(office->sql, result, "shop", shop, error);
}

int keys_revoke(struct office *office, const char *id, struct error *error)
{
    int result = sql_run(office->sql, "UPDATE api_key SET revoked_us = coalesce(revoked_us, ?2) WHERE id = ?1",
                         sql_text(id), sql_int(office->now_us));
    return office_changed(office->sql, result, "key", id, error);
}

int keys_find(struct office *office, const char *key, bool note, struct api_key *ret)
{
    uint8_t hash[HASH_BYTES];
    hash_key(key, hash);
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT id, reads, verbs, coalesce(shop, ''), coalesce(used_us, 0) FROM api_key"
                                       " WHERE hash = ?1 AND revoked_us IS NULL",
                                       sql_blob(hash, sizeof(hash)));
    bool found = sql_next(row);
    int64_t used_us = 0;
    if (found) {
        sql_copy_text(row, 0, ret->id, sizeof(ret->id));
        sql_copy_text(row, 1, ret->reads, sizeof(ret->reads));
        sql_copy_text(row, 2, ret->verbs, sizeof(ret->verbs));
        sql_copy_text(row, 3, ret->shop, sizeof(ret->shop));
        used_us = sql_get_int(row, 4);
    }
    int failed = sql_done(row);
    if (failed || !found)
        return failed ? failed : -EACCES;
    if (!note || office->now_us - used_us < MINUTE_US)
        return 0;
    sql_run(office->sql, "UPDATE api_key SET used_us = ?2 WHERE id = ?1", sql_text(ret->id), sql_int(office->now_us));
    return 0; /* a database that is busy just now is no reason to turn anybody away */
}

bool keys_may_read(const struct api_key *key, const char *kind)
{
    return text_is_covered(key->reads, kind);
}

bool keys_may_do(const struct api_key *key, const char *verb)
{
    if (text_is_covered("key.*,staff.*", verb))
        return text_is_listed(key->verbs, verb) && strcmp(key->verbs, "*") != 0;
    return text_is_covered(key->verbs, verb);
}
