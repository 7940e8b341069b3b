/* How each kind of answer is found among the bytes that came: what printer_status.c and talk.c have in common.
 * Not for users of printers: they include printer_status.h and talk.h. */
#ifndef DRIVERS_PRINTER_STATUS_TAKE_H
#define DRIVERS_PRINTER_STATUS_TAKE_H

#include "drivers/printer/printer_status.h"

/* Looks at the beginning of bytes (length is at least 1).
 * > 0: so many bytes are a whole answer; it is in status. 0: an answer begins here, the rest has yet to come.
 * < 0: so many bytes are no part of an answer. ended: nothing will follow soon, so what can stand alone does. */
typedef ptrdiff_t status_take(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status);

status_take status_take_hs, status_take_hqes, status_take_sgd, status_take_tspl, status_take_epl, status_take_cpcl,
    status_take_escpos, status_take_port;

/* Nothing said yet. */
struct printer_status status_fresh(void);

/* Sets .state from the flags and numbers: error before paused before busy before ready. memory_full alone is busy: a
 * receive buffer that is full empties itself; a decoder to which it is a fault says so in other_fault. */
void status_settle(struct printer_status *status, bool busy);

/* For bits, or values, that mean something: those whose mask is set in bits set their flag of the status.
 * Ends with a mask of 0. */
struct status_bit {
    uint32_t mask;
    size_t flag; /* offset of a bool of struct printer_status; STATUS_IGNORED */
};
#define STATUS_FLAG(name) offsetof(struct printer_status, name)
#define STATUS_IGNORED    SIZE_MAX

/* Returns the bits that the table does not name. */
uint32_t status_set_bits(struct printer_status *status, const struct status_bit *table, uint32_t bits);

/* For answers of one byte, behind which some firmware puts CR LF: -2 when that stands here, 0 when it may yet, else 1.
 */
ptrdiff_t status_skip_line_end(const uint8_t *bytes, size_t length, bool ended);

/* One answer of ESC/POS's DLE EOT, of which only the question tells what it is about. */
bool status_is_realtime(uint8_t byte);

#endif
