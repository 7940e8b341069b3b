#include "sync/head-office/staff/staff.h"

#include "base/password.h"
#include "base/text.h"
#include "sync/head-office/staff/session.h"
#include "sync/head-office/staff/trail.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#define TRIES       5                       /* wrong passwords before somebody is locked out */
#define LOCK_US     (60 * INT64_C(1000000)) /* and then for so long, and twice as long after each further one */
#define LOCK_MAX_US (60 * LOCK_US)

static const char refused[] = "This name and password do not go together.";

/* ---------------------------------------------------------------- passwords */

static int hash_password(const char *password, char out[PASSWORD_HASH_SIZE], struct error *error)
{
    return password_hash(password, out) ? error_set(error, -ENOMEM, "out of memory: try again") : 0;
}

/* Four groups of five letters and digits that are not taken for each other: 100 bits. */
static void make_password(struct office *office, char out[STAFF_PASSWORD_SIZE])
{
    char id[ID_TEXT_SIZE];
    id_new(&office->random, id);
    snprintf(out, STAFF_PASSWORD_SIZE, "%.5s-%.5s-%.5s-%.5s", id, id + 5, id + 10, id + 15);
}

static int judge_password(const char *name, const char *password, struct error *error)
{
    size_t characters = 0;
    for (const char *at = password; *at; at++)
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    if (characters < STAFF_PASSWORD_MIN)
        return error_set(error, -EINVAL, "A password has %d characters or more.", STAFF_PASSWORD_MIN);
    if (strlen(password) >= STAFF_PASSWORD_SIZE)
        return error_set(error, -EINVAL, "A password has %d bytes at most.", STAFF_PASSWORD_SIZE - 1);
    if (strcasestr(password, name))
        return error_set(error, -EINVAL, "A password does not hold the name: choose another one.");
    return 0;
}

/* ---------------------------------------------------------------- who there is */

static bool is_name(const char *name)
{
    if (!islower((unsigned char)*name))
        return false;
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_")] == '\0';
}

int staff_add(struct office *office, const char *name, const char *title, const char *who,
              char ret_password[STAFF_PASSWORD_SIZE], struct error *error)
{
    char hash[PASSWORD_HASH_SIZE];
    if (!is_name(name))
        return error_set(error, -EINVAL, "\"%s\" is no name to log in by: small letters, digits, \".\", \"-\", \"_\"",
                         name);
    make_password(office, ret_password);
    int result = hash_password(ret_password, hash, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO staff (name, title, password, added_us, added_by) VALUES (?1, ?2, ?3, ?4, ?5)",
                     sql_text(name), sql_text(title), sql_text(hash), sql_int(office->now_us), sql_text(who));
    if (result == -EEXIST)
        return error_set(error, result, "there is a \"%s\" already", name);
    return result ? office_failed(office->sql, result, error) : 0;
}

int staff_reset(struct office *office, const char *name, char ret_password[STAFF_PASSWORD_SIZE], struct error *error)
{
    char hash[PASSWORD_HASH_SIZE];
    make_password(office, ret_password);
    int result = hash_password(ret_password, hash, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "UPDATE staff SET password = ?2, must_change = 1, failures = 0, locked_until_us = 0"
                     " WHERE name = ?1",
                     sql_text(name), sql_text(hash));
    result = office_changed(office->sql, result, "person", name, error);
    return result ? result : session_close_all(office, name, "", error);
}

/* Somebody must be left who can let others in. */
static int keep_an_administrator(struct office *office, struct error *error)
{
    int64_t count = 0;
    int result = sql_number(office->sql, &count,
                            "SELECT count(*) FROM staff_role r JOIN staff s ON s.name = r.name WHERE r.role = 'admin'"
                            " AND r.site IS NULL AND s.active = 1",
                            SQL_NO_VALUES);
    if (result)
        return office_failed(office->sql, result, error);
    return count > 0 ? 0 : error_set(error, -EPERM, "this is the last administrator: make another one first");
}

static bool is_administrator(struct office *office, const char *name)
{
    int64_t found;
    return sql_number(
               office->sql, &found,
               "SELECT 1 FROM staff_role r JOIN staff s ON s.name = r.name WHERE r.name = ?1 AND r.role = 'admin'"
               " AND r.site IS NULL AND s.active = 1",
               sql_text(name)) == 0;
}

int staff_switch(struct office *office, const char *name, bool active, struct error *error)
{
    bool was = is_administrator(office, name);
    int result = sql_run(office->sql, "UPDATE staff SET active = ?2 WHERE name = ?1", sql_text(name), sql_int(active));
    result = office_changed(office->sql, result, "person", name, error);
    if (!result && !active)
        result = session_close_all(office, name, "", error);
    return !result && was && !active ? keep_an_administrator(office, error) : result;
}

int staff_grant(struct office *office, const char *name, const char *role, const char *site, const char *who,
                struct error *error)
{
    int64_t found;
    if (!roles_bit(role))
        return error_set(error, -EINVAL, "\"%s\" is no role: %s", role, ROLES_NAMES);
    int result = sql_number(office->sql, &found, "SELECT count(*) FROM staff_role WHERE name = ?1", sql_text(name));
    if (!result && found >= STAFF_ROLES_MAX)
        return error_set(error, -EINVAL, "\"%s\" has %d roles already: that is the most", name, STAFF_ROLES_MAX);
    if (!result && sql_number(office->sql, &found, "SELECT 1 FROM staff WHERE name = ?1", sql_text(name)) != 0)
        return error_set(error, -ENOENT, "there is no person \"%s\"", name);
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO staff_role (name, role, site, since_us, given_by) VALUES (?1, ?2, ?3, ?4, ?5)"
                         " ON CONFLICT DO NOTHING",
                         sql_text(name), sql_text(role), *site ? sql_text(site) : sql_null(), sql_int(office->now_us),
                         sql_text(who));
    return office_named(office->sql, result, "site", site, error);
}

int staff_withdraw(struct office *office, const char *name, const char *role, const char *site, struct error *error)
{
    bool was = is_administrator(office, name);
    int result =
        sql_run(office->sql, "DELETE FROM staff_role WHERE name = ?1 AND role = ?2 AND coalesce(site, '') = ?3",
                sql_text(name), sql_text(role), sql_text(site));
    result = office_changed(office->sql, result, "role of this person", role, error);
    return !result && was ? keep_an_administrator(office, error) : result;
}

static int load_grants(struct office *office, struct staff_person *person)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT role, coalesce(site, '') FROM staff_role WHERE name = ?1 ORDER BY role,"
                                       " coalesce(site, '')",
                                       sql_text(person->name));
    while (person->grant_count < STAFF_ROLES_MAX && sql_next(row)) {
        struct staff_grant *grant = &person->grants[person->grant_count];
        grant->role = roles_bit(sql_get_text(row, 0));
        sql_copy_text(row, 1, grant->site, sizeof(grant->site));
        person->grant_count += grant->role != 0;
    }
    return sql_done(row);
}

int staff_load(struct office *office, const char *name, struct staff_person *ret)
{
    struct staff_person person = {0};
    struct sql_query *row = sql_select(
        office->sql, "SELECT name, title, must_change FROM staff WHERE name = ?1 AND active = 1", sql_text(name));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, person.name, sizeof(person.name));
        sql_copy_text(row, 1, person.title, sizeof(person.title));
        person.must_change = sql_get_int(row, 2) != 0;
    }
    int failed = sql_done(row);
    if (failed || !found)
        return failed ? failed : -ENOENT;
    failed = load_grants(office, &person);
    if (!failed)
        *ret = person;
    return failed;
}

/* ---------------------------------------------------------------- that it is they */

struct stored {
    char hash[PASSWORD_HASH_SIZE];
    bool active;
    int64_t failures, locked_until_us;
};

/* Of nobody there is a hash as well, so that the time an answer takes does not tell who there is. */
static int load_stored(struct office *office, const char *name, struct stored *ret)
{
    static char nobody[PASSWORD_HASH_SIZE];
    if (!*nobody && hash_password("nobody", nobody, NULL) != 0)
        return -ENOMEM;
    memset(ret, 0, sizeof(*ret));
    memcpy(ret->hash, nobody, sizeof(nobody));
    struct sql_query *row = sql_select(
        office->sql, "SELECT password, active, failures, locked_until_us FROM staff WHERE name = ?1" SQL_FOR_UPDATE,
        sql_text(name));
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->hash, sizeof(ret->hash));
        ret->active = sql_get_int(row, 1) != 0;
        ret->failures = sql_get_int(row, 2);
        ret->locked_until_us = sql_get_int(row, 3);
    }
    return sql_done(row);
}

static int64_t lock_of(int64_t failures)
{
    int64_t lock_us = LOCK_US;
    for (int64_t more = failures - TRIES; more > 0 && lock_us < LOCK_MAX_US; more--)
        lock_us *= 2;
    return failures < TRIES ? 0 : lock_us < LOCK_MAX_US ? lock_us : LOCK_MAX_US;
}

static int note_failure(struct office *office, const char *name, const struct stored *stored, struct error *error)
{
    int64_t failures = stored->failures + 1, lock_us = lock_of(failures);
    int result = sql_run(office->sql, "UPDATE staff SET failures = ?2, locked_until_us = ?3 WHERE name = ?1",
                         sql_text(name), sql_int(failures), sql_int(lock_us ? office->now_us + lock_us : 0));
    if (result)
        return office_failed(office->sql, result, error);
    return trail_add(office, stored->active ? name : "somebody", lock_us ? "login.locked" : "login.refused", "", error);
}

static int note_success(struct office *office, const char *name, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE staff SET failures = 0, locked_until_us = 0, seen_us = ?2 WHERE name = ?1",
                sql_text(name), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : trail_add(office, name, "login", "", error);
}

/* 1: the password is right; 0: it is not. */
static int try_password(struct office *office, const char *name, const char *password, struct error *error)
{
    struct stored stored;
    int result = load_stored(office, name, &stored);
    if (result)
        return office_failed(office->sql, result, error);
    if (office->now_us < stored.locked_until_us)
        return error_set(error, -EDQUOT, "Too many tries: try again in %" PRId64 " minutes, or ask an administrator.",
                         (stored.locked_until_us - office->now_us + LOCK_US - 1) / LOCK_US);
    bool right = password_is(stored.hash, password) && stored.active;
    result = right ? note_success(office, name, error) : note_failure(office, name, &stored, error);
    return result ? result : right;
}

int staff_check(struct office *office, const char *name, const char *password, struct error *error)
{
    int result = office_begin(office, error);
    if (result)
        return result;
    int right = try_password(office, name, password, error);
    result = right < 0 ? right : office_commit(office, error);
    office_rollback(office);
    if (result)
        return result;
    return right ? 0 : error_set(error, -EACCES, "%s", refused);
}

static int keep_password(struct office *office, const char *name, const char *password, struct error *error)
{
    char hash[PASSWORD_HASH_SIZE];
    int result = hash_password(password, hash, error);
    if (result)
        return result;
    result = sql_run(office->sql, "UPDATE staff SET password = ?2, must_change = 0 WHERE name = ?1", sql_text(name),
                     sql_text(hash));
    if (result)
        return office_failed(office->sql, result, error);
    result = session_close_all(office, name, "", error);
    return result ? result : trail_add(office, name, "password.changed", "", error);
}

int staff_change(struct office *office, const char *name, const char *old, const char *new, struct error *error)
{
    int result = staff_check(office, name, old, error);
    if (!result)
        result = judge_password(name, new, error);
    if (!result && strcmp(old, new) == 0)
        result = error_set(error, -EINVAL, "The new password is the old one: choose another one.");
    if (!result)
        result = office_begin(office, error);
    if (result)
        return result;
    result = keep_password(office, name, new, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}
