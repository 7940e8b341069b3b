/* How often head office is asked over HTTP: counted for usage, and held to the quota api_calls_per_min. Counts in
 * memory and writes now and then: a program that is killed forgets the calls of the last seconds. Does not answer. */
#ifndef HEAD_OFFICE_HTTP_METER_H
#define HEAD_OFFICE_HTTP_METER_H

#include "sync/head-office/office.h"

struct http_meter {
    int64_t limit;     /* calls of a minute; QUOTA_NONE: none */
    int64_t minute_us; /* when this one began, monotonic */
    int64_t calls;     /* of it */
    int64_t uncounted; /* not written yet */
    int64_t look_us;   /* when the quota is read and the calls are written next */
};

/* Seconds that whoever asks must wait; 0: he may ask, and it is counted. */
int64_t http_meter_take(struct http_meter *meter, int64_t mono_us);

/* Every few seconds, and with all of it at once when the server ends. Writes nothing while writes is false. */
int http_meter_tick(struct http_meter *meter, struct office *office, int64_t mono_us, bool writes, struct error *error);

#endif
