/* The inventory through the real libudev, on mocked devices. */
#include "drivers/inventory.h"
#include "drivers/inventory_watch.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "device/mock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#define DEVICE(port, number, ids, more)                                                                                \
    "P: /devices/usb1/" port "\nN: bus/usb/001/" number "\nE: DEVNAME=/dev/bus/usb/001/" number                        \
    "\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nA: bDeviceClass=00\\n\n" ids more "\n"
#define IDS(vendor, product) "A: idVendor=" vendor "\\n\nA: idProduct=" product "\\n\n"
#define SERIAL(serial)       "A: serial=" serial "\\n\n"
#define NAMES(maker, name)   "A: manufacturer=" maker "\\n\nA: product=" name "\\n\n"
#define DRIVER(driver)       "L: driver=../../../../bus/usb/drivers/" driver "\n"
#define INTERFACE(port, number, class, subclass, protocol, more)                                                       \
    "P: /devices/usb1/" port "/" port ":1." number                                                                     \
    "\nE: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\nA: bInterfaceNumber=0" number                                       \
    "\\n\nA: bInterfaceClass=" class "\\n\nA: bInterfaceSubClass=" subclass "\\n\nA: bInterfaceProtocol=" protocol     \
                                     "\\n\n" more "\n"
#define KEYBOARD(port) INTERFACE(port, "0", "03", "01", "01", DRIVER("usbhid"))
#define TTY(port, number, name)                                                                                        \
    "P: /devices/usb1/" port "/" port ":1." number "/tty/" name "\nN: " name "\nE: DEVNAME=/dev/" name                 \
    "\nE: SUBSYSTEM=tty\n\n"
/* Usage page and one application collection. */
#define REPORT(port, number, page)                                                                                     \
    "P: /devices/usb1/" port "/" port ":1." number "/0003:05E0:1300." port "\nE: SUBSYSTEM=hid\n"                      \
    "H: report_descriptor=" page "0902A101C0\n\n"

static const char hub[] = "P: /devices/usb1\nN: bus/usb/001/001\nE: DEVNAME=/dev/bus/usb/001/001\n"
                          "E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nA: bDeviceClass=09\\n\nA: idVendor=1d6b\\n\n\n";

static int plug_in(void **state)
{
    *state = umockdev_testbed_new();
    return umockdev_testbed_add_from_string(*state, hub, NULL) ? 0 : -1;
}

static int pull_out(void **state)
{
    g_object_unref(*state);
    return 0;
}

struct seen {
    struct plugged all[INVENTORY_MAX];
    size_t count;
};

static void look(struct seen *seen)
{
    struct error error = {0};
    if (inventory_read(seen->all, INVENTORY_MAX, &seen->count, &error) < 0)
        fail_msg("%s", error.text);
}

/* Plugs them in and looks. */
static void see(void **state, struct seen *seen, const char *const *descriptions)
{
    for (; *descriptions; descriptions++) {
        GError *error = NULL;
        if (!umockdev_testbed_add_from_string(*state, *descriptions, &error))
            fail_msg("%s", error->message);
    }
    look(seen);
}

#define SEE(seen, ...) see(state, seen, (const char *const[]){__VA_ARGS__, NULL})

static void test_nothing(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen);
    assert_int_equal(seen.count, 0);
    assert_null(inventory_find(seen.all, 0, "usb-path:1-1"));
    assert_int_equal(inventory_of_path("1-1", &seen.all[0]), -ENODEV);
}

static void test_keyboard_scanner(void **state)
{
    struct seen seen;
    SEE(&seen,
        DEVICE("1-1", "004", IDS("05e0", "1200"),
               SERIAL("S/N:63FC61BF Rev:NBRPPAAP1")
                   NAMES("Symbol Technologies, Inc ", "Bar\\x01Code") "E: ID_MM_DEVICE_IGNORE=1\n"),
        KEYBOARD("1-1"));
    assert_int_equal(seen.count, 1);
    const struct plugged *scanner = &seen.all[0];
    assert_string_equal(scanner->id, "usb:05e0:1200:S/N:63FC61BF Rev:NBRPPAAP1");
    assert_string_equal(scanner->port, "1-1");
    assert_int_equal(scanner->vendor, 0x05e0);
    assert_int_equal(scanner->product, 0x1200);
    assert_string_equal(scanner->vendor_name, "Symbol Technologies, Inc");
    assert_string_equal(scanner->serial, "S/N:63FC61BF Rev:NBRPPAAP1");
    assert_string_equal(scanner->node, "/dev/bus/usb/001/004");
    assert_string_equal(scanner->tty, "");
    assert_int_equal(scanner->kinds, PLUGGED_KEYBOARD);
    assert_true(scanner->modems_kept_off);
    assert_int_equal(scanner->interface_count, 1);
    assert_string_equal(scanner->interfaces[0].driver, "usbhid");
    struct plugged again;
    assert_int_equal(inventory_of_path("1-1", &again), 0);
    assert_string_equal(again.serial, "S/N:63FC61BF Rev:NBRPPAAP1");
    assert_int_equal(inventory_of_path("", &again), -ENODEV);
}

/* One device with two interfaces, whose serial line has a tty; and an adapter without a class of its own. */
static void test_serial_lines(void **state)
{
    struct seen seen;
    SEE(&seen, DEVICE("1-2", "005", IDS("1eab", "0106"), SERIAL("A0B1C2")),
        INTERFACE("1-2", "0", "02", "02", "01", DRIVER("cdc_acm")),
        INTERFACE("1-2", "1", "0a", "00", "00", DRIVER("cdc_acm")), TTY("1-2", "0", "ttyACM10"),
        DEVICE("1-1.4", "006", IDS("1a86", "7523"), ""), INTERFACE("1-1.4", "0", "ff", "01", "02", DRIVER("ch341")),
        TTY("1-1.4", "0", "ttyUSB10"), TTY("1-1.4", "0", "ttyUSB9"));
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.all[0].id, "usb-path:1-1.4");
    assert_string_equal(seen.all[0].tty, "/dev/ttyUSB9");
    assert_int_equal(seen.all[0].kinds, PLUGGED_SERIAL | PLUGGED_OTHER);
    assert_false(seen.all[0].modems_kept_off);
    assert_string_equal(seen.all[1].id, "usb:1eab:0106:A0B1C2");
    assert_string_equal(seen.all[1].tty, "/dev/ttyACM10");
    assert_int_equal(seen.all[1].kinds, PLUGGED_SERIAL);
    assert_string_equal(seen.all[1].interfaces[1].driver, "cdc_acm");
    static const char *const addresses[] = {"usb:1eab:0106:A0B1C2", "usb:1EAB:0106", "usb-path:1-2",
                                            "serial:/dev/ttyACM10"};
    for (size_t i = 0; i < COUNT(addresses); i++)
        assert_ptr_equal(inventory_find(seen.all, seen.count, addresses[i]), &seen.all[1]);
    static const char *const strangers[] = {"usb:1eab:0106:a0b1c2",
                                            "usb:1eab:01066",
                                            "usb:1eab",
                                            "usb-path:1-2.1",
                                            "usb-path:1",
                                            "serial:",
                                            "serial:/dev/ttyACM1",
                                            ""};
    for (size_t i = 0; i < COUNT(strangers); i++)
        assert_null(inventory_find(seen.all, seen.count, strangers[i]));
}

/* Two of a kind: neither may be taken for the other. */
static void test_doubled_serial(void **state)
{
    struct seen seen;
    SEE(&seen, DEVICE("1-2", "005", IDS("0483", "5740"), SERIAL("AB12CD")), KEYBOARD("1-2"));
    assert_string_equal(seen.all[0].id, "usb:0483:5740:AB12CD");
    SEE(&seen, DEVICE("1-10", "006", IDS("0483", "5740"), SERIAL("AB12CD")), KEYBOARD("1-10"),
        DEVICE("1-3", "007", IDS("0483", "5741"), SERIAL("AB12CD")), KEYBOARD("1-3"));
    assert_int_equal(seen.count, 3);
    assert_string_equal(seen.all[0].id, "usb-path:1-2");
    assert_string_equal(seen.all[1].id, "usb:0483:5741:AB12CD");
    assert_string_equal(seen.all[2].id, "usb-path:1-10");
    assert_true(seen.all[0].serial_doubled && seen.all[2].serial_doubled && !seen.all[1].serial_doubled);
    assert_null(inventory_find(seen.all, seen.count, "usb:0483:5740:AB12CD"));
    assert_null(inventory_find(seen.all, seen.count, "usb:0483:5740"));
    assert_ptr_equal(inventory_find(seen.all, seen.count, "usb-path:1-10"), &seen.all[2]);
}

static void test_what_a_hid_is_for(void **state)
{
    struct seen seen;
    SEE(&seen, DEVICE("1-1", "002", IDS("0c2e", "0b81"), ""), INTERFACE("1-1", "0", "03", "00", "00", DRIVER("usbhid")),
        REPORT("1-1", "0", "068C00"), DEVICE("1-2", "003", IDS("0922", "8003"), ""),
        INTERFACE("1-2", "0", "03", "00", "00", DRIVER("usbhid")), REPORT("1-2", "0", "058D"),
        DEVICE("1-3", "004", IDS("1111", "0001"), ""), INTERFACE("1-3", "0", "03", "00", "00", DRIVER("usbfs")),
        DEVICE("1-4", "005", IDS("1111", "0002"), ""), INTERFACE("1-4", "0", "03", "00", "00", DRIVER("usbhid")),
        REPORT("1-4", "0", "050C0901A101058CA102C0C0FE"), DEVICE("1-5", "006", IDS("1111", "0003"), ""),
        INTERFACE("1-5", "0", "03", "01", "02", DRIVER("usbhid")), DEVICE("1-6", "007", IDS("1111", "0004"), ""),
        INTERFACE("1-6", "0", "08", "06", "50", DRIVER("usb-storage")));
    assert_int_equal(seen.count, 4); /* neither the mouse nor the memory stick */
    assert_int_equal(seen.all[0].kinds, PLUGGED_HID | PLUGGED_HID_BARCODE);
    assert_int_equal(seen.all[1].kinds, PLUGGED_HID | PLUGGED_HID_SCALE);
    assert_int_equal(seen.all[2].kinds, PLUGGED_HID);
    assert_int_equal(seen.all[3].kinds, PLUGGED_HID); /* a collection inside another names no kind of device */
}

static void test_printer(void **state)
{
    struct seen seen;
    SEE(&seen, DEVICE("1-1", "002", IDS("0a5f", "0180"), SERIAL("D5J204500001")),
        INTERFACE("1-1", "0", "07", "01", "02",
                  DRIVER("usblp") "A: ieee1284_id=MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;"
                                  "MODEL:ZTC ZD220-203dpi ZPL;CLASS:PRINTER;\\n\n"),
        DEVICE("1-2", "003", IDS("1111", "0001"), ""),
        INTERFACE("1-2", "0", "07", "01", "02", DRIVER("usblp") "A: ieee1284_id=MFG;;:x; mdl:A\n"));
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.all[0].kinds, PLUGGED_PRINTER);
    assert_string_equal(seen.all[0].id, "usb:0a5f:0180:D5J204500001");
    assert_string_equal(seen.all[0].printer_make, "Zebra Technologies");
    assert_string_equal(seen.all[0].printer_model, "ZTC ZD220-203dpi ZPL");
    assert_string_equal(seen.all[1].printer_make, "");
    assert_string_equal(seen.all[1].printer_model, "A");
}

/* Of the ports of the machine itself those that exist. */
static void test_own_ports(void **state)
{
    struct seen seen;
    SEE(&seen, "P: /devices/pnp0/00:01\nE: SUBSYSTEM=pnp\nL: driver=../../../bus/pnp/drivers/serial\n\n",
        "P: /devices/pnp0/00:01/tty/ttyS0\nN: ttyS0\nE: DEVNAME=/dev/ttyS0\nE: SUBSYSTEM=tty\nA: type=4\\n\n\n",
        "P: /devices/platform/serial8250\nE: SUBSYSTEM=platform\nL: driver=../../bus/platform/drivers/serial8250\n\n",
        "P: /devices/platform/serial8250/tty/ttyS1\nN: ttyS1\nE: DEVNAME=/dev/ttyS1\nE: SUBSYSTEM=tty\nA: "
        "type=0\\n\n\n",
        "P: /devices/virtual/tty/tty1\nN: tty1\nE: DEVNAME=/dev/tty1\nE: SUBSYSTEM=tty\n\n",
        DEVICE("1-1", "004", IDS("05e0", "1200"), ""), KEYBOARD("1-1"));
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.all[1].id, "serial:/dev/ttyS0");
    assert_string_equal(seen.all[1].port, "");
    assert_int_equal(seen.all[1].kinds, PLUGGED_SERIAL);
    assert_string_equal(seen.all[1].interfaces[0].driver, "serial");
    assert_ptr_equal(inventory_find(seen.all, seen.count, "serial:/dev/ttyS0"), &seen.all[1]);
}

static void test_room_for_one(void **state)
{
    struct seen seen;
    SEE(&seen, DEVICE("1-1", "002", IDS("0001", "0001"), ""), KEYBOARD("1-1"),
        DEVICE("1-2", "003", IDS("0001", "0002"), ""), KEYBOARD("1-2"));
    assert_int_equal(seen.count, 2);
    assert_int_equal(inventory_read(seen.all, 1, &seen.count, NULL), 0);
    assert_int_equal(seen.count, 1);
}

static void test_plausible_serials(void **state)
{
    (void)state;
    static const char *const good[] = {"D5J204500001", "18120B0C77", "A1B2",       "1000",
                                       "0012",         "98765",      "S20-0001/7", "S/N:63FC Rev:NBR"};
    static const char *const bad[] = {"",
                                      "0",
                                      "123",
                                      "000000",
                                      "000001",
                                      "AAAA",
                                      "12345",
                                      "123456789",
                                      "1234567890",
                                      "0123456789ABCDEF",
                                      "None",
                                      "default",
                                      "USB_CDC_Symbol_Scanner",
                                      "AB12 ",
                                      "AB;12",
                                      "AB\"12",
                                      "A,123",
                                      "AB\xE5\x8F\xB7"};
    for (size_t i = 0; i < COUNT(good); i++)
        if (!inventory_serial_is_plausible(good[i]))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (inventory_serial_is_plausible(bad[i]))
            fail_msg("%s is taken", bad[i]);
}

/* Waits for news as an owner does. */
static bool await_change(struct inventory_watch *watch)
{
    struct pollfd poller = {.fd = inventory_watch_fd(watch), .events = POLLIN};
    return poll(&poller, 1, MOCK_WAIT_MS) == 1 && inventory_watch_changed(watch);
}

static void test_watch(void **state)
{
    struct inventory_watch *watch CLEANUP(inventory_watch_free_p) = NULL;
    struct error error = {0};
    if (inventory_watch_new(&watch, &error) < 0)
        fail_msg("%s", error.text);
    assert_false(inventory_watch_changed(watch));
    struct seen seen;
    SEE(&seen, DEVICE("1-1", "004", IDS("05e0", "1200"), ""), KEYBOARD("1-1"));
    assert_true(await_change(watch));
    while (inventory_watch_changed(watch))
        ;
    umockdev_testbed_uevent(*state, "/sys/devices/usb1/1-1", "remove");
    umockdev_testbed_remove_device(*state, "/sys/devices/usb1/1-1");
    assert_true(await_change(watch));
    assert_int_equal(inventory_of_path("1-1", &seen.all[0]), -ENODEV);
    while (inventory_watch_changed(watch))
        ;
    static const char *const strangers[] = {"P: /devices/virtual/net/eth9\nE: SUBSYSTEM=net\n\n", NULL};
    see(state, &seen, strangers);
    struct pollfd poller = {.fd = inventory_watch_fd(watch), .events = POLLIN};
    assert_int_equal(poll(&poller, 1, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, plug_in, pull_out)

int main(int count, char **arguments)
{
    (void)count;
    mock_begin(arguments);
    const struct CMUnitTest tests[] = {
        TEST(test_nothing),        TEST(test_keyboard_scanner),
        TEST(test_serial_lines),   TEST(test_printer),
        TEST(test_doubled_serial), TEST(test_what_a_hid_is_for),
        TEST(test_own_ports),      TEST(test_room_for_one),
        TEST(test_watch),          cmocka_unit_test(test_plausible_serials),
    };
    return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
