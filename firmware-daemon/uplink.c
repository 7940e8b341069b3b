#include "uplink.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "floor/forget.h"
#include "floor/resync.h"
#include "hardware.h"
#include "store/journal.h"
#include "store/session.h"
#include "sync/site/port.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRIORITY     100 /* as the turn: what is sent takes a millisecond, and both have their turn */
#define TOLD_US      1000000
#define PRUNE_US     INT64_C(60000000)
#define ACTIONS_MANY 1000 /* of which most cannot be undone any more */
#define DAY_US       INT64_C(86400000000)

_Static_assert(HARDWARE_SIZE == WIRE_HARDWARE_SIZE, "one name of a board");
_Static_assert(STORE_OFFICE_KEY == WIRE_PUBLIC_KEY, "one key of head office");

struct uplink {
    struct store *store;
    const struct site_config *config;
    const struct uplink_ops *ops;
    void *user;
    struct site site;
    struct site_port *port;
    struct error told_fault; /* of the site, already in the log */
    sd_event_source *soon, *prune;
    struct site_word word; /* not stored yet */
    bool has_word, in_step, told_in_step;
};

/* ---------------------------------------------------------------- what head office says, as events */

static int post(void *user, enum event_kind kind, int64_t number, const void *bytes, size_t length)
{
    struct uplink *uplink = user;
    struct event event = {.kind = kind, .number = number};
    return uplink->ops->post(uplink->user, &event, bytes, length);
}

/* What head office says of itself is no reason for a commit of its own: it goes with the next turn, or with one a
 * second later. */
static void gather_soon(struct uplink *uplink)
{
    int enabled = SD_EVENT_OFF;
    sd_event_source_get_enabled(uplink->soon, &enabled);
    if (enabled == SD_EVENT_OFF) {
        sd_event_source_set_time_relative(uplink->soon, TOLD_US);
        sd_event_source_set_enabled(uplink->soon, SD_EVENT_ONESHOT);
    }
}

int uplink_post_word(uplink_post_fn *post_event, void *user, const struct site_word *word)
{
    struct acknowledged told = {.applied = word->applied,
                                .durable_epoch = word->durable_epoch,
                                .durable_seq = word->durable_seq,
                                .durable_feed = word->durable_feed};
    text_copy(told.gen, sizeof(told.gen), word->gen);
    memcpy(told.key, word->key, sizeof(told.key));
    return post_event(user, EVENT_APPLIED, word->applied, &told, sizeof(told));
}

int uplink_post_grant(uplink_post_fn *post_event, void *user, int64_t epoch, const struct chain_mark *base,
                      const char *nonce)
{
    struct epoch_grant grant = {.epoch = epoch, .base = *base};
    text_copy(grant.nonce, sizeof(grant.nonce), nonce);
    return post_event(user, EVENT_GRANT, epoch, &grant, sizeof(grant));
}

int uplink_post_snapshot(uplink_post_fn *post_event, void *user, const struct site_snapshot *snapshot)
{
    const struct snapshot_whole whole = {snapshot->epoch, snapshot->applied, snapshot->lines};
    return post_event(user, EVENT_SNAPSHOT, snapshot->lines, &whole, sizeof(whole));
}

void uplink_gather(struct uplink *uplink)
{
    int64_t heard = uplink->in_step ? 1 + uplink->site.feed_head : 0;
    if (uplink->in_step != uplink->told_in_step && post(uplink, EVENT_LINK, heard, "", 0) == 0)
        uplink->told_in_step = uplink->in_step;
    if (uplink->has_word && uplink_post_word(post, uplink, &uplink->word) == 0)
        uplink->has_word = false;
}

static int on_soon(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    uplink_gather(user);
    return 0;
}

static int keep_word(void *user, const struct site_word *word)
{
    struct uplink *uplink = user;
    uplink->word = *word;
    uplink->has_word = true;
    gather_soon(uplink);
    return 0;
}

static void keep_in_step(void *user, bool in_step)
{
    struct uplink *uplink = user;
    uplink->in_step = in_step;
    gather_soon(uplink);
}

static int post_change(void *user, int64_t feed_seq, const char *line, size_t length)
{
    return post(user, EVENT_CHANGE, feed_seq, line, length);
}

static int post_grant(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    log_warning("head office has opened epoch %lld of this site, which goes on from number %lld: this database was "
                "restored, or head office's was",
                (long long)epoch, (long long)base->seq);
    return uplink_post_grant(post, user, epoch, base, nonce);
}

static int post_rewind(void *user, const struct chain_mark *base)
{
    log_warning("head office has lost the changes after number %lld: it is told of them", (long long)base->seq);
    return post(user, EVENT_REWIND, base->seq, base, sizeof(*base));
}

static int post_snapshot_line(void *user, int64_t seq, const char *line, size_t length)
{
    return post(user, EVENT_SNAPSHOT_LINE, seq, line, length);
}

static int post_snapshot(void *user, const struct site_snapshot *snapshot)
{
    return uplink_post_snapshot(post, user, snapshot);
}

static int on_prune(sd_event_source *source, uint64_t now, void *user)
{
    struct uplink *uplink = user;
    struct stream stream = {0};
    int64_t actions = 0;
    int result = store_stream(uplink->store, &stream);
    if (!result)
        result = action_count(uplink->store, &actions);
    if (!result && (stream.durable_seq > stream.pruned_seq || actions > ACTIONS_MANY))
        post(uplink, EVENT_PRUNE, clock_wall_us() - uplink->config->journal_days * DAY_US, "", 0);
    if (forget_due(uplink->store, clock_wall_us()))
        post(uplink, EVENT_FORGET, 0, "", 0);
    sd_event_source_set_time(source, now + PRUNE_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- what is committed */

static int send_frame(void *user, enum site_channel channel, const void *bytes, size_t length)
{
    struct uplink *uplink = user;
    return site_port_send(uplink->port, channel, bytes, length);
}

static int read_lines(void *user, int64_t after, size_t lines_max, size_t bytes_max, struct buf *ret_lines,
                      int64_t *ret_last)
{
    struct uplink *uplink = user;
    return journal_read(uplink->store, after, lines_max, bytes_max, ret_lines, ret_last);
}

static int read_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct uplink *uplink = user;
    return journal_hash(uplink->store, seq, ret_hash);
}

static int read_marks(void *user, struct wire_marks *ret)
{
    struct uplink *uplink = user;
    return journal_marks(uplink->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static int read_feed_marks(void *user, struct wire_marks *ret)
{
    struct uplink *uplink = user;
    return journal_feed_marks(uplink->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static void site_changed(void *user)
{
    struct uplink *uplink = user;
    uplink->ops->changed(uplink->user);
}

int uplink_read_committed(struct store *store, struct site_committed *ret)
{
    struct stream stream = {0};
    int result = store_stream(store, &stream);
    *ret = (struct site_committed){.epoch = stream.epoch,
                                   .last_seq = stream.last_seq,
                                   .applied_seq = stream.applied_seq,
                                   .feed_seq = stream.feed_seq,
                                   .reemit_seq = stream.reemit_seq,
                                   .snapshot = stream.snapshot,
                                   .met = stream.met};
    memcpy(ret->feed_hash, stream.feed_hash, sizeof(ret->feed_hash));
    memcpy(ret->office_key, stream.office_key, sizeof(ret->office_key));
    text_copy(ret->gen, sizeof(ret->gen), stream.office_gen);
    if (!result && stream.snapshot)
        result = sql_number(store->sql, &ret->snapshot_line, "SELECT coalesce(max(seq), 0) FROM snapshot_line",
                            SQL_NO_VALUES);
    return result;
}

void uplink_committed(struct uplink *uplink)
{
    struct site_committed committed;
    const struct error *fault = &uplink->site.fault;
    if (strcmp(uplink->told_fault.text, fault->text) != 0 && *fault->text)
        log_warning("head office: %s", fault->text);
    uplink->told_fault = *fault;
    if (uplink_read_committed(uplink->store, &committed) == 0)
        site_commit(&uplink->site, &committed, clock_mono_us());
}

/* ---------------------------------------------------------------- open and close */

static const struct site_ops site_ops = {.send = send_frame,
                                         .read_journal = read_lines,
                                         .read_hash = read_hash,
                                         .marks = read_marks,
                                         .feed_marks = read_feed_marks,
                                         .told = keep_word,
                                         .granted = post_grant,
                                         .rewound = post_rewind,
                                         .change = post_change,
                                         .snapshot_line = post_snapshot_line,
                                         .snapshot_whole = post_snapshot,
                                         .in_step = keep_in_step,
                                         .changed = site_changed};

static int open_site(struct uplink *uplink, struct error *error)
{
    const struct site_config *config = uplink->config;
    char key_path[sizeof(config->database) + 8], hardware[HARDWARE_SIZE];
    struct stream stream = {0};
    struct site_settings settings = {.site = config->site,
                                     .box = config->box,
                                     .hardware = hardware,
                                     .resend_us = config->resend_ms * 1000,
                                     .random = random_system};
    int result = store_stream(uplink->store, &stream);
    if (result)
        return error_set(error, result, "%s cannot be read", config->database);
    hardware_id(config->hardware, hardware);
    settings.boot = stream.boot;
    snprintf(key_path, sizeof(key_path), "%s.key", config->database);
    result = wire_key_file(key_path, &random_system, &settings.key, error);
    if (!result)
        site_init(&uplink->site, &settings, &site_ops, uplink);
    return result;
}

static int open_timers(sd_event *event, struct uplink *uplink, struct error *error)
{
    int result = sd_event_add_time(event, &uplink->soon, CLOCK_MONOTONIC, 0, 0, on_soon, uplink);
    if (result >= 0)
        result = sd_event_source_set_enabled(uplink->soon, SD_EVENT_OFF);
    if (result >= 0)
        result = sd_event_add_time_relative(event, &uplink->prune, CLOCK_MONOTONIC, PRUNE_US, 0, on_prune, uplink);
    return result < 0 ? error_set(error, result, "cannot start a timer: %s", strerror(-result)) : 0;
}

int uplink_open(sd_event *event, struct store *store, const struct site_config *config, const struct uplink_ops *ops,
                void *user, struct uplink **ret, struct error *error)
{
    struct uplink *uplink = calloc(1, sizeof(*uplink));
    if (!uplink)
        return error_set(error, -ENOMEM, "out of memory");
    *uplink = (struct uplink){.store = store, .config = config, .ops = ops, .user = user};
    int result = open_site(uplink, error);
    if (!result)
        result = open_timers(event, uplink, error);
    if (!result)
        result = site_port_open(event, PRIORITY, config->link_socket, &uplink->site, &uplink->port, error);
    if (result)
        uplink_free(uplink);
    else
        *ret = uplink;
    return result;
}

struct uplink *uplink_free(struct uplink *uplink)
{
    if (!uplink)
        return NULL;
    site_port_free(uplink->port);
    site_done(&uplink->site);
    sd_event_source_disable_unref(uplink->soon);
    sd_event_source_disable_unref(uplink->prune);
    free(uplink);
    return NULL;
}

int64_t uplink_boot(const struct uplink *uplink)
{
    return uplink->site.boot;
}

struct sync_view uplink_view(const struct uplink *uplink)
{
    return (struct sync_view){uplink->store, &uplink->site, uplink->port, clock_wall_us()};
}
