/* A company in memory for tests that read as stories: head office and two sites, each with its real rules and its own
 * database. Nothing goes from one to the other until the test says so: up() carries a site's events, down() head
 * office's changes, and a link that is cut is one over which nothing is carried. Asserts by cmocka. */
#ifndef TESTS_COMPANY_H
#define TESTS_COMPANY_H

#include "unit/hub_rig.h"

#include "sync/head-office/sites/feed.h"
#include "unit/floor_script.h"

#define HZ 0
#define BJ 1

struct company {
    struct rig office;
    struct site_rig sites[2];
    int64_t carried[2];     /* events of each site that head office has */
    enum clock_trust clock; /* of the time of day in what the sites are told */
};

static const char *const company_site[] = {"hz", "bj"}, *const company_box[] = {"box-1", "box-2"};

static inline void company_post(struct company *company, int site, struct event *event, const char *bytes,
                                size_t length)
{
    struct site_rig *rig = &company->sites[site];
    assert_int_equal(site_rig_post(rig, event, bytes, length), 0);
    assert_int_equal(site_rig_turn(rig), 0);
}

static inline void company_down(struct company *company, int site, int most)
{
    struct rig *office = &company->office;
    rig_forget_sent(office);
    assert_int_equal(hub_send_changes(office->hub, office->office.now_us, &office->error), 0);
    int64_t *seq = &company->sites[site].feed_seq;
    struct sql_query *row =
        sql_select(office->office.sql, "SELECT line, seq FROM feed WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                   sql_text(company_site[site]), sql_int(*seq), sql_int(most));
    while (sql_next(row)) {
        size_t length;
        const char *line = sql_get_blob(row, 0, &length);
        struct event event = {.kind = EVENT_CHANGE, .number = ++*seq, .clock = company->clock};
        company_post(company, site, &event, line, length);
        assert_int_equal(*seq, sql_get_int(row, 1));
    }
    assert_int_equal(sql_done(row), 0);
}

/* What head office has published and the site does not have yet. */
static inline void down(struct company *company, int site)
{
    company_down(company, site, 1000000);
}

static inline void down_one(struct company *company, int site)
{
    company_down(company, site, 1);
}

/* Lines as a frame that the box has signed, behind those that head office has. */
static inline void company_seal(struct company *company, int site, const struct buf *lines, struct buf *frame)
{
    struct rig *office = &company->office;
    const struct rig_box *box = rig_box(office, company_box[site]);
    const struct wire_ends ends = {box->site, box->name};
    CLEANUP_RUN struct wire_run run = {
        .kind = WIRE_FRAME_UP, .epoch = box->epoch, .first_seq = company->carried[site] + 1};
    assert_int_equal(journal_hash(company->sites[site].store, company->carried[site], run.prev_hash), 0);
    buf_put(&run.lines, lines->data, lines->length);
    buf_clear(frame);
    assert_int_equal(wire_run_write(frame, &run, &ends, &box->key, 0, &office->error), 0);
}

/* What head office says of itself, as it reaches the site's floor. */
static inline void company_tell_applied(struct company *company, int site)
{
    struct rig *office = &company->office;
    int64_t waiting, oldest_us;
    struct acknowledged told = {.applied = company->carried[site]};
    snprintf(told.gen, sizeof(told.gen), "%s", hub_gen(office->hub));
    memcpy(told.key, wire_key_public(&office->key), sizeof(told.key));
    struct event applied = {.kind = EVENT_APPLIED, .number = told.applied};
    company_post(company, site, &applied, (const char *)&told, sizeof(told));
    assert_int_equal(journal_waiting(company->sites[site].store, &waiting, &oldest_us), 0);
    assert_int_equal(waiting, 0);
}

/* Everything that has happened at the site, and its word for the changes it has. */
static inline void up(struct company *company, int site)
{
    struct rig *office = &company->office;
    struct buf lines = {0}, frame = {0};
    int64_t *carried = &company->carried[site], last;
    for (;;) {
        buf_clear(&lines);
        assert_int_equal(journal_read(company->sites[site].store, *carried, 100, 60000, &lines, &last), 0);
        if (lines.length == 0)
            break;
        company_seal(company, site, &lines, &frame);
        rig_receive(office, company_box[site], WIRE_UP_SEGMENT, &frame);
        rig_turn(office);
        assert_string_equal(office->note, "");
        assert_int_equal(rig_answer(office, WIRE_ACK).applied, last);
        *carried = last;
    }
    buf_done(&lines);
    buf_done(&frame);
    rig_fack(office, company_site[site], company_box[site], company->sites[site].feed_seq);
    rig_turn(office);
    company_tell_applied(company, site);
}

/* The link is there: the site says hello and hears that head office has told it this much. */
static inline void meet(struct company *company, int site)
{
    struct rig *office = &company->office;
    rig_hello(office, company_site[site], company_box[site], company->carried[site], company->sites[site].feed_seq);
    rig_turn(office);
    struct event link = {.kind = EVENT_LINK, .number = 1 + rig_answer(office, WIRE_WELCOME).feed_head};
    company_post(company, site, &link, "", 0);
}

static inline void part(struct company *company, int site)
{
    struct event link = {.kind = EVENT_LINK, .number = 0};
    company_post(company, site, &link, "", 0);
}

static inline void sync_site(struct company *company, int site)
{
    down(company, site);
    up(company, site);
}

static inline void time_passes(struct company *company, int64_t seconds)
{
    company->office.office.now_us += seconds * 1000000;
    for (size_t i = 0; i < COUNT(company->sites); i++)
        company->sites[i].now_us += seconds * 1000000;
}

static inline int64_t at_office(struct company *company, const char *sql)
{
    return rig_count(&company->office, sql);
}

#define EVENTS(company, where) at_office((company), "SELECT count(*) FROM event WHERE " where)

/* The texts that a statement selects, with blanks between them. */
static inline void check_text_of(struct sql *sql, const char *statement, const char *expected)
{
    CLEANUP_BUF struct buf texts = {0};
    struct sql_query *row = sql_select(sql, statement, SQL_NO_VALUES);
    while (sql_next(row))
        buf_printf(&texts, "%s%s", texts.length > 0 ? " " : "", sql_get_text(row, 0));
    assert_int_equal(sql_done(row), 0);
    assert_string_equal(buf_text(&texts), expected);
}

/* What the events of a type at head office have as this member ("actor"), or member of a member ("data.stage"), in
 * their order, with blanks between them; "-" where it is missing. */
static inline void events_say(struct company *company, const char *type, const char *path, const char *expected)
{
    CLEANUP_BUF struct buf texts = {0};
    struct sql_query *row = sql_select(company->office.office.sql,
                                       "SELECT line FROM event WHERE type = ?1 ORDER BY arrival", sql_text(type));
    while (sql_next(row)) {
        json_t *line = json_loads(sql_get_text(row, 0), 0, NULL);
        const char *inner = strchr(path, '.');
        const json_t *member =
            inner ? json_object_get(json_object_get(line, "data"), inner + 1) : json_object_get(line, path);
        buf_puts(&texts, texts.length > 0 ? " " : "");
        if (json_is_integer(member))
            buf_printf(&texts, "%lld", (long long)json_integer_value(member));
        else
            buf_puts(&texts, json_is_true(member) ? "true" : json_is_string(member) ? json_string_value(member) : "-");
        json_decref(line);
    }
    assert_int_equal(sql_done(row), 0);
    assert_string_equal(buf_text(&texts), expected);
}

#define OFFICE_SAYS(company, statement, expected) check_text_of((company)->office.office.sql, (statement), (expected))
#define SITE_SAYS(company, at, statement, expected)                                                                    \
    check_text_of((company)->sites[at].store->sql, (statement), (expected))

static inline int company_open(void **state)
{
    struct company *company = calloc(1, sizeof(*company));
    struct rig *office = &company->office;
    *state = company;
    rig_open(office);
    for (int i = 0; i < 2; i++) {
        struct site_rig *site = &company->sites[i];
        if (site_rig_open_as(site, company_site[i], company_box[i], ":memory:", (uint64_t)i + 1) != 0)
            fail_msg("%s", site->error.text);
        office->office.now_us = site->now_us;
    }
    rig_import_good(office, "items", NULL, "sku,name,weight_g\nMUG,Mug,350\nPEN,Blue pen,12\n");
    rig_import_good(office, "barcodes", NULL,
                    "code,kind,sku,factor,weight_g,name\nBOX-S,box,,0,80,small\nT-1,tote,,0,0,\nT-2,tote,,0,0,\n"
                    "T-3,tote,,0,0,\n");
    rig_import_good(office, "workers", NULL,
                    "worker,name,badge,role\nu1,李雷,B-1,picker\nu2,韩梅梅,B-2,packer\nu9,Jim,B-9,supervisor\n");
    for (int i = 0; i < 2; i++) {
        rig_import_good(office, "locations", company_site[i],
                        "code,kind,walk,carrier\nA-01,face,1,\nA-02,face,2,\nSTAGE-1,stage,50,\nRETURN-1,return,60,\n"
                        "GATE-SF,gate,90,SF\n");
        struct event boot = {.kind = EVENT_BOOT};
        company_post(company, i, &boot, "bench-1 \n", 9);
        meet(company, i);
        down(company, i);
        site_rig_import(&company->sites[i], "stock", "location,sku,quantity\nA-01,MUG,20\nA-02,PEN,20\n");
        up(company, i);
    }
    return 0;
}

static inline int company_close(void **state)
{
    struct company *company = *state;
    for (size_t i = 0; i < COUNT(company->sites); i++) {
        check_laws(&company->sites[i]);
        site_rig_close(&company->sites[i]);
    }
    rig_close(&company->office);
    free(company);
    return 0;
}

#define ORDERS_HEAD                                                                                                    \
    "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"

/* An order of mugs, with a waybill number of its own, handed to a site. */
static inline void order_for(struct company *company, int site, const char *number, int mugs)
{
    char csv[512];
    snprintf(csv, sizeof(csv), ORDERS_HEAD "%s,shop,SF,SF-%s,0,王小明,13812345678,杭州,MUG,%d\n", number, number, mugs);
    rig_import_good(&company->office, "orders", NULL, csv);
    if (rig_release(&company->office, company_site[site], number) != 0)
        fail_msg("%s", company->office.error.text);
}

/* A change that no rule of head office makes for the story. */
static inline void tell_site(struct company *company, int site, const char *type, const char *data)
{
    struct feed_change change = {.type = type, .key = "story/1", .rev = 1, .data = data};
    assert_int_equal(feed_append(&company->office.office, company_site[site], &change), 0);
}

#define HOUR 3600

/* Orders of both sites may be begun for two hours. */
static inline void lend(struct company *company)
{
    rig_run(&company->office, "UPDATE site SET lease_s = 7200");
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
#define BEGIN_IT                                                                                                       \
    {"B-1", "DONE_SIGNED_IN", "menu"},                                                                                 \
    {                                                                                                                  \
        "CMD:PICK", "DONE_PICK_STARTED", "pick.location"                                                               \
    }

#endif
