/* The journal's hash chain, computed again: whether every line is as it was written, and which is the first that is
 * not. Asks the daemon page by page, or reads a database that no daemon has open: a copy, a backup. */
#include "base/chain.h"
#include "base/sql.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct option_def audit_options[] = {
    {"database", OPTION_TEXT_AT(struct tool_options, database), "", 0, 0, NULL,
     "a site's database that no daemon has open, such as a backup; otherwise the daemon is asked"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

#define PROGRESS 10000
#define HASH_HEX ((size_t)2 * CHAIN_HASH_SIZE)
#define SITE_MAX 64

struct audit {
    char site[SITE_MAX];
    uint8_t hash[CHAIN_HASH_SIZE];
    int64_t epoch, seq, lines;
    int64_t last; /* there must be so many at least */
    int64_t bad;  /* the first line that is not as it was written; 0: none */
};

static void write_hash(const uint8_t *hash, char out[HASH_HEX + 1])
{
    for (size_t i = 0; i < CHAIN_HASH_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

/* The chain of an epoch begins with its first line. */
static void take(struct audit *audit, int64_t epoch, int64_t seq, const char *line, size_t length, const char *hash)
{
    char computed[HASH_HEX + 1];
    if (audit->lines == 0)
        chain_begin(audit->hash, audit->site, epoch, 0, 0, NULL, "");
    chain_next(audit->hash, epoch, seq, line, length);
    write_hash(audit->hash, computed);
    if (seq != audit->seq + 1 || strcmp(computed, hash) != 0)
        audit->bad = seq;
    audit->epoch = epoch;
    audit->seq = seq;
    if (++audit->lines % PROGRESS == 0 && isatty(STDERR_FILENO))
        fprintf(stderr, "\r%" PRId64 " lines", audit->lines);
}

static enum exit_code tell(struct audit *audit)
{
    char hash[HASH_HEX + 1];
    if (!audit->bad && audit->seq < audit->last)
        audit->bad = audit->seq + 1;
    if (isatty(STDERR_FILENO) && audit->lines >= PROGRESS)
        fputc('\n', stderr);
    if (audit->bad)
        return command_fail(EXIT_FAILED,
                            "number %" PRId64
                            " of the journal is not as it was written, or one before it is missing: keep "
                            "the database aside for inspection",
                            audit->bad);
    write_hash(audit->hash, hash);
    printf("%" PRId64 " lines are as they were written; number %" PRId64 " of epoch %" PRId64 " has the hash %s\n",
           audit->lines, audit->seq, audit->epoch, audit->lines ? hash : "of an empty journal");
    return EXIT_GOOD;
}

/* ---------------------------------------------------------------- the daemon's */

static enum exit_code find_site(const char *url, struct audit *audit)
{
    CLEANUP_BUF struct buf status = {0};
    enum exit_code code = daemon_fetch(url, (const char *const[]){"status", NULL}, NULL, &status);
    json_t *root = code == EXIT_GOOD ? json_loadb(buf_text(&status), status.length, 0, NULL) : NULL;
    const char *site = json_string_value(json_object_get(root, "site"));
    audit->last = json_integer_value(json_object_get(json_object_get(root, "sync"), "last_seq"));
    snprintf(audit->site, sizeof(audit->site), "%s", site ? site : "");
    json_decref(root);
    return code;
}

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));
    return text ? text : "";
}

static bool take_row(void *user, json_t *row)
{
    struct audit *audit = user;
    const char *line = text_of(row, "line");
    take(audit, json_integer_value(json_object_get(row, "epoch")), json_integer_value(json_object_get(row, "seq")),
         line, strlen(line), text_of(row, "hash"));
    return !audit->bad;
}

static enum exit_code verify_daemon(const char *url, struct audit *audit)
{
    enum exit_code code = find_site(url, audit);
    return code == EXIT_GOOD ? rows_visit(url, "chain", NULL, take_row, audit) : code;
}

/* ---------------------------------------------------------------- a file's */

static int verify_rows(struct sql *sql, struct audit *audit)
{
    char head[HASH_HEX + 1] = "", hash[HASH_HEX + 1];
    struct sql_query *query =
        sql_select(sql, "SELECT site, last_seq, lower(hex(last_hash)) FROM stream", SQL_NO_VALUES);
    if (sql_next(query)) {
        sql_copy_text(query, 0, audit->site, sizeof(audit->site));
        audit->last = sql_get_int(query, 1);
        sql_copy_text(query, 2, head, sizeof(head));
    }
    int result = sql_done(query);
    if (result)
        return result;
    query = sql_select(sql, "SELECT seq, epoch, line, lower(hex(hash)) FROM journal ORDER BY seq", SQL_NO_VALUES);
    while (!audit->bad && sql_next(query)) {
        size_t length;
        const char *line = sql_get_blob(query, 2, &length);
        take(audit, sql_get_int(query, 1), sql_get_int(query, 0), line, length, sql_get_text(query, 3));
    }
    write_hash(audit->hash, hash);
    if (!audit->bad && audit->seq == audit->last && audit->lines > 0 && strcmp(hash, head) != 0)
        audit->bad = audit->last;
    return sql_done(query);
}

static enum exit_code verify_file(const char *path, struct audit *audit)
{
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    struct error error = {0};
    if (access(path, R_OK) != 0)
        return command_fail(EXIT_FAILED, "%s cannot be read: %s", path, strerror(errno));
    if (sql_open(path, &(struct sql_options){.read_only = true}, &sql, &error) != 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    if (verify_rows(sql, audit) != 0)
        return command_fail(EXIT_FAILED, "%s cannot be read as a site's database: %s", path, sql_message(sql));
    return EXIT_GOOD;
}

enum exit_code command_audit_verify(struct command_call *call)
{
    struct audit audit = {0};
    const char *path = call->options.database;
    enum exit_code code = *path ? verify_file(path, &audit) : verify_daemon(call->options.url, &audit);
    return code == EXIT_GOOD ? tell(&audit) : code;
}
