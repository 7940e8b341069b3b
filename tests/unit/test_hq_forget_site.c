/* An order goes to a site, is picked, packed and shipped there, and its receiver is forgotten at head office and at the
 * site; a site whose disk is put back hears it all again, and nobody in it. */
#include "unit/company.h"
#include "unit/personal.h"

#include "sync/head-office/verb.h"

static const char *const he[] = {"王小明", "13812345678", NULL};

static void forget(struct company *company, const char *order)
{
    struct rig *office = &company->office;
    CLEANUP_BUF struct buf answer = {0};
    json_t *fields = json_pack("{s:s}", "order", order);
    if (verb_do(&office->office, "order.forget", fields, "anna", &answer, &office->error) != 0)
        fail_msg("%s", office->error.text);
    json_decref(fields);
}

static void ship_and_forget(struct company *company)
{
    order_for(company, HZ, "N1", 2);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"},
         {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"MUG", "DONE_PICKED", "pick.item"},
         {"MUG", "DONE_PICKED", "pick.tote"}, {"T-1", "DONE_TOTE", "pick.stage"}, {"STAGE-1", "DONE_STAGED", "menu"},
         {"T-1", "DONE_PACK_OPENED", "pack.item"}, {"MUG", "DONE_CHECKED", "pack.item"},
         {"MUG", "DONE_CHECKED", "pack.box"}, {"BOX-S", "DONE_PACKED", "pack.label"},
         {"SF-N1", "DONE_LABELLED", "menu"}, SHIP_IT);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "shipped");
    forget(company, "N1");
}

static void both_sides_forget(void **state)
{
    struct company *company = *state;
    order_for(company, BJ, "N2", 1);
    ship_and_forget(company);
    SITE_SAYS(company, HZ, "SELECT phone_mask FROM orders WHERE number = 'N1'", "*5678");
    sync_site(company, HZ);
    SITE_SAYS(company, HZ, "SELECT receiver || name_mask || phone_mask FROM orders WHERE number = 'N1'", "~");
    SITE_SAYS(company, HZ, "SELECT count(*) FROM print_job WHERE data LIKE '%王小明%'", "0");
    OFFICE_SAYS(company, "SELECT count(*) FROM parked", "0");
    OFFICE_SAYS(company, "SELECT type FROM event WHERE type = 'receiver.forgotten'", "receiver.forgotten");
    OFFICE_SAYS(company, "SELECT number FROM orders WHERE receiver_name = '王小明'", "N2"); /* another's */
    assert_words_stand(company->office.office.sql, he, "feed.line orders.receiver_name orders.receiver_phone");
    OFFICE_SAYS(company, "SELECT site FROM feed WHERE line LIKE '%王小明%'", "bj");
}

/* The hash of the chain from this number to that, by the lines as they are. */
static void check_chain(struct company *company, int64_t last, bool is_whole)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    char reckoned[CHAIN_TEXT_SIZE], kept[CHAIN_TEXT_SIZE];
    chain_begin(hash, "hz", 0, 0, 0, NULL, "");
    struct sql_query *row = sql_select(company->office.office.sql,
                                       "SELECT seq, line FROM feed WHERE site = 'hz' ORDER BY seq", SQL_NO_VALUES);
    while (sql_next(row))
        chain_next(hash, 0, sql_get_int(row, 0), sql_get_text(row, 1), strlen(sql_get_text(row, 1)));
    assert_int_equal(sql_done(row), 0);
    chain_text(hash, reckoned);
    rig_feed_hash(&company->office, "hz", last, kept);
    assert_int_equal(strcmp(reckoned, kept) == 0, is_whole);
}

static void a_site_that_goes_back_hears_lines_that_name_nobody(void **state)
{
    struct company *company = *state;
    struct rig *office = &company->office;
    ship_and_forget(company);
    sync_site(company, HZ);
    int64_t last = company->sites[HZ].feed_seq;
    char gen[ID_TEXT_SIZE];
    snprintf(gen, sizeof(gen), "%s", hub_gen(office->hub));
    check_chain(company, last, false); /* the site has what was hashed */
    rig_hello(office, "hz", "box-1", company->carried[HZ], last);
    rig_turn(office);
    assert_int_equal(rig_answer(office, WIRE_WELCOME).feed_base, last);
    check_chain(company, last, false);
    rig_hello(office, "hz", "box-1", company->carried[HZ], 3); /* its disk was put back */
    rig_turn(office);
    assert_int_equal(rig_answer(office, WIRE_WELCOME).feed_base, 3);
    check_chain(company, last, true); /* as it will reckon what it hears */
    assert_string_equal(gen, hub_gen(office->hub));
    rig_hello(office, "hz", "box-1", company->carried[HZ], last); /* and has heard it */
    rig_turn(office);
    assert_int_equal(rig_answer(office, WIRE_WELCOME).feed_base, last);
    assert_string_equal(gen, hub_gen(office->hub));
    order_for(company, HZ, "N2", 1); /* and it goes on from there */
    check_chain(company, last + 1, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_sides_forget, company_open, company_close),
        cmocka_unit_test_setup_teardown(a_site_that_goes_back_hears_lines_that_name_nobody, company_open,
                                        company_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
