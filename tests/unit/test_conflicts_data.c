/* What comes wrong, late, twice or from another time: clocks, messages, versions, counts, labels, and stock that nobody
 * has heard of for long. docs/conflicts.md tells the rules; the other stories are in test_conflicts.c. */
#include "unit/company.h"

#include "sync/head-office/sites/parked.h"
#include "sync/head-office/stock/atp.h"

#include <errno.h>
#include <time.h>

/* ---------------------------------------------------------------- the clock on the wall is wrong */

static int64_t seconds_of(const char *date)
{
    struct tm time = {0};
    assert_non_null(strptime(date, "%Y-%m-%d %H:%M:%S", &time));
    return timegm(&time);
}

/* Order is the number. The time of a row never runs back, whatever the clock is set to; leases do not notice. */
static void the_clock_jumps_and_order_stays(void **state)
{
    static const char *const dates[] = {"1970-01-01 00:00:05", "2026-03-20 09:00:00", "2026-03-19 09:00:00",
                                        "2038-01-19 03:14:06", "2038-01-19 03:14:09", "2036-03-20 09:00:00",
                                        "1970-01-01 00:00:05"};
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    lend(company);
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    part(company, HZ);
    for (size_t i = 0; i < COUNT(dates); i++) {
        hz->wall_shift_us = seconds_of(dates[i]) * 1000000 - hz->now_us;
        PLAY(hz, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL});
        up(company, HZ);
        SITE_SAYS(company, HZ, "SELECT state FROM orders WHERE number = 'N1'", "allocated"); /* its hour goes on */
    }
    assert_int_equal(EVENTS(company, "site = 'hz' AND time < '2026-01-01'"), 0);
    assert_int_equal(at_office(company, "SELECT count(*) FROM event a JOIN event b ON b.site = a.site AND b.seq = a.seq"
                                        " + 1 WHERE b.time <= a.time"),
                     0);
    assert_int_equal(at_office(company, "SELECT count(*) FROM event WHERE site = 'hz' AND time LIKE '2038-01-19%'") > 6,
                     1);
    hz->wall_shift_us = 0;
    time_passes(company, 2 * HOUR);
    PLAY(hz, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "E78", "menu"});
}

/* A box that wakes in 1970 with its lots: none of them is young again by that. */
static void a_lot_does_not_live_longer_by_a_wrong_clock(void **state)
{
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    hz->wall_shift_us = -hz->now_us; /* 1970 */
    tell_site(company, HZ, "item.upsert", "{\"sku\":\"MILK\",\"name\":\"Milk\",\"lots\":true,\"expires\":true}");
    down(company, HZ);
    site_rig_import(hz, "stock", "location,sku,quantity,lot,expiry\nA-02,MILK,5,L1,2025-12-31\n");
    assert_true(hz->last.good);
    rig_import_good(&company->office, "items", NULL, "sku,name,weight_g\nMILK,Milk,1000\n");
    rig_import_good(&company->office, "orders", NULL, ORDERS_HEAD "N1,shop,SF,,0,a,b,c,MILK,1\n");
    assert_int_equal(rig_release(&company->office, "hz", "N1"), 0);
    down(company, HZ);
    SITE_SAYS(company, HZ, "SELECT state FROM orders WHERE number = 'N1'", "received");
}

/* ---------------------------------------------------------------- what cannot be sent, and what cannot be read */

/* A row that would be longer than a message is refused before it is there, with a sentence, and nothing is lost. */
static void too_much_for_one_message_is_refused_whole(void **state)
{
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    struct buf csv = {0};
    buf_puts(&csv, "location,sku,quantity,lot\n");
    for (int i = 0; i < 1500; i++)
        buf_printf(&csv, "A-02,CREAM,1,LOT-OF-THE-YEAR-2026-NUMBER-%05d\n", i);
    tell_site(company, HZ, "item.upsert", "{\"sku\":\"CREAM\",\"name\":\"Cream\",\"lots\":true}");
    tell_site(company, HZ, "count.request", "{\"location\":\"A-02\"}");
    down(company, HZ);
    site_rig_import(hz, "stock", buf_text(&csv));
    assert_true(hz->last.good);
    buf_done(&csv);
    PLAY(hz, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:COUNT", "DONE_COUNT_STARTED", "count.location"},
         {"A-02", "DONE_AT_LOCATION", "count.item"}, {"CMD:EMPTY", "E88", "count.item"},
         {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL});
    rig_import_good(&company->office, "items", NULL, "sku,name,weight_g\nCREAM,Cream,50\n");
    up(company, HZ);
    assert_int_equal(at_office(company, "SELECT max(length(line)) FROM event") < 65536, 1);
    assert_int_equal(at_office(company, "SELECT quantity FROM stock WHERE site = 'hz' AND sku = 'CREAM'"), 1500);
    assert_int_equal(at_office(company, "SELECT count(*) FROM parked"), 0);
}

static void a_bad_segment_is_dropped_and_never_acknowledged(void **state)
{
    struct company *company = *state;
    struct rig *office = &company->office;
    struct buf bad = {0}, frame = {0};
    int64_t applied = at_office(company, "SELECT applied FROM site WHERE id = 'hz'");
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"});
    rig_put_event(&bad, "hz", 1, applied + 1, "worker.signed_in", "{\"station\":\"bench-1\",\"step\":\"menu\"}");
    buf_puts(&bad, "and then, no line at all\n");
    company_seal(company, HZ, &bad, &frame);
    rig_receive(office, "box-1", WIRE_UP_SEGMENT, &frame);
    buf_done(&bad);
    buf_done(&frame);
    rig_turn(office);
    assert_non_null(strstr(office->note, "a line"));
    assert_int_equal(at_office(company, "SELECT applied FROM site WHERE id = 'hz'"), applied);
    assert_int_equal(at_office(company, "SELECT dropped FROM site WHERE id = 'hz'"), 1);
    assert_int_equal(rig_answer(office, WIRE_ACK).applied, applied); /* where the site shall go on */
    up(company, HZ);                                                 /* the site says it again, and well */
    assert_int_equal(at_office(company, "SELECT applied FROM site WHERE id = 'hz'"), applied + 1);
}

static struct parked_outcome replay(struct rig *office)
{
    struct parked_outcome outcome;
    assert_int_equal(office_begin(&office->office, &office->error), 0);
    assert_int_equal(parked_replay(&office->office, &outcome, &office->error), 0);
    assert_int_equal(office_commit(&office->office, &office->error), 0);
    return outcome;
}

/* Head office does not know an order: all of it waits, and nothing else does. */
static void what_cannot_be_read_waits_with_all_that_follows(void **state)
{
    struct company *company = *state;
    struct rig *office = &company->office;
    tell_site(company, HZ, "order.release",
              "{\"order\":\"N1\",\"carrier\":\"SF\",\"waybill\":\"SF-N1\",\"priority\":9,\"receiver\":{\"name\":\"a\","
              "\"phone\":\"b\",\"address\":\"c\"},\"lines\":[{\"line\":1,\"sku\":\"MUG\",\"quantity\":1}]}");
    order_for(company, HZ, "N2", 1);
    down(company, HZ);
    PLAY(&company->sites[HZ], PICK_IT);
    up(company, HZ);
    int64_t first = at_office(company, "SELECT count(*) FROM parked");
    assert_true(first >= 4); /* received, allocated, picked, staged */
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N2'", "allocated");
    OFFICE_SAYS(company, "SELECT DISTINCT subject FROM parked", "order/N1");
    /* A person brings the order. What comes now must not overtake what waits. */
    rig_import_good(office, "orders", NULL, ORDERS_HEAD "N1,shop,SF,SF-N1,9,a,b,c,MUG,1\n");
    assert_int_equal(rig_release(office, "hz", "N1"), 0);
    PLAY(&company->sites[HZ], PACK_IT, {"SF-N1", "DONE_LABELLED", "menu"});
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "released");
    assert_true(at_office(company, "SELECT count(*) FROM parked") > first);
    assert_int_equal(replay(office).left, 0);
    assert_int_equal(at_office(company, "SELECT count(*) FROM parked"), 0);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "labelled");
    assert_int_equal(at_office(company, "SELECT picked + packed FROM order_line WHERE number = 'N1'"), 2);
    assert_int_equal(at_office(company, "SELECT quantity FROM stock WHERE site = 'hz' AND location = 'A-01'"), 19);
    assert_int_equal(replay(office).done, 0); /* not twice */
}

/* ---------------------------------------------------------------- goods are moved or corrected while somebody counts
 */

static void scan_at(struct company *company, const char *station, const char *text, const char *answer)
{
    struct site_rig *hz = &company->sites[HZ];
    site_rig_scan(hz, station, text);
    const char *key = message_def(hz->last.answer.message)->key;
    if (strncmp(key, answer, strlen(answer)) != 0)
        fail_msg("scan %s at %s: expected %s, heard %s", text, station, answer, key);
}

static void check_same_stock(struct company *company, const char *location, const char *sku, int64_t expected)
{
    char sql[300];
    snprintf(sql, sizeof(sql), "SELECT quantity FROM stock WHERE site = 'hz' AND location = '%s' AND sku = '%s'",
             location, sku);
    assert_int_equal(at_office(company, sql), expected);
    snprintf(sql, sizeof(sql),
             "SELECT sum(b.quantity) FROM balance b JOIN location l ON l.id = b.location JOIN item i ON i.id = b.item"
             " WHERE b.lpn = 0 AND l.code = '%s' AND i.sku = '%s'",
             location, sku);
    assert_int_equal(number(&company->sites[HZ], sql), expected);
}

/* Twenty are in the books and nineteen in the bin; while one worker counts, another takes one. What was counted before
 * counts no more, what is counted after is held against the books as they are then, and only the difference is posted.
 */
static void a_bin_that_is_picked_from_while_it_is_counted(void **state)
{
    struct company *company = *state;
    tell_site(company, HZ, "count.request", "{\"location\":\"A-01\",\"blind\":false}");
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    part(company, HZ);
    scan_at(company, "bench-1", "B-2", "DONE_SIGNED_IN");
    scan_at(company, "bench-1", "CMD:COUNT", "DONE_COUNT_STARTED");
    scan_at(company, "bench-1", "A-01", "DONE_AT_LOCATION");
    scan_at(company, "bench-1", "CMD:QTY:19", "DONE_QUANTITY");
    scan_at(company, "bench-1", "MUG", "DONE_COUNTED");
    scan_at(company, "bench-2", "B-1", "DONE_SIGNED_IN");
    scan_at(company, "bench-2", "CMD:PICK", "DONE_PICK_STARTED");
    scan_at(company, "bench-2", "A-01", "DONE_AT_LOCATION");
    scan_at(company, "bench-2", "MUG", "DONE_PICKED");
    scan_at(company, "bench-1", "A-01", "E17"); /* nineteen against nineteen would hide that one is missing */
    scan_at(company, "bench-1", "CMD:QTY:18", "DONE_QUANTITY");
    scan_at(company, "bench-1", "MUG", "DONE_COUNTED");
    scan_at(company, "bench-1", "A-01", "DONE_COUNT_POSTED");
    scan_at(company, "bench-2", "T-1", "DONE_TOTE");
    meet(company, HZ);
    sync_site(company, HZ);
    assert_int_equal(EVENTS(company, "type = 'count.moved'"), 1);
    events_say(company, "adjust.posted", "data.delta", "-1");
    check_same_stock(company, "A-01", "MUG", 18);
}

/* A correction is a difference, so it does not matter to it what came before or comes after. */
static void corrections_are_differences(void **state)
{
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    order_for(company, HZ, "N1", 2);
    sync_site(company, HZ);
    part(company, HZ);
    PLAY(hz, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"},
         {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.item"});
    up(company, HZ); /* half of the pick is there before the count, half after it */
    scan_at(company, "bench-2", "B-2", "DONE_SIGNED_IN");
    scan_at(company, "bench-2", "CMD:COUNT", "DONE_COUNT_ANY");
    scan_at(company, "bench-2", "A-01", "DONE_AT_LOCATION");
    scan_at(company, "bench-2", "CMD:QTY:21", "DONE_QUANTITY");
    scan_at(company, "bench-2", "MUG", "DONE_COUNTED");
    scan_at(company, "bench-2", "A-01", "DONE_COUNT_POSTED");
    PLAY(hz, {"MUG", "DONE_PICKED", "pick.tote"});
    up(company, HZ);
    check_same_stock(company, "A-01", "MUG", 20);
}

/* ---------------------------------------------------------------- a waybill's label is printed again */

static void a_second_label_says_so_and_seals_nothing(void **state)
{
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    order_for(company, HZ, "N1", 1);
    order_for(company, HZ, "N2", 1);
    sync_site(company, HZ);
    PLAY(hz, PICK_IT, PACK_IT);
    site_rig_print(hz, 1, "sending");
    site_rig_print(hz, 1, "unknown"); /* the cable was pulled: nobody knows, and nothing is printed by itself */
    assert_int_equal(number(hz, "SELECT count(*) FROM print_job"), 1);
    PLAY(hz, {"CMD:REPRINT", "DONE_REPRINT", "pack.label"}, {"SF-N1", "DONE_LABELLED", "menu"});
    SITE_SAYS(company, HZ, "SELECT data ->> '$.copy' FROM print_job ORDER BY id DESC LIMIT 1", "2");
    PLAY(
        hz, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"}, {"A-01", "DONE_AT_LOCATION", "pick.item"},
        {"MUG", "DONE_PICKED", "pick.tote"}, {"T-2", "DONE_TOTE", "pick.stage"}, {"STAGE-1", "DONE_STAGED", "menu"},
        {"T-2", "DONE_PACK_OPENED", "pack.item"}, {"MUG", "DONE_CHECKED", "pack.box"},
        {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF-N1", "E05", "pack.label"}, /* the first label, on another parcel */
        {"SF-N2", "DONE_LABELLED", "menu"}, {"GATE-SF", "DONE_GATE", "ship.parcel"},
        {"SF-N1", "DONE_LOADED", "ship.parcel"}, {"SF-N1", "E19", "ship.parcel"}); /* and on a second box at the gate */
    up(company, HZ);
    events_say(company, "label.reprinted", "data.copy", "2");
    events_say(company, "label.reprinted", "data.reason", "asked by the packer");
    assert_int_equal(at_office(company, "SELECT labels FROM parcel WHERE number = 'N1'"), 2);
    events_say(company, "label.printed", "data.waybill", "SF-N1 SF-N2");
}

/* ---------------------------------------------------------------- one side is older than the other */

/* What the two last stories write is not of this version, and none of it is kept for test_members.py. */
static int open_another_version(void **state)
{
    unsetenv("JOURNALS");
    return company_open(state);
}

/* As a newer version of the site would write it. */
static void write_event(struct company *company, int site, const char *type, const char *subject, const char *data)
{
    struct store *store = company->sites[site].store;
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(journal_append(store, type, subject, data, NULL), 0);
    assert_int_equal(store_commit(store), 0);
}

static void head_office_is_older_than_the_site(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    down(company, HZ);
    write_event(company, HZ, "moon.phase", "order/N1", "{\"order\":\"N1\",\"phase\": 5}");
    write_event(company, HZ, "pick.left", "worker/u1", "{\"worker\":\"u1\",\"mood\" :\"fine\"}");
    PLAY(&company->sites[HZ], PICK_IT);
    up(company, HZ);
    OFFICE_SAYS(company, "SELECT why FROM parked", "this version does not know this kind of event: update head office");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "picked"); /* it holds nothing up */
    assert_int_equal(EVENTS(company, "type = 'moon.phase' AND line LIKE '%\"phase\": 5}%'"), 1); /* as it was written */
    assert_int_equal(EVENTS(company, "type = 'pick.left' AND line LIKE '%\"mood\" :\"fine\"%'"), 1);
    assert_int_equal(replay(&company->office).left, 1);
}

static void the_site_is_older_than_head_office(void **state)
{
    struct company *company = *state;
    tell_site(company, HZ, "moon.phase", "{\"phase\":0.5}");
    tell_site(company, HZ, "lot.upsert", "{\"sku\":\"MUG\",\"lot\":\"L1\",\"mood\":\"fine\"}"); /* with a new member */
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    SITE_SAYS(company, HZ, "SELECT why || ' ' || (line ->> '$.data.phase') FROM parked",
              "this version does not know this kind of change: update the box 0.5");
    assert_int_equal(number(&company->sites[HZ], "SELECT count(*) FROM lot WHERE code = 'L1'"), 1);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "allocated");
    assert_int_equal(EVENTS(company, "type = 'feed.parked'"), 1);
    assert_int_equal(at_office(company, "SELECT feed_head - feed_acked FROM site WHERE id = 'hz'"), 0);
}

/* ---------------------------------------------------------------- stock of a site that is silent */

static void check_atp(struct company *company, int64_t atp, int64_t left_out)
{
    struct sql_query *row = atp_select(&company->office.office, "MUG", 24 * HOUR);
    assert_true(sql_next(row));
    assert_int_equal(sql_get_int(row, 1), atp);
    assert_int_equal(sql_get_int(row, 5), left_out);
    assert_int_equal(sql_done(row), 0);
}

/* Twenty mugs lie at each of two sites. What a silent one has promised stays promised; what is free there is not sold.
 */
static void what_is_free_at_a_silent_site_is_not_promised(void **state)
{
    struct company *company = *state;
    check_atp(company, 40, 0);
    order_for(company, HZ, "N1", 5);
    check_atp(company, 35, 0);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], BEGIN_IT, {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.item"});
    up(company, HZ);
    check_atp(company, 35, 0); /* picked is neither there nor wanted */
    rig_import_good(&company->office, "orders", NULL, ORDERS_HEAD "N2,shop,SF,,0,a,b,c,MUG,3\n");
    check_atp(company, 32, 0); /* sold, and with no site yet */
    time_passes(company, 25 * HOUR);
    meet(company, BJ);
    check_atp(company, 17, 15); /* hz has not been heard for a day */
    meet(company, HZ);
    check_atp(company, 32, 0);
}

/* Another system's figures: the site books the difference, once, and head office hears it as any other event. */
static void stock_of_a_file_is_booked_by_the_site(void **state)
{
    struct company *company = *state;
    struct rig *office = &company->office;
    sync_site(company, HZ);
    int64_t before =
        at_office(company, "SELECT coalesce(sum(quantity), 0) FROM stock WHERE site = 'hz' AND sku = 'MUG' AND"
                           " location = 'A-01'");
    struct import_result outcome;
    const char *file = "location,sku,quantity\nA-01,MUG,77\n";
    rig_import_good(office, "stock", "hz", file);
    assert_int_equal(at_office(company, "SELECT coalesce(sum(quantity), 0) FROM stock WHERE site = 'hz' AND sku = 'MUG'"
                                        " AND location = 'A-01'"),
                     before); /* the site alone writes stock */
    sync_site(company, HZ);
    check_same_stock(company, "A-01", "MUG", 77);
    assert_int_equal(rig_import(office, "stock", "hz", file, &outcome), 0);
    assert_int_equal(outcome.changed, 0);
    assert_int_equal(rig_import(office, "stock", "hz", "location,sku,quantity\nNOWHERE,MUG,1\n", &outcome), -ENOENT);
    assert_int_equal(rig_import(office, "stock", "hz", "location,sku,quantity\nA-01,MUG,1\nA-01,MUG,2\n", &outcome),
                     -EEXIST);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, company_open, company_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_clock_jumps_and_order_stays),
        STORY(a_lot_does_not_live_longer_by_a_wrong_clock),
        STORY(too_much_for_one_message_is_refused_whole),
        STORY(a_bad_segment_is_dropped_and_never_acknowledged),
        STORY(what_cannot_be_read_waits_with_all_that_follows),
        STORY(a_bin_that_is_picked_from_while_it_is_counted),
        STORY(corrections_are_differences),
        STORY(a_second_label_says_so_and_seals_nothing),
        STORY(what_is_free_at_a_silent_site_is_not_promised),
        STORY(stock_of_a_file_is_booked_by_the_site),
        cmocka_unit_test_setup_teardown(head_office_is_older_than_the_site, open_another_version, company_close),
        cmocka_unit_test_setup_teardown(the_site_is_older_than_head_office, open_another_version, company_close),
    };
    return cmocka_run_group_tests_name("conflicts of data", tests, NULL, NULL);
}
