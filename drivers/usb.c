#include "base/text.h"
#include "drivers/driver.h"
#include "drivers/inventory.h"
#include "drivers/usb_line.h"

#include <errno.h>
#include <string.h>

/* The addresses usb: and usb-path:, and which of a device's interfaces is meant: that follows from what the owner wants
 * of it. A keyboard, another HID device and a printer are read through libusb; a serial line is the kernel's. */

/* The tty that belongs to the USB device in that port; "" when it has none, or not yet. */
static void find_tty(const char *path, char *ret, size_t capacity)
{
    struct plugged plugged = {.tty = ""};
    inventory_of_path(path, &plugged);
    text_copy(ret, capacity, plugged.tty);
}

static int open_tty(const struct usb_wanted *wanted, const char *where, const struct transport_settings *settings,
                    struct transport **ret, struct error *error)
{
    char path[USB_PORT_PATH_SIZE], tty[64];
    int r = usb_find_path(wanted, path, error);
    if (r < 0)
        return r;
    find_tty(path, tty, sizeof(tty));
    if (!*tty)
        return error_set(error, -EAGAIN,
                         "The USB device %s has no serial port: it is tried again; set it to serial (CDC) mode.",
                         where);
    return serial_ops.open(tty, settings, ret, error);
}

/* A printer behind a USB serial adapter is a printer too. */
static int open_printer(const struct usb_wanted *wanted, const char *where, const struct transport_settings *settings,
                        struct transport **ret, struct error *error)
{
    int r = usb_printer_open(wanted, where, settings->reset, ret, error);
    char path[USB_PORT_PATH_SIZE], tty[64] = "";
    if (r == -ENOTSUP && usb_find_path(wanted, path, NULL) == 0)
        find_tty(path, tty, sizeof(tty));
    return *tty ? serial_ops.open(tty, settings, ret, error) : r;
}

static int open_any(const struct usb_wanted *wanted, const char *where, const struct transport_settings *settings,
                    struct transport **ret, struct error *error)
{
    int r = usb_hid_open(wanted, where, true, ret, error);
    if (r == -ENOTSUP)
        r = usb_hid_open(wanted, where, false, ret, error);
    return r == -ENOTSUP ? open_tty(wanted, where, settings, ret, error) : r;
}

static int open_wanted(const struct usb_wanted *wanted, const char *where, const struct transport_settings *settings,
                       struct transport **ret, struct error *error)
{
    switch (settings->role) {
    case TRANSPORT_KEYBOARD:
        return usb_hid_open(wanted, where, true, ret, error);
    case TRANSPORT_HID:
        return usb_hid_open(wanted, where, false, ret, error);
    case TRANSPORT_PRINTER:
        return open_printer(wanted, where, settings, ret, error);
    case TRANSPORT_SERIAL:
        return open_tty(wanted, where, settings, ret, error);
    case TRANSPORT_ANY:
        break;
    }
    return open_any(wanted, where, settings, ret, error);
}

/* "05e0:1200" or "05e0:1200:SERIAL". */
static int usb_open(const char *where, const struct transport_settings *settings, struct transport **ret,
                    struct error *error)
{
    uint8_t vendor[2], product[2];
    size_t used;
    if (strlen(where) < 9 || where[4] != ':' || text_from_hex(where, 4, vendor, 2, &used) < 0 || used != 2 ||
        text_from_hex(where + 5, 4, product, 2, &used) < 0 || used != 2 || (where[9] && where[9] != ':'))
        return error_set(error, -EINVAL, "\"%s\" is no USB device: write vendor and product like usb:05e0:1200.",
                         where);
    const struct usb_wanted wanted = {
        .vendor = (uint16_t)(vendor[0] << 8 | vendor[1]),
        .product = (uint16_t)(product[0] << 8 | product[1]),
        .serial = where[9] ? where + 10 : "",
        .port = settings->port,
    };
    return open_wanted(&wanted, where, settings, ret, error);
}

static int usb_path_open(const char *where, const struct transport_settings *settings, struct transport **ret,
                         struct error *error)
{
    if (strlen(where) >= USB_PORT_PATH_SIZE || !strchr(where, '-') || where[strspn(where, "0123456789-.")])
        return error_set(error, -EINVAL, "\"%s\" is no USB port: write bus and ports like usb-path:1-2.3.", where);
    const struct usb_wanted wanted = {.path = where};
    return open_wanted(&wanted, where, settings, ret, error);
}

/* Each opens a transport with other ops: those of its interface. */
const struct transport_ops usb_ops = {.scheme = "usb", .open = usb_open};
const struct transport_ops usb_path_ops = {.scheme = "usb-path", .open = usb_path_open};
