#include "drivers/printer/status_take.h"

/* ESC h answers with one byte ("Mobile Printing Systems CPCL Programming Manual", section 11). A low battery still
 * prints, and "reset since last asked" is no state. */
enum { BUSY = 0x01, LOW_BATTERY = 0x08, WAS_RESET = 0x10 };
static const struct status_bit bits[] = {
    {BUSY, STATUS_IGNORED},
    {0x02, STATUS_FLAG(paper_out)},
    {0x04, STATUS_FLAG(head_open)},
    {LOW_BATTERY | WAS_RESET, STATUS_IGNORED},
    {0, 0},
};

ptrdiff_t status_take_cpcl(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    ptrdiff_t skipped = status_skip_line_end(bytes, length, ended);
    if (skipped <= 0)
        return skipped;
    *status = status_fresh();
    status->other_fault = status_set_bits(status, bits, bytes[0]);
    status_settle(status, bytes[0] & BUSY);
    return 1;
}
