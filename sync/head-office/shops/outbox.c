#include "sync/head-office/shops/outbox.h"

#include "base/defect.h"
#include "base/text.h"
#include "sync/head-office/shops/attention.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_FIRST_US SHOP_SECOND_US
#define WAIT_MOST_US  (600 * SHOP_SECOND_US)
#define ATTEMPTS_MAX  200 /* more than a day: then a person must see to it */
#define ATTEMPTS_SEEN 6   /* about a minute: a person may want to know of it */

#define ALONE "alone" /* a call with others in it was refused: whose fault it was is seen when each goes for itself */

/* ---------------------------------------------------------------- rows */

int outbox_put(struct sql *sql, const struct outbox_entry *entry)
{
    return sql_run(
        sql,
        "INSERT INTO outbox (shop, kind, subject, key, version, body, made_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
        " ?7) ON CONFLICT (key) DO NOTHING",
        sql_text(entry->shop), sql_text(entry->kind), sql_text(entry->subject), sql_text(entry->key),
        sql_int(entry->version), sql_text(entry->body), sql_int(entry->made_us));
}

static int not_refused(struct office *office, int64_t id, struct error *error)
{
    int64_t found;
    int result = sql_number(office->sql, &found, "SELECT 1 FROM outbox WHERE id = ?1", sql_int(id));
    if (result == -ENOENT)
        return error_set(error, result, "there is nothing of number %" PRId64 " to be done at a platform", id);
    return result ? office_failed(office->sql, result, error)
                  : error_set(error, -EALREADY, "number %" PRId64 " was not refused: it is done, or on its way", id);
}

int outbox_retry(struct office *office, int64_t id, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE outbox SET state = 'waiting', attempts = 0, next_us = 0, ended_us = NULL, class = ''"
                         " WHERE id = ?1 AND state = 'refused'",
                         sql_int(id));
    if (result)
        return office_failed(office->sql, result, error);
    return sql_changes(office->sql) > 0 ? 0 : not_refused(office, id, error);
}

int outbox_drop(struct office *office, int64_t id, const char *why, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE outbox SET state = 'dropped', said = ?2 WHERE id = ?1 AND state = 'refused'",
                sql_int(id), sql_text(why));
    if (result)
        return office_failed(office->sql, result, error);
    return sql_changes(office->sql) > 0 ? 0 : not_refused(office, id, error);
}

/* ---------------------------------------------------------------- what is due */

static void done_call(struct outbox_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        json_decref(call->rows[i].body);
    free(call->raw);
}
#define CLEANUP_CALL CLEANUP(done_call)

struct sender {
    struct shop_worker *worker;
    struct shop *shop;
    struct outbox_done *done;
};

/* This program is the only one that speaks for the shop, and it is not speaking: what was begun once was broken off. */
static int find_broken_off(struct sender *sender)
{
    return sql_run(sender->worker->office->sql,
                   DEFECT(27)
                       ? "UPDATE outbox SET state = 'done', next_us = 0 WHERE shop = ?1 AND state = 'sending'"
                       : "UPDATE outbox SET state = 'uncertain', next_us = 0 WHERE shop = ?1 AND state = 'sending'",
                   sql_text(sender->shop->code));
}

/* What may be sold, and for how much, is told as it is now: an older figure is of no use. */
static int drop_stale(struct sender *sender)
{
    return sql_run(sender->worker->office->sql,
                   "UPDATE outbox SET state = 'dropped', ended_us = ?2 WHERE shop = ?1 AND kind IN ('stock',"
                   " 'price', 'listing') AND state IN ('waiting', 'uncertain') AND EXISTS (SELECT 1 FROM outbox later "
                   "WHERE later.shop = outbox.shop AND"
                   " later.subject = outbox.subject AND later.state = 'waiting' AND later.id > outbox.id)",
                   sql_text(sender->shop->code), sql_int(sender->worker->office->now_us));
}

static void take_row(struct sql_query *row, struct outbox_row *out)
{
    *out = (struct outbox_row){.id = sql_get_int(row, 0)};
    sql_copy_text(row, 1, out->kind, sizeof(out->kind));
    sql_copy_text(row, 2, out->subject, sizeof(out->subject));
    sql_copy_text(row, 3, out->key, sizeof(out->key));
    out->version = sql_get_int(row, 4);
    out->body = json_loads(sql_get_text(row, 5), 0, NULL);
    out->uncertain = strcmp(sql_get_text(row, 6), "uncertain") == 0;
    out->attempts = sql_get_int(row, 7);
    sql_copy_text(row, 8, out->class, sizeof(out->class));
    sql_copy_text(row, 9, out->said, sizeof(out->said));
}

#define ROW                                                                                                            \
    "SELECT o.id, o.kind, o.subject, o.key, o.version, o.body, o.state, o.attempts, o.class, o.said FROM outbox o"
#define IS_NEXT                                                                                                        \
    " o.next_us <= ?2 AND NOT EXISTS (SELECT 1 FROM outbox before WHERE before.shop = o.shop AND before.subject ="     \
    " o.subject AND before.state IN ('waiting', 'sending', 'uncertain') AND before.id < o.id)"

/* The row that waits longest. -ENOENT: none. */
static int load_first(struct sender *sender, struct outbox_call *call)
{
    struct sql_query *row = sql_select(sender->worker->office->sql,
                                       ROW " WHERE o.shop = ?1 AND o.state IN ('waiting', 'uncertain') AND" IS_NEXT
                                           " ORDER BY o.next_us, o.id LIMIT 1",
                                       sql_text(sender->shop->code), sql_int(sender->worker->office->now_us));
    if (sql_next(row))
        take_row(row, &call->rows[call->count++]);
    int failed = sql_done(row);
    return failed ? failed : call->count > 0 ? 0 : -ENOENT;
}

/* Others that go together with the first and are as far: their subjects begin the same. */
static int load_others(struct sender *sender, struct outbox_call *call, int most)
{
    const struct outbox_row *first = &call->rows[0];
    char from[OUTBOX_SUBJECT_SIZE] = "", to[OUTBOX_SUBJECT_SIZE] = ""; /* "ITEM/", and what follows all that begin so */
    size_t slash = strcspn(first->subject, "/");
    text_copy_n(from, sizeof(from), first->subject, slash + 1);
    memcpy(to, from, sizeof(to));
    to[slash] = '/' + 1;
    struct sql_query *row = sql_select(
        sender->worker->office->sql,
        ROW " WHERE o.shop = ?1 AND o.state = ?3 AND o.kind = ?4 AND o.id <> ?5 AND o.subject >= ?6 AND o.subject < ?7 "
            "AND o.class <> '" ALONE "' AND" IS_NEXT " ORDER BY o.id LIMIT ?8",
        sql_text(sender->shop->code), sql_int(sender->worker->office->now_us),
        sql_text(first->uncertain ? "uncertain" : "waiting"), sql_text(first->kind), sql_int(first->id), sql_text(from),
        sql_text(to), sql_int(most < OUTBOX_BATCH_MAX ? (most > 0 ? most - 1 : 0) : OUTBOX_BATCH_MAX - 1));
    while (call->count < OUTBOX_BATCH_MAX && sql_next(row))
        take_row(row, &call->rows[call->count++]);
    return sql_done(row);
}

/* ---------------------------------------------------------------- how a row goes on */

struct fate {
    const char *state, *class, *said;
    int64_t next_us;
};

static int write_fate(struct sender *sender, const struct outbox_row *row, const struct fate *fate)
{
    bool ends =
        strcmp(fate->state, "done") == 0 || strcmp(fate->state, "refused") == 0 || strcmp(fate->state, "dropped") == 0;
    return sql_run(
        sender->worker->office->sql,
        "UPDATE outbox SET state = ?2, class = ?3, said = ?4, next_us = ?5, ended_us = CASE WHEN ?6 = 1 THEN ?7"
        " ELSE NULL END, made_us = CASE WHEN made_us = 0 THEN ?7 ELSE made_us END WHERE id = ?1",
        sql_int(row->id), sql_text(fate->state), sql_text(fate->class), sql_text(fate->said), sql_int(fate->next_us),
        sql_int(ends), sql_int(sender->worker->office->now_us));
}

static int64_t back_off(struct sender *sender, const struct outbox_row *row)
{
    int64_t times = row->attempts < 12 ? row->attempts : 12, wait_us = WAIT_FIRST_US << times;
    return sender->worker->office->now_us + (wait_us < WAIT_MOST_US ? wait_us : WAIT_MOST_US);
}

static const char *about(const struct outbox_row *row)
{
    const char *about = outbox_text(row, "about");
    return *about ? about : row->subject;
}

static const char *attention_of(const struct outbox_row *row)
{
    const struct outbox_kind *kind = outbox_kind_find(row->kind);
    return kind && kind->attention ? kind->attention : ATTENTION_NOT_TOLD;
}

static int finish(struct sender *sender, struct outbox_call *call, const struct outbox_row *row,
                  const struct platform_answer *answer)
{
    const struct outbox_kind *kind = outbox_kind_find(row->kind);
    int result = write_fate(sender, row, &(struct fate){"done", "ok", "", 0});
    if (!result && kind->done)
        result = kind->done(call, row, answer);
    if (!result)
        result = attention_end(sender->worker->office, about(row), attention_of(row));
    sender->done->done++;
    return result;
}

static int call_for_person(struct sender *sender, const struct outbox_row *row, const char *said)
{
    return attention_raise(sender->worker->office, sender->shop->code, about(row), attention_of(row), said);
}

static int refuse(struct sender *sender, const struct outbox_row *row, const char *class, const char *said)
{
    int result = write_fate(sender, row, &(struct fate){"refused", class, said, 0});
    if (!result)
        result = call_for_person(sender, row, said);
    sender->done->refused++;
    return result;
}

static int wait(struct sender *sender, const struct outbox_row *row, const char *state,
                const struct platform_fault *fault, int64_t next_us)
{
    const char *class = platform_class_name(fault->class);
    if (row->attempts >= ATTEMPTS_MAX)
        return refuse(sender, row, class, fault->message);
    int result = write_fate(sender, row, &(struct fate){state, class, fault->message, next_us});
    const struct outbox_kind *kind = outbox_kind_find(row->kind);
    bool tells = kind->attention && (row->attempts >= ATTEMPTS_SEEN || fault->class == PLATFORM_PERMISSION);
    return result || !tells ? result : call_for_person(sender, row, fault->message);
}

static int take_conflict(struct sender *sender, struct outbox_call *call, const struct outbox_row *row,
                         const struct platform_fault *fault)
{
    const struct outbox_kind *kind = outbox_kind_find(row->kind);
    if (!kind->conflict)
        return kind->read ? wait(sender, row, "uncertain", fault, 0)
                          : refuse(sender, row, platform_class_name(fault->class), fault->message);
    switch (kind->conflict(call, row)) {
    case OUTBOX_DONE:
        return finish(sender, call, row, NULL);
    case OUTBOX_NOT_DONE:
        return wait(sender, row, "waiting", fault, back_off(sender, row));
    default:
        return refuse(sender, row, platform_class_name(fault->class), fault->message);
    }
}

/* The whole call was refused, and perhaps for one row's sake. */
static int refuse_or_part(struct sender *sender, const struct outbox_call *call, const struct outbox_row *row,
                          const char *class, const char *said)
{
    return call->count > 1 ? write_fate(sender, row, &(struct fate){"waiting", ALONE, said, 0})
                           : refuse(sender, row, class, said);
}

/* What the answer to a write says of one row. */
static int take_class(struct sender *sender, struct outbox_call *call, const struct outbox_row *row,
                      const struct platform_fault *fault, const struct platform_answer *answer)
{
    switch (fault->class) {
    case PLATFORM_OK:
        return finish(sender, call, row, answer);
    case PLATFORM_RETRY:
    case PLATFORM_PARTIAL: /* it is not said of which row */
        return wait(sender, row, "waiting", fault, back_off(sender, row));
    case PLATFORM_THROTTLED: /* the shop waits as a whole */
    case PLATFORM_AUTH_EXPIRED:
    case PLATFORM_AUTH_REVOKED:
    case PLATFORM_BAD_SIGN:
    case PLATFORM_CLOCK:
        return wait(sender, row, "waiting", fault, 0);
    case PLATFORM_CONFLICT:
        return take_conflict(sender, call, row, fault);
    case PLATFORM_UNCERTAIN:
        return wait(sender, row, "uncertain", fault, back_off(sender, row));
    case PLATFORM_PERMISSION:
        if (outbox_kind_find(row->kind)->patient)
            return wait(sender, row, "waiting", fault, back_off(sender, row));
        return refuse(sender, row, platform_class_name(fault->class), fault->message);
    default:
        return refuse_or_part(sender, call, row, platform_class_name(fault->class), fault->message);
    }
}

/* ---------------------------------------------------------------- in a transaction */

static int end(struct sender *sender, int result, struct error *error)
{
    struct office *office = sender->worker->office;
    if (result)
        office_failed(office->sql, result, error);
    else
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

static int begin(struct sender *sender, struct error *error)
{
    int result = sql_run(sender->worker->office->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES);
    return result ? office_failed(sender->worker->office->sql, result, error) : 0;
}

/* From here on nobody knows what has happened, until the answer is written down. */
static int mark_sending(struct sender *sender, struct outbox_call *call, struct error *error)
{
    int result = begin(sender, error);
    if (result)
        return result;
    for (size_t i = 0; i < call->count && !result; i++) {
        call->rows[i].attempts++;
        result = sql_run(sender->worker->office->sql,
                         "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ?1",
                         sql_int(call->rows[i].id));
    }
    return end(sender, result, error);
}

static int take_answer(struct sender *sender, struct outbox_call *call, const struct platform_answer *answer,
                       const struct platform_fault *fault, struct error *error)
{
    const struct outbox_kind *kind = outbox_kind_find(call->rows[0].kind);
    bool by_row = kind->of_row && (fault->class == PLATFORM_OK || fault->class == PLATFORM_PARTIAL);
    int result = begin(sender, error);
    if (result)
        return result;
    for (size_t i = 0; i < call->count && !result; i++) {
        struct platform_fault own = *fault;
        if (by_row)
            result = kind->of_row(call, i, answer, &own);
        if (!result)
            result = take_class(sender, call, &call->rows[i], &own, answer);
    }
    return end(sender, result, error);
}

/* class: why it was not even said; "" where it need not be. */
static int end_all(struct sender *sender, struct outbox_call *call, const char *class, const char *why,
                   struct error *error)
{
    int result = begin(sender, error);
    if (result)
        return result;
    for (size_t i = 0; i < call->count && !result; i++)
        result = *class ? refuse_or_part(sender, call, &call->rows[i], class, why)
                        : write_fate(sender, &call->rows[i], &(struct fate){"dropped", "", why, 0});
    return end(sender, result, error);
}

/* ---------------------------------------------------------------- the calls */

/* *ret_on: the platform lets itself be called at once. */
static int judge_shop(struct sender *sender, const struct platform_fault *fault, bool *ret_on, struct error *error)
{
    *ret_on = fault->class != PLATFORM_THROTTLED && fault->class != PLATFORM_AUTH_REVOKED &&
              fault->class != PLATFORM_BAD_SIGN && fault->class != PLATFORM_RETRY &&
              fault->class != PLATFORM_UNCERTAIN && !(fault->class == PLATFORM_CLOCK && *sender->shop->trouble);
    return fault->class == PLATFORM_AUTH_EXPIRED ? shop_renew(sender->worker, sender->shop, ret_on, error) : 0;
}

/* want is filled. 1: the platform has no such call, or it could not be built: error says why. */
static int call_platform(struct sender *sender, struct outbox_call *call, struct platform_answer *answer,
                         struct platform_fault *fault, struct error *error)
{
    int result = shop_call(sender->worker, sender->shop, &call->want, answer, fault, error);
    sender->done->calls++;
    if (result == -ENOTSUP)
        error_set(error, result, "the platform has no call for it");
    return result == -ENOTSUP || result == -EINVAL ? 1 : result;
}

static int send(struct sender *sender, struct outbox_call *call, bool *ret_on, struct error *error)
{
    const struct outbox_kind *kind = outbox_kind_find(call->rows[0].kind);
    struct platform_answer answer;
    struct platform_fault fault;
    int result = kind->write(call, error);
    *ret_on = true;
    if (result == -ENOTSUP)
        return end_all(sender, call, "", error->text, error);
    if (result == -EINVAL)
        return end_all(sender, call, *call->lacks ? call->lacks : "parameter", error->text, error);
    if (!result)
        result = mark_sending(sender, call, error);
    if (result)
        return result;
    text_copy(call->want.key, sizeof(call->want.key), call->rows[0].key);
    result = call_platform(sender, call, &answer, &fault, error);
    if (result)
        return result > 0 ? end_all(sender, call, "parameter", error->text, error) : result;
    result = take_answer(sender, call, &answer, &fault, error);
    platform_answer_done(&answer);
    return result ? result : judge_shop(sender, &fault, ret_on, error);
}

/* ---------------------------------------------------------------- reading back */

/* A row that is not done stays in the call, to be sent; the others leave it. */
static int take_verdicts(struct sender *sender, struct outbox_call *call, const struct platform_answer *answer,
                         struct error *error)
{
    const struct outbox_kind *kind = outbox_kind_find(call->rows[0].kind);
    size_t left = 0;
    int result = begin(sender, error);
    if (result)
        return result;
    for (size_t i = 0; i < call->count && !result; i++) {
        struct outbox_row *row = &call->rows[i];
        enum outbox_verdict verdict = kind->judge(call, row, answer);
        bool was_refused = row->uncertain && strcmp(row->class, platform_class_name(PLATFORM_CONFLICT)) == 0;
        if (verdict == OUTBOX_DONE)
            result = finish(sender, call, row, NULL);
        else if (verdict == OUTBOX_REFUSED || was_refused)
            result = refuse(sender, row, row->class, verdict == OUTBOX_REFUSED ? call->said : row->said);
        else {
            struct outbox_row kept = *row; /* the one that is left out takes its place, to be given back */
            *row = call->rows[left];
            call->rows[left++] = kept;
        }
    }
    for (size_t i = left; i < call->count; i++)
        json_decref(call->rows[i].body);
    call->count = left;
    return end(sender, result, error);
}

static int not_read(struct sender *sender, struct outbox_call *call, const struct platform_fault *fault,
                    struct error *error)
{
    bool never = fault->class == PLATFORM_NOT_FOUND || fault->class == PLATFORM_PERMISSION ||
                 fault->class == PLATFORM_PARAMETER || fault->class == PLATFORM_PERMANENT;
    int result = begin(sender, error);
    if (result)
        return result;
    for (size_t i = 0; i < call->count && !result; i++) {
        struct outbox_row *row = &call->rows[i];
        result = never ? refuse(sender, row, platform_class_name(fault->class), fault->message)
                       : write_fate(sender, row,
                                    &(struct fate){row->uncertain ? "uncertain" : "waiting",
                                                   *row->class ? row->class : platform_class_name(fault->class),
                                                   fault->message, back_off(sender, row)});
    }
    return end(sender, result, error);
}

/* *ret_sends: what is left in the call is to be sent. */
static int read_back(struct sender *sender, struct outbox_call *call, bool *ret_on, bool *ret_sends,
                     struct error *error)
{
    const struct outbox_kind *kind = outbox_kind_find(call->rows[0].kind);
    struct platform_answer answer;
    struct platform_fault fault;
    *ret_on = *ret_sends = true;
    int result = kind->read(call, error);
    if (!result)
        result = call_platform(sender, call, &answer, &fault, error);
    if (result > 0) /* it cannot be read back: to repeat it is all that is left */
        return 0;
    if (result)
        return result;
    *ret_sends = fault.class == PLATFORM_OK;
    result = fault.class == PLATFORM_OK ? take_verdicts(sender, call, &answer, error)
                                        : not_read(sender, call, &fault, error);
    platform_answer_done(&answer);
    return result ? result : judge_shop(sender, &fault, ret_on, error);
}

/* ---------------------------------------------------------------- a turn */

static int do_next(struct sender *sender, bool *ret_on, struct error *error)
{
    CLEANUP_CALL struct outbox_call call = {.office = sender->worker->office, .shop = sender->shop, .lacks = ""};
    struct office *office = sender->worker->office;
    bool sends = true;
    *ret_on = false;
    int result = load_first(sender, &call);
    if (result == -ENOENT)
        return 0;
    const struct outbox_kind *kind = result ? NULL : outbox_kind_find(call.rows[0].kind);
    if (!result && (!kind || !call.rows[0].body))
        return end_all(sender, &call, "parameter", "this version does not know what that is", error);
    if (!result && kind->at_once && strcmp(call.rows[0].class, ALONE) != 0)
        result = load_others(sender, &call, kind->at_once(sender->shop));
    if (result)
        return office_failed(office->sql, result, error);
    *ret_on = true;
    if (!DEFECT(21) && kind->read && (call.rows[0].uncertain || (kind->reads_first && kind->reads_first(sender->shop))))
        result = read_back(sender, &call, ret_on, &sends, error);
    return result || !sends || !*ret_on || call.count == 0 ? result : send(sender, &call, ret_on, error);
}

int outbox_turn(struct shop_worker *worker, struct shop *shop, int64_t most, struct outbox_done *done,
                struct error *error)
{
    struct sender sender = {worker, shop, done};
    bool on = true;
    int result = find_broken_off(&sender);
    if (!result)
        result = drop_stale(&sender);
    if (result)
        return office_failed(worker->office->sql, result, error);
    while (on && done->calls < most) {
        result = do_next(&sender, &on, error);
        if (result)
            return result;
    }
    done->more |= on;
    return 0;
}
