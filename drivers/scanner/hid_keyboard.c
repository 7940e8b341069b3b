#include "base/text.h"
#include "drivers/driver.h"
#include "drivers/scanner/alt_code.h"
#include "drivers/scanner/hid_keys.h"
#include "drivers/scanner/keyboard_layout.h"

#include <errno.h>
#include <string.h>

/* A USB boot keyboard's report (HID 1.11, appendix B.1): modifiers, a reserved byte, up to six keys that are down. */
enum { REPORT_SIZE = HID_KEYS_BOOT_SIZE, REPORT_KEYS = 2 };

/* Bits of its first byte. */
enum {
    LEFT_CTRL = 0x01,
    LEFT_ALT = 0x04,
    RIGHT_CTRL = 0x10,
    RIGHT_ALT = 0x40,
    ANY_SHIFT = 0x22,
    ANY_GUI = 0x88,
};

/* HID usage tables, page 7. */
enum {
    USAGE_LAST_ERROR = 0x03, /* 1: more keys are down than fit, 2 and 3: the keyboard is in trouble */
    USAGE_ENTER = 0x28,
    USAGE_TAB = 0x2B,
    USAGE_US_RIGHT_BRACKET = 0x30,
    USAGE_KEYPAD_ENTER = 0x58,
    USAGE_KEYPAD_1 = 0x59,
    USAGE_KEYPAD_0 = 0x62,
};

#define GROUP_SEPARATOR 0x1D

struct hid_keyboard {
    struct scan_text *text;
    bool tab_is_text;
    struct hid_keys *keys;        /* NULL: it sends boot reports, as a stream */
    uint8_t partial[REPORT_SIZE]; /* the report that is being received */
    size_t partial_length;
    uint8_t previous[REPORT_SIZE]; /* the keys that are down */
    struct alt_code alt_code;
    uint32_t accent; /* of a dead key that waits for its letter, 0: none */
    struct keyboard_layout layout;
};

static int prepare(struct hid_keyboard *keyboard, const struct scanner_settings *settings, struct error *error)
{
    int r = keyboard_layout_load(settings->layout[0] ? settings->layout : "us", &keyboard->layout, error);
    if (r == 0 && settings->descriptor)
        r = hid_keys_new(settings->descriptor, settings->descriptor_length, &keyboard->keys, error);
    return r;
}

static int keyboard_open(const struct scanner_settings *settings, struct scan_text *text, void **ret,
                         struct error *error)
{
    struct hid_keyboard *keyboard = calloc(1, sizeof(*keyboard));
    if (!keyboard)
        return error_set(error, -ENOMEM, "There is no memory left for another scanner.");
    int r = prepare(keyboard, settings, error);
    if (r < 0) {
        free(keyboard);
        return r;
    }
    keyboard->text = text;
    keyboard->tab_is_text = settings->tab_is_text;
    *ret = keyboard;
    return 0;
}

static void keyboard_close(void *decoder)
{
    struct hid_keyboard *keyboard = decoder;
    hid_keys_free(keyboard->keys);
    free(keyboard);
}

static void put(struct hid_keyboard *keyboard, uint32_t character)
{
    char utf8[4];
    scan_text_put(keyboard->text, utf8, text_put_utf8(utf8, character));
}

static void mark_lossy(struct hid_keyboard *keyboard)
{
    scan_text_touch(keyboard->text);
    keyboard->text->flags |= SCAN_LOSSY;
}

/* Takes one character, or a dead key. An accent goes on the letter that follows, otherwise it stands before it. */
static void type(struct hid_keyboard *keyboard, uint32_t character)
{
    if (keyboard->accent) {
        uint32_t composed = keyboard_layout_compose(keyboard->accent, character);
        put(keyboard, composed ? composed : keyboard->accent);
        keyboard->accent = 0;
        if (composed)
            return;
    }
    if (character & KEY_DEAD) {
        keyboard->accent = character & ~KEY_DEAD;
        scan_text_touch(keyboard->text);
    } else if (character == '\r' || character == '\n' || (character == '\t' && !keyboard->tab_is_text)) {
        scan_text_end(keyboard->text);
    } else {
        put(keyboard, character);
    }
}

/* Ctrl and a key, by the character the key makes. A scanner set to another country may still press the key that is ']'
 * in the United States to say GS. */
static uint32_t control_character(uint8_t usage, uint32_t character)
{
    character &= ~KEY_DEAD;
    if ((character >= 'a' && character <= 'z') || (character >= '@' && character <= '_'))
        return character & 0x1F;
    return usage == USAGE_US_RIGHT_BRACKET ? GROUP_SEPARATOR : 0;
}

/* 0: the key makes no character. */
static uint32_t character_of(const struct hid_keyboard *keyboard, uint8_t usage, uint8_t modifiers)
{
    bool ctrl = modifiers & (LEFT_CTRL | RIGHT_CTRL), alt = modifiers & LEFT_ALT, altgr = modifiers & RIGHT_ALT;
    if (ctrl && alt) { /* how Windows keyboards say AltGr */
        ctrl = alt = false;
        altgr = true;
    }
    if (usage > KEY_USAGE_MAX || alt || (modifiers & ANY_GUI))
        return 0;
    unsigned level = (modifiers & ANY_SHIFT ? KEY_SHIFT : 0) | (altgr ? KEY_ALTGR : 0);
    uint32_t character = keyboard->layout.keys[usage][level];
    return ctrl ? control_character(usage, character) : character;
}

static bool makes_characters(const struct hid_keyboard *keyboard, uint8_t usage)
{
    return usage <= KEY_USAGE_MAX && keyboard->layout.keys[usage][0];
}

static bool types_alt_code(uint8_t usage, uint8_t modifiers)
{
    return (modifiers & (LEFT_ALT | LEFT_CTRL | RIGHT_CTRL)) == LEFT_ALT && usage >= USAGE_KEYPAD_1 &&
           usage <= USAGE_KEYPAD_0;
}

static void press(struct hid_keyboard *keyboard, uint8_t usage, uint8_t modifiers)
{
    if (usage == USAGE_ENTER || usage == USAGE_KEYPAD_ENTER) {
        type(keyboard, '\r');
        return;
    }
    if (usage == USAGE_TAB) {
        type(keyboard, '\t');
        return;
    }
    if (types_alt_code(usage, modifiers)) {
        alt_code_digit(&keyboard->alt_code, (usage - USAGE_KEYPAD_1 + 1u) % 10);
        scan_text_touch(keyboard->text);
        return;
    }
    uint32_t character = character_of(keyboard, usage, modifiers);
    if (character)
        type(keyboard, character);
    else if (makes_characters(keyboard, usage))
        mark_lossy(keyboard);
}

static void release_alt(struct hid_keyboard *keyboard)
{
    if (keyboard->alt_code.digits == 0)
        return;
    uint32_t character = alt_code_take(&keyboard->alt_code);
    if (character)
        type(keyboard, character);
    else
        mark_lossy(keyboard);
}

/* A key is pressed when it is down now and was not in the report before; the same key twice needs a report without it
 * in between. */
static void take_report(struct hid_keyboard *keyboard, const uint8_t report[REPORT_SIZE])
{
    const uint8_t *keys = report + REPORT_KEYS, *before = keyboard->previous + REPORT_KEYS;
    const size_t count = REPORT_SIZE - REPORT_KEYS;
    if (keys[0] > 0 && keys[0] <= USAGE_LAST_ERROR)
        return;
    if (keyboard->previous[0] & ~report[0] & LEFT_ALT)
        release_alt(keyboard);
    for (size_t i = 0; i < count; i++)
        if (keys[i] && !memchr(before, keys[i], count) && !memchr(keys, keys[i], i))
            press(keyboard, keys[i], report[0]);
    memcpy(keyboard->previous, report, REPORT_SIZE);
}

static void feed_numbered(struct hid_keyboard *keyboard, const uint8_t *bytes, size_t length)
{
    uint8_t report[REPORT_SIZE];
    if (hid_keys_to_boot(keyboard->keys, bytes, length, report))
        take_report(keyboard, report);
}

static void feed_stream(struct hid_keyboard *keyboard, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        size_t missing = REPORT_SIZE - keyboard->partial_length;
        size_t taken = length < missing ? length : missing;
        memcpy(keyboard->partial + keyboard->partial_length, bytes, taken);
        keyboard->partial_length += taken;
        bytes += taken;
        length -= taken;
        if (keyboard->partial_length < REPORT_SIZE) {
            scan_text_touch(keyboard->text);
            return;
        }
        keyboard->partial_length = 0;
        take_report(keyboard, keyboard->partial);
    }
}

static void keyboard_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct hid_keyboard *keyboard = decoder;
    if (keyboard->keys)
        feed_numbered(keyboard, bytes, length);
    else
        feed_stream(keyboard, bytes, length);
}

static void keyboard_interrupt(void *decoder)
{
    struct hid_keyboard *keyboard = decoder;
    keyboard->partial_length = 0;
    keyboard->accent = 0;
    keyboard->alt_code = (struct alt_code){0};
}

static void keyboard_reset(void *decoder)
{
    struct hid_keyboard *keyboard = decoder;
    memset(keyboard->previous, 0, sizeof(keyboard->previous));
}

const struct scanner_ops hid_keyboard_ops = {
    .name = "hid-keyboard",
    .default_gap_ms = 1000,
    .open = keyboard_open,
    .feed = keyboard_feed,
    .interrupt = keyboard_interrupt,
    .reset = keyboard_reset,
    .close = keyboard_close,
};
