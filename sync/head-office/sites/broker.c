#include "sync/head-office/sites/broker.h"

#include "base/clock.h"
#include "base/text.h"
#include "sync/head-office/sites/join.h"
#include "sync/mqtt/prefix.h"
#include "sync/wire/topic.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Fixed days: a clock that is wrong when it is made cannot spoil it. */
#define AUTHORITY_UNTIL_US INT64_C(2524607999000000) /* 2049-12-31 */

static int64_t now_or_later(const struct office *office)
{
    return office->now_us > CLOCK_FLOOR_US ? office->now_us : CLOCK_FLOOR_US;
}

/* ---------------------------------------------------------------- the authority */

static int load_authority(struct office *office, struct certificate_pair *ret, bool *ret_found)
{
    struct sql_query *row = sql_select(office->sql, "SELECT certificate, key FROM broker_authority", SQL_NO_VALUES);
    *ret_found = sql_next(row);
    if (*ret_found) {
        buf_puts(&ret->certificate, sql_get_text(row, 0));
        buf_puts(&ret->key, sql_get_text(row, 1));
    }
    int failed = sql_done(row);
    return failed ? failed : ret->certificate.failed || ret->key.failed ? -ENOMEM : 0;
}

int broker_authority(struct office *office, struct certificate_pair *ret, struct error *error)
{
    static const struct certificate_order order = {.use = CERTIFICATE_AUTHORITY,
                                                   .common_name = "Floorhand head office, broker",
                                                   .from_us = CLOCK_FLOOR_US,
                                                   .until_us = AUTHORITY_UNTIL_US};
    bool found = false;
    int result = load_authority(office, ret, &found);
    if (result)
        return office_failed(office->sql, result, error);
    if (found)
        return 0;
    result = certificate_make(&order, NULL, ret, error);
    if (result)
        return result;
    result =
        sql_run(office->sql, "INSERT INTO broker_authority (id, certificate, key, until_us) VALUES (1, ?1, ?2, ?3)",
                sql_text(buf_text(&ret->certificate)), sql_text(buf_text(&ret->key)), sql_int(order.until_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- what it issues */

/* site NULL: it is nobody's. */
static int note(struct office *office, const char *name, const char *site, const struct buf *pem, struct error *error)
{
    struct certificate_facts facts;
    if (certificate_read(pem, &facts) != 0)
        return error_set(error, -EBADMSG, "the certificate that was made cannot be read");
    int result = sql_run(office->sql,
                         "INSERT INTO broker_certificate (name, site, fingerprint, made_us, until_us) VALUES (?1, ?2, "
                         "?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET site = excluded.site, fingerprint = "
                         "excluded.fingerprint, made_us = excluded.made_us, until_us = excluded.until_us",
                         sql_text(name), site ? sql_text(site) : sql_null(), sql_text(facts.fingerprint),
                         sql_int(office->now_us), sql_int(facts.until_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* request NULL: for a new key, which is in ret; otherwise for the key of the request. */
static int issue(struct office *office, enum certificate_use use, const char *name, const char *hosts, const char *site,
                 const struct buf *request, struct certificate_pair *ret, struct error *error)
{
    CLEANUP(certificate_done) struct certificate_pair authority = {0};
    const struct certificate_order order = {.use = use,
                                            .common_name = name,
                                            .names = hosts,
                                            .from_us = CLOCK_FLOOR_US,
                                            .until_us =
                                                now_or_later(office) + BROKER_CERTIFICATE_DAYS * CERTIFICATE_DAY_US};
    int result = broker_authority(office, &authority, error);
    if (!result)
        result = request ? certificate_grant(&order, request, &authority, &ret->certificate, error)
                         : certificate_make(&order, &authority, ret, error);
    return result ? result : note(office, name, site, &ret->certificate, error);
}

static int client_name(const char *prefix, const char *client_id, char out[MQTT_TOPIC_SIZE], struct error *error)
{
    if (!mqtt_prefix_ok(prefix))
        return error_set(error, -EINVAL, "topic prefix \"%s\" cannot be: give a-z, 0-9 and '-', with '/' between them",
                         prefix);
    const char *name = mqtt_prefix_put(prefix, client_id, out);
    if (name && name != out)
        text_copy(out, MQTT_TOPIC_SIZE, name);
    return name && strlen(name) < CERTIFICATE_NAME_SIZE
               ? 0
               : error_set(error, -EINVAL, "%s behind %s is too long for a certificate: 64 bytes at most", client_id,
                           prefix);
}

static int issue_site(struct office *office, const char *site, const char *prefix, const struct buf *request,
                      struct certificate_pair *ret, struct error *error)
{
    char box[WIRE_NAME_SIZE] = "", name[MQTT_TOPIC_SIZE];
    bool retired = false;
    struct sql_query *row = sql_select(office->sql, "SELECT box, retired_us FROM site WHERE id = ?1", sql_text(site));
    if (sql_next(row)) {
        text_copy(box, sizeof(box), sql_get_text(row, 0));
        retired = !sql_get_null(row, 1);
    }
    int result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    if (!*box)
        return error_set(error, -ENOENT, "there is no site \"%s\": floorhand-hq site list names them", site);
    if (retired)
        return error_set(error, -ENOENT, "site \"%s\" is retired: floorhand-hq site claim %s takes it back", site,
                         site);
    result = client_name(prefix, box, name, error);
    return result ? result : issue(office, CERTIFICATE_CLIENT, name, NULL, site, request, ret, error);
}

int broker_certify_site(struct office *office, const char *site, const char *prefix, struct certificate_pair *ret,
                        struct error *error)
{
    return issue_site(office, site, prefix, NULL, ret, error);
}

int broker_grant_site(struct office *office, const char *site, const char *prefix, const struct buf *request,
                      struct buf *ret, struct error *error)
{
    struct certificate_pair pair = {.certificate = *ret};
    int result = issue_site(office, site, prefix, request, &pair, error);
    *ret = pair.certificate;
    return result;
}

int broker_certify_office(struct office *office, const char *client_id, const char *prefix,
                          struct certificate_pair *ret, struct error *error)
{
    char name[MQTT_TOPIC_SIZE];
    int result = client_name(prefix, client_id, name, error);
    return result ? result : issue(office, CERTIFICATE_CLIENT, name, NULL, NULL, NULL, ret, error);
}

int broker_certify_server(struct office *office, const char *hosts, struct certificate_pair *ret, struct error *error)
{
    char name[CERTIFICATE_NAME_SIZE];
    size_t first = strcspn(hosts, " ");
    if (!text_copy_n(name, sizeof(name), hosts, first) || first == 0)
        return error_set(error, -EINVAL, "name the broker's hosts and addresses, each of 64 bytes at most");
    return issue(office, CERTIFICATE_SERVER, name, hosts, NULL, NULL, ret, error);
}

/* ---------------------------------------------------------------- the access list */

static void put_topic(struct buf *out, const char *way, const char *prefix, const char *topic)
{
    char full[MQTT_TOPIC_SIZE];
    const char *whole = mqtt_prefix_put(prefix, topic, full);
    buf_printf(out, "topic %s %s\n", way, whole ? whole : topic);
}

static void put_user(struct buf *out, const char *prefix, const char *client_id)
{
    char full[MQTT_TOPIC_SIZE];
    const char *whole = mqtt_prefix_put(prefix, client_id, full);
    buf_printf(out, "\nuser %s\n", whole ? whole : client_id);
}

static void put_office(struct buf *out, const char *client_id, const char *prefix)
{
    static const struct {
        const char *way, *topic;
    } topics[] = {
        {"read", WIRE_FILTER_UP},     {"read", WIRE_FILTER_STATUS}, {"write", "fh1/+/+/dn/#"},
        {"write", WIRE_OFFICE_TOPIC}, {"write", "fh1/ce/#"},
    };
    put_user(out, prefix, client_id);
    for (size_t i = 0; i < COUNT(topics); i++)
        put_topic(out, topics[i].way, prefix, topics[i].topic);
}

static void put_site(struct buf *out, const char *site, const char *box, const char *prefix)
{
    static const struct {
        const char *way;
        enum wire_channel channel;
    } writes[] = {{"write", WIRE_UP_SEGMENT}, {"write", WIRE_UP_CONTROL}, {"write", WIRE_STATUS}};
    char topic[WIRE_TOPIC_SIZE];
    put_user(out, prefix, box);
    for (size_t i = 0; i < COUNT(writes); i++) {
        wire_topic_write(topic, writes[i].channel, site, box);
        put_topic(out, writes[i].way, prefix, topic);
    }
    wire_topic_down_filter(topic, site, box);
    put_topic(out, "read", prefix, topic);
    put_topic(out, "read", prefix, WIRE_OFFICE_TOPIC);
}

int broker_write_acl(struct office *office, const char *client_id, const char *prefix, struct buf *ret,
                     struct error *error)
{
    char name[MQTT_TOPIC_SIZE];
    int result = client_name(prefix, client_id, name, error);
    if (result)
        return result;
    buf_puts(ret,
             "# Written by \"floorhand-hq broker acl\": do not change it, write it anew and send mosquitto SIGHUP.\n"
             "# Who is not named here may nothing: a site that is retired is left out, and is mute at once.\n");
    put_office(ret, client_id, prefix);
    struct sql_query *site = sql_select(
        office->sql,
        "SELECT s.id, b.box FROM site s JOIN (SELECT id AS site, box FROM site UNION SELECT site, box FROM site_join "
        "WHERE used_us IS NULL AND expires_us > ?1 UNION SELECT site, box FROM former_box WHERE replaced_us > ?2) b ON "
        "b.site = s.id WHERE s.retired_us IS NULL ORDER BY s.id, b.box",
        sql_int(office->now_us), sql_int(office->now_us - JOIN_FORMER_DAYS * CERTIFICATE_DAY_US));
    while (sql_next(site))
        put_site(ret, sql_get_text(site, 0), sql_get_text(site, 1), prefix);
    result = sql_done(site);
    if (result)
        return office_failed(office->sql, result, error);
    return ret->failed ? error_set(error, -ENOMEM, "the access list is too long") : 0;
}

/* ---------------------------------------------------------------- what ends soon */

int broker_warn(struct office *office, void (*warn)(void *user, const char *sentence), void *user)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT c.name, coalesce(c.site, ''), c.until_us FROM broker_certificate c LEFT JOIN site s ON s.id = c.site "
        "WHERE c.until_us < ?1 AND s.retired_us IS NULL ORDER BY c.until_us, c.name",
        sql_int(office->now_us + CERTIFICATE_WARN_DAYS * CERTIFICATE_DAY_US));
    while (sql_next(row)) {
        const char *site = sql_get_text(row, 1);
        char sentence[ERROR_TEXT_MAX], until[CLOCK_TEXT_SIZE];
        clock_format(sql_get_int(row, 2), until);
        snprintf(sentence, sizeof(sentence),
                 "the certificate of %s at the broker holds until %.10s: make a new one with "
                 "floorhand-hq broker %s%s",
                 sql_get_text(row, 0), until, *site ? "certificate " : "office or server", site);
        warn(user, sentence);
    }
    return sql_done(row);
}
