#include "sync/head-office/customers/segments.h"

#include "base/option.h"
#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/customers/consent.h"
#include "sync/head-office/customers/person_facts.h"
#include "sync/head-office/customers/person_sql.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/customers/rfm.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int find(struct office *office, const char *code, struct segment *ret, struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT name, kind, rfm, days, currency FROM segment WHERE code = ?1" SQL_FOR_UPDATE,
                   sql_text(code));
    bool found = sql_next(row);
    *ret = (struct segment){0};
    if (found) {
        text_copy(ret->code, sizeof(ret->code), code);
        sql_copy_text(row, 0, ret->name, sizeof(ret->name));
        sql_copy_text(row, 1, ret->kind, sizeof(ret->kind));
        sql_copy_text(row, 2, ret->rfm, sizeof(ret->rfm));
        ret->days = sql_get_int(row, 3);
        sql_copy_text(row, 4, ret->currency, sizeof(ret->currency));
    }
    int result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no segment \"%s\"", code);
}

/* ---------------------------------------------------------------- what people say */

static int put_condition(struct office *office, const struct segment *segment, size_t place, const json_t *said,
                         struct error *error)
{
    static const char *const members[] = {"field", "operator", "value"};
    char texts[COUNT(members)][RULE_VALUE_SIZE];
    struct fact_condition condition;
    for (size_t i = 0; i < COUNT(members); i++)
        if (!option_value_text(json_object_get(said, members[i]), texts[i], sizeof(texts[i])))
            return error_set(error, -EINVAL, "condition %zu needs \"%s\" as a text or a number", place + 1, members[i]);
    int result = fact_condition_of(person_fields, "a person", texts[0], texts[1], texts[2], &condition, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO segment_condition (segment, place, field, operator, value) VALUES (?1, ?2, ?3, ?4,"
                     " ?5)",
                     sql_text(segment->code), sql_int((int64_t)place), sql_text(texts[0]), sql_text(texts[1]),
                     sql_text(texts[2]));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int check(const struct segment *segment, const json_t *conditions, struct error *error)
{
    bool rule = strcmp(segment->kind, "rule") == 0, rfm = strcmp(segment->kind, "rfm") == 0;
    if (!*segment->code)
        return error_set(error, -EINVAL, "a segment needs a code");
    if (rule != (json_array_size(conditions) > 0))
        return error_set(error, -EINVAL,
                         rule ? "a segment by rule needs conditions" : "only a segment by rule has conditions");
    if (json_array_size(conditions) > SEGMENT_CONDITIONS_MAX)
        return error_set(error, -EINVAL, "there are more than %d conditions", SEGMENT_CONDITIONS_MAX);
    if (rfm != (*segment->rfm != '\0'))
        return error_set(error, -EINVAL,
                         rfm ? "a segment by RFM needs its name: " RFM_NAMES : "only a segment by RFM has an RFM name");
    return 0;
}

static int forget(struct office *office, const char *code, bool members)
{
    int result = sql_run(office->sql, "DELETE FROM segment_condition WHERE segment = ?1", sql_text(code));
    return result ? result
                  : sql_run(office->sql, "DELETE FROM segment_member WHERE segment = ?1 AND (who = '' OR ?2 = 1)",
                            sql_text(code), sql_int(members));
}

int segments_put(struct office *office, const struct segment *segment, const json_t *conditions, struct error *error)
{
    int result = check(segment, conditions, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO segment (code, name, kind, rfm, days, currency) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON"
                     " CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, rfm = excluded.rfm,"
                     " days = excluded.days, currency = excluded.currency, made_us = NULL, looked = 0",
                     sql_text(segment->code), sql_text(segment->name), sql_text(segment->kind), sql_text(segment->rfm),
                     sql_int(segment->days), sql_text(segment->currency));
    if (!result)
        result = forget(office, segment->code, strcmp(segment->kind, "list") != 0);
    if (result)
        return office_failed(office->sql, result, error);
    for (size_t i = 0; i < json_array_size(conditions) && !result; i++)
        result = put_condition(office, segment, i, json_array_get(conditions, i), error);
    return result;
}

int segments_remove(struct office *office, const char *code, struct error *error)
{
    struct segment segment;
    int result = find(office, code, &segment, error);
    if (result)
        return result;
    result = forget(office, code, true);
    if (!result)
        result = sql_run(office->sql, "DELETE FROM segment WHERE code = ?1", sql_text(code));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int find_list(struct office *office, const char *code, int64_t person, int64_t *ret_head, struct error *error)
{
    struct segment segment;
    int result = find(office, code, &segment, error);
    if (!result && strcmp(segment.kind, "list") != 0)
        return error_set(error, -EINVAL, "the members of \"%s\" are found, and not put there", code);
    if (result)
        return result;
    result = persons_head(office->sql, person, ret_head);
    if (result == -ENOENT)
        return error_set(error, -ENOENT, "there is no person %" PRId64, person);
    return result ? office_failed(office->sql, result, error) : 0;
}

int segments_add(struct office *office, const char *code, int64_t person, const char *who, struct error *error)
{
    int64_t head;
    int result = find_list(office, code, person, &head, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO segment_member (segment, person, added_us, who) VALUES (?1, ?2, ?3, ?4) ON CONFLICT"
                     " DO NOTHING",
                     sql_text(code), sql_int(head), sql_int(office->now_us), sql_text(who));
    return result ? office_failed(office->sql, result, error) : 0;
}

int segments_drop(struct office *office, const char *code, int64_t person, struct error *error)
{
    int64_t head;
    char name[24];
    int result = find_list(office, code, person, &head, error);
    if (result)
        return result;
    snprintf(name, sizeof(name), "%" PRId64, person);
    result = sql_run(office->sql,
                     "DELETE FROM segment_member WHERE segment = ?1 AND person IN (SELECT id FROM person WHERE head ="
                     " ?2)",
                     sql_text(code), sql_int(head));
    return office_changed(office->sql, result, "such member", name, error);
}

/* ---------------------------------------------------------------- finding members */

struct search {
    struct fact_condition conditions[SEGMENT_CONDITIONS_MAX];
    size_t condition_count;
    int64_t *members, looked;
    size_t count, room;
};

static int load_conditions(struct office *office, const char *code, struct search *search, struct error *error)
{
    int result = 0;
    struct sql_query *row = sql_select(
        office->sql, "SELECT field, operator, value FROM segment_condition WHERE segment = ?1 ORDER BY place",
        sql_text(code));
    while (!result && search->condition_count < SEGMENT_CONDITIONS_MAX && sql_next(row))
        result = fact_condition_of(person_fields, "a person", sql_get_text(row, 0), sql_get_text(row, 1),
                                   sql_get_text(row, 2), &search->conditions[search->condition_count++], error);
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : result;
}

/* They are all found before any is written: a list that is read may be this one. */
static int look_at(void *user, int64_t person, const struct fact *facts)
{
    struct search *search = user;
    search->looked++;
    for (size_t i = 0; i < search->condition_count; i++)
        if (!fact_holds(&search->conditions[i], &facts[search->conditions[i].field - person_fields]))
            return 0;
    if (search->count == search->room) {
        size_t room = search->room ? 2 * search->room : 256;
        void *members = reallocarray(search->members, room, sizeof(*search->members));
        if (!members)
            return -ENOMEM;
        search->members = members;
        search->room = room;
    }
    search->members[search->count++] = person;
    return 0;
}

static int write_members(struct office *office, const char *code, const struct search *search)
{
    int result = sql_run(office->sql, "DELETE FROM segment_member WHERE segment = ?1", sql_text(code));
    for (size_t i = 0; i < search->count && !result; i++)
        result =
            sql_post(office->sql, "INSERT INTO segment_member (segment, person, added_us, who) VALUES (?1, ?2, ?3, '')",
                     sql_text(code), sql_int(search->members[i]), sql_int(office->now_us));
    return result ? result : sql_await(office->sql);
}

static int find_by_rule(struct office *office, const struct segment *segment, int64_t *ret_looked, struct error *error)
{
    struct search search = {0};
    const struct person_facts_asked asked = {.from_us =
                                                 segment->days ? office->now_us - segment->days * BUSINESS_DAY_US : 0,
                                             .to_us = office->now_us,
                                             .currency = segment->currency};
    int result = load_conditions(office, segment->code, &search, error);
    if (result)
        return result;
    result = person_facts_each(office, &asked, look_at, &search);
    if (!result)
        result = write_members(office, segment->code, &search);
    *ret_looked = search.looked;
    free(search.members);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int find_by_rfm(struct office *office, const struct segment *segment, int64_t *ret_looked, struct error *error)
{
    int result = sql_number(office->sql, ret_looked, "SELECT persons FROM rfm_run", SQL_NO_VALUES);
    if (result == -ENOENT)
        return error_set(error, -ENOENT, "recency, frequency and money were never reckoned: \"rfm.compute\" does it");
    if (!result)
        result = sql_run(office->sql, "DELETE FROM segment_member WHERE segment = ?1", sql_text(segment->code));
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO segment_member (segment, person, added_us, who) SELECT DISTINCT ?1, q.head,"
                         " CAST(?3 AS BIGINT), '' FROM rfm r JOIN person q ON q.id = r.person WHERE r.name = ?2",
                         sql_text(segment->code), sql_text(segment->rfm), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

int segments_refresh(struct office *office, const char *code, int64_t *ret_members, struct error *error)
{
    struct segment segment;
    int64_t looked = 0;
    int result = persons_hold(office->sql);
    if (result)
        return office_failed(office->sql, result, error);
    result = find(office, code, &segment, error);
    if (!result && strcmp(segment.kind, "rule") == 0)
        result = find_by_rule(office, &segment, &looked, error);
    else if (!result && strcmp(segment.kind, "rfm") == 0)
        result = find_by_rfm(office, &segment, &looked, error);
    if (result)
        return result;
    result = sql_number(office->sql, ret_members,
                        "SELECT count(DISTINCT q.head) FROM segment_member m JOIN person q ON q.id = m.person WHERE"
                        " m.segment = ?1",
                        sql_text(code));
    if (!result)
        result = sql_run(office->sql, "UPDATE segment SET made_us = ?2, looked = ?3 WHERE code = ?1", sql_text(code),
                         sql_int(office->now_us), sql_int(looked));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- writing to them */

/* Of the person w.head: a number or name that is his own, and not one of somebody that he sent something to. */
#define OF_CUSTOMER(column)                                                                                            \
    "(SELECT min(c." column ") FROM person q JOIN customer c ON c.person = q.id WHERE q.head = w.head AND c." column   \
    " <> '')"
#define OF_ORDER(what, more)                                                                                           \
    "(SELECT " what " FROM " PERSON_ORDERS more " ORDER BY " PERSON_BOUGHT_US " DESC, o.number DESC LIMIT 1)"
#define OWN_PHONE                                                                                                      \
    OF_ORDER("o.receiver_phone", " JOIN person_identity i ON i.id = po.phone AND i.shared = 0 JOIN person x ON x.id =" \
                                 " i.person WHERE q.head = w.head AND x.head = w.head AND o.sealed = '' AND"           \
                                 " (o.overlays & 8) = 0")
#define CONTACTS(address)                                                                                              \
    "SELECT w.head, coalesce(" address                                                                                 \
    ", '') FROM (SELECT DISTINCT q.head AS head FROM segment_member m JOIN person s"                                   \
    " ON s.id = m.person JOIN person q ON q.head = s.head JOIN person_consent c ON c.person = q.id WHERE m.segment ="  \
    " ?1 AND c.channel = ?2 AND c.given = 1 AND " CONSENT_LAST " AND q.head > ?3) w ORDER BY w.head LIMIT ?4"

static const struct {
    const char *channel, *statement;
} ways[] = {
    {"sms", CONTACTS(OWN_PHONE ", " OF_CUSTOMER("phone"))},
    {"phone", CONTACTS(OWN_PHONE ", " OF_CUSTOMER("phone"))},
    {"email", CONTACTS(OF_CUSTOMER("email") ", " OF_ORDER("o.buyer", " WHERE q.head = w.head AND o.buyer LIKE '%@%'"))},
    {"platform", CONTACTS(OF_ORDER("o.platform || ' ' || o.buyer", " JOIN person_identity i ON i.id = po.known WHERE"
                                                                   " q.head = w.head AND i.kind = 'buyer'"))},
    {"post", CONTACTS(OF_CUSTOMER("address"))},
};

int segments_contacts(struct office *office, const char *code, const char *channel, int64_t after, int64_t most,
                      int (*take)(void *user, const struct segment_contact *contact), void *user, struct error *error)
{
    struct segment segment;
    size_t i = 0;
    int result = find(office, code, &segment, error);
    if (result)
        return result;
    while (i < COUNT(ways) && strcmp(ways[i].channel, channel) != 0)
        i++;
    if (i == COUNT(ways))
        return error_set(error, -EINVAL, "\"%s\" is no way of writing to people: " CONSENT_CHANNELS, channel);
    struct sql_query *row =
        sql_select_values(office->sql, ways[i].statement,
                          (struct sql_value[]){sql_text(code), sql_text(channel), sql_int(after), sql_int(most), {0}});
    while (!result && sql_next(row))
        result = take(user, &(struct segment_contact){sql_get_int(row, 0), sql_get_text(row, 1)});
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : result;
}
