/* Bills of platforms and carriers: what is read of their files, and what comparing them with the books comes to. */
#include "unit/money_rig.h"

#include "sync/head-office/books/bills.h"
#include "sync/head-office/books/reconcile.h"
#include "sync/head-office/query.h"

#include <jansson.h>

#define ALIPAY                                                                                                                                                    \
    "#支付宝账务明细查询\r\n#账号：[2088]\r\n账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+" \
    "元）,"                                                                                                                                                     \
    "支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注\r\n"
#define ALIPAY_ROW(flow, order, gain, loss, word)                                                                      \
    flow "\t,2\t," order "\t,\"T, <x>\"\t,2026-03-04 10:00:00\t,1\t," gain "\t," loss "\t,0\t,x\t," word "\t,\t\r\n"

static int take_of(struct rig *rig, const char *format, const char *party, const char *text, struct bill_taken *ret)
{
    struct books books;
    assert_int_equal(office_begin(&rig->office, &rig->error), 0);
    assert_int_equal(books_open(&rig->office, "li", &books, &rig->error), 0);
    int result =
        bills_take(&books, bill_format_find(format), party, "FILE", text, strlen(text), NULL, ret, &rig->error);
    if (!result)
        assert_int_equal(office_commit(&rig->office, &rig->error), 0);
    office_rollback(&rig->office);
    return result;
}

static void take(struct rig *rig, const char *format, const char *party, const char *text)
{
    struct bill_taken done;
    if (take_of(rig, format, party, text, &done) != 0)
        fail_msg("%s", rig->error.text);
}

static void not_taken(struct rig *rig, const char *format, const char *text, const char *words)
{
    struct bill_taken done;
    int64_t before = rig_count(rig, "SELECT count(*) FROM bill_row");
    assert_int_not_equal(take_of(rig, format, "tb", text, &done), 0);
    if (!strstr(rig->error.text, words))
        fail_msg("\"%s\" lacks \"%s\"", rig->error.text, words);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM bill_row"), before);
}

/* ---------------------------------------------------------------- files */

static void rows_are_read_whatever_stands_around_them(void **state)
{
    struct rig *rig = *state;
    struct bill_taken done;
    const char *file = ALIPAY ALIPAY_ROW("`1", "'9001", "50.00", "", "在线支付")
        ALIPAY_ROW("2", "9001", "", "-1.00", "收费") ALIPAY_ROW("2", "9001", "", "-1.00", "收费") ALIPAY_ROW(
            "3", "9001", "", "-2.50", "红包退回") "#支出合计：2笔，共-3.50元\r\n#收入合计：1笔，共50.00元\r\n";
    assert_int_equal(take_of(rig, "alipay", "tb", file, &done), 0);
    assert_int_equal(done.rows, 3);
    assert_int_equal(done.new_rows, 3);
    assert_int_equal(done.unknown, 1);
    assert_int_equal(done.total_minor, 4650);
    assert_int_equal(rig_count(rig, "SELECT at_us FROM bill_row WHERE row_key = '1' AND reference = '9001'"),
                     INT64_C(1772589600000000));
    assert_int_equal(take_of(rig, "alipay", "tb", file, &done), 0);
    assert_true(done.again);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM bill_row"), 3);
    /* another file with one row that was there before */
    take(rig, "alipay", "tb",
         ALIPAY ALIPAY_ROW("2", "9001", "", "-1.00", "收费") ALIPAY_ROW("4", "", "7.00", "", "在线支付"));
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM bill_row"), 4);
}

static void what_is_not_whole_is_refused(void **state)
{
    struct rig *rig = *state;
    not_taken(rig, "jd", ALIPAY, "no line of it names the columns");
    not_taken(rig, "alipay", ALIPAY ALIPAY_ROW("1", "9001", "50.00", "", "在线支付") "#收入合计：1笔，共50.01元\r\n",
              "says that 50.01 came in, and its rows say 50.00");
    not_taken(rig, "alipay", ALIPAY ALIPAY_ROW("1", "9001", "50.001", "", "在线支付"), "is no amount");
    not_taken(rig, "alipay", ALIPAY ALIPAY_ROW("1", "9001", "92233720368547758.07", "", "在线支付"),
              "is no amount: expected one as 12.30, up to 10000000000");
    take(rig, "alipay", "tb", ALIPAY ALIPAY_ROW("1", "9001", "50.00", "", "在线支付"));
    not_taken(rig, "alipay", ALIPAY ALIPAY_ROW("1", "9001", "51.00", "", "在线支付"), "another amount before");
}

static void every_format_is_read(void **state)
{
    struct rig *rig = *state;
    struct bill_taken done;
    /* a column in between, a total in the last row, a backtick before digits */
    assert_int_equal(take_of(rig, "jd", "tb",
                             "新增,订单编号,单据编号,单据类型,商品编号,费用发生时间,费用项,金额,币种,收支方向\n"
                             "x,'9001,D1,订单,5,2026-03-04 10:00:00,货款,50.00,CNY,收入\n"
                             "x,'9001,D1,订单,5,2026-03-04 10:00:00,佣金,2.50,CNY,支出\n"
                             "x,'9001,D2,取消退款单,5,2026-03-04 10:00:00,货款,-10.00,CNY,支出\n,合计,,,,,,37.50,,\n",
                             &done),
                     0);
    assert_int_equal(done.rows, 3);
    assert_int_equal(rig_count(rig, "SELECT amount_minor FROM bill_row WHERE meaning = 'refund'"), -1000);
    assert_int_equal(rig_count(rig, "SELECT amount_minor FROM bill_row WHERE meaning = 'fee'"), -250);
    assert_int_equal(take_of(rig, "pdd", "pd",
                             "商户订单号,发生时间,收入金额（+元）,支出金额（-元）,账务类型,备注,业务描述\n"
                             "\t9002,2026-03-04 10:00:00,20.00,,交易收入,a,\n合计,,20.00,0.00,,,\n",
                             &done),
                     0);
    assert_int_equal(done.total_minor, 2000);
    /* what is paid out is what is left when the fees were taken */
    assert_int_equal(take_of(rig, "douyin", "dy",
                             "动账时间,动账流水号,动账方向,动账金额,动账场景,订单号,平台服务费,佣金\n"
                             "2026-03-04 10:00:00,`7,入账,47.50,订单结算,`9003,-1.50,-1.00\n2026-03-04 "
                             "10:00:00,`8,出账,9.00,结算后退款,`9003,0,0\n",
                             &done),
                     0);
    assert_int_equal(rig_count(rig, "SELECT amount_minor FROM bill_row WHERE party = 'dy' AND meaning = 'sale'"), 5000);
    assert_int_equal(rig_count(rig, "SELECT sum(amount_minor) FROM bill_row WHERE party = 'dy'"), 4750 - 900);
    assert_int_equal(
        take_of(rig, "alipay_business", "tb",
                "支付宝交易号,商户订单号,业务类型,完成时间,商家实收（元）,退款批次号/请求号,服务费（元）\n"
                "1,9001,交易,2026-03-04 10:00:00,50.00,,-0.30\n1,9001,退款,2026-03-04 10:00:00,-5.00,R1,0\n",
                &done),
        0);
    assert_int_equal(rig_count(rig, "SELECT sum(amount_minor) FROM bill_row WHERE format = 'alipay_business'"), 4470);
}

/* ---------------------------------------------------------------- comparing */

#define PRICE(order, number, amount)                                                                                   \
    order ",taobao,tb," number ",SF,,Li,1,S,CNY,0,0,0," amount ",T,1," amount "," amount "\n"

/* O1 to O6 have left; of O7 the platform has never heard here. */
static void put_orders(struct rig *rig)
{
    rig_import_good(rig, "orders", NULL,
                    COLUMNS PRICE("O1", "9001", "50.00") PRICE("O2", "9002", "30.00") PRICE("O3", "9003", "20.00")
                        PRICE("O4", "9004", "40.00") PRICE("O5", "9005", "10.00") PRICE("O6", "9006", "70.00"));
    for (int i = 1; i <= 6; i++) {
        char order[8];
        snprintf(order, sizeof(order), "O%d", i);
        if (i != 5)
            leaves(rig, order, 1, 1);
    }
    post_all(rig);
    ask(rig, "money.refund", "{\"key\":\"R1\",\"order\":\"O4\",\"amount_minor\":500}");
}

/* O1 as it should be, O2 three fen short, O3 a commission less that nobody names, O4 and its refund, O5 before it left,
 * O6 never, 9007 of an order that is not here, a word that is not known. */
static const char month[] =
    ALIPAY ALIPAY_ROW("1", "9001", "50.00", "", "在线支付") ALIPAY_ROW("2", "9001", "", "-1.00", "收费")
        ALIPAY_ROW("3", "9002", "29.97", "", "在线支付") ALIPAY_ROW("4", "9003", "19.40", "", "在线支付")
            ALIPAY_ROW("5", "9004", "40.00", "", "在线支付") ALIPAY_ROW("6", "9004", "", "-5.00", "交易退款")
                ALIPAY_ROW("7", "9005", "10.00", "", "在线支付") ALIPAY_ROW("8", "9007", "99.00", "", "在线支付")
                    ALIPAY_ROW("9", "9001", "", "-0.20", "保险") ALIPAY_ROW("10", "", "", "-100.00", "提现");

static const struct {
    const char *key, *state, *bucket;
    int64_t residue;
} expected[] = {
    {"1", "matched", "", 0},
    {"2", "matched", "", 0},
    {"3", "different", "rounding", -3},
    {"4", "different", "fee", -60},
    {"5", "matched", "", 0},
    {"6", "matched", "", 0},
    {"7", "different", "timing", 1000},
    {"8", "missing_here", "", 0},
    {"9", "review", "", 0},
    {"10", "matched", "", 0},
};

static void assert_states(struct rig *rig)
{
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct sql_query *row =
            sql_select(rig->office.sql, "SELECT state, bucket, residue_minor FROM bill_row WHERE row_key = ?1",
                       sql_text(expected[i].key));
        assert_true(sql_next(row));
        assert_string_equal(sql_get_text(row, 0), expected[i].state);
        assert_string_equal(sql_get_text(row, 1), expected[i].bucket);
        assert_int_equal(sql_get_int(row, 2), expected[i].residue);
        sql_done(row);
    }
}

static void a_month_is_compared(void **state)
{
    struct rig *rig = *state;
    put_orders(rig);
    take(rig, "alipay", "tb", month);
    ask(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    assert_states(rig);
    assert_books_hold(rig);
    /* reckoned by hand: what came in and went out of all rows but 8 and 9 */
    assert_int_equal(balance_of(rig, BOOKS_PLATFORM), 5000 - 100 + 2997 + 1940 + 4000 - 500 + 1000 - 10000);
    assert_int_equal(balance_of(rig, BOOKS_BANK), 10000);
    assert_int_equal(balance_of(rig, BOOKS_FEES), 100);
    /* what is still open: O2 3, O3 60, O6 7000, less O5's 1000 */
    assert_int_equal(balance_of(rig, BOOKS_RECEIVABLE), 3 + 60 + 7000 - 1000);
    assert_int_equal(asked(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}", "posted"), 0);
    assert_states(rig);
    json_t *answer = ask_as(rig, "", "bill.report", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    json_t *missing = json_array_get(json_object_get(answer, "missing_at_platform"), 0);
    assert_int_equal(json_integer_value(json_object_get(missing, "amount_minor")), 7000);
    assert_string_equal(json_string_value(json_object_get(missing, "name")), "timing");
    json_decref(answer);
}

static void row_fields(struct rig *rig, const char *key, const char *bucket, char *out, size_t capacity)
{
    int64_t id = 0;
    assert_int_equal(sql_number(rig->office.sql, &id, "SELECT id FROM bill_row WHERE row_key = ?1", sql_text(key)), 0);
    snprintf(out, capacity, "{\"row\":%d,\"bucket\":\"%s\",\"why\":\"seen\"}", (int)id, bucket);
}

static void a_person_forces_what_is_left(void **state)
{
    static const struct {
        const char *key, *bucket;
    } forced[] = {{"3", "rounding"}, {"4", "fee"}, {"8", "other"}, {"9", "fee"}};
    struct rig *rig = *state;
    char fields[128];
    put_orders(rig);
    take(rig, "alipay", "tb", month);
    ask(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    row_fields(rig, "1", "fee", fields, sizeof(fields));
    refused(rig, "bill.force", fields, "nothing to force");
    for (size_t i = 0; i < COUNT(forced); i++) {
        row_fields(rig, forced[i].key, forced[i].bucket, fields, sizeof(fields));
        ask(rig, "bill.force", fields);
        refused(rig, "bill.force", fields, "nothing to force");
        assert_books_hold(rig);
    }
    ask(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    assert_int_equal(
        rig_count(rig, "SELECT count(*) FROM bill_row WHERE state = 'forced' AND who = 'li' AND why = 'seen'"), 4);
    assert_int_equal(balance_of(rig, BOOKS_RECEIVABLE), 7000 - 1000);
    assert_int_equal(balance_of(rig, BOOKS_ROUNDING), 3);
    assert_int_equal(balance_of(rig, BOOKS_FEES), 100 + 60 + 20);
    assert_int_equal(balance_of(rig, BOOKS_BILL_GAIN), -9900);
    /* the platform's balance is what the bill's rows add up to */
    assert_int_equal(balance_of(rig, BOOKS_PLATFORM), rig_count(rig, "SELECT sum(amount_minor) FROM bill_row"));
    leaves(rig, "O5", 1, 1);
    post_all(rig);
    ask(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM bill_row WHERE row_key = '7' AND state = 'matched'"), 1);
}

static void a_word_is_explained(void **state)
{
    struct rig *rig = *state;
    put_orders(rig);
    take(rig, "alipay", "tb", month);
    ask(rig, "bill.word", "{\"format\":\"alipay\",\"word\":\"保险\",\"meaning\":\"fee\"}");
    ask(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM bill_row WHERE row_key = '9' AND state = 'matched'"), 1);
    assert_int_equal(balance_of(rig, BOOKS_FEES), 120);
}

static void a_carrier_is_paid_once_for_a_waybill(void **state)
{
    struct rig *rig = *state;
    put_orders(rig);
    rig_run(rig, "INSERT INTO parcel (number, parcel, box, waybill) VALUES ('O1', 'P1', 'S', 'SF1')");
    take(rig, "carrier", "SF",
         "flow,waybill,amount,time,kind\n1,SF1,4.20,2026-03-04,\n2,SF1,4.20,2026-03-05,\n3,SF9,5.00,2026-03-05,\n合计,,"
         "13.40,,\n");
    ask(rig, "bill.compare", "{\"party\":\"SF\",\"period\":\"2026-03\"}");
    assert_int_equal(balance_of(rig, BOOKS_CARRIERS), -420);
    assert_int_equal(rig_count(rig, "SELECT sum(base_minor) FROM books_line WHERE account = '6601.02' AND sku = 'T'"),
                     420);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM bill_row WHERE state = 'different' AND residue_minor = -420"),
                     1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM bill_row WHERE state = 'missing_here'"), 1);
    assert_books_hold(rig);
}

/* "O1 O6": the orders of the rows. */
static void assert_rows(struct rig *rig, const char *kind, const char *name, const char *value, const char *orders)
{
    CLEANUP_BUF struct buf json = {0}, found = {0};
    struct error error = {0};
    struct query_given given = {name, value};
    assert_int_equal(query_list(rig->office.sql, office_queries, kind, &given, 1, &json, &error), 0);
    json_t *page = json_loadb(buf_text(&json), json.length, 0, NULL), *row;
    size_t i;
    json_array_foreach(json_object_get(page, "rows"), i, row)
        buf_printf(&found, "%s%s", i ? " " : "", json_string_value(json_object_get(row, "order")));
    assert_string_equal(buf_text(&found), orders);
    json_decref(page);
}

static void what_no_bill_tells_of_is_listed(void **state)
{
    struct rig *rig = *state;
    put_orders(rig);
    rig_run(rig, "INSERT INTO parcel (number, parcel, box, waybill, manifest, carrier) VALUES ('O1', 'P1', 'S', 'SF1', "
                 "'M1', 'SF'), ('O2', 'P1', 'S', 'SF2', 'M1', 'SF'), ('O3', 'P1', 'S', 'SF3', NULL, 'SF')");
    assert_rows(rig, "unbilled-parcels", "carrier", "SF", "O1 O2"); /* O3 has not left */
    take(rig, "carrier", "SF", "flow,waybill,amount,time,kind\n1,SF1,4.20,2026-03-04,\n合计,,4.20,,\n");
    assert_rows(rig, "unbilled-parcels", "carrier", "SF", "O2");
    assert_rows(rig, "unbilled-parcels", "left_until", "2000-01-01", "");
    assert_rows(rig, "unsettled-orders", "shop", "tb", "O1 O2 O3 O4 O6"); /* O5 has not left */
    take(rig, "alipay", "tb", month);
    ask(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    assert_rows(rig, "unsettled-orders", "shop", "tb", "O6");
    assert_rows(rig, "unsettled-orders", "left_until", "2000-01-01", "");
}

/* Booked at 7.00, paid at 7.10: the difference is won. */
static void rates_that_moved_are_realised(void **state)
{
    struct rig *rig = *state;
    ask(rig, "money.rate", "{\"currency\":\"USD\",\"day\":\"2026-03-01\",\"rate\":\"7\"}");
    ask(rig, "money.rate", "{\"currency\":\"USD\",\"day\":\"2026-03-20\",\"rate\":\"7.1\"}");
    rig_import_good(rig, "orders", NULL, COLUMNS "O1,taobao,tb,9001,SF,,Li,1,S,USD,0,0,0,30.01,T,1,30.01,30.01\n");
    leaves(rig, "O1", 1, 1);
    post_all(rig);
    take(rig, "jd", "tb",
         "订单编号,单据编号,费用发生时间,费用项,金额,币种\n9001,D1,2026-03-21,货款,10.00,USD\n9001,D2,2026-03-22,货款,"
         "20.01,USD\n");
    ask(rig, "bill.compare", "{\"party\":\"tb\",\"period\":\"2026-03\"}");
    assert_int_equal(balance_of(rig, BOOKS_RECEIVABLE), 0);
    assert_int_equal(balance_of(rig, BOOKS_PLATFORM), 7100 + 14207);
    assert_int_equal(balance_of(rig, BOOKS_EXCHANGE), 21007 - 7100 - 14207);
    assert_books_hold(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MONEY(rows_are_read_whatever_stands_around_them),
        WITH_MONEY(what_is_not_whole_is_refused),
        WITH_MONEY(every_format_is_read),
        WITH_MONEY(a_month_is_compared),
        WITH_MONEY(a_person_forces_what_is_left),
        WITH_MONEY(a_word_is_explained),
        WITH_MONEY(a_carrier_is_paid_once_for_a_waybill),
        WITH_MONEY(what_no_bill_tells_of_is_listed),
        WITH_MONEY(rates_that_moved_are_realised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
