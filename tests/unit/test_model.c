/* Which model a device is, and what the loader refuses; tests/lint/models.py judges the facts themselves. */
#include "drivers/model.h"

#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

static struct model_set all;

static int load_all(void **state)
{
    (void)state;
    struct error error = {0};
    if (model_set_load(device_models, &all, &error) == 0)
        return 0;
    print_error("%s\n", error.text);
    return -1;
}

static int unload_all(void **state)
{
    (void)state;
    model_set_done(&all);
    return 0;
}

static const struct {
    struct plugged plugged;
    const char *make, *name, *driver; /* NULL: no model */
} devices[] = {
    {{.vendor = 0x05e0, .product = 0x1200, .kinds = PLUGGED_KEYBOARD},
     "Zebra/Symbol",
     "scanner, keyboard mode",
     "hid-keyboard"},
    {{.vendor = 0x05e0, .product = 0x1900}, "Zebra/Symbol", "scanner, SNAPI mode", "none"},
    {{.vendor = 0x05e0, .product = 0x4242, .kinds = PLUGGED_SERIAL}, "Zebra/Symbol", "scanner, other modes", "serial"},
    {{.vendor = 0x0c2e, .product = 0x0b81, .kinds = PLUGGED_HID | PLUGGED_HID_BARCODE | PLUGGED_KEYBOARD},
     "Honeywell/Metrologic",
     "Voyager 1400g",
     "hid-pos"},
    {{.vendor = 0x1eab, .product = 0x8206, .kinds = PLUGGED_SERIAL}, "Newland", "scanner, serial mode", "serial"},
    {{.vendor = 0x1eab, .product = 0x8310}, "Newland", "scanner, HID POS mode", "hid-pos"},
    {{.vendor = 0x1eab, .product = 0x8399, .kinds = PLUGGED_OTHER}, "Newland", "scanner, other modes", ""},
    {{.vendor = 0x0922, .product = 0x8009, .kinds = PLUGGED_HID}, "Dymo", "M10, M25, S250", "hid"},
    {{.vendor = 0x0922, .product = 0x0020, .kinds = PLUGGED_PRINTER}, "Any make", "USB printer", ""},
    {{.vendor = 0x1203, .product = 0x0140}, "TSC", "TTP-245C", "tspl"},
    {{.vendor = 0x1203, .product = 0x9999, .printer_make = "TSC", .printer_model = "DA210"}, "TSC", "DA210", "tspl"},
    {{.vendor = 1,
      .kinds = PLUGGED_PRINTER,
      .printer_make = "Zebra Technologies",
      .printer_model = "ZTC ZD220-203dpi ZPL"},
     "Zebra",
     "ZD220",
     "zpl"},
    {{.vendor = 1, .printer_make = "zebra technologies", .printer_model = "ZTC ZT999"}, "Zebra", "other printers", ""},
    {{.vendor = 1, .printer_make = "Zebrafish", .printer_model = "X"}, NULL, NULL, NULL},
    {{.vendor = 1, .printer_make = "EPSON", .printer_model = "TM-T88V"},
     "Epson",
     "TM and EU receipt printers",
     "escpos"},
    {{.vendor = 1, .printer_make = "EPSON", .printer_model = "TMX"}, NULL, NULL, NULL},
    {{.vendor = 1, .printer_make = "Munbyn", .printer_model = "RW403B"}, "Munbyn", "RW403B", "tspl"},
    {{.vendor = 1, .printer_make = "Munbyn", .printer_model = "RW403BX"}, "Munbyn", "other printers", ""},
    {{.vendor = 1, .kinds = PLUGGED_KEYBOARD}, "Any make", "USB keyboard, perhaps a scanner", "hid-keyboard"},
    {{.vendor = 1, .kinds = PLUGGED_KEYBOARD | PLUGGED_SERIAL | PLUGGED_HID_BARCODE},
     "Any make",
     "HID bar code scanner (POS)",
     "hid-pos"},
    {{.vendor = 1, .kinds = PLUGGED_HID_SCALE}, "Any make", "HID scale", "hid"},
    {{.vendor = 1, .kinds = PLUGGED_OTHER}, NULL, NULL, NULL},
};

static void test_devices(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(devices); i++) {
        const struct model *model = model_find(&all, &devices[i].plugged);
        if (!devices[i].make) {
            assert_null(model);
            continue;
        }
        if (!model) {
            fail_msg("case %zu found no model", i);
            continue;
        }
        assert_string_equal(model->make, devices[i].make);
        assert_string_equal(model->name, devices[i].name);
        assert_string_equal(model_driver(model, &devices[i].plugged), devices[i].driver);
        assert_int_equal(model_is_generic(model), strcmp(model->make, "Any make") == 0);
    }
}

static void test_sorted(void **state)
{
    (void)state;
    assert_true(all.count > 60);
    for (size_t i = 1; i < all.count; i++)
        assert_true(strcasecmp(all.models[i - 1].make, all.models[i].make) <= 0);
}

static void test_words(void **state)
{
    (void)state;
    assert_true(model_lists("aim-ids beeper", "beeper"));
    assert_true(model_lists("aim-ids beeper", "aim-ids"));
    assert_false(model_lists("aim-ids beeper", "aim"));
    assert_false(model_lists("aim-ids beeper", "beep"));
    assert_false(model_lists("", "beeper"));
}

#define GOOD "[model x]\nmake = A\nkind = scanner\ndriver = serial\nsupport = documents\nsource = s\n"

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {GOOD "wheels = 4\n", "x.model, line 7: there is no option \"wheels\""},
        {GOOD "parity = mark\n", "none|even|odd"},
        {GOOD "match = usb:05E0:1200\n", "usb:05E0:1200"},
        {GOOD "match = usb:05e0\n", "usb:05e0"},
        {GOOD "match = usb:05e0:\n", "usb:05e0:"},
        {GOOD "match = usb:05e0:1200, pci:1\n", "pci:1"},
        {GOOD "match = 1284:Zebra\n", "1284:Zebra"},
        {GOOD "match = class:serial\n", "class:serial"},
        {"[model x]\nmake = A\nkind = scanner\ndriver = serial\nsupport = documents\n", "source"},
        {"[printer x]\nmake = A\n", "[printer x]"},
        {"[model x\nmake\n", "line 1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct embedded_file files[] = {{"x.model", cases[i].text, strlen(cases[i].text)}, {NULL, NULL, 0}};
        struct model_set set = {0};
        struct error error = {0};
        assert_true(model_set_load(files, &set, &error) < 0);
        if (!strstr(error.text, cases[i].sentence))
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].sentence);
        assert_null(set.models);
    }
    const struct embedded_file files[] = {{"x.model", GOOD, strlen(GOOD)}, {NULL, NULL, 0}};
    struct model_set set CLEANUP(model_set_done) = {0};
    assert_int_equal(model_set_load(files, &set, NULL), 0);
    assert_int_equal(set.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_devices), cmocka_unit_test(test_sorted),
                                       cmocka_unit_test(test_words), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests_name("model", tests, load_all, unload_all);
}
