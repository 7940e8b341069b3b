/* Reports written in hex, as people paste them from captures. Does not know what a report means. */
#ifndef TOOL_HEX_REPORTS_H
#define TOOL_HEX_REPORTS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define HEX_REPORT_SIZE 8    /* bytes: HID boot keyboard */
#define HEX_REPORT_MAX  4097 /* bytes: a HID report and its id */

struct hex_reports {
    void (*on_report)(void *user, const uint8_t *report, size_t length);
    void *user;
    size_t size; /* of a report, several of which may stand on a line; 0: each line is one report */
    size_t line; /* lines ended so far */
    uint8_t report[HEX_REPORT_MAX];
    size_t digits; /* of the report under way */
};

/* Any split of the text gives the same reports. Blanks between bytes, empty lines skipped. -EINVAL with a sentence that
 * names the line. */
int hex_reports_feed(struct hex_reports *reports, const char *text, size_t length, struct error *error);
int hex_reports_end(struct hex_reports *reports, struct error *error);

#endif
