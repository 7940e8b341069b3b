/* What head office is asked by and about customers who ask. */
#include "base/json.h"
#include "sync/head-office/customers/service.h"
#include "sync/head-office/customers/tickets.h"
#include "sync/head-office/verb.h"

#include <errno.h>

struct fields {
    char order[65], phone_tail[12], text[4001], language[5], assignee[65], reply[4001], note[513];
    int64_t person, ticket;
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define TICKET                                                                                                         \
    {                                                                                                                  \
        "ticket", NUMBER(ticket), .min = 1, .max = INT64_MAX, .help = "its number"                                     \
    }

static const struct option_def ask_fields[] = {
    {"text", PRIVATE(text), .help = "the question, in the customer's words"},
    {"order", TEXT(order), .fallback = "", .help = "the order's number, ours or the platform's"},
    {"phone_tail", PRIVATE(phone_tail), .fallback = "",
     .help = "the last four digits, or more, of the receiver's telephone, as the customer says them"},
    {"person", NUMBER(person), .fallback = "0", .min = 0, .max = INT64_MAX, .help = "who asks, where that is known"},
    {"language", OPTION_CHOICE_AT(struct fields, language), .fallback = "auto", .choices = "auto|en|zh",
     .help = "of the answer; auto: as the question"},
    {0}};
static const struct option_def take_fields[] = {
    TICKET, {"assignee", TEXT(assignee), .fallback = "", .help = "who sees to it; left out: who asks"}, {0}};
static const struct option_def reply_fields[] = {
    TICKET, {"reply", PRIVATE(reply), .help = "what the customer is told"}, {0}};
static const struct option_def close_fields[] = {TICKET, {"note", TEXT(note), .fallback = "", .help = "why"}, {0}};
static const struct option_def reopen_fields[] = {TICKET, {"note", TEXT(note), .help = "why"}, {0}};

static void tell(struct buf *json, const struct service_answer *answer)
{
    json_int(json, "answer", answer->id);
    json_text(json, "intent", answer->intent);
    json_text(json, "language", answer->chinese ? "zh" : "en");
    json_text(json, "proof", service_proof_name(answer->proof));
    json_text(json, "text", buf_text(&answer->text));
    json_open_array(json, "sources");
    for (size_t i = 0; i < answer->source_count; i++) {
        json_open_object(json, NULL);
        json_text(json, "kind", answer->sources[i].kind);
        json_text(json, "code", answer->sources[i].code);
        json_close_object(json);
    }
    json_close_array(json);
    if (answer->ticket)
        json_int(json, "ticket", answer->ticket);
}

static int ask(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct service_question question = {.order = fields->order,
                                              .tail = fields->phone_tail,
                                              .person = fields->person,
                                              .text = fields->text,
                                              .language = fields->language,
                                              .who = call->who};
    CLEANUP_ANSWER struct service_answer answer = {0};
    if (!*fields->text)
        return error_set(error, -EINVAL, "\"text\" is empty");
    int result = service_ask(call->office, &question, &answer, error);
    if (!result)
        tell(call->answer, &answer);
    return result;
}

static int act(struct verb_call *call, const char *what, const char *note, struct error *error)
{
    const struct fields *fields = call->fields;
    json_int(call->answer, "ticket", fields->ticket);
    return tickets_act(call->office, fields->ticket, what, call->who, note, error);
}

static int take(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return act(call, "take", *fields->assignee ? fields->assignee : call->who, error);
}

static int reply(struct verb_call *call, struct error *error)
{
    return act(call, "answer", ((const struct fields *)call->fields)->reply, error);
}

static int close_ticket(struct verb_call *call, struct error *error)
{
    return act(call, "close", ((const struct fields *)call->fields)->note, error);
}

static int reopen(struct verb_call *call, struct error *error)
{
    return act(call, "reopen", ((const struct fields *)call->fields)->note, error);
}

const struct office_verb service_verbs[] = {
    VERB("service.ask", ask_fields, ask, "Answer a customer's question, or hand it over", "回答客户咨询或转人工"),
    VERB("ticket.take", take_fields, take, "Say who sees to a customer's question", "受理客户工单"),
    VERB("ticket.reply", reply_fields, reply, "Answer what was handed over", "回复客户工单"),
    VERB("ticket.close", close_fields, close_ticket, "Close what was handed over", "关闭客户工单"),
    VERB("ticket.reopen", reopen_fields, reopen, "Open it again", "重新打开客户工单"),
    {0},
};
