/* Zebra and its many emulations: ~HS, ~HQES and the answers of Set-Get-Do variables. */
#include "base/text.h"
#include "drivers/printer/status_take.h"

#include <ctype.h>
#include <string.h>

enum { STX = 0x02, ETX = 0x03 };

/* ------------------------------------------------------------------------------------------------------- ~HS */

/* "ZPL II Programming Guide" 45541L-004, ~HS: three lines, each STX ... ETX CR LF; the variable device.host_status
 * holds the same without STX and ETX. The fields, in order: */
enum field {
    COMMUNICATION,
    PAPER_OUT,
    PAUSE,
    LABEL_LENGTH,
    FORMATS,
    BUFFER_FULL,
    DIAGNOSTIC,
    PARTIAL_FORMAT,
    UNUSED_1,
    CORRUPT_RAM,
    TOO_COLD,
    TOO_HOT,
    FUNCTION,
    UNUSED_2,
    HEAD_UP,
    RIBBON_OUT,
    TRANSFER,
    MODE,
    WIDTH_MODE,
    LABEL_WAITING,
    REMAINING,
    WHILE_PRINTING,
    GRAPHICS,
    PASSWORD,
    STATIC_RAM,
    FIELDS
};
static const size_t line_ends[] = {FUNCTION, PASSWORD, FIELDS};

#define FIELD_MAX 8  /* characters */
#define EXTRA_MAX 64 /* characters behind the fields of a line: fields of firmware to come */

struct host_status {
    int64_t values[FIELDS]; /* -1: no number, as the letters of some print modes */
    size_t count;
};

/* Both return how many bytes were read, 0 when the bytes end too early, -1 when it is something else. */
static ptrdiff_t read_field(struct host_status *hs, const uint8_t *bytes, size_t length)
{
    char text[FIELD_MAX + 1];
    size_t at = 0;
    while (at < length && at <= FIELD_MAX && isalnum(bytes[at]))
        at++;
    if (at == length)
        return 0;
    if (at == 0 || at > FIELD_MAX)
        return -1;
    memcpy(text, bytes, at);
    text[at] = '\0';
    if (text_to_int(text, 0, INT64_MAX, &hs->values[hs->count]) < 0)
        hs->values[hs->count] = -1;
    hs->count++;
    return (ptrdiff_t)at;
}

static ptrdiff_t read_line(struct host_status *hs, size_t line_end, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && hs->count > 0 && strchr("\r\n\x03 ", bytes[at] ? bytes[at] : 'x'))
        at++;
    at += at < length && bytes[at] == STX;
    while (hs->count < line_end) {
        ptrdiff_t read = at < length ? read_field(hs, bytes + at, length - at) : 0;
        if (read <= 0)
            return read;
        at += (size_t)read;
        if (hs->count < line_end && bytes[at++] != ',')
            return -1;
    }
    size_t extra_end = at + EXTRA_MAX;
    while (at < length && at < extra_end && (bytes[at] == ',' || isalnum(bytes[at])))
        at++;
    if (at == length)
        return 0;
    return strchr("\r\n\x03\"", bytes[at] ? bytes[at] : 'x') ? (ptrdiff_t)at : -1;
}

static bool all_are_numbers(const struct host_status *hs)
{
    static const enum field needed[] = {PAPER_OUT,      PAUSE,         FORMATS,  BUFFER_FULL, DIAGNOSTIC,
                                        PARTIAL_FORMAT, CORRUPT_RAM,   TOO_COLD, TOO_HOT,     HEAD_UP,
                                        RIBBON_OUT,     LABEL_WAITING, REMAINING};
    for (size_t i = 0; i < COUNT(needed); i++)
        if (hs->values[needed[i]] < 0)
            return false;
    return true;
}

/* A cold head prints labels that no scanner reads, and a printer in diagnostic mode prints the bytes of a label instead
 * of the label: both are faults. */
static void understand(const struct host_status *hs, struct printer_status *status)
{
    const int64_t *v = hs->values;
    int64_t odometer = status->odometer;
    *status = status_fresh();
    status->odometer = odometer;
    status->paper_out = v[PAPER_OUT] > 0;
    status->paused = v[PAUSE] > 0;
    status->formats = v[FORMATS];
    status->memory_full = v[BUFFER_FULL] > 0;
    status->other_fault = v[CORRUPT_RAM] > 0 || v[TOO_COLD] > 0 || v[DIAGNOSTIC] > 0;
    status->overheated = v[TOO_HOT] > 0;
    status->head_open = v[HEAD_UP] > 0;
    status->ribbon_out = v[RIBBON_OUT] > 0;
    status->label_waiting = v[LABEL_WAITING] > 0;
    status->remaining = v[REMAINING];
    status_settle(status, v[PARTIAL_FORMAT] > 0);
}

ptrdiff_t status_take_hs(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    (void)ended;
    struct host_status hs = {.count = 0};
    size_t at = 0;
    for (size_t line = 0; line < COUNT(line_ends); line++) {
        ptrdiff_t read = at < length ? read_line(&hs, line_ends[line], bytes + at, length - at) : 0;
        if (read <= 0)
            return read;
        at += (size_t)read;
    }
    if (!all_are_numbers(&hs))
        return -1;
    understand(&hs, status);
    return (ptrdiff_t)at + (bytes[at] == ETX);
}

/* ----------------------------------------------------------------------------------------------------- ~HQES */

/* "PRINTER STATUS / ERRORS: f gggggggg hhhhhhhh / WARNINGS: f gggggggg hhhhhhhh", f a flag, g group 2, h group 1
 * (docs.zebra.com, ~HQ). Blanks and line ends differ from firmware to firmware. */
static const struct status_bit hqes_errors[] = {
    {0x00000001, STATUS_FLAG(paper_out)},  {0x00000002, STATUS_FLAG(ribbon_out)},
    {0x00000004, STATUS_FLAG(head_open)},  {0x00000008, STATUS_FLAG(cutter_fault)},
    {0x00000030, STATUS_FLAG(overheated)}, {0x0000D000, STATUS_FLAG(jammed)},
    {0x00010000, STATUS_FLAG(paused)},     {0, 0},
};
#define HQES_PAPER_NEAR_END 0x00000008

struct hqes_part {
    uint32_t flag, group_2, group_1;
};

static size_t skip_blanks(const uint8_t *bytes, size_t length, size_t at)
{
    while (at < length && bytes[at] && strchr(" \t\r\n", bytes[at]))
        at++;
    return at;
}

/* 0 at the end of the bytes, -1 when it is no number of so many digits, otherwise where it ends. */
static ptrdiff_t read_hex(const uint8_t *bytes, size_t length, size_t at, size_t digits, uint32_t *ret)
{
    at = skip_blanks(bytes, length, at);
    *ret = 0;
    for (size_t end = at + digits; at < end; at++) {
        if (at >= length)
            return 0;
        if (!isxdigit(bytes[at]))
            return -1;
        *ret = *ret << 4 | (uint32_t)(isdigit(bytes[at]) ? bytes[at] - '0' : toupper(bytes[at]) - 'A' + 10);
    }
    return (ptrdiff_t)at;
}

static ptrdiff_t read_word(const uint8_t *bytes, size_t length, size_t at, const char *word)
{
    at = skip_blanks(bytes, length, at);
    for (; *word; word++, at++) {
        if (at >= length)
            return 0;
        if (bytes[at] != (uint8_t)*word)
            return -1;
    }
    return (ptrdiff_t)at;
}

static ptrdiff_t read_part(const uint8_t *bytes, size_t length, size_t at, const char *word, struct hqes_part *ret)
{
    ptrdiff_t end = read_word(bytes, length, at, word);
    if (end > 0)
        end = read_hex(bytes, length, (size_t)end, 1, &ret->flag);
    if (end > 0)
        end = read_hex(bytes, length, (size_t)end, 8, &ret->group_2);
    if (end > 0)
        end = read_hex(bytes, length, (size_t)end, 8, &ret->group_1);
    return end;
}

ptrdiff_t status_take_hqes(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    (void)ended;
    struct hqes_part errors = {0}, warnings = {0};
    if (bytes[0] != 'E')
        return -1;
    ptrdiff_t end = read_part(bytes, length, 0, "ERRORS:", &errors);
    if (end > 0)
        end = read_part(bytes, length, (size_t)end, "WARNINGS:", &warnings);
    if (end <= 0)
        return end;
    *status = status_fresh();
    uint32_t unnamed = status_set_bits(status, hqes_errors, errors.group_1) | errors.group_2;
    bool flag_alone = errors.flag && !errors.group_1;
    status->other_fault = unnamed || flag_alone;
    status->paper_low = warnings.group_1 & HQES_PAPER_NEAR_END;
    status_settle(status, false);
    return end;
}

/* ------------------------------------------------------------------------------------------------------- SGD */

#define SGD_VALUE_MAX 256

/* "value" in quotes. Which variable it belongs to is told by what it looks like, and each of the two leaves standing
 * what the other one said. Others say nothing here; nor does "?", a variable that this printer does not have. */
ptrdiff_t status_take_sgd(const uint8_t *bytes, size_t length, bool ended, struct printer_status *status)
{
    if (bytes[0] != '"')
        return -1;
    const uint8_t *close = memchr(bytes + 1, '"', length - 1);
    if (!close)
        return length > SGD_VALUE_MAX ? -1 : 0;
    size_t inner = (size_t)(close - bytes) - 1;
    if (inner > 0 && inner < 19 && text_all_digits((const char *)bytes + 1, inner)) {
        char text[20] = {0};
        memcpy(text, bytes + 1, inner);
        text_to_int(text, 0, INT64_MAX, &status->odometer);
    } else if (status_take_hs(bytes + 1, inner + 1, ended, status) <= 0) {
        return -(ptrdiff_t)(inner + 1); /* its second quote may be the first of what follows */
    }
    return (ptrdiff_t)(inner + 2);
}
