/* Invoices: their numbers have no gaps, red ones add up to what they take back, and tax is owed as they say. */
#include "unit/money_rig.h"

#include "sync/head-office/books/invoices.h"

#define ORDERS                                                                                                         \
    COLUMNS "O1,taobao,tb,9001,SF,,Li,1,S,CNY,6.00,1.00,0,55.00,T,3,10.00,29.40\n"                                     \
            "O1,taobao,tb,9001,SF,,Li,1,S,CNY,6.00,1.00,0,55.00,C,1,20.00,19.60\n"                                     \
            "O1,taobao,tb,9001,SF,,Li,1,S,CNY,6.00,1.00,0,55.00,G,1,0,0\n"                                             \
            "O2,taobao,tb,9002,SF,,Li,1,S,CNY,0,0,0,10.00,T,1,10.00,10.00\n"

static int64_t draft(struct rig *rig, const char *order)
{
    char fields[128];
    snprintf(fields, sizeof(fields), "{\"order\":\"%s\",\"title\":\"Li\",\"tax_number\":\"9133\"}", order);
    return asked(rig, "invoice.draft", fields, "invoice");
}

static int64_t issue(struct rig *rig, int64_t id)
{
    char fields[64];
    snprintf(fields, sizeof(fields), "{\"invoice\":%d}", (int)id);
    return asked(rig, "invoice.issue", fields, "number");
}

static json_t *flush(struct rig *rig, int64_t id, int line, int quantity)
{
    char fields[128];
    snprintf(fields, sizeof(fields), "{\"invoice\":%d,\"line\":%d,\"quantity\":%d,\"why\":\"came back\"}", (int)id,
             line, quantity);
    return ask_as(rig, "li", "invoice.flush", fields);
}

static void tax_is_inside(void **unused)
{
    (void)unused;
    int64_t net, tax;
    invoice_split_tax(11300, 1300, &net, &tax);
    assert_int_equal(net, 10000);
    assert_int_equal(tax, 1300);
    for (int64_t gross = 1; gross < 3000; gross += 7)
        for (int64_t rate = 0; rate <= 1700; rate += 100) {
            invoice_split_tax(gross, rate, &net, &tax);
            assert_int_equal(net + tax, gross);
            assert_true(llabs(net * (10000 + rate) - gross * 10000) * 2 <= 10000 + rate);
        }
}

static void an_invoice_is_issued_once(void **state)
{
    struct rig *rig = *state;
    rig_import_good(rig, "orders", NULL, ORDERS);
    int64_t id = draft(rig, "O1");
    /* 29.40, 19.60 and 6.00 of carriage, each with 13 % inside: nets 26.02, 17.35, 5.31; the gift is not on it */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM invoice_line"), 3);
    assert_int_equal(rig_count(rig, "SELECT net_minor FROM invoice"), 2602 + 1735 + 531);
    assert_int_equal(rig_count(rig, "SELECT gross_minor FROM invoice"), 5500);
    refused(rig, "invoice.draft", "{\"order\":\"O1\",\"title\":\"Li\"}", "has an invoice");
    refused(rig, "invoice.draft", "{\"order\":\"O7\",\"title\":\"Li\"}", "no order");
    assert_int_equal(issue(rig, id), 1);
    char fields[64];
    snprintf(fields, sizeof(fields), "{\"invoice\":%d}", (int)id);
    refused(rig, "invoice.issue", fields, "only a draft");
    snprintf(fields, sizeof(fields), "{\"invoice\":%d,\"why\":\"x\"}", (int)id);
    refused(rig, "invoice.drop", fields, "no draft");
    assert_int_equal(balance_of(rig, BOOKS_TAX), -(5500 - 2602 - 1735 - 531));
    assert_books_hold(rig);
}

/* The program dies between number and commit: the number is given to the next. */
static void a_lost_issue_leaves_no_hole(void **state)
{
    struct rig *rig = *state;
    struct books books;
    int64_t number = 0;
    rig_import_good(rig, "orders", NULL, ORDERS);
    int64_t first = draft(rig, "O1"), second = draft(rig, "O2");
    assert_int_equal(office_begin(&rig->office, &rig->error), 0);
    assert_int_equal(books_open(&rig->office, "li", &books, &rig->error), 0);
    assert_int_equal(invoice_issue(&books, first, &number, &rig->error), 0);
    assert_int_equal(number, 1);
    office_rollback(&rig->office);
    assert_int_equal(issue(rig, second), 1);
    assert_int_equal(issue(rig, first), 2);
    assert_books_hold(rig);
}

static void red_ones_add_up_to_the_blue_one(void **state)
{
    struct rig *rig = *state;
    rig_import_good(rig, "orders", NULL, ORDERS);
    int64_t id = draft(rig, "O1");
    assert_null(flush(rig, id, 0, 0)); /* a draft */
    issue(rig, id);
    assert_null(flush(rig, id, 1, 4));
    json_t *red = flush(rig, id, 1, 1);
    /* a third of 2602 and 338, cut */
    assert_int_equal(json_integer_value(json_object_get(red, "net_minor")), -867);
    assert_int_equal(json_integer_value(json_object_get(red, "tax_minor")), -112);
    assert_int_equal(json_integer_value(json_object_get(red, "number")), 2);
    json_decref(red);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM invoice WHERE state = 'part_flushed'"), 1);
    json_decref(flush(rig, id, 1, 2));
    assert_null(flush(rig, id, 1, 0));
    json_decref(flush(rig, id, 0, 0));
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM invoice WHERE state = 'flushed'"), 1);
    assert_int_equal(rig_count(rig, "SELECT sum(net_minor) FROM invoice"), 0);
    assert_int_equal(rig_count(rig, "SELECT sum(tax_minor) FROM invoice"), 0);
    assert_int_equal(balance_of(rig, BOOKS_TAX), 0);
    assert_int_equal(rig_count(rig, "SELECT max(number) FROM invoice"), 4);
    draft(rig, "O1"); /* there may be another now */
    assert_books_hold(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tax_is_inside),
        WITH_MONEY(an_invoice_is_issued_once),
        WITH_MONEY(a_lost_issue_leaves_no_hole),
        WITH_MONEY(red_ones_add_up_to_the_blue_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
