#include "drivers/printer/delivery_parts.h"

#include <string.h>

static const char no_answer[] = "the printer stopped before it had said that the label is out";

/* The labels that came out are the first of those that were sent, unless the printer started anew while the bytes came,
 * on a line that does not notice: then it has lost some of the first, and printed some of the last. */
static bool are_the_first(const struct delivery *delivery)
{
    return delivery->notices_loss || delivery->written_us < delivery->base_us + DELIVERY_START_US;
}

/* Sends the rest, if its count says that the rest did not come out, and it is clear which labels that is. */
static void send_rest(struct delivery *delivery, int64_t out, int64_t now_us)
{
    bool may = (out > 0 ? are_the_first(delivery) : delivery->counts) && delivery->tries < DELIVERY_TRIES_MAX &&
               now_us < delivery->give_up_us;
    if (!may) {
        delivery_conclude(delivery, "unknown", "the printer did not count all of it", "");
        return;
    }
    delivery->done += out;
    delivery->base = delivery->counter.count;
    delivery->base_us = delivery->counter.read_us;
    delivery->tries++;
    delivery->stage = DELIVERY_MARKING;
    delivery_set_report(delivery, "sending", "the printer has not printed all of it: the rest is sent again", "");
}

/* True when its count has settled the matter. Labels that others printed beside ours prove nothing. */
static bool settle_by_count(struct delivery *delivery, int64_t now_us)
{
    const struct printer_counter *counter = &delivery->counter;
    int64_t due = delivery->labels - delivery->done, since_us = delivery->written_us;
    if (!delivery_has_base(delivery) || !counter->known || counter->read_us < since_us)
        return false;
    int64_t out = counter->count - delivery->base;
    if (out == due) {
        delivery->done = delivery->labels;
        delivery->is_settled = true;
        delivery_conclude(delivery, "printed", "", "odometer");
        return true;
    }
    if (out < 0 || out > due) {
        delivery_conclude(delivery, "unknown", "the printer's count of labels does not fit", "");
        return true;
    }
    if (!delivery_is_idle(delivery) || now_us < delivery->calm_since_us + DELIVERY_CALM_US)
        return false;
    if (delivery->stage == DELIVERY_CLEARING) {
        send_rest(delivery, out, now_us);
    } else {
        delivery->stage = DELIVERY_CLEARING;
        delivery->needs_clearing = true;
        delivery->calm_since_us = delivery->cut_us = now_us;
    }
    return true;
}

bool delivery_can_prove_by_status(const struct delivery *delivery)
{
    const struct delivery_dialect *dialect = delivery_dialect(delivery);
    return delivery->notices_loss && !delivery->talk.mute &&
           (dialect->in_order || dialect->receipt || dialect->shows_busy);
}

/* A receipt or an answer that keeps its place in line, a label seen while it was printed: only from a line that breaks
 * when the printer loses its power, and never for several labels. */
static bool settle_by_status(struct delivery *delivery, int64_t now_us)
{
    const struct delivery_dialect *dialect = delivery_dialect(delivery);
    const struct printer_talk *talk = &delivery->talk;
    bool fresh = talk->asked_us >= delivery->written_us && !talk->asked;
    bool swallowed = delivery->follows_a_rest && !dialect->clear; /* perhaps: then a receipt proves nothing */
    bool may = delivery->labels == 1 && delivery_can_prove_by_status(delivery) && !swallowed &&
               delivery->written_us >= delivery->deaf_until_us;
    bool silent = fresh && talk->status.state == PRINTER_UNKNOWN;
    if (!may || silent) { /* "sent" is all that can be known, unless the line breaks now */
        if (now_us >= delivery->written_us + DELIVERY_NOTHING_US)
            delivery->stage = DELIVERY_FREE;
        return delivery->stage == DELIVERY_FREE;
    }
    if (dialect->receipt && !delivery->asks_receipt)
        delivery->receipts_owed += delivery->asks_receipt =
            delivery_say(delivery, dialect->receipt, strlen(dialect->receipt));
    bool has_receipt = delivery->asks_receipt && delivery->receipts_owed == 0 && !delivery->noisy;
    bool in_turn = (dialect->in_order || has_receipt) && !delivery->had_fault; /* not all repeat what was interrupted */
    bool proved = in_turn || (dialect->shows_busy && delivery->was_busy);
    bool calm = !dialect->hides_label || now_us >= delivery->calm_since_us + DELIVERY_CALM_US;
    if (fresh && delivery_is_idle(delivery) && proved && calm) {
        delivery->done = delivery->labels;
        delivery_conclude(delivery, "printed", "", "status");
        return true;
    }
    int64_t patience = dialect->receipt || proved ? 2 * DELIVERY_CALM_US : DELIVERY_NOTHING_US;
    if (fresh && delivery_is_idle(delivery) && now_us >= delivery->calm_since_us + patience) {
        delivery->stage = DELIVERY_FREE;
        return true;
    }
    return false;
}

/* Its time is over: what it still holds must not come out when nobody expects it any more. */
static bool give_up(struct delivery *delivery, int64_t now_us)
{
    if (now_us < delivery->give_up_us)
        return false;
    delivery->needs_clearing = true;
    delivery_conclude(delivery, "unknown", no_answer, "");
    return true;
}

bool delivery_prove(struct delivery *delivery, int64_t now_us)
{
    if (delivery_reports(delivery)) /* "sent" has to be on disk first */
        return false;
    if (delivery_has_base(delivery))
        return settle_by_count(delivery, now_us) || give_up(delivery, now_us);
    return settle_by_status(delivery, now_us) || give_up(delivery, now_us);
}

/* It is back. One that could count before is given time to start up; if it does not count then, nothing can be known.
 */
bool delivery_clear(struct delivery *delivery, int64_t now_us)
{
    if (delivery_reports(delivery))
        return false;
    if (delivery->talk.mute || !counter_can(&delivery->counter)) {
        if (now_us < delivery->cut_us + DELIVERY_AWAY_US) {
            printer_talk_begin(&delivery->talk, delivery->talk.language, now_us);
            counter_begin(&delivery->counter, delivery->talk.language, now_us);
            return false;
        }
        delivery_conclude(delivery, "unknown", no_answer, "");
        return true;
    }
    return (!delivery->needs_clearing && settle_by_count(delivery, now_us)) || give_up(delivery, now_us);
}

bool delivery_wait_for_return(struct delivery *delivery, int64_t now_us)
{
    bool hopeless = !delivery_has_base(delivery) || now_us >= delivery->cut_us + DELIVERY_AWAY_US;
    if (delivery_reports(delivery) || !hopeless)
        return false;
    delivery_conclude(delivery, "unknown", "the printer went away", "");
    return true;
}
