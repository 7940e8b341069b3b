/* The server, and who asks: a program by a key in each request, a person by what their browser keeps. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "sync/head-office/api/http_internal.h"
#include "sync/head-office/phrases.h"
#include "sync/head-office/sites/join.h"
#include "sync/head-office/staff/session.h"
#include "sync/head-office/tenants/usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LOOK_US     500000
#define PAIR_US     60000000 /* its files are looked at so often */
#define ROWS_US     2000000  /* from one telling that something was written to the next: pages look anew then */
#define STREAMS_MAX 200

/* The key behind "Authorization: Bearer ", or NULL. */
static const char *bearer(struct web_request *request)
{
    static const char scheme[] = "Bearer ";
    const char *given = web_header(request, "Authorization");
    return given && strncasecmp(given, scheme, sizeof(scheme) - 1) == 0 ? given + sizeof(scheme) - 1 : NULL;
}

/* -EACCES: nobody that is known. */
static int find_asker(struct web_request *request, struct asker *ret)
{
    struct office *office = http_of(request)->office;
    const char *key = bearer(request), *token = key ? NULL : http_session_token(request);
    /* Whoever takes a file in has the database alone; what a page asks by itself keeps nobody logged in. */
    bool note = !http_import_runs(http_of(request)->import) && !web_header(request, "X-Unattended");
    int result = key     ? keys_find(office, key, note, &ret->key)
                 : token ? session_find(office, token, note, &ret->person)
                         : -EACCES;
    snprintf(ret->who, sizeof(ret->who), "%s%s", key ? "key " : "", key ? ret->key.id : ret->person.name);
    return result;
}

/* What a browser sends along by itself counts for our own pages alone. */
static bool admits_person(struct web_request *request, const struct asker *asker)
{
    if (!web_is_from_own_page(request))
        return web_refuse(request, WEB_FORBIDDEN, "A page of another site may not ask here.");
    if (asker->person.must_change && !http_is_for_newcomers(request))
        return web_refuse(request, WEB_FORBIDDEN, "Choose a password of your own first.");
    return true;
}

static bool admits(struct web_request *request)
{
    struct asker asker = {0};
    if (http_is_open(request))
        return true;
    http_of(request)->office->now_us = clock_wall_us();
    int result = find_asker(request, &asker);
    if (result == -EACCES)
        return web_refuse(request, WEB_UNAUTHORIZED,
                          "Say who asks: log in, or give a key that is good: Authorization: Bearer fhk_...");
    if (!result && *asker.person.name && !admits_person(request, &asker))
        return false;
    if (result)
        return web_refuse(request, WEB_UNAVAILABLE, "The database cannot be asked just now: try again.");
    request->retry_s = http_meter_take(&http_of(request)->meter, clock_mono_us());
    if (request->retry_s > 0)
        return web_refuse(
            request, WEB_TOO_MANY,
            "The quota api_calls_per_min is used up: ask again when Retry-After says, or ask who runs this"
            " cloud for more.");
    request->asker = malloc(sizeof(asker));
    if (!request->asker)
        return web_refuse(request, WEB_UNAVAILABLE, "The machine is out of memory: try again.");
    memcpy(request->asker, &asker, sizeof(asker));
    return true;
}

/* "ADDRESS:PORT" */
static int read_listen(const char *listen, struct web_settings *ret, struct error *error)
{
    const char *colon = strrchr(listen, ':'), *begin = listen;
    const char *end = colon;
    if (colon && *begin == '[' && colon[-1] == ']') {
        begin++;
        end--;
    }
    if (!colon || end <= begin || !text_copy_n(ret->address, sizeof(ret->address), begin, (size_t)(end - begin)) ||
        text_to_int(colon + 1, 0, 65535, &ret->port) != 0)
        return error_set(error, -EINVAL, "\"%s\" is no ADDRESS:PORT: for example 127.0.0.1:8080", listen);
    ret->clients_max = STREAMS_MAX;
    return 0;
}

static void answer_import(void *user, uint64_t number, int code, const struct error *error, const char *json)
{
    struct office_http *http = user;
    CLEANUP_BUF struct buf fault = {0};
    web_write_refusal(head_office_phrases, error->text, &fault);
    const char *answer = code ? buf_text(&fault) : json;
    web_server_answer(http->web, number, code ? http_status_of(code) : WEB_OK, answer, strlen(answer));
}

/* ---------------------------------------------------------------- TLS */

static bool is_secure(const struct office_http_place *place)
{
    return *place->certificate || *place->key;
}

static struct web_pair shown(const struct certificate_pair *pair)
{
    return (struct web_pair){buf_text(&pair->certificate), buf_text(&pair->key)};
}

/* Codes that are made from now on name it. */
static void tell_joins(struct office_http *http, const struct buf *certificate)
{
    struct error error = {0};
    if (join_shows(http->office, certificate, &error) != 0)
        log_warning("boxes cannot be joined just now: %s", error.text);
}

/* Files that are just being changed are read whole the next time. */
static void reread_pair(struct office_http *http, int64_t now_us)
{
    CLEANUP(certificate_done) struct certificate_pair fresh = {0};
    struct error error = {0};
    if (!is_secure(http->place) || now_us < http->pair_us)
        return;
    http->pair_us = now_us + PAIR_US;
    if (certificate_load(http->place->certificate, http->place->key, &fresh, &error) != 0 ||
        strcmp(buf_text(&fresh.certificate), buf_text(&http->pair.certificate)) == 0)
        return;
    const struct web_pair pair = shown(&fresh);
    if (web_server_show(http->web, &pair, &error) != 0)
        return;
    tell_joins(http, &fresh.certificate);
    struct certificate_pair old = http->pair;
    http->pair = fresh;
    fresh = old; /* and is forgotten */
    log_info("%s is shown from now on", http->place->certificate);
}

/* ---------------------------------------------------------------- open and close */

static int open_web(sd_event *event, struct office_http *http, struct web_settings *settings, struct error *error)
{
    bool secure = is_secure(http->place);
    struct web_pair pair;
    if (secure) {
        int result = certificate_load(http->place->certificate, http->place->key, &http->pair, error);
        if (result)
            return result;
        pair = shown(&http->pair);
        tell_joins(http, &http->pair.certificate);
        settings->pair = &pair;
        settings->secure_port = settings->port;
        settings->port = -1;
    }
    http->pair_us = clock_mono_us() + PAIR_US;
    return web_server_open(event, settings, &http->site, http, &http->web, error);
}

int office_http_open(sd_event *event, const struct office_http_place *place, const char *database,
                     struct office *office, struct office_http **ret, struct error *error)
{
    struct web_settings settings = {.port = 0};
    int result = read_listen(place->listen, &settings, error);
    if (result)
        return result;
    struct office_http *http = calloc(1, sizeof(*http));
    if (!http)
        return error_set(error, -ENOMEM, "out of memory");
    http->office = office;
    http->place = place;
    http->meter.limit = QUOTA_NONE;
    if (web_policy(office_files, "office.html", http->policy) != 0) {
        free(http);
        return error_set(error, -ENOENT, "this program was built without its pages: build it again");
    }
    http->site = (struct web_site){.routes = http_routes,
                                   .admits = admits,
                                   .policy = http->policy,
                                   .any_host = true,
                                   .phrases = head_office_phrases};
    result = http_import_open(event, database, office, answer_import, http, &http->import, error);
    if (!result && http_figures_open(event, database, &http->web, &http->figures) != 0)
        result = error_set(error, -ENOMEM, "out of memory");
    if (!result)
        result = http_meter_tick(&http->meter, office, clock_mono_us(), false, error); /* the quota holds at once */
    if (!result)
        result = open_web(event, http, &settings, error);
    if (result) {
        http_figures_close(http->figures);
        http_import_close(http->import);
        certificate_done(&http->pair);
        free(http);
        return result;
    }
    *ret = http;
    return 0;
}

/* Calls are written a few seconds late. */
static void meter(struct office_http *http)
{
    struct error error = {0};
    http->office->now_us = clock_wall_us();
    bool writes = !http_import_runs(http->import);
    if (http_meter_tick(&http->meter, http->office, clock_mono_us(), writes, &error) != 0)
        log_warning("calls over HTTP cannot be counted just now: %s", error.text);
}

struct office_http *office_http_close(struct office_http *http)
{
    if (!http)
        return NULL;
    http->meter.look_us = 0;
    meter(http);
    http_figures_close(http->figures);
    http_import_close(http->import);
    web_server_close(http->web);
    certificate_done(&http->pair);
    free(http);
    return NULL;
}

bool office_http_imports(const struct office_http *http)
{
    return http_import_runs(http->import);
}

int office_http_port(const struct office_http *http)
{
    return is_secure(http->place) ? web_server_secure_port(http->web) : web_server_port(http->web);
}

/* ---------------------------------------------------------------- what changes */

/* To those who may see every shop's, and to those who may see this one's. */
static void tell(void *user, const char *kind, const char *shop, const struct buf *json)
{
    struct office_http *http = user;
    char channel[WEB_SEGMENT_SIZE];
    web_server_publish(http->web, kind, kind, buf_text(json), json->length, false);
    if (!*shop)
        return;
    snprintf(channel, sizeof(channel), "%s@%s", kind, shop);
    web_server_publish(http->web, channel, kind, buf_text(json), json->length, false);
}

bool http_listen(struct office_http *http)
{
    if (!http->listening) {
        http->listening = changes_begin(http->office, &http->changes) == 0;
        http->written = sql_written(http->office->sql);
    }
    return http->listening;
}

/* Of which rows, nobody knows: several programs write, and two kinds of databases. */
static void tell_written(struct office_http *http, int64_t now_us)
{
    static const char nothing[] = "{}";
    int64_t written = now_us < http->rows_us ? http->written : sql_written(http->office->sql);
    if (written == http->written)
        return;
    http->written = written;
    http->rows_us = now_us + ROWS_US;
    web_server_publish(http->web, "rows", "rows", nothing, sizeof(nothing) - 1, false);
}

/* That calls were counted is no news: pages would call again because of it. */
static void meter_quietly(struct office_http *http, int64_t now_us)
{
    bool heard = http->listening && now_us >= http->meter.look_us;
    bool told = heard && sql_written(http->office->sql) == http->written;
    meter(http);
    if (told)
        http->written = sql_written(http->office->sql);
}

void office_http_tick(struct office_http *http, const struct office_state *state)
{
    http->state = *state;
    struct error error = {0};
    bool more = false;
    int64_t now_us = clock_mono_us();
    meter_quietly(http, now_us);
    reread_pair(http, now_us);
    if (now_us < http->look_us)
        return;
    http->look_us = now_us + LOOK_US;
    if (web_server_streams(http->web) == 0) {
        http->listening = false;
        return;
    }
    if (changes_look(http->office, &http->changes, tell, http, &more, &error) != 0)
        log_warning("what has changed cannot be told just now: %s", error.text);
    tell_written(http, now_us);
    if (more)
        http->look_us = now_us;
}
