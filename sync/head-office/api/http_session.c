/* People log in and out, choose their password, and see what they may do. A browser keeps a cookie that no script can
 * read and no page of others can use. */
#include "base/clock.h"
#include "base/json.h"
#include "base/query_table.h"
#include "base/text.h"
#include "sync/head-office/api/http_internal.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/query.h"
#include "sync/head-office/staff/session.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#define COOKIE "floorhand"

const char *http_session_token(struct web_request *request)
{
    return web_cookie(request, COOKIE);
}

bool http_is_for_newcomers(const struct web_request *request)
{
    bool (*const known[])(struct web_request *) = {http_get_me, http_post_password, http_post_session_end};
    for (size_t i = 0; i < COUNT(known); i++)
        if (request->route->handle == known[i])
            return true;
    return false;
}

/* ---------------------------------------------------------------- who it is */

static void write_grants(const struct staff_person *person, struct buf *json)
{
    json_open_array(json, "roles");
    for (size_t i = 0; i < person->grant_count; i++)
        for (const struct role *role = roles; role->name; role++) {
            const struct staff_grant *grant = &person->grants[i];
            if (grant->role != role->bit)
                continue;
            json_open_object(json, NULL);
            json_text(json, "role", role->name);
            json_text(json, "site", *grant->site ? grant->site : NULL);
            json_close_object(json);
        }
    json_close_array(json);
}

static void write_person(const struct staff_person *person, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "login", *person->name ? person->name : NULL);
    json_text(json, "title", *person->name ? person->title : NULL);
    json_bool(json, "must_change", person->must_change);
    write_grants(person, json);
    json_close_object(json);
}

bool http_get_me(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    write_person(&asker_of(request)->person, &json);
    return web_answer_json(request, WEB_OK, &json);
}

/* ---------------------------------------------------------------- in and out */

/* Two texts of an object. false: it has been answered. */
static bool read_two(struct web_request *request, json_t **ret, const char *const names[2], const char *values[2])
{
    *ret = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, NULL);
    for (int i = 0; i < 2; i++)
        values[i] = json_string_value(json_object_get(*ret, names[i]));
    return values[0] && values[1];
}

static bool too_soon(struct web_request *request)
{
    char client[WEB_CLIENT_SIZE];
    web_client(request, client);
    return !http_tries_take(&http_of(request)->tries, client, clock_mono_us());
}

static int open_session(struct office *office, const char *name, char token[SESSION_TOKEN_SIZE],
                        struct staff_person *ret, struct error *error)
{
    int result = office_begin(office, error);
    if (result)
        return result;
    result = session_open(office, name, token, error);
    if (!result)
        result = staff_load(office, name, ret);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

static bool let_in(struct web_request *request, const char *name, const char *password)
{
    struct office *office = http_of(request)->office;
    struct staff_person person = {0};
    char token[SESSION_TOKEN_SIZE];
    struct error error = {0};
    CLEANUP_BUF struct buf json = {0};
    office->now_us = clock_wall_us();
    int result = staff_check(office, name, password, &error);
    if (!result)
        result = open_session(office, name, token, &person, &error);
    if (result)
        return result == -EACCES ? web_answer_error(request, WEB_UNAUTHORIZED, "%s", error.text)
                                 : http_answer_fault(request, result, &error);
    write_person(&person, &json);
    return web_answer_cookie(request, &json, COOKIE, token);
}

static bool busy(struct web_request *request)
{
    return web_answer_error(request, WEB_UNAVAILABLE, "A file is being taken in: try again in a moment.");
}

bool http_post_session(struct web_request *request)
{
    json_t *said = NULL;
    const char *values[2];
    bool answered;
    if (!web_is_from_own_page(request))
        answered = web_answer_error(request, WEB_FORBIDDEN, "A page of another site may not log anybody in.");
    else if (http_import_runs(http_of(request)->import))
        answered = busy(request);
    else if (too_soon(request))
        answered = web_answer_error(request, WEB_TOO_MANY, "Many log in just now: try again in a second.");
    else if (read_two(request, &said, (const char *const[]){"login", "password"}, values))
        answered = let_in(request, values[0], values[1]);
    else
        answered = web_answer_error(request, WEB_BAD_REQUEST, "Say \"login\" and \"password\".");
    json_decref(said);
    return answered;
}

bool http_post_session_end(struct web_request *request)
{
    struct error error = {0};
    const char *token = http_session_token(request);
    CLEANUP_BUF struct buf json = {0};
    int result = token ? session_close(http_of(request)->office, token, &error) : 0;
    if (result)
        return http_answer_fault(request, result, &error);
    json_open_object(&json, NULL);
    json_close_object(&json);
    return web_answer_cookie(request, &json, COOKIE, "");
}

static bool change_password(struct web_request *request, const char *old, const char *new)
{
    struct office *office = http_of(request)->office;
    struct staff_person person = asker_of(request)->person;
    char token[SESSION_TOKEN_SIZE];
    struct error error = {0};
    CLEANUP_BUF struct buf json = {0};
    int result = staff_change(office, person.name, old, new, &error);
    if (!result)
        result = open_session(office, person.name, token, &person, &error);
    if (result)
        return http_answer_fault(request, result, &error);
    write_person(&person, &json);
    return web_answer_cookie(request, &json, COOKIE, token);
}

bool http_post_password(struct web_request *request)
{
    json_t *said = NULL;
    const char *values[2];
    bool answered;
    if (!*asker_of(request)->person.name)
        answered = web_answer_error(request, WEB_FORBIDDEN, "A key has no password.");
    else if (http_import_runs(http_of(request)->import))
        answered = busy(request);
    else if (too_soon(request))
        answered = web_answer_error(request, WEB_TOO_MANY, "Many log in just now: try again in a second.");
    else if (read_two(request, &said, (const char *const[]){"old", "new"}, values))
        answered = change_password(request, values[0], values[1]);
    else
        answered = web_answer_error(request, WEB_BAD_REQUEST, "Say the \"old\" and the \"new\" password.");
    json_decref(said);
    return answered;
}

/* ---------------------------------------------------------------- the roles */

static void write_right(struct buf *json, const char *name, unsigned may)
{
    json_open_object(json, NULL);
    json_text(json, "name", name);
    json_open_array(json, "roles");
    for (const struct role *role = roles; role->name; role++)
        if (may & role->bit)
            json_text(json, NULL, role->name);
    json_close_array(json);
    json_close_object(json);
}

bool http_get_roles(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    const struct office_verb *verb;
    json_open_object(&json, NULL);
    json_open_array(&json, "roles");
    for (const struct role *role = roles; role->name; role++) {
        json_open_object(&json, NULL);
        json_text(&json, "role", role->name);
        json_text(&json, "english", role->english);
        json_text(&json, "chinese", role->chinese);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_open_array(&json, "verbs");
    for (size_t i = 0; (verb = verb_at(i)); i++)
        write_right(&json, verb->name, roles_that_may_do(verb->name));
    json_close_array(&json);
    json_open_array(&json, "files");
    for (const struct import_kind *kind = import_kinds; kind->name; kind++) {
        char file[WEB_SEGMENT_SIZE];
        snprintf(file, sizeof(file), "import.%s", kind->name);
        write_right(&json, kind->name, roles_that_may_do(file));
    }
    json_close_array(&json);
    json_open_array(&json, "kinds");
    for (size_t i = 0; query_at(office_queries, i); i++)
        write_right(&json, query_at(office_queries, i)->kind, roles_that_may_read(query_at(office_queries, i)->kind));
    json_close_array(&json);
    json_close_object(&json);
    return web_answer_json(request, WEB_OK, &json);
}
