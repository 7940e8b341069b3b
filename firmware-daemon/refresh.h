/* Screens that an event elsewhere may have changed: all of them are written anew soon after, a few at a time behind
 * every scan. Does not know what is on them. */
#ifndef REFRESH_H
#define REFRESH_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

struct refresh {
    size_t count; /* of the screens */
    void (*publish)(void *user, size_t index);
    void *user;
    sd_event_source *source;
    size_t next; /* in this round; 0: no round is on */
    bool again;  /* something happened during it */
};

int refresh_init(struct refresh *refresh, sd_event *event); /* the first three members are given */
void refresh_done(struct refresh *refresh);
void refresh_soon(struct refresh *refresh);

#endif
