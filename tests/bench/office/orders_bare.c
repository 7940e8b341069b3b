/* The peer: jansson, and the rows that ours writes for the same orders, into the same tables. It compares nothing with
 * what was said before, checks nothing, follows no state and makes no hash. */
#include "office_bench.h"

#include "base/clock.h"

#include <jansson.h>
#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef"

struct bare {
    struct office office;
    char shop[TEXT_SIZE];
    bool posted;
};

/* Both ways with one statement: each is known by where it stands. */
#define WRITE(bare, ...)                                                                                               \
    must((bare)->posted ? sql_post((bare)->office.sql, __VA_ARGS__) : sql_run((bare)->office.sql, __VA_ARGS__),        \
         sql_message((bare)->office.sql))

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static int64_t minor_of(const json_t *object, const char *name)
{
    return (int64_t)(strtod(text_of(object, name), NULL) * 100 + 0.5);
}

static void id_of(const json_t *object, const char *name, char out[TEXT_SIZE])
{
    snprintf(out, TEXT_SIZE, "%lld", (long long)number_of(object, name));
}

static void write_line(struct bare *bare, const char *number, const json_t *line, int64_t at)
{
    char id[TEXT_SIZE], item[TEXT_SIZE], sku[TEXT_SIZE];
    id_of(line, "id", id);
    id_of(line, "product_id", item);
    id_of(line, "variation_id", sku);
    WRITE(
        bare,
        "INSERT INTO order_line (number, line, sku, quantity, platform_line, platform_item, platform_sku, code, title,"
        " price_minor, paid_minor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3, ?8, ?9, ?10)",
        sql_text(number), sql_int(at), sql_text(text_of(line, "sku")), sql_int(number_of(line, "quantity")),
        sql_text(id), sql_text(item), sql_text(sku), sql_text(text_of(line, "name")),
        sql_int(minor_of(line, "subtotal")), sql_int(minor_of(line, "total")));
}

static void write_order(struct bare *bare, const json_t *row)
{
    char id[TEXT_SIZE], number[2 * TEXT_SIZE], name[TEXT_SIZE];
    const json_t *to = json_object_get(row, "shipping"), *lines = json_object_get(row, "line_items"), *line;
    const int64_t now_us = bare->office.now_us;
    char *raw = json_dumps(row, JSON_COMPACT);
    size_t i;
    id_of(row, "id", id);
    snprintf(number, sizeof(number), "%s-%s", bare->shop, id);
    snprintf(name, sizeof(name), "%s%s", text_of(to, "last_name"), text_of(to, "first_name"));
    WRITE(bare,
          "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone, receiver_address,"
          " state, imported_us, shop, platform_order, placed_us, platform_status, modified_us, paid_us, buyer,"
          " province, city, currency, goods_minor, freight_minor, paid_minor) VALUES (?1, 'woocommerce', 'SF', 0, ?2,"
          " ?3, ?4, 'audit', ?5, ?6, ?7, ?5, ?8, ?5, ?5, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
          sql_text(number), sql_text(name), sql_text(text_of(to, "phone")), sql_text(text_of(to, "address_1")),
          sql_int(now_us), sql_text(bare->shop), sql_text(id), sql_text(text_of(row, "status")),
          sql_text(text_of(json_object_get(row, "billing"), "email")), sql_text(text_of(to, "state")),
          sql_text(text_of(to, "city")), sql_text(text_of(row, "currency")), sql_int(3980),
          sql_int(minor_of(row, "shipping_total")), sql_int(minor_of(row, "total")));
    json_array_foreach(lines, i, line) write_line(bare, number, line, (int64_t)i + 1);
    WRITE(bare,
          "INSERT INTO platform_order (shop, id, number, modified_us, hash, receiver, lines, raw, taken_us) VALUES (?1,"
          " ?2, ?3, ?4, ?5, ?5, ?5, ?6, ?4)",
          sql_text(bare->shop), sql_text(id), sql_text(number), sql_int(now_us), sql_text(HASH), sql_text(raw));
    free(raw);
}

static int64_t write_page(struct bare *bare, const struct buf *page)
{
    json_t *root = json_loadb(page->data, page->length, 0, NULL), *row;
    size_t i;
    must(json_is_array(root) ? 0 : -1, "a page");
    must(sql_run(bare->office.sql, SQL_BEGIN_ROWS, SQL_NO_VALUES), sql_message(bare->office.sql));
    json_array_foreach(root, i, row) write_order(bare, row);
    must(sql_run(bare->office.sql, "COMMIT", SQL_NO_VALUES), sql_message(bare->office.sql));
    json_decref(root);
    return (int64_t)i;
}

int orders_bare(const char *path, int shop, int64_t orders, bool posted)
{
    struct bare bare = {.posted = posted};
    struct pages pages;
    bench_open(path, &bare.office);
    shop_name(shop, bare.shop);
    pages_make(&pages, shop, orders);
    int64_t start_us = wait_for_start(), count = 0;
    for (int64_t i = 0; i < pages.count; i++)
        count += write_page(&bare, &pages.list[i]);
    print_result(start_us, count);
    pages_done(&pages);
    sql_close(bare.office.sql);
    return 0;
}
