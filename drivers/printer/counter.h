/* A printer's own count of the labels in its life, the strongest proof that one came out: when it may be asked, what
 * the answer is, and whether it can be believed. Pure: does no input or output and reads no clock. Knows no job. */
#ifndef DRIVERS_PRINTER_COUNTER_H
#define DRIVERS_PRINTER_COUNTER_H

#include "drivers/printer/printer_status.h"

#define COUNTER_ANSWER_US ((int64_t)500 * 1000)
#define COUNTER_LATE_US                                                                                                \
    ((int64_t)5 * 1000 * 1000) /* an answer that missed its time may still come; none is asked for                     \
                                  until it would be mistaken for no other */
#define COUNTER_MISSES_MAX 3   /* by one that has never answered: then it has no count */
#define COUNTER_ANSWER_MAX 64  /* bytes */

struct printer_counter {
    const char *question; /* NULL: this language has none, or this printer cannot say */
    bool asked, answers;  /* answers: it has said a number since it was plugged in */
    bool known;
    int64_t count;
    int misses;
    int64_t asked_us, read_us, deaf_until_us; /* read_us: when the last answer came */
    size_t length;
    char bytes[COUNTER_ANSWER_MAX];
};

/* Just plugged in. */
void counter_begin(struct printer_counter *counter, enum printer_language language, int64_t now_us);

bool counter_can(const struct printer_counter *counter);

/* The question, which counts as asked; NULL while one is open, or none may be asked. A literal. */
const char *counter_question(struct printer_counter *counter, int64_t now_us, size_t *ret_length);

/* True when a count came. */
bool counter_feed(struct printer_counter *counter, const void *bytes, size_t length, int64_t now_us);

/* When counter_tick() is due; INT64_MAX: not at all. A count is not known until the
 * next answer then. */
int64_t counter_deadline(const struct printer_counter *counter);
void counter_tick(struct printer_counter *counter, int64_t now_us);

#endif
