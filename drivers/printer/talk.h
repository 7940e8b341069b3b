/* The conversation with one printer: when to ask for its status, what to make of the answer, and of silence.
 * Pure: does no input or output and reads no clock; the owner sends what is due, feeds what came, passes the time. */
#ifndef DRIVERS_PRINTER_TALK_H
#define DRIVERS_PRINTER_TALK_H

#include "drivers/printer/printer_status.h"

/* How long an answer may take. A printer that has never answered costs this once, then it is mute and not asked again
 * until it is plugged in anew or speaks by itself (LPrint lost 30 s a label by asking on). */
#define TALK_ANSWER_US  ((int64_t)500 * 1000)
#define TALK_REPEAT_US  ((int64_t)1000 * 1000) /* from answer to question: a new fault is said within two seconds */
#define TALK_ANSWER_MAX 512                    /* bytes kept of one answer */

struct printer_talk {
    enum printer_language language;
    struct printer_status status; /* the last that was understood; state is unknown before, and while silent */
    bool asked;                   /* an answer is awaited */
    bool owed;                    /* the last question has had no answer, though its time may be over */
    bool noisy;                   /* since it was asked, bytes came that are no answer */
    bool answers;                 /* it has answered since it was plugged in */
    bool mute;
    int64_t asked_us, next_us, since_us; /* next_us: when to ask again; INT64_MAX: not at all. since_us: of the state */
    size_t length;
    uint8_t bytes[TALK_ANSWER_MAX];
};

/* Just plugged in. A language without a question (unknown) is mute from the start. */
void printer_talk_begin(struct printer_talk *talk, enum printer_language language, int64_t now_us);

/* The question that is due now, NULL when none is: send it, it counts as asked. A literal. Never while a job is being
 * written, unless the language answers inside one: the owner asks in pauses. */
const char *printer_talk_question(struct printer_talk *talk, int64_t now_us, size_t *ret_length);

/* Asks at the next printer_talk_question(), unless it is mute. Before a job, after a job. */
void printer_talk_want(struct printer_talk *talk, int64_t now_us);

/* True when the status was understood anew. */
bool printer_talk_feed(struct printer_talk *talk, const void *bytes, size_t length, int64_t now_us);

/* When printer_talk_tick() is due; INT64_MAX: not at all. True when the status changed: it fell silent. */
int64_t printer_talk_deadline(const struct printer_talk *talk);
bool printer_talk_tick(struct printer_talk *talk, int64_t now_us);

/* May a job be sent now? A mute printer: yes, as nothing better can be known. One that is asked: not before it has
 * answered or missed its time. One with a fault, or silent after it had answered: no. */
bool printer_talk_may_print(const struct printer_talk *talk);

#endif
