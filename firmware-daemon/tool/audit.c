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
#define SITE_MAX 64

struct audit {
    char site[SITE_MAX];
    struct chain_walk walk;
    int64_t last; /* there must be so many at least */
};

static void show_progress(const struct audit *audit)
{
    if (audit->walk.lines % PROGRESS == 0 && isatty(STDERR_FILENO))
        fprintf(stderr, "\r%" PRId64 " lines", audit->walk.lines);
}

static enum exit_code tell(struct audit *audit)
{
    struct chain_walk *walk = &audit->walk;
    char hash[CHAIN_TEXT_SIZE];
    if (!walk->bad && walk->seq < audit->last)
        walk->bad = walk->seq + 1;
    if (isatty(STDERR_FILENO) && walk->lines >= PROGRESS)
        fputc('\n', stderr);
    if (walk->bad)
        return command_fail(EXIT_FAILED,
                            "number %" PRId64 " of the journal is not as it was written, or one before it is missing: "
                            "keep the database aside for inspection",
                            walk->bad);
    chain_text(walk->hash, hash);
    printf("%" PRId64 " lines are as they were written; number %" PRId64 " of epoch %" PRId64 " has the hash %s\n",
           walk->lines, walk->seq, walk->epoch, walk->lines ? hash : "of an empty journal");
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

/* What was deleted, because it is in a backup of head office's, cannot be walked: its last hash was kept. */
static void begin_after_deleted(struct chain_walk *walk, const json_t *row)
{
    walk->seq = json_integer_value(json_object_get(row, "deleted"));
    walk->epoch = json_integer_value(json_object_get(row, "deleted_epoch"));
    chain_of_text(text_of(row, "deleted_hash"), walk->hash);
}

static bool take_row(void *user, json_t *row)
{
    struct audit *audit = user;
    const char *line = text_of(row, "line");
    uint8_t hash[CHAIN_HASH_SIZE];
    size_t hash_length = chain_of_text(text_of(row, "hash"), hash) ? sizeof(hash) : 0;
    const struct chain_row taken = {.epoch = json_integer_value(json_object_get(row, "epoch")),
                                    .seq = json_integer_value(json_object_get(row, "seq")),
                                    .line = line,
                                    .length = strlen(line),
                                    .hash = hash,
                                    .hash_length = hash_length,
                                    .nonce = json_string_value(json_object_get(row, "nonce")),
                                    .base_epoch = json_integer_value(json_object_get(row, "base_epoch"))};
    if (audit->walk.lines == 0)
        begin_after_deleted(&audit->walk, row);
    chain_walk_take(&audit->walk, &taken);
    show_progress(audit);
    return !audit->walk.bad;
}

static enum exit_code verify_daemon(const char *url, struct audit *audit)
{
    enum exit_code code = find_site(url, audit);
    return code == EXIT_GOOD ? rows_visit(url, "chain", NULL, take_row, audit) : code;
}

/* ---------------------------------------------------------------- a file's */

/* The head first: the walk must end with it. */
static int read_stream(struct sql *sql, struct audit *audit, struct buf *head)
{
    size_t length;
    struct sql_query *query = sql_select(
        sql, "SELECT site, last_seq, last_hash, pruned_seq, pruned_epoch, pruned_hash FROM stream", SQL_NO_VALUES);
    if (sql_next(query)) {
        audit->walk.seq = sql_get_int(query, 3);
        audit->walk.epoch = sql_get_int(query, 4);
        if (audit->walk.seq)
            memcpy(audit->walk.hash, sql_get_blob(query, 5, &length), CHAIN_HASH_SIZE);
        sql_copy_text(query, 0, audit->site, sizeof(audit->site));
        audit->last = sql_get_int(query, 1);
        const void *hash = sql_get_blob(query, 2, &length);
        buf_put(head, hash, length);
    }
    return sql_done(query);
}

static int verify_rows(struct sql *sql, struct audit *audit)
{
    CLEANUP_BUF struct buf head = {0};
    struct chain_walk *walk = &audit->walk;
    int result = read_stream(sql, audit, &head);
    if (result)
        return result;
    struct sql_query *query = sql_select(sql,
                                         "SELECT seq, j.epoch, line, hash, nonce, base_epoch FROM journal j LEFT JOIN "
                                         "epoch e ON e.epoch = j.epoch AND e.base_seq + 1 = j.seq ORDER BY seq",
                                         SQL_NO_VALUES);
    while (!walk->bad && sql_next(query)) {
        struct chain_row row = {.epoch = sql_get_int(query, 1), .seq = sql_get_int(query, 0)};
        row.line = sql_get_blob(query, 2, &row.length);
        row.hash = sql_get_blob(query, 3, &row.hash_length);
        row.nonce = sql_get_null(query, 4) ? NULL : sql_get_text(query, 4);
        row.base_epoch = sql_get_int(query, 5);
        chain_walk_take(walk, &row);
        show_progress(audit);
    }
    if (!walk->bad && walk->seq == audit->last && walk->lines > 0 && !chain_walk_ends(walk, head.data, head.length))
        walk->bad = audit->last;
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
    audit.walk.name = audit.site;
    const char *path = call->options.database;
    enum exit_code code = *path ? verify_file(path, &audit) : verify_daemon(call->options.url, &audit);
    return code == EXIT_GOOD ? tell(&audit) : code;
}
