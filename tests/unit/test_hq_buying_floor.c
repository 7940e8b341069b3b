/* A purchase order from the proposal to the shelf: sent by head office, received scan by scan at a real site, paid for
 * in the books, and its lead time measured. */
#include "unit/aftersales_story.h"

#include "sync/head-office/books/books.h"

#define DAYS 86400

static int buying_floor_open(void **state)
{
    company_open(state);
    struct company *company = *state;
    rig_import_good(&company->office, "locations", "hz", "code,kind,walk,carrier\nDOCK-1,dock,70,\nDMG-1,damage,71,\n");
    rig_import_good(&company->office, "suppliers", NULL, "code,name,lead_days\nACME,Acme,6\n");
    rig_import_good(&company->office, "supplier-items", NULL,
                    "supplier,sku,price_minor,least,pack\nACME,MUG,1250,1,10\nACME,PEN,80,1,1\n");
    sync_site(company, HZ);
    return 0;
}

static int buying_floor_close(void **state)
{
    struct company *company = *state;
    assert_int_equal(at_office(company, "SELECT count(*) FROM parked"), 0);
    return company_close(state);
}
#define ON_BUYING_FLOOR(test) cmocka_unit_test_setup_teardown(test, buying_floor_open, buying_floor_close)

static void post_books(struct company *company)
{
    struct rig *office = &company->office;
    CLEANUP_BUF struct buf wrong = {0};
    int64_t count = 0;
    must(company, "money.post", "{\"most\":100000}");
    assert_int_equal(books_check(&office->office, &wrong, &count, &office->error), 0);
    assert_int_equal(count, 0);
}

static void order_pens_and_mugs(struct company *company, const char *number)
{
    char fields[160];
    snprintf(fields, sizeof(fields), "{\"number\":\"%s\",\"supplier\":\"ACME\",\"site\":\"hz\",\"over_percent\":50}",
             number);
    must(company, "purchase.put", fields);
    snprintf(fields, sizeof(fields), "{\"number\":\"%s\",\"sku\":\"MUG\",\"quantity\":4}", number);
    must(company, "purchase.line", fields);
    snprintf(fields, sizeof(fields), "{\"number\":\"%s\",\"sku\":\"PEN\",\"quantity\":2}", number);
    must(company, "purchase.line", fields);
    snprintf(fields, sizeof(fields), "{\"number\":\"%s\"}", number);
    must(company, "purchase.send", fields);
}

#define OF_PO(company, column, expected)                                                                               \
    OFFICE_SAYS(company, "SELECT " column " FROM purchase WHERE number = 'PO-7'", expected)

/* Four mugs at 12.50 and two pens at 0.80; a mug comes broken, and a pen too many. */
static void what_is_ordered_lies_on_the_shelf_and_in_the_books(void **state)
{
    struct company *company = *state;
    must(company, "cost.usual", "{\"sku\":\"MUG\",\"amount_minor\":1250}"); /* what lies there had cost the same */
    must(company, "cost.usual", "{\"sku\":\"PEN\",\"amount_minor\":80}");
    post_books(company);
    int64_t worth = at_office(company, "SELECT coalesce(sum(value_minor), 0) FROM cost_item");
    order_pens_and_mugs(company, "PO-7");
    time_passes(company, 5 * DAYS);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"}, {"PO-7", "DONE_RECEIPT", "receive.plate"},
         {"CMD:LOOSE", "DONE_RECEIPT_ASKED", "receive.item"}, {"MUG", "DONE_RECEIVED", "receive.item"});
    up(company, HZ);
    OF_PO(company, "state", "partly");
    PLAY(&company->sites[HZ], {"CMD:UNDO", "DONE_UNDONE", "receive.item"});
    up(company, HZ);
    OF_PO(company, "state", "sent");
    PLAY(&company->sites[HZ], {"CMD:QTY:3", "DONE_QUANTITY", "receive.item"}, {"MUG", "DONE_RECEIVED", "receive.item"},
         {"CMD:DAMAGE", "DONE_RECEIPT_ASKED", "receive.damaged"}, {"MUG", "DONE_RECEIVED_DAMAGED", "receive.item"},
         {"CMD:QTY:3", "DONE_QUANTITY", "receive.item"}, {"PEN", "DONE_RECEIVED", "receive.item"});
    up(company, HZ);
    OF_PO(company, "state", "received");
    PLAY(&company->sites[HZ], {"CMD:DONE", "DONE_RECEIPT_DIFFERS", "menu"});
    up(company, HZ);
    OF_PO(company, "state", "received");
    assert_in_range(at_office(company, "SELECT (received_us - sent_us) / 1000000 FROM purchase"), 5 * DAYS,
                    5 * DAYS + HOUR);
    OFFICE_SAYS(company, "SELECT CAST(received AS TEXT) FROM purchase_line ORDER BY sku", "3 3");
    OFFICE_SAYS(company, "SELECT CAST(damaged AS TEXT) FROM purchase_line ORDER BY sku", "1 0");
    OFFICE_SAYS(company, "SELECT outcome FROM document WHERE number = 'PO-7'", "over,damaged");
    post_books(company);
    assert_int_equal(at_office(company, "SELECT sum(value_minor) FROM cost_item") - worth, 3 * 1250 + 3 * 80);
    must(company, "purchase.close", "{\"number\":\"PO-7\"}");
    post_books(company);
}

/* The supplier's bill says another price when two mugs are here. */
static void a_price_can_be_put_right(void **state)
{
    struct company *company = *state;
    post_books(company);
    order_pens_and_mugs(company, "PO-7");
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"}, {"PO-7", "DONE_RECEIPT", "receive.plate"},
         {"CMD:LOOSE", "DONE_RECEIPT_ASKED", "receive.item"}, {"CMD:QTY:2", "DONE_QUANTITY", "receive.item"},
         {"MUG", "DONE_RECEIVED", "receive.item"});
    up(company, HZ);
    post_books(company);
    assert_int_equal(at_office(company, "SELECT value_minor FROM cost_item WHERE sku = 'MUG'"), 2 * 1250);
    must(company, "purchase.price", "{\"number\":\"PO-7\",\"sku\":\"MUG\",\"price_minor\":1300}");
    assert_int_equal(at_office(company, "SELECT value_minor FROM cost_item WHERE sku = 'MUG'"), 2 * 1300);
    post_books(company);
}

/* The same segment comes twice, and head office is started anew between: what came counts once. */
static void a_segment_that_comes_twice_counts_once(void **state)
{
    struct company *company = *state;
    order_pens_and_mugs(company, "PO-7");
    sync_site(company, HZ);
    int64_t before = company->carried[HZ];
    PLAY(&company->sites[HZ], {"B-1", "DONE_SIGNED_IN", "menu"}, {"PO-7", "DONE_RECEIPT", "receive.plate"},
         {"CMD:LOOSE", "DONE_RECEIPT_ASKED", "receive.item"}, {"MUG", "DONE_RECEIVED", "receive.item"});
    up(company, HZ);
    assert_int_equal(at_office(company, "SELECT sum(received) FROM purchase_line"), 1);
    rig_crash(&company->office);
    meet(company, HZ);
    company->carried[HZ] = before;
    CLEANUP_BUF struct buf lines = {0}, frame = {0};
    int64_t last;
    assert_int_equal(journal_read(company->sites[HZ].store, before, 100, 60000, &lines, &last), 0);
    company_seal(company, HZ, &lines, &frame);
    rig_receive(&company->office, "box-1", WIRE_UP_SEGMENT, &frame);
    rig_turn(&company->office);
    company->carried[HZ] = last;
    assert_int_equal(at_office(company, "SELECT sum(received) FROM purchase_line"), 1);
    OF_PO(company, "state", "partly");
}

/* A failure in the middle of sending leaves a draft, no document, and nothing in the books. */
static void an_order_is_sent_whole_or_not_at_all(void **state)
{
    struct company *company = *state;
    rig_import_good(&company->office, "documents", "hz", "number,kind,partner,sku,quantity\nPO-7,asn,ACME,MUG,1\n");
    must(company, "purchase.put", "{\"number\":\"PO-7\",\"supplier\":\"ACME\",\"site\":\"hz\"}");
    must(company, "purchase.line", "{\"number\":\"PO-7\",\"sku\":\"MUG\",\"quantity\":4}");
    assert_int_equal(ask(company, "purchase.send", "{\"number\":\"PO-7\"}"), -EEXIST);
    OF_PO(company, "state", "draft");
    assert_int_equal(at_office(company, "SELECT count(*) FROM cost_purchase"), 0);
    must(company, "purchase.put", "{\"number\":\"PO-8\",\"supplier\":\"ACME\",\"site\":\"hz\"}");
    must(company, "purchase.line", "{\"number\":\"PO-8\",\"sku\":\"MUG\",\"quantity\":4}");
    must(company, "supplier.put", "{\"supplier\":\"ACME\",\"name\":\"Acme\",\"currency\":\"USD\"}");
    must(company, "purchase.send", "{\"number\":\"PO-8\"}"); /* in the currency that it was made in */
    OFFICE_SAYS(company, "SELECT currency FROM cost_purchase", "CNY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BUYING_FLOOR(what_is_ordered_lies_on_the_shelf_and_in_the_books),
        ON_BUYING_FLOOR(a_price_can_be_put_right),
        ON_BUYING_FLOOR(a_segment_that_comes_twice_counts_once),
        ON_BUYING_FLOOR(an_order_is_sent_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
