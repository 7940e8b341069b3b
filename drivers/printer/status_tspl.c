#include "drivers/printer/status_take.h"

#include <string.h>

enum { STX = 0x02, ETX = 0x03 };

/* ESC ! ? answers with one byte (Gprinter GP-2120T manual, "Status Polling Commands"; in TSC's, bit 7 is "other
 * error"). */
enum { PRINTING = 0x20 };
static const struct status_bit poll_bits[] = {
    {0x01, STATUS_FLAG(head_open)}, {0x02, STATUS_FLAG(jammed)},
    {0x04, STATUS_FLAG(paper_out)}, {0x08, STATUS_FLAG(ribbon_out)},
    {0x10, STATUS_FLAG(paused)},    {PRINTING, STATUS_IGNORED},
    {0x40, STATUS_FLAG(head_open)}, {0, 0},
};

/* ESC ! S answers STX message warning error error ETX CR LF (TSC TSPL manual 2013, p. 85). Each is '@' with bits; the
 * bits that TSC leaves reserved are named in Brother's FBPL reference, 7.8. */
enum { ANSWER_SIZE = 6, NOTHING = 0x40, WARNING_BUFFER_FULL = 0x08, WARNING_PAPER_LOW = 0x01 };
static const struct status_bit error_bits_1[] = {
    {0x03, STATUS_FLAG(overheated)},
    {0x08, STATUS_FLAG(cutter_fault)},
    {0x10, STATUS_FLAG(memory_full)},
    {0, 0},
};
static const struct status_bit error_bits_2[] = {
    {0x01, STATUS_FLAG(paper_out)},
    {0x0A, STATUS_FLAG(jammed)},
    {0x04, STATUS_FLAG(ribbon_out)},
    {0x20, STATUS_FLAG(head_open)},
    {0, 0},
};

static bool is_flags(uint8_t byte)
{
    return (byte & 0xC0) == NOTHING;
}

/* 1 it does, 0 it may yet, -1 it does not. */
static int begins_full_answer(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < ANSWER_SIZE; i++)
        if (i == 0 ? bytes[i] != STX : i == ANSWER_SIZE - 1 ? bytes[i] != ETX : !is_flags(bytes[i]))
            return -1;
    return length >= ANSWER_SIZE;
}

/* 'K' waits for its print key: for a person, as a pause does. */
static void take_message(uint8_t message, struct printer_status *status)
{
    status->paused = message == '`' || message == 'K';
    status->label_waiting = message == 'L';
    bool busy = memchr("BCFPW", message, 5);
    bool error_without_a_name = message == 'E';
    status_settle(status, busy);
    if (error_without_a_name && status->state != PRINTER_ERROR) {
        status->other_fault = true;
        status->state = PRINTER_ERROR;
    } else if (status->state == PRINTER_READY && message != NOTHING) {
        status->state = PRINTER_UNKNOWN;
    }
}

static void take_full(const uint8_t *bytes, struct printer_status *status)
{
    *status = status_fresh();
    uint32_t unnamed = status_set_bits(status, error_bits_1, bytes[3] & 0x3FU) |
                       status_set_bits(status, error_bits_2, bytes[4] & 0x3FU);
    status->other_fault = unnamed || status->memory_full;
    status->paper_low = bytes[2] & WARNING_PAPER_LOW;
    status->memory_full |= (bytes[2] & WARNING_BUFFER_FULL) != 0;
    take_message(bytes[1], status);
}

ptrdiff_t status_take_tspl(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    int full = begins_full_answer(bytes, length);
    bool stands_alone = full < 0 || (ended && length == 1); /* STX is also "jammed" */
    if (full > 0) {
        take_full(bytes, status);
        bool cut_line_end = ended && length == ANSWER_SIZE + 1 && bytes[ANSWER_SIZE] == '\r';
        return ANSWER_SIZE + cut_line_end;
    }
    if (!stands_alone)
        return 0;
    ptrdiff_t skipped = status_skip_line_end(bytes, length, ended);
    if (skipped <= 0)
        return skipped;
    *status = status_fresh();
    status->other_fault = status_set_bits(status, poll_bits, bytes[0]);
    status_settle(status, bytes[0] & PRINTING);
    return 1;
}
