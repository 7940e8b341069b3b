#include "sync_bench.h"

#include "base/clock.h"
#include "store/journal.h"
#include "sync/head-office/office.h"

#include <errno.h>
#include <string.h>

#define PATH_SIZE    4096
#define SKUS         1000
#define TURN_ROWS    64
#define ORDER_EVENTS (sizeof(events_of_order) / sizeof(events_of_order[0]))

void site_name(int number, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "site-%03d", number);
}

void box_name(int number, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "box-%03d", number);
}

/* What the floor writes for one order; of its data, which member says what: */
enum member { ORDER = 1, TOTE = 2, LINE = 4, PLACE = 8, PARCEL = 16, STAGE = 32, COPY = 64, LEAVES = 128, BOX = 256 };
static const struct {
    const char *type;
    int line, members;
} events_of_order[] = {
    {"pick.started", 0, ORDER | TOTE},
    {"pick.tote", 0, ORDER | TOTE},
    {"pick.located", 1, ORDER | PLACE},
    {"pick.line", 1, ORDER | LINE | PLACE},
    {"pick.located", 2, ORDER | PLACE},
    {"pick.line", 2, ORDER | LINE | PLACE},
    {"pick.staged", 0, ORDER | STAGE | TOTE},
    {"pack.opened", 0, ORDER | TOTE},
    {"pack.item", 1, ORDER | TOTE | LINE},
    {"pack.item", 2, ORDER | TOTE | LINE},
    {"parcel.packed", 0, ORDER | PARCEL | BOX},
    {"label.printed", 0, ORDER | PARCEL | COPY},
    {"parcel.shipped", 0, ORDER | PARCEL | LEAVES},
};

/* Some more than are worked at: no worker is as fast as another. */
int64_t day_orders(int64_t events)
{
    return events / (int64_t)ORDER_EVENTS * 11 / 10 + 200;
}

static void write_data(char *out, size_t capacity, const char *site, int64_t order, size_t at)
{
    const int line = events_of_order[at].line, sku = (int)((order * 7 + line * 13) % SKUS);
    char parts[9][160] = {{0}};
    const long long number = 1000000 + order;
    snprintf(parts[0], sizeof(parts[0]), "\"order\":\"%s-%lld\"", site, number);
    snprintf(parts[1], sizeof(parts[1]), ",\"tote\":\"T-%05lld\"", (long long)order * 31 % 4000);
    snprintf(parts[2], sizeof(parts[2]), ",\"line\":%d,\"sku\":\"SKU-%d\",\"quantity\":1", line, 10000 + sku);
    snprintf(parts[3], sizeof(parts[3]), ",\"location\":\"A-%02d-%03d\"", sku / 100, sku % 100);
    snprintf(parts[4], sizeof(parts[4]), ",\"parcel\":\"P%s%lld\",\"waybill\":\"SF%s%lld\"", site + 5, number, site + 5,
             number * 7919);
    snprintf(parts[5], sizeof(parts[5]), ",\"location\":\"STAGE-%d\"", (int)(order % 4));
    snprintf(parts[6], sizeof(parts[6]), ",\"copy\":1");
    snprintf(parts[7], sizeof(parts[7]), ",\"manifest\":\"M-%04lld\",\"carrier\":\"SF\"", (long long)order / 200);
    snprintf(parts[8], sizeof(parts[8]), ",\"box\":\"BOX-%c\"", "SML"[order % 3]);
    size_t length = (size_t)snprintf(out, capacity, "{");
    for (int i = 0; i < 9; i++)
        if (events_of_order[at].members & 1 << i)
            length += (size_t)snprintf(out + length, capacity - length, "%s", parts[i]);
    snprintf(out + length, capacity - length, "}");
}

static struct store *open_with(const char *path, const struct sql_options *options, int number)
{
    char site[NAME_SIZE], box[NAME_SIZE];
    struct store *store;
    struct error error = {0};
    site_name(number, site);
    box_name(number, box);
    const struct store_settings settings = {
        .path = path, .options = options, .site = site, .box = box, .random = random_system};
    must(store_open(&settings, &store, &error), error.text);
    store->stamp = (struct stamp){.wall_us = clock_wall_us(), .station = "", .worker_code = ""};
    return store;
}

struct store *day_open(const char *path, int number)
{
    return open_with(path, NULL, number);
}

struct store *day_open_many(const char *folder, int number)
{
    static const struct sql_options careless = {.exclusive = true, .careless = true, .cache_kib = 256};
    static struct store *empty; /* of nobody: its tables are made once, and copied */
    char path[PATH_SIZE];
    struct error error = {0};
    if (!empty) {
        empty = day_open(":memory:", number);
        must(sql_script(empty->sql, "DELETE FROM epoch; DELETE FROM stream", &error), error.text);
    }
    snprintf(path, sizeof(path), "%s/site-%d.db", folder, number);
    must(sql_copy_to(empty->sql, path, &error), error.text);
    return open_with(path, &careless, number);
}

/* Fifty workers, each at an order of his own and all at different steps of it. */
#define WORKERS 50
struct day {
    int64_t steps[WORKERS];
    uint32_t dice;
};

struct day *day_new(void)
{
    struct day *day = calloc(1, sizeof(*day));
    must(day ? 0 : -ENOMEM, "a day");
    day->dice = 1;
    return day;
}

void day_write(struct day *day, struct store *store)
{
    char data[512], subject[96], station[16], worker[16];
    day->dice = day->dice * 1664525 + 1013904223;
    const unsigned who = (day->dice >> 16) % WORKERS;
    const int64_t step = day->steps[who]++, order = step / (int64_t)ORDER_EVENTS * WORKERS + who;
    const size_t at = (size_t)step % ORDER_EVENTS;
    snprintf(station, sizeof(station), "station-%u", who);
    snprintf(worker, sizeof(worker), "u%u", who);
    store->stamp.station = station;
    store->stamp.worker_code = worker;
    store->stamp.wall_us += 20000 + (day->dice >> 8) % 40000;
    store->stamp.mono_us += 40000;
    snprintf(subject, sizeof(subject), "order/%s-%lld", store->site, 1000000 + (long long)order);
    write_data(data, sizeof(data), store->site, order, at);
    must(journal_append(store, events_of_order[at].type, subject, data, NULL), "a row of the journal");
    store->stamp.station = store->stamp.worker_code = "";
}

void day_fill(struct store *store, int64_t events)
{
    struct day *day = day_new();
    must(store_begin(store), "begin");
    for (int64_t i = 0; i < events; i++) {
        day_write(day, store);
        if (i % 10000 == 9999) {
            must(store_commit(store), "commit");
            must(store_begin(store), "begin");
        }
    }
    must(store_commit(store), "commit");
    free(day);
}

#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) "

static void add_site(struct sql *sql, int number, int64_t orders)
{
    char site[NAME_SIZE], box[NAME_SIZE];
    site_name(number, site);
    box_name(number, box);
    must(sql_run(sql, "INSERT INTO site (id, name, box, added_us) VALUES (?1, ?1, ?2, 0)", sql_text(site),
                 sql_text(box)),
         "a site");
    must(sql_run(sql,
                 NUMBERS "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone, "
                         "receiver_address, state, site, imported_us) SELECT ?2 || '-' || (1000000 + i), 'shop', 'SF', "
                         "0, 'A. Buyer', '13800000000', '1 Long Street, Hangzhou', 'released', ?2, 0 FROM n",
                 sql_int(orders), sql_text(site)),
         "orders");
    must(sql_run(sql,
                 NUMBERS "INSERT INTO order_line (number, line, sku, quantity) SELECT ?3 || '-' || (1000000 + i), "
                         "line, 'SKU-' || (10000 + (i * 7 + line * 13) % ?2), 1 FROM n CROSS JOIN (SELECT 1 AS line "
                         "UNION ALL SELECT 2 AS line) AS two",
                 sql_int(orders), sql_int(SKUS), sql_text(site)),
         "lines");
}

void office_fill(const char *path, int sites, int64_t events)
{
    struct sql *sql;
    struct error error = {0};
    must(office_open(path, NULL, &random_system, &sql, &error), error.text);
    must(sql_run(sql, SQL_BEGIN, SQL_NO_VALUES), "begin");
    must(sql_run(sql,
                 NUMBERS "INSERT INTO item (sku, name, weight_g, rev) SELECT 'SKU-' || (10000 + i), 'An item', 100, 1 "
                         "FROM n",
                 sql_int(SKUS)),
         "items");
    for (int i = 0; i < sites; i++)
        add_site(sql, i, day_orders(events));
    must(sql_run(sql, "COMMIT", SQL_NO_VALUES), sql_message(sql));
    sql_close(sql);
}
