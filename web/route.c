/* Which route an address is, and what was behind its "?" and in its headers. */
#include "base/text.h"
#include "web/internal.h"

#include <errno.h>
#include <string.h>

static bool matches(struct web_request *request, const char *pattern, const char *path)
{
    while (*pattern) {
        if (strcmp(pattern, "{*}") == 0)
            return *path && text_copy(request->rest, sizeof(request->rest), path);
        if (strncmp(pattern, "{}", 2) == 0) {
            size_t length = strcspn(path, "/");
            if (length == 0 || !text_copy_n(request->id, sizeof(request->id), path, length))
                return false;
            pattern += 2;
            path += length;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

/* MHD leaves out the body of a HEAD by itself. */
bool web_route_find(struct web_request *request, const char *method, const char *path)
{
    const char *wanted = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0 ? MHD_HTTP_METHOD_GET : method;
    const struct web_route *route = request->server->site->routes;
    while (route->method && !matches(request, route->pattern, path))
        route++;
    if (!route->method)
        return web_refuse(request, WEB_NOT_FOUND, "There is nothing at this address.");
    request->route = route;
    if (strcmp(route->method, wanted) == 0)
        return true;
    text_copy(request->allow, sizeof(request->allow), route->method);
    error_set(&request->why, 0, "This address only takes %s.", route->method);
    request->refused = WEB_METHOD_NOT_ALLOWED;
    return false;
}

const char *web_header(struct web_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *web_cookie(struct web_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, name);
}

const char *web_value(struct web_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

struct values {
    struct web_value *values;
    size_t count;
    bool failed;
};

static enum MHD_Result take_value(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct values *values = user;
    values->failed |= values->count == WEB_VALUES_MAX || !value;
    if (!values->failed)
        values->values[values->count++] = (struct web_value){name, value};
    return values->failed ? MHD_NO : MHD_YES;
}

int web_values(struct web_request *request, struct web_value out[WEB_VALUES_MAX], size_t *ret_count)
{
    struct values values = {.values = out};
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, take_value, &values);
    *ret_count = values.count;
    return values.failed ? -EINVAL : 0;
}
