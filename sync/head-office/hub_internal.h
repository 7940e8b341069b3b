/* What hub.c (the turn), hub_intake.c (the way up) and hub_feed.c (the way down) share. Not for anyone else. */
#ifndef HEAD_OFFICE_HUB_INTERNAL_H
#define HEAD_OFFICE_HUB_INTERNAL_H

#include "base/list.h"
#include "sync/head-office/hub.h"
#include "sync/wire/control.h"

struct message {
    struct list link; /* in hub.messages */
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
    bool welcome, ack, facked;
    bool feeds; /* its feed may have grown */
    char nonce[ID_TEXT_SIZE];

    /* The feed in flight: go-back-N. */
    int64_t sent;                  /* the last change that was sent */
    int64_t ends[WIRE_WINDOW_MAX]; /* the last change of each segment in flight, oldest first */
    size_t in_flight;
    int attempts;   /* without progress */
    int64_t due_us; /* when to send again; HUB_NEVER */
    bool ahead;     /* it holds changes this database does not have: sending more would be taken for old ones */
};

struct hub {
    struct sql *sql;
    struct random_source random;
    struct hub_settings settings;
    const struct hub_ops *ops;
    void *user;
    char gen[ID_TEXT_SIZE];
    struct list messages; /* struct message, by .link */
    size_t waiting;
    struct list owed;          /* struct session, by .owed */
    struct session **sessions; /* sorted by box */
    size_t session_count, session_room;
};

/* The site's row, as committed. */
struct site_row {
    bool met; /* the box has spoken: it has an epoch */
    int64_t epoch, applied, feed_head, feed_acked;
    uint8_t hash[CHAIN_HASH_SIZE]; /* of the chain after applied */
};

int hub_load_site(struct hub *hub, const char *box, struct site_row *ret);

/* NULL when there is no memory. */
struct session *hub_session(struct hub *hub, const char *site, const char *box);

/* 0, or a database's error, or -EINVAL with a sentence: the message is wrong. A sentence beside 0 is a remark. */
int hub_take_segment(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                     struct error *why);
int hub_take_control(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                     struct error *why);

void hub_feed_rewind(struct session *session, int64_t acked);
void hub_feed_progress(struct hub *hub, struct session *session, int64_t acked, int64_t now_us);
int hub_feed_fill(struct hub *hub, struct session *session, const struct site_row *site, int64_t now_us);

#endif
