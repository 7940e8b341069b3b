#include "trust.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORITY_UNTIL_US INT64_C(2524607999000000) /* 2049-12-31 */
#define LEAF_BEFORE_US     (2 * CERTIFICATE_DAY_US)
#define LEAF_DAYS          397 /* browsers take 825 days at most from an authority that a user has added */
#define LOOK_US            UINT64_C(60000000)
#define NAMES_MAX          ((size_t)2 << 10) /* bytes of all names of the box */
#define PATH_SIZE          300

struct files {
    char certificate[PATH_SIZE], key[PATH_SIZE];
};

struct trust {
    const struct site_config *config;
    const struct trust_ops *ops;
    void *user;
    struct ui_server *ui; /* that shows it; NULL in tests */
    sd_event_source *timer;
    struct files authority_files, leaf_files;
    struct certificate_pair authority, leaf;
    struct certificate_facts authority_facts, leaf_facts;
    struct buf names;     /* that the leaf is for, with blanks between */
    int64_t warned_us;    /* when the log was told last, monotonic */
    struct error failure; /* of the last renewal; "" when it went well */
};

/* ---------------------------------------------------------------- what the box is called */

static void add_name(struct buf *names, const char *name)
{
    char spaced[300];
    CLEANUP_BUF struct buf all = {.max = NAMES_MAX + 2};
    buf_printf(&all, " %s ", buf_text(names));
    if (!*name || (size_t)snprintf(spaced, sizeof(spaced), " %s ", name) >= sizeof(spaced) ||
        strstr(buf_text(&all), spaced))
        return;
    buf_printf(names, "%s%s", names->length ? " " : "", name);
}

/* Link-local addresses of IPv6 are no use in a browser. */
static void add_addresses(struct buf *names)
{
    struct ifaddrs *all = NULL;
    char text[INET6_ADDRSTRLEN];
    if (getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *at = all; at; at = at->ifa_next) {
        union {
            const struct sockaddr *any;
            const struct sockaddr_in *v4;
            const struct sockaddr_in6 *v6;
        } from = {.any = at->ifa_addr};
        bool v4 = from.any && from.any->sa_family == AF_INET, v6 = from.any && from.any->sa_family == AF_INET6;
        if ((v4 && inet_ntop(AF_INET, &from.v4->sin_addr, text, sizeof(text))) ||
            (v6 && !IN6_IS_ADDR_LINKLOCAL(&from.v6->sin6_addr) &&
             inet_ntop(AF_INET6, &from.v6->sin6_addr, text, sizeof(text))))
            add_name(names, text);
    }
    freeifaddrs(all);
}

static void add_own_names(const struct trust *trust, struct buf *names)
{
    char host[65] = "", local[80];
    char given[sizeof(trust->config->names)], *rest = NULL;
    if (gethostname(host, sizeof(host) - 1) == 0 && *host) {
        add_name(names, host);
        host[strcspn(host, ".")] = '\0';
        snprintf(local, sizeof(local), "%s.local", host);
        add_name(names, host);
        add_name(names, local);
    }
    text_copy(given, sizeof(given), trust->config->names);
    for (char *name = strtok_r(given, " ,", &rest); name; name = strtok_r(NULL, " ,", &rest))
        add_name(names, name);
}

/* Only what the authority may vouch for: one name too many would spoil the whole certificate. */
static void read_names(const struct trust *trust, struct buf *ret)
{
    CLEANUP_BUF struct buf all = {.max = NAMES_MAX};
    char *rest = NULL;
    add_own_names(trust, &all);
    add_name(&all, "localhost");
    add_addresses(&all);
    for (char *name = all.data ? strtok_r(all.data, " ", &rest) : NULL; name; name = strtok_r(NULL, " ", &rest))
        if (certificate_may_name(&trust->authority.certificate, name))
            buf_printf(ret, "%s%s", ret->length ? " " : "", name);
}

/* ---------------------------------------------------------------- the files */

static int save(const struct files *files, const struct certificate_pair *pair, struct error *error)
{
    int result = file_keep(files->key, buf_text(&pair->key), pair->key.length, 0600);
    if (!result)
        result = file_keep(files->certificate, buf_text(&pair->certificate), pair->certificate.length, 0644);
    return result ? error_set(error, result, "%s cannot be written: %s", files->certificate, strerror(-result)) : 0;
}

/* What it may vouch for: this box's names and what is private anyway, so that whoever steals its key can pretend to be
 * no one else. */
static int make_authority(struct trust *trust, struct error *error)
{
    CLEANUP_BUF struct buf names = {.max = NAMES_MAX};
    char title[CERTIFICATE_NAME_SIZE];
    snprintf(title, sizeof(title), "Floorhand %.40s", trust->config->site);
    add_own_names(trust, &names);
    CLEANUP_BUF struct buf domains = {.max = NAMES_MAX};
    char *rest = NULL;
    struct in6_addr any;
    for (char *name = names.data ? strtok_r(names.data, " ", &rest) : NULL; name; name = strtok_r(NULL, " ", &rest))
        if (inet_pton(AF_INET, name, &any) != 1 && inet_pton(AF_INET6, name, &any) != 1)
            add_name(&domains, name);
    static const char *const private[] = {"localhost",
                                          "local",
                                          "lan",
                                          "internal",
                                          "home.arpa",
                                          "10.0.0.0/255.0.0.0",
                                          "127.0.0.0/255.0.0.0",
                                          "169.254.0.0/255.255.0.0",
                                          "172.16.0.0/255.240.0.0",
                                          "192.168.0.0/255.255.0.0",
                                          "100.64.0.0/255.192.0.0",
                                          "fc00::/fe00::",
                                          "::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
    for (size_t i = 0; i < COUNT(private); i++)
        add_name(&domains, private[i]);
    const struct certificate_order order = {.use = CERTIFICATE_AUTHORITY,
                                            .common_name = title,
                                            .names = buf_text(&domains),
                                            .from_us = CLOCK_FLOOR_US,
                                            .until_us = AUTHORITY_UNTIL_US};
    int result = certificate_make(&order, NULL, &trust->authority, error);
    return result ? result : save(&trust->authority_files, &trust->authority, error);
}

/* One that is there but cannot be read is not replaced: browsers trust it, and somebody must look. */
static int open_authority(struct trust *trust, struct error *error)
{
    int result =
        certificate_load(trust->authority_files.certificate, trust->authority_files.key, &trust->authority, error);
    if (result == -ENOENT && access(trust->authority_files.certificate, F_OK) != 0) {
        certificate_done(&trust->authority);
        result = make_authority(trust, error);
    }
    if (!result && certificate_read(&trust->authority.certificate, &trust->authority_facts) != 0)
        result = error_set(error, -EBADMSG, "%s cannot be read", trust->authority_files.certificate);
    return result;
}

/* ---------------------------------------------------------------- the box's certificate */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Never before this program was, nor before what was made last, unless that was made in a future that is none. */
static int64_t judged(int64_t now_us)
{
    return later(now_us, CLOCK_FLOOR_US);
}

static bool is_good(const struct trust *trust, const struct buf *names, int64_t now_us)
{
    char copy[NAMES_MAX + 1], *rest = NULL;
    const struct certificate_facts *facts = &trust->leaf_facts;
    /* A clock that was never set says nothing about a certificate that was made when it was. */
    bool behind = now_us < CLOCK_FLOOR_US;
    if (trust->leaf.certificate.length == 0 ||
        (!behind && (facts->from_us > now_us || certificate_days_left(facts, now_us) < CERTIFICATE_WARN_DAYS)))
        return false;
    text_copy(copy, sizeof(copy), buf_text(names));
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        if (!certificate_names(&trust->leaf.certificate, name))
            return false;
    return true;
}

static int make_leaf(struct trust *trust, const struct buf *names, int64_t now_us, struct error *error)
{
    CLEANUP(certificate_done) struct certificate_pair fresh = {0};
    struct certificate_facts facts;
    char title[CERTIFICATE_NAME_SIZE];
    snprintf(title, sizeof(title), "%.60s", trust->config->box);
    int64_t from_us = judged(now_us) - LEAF_BEFORE_US;
    const struct certificate_order order = {.use = CERTIFICATE_SERVER,
                                            .common_name = title,
                                            .names = buf_text(names),
                                            .from_us = from_us,
                                            .until_us = from_us + LEAF_DAYS * CERTIFICATE_DAY_US};
    int result = certificate_make(&order, &trust->authority, &fresh, error);
    if (!result)
        result = save(&trust->leaf_files, &fresh, error);
    if (!result && certificate_read(&fresh.certificate, &facts) != 0)
        result = error_set(error, -EBADMSG, "the certificate that was made cannot be read");
    if (result)
        return result;
    certificate_done(&trust->leaf);
    trust->leaf = fresh;
    trust->leaf_facts = facts;
    fresh = (struct certificate_pair){0};
    return 0;
}

/* Returns whether there is another one. */
static bool renew(struct trust *trust, int64_t now_us)
{
    CLEANUP_BUF struct buf names = {.max = NAMES_MAX};
    read_names(trust, &names);
    if (names.failed || is_good(trust, &names, now_us))
        return false;
    bool said = *trust->failure.text;
    int result = make_leaf(trust, &names, now_us, &trust->failure);
    if (result && !said)
        log_warning("the pages' certificate cannot be renewed: %s; the old one is shown", trust->failure.text);
    if (result)
        return false;
    trust->failure.text[0] = '\0';
    buf_clear(&trust->names);
    buf_puts(&trust->names, buf_text(&names));
    log_info("the pages have a new certificate, for %s", buf_text(&names));
    return true;
}

/* What is there from the last run; a leaf that cannot be read, or is another authority's, is made anew. */
static void read_leaf(struct trust *trust)
{
    struct error error;
    if (certificate_load(trust->leaf_files.certificate, trust->leaf_files.key, &trust->leaf, &error) == 0 &&
        certificate_comes_from(&trust->leaf.certificate, &trust->authority.certificate) &&
        certificate_read(&trust->leaf.certificate, &trust->leaf_facts) == 0)
        read_names(trust, &trust->names);
    else
        certificate_done(&trust->leaf);
}

/* ---------------------------------------------------------------- time */

static bool ends_soon(const struct trust *trust, int64_t now_us)
{
    return certificate_days_left(&trust->leaf_facts, now_us) < CERTIFICATE_WARN_DAYS ||
           certificate_days_left(&trust->authority_facts, now_us) < CERTIFICATE_WARN_DAYS;
}

void trust_look(struct trust *trust, int64_t now_us)
{
    if (renew(trust, now_us) && trust->ops)
        trust->ops->renewed(trust->user);
    int64_t mono_us = clock_mono_us();
    if (!ends_soon(trust, now_us) || (trust->warned_us && mono_us - trust->warned_us < CERTIFICATE_DAY_US))
        return;
    trust->warned_us = mono_us;
    char until[CLOCK_TEXT_SIZE];
    clock_format(trust->leaf_facts.until_us, until);
    log_warning("the pages' certificate holds until %.10s: look at the box's clock and disk, it renews itself; if the "
                "authority has ended, remove %s and trust the new one",
                until, trust->authority_files.certificate);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
    (void)usec;
    trust_look(user, clock_wall_us());
    sd_event_source_set_time_relative(source, LOOK_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- open and close */

bool trust_wanted(const struct site_config *config)
{
    struct in_addr v4;
    const char *address = config->ui.address;
    bool own = strcmp(address, "::1") == 0 || (inet_pton(AF_INET, address, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
    return strcmp(config->https, "on") == 0 || (strcmp(config->https, "auto") == 0 && !own);
}

static int place_files(struct trust *trust, const char *database, struct error *error)
{
    const struct {
        char *out;
        const char *end;
    } all[] = {{trust->authority_files.certificate, "-ca.pem"},
               {trust->authority_files.key, "-ca.key"},
               {trust->leaf_files.certificate, "-page.pem"},
               {trust->leaf_files.key, "-page.key"}};
    for (size_t i = 0; i < COUNT(all); i++)
        if (snprintf(all[i].out, PATH_SIZE, "%s%s", database, all[i].end) >= PATH_SIZE)
            return error_set(error, -ENAMETOOLONG, "%s is too long a path", database);
    return 0;
}

int trust_open(sd_event *event, const struct site_config *config, const struct trust_ops *ops, void *user,
               struct trust **ret, struct error *error)
{
    struct trust *trust = calloc(1, sizeof(*trust));
    if (!trust)
        return error_set(error, -ENOMEM, "out of memory");
    *trust = (struct trust){.config = config, .names.max = NAMES_MAX, .user = user};
    int result = place_files(trust, config->database, error);
    if (!result)
        result = open_authority(trust, error);
    if (!result) {
        read_leaf(trust);
        trust_look(trust, clock_wall_us());
        if (trust->leaf.certificate.length == 0)
            result = error_set(error, -EIO, "%s", trust->failure.text);
    }
    trust->ops = ops;
    if (!result && event) {
        result = sd_event_add_time_relative(event, &trust->timer, CLOCK_BOOTTIME, LOOK_US, 0, on_timer, trust);
        result = result < 0 ? error_set(error, result, "the event loop cannot be set up") : 0;
    }
    if (result)
        trust_close(trust);
    else
        *ret = trust;
    return result;
}

struct trust *trust_close(struct trust *trust)
{
    if (!trust)
        return NULL;
    sd_event_source_disable_unref(trust->timer);
    certificate_done(&trust->authority);
    certificate_done(&trust->leaf);
    buf_done(&trust->names);
    free(trust);
    return NULL;
}

struct web_pair trust_pair(const struct trust *trust)
{
    return trust ? (struct web_pair){buf_text(&trust->leaf.certificate), buf_text(&trust->leaf.key)}
                 : (struct web_pair){NULL, NULL};
}

const struct buf *trust_authority(const struct trust *trust)
{
    return &trust->authority.certificate;
}

/* ---------------------------------------------------------------- for people */

static void write_until(struct buf *json, const char *key, const struct certificate_facts *facts)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(facts->until_us, text);
    json_text(json, key, text);
}

static void write_facts(const struct trust *trust, struct buf *json)
{
    int64_t now_us = clock_wall_us();
    json_text(json, "fingerprint", trust->authority_facts.fingerprint);
    write_until(json, "authority_until", &trust->authority_facts);
    write_until(json, "until", &trust->leaf_facts);
    json_text(json, "names", buf_text(&trust->names));
    if (!ends_soon(trust, now_us)) {
        json_text(json, "trouble", NULL);
        return;
    }
    json_words(
        json, "trouble",
        "The pages' certificate ends within a month and does not renew itself: look at the box's clock and disk. "
        "Work goes on.",
        "页面证书将在一个月内到期且未能自动更新：请检查主机的时钟和磁盘，作业不受影响。");
}

int64_t trust_until_us(const struct trust *trust, bool *ret_trouble)
{
    *ret_trouble = trust && ends_soon(trust, clock_wall_us());
    return trust ? trust->leaf_facts.until_us : 0;
}

void trust_write(const struct trust *trust, int port, struct buf *json)
{
    if (!trust) {
        json_text(json, "tls", NULL);
        return;
    }
    json_open_object(json, "tls");
    json_int(json, "port", port);
    write_facts(trust, json);
    json_close_object(json);
}

/* By its own name, where it is served on every address. */
static void put_url(const struct trust *trust, const char *key, const char *form, int port, struct buf *json)
{
    CLEANUP_BUF struct buf url = {0};
    const char *address = trust->config->ui.address;
    char host[70] = "";
    bool any = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
    if (!any)
        snprintf(host, sizeof(host), strchr(address, ':') ? "[%s]" : "%s", address);
    else if (gethostname(host, sizeof(host) - 1) != 0 || !*host)
        text_copy(host, sizeof(host), "localhost");
    bool secure = strcmp(form, "https") == 0;
    buf_printf(&url, "%s://%s:%d%s", form, host, port, secure ? "/" : "/trust");
    json_text(json, key, buf_text(&url));
}

int trust_invite(const struct trust *trust, int port, int plain_port, struct buf *json, struct buf *pem)
{
    if (!trust)
        return -ENOENT;
    json_open_object(json, NULL);
    put_url(trust, "url", "https", port, json);
    put_url(trust, "trust", "http", plain_port, json);
    write_facts(trust, json);
    json_close_object(json);
    if (pem)
        buf_puts(pem, buf_text(&trust->authority.certificate));
    return 0;
}

/* ---------------------------------------------------------------- the pages */

static void show_renewed(void *user)
{
    struct trust *trust = *(struct trust **)user;
    struct error error = {0};
    const struct web_pair pair = trust_pair(trust);
    if (trust->ui && ui_server_show(trust->ui, &pair, &error) != 0)
        log_warning("%s", error.text);
}

int trust_serve(sd_event *event, const struct site_config *config, const struct ui_source *source, void *user,
                struct trust **ret_trust, struct ui_server **ret_ui, struct error *error)
{
    static const struct trust_ops ops = {.renewed = show_renewed};
    struct web_settings settings = config->ui;
    struct error why = {0};
    if (trust_wanted(config) && trust_open(event, config, &ops, ret_trust, ret_trust, &why) != 0)
        log_error("the pages are served without TLS: %s", why.text);
    const struct web_pair pair = trust_pair(*ret_trust);
    settings.pair = *ret_trust ? &pair : NULL;
    settings.priority = DAEMON_PAGES_PRIORITY;
    int result = ui_server_open(event, &settings, source, user, ret_ui, error);
    if (!result && *ret_trust)
        (*ret_trust)->ui = *ret_ui;
    return result;
}
