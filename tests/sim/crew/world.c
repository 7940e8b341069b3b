#include "crew.h"

#include "base/clock.h"

#include <errno.h>
#include <stdarg.h>

const char *crew_station(size_t worker)
{
    static const char *const stations[CREW_WORKERS] = {"s-1", "s-2", "s-3", "s-4", "s-5", "s-6", "s-7", "s-8"};
    return stations[worker];
}

const char *crew_badge(size_t worker)
{
    static const char *const badges[CREW_WORKERS] = {"B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7", "B-8"};
    return badges[worker];
}

bool crew_text(struct crew *crew, const char *sql, int64_t number, char *out, size_t capacity)
{
    struct sql *handle = crew->rig.store->sql;
    struct sql_query *query = sql_select_values(handle, sql, (struct sql_value[]){sql_int(number), {0}});
    bool found = sql_next(query) && !sql_get_null(query, 0);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    if (sql_done(query) != 0)
        crew_fail(crew, "%s: %s", sql, sql_message(handle));
    return found;
}

static void change(struct crew *crew, const char *type, const char *data)
{
    site_rig_change(&crew->rig, type, data);
}

static void changef(struct crew *crew, const char *type, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void changef(struct crew *crew, const char *type, const char *format, ...)
{
    char data[4000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(data, sizeof(data), format, arguments);
    va_end(arguments);
    change(crew, type, data);
}

static void fill_items(struct crew *crew)
{
    static const char *const items[] = {
        "\"sku\":\"MUG\",\"name\":\"马克杯\",\"weight_g\":350,\"box\":\"BOX-S\",\"abc\":\"A\"",
        "\"sku\":\"PEN\",\"name\":\"Pen\",\"weight_g\":12,\"abc\":\"B\"",
        "\"sku\":\"CAP\",\"name\":\"Cap\",\"weight_g\":90,\"box\":\"BOX-S\"",
        ("\"sku\":\"MILK\",\"name\":\"Milk\",\"weight_g\":1000,\"lots\":true,\"expires\":true,\"life_in_days\":10,"
         "\"life_out_days\":4"),
        "\"sku\":\"PHONE\",\"name\":\"Phone\",\"weight_g\":180,\"serials\":\"all\"",
        "\"sku\":\"WATCH\",\"name\":\"Watch\",\"weight_g\":60,\"serials\":\"out\"",
        "\"sku\":\"HAM\",\"name\":\"Ham\",\"by_weight\":true,\"lots\":true",
        "\"sku\":\"ACID\",\"name\":\"Acid\",\"weight_g\":500,\"hazard\":\"8\",\"height_mm\":400",
        "\"sku\":\"TEA-A\",\"name\":\"Tea of Acme\",\"weight_g\":100,\"owner\":\"ACME\"",
        "\"sku\":\"TEA-Z\",\"name\":\"Tea of Zen\",\"weight_g\":100,\"owner\":\"ZEN\"",
    };
    for (size_t i = 0; i < COUNT(items); i++)
        changef(crew, "item.upsert", "{%s,\"rev\":1}", items[i]);
    static const char *const codes[][3] = {{"9521234543213", "MUG", "1"},
                                           {"19521234543210", "MUG", "6"},
                                           {"9521234543220", "TEA-A", "1"},
                                           {"9521234543220", "TEA-Z", "1"},
                                           {"PEN-BOX", "PEN", "10"}};
    for (size_t i = 0; i < COUNT(codes); i++)
        changef(crew, "barcode.upsert", "{\"code\":\"%s\",\"kind\":\"item\",\"sku\":\"%s\",\"factor\":%s,\"rev\":1}",
                codes[i][0], codes[i][1], codes[i][2]);
}

static void fill_places(struct crew *crew)
{
    static const char *const places[] = {
        "\"code\":\"DOCK-1\",\"kind\":\"dock\"",
        "\"code\":\"H-01\",\"kind\":\"face\",\"walk\":20,\"hazards\":\"8\",\"height_mm\":500,\"zone\":\"Z2\"",
        "\"code\":\"N-01\",\"kind\":\"face\",\"walk\":21,\"mix_items\":false,\"mix_lots\":false,\"zone\":\"Z2\"",
        "\"code\":\"S-01\",\"kind\":\"face\",\"walk\":22,\"capacity\":12,\"load_g\":3000,\"zone\":\"Z2\"",
        ("\"code\":\"F-01\",\"kind\":\"face\",\"walk\":1,\"item\":\"MUG\",\"face_min\":8,\"face_max\":30,\"zone\":"
         "\"Z1\""),
        ("\"code\":\"F-02\",\"kind\":\"face\",\"walk\":2,\"item\":\"MILK\",\"face_min\":5,\"face_max\":20,\"zone\":"
         "\"Z1\""),
        "\"code\":\"STAGE-1\",\"kind\":\"stage\",\"walk\":50",
        "\"code\":\"RETURN-1\",\"kind\":\"return\",\"walk\":60",
        "\"code\":\"WALL-1\",\"kind\":\"wall\",\"walk\":70",
        "\"code\":\"SLOT-1\",\"kind\":\"wall_slot\",\"wall\":\"WALL-1\"",
        "\"code\":\"SLOT-2\",\"kind\":\"wall_slot\",\"wall\":\"WALL-1\"",
        "\"code\":\"SLOT-3\",\"kind\":\"wall_slot\",\"wall\":\"WALL-1\"",
        "\"code\":\"SLOT-4\",\"kind\":\"wall_slot\",\"wall\":\"WALL-1\"",
        "\"code\":\"GATE-SF\",\"kind\":\"gate\",\"walk\":90,\"carrier\":\"SF\"",
        "\"code\":\"GATE-YT\",\"kind\":\"gate\",\"walk\":91,\"carrier\":\"YT\"",
    };
    for (size_t i = 0; i < COUNT(places); i++)
        changef(crew, "location.upsert", "{%s,\"aisle\":%d,\"block\":%d,\"position_mm\":%d,\"rev\":1}", places[i],
                (int)i / 4, (int)i % 2, 500 * (int)(i % 4));
    for (int i = 1; i <= 8; i++)
        changef(crew, "location.upsert",
                "{\"code\":\"A-%02d\",\"kind\":\"face\",\"walk\":%d,\"zone\":\"Z%d\",\"aisle\":%d,\"block\":0,"
                "\"position_mm\":%d,\"rev\":1}",
                i, 2 + i, 1 + i / 5, i / 3, 1000 * (1 + i % 3));
    for (int i = 1; i <= 6; i++)
        changef(crew, "location.upsert",
                "{\"code\":\"R-%02d\",\"kind\":\"reserve\",\"walk\":%d,\"aisle\":%d,\"block\":1,\"position_mm\":9000,"
                "\"rev\":1}",
                i, 30 + i, i);
    for (int i = 1; i <= 16; i++)
        changef(crew, "barcode.upsert", "{\"code\":\"T-%d\",\"kind\":\"tote\",\"rev\":1}", i);
    changef(crew, "barcode.upsert",
            "{\"code\":\"BOX-S\",\"kind\":\"box\",\"name\":\"small\",\"weight_g\":80,\"rev\":1}");
    changef(crew, "barcode.upsert",
            "{\"code\":\"BOX-L\",\"kind\":\"box\",\"name\":\"large\",\"weight_g\":200,\"rev\":1}");
}

static void fill_people(struct crew *crew)
{
    static const char *const roles[CREW_WORKERS] = {"picker", "packer",     "picker", "counter",
                                                    "packer", "supervisor", "picker", "admin"};
    for (int i = 0; i < CREW_WORKERS; i++)
        changef(crew, "worker.upsert",
                "{\"worker\":\"u%d\",\"name\":\"W%d\",\"badge\":\"B-%d\",\"role\":\"%s\",\"active\":true,\"rev\":1}",
                i + 1, i + 1, i + 1, roles[i]);
}

/* The day that many days from now, as ISO 8601. */
static void day_from_now(struct crew *crew, int64_t days, char out[CLOCK_TEXT_SIZE])
{
    clock_format(crew->rig.now_us + days * INT64_C(86400000000), out);
    out[10] = '\0';
}

void crew_world_fill(struct crew *crew)
{
    char csv[1024], soon[CLOCK_TEXT_SIZE], late[CLOCK_TEXT_SIZE];
    fill_items(crew);
    fill_places(crew);
    fill_people(crew);
    day_from_now(crew, 20, soon);
    day_from_now(crew, 90, late);
    snprintf(
        csv, sizeof(csv),
        "location,sku,quantity,lot,expiry\nF-01,MUG,30,,\nA-01,PEN,60,,\nA-02,CAP,40,,\nA-03,MUG,20,,\nR-01,MUG,200,,\n"
        "F-02,MILK,15,L1,%s\nR-02,MILK,80,L2,%s\nA-04,WATCH,30,,\nA-05,TEA-A,40,,\nA-06,TEA-Z,40,,\nH-01,ACID,20,,\n"
        "A-07,PEN,30,,\nR-03,CAP,100,,\n",
        soon, late);
    site_rig_import(&crew->rig, "stock", csv);
    if (!crew->rig.last.good)
        crew_fail(crew, "the first stock was refused");
}

/* ---------------------------------------------------------------- orders */

static void new_order(struct crew *crew)
{
    static const char *const any[] = {"MUG", "PEN", "CAP", "MILK", "PHONE", "WATCH", "HAM", "ACID"};
    static const char *const carriers[] = {"SF", "SF", "YT"};
    char lines[1024] = "", waybill[32] = "null";
    int64_t number = ++crew->orders;
    uint64_t sort = crew_draw(crew, DRAW_WORLD, 10);
    int count = sort < 3 ? 1 : 1 + (int)crew_draw(crew, DRAW_WORLD, 4);
    const char *owner = sort == 9 ? "ACME" : "";
    for (int i = 0; i < count; i++) {
        size_t at = strlen(lines);
        const char *sku = *owner ? "TEA-A" : any[crew_draw(crew, DRAW_WORLD, i % 2 ? 3 : COUNT(any))];
        snprintf(lines + at, sizeof(lines) - at, "%s{\"line\":%d,\"sku\":\"%s\",\"quantity\":%d}", i ? "," : "", i + 1,
                 sort < 3 ? "MUG" : sku, sort < 3 ? 1 : 1 + (int)crew_draw(crew, DRAW_WORLD, 4));
    }
    if (crew_chance(crew, DRAW_WORLD, 850))
        snprintf(waybill, sizeof(waybill), "\"WB%lld\"", (long long)number);
    static const char *const policies[] = {"partial", "partial", "line", "order"};
    changef(
        crew, "order.release",
        "{\"order\":\"N%lld\",\"platform\":\"taobao\",\"carrier\":\"%s\",\"waybill\":%s,\"priority\":%d,\"owner\":\"%"
        "s\","
        "\"policy\":\"%s\",\"receiver\":{\"name\":\"a\",\"phone\":\"1\",\"address\":\"b\"},\"lines\":[%s],\"rev\":1}",
        (long long)number, carriers[crew_draw(crew, DRAW_WORLD, COUNT(carriers))], waybill,
        (int)crew_draw(crew, DRAW_WORLD, 3), owner, policies[crew_draw(crew, DRAW_WORLD, COUNT(policies))], lines);
}

static void cancel_order(struct crew *crew)
{
    if (crew->orders)
        changef(crew, "order.cancel", "{\"order\":\"N%d\",\"reason\":\"buyer\"}",
                1 + (int)crew_draw(crew, DRAW_WORLD, (uint64_t)crew->orders));
}

static void some_waybills(struct crew *crew)
{
    for (int i = 0; i < 3; i++, crew->waybills++)
        changef(crew, "waybill.pool", "{\"waybill\":\"P%llu-%d\",\"carrier\":\"%s\"}", (unsigned long long)crew->seed,
                (int)crew->waybills, crew->waybills % 3 ? "SF" : "YT");
}

/* ---------------------------------------------------------------- documents */

static void new_lines(struct crew *crew, bool asn, char *out, size_t capacity)
{
    static const char *const skus[] = {"MUG", "PEN", "MILK", "PHONE", "HAM", "CAP", "ACID", "WATCH"};
    int count = 1 + (int)crew_draw(crew, DRAW_WORLD, 3);
    out[0] = '\0';
    for (int i = 0; i < count; i++) {
        size_t at = strlen(out);
        const char *sku = skus[crew_draw(crew, DRAW_WORLD, COUNT(skus))];
        bool pallet = asn && strcmp(sku, "CAP") == 0;
        char sscc[64] = "";
        if (pallet) {
            char digits[19];
            snprintf(digits, sizeof(digits), "0952123%010lld", (long long)crew->documents * 10 + i);
            digits[17] = barcode_check_digit(digits, 17);
            digits[18] = '\0';
            snprintf(sscc, sizeof(sscc), ",\"sscc\":\"%s\"", digits);
        }
        snprintf(out + at, capacity - at, "%s{\"sku\":\"%s\",\"quantity\":%d%s}", i ? "," : "", sku,
                 1 + (int)crew_draw(crew, DRAW_WORLD, 12), sscc);
    }
}

static void new_document(struct crew *crew)
{
    static const char *const types[] = {"asn.upsert", "asn.upsert", "asn.upsert", "transfer.request",
                                        "transfer.arrival"};
    char lines[1024];
    size_t kind = crew_draw(crew, DRAW_WORLD, COUNT(types));
    crew->documents++;
    new_lines(crew, kind < 3, lines, sizeof(lines));
    changef(crew, types[kind],
            "{\"number\":\"D%lld\",\"partner\":\"sz-01\",\"blind\":%s,\"over_percent\":%d,\"lines\":[%s],\"rev\":1}",
            (long long)crew->documents, crew_chance(crew, DRAW_WORLD, 300) ? "true" : "false",
            crew_chance(crew, DRAW_WORLD, 500) ? 20 : 0, lines);
}

/* A customer sends something back of what has left. */
static void new_return(struct crew *crew)
{
    char id[32], order[64], lines[1024];
    if (!crew_text(crew, "SELECT id FROM orders WHERE state = 'handed' ORDER BY (id * 7919 + ?1) % 1009 LIMIT 1",
                   crew->steps, id, sizeof(id)))
        return;
    int64_t number = strtoll(id, NULL, 10);
    if (!crew_text(crew, "SELECT number FROM orders WHERE id = ?1", number, order, sizeof(order)) ||
        !crew_text(
            crew,
            "SELECT group_concat('{\"sku\":\"' || i.sku || '\",\"quantity\":' || l.shipped || '}') FROM order_line "
            "l JOIN item i ON i.id = l.item WHERE l.order_id = ?1 AND l.shipped > 0",
            number, lines, sizeof(lines)) ||
        !*lines)
        return;
    crew->documents++;
    changef(crew, "return.expect",
            "{\"number\":\"D%lld\",\"order\":\"%s\",\"waybill\":\"RW%lld\",\"lines\":[%s],\"rev\":1}",
            (long long)crew->documents, order, (long long)crew->documents, lines);
}

/* ---------------------------------------------------------------- everything else */

static void ask_for_count(struct crew *crew)
{
    char place[64];
    if (crew_text(
            crew,
            "SELECT code FROM location WHERE kind IN ('face', 'reserve') ORDER BY (id * 7919 + ?1) % 1009 LIMIT 1",
            crew->steps, place, sizeof(place)))
        changef(crew, "count.request", "{\"location\":\"%s\",\"blind\":%s}", place,
                crew_chance(crew, DRAW_WORLD, 500) ? "true" : "false");
}

static void block_lot(struct crew *crew)
{
    changef(crew, "lot.upsert", "{\"sku\":\"MILK\",\"lot\":\"L%d\",\"blocked\":%s}",
            1 + (int)crew_draw(crew, DRAW_WORLD, 3), crew_chance(crew, DRAW_WORLD, 300) ? "true" : "false");
}

static void change_setting(struct crew *crew)
{
    static const char *const settings[][2] = {
        {"weigh_parcels", "2"}, {"weigh_parcels", "0"},       {"weigh_parcels", "0"},
        {"zero_check", "1"},    {"zero_check", "0"},          {"count_pieces", "5"},
        {"cluster_totes", "2"}, {"aisle_length_mm", "10000"}, {"aisle_distance_mm", "3000"}};
    size_t at = crew_draw(crew, DRAW_WORLD, COUNT(settings));
    changef(crew, "config.set", "{\"name\":\"%s\",\"value\":%s}", settings[at][0], settings[at][1]);
}

static void next_day(struct crew *crew)
{
    crew->days++;
    crew->rig.now_us += INT64_C(86400000000) / 4;
}

/* Head office hears the site, or does not: no flow may care but for what it says. */
static void link_changes(struct crew *crew)
{
    struct event event = {.kind = EVENT_LINK, .number = crew_chance(crew, DRAW_WORLD, 500)};
    site_rig_post(&crew->rig, &event, "", 0);
}

/* A supervisor plans, releases, takes an order out, cancels a wave, or frees what somebody holds. */
static void ask_of_waves(struct crew *crew)
{
    static const struct {
        const char *verb, *field, *sql;
    } asks[] = {
        {"wave.plan", "", "SELECT '' WHERE ?1 = ?1"},
        {"wave.release", "wave", "SELECT number FROM wave WHERE state = 'draft' AND ?1 = ?1"},
        {"wave.kick", "order", "SELECT number FROM orders WHERE wave IS NOT NULL ORDER BY (id * 7919 + ?1) % 1009"},
        {"wave.cancel", "wave", "SELECT number FROM wave ORDER BY -(id * 7919 + ?1) % 1009"},
        {"lease.release", "worker", "SELECT code FROM worker ORDER BY (id * 7919 + ?1) % 1009"},
    };
    char value[64], data[256];
    size_t at = crew_draw(crew, DRAW_WORLD, COUNT(asks));
    if (!crew_text(crew, asks[at].sql, crew->steps, value, sizeof(value)))
        return;
    if (*asks[at].field)
        snprintf(data, sizeof(data), "{\"badge\":\"B-6\",\"%s\":\"%s\"}", asks[at].field, value);
    else
        snprintf(data, sizeof(data), "{\"badge\":\"B-6\"}");
    site_rig_ask(&crew->rig, asks[at].verb, data);
}

static const struct {
    int every; /* steps, on average */
    void (*happen)(struct crew *crew);
} happenings[] = {
    {70, new_order},   {260, cancel_order},  {150, some_waybills}, {120, new_document},
    {200, new_return}, {300, ask_for_count}, {700, block_lot},     {600, change_setting},
    {900, next_day},   {250, ask_of_waves},  {400, link_changes},
};

void crew_world_step(struct crew *crew)
{
    for (size_t i = 0; i < COUNT(happenings); i++)
        if (crew_draw(crew, DRAW_WORLD, (uint64_t)happenings[i].every) == 0)
            happenings[i].happen(crew);
}
