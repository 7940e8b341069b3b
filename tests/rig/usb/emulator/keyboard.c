#include "hid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A scanner that types on a United States keyboard: boot reports, a press and a release for each key (HID 1.11,
 * appendix B.1 and C; usages of HID Usage Tables, page 0x07). */

static const uint8_t report_descriptor[] = {
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01,                         /* a keyboard */
    0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, /* its modifiers, a bit each */
    0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29,
    0x05, 0x75, 0x01, 0x95, 0x05, 0x91, 0x02,                                                       /* five lamps */
    0x75, 0x03, 0x95, 0x01, 0x91, 0x01, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x15, 0x00, 0x25, 0x65, /* six keys that are
                                                                                                       down */
    0x75, 0x08, 0x95, 0x06, 0x81, 0x00, 0xC0,
};

struct keyboard {
    struct hid hid;
};

static void take_lamps(struct device *device, const uint8_t *report, size_t length)
{
    if (length > 0)
        ((struct keyboard *)device->state)->hid.lamps = report[0];
}

static int keyboard_plug(struct device *device, const struct options *options)
{
    struct keyboard *keyboard = (struct keyboard *)device->state;
    device_describe(device, options, 0x05E0, 0x1200, 0x0100, "Keyboard scanner");
    device_set_report(device, report_descriptor, sizeof(report_descriptor));
    hid_describe(device, &(struct hid_shape){.subclass = 1, .protocol = 1, .packet_size = 8, .interval_ms = 1});
    keyboard->hid.output = take_lamps;
    keyboard->hid.last_length = 8;
    keyboard->hid.lamps = 0xFF; /* nobody has said yet */
    return 0;
}

#define SHIFT 0x02
#define CTRL  0x01

struct key {
    uint8_t modifiers, usage;
};

/* The keys beside letters and digits: plain and with Shift. */
static const struct {
    char plain, shifted;
    uint8_t usage;
} others[] = {{' ', ' ', 0x2C},  {'-', '_', 0x2D}, {'=', '+', 0x2E},   {'[', '{', 0x2F},  {']', '}', 0x30},
              {'\\', '|', 0x31}, {';', ':', 0x33}, {'\'', '"', 0x34},  {'`', '~', 0x35},  {',', '<', 0x36},
              {'.', '>', 0x37},  {'/', '?', 0x38}, {'\n', '\n', 0x28}, {'\t', '\t', 0x2B}};

static struct key key_of(char c)
{
    static const char shifted_digits[] = "!@#$%^&*()", digits[] = "1234567890";
    const char *at;
    if (c >= 'a' && c <= 'z')
        return (struct key){0, (uint8_t)(0x04 + c - 'a')};
    if (c >= 'A' && c <= 'Z')
        return (struct key){SHIFT, (uint8_t)(0x04 + c - 'A')};
    if (c == 0x1D) /* GS: Ctrl and ] */
        return (struct key){CTRL, 0x30};
    if (c && (at = strchr(digits, c)) != NULL)
        return (struct key){0, (uint8_t)(0x1E + (at - digits))};
    if (c && (at = strchr(shifted_digits, c)) != NULL)
        return (struct key){SHIFT, (uint8_t)(0x1E + (at - shifted_digits))};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i].plain == c || others[i].shifted == c)
            return (struct key){others[i].plain == c ? 0 : SHIFT, others[i].usage};
    return (struct key){0};
}

static int press(struct device *device, char c)
{
    static const uint8_t released[8];
    struct key key = key_of(c);
    const uint8_t pressed[8] = {key.modifiers, 0, key.usage};
    if (!key.usage)
        return -EILSEQ;
    return device_say(device, HID_IN, pressed, 8) && device_say(device, HID_IN, released, 8) ? 0 : -ENOSPC;
}

/* type TEXT: a scan with its Enter; keys TEXT: without. */
static int keyboard_command(struct device *device, const char *word, const char *rest)
{
    bool enter = strcmp(word, "type") == 0;
    if (!enter && strcmp(word, "keys") != 0)
        return -EINVAL;
    int r = 0;
    for (; *rest && r == 0; rest++)
        r = press(device, *rest);
    return r == 0 && enter ? press(device, '\n') : r;
}

static void keyboard_tell(const struct device *device, char *text, size_t size)
{
    const struct hid *hid = (const struct hid *)device->state;
    snprintf(text, size, " protocol=%u set_protocols=%u lamps=%u", hid->protocol, hid->set_protocols, hid->lamps);
}

const struct model keyboard_model = {
    .name = "keyboard",
    .state_size = sizeof(struct keyboard),
    .plug = keyboard_plug,
    .control = hid_control,
    .out = hid_out,
    .command = keyboard_command,
    .tell = keyboard_tell,
};
