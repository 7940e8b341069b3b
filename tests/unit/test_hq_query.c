/* Head office's tables of questions, on both databases: each can be put, pages by keys of texts are whole, nobody is
 * named, and none takes long. */
#include "unit/hub_rig.h"

#include "base/query_table.h"
#include "base/text.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/query.h"

#include <errno.h>
#include <jansson.h>

#define EACH_QUERY(query)                                                                                              \
    size_t at_##query = 0;                                                                                             \
    for (const struct query *query; (query = query_at(office_queries, at_##query)); at_##query++)
#define MANY 40000

static json_t *parsed(const struct buf *json)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(json), json->length, JSON_REJECT_DUPLICATES, &fault);
    if (!root)
        fail_msg("%s: %s", fault.text, buf_text(json));
    return root;
}

/* given: name, value, name, value; ended by NULL. */
static json_t *list(struct rig *rig, const char *kind, const char *const *given)
{
    CLEANUP_BUF struct buf json = {.max = 8 << 20};
    struct error error = {0};
    struct query_given filters[QUERY_GIVEN_MAX] = {0};
    size_t count = 0;
    for (; given[2 * count]; count++)
        filters[count] = (struct query_given){given[2 * count], given[2 * count + 1]};
    int result = query_list(rig->office.sql, office_queries, kind, filters, count, &json, &error);
    if (result)
        fail_msg("%s %s: %d %s", kind, count ? given[0] : "", result, error.text);
    return parsed(&json);
}

#define LIST(rig, kind, ...) list((rig), (kind), (const char *const[]){__VA_ARGS__, NULL})

static json_t *one(struct rig *rig, const char *kind, const char *code)
{
    CLEANUP_BUF struct buf json = {0};
    struct error error = {0};
    assert_int_equal(query_one(rig->office.sql, office_queries, kind, code, &json, &error), 0);
    return parsed(&json);
}

static size_t rows_of(const json_t *page)
{
    return json_array_size(json_object_get(page, "rows"));
}

static const json_t *value_at(const json_t *page, size_t index, const char *column)
{
    return json_object_get(json_array_get(json_object_get(page, "rows"), index), column);
}

static const char *text_at(const json_t *page, size_t index, const char *column)
{
    const char *text = json_string_value(value_at(page, index, column));
    return text ? text : "(null)";
}

/* What boxes report is tested elsewhere: here it only has to be there. */
static void put_event(struct rig *rig, int64_t seq, const char *type, const char *subject)
{
    static const uint8_t hash[32];
    assert_int_equal(
        sql_run(rig->office.sql,
                "INSERT INTO event (site, epoch, seq, id, type, subject, time, line, hash) VALUES ('hz', 1,"
                " ?1, 'e' || ?2, ?3, ?4, '2026-03-04T09:15:22.481Z', '{\"data\": {}}', ?5)",
                sql_int(seq), sql_text((char[]){(char)('a' + seq), 0}), sql_text(type), sql_text(subject),
                sql_blob(hash, sizeof(hash))),
        0);
}

#define ORDERS                                                                                                         \
    "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"             \
    "O.1,shop,SF,W1,0,王小明,13812345678,西湖区文三路9号,T,3\n"                                              \
    "O.1,shop,SF,W1,0,王小明,13812345678,西湖区文三路9号,C,1\n"                                              \
    "O~2,shop,YT,W2,0,李,87654321,西湖区文三路9号,T,1\n"                                                       \
    "O 3 红,shop,YT,W3,0,x,12345,西湖区文三路9号,T,1\n"

/* Money, rules, what platforms said: with people in it, who must not be seen. */
static void furnish_business(struct rig *rig)
{
    rig_run(rig,
            "INSERT INTO platform_order (shop, id, number, modified_us, hash, raw, taken_us, trouble) VALUES"
            " ('tb', '77', 'O.1', 1, 'h', '{\"name\":\"王小明\"}', 2, ''),"
            " ('tb', '78', NULL, 1, 'h', '{\"name\":\"王小明\"}', 2, 'it has no lines');"
            "INSERT INTO outbox (id, shop, kind, subject, key, body, state) VALUES"
            " (5, 'tb', 'ship', 'O.1', 'k5', '{\"name\":\"王小明\"}', 'refused'), (6, 'tb', 'ship', 'x', 'k6', '{}', "
            "'done');"
            "INSERT INTO rule (id, name, kind, priority, active, result) VALUES (3, 'fragile', 'hold', 1, 1, 'look');"
            "INSERT INTO rule_hit (rule, number, time_us) VALUES (3, 'O.1', 5), (3, 'O~2', 6);"
            "INSERT INTO blacklist (id, field, value, why, added_us, added_by) VALUES (1, 'phone', '13812345678', 'w', "
            "1, 'a'),"
            " (2, 'name', '王小明', 'w', 1, 'a'), (3, 'buyer', 'li@example.org', 'w', 1, 'a'), (4, 'address', "
            "'西湖区', '', 1, '')");
    rig_run(
        rig,
        "INSERT INTO books_entry (id, key, kind, at_us, day, period, posted_us, order_number, who, debit_minor,"
        " credit_minor) VALUES (1, 'sale/O.1/1', 'sale', 1, '2026-03-04', '2026-03', 1, 'O.1', '', 1990, 1990),"
        " (2, 'person/a', 'person', 1, '2026-04-01', '2026-04', 1, '', 'li', 5, 5);"
        "INSERT INTO books_line (entry, line, account, debit_minor, credit_minor, currency, base_minor, order_number,"
        " sku) VALUES (1, 1, '1122', 1990, 0, 'CNY', 1990, 'O.1', ''), (1, 2, '6001', 0, 1990, 'CNY', -1990, 'O.1', "
        "'T'),"
        " (2, 1, '1002', 5, 0, 'CNY', 5, '', ''), (2, 2, '1122', 0, 5, 'CNY', -5, '', '');"
        "INSERT INTO books_balance (account, period, debit_minor, credit_minor) VALUES ('1122', '2026-03', 1990, 0),"
        " ('6001', '2026-03', 0, 1990), ('1002', '2026-04', 5, 0), ('1122', '2026-04', 0, 5);"
        "INSERT INTO books_closed (period, closed_us, who) VALUES ('2026-03', 1, 'li');"
        "INSERT INTO books_trouble (key, why, time_us) VALUES ('order/O~2', 'no rate', 1)");
    rig_run(
        rig,
        "INSERT INTO bill_file (id, hash, format, party, name, rows, new_rows, total_minor, taken_us, who) VALUES"
        " (1, 'h', 'alipay', 'tb', 'a.csv', 3, 3, 1990, 1, 'li');"
        "INSERT INTO bill_row (id, file, party, format, row_key, word, meaning, reference, at_us, day, amount_minor,"
        " currency, order_number, state) VALUES (1, 1, 'tb', 'alipay', 'r1', 'w', 'sale', '77', 1, '2026-03-04', 1990, "
        "'CNY',"
        " 'O.1', 'matched'), (2, 1, 'tb', 'alipay', 'r2', 'w', 'sale', '99', 1, '2026-03-04', 100, 'CNY', '', "
        "'missing_here'),"
        " (3, 1, 'tb', 'alipay', 'r3', 'w', 'fee', '77', 1, '2026-03-05', -10, 'CNY', 'O.1', 'forced');"
        "INSERT INTO invoice (id, series, number, state, order_number, title, tax_number, currency, made_us, who) "
        "VALUES"
        " (1, 'A', 1, 'issued', 'O.1', '王小明', '', 'CNY', 1, 'li'), (2, 'A', NULL, 'draft', 'O.1', 'Tea Ltd', '91A', "
        "'CNY', 1,"
        " 'li');"
        "INSERT INTO invoice (id, series, number, state, of_invoice, title, currency, made_us, who) VALUES"
        " (3, 'A', 2, 'red', 1, '王小明', 'CNY', 1, 'li');"
        "INSERT INTO invoice_line (invoice, line, name, quantity, tax_rate, net_minor, tax_minor, gross_minor) VALUES"
        " (1, 1, 'tea', 1, 0, 1, 0, 1);"
        "INSERT INTO aftersale (number, kind, order_number, asked_us, changed_us) VALUES ('AS1', 'refund', 'O.1', 1, "
        "1);"
        "INSERT INTO refund_due (number, order_number, currency, amount_minor, freight_minor, reason, approved_by,"
        " approved_us) VALUES ('AS1', 'O.1', 'CNY', 5, 0, 'r', 'li', 1)");
}

static void furnish(struct rig *rig)
{
    rig_import_good(rig, "items", NULL, "sku,name,weight_g,gtin\nT,Green Tea,1,6901234567892\nC,cup,1,\n");
    rig_import_good(rig, "workers", NULL, "worker,name,badge,role\nu1,Li,B-7f3a,packer\n");
    rig_import_good(rig, "locations", "hz", "code,kind,walk\nA-1,face,1\nD-1,damage,2\n");
    rig_import_good(rig, "orders", NULL, ORDERS);
    rig_run(rig,
            "INSERT INTO shop (code, platform, name) VALUES ('tb', 'taobao', 'Tea');"
            "UPDATE orders SET shop = 'tb', platform_order = '77', buyer = 'tb-buyer', province = '浙江',"
            " overlays = 1, buyer_note = 'quick', paid_minor = 1990 WHERE number = 'O.1';"
            "UPDATE orders SET buyer = 'li@example.org' WHERE number = 'O~2';"
            "UPDATE orders SET receiver_name = '' WHERE receiver_name = 'x';"
            "INSERT INTO stock (site, location, sku, quantity) VALUES ('hz', 'A-1', 'T', 10), ('hz', 'D-1', 'T', 4),"
            " ('bj', 'X', 'T', 1), ('bj', 'X', 'C', 0);"
            "INSERT INTO exception (number, kind, detail, raised_us) VALUES ('O.1', 'address', 'no street', 5);"
            "INSERT INTO reservation (number, line, site, sku, quantity, left_open) VALUES"
            " ('O.1', 1, 'hz', 'T', 3, 3);"
            "INSERT INTO parcel (number, parcel, box, waybill) VALUES ('O.1', 'O.1-1', 'S', 'W1');"
            "INSERT INTO parcel (number, parcel, box, waybill) VALUES ('O.1', 'O.1-2', 'S', 'W9');"
            "INSERT INTO setting (name, value) VALUES ('merge_hours', '2');"
            "INSERT INTO site_region (site, province, rank) VALUES ('hz', '', 1)");
    furnish_business(rig);
    assert_int_equal(rig_release(rig, "hz", "O~2"), 0);
    put_event(rig, 1, "order.received", "order/O~2");
    put_event(rig, 2, "label.printed", "parcel/O~2-1");
    rig_run(rig, "INSERT INTO parked (site, epoch, seq, why) VALUES ('hz', 1, 2, 'no such parcel');"
                 "INSERT INTO flagged (site, epoch, seq, why) VALUES ('hz', 1, 1, 'revoked'),"
                 " ('hz', 1, 1, 'stale_roster'), ('hz', 1, 2, 'revoked')");
}

/* A place to go on from that is as good as any. */
static const char *some_cursor(const struct query *query)
{
    static const char *const cursors[] = {"7", "7.7", "7.7.7", "7.7.7.7"};
    size_t i = 0;
    while (i + 1 < QUERY_KEY_MAX && query->key[i + 1])
        i++;
    return cursors[i];
}

/* ---------------------------------------------------------------- tests */

static const char *value_for(const struct query_filter *filter, const char *usual)
{
    return filter->indexed == QUERY_BOUNDS ? "1970-01-02T00:00:00Z" : usual;
}

static void every_question_can_be_put(void **state)
{
    struct rig *rig = *state;
    furnish(rig);
    EACH_QUERY(query)
    {
        json_t *page = LIST(rig, query->kind, NULL);
        json_t *row = json_array_get(json_object_get(page, "rows"), 0);
        for (const struct query_column *column = query->columns; row && column->name; column++)
            assert_non_null(json_object_get(row, column->name));
        json_decref(page);
        for (const struct query_filter *a = query->filters; a->name; a++)
            for (const struct query_filter *b = query->filters; b->name; b++)
                json_decref(LIST(rig, query->kind, a->name, value_for(a, "1"), b->name, value_for(b, "1"), "after",
                                 some_cursor(query)));
        for (const struct query_section *section = query->sections; section && section->name; section++) {
            assert_non_null(query_find(office_queries, section->kind));
            json_decref(LIST(rig, section->kind, section->filter, "1"));
        }
        assert_true(!query->one || query->singular);
    }
}

static void an_order_has_its_history(void **state)
{
    struct rig *rig = *state;
    furnish(rig);
    json_t *order = one(rig, "orders", "O~2"), *other = one(rig, "orders", "O.1");
    json_t *row = json_object_get(order, "order");
    assert_string_equal(json_string_value(json_object_get(row, "stage")), "released");
    assert_int_equal(rows_of(json_object_get(order, "assignments")), 1);
    assert_string_equal(text_at(json_object_get(order, "assignments"), 0, "standing"), "unsent");
    assert_string_equal(text_at(json_object_get(order, "history"), 0, "act"), "released");
    assert_string_equal(text_at(json_object_get(order, "events"), 0, "type"), "order.received");
    assert_string_equal(text_at(json_object_get(order, "parcel_events"), 0, "type"), "label.printed");
    row = json_object_get(other, "order");
    assert_int_equal(json_integer_value(json_object_get(row, "quantity")), 4);
    assert_int_equal(json_integer_value(json_object_get(row, "paid_minor")), 1990);
    assert_int_equal(json_integer_value(json_object_get(row, "exceptions")), 1);
    assert_true(json_is_true(json_object_get(row, "refunding")));
    assert_true(json_is_false(json_object_get(row, "held")));
    assert_int_equal(rows_of(json_object_get(other, "lines")), 2);
    assert_int_equal(rows_of(json_object_get(other, "parcels")), 2);
    assert_int_equal(rows_of(json_object_get(other, "reservations")), 1);
    assert_true(json_is_true(value_at(json_object_get(other, "exceptions"), 0, "open")));
    json_decref(order);
    json_decref(other);
}

static void what_can_be_promised_leaves_damage_out(void **state)
{
    struct rig *rig = *state;
    furnish(rig);
    json_t *page = LIST(rig, "atp", "sku", "T", "site", "hz");
    assert_int_equal(rows_of(page), 1);
    assert_int_equal(json_integer_value(value_at(page, 0, "on_hand")), 10);
    assert_int_equal(json_integer_value(value_at(page, 0, "promised")), 3 + 1); /* O.1, and O~2 that is released */
    assert_int_equal(json_integer_value(value_at(page, 0, "free")), 6);
    json_decref(page);
}

static void nobody_is_named(void **state)
{
    static const char *const secrets[] = {"小明",     "13812345678", "西湖",       "B-7f3a",
                                          "87654321", "12345\"",     "example.org"};
    struct rig *rig = *state;
    CLEANUP_BUF struct buf all = {.max = 8 << 20};
    struct error error;
    furnish(rig);
    EACH_QUERY(query)
    assert_int_equal(query_list(rig->office.sql, office_queries, query->kind, NULL, 0, &all, &error), 0);
    query_one(rig->office.sql, office_queries, "orders", "O.1", &all, &error);
    query_one(rig->office.sql, office_queries, "workers", "u1", &all, &error);
    for (size_t i = 0; i < COUNT(secrets); i++)
        if (strstr(buf_text(&all), secrets[i]))
            fail_msg("%s stands in an answer", secrets[i]);
    assert_non_null(strstr(buf_text(&all), "\"buyer\":\"tb-buyer\",\"receiver\":\"王*\",\"phone\":\"138****5678\""));
    assert_non_null(strstr(buf_text(&all), "\"buyer\":\"l*@*\",\"receiver\":\"李*\",\"phone\":\"****4321\""));
    assert_non_null(strstr(buf_text(&all), "\"buyer\":null,\"receiver\":null,\"phone\":\"****\""));
}

static const struct {
    const char *kind, *name, *value;
    size_t rows;
} filter_cases[] = {
    {"orders", "order", "O.1", 1},
    {"orders", "order", "O9", 0},
    {"orders", "state", "audit", 2},
    {"orders", "stage", "released", 1},
    {"orders", "shop", "tb", 1},
    {"orders", "platform", "shop", 3},
    {"orders", "site", "hz", 1},
    {"orders", "carrier", "YT", 2},
    {"orders", "sku", "C", 1},
    {"orders", "buyer", "tb-buyer", 1},
    {"orders", "buyer", "", 0},
    {"orders", "exception", "address", 1},
    {"orders", "exception", "amount", 0},
    {"orders", "waybill", "W9", 1},
    {"orders", "waybill", "W3", 1},
    {"orders", "platform_order", "77", 1},
    {"orders", "province", "浙江", 1},
    {"notes", "order", "O.1", 1},
    {"notes", "shop", "tb", 1},
    {"exceptions", "open", "yes", 1},
    {"exceptions", "open", "no", 0},
    {"exceptions", "shop", "tb", 1},
    {"lines", "sku", "T", 3},
    {"lines", "unmapped", "yes", 0},
    {"parcels", "waybill", "W9", 1},
    {"reservations", "sku", "T", 2},
    {"items", "barcode", "6901234567892", 1},
    {"items", "name", "green", 1},
    {"barcodes", "sku", "T", 1},
    {"stock", "sku", "T", 3},
    {"stock", "site", "bj", 1},
    {"atp", "site", "bj", 2},
    {"locations", "kind", "damage", 1},
    {"events", "order", "O~2", 1},
    {"events", "type", "label.printed", 1},
    {"parked", "site", "hz", 1},
    {"flagged", "why", "revoked", 2},
    {"workers", "role", "packer", 1},
    {"imports", "kind", "orders", 1},
    {"settings", "name", "merge_hours", 1},
    {"shops", "shop", "tb", 1},
    {"platform-orders", "order", "O.1", 1},
    {"platform-orders", "shop", "tb", 2},
    {"platform-orders", "trouble", "yes", 1},
    {"platform-orders", "taken", "no", 1},
    {"outbox", "order", "O.1", 1},
    {"outbox", "outbox", "6", 1},
    {"outbox", "state", "refused", 1},
    {"rules", "kind", "hold", 1},
    {"rule-hits", "rule", "fragile", 2},
    {"rule-hits", "order", "O.1", 1},
    {"blacklist", "field", "phone", 1},
    {"blacklist", "value", "13812345678", 1},
    {"blacklist", "id", "2", 1},
    {"accounts", "account", "1122", 1},
    {"account-months", "period", "2026-03", 2},
    {"account-months", "account", "1122", 2},
    {"entries", "order", "O.1", 1},
    {"entries", "period", "2026-04", 1},
    {"entries", "who", "li", 1},
    {"entries", "entry", "2", 1},
    {"entry-lines", "account", "1122", 2},
    {"entry-lines", "period", "2026-04", 2},
    {"entry-lines", "sku", "T", 1},
    {"books-troubles", "key", "order/O~2", 1},
    {"bills", "party", "tb", 1},
    {"bill-rows", "state", "missing_here", 1},
    {"bill-rows", "state", "forced", 1},
    {"bill-rows", "file", "1", 3},
    {"bill-rows", "order", "O.1", 2},
    {"bill-rows", "period", "2026-03", 3},
    {"bill-rows", "meaning", "fee", 1},
    {"invoices", "order", "O.1", 2},
    {"invoices", "state", "draft", 1},
    {"invoices", "of_invoice", "1", 1},
    {"invoice-lines", "invoice", "1", 1},
    {"refunds-due", "state", "due", 1},
    {"refunds-due", "shop", "tb", 1},
    {"refunds-due", "booked", "yes", 0},
    {"regions", "site", "hz", 1},
};

static void filters_find(void **state)
{
    struct rig *rig = *state;
    furnish(rig);
    for (size_t i = 0; i < COUNT(filter_cases); i++) {
        json_t *page = LIST(rig, filter_cases[i].kind, filter_cases[i].name, filter_cases[i].value);
        if (rows_of(page) != filter_cases[i].rows)
            fail_msg("%s %s=%s: %zu rows", filter_cases[i].kind, filter_cases[i].name, filter_cases[i].value,
                     rows_of(page));
        assert_true(json_is_null(json_object_get(page, "next")));
        json_decref(page);
    }
}

static size_t section_rows(const json_t *answer, const char *name)
{
    return rows_of(json_object_get(answer, name));
}

static void money_is_followed_down(void **state)
{
    struct rig *rig = *state;
    furnish(rig);
    json_t *account = one(rig, "accounts", "1122"), *entry = one(rig, "entries", "1");
    json_t *bill = one(rig, "bills", "1"), *invoice = one(rig, "invoices", "1"), *order = one(rig, "orders", "O.1");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(account, "account"), "balance_minor")), 1985);
    assert_int_equal(section_rows(account, "months"), 2);
    assert_int_equal(section_rows(account, "lines"), 2);
    assert_int_equal(section_rows(entry, "lines"), 2);
    assert_int_equal(section_rows(bill, "rows"), 3);
    assert_int_equal(section_rows(invoice, "red"), 1);
    static const char *const lists[] = {"entries", "outbox", "platform", "refunds_due", "rule_hits"};
    for (size_t i = 0; i < COUNT(lists); i++)
        assert_int_equal(section_rows(order, lists[i]), 1);
    assert_int_equal(section_rows(order, "bill_rows"), 2);
    assert_int_equal(section_rows(order, "invoices"), 2);
    json_decref(account);
    json_decref(entry);
    json_decref(bill);
    json_decref(invoice);
    json_decref(order);
}

static void what_is_not_known_is_refused(void **state)
{
    static const struct {
        const char *kind, *name, *value;
        int result;
        const char *word;
    } cases[] = {
        {"cats", "limit", "1", -ENOENT, ""},          {"orders", "colour", "red", -EINVAL, "order, platform_order"},
        {"orders", "limit", "501", -EINVAL, "500"},   {"orders", "after", "a.b", -EINVAL, "next"},
        {"orders", "after", "~4", -EINVAL, "next"},   {"orders", "after", "~00", -EINVAL, "next"},
        {"orders", "after", "~ZZ", -EINVAL, "next"},  {"orders", "after", "~FF", -EINVAL, "next"},
        {"lines", "after", "O1", -EINVAL, "next"},    {"lines", "after", "O1.x", -EINVAL, "next"},
        {"orders", "sku", "\xC3(", -EINVAL, "UTF-8"}, {"events", "after", "1.", -EINVAL, "next"},
    };
    struct rig *rig = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf json = {0};
        struct error error = {0};
        struct query_given given = {cases[i].name, cases[i].value};
        int result = query_list(rig->office.sql, office_queries, cases[i].kind, &given, 1, &json, &error);
        if (result != cases[i].result)
            fail_msg("%s %s=%s: %d", cases[i].kind, cases[i].name, cases[i].value, result);
        assert_non_null(strstr(error.text, cases[i].word));
    }
}

/* One row at a time: the same rows in the same order as all of them at once. */
static void compare_pages(struct rig *rig, const struct query *query)
{
    char after[1024] = "";
    json_t *whole = LIST(rig, query->kind, "limit", "500");
    for (size_t i = 0; i < rows_of(whole); i++) {
        json_t *page =
            *after ? LIST(rig, query->kind, "limit", "1", "after", after) : LIST(rig, query->kind, "limit", "1");
        assert_int_equal(rows_of(page), 1);
        if (!json_equal(json_array_get(json_object_get(page, "rows"), 0),
                        json_array_get(json_object_get(whole, "rows"), i)))
            fail_msg("%s: row %zu is another one behind \"%s\"", query->kind, i, after);
        snprintf(after, sizeof(after), "%s", json_string_value(json_object_get(page, "next")));
        assert_int_equal(strspn(after, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-~."),
                         strlen(after));
        json_decref(page);
    }
    json_decref(whole);
}

static void pages_hold_every_row_once(void **state)
{
    struct rig *rig = *state;
    furnish(rig);
    rig_run(rig, "INSERT INTO item (sku, name, weight_g, rev) VALUES ('a.b', 'x', 1, 1), ('a~2Eb', 'x', 1, 1),"
                 " ('%41+&=', 'x', 1, 1), ('', 'x', 1, 1), ('红', 'x', 1, 1), ('a''b', 'x', 1, 1)");
    EACH_QUERY(query)
    compare_pages(rig, query);
}

/* Each from n(i), the numbers to MANY. */
static const char *const long_tables[] = {
    "item (sku, name, weight_g, rev) SELECT 'S' || i, 'x', 1, 1",
    "orders (number, platform, carrier, priority, receiver_name, receiver_phone, receiver_address, state, imported_us)"
    " SELECT 'M' || i, 'p', 'SF', 0, '', '', '', CASE WHEN i = 9 THEN 'exception' ELSE 'audit' END, 0",
    "order_line (number, line, sku, quantity) SELECT 'M' || i, 1, CASE WHEN i < 4 THEN 'C' ELSE 'T' END, 1",
    "order_history (number, time_us, act, before, after, who) SELECT 'M' || i, 0, 'x', 'a', 'b', ''",
    "exception (number, kind, raised_us, released_us) SELECT 'M' || i, 'short', 0, CASE WHEN i = 9 THEN NULL ELSE 1 "
    "END",
    "stock (site, location, sku, quantity) SELECT 'hz', 'L' || i, 'S' || (i % 20000), i % 2",
    "waybill (number, site, carrier) SELECT 'N' || i, 'hz', 'SF'",
    "books_entry (id, key, kind, at_us, day, period, posted_us, who, debit_minor, credit_minor)"
    " SELECT i + 9, 'k' || i, 'sale', 1, '2026-01-01', '2026-01', 1, '', 1, 1",
    "books_line (entry, line, account, debit_minor, credit_minor, currency, base_minor)"
    " SELECT i + 9, 1, '1122', 1, 0, 'CNY', 1",
    "bill_row (id, file, party, format, row_key, word, meaning, reference, at_us, day, amount_minor, currency, state)"
    " SELECT i + 9, 1, 'tb', 'jd', 'k' || i, 'w', 'sale', 'x', 1, '2026-01-01', 1, 'CNY', 'matched'",
    "platform_order (shop, id, modified_us, hash, raw, taken_us) SELECT 'tb', 'P' || i, 1, '', '{}', 1",
    "rule_hit (rule, number, time_us) SELECT 3, 'M' || i, 1",
};

static void fill_long_tables(struct rig *rig)
{
    for (size_t i = 0; i < COUNT(long_tables); i++) {
        const char *select = strstr(long_tables[i], "SELECT");
        CLEANUP_BUF struct buf sql = {0};
        buf_printf(&sql, "INSERT INTO %.*s", (int)(select - long_tables[i]), long_tables[i]);
        buf_printf(&sql, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", MANY);
        buf_printf(&sql, "%s FROM n", select);
        rig_run(rig, buf_text(&sql));
    }
    if (getenv("HEAD_OFFICE_DATABASE"))
        rig_run(rig, "ANALYZE");
}

/* All rows, page by page; the pages it took. */
static size_t follow(struct rig *rig, const char *kind, const char *name, const char *value, size_t *ret_rows)
{
    char after[1024] = "";
    size_t pages = 0, rows = 0;
    for (bool more = true; more; pages++) {
        json_t *page = *after ? LIST(rig, kind, "limit", "500", name, value, "after", after)
                              : LIST(rig, kind, "limit", "500", name, value);
        const char *next = json_string_value(json_object_get(page, "next"));
        assert_true(pages < 1000);
        rows += rows_of(page);
        snprintf(after, sizeof(after), "%s", next ? next : "");
        more = next != NULL;
        json_decref(page);
    }
    *ret_rows = rows;
    return pages;
}

static void no_question_takes_long(void **state)
{
    static const char *const values[] = {"1", "SF", "T", "yes"};
    struct rig *rig = *state;
    furnish(rig);
    fill_long_tables(rig);
    EACH_QUERY(query)
    {
        json_decref(LIST(rig, query->kind, "limit", "500"));
        for (const struct query_filter *filter = query->filters; filter->name; filter++)
            for (size_t i = 0; i < COUNT(values); i++)
                if (filter->takes != QUERY_TAKES_NUMBER || i == 0)
                    json_decref(LIST(rig, query->kind, filter->name, value_for(filter, values[i]), "limit", "500"));
    }
    size_t rows;
    assert_int_equal(follow(rig, "orders", "state", "exception", &rows), 1); /* by an index */
    assert_int_equal(rows, 1);
    assert_in_range(follow(rig, "orders", "sku", "C", &rows), MANY / QUERY_WINDOW, MANY / QUERY_WINDOW + 2);
    assert_int_equal(rows, 1 + 3);
    follow(rig, "exceptions", "open", "yes", &rows);
    assert_int_equal(rows, 2);
}

static void stages_are_those_of_the_table(void **state)
{
    struct rig *rig = *state;
    furnish(rig);
    for (const struct order_state *each = order_states; each->name; each++) {
        assert_int_equal(
            sql_run(rig->office.sql, "UPDATE orders SET state = ?1 WHERE number = 'O~2'", sql_text(each->name)), 0);
        json_t *page = LIST(rig, "orders", "order", "O~2", "stage", each->stage);
        if (rows_of(page) != 1)
            fail_msg("%s is not of stage %s", each->name, each->stage);
        json_decref(page);
    }
}

static void the_words_tell_what_lists_do_not(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf json = {0};
    query_words(&json);
    json_t *root = parsed(&json);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(json_object_get(root, "states"), 0), "chinese")), "待付款");
    assert_true(json_array_size(json_object_get(root, "settings")) > 5);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(every_question_can_be_put),
        ON_RIG(an_order_has_its_history),
        ON_RIG(what_can_be_promised_leaves_damage_out),
        ON_RIG(nobody_is_named),
        ON_RIG(filters_find),
        ON_RIG(money_is_followed_down),
        ON_RIG(what_is_not_known_is_refused),
        ON_RIG(pages_hold_every_row_once),
        ON_RIG(no_question_takes_long),
        ON_RIG(stages_are_those_of_the_table),
        cmocka_unit_test(the_words_tell_what_lists_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
