/* Figures, worked by hand from a small business; and for every figure and every split: the rows that it names add up to
 * it, and the parts to the whole. What the floors did is counted once, however it comes; the daily report is made once.
 */
#include "unit/money_rig.h"

#include "base/clock.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/figures/baseline.h"
#include "sync/head-office/figures/buyers.h"
#include "sync/head-office/figures/daily_report.h"
#include "sync/head-office/figures/figure_file.h"
#include "sync/head-office/query.h"
#include "sync/head-office/settings.h"

#include <errno.h>

/* ---------------------------------------------------------------- the business */

/* sold: by the clock of the business, which is eight hours ahead. */
static int64_t at(const char *business_time)
{
    char text[40];
    int64_t time_us = 0;
    snprintf(text, sizeof(text), "%sZ", business_time);
    assert_int_equal(clock_parse(text, &time_us), 0);
    return time_us - 8 * INT64_C(3600000000);
}

struct sale {
    const char *number, *shop, *sold, *state, *currency, *province;
    int paid, person;
    const char *sku[2];
    int pieces[2];
};

static const struct sale sales[] = {
    {"A1", "tb", "2026-03-01T00:30:00", "finished", "CNY", "浙江省", 10000, 1, {"T"}, {1}},
    {"A2", "tb", "2026-03-01T23:30:00", "finished", "CNY", "江苏省", 20000, 2, {"T", "C"}, {2, 1}},
    {"A3", "pd", "2026-03-02T10:00:00", "finished", "CNY", "浙江省", 5000, 1, {"C"}, {3}},
    {"A4", "pd", "2026-03-02T11:00:00", "closed", "CNY", "浙江省", 7000, 3, {"C"}, {1}},
    {"A5", "tb", "2026-03-08T09:00:00", "finished", "CNY", "广东省", 3000, 1, {"G"}, {6}},
    {"A6", "tb", "2026-03-03T12:00:00", "finished", "USD", "", 9900, 4, {"T"}, {1}},
    {"A7", "tb", "2026-04-01T00:00:00", "finished", "CNY", "浙江省", 1000, 2, {"T"}, {1}},
    {"A9", "tb", "2026-03-31T23:59:59", "pending_pay", "CNY", "浙江省", 800, 0, {"T"}, {1}},
};

static void sell(struct rig *rig, const struct sale *sale)
{
    struct sql *sql = rig->office.sql;
    int64_t sold_us = at(sale->sold);
    assert_int_equal(
        sql_run(
            sql,
            "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone, receiver_address,"
            " state, imported_us, shop, paid_us, province, currency, paid_minor) SELECT ?1, platform, 'SF', 0, '张',"
            " '1', 'a', CAST(?3 AS TEXT), CAST(?4 AS BIGINT), code, CAST(?4 AS BIGINT), CAST(?5 AS TEXT), CAST(?6 AS"
            " TEXT), CAST(?7 AS BIGINT) FROM shop WHERE code = ?2",
            sql_text(sale->number), sql_text(sale->shop), sql_text(sale->state), sql_int(sold_us),
            sql_text(sale->province), sql_text(sale->currency), sql_int(sale->paid)),
        0);
    for (int line = 0; line < 2 && sale->sku[line]; line++)
        assert_int_equal(sql_run(sql,
                                 "INSERT INTO order_line (number, line, sku, quantity, paid_minor) VALUES (?1, ?2, ?3,"
                                 " ?4, 100)",
                                 sql_text(sale->number), sql_int(line + 1), sql_text(sale->sku[line]),
                                 sql_int(sale->pieces[line])),
                         0);
    if (sale->person)
        assert_int_equal(sql_run(sql, "INSERT INTO person_order (number, person) VALUES (?1, ?2)",
                                 sql_text(sale->number), sql_int(sale->person)),
                         0);
}

/* worker "": none. again: it had come before. */
static void floor_event(struct rig *rig, const char *id, const char *type, const char *worker, const char *time,
                        bool again, const char *data)
{
    static int64_t seq;
    CLEANUP_BUF struct buf line = {0};
    char sequence[WIRE_SEQUENCE_SIZE], actor[64] = "";
    uint8_t hash[32] = {0};
    seq++;
    wire_sequence_write(sequence, 1, seq);
    if (*worker)
        snprintf(actor, sizeof(actor), "\"actor\":\"%s\",", worker);
    buf_printf(&line,
               "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"" WIRE_SITE_SOURCE
               "hz\",\"type\":\"io.floorhand.%s.v1"
               "\",\"time\":\"%s\",\"sequence\":\"%s\",%s\"data\":%s}",
               id, type, time, sequence, actor, data);
    assert_int_equal(sql_run(rig->office.sql,
                             "INSERT INTO event (arrival, site, epoch, seq, id, type, subject, time, line, hash, again)"
                             " VALUES (?1, 'hz', 1, ?1, ?2, ?3, '', ?4, ?5, ?6, ?7)",
                             sql_int(seq), sql_text(id), sql_text(type), sql_text(time), sql_text(buf_text(&line)),
                             sql_blob(hash, sizeof(hash)), sql_int(again)),
                     0);
}

static void work_floor(struct rig *rig)
{
    static const char two[] = "{\"order\":\"A1\",\"line\":1,\"sku\":\"T\",\"location\":\"L\",\"quantity\":2}",
                      one[] = "{\"order\":\"A1\",\"line\":1,\"sku\":\"T\",\"location\":\"L\",\"quantity\":1}",
                      three[] = "{\"order\":\"A2\",\"line\":1,\"sku\":\"T\",\"location\":\"L\",\"quantity\":3}";
    floor_event(rig, "f1", "pick.started", "W1", "2026-03-02T01:00:00.000Z", false, "{\"order\":\"A1\"}");
    floor_event(rig, "f2", "pick.line", "W1", "2026-03-02T01:01:00.000Z", false, two);
    floor_event(rig, "f3", "pick.line", "W1", "2026-03-02T01:03:00.000Z", false, one);
    floor_event(rig, "f3", "pick.line", "W1", "2026-03-02T01:03:00.000Z", true, one);
    floor_event(rig, "f4", "scan.rejected", "W1", "2026-03-02T01:03:30.000Z", false,
                "{\"code\":\"E03\",\"scan\":\"X\"}");
    floor_event(rig, "f5", "pick.line", "W1", "2026-03-02T01:13:30.000Z", false, three);
    floor_event(
        rig, "f6", "scan.undone", "W1", "2026-03-02T01:13:40.000Z", false,
        "{\"undid\":\"pick.line\",\"order\":\"A2\",\"line\":1,\"sku\":\"T\",\"location\":\"L\",\"quantity\":3}");
    floor_event(rig, "f7", "parcel.packed", "W2", "2026-03-02T02:00:00.000Z", false,
                "{\"order\":\"A1\",\"parcel\":\"P1\",\"box\":\"B\"}");
    floor_event(rig, "f8", "parcel.packed", "W2", "2026-03-02T02:02:00.000Z", false,
                "{\"order\":\"A2\",\"parcel\":\"P2\",\"box\":\"B\"}");
}

static void ship(struct rig *rig)
{
    floor_event(rig, "g0", "receipt.line", "", "2026-01-10T01:00:00.000Z", false,
                "{\"document\":\"D\",\"sku\":\"G\",\"quantity\":5}");
    floor_event(rig, "g1", "parcel.shipped", "", "2026-03-02T02:00:00.000Z", false,
                "{\"order\":\"A1\",\"parcel\":\"P1\",\"waybill\":\"1\",\"manifest\":\"M\",\"carrier\":\"SF\"}");
    floor_event(rig, "g2", "parcel.shipped", "", "2026-03-03T02:00:00.000Z", false,
                "{\"order\":\"A2\",\"parcel\":\"P2\",\"waybill\":\"2\",\"manifest\":\"M\",\"carrier\":\"SF\"}");
    floor_event(rig, "g3", "parcel.shipped", "", "2026-03-04T02:00:00.000Z", false, /* its second parcel */
                "{\"order\":\"A2\",\"parcel\":\"P3\",\"waybill\":\"3\",\"manifest\":\"M\",\"carrier\":\"SF\"}");
    floor_event(rig, "g4", "parcel.shipped", "", "2026-03-02T12:00:00.000Z", false,
                "{\"order\":\"A3\",\"parcel\":\"P4\",\"waybill\":\"4\",\"manifest\":\"M\",\"carrier\":\"SF\"}");
}

static struct figure_work count_all(struct rig *rig, int64_t most)
{
    struct figure_work work = {.more = true}, all = {0};
    while (work.more) {
        work = (struct figure_work){0};
        assert_int_equal(floor_work(&rig->office, most, &work, &rig->error), 0);
        assert_int_equal(buyers_work(&rig->office, most, &work, &rig->error), 0);
        all.looked += work.looked;
    }
    return all;
}

static int business_set_up(void **state)
{
    money_set_up(state);
    struct rig *rig = *state;
    rig->office.now_us = at("2026-04-10T09:00:00");
    for (int person = 1; person <= 5; person++)
        assert_int_equal(
            sql_run(rig->office.sql, "INSERT INTO person (id, head, made_us) VALUES (?1, ?1, 0)", sql_int(person)), 0);
    for (size_t i = 0; i < COUNT(sales); i++)
        sell(rig, &sales[i]);
    rig_run(rig,
            "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
            " receiver_address, state, imported_us, shop, origin, of_order) VALUES ('A8', 'taobao', 'SF', 0, 'a',"
            " '1', 'a', 'finished', 1772400000000000, 'tb', 'split', 'A1');"
            "INSERT INTO buyer_due (person) SELECT id FROM person;"
            "INSERT INTO exception (number, kind, raised_us, released_us) VALUES"
            " ('A1', 'stock', 1772400000000000, NULL), ('A3', 'address', 1772400000000000, 1772500000000000);"
            "INSERT INTO aftersale (number, kind, order_number, shop, asked_us, changed_us) VALUES"
            " ('R1', 'return', 'A2', 'tb', 1772800000000000, 1772800000000000);"
            "INSERT INTO service_answer (time_us, who, language, question, intent, proof, asked_order, order_number,"
            " answer) VALUES (1772800000000000, 'k', 'zh', '投诉', 'complaint', 'none', 'A2', 'A2', ''),"
            " (1772800000000000, 'k', 'zh', '退款', 'refund', 'none', 'A2', 'A2', '');"
            "INSERT INTO books_entry (id, key, kind, at_us, day, period, posted_us, who, debit_minor, credit_minor)"
            " VALUES (901, 'a', 'receipt', 1770000000000000, '2026-02-02', '2026-02', 0, '', 10000, 10000),"
            " (902, 'b', 'sale', 1773100000000000, '2026-03-10', '2026-03', 0, '', 2000, 2000);"
            "INSERT INTO books_line (entry, line, account, debit_minor, credit_minor, currency, base_minor, sku,"
            " site) VALUES (901, 1, '1405', 10000, 0, 'CNY', 10000, 'T', 'hz'), (901, 2, '4001', 0, 10000, 'CNY',"
            " -10000, '', ''), (902, 1, '1405', 0, 2000, 'CNY', -2000, 'T', 'hz'), (902, 2, '6401', 2000, 0, 'CNY',"
            " 2000, 'T', 'hz');"
            "INSERT INTO cost_item (sku, method, quantity, value_minor) VALUES ('T', 'average', 4, 8000), ('G',"
            " 'average', 5, 500), ('C', 'average', 0, 0)");
    assert_int_equal(sql_run(rig->office.sql, "UPDATE orders SET ship_by_us = ?1 WHERE number = 'A1'",
                             sql_int(at("2026-03-02T10:00:00"))),
                     0);
    assert_int_equal(sql_run(rig->office.sql, "UPDATE orders SET ship_by_us = ?1 WHERE number = 'A2'",
                             sql_int(at("2026-03-03T12:00:00"))),
                     0);
    rig_import_good(rig, "visits", NULL,
                    "shop,day,sku,visits,carts,orders,paid\ntb,2026-03-01,,100,20,10,8\n"
                    "tb,2026/3/2,,200,30,10,7\ntb,2026-03-01,T,50,9,5,4\n");
    work_floor(rig);
    ship(rig);
    count_all(rig, 500);
    return 0;
}

#define WITH_BUSINESS(test) cmocka_unit_test_setup_teardown(test, business_set_up, rig_tear_down)

/* ---------------------------------------------------------------- asking */

static json_t *figure_of(struct rig *rig, const char *name, const char *from, const char *to, const char *by)
{
    CLEANUP_BUF struct buf json = {0};
    struct figure_question question = {
        .figure = figure_find(name), .from = from, .to = to, .by = by, .limit = FIGURE_ROWS_MAX};
    assert_non_null(question.figure);
    rig->error.text[0] = '\0';
    if (figure_ask(&rig->office, &question, &json, &rig->error) != 0)
        fail_msg("%s by %s: %s %s", name, by, rig->error.text, sql_message(rig->office.sql));
    json_t *answer = json_loadb(json.data, json.length, 0, NULL);
    assert_non_null(answer);
    return answer;
}

static int64_t number_in(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* In March. */
static int64_t value_of(struct rig *rig, const char *name)
{
    json_t *answer = figure_of(rig, name, "2026-03-01", "2026-03-31", "");
    assert_true(json_is_integer(json_object_get(answer, "value")));
    int64_t value = number_in(answer, "value");
    json_decref(answer);
    return value;
}

/* "name value,name value" in the answer's order; those of value 0 are left out. */
static void assert_split(struct rig *rig, const char *name, const char *from, const char *to, const char *by,
                         const char *expected)
{
    CLEANUP_BUF struct buf text = {0};
    json_t *answer = figure_of(rig, name, from, to, by), *row;
    size_t i;
    json_array_foreach(json_object_get(answer, "rows"), i, row) if (number_in(row, "value") != 0)
        buf_printf(&text, "%s%s %lld", text.length ? "," : "", json_string_value(json_object_get(row, "name")),
                   (long long)number_in(row, "value"));
    assert_string_equal(buf_text(&text), expected);
    json_decref(answer);
}

/* ---------------------------------------------------------------- tests */

/* What a calculator says of the tables above. */
static void figures_are_as_worked_by_hand(void **state)
{
    static const struct {
        const char *name;
        int64_t value;
    } march[] = {
        {"sales.revenue", 38000},           /* A1 A2 A3 A5 */
        {"orders.count", 5},                /* and A6 */
        {"orders.pieces", 14},              /* 1 + 3 + 3 + 6 + 1 */
        {"orders.average", 9500},           /* 38000 / 4 */
        {"orders.basket", 280},             /* 14 / 5 */
        {"orders.cancelled", 1429},         /* A4 of seven */
        {"customers.new", 3},               /* A1 A2 A6 */
        {"customers.returning", 2},         /* A3 A5 */
        {"customers.returning_rate", 4000}, /* 2 / 5 */
        {"repurchase.rate", 6667},          /* persons 1 and 2 of 1, 2 and 4 */
        {"repurchase.30", 3333},            /* person 1 after a day and a half; person 2 after more than 30 days */
        {"funnel.visits", 300},
        {"funnel.cart_rate", 1667},      /* 50 / 300 */
        {"funnel.order_rate", 667},      /* 20 / 300 */
        {"funnel.paid_rate", 500},       /* 15 / 300 */
        {"funnel.items_paid_rate", 800}, /* 4 / 50 */
        {"stock.value", 8000},
        {"stock.turnover", 22}, /* 2000 / ((10000 + 8000) / 2) */
        {"stock.dead", 500},    /* G came in January */
        {"stock.dead_pieces", 5},
        {"floor.pick_rate", 4909},       /* 2 + 1 + 3 - 3 pieces in 60 + 120 + 30 + 10 s */
        {"floor.lines_per_hour", 3273},  /* 2 lines */
        {"floor.pack_rate", 6000},       /* 2 in 120 s */
        {"floor.error_rate", 1250},      /* 1 of 8 scans */
        {"floor.hours", 9},              /* 340 s */
        {"floor.orders_per_hour", 3176}, /* 3 in 340 s */
        {"ship.orders", 3},
        {"ship.on_time", 5000}, /* A1 of A1 and A2 */
        {"ship.wait", 3400},    /* (33.5 + 58.5 + 10) / 3 hours */
        {"exceptions.count", 2},
        {"aftersales.count", 1},
        {"aftersales.rate", 3333},
        {"complaints.rate", 33333}, /* 333.33 of a thousand */
    };
    for (size_t i = 0; i < COUNT(march); i++) {
        int64_t value = value_of(*state, march[i].name);
        if (value != march[i].value)
            fail_msg("%s is %lld", march[i].name, (long long)value);
    }
}

/* Days begin by the clock of the business, weeks on Mondays. */
static void splits_are_as_worked_by_hand(void **state)
{
    struct rig *rig = *state;
    const char *revenue = "sales.revenue", *from = "2026-03-01", *to = "2026-04-30";
    assert_split(rig, revenue, from, to, "day", "2026-03-01 30000,2026-03-02 5000,2026-03-08 3000,2026-04-01 1000");
    assert_split(rig, revenue, from, to, "week", "2026-02-23 30000,2026-03-02 8000,2026-03-30 1000");
    assert_split(rig, revenue, from, to, "month", "2026-03 38000,2026-04 1000");
    assert_split(rig, revenue, from, to, "shop", "tb 34000,pd 5000");
    assert_split(rig, revenue, from, to, "platform", "taobao 34000,pdd 5000");
    assert_split(rig, revenue, from, to, "province", "江苏省 20000,浙江省 16000,广东省 3000");
    assert_split(rig, revenue, from, to, "hour", "0 11000,9 3000,10 5000,23 20000");
    assert_split(rig, revenue, from, to, "basket", "3-5 25000,1 11000,6-10 3000");
    assert_split(rig, revenue, from, to, "buyer_is", "new 30000,returning 9000");
    assert_split(rig, "items.pieces", from, to, "sku", "G 6,T 5,C 4");
    assert_split(rig, "repurchase.rate", from, to, "month", "2026-03 6667");
    assert_split(rig, "floor.pick_rate", from, to, "worker", "W1 4909");
    assert_split(rig, "floor.error_rate", from, to, "hour", "9 1667");
    assert_split(rig, "ship.on_time", from, to, "day", "2026-03-02 10000");
    assert_split(rig, "exceptions.count", from, to, "kind", "address 1,stock 1");
    assert_split(rig, "stock.dead", from, to, "sku", "G 500");
    assert_split(rig, "stock.value", from, to, "site", "hz 8000");
}

/* Sums the column over all pages, or counts. */
static int64_t list_sum(struct rig *rig, const json_t *rows)
{
    struct query_given given[QUERY_GIVEN_MAX];
    const char *column = json_string_value(json_object_get(rows, "column")), *name;
    size_t own = 0, i;
    json_t *value, *row, *page = NULL;
    int64_t sum = 0;
    char after[2048] = "";
    json_object_foreach(json_object_get(rows, "filters"), name, value) given[own++] =
        (struct query_given){name, json_string_value(value)};
    do {
        CLEANUP_BUF struct buf json = {0};
        size_t count = own;
        given[count++] = (struct query_given){"limit", "2"};
        if (*after)
            given[count++] = (struct query_given){"after", after};
        assert_true(count <= QUERY_GIVEN_MAX);
        if (query_list(rig->office.sql, office_queries, json_string_value(json_object_get(rows, "kind")), given, count,
                       &json, &rig->error) != 0)
            fail_msg("%s", rig->error.text);
        page = json_loadb(json.data, json.length, 0, NULL);
        json_array_foreach(json_object_get(page, "rows"), i, row) sum += column ? number_in(row, column) : 1;
        const char *next = json_string_value(json_object_get(page, "next"));
        snprintf(after, sizeof(after), "%s", next ? next : "");
        json_decref(page);
    } while (*after);
    return sum;
}

static void assert_rows_add_up(struct rig *rig, const char *what, const json_t *told, const json_t *sources)
{
    int64_t numerator = list_sum(rig, json_object_get(sources, "rows")), denominator = 0;
    size_t i;
    json_t *of;
    json_array_foreach(json_object_get(sources, "of"), i, of) denominator += list_sum(rig, of);
    if (numerator != number_in(told, "numerator") || denominator != number_in(told, "denominator"))
        fail_msg("%s %s: rows add up to %lld / %lld", what, json_string_value(json_object_get(told, "name")),
                 (long long)numerator, (long long)denominator);
}

static void assert_figure_adds_up(struct rig *rig, const struct figure *figure, const char *by)
{
    json_t *answer = figure_of(rig, figure->name, "2026-02-27", "2026-04-02", by), *row;
    json_t *whole = figure_of(rig, figure->name, "2026-02-27", "2026-04-02", "");
    int64_t numerator = 0, denominator = 0;
    char what[80];
    size_t i;
    snprintf(what, sizeof(what), "%s by %s", figure->name, by);
    json_array_foreach(json_object_get(answer, "rows"), i, row)
    {
        numerator += number_in(row, "numerator");
        denominator += number_in(row, "denominator");
        assert_rows_add_up(rig, what, row, row);
    }
    assert_rows_add_up(rig, what, answer, json_object_get(answer, "all"));
    if (number_in(whole, "numerator") != number_in(answer, "numerator") ||
        number_in(whole, "denominator") != number_in(answer, "denominator"))
        fail_msg("%s: the whole is another one", what);
    if (*by && (numerator != number_in(whole, "numerator") || denominator != number_in(whole, "denominator")))
        fail_msg("%s: the parts do not add up to the whole", what);
    json_decref(answer);
    json_decref(whole);
}

static void every_figure_is_the_sum_of_its_rows(void **state)
{
    size_t splits = 0;
    for (const struct figure *figure = figures; figure->name; figure++) {
        assert_non_null(figure_unit_find(figure->unit)->name);
        assert_figure_adds_up(*state, figure, "");
        for (const char *at = figure->by; *at; splits++) {
            char by[32];
            snprintf(by, sizeof(by), "%.*s", (int)strcspn(at, ","), at);
            assert_figure_adds_up(*state, figure, by);
            at += strcspn(at, ",");
            at += *at == ',';
        }
    }
    assert_true(splits > 150);
}

static void a_question_that_cannot_be_is_refused_in_a_sentence(void **state)
{
    struct rig *rig = *state;
    static const struct {
        struct figure_question question;
        const char *says;
    } wrong[] = {
        {{.from = "2026-03-32", .to = "2026-03-31", .by = ""}, "from is a day"},
        {{.from = "2026-03-02", .to = "2026-03-01", .by = ""}, "no earlier"},
        {{.from = "2026-03-01", .to = "2026-03-31", .by = "worker"}, "is split by"},
        {{.from = "2000-01-01", .to = "2026-03-31", .by = "day"}, "more than"},
        {{.from = "2026-03-01", .to = "2026-03-31", .by = "", .given = {{"worker", "W1"}}, .count = 1},
         "cannot be asked"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CLEANUP_BUF struct buf json = {0};
        struct figure_question question = wrong[i].question;
        question.figure = figure_find("sales.revenue");
        assert_int_equal(figure_ask(&rig->office, &question, &json, &rig->error), -EINVAL);
        if (!strstr(rig->error.text, wrong[i].says))
            fail_msg("%s", rig->error.text);
    }
}

/* However many at a time, and whatever comes again. */
static void what_the_floor_did_is_counted_once(void **state)
{
    struct rig *rig = *state;
    json_t *before = figure_of(rig, "floor.error_rate", "2026-03-01", "2026-03-31", "work");
    assert_int_equal(count_all(rig, 500).looked, 0);
    rig_run(rig, "DELETE FROM work_hour; DELETE FROM work_last; DELETE FROM order_left; DELETE FROM sku_idle;"
                 "UPDATE figure_cursor SET arrival = 0");
    count_all(rig, 1);
    json_t *after = figure_of(rig, "floor.error_rate", "2026-03-01", "2026-03-31", "work");
    assert_true(json_equal(before, after));
    assert_int_equal(value_of(rig, "ship.wait"), 3400);
    json_decref(before);
    json_decref(after);
}

/* Persons who turn out to be one are one buyer; taken apart they are two again; a closed order is no purchase. */
static void buyers_follow_persons_and_orders(void **state)
{
    struct rig *rig = *state;
    int64_t merge = 0;
    const struct person_link link = {.one = 4, .other = 1, .source = "", .why = "they said so", .who = "li"};
    assert_int_equal(persons_merge(&rig->office, &link, &merge, &rig->error), 0);
    count_all(rig, 500);
    assert_int_equal(value_of(rig, "customers.new"), 2);
    assert_int_equal(value_of(rig, "customers.returning"), 3);
    assert_int_equal(persons_unmerge(&rig->office, merge, "no", "li", &rig->error), 0);
    count_all(rig, 500);
    assert_int_equal(value_of(rig, "customers.new"), 3);
    rig_run(rig, "UPDATE orders SET state = 'closed' WHERE number = 'A1';"
                 "INSERT INTO order_history (number, time_us, act, before, after, who) VALUES ('A1', 0, 'close',"
                 " 'finished', 'closed', 'li')");
    count_all(rig, 500);
    assert_int_equal(value_of(rig, "customers.new"), 3); /* A3 is the first of person 1 now */
    assert_int_equal(value_of(rig, "customers.returning"), 1);
}

/* ---------------------------------------------------------------- then and now */

static const json_t *compared_in(const json_t *answer, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(answer, "figures"), i,
                       row) if (strcmp(json_string_value(json_object_get(row, "figure")), name) == 0) return row;
    fail_msg("%s is not compared", name);
    return NULL;
}

static void a_baseline_is_compared_and_nothing_is_assumed(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf json = {0};
    ask(rig, "baseline.set", "{\"baseline\":\"spring\",\"from\":\"2026-03-01\",\"to\":\"2026-03-31\"}");
    refused(rig, "baseline.set", "{\"baseline\":\"x\",\"from\":\"2026-03-02\",\"to\":\"2026-03-01\"}", "no earlier");
    /* 7 pieces in 300 s: 84.00 an hour, 71.11 % more than 49.0909... */
    floor_event(rig, "h1", "pick.started", "W1", "2026-04-05T01:00:00.000Z", false, "{\"order\":\"A7\"}");
    floor_event(rig, "h2", "pick.line", "W1", "2026-04-05T01:05:00.000Z", false,
                "{\"order\":\"A7\",\"line\":1,\"sku\":\"T\",\"location\":\"L\",\"quantity\":7}");
    count_all(rig, 500);
    assert_int_equal(baseline_compare(&rig->office, "spring", "2026-04-01", "2026-04-09", &json, &rig->error), 0);
    json_t *answer = json_loadb(json.data, json.length, 0, NULL);
    const json_t *rate = compared_in(answer, "floor.pick_rate"), *complaints = compared_in(answer, "complaints.rate");
    assert_int_equal(number_in(rate, "then"), 4909);
    assert_int_equal(number_in(rate, "now"), 8400);
    assert_int_equal(number_in(rate, "change"), 7111);
    assert_int_equal(number_in(rate, "goal"), 4000);
    assert_true(json_is_true(json_object_get(rate, "reached")));
    assert_int_equal(number_in(complaints, "then"), 33333);
    assert_true(json_is_null(json_object_get(complaints, "now")));
    assert_true(json_is_null(json_object_get(complaints, "reached")));
    assert_string_equal(json_string_value(json_object_get(complaints, "no_data")), "now");
    json_decref(answer);
    assert_int_equal(baseline_compare(&rig->office, "none", "", "", &json, &rig->error), -ENOENT);
}

/* ---------------------------------------------------------------- the daily report */

static int64_t reports(struct rig *rig)
{
    int64_t count = 0;
    assert_int_equal(sql_number(rig->office.sql, &count, "SELECT count(*) FROM daily_report", SQL_NO_VALUES), 0);
    return count;
}

static void work_at(struct rig *rig, const char *business_time)
{
    struct figure_work work = {0};
    rig->office.now_us = at(business_time);
    if (daily_report_work(&rig->office, &work, &rig->error) != 0)
        fail_msg("%s", rig->error.text);
}

static void the_daily_report_is_made_once_a_day(void **state)
{
    struct rig *rig = *state;
    work_at(rig, "2026-03-03T05:59:59");
    assert_int_equal(reports(rig), 0);
    work_at(rig, "2026-03-03T06:00:00");
    assert_int_equal(reports(rig), 1);
    work_at(rig, "2026-03-03T06:00:01");
    work_at(rig, "2026-03-03T23:59:59");
    work_at(rig, "2026-03-04T00:00:00"); /* before the hour */
    work_at(rig, "2026-03-03T10:00:00"); /* the clock was put back */
    assert_int_equal(reports(rig), 1);
    work_at(rig, "2027-01-01T10:00:00"); /* and forward by mistake */
    work_at(rig, "2026-03-04T06:00:00");
    work_at(rig, "2026-03-04T07:00:00");
    assert_int_equal(reports(rig), 3);
    assert_int_equal(settings_put(&rig->office, "daily_report_hour", "-1", &rig->error), 0);
    work_at(rig, "2026-03-05T06:00:00");
    assert_int_equal(reports(rig), 3);
    refused(rig, "report.make", "{\"day\":\"2026-03-02\"}", "is made");
    refused(rig, "report.make", "{\"day\":\"2026-03-05\"}", "not over");
    ask(rig, "report.make", "{}");
    assert_int_equal(reports(rig), 4);
}

static void the_daily_report_has_the_day_and_those_before(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf json = {0};
    size_t i, seen = 0;
    json_t *row;
    work_at(rig, "2026-03-09T08:00:00"); /* of the 8th, a Sunday: the 7th, and the 1st */
    assert_int_equal(query_one(rig->office.sql, office_queries, "daily-reports", "2026-03-08", &json, &rig->error), 0);
    json_t *answer = json_loadb(json.data, json.length, 0, NULL);
    json_array_foreach(json_object_get(json_object_get(answer, "figures"), "rows"), i, row)
    {
        const char *name = json_string_value(json_object_get(row, "figure"));
        if (strcmp(name, "sales.revenue") == 0) {
            seen++;
            assert_int_equal(number_in(row, "value"), 3000);
            assert_int_equal(number_in(row, "day_before"), 0);
            assert_int_equal(number_in(row, "week_before"), 30000);
        } else if (strcmp(name, "ship.on_time") == 0) {
            seen++;
            assert_true(json_is_null(json_object_get(row, "value")));
        } else if (strcmp(name, "waiting.exceptions") == 0) {
            seen++;
            assert_int_equal(number_in(row, "value"), 1);
            assert_true(json_is_true(json_object_get(row, "look")));
        }
    }
    assert_int_equal(seen, 3);
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BUSINESS(figures_are_as_worked_by_hand),
        WITH_BUSINESS(splits_are_as_worked_by_hand),
        WITH_BUSINESS(every_figure_is_the_sum_of_its_rows),
        WITH_BUSINESS(a_question_that_cannot_be_is_refused_in_a_sentence),
        WITH_BUSINESS(what_the_floor_did_is_counted_once),
        WITH_BUSINESS(buyers_follow_persons_and_orders),
        WITH_BUSINESS(a_baseline_is_compared_and_nothing_is_assumed),
        WITH_BUSINESS(the_daily_report_is_made_once_a_day),
        WITH_BUSINESS(the_daily_report_has_the_day_and_those_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
