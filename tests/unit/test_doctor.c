/* From facts about devices to what is said of them, with tables; how the facts are collected is in tests/e2e. */
#include "tool/doctor_findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A healthy machine with one device; a case changes what is wrong with it. */
struct clinic {
    struct device_look look;
    struct doctor_facts facts;
    struct findings findings;
};

static int open_clinic(void **state)
{
    struct clinic *clinic = calloc(1, sizeof(*clinic));
    struct error error = {0};
    if (!clinic || model_set_load(device_models, &clinic->look.models, &error) < 0)
        return -1;
    *state = clinic;
    return 0;
}

static int close_clinic(void **state)
{
    struct clinic *clinic = *state;
    model_set_done(&clinic->look.models);
    free(clinic);
    return 0;
}

static void begin(struct clinic *clinic, const struct plugged *plugged)
{
    clinic->look.count = plugged ? 1 : 0;
    if (plugged)
        clinic->look.plugged[0] = *plugged;
    clinic->look.facts[0] = (struct device_facts){0};
    clinic->look.facts[0].model = plugged ? model_find(&clinic->look.models, plugged) : NULL;
    clinic->facts = (struct doctor_facts){.look = &clinic->look,
                                          .usb_bus = true,
                                          .rules_installed = true,
                                          .group_exists = true,
                                          .sees_all = true,
                                          .daemon_answers = true,
                                          .daemon_url = "http://box"};
}

/* Fails unless exactly that is found beside the daemon that answers. wanted: "level about: sentence" parts, ended by
 * NULL. */
static void expect(struct clinic *clinic, const char *const *wanted)
{
    doctor_find(&clinic->facts, &clinic->findings);
    size_t at = 0;
    for (size_t i = 0; i < clinic->findings.count; i++) {
        const struct finding *finding = &clinic->findings.list[i];
        char line[600];
        snprintf(line, sizeof(line), "%s %s: %s", finding_level_name(finding->level), finding->about,
                 finding->sentence);
        if (strcmp(line, "ok machine: The daemon answers at http://box.") == 0)
            continue;
        if (!wanted[at] || !strstr(line, wanted[at]))
            fail_msg("found \"%s\", not \"%s\"", line, wanted[at] ? wanted[at] : "nothing more");
        if (finding->level == FINDING_PROBLEM && !*finding->advice)
            fail_msg("\"%s\" has no advice", line);
        at++;
    }
    if (wanted[at])
        fail_msg("did not find \"%s\"", wanted[at]);
}

#define EXPECT(...) expect(clinic, (const char *const[]){__VA_ARGS__, NULL})

static const struct plugged scanner = {.id = "usb:05e0:1200:S1",
                                       .port = "1-2",
                                       .vendor = 0x05e0,
                                       .product = 0x1200,
                                       .serial = "S1",
                                       .serial_plausible = true,
                                       .node = "/dev/bus/usb/001/004",
                                       .kinds = PLUGGED_KEYBOARD,
                                       .interface_count = 1,
                                       .interfaces = {{.class = 3, .driver = "usbfs"}}};
static const struct plugged line = {.id = "usb:1eab:0106:S1",
                                    .port = "1-3",
                                    .vendor = 0x1eab,
                                    .product = 0x0106,
                                    .serial = "S1",
                                    .serial_plausible = true,
                                    .modems_kept_off = true,
                                    .node = "/dev/bus/usb/001/005",
                                    .tty = "/dev/ttyACM0",
                                    .kinds = PLUGGED_SERIAL,
                                    .interface_count = 1,
                                    .interfaces = {{.class = 2, .driver = "cdc_acm"}}};
static const struct plugged printer = {.id = "usb:0a5f:0110:S1",
                                       .port = "1-4",
                                       .vendor = 0x0a5f,
                                       .product = 0x0110,
                                       .serial = "S1",
                                       .serial_plausible = true,
                                       .kinds = PLUGGED_PRINTER,
                                       .interface_count = 1,
                                       .interfaces = {{.class = 7, .driver = "usblp"}}};

static void test_healthy(void **state)
{
    struct clinic *clinic = *state;
    begin(clinic, &scanner);
    clinic->look.facts[0].holder_count = 1;
    clinic->look.facts[0].holders[0] = (struct holder){"floorhandd", 7};
    strcpy(clinic->look.facts[0].station, "pack-1");
    strcpy(clinic->look.facts[0].state, "open");
    EXPECT("ok usb:05e0:1200:S1: The daemon has it.", "ok usb:05e0:1200:S1: It belongs to station pack-1: open.");
    assert_int_equal(findings_problems(&clinic->findings), 0);
    begin(clinic, &line);
    EXPECT("ok usb:1eab:0106:S1: Nothing stands in its way.");
    begin(clinic, NULL);
    EXPECT(NULL);
}

static void test_machine(void **state)
{
    struct clinic *clinic = *state;
    begin(clinic, NULL);
    clinic->facts.usb_bus = false;
    clinic->facts.rules_installed = false;
    EXPECT("problem machine: The kernel shows no USB", "note machine: The device rules are not installed.");
    begin(clinic, &line);
    clinic->facts.usb_bus = false;
    EXPECT("note machine: The kernel shows no USB", "Nothing stands");
    begin(clinic, &line);
    clinic->facts.rules_installed = false;
    clinic->facts.group_exists = false;
    clinic->facts.sees_all = false;
    EXPECT("problem machine: The device rules are not installed.", "note machine: There is no group floorhand",
           "note machine: Programs of other users", "Nothing stands");
    begin(clinic, NULL);
    clinic->facts.daemon_answers = false;
    EXPECT("problem machine: The daemon does not answer at http://box.", "note printers: The printers were not asked");
}

static void test_modes(void **state)
{
    struct clinic *clinic = *state;
    struct plugged plugged = scanner;
    plugged.product = 0x1900;
    plugged.kinds = PLUGGED_OTHER;
    begin(clinic, &plugged);
    EXPECT("problem usb:05e0:1200:S1: It is in a mode that cannot be used.");
    assert_non_null(strstr(clinic->findings.list[1].advice, "HID Keyboard Emulation"));
    plugged.product = 0x7777;
    begin(clinic, &plugged);
    EXPECT("problem usb:05e0:1200:S1: It has no interface that scans could come through.");
    plugged.vendor = 0x1111; /* a device of another kind, such as a radio */
    begin(clinic, &plugged);
    EXPECT(NULL);
}

static void test_kernel_drivers(void **state)
{
    struct clinic *clinic = *state;
    struct plugged plugged = scanner;
    strcpy(plugged.interfaces[0].driver, "usbhid");
    begin(clinic, &plugged);
    EXPECT("note usb:05e0:1200:S1: The kernel's usbhid holds it");
    strcpy(clinic->look.facts[0].station, "pack-1");
    EXPECT("problem usb:05e0:1200:S1: The kernel's usbhid holds it", "It belongs to station pack-1.");
    plugged.vendor = 0x1111;
    begin(clinic, &plugged);
    EXPECT("note usb:05e0:1200:S1: It is a keyboard");
    begin(clinic, &printer);
    EXPECT("ok usb:0a5f:0110:S1: The kernel's usblp holds it");
    plugged = line;
    plugged.tty[0] = '\0';
    begin(clinic, &plugged);
    EXPECT("problem usb:1eab:0106:S1: It has a serial line, and no driver");
}

static void test_identity(void **state)
{
    struct clinic *clinic = *state;
    struct plugged plugged = scanner;
    plugged.serial_doubled = true;
    begin(clinic, &plugged);
    EXPECT("note usb:05e0:1200:S1: Another device has the same serial number (S1).");
    assert_non_null(strstr(clinic->findings.list[1].advice, "port 1-2"));
    plugged = scanner;
    plugged.serial_plausible = false;
    begin(clinic, &plugged);
    EXPECT("note usb:05e0:1200:S1: It has no serial number of its own.");
}

static void test_access(void **state)
{
    struct clinic *clinic = *state;
    begin(clinic, &line);
    clinic->look.facts[0].permission = PERMISSION_REFUSED;
    EXPECT("problem usb:1eab:0106:S1: The daemon may not open it: /dev/ttyACM0 is not for the group floorhand.");
    clinic->look.facts[0].permission = PERMISSION_NO_NODE;
    EXPECT("problem usb:1eab:0106:S1: Its device node /dev/ttyACM0 is missing.");
    struct plugged plugged = scanner;
    plugged.vendor = 0x1111; /* somebody's keyboard: the daemon needs no access to it until it is bound */
    begin(clinic, &plugged);
    clinic->look.facts[0].permission = PERMISSION_REFUSED;
    EXPECT("ok usb:05e0:1200:S1: Nothing stands in its way.");
    strcpy(clinic->look.facts[0].station, "pack-1");
    EXPECT("problem usb:05e0:1200:S1: The daemon may not open it: /dev/bus/usb/001/004", "It belongs to station");
}

static void test_other_programs(void **state)
{
    struct clinic *clinic = *state;
    begin(clinic, &line);
    clinic->look.facts[0].holder_count = 2;
    clinic->look.facts[0].holders[0] = (struct holder){"floorhandd", 7};
    clinic->look.facts[0].holders[1] = (struct holder){"minicom", 42};
    EXPECT("ok usb:1eab:0106:S1: The daemon has it.", "problem usb:1eab:0106:S1: The program minicom (process 42)");
    begin(clinic, &line);
    clinic->facts.running = MEDDLER_MODEM_MANAGER | MEDDLER_CUPS;
    EXPECT("ok machine: CUPS is running, and nothing", "ok usb:1eab:0106:S1: Nothing stands");
    struct plugged plugged = line;
    plugged.modems_kept_off = false;
    begin(clinic, &plugged);
    clinic->facts.running = MEDDLER_MODEM_MANAGER | MEDDLER_BRLTTY;
    EXPECT("problem usb:1eab:0106:S1: ModemManager is running", "note usb:1eab:0106:S1: brltty is running");
    begin(clinic, &printer);
    clinic->facts.running = MEDDLER_CUPS;
    EXPECT("note usb:0a5f:0110:S1: CUPS is running", "ok usb:0a5f:0110:S1: The kernel's usblp");
}

static void test_console(void **state)
{
    struct clinic *clinic = *state;
    struct plugged plugged = {.id = "serial:/dev/ttyS0", .tty = "/dev/ttyS0", .kinds = PLUGGED_SERIAL};
    begin(clinic, &plugged);
    strcpy(clinic->facts.console, "tty0 ttyS0");
    EXPECT("note serial:/dev/ttyS0: The kernel writes its console to it.");
    strcpy(clinic->look.facts[0].station, "pack-1");
    EXPECT("problem serial:/dev/ttyS0: The kernel writes", "It belongs");
    strcpy(clinic->facts.console, "ttyS01");
    EXPECT("It belongs");
}

static void test_printers(void **state)
{
    struct clinic *clinic = *state;
    begin(clinic, NULL);
    static const struct doctor_station stations[] = {
        {"a", "ready", ""}, {"b", "error", "paper_out, head_open"}, {"c", "offline", ""}, {"d", "unknown", ""},
        {"e", "none", ""},
    };
    memcpy(clinic->facts.stations, stations, sizeof(stations));
    clinic->facts.station_count = COUNT(stations);
    EXPECT("ok station a: Its printer is ready.",
           "problem station b: Its printer reports a fault: paper_out, head_open.",
           "problem station c: Its printer is off", "note station d: Its printer has not said");
    assert_int_equal(findings_problems(&clinic->findings), 2);
}

/* More findings than there is room for: the last place is used again, nothing is written beyond. */
static void test_too_many(void **state)
{
    struct clinic *clinic = *state;
    begin(clinic, &line);
    for (size_t i = 0; i < INVENTORY_MAX; i++) {
        clinic->look.plugged[i] = line;
        clinic->look.facts[i] = clinic->look.facts[0];
        clinic->look.facts[i].permission = PERMISSION_REFUSED;
        clinic->look.plugged[i].modems_kept_off = false;
        clinic->look.plugged[i].serial_doubled = true;
        strcpy(clinic->look.facts[i].station, "x");
        clinic->look.facts[i].holder_count = HOLDERS_MAX;
    }
    clinic->look.count = INVENTORY_MAX;
    clinic->facts.running = MEDDLER_MODEM_MANAGER | MEDDLER_BRLTTY;
    doctor_find(&clinic->facts, &clinic->findings);
    assert_int_equal(clinic->findings.count, FINDINGS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_clinic, close_clinic)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_healthy),  TEST(test_machine),  TEST(test_modes),          TEST(test_kernel_drivers),
        TEST(test_identity), TEST(test_access),   TEST(test_other_programs), TEST(test_console),
        TEST(test_printers), TEST(test_too_many),
    };
    return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
