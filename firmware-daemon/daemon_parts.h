/* What the files of the daemon share: its parts, and how something becomes an event of theirs. For daemon.c and pages.c
 * alone; everybody else sees daemon.h. */
#ifndef DAEMON_PARTS_H
#define DAEMON_PARTS_H

#include "daemon.h"
#include "disk.h"
#include "door.h"
#include "join_desk.h"
#include "label_desk.h"
#include "lookout.h"
#include "practice.h"
#include "refresh.h"
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
    sd_event_source *take, *late;
    int64_t took_us; /* when the last turn ended, monotonic */
    struct refresh refresh;
    bool rewires;  /* a turn has bound a device to another station */
    bool relabels; /* a turn has changed a label's template */
    struct station stations[CONFIG_STATIONS_MAX];
    struct plugboard *board;
    struct label_desk desk;
    struct seal *seal; /* of receivers */
    struct practice *practice;
    struct disk *disk;
    struct door *door;
    struct join_desk *joins;
    struct lookout *lookout;
    struct trust *trust; /* NULL: pages are served without TLS */
    struct care *care;
    sd_event_source *watchdog;
    struct watch_counts counts;
};

/* What happens at a station that practises is in the copy it practises on, once there is one. */
struct store *daemon_store_at(const struct daemon *daemon, size_t station);

/* Stamps the event and has it decided in a turn that is taken soon. -EAGAIN and others of turn_post(). */
int daemon_post_event(struct daemon *daemon, struct event *event, const void *bytes, size_t length);
/* What is scanned at a station, unless it is the PIN that the station waits for, or a code that joins the box. */
int daemon_post_scanned(struct daemon *daemon, struct event *event, const char *text, size_t length);

/* What a station's screen shows, as an object. */
int daemon_write_view(struct daemon *daemon, size_t station, struct buf *json);

extern const struct ui_source daemon_pages; /* pages.c; its user is the daemon */

#endif
