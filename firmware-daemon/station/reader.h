/* One scanner: its line, its decoder, and what it waits to hear. Bytes become scans here, verdicts become its answer.
 * Does not decide what a scan means, nor which station a scanner belongs to. */
#ifndef STATION_READER_H
#define STATION_READER_H

#include "drivers/scanner/scanner.h"
#include "station/device.h"
#include "store/binding.h"

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

struct reader_settings {
    char id[BINDING_DEVICE_MAX];  /* the device's identity */
    char station[STORE_CODE_MAX]; /* "": it belongs to none yet */
    bool fixed;                   /* the configuration says so */
    char driver[16];              /* hid-keyboard, hid-pos, serial or ssi; "auto": by what is opened */
    struct scanner_settings scanner;
    struct transport_settings line;
};

struct reader;

struct reader_ops {
    /* -EAGAIN: the queue is full, the text is kept here until reader_resume(). Any other error: it is lost, and its
     * scanner is told so. Otherwise one reader_answer() follows. */
    int (*scan)(void *user, const struct reader *reader, const char *text, size_t length);
    int (*aborted)(void *user, const struct reader *reader, size_t length);
};

int reader_open(sd_event *event, uint32_t number, const struct reader_settings *settings, const struct reader_ops *ops,
                void *user, struct reader **ret, struct error *error);
struct reader *reader_close(struct reader *reader);

const struct reader_settings *reader_settings(const struct reader *reader);
/* Names the scanner as it is plugged in now, for the verdicts; 0: nobody waits for one. Changes when the line goes. */
uint32_t reader_number(const struct reader *reader);
const char *reader_driver(const struct reader *reader); /* "" while that is not known */
bool reader_is_open(const struct reader *reader);
const char *reader_fault(const struct reader *reader); /* one sentence; "" while all is well */

void reader_bind(struct reader *reader, const char *station);

/* The verdict on its oldest scan without one. True when the scanner itself sounds the tone. */
bool reader_answer(struct reader *reader, enum scan_verdict verdict);

void reader_resume(struct reader *reader); /* the queue has room again */
void reader_retry(struct reader *reader);  /* something was plugged in */

#endif
