#include "office_bench.h"

#include "base/clock.h"
#include "base/json.h"

#include <string.h>

void shop_name(int number, char out[TEXT_SIZE])
{
    snprintf(out, TEXT_SIZE, "woo%d", number);
}

void item_name(int64_t number, char out[TEXT_SIZE])
{
    snprintf(out, TEXT_SIZE, "SKU-%lld", 10000 + (long long)number);
}

/* ---------------------------------------------------------------- one order */

static void put_person(struct buf *out, const char *name, int64_t number)
{
    char phone[TEXT_SIZE];
    snprintf(phone, sizeof(phone), "138%08lld", (long long)number);
    json_open_object(out, name);
    json_text(out, "first_name", "伟");
    json_text(out, "last_name", "张");
    json_text(out, "company", "");
    json_text(out, "address_1", "西湖区示例路1号2幢301室");
    json_text(out, "address_2", "");
    json_text(out, "city", "杭州市");
    json_text(out, "state", "浙江省");
    json_text(out, "postcode", "310000");
    json_text(out, "country", "CN");
    json_text(out, "email", "buyer@example.com");
    json_text(out, "phone", phone);
    json_close_object(out);
}

static void put_line(struct buf *out, int64_t order, int line)
{
    char code[TEXT_SIZE];
    const int64_t item = (order * 7 + line * 13) % ITEMS;
    item_name(item, code);
    json_open_object(out, NULL);
    json_int(out, "id", order * LINES_PER_ORDER + line);
    json_text(out, "name", "An item");
    json_int(out, "product_id", 1000 + item);
    json_int(out, "variation_id", 5000 + item);
    json_int(out, "quantity", 1);
    json_text(out, "tax_class", "");
    json_text(out, "subtotal", "19.90");
    json_text(out, "total", "19.90");
    json_text(out, "total_tax", "0.00");
    json_text(out, "sku", code);
    json_close_object(out);
}

static void put_order(struct buf *out, int64_t number, const char *time)
{
    json_open_object(out, NULL);
    json_int(out, "id", number);
    json_int(out, "parent_id", 0);
    json_text(out, "status", "processing");
    json_text(out, "currency", "CNY");
    json_text(out, "date_created_gmt", time);
    json_text(out, "date_modified_gmt", time);
    json_text(out, "date_paid_gmt", time);
    json_text(out, "discount_total", "0.00");
    json_text(out, "shipping_total", "6.00");
    json_text(out, "total", "45.80");
    json_text(out, "total_tax", "0.00");
    json_text(out, "customer_note", "");
    put_person(out, "billing", number);
    put_person(out, "shipping", number);
    json_text(out, "payment_method", "bacs");
    json_open_array(out, "meta_data");
    json_close_array(out);
    json_open_array(out, "line_items");
    for (int line = 1; line <= LINES_PER_ORDER; line++)
        put_line(out, number, line);
    json_close_array(out);
    json_open_array(out, "refunds");
    json_close_array(out);
    json_close_object(out);
}

/* ---------------------------------------------------------------- pages */

void pages_make(struct pages *pages, int shop, int64_t orders)
{
    char time[CLOCK_TEXT_SIZE];
    clock_format(clock_wall_us() - INT64_C(600000000), time);
    time[strlen("2026-01-01T00:00:00")] = '\0';
    pages->count = (orders + PAGE_ORDERS - 1) / PAGE_ORDERS;
    pages->list = calloc((size_t)pages->count, sizeof(*pages->list));
    must(pages->list ? 0 : -1, "memory");
    for (int64_t i = 0; i < orders; i++) {
        struct buf *page = &pages->list[i / PAGE_ORDERS];
        if (i % PAGE_ORDERS == 0)
            json_open_array(page, NULL);
        put_order(page, (shop + 1) * INT64_C(1000000) + i, time);
        if (i % PAGE_ORDERS == PAGE_ORDERS - 1 || i == orders - 1)
            json_close_array(page);
    }
}

void pages_done(struct pages *pages)
{
    for (int64_t i = 0; i < pages->count; i++)
        buf_done(&pages->list[i]);
    free(pages->list);
}
