/* What was heard last at a station, for its screen. Does not decide what a scan means, and knows no device. */
#ifndef STATION_STATION_H
#define STATION_STATION_H

#include "floor/event.h"

/* Zero-initialised nothing was heard yet. */
struct station {
    struct answer answer;
    bool good;
    bool beeped; /* the scanner has sounded the tone itself: the screen stays silent */
    char scan[128];
    int64_t number; /* 0: nothing was heard yet */
};

void station_heard(struct station *station, const struct event *event, const struct effect *effect, bool beeped);
void station_write_result(const struct station *station, const char *key, struct buf *json);

#endif
