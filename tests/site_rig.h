/* A site without devices for tests, simulation and bench: the real turn, floor and store, fed by hand.
 * Time is virtual, ids come from a seed. Does not assert: the caller looks at the last effect. */
#ifndef TESTS_SITE_RIG_H
#define TESTS_SITE_RIG_H

#include "base/json.h"
#include "floor/floor.h"
#include "floor/print.h"
#include "keep.h"
#include "store/journal.h"
#include "store/laws.h"
#include "store/ledger.h"
#include "turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct site_rig {
    struct random_seeded seeded;
    struct store *store;
    struct turn *turn;
    int64_t now_us, feed_seq;
    int64_t wall_shift_us, mono_shift_us; /* what the box's clocks show beside now_us */
    struct effect last;                   /* of the newest event that had its effect */
    size_t effects;
    struct error error;
};

static inline void site_rig_on_effect(void *user, const struct event *event, const struct effect *effect)
{
    (void)event;
    struct site_rig *rig = user;
    rig->last = *effect;
    rig->effects++;
}

static inline int site_rig_open_as(struct site_rig *rig, const char *site, const char *box, const char *path,
                                   uint64_t seed)
{
    *rig = (struct site_rig){.seeded = {seed}, .now_us = INT64_C(1774000000000000)};
    struct store_settings settings = {.path = path, .site = site, .box = box, .random = random_from_seed(&rig->seeded)};
    int result = store_open(&settings, &rig->store, &rig->error);
    return result ? result : turn_new(rig->store, site_rig_on_effect, rig, &rig->turn);
}

static inline int site_rig_open(struct site_rig *rig, const char *path, uint64_t seed)
{
    return site_rig_open_as(rig, "hz-07", "box-1", path, seed);
}

static inline void site_rig_close(struct site_rig *rig)
{
    keep_lines("events", rig->store->sql, "SELECT line FROM journal ORDER BY seq");
    turn_free(rig->turn);
    store_close(rig->store);
}

static inline int site_rig_post(struct site_rig *rig, struct event *event, const char *bytes, size_t length)
{
    rig->now_us += 1000;
    event->wall_us = rig->now_us + rig->wall_shift_us;
    event->mono_us = rig->now_us + rig->mono_shift_us;
    int result = event_set_bytes(event, bytes, length);
    if (!result)
        result = turn_post(rig->turn, event);
    if (result)
        free(event->heap);
    return result;
}

static inline int site_rig_turn(struct site_rig *rig)
{
    return turn_take(rig->turn, &rig->error);
}

static inline void site_rig_scan(struct site_rig *rig, const char *station, const char *text)
{
    struct event event = {.kind = EVENT_SCAN};
    snprintf(event.station, sizeof(event.station), "%s", station);
    site_rig_post(rig, &event, text, strlen(text));
    site_rig_turn(rig);
}

/* One change line from head office, numbered in sequence. */
static inline void site_rig_change(struct site_rig *rig, const char *type, const char *data)
{
    struct event event = {.kind = EVENT_CHANGE, .number = ++rig->feed_seq};
    char line[4096];
    snprintf(line, sizeof(line), "{\"type\":\"io.floorhand.%s.v1\",\"data\":%s}", type, data);
    site_rig_post(rig, &event, line, strlen(line));
    site_rig_turn(rig);
    if (rig->last.good)
        keep_line("changes", line, strlen(line));
}

static inline void site_rig_import(struct site_rig *rig, const char *kind, const char *csv)
{
    struct event event = {.kind = EVENT_IMPORT};
    snprintf(event.name, sizeof(event.name), "%s", kind);
    site_rig_post(rig, &event, csv, strlen(csv));
    site_rig_turn(rig);
}

static inline void site_rig_ask(struct site_rig *rig, const char *verb, const char *json)
{
    struct event event = {.kind = EVENT_ASK};
    snprintf(event.name, sizeof(event.name), "%s", verb);
    site_rig_post(rig, &event, json, strlen(json));
    site_rig_turn(rig);
}

static inline void site_rig_print(struct site_rig *rig, int64_t job, const char *state)
{
    struct event event = print_event(&(struct print_report){.job = job,
                                                            .state = state,
                                                            .proof = strcmp(state, "printed") == 0 ? "status" : "",
                                                            .labels = 1,
                                                            .odometer = -1});
    site_rig_post(rig, &event, "", 0);
    site_rig_turn(rig);
}

/* Two items (one with a case of six), two bins, two totes, a box, a stage, a return shelf, a gate, two workers, stock.
 */
static inline void site_rig_fill(struct site_rig *rig)
{
    static const char *const changes[][2] = {
        {"item.upsert", "{\"sku\":\"MUG\",\"name\":\"红色马克杯\",\"weight_g\":350,\"rev\":1}"},
        {"item.upsert", "{\"sku\":\"PEN\",\"name\":\"Blue pen\",\"weight_g\":12,\"rev\":1}"},
        {"barcode.upsert", "{\"code\":\"9521234543213\",\"kind\":\"item\",\"sku\":\"MUG\",\"factor\":1,\"rev\":1}"},
        {"barcode.upsert", "{\"code\":\"19521234543210\",\"kind\":\"item\",\"sku\":\"MUG\",\"factor\":6,\"rev\":1}"},
        {"barcode.upsert", "{\"code\":\"BOX-S\",\"kind\":\"box\",\"name\":\"small\",\"weight_g\":80,\"rev\":1}"},
        {"barcode.upsert", "{\"code\":\"T-1\",\"kind\":\"tote\",\"rev\":1}"},
        {"barcode.upsert", "{\"code\":\"T-2\",\"kind\":\"tote\",\"rev\":1}"},
        {"location.upsert", "{\"code\":\"A-01\",\"kind\":\"face\",\"walk\":1,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"A-02\",\"kind\":\"face\",\"walk\":2,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"R-09\",\"kind\":\"reserve\",\"walk\":9,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"STAGE-1\",\"kind\":\"stage\",\"walk\":50,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"RETURN-1\",\"kind\":\"return\",\"walk\":60,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"GATE-SF\",\"kind\":\"gate\",\"walk\":90,\"carrier\":\"SF\",\"rev\":1}"},
        {"worker.upsert",
         "{\"worker\":\"u1\",\"name\":\"李雷\",\"badge\":\"B-1\",\"role\":\"picker\",\"active\":true,\"rev\":1}"},
        {"worker.upsert",
         "{\"worker\":\"u2\",\"name\":\"韩梅梅\",\"badge\":\"B-2\",\"role\":\"packer\",\"active\":true,\"rev\":1}"},
    };
    for (size_t i = 0; i < COUNT(changes); i++)
        site_rig_change(rig, changes[i][0], changes[i][1]);
    site_rig_import(rig, "stock", "location,sku,quantity\nA-01,MUG,20\nA-02,PEN,20\nR-09,MUG,10\n");
}

/* An order of mugs and pens; 0 leaves a line out. */
static inline void site_rig_order(struct site_rig *rig, const char *number, const char *waybill, int mugs, int pens)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", number);
    json_text(&data, "platform", "taobao");
    json_text(&data, "carrier", "SF");
    json_text(&data, "waybill", *waybill ? waybill : NULL);
    json_int(&data, "priority", 0);
    json_raw(&data, "receiver", "{\"name\":\"王小明\",\"phone\":\"13812345678\",\"address\":\"杭州市西湖区 1 号\"}");
    json_open_array(&data, "lines");
    const struct {
        const char *sku;
        int quantity;
    } lines[] = {{"MUG", mugs}, {"PEN", pens}};
    int line = 0;
    for (size_t i = 0; i < COUNT(lines); i++) {
        if (lines[i].quantity == 0)
            continue;
        json_open_object(&data, NULL);
        json_int(&data, "line", ++line);
        json_text(&data, "sku", lines[i].sku);
        json_int(&data, "quantity", lines[i].quantity);
        json_close_object(&data);
    }
    json_close_array(&data);
    json_int(&data, "rev", 1);
    json_close_object(&data);
    site_rig_change(rig, "order.release", data.data);
}

#endif
