/* What a head office uses and may use: counted once, by the day of the business, and what is above a quota waits or is
 * refused, and is not lost. */
#include "unit/shop_rig.h"

#include "sync/head-office/api/http_meter.h"
#include "sync/head-office/orders/order_put.h"
#include "sync/head-office/tenants/metering.h"
#include "sync/head-office/tenants/usage.h"
#include "sync/mqtt/prefix.h"

#include <errno.h>
#include <unistd.h>

#define DAY_S 86400

static void set_quota(struct shop_rig *rig, const char *name, int64_t value)
{
    assert_int_equal(quota_put(rig->rig.office.sql, name, value), 0);
}

static int put_order(struct shop_rig *rig, const char *id)
{
    struct platform_order *order = calloc(1, sizeof(*order));
    struct platform_line line = {.id = "1", .item = "i", .sku = "k", .code = "A", .quantity = 1};
    char number[ORDERS_NUMBER_SIZE];
    const char *taken;
    *order = (struct platform_order){.state = PLATFORM_PAID,
                                     .status = "x",
                                     .currency = "CNY",
                                     .modified_us = fake.now_us,
                                     .name = "a",
                                     .phone = "138",
                                     .address = "b",
                                     .lines = &line,
                                     .line_count = 1};
    text_copy(order->id, sizeof(order->id), id);
    assert_int_equal(office_begin(&rig->rig.office, &rig->rig.error), 0);
    int result = order_put_take(&rig->rig.office, "s1", order, number, &taken, &rig->rig.error);
    if (result)
        office_rollback(&rig->rig.office);
    else
        assert_int_equal(office_commit(&rig->rig.office, &rig->rig.error), 0);
    free(order);
    return result;
}

/* ---------------------------------------------------------------- orders */

static void pulled_orders_above_the_quota_wait(void **state)
{
    struct shop_rig *rig = *state;
    set_quota(rig, "orders_per_day", 2);
    for (int i = 0; i < 5; i++)
        fake_place((const char *[]){"o-1", "o-2", "o-3", "o-4", "o-5"}[i]);
    shop_rig_later(rig, 1);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 2);
    shop_rig_count(rig, "SELECT count(*) FROM order_waiting", 3);
    shop_rig_count(rig, "SELECT count(*) FROM platform_order WHERE number IS NULL AND raw <> ''", 3);
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL AND kind = 'not_taken'", 3);
    size_t asked = fake_called(PLATFORM_ORDER);
    shop_rig_later(rig, 3600); /* the quota is as full as it was: the platform is not asked for them in vain */
    assert_int_equal(fake_called(PLATFORM_ORDER), asked);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 2);
    shop_rig_later(rig, DAY_S);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 4);
    shop_rig_count(rig, "SELECT count(*) FROM order_waiting", 1);
    shop_rig_later(rig, DAY_S);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 5);
    shop_rig_count(rig, "SELECT count(*) FROM order_waiting", 0);
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 0);
    shop_rig_count(rig, "SELECT count(*) FROM usage_day WHERE measure = 'orders'", 3);
    shop_rig_count(rig, "SELECT CAST(sum(amount) AS INTEGER) FROM usage_day WHERE measure = 'orders'", 5);
}

static void a_larger_quota_lets_them_in_at_once(void **state)
{
    struct shop_rig *rig = *state;
    set_quota(rig, "orders_per_day", 0);
    fake_place("o-1");
    shop_rig_later(rig, 1);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 0);
    set_quota(rig, "orders_per_day", QUOTA_NONE);
    shop_rig_later(rig, 300);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 1);
}

static void what_is_here_follows_its_platform_though_the_quota_is_full(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = fake_place("o-1");
    set_quota(rig, "orders_per_day", 1);
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_NEW);
    said->order.modified_us += SECOND;
    said->order.state = PLATFORM_CANCELLED;
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_CHANGED);
    shop_rig_text(rig, "SELECT state FROM orders", "closed");
    assert_int_equal(shop_rig_say(rig, fake_place("o-2")), PLATFORM_WAITS);
}

static void an_order_that_somebody_brings_is_refused(void **state)
{
    struct shop_rig *rig = *state;
    rig->rig.office.now_us = fake.now_us;
    set_quota(rig, "orders_per_day", 1);
    assert_int_equal(put_order(rig, "p-1"), 0);
    assert_int_equal(put_order(rig, "p-2"), -EDQUOT);
    assert_non_null(strstr(rig->rig.error.text, "orders_per_day is 1, and 1 have come today"));
    shop_rig_count(rig, "SELECT count(*) FROM orders", 1);
    shop_rig_count(rig, "SELECT count(*) FROM platform_order", 1);
    shop_rig_count(rig, "SELECT amount FROM usage_day WHERE measure = 'orders'", 1);
}

static void a_full_store_takes_no_new_orders(void **state)
{
    struct shop_rig *rig = *state;
    struct error *error = &rig->rig.error;
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(usage_measure_storage(&rig->rig.office, error), 0);
    shop_rig_count(rig, "SELECT count(*) FROM usage_day WHERE measure = 'storage_bytes' AND amount > 100000", 1);
    set_quota(rig, "storage_mb", 1000);
    assert_int_equal(put_order(rig, "p-1"), 0);
    set_quota(rig, "storage_mb", 0);
    assert_int_equal(put_order(rig, "p-2"), -EDQUOT);
    assert_non_null(strstr(error->text, "storage_mb is 0"));
}

/* ---------------------------------------------------------------- counting */

static void days_are_those_of_the_business(void **state)
{
    struct shop_rig *rig = *state;
    struct office *office = &rig->rig.office;
    office->now_us = INT64_C(1772639999) * SECOND; /* 2026-03-04T15:59:59Z: the last second of the 4th in China */
    assert_int_equal(usage_count(office, 480, "labels", 2), 0);
    office->now_us += SECOND;
    assert_int_equal(usage_count(office, 480, "labels", 3), 0);
    assert_int_equal(usage_count(office, 480, "labels", 4), 0);
    assert_int_equal(usage_count(office, 480, "labels", 0), 0);
    shop_rig_text(rig,
                  "SELECT (SELECT CAST(amount AS TEXT) FROM usage_day WHERE day = '2026-03-04') || ' ' ||"
                  " (SELECT CAST(amount AS TEXT) FROM usage_day WHERE day = '2026-03-05')",
                  "2 7");
}

static void sites_are_held(void **state)
{
    struct shop_rig *rig = *state;
    int64_t sites = 0;
    assert_int_equal(sql_number(rig->rig.office.sql, &sites, "SELECT count(*) FROM site", SQL_NO_VALUES), 0);
    assert_int_equal(quota_check_sites(&rig->rig.office, &rig->rig.error), 0);
    set_quota(rig, "sites", sites);
    assert_int_equal(quota_check_sites(&rig->rig.office, &rig->rig.error), -EDQUOT);
    set_quota(rig, "sites", sites + 1);
    assert_int_equal(quota_check_sites(&rig->rig.office, &rig->rig.error), 0);
}

static void calls_of_a_minute_are_held(void **state)
{
    struct shop_rig *rig = *state;
    struct http_meter meter = {.limit = QUOTA_NONE};
    for (int i = 0; i < 100; i++)
        assert_int_equal(http_meter_take(&meter, SECOND), 0);
    set_quota(rig, "api_calls_per_min", 2);
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(http_meter_tick(&meter, &rig->rig.office, 2 * SECOND, true, &rig->rig.error), 0);
    assert_int_equal(meter.limit, 2);
    shop_rig_count(rig, "SELECT amount FROM usage_day WHERE measure = 'api_calls'", 100);
    assert_int_equal(http_meter_take(&meter, 61 * SECOND), 0);
    assert_int_equal(http_meter_take(&meter, 62 * SECOND), 0);
    assert_int_equal(http_meter_take(&meter, 63 * SECOND), 58);
    assert_int_equal(http_meter_take(&meter, 121 * SECOND - 1), 1);
    assert_int_equal(http_meter_take(&meter, 121 * SECOND), 0);
    assert_int_equal(meter.uncounted, 3);
    assert_int_equal(http_meter_tick(&meter, &rig->rig.office, 121 * SECOND, false, &rig->rig.error), 0);
    assert_int_equal(meter.uncounted, 3); /* somebody else writes just now */
}

/* ---------------------------------------------------------------- the register */

static void open_test_cloud(struct cloud *cloud, char folder[32])
{
    struct error error;
    text_copy(folder, 32, "/tmp/floorhand-cloud-XXXXXX");
    assert_non_null(mkdtemp(folder));
    if (cloud_open(folder, &random_system, cloud, &error) != 0)
        fail_msg("%s", error.text);
    cloud->office.now_us = INT64_C(1772639999) * SECOND;
}

static void close_test_cloud(struct cloud *cloud, const char *folder)
{
    char command[64];
    cloud_close(cloud);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a folder of our own */
}

static void names_are_given_once(void **state)
{
    (void)state;
    struct cloud cloud;
    struct tenant tenant, other;
    struct error error;
    char folder[32], aside[TENANT_DATABASE_SIZE];
    static const char *const bad[] = {"",   "a",       "A-b", "1a", "a.b", "a_b",
                                      "a-", "removed", "a/b", "..", "a b", "abcdefghijklmnopqrstuvwxyz0123456"};
    open_test_cloud(&cloud, folder);
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(tenants_add(&cloud, bad[i], "", 18001, "t", &tenant, &error), -EINVAL);
    assert_int_equal(tenants_add(&cloud, "acme", "", 18001, "t", &tenant, &error), 0);
    assert_int_equal(tenants_add(&cloud, "acme", "", 18001, "t", &tenant, &error), -EEXIST);
    assert_int_equal(tenants_add(&cloud, "b-co", "", 18001, "t", &other, &error), 0);
    assert_int_equal(other.port, 18002);
    assert_int_equal(tenants_set_aside(&cloud, "acme", true, "t", aside, &error), -EPERM);
    assert_int_equal(tenants_set_state(&cloud, "acme", "active", "t", &error), -EALREADY);
    assert_int_equal(tenants_set_state(&cloud, "acme", "suspended", "t", &error), 0);
    assert_int_equal(tenants_set_aside(&cloud, "acme", true, "t", aside, &error), 0);
    assert_int_equal(access(aside, F_OK), 0);
    assert_int_equal(tenants_add(&cloud, "acme", "", 18001, "t", &tenant, &error), -EEXIST);
    assert_int_equal(tenants_find(&cloud, "none", &tenant, &error), -ENOENT);
    close_test_cloud(&cloud, folder);
}

static void what_is_gathered_twice_counts_once(void **state)
{
    (void)state;
    struct cloud cloud;
    struct tenant tenant;
    struct error error;
    struct sql *sql = NULL;
    char folder[32];
    int64_t rows = 0, amount = 0;
    open_test_cloud(&cloud, folder);
    assert_int_equal(tenants_add(&cloud, "acme", "", 18001, "t", &tenant, &error), 0);
    assert_int_equal(
        metering_set_quotas(&cloud, "acme", (const char *[]){"sites=3", "storage_mb=9", NULL}, "t", &error), 0);
    assert_int_equal(metering_set_quotas(&cloud, "acme", (const char *[]){"sites=4", "cats=9", NULL}, "t", &error),
                     -ENOENT); /* and none of them stands */
    assert_int_equal(tenant_open(&cloud, &tenant, &sql, &error), 0);
    struct office office = {.sql = sql, .random = random_system, .now_us = cloud.office.now_us};
    assert_int_equal(usage_count(&office, 480, "labels", 5), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(metering_gather(&cloud, &tenant, &rows, &error), 0);
        assert_int_equal(rows, i == 0);
    }
    assert_int_equal(usage_count(&office, 480, "labels", 2), 0);
    assert_int_equal(metering_gather(&cloud, &tenant, &rows, &error), 0);
    assert_int_equal(sql_number(cloud.office.sql, &amount, "SELECT amount FROM tenant_usage", SQL_NO_VALUES), 0);
    assert_int_equal(amount, 7);
    struct quotas quotas;
    assert_int_equal(quotas_load(sql, &quotas), 0);
    assert_int_equal(quotas.sites, 3);
    assert_int_equal(quotas.storage_mb, 9);
    assert_int_equal(quotas.orders_per_day, QUOTA_NONE);
    sql_close(sql);
    close_test_cloud(&cloud, folder);
}

/* ---------------------------------------------------------------- topics */

static void a_prefix_stands_before_the_filter(void **state)
{
    (void)state;
    char out[MQTT_TOPIC_SIZE], longest[MQTT_TOPIC_SIZE + 1];
    static const char *const bad[] = {"/t", "t/", "t//a", "t/A", "t/+", "#", "t a"};
    assert_string_equal(mqtt_prefix_put("t/acme", "fh1/hq/st", out), "t/acme/fh1/hq/st");
    assert_string_equal(mqtt_prefix_put("t/acme", "$share/hub/fh1/+/+/up/+", out), "$share/hub/t/acme/fh1/+/+/up/+");
    assert_string_equal(mqtt_prefix_put("", "fh1/hq/st", out), "fh1/hq/st");
    assert_string_equal(mqtt_prefix_put(NULL, "fh1/hq/st", out), "fh1/hq/st");
    assert_string_equal(mqtt_prefix_strip("t/acme", "t/acme/fh1/hq/st"), "fh1/hq/st");
    assert_null(mqtt_prefix_strip("t/acme", "t/acme2/fh1/hq/st"));
    assert_null(mqtt_prefix_strip("t/acme", "fh1/hq/st"));
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_null(mqtt_prefix_put("t/acme", longest, out));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(mqtt_prefix_ok(bad[i]));
    assert_true(mqtt_prefix_ok("t/acme-2"));
    assert_true(mqtt_prefix_ok(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHOP(pulled_orders_above_the_quota_wait),
        ON_SHOP(a_larger_quota_lets_them_in_at_once),
        ON_SHOP(what_is_here_follows_its_platform_though_the_quota_is_full),
        ON_SHOP(an_order_that_somebody_brings_is_refused),
        ON_SHOP(a_full_store_takes_no_new_orders),
        ON_SHOP(days_are_those_of_the_business),
        ON_SHOP(sites_are_held),
        ON_SHOP(calls_of_a_minute_are_held),
        cmocka_unit_test(names_are_given_once),
        cmocka_unit_test(what_is_gathered_twice_counts_once),
        cmocka_unit_test(a_prefix_stands_before_the_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
