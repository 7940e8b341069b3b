/* A connector on the bench: what it asks, as the platform would decode it, and what it makes of an answer. Sends
 * nothing. The vocabulary is the table's of platform.h; expectations are cmocka's. */
#ifndef TESTS_PLATFORM_RIG_H
#define TESTS_PLATFORM_RIG_H

#include "base/cleanup.h"
#include "base/text.h"
#include "sync/platforms/platform.h"
#include "sync/platforms/sign.h"
#include "sync/platforms/text_json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RIG_NOW_US INT64_C(1717203600000000) /* 2024-06-01 09:00:00 in China */
#define RIG_S      INT64_C(1000000)

static const struct platform_shop rig_shop = {.id = "4711",
                                              .app_key = "12345678",
                                              .app_secret = "hello world",
                                              .access_token = "token+1",
                                              .refresh_token = "refresh=1"};

/* ---------------------------------------------------------------- what is asked */

struct rig_request {
    struct platform_request request;
    struct error error;
    int result;
    char names[64][64], values[64][4096];
    size_t count;
};

static inline size_t rig_decode(const char *text, size_t length, char *out, size_t capacity)
{
    size_t at = 0;
    for (size_t i = 0; i < length && at + 1 < capacity; i++) {
        uint8_t byte = (uint8_t)text[i];
        size_t one;
        if (text[i] == '%') {
            assert_int_equal(text_from_hex(text + i + 1, 2, &byte, 1, &one), 0);
            i += 2;
        }
        out[at++] = (char)byte;
    }
    out[at] = '\0';
    return at;
}

static inline void rig_split(struct rig_request *rig)
{
    const char *at = buf_text(&rig->request.body);
    while (*at) {
        size_t length = strcspn(at, "&"), name = strcspn(at, "=");
        assert_true(name < length && rig->count < COUNT(rig->names));
        rig_decode(at, name, rig->names[rig->count], sizeof(rig->names[0]));
        rig_decode(at + name + 1, length - name - 1, rig->values[rig->count], sizeof(rig->values[0]));
        rig->count++;
        at += length + (at[length] == '&');
    }
}

static inline const char *rig_value(const struct rig_request *rig, const char *name)
{
    for (size_t i = 0; i < rig->count; i++)
        if (strcmp(rig->names[i], name) == 0)
            return rig->values[i];
    return "(none)";
}

/* Signed over what was sent, nothing empty, no name twice. */
static inline void rig_check_sign(const struct rig_request *rig, const struct platform *platform,
                                  const struct platform_shop *shop)
{
    struct platform_value values[64];
    CLEANUP_BUF struct buf sign = {0};
    for (size_t i = 0; i < rig->count; i++) {
        values[i] = (struct platform_value){rig->names[i], rig->values[i]};
        assert_true(*rig->values[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rig->names[i], rig->names[k]);
    }
    assert_int_equal(platform->sign(shop->app_secret, "", values, rig->count, &sign, NULL), 0);
    assert_string_equal(rig_value(rig, "sign"), buf_text(&sign));
}

static inline void rig_build(struct rig_request *rig, const struct platform *platform, const struct platform_want *want)
{
    *rig = (struct rig_request){0};
    rig->result = platform->build(&rig_shop, want, &rig->request, &rig->error);
    if (rig->result == 0) {
        rig_split(rig);
        rig_check_sign(rig, platform, &rig_shop);
        assert_string_equal(rig->request.method, "POST");
        assert_string_equal(buf_text(&rig->request.url), platform->gateway);
    }
    platform_request_done(&rig->request);
}

#define assert_asks(rig, name, value) assert_string_equal(rig_value(rig, name), value)

/* ---------------------------------------------------------------- what is made of an answer */

struct rig_answer {
    struct platform_fault fault;
    struct platform_answer answer;
    struct error error;
    int result; /* of read() */
};

static inline struct rig_answer rig_hear_response(const struct platform *platform, const struct platform_want *want,
                                                  const struct platform_response *response)
{
    struct rig_answer heard = {0};
    json_t *root;
    platform_classify(platform, want, response, &heard.fault, &root);
    if (heard.fault.class == PLATFORM_OK || heard.fault.class == PLATFORM_PARTIAL)
        heard.result = platform->read(want, response, root, &heard.answer, &heard.error);
    json_decref(root);
    return heard;
}

static inline struct rig_answer rig_hear(const struct platform *platform, const struct platform_want *want,
                                         const char *text)
{
    struct platform_response response = {.status = 200, .sent = true};
    buf_puts(&response.body, text);
    struct rig_answer heard = rig_hear_response(platform, want, &response);
    platform_response_done(&response);
    return heard;
}

static inline void rig_answer_done(struct rig_answer *heard)
{
    platform_answer_done(&heard->answer);
}
#define CLEANUP_HEARD CLEANUP(rig_answer_done)

static inline struct platform_want rig_want(enum platform_verb verb)
{
    return (struct platform_want){
        .verb = verb, .now_us = RIG_NOW_US, .from_us = RIG_NOW_US - 1800 * RIG_S, .to_us = RIG_NOW_US};
}

/* Everything but the class of an answer of one verb. */
static inline enum platform_class rig_class(const struct platform *platform, enum platform_verb verb, const char *text)
{
    static const struct platform_shipment whole = {.order = "1", .carrier = "SF", .waybill = "W", .whole = true};
    static const struct platform_stock_row row = {.item = "1", .sku = "2"};
    struct platform_want want = rig_want(verb);
    want.shipment = &whole;
    want.stock = &row;
    want.stock_count = 1;
    CLEANUP_HEARD struct rig_answer heard = rig_hear(platform, &want, text);
    return heard.fault.class;
}

#endif
