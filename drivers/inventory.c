#include "drivers/inventory.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

DEFINE_CLEANUP(udev_unref, struct udev *);
DEFINE_CLEANUP(udev_enumerate_unref, struct udev_enumerate *);
DEFINE_CLEANUP(udev_device_unref, struct udev_device *);

/* Class codes of usb.org's list; HID 1.11, 4.2 and 4.3. */
enum { CLASS_COMMUNICATION = 0x02, CLASS_HID = 0x03, CLASS_PRINTER = 0x07, CLASS_HUB = 0x09, CLASS_VENDOR = 0xFF };
enum { SUBCLASS_ACM = 2, SUBCLASS_BOOT = 1, PROTOCOL_KEYBOARD = 1, PROTOCOL_MOUSE = 2 };

struct reading {
    struct udev *udev;
    struct plugged *plugged;
    size_t capacity, count;
};

/* ---------------------------------------------------------------- what udev says */

static const char *attribute(struct udev_device *device, const char *name)
{
    const char *value = udev_device_get_sysattr_value(device, name);
    return value ? value : "";
}

static unsigned hex_attribute(struct udev_device *device, const char *name)
{
    return (unsigned)strtoul(attribute(device, name), NULL, 16);
}

/* A device may call itself anything: what is no printable UTF-8 becomes '?', and blanks around it go. */
static void copy_name(char *out, size_t capacity, const char *name)
{
    size_t length = strlen(name);
    while (length > 0 && isspace((unsigned char)name[length - 1]))
        length--;
    while (length > 0 && isspace((unsigned char)*name)) {
        name++;
        length--;
    }
    text_copy_n(out, capacity, name, length);
    bool is_utf8 = text_is_utf8(out, strlen(out));
    for (char *at = out; *at; at++)
        if (iscntrl((unsigned char)*at) || (!is_utf8 && !isascii((unsigned char)*at)))
            *at = '?';
}

static void copy_first_name(char *out, size_t capacity, const char *own, const char *from_database)
{
    copy_name(out, capacity, own);
    if (!*out && from_database)
        copy_name(out, capacity, from_database);
}

/* Calls take() for every device of the subsystem, in the order of their paths. Lent for the call. */
static int each_device(struct reading *reading, const char *subsystem,
                       void (*take)(struct reading *reading, struct udev_device *device))
{
    CLEANUP(udev_enumerate_unref_p) struct udev_enumerate *enumerate = udev_enumerate_new(reading->udev);
    if (!enumerate)
        return -ENOMEM;
    if (udev_enumerate_add_match_subsystem(enumerate, subsystem) < 0 || udev_enumerate_scan_devices(enumerate) < 0)
        return 0; /* a kernel without USB */
    struct udev_list_entry *entry;
    udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(enumerate))
    {
        CLEANUP(udev_device_unref_p)
        struct udev_device *device = udev_device_new_from_syspath(reading->udev, udev_list_entry_get_name(entry));
        if (device) /* otherwise it was pulled out just now */
            take(reading, device);
    }
    return 0;
}

static struct udev_device *usb_parent(struct udev_device *device, const char *type)
{
    return udev_device_get_parent_with_subsystem_devtype(device, "usb", type);
}

static struct plugged *find_port(struct reading *reading, struct udev_device *usb_device)
{
    for (size_t i = 0; usb_device && i < reading->count; i++)
        if (strcmp(reading->plugged[i].port, udev_device_get_sysname(usb_device)) == 0)
            return &reading->plugged[i];
    return NULL;
}

/* ---------------------------------------------------------------- USB devices and their interfaces */

static bool is_type(struct udev_device *device, const char *type)
{
    const char *own = udev_device_get_devtype(device);
    return own && strcmp(own, type) == 0;
}

static void take_usb_device(struct reading *reading, struct udev_device *device)
{
    if (hex_attribute(device, "bDeviceClass") == CLASS_HUB || reading->count == reading->capacity)
        return;
    struct plugged *plugged = &reading->plugged[reading->count];
    *plugged = (struct plugged){.vendor = (uint16_t)hex_attribute(device, "idVendor"),
                                .product = (uint16_t)hex_attribute(device, "idProduct")};
    if (!text_copy(plugged->port, sizeof(plugged->port), udev_device_get_sysname(device)))
        return;
    const char *node = udev_device_get_devnode(device);
    text_copy(plugged->node, sizeof(plugged->node), node ? node : "");
    copy_first_name(plugged->vendor_name, sizeof(plugged->vendor_name), attribute(device, "manufacturer"),
                    udev_device_get_property_value(device, "ID_VENDOR_FROM_DATABASE"));
    copy_first_name(plugged->product_name, sizeof(plugged->product_name), attribute(device, "product"),
                    udev_device_get_property_value(device, "ID_MODEL_FROM_DATABASE"));
    bool whole = text_copy(plugged->serial, sizeof(plugged->serial), attribute(device, "serial"));
    plugged->serial_plausible = whole && inventory_serial_is_plausible(plugged->serial);
    plugged->modems_kept_off = udev_device_get_property_value(device, "ID_MM_DEVICE_IGNORE") != NULL;
    reading->count++;
}

/* 0: nothing that a scanner, printer or scale would have. */
static unsigned kind_of(const struct plugged_interface *interface)
{
    bool boot = interface->class == CLASS_HID && interface->subclass == SUBCLASS_BOOT;
    if (boot && interface->protocol == PROTOCOL_KEYBOARD)
        return PLUGGED_KEYBOARD;
    if (boot && interface->protocol == PROTOCOL_MOUSE)
        return 0;
    if (interface->class == CLASS_HID)
        return PLUGGED_HID;
    if (interface->class == CLASS_PRINTER)
        return PLUGGED_PRINTER;
    if (interface->class == CLASS_COMMUNICATION && interface->subclass == SUBCLASS_ACM)
        return PLUGGED_SERIAL;
    return interface->class == CLASS_VENDOR ? PLUGGED_OTHER : 0;
}

/* The value of "MFG:…;", also when it is spelt in full (USB printer class 1.1, device id). */
static void copy_id_value(char *out, size_t capacity, const char *id, const char *key, const char *long_key)
{
    for (const char *at = id; *at; at += strcspn(at, ";"), at += *at == ';') {
        at += strspn(at, " ");
        size_t length = strcspn(at, ":;");
        if (at[length] != ':' || !((length == strlen(key) && strncasecmp(at, key, length) == 0) ||
                                   (length == strlen(long_key) && strncasecmp(at, long_key, length) == 0)))
            continue;
        char value[64];
        text_copy_n(value, sizeof(value), at + length + 1, strcspn(at + length + 1, ";"));
        copy_name(out, capacity, value);
        return;
    }
}

static void take_usb_interface(struct reading *reading, struct udev_device *device)
{
    struct plugged *plugged = find_port(reading, usb_parent(device, "usb_device"));
    if (!is_type(device, "usb_interface") || !plugged)
        return;
    struct plugged_interface interface = {.number = (uint8_t)hex_attribute(device, "bInterfaceNumber"),
                                          .class = (uint8_t)hex_attribute(device, "bInterfaceClass"),
                                          .subclass = (uint8_t)hex_attribute(device, "bInterfaceSubClass"),
                                          .protocol = (uint8_t)hex_attribute(device, "bInterfaceProtocol")};
    const char *driver = udev_device_get_driver(device), *id = attribute(device, "ieee1284_id");
    text_copy(interface.driver, sizeof(interface.driver), driver ? driver : "");
    plugged->kinds |= kind_of(&interface);
    copy_id_value(plugged->printer_make, sizeof(plugged->printer_make), id, "MFG", "MANUFACTURER");
    copy_id_value(plugged->printer_model, sizeof(plugged->printer_model), id, "MDL", "MODEL");
    if (plugged->interface_count < PLUGGED_INTERFACES_MAX)
        plugged->interfaces[plugged->interface_count++] = interface;
}

static void take_usb(struct reading *reading, struct udev_device *device)
{
    if (is_type(device, "usb_device"))
        take_usb_device(reading, device);
}

/* ---------------------------------------------------------------- what a HID is for */

/* The kinds that its top-level collections name. Items as in HID 1.11, 6.2.2: the low two bits of the first byte tell
 * how many bytes follow, 0xFE begins a long item. */
static unsigned kinds_of_descriptor(const uint8_t *bytes, size_t length)
{
    enum { LONG = 0xFE, USAGE_PAGE = 0x04, COLLECTION = 0xA0, END_COLLECTION = 0xC0 };
    unsigned kinds = 0, depth = 0, page = 0;
    for (size_t at = 0; at < length;) {
        size_t size = bytes[at] == LONG ? 0 : (size_t) "\0\1\2\4"[bytes[at] & 3];
        if (bytes[at] == LONG || at + 1 + size > length)
            return kinds;
        unsigned tag = bytes[at] & 0xFCu;
        if (tag == USAGE_PAGE && size > 0)
            page = bytes[at + 1] | (size > 1 ? (unsigned)bytes[at + 2] << 8 : 0);
        else if (tag == COLLECTION && depth++ == 0)
            kinds |= page == 0x8C ? PLUGGED_HID_BARCODE : page == 0x8D ? PLUGGED_HID_SCALE : 0;
        else if (tag == END_COLLECTION && depth > 0)
            depth--;
        at += 1 + size;
    }
    return kinds;
}

static void take_hid(struct reading *reading, struct udev_device *device)
{
    struct plugged *plugged = find_port(reading, usb_parent(device, "usb_device"));
    if (!plugged)
        return;
    char path[512];
    uint8_t descriptor[4096];
    snprintf(path, sizeof(path), "%s/report_descriptor", udev_device_get_syspath(device));
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    plugged->kinds |= kinds_of_descriptor(descriptor, fread(descriptor, 1, sizeof(descriptor), file));
    fclose(file);
}

/* ---------------------------------------------------------------- serial ports */

/* The chip's device. Kernels since 6.5 put a controller and a port of the bus "serial-base" in between. */
static struct udev_device *chip_of(struct udev_device *tty)
{
    struct udev_device *parent = udev_device_get_parent(tty);
    for (int i = 0; i < 2 && parent; i++) {
        const char *subsystem = udev_device_get_subsystem(parent);
        if (!subsystem || strcmp(subsystem, "serial-base") != 0)
            break;
        parent = udev_device_get_parent(parent);
    }
    return parent;
}

/* The 8250 driver makes ttyS nodes for ports that do not exist: their type stays 0 (PORT_UNKNOWN of serial_core.h). */
static void take_own_port(struct reading *reading, struct udev_device *device)
{
    struct udev_device *parent = chip_of(device);
    const char *node = udev_device_get_devnode(device);
    if (strtol(attribute(device, "type"), NULL, 10) <= 0 || !parent || !udev_device_get_driver(parent) || !node ||
        reading->count == reading->capacity)
        return;
    struct plugged plugged = {.kinds = PLUGGED_SERIAL, .interface_count = 1};
    if (!text_copy(plugged.tty, sizeof(plugged.tty), node))
        return;
    text_copy(plugged.interfaces[0].driver, sizeof(plugged.interfaces[0].driver), udev_device_get_driver(parent));
    plugged.modems_kept_off = udev_device_get_property_value(device, "ID_MM_PORT_IGNORE") != NULL;
    reading->plugged[reading->count++] = plugged;
}

static void take_tty(struct reading *reading, struct udev_device *device)
{
    struct udev_device *usb_device = usb_parent(device, "usb_device");
    struct plugged *plugged = find_port(reading, usb_device);
    const char *node = udev_device_get_devnode(device);
    if (!usb_device) {
        take_own_port(reading, device);
    } else if (plugged && node) {
        plugged->kinds |= PLUGGED_SERIAL;
        if (!*plugged->tty || strverscmp(node, plugged->tty) < 0)
            text_copy(plugged->tty, sizeof(plugged->tty), node);
    }
}

/* ---------------------------------------------------------------- identity */

static bool is_run(const char *serial)
{
    static const char digits[] = "0123456789ABCDEF";
    bool run = true, decimal = true;
    for (size_t i = 1; serial[i]; i++) {
        const char *before = strchr(digits, toupper((unsigned char)serial[i - 1]));
        run = run && before && before[1] == toupper((unsigned char)serial[i]);
        decimal = decimal && (serial[i] == serial[i - 1] + 1 || (serial[i - 1] == '9' && serial[i] == '0'));
    }
    return run || decimal;
}

bool inventory_serial_is_plausible(const char *serial)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._+/: ";
    size_t length = strlen(serial);
    if (length < 4 || strspn(serial, safe) < length || serial[0] == ' ' || serial[length - 1] == ' ')
        return false;
    bool has_digit = strcspn(serial, "0123456789") < length; /* without one: "none", "USB_CDC_Symbol_Scanner" */
    bool varies = strspn(serial, (const char[]){serial[0], '\0'}) < length && strspn(serial, "0") < length - 1;
    return has_digit && varies && !is_run(serial);
}

static bool same_serial(const struct plugged *a, const struct plugged *b)
{
    return a->vendor == b->vendor && a->product == b->product && strcmp(a->serial, b->serial) == 0;
}

static void give_ids(struct plugged *plugged, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct plugged *own = &plugged[i];
        for (size_t j = 0; j < count && *own->serial; j++)
            own->serial_doubled = own->serial_doubled || (j != i && same_serial(own, &plugged[j]));
        if (!*own->port)
            snprintf(own->id, sizeof(own->id), "serial:%s", own->tty);
        else if (own->serial_plausible && !own->serial_doubled)
            snprintf(own->id, sizeof(own->id), "usb:%04x:%04x:%s", own->vendor, own->product, own->serial);
        else
            snprintf(own->id, sizeof(own->id), "usb-path:%s", own->port);
    }
}

/* ---------------------------------------------------------------- all of it */

static void drop_uninteresting(struct reading *reading)
{
    size_t kept = 0;
    for (size_t i = 0; i < reading->count; i++)
        if (reading->plugged[i].kinds)
            reading->plugged[kept++] = reading->plugged[i];
    reading->count = kept;
}

static int by_port(const void *left, const void *right)
{
    const struct plugged *a = left, *b = right;
    if (!*a->port != !*b->port)
        return *a->port ? -1 : 1;
    return *a->port ? strverscmp(a->port, b->port) : strverscmp(a->tty, b->tty);
}

int inventory_read(struct plugged *ret, size_t capacity, size_t *ret_count, struct error *error)
{
    CLEANUP(udev_unref_p) struct udev *udev = udev_new();
    struct reading reading = {.udev = udev, .plugged = ret, .capacity = capacity};
    int r = udev ? each_device(&reading, "usb", take_usb) : -ENOMEM;
    if (r == 0)
        r = each_device(&reading, "usb", take_usb_interface);
    if (r == 0)
        r = each_device(&reading, "hid", take_hid);
    if (r == 0)
        r = each_device(&reading, "tty", take_tty);
    if (r < 0)
        return error_set(error, r, "There is no memory left to see what is plugged in.");
    drop_uninteresting(&reading);
    give_ids(ret, reading.count);
    qsort(ret, reading.count, sizeof(*ret), by_port);
    *ret_count = reading.count;
    return 0;
}

static bool answers_to(const struct plugged *plugged, const char *address)
{
    char name[sizeof(plugged->id)];
    if (strcmp(plugged->id, address) == 0)
        return true;
    if (strncmp(address, "serial:", 7) == 0)
        return *plugged->tty && strcmp(address + 7, plugged->tty) == 0;
    if (!*plugged->port)
        return false;
    if (strncmp(address, "usb-path:", 9) == 0)
        return strcmp(address + 9, plugged->port) == 0;
    size_t length = (size_t)snprintf(name, sizeof(name), "usb:%04x:%04x", plugged->vendor, plugged->product);
    return strncasecmp(address, name, length) == 0 &&
           (!address[length] || (address[length] == ':' && strcmp(address + length + 1, plugged->serial) == 0));
}

const struct plugged *inventory_find(const struct plugged *plugged, size_t count, const char *address)
{
    const struct plugged *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!answers_to(&plugged[i], address))
            continue;
        if (found)
            return NULL;
        found = &plugged[i];
    }
    return found;
}

int inventory_of_path(const char *port, struct plugged *ret)
{
    CLEANUP(cleanup_free) struct plugged *all = calloc(INVENTORY_MAX, sizeof(*all));
    size_t count = 0;
    if (!all)
        return -ENOMEM;
    int r = inventory_read(all, INVENTORY_MAX, &count, NULL);
    for (size_t i = 0; r == 0 && *port && i < count; i++) {
        if (strcmp(all[i].port, port) == 0) {
            *ret = all[i];
            return 0;
        }
    }
    return r < 0 ? r : -ENODEV;
}
