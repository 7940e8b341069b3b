/* One scale: its line, its decoder, its last reading. Asks it again and again where it does not speak by itself.
 * Does not decide what a weight means. */
#ifndef STATION_WEIGHER_H
#define STATION_WEIGHER_H

#include "base/buf.h"
#include "drivers/scale/scale.h"
#include "station/device.h"
#include "store/binding.h"

struct weigher_settings {
    char id[BINDING_DEVICE_MAX]; /* the device's identity */
    char protocol[20];           /* as scale_new() */
    struct scale_settings scale;
    struct transport_settings line;
};

struct weigher;

struct weigher_ops {
    void (*changed)(void *user); /* what weigher_write_state() writes is different now */
    /* Something has been put on the scale and lies still; once a placing. */
    void (*weighed)(void *user, const struct weigher *weigher, int64_t milligrams);
};
int weigher_open(sd_event *event, const struct weigher_settings *settings, const struct weigher_ops *ops, void *user,
                 struct weigher **ret, struct error *error);
struct weigher *weigher_close(struct weigher *weigher);

const char *weigher_id(const struct weigher *weigher);
bool weigher_is_open(const struct weigher *weigher);
const char *weigher_fault(const struct weigher *weigher);
void weigher_retry(struct weigher *weigher);

/* What lies there was taken for something: the same will not be told again. */
void weigher_use(struct weigher *weigher);
/* Somebody waits for a weight now: what lies there already is told once more, unless it was used. */
void weigher_ask(struct weigher *weigher);

/* {"state": "stable|motion|under_zero|over_range|busy|error|unknown|offline|none", "milligrams": n or null} as the
 * value of key; weigher may be NULL. A reading that is older than WEIGHER_FRESH_US is unknown: nothing is weighed by
 * memory. */
#define WEIGHER_FRESH_US ((int64_t)3 * 1000 * 1000)
void weigher_write_state(const struct weigher *weigher, const char *key, struct buf *json);

#endif
