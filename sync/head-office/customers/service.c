#include "sync/head-office/customers/service.h"

#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/customers/service_answers.h"
#include "sync/head-office/customers/service_intents.h"
#include "sync/head-office/customers/tickets.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <string.h>

static const char *const proofs[] = {
    [PROOF_NONE] = "none", [PROOF_ORDER] = "order", [PROOF_PROVED] = "proved", [PROOF_WRONG] = "wrong"};

const char *service_proof_name(enum service_proof proof)
{
    return proofs[proof];
}

void service_answer_done(struct service_answer *answer)
{
    buf_done(&answer->text);
}

/* ---------------------------------------------------------------- what the asker knows */

/* By our number, or by the platform's own where one order alone has it. ret "": there is none. phone: of the receiver,
 * when it is a real one. */
static int find_order(struct office *office, const char *named, char ret[65], char phone[IDENTITY_TELEPHONE])
{
    char told[65] = "";
    const char *why;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT number, receiver_phone FROM (SELECT 1 AS place, number, CASE WHEN sealed = '' AND (overlays & 8) = 0 "
        "THEN"
        " receiver_phone ELSE '' END AS receiver_phone FROM orders WHERE number = ?1 UNION ALL SELECT 2, number, CASE "
        "WHEN"
        " sealed = '' AND (overlays & 8) = 0 THEN receiver_phone ELSE '' END FROM orders WHERE platform_order = ?1 AND"
        " number <> ?1 AND origin = 'sale') named ORDER BY place LIMIT 2",
        sql_text(named));
    *ret = *phone = '\0';
    if (*named && sql_next(row)) {
        sql_copy_text(row, 0, ret, 65);
        sql_copy_text(row, 1, told, sizeof(told));
        if (strcmp(ret, named) != 0 && sql_next(row))
            *ret = '\0'; /* two shops have such an order */
    }
    if (*ret)
        identity_telephone(told, phone, &why);
    return sql_done(row);
}

static bool ends_with(const char *phone, const char *tail)
{
    size_t length = strlen(phone), count = strlen(tail);
    return count >= SERVICE_TAIL_MIN && length >= count && text_all_digits(tail, count) &&
           strcmp(phone + length - count, tail) == 0;
}

/* However the order was named. */
static int count_wrong(struct office *office, const char *named, const char *order, int64_t *ret)
{
    return sql_number(office->sql, ret,
                      "SELECT count(*) FROM service_answer WHERE asked_order IN (SELECT CAST(?1 AS TEXT) UNION SELECT"
                      " number FROM orders WHERE number = ?2 UNION SELECT platform_order FROM orders WHERE number = ?2)"
                      " AND time_us > ?3 AND proof = 'wrong'",
                      sql_text(named), sql_text(order), sql_int(office->now_us - BUSINESS_DAY_US));
}

struct asking {
    struct office *office;
    const struct service_question *question;
    struct service_answer *answer;
    char order[65];
    int64_t person;   /* 0: nobody knows */
    bool is_locked;   /* too many wrong digits */
    bool is_withheld; /* the platform keeps the number: nobody can prove anything */
};

static enum service_proof judge(const struct asking *asking, const char *phone)
{
    const struct service_question *question = asking->question;
    if (!*question->order)
        return PROOF_NONE;
    if (!*asking->order || asking->is_locked)
        return PROOF_WRONG;
    if (!*question->tail || asking->is_withheld)
        return PROOF_ORDER;
    return ends_with(phone, question->tail) ? PROOF_PROVED : PROOF_WRONG;
}

static int find_out(struct asking *asking)
{
    const struct service_question *question = asking->question;
    struct office *office = asking->office;
    char phone[IDENTITY_TELEPHONE];
    int64_t wrong = 0;
    int result = find_order(office, question->order, asking->order, phone);
    if (!result)
        result = count_wrong(office, question->order, asking->order, &wrong);
    if (result)
        return result;
    asking->is_locked = *question->order && *question->tail && wrong >= SERVICE_WRONG_MAX;
    asking->is_withheld = *asking->order && !*phone;
    asking->answer->proof = judge(asking, phone);
    if (asking->answer->proof == PROOF_WRONG)
        asking->order[0] = '\0';
    if (*asking->order)
        result = persons_of_order(office->sql, asking->order, &asking->person);
    else if (question->person)
        result = persons_head(office->sql, question->person, &asking->person);
    return result == -ENOENT ? 0 : result;
}

/* ---------------------------------------------------------------- answering */

/* Why nothing is looked up. NULL: it is. */
static const char *say_before(struct asking *asking, struct service_about *about, const struct service_intent *intent)
{
    if (asking->is_locked) {
        service_say(about, "Too many wrong digits were given for this order today. A colleague will help you.",
                    "该订单今日验证错误次数过多，已为您转交工作人员。");
        return "too many wrong digits";
    }
    if (intent->delicate || !intent->answer) {
        service_say(about, "I am handing this over to a colleague, who will answer you.",
                    "已为您转交工作人员，请稍候。");
        return intent->delicate ? intent->name : "no rule is about it";
    }
    return NULL;
}

static int answer_by_rule(struct asking *asking, struct service_about *about, const struct service_intent *intent)
{
    if (*asking->order)
        return intent->answer(about);
    if (asking->answer->proof == PROOF_WRONG)
        service_say(about, "I cannot find an order with this number and these digits. Please look at both once more.",
                    "未找到与该订单号及手机尾号相符的订单，请核对后重试。");
    else
        service_say(about,
                    "Please tell me the number of the order and the last four digits of the receiver's telephone.",
                    "请提供订单号和收件人手机后四位。");
    return 0;
}

static int hand_over(struct asking *asking, const struct service_about *about, struct error *error)
{
    const struct ticket_new ticket = {.why = about->hand_over,
                                      .question = asking->question->text,
                                      .language = asking->answer->chinese ? "zh" : "en",
                                      .person = asking->person,
                                      .order = *asking->order ? asking->order : NULL};
    return tickets_open(asking->office, &ticket, &asking->answer->ticket, error);
}

static int keep(struct asking *asking)
{
    const struct service_question *question = asking->question;
    struct service_answer *answer = asking->answer;
    struct sql *sql = asking->office->sql;
    int result =
        sql_run(sql,
                "INSERT INTO service_answer (time_us, who, language, question, intent, proof, asked_order,"
                " order_number, person, answer, ticket) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                sql_int(asking->office->now_us), sql_text(question->who), sql_text(answer->chinese ? "zh" : "en"),
                sql_text(question->text), sql_text(answer->intent), sql_text(proofs[answer->proof]),
                sql_text(question->order), sql_text(*asking->order ? asking->order : NULL), sql_ref(asking->person),
                sql_text(buf_text(&answer->text)), sql_ref(answer->ticket));
    answer->id = result ? 0 : sql_last_id(sql);
    for (size_t i = 0; i < answer->source_count && !result; i++)
        result = sql_run(sql, "INSERT INTO service_source (answer, place, kind, code) VALUES (?1, ?2, ?3, ?4)",
                         sql_int(answer->id), sql_int((int64_t)i + 1), sql_text(answer->sources[i].kind),
                         sql_text(answer->sources[i].code));
    return result;
}

int service_ask(struct office *office, const struct service_question *question, struct service_answer *ret,
                struct error *error)
{
    const struct service_intent *intent = service_intent_of(question->text);
    bool by_text = strcmp(question->language, "auto") == 0;
    *ret = (struct service_answer){.intent = intent->name,
                                   .chinese = by_text ? service_is_chinese(question->text)
                                                      : strcmp(question->language, "zh") == 0};
    struct asking asking = {.office = office, .question = question, .answer = ret};
    struct service_about about = {.office = office, .answer = ret};
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    about.zone_minutes = settings.utc_offset_min;
    result = find_out(&asking);
    text_copy(about.order, sizeof(about.order), asking.order);
    about.is_withheld = asking.is_withheld;
    if (!result)
        about.hand_over = say_before(&asking, &about, intent);
    if (!result && !about.hand_over)
        result = answer_by_rule(&asking, &about, intent);
    if (result)
        return office_failed(office->sql, result, error);
    if (about.hand_over)
        result = hand_over(&asking, &about, error);
    if (result)
        return result;
    result = ret->text.failed ? -ENOMEM : keep(&asking);
    return result ? office_failed(office->sql, result, error) : 0;
}
