/* What a connector asks where it is no plain form: the address, what stands in the query, and the body, as the platform
 * would decode them. Includes platform_rig.h, which has the rest of the bench. */
#ifndef TESTS_PLATFORM_ASKED_H
#define TESTS_PLATFORM_ASKED_H

#include "platform_rig.h"

struct asked {
    struct error error;
    int result;
    char method[8], url[1024], headers[1024], body[65536]; /* url without its query */
    struct rig_request query, form;                        /* the body's form, where it is one */
};

static inline void asked_split(const char *text, struct rig_request *ret)
{
    ret->count = 0;
    while (*text) {
        size_t length = strcspn(text, "&"), name = strcspn(text, "=");
        assert_true(name < length && ret->count < COUNT(ret->names));
        rig_decode(text, name, ret->names[ret->count], sizeof(ret->names[0]));
        rig_decode(text + name + 1, length - name - 1, ret->values[ret->count], sizeof(ret->values[0]));
        ret->count++;
        text += length + (text[length] == '&');
    }
}

static inline void ask_as(struct asked *asked, const struct platform *platform, const struct platform_shop *shop,
                          const struct platform_want *want)
{
    struct platform_request request = {0};
    *asked = (struct asked){0};
    asked->result = platform->build(shop, want, &request, &asked->error);
    if (asked->result == 0) {
        const char *url = buf_text(&request.url), *query = strchr(url, '?');
        assert_false(request.url.failed || request.body.failed || request.headers.failed);
        assert_true(text_copy(asked->method, sizeof(asked->method), request.method));
        assert_true(text_copy_n(asked->url, sizeof(asked->url), url, query ? (size_t)(query - url) : strlen(url)));
        assert_true(text_copy(asked->headers, sizeof(asked->headers), buf_text(&request.headers)));
        assert_true(text_copy(asked->body, sizeof(asked->body), buf_text(&request.body)));
        asked_split(query ? query + 1 : "", &asked->query);
        if (strstr(asked->headers, "x-www-form-urlencoded"))
            asked_split(asked->body, &asked->form);
    }
    platform_request_done(&request);
}

static inline void ask(struct asked *asked, const struct platform *platform, const struct platform_want *want)
{
    ask_as(asked, platform, &rig_shop, want);
}

/* Everything that was sent, signed with this secret, has the signature that was sent with it. */
static inline void asked_check_sign(const struct asked *asked, const struct platform *platform, const char *secret)
{
    struct platform_value values[64];
    size_t count = 0;
    CLEANUP_BUF struct buf sign = {0};
    const struct rig_request *parts[] = {&asked->query, &asked->form};
    for (size_t p = 0; p < COUNT(parts); p++)
        for (size_t i = 0; i < parts[p]->count; i++)
            values[count++] = (struct platform_value){parts[p]->names[i], parts[p]->values[i]};
    assert_int_equal(platform->sign(secret, "", values, count, &sign, NULL), 0);
    assert_string_equal(sign_value(values, count, "sign"), buf_text(&sign));
}

#define assert_queries(asked, name, value) assert_string_equal(rig_value(&(asked)->query, name), value)
#define assert_forms(asked, name, value)   assert_string_equal(rig_value(&(asked)->form, name), value)

#endif
