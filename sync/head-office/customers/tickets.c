#include "sync/head-office/customers/tickets.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* before: the states in which it may be done, set apart by commas. */
static const struct step {
    const char *act, *before, *after;
    bool needs_note;
} steps[] = {
    {"take", "open,taken,answered", "taken", true},
    {"answer", "open,taken,answered", "answered", true},
    {"close", "open,taken,answered", "closed", false},
    {"reopen", "closed", "open", true},
};

static const struct step *find_step(const char *act)
{
    for (size_t i = 0; i < COUNT(steps); i++)
        if (strcmp(steps[i].act, act) == 0)
            return &steps[i];
    return NULL;
}

static int note(struct office *office, int64_t ticket, const char *act, const char *before, const char *after,
                const char *who, const char *text)
{
    return sql_run(office->sql,
                   "INSERT INTO ticket_history (ticket, time_us, act, before, after, who, note) VALUES (?1, ?2, ?3, ?4,"
                   " ?5, ?6, ?7)",
                   sql_int(ticket), sql_int(office->now_us), sql_text(act), sql_text(before), sql_text(after),
                   sql_text(who), sql_text(text));
}

int tickets_open(struct office *office, const struct ticket_new *ticket, int64_t *ret, struct error *error)
{
    int result = sql_run(office->sql,
                         "INSERT INTO ticket (state, why, question, language, person, order_number, opened_us,"
                         " changed_us) VALUES ('open', ?1, ?2, ?3, ?4, ?5, ?6, ?6)",
                         sql_text(ticket->why), sql_text(ticket->question), sql_text(ticket->language),
                         sql_ref(ticket->person), sql_text(ticket->order), sql_int(office->now_us));
    *ret = result ? 0 : sql_last_id(office->sql);
    if (!result)
        result = note(office, *ret, "open", "", "open", "", ticket->why);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int move(struct office *office, int64_t ticket, const struct step *step, const char *text)
{
    return sql_run(office->sql,
                   "UPDATE ticket SET state = ?2, changed_us = ?3, assignee = CASE WHEN ?4 = 'take' THEN ?5 ELSE"
                   " assignee END, reply = CASE WHEN ?4 = 'answer' THEN ?5 ELSE reply END WHERE id = ?1",
                   sql_int(ticket), sql_text(step->after), sql_int(office->now_us), sql_text(step->act),
                   sql_text(text));
}

int tickets_act(struct office *office, int64_t ticket, const char *act, const char *who, const char *text,
                struct error *error)
{
    char state[16] = "";
    const struct step *step = find_step(act);
    if (!step || (step->needs_note && !*text))
        return error_set(error, -EINVAL, "\"%s\" needs a text, or is nothing that is done with a ticket", act);
    struct sql_query *row =
        sql_select(office->sql, "SELECT state FROM ticket WHERE id = ?1" SQL_FOR_UPDATE, sql_int(ticket));
    if (sql_next(row))
        sql_copy_text(row, 0, state, sizeof(state));
    int result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    if (!*state)
        return error_set(error, -ENOENT, "there is no ticket %" PRId64, ticket);
    if (!text_is_listed(step->before, state))
        return error_set(error, -EALREADY, "ticket %" PRId64 " is %s: it cannot be done", ticket, state);
    result = move(office, ticket, step, text);
    if (!result)
        result = note(office, ticket, act, state, step->after, who, text);
    return result ? office_failed(office->sql, result, error) : 0;
}
