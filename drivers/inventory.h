/* What is plugged into this machine: USB devices that may be scanners, printers or scales, and serial ports, as the
 * kernel and udev have recorded them. Opens no device and asks none anything; does not know makes and models
 * (model.h does). */
#ifndef DRIVERS_INVENTORY_H
#define DRIVERS_INVENTORY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INVENTORY_MAX          64 /* devices that a caller makes room for; what is beyond its room is left out */
#define PLUGGED_INTERFACES_MAX 8

/* What its interfaces say it can be. */
enum plugged_kind {
    PLUGGED_KEYBOARD = 1 << 0,    /* a boot keyboard: a person's, or a scanner that types */
    PLUGGED_HID = 1 << 1,         /* any other HID that is no mouse; the two below say more while usbhid holds it */
    PLUGGED_HID_BARCODE = 1 << 2, /* HID usage page 0x8C: a scanner */
    PLUGGED_HID_SCALE = 1 << 3,   /* HID usage page 0x8D: a scale */
    PLUGGED_PRINTER = 1 << 4,     /* the printer class */
    PLUGGED_SERIAL = 1 << 5,      /* a serial line, by class (CDC ACM) or by an adapter's chip */
    PLUGGED_OTHER = 1 << 6,       /* further interfaces */
};

struct plugged_interface {
    uint8_t number, class, subclass, protocol;
    char driver[24]; /* the kernel's that holds it: usbhid, usblp, cdc_acm, usbfs (a program), …; "" none */
};

struct plugged {
    /* Stays the same through restarts and re-plugging: usb:05e0:1200:SERIAL when the serial number is plausible and no
     * other device has the same, otherwise usb-path:1-2.3; serial:/dev/ttyS0 for a port of the machine itself. ASCII,
     * and safe in a configuration file: no quote, no comment sign, no blank at its ends. */
    char id[160];
    char port[32]; /* "1-2.3", where it is plugged in; "" for a port of the machine itself */
    uint16_t vendor, product;
    char vendor_name[64], product_name[64];   /* what it calls itself, else what udev's database does; "" unknown */
    char serial[128];                         /* as it says, also when that is not to be relied on */
    bool serial_plausible, serial_doubled;    /* doubled: another device says the same */
    char node[32];                            /* /dev/bus/usb/001/004; "" for a port of the machine itself */
    char tty[32];                             /* /dev/ttyACM0, the first it has; "" none, or not yet */
    char printer_make[64], printer_model[64]; /* from its IEEE 1284 id, while usblp holds it; "" unknown */
    unsigned kinds;                           /* enum plugged_kind */
    bool modems_kept_off;                     /* udev has marked it so that ModemManager leaves it alone */
    size_t interface_count;
    struct plugged_interface interfaces[PLUGGED_INTERFACES_MAX];
};

/* Sorted by port, the machine's own ports last. A machine without USB has none: that is no error. */
int inventory_read(struct plugged *ret, size_t capacity, size_t *ret_count, struct error *error);

/* By id, or by any address a transport takes: usb:VID:PID[:SERIAL], usb-path:PORT, serial:TTY. NULL when none answers
 * to it, and when several do: taking one of them would be a guess. */
const struct plugged *inventory_find(const struct plugged *plugged, size_t count, const char *address);

/* What is plugged in there ("1-2.3") now; -ENODEV: nothing, or nothing of interest. */
int inventory_of_path(const char *port, struct plugged *ret);

/* False for what makers leave in: "0", "000001", "123456789", "none", … */
bool inventory_serial_is_plausible(const char *serial);

#endif
