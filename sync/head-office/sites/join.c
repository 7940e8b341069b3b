#include "sync/head-office/sites/join.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/sites/broker.h"
#include "sync/head-office/staff/trail.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define HASH_BYTES 32
#define HOUR_US    INT64_C(3600000000)
#define NAME_BYTES 4

/* ---------------------------------------------------------------- where boxes find what */

/* "HOST:PORT", "[::1]:443" */
static int read_address(const char *setting, const char *address, char host[JOIN_HOST_SIZE], int64_t *ret_port,
                        struct error *error)
{
    const char *colon = strrchr(address, ':');
    const char *begin = address + (*address == '['), *end = colon;
    if (colon && *address == '[')
        end = colon > address && colon[-1] == ']' ? colon - 1 : NULL;
    if (end && end > begin && text_copy_n(host, JOIN_HOST_SIZE, begin, (size_t)(end - begin)) &&
        text_to_int(colon + 1, 1, 65535, ret_port) == 0)
        return 0;
    return error_set(error, -EPERM,
                     "say first where boxes find head office and the broker, as HOST:PORT: floorhand-hq do setting.set "
                     "name=%s value=...",
                     setting);
}

static int read_pin(const struct settings *settings, uint8_t ret[JOIN_PIN], struct error *error)
{
    size_t length = 0;
    if (sodium_hex2bin(ret, JOIN_PIN, settings->join_key, strlen(settings->join_key), NULL, &length, NULL) == 0 &&
        length == JOIN_PIN)
        return 0;
    return error_set(error, -EPERM,
                     "it is not known what head office's HTTPS shows: start floorhand-hq serve with --certificate and "
                     "--key, or, behind a proxy, give the proxy's: floorhand-hq site join SITE --certificate FILE");
}

int join_shows(struct office *office, const struct buf *certificate, struct error *error)
{
    uint8_t pin[CERTIFICATE_PIN_BYTES];
    char text[2 * CERTIFICATE_PIN_BYTES + 1];
    struct settings settings;
    if (certificate_pin(certificate, pin) != 0)
        return error_set(error, -EBADMSG, "the certificate of head office's pages cannot be read: it must be PEM");
    sodium_bin2hex(text, sizeof(text), pin, sizeof(pin));
    int result = settings_load(office, &settings, error);
    if (result || strcmp(settings.join_key, text) == 0)
        return result;
    result = office_begin(office, error);
    if (result)
        return result;
    result = settings_put(office, "join_key", text, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

/* ---------------------------------------------------------------- a code */

/* As long as its hash can be guessed, and made at random: no slow hash is needed. */
static void hash_token(const uint8_t token[JOIN_TOKEN], uint8_t out[HASH_BYTES])
{
    crypto_generichash(out, HASH_BYTES, token, JOIN_TOKEN, NULL, 0);
}

static int write_code(struct office *office, const char *site, struct join_code *code, struct error *error)
{
    struct settings settings;
    char broker[JOIN_HOST_SIZE];
    int64_t port;
    int result = settings_load(office, &settings, error);
    if (!result)
        result = read_address("join_address", settings.join_address, code->host, &code->port, error);
    if (!result)
        result = read_address("broker_address", settings.broker_address, broker, &port, error);
    if (!result)
        result = read_pin(&settings, code->pin, error);
    if (!result && !text_copy(code->site, sizeof(code->site), site))
        result = error_set(error, -ENOENT, "there is no site \"%s\"", site);
    return result;
}

static int keep_code(struct office *office, const struct join_code *code, const char *who, struct join_opened *ret,
                     struct error *error)
{
    uint8_t hash[HASH_BYTES];
    hash_token(code->token, hash);
    int result =
        sql_run(office->sql, "DELETE FROM site_join WHERE site = ?1 AND used_us IS NULL", sql_text(code->site));
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO site_join (hash, site, box, made_us, made_by, expires_us)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         sql_blob(hash, sizeof(hash)), sql_text(code->site), sql_text(ret->box),
                         sql_int(office->now_us), sql_text(who), sql_int(ret->until_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

int join_open(struct office *office, const char *site, int64_t hours, const char *who, struct join_opened *ret,
              struct error *error)
{
    struct join_code code = {.port = 0};
    uint8_t name[NAME_BYTES];
    int64_t known;
    int result = sql_number(office->sql, &known, "SELECT 1 FROM site WHERE id = ?1", sql_text(site));
    if (result)
        return result == -ENOENT
                   ? error_set(error, result, "there is no site \"%s\": floorhand-hq site list names them", site)
                   : office_failed(office->sql, result, error);
    result = write_code(office, site, &code, error);
    if (result)
        return result;
    office->random.fill(office->random.user, code.token, sizeof(code.token));
    office->random.fill(office->random.user, name, sizeof(name));
    snprintf(ret->box, sizeof(ret->box), "box-%02x%02x%02x%02x", name[0], name[1], name[2], name[3]);
    ret->until_us = office->now_us + hours * HOUR_US;
    result = keep_code(office, &code, who, ret, error);
    if (!result && join_code_write(&code, ret->code) != 0)
        result =
            error_set(error, -EINVAL, "%s cannot be where head office is: correct the setting join_address", code.host);
    sodium_memzero(&code, sizeof(code));
    return result;
}

/* ---------------------------------------------------------------- a box brings it */

/* It is found by its hash, so how long that takes says nothing of the token; and it is good once. */
static int use_token(struct office *office, const uint8_t token[JOIN_TOKEN], const char *who, struct join_grant *ret,
                     struct error *error)
{
    uint8_t hash[HASH_BYTES];
    hash_token(token, hash);
    int result = sql_run(office->sql,
                         "UPDATE site_join SET used_us = ?2, used_by = ?3 WHERE hash = ?1 AND used_us IS NULL AND "
                         "expires_us > ?2",
                         sql_blob(hash, sizeof(hash)), sql_int(office->now_us), sql_text(who));
    if (result)
        return office_failed(office->sql, result, error);
    if (sql_changes(office->sql) != 1)
        return error_set(error, -EACCES,
                         "this code was used, is over, or was never made: make a new one at head office, and scan it");
    struct sql_query *row =
        sql_select(office->sql, "SELECT site, box FROM site_join WHERE hash = ?1", sql_blob(hash, sizeof(hash)));
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->site, sizeof(ret->site));
        sql_copy_text(row, 1, ret->box, sizeof(ret->box));
    }
    result = sql_done(row);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* The box before, if there ever was one, is remembered, so that it can be told. The new one is met when it says hello:
 * nobody else has the certificate that lets it in at the broker. */
static int take_place(struct office *office, const struct join_grant *grant, char before[WIRE_NAME_SIZE],
                      struct error *error)
{
    bool met = false;
    struct sql_query *row =
        sql_select(office->sql, "SELECT box, last_seen_us FROM site WHERE id = ?1", sql_text(grant->site));
    if (sql_next(row)) {
        met = !sql_get_null(row, 1);
        sql_copy_text(row, 0, before, WIRE_NAME_SIZE);
    }
    int result = sql_done(row);
    if (!met)
        before[0] = '\0';
    if (!result && met)
        result = sql_run(office->sql, "INSERT INTO former_box (box, site, replaced_us) VALUES (?1, ?2, ?3)",
                         sql_text(before), sql_text(grant->site), sql_int(office->now_us));
    if (!result)
        result = sql_run(office->sql,
                         "UPDATE site SET box = ?2, key = NULL, hardware = NULL, fault = NULL, claimed_us = ?3, "
                         "retired_us = NULL WHERE id = ?1",
                         sql_text(grant->site), sql_text(grant->box), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int write_down(struct office *office, const struct join_grant *grant, const char *before, const char *who,
                      struct error *error)
{
    CLEANUP_BUF struct buf about = {0};
    char name[JOIN_WHO_SIZE + 8];
    snprintf(name, sizeof(name), "box %s", grant->box);
    json_open_object(&about, NULL);
    json_text(&about, "site", grant->site);
    json_text(&about, "box", grant->box);
    json_text(&about, "calls_itself", who);
    json_text(&about, "replaces", *before ? before : NULL);
    json_close_object(&about);
    return trail_add(office, name, "site.joined", buf_text(&about), error);
}

static int certify(struct office *office, const struct buf *request, const char *prefix, struct join_grant *ret,
                   struct error *error)
{
    CLEANUP(certificate_done) struct certificate_pair authority = {0};
    struct settings settings;
    int result = broker_grant_site(office, ret->site, prefix, request, &ret->certificate, error);
    if (!result)
        result = broker_authority(office, &authority, error);
    if (!result)
        buf_puts(&ret->authority, buf_text(&authority.certificate));
    if (!result)
        result = settings_load(office, &settings, error);
    if (!result)
        result = read_address("broker_address", settings.broker_address, ret->host, &ret->port, error);
    return result ? result : ret->authority.failed ? error_set(error, -ENOMEM, "out of memory") : 0;
}

int join_take(struct office *office, const uint8_t token[JOIN_TOKEN], const struct buf *request, const char *who,
              const char *prefix, struct join_grant *ret, struct error *error)
{
    char before[WIRE_NAME_SIZE] = "";
    int result = use_token(office, token, who, ret, error);
    if (!result)
        result = take_place(office, ret, before, error);
    if (!result)
        result = certify(office, request, prefix, ret, error);
    return result ? result : write_down(office, ret, before, who, error);
}

void join_grant_done(struct join_grant *grant)
{
    buf_done(&grant->authority);
    buf_done(&grant->certificate);
}
