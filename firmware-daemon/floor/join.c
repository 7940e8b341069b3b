#include "floor/join.h"

#include "base/text.h"
#include "floor/rights.h"
#include "floor/rule.h"

#include <errno.h>
#include <string.h>

/* A box that has a site is joined anew by who leads there. One that has none has no people yet. */
static int check_leader(struct store *store, const struct event *event, struct effect *effect)
{
    struct session session;
    struct worker worker;
    if (store->unjoined)
        return 0;
    int result = session_at_station(store, event->station, &session);
    if (!result && session.worker)
        result = worker_load(store, session.worker, &worker);
    if (result)
        return result;
    if (session.worker && site_may(may_command, "JOIN", site_role_bit(worker.role), false))
        return 0;
    answer_set(&effect->answer, E18_SUPERVISOR);
    return FLOOR_REFUSED;
}

/* bytes: the site and where head office is, with a blank between. */
int join_rule(struct store *store, const struct event *event, struct effect *effect)
{
    static const enum message messages[JOIN_STEPS] = {
        [JOIN_STEP_WISHED] = DONE_JOIN_ASKS,
        [JOIN_STEP_JOINED] = DONE_JOINED,
        [JOIN_STEP_DAMAGED] = E98_JOIN_DAMAGED,
        [JOIN_STEP_NEWER] = E98_JOIN_NEWER,
        [JOIN_STEP_UNREACHABLE] = E99_JOIN_UNREACHABLE,
        [JOIN_STEP_STRANGER] = E99_JOIN_STRANGER,
        [JOIN_STEP_USED] = E98_JOIN_USED,
        [JOIN_STEP_BUSY] = E99_JOIN_BUSY,
        [JOIN_STEP_FAILED] = E99_JOIN_FAILED,
        [JOIN_STEP_RUNNING] = E99_JOIN_RUNNING,
        [JOIN_STEP_FIXED] = E98_JOIN_FIXED,
        [JOIN_STEP_OTHER] = E98_JOIN_OTHER,
    };
    const char *site = event_bytes(event), *host = site + strcspn(site, " ");
    char name[ANSWER_VALUE_MAX];
    int result = event->number == JOIN_STEP_WISHED ? check_leader(store, event, effect) : 0;
    effect->shows = true;
    if (result)
        return result;
    text_copy_n(name, sizeof(name), site, (size_t)(host - site));
    answer_set(&effect->answer, messages[event->number]);
    answer_text(&effect->answer, "s", name);
    answer_text(&effect->answer, "h", host + (*host == ' '));
    return message_def(effect->answer.message)->tone == TONE_BAD ? FLOOR_REFUSED : 0;
}

bool join_is_wanted(const struct store *store, enum event_kind kind)
{
    static const bool works[EVENT_KINDS] = {[EVENT_SCAN] = true, [EVENT_SCAN_ABORTED] = true, [EVENT_WEIGHT] = true,
                                            [EVENT_ASK] = true,  [EVENT_IMPORT] = true,       [EVENT_LABEL] = true,
                                            [EVENT_BIND] = true, [EVENT_TRAINING] = true,     [EVENT_PIN] = true};
    return store->unjoined && works[kind];
}
