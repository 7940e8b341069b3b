/* What the keys of a national keyboard mean, read from drivers/layouts. Knows no report and no order of presses. */
#ifndef DRIVERS_SCANNER_KEYBOARD_LAYOUT_H
#define DRIVERS_SCANNER_KEYBOARD_LAYOUT_H

#include "base/embed.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

extern const struct embedded_file keyboard_layouts[]; /* drivers/layouts: NAME.tsv */

/* Levels of a key, as the columns of a layout file. */
enum { KEY_SHIFT = 1, KEY_ALTGR = 2, KEY_LEVELS = 4 };

#define KEY_USAGE_MAX 0x67 /* HID usage tables, page 7: keypad equals, the last key that makes a character */
#define KEY_DEAD      ((uint32_t)1 << 31)

/* A Unicode character, 0 for none; with KEY_DEAD the accent's spacing form, waiting for its letter. */
struct keyboard_layout {
    uint32_t keys[KEY_USAGE_MAX + 1][KEY_LEVELS];
};

/* -EINVAL with a sentence that names the layouts there are. */
int keyboard_layout_load(const char *name, struct keyboard_layout *ret, struct error *error);

/* The letter with the accent (a spacing form), 0 when there is none. The accent itself and a blank give the accent. */
uint32_t keyboard_layout_compose(uint32_t accent, uint32_t letter);

#endif
