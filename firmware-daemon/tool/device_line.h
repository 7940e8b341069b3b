/* One device, opened by the tool itself to be watched or recorded: a scanner, a scale or a printer. Finds out how it
 * speaks, asks it where it waits to be asked, and hands over what it says. Acknowledges nothing, prints nothing. */
#ifndef TOOL_DEVICE_LINE_H
#define TOOL_DEVICE_LINE_H

#include "drivers/transport.h"
#include "tool/command.h"

enum device_kind { DEVICE_SCANNER, DEVICE_SCALE, DEVICE_PRINTER };

struct device_line_user {
    /* It is ready; driver is the scanner's driver, the scale's protocol or the printer's language. */
    int (*opened)(void *user, enum device_kind kind, const char *driver, const struct transport_about *about,
                  struct error *error);
    void (*said)(void *user, const void *bytes, size_t length,
                 int64_t now_us);    /* one read; of a HID device one report */
    int64_t (*deadline)(void *user); /* when passed() is due; INT64_MAX: not at all */
    void (*passed)(void *user, int64_t now_us);
    void (*gone)(void *user, int64_t now_us);
    void *user;
};

/* Options that say how it speaks, for the tables of commands. */
#define DEVICE_LINE_OPTIONS                                                                                              \
    {"driver",                                                                                                           \
     OPTION_TEXT_AT(struct tool_options, driver),                                                                        \
     NULL,                                                                                                               \
     0,                                                                                                                  \
     0,                                                                                                                  \
     NULL,                                                                                                               \
     "how it speaks: hid-keyboard, hid-pos, serial or ssi; zpl, tspl, epl, cpcl or escpos; hid, mt-sics, "               \
     "toledo-8217, toledo-continuous, a-and-d or cas; otherwise what its model says"},                                   \
        {"layout", OPTION_CHOICE_AT(struct tool_options, layout), "us", 0, 0, "us|uk|de|fr", "of a keyboard scanner"},   \
        {"suffix", OPTION_CHOICE_AT(struct tool_options, suffix), "any", 0, 0, "any|cr|lf|crlf", "of a serial scanner"}, \
        {"unit",                                                                                                         \
         OPTION_CHOICE_AT(struct tool_options, unit),                                                                    \
         NULL,                                                                                                           \
         0,                                                                                                              \
         0,                                                                                                              \
         "kg|g|lb|oz",                                                                                                   \
         "of a scale that sends no unit"},                                                                               \
        {"baud", OPTION_NUMBER_AT(struct tool_options, baud), "9600", 300, 4000000, NULL, "of a serial line"},           \
        {"parity", OPTION_CHOICE_AT(struct tool_options, parity), "none", 0, 0, "none|even|odd", "of a serial line"},    \
    {                                                                                                                    \
        "seconds", OPTION_NUMBER_AT(struct tool_options, seconds), "0", 0, 86400, NULL,                                  \
            "how long; 0: until Ctrl-C or until it is unplugged"                                                         \
    }

/* Until the time is over, Ctrl-C, or the device goes. Has said why when it did not go well. */
enum exit_code device_line_run(const char *id, const struct tool_options *options, const struct device_line_user *user);

/* A descriptor that is readable when the tool shall end: SIGINT or SIGTERM, which are blocked from then on. */
int device_line_signals(void);

#endif
