#include "drivers/printer/status_take.h"

/* GET_PORT_STATUS (USB printer class 1.1, 4.2.2); the other bits are reserved. Many clones answer 0x18, all well,
 * whatever their state: it is what they say, so it decodes as ready, and nobody may let a label wait or go on it alone.
 */
enum { NO_ERROR = 0x08, SELECTED = 0x10, PAPER_EMPTY = 0x20 };

ptrdiff_t status_take_port(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    (void)length;
    (void)ended;
    *status = status_fresh();
    status->paper_out = bytes[0] & PAPER_EMPTY;
    status->other_fault = !(bytes[0] & SELECTED) || (!(bytes[0] & NO_ERROR) && !status->paper_out);
    status_settle(status, false);
    return 1;
}
