/* floorhand-hq broker ca, certificate, office, server, acl; site retire: files for the broker and those who speak
 * there. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/sites/broker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 1024

static int write_file(const char *path, const struct buf *text, unsigned mode, struct error *error)
{
    int result = file_keep(path, buf_text(text), text->length, mode);
    return result ? error_set(error, result, "%s cannot be written: %s", path, strerror(-result)) : 0;
}

static int path_in(char out[PATH_SIZE], const char *folder, const char *name, const char *end, struct error *error)
{
    const char *slash = strrchr(name, '/'); /* a client's name may have a prefix before it */
    int length = snprintf(out, PATH_SIZE, "%s/%s%s", folder, slash ? slash + 1 : name, end);
    return length > 0 && length < PATH_SIZE ? 0 : error_set(error, -ENAMETOOLONG, "%s is too long a path", folder);
}

/* The key first: a certificate that stands there has its key. */
static int write_pair(const struct call *call, const struct certificate_pair *pair, struct error *error)
{
    struct certificate_facts facts;
    char certificate[PATH_SIZE], key[PATH_SIZE], until[CLOCK_TEXT_SIZE];
    if (certificate_read(&pair->certificate, &facts) != 0)
        return error_set(error, -EBADMSG, "the certificate that was made cannot be read");
    int result = path_in(certificate, call->options.folder, facts.common_name, ".pem", error);
    if (!result)
        result = path_in(key, call->options.folder, facts.common_name, ".key", error);
    if (!result)
        result = write_file(key, &pair->key, 0600, error);
    if (!result)
        result = write_file(certificate, &pair->certificate, 0644, error);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    clock_format(facts.until_us, until);
    json_open_object(&json, NULL);
    json_text(&json, "name", facts.common_name);
    json_text(&json, "certificate", certificate);
    json_text(&json, "key", key);
    json_text(&json, "until", until);
    json_text(&json, "fingerprint", facts.fingerprint);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

/* ---------------------------------------------------------------- certificates */

static int certify_site(struct call *call, struct certificate_pair *ret, struct error *error)
{
    return broker_certify_site(&call->office, call->arguments[0], call->options.topic_prefix, ret, error);
}

static int certify_office(struct call *call, struct certificate_pair *ret, struct error *error)
{
    return broker_certify_office(&call->office, call->options.client_id, call->options.topic_prefix, ret, error);
}

static int certify_server(struct call *call, struct certificate_pair *ret, struct error *error)
{
    CLEANUP_BUF struct buf hosts = {0};
    for (const char *const *host = call->arguments; *host; host++)
        buf_printf(&hosts, "%s%s", host == call->arguments ? "" : " ", *host);
    return broker_certify_server(&call->office, buf_text(&hosts), ret, error);
}

/* The files are written before the commit: a row without its file would be believed. */
static int issue(struct call *call, int (*certify)(struct call *, struct certificate_pair *, struct error *),
                 struct error *error)
{
    CLEANUP(certificate_done) struct certificate_pair pair = {0};
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = certify(call, &pair, error);
    if (!result)
        result = write_pair(call, &pair, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    return result;
}

int command_broker_certificate(struct call *call, struct error *error)
{
    return issue(call, certify_site, error);
}

int command_broker_office(struct call *call, struct error *error)
{
    return issue(call, certify_office, error);
}

int command_broker_server(struct call *call, struct error *error)
{
    return issue(call, certify_server, error);
}

/* ---------------------------------------------------------------- what the broker itself reads */

static int give_out(const char *file, const struct buf *text, struct error *error)
{
    if (*file)
        return write_file(file, text, 0644, error);
    return fwrite(buf_text(text), 1, text->length, stdout) == text->length
               ? 0
               : error_set(error, -EIO, "standard output cannot be written");
}

int command_broker_ca(struct call *call, struct error *error)
{
    CLEANUP(certificate_done) struct certificate_pair authority = {0};
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = broker_authority(&call->office, &authority, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    return result ? result : give_out(call->options.file, &authority.certificate, error);
}

int command_broker_acl(struct call *call, struct error *error)
{
    CLEANUP_BUF struct buf list = {0};
    int result = broker_write_acl(&call->office, call->options.client_id, call->options.topic_prefix, &list, error);
    return result ? result : give_out(call->options.file, &list, error);
}

int command_site_retire(struct call *call, struct error *error)
{
    const char *site = call->arguments[0];
    int result = sql_run(call->office.sql, "UPDATE site SET retired_us = coalesce(retired_us, ?2) WHERE id = ?1",
                         sql_text(site), sql_int(call->office.now_us));
    if (result)
        return office_failed(call->office.sql, result, error);
    if (sql_changes(call->office.sql) == 0)
        return error_set(error, -ENOENT, "there is no site \"%s\": floorhand-hq site list names them", site);
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "site", site);
    json_text(&json, "next", "write the broker's access list anew (floorhand-hq broker acl) and send mosquitto SIGHUP");
    json_close_object(&json);
    command_print(&json);
    return 0;
}
