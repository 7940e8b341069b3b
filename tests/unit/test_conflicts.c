/* What head office and a site decide at the same time without knowing of each other, case by case as docs/conflicts.md
 * tells them. Both sides run their production rules, each on its own database. */
#include "unit/company.h"

#include "sync/head-office/orders/assignments.h"

#include <errno.h>

/* ---------------------------------------------------------------- an order is cancelled while the site cannot hear it
 */

static void cancel(struct company *company, const char *number)
{
    struct rig *office = &company->office;
    assert_int_equal(orders_cancel(&office->office, number, "the buyer", "anna", &office->error), 0);
}

static void check_one_answer(struct company *company, const char *type, const char *stage)
{
    assert_int_equal(EVENTS(company, "type LIKE 'order.cancel%'"), 1);
    OFFICE_SAYS(company, "SELECT type FROM event WHERE type LIKE 'order.cancel%'", type);
    events_say(company, type, "data.stage", stage);
    assert_int_equal(at_office(company, "SELECT cancelling FROM orders WHERE number = 'N1'"), 0);
    assert_int_equal(at_office(company, "SELECT count(*) FROM parked"), 0);
}

static void cancelled_before_it_is_begun(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    part(company, HZ);
    cancel(company, "N1");
    assert_int_equal(at_office(company, "SELECT cancelling FROM orders WHERE number = 'N1'"), 1);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "allocated"); /* a request, and no fact yet */
    meet(company, HZ);
    sync_site(company, HZ);
    check_one_answer(company, "order.cancel_accepted", "allocated");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
    assert_int_equal(number(&company->sites[HZ], "SELECT count(*) FROM allocation WHERE open > 0"), 0);
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "E27", "menu"});
}

static void cancelled_while_it_is_picked(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    cancel(company, "N1");
    PLAY(&company->sites[HZ], PICK_IT);
    sync_site(company, HZ);
    check_one_answer(company, "order.cancel_accepted", "picked");
    PLAY(&company->sites[HZ], {"T-1", "DONE_TO_SHELF", "parcel.shelf"}, {"RETURN-1", "DONE_SHELVED", "menu"});
    up(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
    SITE_SAYS(company, HZ, "SELECT reason FROM task WHERE kind = 'putaway'", "order cancelled");
    assert_int_equal(at_office(company, "SELECT quantity FROM stock WHERE site = 'hz' AND location = 'RETURN-1'"), 1);
}

/* The box is closed and its label lies on it when the wish arrives: the last look before the seal finds it. */
static void cancelled_while_it_is_packed(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    part(company, HZ);
    cancel(company, "N1");
    PLAY(&company->sites[HZ], PICK_IT, PACK_IT);
    meet(company, HZ);
    down(company, HZ);
    PLAY(&company->sites[HZ], {"SF-N1", "E12", "pack.label"}, {"CMD:DONE", "DONE_SHELVING", "parcel.shelf"},
         {"RETURN-1", "DONE_SHELVED", "menu"});
    up(company, HZ);
    check_one_answer(company, "order.cancel_accepted", "packing");
    assert_int_equal(EVENTS(company, "type = 'label.voided'"), 1);
    events_say(company, "parcel.packed", "data.closed_offline", "true");
    OFFICE_SAYS(company, "SELECT state FROM waybill WHERE number = 'SF-N1'", "void_pending");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
}

/* The gate looks again, too: a sealed parcel is not loaded, and comes to the shelf. */
static void cancelled_when_it_is_sealed(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    cancel(company, "N1");
    PLAY(&company->sites[HZ], PICK_IT, PACK_IT, {"SF-N1", "DONE_LABELLED", "menu"});
    down(company, HZ);
    PLAY(&company->sites[HZ], {"GATE-SF", "DONE_GATE", "ship.parcel"}, {"SF-N1", "E12", "ship.parcel"},
         {"CMD:SKIP", "DONE_LEFT", "menu"}, {"SF-N1", "DONE_TO_SHELF", "parcel.tote"},
         {"T-2", "DONE_UNPACKED", "parcel.shelf"}, {"RETURN-1", "DONE_SHELVED", "menu"});
    up(company, HZ);
    check_one_answer(company, "order.cancel_accepted", "labelled");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
}

static void cancelled_after_it_was_handed_over(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    cancel(company, "N1");
    cancel(company, "N1"); /* asking again asks nothing new */
    PLAY(&company->sites[HZ], PICK_IT, PACK_IT, {"SF-N1", "DONE_LABELLED", "menu"}, SHIP_IT);
    sync_site(company, HZ);
    check_one_answer(company, "order.cancel_rejected", "handed");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "shipped");
    OFFICE_SAYS(company, "SELECT reason FROM orders WHERE number = 'N1'", "not cancelled: already handed");
    OFFICE_SAYS(company, "SELECT state FROM waybill WHERE number = 'SF-N1'", "live");
}

/* ---------------------------------------------------------------- the same order to two sites */

static int move_order(struct company *company, const char *number, int to, struct order_move *ret)
{
    struct rig *office = &company->office;
    return assignments_move(&office->office, number, company_site[to], ret, &office->error);
}

static void check_move(struct company *company, int to, bool done, enum standing stood)
{
    struct order_move move;
    if (move_order(company, "N1", to, &move) != 0)
        fail_msg("%s", company->office.error.text);
    assert_int_equal(move.done, done);
    assert_int_equal(move.stood, stood);
}

#define NO_ORDER                                                                                                       \
    {"B-1", "DONE_SIGNED_IN", "menu"},                                                                                 \
    {                                                                                                                  \
        "CMD:PICK", "E27", "menu"                                                                                      \
    }

static void check_site_of(struct company *company, const char *site, const char *state)
{
    OFFICE_SAYS(company, "SELECT site FROM orders WHERE number = 'N1'", site);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", state);
    assert_int_equal(at_office(company, "SELECT count(*) FROM overship"), 0);
    assert_int_equal(at_office(company, "SELECT count(*) FROM parked"), 0);
}

/* Nothing has left head office: the first site never learns of the order. */
static void moved_before_its_release_left(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    check_move(company, BJ, true, STANDING_UNSENT);
    sync_site(company, HZ);
    sync_site(company, BJ);
    assert_int_equal(number(&company->sites[HZ], "SELECT count(*) FROM orders"), 0);
    PLAY(&company->sites[HZ], NO_ORDER);
    PLAY(&company->sites[BJ], BEGIN_IT);
    check_site_of(company, "bj", "allocated");
    sync_site(company, HZ); /* what it answered about an order that it never had moves nothing */
    check_site_of(company, "bj", "allocated");
}

static void moved_when_the_site_lets_it_go(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    check_move(company, BJ, false, STANDING_HELD);
    check_move(company, BJ, false, STANDING_HELD); /* asking again asks nothing new */
    check_site_of(company, "hz", "allocated");
    sync_site(company, HZ);
    assert_int_equal(EVENTS(company, "type = 'order.released'"), 1);
    check_site_of(company, "bj", "released");
    sync_site(company, BJ);
    PLAY(&company->sites[HZ], NO_ORDER);
    PLAY(&company->sites[BJ], BEGIN_IT);
    up(company, BJ);
    check_site_of(company, "bj", "allocated");
    assert_int_equal(number(&company->sites[HZ], "SELECT count(*) FROM allocation WHERE open > 0"), 0);
}

/* The wish to have it back and the wish to cancel it come to the site one after the other: it is nobody's then. */
static void cancelled_while_its_site_is_asked_for_it(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    part(company, HZ);
    check_move(company, BJ, false, STANDING_HELD);
    cancel(company, "N1");
    meet(company, HZ);
    sync_site(company, HZ);
    check_one_answer(company, "order.cancel_accepted", "cancelled");
    check_site_of(company, "hz", "closed");
    sync_site(company, BJ);
    assert_int_equal(number(&company->sites[BJ], "SELECT count(*) FROM orders"), 0);
    PLAY(&company->sites[HZ], NO_ORDER);
}

static void moved_there_and_back(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    check_move(company, BJ, false, STANDING_HELD);
    sync_site(company, HZ);
    sync_site(company, BJ);
    check_move(company, HZ, false, STANDING_HELD);
    sync_site(company, BJ);
    sync_site(company, HZ);
    check_site_of(company, "hz", "allocated");
    PLAY(&company->sites[BJ], NO_ORDER);
    PLAY(&company->sites[HZ], BEGIN_IT);
}

static void not_moved_when_the_site_has_begun_it(void **state)
{
    struct company *company = *state;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], BEGIN_IT);
    check_move(company, BJ, false, STANDING_HELD);
    sync_site(company, HZ);
    assert_int_equal(EVENTS(company, "type = 'order.kept'"), 1);
    OFFICE_SAYS(company, "SELECT reason FROM orders WHERE number = 'N1'", "not moved: already picking");
    check_site_of(company, "hz", "allocated");
    PLAY(&company->sites[HZ], {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.tote"});
    up(company, HZ);
    struct order_move move;
    assert_int_equal(move_order(company, "N1", BJ, &move), -EBUSY); /* known here by now */
    check_site_of(company, "hz", "picking");
}

/* The buyer has moved house and wants two: nobody has begun it, so it comes back, and the same site does it as it is
 * now. */
static void taken_back_changed_and_given_again(void **state)
{
    struct company *company = *state;
    struct rig *office = &company->office;
    struct order_move move;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    assert_int_equal(assignments_take_back(&office->office, "N1", &move, &office->error), 0);
    assert_false(move.done);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1' AND site IS NULL", "audit");
    PLAY(&company->sites[HZ], NO_ORDER);
    rig_run(office, "UPDATE orders SET receiver_address = '宁波2号', priority = 7, rev = rev + 1 WHERE number = 'N1';"
                    "UPDATE order_line SET quantity = 2 WHERE number = 'N1'");
    assert_int_equal(rig_release(office, "hz", "N1"), 0);
    sync_site(company, HZ);
    check_site_of(company, "hz", "allocated");
    SITE_SAYS(company, HZ, "SELECT receiver ->> '$.address' || ' ' || priority FROM orders WHERE number = 'N1'",
              "宁波2号 7");
    assert_int_equal(number(&company->sites[HZ], "SELECT sum(quantity) FROM allocation WHERE open > 0"), 2);
}

static void not_taken_back_when_the_site_has_begun_it(void **state)
{
    struct company *company = *state;
    struct rig *office = &company->office;
    struct order_move move;
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], BEGIN_IT);
    assert_int_equal(assignments_take_back(&office->office, "N1", &move, &office->error), 0);
    sync_site(company, HZ);
    check_site_of(company, "hz", "allocated");
    OFFICE_SAYS(company, "SELECT state FROM assignment WHERE wanted_by IS NULL", "given");
}

/* The release has left, and nobody knows whether it came. It had: the site's own clock ends it before head office's. */
static void moved_when_the_lease_of_a_silent_site_is_over(void **state)
{
    struct company *company = *state;
    lend(company);
    order_for(company, HZ, "N1", 1);
    down(company, HZ); /* the answer does not come back */
    part(company, HZ);
    check_move(company, BJ, false, STANDING_IN_DOUBT);
    time_passes(company, 2 * HOUR + 60);
    check_move(company, BJ, false, STANDING_IN_DOUBT); /* not before the margin */
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "E78", "menu"});
    SITE_SAYS(company, HZ, "SELECT reason FROM orders WHERE number = 'N1'", "lease");
    time_passes(company, ASSIGNMENTS_SILENT_S);
    check_move(company, BJ, true, STANDING_IN_DOUBT);
    sync_site(company, BJ);
    PLAY(&company->sites[BJ], BEGIN_IT);
    meet(company, HZ);
    sync_site(company, HZ);
    sync_site(company, BJ);
    check_site_of(company, "bj", "allocated");
    SITE_SAYS(company, HZ, "SELECT reason FROM orders WHERE number = 'N1'", "moved");
}

/* Its lease is over and its site is silent, but head office has heard that it was begun. */
static void begun_work_is_not_given_away(void **state)
{
    struct company *company = *state;
    lend(company);
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], BEGIN_IT);
    up(company, HZ);
    part(company, HZ);
    time_passes(company, 168 * HOUR);
    check_move(company, BJ, false, STANDING_HELD);
    sync_site(company, BJ);
    assert_int_equal(number(&company->sites[BJ], "SELECT count(*) FROM orders"), 0);
    meet(company, HZ);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT reason FROM orders WHERE number = 'N1'", "not moved: already picking");
    check_site_of(company, "hz", "allocated");
}

/* Begun within its lease, unheard, given to another site and back: the first site goes on with what it has begun, and a
 * second silence gives it to nobody. */
static void begun_work_that_comes_back_stays(void **state)
{
    struct company *company = *state;
    lend(company);
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], BEGIN_IT);
    part(company, HZ);
    time_passes(company, 168 * HOUR);
    check_move(company, BJ, true, STANDING_HELD);
    meet(company, HZ);
    sync_site(company, HZ);
    sync_site(company, BJ);
    check_move(company, HZ, false, STANDING_HELD);
    sync_site(company, BJ); /* it lets it go */
    check_site_of(company, "hz", "released");
    sync_site(company, HZ);
    part(company, HZ);
    time_passes(company, 168 * HOUR);
    check_move(company, BJ, false, STANDING_HELD);
    OFFICE_SAYS(company, "SELECT site FROM orders WHERE number = 'N1'", "hz");
    meet(company, HZ);
    sync_site(company, HZ);
    assert_int_equal(EVENTS(company, "type = 'order.kept'"), 2);
}

/* The release comes to a site that was away for a week, and the change that takes it back comes right behind. */
static void a_late_release_is_not_begun_before_all_is_known(void **state)
{
    struct company *company = *state;
    lend(company);
    part(company, HZ);
    order_for(company, HZ, "N1", 1);
    assert_int_equal(hub_send_changes(company->office.hub, company->office.office.now_us, &company->office.error), 0);
    time_passes(company, 168 * HOUR);
    check_move(company, BJ, true, STANDING_IN_DOUBT);
    meet(company, HZ);
    down_one(company, HZ); /* the release alone */
    SITE_SAYS(company, HZ, "SELECT state FROM orders WHERE number = 'N1'", "received");
    PLAY(&company->sites[HZ], NO_ORDER);
    sync_site(company, HZ);
    SITE_SAYS(company, HZ, "SELECT reason FROM orders WHERE number = 'N1'", "moved");
    sync_site(company, BJ);
    check_site_of(company, "bj", "allocated");
}

/* Setting the time of day back lengthens no lease, and begun work is beyond it. */
static void begun_work_outlives_its_lease(void **state)
{
    struct company *company = *state;
    lend(company);
    order_for(company, HZ, "N1", 1);
    order_for(company, HZ, "N2", 1);
    sync_site(company, HZ);
    part(company, HZ);
    PLAY(&company->sites[HZ], BEGIN_IT);
    time_passes(company, 3 * HOUR);
    company->sites[HZ].wall_shift_us = -INT64_C(86400000000);
    PLAY(&company->sites[HZ], {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.tote"},
         {"T-1", "DONE_TOTE", "pick.stage"}, {"STAGE-1", "DONE_STAGED", "menu"}, {"CMD:PICK", "E78", "menu"});
    SITE_SAYS(company, HZ, "SELECT state FROM orders WHERE number = 'N1'", "picked");
    SITE_SAYS(company, HZ, "SELECT state || ' ' || reason FROM orders WHERE number = 'N2'", "parked lease");
    up(company, HZ);
    OFFICE_SAYS(company, "SELECT state || ' ' || reason FROM orders WHERE number = 'N2'", "parked lease");
}

/* A site that is heard keeps its orders: each lease is given again in time, and one that was over comes back. */
static void a_site_that_is_heard_keeps_its_leases(void **state)
{
    struct company *company = *state;
    lend(company);
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    for (int i = 0; i < 5; i++) {
        time_passes(company, HOUR);
        meet(company, HZ);
        sync_site(company, HZ);
    }
    assert_int_equal(at_office(company, "SELECT count(*) FROM feed WHERE type = 'order.lease'"), 5);
    part(company, HZ);
    time_passes(company, 3 * HOUR);
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "E78", "menu"});
    up(company, HZ);
    check_site_of(company, "hz", "parked");
    meet(company, HZ);
    sync_site(company, HZ);
    check_site_of(company, "hz", "allocated");
    PLAY(&company->sites[HZ], {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"});
}

static void restart(struct company *company, int site, const char *name, enum clock_trust clock)
{
    struct event boot = {.kind = EVENT_BOOT, .clock = clock};
    snprintf(boot.name, sizeof(boot.name), "%s", name);
    company->sites[site].mono_shift_us = -company->sites[site].now_us; /* the clock since the start begins again */
    company_post(company, site, &boot, "bench-1 \n", 9);
}

/* The daemon may start again as often as it likes; a start of the machine ends leases, unless the time of day is kept.
 */
static void a_restart_without_trusted_time_ends_leases(void **state)
{
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    lend(company);
    company->clock = CLOCK_SYNCED;
    restart(company, HZ, "first", CLOCK_SYNCED);
    meet(company, HZ);
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    time_passes(company, HOUR);
    struct event again = {.kind = EVENT_BOOT, .name = "first"}; /* of the daemon alone */
    company_post(company, HZ, &again, "bench-1 \n", 9);
    restart(company, HZ, "second", CLOCK_SYNCED);
    time_passes(company, HOUR / 2);
    PLAY(hz, {"B-1", "DONE_SIGNED_IN", "menu"});
    SITE_SAYS(company, HZ, "SELECT state FROM orders WHERE number = 'N1'", "allocated");
    restart(company, HZ, "third", CLOCK_HOLDOVER); /* half an hour was left */
    PLAY(hz, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL}, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "E78", "menu"});
}

/* If all else has failed, nothing is hidden: both sites have shipped, and head office says so. */
static void what_two_sites_have_shipped_is_raised(void **state)
{
    struct company *company = *state;
    lend(company);
    order_for(company, HZ, "N1", 2);
    sync_site(company, HZ);
    part(company, HZ);
    PLAY(&company->sites[HZ], BEGIN_IT); /* and nobody is told for a day */
    time_passes(company, 24 * HOUR);
    check_move(company, BJ, true, STANDING_HELD);
    sync_site(company, BJ);
    for (int site = 0; site < 2; site++) {
        if (site == BJ)
            PLAY(&company->sites[BJ], BEGIN_IT);
        PLAY(&company->sites[site], {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.item"},
             {"MUG", "DONE_PICKED", "pick.tote"}, {"T-1", "DONE_TOTE", "pick.stage"},
             {"STAGE-1", "DONE_STAGED", "menu"}, {"T-1", "DONE_PACK_OPENED", "pack.item"},
             {"MUG", "DONE_CHECKED", "pack.item"}, {"MUG", "DONE_CHECKED", "pack.box"},
             {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF-N1", "DONE_LABELLED", "menu"}, SHIP_IT);
    }
    sync_site(company, BJ);
    assert_int_equal(at_office(company, "SELECT count(*) FROM overship"), 0);
    meet(company, HZ);
    sync_site(company, HZ);
    assert_int_equal(at_office(company, "SELECT ordered FROM overship WHERE number = 'N1' AND line = 1"), 2);
    assert_int_equal(at_office(company, "SELECT shipped FROM overship WHERE number = 'N1' AND line = 1"), 4);
    assert_int_equal(at_office(company, "SELECT quantity FROM stock WHERE site = 'hz' AND location = 'A-01'"), 18);
    assert_int_equal(at_office(company, "SELECT count(*) FROM parked"), 0);
    OFFICE_SAYS(company, "SELECT site || ' ' || state FROM orders", "bj shipped");
}

/* ---------------------------------------------------------------- a badge is revoked while the site cannot hear it */

static void revoke_badge(struct company *company, const char *worker)
{
    struct rig *office = &company->office;
    assert_int_equal(catalogue_revoke_worker(&office->office, worker, &office->error), 0);
}

/* What was done is done: it counts, and somebody looks at it. */
static void what_a_revoked_worker_did_is_taken_and_flagged(void **state)
{
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    order_for(company, HZ, "N1", 1);
    sync_site(company, HZ);
    part(company, HZ);
    PLAY(hz, BEGIN_IT); /* with a good badge */
    time_passes(company, 60);
    revoke_badge(company, "u1");
    time_passes(company, 60);
    PLAY(hz, {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.tote"});
    meet(company, HZ);
    down(company, HZ);
    PLAY(hz, {"T-1", "E28", "pick.tote"}, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL}, {"B-1", "E28", NULL});
    up(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "picking");
    assert_int_equal(at_office(company, "SELECT picked FROM order_line WHERE number = 'N1'"), 1);
    assert_int_equal(at_office(company, "SELECT count(*) FROM parked"), 0);
    OFFICE_SAYS(company,
                "SELECT type FROM flagged f JOIN event USING (site, epoch, seq)"
                " WHERE why = 'revoked' AND type NOT LIKE 'scan.%' ORDER BY seq",
                "pick.located pick.line worker.signed_out");
    events_say(company, "pick.started", "actor", "u1");
}

/* After three days of silence nobody can be sure of a badge. Work goes on, and says so; what is risky needs two. */
static void after_days_of_silence_risky_work_needs_two(void **state)
{
    struct company *company = *state;
    struct site_rig *hz = &company->sites[HZ];
    order_for(company, HZ, "N1", 1);
    tell_site(company, HZ, "count.request", "{\"location\":\"A-02\"}");
    sync_site(company, HZ);
    part(company, HZ);
    time_passes(company, 71 * HOUR);
    PLAY(hz, PICK_IT);
    up(company, HZ);
    assert_int_equal(at_office(company, "SELECT count(*) FROM flagged"), 0);
    time_passes(company, 2 * HOUR);
    PLAY(hz, PACK_IT, {"CMD:REPRINT", "E25", "pack.label"});
    site_rig_print(hz, 1, "sending");
    site_rig_print(hz, 1, "printed");
    PLAY(hz, {"CMD:REPRINT", "DONE_PASS_ASKED", "parcel.reprint"}, {"B-2", "E18", "parcel.reprint"},
         {"CMD:UNDO", "DONE_UNDONE", "pack.label"}, {"CMD:REPRINT", "DONE_PASS_ASKED", "parcel.reprint"},
         {"B-9", "DONE_REPRINT", "pack.label"}, {"SF-N1", "DONE_LABELLED", "menu"});
    PLAY(hz, {"CMD:COUNT", "DONE_COUNT_STARTED", "count.location"}, {"A-02", "DONE_AT_LOCATION", "count.item"},
         {"CMD:QTY:19", "DONE_QUANTITY", "count.item"}, {"PEN", "DONE_COUNTED", "count.item"},
         {"A-02", "DONE_COUNT_REVIEW", "menu"});
    up(company, HZ);
    events_say(company, "label.reprinted", "data.supervisor", "u9");
    events_say(company, "label.reprinted", "roster", "stale");
    assert_int_equal(EVENTS(company, "type = 'count.posted'"), 0);
    assert_int_equal(at_office(company,
                               "SELECT count(*) FROM flagged f JOIN event e USING (site, epoch, seq) WHERE why ="
                               " 'stale_roster' AND e.type IN ('parcel.packed', 'label.reprinted')"),
                     2);
    meet(company, HZ);
    part(company, HZ); /* a moment is enough */
    PLAY(hz, {"CMD:LOGOUT", "DONE_SIGNED_OUT", NULL});
    up(company, HZ);
    events_say(company, "worker.signed_out", "roster", "-");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, company_open, company_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(cancelled_before_it_is_begun),
        STORY(cancelled_while_it_is_picked),
        STORY(cancelled_while_it_is_packed),
        STORY(cancelled_when_it_is_sealed),
        STORY(cancelled_after_it_was_handed_over),
        STORY(moved_before_its_release_left),
        STORY(moved_when_the_site_lets_it_go),
        STORY(cancelled_while_its_site_is_asked_for_it),
        STORY(moved_there_and_back),
        STORY(not_moved_when_the_site_has_begun_it),
        STORY(taken_back_changed_and_given_again),
        STORY(not_taken_back_when_the_site_has_begun_it),
        STORY(moved_when_the_lease_of_a_silent_site_is_over),
        STORY(begun_work_is_not_given_away),
        STORY(begun_work_that_comes_back_stays),
        STORY(a_late_release_is_not_begun_before_all_is_known),
        STORY(begun_work_outlives_its_lease),
        STORY(a_site_that_is_heard_keeps_its_leases),
        STORY(a_restart_without_trusted_time_ends_leases),
        STORY(what_two_sites_have_shipped_is_raised),
        STORY(what_a_revoked_worker_did_is_taken_and_flagged),
        STORY(after_days_of_silence_risky_work_needs_two),
    };
    return cmocka_run_group_tests_name("conflicts", tests, NULL, NULL);
}
