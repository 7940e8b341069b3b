/* A call on a transport that does as it is told: what befalls it becomes the right class, for reads and for writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_rig.h"
#include "sync/platforms/call.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/shop.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- a transport of ours */

struct told {
    struct platform_transport transport;
    int status, result;
    bool sent, once;
    const char *body;
    int calls;
};

static int exchange(struct platform_transport *transport, const struct platform_request *request, bool once,
                    struct platform_response *ret)
{
    struct told *told = (struct told *)transport;
    assert_true(request->url.length > 0 && request->body.length > 0);
    told->once = once;
    told->calls++;
    *ret = (struct platform_response){.status = told->status, .sent = told->sent, .clock_us = 5 * RIG_S};
    buf_puts(&ret->body, told->body);
    return told->result;
}

static enum platform_class call(struct told *told, enum platform_verb verb)
{
    static const struct platform_shipment whole = {.order = "1", .carrier = "85", .waybill = "W", .whole = true};
    struct platform_want want = rig_want(verb);
    struct platform_answer answer;
    struct platform_fault fault;
    want.shipment = &whole;
    strcpy(want.order, "1");
    told->transport.exchange = exchange;
    assert_int_equal(platform_call(&platform_pdd, &rig_shop, &want, &told->transport, &answer, &fault, NULL), 0);
    assert_int_equal(fault.clock_us, 5 * RIG_S);
    platform_answer_done(&answer);
    return fault.class;
}

static void what_may_have_happened_is_uncertain(void **state)
{
    (void)state;
    static const struct {
        int status;
        bool sent;
        const char *body;
        enum platform_class read, write;
    } seen[] = {
        {0, false, "", PLATFORM_RETRY, PLATFORM_RETRY},
        {0, true, "", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {200, true, "", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {502, true, "<html>502 Bad Gateway</html>", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {200, true, "{\"logistics_online_send_response\":{\"is_succ", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {302, true, "", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {429, true, "slow down", PLATFORM_THROTTLED, PLATFORM_THROTTLED},
        {200, true, "{\"logistics_online_send_response\":{\"is_success\":true}}", PLATFORM_RETRY, PLATFORM_OK},
        {200, true, "{\"order_info_get_response\":{\"order_info\":{\"order_sn\":\"1\"}}}", PLATFORM_OK,
         PLATFORM_UNCERTAIN},
        {200, true, "{\"order_info_get_response\":{\"order_info\":{}}}", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        struct told told = {.status = seen[i].status, .sent = seen[i].sent, .body = seen[i].body};
        assert_int_equal(call(&told, PLATFORM_ORDER), seen[i].read);
        assert_false(told.once);
        assert_int_equal(call(&told, PLATFORM_SHIP), seen[i].write);
        assert_true(told.once);
        assert_int_equal(told.calls, 2);
    }
}

static void nothing_is_sent_that_cannot_be_built(void **state)
{
    (void)state;
    struct told told = {.transport.exchange = exchange};
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    struct platform_answer answer;
    struct platform_fault fault;
    struct error error = {0};
    want.to_us = want.from_us;
    assert_int_equal(platform_call(&platform_pdd, &rig_shop, &want, &told.transport, &answer, &fault, &error), -EINVAL);
    assert_true(*error.text);
    want.verb = PLATFORM_BILLS;
    assert_int_equal(platform_call(&platform_pdd, &rig_shop, &want, &told.transport, &answer, &fault, &error),
                     -ENOTSUP);
    assert_int_equal(told.calls, 0);
    want = rig_want(PLATFORM_CARRIERS);
    told.result = -ENOMEM;
    told.body = "";
    assert_int_equal(platform_call(&platform_pdd, &rig_shop, &want, &told.transport, &answer, &fault, &error), -ENOMEM);
}

/* Secrets do not go to another machine in the clear. */
static void http_is_for_this_machine_alone(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {"http://platform.invalid/",
                                            "http://127.0.0.1.platform.invalid/",
                                            "http://localhost@platform.invalid/",
                                            "http://127.0.0.1:80@platform.invalid/",
                                            "ftp://127.0.0.1/",
                                            "file:///etc/passwd"};
    struct platform_transport *transport;
    assert_int_equal(platform_curl_new(&(struct platform_curl_options){.connect_ms = 200}, &transport), 0);
    for (size_t i = 0; i < COUNT(elsewhere); i++) {
        CLEANUP(platform_request_done) struct platform_request request = {.method = "POST"};
        CLEANUP(platform_response_done) struct platform_response response = {0};
        buf_puts(&request.url, elsewhere[i]);
        buf_puts(&request.body, "a=b");
        buf_puts(&request.headers, "Content-Type: text/plain\n");
        assert_int_equal(transport->exchange(transport, &request, true, &response), 0);
        assert_int_equal(response.status, 0);
        assert_false(response.sent);
        assert_true(*response.trouble);
    }
    platform_transport_free(transport);
}

/* ---------------------------------------------------------------- names and shops */

static void every_name_is_there(void **state)
{
    (void)state;
    for (enum platform_verb verb = 0; verb < PLATFORM_VERBS; verb++)
        assert_true(*platform_verb_name(verb));
    for (enum platform_class class = PLATFORM_OK; class <= PLATFORM_UNCERTAIN; class ++)
        assert_true(*platform_class_name(class));
    for (enum platform_state state_of = PLATFORM_UNPAID; state_of <= PLATFORM_CANCELLED; state_of++)
        assert_true(*platform_state_name(state_of));
    for (size_t i = 0; platforms[i]; i++)
        assert_ptr_equal(platform_find(platforms[i]->name), platforms[i]);
    assert_null(platform_find("amazon"));
    assert_true(platform_verb_writes(PLATFORM_WAYBILL_GET) && !platform_verb_writes(PLATFORM_STOCK_READ));
}

static int shop_of(const char *text, struct platform_shop *shop, const struct platform **platform)
{
    struct error error = {0};
    json_t *object = json_loads(text, 0, NULL);
    int result = shop_of_json(object, shop, platform, &error);
    assert_true(result == 0 || *error.text);
    json_decref(object);
    return result;
}

static void a_shop_is_read(void **state)
{
    (void)state;
    struct platform_shop shop;
    const struct platform *platform;
    assert_int_equal(shop_of("{\"platform\":\"pdd\",\"app_key\":\"k\",\"sign_method\":\"md5\"}", &shop, &platform), 0);
    assert_ptr_equal(platform, &platform_pdd);
    assert_string_equal(shop.app_key, "k");
    assert_string_equal(shop.access_token, "");
    static const char *const wrong[] = {"[]", "{\"platform\":\"amazon\"}", "{\"app_key\":1}", "{\"password\":\"x\"}",
                                        "{\"sign_method\":\"12345678901234567890\"}"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(shop_of(wrong[i], &shop, &platform), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_have_happened_is_uncertain),
        cmocka_unit_test(nothing_is_sent_that_cannot_be_built),
        cmocka_unit_test(http_is_for_this_machine_alone),
        cmocka_unit_test(every_name_is_there),
        cmocka_unit_test(a_shop_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
