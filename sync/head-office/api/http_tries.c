#include "sync/head-office/api/http_tries.h"

#include "base/text.h"

#include <string.h>

bool http_tries_take(struct http_tries *tries, const char *client, int64_t mono_us)
{
    size_t fresh = 0;
    for (size_t i = 0; i < HTTP_TRIES_MAX; i++) {
        const struct http_try *last = &tries->last[i];
        if (!last->at_us || mono_us - last->at_us >= HTTP_TRIES_US)
            continue;
        if (strcmp(last->client, client) == 0)
            return false;
        fresh++;
    }
    if (fresh == HTTP_TRIES_MAX)
        return false;
    struct http_try *oldest = &tries->last[tries->next];
    text_copy(oldest->client, sizeof(oldest->client), client);
    oldest->at_us = mono_us;
    tries->next = (tries->next + 1) % HTTP_TRIES_MAX;
    return true;
}
