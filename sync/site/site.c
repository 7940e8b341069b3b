#include "sync/site/site.h"

#include "base/text.h"
#include "sync/site/parts.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define RESEND_US      INT64_C(5000000)
#define RESEND_MAX_US  INT64_C(300000000)
#define REHELLO_US     INT64_C(600000000) /* even an idle site must learn that head office was restored */
#define RETRY_US       INT64_C(100000)    /* after -EAGAIN */
#define REASON_ABSENT  0x10               /* MQTT 5.0, 3.4.2.1: no matching subscribers */
#define REASON_FAILURE 0x80
#define REASON_QUOTA   0x97

/* resend * 2^tries up to 300 s, and up to a quarter more, so that sites do not come in step. */
static int64_t wait_us(struct site *site)
{
    int64_t wait = site->resend_us;
    for (unsigned i = 0; i < site->tries && wait < RESEND_MAX_US; i++)
        wait *= 2;
    if (wait > RESEND_MAX_US)
        wait = RESEND_MAX_US;
    uint64_t random;
    site->random.fill(site->random.user, &random, sizeof(random));
    return wait + (int64_t)(random % ((uint64_t)wait / 4 + 1));
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

static void say_hello(struct site *site, int64_t due_us)
{
    enter(site, SITE_HELLO);
    site->absent = false;
    site->tries = 0;
    site->hello_us = due_us;
    site->in_flight_count = 0;
    buf_clear(&site->changes);
    id_new(&site->random, site->nonce);
}

/* Nobody listens there: head office's presence wakes this site, or at last the slowest resend. */
static void wait_for_office(struct site *site, int64_t now_us)
{
    say_hello(site, now_us + RESEND_MAX_US);
    site->absent = true;
}

int site_send_control(struct site *site, const struct wire_control *control, int64_t now_us)
{
    buf_clear(&site->scratch);
    wire_control_write(&site->scratch, control, &site->random);
    int result = site->scratch.failed
                     ? -ENOMEM
                     : site->ops->send(site->user, SITE_CONTROL, site->scratch.data, site->scratch.length);
    if (result)
        site_retry_later(site, now_us);
    return result;
}

static void send_hello(struct site *site, int64_t now_us)
{
    struct wire_control hello = {.kind = WIRE_HELLO,
                                 .epoch = site->committed.epoch,
                                 .last_seq = site->committed.last_seq,
                                 .feed_seq = site->committed.feed_seq,
                                 .boot = site->boot};
    text_copy(hello.site, sizeof(hello.site), site->name);
    text_copy(hello.box, sizeof(hello.box), site->box);
    text_copy(hello.nonce, sizeof(hello.nonce), site->nonce);
    if (site_send_control(site, &hello, now_us) == 0) {
        site->hello_us = now_us + wait_us(site);
        site->tries++;
    }
}

/* ---------------------------------------------------------------- events, up */

static void begin_from(struct site *site, int64_t acked_seq, int64_t now_us)
{
    site->acked_seq = site->sent_seq = acked_seq;
    site->in_flight_count = 0;
    site->linger_end_us = now_us;
}

static int send_segment(struct site *site, int64_t now_us)
{
    int64_t last = site->sent_seq;
    buf_clear(&site->scratch);
    int result = site->ops->read_journal(site->user, site->sent_seq, (size_t)site->segment_max, SITE_SEGMENT_BYTES,
                                         &site->scratch, &last);
    if (!result && last == site->sent_seq)
        result = -ENODATA;
    if (result && result != -EAGAIN)
        error_set(&site->fault, 0, "the journal after number %" PRId64 " cannot be read: %s", site->sent_seq,
                  strerror(-result));
    if (!result)
        result = site->ops->send(site->user, SITE_SEGMENT, site->scratch.data, site->scratch.length);
    if (result) {
        site_retry_later(site, now_us);
        return result;
    }
    if (site->in_flight_count == 0)
        site->resend_end_us = now_us + wait_us(site);
    site->in_flight[site->in_flight_count++] = last;
    site->sent_seq = last;
    return 0;
}

static bool segment_is_due(const struct site *site, int64_t now_us)
{
    int64_t waiting = site->committed.last_seq - site->sent_seq;
    return waiting > 0 && site->in_flight_count < (size_t)site->window &&
           (waiting >= site->segment_max || now_us >= site->linger_end_us);
}

static void send_events(struct site *site, int64_t now_us)
{
    if (site->acked_seq != site->told_seq) {
        if (site->ops->applied(site->user, site->acked_seq) == 0)
            site->told_seq = site->acked_seq;
        else
            site_retry_later(site, now_us);
    }
    while (segment_is_due(site, now_us) && send_segment(site, now_us) == 0) {
    }
    if (site->sent_seq == site->committed.last_seq)
        site->linger_end_us = INT64_MAX;
}

static void acknowledge(struct site *site, int64_t applied, int64_t now_us)
{
    size_t done = 0;
    if (applied <= site->acked_seq)
        return;
    while (done < site->in_flight_count && site->in_flight[done] <= applied)
        done++;
    site->in_flight_count -= done;
    memmove(site->in_flight, site->in_flight + done, site->in_flight_count * sizeof(site->in_flight[0]));
    site->acked_seq = applied;
    if (site->sent_seq < applied)
        site->sent_seq = applied; /* an answer to what was sent before a resend began */
    site->tries = 0;
    site->resend_end_us = now_us + wait_us(site);
}

/* ---------------------------------------------------------------- what head office says */

/* The same number is not enough: an older copy that has gone on since has other events under the same numbers. */
static bool has_the_same_past(struct site *site, const struct wire_control *welcome)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    char text[CHAIN_TEXT_SIZE];
    if (welcome->epoch != site->committed.epoch || welcome->applied > site->committed.last_seq ||
        site->ops->read_hash(site->user, welcome->applied, hash) != 0)
        return false;
    chain_text(hash, text);
    return strcmp(text, welcome->applied_hash) == 0;
}

/* Head office cannot know it: it has the numbers, and not the lines. Said again after each welcome. */
static void say_diverged(struct site *site, const struct wire_control *welcome, int64_t now_us)
{
    struct wire_control diverged = {
        .kind = WIRE_DIVERGED, .epoch = site->committed.epoch, .last_seq = site->committed.last_seq};
    text_copy(diverged.site, sizeof(diverged.site), site->name);
    text_copy(diverged.gen, sizeof(diverged.gen), welcome->gen);
    site_send_control(site, &diverged, now_us);
}

static void on_welcome(struct site *site, const struct wire_control *welcome, int64_t now_us)
{
    if (site->state != SITE_HELLO || strcmp(welcome->nonce, site->nonce) != 0)
        return;
    site->tries = 0;
    site->hello_us = now_us + REHELLO_US;
    site->feed_head = welcome->feed_head;
    if (!has_the_same_past(site, welcome)) {
        error_set(&site->fault, 0,
                  "head office has events of this site up to epoch %" PRId64 " number %" PRId64
                  ", this database up to epoch %" PRId64 " number %" PRId64
                  ": it is an older copy; ask head office which one is right",
                  welcome->epoch, welcome->applied, site->committed.epoch, site->committed.last_seq);
        enter(site, SITE_DIVERGED);
        say_diverged(site, welcome, now_us);
        return;
    }
    site->fault.text[0] = '\0';
    enter(site, SITE_SYNC);
    text_copy(site->gen, sizeof(site->gen), welcome->gen);
    site->window = welcome->window;
    site->segment_max = welcome->segment_max;
    site->linger_us = welcome->linger_ms * 1000;
    site->told_seq = site->committed.applied_seq;
    site->queued_seq = site->facked_seq = site->committed.feed_seq;
    begin_from(site, welcome->applied, now_us);
}

static void on_ack(struct site *site, const struct wire_control *ack, int64_t now_us)
{
    if (site->state != SITE_SYNC)
        return;
    if (strcmp(ack->gen, site->gen) != 0 || ack->epoch != site->committed.epoch ||
        ack->applied > site->committed.last_seq)
        say_hello(site, now_us); /* one of us is not who the other thinks */
    else
        acknowledge(site, ack->applied, now_us);
}

static void receive_control(struct site *site, const void *bytes, size_t length, int64_t now_us)
{
    struct wire_control control;
    struct error why;
    int result = wire_control_parse(bytes, length, &control, &why);
    if (result && result != -ENOTSUP) /* a later version may say more than this one understands */
        site->fault = why;
    if (result)
        return;
    if (control.kind == WIRE_WELCOME)
        on_welcome(site, &control, now_us);
    else if (control.kind == WIRE_ACK)
        on_ack(site, &control, now_us);
}

/* ---------------------------------------------------------------- the outside */

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
                          .changes = {.max = WIRE_SEGMENT_MAX},
                          .scratch = {.max = WIRE_SEGMENT_MAX}};
    text_copy(site->name, sizeof(site->name), settings->site);
    text_copy(site->box, sizeof(site->box), settings->box);
}

void site_done(struct site *site)
{
    buf_done(&site->changes);
    buf_done(&site->scratch);
}

void site_link_up(struct site *site, int64_t now_us)
{
    say_hello(site, now_us);
    pump(site, now_us);
}

void site_link_down(struct site *site)
{
    site->presence = SITE_OFFICE_UNKNOWN; /* the broker tells it anew */
    enter(site, SITE_OFFLINE);
    site->in_flight_count = 0;
    buf_clear(&site->changes);
}

void site_receive(struct site *site, enum site_channel channel, const void *bytes, size_t length, int64_t now_us)
{
    if (channel == SITE_CONTROL)
        receive_control(site, bytes, length, now_us);
    else if (site->state == SITE_SYNC && site->changes.length == 0)
        buf_put(&site->changes, bytes, length);
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
        say_hello(site, now_us);
    pump(site, now_us);
}

void site_published(struct site *site, int reason_code, int64_t now_us)
{
    if (site->state == SITE_OFFLINE)
        return;
    if (reason_code == REASON_QUOTA)
        site->window = site->window > 1 ? site->window / 2 : 1;
    else if (reason_code == REASON_ABSENT || reason_code >= REASON_FAILURE)
        wait_for_office(site, now_us);
}

void site_commit(struct site *site, const struct site_committed *committed, int64_t now_us)
{
    bool other_past = site->committed.epoch != 0 &&
                      (committed->epoch != site->committed.epoch || committed->last_seq < site->committed.last_seq);
    bool newer = committed->last_seq > site->committed.last_seq;
    site->committed = *committed;
    if (other_past && site->state != SITE_OFFLINE)
        say_hello(site, now_us);
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
    if (site->state == SITE_SYNC && site->in_flight_count < (size_t)site->window && site->retry_us == INT64_MAX)
        next = earlier(next, site->linger_end_us);
    return next;
}

void site_tick(struct site *site, int64_t now_us)
{
    if (site->state == SITE_SYNC && site->in_flight_count > 0 && now_us >= site->resend_end_us) {
        site->tries++;
        begin_from(site, site->acked_seq, now_us); /* go back: where segments begin and end need not repeat */
    }
    if (site->state != SITE_OFFLINE && site->state != SITE_HELLO && now_us >= site->hello_us)
        say_hello(site, now_us);
    pump(site, now_us);
}

const struct site_state_def *site_state_def(enum site_state state)
{
    static const struct site_state_def states[] = {
        [SITE_OFFLINE] = {"offline", "not connected to the broker", "未连接消息服务器"},
        [SITE_HELLO] = {"hello", "waiting for head office", "等待总部应答"},
        [SITE_SYNC] = {"in_step", "in step with head office", "与总部同步"},
        [SITE_DIVERGED] = {"diverged", "head office knows another past of this site", "总部所知的本仓历史与本机不符"},
    };
    return &states[state];
}
