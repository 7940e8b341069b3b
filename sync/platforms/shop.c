#include "sync/platforms/shop.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct member {
    const char *name;
    size_t offset, size;
} members[] = {
#define MEMBER(name)                                                                                                   \
    {                                                                                                                  \
#name, offsetof(struct platform_shop, name), sizeof(((struct platform_shop *)0)->name)                         \
    }
    MEMBER(id),          MEMBER(gateway),     MEMBER(app_key),      MEMBER(app_secret),    MEMBER(sign_secret),
    MEMBER(push_secret), MEMBER(sign_method), MEMBER(access_token), MEMBER(refresh_token), MEMBER(place),
};

static int take_platform(const char *name, const struct platform **ret, struct error *error)
{
    *ret = platform_find(name);
    return *ret ? 0 : error_set(error, -EINVAL, "\"%.40s\" is no platform that is known", name);
}

static int take_member(const char *name, const char *text, struct platform_shop *ret, struct error *error)
{
    for (size_t i = 0; i < COUNT(members); i++) {
        if (strcmp(members[i].name, name) != 0)
            continue;
        if (text_copy((char *)ret + members[i].offset, members[i].size, text))
            return 0;
        return error_set(error, -EINVAL, "\"%s\" of the shop is longer than %zu bytes", name, members[i].size - 1);
    }
    return error_set(error, -EINVAL, "a shop has no \"%.40s\"", name);
}

int shop_of_json(const json_t *object, struct platform_shop *ret, const struct platform **ret_platform,
                 struct error *error)
{
    int result = json_is_object(object) ? 0 : error_set(error, -EINVAL, "a shop is an object");
    *ret = (struct platform_shop){0};
    *ret_platform = NULL;
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at && !result;
         at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        const char *name = json_object_iter_key(at), *text = json_string_value(json_object_iter_value(at));
        if (!text)
            result = error_set(error, -EINVAL, "\"%.40s\" of the shop is no text", name);
        else if (strcmp(name, "platform") == 0)
            result = take_platform(text, ret_platform, error);
        else
            result = take_member(name, text, ret, error);
    }
    return result;
}
