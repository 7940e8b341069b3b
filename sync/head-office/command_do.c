/* floorhand-hq do, verbs, audit: the verbs from the command line. */
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define AUDIT_AT_ONCE 50
#define PAUSE_US      5000 /* others who wait for a file of SQLite look again only now and then */

/* "field=value" each, behind the verb. */
static int read_fields(const struct call *call, json_t *fields, struct error *error)
{
    for (const char *const *argument = call->arguments + 1; *argument; argument++) {
        const char *equals = strchr(*argument, '=');
        if (!equals)
            return error_set(error, COMMAND_USAGE, "\"%s\" is no FIELD=VALUE", *argument);
        json_object_setn_new(fields, *argument, (size_t)(equals - *argument), json_string(equals + 1));
    }
    return 0;
}

int command_do(struct call *call, struct error *error)
{
    CLEANUP_BUF struct buf answer = {0};
    json_t *fields = json_object();
    int result = read_fields(call, fields, error);
    if (!result)
        result = verb_do(&call->office, call->arguments[0], fields, call->options.who, &answer, error);
    json_decref(fields);
    if (!result)
        command_print(&answer);
    return result;
}

int command_verbs(struct call *call, struct error *error)
{
    (void)call, (void)error;
    CLEANUP_BUF struct buf json = {0};
    const struct office_verb *verb;
    for (size_t i = 0; (verb = verb_at(i)); i++) {
        verb_write(verb, &json);
        command_print(&json);
    }
    return 0;
}

static int try_audit(struct call *call, struct error *error)
{
    struct order_audit_hit hits[ORDER_AUDIT_HITS_MAX];
    size_t count = 0;
    int64_t orders = 0, passed = 0;
    int result = order_audit_try(&call->office, hits, &count, &orders, &passed, error);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "orders", orders);
    json_int(&json, "passed", passed);
    json_open_array(&json, "hits");
    for (size_t i = 0; i < count; i++) {
        json_open_object(&json, NULL);
        json_text(&json, "kind", hits[i].kind);
        json_text(&json, "rule", hits[i].rule);
        json_int(&json, "orders", hits[i].orders);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

int command_audit(struct call *call, struct error *error)
{
    if (call->options.try_only)
        return try_audit(call, error);
    int64_t audited = 0, held = 0;
    struct order_work done = {.more = true};
    int result = 0;
    while (!result && done.more) {
        result = order_work_audit(&call->office, AUDIT_AT_ONCE, &done, error);
        audited += done.audited;
        held += done.held;
        usleep(PAUSE_US);
    }
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "audited", audited);
    json_int(&json, "held", held);
    json_close_object(&json);
    command_print(&json);
    return 0;
}
