/* A site without a floor, for the players that need sites: its steps, its journal and its connection to a broker. What
 * is done with it, and how long it lives, its fleet decides. */
#ifndef TESTS_BENCH_SYNC_BOX_H
#define TESTS_BENCH_SYNC_BOX_H

#include "sync/mqtt/mqtt.h"
#include "sync/site/site.h"
#include "sync/wire/topic.h"
#include "sync_bench.h"

#include <systemd/sd-event.h>

struct fleet;

struct box {
    struct fleet *fleet;
    struct store *store;
    struct site site;
    struct mqtt *mqtt;
    sd_event_source *timer, *turn;
    struct site_word word;
    bool has_word; /* not stored yet */
    int presence_mid;
    char name[NAME_SIZE], box[NAME_SIZE];
    char up_segment[WIRE_TOPIC_SIZE], up_control[WIRE_TOPIC_SIZE], down[WIRE_TOPIC_SIZE], status[WIRE_TOPIC_SIZE];
    struct buf online, offline; /* its presence */
    const char *subscriptions[3];

    bool done;              /* of sites.c: head office has all of it */
    struct day *day;        /* the rest is of steady.c: what it writes */
    sd_event_source *pulse; /* when it writes next */
    int64_t stored_us[64];  /* when the events with these numbers were stored */
    int64_t acked_seq;      /* of which head office's answer is stored, too */
    bool in_step;           /* now */
    bool gone, fed;         /* since the phase began: it was not in step; it got the change */
    int64_t connected_us, in_step_us;
};

struct fleet {
    sd_event *event;
    struct box *boxes;
    int count, left;
    int backoff_base_ms, backoff_cap_ms;
    int64_t start_us; /* of the first segment; 0: none was sent yet */
    int64_t segments, bytes, answers;
    /* What the journal says after a commit. */
    void (*committed)(struct box *box, const struct site_committed *committed);
    void (*in_step)(struct box *box, bool in_step); /* optional */
};

/* Opens the site's side of it; its store is there already. */
void box_open(struct fleet *fleet, int number, int port);
void box_close(struct box *box);

/* After a commit. */
void box_committed(struct box *box);
/* After anything that made the site's steps go on. */
void box_plan(struct box *box);

#endif
