/* Which device belongs to which station: what is bound, what is refused, and what the journal says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_rig.h"
#include "store/session.h"

#include <jansson.h>

/* Of these the configuration names: nothing; the printer and the scale; the scale. */
#define STATIONS "free \nfull ps\nweighs s\n"

static int set_up(void **state)
{
    struct site_rig *rig = calloc(1, sizeof(*rig));
    *state = rig;
    int result = site_rig_open(rig, ":memory:", 1);
    if (result)
        return result;
    site_rig_fill(rig);
    struct event boot = {.kind = EVENT_BOOT};
    site_rig_post(rig, &boot, STATIONS, strlen(STATIONS));
    return site_rig_turn(rig);
}

static int tear_down(void **state)
{
    site_rig_close(*state);
    free(*state);
    return 0;
}

static int64_t number(struct site_rig *rig, const char *sql)
{
    int64_t value = -1;
    sql_number_values(rig->store->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

/* A scan by a device that is at a station, or ("") at none. */
static void scan(struct site_rig *rig, const char *device, const char *station, const char *text)
{
    struct event event = {.kind = EVENT_SCAN};
    snprintf(event.device, sizeof(event.device), "%s", device);
    snprintf(event.station, sizeof(event.station), "%s", station);
    site_rig_post(rig, &event, text, strlen(text));
    site_rig_turn(rig);
}

static void bind(struct site_rig *rig, const char *device, const char *role, const char *station)
{
    struct event event = {.kind = EVENT_BIND};
    snprintf(event.name, sizeof(event.name), "%s", role);
    snprintf(event.station, sizeof(event.station), "%s", station);
    site_rig_post(rig, &event, device, strlen(device));
    site_rig_turn(rig);
}

/* The last row: its type, whom it is about, and its data. */
static void assert_last_row(struct site_rig *rig, const char *type, const char *subject, const char *data)
{
    char text[1024] = "", long_type[64];
    struct sql_query *query =
        sql_select(rig->store->sql, "SELECT line FROM journal ORDER BY seq DESC LIMIT 1", SQL_NO_VALUES);
    assert_true(sql_next(query));
    sql_copy_text(query, 0, text, sizeof(text));
    assert_int_equal(sql_done(query), 0);
    json_t *line = json_loads(text, 0, NULL), *wanted = json_loads(data, 0, NULL);
    assert_non_null(line);
    assert_non_null(wanted);
    snprintf(long_type, sizeof(long_type), "io.floorhand.%s.v1", type);
    assert_string_equal(json_string_value(json_object_get(line, "type")), long_type);
    assert_string_equal(json_string_value(json_object_get(line, "subject")), subject);
    if (!json_equal(json_object_get(line, "data"), wanted))
        fail_msg("the row's data: %s", text);
    json_decref(line);
    json_decref(wanted);
}

static void assert_bound(struct site_rig *rig, const char *device, const char *role, const char *station)
{
    struct binding binding;
    assert_int_equal(binding_of(rig->store, device, &binding), 0);
    assert_string_equal(binding.role, role);
    assert_string_equal(binding.station, station);
}

static void assert_good(struct site_rig *rig)
{
    assert_true(rig->last.good);
    assert_int_equal(rig->last.answer.message, DONE_BOUND);
}

/* Refused with its sentence, and the devices stay as they are. */
static void assert_refused(struct site_rig *rig, enum message message)
{
    assert_false(rig->last.good);
    if (rig->last.answer.message != message)
        fail_msg("refused with %s", message_def(rig->last.answer.message)->key);
    assert_false(rig->last.rewires);
}

static void the_start_says_which_stations_there_are(void **state)
{
    struct site_rig *rig = *state;
    assert_int_equal(number(rig, "SELECT count(*) FROM station"), 3);
    assert_int_equal(number(rig, "SELECT count(*) FROM station WHERE code = 'free' AND printer = 0 AND scale = 0"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM station WHERE code = 'full' AND printer = 1 AND scale = 1"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM station WHERE code = 'weighs' AND printer = 0 AND scale = 1"),
                     1);
    bind(rig, "serial:/dev/ttyS0", "printer", "free");
    struct event boot = {.kind = EVENT_BOOT}; /* another configuration: the bindings stay */
    site_rig_post(rig, &boot, "other p\nspare ", strlen("other p\nspare "));
    site_rig_turn(rig);
    assert_int_equal(number(rig, "SELECT count(*) FROM station"), 2);
    assert_int_equal(number(rig, "SELECT count(*) FROM station WHERE code = 'spare' AND printer = 0"), 1);
    assert_bound(rig, "serial:/dev/ttyS0", "printer", "free");
}

static void a_new_scanner_is_bound_by_a_station_s_label(void **state)
{
    struct site_rig *rig = *state;
    scan(rig, "usb:1:2:A", "", "STATION:free");
    assert_good(rig);
    assert_true(rig->last.rewires);
    assert_bound(rig, "usb:1:2:A", "scanner", "free");
    assert_last_row(rig, "device.bound", "device/usb:1:2:A",
                    "{\"role\": \"scanner\", \"station\": \"free\", \"before\": null}");
}

static void a_bound_scanner_moves(void **state)
{
    struct site_rig *rig = *state;
    scan(rig, "usb:1:2:A", "", "STATION:free");
    scan(rig, "usb:1:2:A", "free", "STATION:full"); /* its printer is fixed, its scanners are not */
    assert_good(rig);
    assert_true(rig->last.rewires);
    assert_bound(rig, "usb:1:2:A", "scanner", "full");
    assert_last_row(rig, "device.bound", "device/usb:1:2:A",
                    "{\"role\": \"scanner\", \"station\": \"full\", \"before\": \"free\"}");
}

static void a_station_has_many_scanners(void **state)
{
    struct site_rig *rig = *state;
    scan(rig, "usb:1:2:A", "", "STATION:free");
    scan(rig, "usb:1:2:B", "", "STATION:free");
    assert_bound(rig, "usb:1:2:A", "scanner", "free");
    assert_bound(rig, "usb:1:2:B", "scanner", "free");
}

static void the_same_again_leaves_no_second_row(void **state)
{
    struct site_rig *rig = *state;
    scan(rig, "usb:1:2:A", "", "STATION:free");
    bind(rig, "usb:3:4:P", "printer", "free");
    int64_t rows = number(rig, "SELECT count(*) FROM journal");
    scan(rig, "usb:1:2:A", "free", "STATION:free");
    assert_good(rig);
    assert_false(rig->last.rewires);
    bind(rig, "usb:3:4:P", "printer", "free");
    assert_good(rig);
    scan(rig, "usb:1:2:A", "free", "PRINTER:usb:3:4:P");
    assert_good(rig);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal"), rows);
}

static void a_configured_scanner_stays(void **state)
{
    struct site_rig *rig = *state;
    struct event event = {.kind = EVENT_SCAN, .station = "full", .device = "serial:/dev/ttyS1", .device_fixed = true};
    site_rig_post(rig, &event, "STATION:free", strlen("STATION:free"));
    site_rig_turn(rig);
    assert_refused(rig, E32_FIXED);
    assert_last_row(rig, "scan.rejected", "station/full", "{\"code\": \"E32\", \"scan\": \"STATION:free\"}");
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 0);
    event = (struct event){.kind = EVENT_SCAN, .station = "free", .device = "serial:/dev/ttyS1", .device_fixed = true};
    site_rig_post(rig, &event, "PRINTER:usb:3:4:P", strlen("PRINTER:usb:3:4:P")); /* but it may bind others */
    site_rig_turn(rig);
    assert_good(rig);
}

#define DEVICE "usb:0a5f:0164:X1"

static void what_the_configuration_names_stays(void **state)
{
    struct site_rig *rig = *state;
    static const struct {
        const char *role, *label, *station;
        bool fixed;
    } tries[] = {{"printer", "PRINTER:" DEVICE, "full", true},
                 {"scale", "SCALE:" DEVICE, "full", true},
                 {"printer", "PRINTER:" DEVICE, "weighs", false},
                 {"scale", "SCALE:" DEVICE, "weighs", true}};
    for (size_t i = 0; i < COUNT(tries); i++) {
        for (int by_label = 0; by_label < 2; by_label++) {
            if (by_label)
                scan(rig, "usb:1:2:A", tries[i].station, tries[i].label);
            else
                bind(rig, DEVICE, tries[i].role, tries[i].station);
            if (tries[i].fixed)
                assert_refused(rig, E32_FIXED);
            else
                assert_good(rig);
        }
    }
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 1);
}

static void a_station_that_is_not_there(void **state)
{
    struct site_rig *rig = *state;
    scan(rig, "usb:1:2:A", "", "STATION:nowhere");
    assert_refused(rig, E31_NO_STATION);
    assert_last_row(rig, "scan.rejected", "device/usb:1:2:A", "{\"code\": \"E31\", \"scan\": \"STATION:nowhere\"}");
    int64_t rows = number(rig, "SELECT count(*) FROM journal");
    for (size_t i = 0; i < 3; i++) {
        bind(rig, DEVICE, (const char *const[]){"scanner", "printer", "scale"}[i], "nowhere");
        assert_refused(rig, E31_NO_STATION);
    }
    assert_int_equal(number(rig, "SELECT count(*) FROM journal"), rows); /* a page's mistake is no scan */
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 0);
}

static void a_scanner_without_a_station_does_nothing_else(void **state)
{
    struct site_rig *rig = *state;
    static const char *const codes[] = {"B-1",           "CMD:PICK", "MUG", "]E09521234543213", "PRINTER:" DEVICE,
                                        "SCALE:" DEVICE, "NONE"};
    int64_t moves = number(rig, "SELECT count(*) FROM move");
    for (size_t i = 0; i < COUNT(codes); i++) {
        char data[128];
        scan(rig, "usb:1:2:A", "", codes[i]);
        assert_refused(rig, E30_UNBOUND);
        snprintf(data, sizeof(data), "{\"code\": \"E30\", \"scan\": \"%s\"}", codes[i]);
        assert_last_row(rig, "scan.rejected", "device/usb:1:2:A", data);
    }
    struct event half = {.kind = EVENT_SCAN_ABORTED, .device = "usb:1:2:A", .number = 3};
    site_rig_post(rig, &half, "", 0);
    site_rig_turn(rig);
    assert_last_row(rig, "scan.aborted", "device/usb:1:2:A", "{\"length\": 3}");
    assert_int_equal(number(rig, "SELECT count(*) FROM session"), 0);
    assert_int_equal(number(rig, "SELECT count(*) FROM move"), moves);
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 0);
}

static void labels_that_name_nothing(void **state)
{
    struct site_rig *rig = *state;
    char far_too_long[BINDING_DEVICE_MAX + 16] = "PRINTER:";
    memset(far_too_long + strlen(far_too_long), 'x', sizeof(far_too_long) - strlen(far_too_long) - 1);
    const char *const labels[] = {"STATION:", "PRINTER:", "SCALE:", far_too_long};
    for (size_t i = 0; i < COUNT(labels); i++) {
        scan(rig, "usb:1:2:A", "free", labels[i]);
        assert_refused(rig, E25_NOT_NOW);
    }
    scan(rig, "usb:1:2:A", "free", "PRINTER:tcp:203.0.113.1:9100"); /* anybody can print that */
    assert_refused(rig, E01_UNKNOWN);
    scan(rig, "", "free", "STATION:full"); /* typed at a page: there is no scanner */
    assert_refused(rig, E25_NOT_NOW);
    scan(rig, "usb:1:2:A", "", "STATION:");
    assert_refused(rig, E30_UNBOUND);
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 0);
}

static void printers_and_scales_are_bound_where_their_label_is_scanned(void **state)
{
    struct site_rig *rig = *state;
    scan(rig, "usb:1:2:A", "free", "PRINTER:usb:3:4:P");
    assert_good(rig);
    assert_true(rig->last.rewires);
    assert_last_row(rig, "device.bound", "device/usb:3:4:P",
                    "{\"role\": \"printer\", \"station\": \"free\", \"before\": null}");
    scan(rig, "", "free", "SCALE:usb:5:6:S"); /* typed at the page */
    assert_good(rig);
    assert_bound(rig, "usb:3:4:P", "printer", "free");
    assert_bound(rig, "usb:5:6:S", "scale", "free");
}

static void a_station_has_one_printer_and_one_scale(void **state)
{
    struct site_rig *rig = *state;
    bind(rig, "usb-path:P1", "printer", "free");
    bind(rig, "usb-path:S1", "scale", "free");
    bind(rig, "usb-path:P2", "printer", "free");
    bind(rig, "usb-path:S2", "scale", "free");
    assert_good(rig);
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 2);
    assert_bound(rig, "usb-path:P2", "printer", "free");
    assert_bound(rig, "usb-path:S2", "scale", "free");
    bind(rig, "usb-path:P2", "printer", "weighs"); /* carried to another table */
    assert_bound(rig, "usb-path:P2", "printer", "weighs");
    assert_last_row(rig, "device.bound", "device/usb-path:P2",
                    "{\"role\": \"printer\", \"station\": \"weighs\", \"before\": \"free\"}");
    bind(rig, "usb-path:P2", "scale", "free"); /* it was no printer after all */
    assert_bound(rig, "usb-path:P2", "scale", "free");
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'device.bound'"), 6);
}

static void what_is_no_device_is_not_bound(void **state)
{
    struct site_rig *rig = *state;
    static const char *const ids[] = {"garbage", "usb:", "http://203.0.113.1/", "usb"};
    for (size_t i = 0; i < COUNT(ids); i++) {
        bind(rig, ids[i], "printer", "free");
        assert_refused(rig, E33_NO_DEVICE);
    }
    assert_int_equal(number(rig, "SELECT count(*) FROM binding"), 0);
}

static void a_page_binds(void **state)
{
    struct site_rig *rig = *state;
    bind(rig, "usb:1:2:A", "scanner", "free");
    assert_good(rig);
    assert_true(rig->last.rewires);
    assert_true(rig->last.shows);
    assert_true(rig->last.seq > 0);
    assert_bound(rig, "usb:1:2:A", "scanner", "free");
    assert_last_row(rig, "device.bound", "device/usb:1:2:A",
                    "{\"role\": \"scanner\", \"station\": \"free\", \"before\": null}");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_start_says_which_stations_there_are),
        TEST(a_new_scanner_is_bound_by_a_station_s_label),
        TEST(a_bound_scanner_moves),
        TEST(a_station_has_many_scanners),
        TEST(the_same_again_leaves_no_second_row),
        TEST(a_configured_scanner_stays),
        TEST(what_the_configuration_names_stays),
        TEST(a_station_that_is_not_there),
        TEST(a_scanner_without_a_station_does_nothing_else),
        TEST(labels_that_name_nothing),
        TEST(printers_and_scales_are_bound_where_their_label_is_scanned),
        TEST(a_station_has_one_printer_and_one_scale),
        TEST(what_is_no_device_is_not_bound),
        TEST(a_page_binds),
    };
    return cmocka_run_group_tests_name("bind", tests, NULL, NULL);
}
