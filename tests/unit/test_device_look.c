/* Who holds a device, what the daemon says of it, and how it is called; what is plugged in is in test_inventory. */
#include "tool/device_look.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct device_look *new_look(void)
{
    struct device_look *look = calloc(1, sizeof(*look));
    assert_non_null(look);
    return look;
}

/* Any node does; opened twice it is one holder. */
static void test_holders(void **state)
{
    (void)state;
    struct device_look *look CLEANUP(device_look_free_p) = new_look();
    const int fds[] = {open("/dev/full", O_RDONLY | O_CLOEXEC), open("/dev/full", O_RDONLY | O_CLOEXEC)};
    look->count = 2;
    strcpy(look->plugged[0].tty, "/dev/full");
    strcpy(look->plugged[1].node, "/dev/ful");
    device_look_find_holders(look);
    size_t mine = 0;
    for (size_t i = 0; i < look->facts[0].holder_count; i++)
        mine += look->facts[0].holders[i].pid == getpid() &&
                strcmp(look->facts[0].holders[i].program, "test_device_loo") == 0;
    assert_int_equal(mine, 1);
    assert_int_equal(look->facts[1].holder_count, 0);
    close(fds[0]);
    close(fds[1]);
}

static void test_stations(void **state)
{
    (void)state;
    static const struct {
        const char *json, *station, *state;
    } cases[] = {
        {"[{\"id\":\"usb-path:1-2\",\"station\":\"a\",\"state\":\"open\"}]", "a", "open"},
        {"[{\"id\":\"usb:05e0:1200\",\"station\":\"a\"}]", "a", ""},
        {"[{\"id\":\"usb-path:1-3\",\"station\":\"a\"}]", "", ""},
        {"[{\"id\":\"usb-path:1-2\",\"station\":null}]", "", ""},
        {"[{\"id\":7}, null, \"usb-path:1-2\"]", "", ""},
        {"{\"id\":\"usb-path:1-2\"}", "", ""},
        {"[{\"id\":", "", ""},
        {"", "", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct device_look *look CLEANUP(device_look_free_p) = new_look();
        struct buf json CLEANUP_BUF = {0};
        look->count = 1;
        look->plugged[0] = (struct plugged){.id = "usb-path:1-2", .port = "1-2", .vendor = 0x05e0, .product = 0x1200};
        buf_puts(&json, cases[i].json);
        device_look_add_stations(look, &json);
        assert_string_equal(look->facts[0].station, cases[i].station);
        assert_string_equal(look->facts[0].state, cases[i].state);
    }
}

static void test_what(void **state)
{
    (void)state;
    static const struct {
        struct plugged plugged;
        const char *what;
    } cases[] = {
        {{.port = "1-1", .vendor = 0x05e0, .product = 0x1200, .product_name = "X"},
         "Zebra/Symbol scanner, keyboard mode"},
        {{.port = "1-1", .kinds = PLUGGED_KEYBOARD, .vendor_name = "Logitech", .product_name = "K120"},
         "USB keyboard, perhaps a scanner (Logitech K120)"},
        {{.port = "1-1", .kinds = PLUGGED_SERIAL, .product_name = "USB Serial"}, "serial device (USB Serial)"},
        {{.port = "1-1", .kinds = PLUGGED_SERIAL | PLUGGED_HID}, "serial device"},
        {{.port = "1-1", .kinds = PLUGGED_HID}, "HID of unknown use"},
        {{.port = "1-1", .kinds = PLUGGED_OTHER}, "device of unknown use"},
        {{.kinds = PLUGGED_SERIAL, .tty = "/dev/ttyS0"}, "serial port of this machine"},
    };
    struct device_look *look CLEANUP(device_look_free_p) = new_look();
    assert_int_equal(model_set_load(device_models, &look->models, NULL), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char what[128];
        device_what(&cases[i].plugged, model_find(&look->models, &cases[i].plugged), what, sizeof(what));
        assert_string_equal(what, cases[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_holders), cmocka_unit_test(test_stations),
                                       cmocka_unit_test(test_what)};
    return cmocka_run_group_tests_name("device_look", tests, NULL, NULL);
}
