/* The life of one job at one printer: its count of labels before the first byte, the bytes, the proof that the labels
 * came out, and what can still be known after a cable was pulled out or the power failed.
 * Pure: writes through a line that is given to it and is told the time; knows no ledger and no label. Never sends a
 * label again unless the printer's own count says that it did not come out. */
#ifndef DRIVERS_PRINTER_DELIVERY_H
#define DRIVERS_PRINTER_DELIVERY_H

#include "drivers/printer/counter.h"
#include "drivers/printer/printer.h"
#include "drivers/printer/talk.h"

#define DELIVERY_ASK_US     ((int64_t)200 * 1000)       /* between questions while something is to be proved */
#define DELIVERY_CALM_US    ((int64_t)8 * 1000 * 1000)  /* idle so long, with its count unchanged: the rest is lost */
#define DELIVERY_NOTHING_US ((int64_t)3 * 1000 * 1000)  /* ready so long, and never seen busy: it proves nothing */
#define DELIVERY_AWAY_US    ((int64_t)60 * 1000 * 1000) /* how long a printer may take to come back amid a job */
#define DELIVERY_STUCK_US   ((int64_t)1500 * 1000)      /* taking nothing for so long is worth saying */
#define DELIVERY_FRESH_US   ((int64_t)1500 * 1000) /* an answer that is younger needs no new question before a job */
#define DELIVERY_HELD_US    ((int64_t)500 * 1000)  /* between looks at a line that flow control holds */
#define DELIVERY_TRIES_MAX  3                      /* times that the rest of one job is sent */
#define DELIVERY_START_US   ((int64_t)2 * 1000 * 1000) /* no printer starts anew, and listens, in less */

/* Bytes to the printer: printer.h says what each does. */
struct delivery_line {
    printer_sink *write;
    printer_pending *pending;
    void *user;
};

enum delivery_stage {
    DELIVERY_FREE,    /* no job */
    DELIVERY_MARKING, /* "sending" is on its way to disk: not one byte before it is there */
    DELIVERY_WRITING,
    DELIVERY_PROVING,  /* all bytes are out */
    DELIVERY_CUT,      /* the printer went away amid the job; its count can still tell */
    DELIVERY_CLEARING, /* it is back: what it still holds is thrown away, and it is counted */
    DELIVERY_OVER,     /* the last report is on its way to disk */
};

/* How a job stands now, for the ledger. */
struct delivery_report {
    const char *state; /* sending, sent, printed, unknown or queued; NULL: no report. A literal, as the others are */
    const char *why, *proof; /* "" */
    int64_t labels, done;    /* of the whole job; done: known to be out */
    int64_t odometer;        /* the printer's count when the bytes begin; PRINTER_NOT_SAID */
};

struct delivery {
    struct delivery_line line;
    bool open;
    bool notices_loss; /* this line breaks when the printer loses its power */
    bool held_back;    /* flow control holds what was sent: it does not listen */
    struct printer_talk talk;
    struct printer_counter counter;
    bool counts;         /* its count has moved with labels of ours: it can be believed when it stands still */
    bool needs_clearing; /* of what is left of a job that was cut off */
    bool asks_counter;   /* its status is known, its count is wanted */
    int64_t next_ask_us;

    enum delivery_stage stage;
    struct printer_writer writer;
    int64_t give_up_us;                     /* of the job */
    int64_t labels, done, base, last_count; /* base: the count before the bytes; PRINTER_NOT_SAID */
    int64_t base_us;                        /* when it was read */
    int tries;
    int64_t written_us, calm_since_us, cut_us;
    int64_t deaf_until_us; /* a status that missed its time may come until then */
    bool may_hold_a_rest;  /* of a label that was cut off, as dots that swallow the next: so it is at the start, too */
    bool follows_a_rest;   /* the job that is being delivered is the next */
    bool is_settled;       /* all that was sent to it is known to be out: its count is this side's own */
    bool was_busy, had_fault, asks_receipt;
    bool noisy;        /* bytes came that are no answer */
    int receipts_owed; /* asked for on this line, and still to come: they come in order */
    int skip;          /* bytes of a status that nobody asked for, still to come */
    struct delivery_report report;
    bool posted; /* the report is in the ledger's queue */
};

void delivery_init(struct delivery *delivery, const struct delivery_line *line);

/* notices_loss: a printer that loses its power breaks this line (USB, TCP; not RS-232). */
void delivery_opened(struct delivery *delivery, enum printer_language language, bool notices_loss, int64_t now_us);
void delivery_gone(struct delivery *delivery, int64_t now_us);
/* True when what is known of the printer is different now. */
bool delivery_feed(struct delivery *delivery, const void *bytes, size_t length, int64_t now_us);
/* Does all that is due: after an event of the line, and at the deadline. True as above. */
bool delivery_step(struct delivery *delivery, int64_t now_us);
int64_t delivery_deadline(const struct delivery *delivery, int64_t now_us); /* INT64_MAX: none */
bool delivery_wants_room(const struct delivery *delivery);                  /* step again when the line takes bytes */
bool delivery_wants_drained(const struct delivery *delivery); /* step again when pending bytes may have left */

/* Another job waits: a proof that only patience would give is not waited for. */
void delivery_release(struct delivery *delivery);

/* A new job may begin: the printer has just said that it is well, or is known to say nothing. */
bool delivery_may_begin(struct delivery *delivery, int64_t now_us);
/* Only then. The report "sending" follows. give_up_us: the job's time is over then, whatever state it is in. */
void delivery_begin(struct delivery *delivery, int64_t labels, int64_t give_up_us, int64_t now_us);

/* The report that has to go to the ledger, once; NULL: none. Then delivery_posted(), and delivery_marked() with what
 * became of it: good, it is on disk; else a rule refused it, or (saved false) the commit failed. True: the bytes of the
 * job are wanted, without the first delivery->done labels: delivery_write(). */
const struct delivery_report *delivery_report(struct delivery *delivery);
void delivery_posted(struct delivery *delivery);
bool delivery_marked(struct delivery *delivery, bool good, bool saved, int64_t now_us);

/* Borrowed until the stage is DELIVERY_FREE or delivery_marked() asks for others. A job whose bytes cannot be made:
 * NULL, it stays "queued". */
void delivery_write(struct delivery *delivery, const void *bytes, size_t length, int64_t now_us);

/* The box stops in an orderly way: the last report, if there is one. */
void delivery_stop(struct delivery *delivery, int64_t now_us);

/* A job is under way that would be lost, or less be known of, if the printer were given away now. */
bool delivery_is_busy(const struct delivery *delivery);

/* What would prove a label that begins now: "odometer", "status", or NULL. */
const char *delivery_proof(const struct delivery *delivery, int64_t now_us);

/* It has taken nothing for a while: for people. */
bool delivery_is_stuck(const struct delivery *delivery, int64_t now_us);

#endif
