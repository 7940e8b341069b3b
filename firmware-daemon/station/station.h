/* A station: its scanner, what its screen shows, and what was heard last. Bytes become events here, effects become a
 * screen. Does not decide what a scan means. */
#ifndef STATION_STATION_H
#define STATION_STATION_H

#include "config.h"
#include "drivers/scanner/scanner.h"
#include "floor/event.h"
#include "station/device.h"

struct station;

/* What a station asks of the daemon. post: -EAGAIN when the queue is full; the text is lent. */
struct station_ops {
    int (*post_scan)(void *user, const char *station, const char *text, size_t length);
    int (*post_aborted)(void *user, const char *station, size_t length);
};

/* config is borrowed for the station's life. */
int station_open(sd_event *event, const struct station_config *config, const struct station_ops *ops, void *user,
                 struct station **ret, struct error *error);
struct station *station_close(struct station *station);

const struct station_config *station_config(const struct station *station);

/* Remembers the last result, for the screen. */
void station_heard(struct station *station, const struct event *event, const struct effect *effect);
void station_write_result(const struct station *station, const char *key, struct buf *json);

/* The queue has room again: scans that had to wait are posted, reading goes on. */
void station_resume(struct station *station);

#endif
