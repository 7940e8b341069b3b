/* Calls platforms as a test says: one JSON object a line on standard input, what came of it on a line of standard
 * output. Members: shop (as in shop.h), verb, now, from, to (unix seconds), whole_ms, ca_file, and those of a want by
 * their names in platform.h. The connection is kept from line to line. Beside what platform_show() writes there are
 * "result" (an errno where the call could not be made, with "error") and tokens' "access" and "refresh". A line with
 * "hear" is a push instead: what it hints at comes back. */
#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/call.h"
#include "sync/platforms/shop.h"
#include "sync/platforms/show.h"
#include "sync/platforms/text_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOCK_MAX   64
#define PARCELS_MAX 16
#define HINTS_MAX   64
#define SECOND_US   INT64_C(1000000)

/* Everything a want points to. */
struct asked {
    struct platform_want want;
    struct platform_shipment shipment;
    struct platform_stock_row stock[STOCK_MAX];
    struct platform_sender sender;
    struct platform_parcel parcels[PARCELS_MAX];
};

#define TAKE(object, name, out) text_copy(out, sizeof(out), text_json_text(object, name))

static int64_t number(const json_t *object, const char *name)
{
    int64_t value = 0;
    (void)text_to_whole(text_json_text(object, name), &value); /* what is missing is 0 */
    return value;
}

static void take_shipment(const json_t *object, struct platform_shipment *ret)
{
    const json_t *lines = json_object_get(object, "lines"), *line;
    size_t i;
    TAKE(object, "order", ret->order);
    TAKE(object, "carrier", ret->carrier);
    TAKE(object, "waybill", ret->waybill);
    TAKE(object, "old_carrier", ret->old_carrier);
    TAKE(object, "old_waybill", ret->old_waybill);
    ret->extra = text_json_true(object, "extra");
    ret->whole = text_json_true(object, "whole");
    json_array_foreach(lines, i, line)
    {
        if (i == PLATFORM_LINES_MAX)
            break;
        TAKE(line, "line", ret->lines[i].line);
        ret->lines[i].quantity = number(line, "quantity");
        ret->line_count = i + 1;
    }
}

static void take_stock(const json_t *rows, struct asked *ret)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (i == STOCK_MAX)
            break;
        TAKE(row, "item", ret->stock[i].item);
        TAKE(row, "sku", ret->stock[i].sku);
        TAKE(row, "code", ret->stock[i].code);
        ret->stock[i].quantity = number(row, "quantity");
        ret->stock[i].price_minor = number(row, "price");
        ret->stock[i].on_sale = text_json_true(row, "on_sale");
        ret->want.stock_count = i + 1;
    }
}

static void take_parcels(const json_t *rows, struct asked *ret)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (i == PARCELS_MAX)
            break;
        struct platform_parcel *parcel = &ret->parcels[i];
        TAKE(row, "key", parcel->key);
        TAKE(row, "order", parcel->order);
        TAKE(row, "sealed", parcel->sealed);
        TAKE(row, "name", parcel->name);
        TAKE(row, "phone", parcel->phone);
        TAKE(row, "province", parcel->province);
        TAKE(row, "city", parcel->city);
        TAKE(row, "district", parcel->district);
        TAKE(row, "town", parcel->town);
        TAKE(row, "address", parcel->address);
        TAKE(row, "goods", parcel->goods);
        parcel->pieces = number(row, "pieces");
        parcel->weight_g = number(row, "weight_g");
        ret->want.parcel_count = i + 1;
    }
}

static void take_sender(const json_t *object, struct platform_sender *ret)
{
    TAKE(object, "name", ret->name);
    TAKE(object, "phone", ret->phone);
    TAKE(object, "province", ret->province);
    TAKE(object, "city", ret->city);
    TAKE(object, "district", ret->district);
    TAKE(object, "address", ret->address);
}

static int take_verb(const char *name, enum platform_verb *ret)
{
    for (enum platform_verb verb = 0; verb < PLATFORM_VERBS; verb++)
        if (strcmp(platform_verb_name(verb), name) == 0) {
            *ret = verb;
            return 0;
        }
    return -EINVAL;
}

static int take_want(const json_t *line, struct asked *ret)
{
    struct platform_want *want = &ret->want;
    *ret = (struct asked){0};
    want->now_us = number(line, "now") * SECOND_US;
    want->from_us = number(line, "from") * SECOND_US;
    want->to_us = number(line, "to") * SECOND_US;
    TAKE(line, "cursor", want->cursor);
    TAKE(line, "order", want->order);
    TAKE(line, "carrier", want->carrier);
    TAKE(line, "waybill", want->waybill);
    TAKE(line, "form", want->form);
    TAKE(line, "account", want->account);
    TAKE(line, "key", want->key);
    TAKE(line, "currency", want->currency);
    want->delta = text_json_true(line, "delta");
    take_shipment(json_object_get(line, "shipment"), &ret->shipment);
    take_stock(json_object_get(line, "stock"), ret);
    take_parcels(json_object_get(line, "parcels"), ret);
    take_sender(json_object_get(line, "sender"), &ret->sender);
    want->shipment = &ret->shipment;
    want->stock = ret->stock;
    want->sender = &ret->sender;
    want->parcels = ret->parcels;
    return take_verb(text_json_text(line, "verb"), &want->verb);
}

static void tell(int result, const struct error *error, const struct platform_fault *fault,
                 const struct platform_answer *answer)
{
    CLEANUP_BUF struct buf shown = {0}, out = {0};
    platform_show(&shown, fault, answer);
    json_open_object(&out, NULL);
    json_int(&out, "result", result);
    json_text(&out, "error", error->text);
    json_text(&out, "access", answer->tokens.access);
    json_text(&out, "refresh", answer->tokens.refresh);
    json_int(&out, "clock", fault->clock_us / SECOND_US);
    json_raw(&out, "answer", buf_text(&shown));
    json_close_object(&out);
    puts(buf_text(&out));
    fflush(stdout);
}

/* As head office does: an order whose lines the platform calls by names of its own is read just before a parcel of it
 * is told. NULL: it could not be read; owned by the caller. */
static char *raw_of(const struct platform *platform, const struct platform_shop *shop, const struct asked *asked,
                    struct platform_transport *transport)
{
    CLEANUP(platform_answer_done) struct platform_answer answer = {0};
    struct platform_want want = asked->want;
    struct platform_fault fault;
    want.verb = PLATFORM_ORDER;
    text_copy(want.order, sizeof(want.order), asked->shipment.order);
    if (platform_call(platform, shop, &want, transport, &answer, &fault, NULL) != 0 || answer.count == 0)
        return NULL;
    char *raw = answer.orders[0].raw;
    answer.orders[0].raw = NULL;
    return raw;
}

static int call(const json_t *line, struct platform_transport *transport, struct platform_answer *answer,
                struct platform_fault *fault, struct error *error)
{
    static struct asked asked;
    const struct platform *platform;
    struct platform_shop shop;
    if (shop_of_json(json_object_get(line, "shop"), &shop, &platform, error) != 0 || !platform)
        return -EBADR;
    if (take_want(line, &asked) != 0)
        return error_set(error, -EBADR, "there is no such verb");
    CLEANUP(cleanup_free) char *raw = NULL;
    bool ships = asked.want.verb == PLATFORM_SHIP || asked.want.verb == PLATFORM_SHIP_AMEND;
    if (ships && platform->caps.abilities & PLATFORM_SHIPS_BY_RAW)
        raw = raw_of(platform, &shop, &asked, transport);
    asked.shipment.raw = raw;
    return platform_call(platform, &shop, &asked.want, transport, answer, fault, error);
}

/* What a push says: "hear" has its headers, a line each, and its body. */
static void hear(const json_t *line)
{
    static struct platform_hint hints[HINTS_MAX];
    const json_t *push = json_object_get(line, "hear");
    const char *body = text_json_text(push, "body");
    const struct platform *platform;
    struct platform_shop shop;
    struct error error = {0};
    size_t count = 0;
    CLEANUP_BUF struct buf reply = {0}, out = {0};
    int result = shop_of_json(json_object_get(line, "shop"), &shop, &platform, &error) != 0 || !platform ? -EBADR : 0;
    if (!result)
        result = platform->hear(&shop, text_json_text(push, "headers"), body, strlen(body), hints, HINTS_MAX, &count,
                                &reply, &error);
    json_open_object(&out, NULL);
    json_int(&out, "result", result);
    json_text(&out, "error", error.text);
    json_text(&out, "reply", buf_text(&reply));
    json_open_array(&out, "hints");
    for (size_t i = 0; i < count; i++) {
        json_open_object(&out, NULL);
        json_text(&out, "shop", hints[i].shop);
        json_text(&out, "message", hints[i].message);
        json_text(&out, "topic", hints[i].topic);
        json_text(&out, "order", hints[i].order);
        json_text(&out, "refund", hints[i].refund);
        json_close_object(&out);
    }
    json_close_array(&out);
    json_close_object(&out);
    puts(buf_text(&out));
    fflush(stdout);
}

/* A line that wants other limits gets a transport of its own. */
static int serve_line(const char *text, struct platform_transport *kept)
{
    CLEANUP_TEXT_JSON json_t *line = NULL;
    CLEANUP(platform_answer_done) struct platform_answer answer = {0};
    struct platform_fault fault = {0};
    struct platform_transport *transport = kept;
    struct error error = {0};
    if (text_json_load(text, strlen(text), &line, &error) != 0)
        return -EBADMSG;
    if (json_object_get(line, "hear")) {
        hear(line);
        return 0;
    }
    const char *ca_file = text_json_text(line, "ca_file");
    const struct platform_curl_options options = {.whole_ms = number(line, "whole_ms"),
                                                  .ca_file = *ca_file ? ca_file : NULL};
    bool own = options.whole_ms || options.ca_file;
    if (own && platform_curl_new(&options, &transport) != 0)
        return -ENOMEM;
    int result = call(line, transport, &answer, &fault, &error);
    tell(result, &error, &fault, &answer);
    if (own)
        platform_transport_free(transport);
    return 0;
}

int main(void)
{
    struct platform_transport *transport;
    char *text = NULL;
    size_t room = 0;
    int result = platform_curl_new(&(struct platform_curl_options){0}, &transport);
    while (!result && getline(&text, &room, stdin) > 0)
        result = serve_line(text, transport);
    free(text);
    platform_transport_free(transport);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}
