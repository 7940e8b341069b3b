/* A web server with TLS beside: what is sent there, what is not, and a certificate that changes while it runs. Asked by
 * libcurl in a process of its own, while the loop runs here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/certificate.h"
#include "base/clock.h"
#include "base/file.h"
#include "web/request.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define ANSWER_MAX ((size_t)64 << 10)

static bool get_word(struct web_request *request)
{
    const char *value = web_value(request, "say");
    return web_answer(request, WEB_OK, "text/plain", value ? value : "word", strlen(value ? value : "word"));
}

static bool get_large(struct web_request *request)
{
    static char large[300000];
    memset(large, 'x', sizeof(large));
    return web_answer(request, WEB_OK, "text/plain", large, sizeof(large));
}

static bool get_cookie(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    buf_puts(&json, "{}");
    return web_answer_cookie(request, &json, "who", "me");
}

/* Answered later, by the loop. */
static bool get_later(struct web_request *request)
{
    uint64_t *number = request->user;
    *number = web_promise(request);
    return true;
}

static const struct web_route routes[] = {
    {"GET", "/word", get_word, NULL, 0},         {"GET", "/large", get_large, NULL, 0},
    {"GET", "/cookie", get_cookie, NULL, 0},     {"GET", "/later", get_later, NULL, 0},
    {"GET", "/trust/ca.crt", get_word, NULL, 0}, {0},
};

struct world {
    sd_event *event;
    struct web_site site;
    struct web_server *server;
    uint64_t later;
    char ca[2][64]; /* files */
    struct certificate_pair pair[2];
};

static void make_pair(struct world *world, size_t i)
{
    CLEANUP(certificate_done) struct certificate_pair ca = {0};
    const int64_t until_us = INT64_C(2524607999000000);
    const struct certificate_order authority = {CERTIFICATE_AUTHORITY, i ? "B" : "A", NULL, CLOCK_FLOOR_US, until_us};
    const struct certificate_order leaf = {CERTIFICATE_SERVER, "box", "localhost 127.0.0.1", CLOCK_FLOOR_US, until_us};
    struct error error;
    assert_int_equal(certificate_make(&authority, NULL, &ca, &error), 0);
    assert_int_equal(certificate_make(&leaf, &ca, &world->pair[i], &error), 0);
    snprintf(world->ca[i], sizeof(world->ca[i]), "/tmp/floorhand-web-%d-%zu.pem", (int)getpid(), i);
    assert_int_equal(file_keep(world->ca[i], buf_text(&ca.certificate), ca.certificate.length, 0600), 0);
}

static struct web_pair shown(struct world *world, size_t i)
{
    return (struct web_pair){buf_text(&world->pair[i].certificate), buf_text(&world->pair[i].key)};
}

static int world_open(void **state)
{
    static struct world world;
    world = (struct world){.site = {.routes = routes, .policy = "default-src 'none'", .open_path = "/trust"}};
    make_pair(&world, 0);
    make_pair(&world, 1);
    const struct web_pair pair = shown(&world, 0);
    const struct web_settings settings = {.address = "127.0.0.1", .clients_max = 4, .pair = &pair};
    struct error error = {0};
    if (sd_event_new(&world.event) < 0 ||
        web_server_open(world.event, &settings, &world.site, &world.later, &world.server, &error) != 0)
        fail_msg("%s", error.text);
    *state = &world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    world->server = web_server_close(world->server);
    sd_event_unref(world->event);
    for (size_t i = 0; i < 2; i++) {
        unlink(world->ca[i]);
        certificate_done(&world->pair[i]);
    }
    return 0;
}

/* ---------------------------------------------------------------- a client beside */

struct asked {
    bool secure;
    const char *host; /* in the address */
    const char *path;
    const char *ca;
    long versions; /* CURLOPT_SSLVERSION; 0: any */
    const char *header;
};

static size_t take(char *bytes, size_t size, size_t count, void *user)
{
    buf_put(user, bytes, size * count);
    return size * count;
}

/* "200 ..." with headers and body, or "failed N". */
static void ask(const struct asked *asked, int port, int out)
{
    CLEANUP_BUF struct buf answer = {0};
    char url[256], result[32];
    long status = 0;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = asked->header ? curl_slist_append(NULL, asked->header) : NULL;
    snprintf(url, sizeof(url), "%s://%s:%d%s", asked->secure ? "https" : "http", asked->host, port, asked->path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, asked->ca);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, asked->versions);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    int length =
        code ? snprintf(result, sizeof(result), "failed %d", code) : snprintf(result, sizeof(result), "%ld\n", status);
    size_t kept = code ? 0 : answer.length < ANSWER_MAX - 64 ? answer.length : ANSWER_MAX - 64;
    if (write(out, result, (size_t)length) < 0 || write(out, buf_text(&answer), kept) < 0)
        _exit(1);
    _exit(0);
}

/* At most 60 KiB, which a pipe holds. */
static const char *answer_to(struct world *world, struct asked asked)
{
    static char text[ANSWER_MAX];
    int out[2];
    assert_int_equal(pipe(out), 0);
    int port = asked.secure ? web_server_secure_port(world->server) : web_server_port(world->server);
    asked.host = asked.host ? asked.host : "localhost";
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        ask(&asked, port, out[1]);
    }
    close(out[1]);
    int64_t end = clock_mono_us() + INT64_C(20000000);
    while (waitpid(child, NULL, WNOHANG) == 0 && clock_mono_us() < end) {
        sd_event_run(world->event, 20000);
        if (world->later)
            web_server_answer(world->server, world->later, WEB_OK, "\"later\"", 7);
        world->later = 0;
    }
    ssize_t length = read(out[0], text, sizeof(text) - 1);
    close(out[0]);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

/* ---------------------------------------------------------------- what holds */

static void same_is_answered_over_tls(void **state)
{
    struct world *world = *state;
    const char *ca = world->ca[0];
    assert_non_null(strstr(answer_to(world, (struct asked){.secure = true, .path = "/word", .ca = ca}), "word"));
    assert_non_null(strstr(answer_to(world, (struct asked){.secure = true, .path = "/later", .ca = ca}), "\"later\""));
    assert_memory_equal(answer_to(world, (struct asked){.secure = true, .path = "/large", .ca = ca}), "200", 3);
    assert_non_null(strstr(answer_to(world, (struct asked){.path = "/later"}), "\"later\""));
}

static void old_versions_are_refused(void **state)
{
    struct world *world = *state;
    struct asked asked = {.secure = true, .path = "/word", .ca = world->ca[0]};
    asked.versions = CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2;
    assert_memory_equal(answer_to(world, asked), "200", 3);
    asked.versions = CURL_SSLVERSION_TLSv1_1 | CURL_SSLVERSION_MAX_TLSv1_1;
    assert_memory_equal(answer_to(world, asked), "failed", 6);
}

static void who_asks_without_is_sent_to_tls(void **state)
{
    struct world *world = *state;
    char wanted[128];
    const struct asked asked = {.path = "/word?say=a%20b&x", .header = "Host: 10.0.0.5:8480"};
    const char *answer = answer_to(world, asked);
    snprintf(wanted, sizeof(wanted), "Location: https://10.0.0.5:%d/word?say=a%%20b&x",
             web_server_secure_port(world->server));
    assert_memory_equal(answer, "307", 3);
    if (!strstr(answer, wanted))
        fail_msg("%s", answer);
    assert_null(strstr(answer, "Strict-Transport-Security"));
    /* What leads to trust, and what is asked on this machine, where nothing crosses a network. */
    assert_memory_equal(answer_to(world, (struct asked){.path = "/trust/ca.crt", .header = "Host: 10.0.0.5"}), "200",
                        3);
    assert_memory_equal(answer_to(world, (struct asked){.path = "/word"}), "200", 3);
    assert_memory_equal(answer_to(world, (struct asked){.path = "/word", .header = "Host: bank.example"}), "421", 3);
}

static void cookie_is_for_tls_where_it_came_over_it(void **state)
{
    struct world *world = *state;
    assert_non_null(
        strstr(answer_to(world, (struct asked){.secure = true, .path = "/cookie", .ca = world->ca[0]}), "; Secure"));
    assert_null(strstr(answer_to(world, (struct asked){.path = "/cookie"}), "; Secure"));
}

static void certificate_changes_while_it_runs(void **state)
{
    struct world *world = *state;
    const struct asked by_first = {.secure = true, .path = "/word", .ca = world->ca[0]};
    const struct asked by_second = {.secure = true, .path = "/word", .ca = world->ca[1]};
    struct error error;
    assert_memory_equal(answer_to(world, by_second), "failed", 6);
    const struct web_pair broken = {"nothing", "nothing"}, second = shown(world, 1);
    assert_int_equal(web_server_show(world->server, &broken, &error), -EINVAL);
    assert_memory_equal(answer_to(world, by_first), "200", 3);
    for (int round = 0; round < 3; round++)
        assert_int_equal(web_server_show(world->server, &second, &error), 0);
    assert_memory_equal(answer_to(world, by_second), "200", 3);
    assert_memory_equal(answer_to(world, by_first), "failed", 6);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_is_answered_over_tls, world_open, world_close),
        cmocka_unit_test_setup_teardown(old_versions_are_refused, world_open, world_close),
        cmocka_unit_test_setup_teardown(who_asks_without_is_sent_to_tls, world_open, world_close),
        cmocka_unit_test_setup_teardown(cookie_is_for_tls_where_it_came_over_it, world_open, world_close),
        cmocka_unit_test_setup_teardown(certificate_changes_while_it_runs, world_open, world_close),
    };
    return cmocka_run_group_tests_name("web over TLS", tests, NULL, NULL);
}
