/* Head office with a shop, items and orders, asked by its verbs; sites' events come as rows. For tests of money. */
#ifndef TESTS_MONEY_RIG_H
#define TESTS_MONEY_RIG_H

#include "unit/hub_rig.h"

#include "sync/head-office/books/books.h"
#include "sync/head-office/verb.h"

#define COLUMNS                                                                                                        \
    "order,platform,shop,platform_order,carrier,waybill,receiver_name,receiver_phone,receiver_address,currency,"       \
    "freight,discount,platform_discount,paid,sku,quantity,price,line_paid\n"

/* What the verb answered, or NULL: it was refused, and the sentence is in rig->error. Given back by json_decref(). */
static inline json_t *ask_as(struct rig *rig, const char *who, const char *verb, const char *fields)
{
    CLEANUP_BUF struct buf answer = {0};
    json_t *given = json_loads(fields, 0, NULL);
    assert_non_null(given);
    rig->error.text[0] = '\0';
    int result = verb_do(&rig->office, verb, given, who, &answer, &rig->error);
    json_decref(given);
    return result ? NULL : json_loads(buf_text(&answer), 0, NULL);
}

static inline void ask(struct rig *rig, const char *verb, const char *fields)
{
    json_t *answer = ask_as(rig, "li", verb, fields);
    if (!answer)
        fail_msg("%s: %s", verb, rig->error.text);
    json_decref(answer);
}

static inline void refused(struct rig *rig, const char *verb, const char *fields, const char *words)
{
    json_t *answer = ask_as(rig, "li", verb, fields);
    assert_null(answer);
    if (!strstr(rig->error.text, words))
        fail_msg("\"%s\" lacks \"%s\"", rig->error.text, words);
}

/* A number of what was answered. */
static inline int64_t asked(struct rig *rig, const char *verb, const char *fields, const char *member)
{
    json_t *answer = ask_as(rig, "li", verb, fields);
    if (!answer)
        fail_msg("%s: %s", verb, rig->error.text);
    int64_t number = json_integer_value(json_object_get(answer, member));
    json_decref(answer);
    return number;
}

static inline void assert_books_hold(struct rig *rig)
{
    CLEANUP_BUF struct buf wrong = {0};
    int64_t count = 0;
    assert_int_equal(books_check(&rig->office, &wrong, &count, &rig->error), 0);
    if (count > 0)
        fail_msg("%s", buf_text(&wrong));
}

/* An event as the hub stores it. */
static inline void event_at(struct rig *rig, const char *type, const char *time, const char *data)
{
    static int64_t seq;
    char id[32];
    CLEANUP_BUF struct buf line = {0};
    seq++;
    snprintf(id, sizeof(id), "e%d", (int)seq);
    char sequence[WIRE_SEQUENCE_SIZE];
    wire_sequence_write(sequence, 1, seq);
    buf_printf(&line,
               "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"" WIRE_SITE_SOURCE "hz\",\"type\":"
               "\"io.floorhand.%s.v1\",\"time\":\"%s\",\"sequence\":\"%s\",\"data\":%s}",
               id, type, time, sequence, data);
    uint8_t hash[32] = {0};
    assert_int_equal(sql_run(rig->office.sql,
                             "INSERT INTO event (arrival, site, epoch, seq, id, type, subject, time, line, hash) VALUES"
                             " (?1, 'hz', 1, ?1, ?2, ?3, '', ?4, ?5, ?6)",
                             sql_int(seq), sql_text(id), sql_text(type), sql_text(time), sql_text(buf_text(&line)),
                             sql_blob(hash, sizeof(hash))),
                     0);
}

static inline void event(struct rig *rig, const char *type, const char *data)
{
    event_at(rig, type, "2026-03-04T09:15:22.481Z", data);
}

static inline void post_all(struct rig *rig)
{
    json_t *answer = NULL;
    bool more = true;
    while (more) {
        answer = ask_as(rig, "", "money.post", "{}");
        if (!answer)
            fail_msg("%s", rig->error.text);
        more = json_is_true(json_object_get(answer, "more"));
        json_decref(answer);
    }
    assert_books_hold(rig);
}

/* So many pieces of a line have left. */
static inline void leaves(struct rig *rig, const char *order, int line, int shipped)
{
    assert_int_equal(sql_run(rig->office.sql,
                             "UPDATE order_line SET picked = ?3, packed = ?3, shipped = ?3 WHERE number = ?1 AND line ="
                             " ?2",
                             sql_text(order), sql_int(line), sql_int(shipped)),
                     0);
}

/* The balance of an account, in base currency. */
static inline int64_t balance_of(struct rig *rig, const char *account)
{
    int64_t balance = 0;
    assert_int_equal(sql_number(rig->office.sql, &balance,
                                "SELECT coalesce(sum(base_minor), 0) FROM books_line WHERE account = ?1",
                                sql_text(account)),
                     0);
    return balance;
}

static inline int money_set_up(void **state)
{
    struct rig *rig = NULL;
    rig_set_up(state);
    rig = *state;
    rig->office.now_us = INT64_C(1772700000000000); /* 2026-03-05 */
    rig_run(rig, "INSERT INTO shop (code, platform, name) VALUES ('tb', 'taobao', 'Tea'), ('pd', 'pdd', 'Cups')");
    rig_import_good(rig, "items", NULL, "sku,name,weight_g\nT,tea,100\nC,cup,200\nG,gift,10\n");
    return 0;
}

#define WITH_MONEY(test) cmocka_unit_test_setup_teardown(test, money_set_up, rig_tear_down)

#endif
