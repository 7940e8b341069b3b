/* What head office is asked about persons that are spoken of together. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/customers/consent.h"
#include "sync/head-office/customers/rfm.h"
#include "sync/head-office/customers/segments.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

#define CONTACTS_MOST 5000

struct fields {
    struct segment segment;
    char conditions[8000], channel[CONSENT_CHANNEL_SIZE], purpose[257];
    int64_t person, after, days, ago;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member) OPTION_CHOICE_AT(struct fields, member)
#define SEGMENT                                                                                                        \
    {                                                                                                                  \
        "segment", TEXT(segment.code), .help = "the segment's code"                                                    \
    }
#define CURRENCY                                                                                                       \
    {                                                                                                                  \
        "currency", TEXT(segment.currency),                                                                            \
            .fallback = "", .help = "orders in another one do not count; left out: the currency of the books"          \
    }
#define PERSON                                                                                                         \
    {                                                                                                                  \
        "person", NUMBER(person), .min = 1, .max = INT64_MAX, .help = "any account of the person"                      \
    }

static const struct option_def put_fields[] = {
    SEGMENT,
    {"name", TEXT(segment.name), .help = "what people call it"},
    {"kind", CHOICE(segment.kind), .choices = SEGMENT_KINDS,
     .help = "rule: by conditions; rfm: by recency, frequency and money; list: by hand"},
    {"conditions", TEXT(conditions), .fallback = "[]",
     .help = "a list of {\"field\", \"operator\", \"value\"}, all of which must hold"},
    {"rfm", CHOICE(segment.rfm), .fallback = "", .choices = RFM_NAMES, .help = "the name, of a segment by RFM"},
    {"days", NUMBER(segment.days), .fallback = "0", .min = 0, .max = 36500,
     .help = "of a segment by rule: purchases of so many days count; 0: all"},
    CURRENCY,
    {0}};
static const struct option_def code_fields[] = {SEGMENT, {0}};
static const struct option_def member_fields[] = {SEGMENT, PERSON, {0}};
static const struct option_def contacts_fields[] = {
    SEGMENT,
    {"channel", CHOICE(channel), .choices = CONSENT_CHANNELS, .help = "how they are to be written to"},
    {"purpose", TEXT(purpose), .help = "what for: it is written down"},
    {"after", NUMBER(after), .fallback = "0", .min = 0, .max = INT64_MAX, .help = "where the last answer ended"},
    {0}};
static const struct option_def rfm_fields[] = {
    {"days", NUMBER(days), .fallback = "365", .min = 1, .max = 36500, .help = "purchases of so many days count"},
    {"ago", NUMBER(ago), .fallback = "0", .min = 0, .max = 36500, .help = "the last of them so many days ago"},
    CURRENCY,
    {0}};

static int read_currency(struct verb_call *call, char ret[4], struct error *error)
{
    const struct fields *fields = call->fields;
    struct settings settings;
    int result = settings_load(call->office, &settings, error);
    if (!result)
        text_copy(ret, 4, *fields->segment.currency ? fields->segment.currency : settings.base_currency);
    return result;
}

static int put(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct segment segment = fields->segment;
    json_t *conditions = json_loads(fields->conditions, 0, NULL);
    int result = json_is_array(conditions) ? 0 : error_set(error, -EINVAL, "\"conditions\" is no list in JSON");
    if (!result)
        result = read_currency(call, segment.currency, error);
    if (!result)
        result = segments_put(call->office, &segment, conditions, error);
    json_decref(conditions);
    json_text(call->answer, "segment", segment.code);
    return result;
}

static int remove_segment(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "segment", fields->segment.code);
    return segments_remove(call->office, fields->segment.code, error);
}

static int add(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "segment", fields->segment.code);
    return segments_add(call->office, fields->segment.code, fields->person, call->who, error);
}

static int drop(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "segment", fields->segment.code);
    return segments_drop(call->office, fields->segment.code, fields->person, error);
}

static int refresh(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t members = 0;
    int result = segments_refresh(call->office, fields->segment.code, &members, error);
    json_text(call->answer, "segment", fields->segment.code);
    json_int(call->answer, "members", members);
    return result;
}

static int compute(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t persons = 0, others = 0, to_us = call->office->now_us - fields->ago * BUSINESS_DAY_US;
    char currency[4];
    int result = read_currency(call, currency, error);
    if (result)
        return result;
    const struct rfm_asked asked = {
        .from_us = to_us - fields->days * BUSINESS_DAY_US, .to_us = to_us, .currency = currency, .who = call->who};
    result = rfm_compute(call->office, &asked, &persons, &others, error);
    json_text(call->answer, "currency", currency);
    json_int(call->answer, "days", fields->days);
    json_int(call->answer, "persons", persons);
    json_int(call->answer, "other_orders", others);
    return result;
}

/* ---------------------------------------------------------------- writing to them */

struct telling {
    struct buf *answer;
    int64_t told, without, last;
};

static int tell(void *user, const struct segment_contact *contact)
{
    struct telling *telling = user;
    telling->last = contact->person;
    if (!*contact->address) {
        telling->without++;
        return 0;
    }
    telling->told++;
    json_open_object(telling->answer, NULL);
    json_int(telling->answer, "person", contact->person);
    json_text(telling->answer, "address", contact->address);
    json_close_object(telling->answer);
    return 0;
}

static int contacts(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct office *office = call->office;
    struct telling telling = {.answer = call->answer};
    if (!*fields->purpose)
        return error_set(error, -EINVAL, "\"purpose\" is empty: say what they are written to for");
    json_open_array(call->answer, "contacts");
    int result = segments_contacts(office, fields->segment.code, fields->channel, fields->after, CONTACTS_MOST, tell,
                                   &telling, error);
    json_close_array(call->answer);
    if (result)
        return result;
    json_int(call->answer, "without_address", telling.without);
    if (telling.told + telling.without == CONTACTS_MOST)
        json_int(call->answer, "next", telling.last);
    result = sql_run(office->sql,
                     "INSERT INTO contact_list (segment, channel, purpose, persons, who, time_us) VALUES (?1, ?2, ?3,"
                     " ?4, ?5, ?6)",
                     sql_text(fields->segment.code), sql_text(fields->channel), sql_text(fields->purpose),
                     sql_int(telling.told), sql_text(call->who), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

const struct office_verb segment_verbs[] = {
    VERB("rfm.compute", rfm_fields, compute, "Reckon recency, frequency and money of all customers", "计算客户 RFM"),
    VERB("segment.put", put_fields, put, "Make a segment of customers, or change it", "新增或修改客户人群"),
    VERB("segment.remove", code_fields, remove_segment, "Forget a segment", "删除客户人群"),
    VERB("segment.add", member_fields, add, "Put a customer on a list", "将客户加入名单"),
    VERB("segment.drop", member_fields, drop, "Take a customer off a list", "将客户移出名单"),
    VERB("segment.refresh", code_fields, refresh, "Find the members of a segment anew", "重新计算人群成员"),
    VERB("segment.contacts", contacts_fields, contacts, "Give out the addresses of those who agreed to be written to",
         "导出同意接收信息的客户联系方式"),
    {0},
};
