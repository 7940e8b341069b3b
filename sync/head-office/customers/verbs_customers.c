/* What head office is asked about persons: who is who, what was said with them, whether they may be written to. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/customers/consent.h"
#include "sync/head-office/customers/erase.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ATTACH_MOST 100000

struct fields {
    int64_t person, other, merge;
    char why[513], kind[8], platform[IDENTITY_SCOPE_SIZE], value[IDENTITY_VALUE_SIZE];
    char order[65], channel[CONSENT_CHANNEL_SIZE], direction[4], text[4001], source[257];
    bool given;
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member)  OPTION_CHOICE_AT(struct fields, member)
#define PERSON                                                                                                         \
    {                                                                                                                  \
        "person", NUMBER(person), .min = 1, .max = INT64_MAX, .help = "any account of the person"                      \
    }
#define WHY                                                                                                            \
    {                                                                                                                  \
        "why", TEXT(why), .help = "why, for people"                                                                    \
    }

static const struct option_def no_fields[] = {{0}};
static const struct option_def find_fields[] = {
    {"kind", CHOICE(kind), .choices = "phone|email|code|buyer", .help = "what is known of the person"},
    {"value", PRIVATE(value), .help = "the whole of it"},
    {"platform", TEXT(platform), .fallback = "", .help = "of a buyer: the platform that the name is of"},
    {0}};
static const struct option_def person_fields[] = {PERSON, {0}};
static const struct option_def merge_fields[] = {
    PERSON, {"other", NUMBER(other), .min = 1, .max = INT64_MAX, .help = "who is the same person"}, WHY, {0}};
static const struct option_def unmerge_fields[] = {
    {"merge", NUMBER(merge), .min = 1, .max = INT64_MAX, .help = "its number, as person-merges has it"}, WHY, {0}};
static const struct option_def contact_fields[] = {
    {"person", NUMBER(person), .fallback = "0", .min = 0, .max = INT64_MAX,
     .help = "any account of the person; left out: whose the order is"},
    {"order", TEXT(order), .fallback = "", .help = "the order that it was about"},
    {"channel", CHOICE(channel), .choices = "sms|phone|email|platform|post|visit", .help = "how"},
    {"direction", CHOICE(direction), .choices = "in|out", .help = "in: the customer said it; out: we did"},
    {"text", PRIVATE(text), .help = "what was said"},
    {0}};
static const struct option_def consent_fields[] = {
    PERSON,
    {"channel", CHOICE(channel), .fallback = "all", .choices = CONSENT_CHANNELS "|all", .help = "which way of writing"},
    {"given", OPTION_FLAG_AT(struct fields, given), .help = "yes: may be written to; no: may not"},
    {"source", TEXT(source), .help = "how it was said: a form, a call, an unsubscribe link"},
    {0}};

/* Not in the verb's own transaction: looking at orders takes those it needs. Here all is one. */
static int attach(struct verb_call *call, struct error *error)
{
    struct settings settings;
    int64_t looked = 0;
    int result = settings_load(call->office, &settings, error);
    if (!result)
        result = persons_work_within(call->office, ATTACH_MOST, settings.person_phone_accounts, &looked, error);
    json_int(call->answer, "looked", looked);
    return result;
}

static int read_identity(struct verb_call *call, struct identity *ret, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = 0;
    if (strcmp(fields->kind, "phone") == 0)
        result = identity_phone(call->office, fields->value, ret);
    else if (strcmp(fields->kind, "email") == 0)
        result = identity_email(call->office, fields->value, ret);
    else if (strcmp(fields->kind, "code") == 0)
        identity_code(fields->value, ret);
    else
        result = identity_buyer(call->office, fields->platform, fields->value, ret);
    if (result)
        return office_failed(call->office->sql, result, error);
    return *ret->value ? 0
                       : error_set(error, -EINVAL,
                                   "nobody can be known by that: masked, virtual or not one "
                                   "person's");
}

/* Says no more than the number: what was asked with was known before. */
static int find(struct verb_call *call, struct error *error)
{
    struct identity identity = {0};
    int64_t person;
    int result = read_identity(call, &identity, error);
    if (result)
        return result;
    result = persons_of_identity(call->office->sql, &identity, &person);
    if (result == -ENOENT)
        return error_set(error, -ENOENT, "nobody is known by that");
    json_int(call->answer, "person", person);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int tell_head(struct verb_call *call, const char *key, int64_t person, struct error *error)
{
    int64_t head = 0;
    int result = persons_head(call->office->sql, person, &head);
    json_int(call->answer, key, head);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int merge(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct person_link link = {
        .one = fields->person, .other = fields->other, .source = "", .why = fields->why, .who = call->who};
    int64_t number = 0;
    int result = persons_merge(call->office, &link, &number, error);
    if (result)
        return result;
    json_int(call->answer, "merge", number);
    return tell_head(call, "person", fields->person, error);
}

static int unmerge(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t one = 0, other = 0;
    int result = persons_unmerge(call->office, fields->merge, fields->why, call->who, error);
    if (!result)
        result =
            sql_number(call->office->sql, &one, "SELECT one FROM person_merge WHERE id = ?1", sql_int(fields->merge));
    if (!result)
        result = sql_number(call->office->sql, &other, "SELECT other FROM person_merge WHERE id = ?1",
                            sql_int(fields->merge));
    if (!result)
        result = tell_head(call, "person", one, error);
    return result ? result : tell_head(call, "other", other, error);
}

/* ---------------------------------------------------------------- what was said */

static int find_whose(struct verb_call *call, int64_t *ret, struct error *error)
{
    const struct fields *fields = call->fields;
    struct sql *sql = call->office->sql;
    int64_t head;
    *ret = fields->person;
    int result = fields->person ? persons_head(sql, fields->person, &head)
                                : sql_number(sql, ret, "SELECT person FROM person_order WHERE number = ?1",
                                             sql_text(fields->order));
    if (result == -ENOENT && fields->person)
        return error_set(error, -ENOENT, "there is no person %" PRId64, fields->person);
    if (result == -ENOENT)
        return error_set(error, -ENOENT, "nobody knows whose order \"%s\" is: name the person", fields->order);
    return result ? office_failed(sql, result, error) : 0;
}

static int add_contact(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct office *office = call->office;
    int64_t person;
    if (!*fields->text)
        return error_set(error, -EINVAL, "\"text\" is empty");
    int result = find_whose(call, &person, error);
    if (result)
        return result;
    result =
        sql_run(office->sql,
                "INSERT INTO contact (person, order_number, time_us, channel, direction, text, who) VALUES (?1, ?2,"
                " ?3, ?4, ?5, ?6, ?7)",
                sql_int(person), sql_text(*fields->order ? fields->order : NULL), sql_int(office->now_us),
                sql_text(fields->channel), sql_text(fields->direction), sql_text(fields->text), sql_text(call->who));
    if (!result) {
        json_int(call->answer, "contact", sql_last_id(office->sql));
        json_int(call->answer, "person", person);
    }
    return office_named(office->sql, result, "order", fields->order, error);
}

static int set_consent(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct consent_word word = {.person = fields->person,
                                      .channel = strcmp(fields->channel, "all") == 0 ? NULL : fields->channel,
                                      .given = fields->given,
                                      .source = fields->source,
                                      .who = call->who};
    json_text(call->answer, "channel", fields->channel);
    json_bool(call->answer, "given", fields->given);
    return consent_say(call->office, &word, error);
}

/* ---------------------------------------------------------------- forgetting */

static int forget(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t orders = 0, wait = 0;
    int result = erase_person(call->office, fields->person, call->who, &orders, &wait, error);
    json_int(call->answer, "person", fields->person);
    json_int(call->answer, "forgotten", orders);
    json_int(call->answer, "under_way", wait);
    return result;
}

const struct office_verb customer_verbs[] = {
    VERB("person.attach", no_fields, attach, "Look at once whose the orders are that came", "立即归集订单到客户"),
    VERB("person.find", find_fields, find, "Find the person who is known by something", "按标识查找客户"),
    VERB("person.merge", merge_fields, merge, "Say that two are one person", "合并客户"),
    VERB("person.unmerge", unmerge_fields, unmerge, "Take two apart that were taken for one", "撤销客户合并"),
    VERB("customer.forget", person_fields, forget, "Delete what says who a customer is", "删除客户的个人信息"),
    VERB("contact.add", contact_fields, add_contact, "Write down what was said with a customer", "登记客户沟通"),
    VERB("consent.set", consent_fields, set_consent, "Write down whether a customer may be written to",
         "登记客户是否同意接收信息"),
    {0},
};
