/* floorhand-hq backup, restore. A backup that was read again and found whole is what lets the sites delete their
 * events; after a restore the sites bring back what the backup does not hold. */
#include "base/file.h"
#include "base/json.h"
#include "sync/head-office/command.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_SIZE 4096

extern char **environ;

/* ---------------------------------------------------------------- files */

/* The file's bytes and then its name are on the disk. */
static int put_in_place(const char *from, const char *to, struct error *error)
{
    int result = file_settle(from);
    if (!result && rename(from, to) != 0)
        result = -errno;
    if (!result)
        result = file_settle_folder(to);
    return result ? error_set(error, result, "%s cannot be written: %s", to, strerror(-result)) : 0;
}

static int copy(const char *from, const char *to, struct error *error)
{
    int result = file_copy(from, to);
    return result ? error_set(error, result, "%s cannot be copied to %s: %s", from, to, strerror(-result)) : 0;
}

static int write_new_name(char out[PATH_SIZE], const char *path, struct error *error)
{
    return (size_t)snprintf(out, PATH_SIZE, "%s.new", path) < PATH_SIZE
               ? 0
               : error_set(error, -ENAMETOOLONG, "%s is too long a path", path);
}

/* ---------------------------------------------------------------- PostgreSQL's own programs */

static int run_program(char *const arguments[], struct error *error)
{
    pid_t child;
    int status = -1, result = posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environ);
    if (result)
        return error_set(error, -result, "%s cannot be started: install PostgreSQL's client programs", arguments[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0 ? 0 : error_set(error, -EIO, "%s has failed: what it says stands above", arguments[0]);
}

/* As the argument that both programs take. */
static int write_database(char out[PATH_SIZE], const char *url, struct error *error)
{
    return (size_t)snprintf(out, PATH_SIZE, "--dbname=%s", url) < PATH_SIZE
               ? 0
               : error_set(error, -ENAMETOOLONG, "the URL of the database is too long");
}

#define SCHEMA_SIZE 80

/* Head office's own schema as an argument of both programs: other schemas of the database are others' matter. NULL:
 * the one that every database has, which must not be made anew. */
static int write_schema(struct sql *sql, char out[SCHEMA_SIZE], char **ret, struct error *error)
{
    struct sql_query *row = sql_select(sql, "SELECT current_schema()", SQL_NO_VALUES);
    *ret = NULL;
    if (sql_next(row) && strcmp(sql_get_text(row, 0), "public") != 0) {
        snprintf(out, SCHEMA_SIZE, "--schema=%s", sql_get_text(row, 0));
        *ret = out;
    }
    int failed = sql_done(row);
    return failed ? office_failed(sql, failed, error) : 0;
}

static int dump(struct sql *sql, const char *url, const char *path, struct error *error)
{
    char file[PATH_SIZE + 16], database[PATH_SIZE], schema[SCHEMA_SIZE], *only;
    snprintf(file, sizeof(file), "--file=%s", path);
    int result = write_database(database, url, error);
    if (!result)
        result = write_schema(sql, schema, &only, error);
    if (result)
        return result;
    char *const arguments[] = {
        (char[]){"pg_dump"}, (char[]){"--format=custom"}, (char[]){"--no-owner"}, file, database, only, NULL};
    return run_program(arguments, error);
}

/* Reads a dump whole, without a database. */
static int read_dump(const char *path, struct error *error)
{
    char file[PATH_SIZE];
    snprintf(file, sizeof(file), "%s", path);
    char *const arguments[] = {(char[]){"pg_restore"}, (char[]){"--file=/dev/null"}, file, NULL};
    return run_program(arguments, error);
}

/* A backup of another schema would have loaded nothing. */
static int check_loaded(struct sql *sql, const char *path, struct error *error)
{
    int64_t found = 0;
    int result = sql_number(sql, &found,
                            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'hub'",
                            SQL_NO_VALUES);
    if (result)
        return office_failed(sql, result, error);
    return found ? 0
                 : error_set(error, -ENOENT,
                             "%s holds nothing for this schema: restore it into one of the name that it"
                             " was made of",
                             path);
}

/* All of it or nothing. Who may read it, and what else its server knew of roles, is not for this server. */
static int load_dump(const char *path, const char *url, struct error *error)
{
    char file[PATH_SIZE], database[PATH_SIZE], schema[SCHEMA_SIZE], *only;
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    snprintf(file, sizeof(file), "%s", path);
    int result = write_database(database, url, error);
    if (!result)
        result = sql_open_postgres(url, NULL, &sql, error);
    if (!result)
        result = write_schema(sql, schema, &only, error);
    if (result)
        return result;
    char *const arguments[] = {(char[]){"pg_restore"},
                               (char[]){"--single-transaction"},
                               (char[]){"--no-owner"},
                               (char[]){"--no-privileges"},
                               (char[]){"--exit-on-error"},
                               database,
                               file,
                               only,
                               NULL};
    result = run_program(arguments, error);
    return result ? result : check_loaded(sql, path, error);
}

/* ---------------------------------------------------------------- backup */

/* How far each site was before the copy was begun: it holds that much at least. */
struct standing {
    char site[WIRE_NAME_SIZE];
    int64_t epoch, applied, feed_head;
};
struct standings {
    struct standing *at;
    size_t count;
};

static void standings_done(struct standings *standings)
{
    free(standings->at);
}

static int read_standings(struct call *call, struct standings *ret)
{
    struct sql_query *row =
        sql_select(call->office.sql, "SELECT id, epoch, applied, feed_head FROM site ORDER BY id", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(row)) {
        struct standing *grown = reallocarray(ret->at, ret->count + 1, sizeof(*grown));
        if (!grown) {
            result = -ENOMEM;
            break;
        }
        ret->at = grown;
        struct standing *standing = &ret->at[ret->count++];
        *standing = (struct standing){
            .epoch = sql_get_int(row, 1), .applied = sql_get_int(row, 2), .feed_head = sql_get_int(row, 3)};
        sql_copy_text(row, 0, standing->site, sizeof(standing->site));
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* The copy is read whole, and must hold what it was made for. */
static int verify_copy(const char *path, const struct standings *standings, struct error *error)
{
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    int result = sql_open(path, &(struct sql_options){.read_only = true}, &sql, error);
    if (!result)
        result = sql_check(sql, error);
    for (size_t i = 0; i < standings->count && !result; i++) {
        const struct standing *standing = &standings->at[i];
        int64_t holds = 0;
        result = sql_number(sql, &holds,
                            "SELECT count(*) FROM site WHERE id = ?1 AND (epoch > ?2 OR applied >= ?3) AND "
                            "feed_head >= ?4 AND (applied = 0 OR hash IS NOT NULL)",
                            sql_text(standing->site), sql_int(standing->epoch), sql_int(standing->applied),
                            sql_int(standing->feed_head));
        if (result || !holds)
            result = error_set(error, -EBADMSG, "%s does not hold all of site %s: nothing may be deleted there", path,
                               standing->site);
    }
    return result;
}

static int keep_durable(struct call *call, const struct standings *standings, struct error *error)
{
    int result = office_begin(&call->office, error);
    for (size_t i = 0; i < standings->count && !result; i++) {
        const struct standing *standing = &standings->at[i];
        result = sql_run(call->office.sql,
                         "UPDATE site SET durable_epoch = ?2, durable_seq = ?3, durable_feed = ?4 WHERE id = ?1",
                         sql_text(standing->site), sql_int(standing->epoch), sql_int(standing->applied),
                         sql_int(standing->feed_head));
        if (result)
            office_failed(call->office.sql, result, error);
    }
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    return result;
}

static void print_backup(const char *path, const struct standings *standings)
{
    for (size_t i = 0; i < standings->count; i++) {
        CLEANUP_BUF struct buf json = {0};
        json_open_object(&json, NULL);
        json_text(&json, "backup", path);
        json_text(&json, "site", standings->at[i].site);
        json_int(&json, "epoch", standings->at[i].epoch);
        json_int(&json, "durable", standings->at[i].applied);
        json_close_object(&json);
        command_print(&json);
    }
}

int command_backup(struct call *call, struct error *error)
{
    CLEANUP(standings_done) struct standings standings = {0};
    const char *path = call->arguments[0];
    char beside[PATH_SIZE];
    bool of_server = office_is_url(call->options.database);
    int result = write_new_name(beside, path, error);
    if (result)
        return result;
    unlink(beside); /* of one that was broken off */
    umask(0077);    /* head office's key is in it */
    result = read_standings(call, &standings);
    if (result)
        return office_failed(call->office.sql, result, error);
    result = of_server ? dump(call->office.sql, call->options.database, beside, error)
                       : sql_copy_to(call->office.sql, beside, error);
    if (!result)
        result = of_server ? read_dump(beside, error) : verify_copy(beside, &standings, error);
    if (!result)
        result = put_in_place(beside, path, error);
    if (!result)
        result = keep_durable(call, &standings, error);
    if (!result)
        print_backup(path, &standings);
    return result;
}

/* ---------------------------------------------------------------- restore */

static int restore_file(const char *from, const char *to, struct error *error)
{
    char beside[PATH_SIZE];
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    if (access(to, F_OK) == 0)
        return error_set(error, -EEXIST, "%s is there: stop floorhand-hq serve and move it aside, then restore", to);
    int result = write_new_name(beside, to, error);
    if (result)
        return result;
    unlink(beside);
    umask(0077);
    result = copy(from, beside, error);
    if (!result)
        result = sql_open(beside, &(struct sql_options){.read_only = true}, &sql, error);
    if (!result)
        result = sql_check(sql, error);
    sql = sql_close(sql);
    return result ? result : put_in_place(beside, to, error);
}

/* It is another database than the one whose backup it is: every site asks, and tells it what it lacks. */
int command_restore(struct call *call, struct error *error)
{
    const char *path = call->arguments[0], *database = call->options.database;
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    char gen[ID_TEXT_SIZE];
    int result = office_is_url(database) ? load_dump(path, database, error) : restore_file(path, database, error);
    if (!result)
        result = office_open(database, call->options.receiver_key, &call->office.random, &sql, error);
    if (result)
        return result;
    result = office_renew_gen(sql, &call->office.random, gen);
    if (result)
        return office_failed(sql, result, error);
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "restored", path);
    json_text(&json, "gen", gen);
    json_close_object(&json);
    command_print(&json);
    return 0;
}
