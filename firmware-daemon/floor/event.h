/* What reaches the daemon, and what a turn makes of it. Does not queue or decide: turn.c and the rules do. */
#ifndef FLOOR_EVENT_H
#define FLOOR_EVENT_H

#include "floor/messages.h"
#include "store/binding.h"
#include "store/store.h"

enum event_kind {
    EVENT_SCAN,         /* station, bytes = the scanned text */
    EVENT_SCAN_ABORTED, /* station, number = bytes that were lost */
    EVENT_CHANGE,       /* number = feed sequence, bytes = one change line from head office */
    EVENT_APPLIED,      /* bytes = a struct acknowledged: what head office has committed, and more of itself */
    EVENT_PRINT,  /* number = job, name = its new state, bytes = why, device = the printer, .print; see floor/print.h */
    EVENT_IMPORT, /* name = what, bytes = CSV */
    EVENT_BOOT,   /* the daemon has started; name = the machine's start, bytes = its stations, see floor/bind.c */
    EVENT_BIND,   /* station, name = role, bytes = the device that shall belong to it */
    EVENT_WEIGHT, /* station, number = milligrams that lie still on its scale */
    EVENT_LABEL,  /* station, number = copies, bytes = template, key and data, each but the last ended by LF */
    EVENT_LINK, /* number = 1 + the last change of head office, which hears this site; 0: it does not, as at a start */
    EVENT_ASK,  /* name = verb, bytes = its fields as JSON; see floor/ask.h */
    EVENT_TRAINING,      /* station, number: 1 it practises, 0 it works; to the site's own database */
    EVENT_PRACTICE,      /* number = orders to make up; to a copy to practise on */
    EVENT_PASSED,        /* bytes = a struct lesson_passed; to the site's own database */
    EVENT_DISK,          /* number = an enum disk_step, bytes = MiB that are free */
    EVENT_GRANT,         /* bytes = a struct epoch_grant; see floor/resync.h */
    EVENT_REWIND,        /* bytes = a struct chain_mark: head office has lost the changes after it */
    EVENT_SNAPSHOT_LINE, /* number = from 1, bytes = the line */
    EVENT_SNAPSHOT,      /* bytes = a struct snapshot_whole: all its lines are here */
    EVENT_PIN,     /* number = worker, name = PIN_RIGHT or PIN_WRONG, bytes = the scan that it is for, at a station */
    EVENT_PRUNE,   /* number = a wall time: what is older, and in a backup of head office's, may be deleted */
    EVENT_FORGET,  /* receivers whose time is over; see floor/forget.h */
    EVENT_JOIN,    /* station, number = an enum join_step, bytes = the site and where head office is; floor/join.h */
    EVENT_CHECKED, /* bytes = a struct upkeep_found: the database was read whole */
    EVENT_KINDS
};

#define PIN_RIGHT "right"
#define PIN_WRONG "wrong"

#define EVENT_INLINE_MAX 256 /* longer bytes live on the heap: a common scan does not */

struct event {
    enum event_kind kind;
    int64_t wall_us, mono_us;
    enum clock_trust clock; /* of wall_us */
    int64_t number;
    uint64_t request;                /* somebody who waits for the answer; 0: nobody */
    char station[STORE_CODE_MAX];    /* "": a scanner that belongs to none */
    char device[BINDING_DEVICE_MAX]; /* the scanner's or printer's identity; "": typed at a page */
    bool device_fixed;               /* the configuration says which station it belongs to */
    int64_t asker;                   /* the worker who is signed in at the page that asks; 0: nobody */
    bool unproven;                   /* a page asks that nobody has signed in at, though people must */
    int64_t proved;                  /* a scan: the worker who has given the PIN for it; 0: nobody */
    uint32_t source;                 /* who waits for the verdict on a scan; 0: nobody */
    char name[32];
    struct {
        int64_t labels, done, odometer;
        char proof[12];
    } print;
    size_t length;
    char *heap; /* owned by the queue; NULL when the bytes are inline */
    char inline_bytes[EVENT_INLINE_MAX];
};

static inline const char *event_bytes(const struct event *event)
{
    return event->heap ? event->heap : event->inline_bytes;
}

/* What follows from an event once its turn is on disk. */
struct effect {
    bool good;        /* accepted */
    bool shows;       /* the stations' screens may have changed */
    bool rewires;     /* a device belongs to another station now */
    bool relabels;    /* a label's template is another now */
    bool trains;      /* a station practises now, or works again */
    bool leaves;      /* decided in a copy to practise on: its station wants to work again */
    bool weighs;      /* a scan: the worker is asked for a weight now */
    int64_t asks_pin; /* a scan was refused that passes with the PIN of this worker; 0: none */
    int64_t seq;      /* the journal row of an accepted scan; 0: none */
    int64_t job;      /* a print job that may start now; 0: none */
    struct answer answer;
};

#endif
