#include "drivers/printer/status_take.h"

/* Which answer a byte belongs to is told by its fixed bits (Citizen iDP-3221 manual, "Ermittlung des Sendestatus"):
 * DLE EOT 0xx1xx10, the first byte of an automatic status (ASB) 0xx1xx00, its other three 0xx0xxxx, XON and XOFF
 * anywhere between them. The meaning of the other bits: Epson TM-U220 manual, DLE EOT and GS a. */
enum { FIXED_BITS = 0x93, REALTIME = 0x12, AUTOMATIC = 0x10, XON = 0x11, XOFF = 0x13, OF_LATER_BYTES = 0x90 };
enum { QUESTIONS = 4, AUTOMATIC_SIZE = 4 };

struct answers {
    uint8_t realtime[QUESTIONS]; /* to DLE EOT 1, 2, 3 and 4, which answer in order */
    size_t count;
    uint8_t automatic[AUTOMATIC_SIZE];
};

/* Both kinds say the same in other places. */
struct condition {
    bool offline, waits_for_recovery, feeding, cover, paper_stop, error;
    bool mechanical, cutter, unrecoverable, recoverable;
    bool near_end, paper_end;
};

bool status_is_realtime(uint8_t byte)
{
    return (byte & FIXED_BITS) == REALTIME;
}

static bool is_flow_control(uint8_t byte)
{
    return byte == XON || byte == XOFF;
}

static struct condition of_realtime(const uint8_t n[QUESTIONS])
{
    return (struct condition){
        .offline = n[0] & 0x08,
        .waits_for_recovery = n[0] & 0x20,
        .feeding = (n[0] & 0x40) || (n[1] & 0x08),
        .cover = n[1] & 0x04,
        .paper_stop = n[1] & 0x20,
        .error = n[1] & 0x40,
        .mechanical = n[2] & 0x04,
        .cutter = n[2] & 0x08,
        .unrecoverable = n[2] & 0x20,
        .recoverable = n[2] & 0x40,
        .near_end = n[3] & 0x0C,
        .paper_end = n[3] & 0x60,
    };
}

static struct condition of_automatic(const uint8_t byte[AUTOMATIC_SIZE])
{
    return (struct condition){
        .offline = byte[0] & 0x08,
        .cover = byte[0] & 0x20,
        .feeding = byte[0] & 0x40,
        .mechanical = byte[1] & 0x04,
        .cutter = byte[1] & 0x08,
        .unrecoverable = byte[1] & 0x20,
        .recoverable = byte[1] & 0x40,
        .near_end = byte[2] & 0x03,
        .paper_end = byte[2] & 0x0C,
    };
}

/* A head that is too hot recovers by itself, as does one whose cover was opened while it printed. */
static void add(const struct condition *is, struct printer_status *status)
{
    status->head_open |= is->cover;
    status->paper_out |= is->paper_stop || is->paper_end;
    status->paper_low |= is->near_end;
    status->cutter_fault |= is->cutter;
    status->overheated |= is->recoverable && !is->cover;
    status->other_fault |= is->mechanical || is->unrecoverable || is->waits_for_recovery;
    bool has_a_name = status->head_open || status->paper_out || status->cutter_fault || status->overheated;
    status->other_fault |= (is->error || (is->offline && !is->feeding)) && !has_a_name;
}

static void understand(const struct answers *answers, struct printer_status *status)
{
    struct condition realtime = of_realtime(answers->realtime), automatic = of_automatic(answers->automatic);
    *status = status_fresh();
    add(&realtime, status);
    add(&automatic, status);
    status_settle(status, realtime.feeding || automatic.feeding);
}

/* How many bytes it fills, XON and XOFF between its own included; 0 when they end too early, -1 when it is none. */
static ptrdiff_t read_automatic(const uint8_t *bytes, size_t length, uint8_t ret[AUTOMATIC_SIZE])
{
    size_t count = 0, at = 0;
    for (; at < length && count < AUTOMATIC_SIZE; at++) {
        if (count > 0 && is_flow_control(bytes[at]))
            continue;
        if (count > 0 ? (bytes[at] & OF_LATER_BYTES) != 0 : (bytes[at] & FIXED_BITS) != AUTOMATIC)
            return -1;
        ret[count++] = bytes[at];
    }
    return count == AUTOMATIC_SIZE ? (ptrdiff_t)at : 0;
}

/* Answers to DLE EOT that belong together stand side by side, but for an automatic status that came between them.
 * Fewer than four, and nothing behind them: a printer that does not know all four questions. */
ptrdiff_t status_take_escpos(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    struct answers answers = {.count = 0};
    size_t at = 0;
    while (at < length && answers.count < QUESTIONS) {
        if (status_is_realtime(bytes[at])) {
            answers.realtime[answers.count++] = bytes[at++];
        } else if (at > 0 && is_flow_control(bytes[at])) {
            at++;
        } else {
            ptrdiff_t read = read_automatic(bytes + at, length - at, answers.automatic);
            if (read < 0)
                return at > 0 ? -(ptrdiff_t)at : -1;
            if (read == 0)
                return 0;
            at += (size_t)read;
            if (answers.count == 0)
                break;
        }
    }
    if (answers.count > 0 && answers.count < QUESTIONS && !ended)
        return 0;
    understand(&answers, status);
    return (ptrdiff_t)at;
}
