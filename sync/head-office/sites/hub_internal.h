/* What hub.c (the turn), hub_intake.c (events, up), hub_meet.c (hello, probe, grant), hub_feed.c (changes, down) and
 * hub_snapshot.c share. Not for anyone else. */
#ifndef HEAD_OFFICE_HUB_INTERNAL_H
#define HEAD_OFFICE_HUB_INTERNAL_H

#include "base/list.h"
#include "sync/head-office/sites/hub.h"
#include "sync/wire/control.h"
#include "sync/wire/run.h"

struct message {
    struct list link;      /* in hub.messages or hub.held */
    int64_t held_since_us; /* 0: not held yet */
    char box[WIRE_NAME_SIZE];
    enum wire_channel channel;
    size_t length;
    char bytes[];
};

/* A box while this program runs. It can be forgotten at any time. */
struct session {
    char site[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE];

    /* What the open transaction owes it, once committed. */
    struct list owed; /* in hub.owed while any of these is set */
    bool welcome, grant, ack, facked;
    bool feeds;                  /* its feed may have grown */
    bool early;                  /* the segment in hand has others before it that are not here */
    const char *fence;           /* WIRE_FENCE_...; NULL: none */
    char fenced[ID_TEXT_SIZE];   /* of the hello or probe that it answers, which may be of another box of this name; "":
                                  * it   answers a segment */
    bool snapshot;               /* the snapshot's offer, and lines after snap_seq */
    char nonce[ID_TEXT_SIZE];    /* of the hello or the probe that is answered */
    struct chain_mark feed_base; /* the last change that both have; seq -1: not known */
    int64_t snap_seq;

    /* The feed in flight: go-back-N. */
    int64_t sent;                  /* the last change that was sent */
    int64_t ends[WIRE_WINDOW_MAX]; /* the last change of each segment in flight, oldest first */
    size_t in_flight;
    int attempts;   /* without progress */
    int64_t due_us; /* when to send again; HUB_NEVER */
    bool apart;     /* its changes are others than these: it gets none before it has gone back to where both agree */
};

struct hub {
    struct sql *sql;
    struct random_source random;
    struct hub_settings settings;
    const struct hub_ops *ops;
    void *user;
    char gen[ID_TEXT_SIZE];
    struct wire_key key;
    struct list messages; /* struct message, by .link */
    size_t waiting;
    struct list held; /* struct message, by .link: early ones, between two turns */
    size_t held_count;
    struct list owed;          /* struct session, by .owed */
    int64_t events, labels;    /* that this turn took, for usage */
    bool any_revoked;          /* at the turn's beginning: somebody's badge is no good any more */
    int64_t taken;             /* events, since it was opened */
    struct session **sessions; /* sorted by box */
    size_t session_count, session_room;
};

/* The site's row, as committed. */
struct site_row {
    char id[WIRE_NAME_SIZE];
    bool parked; /* something of it waits for a person */
    bool former; /* another box has taken its place: it is told so, and no more */
    bool met;    /* the box has spoken, and this is its key: */
    uint8_t key[WIRE_PUBLIC_KEY];
    char hardware[WIRE_HARDWARE_SIZE];
    const char *fence; /* why nothing of it is taken; NULL: all is */
    int64_t epoch, applied, feed_head, feed_acked;
    int64_t durable_epoch, durable_seq, durable_feed;
    uint8_t hash[CHAIN_HASH_SIZE]; /* of the chain after applied */
};

int hub_load_site(struct hub *hub, const char *box, struct site_row *ret);

/* NULL when there is no memory. */
struct session *hub_session(struct hub *hub, const char *site, const char *box);

void hub_owe(struct hub *hub, struct session *session);

/* The hash of the site's chain after a number of an epoch; epoch 0: of its feed's. -ENOENT: there is none. */
int hub_hash(struct hub *hub, const char *site, int64_t epoch, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE]);

/* Adds the signature. */
void hub_send_control(struct hub *hub, const struct session *session, struct wire_control *control);
/* A run of lines for the box, framed and signed. */
int hub_send_run(struct hub *hub, const struct session *session, struct wire_run *run, int64_t now_us);

/* 0, or a database's error, or -EINVAL with a sentence: the message is wrong. A sentence beside 0 is a remark. */
int hub_take_segment(struct hub *hub, struct session *session, const struct site_row *site,
                     const struct message *message, int64_t now_us, struct error *why);
int hub_take_control(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                     struct error *why);

int hub_send_grant(struct hub *hub, const struct session *session);
int hub_take_snap_ask(struct hub *hub, struct session *session, const struct wire_control *ask, int64_t now_us);
int hub_send_snapshot(struct hub *hub, const struct session *session, int64_t now_us);

void hub_feed_rewind(struct session *session, int64_t acked);
void hub_feed_progress(struct hub *hub, struct session *session, int64_t acked, int64_t now_us);
int hub_feed_fill(struct hub *hub, struct session *session, const struct site_row *site, int64_t now_us);

#endif
