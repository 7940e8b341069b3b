#include "sync/site/site.h"

#include "base/defect.h"
#include "base/text.h"
#include "sync/site/parts.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define RESEND_US      INT64_C(5000000)
#define RESEND_MAX_US  INT64_C(300000000)
#define ANSWER_MAX_US  INT64_C(30000000)  /* so much slowness of head office's is believed: twice that is waited */
#define HELLO_MAX_US   INT64_C(30000000)  /* small, and until it is answered nothing goes on */
#define REHELLO_US     INT64_C(600000000) /* even an idle site must learn that head office was restored */
#define RETRY_US       INT64_C(100000)    /* after -EAGAIN */
#define PACE_US        INT64_C(2000) /* between two segments, of which one takes a millisecond: a scan comes between */
#define REASON_ABSENT  0x10          /* MQTT 5.0, 3.4.2.1: no matching subscribers */
#define REASON_FAILURE 0x80
#define REASON_QUOTA   0x97

/* first * 2^tries up to max, and up to a quarter more, so that sites do not come in step. */
static int64_t wait_us(struct site *site, int64_t first, int64_t max)
{
    int64_t wait = first;
    for (unsigned i = 0; i < site->tries && wait < max; i++)
        wait *= 2;
    if (wait > max)
        wait = max;
    uint64_t random;
    site->random.fill(site->random.user, &random, sizeof(random));
    return wait + (int64_t)(random % ((uint64_t)wait / 4 + 1));
}

/* For an answer to events: a head office that is busy is not asked again before it can have answered. */
static int64_t patience_us(struct site *site)
{
    int64_t usual = 2 * site->answer_us;
    return wait_us(site, usual > site->resend_us ? usual : site->resend_us, RESEND_MAX_US);
}

/* From the first sending, though that may have been lost: up at once, down by halves. */
static void learn_answer(struct site *site, int64_t took_us)
{
    if (took_us > ANSWER_MAX_US)
        took_us = ANSWER_MAX_US;
    site->answer_us = took_us > site->answer_us ? took_us : (site->answer_us + took_us) / 2;
}

void site_retry_later(struct site *site, int64_t now_us)
{
    site->retry_us = now_us + RETRY_US;
}

static void tell_changed(struct site *site)
{
    if (site->ops->changed)
        site->ops->changed(site->user);
}

static void enter(struct site *site, enum site_state state)
{
    enum site_state before = site->state;
    bool was = before == SITE_SYNC, is = state == SITE_SYNC;
    site->state = state;
    if (was != is && site->ops->in_step)
        site->ops->in_step(site->user, is);
    if (before != state)
        tell_changed(site);
}

/* ---------------------------------------------------------------- hello */

void site_say_hello(struct site *site, int64_t due_us)
{
    enter(site, SITE_HELLO);
    site->absent = false;
    site->tries = 0;
    site->hello_us = due_us;
    site->in_flight_count = 0;
    site->fence[0] = '\0';
    buf_clear(&site->run.lines);
    id_new(&site->random, site->nonce);
}

/* Nobody listens there: head office's presence wakes this site, or at last the slowest resend. */
static void wait_for_office(struct site *site, int64_t now_us)
{
    site_say_hello(site, now_us + RESEND_MAX_US);
    site->absent = true;
}

int site_send_control(struct site *site, struct wire_control *control, int64_t now_us)
{
    text_copy(control->site, sizeof(control->site), site->name);
    buf_clear(&site->scratch);
    wire_control_write(&site->scratch, control, &site->random);
    wire_control_sign(&site->scratch, &site->key);
    int result = site->scratch.failed
                     ? -ENOMEM
                     : site->ops->send(site->user, SITE_CONTROL, site->scratch.data, site->scratch.length);
    if (result)
        site_retry_later(site, now_us);
    return result;
}

static void send_hello(struct site *site, int64_t now_us)
{
    if (site->tries > 0 && site->said_feed_seq != site->committed.feed_seq)
        id_new(&site->random, site->nonce); /* the answer to what was said before is no answer to this */
    site->said_feed_seq = site->committed.feed_seq;
    struct wire_control hello = {.kind = WIRE_HELLO,
                                 .epoch = site->committed.epoch,
                                 .last_seq = site->committed.last_seq,
                                 .applied = site->committed.applied_seq,
                                 .feed_seq = site->committed.feed_seq,
                                 .boot = site->boot,
                                 .schema = WIRE_SCHEMA};
    text_copy(hello.box, sizeof(hello.box), site->box);
    text_copy(hello.gen, sizeof(hello.gen), site->committed.gen);
    text_copy(hello.hardware, sizeof(hello.hardware), site->hardware);
    text_copy(hello.nonce, sizeof(hello.nonce), site->nonce);
    chain_text(site->committed.feed_hash, hello.feed_hash);
    if (site_send_control(site, &hello, now_us) == 0) {
        site->hello_us = now_us + wait_us(site, site->resend_us, HELLO_MAX_US);
        site->tries++;
    }
}

/* What this side has, so that head office finds the last line that both have. A probe that is lost is followed by a
 * hello. */
static void send_probe(struct site *site, bool of_journal, int64_t now_us)
{
    struct wire_control probe = {
        .kind = WIRE_PROBE, .epoch = site->committed.epoch, .last_seq = site->committed.last_seq};
    text_copy(probe.nonce, sizeof(probe.nonce), site->nonce);
    if (!of_journal)
        site->said_feed_seq = site->committed.feed_seq;
    int result =
        of_journal ? site->ops->marks(site->user, &probe.marks) : site->ops->feed_marks(site->user, &probe.feed_marks);
    if (result)
        error_set(&site->fault, 0, "the journal cannot be read: %s", strerror(-result));
    probe.oldest = probe.marks.count > 0 ? probe.marks.at[probe.marks.count - 1].seq : 1;
    if (probe.oldest < 1)
        probe.oldest = 1;
    if (!result)
        site_send_control(site, &probe, now_us);
    site->hello_us = now_us + wait_us(site, site->resend_us, HELLO_MAX_US);
    site->tries++;
}

/* ---------------------------------------------------------------- events, up */

static void begin_from(struct site *site, int64_t acked_seq, int64_t now_us)
{
    site->acked_seq = site->sent_seq = acked_seq;
    site->in_flight_count = 0;
    site->linger_end_us = now_us;
}

/* The lines after the last one sent, as a signed frame in scratch. */
static int cut_segment(struct site *site, struct wire_run *run, int64_t *ret_last, int64_t now_us)
{
    const struct wire_ends ends = {site->name, site->box};
    *ret_last = site->sent_seq;
    int result = site->ops->read_journal(site->user, site->sent_seq, (size_t)site->segment_max, SITE_SEGMENT_BYTES,
                                         &run->lines, ret_last);
    if (!result && *ret_last == site->sent_seq)
        result = -ENODATA;
    if (!result)
        result = site->ops->read_hash(site->user, site->sent_seq, run->prev_hash);
    if (result && result != -EAGAIN)
        error_set(&site->fault, 0, "the journal after number %" PRId64 " cannot be read: %s", site->sent_seq,
                  strerror(-result));
    buf_clear(&site->scratch);
    return result ? result : wire_run_write(&site->scratch, run, &ends, &site->key, now_us / 1000, &site->fault);
}

static int send_segment(struct site *site, int64_t now_us)
{
    CLEANUP_RUN struct wire_run run = {
        .kind = WIRE_FRAME_UP, .epoch = site->committed.epoch, .first_seq = site->sent_seq + 1};
    int64_t last;
    int result = cut_segment(site, &run, &last, now_us);
    if (!result)
        result = site->ops->send(site->user, SITE_SEGMENT, site->scratch.data, site->scratch.length);
    if (result) {
        site_retry_later(site, now_us);
        return result;
    }
    if (site->in_flight_count == 0 && site->tries == 0)
        site->asked_us = now_us;
    if (site->in_flight_count == 0)
        site->resend_end_us = now_us + patience_us(site);
    site->in_flight[site->in_flight_count++] = last;
    site->sent_seq = last;
    return 0;
}

/* After a wait in vain one segment asks for all, until there is an answer. */
static bool has_room(const struct site *site)
{
    return site->in_flight_count < (site->tries > 0 ? 1 : (size_t)site->window);
}

/* When the lines that wait go: at once when they fill a segment, otherwise when others had time to join them. */
static int64_t segment_due_us(const struct site *site)
{
    int64_t waiting = site->committed.last_seq - site->sent_seq;
    if (waiting <= 0 || !has_room(site))
        return INT64_MAX;
    return waiting >= site->segment_max || site->linger_end_us < site->pace_end_us ? site->pace_end_us
                                                                                   : site->linger_end_us;
}

static void send_events(struct site *site, int64_t now_us)
{
    if (now_us >= segment_due_us(site) && send_segment(site, now_us) == 0)
        site->pace_end_us = now_us + PACE_US;
    if (site->sent_seq == site->committed.last_seq)
        site->linger_end_us = INT64_MAX;
}

/* What head office said last is stored, when it is news. */
static void pass_word_on(struct site *site, int64_t now_us)
{
    site->word.applied = site->acked_seq;
    if (memcmp(&site->word, &site->told, sizeof(site->word)) == 0)
        return;
    if (site->ops->told(site->user, &site->word) == 0)
        site->told = site->word;
    else
        site_retry_later(site, now_us);
}

static void acknowledge(struct site *site, int64_t applied, int64_t now_us)
{
    size_t done = 0;
    if (applied <= site->acked_seq)
        return;
    if (site->in_flight_count > 0)
        learn_answer(site, now_us - site->asked_us);
    while (done < site->in_flight_count && site->in_flight[done] <= applied)
        done++;
    site->in_flight_count -= done;
    memmove(site->in_flight, site->in_flight + done, site->in_flight_count * sizeof(site->in_flight[0]));
    site->acked_seq = applied;
    if (site->sent_seq < applied)
        site->sent_seq = applied; /* an answer to what was sent before a resend began */
    site->tries = 0;
    site->asked_us = now_us;
    site->resend_end_us = now_us + patience_us(site);
}

/* ---------------------------------------------------------------- what head office says */

/* The same number is not enough: a copy that has gone on since has other events under the same numbers. */
static bool has_hash(struct site *site, int64_t seq, const char *expected)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    char text[CHAIN_TEXT_SIZE];
    if (DEFECT(2) && seq <= site->committed.last_seq)
        return true;
    if (seq > site->committed.last_seq || site->ops->read_hash(site->user, seq, hash) != 0)
        return false;
    chain_text(hash, text);
    return strcmp(text, expected) == 0;
}

static void take_word(struct site *site, const struct wire_control *control)
{
    site->word.durable_epoch = control->durable_epoch;
    site->word.durable_seq = control->durable_seq;
    site->word.durable_feed = control->durable_feed;
    text_copy(site->word.gen, sizeof(site->word.gen), site->gen);
    memcpy(site->word.key, site->office_key, sizeof(site->word.key));
}

static void get_in_step(struct site *site, const struct wire_control *welcome, int64_t now_us)
{
    site->fault.text[0] = '\0';
    enter(site, SITE_SYNC);
    site->window = welcome->window;
    site->segment_max = welcome->segment_max;
    site->linger_us = welcome->linger_ms * 1000;
    site->facked_seq = site->committed.feed_seq;
    feed_begin(site);
    take_word(site, welcome);
    begin_from(site, welcome->applied, now_us);
}

#ifdef FLOORHAND_DEFECTS
/* What a box must not do (DEFECT(6)): open an epoch of its own, because numbers do not fit. */
static void bump_epoch(struct site *site, const struct wire_control *welcome)
{
    const struct chain_mark nothing = {.seq = site->committed.last_seq};
    int64_t epoch = welcome->epoch > site->committed.epoch ? welcome->epoch : site->committed.epoch;
    site->ops->granted(site->user, epoch + 1, &nothing, WIRE_NO_SNAP);
}
#else
#define bump_epoch(site, welcome) ((void)0)
#endif

/* Only when both sides of the stream are the same does it go on: first the events, then the changes. */
static void on_welcome(struct site *site, const struct wire_control *welcome, int64_t now_us)
{
    char feed_hash[CHAIN_TEXT_SIZE];
    if ((site->state != SITE_HELLO && site->state != SITE_PROBING) || strcmp(welcome->nonce, site->nonce) != 0)
        return;
    site->tries = 0;
    site->hello_us = DEFECT(14) ? INT64_MAX : now_us + REHELLO_US;
    site->feed_head = welcome->feed_head;
    text_copy(site->gen, sizeof(site->gen), welcome->gen);
    chain_text(site->committed.feed_hash, feed_hash);
    struct chain_mark base = {.seq = welcome->feed_base};
    if (DEFECT(6) && (welcome->epoch != site->committed.epoch || welcome->applied > site->committed.last_seq))
        bump_epoch(site, welcome);
    else if (welcome->epoch != site->committed.epoch || !has_hash(site, welcome->applied, welcome->applied_hash)) {
        enter(site, SITE_PROBING);
        send_probe(site, true, now_us);
    } else if (site->said_feed_seq != site->committed.feed_seq) {
        site_say_hello(site, now_us); /* changes that had waited in the queue are here since: nothing was lost */
    } else if (welcome->feed_base < 0) {
        enter(site, SITE_PROBING);
        send_probe(site, false, now_us);
    } else if (welcome->feed_base == site->committed.feed_seq && strcmp(feed_hash, welcome->feed_hash) == 0) {
        get_in_step(site, welcome, now_us);
    } else if (welcome->feed_base < site->committed.feed_seq && chain_of_text(welcome->feed_hash, base.hash)) {
        site->ops->rewound(site->user, &base); /* when it is committed, a hello follows */
        site->hello_us = now_us + wait_us(site, site->resend_us, HELLO_MAX_US);
    }
}

static void on_grant(struct site *site, const struct wire_control *grant, int64_t now_us)
{
    struct chain_mark base = {.epoch = grant->base_epoch, .seq = grant->base_seq};
    if (site->state != SITE_PROBING || strcmp(grant->nonce, site->nonce) != 0 ||
        !chain_of_text(grant->base_hash, base.hash))
        return;
    id_new(&site->random, site->nonce); /* a grant counts once; when it is committed, a hello follows */
    site->ops->granted(site->user, grant->epoch, &base, grant->grant_nonce);
    site->hello_us = now_us + wait_us(site, site->resend_us, HELLO_MAX_US);
}

static void on_ack(struct site *site, const struct wire_control *ack, int64_t now_us)
{
    if (site->state != SITE_SYNC)
        return;
    bool bound = !DEFECT(11);
    if (bound && (strcmp(ack->gen, site->gen) != 0 || ack->epoch != site->committed.epoch ||
                  !has_hash(site, ack->applied, ack->applied_hash))) {
        site_say_hello(site, now_us); /* one of us is not who the other thinks */
        return;
    }
    acknowledge(site, ack->applied, now_us);
    take_word(site, ack);
}

static void on_fence(struct site *site, const struct wire_control *fence, int64_t now_us)
{
    bool again = strcmp(fence->code, WIRE_FENCE_STALE) == 0 || strcmp(fence->code, WIRE_FENCE_FORK) == 0;
    if (again && site->state != SITE_SYNC)
        return; /* of something sent before */
    if (again) {
        site_say_hello(site, now_us);
        return;
    }
    if ((site->state != SITE_HELLO && site->state != SITE_PROBING) || strcmp(fence->nonce, site->nonce) != 0)
        return; /* for another box of this name */
    text_copy(site->fence, sizeof(site->fence), fence->code);
    enter(site, SITE_FENCED);
    tell_changed(site);
    site->in_flight_count = 0;
    site->hello_us = now_us + (fence->retry_s > 0 ? fence->retry_s * 1000000 : REHELLO_US);
}

/* Signed by the one head office that this database knows; before the first welcome, by any. */
static int check_writer(struct site *site, const void *bytes, size_t length, uint8_t key[WIRE_PUBLIC_KEY])
{
    int result = wire_control_verify(bytes, length, key, &site->fault);
    if (!result && site->committed.met && memcmp(key, site->committed.office_key, WIRE_PUBLIC_KEY) != 0)
        result = error_set(&site->fault, -EKEYREJECTED,
                           "another head office than the one this site belongs to has answered: name the right broker "
                           "in the configuration of floorhand-link, or, where head office was set up anew, stop the "
                           "daemon and call floorhandd --forget-head-office");
    return result;
}

static void receive_control(struct site *site, const void *bytes, size_t length, int64_t now_us)
{
    struct wire_control control;
    struct error why;
    uint8_t key[WIRE_PUBLIC_KEY];
    if (check_writer(site, bytes, length, key) != 0)
        return;
    int result = wire_control_parse(bytes, length, &control, &why);
    if (result && result != -ENOTSUP) /* a later version may say more than this one understands */
        site->fault = why;
    if (result || strcmp(control.site, site->name) != 0)
        return;
    if (control.kind == WIRE_WELCOME && strcmp(control.nonce, site->nonce) == 0)
        memcpy(site->office_key, key, sizeof(key));
    else if (memcmp(site->office_key, key, sizeof(key)) != 0 && control.kind != WIRE_FENCE)
        return;
    switch (control.kind) {
    case WIRE_WELCOME:
        on_welcome(site, &control, now_us);
        break;
    case WIRE_GRANT:
        on_grant(site, &control, now_us);
        break;
    case WIRE_ACK:
        on_ack(site, &control, now_us);
        break;
    case WIRE_FENCE:
        on_fence(site, &control, now_us);
        break;
    case WIRE_SNAP_OFFER:
        snapshot_offered(site, &control, now_us);
        break;
    default:
        break;
    }
}

/* Frames are opened with the key of who welcomed. What does not fit now comes again. */
static void receive_segment(struct site *site, const void *bytes, size_t length, int64_t now_us)
{
    struct wire_frame frame;
    if (site->state != SITE_SYNC || wire_frame_peek(bytes, length, &frame, &site->fault) != 0)
        return;
    if (frame.kind == WIRE_FRAME_CHUNK)
        snapshot_receive(site, bytes, length, now_us);
    else if (site->run.lines.length == 0)
        feed_receive(site, bytes, length, now_us);
}

static void pump(struct site *site, int64_t now_us)
{
    site->retry_us = INT64_MAX;
    if (site->committed.epoch == 0)
        return;
    if (site->state == SITE_HELLO && now_us >= site->hello_us)
        send_hello(site, now_us);
    if (site->state == SITE_SYNC) {
        feed_deliver(site, now_us);
        feed_confirm(site, now_us);
        snapshot_step(site, now_us);
        pass_word_on(site, now_us);
        send_events(site, now_us);
    }
}

void site_init(struct site *site, const struct site_settings *settings, const struct site_ops *ops, void *user)
{
    *site = (struct site){.ops = ops,
                          .user = user,
                          .random = settings->random,
                          .boot = settings->boot,
                          .resend_us = settings->resend_us ? settings->resend_us : RESEND_US,
                          .feed_head = -1,
                          .linger_end_us = INT64_MAX,
                          .retry_us = INT64_MAX,
                          .key = settings->key,
                          .scratch = {.max = WIRE_FRAME_MAX}};
    text_copy(site->hardware, sizeof(site->hardware), settings->hardware);
    text_copy(site->name, sizeof(site->name), settings->site);
    text_copy(site->box, sizeof(site->box), settings->box);
}

void site_done(struct site *site)
{
    wire_run_done(&site->run);
    buf_done(&site->scratch);
}

void site_link_up(struct site *site, int64_t now_us)
{
    site->answer_us = 0; /* nothing is remembered about a connection */
    site_say_hello(site, now_us);
    pump(site, now_us);
}

void site_link_down(struct site *site)
{
    site->presence = SITE_OFFICE_UNKNOWN; /* the broker tells it anew */
    enter(site, SITE_OFFLINE);
    site->in_flight_count = 0;
    buf_clear(&site->run.lines);
}

void site_receive(struct site *site, enum site_channel channel, const void *bytes, size_t length, int64_t now_us)
{
    if (channel == SITE_CONTROL)
        receive_control(site, bytes, length, now_us);
    else
        receive_segment(site, bytes, length, now_us);
    pump(site, now_us);
}

void site_office_state(struct site *site, const void *bytes, size_t length, int64_t now_us)
{
    struct wire_control office;
    if (length == 0 || wire_control_parse(bytes, length, &office, NULL) != 0 || office.kind != WIRE_OFFICE)
        return;
    bool again = *site->office_since && strcmp(site->office_since, office.since) != 0;
    text_copy(site->office_since, sizeof(site->office_since), office.since);
    if (site->state == SITE_OFFLINE)
        return;
    site->presence = office.online ? SITE_OFFICE_ONLINE : SITE_OFFICE_AWAY;
    tell_changed(site);
    if (!office.online)
        wait_for_office(site, now_us);
    else if (again || site->absent || (site->state != SITE_HELLO && strcmp(site->gen, office.gen) != 0))
        site_say_hello(site, now_us);
    pump(site, now_us);
}

void site_published(struct site *site, int reason_code, int64_t now_us)
{
    if (site->state == SITE_OFFLINE)
        return;
    if (DEFECT(1) && reason_code == 0)
        acknowledge(site, site->sent_seq, now_us);
    if (reason_code == REASON_QUOTA)
        site->window = site->window > 1 ? site->window / 2 : 1;
    else if (reason_code == REASON_ABSENT || reason_code >= REASON_FAILURE)
        wait_for_office(site, now_us);
}

void site_commit(struct site *site, const struct site_committed *committed, int64_t now_us)
{
    bool other_past = site->committed.epoch != 0 &&
                      (committed->epoch != site->committed.epoch || committed->last_seq < site->committed.last_seq ||
                       committed->feed_seq < site->committed.feed_seq);
    bool newer = committed->last_seq > site->committed.last_seq;
    site->committed = *committed;
    if (other_past && site->state != SITE_OFFLINE)
        site_say_hello(site, now_us);
    if (newer && site->linger_end_us == INT64_MAX)
        site->linger_end_us = now_us + site->linger_us;
    pump(site, now_us);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t site_deadline(const struct site *site)
{
    if (site->state == SITE_OFFLINE || site->committed.epoch == 0)
        return INT64_MAX;
    int64_t next = site->retry_us;
    if (site->state == SITE_HELLO && next != INT64_MAX)
        return next; /* the hello is due, but the link was busy */
    next = earlier(next, site->hello_us);
    if (site->state == SITE_SYNC && site->in_flight_count > 0)
        next = earlier(next, site->resend_end_us);
    if (site->state == SITE_SYNC && site->retry_us == INT64_MAX)
        next = earlier(earlier(next, segment_due_us(site)), snapshot_deadline(site));
    return next;
}

void site_tick(struct site *site, int64_t now_us)
{
    if (site->state == SITE_SYNC && site->in_flight_count > 0 && now_us >= site->resend_end_us) {
        site->tries++;
        begin_from(site, site->acked_seq, now_us); /* go back: where segments begin and end need not repeat */
    }
    if (site->state != SITE_OFFLINE && site->state != SITE_HELLO && now_us >= site->hello_us)
        site_say_hello(site, now_us);
    pump(site, now_us);
}

const struct site_state_def *site_state_def(enum site_state state)
{
    static const struct site_state_def states[] = {
        [SITE_OFFLINE] = {"offline", "not connected to the broker", "未连接消息服务器"},
        [SITE_HELLO] = {"hello", "waiting for head office", "等待总部应答"},
        [SITE_SYNC] = {"in_step", "in step with head office", "与总部同步"},
        [SITE_PROBING] = {"probing", "looking for the last event that head office has too",
                          "正与总部核对共同的最后记录"},
        [SITE_FENCED] = {"fenced", "head office takes nothing from this box", "总部拒绝接收本机数据"},
    };
    return &states[state];
}
