/* What is right and wrong with the devices of this machine, and what to do about it: from collected facts to sentences.
 * Pure: collects nothing (doctor.c does) and prints nothing. */
#ifndef TOOL_DOCTOR_FINDINGS_H
#define TOOL_DOCTOR_FINDINGS_H

#include "tool/device_look.h"

#define FINDINGS_MAX        512
#define DOCTOR_STATIONS_MAX 64

/* Programs that are known to take devices of this kind. */
enum meddler { MEDDLER_MODEM_MANAGER = 1 << 0, MEDDLER_BRLTTY = 1 << 1, MEDDLER_CUPS = 1 << 2 };

struct doctor_facts {
    const struct device_look *look;
    bool usb_bus;         /* /dev/bus/usb is there */
    bool rules_installed; /* 60-floorhand.rules, in one of udev's folders */
    bool group_exists;    /* DEVICE_GROUP */
    bool sees_all;        /* this process may look into those of other users */
    unsigned running;     /* enum meddler */
    char console[64];     /* ttys that carry the kernel's console, by blanks: "tty0 ttyS0" */
    bool daemon_answers;
    char daemon_url[256];
    char certificates[2][320]; /* what is told of those that end soon: of the pages, of the link; "": nothing */
    size_t station_count;
    struct doctor_station {
        char id[64], printer[16]; /* what its printer says: ready, busy, paused, error, unknown, offline, none */
        char troubles[128];       /* paper_out, head_open, …, by commas */
    } stations[DOCTOR_STATIONS_MAX];
};

enum finding_level { FINDING_OK, FINDING_NOTE, FINDING_PROBLEM };
const char *finding_level_name(enum finding_level level); /* "ok", "note", "problem" */

struct finding {
    enum finding_level level;
    char about[160];                 /* a device's id, "station X", or "machine" */
    char sentence[320], advice[320]; /* advice "": nothing to do */
};

struct findings {
    size_t count;
    struct finding list[FINDINGS_MAX]; /* first the machine, then device by device, then the stations */
};

void doctor_find(const struct doctor_facts *facts, struct findings *ret);

/* How many are problems. */
size_t findings_problems(const struct findings *findings);

#endif
