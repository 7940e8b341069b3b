#include "drivers/printer/delivery_parts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static const struct delivery_dialect dialects[PRINTER_LANGUAGES] = {
    [PRINTER_ZPL] = {.clear = "~JA\r\n", .shows_busy = true, .hides_label = true},
    [PRINTER_TSPL] = {.clear = "\x1b!.", .shows_busy = true},
    [PRINTER_CPCL] = {.in_order = true},
    [PRINTER_ESCPOS] = {.receipt = "\x1dr\x01"},
};

const struct delivery_dialect *delivery_dialect(const struct delivery *delivery)
{
    return &dialects[delivery->talk.language];
}

bool delivery_has_base(const struct delivery *delivery)
{
    return delivery->base != PRINTER_NOT_SAID;
}

bool delivery_reports(const struct delivery *delivery)
{
    return delivery->report.state != NULL;
}

void delivery_set_report(struct delivery *delivery, const char *state, const char *why, const char *proof)
{
    assert(!delivery_reports(delivery));
    delivery->report = (struct delivery_report){.state = state,
                                                .why = why,
                                                .proof = proof,
                                                .labels = delivery->labels,
                                                .done = delivery->done,
                                                .odometer = delivery->base};
    delivery->posted = false;
}

void delivery_conclude(struct delivery *delivery, const char *state, const char *why, const char *proof)
{
    delivery_set_report(delivery, state, why, proof);
    delivery->stage = DELIVERY_OVER;
}

bool delivery_is_idle(const struct delivery *delivery)
{
    const struct printer_status *status = &delivery->talk.status;
    return status->state == PRINTER_READY && status->formats <= 0 && status->remaining <= 0;
}

bool delivery_say(struct delivery *delivery, const char *words, size_t length)
{
    return delivery->line.write(delivery->line.user, words, length) == (ssize_t)length;
}

bool delivery_is_proving(const struct delivery *delivery)
{
    return delivery->stage == DELIVERY_PROVING || delivery->stage == DELIVERY_CLEARING;
}

/* ---------------------------------------------------------------- the conversation */

static bool is_good(const struct delivery *delivery)
{
    enum printer_state state = delivery->talk.status.state;
    return state == PRINTER_READY || state == PRINTER_BUSY;
}

/* Its count after each answer that all is well. */
static const char *next_question(struct delivery *delivery, int64_t now_us, size_t *ret_length)
{
    const char *question = NULL;
    if (delivery->asks_counter && is_good(delivery))
        question = counter_question(&delivery->counter, now_us, ret_length);
    delivery->asks_counter = false;
    if (question)
        return question;
    if (delivery_is_proving(delivery))
        printer_talk_want(&delivery->talk, now_us);
    return printer_talk_question(&delivery->talk, now_us, ret_length);
}

static bool awaits_answer(const struct delivery *delivery)
{
    return delivery->talk.asked || delivery->counter.asked;
}

/* One question at a time. */
static void ask(struct delivery *delivery, int64_t now_us)
{
    const char *clear = delivery_dialect(delivery)->clear;
    size_t length;
    if (delivery->held_back || awaits_answer(delivery) || now_us < delivery->next_ask_us)
        return;
    if (delivery->needs_clearing && delivery->stage != DELIVERY_PROVING)
        delivery->needs_clearing = clear && !delivery_say(delivery, clear, strlen(clear));
    if (delivery->needs_clearing && delivery->stage != DELIVERY_PROVING) { /* the line takes nothing */
        delivery->next_ask_us = now_us + DELIVERY_HELD_US;
        return;
    }
    const char *question = next_question(delivery, now_us, &length);
    if (question)
        delivery_say(delivery, question, length);
    if (question || delivery_is_proving(delivery))
        delivery->next_ask_us = now_us + DELIVERY_ASK_US;
}

static int64_t answer_deadline(const struct delivery *delivery)
{
    int64_t talk = printer_talk_deadline(&delivery->talk), counter = counter_deadline(&delivery->counter);
    return talk < counter ? talk : counter;
}

/* While flow control holds back what was sent, silence means nothing, and no question is added to it. */
static bool look_at_flow(struct delivery *delivery, int64_t now_us)
{
    bool was = delivery->held_back;
    if (was || now_us >= answer_deadline(delivery))
        delivery->held_back = delivery->line.pending(delivery->line.user) > 0;
    if (was && !delivery->held_back) {
        printer_talk_begin(&delivery->talk, delivery->talk.language, now_us);
        counter_begin(&delivery->counter, delivery->talk.language, now_us);
    }
    return was != delivery->held_back;
}

static bool converse(struct delivery *delivery, int64_t now_us)
{
    bool changed = look_at_flow(delivery, now_us);
    if (delivery->held_back)
        return changed;
    if (now_us >= printer_talk_deadline(&delivery->talk)) /* its answer may still come, and be taken for another's */
        delivery->deaf_until_us = now_us + COUNTER_LATE_US;
    changed |= printer_talk_tick(&delivery->talk, now_us);
    counter_tick(&delivery->counter, now_us);
    ask(delivery, now_us);
    return changed;
}

/* ESC/POS, GS r: one byte whose bits 0 and 1, and 2 and 3, are alike, and 4 and 7 are 0. A status that comes unasked
 * (GS a) has four bytes of which the last three look like that; its first has bit 4 set, and 0, 1 and 7 clear. What is
 * none of these, nor an answer to DLE EOT or flow control, is noise, among which nothing is believed. */
static void look_for_receipt(struct delivery *delivery, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = bytes[i];
        bool receipt = (byte & 0xF0) == 0 && (byte & 3) % 3 == 0 && (byte >> 2) % 3 == 0;
        if (delivery->skip > 0)
            delivery->skip--;
        else if ((byte & 0x93) == 0x10)
            delivery->skip = 3;
        else if (receipt && delivery->receipts_owed > 0)
            delivery->receipts_owed--;
        else if ((byte & 0x93) != 0x12 && byte != 0x11 && byte != 0x13)
            delivery->noisy = true;
    }
}

static bool counted(struct delivery *delivery, int64_t now_us)
{
    int64_t count = delivery->counter.count;
    bool moved = count != delivery->last_count;
    delivery->last_count = count;
    if (moved)
        delivery->calm_since_us = now_us;
    if (moved && delivery_is_proving(delivery))
        delivery->counts = delivery->counts || (delivery_has_base(delivery) && count > delivery->base);
    return moved;
}

bool delivery_feed(struct delivery *delivery, const void *bytes, size_t length, int64_t now_us)
{
    bool changed = printer_talk_feed(&delivery->talk, bytes, length, now_us);
    if (delivery_dialect(delivery)->receipt)
        look_for_receipt(delivery, bytes, length);
    if (changed && delivery->stage == DELIVERY_PROVING) {
        const struct printer_status *status = &delivery->talk.status;
        bool busy = status->state == PRINTER_BUSY || status->formats > 0 || status->remaining > 0;
        delivery->was_busy = is_good(delivery) && (delivery->was_busy || busy);
        delivery->had_fault |= !is_good(delivery);
    }
    if (changed && !delivery_is_idle(delivery))
        delivery->calm_since_us = now_us;
    delivery->asks_counter |= changed;
    if (changed && !delivery_is_proving(delivery))
        delivery->next_ask_us = now_us;
    if (counter_feed(&delivery->counter, bytes, length, now_us))
        counted(delivery, now_us);
    return changed;
}

/* ---------------------------------------------------------------- the bytes */

static bool write_on(struct delivery *delivery, int64_t now_us)
{
    int result = printer_writer_step(&delivery->writer, delivery->line.write, delivery->line.pending,
                                     delivery->line.user, now_us);
    if (result == -EAGAIN || delivery->stage != DELIVERY_WRITING) /* it went away inside the write */
        return false;
    if (result == 0) {
        delivery->stage = DELIVERY_PROVING;
        delivery->written_us = delivery->calm_since_us = delivery->next_ask_us = now_us;
        delivery->was_busy = delivery->had_fault = delivery->asks_receipt = delivery->noisy = false;
        delivery_set_report(delivery, "sent", "", "");
        return true;
    }
    bool untouched = printer_writer_sent(&delivery->writer) == 0 && delivery->tries == 0;
    delivery->needs_clearing = delivery->may_hold_a_rest = !untouched;
    if (untouched)
        delivery_conclude(delivery, "queued", "", "");
    else
        delivery_conclude(delivery, "unknown",
                          result == -ETIMEDOUT ? "the printer takes no data: is it paused or out of paper?"
                                               : "the printer went away",
                          "");
    return true;
}

/* ---------------------------------------------------------------- what happens */

void delivery_init(struct delivery *delivery, const struct delivery_line *line)
{
    *delivery = (struct delivery){
        .line = *line, .base = PRINTER_NOT_SAID, .last_count = PRINTER_NOT_SAID, .may_hold_a_rest = true};
    printer_talk_begin(&delivery->talk, PRINTER_LANGUAGE_UNKNOWN, 0);
}

void delivery_opened(struct delivery *delivery, enum printer_language language, bool notices_loss, int64_t now_us)
{
    delivery->open = true;
    delivery->notices_loss = notices_loss;
    delivery->held_back = delivery->asks_counter = delivery->asks_receipt = false;
    delivery->receipts_owed = delivery->skip = 0;
    delivery->next_ask_us = delivery->calm_since_us = now_us;
    delivery->is_settled = false;
    delivery->deaf_until_us = INT64_MIN;
    printer_talk_begin(&delivery->talk, language, now_us);
    counter_begin(&delivery->counter, language, now_us);
    if (delivery->stage == DELIVERY_CUT && delivery_has_base(delivery)) {
        delivery->stage = DELIVERY_CLEARING;
        delivery->needs_clearing = true;
        delivery->written_us = delivery->calm_since_us = now_us;
    }
    delivery_step(delivery, now_us);
}

void delivery_gone(struct delivery *delivery, int64_t now_us)
{
    bool untouched =
        delivery->stage == DELIVERY_WRITING && delivery->tries == 0 && printer_writer_sent(&delivery->writer) == 0;
    bool in_job = delivery->stage == DELIVERY_WRITING || delivery_is_proving(delivery);
    delivery->open = delivery->held_back = false;
    if (untouched) {
        delivery_conclude(delivery, "queued", "", "");
    } else if (in_job) {
        delivery->stage = DELIVERY_CUT;
        delivery->needs_clearing = delivery->may_hold_a_rest = true;
        delivery->cut_us = now_us;
        delivery_wait_for_return(delivery, now_us);
    }
}

bool delivery_step(struct delivery *delivery, int64_t now_us)
{
    if (delivery->stage == DELIVERY_CUT)
        return delivery_wait_for_return(delivery, now_us);
    if (!delivery->open)
        return false;
    if (delivery->stage == DELIVERY_WRITING)
        return write_on(delivery, now_us);
    if (delivery->stage == DELIVERY_MARKING) /* no question may stand before the label */
        return false;
    bool changed = converse(delivery, now_us);
    if (delivery->stage == DELIVERY_PROVING)
        changed |= delivery_prove(delivery, now_us);
    else if (delivery->stage == DELIVERY_CLEARING)
        changed |= delivery_clear(delivery, now_us);
    return changed;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the next question may be asked; INT64_MAX while one is open or none will be. */
static int64_t ask_deadline(const struct delivery *delivery)
{
    const struct printer_talk *talk = &delivery->talk;
    if (awaits_answer(delivery))
        return INT64_MAX;
    int64_t due = delivery_is_proving(delivery) || delivery->needs_clearing ||
                          (delivery->asks_counter && is_good(delivery) && counter_can(&delivery->counter))
                      ? delivery->next_ask_us
                  : talk->mute ? INT64_MAX
                               : talk->next_us;
    return due > delivery->next_ask_us ? due : delivery->next_ask_us;
}

int64_t delivery_deadline(const struct delivery *delivery, int64_t now_us)
{
    if (delivery->stage == DELIVERY_CUT)
        return delivery->cut_us + DELIVERY_AWAY_US;
    if (!delivery->open || delivery->stage == DELIVERY_MARKING)
        return INT64_MAX;
    if (delivery->stage == DELIVERY_WRITING)
        return delivery_is_stuck(delivery, now_us) ? printer_writer_deadline(&delivery->writer)
                                                   : least(printer_writer_deadline(&delivery->writer),
                                                           delivery->writer.progress_us + DELIVERY_STUCK_US);
    int64_t due = least(answer_deadline(delivery), ask_deadline(delivery));
    if (delivery->held_back)
        due = now_us + DELIVERY_HELD_US;
    if (!delivery_is_proving(delivery))
        return due;
    int64_t give_up_us = delivery->give_up_us > now_us ? delivery->give_up_us : now_us + DELIVERY_ASK_US;
    return least(due, give_up_us);
}

bool delivery_wants_room(const struct delivery *delivery)
{
    return delivery->open && delivery->stage == DELIVERY_WRITING && printer_writer_wants_room(&delivery->writer);
}

bool delivery_wants_drained(const struct delivery *delivery)
{
    return delivery->open && delivery->stage == DELIVERY_WRITING && !printer_writer_wants_room(&delivery->writer);
}

bool delivery_is_stuck(const struct delivery *delivery, int64_t now_us)
{
    return delivery->stage == DELIVERY_WRITING && now_us >= delivery->writer.progress_us + DELIVERY_STUCK_US;
}

/* ---------------------------------------------------------------- a job */

static bool is_fresh(struct delivery *delivery, int64_t now_us)
{
    const struct printer_counter *counter = &delivery->counter;
    bool status = delivery->talk.mute || now_us - delivery->talk.asked_us <= DELIVERY_FRESH_US;
    bool can_ask = counter_can(counter) && !delivery->talk.mute && now_us >= counter->deaf_until_us;
    bool count = !can_ask || (counter->known && now_us - counter->read_us <= DELIVERY_FRESH_US);
    if (!status || !count) {
        printer_talk_want(&delivery->talk, now_us);
        delivery->asks_counter = status;
        delivery->next_ask_us = now_us;
    }
    return status && count;
}

bool delivery_is_busy(const struct delivery *delivery)
{
    bool only_waits =
        delivery->stage == DELIVERY_PROVING && !delivery_has_base(delivery) && !delivery_reports(delivery);
    return delivery->stage != DELIVERY_FREE && !only_waits;
}

void delivery_release(struct delivery *delivery)
{
    if (!delivery_is_busy(delivery))
        delivery->stage = DELIVERY_FREE;
}

bool delivery_may_begin(struct delivery *delivery, int64_t now_us)
{
    if (delivery->stage != DELIVERY_FREE || !delivery->open || delivery->held_back || delivery_reports(delivery))
        return false;
    if (awaits_answer(delivery) || !printer_talk_may_print(&delivery->talk) || delivery->needs_clearing)
        return false;
    if (is_fresh(delivery, now_us))
        return true;
    converse(delivery, now_us);
    return false;
}

static bool is_settled(const struct delivery *delivery, int64_t now_us)
{
    return delivery->is_settled || now_us >= delivery->calm_since_us + DELIVERY_CALM_US;
}

const char *delivery_proof(const struct delivery *delivery, int64_t now_us)
{
    if (!delivery->open)
        return NULL;
    if (delivery->counter.known && is_settled(delivery, now_us))
        return "odometer";
    return delivery_can_prove_by_status(delivery) ? "status" : NULL;
}

void delivery_begin(struct delivery *delivery, int64_t labels, int64_t give_up_us, int64_t now_us)
{
    assert(delivery->stage == DELIVERY_FREE);
    const struct printer_counter *counter = &delivery->counter;
    bool known = is_settled(delivery, now_us) && counter->known && now_us - counter->read_us <= DELIVERY_FRESH_US;
    delivery->labels = labels;
    delivery->done = 0;
    delivery->tries = 0;
    delivery->give_up_us = give_up_us;
    delivery->base = delivery->last_count = known ? counter->count : PRINTER_NOT_SAID;
    delivery->base_us = counter->read_us;
    delivery->is_settled = false;
    delivery->follows_a_rest = delivery->may_hold_a_rest;
    delivery->may_hold_a_rest = false;
    delivery->stage = DELIVERY_MARKING;
    delivery_set_report(delivery, "sending", "", "");
}

const struct delivery_report *delivery_report(struct delivery *delivery)
{
    return delivery_reports(delivery) && !delivery->posted ? &delivery->report : NULL;
}

void delivery_posted(struct delivery *delivery)
{
    delivery->posted = true;
}

/* Marked as sending, but the printer has gone. */
static void miss_start(struct delivery *delivery, int64_t now_us)
{
    if (delivery->tries == 0) {
        delivery_conclude(delivery, "queued", "", "");
        return;
    }
    delivery->stage = DELIVERY_CUT;
    delivery->cut_us = now_us;
}

bool delivery_marked(struct delivery *delivery, bool good, bool saved, int64_t now_us)
{
    if (!delivery_reports(delivery))
        return false;
    delivery->posted = false;
    if (!saved)
        return false;
    delivery->report.state = NULL;
    if (delivery->stage == DELIVERY_OVER || !good) { /* refused: a person was quicker, and has settled it */
        delivery->stage = DELIVERY_FREE;
        return false;
    }
    if (delivery->stage == DELIVERY_MARKING && !delivery->open)
        miss_start(delivery, now_us);
    else if (delivery->stage == DELIVERY_CUT)
        delivery_wait_for_return(delivery, now_us);
    return delivery->stage == DELIVERY_MARKING;
}

void delivery_write(struct delivery *delivery, const void *bytes, size_t length, int64_t now_us)
{
    assert(delivery->stage == DELIVERY_MARKING);
    if (!bytes) {
        delivery_conclude(delivery, "unknown", "the rest of it cannot be drawn", "");
        return;
    }
    delivery->stage = DELIVERY_WRITING;
    printer_writer_init(&delivery->writer, bytes, length, delivery->give_up_us, now_us);
    write_on(delivery, now_us);
}

void delivery_stop(struct delivery *delivery, int64_t now_us)
{
    (void)now_us;
    bool untouched =
        delivery->tries == 0 && (delivery->stage == DELIVERY_MARKING ||
                                 (delivery->stage == DELIVERY_WRITING && printer_writer_sent(&delivery->writer) == 0));
    bool in_doubt = delivery->stage == DELIVERY_MARKING || delivery->stage == DELIVERY_WRITING ||
                    delivery->stage == DELIVERY_CUT || delivery->stage == DELIVERY_CLEARING;
    bool reports_sent = delivery->stage == DELIVERY_PROVING || delivery->stage == DELIVERY_OVER;
    if (!in_doubt || reports_sent)
        return;
    delivery->report.state = NULL; /* "sending": posted, or of no use any more */
    if (untouched)
        delivery_conclude(delivery, "queued", "", "");
    else
        delivery_conclude(delivery, "unknown", "the box was stopped while it was being sent", "");
}
