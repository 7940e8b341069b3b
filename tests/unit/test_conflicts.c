/* What head office and a site decide at the same time without knowing of each other, case by case as docs/conflicts.md
 * tells them. Both sides run their production rules, each on its own database. */
#include "unit/company.h"

#include <errno.h>

/* ---------------------------------------------------------------- an order is cancelled while the site cannot hear it
 */

static void cancel(struct company *company, const char *number)
{
    struct rig *office = &company->office;
    assert_int_equal(orders_cancel(&office->office, number, "the buyer", &office->error), 0);
}

/* Each up to where its name says. The mugs lie in A-01. */
#define PICK_IT                                                                                                        \
    {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"},                             \
        {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.tote"},                                \
        {"T-1", "DONE_TOTE", "pick.stage"},                                                                            \
    {                                                                                                                  \
        "STAGE-1", "DONE_STAGED", "menu"                                                                               \
    }
#define PACK_IT                                                                                                        \
    {"T-1", "DONE_PACK_OPENED", "pack.item"}, {"MUG", "DONE_CHECKED", "pack.box"},                                     \
    {                                                                                                                  \
        "BOX-S", "DONE_PACKED", "pack.label"                                                                           \
    }
#define SHIP_IT                                                                                                        \
    {"GATE-SF", "DONE_GATE", "ship.parcel"}, {"SF-N1", "DONE_LOADED", "ship.parcel"},                                  \
    {                                                                                                                  \
        "CMD:DONE", "DONE_MANIFEST", "menu"                                                                            \
    }

static void check_one_answer(struct company *company, const char *type, const char *stage)
{
    assert_int_equal(EVENTS(company, "type LIKE 'order.cancel%'"), 1);
    OFFICE_SAYS(company, "SELECT type FROM event WHERE type LIKE 'order.cancel%'", type);
    OFFICE_SAYS(company, "SELECT line ->> '$.data.stage' FROM event WHERE type LIKE 'order.cancel%'", stage);
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
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "cancelled");
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
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "cancelled");
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
    assert_int_equal(EVENTS(company, "type = 'parcel.packed' AND line ->> '$.data.closed_offline'"), 1);
    OFFICE_SAYS(company, "SELECT state FROM waybill WHERE number = 'SF-N1'", "void_pending");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "cancelled");
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
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "cancelled");
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

#define STORY(name) cmocka_unit_test_setup_teardown(name, company_open, company_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(cancelled_before_it_is_begun),       STORY(cancelled_while_it_is_picked),
        STORY(cancelled_while_it_is_packed),       STORY(cancelled_when_it_is_sealed),
        STORY(cancelled_after_it_was_handed_over),
    };
    return cmocka_run_group_tests_name("conflicts", tests, NULL, NULL);
}
