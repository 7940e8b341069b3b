#include "tool/hex_reports.h"

#include <errno.h>
#include <string.h>

static int refuse(const struct hex_reports *reports, struct error *error, const char *what)
{
    return error_set(error, -EINVAL, "line %zu: %s; %s in hex, such as 0000040000000000", reports->line + 1, what,
                     reports->size ? "a report is 8 bytes" : "a line is one report");
}

static void end_report(struct hex_reports *reports)
{
    size_t length = reports->digits / 2;
    reports->digits = 0;
    reports->on_report(reports->user, reports->report, length);
}

static int end_line(struct hex_reports *reports, struct error *error)
{
    if (reports->digits % 2 != 0 || (reports->size && reports->digits > 0))
        return refuse(reports, error, "it does not hold whole reports");
    if (reports->digits > 0)
        end_report(reports);
    reports->line++;
    return 0;
}

static int add_digit(struct hex_reports *reports, char digit, struct error *error)
{
    static const char values[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = digit ? strchr(values, digit) : NULL;
    if (!at)
        return refuse(reports, error, "it holds a character that is no hex digit");
    if (reports->digits == 2 * sizeof(reports->report))
        return refuse(reports, error, "it is longer than any report");
    uint8_t *byte = &reports->report[reports->digits / 2];
    *byte = (uint8_t)(*byte << 4 | (at - values) % 16);
    if (++reports->digits == 2 * reports->size)
        end_report(reports);
    return 0;
}

int hex_reports_feed(struct hex_reports *reports, const char *text, size_t length, struct error *error)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        int r = 0;
        if (c == '\n')
            r = end_line(reports, error);
        else if (c != ' ' && c != '\t' && c != '\r')
            r = add_digit(reports, c, error);
        else if (reports->digits % 2 != 0)
            r = refuse(reports, error, "a byte is two hex digits without a blank between them");
        if (r < 0)
            return r;
    }
    return 0;
}

int hex_reports_end(struct hex_reports *reports, struct error *error)
{
    return end_line(reports, error);
}
