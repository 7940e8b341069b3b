/* What the files of the daemon share. Not for use outside daemon*.c. */
#ifndef DAEMON_INTERNAL_H
#define DAEMON_INTERNAL_H

#include "daemon.h"
#include "disk.h"
#include "label_desk.h"
#include "lookout.h"
#include "practice.h"
#include "station/plugboard.h"
#include "station/station.h"
#include "trust.h"
#include "turn.h"
#include "uplink.h"
#include "watch.h"

struct daemon {
    sd_event *event;
    const struct config *config;
    struct store *store;
    struct turn *turn;
    struct ui_server *ui;
    struct uplink *uplink;
    sd_event_source *take, *refresh, *late;
    size_t refreshed;   /* stations whose screens are written anew in this round; 0: no round is on */
    bool refresh_again; /* something happened during it */
    bool rewires;       /* a turn has bound a device to another station */
    bool relabels;      /* a turn has changed a label's template */
    struct station stations[CONFIG_STATIONS_MAX];
    struct plugboard *board;
    struct label_desk desk;
    struct seal *seal; /* of receivers */
    struct practice *practice;
    struct disk *disk;
    struct lookout *lookout;
    struct trust *trust; /* NULL: pages are served without TLS */
    struct care *care;
    sd_event_source *watchdog;
    struct watch_counts counts;
};

/* What the pages ask and are told (daemon_pages.c); user: the daemon. */
extern const struct ui_source daemon_pages;
int daemon_train(void *user, const char *station, bool training, uint64_t request);

/* Queues the event with these bytes; as turn_post(). */
int daemon_queue(struct daemon *daemon, struct event *event, const void *bytes, size_t length);

/* What a station shows: an object. station: its place in the configuration. */
int daemon_write_view(struct daemon *daemon, size_t station, struct buf *json);

#endif
