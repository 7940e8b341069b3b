/* Who is who at head office: accounts of several platforms as one person, why, and back again; what they bought, what
 * was said with them. On both databases. */
#include "unit/customers_rig.h"

#include "sync/head-office/customers/consent.h"

#include <sys/wait.h>

#define PERSONS 48
#define MERGES  512

/* ---------------------------------------------------------------- telephones */

static void only_one_persons_telephones_count(void **state)
{
    (void)state;
    static const struct {
        const char *text, *number;
    } numbers[] = {
        {"13912345670", "13912345670"},
        {"+86 139-1234-5670", "13912345670"},
        {"0086 13912345670", "13912345670"},
        {"8613912345670", "13912345670"},
        {"(139) 1234 5670", "13912345670"},
        {"+49 30 1234567", "+49301234567"},
        {"0049301234567", "+49301234567"},
        {"+1 415 555 2671", "+14155552671"},
        {"139****5670", ""},
        {"13912345670-4521", ""},
        {"13912345670转4521", ""},
        {"13912345670,4521", ""},
        {"13912345670#4521", ""},
        {"13912345670 4521", ""},
        {"17012345679", ""},
        {"17112345679", ""},
        {"16512345679", ""},
        {"4001234567", ""},
        {"95013912345670", ""},
        {"0571-87654321", ""},
        {"87654321", ""},
        {"13800000000", ""},
        {"13800138000", ""},
        {"12345678901", ""},
        {"13123456789", ""},
        {"", ""},
        {"+", ""},
        {"+86 139123456701", ""},
        {"+12", ""},
        {"nobody", ""},
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char number[IDENTITY_TELEPHONE];
        const char *why = NULL;
        int result = identity_telephone(numbers[i].text, number, &why);
        if (strcmp(number, numbers[i].number) != 0 || (result == 0) != (*numbers[i].number != '\0'))
            fail_msg("%s is %s", numbers[i].text, number);
        assert_true(result == 0 || why);
    }
}

static void hashes_depend_on_the_key(void **state)
{
    struct shelf *shelf = *state;
    struct identity one, other, third;
    assert_int_equal(identity_phone(&shelf->rig.office, "139 1234 5670", &one), 0);
    assert_int_equal(identity_phone(&shelf->rig.office, "+8613912345670", &other), 0);
    assert_int_equal(strlen(one.value), 64);
    assert_string_equal(one.value, other.value);
    assert_int_equal(identity_email(&shelf->rig.office, " Li@Example.org ", &one), 0);
    assert_int_equal(identity_buyer(&shelf->rig.office, "woocommerce", "li@example.org", &other), 0);
    assert_int_equal(other.kind, IDENTITY_EMAIL);
    assert_string_equal(one.value, other.value);
    uint8_t key[64] = {7};
    assert_int_equal(sql_run(shelf->rig.office.sql, "UPDATE hub SET key = ?1", sql_blob(key, sizeof(key))), 0);
    assert_int_equal(identity_email(&shelf->rig.office, "li@example.org", &third), 0);
    assert_string_not_equal(one.value, third.value);
    assert_int_equal(identity_buyer(&shelf->rig.office, "shopify", "#1001", &one), 0); /* the order's name */
    assert_string_equal(one.value, "");
    assert_int_equal(identity_buyer(&shelf->rig.office, "taobao", "t**1", &one), 0);
    assert_string_equal(one.value, "");
}

/* ---------------------------------------------------------------- one person */

static void a_telephone_joins_two_platforms(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    order_of(shelf, "B", "douyin", "dy-1", "+86 139 1234 5670", 2);
    order_of(shelf, "C", "douyin", "dy-2", "13912345671", 3);
    order_of(shelf, "D", "file", "", PHONE, 4);
    order_of(shelf, "E", "file", "", "139****5670", 5);
    work(shelf);
    assert_int_equal(whose(shelf, "A"), whose(shelf, "B"));
    assert_int_equal(whose(shelf, "A"), whose(shelf, "D"));
    assert_int_not_equal(whose(shelf, "A"), whose(shelf, "C"));
    assert_int_equal(whose(shelf, "E"), 0);
    assert_said(shelf, "the same telephone number", "SELECT why FROM person_merge", SQL_NO_VALUES);
    assert_said(shelf, "B", "SELECT source FROM person_merge", SQL_NO_VALUES);
    assert_said(shelf, "phone", "SELECT i.kind FROM person_merge m JOIN person_identity i ON i.id = m.identity",
                SQL_NO_VALUES);
    assert_int_equal(
        shelf_number(shelf, "SELECT count(*) FROM person_identity WHERE value LIKE '%5670%'", SQL_NO_VALUES), 0);
}

static void hidden_receivers_join_nobody(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    order_of(shelf, "B", "douyin", "dy-1", PHONE, 2);
    order_of(shelf, "C", "jd", "jd-1", PHONE, 3);
    order_of(shelf, "D", "pdd", "pd-1", PHONE "-1234", 4);
    shelf_run(shelf, "UPDATE orders SET sealed = 'x' WHERE number = 'B'; UPDATE orders SET overlays = 8 WHERE number ="
                     " 'C'");
    work(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(DISTINCT head) FROM person", SQL_NO_VALUES), 4);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM person_merge", SQL_NO_VALUES), 0);
}

/* A parcel shop, an office: then what it had joined is taken apart, and nobody is joined by it again. */
static void a_telephone_of_many_joins_nobody(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    order_of(shelf, "B", "taobao", "tb-2", PHONE, 2);
    order_of(shelf, "N", "file", "", PHONE, 2);
    work(shelf);
    assert_int_equal(whose(shelf, "A"), whose(shelf, "B"));
    assert_int_equal(whose(shelf, "A"), whose(shelf, "N"));
    order_of(shelf, "C", "taobao", "tb-3", PHONE, 3);
    work(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(DISTINCT head) FROM person", SQL_NO_VALUES), 3);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM person_merge WHERE undone_us IS NULL", SQL_NO_VALUES),
                     0);
    assert_int_equal(whose(shelf, "N"), 0);
    order_of(shelf, "D", "douyin", "dy-1", PHONE, 4);
    order_of(shelf, "E", "file", "", PHONE, 5);
    work(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(DISTINCT head) FROM person", SQL_NO_VALUES), 4);
    assert_int_equal(whose(shelf, "E"), 0);
}

static void what_a_person_took_apart_stays_apart(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    order_of(shelf, "B", "douyin", "dy-1", PHONE, 2);
    work(shelf);
    assert_done(shelf, "person.unmerge", "{\"merge\": 1, \"why\": \"mother and daughter\"}");
    assert_int_not_equal(whose(shelf, "A"), whose(shelf, "B"));
    assert_int_equal(shelf_do(shelf, "person.unmerge", "{\"merge\": 1, \"why\": \"x\"}", NULL), -EALREADY);
    order_of(shelf, "C", "douyin", "dy-1", PHONE, 3);
    work(shelf);
    assert_int_not_equal(whose(shelf, "A"), whose(shelf, "C"));
    assert_int_equal(whose(shelf, "B"), whose(shelf, "C"));
    assert_done(shelf, "person.merge", "{\"person\": 1, \"other\": 2, \"why\": \"they said so\"}");
    assert_int_equal(whose(shelf, "A"), whose(shelf, "C"));
    assert_int_equal(shelf_do(shelf, "person.merge", "{\"person\": 1, \"other\": 2, \"why\": \"x\"}", NULL), -EALREADY);
    assert_int_equal(shelf_do(shelf, "person.merge", "{\"person\": 1, \"other\": 99, \"why\": \"x\"}", NULL), -ENOENT);
    json_t *merges = asked(shelf, "person-merges", "person", 2);
    assert_int_equal(json_array_size(merges), 2);
    assert_string_equal(text_of(merges, 0, "undone_why"), "mother and daughter");
    assert_string_equal(text_of(merges, 0, "undone_by"), "tester");
    json_decref(merges);
}

/* An order that changed is looked at anew, and a customer's file names persons, too. */
static void what_changes_is_looked_at_again(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", "", 1);
    work(shelf);
    rig_import_good(&shelf->rig, "customers", NULL,
                    "code,name,phone,email,consent\nK1,Wang," PHONE ",w@example.org,yes\nK2,Li,,,no\n");
    work(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(DISTINCT head) FROM person", SQL_NO_VALUES), 3);
    shelf_run(shelf, "UPDATE orders SET receiver_phone = '" PHONE "' WHERE number = 'A'");
    assert_int_equal(persons_note_order(shelf->rig.office.sql, "A"), 0);
    work(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(DISTINCT head) FROM person", SQL_NO_VALUES), 2);
    CLEANUP_BUF struct buf answer = {0};
    assert_int_equal(shelf_do(shelf, "person.find", "{\"kind\": \"email\", \"value\": \"W@example.org\"}", &answer), 0);
    char expected[32];
    snprintf(expected, sizeof(expected), "{\"person\":%d}", (int)whose(shelf, "A"));
    assert_string_equal(buf_text(&answer), expected);
    assert_int_equal(shelf_do(shelf, "person.find", "{\"kind\": \"phone\", \"value\": \"139****5670\"}", NULL),
                     -EINVAL);
    assert_int_equal(shelf_do(shelf, "person.find", "{\"kind\": \"code\", \"value\": \"K3\"}", NULL), -ENOENT);
}

/* ---------------------------------------------------------------- there and back */

struct graph {
    int64_t ids[PERSONS], heads[PERSONS];
    size_t count;
};

static void read_graph(struct shelf *shelf, struct graph *ret)
{
    struct sql_query *row = sql_select(shelf->rig.office.sql, "SELECT id, head FROM person ORDER BY id", SQL_NO_VALUES);
    for (ret->count = 0; sql_next(row); ret->count++) {
        assert_true(ret->count < PERSONS);
        ret->ids[ret->count] = sql_get_int(row, 0);
        ret->heads[ret->count] = sql_get_int(row, 1);
    }
    assert_int_equal(sql_done(row), 0);
}

/* By the edges that stand, over and over until nothing changes: another way than the product's. */
static void heads_follow_from_edges(struct shelf *shelf)
{
    struct graph graph;
    int64_t least[PERSONS];
    read_graph(shelf, &graph);
    memcpy(least, graph.ids, sizeof(least));
    for (bool changed = true; changed;) {
        changed = false;
        struct sql_query *row = sql_select(
            shelf->rig.office.sql, "SELECT one, other FROM person_merge WHERE undone_us IS NULL", SQL_NO_VALUES);
        while (sql_next(row)) {
            size_t one = 0, other = 0;
            while (graph.ids[one] != sql_get_int(row, 0))
                one++;
            while (graph.ids[other] != sql_get_int(row, 1))
                other++;
            int64_t less = least[one] < least[other] ? least[one] : least[other];
            changed |= least[one] != less || least[other] != less;
            least[one] = least[other] = less;
        }
        assert_int_equal(sql_done(row), 0);
    }
    for (size_t i = 0; i < graph.count; i++)
        assert_int_equal(graph.heads[i], least[i]);
}

static void some_orders(struct shelf *shelf, struct random_seeded *seeded, int round, int count)
{
    static const char *const platforms[] = {"taobao", "douyin", "jd", "kuaishou"};
    for (int i = 0; i < count; i++) {
        char number[24], buyer[24], phone[24];
        snprintf(number, sizeof(number), "N%d-%d", round, i);
        snprintf(buyer, sizeof(buyer), "b%d", (int)(random_next(seeded) % 4));
        snprintf(phone, sizeof(phone), "139%d%d0471%d", round % 10, (int)(random_next(seeded) % 4), round % 7 + 1);
        bool hidden = random_next(seeded) % 5 == 0, nameless = random_next(seeded) % 5 == 0;
        order_of(shelf, number, platforms[random_next(seeded) % COUNT(platforms)], nameless ? "" : buyer,
                 hidden ? "139****1234" : phone, i);
    }
    work(shelf);
}

/* Random merges by hand, taken apart in another order: each head, and so each order's person, is what it was. */
static void there_and_back(struct shelf *shelf, struct random_seeded *seeded)
{
    struct graph before, after;
    int64_t merges[MERGES];
    size_t count = 0;
    read_graph(shelf, &before);
    for (int i = 0; i < 12; i++) {
        struct person_link link = {.one = before.ids[random_next(seeded) % before.count],
                                   .other = before.ids[random_next(seeded) % before.count],
                                   .source = "",
                                   .why = "chance",
                                   .who = "tester"};
        if (link.one == link.other)
            continue;
        assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0);
        int result = persons_merge(&shelf->rig.office, &link, &merges[count], &shelf->rig.error);
        assert_true(result == 0 || result == -EALREADY);
        count += result == 0;
        assert_int_equal(office_commit(&shelf->rig.office, &shelf->rig.error), 0);
    }
    heads_follow_from_edges(shelf);
    while (count > 0) {
        size_t at = random_next(seeded) % count;
        int64_t merge = merges[at];
        merges[at] = merges[--count];
        assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0);
        assert_int_equal(persons_unmerge(&shelf->rig.office, merge, "chance", "", &shelf->rig.error), 0);
        assert_int_equal(office_commit(&shelf->rig.office, &shelf->rig.error), 0);
        heads_follow_from_edges(shelf);
    }
    read_graph(shelf, &after);
    assert_int_equal(before.count, after.count);
    assert_memory_equal(before.heads, after.heads, before.count * sizeof(before.heads[0]));
}

static void merges_can_be_taken_back(void **state)
{
    struct shelf *shelf = *state;
    struct random_seeded seeded = {.state = 2026};
    for (int round = 0; round < 8; round++) {
        some_orders(shelf, &seeded, round, 12);
        heads_follow_from_edges(shelf);
        there_and_back(shelf, &seeded);
    }
    /* no order lost its account, and none has two */
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM orders o LEFT JOIN person_order po USING (number) WHERE"
                                  " po.number IS NULL OR (o.buyer <> '' AND po.person IS NULL)",
                                  SQL_NO_VALUES),
                     0);
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM (SELECT o.platform, o.buyer FROM orders o JOIN"
                                  " person_order po USING (number) WHERE o.buyer <> '' GROUP BY o.platform,"
                                  " o.buyer HAVING count(DISTINCT po.person) <> 1) torn",
                                  SQL_NO_VALUES),
                     0);
    /* all taken apart: every account is its own head again */
    for (int64_t merge; (merge = shelf_number(shelf, "SELECT max(id) FROM person_merge WHERE undone_us IS NULL",
                                              SQL_NO_VALUES)) > 0;) {
        assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0);
        assert_int_equal(persons_unmerge(&shelf->rig.office, merge, "the end", "", &shelf->rig.error), 0);
        assert_int_equal(office_commit(&shelf->rig.office, &shelf->rig.error), 0);
    }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM person WHERE head <> id", SQL_NO_VALUES), 0);
}

/* ---------------------------------------------------------------- two programs */

static void work_in_another_program(struct shelf *shelf)
{
    struct office other = {.random = random_system, .now_us = shelf->rig.office.now_us};
    struct persons_work done = {.more = true};
    int result = office_open(shelf->rig.database, NULL, &other.random, &other.sql, &shelf->rig.error);
    while (!result && (done.looked > 0 || done.more))
        result = persons_work(&other, 7, &done, &shelf->rig.error);
    sql_close(other.sql);
    _exit(result ? 1 : 0);
}

/* They look at the same orders, and find the same persons as one would. */
static void two_programs_find_the_same_persons(void **state)
{
    struct shelf *shelf = *state;
    pid_t children[3];
    if (!getenv("HEAD_OFFICE_DATABASE"))
        return; /* in SQLite all work is alone */
    for (int i = 0; i < 120; i++) {
        char number[24], buyer[24], phone[24];
        snprintf(number, sizeof(number), "N%d", i);
        snprintf(buyer, sizeof(buyer), "b%d", i % 40);
        snprintf(phone, sizeof(phone), "13904719%03d", 100 + i % 20);
        order_of(shelf, number, i % 2 ? "taobao" : "douyin", buyer, phone, i);
    }
    for (size_t i = 0; i < COUNT(children); i++)
        if ((children[i] = fork()) == 0)
            work_in_another_program(shelf);
    for (size_t i = 0; i < COUNT(children); i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    work(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM person_due", SQL_NO_VALUES), 0);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM person_order WHERE person IS NOT NULL", SQL_NO_VALUES),
                     120);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM person", SQL_NO_VALUES), 40);
    assert_int_equal(shelf_number(shelf, "SELECT count(DISTINCT head) FROM person", SQL_NO_VALUES), 20);
    heads_follow_from_edges(shelf);
}

/* ---------------------------------------------------------------- the profile */

static void refund(struct shelf *shelf, const char *number, const char *order, int minor)
{
    shelf_run(shelf,
              "INSERT INTO aftersale (number, kind, state, order_number, asked_us, changed_us) VALUES ('%s', 'return',"
              " 'settled', '%s', 5, 5); INSERT INTO aftersale_history (number, time_us, act, before, after, who) VALUES"
              " ('%s', 1700000900000000, 'asked', '', 'asked', ''); INSERT INTO refund_due (number, order_number,"
              " currency, amount_minor, freight_minor, reason, state, approved_by, approved_us) VALUES ('%s', '%s',"
              " 'CNY', %d, 0, '', 'paid', 'x', 5)",
              number, order, number, number, order, minor);
}

/* A: 1 T for 10.00; B: 3 T for 30.00, 4.50 given back; C was given up, D is in another currency. */
static void furnish(struct shelf *shelf)
{
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    order_of(shelf, "B", "douyin", "dy-1", PHONE, 2);
    order_of(shelf, "C", "douyin", "dy-1", PHONE, 3);
    order_of(shelf, "D", "jd", "jd-1", PHONE, 4);
    shelf_line(shelf, "B", 2, "T", 2);
    shelf_line(shelf, "D", 2, "C", 5);
    shelf_run(shelf, "UPDATE orders SET state = 'closed' WHERE number = 'C'; UPDATE orders SET currency = 'USD' WHERE"
                     " number = 'D'");
    refund(shelf, "R1", "B", 450);
    work(shelf);
}

static void the_profile_is_what_was_bought(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    int64_t person = whose(shelf, "A");
    json_t *figures = asked(shelf, "person-figures", "person", whose(shelf, "D"));
    assert_int_equal(json_array_size(figures), 2);
    assert_string_equal(text_of(figures, 0, "currency"), "CNY");
    assert_int_equal(number_of(figures, 0, "orders"), 2);
    assert_int_equal(number_of(figures, 0, "paid_minor"), 4000);
    assert_int_equal(number_of(figures, 0, "refunded_minor"), 450);
    assert_int_equal(number_of(figures, 0, "average_minor"), 2000);
    assert_int_equal(number_of(figures, 0, "returns"), 1);
    assert_int_equal(number_of(figures, 1, "paid_minor"), 6000);
    json_decref(figures);
    json_t *items = asked(shelf, "person-items", "person", person);
    assert_int_equal(json_array_size(items), 2);
    assert_string_equal(text_of(items, 1, "sku"), "T");
    assert_int_equal(number_of(items, 1, "pieces"), 5);
    assert_int_equal(number_of(items, 1, "orders"), 3);
    json_decref(items);
    json_t *persons = asked(shelf, "persons", "person", person);
    assert_int_equal(json_array_size(persons), 1);
    assert_int_equal(number_of(persons, 0, "orders"), 3);
    assert_int_equal(number_of(persons, 0, "accounts"), 3);
    assert_string_equal(text_of(persons, 0, "name"), "王*");
    assert_string_equal(text_of(persons, 0, "phone"), "139****5670");
    assert_string_equal(text_of(persons, 0, "last_order"), "D");
    assert_string_equal(text_of(persons, 0, "favourite"), "T");
    json_decref(persons);
}

static void everything_is_in_one_timeline(void **state)
{
    struct shelf *shelf = *state;
    furnish(shelf);
    int64_t person = whose(shelf, "A");
    static const uint8_t hash[32];
    shelf_run(shelf,
              "INSERT INTO parcel (number, parcel, box, waybill, carrier, manifest) VALUES ('A', 'A-1', 'S', 'W1',"
              " 'SF', 'M')");
    assert_int_equal(
        sql_run(shelf->rig.office.sql,
                "INSERT INTO event (site, epoch, seq, id, type, subject, time, line, hash) VALUES ('hz', 1,"
                " 1, 'e1', 'parcel.shipped', 'parcel/A-1', '2024-02-29T23:59:58.123Z', '{}', ?1)",
                sql_blob(hash, sizeof(hash))),
        0);
    assert_done(shelf, "contact.add",
                "{\"order\": \"B\", \"channel\": \"phone\", \"direction\": \"in\", \"text\": \"asks for a gift box\"}");
    assert_done(shelf, "consent.set", "{\"person\": 1, \"channel\": \"sms\", \"given\": true, \"source\": \"a form\"}");
    json_t *rows = asked(shelf, "person-timeline", "person", person);
    static const char *const sources[] = {"shipment", "aftersale", "order", "order", "order", "order"};
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        assert_true(i == 0 || strcmp(text_of(rows, i - 1, "time"), text_of(rows, i, "time")) >= 0);
        found += found < COUNT(sources) && strcmp(sources[found], text_of(rows, i, "source")) == 0;
    }
    assert_int_equal(found, COUNT(sources));
    assert_int_equal(json_array_size(rows), COUNT(sources) + 4); /* and two merges, the contact, the consent */
    assert_string_equal(text_of(rows, 0, "time"), "2024-02-29T23:59:58.123Z");
    assert_string_equal(text_of(rows, 0, "detail"), "SF W1");
    json_decref(rows);
    rows = asked(shelf, "contacts", "person", person);
    assert_string_equal(text_of(rows, 0, "text"), "asks for a gift box");
    json_decref(rows);
    assert_int_equal(shelf_do(shelf, "contact.add",
                              "{\"order\": \"Z\", \"channel\": \"sms\", \"direction\": \"out\", \"text\": \"x\"}",
                              NULL),
                     -ENOENT);
}

/* Each list of one person is found by indexes, however many there are. */
static void one_of_many_is_found_at_once(void **state)
{
    static const char *const kinds[] = {"persons",         "person-identities", "person-merges",
                                        "person-figures",  "person-items",      "person-orders",
                                        "person-consents", "contacts",          "person-timeline"};
    struct shelf *shelf = *state;
    furnish(shelf);
    shelf_run(
        shelf,
        "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone, receiver_address,"
        " state, imported_us) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)"
        " SELECT 'M' || i, 'p', 'SF', 0, '', '', '', 'finished', 0 FROM n;"
        "INSERT INTO person (head, made_us) SELECT 0, 0 FROM orders WHERE number LIKE 'M%%';"
        "UPDATE person SET head = id WHERE head = 0;"
        "INSERT INTO order_line (number, line, sku, quantity) SELECT number, 1, 'T', 1 FROM orders WHERE number"
        " LIKE 'M%%';"
        "INSERT INTO person_order (number, person) SELECT 'M' || (id - 3), id FROM person WHERE id BETWEEN 4 AND"
        " 40003");
    if (getenv("HEAD_OFFICE_DATABASE"))
        shelf_run(shelf, "ANALYZE");
    for (size_t i = 0; i < COUNT(kinds); i++)
        json_decref(asked(shelf, kinds[i], "person", whose(shelf, "A")));
    json_decref(asked(shelf, "persons", "limit", 500));
    json_decref(asked(shelf, "person-figures", "limit", 500));
}

/* ---------------------------------------------------------------- consent */

static bool may(struct shelf *shelf, const char *order, const char *channel)
{
    bool given;
    assert_int_equal(consent_is_given(shelf->rig.office.sql, whose(shelf, order), channel, &given), 0);
    return given;
}

static void the_last_word_counts(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    order_of(shelf, "B", "douyin", "dy-1", PHONE, 2);
    work(shelf);
    assert_false(may(shelf, "A", "sms"));
    assert_done(shelf, "consent.set", "{\"person\": 1, \"given\": true, \"source\": \"a form\"}");
    assert_true(may(shelf, "B", "sms"));
    assert_done(shelf, "consent.set", "{\"person\": 2, \"channel\": \"sms\", \"given\": false, \"source\": \"STOP\"}");
    assert_false(may(shelf, "A", "sms")); /* at the same time: no means no */
    assert_true(may(shelf, "A", "email"));
    assert_done(shelf, "person.unmerge", "{\"merge\": 1, \"why\": \"another\"}");
    assert_true(may(shelf, "A", "sms")); /* who said it is who said it */
    assert_false(may(shelf, "B", "sms"));
}

static void a_file_does_not_overrule_a_refusal(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    work(shelf);
    assert_done(shelf, "consent.set", "{\"person\": 1, \"channel\": \"sms\", \"given\": false, \"source\": \"STOP\"}");
    shelf->rig.office.now_us += HOUR_US;
    rig_import_good(&shelf->rig, "customers", NULL, "code,name,phone,consent\nK1,Wang," PHONE ",yes\n");
    work(shelf);
    assert_false(may(shelf, "A", "sms"));
    assert_true(may(shelf, "A", "email"));
    shelf->rig.office.now_us += HOUR_US;
    rig_import_good(&shelf->rig, "customers", NULL, "code,name,phone,consent\nK1,Wang," PHONE ",no\n");
    work(shelf);
    assert_false(may(shelf, "A", "email"));
    int64_t words = shelf_number(shelf, "SELECT count(*) FROM person_consent", SQL_NO_VALUES);
    rig_import_good(&shelf->rig, "customers", NULL, "code,name,phone,consent\nK1,Wang Li," PHONE ",no\n");
    work(shelf); /* the same, said again */
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM person_consent", SQL_NO_VALUES), words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_one_persons_telephones_count),
        ON_SHELF(hashes_depend_on_the_key),
        ON_SHELF(a_telephone_joins_two_platforms),
        ON_SHELF(hidden_receivers_join_nobody),
        ON_SHELF(a_telephone_of_many_joins_nobody),
        ON_SHELF(what_a_person_took_apart_stays_apart),
        ON_SHELF(what_changes_is_looked_at_again),
        ON_SHELF(merges_can_be_taken_back),
        ON_SHELF(two_programs_find_the_same_persons),
        ON_SHELF(the_profile_is_what_was_bought),
        ON_SHELF(everything_is_in_one_timeline),
        ON_SHELF(one_of_many_is_found_at_once),
        ON_SHELF(the_last_word_counts),
        ON_SHELF(a_file_does_not_overrule_a_refusal),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
