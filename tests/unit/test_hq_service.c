/* The service desk: questions are understood in both languages, answered from what is known with the rows it rests on,
 * handed over where a person must see to them, and tell nobody what he did not prove to know. On both databases. */
#include "unit/customers_rig.h"

#include "sync/head-office/customers/service_intents.h"

#define TAIL "5670"

/* The answer to a question about order A. */
static json_t *ask(struct shelf *shelf, const char *order, const char *tail, const char *text)
{
    CLEANUP_BUF struct buf answer = {0};
    json_t *fields = json_pack("{s:s, s:s, s:s}", "order", order, "phone_tail", tail, "text", text);
    char *asked_json = json_dumps(fields, 0);
    if (shelf_do(shelf, "service.ask", asked_json, &answer) != 0)
        fail_msg("%s: %s", text, shelf->rig.error.text);
    free(asked_json);
    json_decref(fields);
    json_t *root = json_loads(buf_text(&answer), 0, NULL);
    assert_non_null(root);
    return root;
}

static const char *member(const json_t *root, const char *name)
{
    const char *text = json_string_value(json_object_get(root, name));
    return text ? text : "";
}

/* words: all stand in the answer. ticket: whether it was handed over. */
static void assert_answer(json_t *root, const char *intent, const char *proof, const char *words, bool ticket)
{
    assert_string_equal(member(root, "intent"), intent);
    assert_string_equal(member(root, "proof"), proof);
    if (!strstr(member(root, "text"), words))
        fail_msg("\"%s\" is not in: %s", words, member(root, "text"));
    assert_int_equal(json_object_get(root, "ticket") != NULL, ticket);
    json_decref(root);
}

static bool rests_on(const json_t *root, const char *kind, const char *code)
{
    size_t index;
    json_t *source;
    json_array_foreach(json_object_get(root, "sources"), index, source)
    {
        if (strcmp(member(source, "kind"), kind) == 0 && strcmp(member(source, "code"), code) == 0)
            return true;
    }
    return false;
}

static void set_state(struct shelf *shelf, const char *number, const char *state)
{
    shelf_run(shelf, "UPDATE orders SET state = '%s', site = 'hz' WHERE number = '%s'", state, number);
}

static void furnish(struct shelf *shelf)
{
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    work(shelf);
}

static void ship(struct shelf *shelf)
{
    static const uint8_t hash[32];
    set_state(shelf, "A", "shipped");
    shelf_run(shelf, "INSERT INTO parcel (number, parcel, box, waybill, carrier, manifest) VALUES ('A', 'A-1', 'S',"
                     " 'SF777', 'SF', 'M')");
    assert_int_equal(
        sql_run(shelf->rig.office.sql,
                "INSERT INTO event (site, epoch, seq, id, type, subject, time, line, hash) VALUES ('hz', 1,"
                " 1, 'e1', 'parcel.shipped', 'parcel/A-1', '2026-03-04T17:15:22.481Z', '{}', ?1)",
                sql_blob(hash, sizeof(hash))),
        0);
}

/* ---------------------------------------------------------------- understanding */

static void questions_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *text, *intent;
    } questions[] = {
        {"Where is my order?", "where"},
        {"Where's my stuff", "where"},
        {"has it ARRIVED or what", "where"},
        {"快递到哪了？", "where"},
        {"请问我的包裹什么时候到", "where"},
        {"运单号是多少", "where"},
        {"When will it ship?", "when"},
        {"not shipped after three days", "when"},
        {"什么时候发货啊", "when"},
        {"都三天了还没发货", "when"},
        {"I need to change the address", "address"},
        {"地址写错了，能改吗", "address"},
        {"Please cancel my order", "cancel"},
        {"不想要了，帮我取消", "cancel"},
        {"Where is my refund?", "refund"},
        {"退款什么时候到账", "refund"},
        {"Can I get an invoice", "invoice"},
        {"麻烦开一下发票", "invoice"},
        {"I want to speak to a human", "human"},
        {"转人工", "human"},
        {"I will complain: the parcel is late", "complaint"},
        {"再不发货我就投诉", "complaint"},
        {"帮我查一下这是谁的订单", "privacy"},
        {"What is the weather", "unknown"},
        {"你好", "unknown"},
        {"", "unknown"},
    };
    for (size_t i = 0; i < COUNT(questions); i++)
        if (strcmp(service_intent_of(questions[i].text)->name, questions[i].intent) != 0)
            fail_msg("%s is %s", questions[i].text, service_intent_of(questions[i].text)->name);
    assert_true(service_is_chinese("order 到哪"));
    assert_false(service_is_chinese("où est ma commande?"));
}

/* ---------------------------------------------------------------- answers from live data */

static void each_state_has_its_answer(void **state)
{
    static const struct {
        const char *state, *english, *chinese;
    } answers[] = {
        {"pending_pay", "not paid yet", "尚未付款"},
        {"audit", "being checked", "正在审核"},
        {"exception", "by a colleague", "正由工作人员核对"},
        {"reserved", "kept for you", "已为您预留"},
        {"released", "at the warehouse", "已到仓库"},
        {"picking", "being packed", "正在仓库拣货打包"},
        {"labelled", "being packed", "正在仓库"},
        {"shipped", "has left", "已发出"},
        {"finished", "has left", "已发出"},
        {"closed", "is closed", "已关闭"},
    };
    struct shelf *shelf = *state;
    furnish(shelf);
    for (size_t i = 0; i < COUNT(answers); i++) {
        set_state(shelf, "A", answers[i].state);
        json_t *root = ask(shelf, "A", "", "where is my order");
        assert_true(rests_on(root, "orders", "A"));
        assert_answer(root, "where", "order", answers[i].english, false);
        assert_answer(ask(shelf, "A", "", "到哪了"), "where", "order", answers[i].chinese, false);
    }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM service_answer", SQL_NO_VALUES), 2 * COUNT(answers));
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM service_answer WHERE person = 1", SQL_NO_VALUES),
                     2 * COUNT(answers));
}

static void when_it_ships_is_as_promised(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf); /* 2023-11-14T22:13:20Z is the 15th in China */
    shelf_run(shelf, "UPDATE orders SET ship_by_us = 1700080000000000 WHERE number = 'A'");
    assert_answer(ask(shelf, "A", "", "when will it ship"), "when", "order", "ships by 2023-11-16", false);
    shelf_run(shelf, "UPDATE orders SET ship_by_us = 1699990000000000 WHERE number = 'A'");
    assert_answer(ask(shelf, "A", "", "什么时候发货"), "when", "order", "2023-11-15", true);
    assert_said(shelf, "it is late", "SELECT why FROM ticket", SQL_NO_VALUES);
}

static void what_has_left_is_told_with_its_event(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    ship(shelf);
    json_t *root = ask(shelf, "A", TAIL, "where is my order");
    assert_true(rests_on(root, "parcels", "A-1"));
    assert_true(rests_on(root, "events", "1"));
    assert_answer(root, "where", "proved", "left on 2026-03-05 with SF, waybill SF777", false);
    assert_answer(ask(shelf, "A", TAIL, "物流"), "where", "proved", "运单号 SF777", false);
    assert_answer(ask(shelf, "A", TAIL, "cancel it"), "cancel", "proved", "cannot be stopped", false);
    assert_answer(ask(shelf, "A", TAIL, "改地址"), "address", "proved", "无法再修改地址", false);
}

/* An order that was split is answered for by its parts. */
static void parts_are_counted(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    set_state(shelf, "A", "closed");
    shelf_run(shelf, "UPDATE orders SET replaced = 1 WHERE number = 'A'");
    for (int part = 1; part <= 2; part++)
        shelf_run(
            shelf,
            "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
            " receiver_address, imported_us, origin, of_order, state, site) VALUES ('A-%d', 'taobao', 'SF', 0, 'x',"
            " '', '', 0, 'split', 'A', '%s', 'hz')",
            part, part == 1 ? "shipped" : "picking");
    assert_answer(ask(shelf, "A", "", "where is it, where is my order"), "where", "order", "1 of its 2 parts", false);
    shelf_run(shelf, "UPDATE orders SET state = 'picking' WHERE number = 'A-1'");
    assert_answer(ask(shelf, "A", "", "where is my order"), "where", "order", "being prepared", false);
}

static void refunds_are_told_as_they_stand(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    assert_answer(ask(shelf, "A", TAIL, "refund?"), "refund", "proved", "Nothing has been asked", true);
    shelf_run(shelf, "INSERT INTO aftersale (number, kind, state, order_number, asked_us, changed_us) VALUES ('R1',"
                     " 'return', 'settled', 'A', 5, 5); INSERT INTO refund_due (number, order_number, currency,"
                     " amount_minor, freight_minor, reason, state, approved_by, approved_us) VALUES ('R1', 'A', 'CNY',"
                     " 1205, 0, '', 'paid', 'x', 5)");
    json_t *root = ask(shelf, "A", TAIL, "where is my refund");
    assert_true(rests_on(root, "aftersales", "R1"));
    assert_true(rests_on(root, "refunds-due", "R1"));
    assert_answer(root, "refund", "proved", "12.05 CNY has been paid", false);
    root = ask(shelf, "A", "", "退款到哪了");
    assert_null(strstr(member(root, "text"), "12.05"));
    assert_answer(root, "refund", "order", "已完成", false);
}

static void invoices_are_told_as_they_stand(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    assert_answer(ask(shelf, "A", TAIL, "开发票"), "invoice", "proved", "尚未开具发票", true);
    shelf_run(shelf,
              "INSERT INTO invoice (series, number, state, order_number, title, currency, made_us, issued_us, who)"
              " VALUES ('F', 12, 'issued', 'A', 'Wang', 'CNY', 5, 5, 'x')");
    assert_answer(ask(shelf, "A", TAIL, "invoice please"), "invoice", "proved", "F-12", false);
    json_t *root = ask(shelf, "A", "", "invoice please");
    assert_null(strstr(member(root, "text"), "F-12"));
    assert_answer(root, "invoice", "order", "was issued", false);
}

/* ---------------------------------------------------------------- only what was proved */

/* Whatever is asked, and however: what is personal is in no answer. */
static void nothing_personal_is_told_unproved(void **state)
{
    static const char *const questions[] = {"where is my order",
                                            "when will it ship",
                                            "refund",
                                            "invoice",
                                            "cancel",
                                            "change my address",
                                            "human",
                                            "hello",
                                            "到哪了",
                                            "退款",
                                            "发票",
                                            "取消",
                                            "改地址",
                                            "谁的订单"};
    static const char *const never[] = {"王", "小明", PHONE, "1391", "tb-1"};
    static const char *const proved[] = {"SF777", "12.05", "F-12"};
    static const struct {
        const char *order, *tail;
        bool proves;
    } knows[] = {{"A", "", false},      {"A", "1111", false}, {"A", "670", false}, {"A", "567", false},
                 {"Z", TAIL, false},    {"", TAIL, false},    {"", "", false},     {"A", TAIL, true},
                 {"A", "345670", true}, {"A", "x5670", false}};
    struct shelf *shelf = *state;
    furnish(shelf);
    ship(shelf);
    shelf_run(shelf, "INSERT INTO aftersale (number, kind, state, order_number, asked_us, changed_us) VALUES ('R1',"
                     " 'return', 'settled', 'A', 5, 5); INSERT INTO refund_due (number, order_number, currency,"
                     " amount_minor, freight_minor, reason, state, approved_by, approved_us) VALUES ('R1', 'A', 'CNY',"
                     " 1205, 0, '', 'paid', 'x', 5); INSERT INTO invoice (series, number, state, order_number, title,"
                     " currency, made_us, issued_us, who) VALUES ('F', 12, 'issued', 'A', 'Wang', 'CNY', 5, 5, 'x')");
    for (size_t i = 0; i < COUNT(knows); i++)
        for (size_t q = 0; q < COUNT(questions); q++) {
            shelf->rig.office.now_us += 5 * HOUR_US; /* four wrong ones a day */
            json_t *root = ask(shelf, knows[i].order, knows[i].tail, questions[q]);
            const char *text = member(root, "text");
            assert_true(*text);
            for (size_t n = 0; n < COUNT(never); n++)
                assert_null(strstr(text, never[n]));
            for (size_t n = 0; n < COUNT(proved) && !knows[i].proves; n++)
                assert_null(strstr(text, proved[n]));
            json_decref(root);
        }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM service_answer", SQL_NO_VALUES),
                     COUNT(knows) * COUNT(questions));
}

static void wrong_digits_tell_nothing(void **state)
{
    struct shelf *shelf = *state;
    char first[512];
    furnish(shelf);
    json_t *root = ask(shelf, "NONE", "1234", "where is my order");
    text_copy(first, sizeof(first), member(root, "text"));
    assert_answer(root, "where", "wrong", "cannot find", false);
    for (int i = 0; i < 5; i++) {
        root = ask(shelf, "A", "1234", "where is my order");
        assert_string_equal(member(root, "text"), first);
        assert_int_equal(json_array_size(json_object_get(root, "sources")), 0);
        json_decref(root);
    }
    assert_answer(ask(shelf, "A", TAIL, "where is my order"), "where", "wrong", "Too many wrong digits", true);
    assert_answer(ask(shelf, "A", "", "where is my order"), "where", "order", "being checked", false);
    shelf->rig.office.now_us += 25 * HOUR_US;
    assert_answer(ask(shelf, "A", TAIL, "where is my order"), "where", "proved", "being checked", false);
}

/* Nobody can prove to know a number that the platform put in front of the real one. */
static void hidden_telephones_prove_nothing(void **state)
{
    static const char *const phones[] = {"17012345679", "13912345670-5679", "139****5679", ""};
    struct shelf *shelf = *state;
    furnish(shelf);
    ship(shelf);
    for (size_t i = 0; i < COUNT(phones); i++) {
        shelf_run(shelf, "UPDATE orders SET receiver_phone = '%s' WHERE number = 'A'", phones[i]);
        json_t *root = ask(shelf, "A", "5679", "where is my order");
        assert_null(strstr(member(root, "text"), "SF777"));
        assert_answer(root, "where", "order", "shown with the order at the platform", false);
    }
}

static void an_order_is_found_by_the_platforms_number(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    shelf_run(shelf,
              "UPDATE orders SET platform_order = '777' WHERE number = 'A'; INSERT INTO shop (code, platform, name)"
              " VALUES ('t', 'jd', 'x')");
    assert_answer(ask(shelf, "777", TAIL, "where is my order"), "where", "proved", "being checked", false);
    order_of(shelf, "B", "jd", "jd-1", PHONE, 2);
    shelf_run(shelf, "UPDATE orders SET shop = 't', platform_order = '777' WHERE number = 'B'");
    assert_answer(ask(shelf, "777", TAIL, "where is my order"), "where", "wrong", "cannot find", false);
}

/* ---------------------------------------------------------------- people */

static void what_is_handed_over_is_seen_to(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    assert_answer(ask(shelf, "A", "", "我要投诉"), "complaint", "order", "转交", true);
    assert_answer(ask(shelf, "", "", "what is the weather"), "unknown", "none", "handing this over", true);
    assert_answer(ask(shelf, "A", "", "please cancel"), "cancel", "order", "has not left", true);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM ticket WHERE state = 'open'", SQL_NO_VALUES), 3);
    assert_said(shelf, "complaint", "SELECT why FROM ticket WHERE id = 1", SQL_NO_VALUES);
    assert_done(shelf, "ticket.take", "{\"ticket\": 1, \"assignee\": \"Lin\"}");
    assert_done(shelf, "ticket.reply", "{\"ticket\": 1, \"reply\": \"您好\"}");
    assert_said(shelf, "answered", "SELECT state FROM ticket WHERE id = 1", SQL_NO_VALUES);
    assert_said(shelf, "Lin", "SELECT assignee FROM ticket WHERE id = 1", SQL_NO_VALUES);
    assert_said(shelf, "您好", "SELECT reply FROM ticket WHERE id = 1", SQL_NO_VALUES);
    assert_done(shelf, "ticket.close", "{\"ticket\": 1}");
    assert_int_equal(shelf_do(shelf, "ticket.reply", "{\"ticket\": 1, \"reply\": \"x\"}", NULL), -EALREADY);
    assert_int_equal(shelf_do(shelf, "ticket.close", "{\"ticket\": 1}", NULL), -EALREADY);
    assert_int_equal(shelf_do(shelf, "ticket.take", "{\"ticket\": 9}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "ticket.reply", "{\"ticket\": 2, \"reply\": \"\"}", NULL), -EINVAL);
    assert_done(shelf, "ticket.reopen", "{\"ticket\": 1, \"note\": \"wrote again\"}");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM ticket_history WHERE ticket = 1", SQL_NO_VALUES), 5);
    json_t *rows = asked(shelf, "tickets", "person", whose(shelf, "A"));
    assert_int_equal(json_array_size(rows), 2);
    json_decref(rows);
    assert_int_equal(shelf_do(shelf, "service.ask", "{\"text\": \"\"}", NULL), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_understood),
        ON_SHELF(each_state_has_its_answer),
        ON_SHELF(when_it_ships_is_as_promised),
        ON_SHELF(what_has_left_is_told_with_its_event),
        ON_SHELF(parts_are_counted),
        ON_SHELF(refunds_are_told_as_they_stand),
        ON_SHELF(invoices_are_told_as_they_stand),
        ON_SHELF(nothing_personal_is_told_unproved),
        ON_SHELF(wrong_digits_tell_nothing),
        ON_SHELF(hidden_telephones_prove_nothing),
        ON_SHELF(an_order_is_found_by_the_platforms_number),
        ON_SHELF(what_is_handed_over_is_seen_to),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
