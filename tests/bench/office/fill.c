#include "office_bench.h"

#include "base/clock.h"

#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) "

static void run(struct office *office, int result)
{
    must(result, sql_message(office->sql));
}

void bench_open(const char *path, struct office *ret)
{
    struct error error = {0};
    *ret = (struct office){.random = random_system, .now_us = clock_wall_us()};
    must(office_open(path, "", &ret->random, &ret->sql, &error), error.text);
}

void promise_name(int64_t number, char out[TEXT_SIZE])
{
    snprintf(out, TEXT_SIZE, "P-%lld", 1000000 + (long long)number);
}

int64_t wait_for_start(void)
{
    puts("ready");
    fflush(stdout);
    must(getchar() == '\n' ? 0 : -1, "nobody says when to begin");
    return clock_mono_us();
}

void print_result(int64_t start_us, int64_t count)
{
    printf("{\"seconds\": %.6f, \"count\": %lld}\n", (double)(clock_mono_us() - start_us) / 1e6, (long long)count);
}

/* What lies there is enough for everybody, in two places of each site. */
static void add_sites(struct office *office, int64_t promises)
{
    struct sql *sql = office->sql;
    for (int i = 0; i < SITES; i++) {
        char site[TEXT_SIZE], box[TEXT_SIZE];
        snprintf(site, sizeof(site), "site-%d", i);
        snprintf(box, sizeof(box), "box-%d", i);
        run(office, sql_run(sql, "INSERT INTO site (id, name, box, added_us, last_seen_us) VALUES (?1, ?1, ?2, 0, ?3)",
                            sql_text(site), sql_text(box), sql_int(office->now_us)));
        run(office,
            sql_run(sql,
                    NUMBERS
                    "INSERT INTO stock (site, location, sku, quantity) SELECT ?2, place || i, 'SKU-' || (10000 +"
                    " i), ?3 FROM n CROSS JOIN (SELECT 'A-' AS place UNION ALL SELECT 'B-') AS two",
                    sql_int(ITEMS), sql_text(site), sql_int(promises + 100)));
        run(office,
            sql_run(sql, NUMBERS "INSERT INTO bench_free (site, sku, free) SELECT ?2, 'SKU-' || (10000 + i), ?3 FROM n",
                    sql_int(HOT_ITEMS), sql_text(site), sql_int(promises + 100)));
    }
}

/* Nobody is asked for refunds: WooCommerce tells them with the orders, which would be read twice. */
static void add_shop(struct office *office, int number)
{
    struct sql *sql = office->sql;
    char shop[TEXT_SIZE], gateway[2 * TEXT_SIZE];
    shop_name(number, shop);
    snprintf(gateway, sizeof(gateway), "https://%s.example", shop);
    run(office, sql_run(sql,
                        "INSERT INTO shop (code, platform, name, running, carrier, poll_s, history_days) VALUES (?1,"
                        " 'woocommerce', ?1, 1, 'SF', 3600, 1)",
                        sql_text(shop)));
    run(office, sql_run(sql,
                        "INSERT INTO shop_account (shop, gateway, app_key, app_secret) VALUES (?1, ?2, 'key',"
                        " 'secret')",
                        sql_text(shop), sql_text(gateway)));
    run(office, sql_run(sql, "INSERT INTO shop_health (shop) VALUES (?1)", sql_text(shop)));
    run(office, sql_run(sql, "INSERT INTO pull (shop, kind, mark_us, next_us) VALUES (?1, 'refunds', 0, ?2)",
                        sql_text(shop), sql_int(INT64_MAX / 2)));
    run(office,
        sql_run(sql,
                NUMBERS "INSERT INTO listing (shop, item, sku, code, title, our_sku, matched, seen_us) SELECT ?2, CAST("
                        "1000 + i AS TEXT), CAST(5000 + i AS TEXT), 'SKU-' || (10000 + i), 'An item', 'SKU-' || (10000 "
                        "+ i), 'code', 0 FROM n",
                sql_int(ITEMS), sql_text(shop)));
}

static void add_promises(struct office *office, int64_t promises)
{
    struct sql *sql = office->sql;
    if (promises == 0)
        return;
    run(office,
        sql_run(sql,
                NUMBERS "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
                        " receiver_address, state, imported_us) SELECT 'P-' || (1000000 + i), 'shop', 'SF', 0,"
                        " 'A. Buyer', '13800000000', '1 Long Street, Hangzhou', 'audit', i FROM n",
                sql_int(promises)));
    run(office, sql_run(sql,
                        NUMBERS "INSERT INTO order_line (number, line, sku, quantity) SELECT 'P-' || (1000000 + i), 1,"
                                " 'SKU-' || (10000 + i % ?2), 1 FROM n",
                        sql_int(promises), sql_int(HOT_ITEMS)));
}

void office_fill(const char *path, int shops, int64_t promises)
{
    struct office office;
    struct error error = {0};
    bench_open(path, &office);
    must(sql_script(office.sql,
                    "CREATE TABLE bench_free (site TEXT NOT NULL, sku TEXT NOT NULL, free INTEGER NOT NULL, PRIMARY KEY"
                    " (site, sku)) STRICT",
                    &error),
         error.text);
    run(&office, sql_run(office.sql, SQL_BEGIN, SQL_NO_VALUES));
    run(&office,
        sql_run(office.sql,
                NUMBERS "INSERT INTO item (sku, name, weight_g, rev) SELECT 'SKU-' || (10000 + i), 'An item', 100, 1"
                        " FROM n",
                sql_int(ITEMS)));
    add_sites(&office, promises);
    for (int i = 0; i < shops; i++)
        add_shop(&office, i);
    add_promises(&office, promises);
    run(&office, sql_run(office.sql, "COMMIT", SQL_NO_VALUES));
    sql_close(office.sql);
}
