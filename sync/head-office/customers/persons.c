#include "sync/head-office/customers/persons.h"

#include "sync/head-office/figures/buyers.h"

#include <errno.h>
#include <inttypes.h>

int persons_hold(struct sql *sql)
{
    struct sql_query *row = sql_select(sql, "SELECT id FROM person_guard" SQL_FOR_UPDATE, SQL_NO_VALUES);
    sql_next(row);
    return sql_done(row);
}

int persons_head(struct sql *sql, int64_t person, int64_t *ret)
{
    return sql_number(sql, ret, "SELECT head FROM person WHERE id = ?1", sql_int(person));
}

int persons_of_order(struct sql *sql, const char *number, int64_t *ret)
{
    return sql_number(sql, ret,
                      "SELECT p.head FROM person_order o JOIN person p ON p.id = o.person WHERE o.number = ?1",
                      sql_text(number));
}

int persons_of_identity(struct sql *sql, const struct identity *identity, int64_t *ret)
{
    return sql_number(sql, ret,
                      "SELECT p.head FROM person_identity i JOIN person p ON p.id = i.person WHERE i.kind = ?1 AND"
                      " i.scope = ?2 AND i.value = ?3",
                      sql_text(identity_names[identity->kind]), sql_text(identity->scope), sql_text(identity->value));
}

/* ---------------------------------------------------------------- one and the same */

/* Whoever is connected with the person is one with it: the least of them is the head. */
static int find_head_again(struct sql *sql, int64_t person)
{
    return sql_run(sql,
                   "WITH RECURSIVE same (id) AS (SELECT CAST(?1 AS BIGINT) UNION SELECT CASE WHEN m.one = same.id THEN"
                   " m.other ELSE m.one END FROM same JOIN person_merge m ON (m.one = same.id OR m.other = same.id)"
                   " AND m.undone_us IS NULL) UPDATE person SET head = (SELECT min(id) FROM same) WHERE id IN (SELECT"
                   " id FROM same)",
                   sql_int(person));
}

static int read_heads(struct sql *sql, const struct person_link *link, int64_t heads[2], struct error *error)
{
    const int64_t persons[2] = {link->one, link->other};
    for (size_t i = 0; i < 2; i++) {
        int result = persons_head(sql, persons[i], &heads[i]);
        if (result == -ENOENT)
            return error_set(error, -ENOENT, "there is no person %" PRId64, persons[i]);
        if (result)
            return office_failed(sql, result, error);
    }
    return 0;
}

static int insert_merge(struct office *office, const struct person_link *link, int64_t *ret_merge)
{
    int result = sql_run(office->sql,
                         "INSERT INTO person_merge (one, other, identity, source, why, who, time_us) VALUES (?1, ?2,"
                         " ?3, ?4, ?5, ?6, ?7)",
                         sql_int(link->one), sql_int(link->other), sql_ref(link->identity), sql_text(link->source),
                         sql_text(link->why), sql_text(link->who), sql_int(office->now_us));
    *ret_merge = result ? 0 : sql_last_id(office->sql);
    return result;
}

int persons_merge(struct office *office, const struct person_link *link, int64_t *ret_merge, struct error *error)
{
    int64_t heads[2];
    int result = persons_hold(office->sql);
    if (result)
        return office_failed(office->sql, result, error);
    result = read_heads(office->sql, link, heads, error);
    if (result)
        return result;
    if (heads[0] == heads[1])
        return error_set(error, -EALREADY, "they are one person already: %" PRId64, heads[0]);
    result = insert_merge(office, link, ret_merge);
    if (!result)
        result = sql_run(office->sql, "UPDATE person SET head = ?2 WHERE head = ?1",
                         sql_int(heads[0] > heads[1] ? heads[0] : heads[1]),
                         sql_int(heads[0] > heads[1] ? heads[1] : heads[0]));
    if (!result)
        result = buyers_note(office->sql, link->one);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int take_apart(struct office *office, int64_t merge, int64_t one, int64_t other, const char *why,
                      const char *who)
{
    int result =
        sql_run(office->sql, "UPDATE person_merge SET undone_us = ?2, undone_by = ?3, undone_why = ?4 WHERE id = ?1",
                sql_int(merge), sql_int(office->now_us), sql_text(who), sql_text(why));
    if (!result)
        result = find_head_again(office->sql, one);
    if (!result)
        result = find_head_again(office->sql, other);
    if (!result)
        result = buyers_note(office->sql, one);
    return result ? result : buyers_note(office->sql, other);
}

int persons_unmerge(struct office *office, int64_t merge, const char *why, const char *who, struct error *error)
{
    int64_t one = 0, other = 0;
    bool undone = false;
    int result = persons_hold(office->sql);
    if (result)
        return office_failed(office->sql, result, error);
    struct sql_query *row = sql_select(
        office->sql, "SELECT one, other, undone_us IS NOT NULL FROM person_merge WHERE id = ?1", sql_int(merge));
    if (sql_next(row)) {
        one = sql_get_int(row, 0);
        other = sql_get_int(row, 1);
        undone = sql_get_int(row, 2) != 0;
    }
    result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    if (one == 0)
        return error_set(error, -ENOENT, "there is no merge %" PRId64, merge);
    if (undone)
        return error_set(error, -EALREADY, "merge %" PRId64 " was undone before", merge);
    result = take_apart(office, merge, one, other, why, who);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- an order's or a customer's persons */

#define SAID_MAX 3

struct known { /* an identity as the database has it */
    int64_t id, person;
    bool shared;
};

struct attaching {
    struct office *office;
    int64_t accounts; /* of one platform may have a telephone */
    const char *source;
    struct identity said[SAID_MAX]; /* the strongest first; those without a value are none */
    struct known known[SAID_MAX];
    int64_t home; /* whose it is; 0: nobody knows */
};

static int find_known(struct attaching *attaching, size_t i)
{
    const struct identity *said = &attaching->said[i];
    struct known *known = &attaching->known[i];
    struct sql_query *row =
        sql_select(attaching->office->sql,
                   "SELECT id, person, shared FROM person_identity WHERE kind = ?1 AND scope = ?2 AND value = ?3",
                   sql_text(identity_names[said->kind]), sql_text(said->scope), sql_text(said->value));
    *known = (struct known){0};
    if (sql_next(row))
        *known = (struct known){sql_get_int(row, 0), sql_get_int(row, 1), sql_get_int(row, 2) != 0};
    return sql_done(row);
}

static int make_person(struct attaching *attaching)
{
    struct office *office = attaching->office;
    int result = sql_run(office->sql, "INSERT INTO person (head, made_us) VALUES (0, ?1)", sql_int(office->now_us));
    attaching->home = result ? 0 : sql_last_id(office->sql);
    return result ? result
                  : sql_run(office->sql, "UPDATE person SET head = id WHERE id = ?1", sql_int(attaching->home));
}

static int keep_identity(struct attaching *attaching, size_t i)
{
    const struct identity *said = &attaching->said[i];
    struct office *office = attaching->office;
    int result = sql_run(office->sql,
                         "INSERT INTO person_identity (person, kind, scope, value, first_us) VALUES (?1, ?2, ?3, ?4,"
                         " ?5)",
                         sql_int(attaching->home), sql_text(identity_names[said->kind]), sql_text(said->scope),
                         sql_text(said->value), sql_int(office->now_us));
    attaching->known[i] = (struct known){result ? 0 : sql_last_id(office->sql), attaching->home, false};
    return result;
}

/* The account's person, who is made when the account is new: somebody known by telephone or e-mail alone is another
 * person, until an edge says that they are one. */
static int find_home(struct attaching *attaching)
{
    size_t first = 0;
    while (first < SAID_MAX && !*attaching->said[first].value)
        first++;
    if (first == SAID_MAX || attaching->known[first].shared)
        return 0;
    attaching->home = attaching->known[first].person;
    return attaching->home ? 0 : make_person(attaching);
}

static int keep_identities(struct attaching *attaching)
{
    int result = 0;
    for (size_t i = 0; i < SAID_MAX && attaching->home && !result; i++)
        if (*attaching->said[i].value && attaching->known[i].id == 0)
            result = keep_identity(attaching, i);
    return result;
}

/* What a person took apart stays apart. */
static int is_kept_apart(struct sql *sql, const int64_t heads[2], bool *ret)
{
    int64_t count = 0;
    int result = sql_number(sql, &count,
                            "SELECT count(*) FROM person_merge m JOIN person a ON a.id = m.one JOIN person b ON b.id ="
                            " m.other WHERE m.undone_by <> '' AND ((a.head = ?1 AND b.head = ?2) OR (a.head = ?2 AND"
                            " b.head = ?1))",
                            sql_int(heads[0]), sql_int(heads[1]));
    *ret = count > 0;
    return result;
}

static const char *const reasons[IDENTITY_KINDS] = {"the same customer number", "the same account",
                                                    "the same e-mail address", "the same telephone number"};

static int join(struct attaching *attaching, size_t i)
{
    struct sql *sql = attaching->office->sql;
    const struct known *known = &attaching->known[i];
    int64_t heads[2], merge;
    bool apart;
    struct error stale;
    int result = persons_head(sql, attaching->home, &heads[0]);
    if (!result)
        result = persons_head(sql, known->person, &heads[1]);
    if (result || heads[0] == heads[1])
        return result;
    result = is_kept_apart(sql, heads, &apart);
    if (result || apart)
        return result;
    const struct person_link link = {.one = attaching->home,
                                     .other = known->person,
                                     .identity = known->id,
                                     .source = attaching->source,
                                     .why = reasons[attaching->said[i].kind],
                                     .who = ""};
    return persons_merge(attaching->office, &link, &merge, &stale);
}

static int join_all(struct attaching *attaching)
{
    int result = 0;
    for (size_t i = 0; i < SAID_MAX && attaching->home && !result; i++)
        if (attaching->known[i].id && !attaching->known[i].shared)
            result = join(attaching, i);
    return result;
}

/* ---------------------------------------------------------------- telephones of several people */

/* CROSS: the orders of the number are gone through, and not all buyers there are. */
static int count_accounts(struct sql *sql, int64_t phone, int64_t *ret)
{
    return sql_number(sql, ret,
                      "SELECT coalesce(max(n), 0) FROM (SELECT count(DISTINCT i.id) AS n FROM person_order o CROSS JOIN"
                      " person_identity i WHERE i.id = o.known AND o.phone = ?1 AND i.kind = 'buyer' GROUP BY i.scope)"
                      " accounts",
                      sql_int(phone));
}

static int separate(struct office *office, int64_t phone)
{
    int64_t merge = 0, one = 0, other = 0;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT id, one, other FROM person_merge WHERE identity = ?1 AND undone_us IS NULL ORDER BY id LIMIT 1",
        sql_int(phone));
    if (sql_next(row)) {
        merge = sql_get_int(row, 0);
        one = sql_get_int(row, 1);
        other = sql_get_int(row, 2);
    }
    int result = sql_done(row);
    if (result || !merge)
        return result ? result : -ENOENT;
    return take_apart(office, merge, one, other, "several people have the telephone number", "");
}

static int look_at_phone(struct attaching *attaching, size_t i)
{
    struct office *office = attaching->office;
    struct known *phone = &attaching->known[i];
    int64_t count = 0;
    if (!phone->id || phone->shared)
        return 0;
    int result = count_accounts(office->sql, phone->id, &count);
    if (result || count <= attaching->accounts)
        return result;
    phone->shared = true;
    result = sql_run(office->sql, "UPDATE person_identity SET shared = 1 WHERE id = ?1", sql_int(phone->id));
    if (!result)
        result = buyers_note_phone(office->sql, phone->id);
    if (!result) /* whose those are that say nothing else, nobody knows any more */
        result = sql_run(office->sql,
                         "UPDATE person_order SET person = NULL, known = NULL WHERE phone = ?1 AND known ="
                         " ?1",
                         sql_int(phone->id));
    while (!result)
        result = separate(office, phone->id);
    return result == -ENOENT ? 0 : result;
}

/* ---------------------------------------------------------------- attaching */

static int find_all(struct attaching *attaching)
{
    int result = 0;
    for (size_t i = 0; i < SAID_MAX && !result; i++)
        if (*attaching->said[i].value)
            result = find_known(attaching, i);
    if (!result)
        result = find_home(attaching);
    return result ? result : keep_identities(attaching);
}

static size_t strongest(const struct attaching *attaching)
{
    size_t i = 0;
    while (i + 1 < SAID_MAX && !*attaching->said[i].value)
        i++;
    return i;
}

/* buyer and phone; a receiver whom the platform hides has no number of his own. An order that was forgotten says
 * nothing any more: it stays whose it was. */
static int read_order(struct attaching *attaching, const char *number)
{
    struct office *office = attaching->office;
    char platform[IDENTITY_SCOPE_SIZE], buyer[IDENTITY_VALUE_SIZE], phone[65] = "";
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT platform, buyer, CASE WHEN sealed = '' AND (overlays & 8) = 0 THEN receiver_phone ELSE '' END FROM"
        " orders WHERE number = ?1 AND forgotten < 2",
        sql_text(number));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, platform, sizeof(platform));
        sql_copy_text(row, 1, buyer, sizeof(buyer));
        sql_copy_text(row, 2, phone, sizeof(phone));
    }
    int result = sql_done(row);
    if (result || !found)
        return result ? result : -ENOENT;
    result = identity_buyer(office, platform, buyer, &attaching->said[0]);
    return result ? result : identity_phone(office, phone, &attaching->said[2]);
}

static int keep_order(struct attaching *attaching, const char *number)
{
    int64_t known = attaching->home ? attaching->known[strongest(attaching)].id : 0;
    int result = sql_run(attaching->office->sql,
                         "INSERT INTO person_currency (currency) SELECT currency FROM orders WHERE number = ?1 ON"
                         " CONFLICT DO NOTHING",
                         sql_text(number));
    if (!result)
        result = buyers_note_order(attaching->office->sql, number);
    if (!result)
        result = buyers_note(attaching->office->sql, attaching->home);
    if (result)
        return result;
    return sql_run(attaching->office->sql,
                   "INSERT INTO person_order (number, person, known, phone) VALUES (?1, ?2, ?3, ?4) ON CONFLICT"
                   " (number) DO UPDATE SET person = excluded.person, known = excluded.known, phone = excluded.phone",
                   sql_text(number), sql_ref(attaching->home), sql_ref(known), sql_ref(attaching->known[2].id));
}

int persons_attach_order(struct office *office, const char *number, int64_t accounts)
{
    struct attaching attaching = {.office = office, .accounts = accounts, .source = number};
    int result = persons_hold(office->sql);
    if (!result)
        result = read_order(&attaching, number);
    if (!result)
        result = find_all(&attaching);
    if (!result)
        result = keep_order(&attaching, number);
    if (!result)
        result = look_at_phone(&attaching, 2);
    return result ? result : join_all(&attaching);
}

static int read_customer(struct attaching *attaching, const char *code)
{
    struct office *office = attaching->office;
    char phone[65] = "", email[IDENTITY_VALUE_SIZE] = "";
    struct sql_query *row =
        sql_select(office->sql, "SELECT phone, email FROM customer WHERE code = ?1", sql_text(code));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, phone, sizeof(phone));
        sql_copy_text(row, 1, email, sizeof(email));
    }
    int result = sql_done(row);
    if (result || !found)
        return result ? result : -ENOENT;
    identity_code(code, &attaching->said[0]);
    result = identity_email(office, email, &attaching->said[1]);
    return result ? result : identity_phone(office, phone, &attaching->said[2]);
}

int persons_attach_customer(struct office *office, const char *code, int64_t accounts)
{
    struct attaching attaching = {.office = office, .accounts = accounts, .source = code};
    int result = persons_hold(office->sql);
    if (!result)
        result = read_customer(&attaching, code);
    if (!result)
        result = find_all(&attaching);
    if (!result)
        result = sql_run(office->sql, "UPDATE customer SET person = ?2 WHERE code = ?1", sql_text(code),
                         sql_int(attaching.home));
    return result ? result : join_all(&attaching);
}
