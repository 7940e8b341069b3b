/* Devices that come, go and are bound to stations: the plugboard on mocked devices, through the real libusb and
 * libudev.
 */
#include "device/board_rig.h"
#include "device/tty_mock.h"
#include "unit/hid_descriptors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { KEYBOARD_IN = 0x81, POS_IN = 0x82, PRINTER_OUT = 0x01, PRINTER_IN = 0x81 };

/* ---------------------------------------------------------------- devices */

#define KEYBOARD                                                                                                       \
    USB_MOCK_CONFIG("2200", "01")                                                                                      \
    USB_MOCK_INTERFACE("00", "00", "01", "030101") USB_MOCK_HID("4100") USB_MOCK_ENDPOINT("81", "03", "0800")
#define POS                                                                                                            \
    USB_MOCK_CONFIG("2200", "01")                                                                                      \
    USB_MOCK_INTERFACE("00", "00", "01", "030000") USB_MOCK_HID("6A00") USB_MOCK_ENDPOINT("82", "03", "4000")
#define PRINTER                                                                                                        \
    USB_MOCK_CONFIG("2000", "01")                                                                                      \
    USB_MOCK_INTERFACE("00", "00", "02", "070102")                                                                     \
    USB_MOCK_ENDPOINT("01", "02", "4000") USB_MOCK_ENDPOINT("81", "02", "4000")

#define TELLS_POS                                                                                                      \
    {                                                                                                                  \
        0x81, 0x06, 0, pos_descriptor, sizeof(pos_descriptor)                                                          \
    }

/* A make that drivers/models knows, in keyboard mode. */
static const struct usb_mock_device scanner = {
    .port = "1-2", .number = 2, .descriptors = USB_MOCK_DEVICE("E005", "0012") KEYBOARD, .usbhid_holds_it = true};
/* The same one in another mode. */
static const struct usb_mock_device pos_scanner = {.port = "1-2",
                                                   .number = 3,
                                                   .descriptors = USB_MOCK_DEVICE("E005", "001A") POS,
                                                   .answers = {TELLS_POS},
                                                   .usbhid_holds_it = true};
/* Of nobody's make. */
static const struct usb_mock_device keyboard = {
    .port = "1-4", .number = 4, .descriptors = USB_MOCK_DEVICE("AAAA", "0100") KEYBOARD, .usbhid_holds_it = true};
static const char printer_id[] = "\x00\x1FMFG:Zebra;CMD:ZPL;MDL:ZD220;";
static const struct usb_mock_device printer = {.port = "1-5",
                                               .number = 5,
                                               .serial = "D5J204500001",
                                               .descriptors = USB_MOCK_DEVICE("5F0A", "8001") PRINTER,
                                               .answers = {{0xA1, 0, 0, printer_id, sizeof(printer_id) - 1}}};

/* ---------------------------------------------------------------- the bench */

#define DEVICES_MAX 8

struct bench {
    struct board_rig *rig;
    struct usb_mock *devices[DEVICES_MAX]; /* also the unplugged ones */
    size_t count;
    unsigned numbers; /* given to devices */
    struct tty_mock *tty;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    assert_non_null(bench);
    bench->rig = board_rig_new();
    bench->numbers = 1;
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    board_rig_free(bench->rig);
    for (size_t i = 0; i < bench->count; i++)
        usb_mock_free(bench->devices[i]);
    tty_mock_free(bench->tty);
    free(bench);
    return 0;
}

/* port and serial replace the device's own; each plugging in has its own number, as from the kernel. */
static struct usb_mock *plug_in(struct bench *bench, const struct usb_mock_device *device, const char *port,
                                const char *serial)
{
    struct usb_mock_device here = *device;
    here.port = port;
    here.serial = serial;
    here.number = ++bench->numbers;
    assert_true(bench->count < DEVICES_MAX);
    return bench->devices[bench->count++] = usb_mock_plug_in(bench->rig->bed, &here);
}

static bool is(const struct bench *bench, const char *device, const char *state)
{
    char what[64];
    snprintf(what, sizeof(what), "\"state\":\"%s\"", state);
    return board_rig_lists(bench->rig, device, what);
}

static bool belongs_to(const struct bench *bench, const char *device, const char *station)
{
    char what[96];
    snprintf(what, sizeof(what), "\"station\":\"%s\",\"state\":\"open\"", station);
    return board_rig_lists(bench->rig, device, what);
}

#define AWAIT(expression) BOARD_RIG_AWAIT(bench->rig, expression)

/* One key after the other, as a keyboard scanner of the United States types them. */
static void type(struct usb_mock *device, const char *text)
{
    for (; *text; text++) {
        uint8_t key = 0, shift = 0;
        if (*text >= 'a' && *text <= 'z')
            key = (uint8_t)(0x04 + *text - 'a');
        else if (*text >= 'A' && *text <= 'Z')
            key = (uint8_t)(0x04 + *text - 'A'), shift = 0x02;
        else if (*text >= '1' && *text <= '9')
            key = (uint8_t)(0x1E + *text - '1');
        else if (*text == ':')
            key = 0x33, shift = 0x02;
        else
            key = *text == '-' ? 0x2D : *text == '\r' ? 0x28 : 0;
        assert_true(key);
        usb_mock_give(device, KEYBOARD_IN, (const uint8_t[8]){shift, 0, key}, 8);
        usb_mock_give(device, KEYBOARD_IN, (const uint8_t[8]){0}, 8);
    }
}

static void give_pos_scan(struct usb_mock *device, const char *text)
{
    uint8_t report[64] = {2, (uint8_t)strlen(text)};
    memcpy(report + 5, text, strlen(text));
    usb_mock_give(device, POS_IN, report, sizeof(report));
}

/* What the floor says to a scan of that scanner: "bench-1 E01_UNKNOWN;". */
static const char *scan(struct bench *bench, struct usb_mock *device, const char *text)
{
    buf_clear(&bench->rig->heard);
    type(device, text);
    type(device, "\r");
    AWAIT(bench->rig->heard.length > 0);
    return buf_text(&bench->rig->heard);
}

#define UNBOUND  "- E30_UNBOUND;"
#define AT(n)    "bench-" n " E01_UNKNOWN;"
#define BOUND(s) s " DONE_BOUND;"

/* ---------------------------------------------------------------- binding a scanner */

static void test_a_known_scanner_waits_for_its_station(void **state)
{
    struct bench *bench = *state;
    struct usb_mock *gun = plug_in(bench, &scanner, "1-2", "S1234567");
    board_rig_start(bench->rig);
    AWAIT(is(bench, "usb:05e0:1200:S1234567", "unbound"));
    assert_string_equal(scan(bench, gun, "X1"), UNBOUND);
    assert_int_equal(board_rig_rows(bench->rig, "device.bound"), 0);
}

static void test_a_label_binds_it(void **state)
{
    struct bench *bench = *state;
    struct binding binding;
    board_rig_start(bench->rig);
    struct usb_mock *gun = plug_in(bench, &scanner, "1-2", "S1234567");
    AWAIT(is(bench, "usb:05e0:1200:S1234567", "unbound"));
    assert_string_equal(scan(bench, gun, "STATION:bench-7"), "- E31_NO_STATION;");
    assert_string_equal(scan(bench, gun, "STATION:bench-1"), BOUND("-"));
    assert_int_equal(binding_of(bench->rig->store, "usb:05e0:1200:S1234567", &binding), 0);
    assert_string_equal(binding.station, "bench-1");
    assert_string_equal(binding.role, "scanner");
    assert_int_equal(board_rig_rows(bench->rig, "device.bound"), 1);
    assert_true(belongs_to(bench, "usb:05e0:1200:S1234567", "bench-1"));
    assert_string_equal(scan(bench, gun, "X1"), AT("1"));
    assert_string_equal(scan(bench, gun, "STATION:bench-2"), BOUND("bench-1"));
    assert_string_equal(scan(bench, gun, "X1"), AT("2"));
    assert_int_equal(gun->detached, 1); /* it was opened once */
}

/* The silence after half a scan ends it too: here it would last for a minute. */
static void test_unplugged_in_the_middle_of_a_scan(void **state)
{
    struct bench *bench = *state;
    struct device_config *device = &bench->rig->config.devices[bench->rig->config.device_count++];
    config_device_defaults(device);
    strcpy(device->id, "usb:05e0:1200:S1234567");
    device->gap_ms = SCANNER_GAP_MS_MAX;
    board_rig_start(bench->rig);
    struct usb_mock *gun = plug_in(bench, &scanner, "1-2", "S1234567");
    AWAIT(is(bench, "usb:05e0:1200:S1234567", "unbound"));
    scan(bench, gun, "STATION:bench-1");
    buf_clear(&bench->rig->heard);
    type(gun, "HALF");
    AWAIT(!usb_mock_waits(gun));
    usb_mock_unplug(gun);
    AWAIT(bench->rig->heard.length > 0);
    assert_string_equal(buf_text(&bench->rig->heard), "bench-1 E26_DAMAGED_SCAN;");
    assert_int_equal(board_rig_rows(bench->rig, "scan.aborted"), 1);
    AWAIT(is(bench, "usb:05e0:1200:S1234567", "away"));
    gun = plug_in(bench, &scanner, "1-3", "S1234567"); /* wherever */
    AWAIT(belongs_to(bench, "usb:05e0:1200:S1234567", "bench-1"));
    assert_string_equal(scan(bench, gun, "X1"), AT("1"));
    assert_int_equal(board_rig_rows(bench->rig, "scan.aborted"), 1);
}

/* What only its report descriptor tells is told no more once it is opened: it stays what it is. */
static void test_a_scanner_that_only_its_descriptor_tells(void **state)
{
    struct bench *bench = *state;
    struct usb_mock_device nameless = pos_scanner;
    nameless.descriptors = USB_MOCK_DEVICE("AAAA", "0200") POS;
    board_rig_start(bench->rig);
    struct usb_mock *gun = plug_in(bench, &nameless, "1-2", "S1234567");
    AWAIT(is(bench, "usb:aaaa:0002:S1234567", "unbound"));
    usb_mock_take_from_usbhid(gun);
    plugboard_rewire(bench->rig->board);
    assert_true(is(bench, "usb:aaaa:0002:S1234567", "unbound"));
    const char *role = plugboard_role_of(bench->rig->board, "usb:aaaa:0002:S1234567");
    assert_non_null(role);
    assert_string_equal(role, "scanner");
    board_rig_bind(bench->rig, "usb:aaaa:0002:S1234567", role, "bench-2");
    AWAIT(belongs_to(bench, "usb:aaaa:0002:S1234567", "bench-2"));
    give_pos_scan(gun, "X1");
    AWAIT(bench->rig->heard.length > 0);
    assert_string_equal(buf_text(&bench->rig->heard), AT("2"));
    assert_int_equal(gun->detached, 1);
}

/* ---------------------------------------------------------------- two of a kind */

static void test_twins_without_a_serial_number(void **state)
{
    struct bench *bench = *state;
    board_rig_start(bench->rig);
    struct usb_mock *left = plug_in(bench, &scanner, "1-2", NULL), *right = plug_in(bench, &scanner, "1-3", NULL);
    AWAIT(is(bench, "usb-path:1-2", "unbound") && is(bench, "usb-path:1-3", "unbound"));
    assert_string_equal(scan(bench, left, "STATION:bench-1"), BOUND("-"));
    assert_string_equal(scan(bench, right, "X1"), UNBOUND);
    assert_string_equal(scan(bench, right, "STATION:bench-2"), BOUND("-"));
    usb_mock_unplug(left);
    usb_mock_unplug(right);
    AWAIT(is(bench, "usb-path:1-2", "away") && is(bench, "usb-path:1-3", "away"));
    right = plug_in(bench, &scanner, "1-3", NULL);
    AWAIT(belongs_to(bench, "usb-path:1-3", "bench-2"));
    left = plug_in(bench, &scanner, "1-2", NULL);
    AWAIT(belongs_to(bench, "usb-path:1-2", "bench-1"));
    assert_string_equal(scan(bench, right, "X1"), AT("2"));
    assert_string_equal(scan(bench, left, "X1"), AT("1"));
}

/* The first one keeps its station when its twin comes; the twin has none. */
static void test_twins_with_the_same_serial_number(void **state)
{
    struct bench *bench = *state;
    board_rig_start(bench->rig);
    struct usb_mock *first = plug_in(bench, &scanner, "1-3", "S1234567");
    AWAIT(is(bench, "usb:05e0:1200:S1234567", "unbound"));
    scan(bench, first, "STATION:bench-1");
    struct usb_mock *twin = plug_in(bench, &scanner, "1-2", "S1234567");
    AWAIT(is(bench, "usb-path:1-2", "unbound"));
    assert_string_equal(scan(bench, twin, "X1"), UNBOUND);
    assert_string_equal(scan(bench, first, "X1"), AT("1"));
    assert_string_equal(scan(bench, twin, "STATION:bench-2"), BOUND("-"));
    assert_string_equal(scan(bench, first, "X1"), AT("1"));
    assert_string_equal(scan(bench, twin, "X1"), AT("2"));
}

/* Alone again, the twin has the identity that the first one had, and not its station. */
static void test_a_twin_that_stays_is_not_taken_for_the_other(void **state)
{
    struct bench *bench = *state;
    board_rig_start(bench->rig);
    struct usb_mock *first = plug_in(bench, &scanner, "1-2", "S1234567");
    AWAIT(is(bench, "usb:05e0:1200:S1234567", "unbound"));
    scan(bench, first, "STATION:bench-1");
    struct usb_mock *twin = plug_in(bench, &scanner, "1-3", "S1234567");
    AWAIT(is(bench, "usb-path:1-3", "unbound"));
    usb_mock_unplug(first);
    AWAIT(is(bench, "usb:05e0:1200:S1234567", "away"));
    unsigned before = bench->rig->changes;
    AWAIT(bench->rig->changes > before);
    assert_string_equal(scan(bench, twin, "X1"), UNBOUND);
    assert_string_equal(scan(bench, twin, "STATION:bench-2"), BOUND("-"));
    assert_string_equal(scan(bench, twin, "X1"), AT("2"));
    first = plug_in(bench, &scanner, "1-2", "S1234567");
    AWAIT(is(bench, "usb-path:1-2", "unbound") || belongs_to(bench, "usb:05e0:1200:S1234567", "bench-1"));
    assert_string_equal(scan(bench, twin, "X1"), AT("2"));
}

/* ---------------------------------------------------------------- what is left alone, and what is not */

static void test_strangers_are_left_alone(void **state)
{
    struct bench *bench = *state;
    board_rig_start(bench->rig);
    struct usb_mock *typist = plug_in(bench, &keyboard, "1-4", "K1234567");
    static const struct usb_mock_device adapter = {.descriptors = USB_MOCK_DEVICE("861A", "2375") USB_MOCK_CONFIG(
                                                       "1200", "01") USB_MOCK_INTERFACE("00", "00", "00", "FF0102")};
    struct usb_mock *serial = plug_in(bench, &adapter, "1-6", NULL);
    bench->tty = tty_mock_plug_in(bench->rig->bed, "/devices/usb1/1-6/1-6:1.0", "ttyUSB7");
    AWAIT(is(bench, "usb:aaaa:0001:K1234567", "unused"));
    plugboard_rewire(bench->rig->board);
    assert_false(board_rig_lists(bench->rig, "usb-path:1-6", ""));
    assert_int_equal(typist->detached + typist->claimed + serial->detached + serial->claimed, 0);
    board_rig_bind(bench->rig, "usb:aaaa:0001:K1234567", "scanner", "bench-1"); /* a person says that they are */
    board_rig_bind(bench->rig, "usb-path:1-6", "scanner", "bench-2");
    AWAIT(belongs_to(bench, "usb:aaaa:0001:K1234567", "bench-1") && belongs_to(bench, "usb-path:1-6", "bench-2"));
    assert_string_equal(scan(bench, typist, "X1"), AT("1"));
    buf_clear(&bench->rig->heard);
    assert_int_equal(write(bench->tty->far_side, "X1\r", 3), 3);
    AWAIT(bench->rig->heard.length > 0);
    assert_string_equal(buf_text(&bench->rig->heard), AT("2"));
}

static void test_the_configuration_has_the_last_word(void **state)
{
    struct bench *bench = *state;
    struct station_config *station = &bench->rig->config.stations[1];
    strcpy(station->scanner, "usb:05e0:1200");
    strcpy(station->scanner_driver, "auto");
    board_rig_start(bench->rig);
    struct usb_mock *gun = plug_in(bench, &scanner, "1-2", "S1234567");
    AWAIT(belongs_to(bench, "usb:05e0:1200", "bench-2"));
    plugboard_rewire(bench->rig->board);
    assert_false(board_rig_lists(bench->rig, "usb:05e0:1200:S1234567", ""));
    assert_int_equal(gun->detached, 1);
    assert_string_equal(scan(bench, gun, "X1"), AT("2"));
    assert_string_equal(scan(bench, gun, "STATION:bench-1"), "bench-2 E32_FIXED;");
}

static void test_another_mode_in_the_same_port(void **state)
{
    struct bench *bench = *state;
    board_rig_start(bench->rig);
    struct usb_mock *gun = plug_in(bench, &scanner, "1-2", NULL);
    AWAIT(is(bench, "usb-path:1-2", "unbound"));
    scan(bench, gun, "STATION:bench-1");
    assert_true(board_rig_lists(bench->rig, "usb-path:1-2", "\"driver\":\"hid-keyboard\""));
    usb_mock_unplug(gun);
    gun = plug_in(bench, &pos_scanner, "1-2", NULL);
    AWAIT(belongs_to(bench, "usb-path:1-2", "bench-1") &&
          board_rig_lists(bench->rig, "usb-path:1-2", "\"driver\":\"hid-pos\""));
    buf_clear(&bench->rig->heard);
    give_pos_scan(gun, "X1");
    AWAIT(bench->rig->heard.length > 0);
    assert_string_equal(buf_text(&bench->rig->heard), AT("1"));
}

/* ---------------------------------------------------------------- commit, then beep */

static void test_the_beep_comes_after_the_commit(void **state)
{
    struct bench *bench = *state;
    board_rig_start(bench->rig);
    struct usb_mock *gun = plug_in(bench, &pos_scanner, "1-2", "S1234567");
    AWAIT(is(bench, "usb:05e0:1a00:S1234567", "unbound"));
    board_rig_hold(bench->rig, true);
    give_pos_scan(gun, "STATION:bench-1");
    AWAIT(turn_waiting(bench->rig->turn) > 0);
    for (int i = 0; i < 100; i++)
        board_rig_run(bench->rig);
    assert_false(usb_mock_was_asked(gun, "21:09"));
    board_rig_hold(bench->rig, false);
    AWAIT(usb_mock_was_asked(gun, "21:09 0204 0=0440;")); /* good */
    assert_string_equal(buf_text(&bench->rig->heard), BOUND("-"));
    give_pos_scan(gun, "X1");
    AWAIT(usb_mock_was_asked(gun, "21:09 0204 0=0420;")); /* refused */
}

/* ---------------------------------------------------------------- printers */

static void test_a_printer_that_a_row_binds(void **state)
{
    struct bench *bench = *state;
    board_rig_start(bench->rig);
    struct usb_mock *first = plug_in(bench, &printer, "1-5", "D5J204500001");
    AWAIT(is(bench, "usb:0a5f:0180:D5J204500001", "unused"));
    assert_int_equal(first->claimed, 0);
    board_rig_bind(bench->rig, "usb:0a5f:0180:D5J204500001", "printer", "bench-2");
    AWAIT(belongs_to(bench, "usb:0a5f:0180:D5J204500001", "bench-2"));
    assert_true(board_rig_lists(bench->rig, "usb:0a5f:0180:D5J204500001", "\"driver\":\"zpl\""));
    AWAIT(usb_mock_taken(first, PRINTER_OUT) > 0); /* it is asked how it is */
    usb_mock_unplug(first);
    AWAIT(is(bench, "usb:0a5f:0180:D5J204500001", "away"));
    struct usb_mock *again = plug_in(bench, &printer, "1-2", "D5J204500001");
    AWAIT(belongs_to(bench, "usb:0a5f:0180:D5J204500001", "bench-2"));
    AWAIT(usb_mock_taken(again, PRINTER_OUT) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int count, char **arguments)
{
    (void)count;
    mock_begin(arguments);
    const struct CMUnitTest tests[] = {
        TEST(test_a_known_scanner_waits_for_its_station),
        TEST(test_a_label_binds_it),
        TEST(test_unplugged_in_the_middle_of_a_scan),
        TEST(test_a_scanner_that_only_its_descriptor_tells),
        TEST(test_twins_without_a_serial_number),
        TEST(test_twins_with_the_same_serial_number),
        TEST(test_a_twin_that_stays_is_not_taken_for_the_other),
        TEST(test_strangers_are_left_alone),
        TEST(test_the_configuration_has_the_last_word),
        TEST(test_another_mode_in_the_same_port),
        TEST(test_the_beep_comes_after_the_commit),
        TEST(test_a_printer_that_a_row_binds),
    };
    return cmocka_run_group_tests_name("plugboard", tests, NULL, NULL);
}
