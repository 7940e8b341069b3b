/* The floor as scripts: scan, expected answer, the step the worker is in afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor_script.h"
#include "store/parcel.h"

#include <errno.h>

static void an_order_from_badge_to_gate(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 2, 1);
    PLAY(rig, {"CMD:PICK", "E22", NULL}, {"A-01", "E22", NULL}, {"B-1", "DONE_SIGNED_IN", "menu"},
         {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"}, {"A-02", "E04", "pick.location"},
         {"MUG", "E22", "pick.location"}, {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"PEN", "E05", "pick.item"},
         {"19521234543210", "E06", "pick.item"}, {"]E09521234543213", "DONE_PICKED", "pick.item"},
         {"]C10109521234543213", "DONE_PICKED", "pick.tote"}, {"9521234543213", "E22", "pick.tote"},
         {"T-1", "DONE_TOTE", "pick.location"}, {"A-02", "DONE_AT_LOCATION", "pick.item"},
         {"PEN", "DONE_PICKED", "pick.stage"}, {"A-01", "E04", "pick.stage"}, {"STAGE-1", "DONE_STAGED", "menu"});
    assert_int_equal(number(rig, "SELECT sum(quantity) FROM balance b JOIN lpn p ON p.id = b.lpn JOIN location l ON "
                                 "l.id = b.location WHERE p.code = 'T-1' AND l.code = 'STAGE-1'"),
                     3);
    PLAY(rig, {"T-1", "DONE_PACK_OPENED", "pack.item"}, {"MUG", "DONE_CHECKED", "pack.item"},
         {"BOX-S", "E22", "pack.item"}, {"19521234543210", "E06", "pack.item"}, {"MUG", "DONE_CHECKED", "pack.item"},
         {"MUG", "E06", "pack.item"}, {"PEN", "DONE_CHECKED", "pack.box"}, {"BOX-S", "DONE_PACKED", "pack.label"},
         {"T-1", "E22", "pack.label"}, {"SF1", "DONE_LABELLED", "menu"}, {"GATE-SF", "DONE_GATE", "ship.parcel"},
         {"CMD:DONE", "E25", "ship.parcel"}, {"SF1", "DONE_LOADED", "ship.parcel"}, {"SF1", "E19", "ship.parcel"},
         {"CMD:DONE", "DONE_MANIFEST", "menu"}, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL});
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE state = 'handed'"), 1);
    assert_int_equal(number(rig, "SELECT sum(quantity) FROM balance WHERE location = 2"), 3);
    assert_int_equal(number(rig, "SELECT count(*) FROM balance b JOIN lpn p ON p.id = b.lpn WHERE p.kind = 'parcel'"),
                     0);
    assert_int_equal(number(rig, "SELECT sum(shipped) FROM order_line"), 3);
    assert_int_equal(number(rig, "SELECT count(*) FROM print_job WHERE template = 'waybill-100x150'"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'parcel.shipped'"), 1);
}

static void undo_takes_back_scan_by_scan(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 3, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:UNDO", "E25", "menu"}, {"CMD:PICK", "DONE", "pick.location"},
         {"A-01", "DONE", "pick.item"}, {"CMD:UNDO", "DONE_UNDONE", "pick.location"},
         {"CMD:UNDO", "E25", "pick.location"}, {"A-01", "DONE", "pick.item"}, {"MUG", "DONE", "pick.item"},
         {"CMD:QTY:2", "DONE_QUANTITY", "pick.item"}, {"MUG", "DONE_PICKED", "pick.tote"},
         {"T-1", "DONE_TOTE", "pick.stage"}, {"CMD:UNDO", "DONE", "pick.tote"}, {"T-2", "DONE_TOTE", "pick.stage"},
         {"CMD:UNDO", "DONE", "pick.tote"}, {"CMD:UNDO", "DONE", "pick.item"});
    assert_int_equal(number(rig, "SELECT picked FROM order_line"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM lpn WHERE order_id IS NOT NULL"), 0);
    assert_int_equal(number(rig, "SELECT count(*) FROM move"), 10); /* nothing was deleted: three were imported stock */
    PLAY(rig, {"MUG", "DONE_PICKED", "pick.tote"}, {"T-1", "DONE_TOTE", "pick.stage"});
    assert_int_equal(number(rig, "SELECT picked FROM order_line"), 3);
}

/* What no UNDO reaches is deleted at leisure; what one does is kept, however long ago. */
static void only_what_nobody_can_undo_is_deleted(void **state)
{
    struct site_rig *rig = *state;
    struct event prune = {.kind = EVENT_PRUNE};
    site_rig_order(rig, "N0", "SF0", 1, 0);
    site_rig_order(rig, "N1", "SF1", 1, 0);
    site_rig_order(rig, "N2", "SF2", 2, 0);
    site_rig_scan(rig, "other", "B-2");
    site_rig_scan(rig, "other", "CMD:PICK");
    site_rig_scan(rig, "other", "A-01"); /* and he goes on holiday */
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"}, {"MUG", "DONE", "pick.item"});
    assert_true(number(rig, "SELECT count(*) FROM action") > 3);
    assert_int_equal(site_rig_post(rig, &prune, "", 0), 0);
    assert_int_equal(site_rig_turn(rig), 0);
    assert_int_equal(number(rig, "SELECT count(*) FROM action"), 3); /* his bin; the bin, and the piece */
    PLAY(rig, {"CMD:UNDO", "DONE", "pick.item"}, {"CMD:UNDO", "DONE", "pick.location"},
         {"CMD:UNDO", "E25", "pick.location"});
    assert_int_equal(site_rig_post(rig, &prune, "", 0), 0);
    assert_int_equal(site_rig_turn(rig), 0);
    assert_int_equal(number(rig, "SELECT count(*) FROM action"), 1);
    site_rig_scan(rig, "other", "CMD:UNDO");
    assert_int_equal(rig->last.answer.message, DONE_UNDONE);
}

static void a_quantity_counts_once(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 7, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:QTY:2", "E25", "menu"}, {"CMD:PICK", "DONE", "pick.location"},
         {"A-01", "DONE", "pick.item"}, {"CMD:QTY:0", "E25", "pick.item"}, {"CMD:QTY", "E25", "pick.item"},
         {"CMD:QTY:8", "DONE", "pick.item"}, {"MUG", "E06", "pick.item"}, {"CMD:QTY:6", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.item"}, {"MUG", "DONE", "pick.tote"});
    assert_int_equal(number(rig, "SELECT picked FROM order_line"), 7);
}

static void short_looks_in_other_bins_then_goes_on(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 5, 1);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"CMD:SHORT", "E25", "pick.location"},
         {"A-01", "DONE", "pick.item"}, {"MUG", "DONE", "pick.item"}, {"CMD:SHORT", "DONE_SHORT", "pick.tote"},
         {"T-1", "DONE", "pick.location"}, {"A-02", "DONE", "pick.item"}, {"PEN", "DONE", "pick.location"},
         {"R-09", "DONE", "pick.item"}, {"CMD:QTY:4", "DONE", "pick.item"}, {"MUG", "DONE", "pick.stage"},
         {"STAGE-1", "DONE", "menu"});
    assert_int_equal(number(rig, "SELECT quantity FROM hold"), 19); /* the whole bin waits for a count */
    assert_int_equal(number(rig, "SELECT count(*) FROM stock_count WHERE source = 'short' AND state = 'planned'"), 1);
    assert_int_equal(number(rig, "SELECT sum(picked) FROM order_line"), 6);
}

static void short_of_everything_parks_the_order(void **state)
{
    struct site_rig *rig = *state;
    site_rig_import(rig, "stock", "location,sku,quantity\nR-09,MUG,0\n");
    site_rig_order(rig, "N1", "SF1", 5, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"CMD:SHORT", "DONE_SHORT", "menu"}, {"CMD:PICK", "E27", "menu"});
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE state = 'parked' AND reason = 'short'"), 1);
}

static void a_damaged_piece_is_replaced(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 2, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"CMD:DAMAGE", "DONE_DAMAGED", "pick.item"}, {"MUG", "DONE", "pick.item"}, {"MUG", "DONE", "pick.tote"},
         {"T-1", "DONE", "pick.stage"});
    assert_int_equal(number(rig, "SELECT sum(quantity) FROM balance WHERE location = 8"), 1);
}

static void skip_puts_a_bin_off(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 1);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"},
         {"CMD:SKIP", "DONE_SKIPPED", "pick.location"}, {"A-01", "E04", "pick.location"}, {"A-02", "DONE", "pick.item"},
         {"PEN", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"});
}

static void two_workers_never_share_an_order(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    site_rig_order(rig, "N2", "SF2", 1, 0);
    site_rig_scan(rig, "other", "B-2");
    site_rig_scan(rig, "other", "CMD:PICK"); /* N1 */
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"},
         {"A-01", "DONE", "pick.item"}, {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"});
    site_rig_scan(rig, "other", "A-01");
    site_rig_scan(rig, "other", "MUG");
    site_rig_scan(rig, "other", "T-1");
    assert_int_equal(rig->last.answer.message, E10_TOTE);
    PLAY(rig, {"STAGE-1", "DONE", "menu"}, {"T-1", "DONE_PACK_OPENED", "pack.item"});
    site_rig_scan(rig, "other", "T-2");
    site_rig_scan(rig, "other", "STAGE-1");
    site_rig_scan(rig, "other", "T-1");
    assert_int_equal(rig->last.answer.message, E11_TAKEN);
}

static void a_session_follows_the_badge(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 2, 0);
    site_rig_scan(rig, "elsewhere", "B-1");
    site_rig_scan(rig, "elsewhere", "CMD:PICK");
    site_rig_scan(rig, "elsewhere", "A-01");
    site_rig_scan(rig, "elsewhere", "MUG");
    PLAY(rig, {"B-1", "DONE_SIGNED_IN", "pick.item"}, {"MUG", "DONE_PICKED", "pick.tote"},
         {"B-2", "DONE_SIGNED_IN", "menu"}, {"B-1", "DONE_SIGNED_IN", "pick.tote"});
    site_rig_scan(rig, "elsewhere", "MUG");
    assert_int_equal(rig->last.answer.message, E22_ORDER); /* a badge first */
}

static void a_label_is_printed_again_only_when_asked(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"}, {"MUG", "DONE", "pack.box"}, {"BOX-S", "DONE", "pack.label"},
         {"CMD:REPRINT", "E25", "pack.label"});
    site_rig_print(rig, 1, "sending");
    assert_int_equal(rig->last.job, 1);
    site_rig_print(rig, 1, "queued"); /* nothing had left */
    site_rig_print(rig, 1, "sending");
    struct event boot = {.kind = EVENT_BOOT}; /* a power cut in the middle */
    site_rig_post(rig, &boot, "", 0);
    site_rig_turn(rig);
    assert_int_equal(number(rig, "SELECT count(*) FROM print_job WHERE state = 'unknown'"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'label.uncertain'"), 1);
    site_rig_print(rig, 1, "sent");
    assert_false(rig->last.good);
    PLAY(rig, {"CMD:REPRINT", "DONE_REPRINT", "pack.label"}, {"CMD:REPRINT", "E25", "pack.label"});
    site_rig_print(rig, 2, "sending");
    site_rig_print(rig, 2, "sent");
    PLAY(rig, {"SF1", "DONE_LABELLED", "menu"});
    assert_int_equal(number(rig, "SELECT copy FROM print_job WHERE state = 'printed'"), 2);
}

static void a_doubtful_list_is_offered_again(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:REPRINT", "E25", "menu"}, {"CMD:PICK", "DONE", "pick.location"},
         {"A-01", "DONE", "pick.item"}, {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"},
         {"STAGE-1", "DONE", "menu"}, {"T-1", "DONE", "pack.item"}, {"MUG", "DONE", "pack.box"},
         {"BOX-S", "DONE", "pack.label"}, {"SF1", "DONE", "menu"}, {"GATE-SF", "DONE", "ship.parcel"},
         {"SF1", "DONE", "ship.parcel"}, {"CMD:DONE", "DONE_MANIFEST", "menu"});
    site_rig_print(rig, 2, "sending");
    site_rig_print(rig, 2, "unknown");
    PLAY(rig, {"CMD:REPRINT", "DONE_REPRINT", "menu"}, {"CMD:REPRINT", "E25", "menu"});
    assert_int_equal(number(rig, "SELECT copy FROM print_job WHERE state = 'queued'"), 2);
}

static void a_label_that_cannot_be_drawn_says_why(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP_BUF struct buf view = {0};
    struct event failed = {.kind = EVENT_PRINT, .number = 1, .name = "failed"};
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"}, {"MUG", "DONE", "pack.box"}, {"BOX-S", "DONE", "pack.label"});
    site_rig_post(rig, &failed, "the address does not fit", strlen("the address does not fit"));
    site_rig_turn(rig);
    json_open_object(&view, NULL);
    assert_int_equal(floor_show(rig->store, STATION, &view), 0);
    assert_non_null(strstr(view.data, "cannot be printed: the address does not fit"));
    PLAY(rig, {"CMD:REPRINT", "DONE_REPRINT", "pack.label"});
}

/* While its pieces are checked, and at the box. */
static void the_packer_is_told_what_head_office_notes(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP_BUF struct buf item = {0}, box = {0};
    site_rig_change(rig, "order.release",
                    "{\"order\":\"N1\",\"carrier\":\"SF\",\"waybill\":\"SF1\",\"packing_note\":\"put the leaflet in "
                    "放入传单\",\"receiver\":{\"name\":\"a\",\"phone\":\"1\",\"address\":\"b\"},\"lines\":[{\"line\":1,"
                    "\"sku\":\"MUG\",\"quantity\":1}],\"rev\":1}");
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"});
    json_open_object(&item, NULL);
    assert_int_equal(floor_show(rig->store, STATION, &item), 0);
    assert_non_null(strstr(item.data, "Note: put the leaflet in 放入传单"));
    PLAY(rig, {"MUG", "DONE", "pack.box"});
    json_open_object(&box, NULL);
    assert_int_equal(floor_show(rig->store, STATION, &box), 0);
    assert_non_null(strstr(box.data, "备注:put the leaflet in 放入传单"));
}

static void no_waybill_no_label(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"}, {"MUG", "DONE", "pack.box"}, {"BOX-S", "DONE_PARKED", "menu"});
    assert_int_equal(number(rig, "SELECT count(*) FROM print_job"), 0);
}

static void cancelled_where_it_stands(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    site_rig_order(rig, "N2", "SF2", 1, 0);
    site_rig_order(rig, "N3", "SF3", 1, 0);
    site_rig_change(rig, "order.cancel", "{\"order\":\"N1\",\"reason\":\"buyer\",\"rev\":2}");
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE number = 'N1' AND state = 'cancelled'"), 1);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"});
    site_rig_change(rig, "order.cancel", "{\"order\":\"N2\",\"reason\":\"buyer\",\"rev\":2}");
    PLAY(rig, {"T-1", "DONE_TOTE", "pick.stage"}, {"STAGE-1", "E12", "pick.stage"}, {"RETURN-1", "DONE_STAGED", "menu"},
         {"CMD:PICK", "DONE", "pick.location"});
    site_rig_change(rig, "order.cancel", "{\"order\":\"N3\",\"reason\":\"buyer\",\"rev\":2}");
    PLAY(rig, {"CMD:PICK", "E27", "menu"});
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE state = 'cancelled'"), 3);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'order.cancel_accepted'"), 3);
    assert_int_equal(number(rig, "SELECT quantity FROM balance b JOIN location l ON l.id = b.location WHERE "
                                 "l.code = 'RETURN-1'"),
                     1);
    assert_int_equal(number(rig, "SELECT count(*) FROM task t JOIN lpn p ON p.id = t.lpn WHERE t.kind = 'putaway' AND "
                                 "p.code = 'T-1' AND p.order_id IS NULL"),
                     1);
}

static void cancelled_at_the_bench_and_at_the_gate(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"}, {"CMD:DONE", "E25", "pack.item"}, {"MUG", "DONE", "pack.box"},
         {"BOX-S", "DONE", "pack.label"}, {"SF1", "DONE", "menu"});
    site_rig_change(rig, "order.cancel", "{\"order\":\"N1\",\"reason\":\"buyer\",\"rev\":2}");
    PLAY(rig, {"GATE-SF", "DONE", "ship.parcel"}, {"SF1", "E12", "ship.parcel"}, {"CMD:SKIP", "DONE_LEFT", "menu"});
    site_rig_order(rig, "N2", "SF2", 1, 0);
    PLAY(rig, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"}, {"MUG", "DONE", "pick.tote"},
         {"T-2", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"}, {"T-2", "DONE", "pack.item"});
    site_rig_change(rig, "order.cancel", "{\"order\":\"N2\",\"reason\":\"buyer\",\"rev\":2}");
    PLAY(rig, {"MUG", "E12", "pack.item"}, {"CMD:DONE", "DONE_SHELVING", "parcel.shelf"},
         {"STAGE-1", "E04", "parcel.shelf"}, {"RETURN-1", "DONE_SHELVED", "menu"});
}

static void handed_over_is_too_late(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"}, {"MUG", "DONE", "pack.box"}, {"BOX-S", "DONE", "pack.label"},
         {"SF1", "DONE", "menu"}, {"GATE-SF", "DONE", "ship.parcel"}, {"SF1", "DONE", "ship.parcel"},
         {"CMD:UNDO", "DONE_UNDONE", "ship.parcel"}, {"CMD:DONE", "E25", "ship.parcel"}, {"SF1", "DONE", "ship.parcel"},
         {"CMD:DONE", "DONE_MANIFEST", "menu"}, {"GATE-SF", "DONE", "ship.parcel"}, {"SF1", "E19", "ship.parcel"});
    site_rig_change(rig, "order.cancel", "{\"order\":\"N1\",\"reason\":\"buyer\",\"rev\":2}");
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'order.cancel_rejected'"), 1);
}

static void the_wrong_gate(void **state)
{
    struct site_rig *rig = *state;
    site_rig_change(rig, "location.upsert",
                    "{\"code\":\"GATE-YT\",\"kind\":\"gate\",\"walk\":91,\"carrier\":\"YTO\",\"rev\":1}");
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"}, {"MUG", "DONE", "pack.box"}, {"BOX-S", "DONE", "pack.label"},
         {"GATE-YT", "E22", "pack.label"}, {"SF1", "DONE", "menu"}, {"GATE-YT", "DONE", "ship.parcel"},
         {"SF1", "E16", "ship.parcel"});
}

static void codes_that_cannot_be_taken(void **state)
{
    struct site_rig *rig = *state;
    site_rig_change(rig, "barcode.upsert",
                    "{\"code\":\"SAME\",\"kind\":\"item\",\"sku\":\"MUG\",\"factor\":1,\"rev\":1}");
    site_rig_change(rig, "barcode.upsert",
                    "{\"code\":\"SAME\",\"kind\":\"item\",\"sku\":\"PEN\",\"factor\":1,\"rev\":1}");
    site_rig_change(
        rig, "worker.upsert",
        "{\"worker\":\"u3\",\"name\":\"x\",\"badge\":\"B-3\",\"role\":\"picker\",\"active\":false,\"rev\":1}");
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-3", "E28", NULL}, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"},
         {"A-01", "DONE", "pick.item"}, {"NOTHING", "E01", "pick.item"}, {"SAME", "E02", "pick.item"},
         {"]E09521234543214", "E03", "pick.item"}, {"]C10109521234543214", "E20", "pick.item"},
         {"CMD:NONSENSE", "E25", "pick.item"}, {"CMD:", "E25", "pick.item"});
}

static void changes_that_cannot_be_applied_are_parked(void **state)
{
    struct site_rig *rig = *state;
    site_rig_change(rig, "moon.phase", "{}");
    assert_false(rig->last.good);
    site_rig_change(rig, "order.release",
                    "{\"order\":\"N9\",\"lines\":[{\"line\":1,\"sku\":\"NONE\",\"quantity\":1}]}");
    assert_false(rig->last.good);
    site_rig_change(rig, "item.upsert", "{\"sku\":\"CUP\",\"name\":\"Cup\",\"weight_g\":-1,\"rev\":1}");
    assert_int_equal(number(rig, "SELECT count(*) FROM parked"), 3);
    assert_int_equal(number(rig, "SELECT feed_seq FROM stream"), rig->feed_seq);
    site_rig_change(rig, "item.upsert", "{\"sku\":\"CUP\",\"name\":\"Cup\",\"weight_g\":1,\"rev\":1}");
    assert_true(rig->last.good);
    static const char corrected[] =
        "{\"sku\":\"PAN\",\"name\":\"Pan\",\"weight_g\":%s,\"rev\":1},\"subject\":\"item/PAN\"";
    for (int i = 0; i < 2; i++) { /* said again, and better: it waits no longer */
        char data[128];
        snprintf(data, sizeof(data), corrected, i ? "1" : "-1");
        site_rig_change(rig, "item.upsert", data);
        assert_int_equal(number(rig, "SELECT count(*) FROM parked"), i ? 3 : 4);
    }
    rig->feed_seq -= 2; /* the same again: nothing happens */
    site_rig_change(rig, "item.upsert", "{\"sku\":\"BAD\",\"name\":\"again\",\"weight_g\":1,\"rev\":1}");
    assert_int_equal(number(rig, "SELECT count(*) FROM item WHERE sku = 'BAD'"), 0);
    rig->feed_seq += 10; /* a gap: nothing happens, nothing is parked */
    site_rig_change(rig, "item.upsert", "{\"sku\":\"BAD\",\"name\":\"late\",\"weight_g\":1,\"rev\":1}");
    assert_int_equal(number(rig, "SELECT count(*) FROM item WHERE sku = 'BAD'"), 0);
    assert_int_equal(number(rig, "SELECT count(*) FROM parked"), 3);
}

static void an_import_is_whole_or_nothing(void **state)
{
    struct site_rig *rig = *state;
    site_rig_import(rig, "stock", "location,sku,quantity\nA-01,MUG,99\nA-01,NONE,5\n");
    assert_false(rig->last.good);
    assert_non_null(strstr(rig->last.answer.arguments[0].value, "line 3"));
    assert_int_equal(number(rig, "SELECT quantity FROM balance WHERE item = 1 AND physical = 1 AND location = "
                                 "(SELECT id FROM location WHERE code = 'A-01')"),
                     20);
    int64_t moves = number(rig, "SELECT count(*) FROM move");
    site_rig_import(rig, "stock", "location,sku,quantity\nA-01,MUG,20\nA-02,PEN,20\nR-09,MUG,10\n");
    assert_true(rig->last.good);
    assert_int_equal(number(rig, "SELECT count(*) FROM move"), moves);
    site_rig_order(rig, "N1", "SF1", 2, 0);
    site_rig_import(rig, "stock", "location,sku,quantity\nA-01,MUG,1\n"); /* two are promised */
    assert_false(rig->last.good);
    site_rig_import(
        rig, "orders",
        "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
        "N5,jd,SF,SF5,1,张三,13900000000,上海,MUG,1\nN5,jd,SF,SF5,1,张三,13900000000,上海,PEN,2\n"
        "N6,jd,SF,,1,张三,13900000000,上海,PEN,2\n");
    assert_true(rig->last.good);
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE state = 'allocated'"), 3);
    check_laws(rig);
}

static void an_order_waits_whole_for_its_stock(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "BIG", "SF1", 31, 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE state = 'received'"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM allocation WHERE open > 0"), 0);
    site_rig_import(rig, "stock", "location,sku,quantity\nA-01,MUG,21\n");
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE state = 'allocated'"), 1);
    check_laws(rig);
}

static void a_half_scan_is_said_and_journalled(void **state)
{
    struct site_rig *rig = *state;
    struct event event = {.kind = EVENT_SCAN_ABORTED, .station = STATION, .number = 7};
    site_rig_post(rig, &event, "", 0);
    site_rig_turn(rig);
    assert_int_equal(rig->last.answer.message, E26_DAMAGED_SCAN);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'scan.aborted'"), 1);
}

static void every_message_is_in_both_languages(void **state)
{
    (void)state;
    for (enum message message = MESSAGE_NONE + 1; message < MESSAGE_COUNT; message++) {
        const struct message_def *def = message_def(message);
        assert_true(*def->en && *def->zh);
        for (const char *open = def->en; (open = strchr(open, '{')); open++) {
            char name[24];
            snprintf(name, sizeof(name), "%.*s", (int)(strcspn(open, "}") - 1), open + 1);
            if (!strstr(def->zh, name))
                fail_msg("%s: the Chinese text lacks {%s}", def->key, name);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_order_from_badge_to_gate),
        TEST(undo_takes_back_scan_by_scan),
        TEST(only_what_nobody_can_undo_is_deleted),
        TEST(a_quantity_counts_once),
        TEST(short_looks_in_other_bins_then_goes_on),
        TEST(short_of_everything_parks_the_order),
        TEST(a_damaged_piece_is_replaced),
        TEST(skip_puts_a_bin_off),
        TEST(two_workers_never_share_an_order),
        TEST(a_session_follows_the_badge),
        TEST(a_label_is_printed_again_only_when_asked),
        TEST(a_doubtful_list_is_offered_again),
        TEST(a_label_that_cannot_be_drawn_says_why),
        TEST(the_packer_is_told_what_head_office_notes),
        TEST(no_waybill_no_label),
        TEST(cancelled_where_it_stands),
        TEST(cancelled_at_the_bench_and_at_the_gate),
        TEST(handed_over_is_too_late),
        TEST(the_wrong_gate),
        TEST(codes_that_cannot_be_taken),
        TEST(changes_that_cannot_be_applied_are_parked),
        TEST(an_import_is_whole_or_nothing),
        TEST(an_order_waits_whole_for_its_stock),
        TEST(a_half_scan_is_said_and_journalled),
        TEST(every_message_is_in_both_languages),
    };
    return cmocka_run_group_tests_name("floor", tests, NULL, NULL);
}
