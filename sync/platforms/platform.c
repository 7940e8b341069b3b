#include "sync/platforms/platform.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/text_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct platform *const platforms[] = {
    &platform_taobao,   &platform_jd,      &platform_pdd,         &platform_douyin,
    &platform_kuaishou, &platform_shopify, &platform_woocommerce, NULL,
};

const struct platform *platform_find(const char *name)
{
    for (size_t i = 0; platforms[i]; i++)
        if (strcmp(platforms[i]->name, name) == 0)
            return platforms[i];
    return NULL;
}

/* ---------------------------------------------------------------- names */

static const struct {
    const char *name;
    bool writes;
} verbs[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {"orders", false},
    [PLATFORM_ORDER] = {"order", false},
    [PLATFORM_REFUNDS] = {"refunds", false},
    [PLATFORM_SHIP] = {"ship", true},
    [PLATFORM_SHIP_AMEND] = {"ship_amend", true},
    [PLATFORM_STOCK] = {"stock", true},
    [PLATFORM_STOCK_READ] = {"stock_read", false},
    [PLATFORM_PRICE] = {"price", true},
    [PLATFORM_LISTING] = {"listing", true},
    [PLATFORM_WAYBILL_GET] = {"waybill_get", true},
    [PLATFORM_WAYBILL_CANCEL] = {"waybill_cancel", true},
    [PLATFORM_CARRIERS] = {"carriers", false},
    [PLATFORM_BILLS] = {"bills", false},
    [PLATFORM_TOKEN_REFRESH] = {"token_refresh", true},
    [PLATFORM_WAYBILL_PRINT] = {"waybill_print", false},
};

const char *platform_verb_name(enum platform_verb verb)
{
    return verbs[verb].name;
}

bool platform_verb_writes(enum platform_verb verb)
{
    return verbs[verb].writes;
}

const char *platform_class_name(enum platform_class class)
{
    static const char *const names[] = {
        [PLATFORM_OK] = "ok",
        [PLATFORM_RETRY] = "retry",
        [PLATFORM_THROTTLED] = "throttled",
        [PLATFORM_AUTH_EXPIRED] = "auth_expired",
        [PLATFORM_AUTH_REVOKED] = "auth_revoked",
        [PLATFORM_BAD_SIGN] = "bad_sign",
        [PLATFORM_CLOCK] = "clock",
        [PLATFORM_PERMISSION] = "permission",
        [PLATFORM_PARAMETER] = "parameter",
        [PLATFORM_NOT_FOUND] = "not_found",
        [PLATFORM_CONFLICT] = "conflict",
        [PLATFORM_PARTIAL] = "partial",
        [PLATFORM_PERMANENT] = "permanent",
        [PLATFORM_UNCERTAIN] = "uncertain",
    };
    return names[class];
}

const char *platform_state_name(enum platform_state state)
{
    static const char *const names[] = {
        [PLATFORM_UNPAID] = "unpaid",   [PLATFORM_PAID] = "paid",           [PLATFORM_PART_SHIPPED] = "part_shipped",
        [PLATFORM_SHIPPED] = "shipped", [PLATFORM_COMPLETED] = "completed", [PLATFORM_CANCELLED] = "cancelled",
    };
    return names[state];
}

/* ---------------------------------------------------------------- giving back */

void platform_request_done(struct platform_request *request)
{
    buf_done(&request->url);
    buf_done(&request->body);
    buf_done(&request->headers);
    *request = (struct platform_request){0};
}

void platform_response_done(struct platform_response *response)
{
    buf_done(&response->body);
    *response = (struct platform_response){0};
}

void platform_answer_done(struct platform_answer *answer)
{
    for (size_t i = 0; answer->orders && i < answer->count; i++) {
        free(answer->orders[i].lines);
        free(answer->orders[i].raw);
    }
    for (size_t i = 0; answer->waybills && i < answer->count; i++)
        free(answer->waybills[i].print_data);
    free(answer->orders);
    free(answer->refunds);
    free(answer->waybills);
    free(answer->carriers);
    free(answer->bills);
    free(answer->stock);
    *answer = (struct platform_answer){0};
}

/* ---------------------------------------------------------------- what every answer may be */

enum platform_class platform_lost(const struct platform_want *want, const struct platform_response *response)
{
    return platform_verb_writes(want->verb) && response->sent ? PLATFORM_UNCERTAIN : PLATFORM_RETRY;
}

static void say_lost(const struct platform_want *want, const struct platform_response *response, const char *why,
                     struct platform_fault *ret)
{
    ret->class = platform_lost(want, response);
    ret->retry_s = response->retry_after_s;
    snprintf(ret->code, sizeof(ret->code), "http-%d", response->status);
    text_copy(ret->message, sizeof(ret->message), why);
}

/* The refresh token is not taken: only a person can give a new one. */
static bool is_no_token(const struct platform_want *want, enum platform_class class)
{
    return want->verb == PLATFORM_TOKEN_REFRESH &&
           (class == PLATFORM_AUTH_EXPIRED || class == PLATFORM_PARAMETER || class == PLATFORM_NOT_FOUND ||
            class == PLATFORM_CONFLICT || class == PLATFORM_PERMANENT);
}

void platform_classify(const struct platform *platform, const struct platform_want *want,
                       const struct platform_response *response, struct platform_fault *ret, json_t **ret_root)
{
    struct error error = {0};
    *ret = (struct platform_fault){.class = PLATFORM_OK};
    *ret_root = NULL;
    if (response->status == 0) {
        say_lost(want, response, *response->trouble ? response->trouble : "nothing came back", ret);
        return;
    }
    int result = response->body.length
                     ? text_json_load(buf_text(&response->body), response->body.length, ret_root, &error)
                     : error_set(&error, -EBADMSG, "the answer is empty");
    if (!result) {
        platform->classify(want, response, *ret_root, ret);
        if (ret->class == PLATFORM_RETRY)
            ret->class = platform_lost(want, response);
        if (is_no_token(want, ret->class))
            ret->class = PLATFORM_AUTH_REVOKED;
        return;
    }
    say_lost(want, response, error.text, ret);
    if (response->status == 429)
        ret->class = PLATFORM_THROTTLED;
}
