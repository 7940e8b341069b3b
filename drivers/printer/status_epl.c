#include "base/cleanup.h"
#include "drivers/printer/status_take.h"

#include <ctype.h>
#include <string.h>

/* ^ee answers with one line of two-digit codes, "00" or "07,11" (Intermec "ESim Programmer's Reference", ^ee). The same
 * codes come by themselves after eR's character, "$11" (Zebra "EPL Programming Guide" 14245L, eR), and 07 may carry
 * counts of what is left, "07P003L00012". */

/* 11 as in 14245L under eR, the others as in ESim's appendix A; 12 is Zebra's number for 92. Every other code but 00 is
 * a fault: of the printer, or of what was sent to it. */
static const struct {
    char code[3];
    size_t flag;
} codes[] = {
    {"00", STATUS_IGNORED},      {"07", STATUS_FLAG(paper_out)},  {"11", STATUS_FLAG(head_open)},
    {"12", STATUS_FLAG(paused)}, {"62", STATUS_FLAG(overheated)}, {"81", STATUS_FLAG(cutter_fault)},
    {"92", STATUS_FLAG(paused)},
};

static void take_code(const uint8_t *code, struct printer_status *status)
{
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (memcmp(codes[i].code, code, 2) != 0)
            continue;
        if (codes[i].flag != STATUS_IGNORED)
            *(bool *)((char *)status + codes[i].flag) = true;
        return;
    }
    status->other_fault = true;
}

/* Past a letter and its number, when they stand here. */
static const uint8_t *skip_count(const uint8_t *at, const uint8_t *end, char letter)
{
    if (at < end && *at == (uint8_t)letter)
        for (at++; at < end && isdigit(*at);)
            at++;
    return at;
}

static bool take_line(const uint8_t *at, const uint8_t *end, struct printer_status *status)
{
    while (at < end && !isprint(*at))
        at++;
    if (at < end && !isdigit(*at))
        at++;
    struct printer_status said = status_fresh();
    for (;; at++) {
        if (end - at < 2 || !isdigit(at[0]) || !isdigit(at[1]))
            return false;
        take_code(at, &said);
        at = skip_count(skip_count(at + 2, end, 'P'), end, 'L');
        if (at == end)
            break;
        if (*at != ',')
            return false;
    }
    status_settle(&said, false);
    *status = said;
    return true;
}

ptrdiff_t status_take_epl(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    (void)ended;
    size_t end = 0;
    while (end < length && bytes[end] != '\r' && bytes[end] != '\n')
        end++;
    if (end == length)
        return 0;
    ptrdiff_t taken = (ptrdiff_t)end + 1;
    return take_line(bytes, bytes + end, status) ? taken : -taken;
}
