/* What was asked for, day by day, from orders that come, change and are given up; and forecasts of it. On both
 * databases. */
#include "unit/orders_rig.h"

#include "sync/head-office/buying/demand.h"
#include "sync/head-office/buying/forecasts.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/query.h"

#define DAY_US INT64_C(86400000000)

static void count(struct shelf *shelf)
{
    struct demand_work done;
    if (demand_work(&shelf->rig.office, 1000000, &done, &shelf->rig.error) != 0)
        fail_msg("%s", shelf->rig.error.text);
    assert_false(done.more);
}

/* 2023-11-15 06:13:20 in China is the rig's now. */
static void order(struct shelf *shelf, const char *number, const char *sku, int pieces, int days_ago)
{
    shelf_order(shelf, number, sku, pieces, -days_ago * 1440);
    assert_int_equal(demand_note_order(shelf->rig.office.sql, number), 0);
}

static int64_t asked_for(struct shelf *shelf, const char *sku, int64_t day)
{
    count(shelf);
    return shelf_number(shelf, "SELECT quantity FROM demand_day WHERE sku = ?1 AND day = ?2", sql_text(sku),
                        sql_int(day));
}

/* ---------------------------------------------------------------- counting */

static void paid_orders_count_on_their_day(void **state)
{
    struct shelf *shelf = *state;
    order(shelf, "A", "T", 2, 0);
    order(shelf, "B", "T", 3, 0);
    order(shelf, "C", "T", 4, 1);
    order(shelf, "U", "T", 9, 0);
    shelf_run(shelf, "UPDATE orders SET state = 'pending_pay', paid_us = NULL WHERE number = 'U'");
    assert_int_equal(asked_for(shelf, "T", 20231115), 5);
    assert_int_equal(asked_for(shelf, "T", 20231114), 4);
    assert_int_equal(order_life_act(&shelf->rig.office, "U", ORDER_PAID, "li", NULL, &shelf->rig.error), 0);
    assert_int_equal(asked_for(shelf, "T", 20231115), 14);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM demand_due", SQL_NO_VALUES), 0);
    count(shelf); /* again it is the same */
    assert_int_equal(asked_for(shelf, "T", 20231115), 14);
}

static void what_is_given_up_counts_only_if_it_had_waited(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 2);
    order(shelf, "A", "T", 2, 0); /* gets the stock */
    shelf_audit(shelf);
    order(shelf, "B", "T", 3, 0); /* lacks it */
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "B", "short"), 1);
    assert_int_equal(asked_for(shelf, "T", 20231115), 5);
    assert_int_equal(orders_cancel(&shelf->rig.office, "A", "changed his mind", "li", &shelf->rig.error), 0);
    assert_int_equal(asked_for(shelf, "T", 20231115), 3);
    assert_int_equal(orders_cancel(&shelf->rig.office, "B", "waited too long", "li", &shelf->rig.error), 0);
    assert_int_equal(asked_for(shelf, "T", 20231115), 3);
}

static void lines_that_change_are_counted_anew(void **state)
{
    struct shelf *shelf = *state;
    order(shelf, "A", "T", 2, 0);
    shelf_line(shelf, "A", 2, "C", 1);
    assert_int_equal(asked_for(shelf, "T", 20231115), 2);
    assert_int_equal(asked_for(shelf, "C", 20231115), 1);
    shelf_run(shelf, "UPDATE order_line SET sku = 'C', refunded = 1 WHERE number = 'A' AND line = 1;"
                     "UPDATE orders SET paid_us = paid_us - 86400000000 WHERE number = 'A';"
                     "INSERT INTO demand_due (number) VALUES ('A'), ('A'), ('gone')");
    assert_int_equal(asked_for(shelf, "T", 20231115), 0);
    assert_int_equal(asked_for(shelf, "C", 20231115), 0);
    assert_int_equal(asked_for(shelf, "C", 20231114), 2);
}

/* ---------------------------------------------------------------- whatever happens, it is the sum of the orders */

static uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void happen(struct shelf *shelf, uint64_t *chance, int *orders)
{
    static const char *const skus[] = {"T", "C", "G"};
    char number[16];
    struct error error;
    snprintf(number, sizeof(number), "N%d", *orders ? 1 + (int)(draw(chance) % (unsigned)*orders) : 0);
    switch (draw(chance) % 6) {
    case 0:
    case 1:
        snprintf(number, sizeof(number), "N%d", ++*orders);
        order(shelf, number, skus[draw(chance) % 3], 1 + (int)(draw(chance) % 4), (int)(draw(chance) % 5));
        break;
    case 2:
        orders_cancel(&shelf->rig.office, number, "why not", "li", &error);
        break;
    case 3:
        shelf_stock(shelf, draw(chance) % 2 ? "hz" : "bj", skus[draw(chance) % 3], (int)(draw(chance) % 20));
        break;
    case 4:
        shelf_work(shelf);
        break;
    default:
        count(shelf);
    }
}

static void counted_is_what_the_orders_say(void **state)
{
    struct shelf *shelf = *state;
    uint64_t chance = 3;
    int orders = 0;
    for (int step = 0; step < 300; step++)
        happen(shelf, &chance, &orders);
    count(shelf);
    assert_true(orders > 60);
    int64_t counted = shelf_number(shelf, "SELECT sum(quantity) FROM demand_day", SQL_NO_VALUES);
    assert_true(counted > 0);
    assert_int_equal(counted, shelf_number(shelf,
                                           "SELECT sum(l.quantity) FROM order_line l JOIN orders o ON o.number ="
                                           " l.number WHERE o.state <> 'closed' OR o.number IN (SELECT number FROM"
                                           " exception WHERE kind = 'short')",
                                           SQL_NO_VALUES));
    assert_int_equal(
        shelf_number(shelf,
                     "SELECT count(*) FROM demand_day d WHERE quantity <> (SELECT coalesce(sum(o.quantity),"
                     " 0) FROM demand_order o WHERE o.sku = d.sku AND o.day = d.day)",
                     SQL_NO_VALUES),
        0);
}

/* ---------------------------------------------------------------- forecasts */

/* So many pieces on each of the days before today. */
static void told(struct shelf *shelf, const char *sku, int days, int pieces)
{
    CLEANUP_BUF struct buf csv = {0};
    buf_puts(&csv, "sku,day,quantity\n");
    for (int i = 1; i <= days; i++) {
        char time[CLOCK_TEXT_SIZE];
        clock_format(shelf->rig.office.now_us - i * DAY_US + 8 * HOUR_US, time);
        buf_printf(&csv, "%s,%.10s,%d\n", sku, time, pieces);
    }
    rig_import_good(&shelf->rig, "demand", NULL, buf_text(&csv));
}

static int64_t of_forecast(struct shelf *shelf, const char *column)
{
    char text[128];
    snprintf(text, sizeof(text), "SELECT %s FROM forecast WHERE sku = 'T'", column);
    struct sql_query *row = sql_select_once(shelf->rig.office.sql, text, (struct sql_value[]){{0}}, 1000000);
    int64_t number = sql_next(row) ? sql_get_int(row, 0) : -1;
    assert_int_equal(sql_done(row), 0);
    return number;
}

static void what_never_changes_is_forecast_exactly(void **state)
{
    struct shelf *shelf = *state;
    told(shelf, "T", 70, 3);
    assert_done(shelf, "forecast.run", "{\"sku\":\"T\"}");
    assert_int_equal(of_forecast(shelf, "mean_milli"), 3000);
    assert_int_equal(of_forecast(shelf, "spread_milli"), 0);
    assert_int_equal(of_forecast(shelf, "periods"), 10);
    assert_int_equal(of_forecast(shelf, "to_day"), 20231114);
    assert_int_equal(of_forecast(shelf, "from_day"), 20230906);
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM forecast_value WHERE mean_milli = 21000 AND lower_milli ="
                                  " 21000 AND upper_milli = 21000",
                                  SQL_NO_VALUES),
                     13);
    assert_said(shelf, "[21000,21000,21000,21000,21000,21000,21000,21000,21000,21000]",
                "SELECT history FROM forecast WHERE sku = ?1", sql_text("T"));
    assert_done(shelf, "setting.set", "{\"name\":\"forecast_period\",\"value\":\"day\"}");
    assert_done(shelf, "setting.set", "{\"name\":\"forecast_days\",\"value\":\"10\"}");
    assert_done(shelf, "forecast.run", "{\"sku\":\"T\"}");
    assert_int_equal(of_forecast(shelf, "mean_milli"), 3000);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM forecast_value", SQL_NO_VALUES), 10);
    assert_int_equal(shelf_number(shelf, "SELECT min(day) FROM forecast_value", SQL_NO_VALUES), 20231115);
}

/* Ten days without stock, and a campaign: without the marks the mean would be another. */
static void days_that_are_marked_do_not_count(void **state)
{
    struct shelf *shelf = *state;
    told(shelf, "T", 70, 3);
    shelf_run(shelf, "UPDATE demand_day SET told = 0 WHERE day BETWEEN 20231020 AND 20231029;"
                     "UPDATE demand_day SET told = 90 WHERE day = 20231111");
    assert_done(shelf, "forecast.run", "{\"sku\":\"T\"}");
    assert_int_not_equal(of_forecast(shelf, "mean_milli"), 3000);
    assert_done(shelf, "forecast.mark",
                "{\"sku\":\"T\",\"kind\":\"out\",\"from\":\"2023-10-20\",\"to\":\"2023-10-29\"}");
    assert_done(shelf, "forecast.mark", "{\"kind\":\"campaign\",\"from\":\"2023-11-11\"}");
    assert_done(shelf, "forecast.run", "{\"sku\":\"T\"}");
    assert_int_equal(of_forecast(shelf, "mean_milli"), 3000);
    assert_int_equal(of_forecast(shelf, "left_out"), 11);
    assert_done(shelf, "forecast.mark", "{\"kind\":\"usual\",\"from\":\"2023-11-11\"}");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM demand_mark", SQL_NO_VALUES), 10);
}

static void an_item_out_of_stock_is_marked(void **state)
{
    struct shelf *shelf = *state;
    told(shelf, "T", 3, 1);
    told(shelf, "C", 3, 1);
    shelf_stock(shelf, "hz", "T", 2);
    assert_int_equal(demand_mark_out(&shelf->rig.office, 20231115, &shelf->rig.error), 0);
    assert_int_equal(demand_mark_out(&shelf->rig.office, 20231115, &shelf->rig.error), 0);
    assert_said(shelf, "C", "SELECT sku FROM demand_mark WHERE day = ?1", sql_int(20231115));
}

static void all_are_made_and_looked_at_in_one_answer(void **state)
{
    struct shelf *shelf = *state;
    CLEANUP_BUF struct buf json = {0};
    const struct forecasts_job job = {.sku = "", .workers = 2};
    int64_t made = 0;
    bool due = true;
    told(shelf, "T", 30, 2);
    told(shelf, "C", 1, 5);
    order(shelf, "A", "G", 2, 0); /* today is not over */
    count(shelf);
    assert_int_equal(forecasts_due(&shelf->rig.office, &due, &shelf->rig.error), 0);
    assert_false(due);
    assert_done(shelf, "forecast.run", "{}");
    assert_int_equal(forecasts_due(&shelf->rig.office, &due, &shelf->rig.error), 0);
    assert_true(due);
    assert_int_equal(forecasts_begin(&shelf->rig.office, &shelf->rig.error), 0);
    assert_int_equal(forecasts_make(&shelf->rig.office, &job, &made, &shelf->rig.error), 0);
    assert_int_equal(made, 2);
    assert_int_equal(forecasts_end(&shelf->rig.office, "", &shelf->rig.error), 0);
    assert_said(shelf, "done", "SELECT state FROM forecast_run", SQL_NO_VALUES);
    assert_int_equal(query_one(shelf->rig.office.sql, office_queries, "forecasts", "T", &json, &shelf->rig.error), 0);
    json_t *root = json_loads(buf_text(&json), 0, NULL);
    assert_int_equal(json_array_size(json_object_get(json_object_get(root, "values"), "rows")), 13);
    assert_int_equal(json_array_size(json_object_get(json_object_get(root, "history"), "rows")), 30);
    json_decref(root);
    assert_int_equal(shelf_do(shelf, "forecast.run", "{\"sku\":\"G\"}", NULL), -ENOENT);
    assert_done(shelf, "setting.set", "{\"name\":\"forecast_hour\",\"value\":\"6\"}");
    assert_int_equal(forecasts_due(&shelf->rig.office, &due, &shelf->rig.error), 0);
    assert_false(due); /* today it was made */
    shelf->rig.office.now_us += DAY_US - HOUR_US;
    assert_int_equal(forecasts_due(&shelf->rig.office, &due, &shelf->rig.error), 0);
    assert_false(due); /* five o'clock */
    shelf->rig.office.now_us += HOUR_US;
    assert_int_equal(forecasts_due(&shelf->rig.office, &due, &shelf->rig.error), 0);
    assert_true(due);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(paid_orders_count_on_their_day),         ON_SHELF(what_is_given_up_counts_only_if_it_had_waited),
        ON_SHELF(lines_that_change_are_counted_anew),     ON_SHELF(counted_is_what_the_orders_say),
        ON_SHELF(what_never_changes_is_forecast_exactly), ON_SHELF(days_that_are_marked_do_not_count),
        ON_SHELF(an_item_out_of_stock_is_marked),         ON_SHELF(all_are_made_and_looked_at_in_one_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
