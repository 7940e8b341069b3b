/* PostgreSQL behind sql.h. A result is read whole, so that loops may nest on the one connection. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/sql_engine.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX       32
#define POSTED_MAX       64 /* as many answers as always fit in the socket, so that nobody waits for the other */
#define RETRY_US         1000000
#define STEPS_A_MS       200
#define OLDEST           130000 /* pg_current_snapshot() */
#define TYPE_BYTES       17     /* OIDs of PostgreSQL's own types never change */
#define TYPE_INT         20
#define TYPE_TEXT        25
#define NUMBER_TEXT_SIZE 24

struct postgres {
    struct sql sql;
    PGconn *connection;
    int64_t busy_ms;
    int64_t retry_us;     /* when a lost connection may be tried again */
    bool lost;            /* libpq may still think well of it */
    unsigned generation;  /* counts connections: what was prepared in one is unknown in the next */
    unsigned prepared;    /* counts names */
    bool open;            /* a transaction was begun and not ended, though the connection may be lost */
    int posted;           /* statements that were sent and not asked about yet; then libpq is in its pipeline mode */
    bool one[POSTED_MAX]; /* of them, which change one row */
    int64_t changes;
    char message[ERROR_TEXT_MAX];
};

enum control { NO_CONTROL, BEGIN_ALONE, BEGIN_ROWS, END, ROLL_BACK };

struct statement {
    char *text;          /* in PostgreSQL's words */
    char name[16];       /* "": it is not kept */
    unsigned generation; /* of the connection that knows the name; 0: none does */
    enum control control;
    PGresult *result;
    int row;
    unsigned char **blobs; /* of this row, by column; NULL: none was asked for */
};

static const struct sql_engine engine;

static struct postgres *postgres_of(struct sql *sql)
{
    return (struct postgres *)(void *)sql;
}

/* ---------------------------------------------------------------- failures */

/* SQLSTATE, or how it begins; the first that fits. */
static const struct {
    const char *state;
    int result;
} results[] = {
    {"23505", -EEXIST}, {"23", -EPERM},      {"22", -EPERM},      {"53100", -ENOSPC}, {"53200", -ENOMEM},
    {"53", -ENOTCONN},  {"57014", -ETIME},   {"57P", -ENOTCONN},  {"08", -ENOTCONN},  {"40", -EBUSY},
    {"55P03", -EBUSY},  {"XX001", -EBADMSG}, {"XX002", -EBADMSG}, {"42501", -EACCES}, {"25006", -EACCES},
};

static int result_of_state(const char *state)
{
    for (size_t i = 0; i < COUNT(results); i++)
        if (strncmp(state, results[i].state, strlen(results[i].state)) == 0)
            return results[i].result;
    return -EIO;
}

/* libpq's messages have several lines, and end with a line break. */
static void keep_message(struct postgres *postgres, const char *text)
{
    snprintf(postgres->message, sizeof(postgres->message), "%.*s", (int)strcspn(text, "\n"), text);
}

/* Keeps the words of what failed, without their details, which may name a person. What carries no SQLSTATE was not said
 * by the server: the connection failed, whether libpq has drawn that conclusion already or not. */
static int failed(struct postgres *postgres, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    int code = state ? result_of_state(state) : -ENOTCONN;
    postgres->lost = code == -ENOTCONN || PQstatus(postgres->connection) != CONNECTION_OK;
    keep_message(postgres, message ? message : PQerrorMessage(postgres->connection));
    return postgres->lost ? -ENOTCONN : code;
}

/* Of a statement that this program wrote: class 42 is "syntax error or access rule violation". */
static int statement_failed(struct postgres *postgres, const PGresult *result, const char *text)
{
    int code = failed(postgres, result);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (code == -EIO && state && strncmp(state, "42", 2) == 0)
        sql_misuse(&postgres->sql, text);
    return code;
}

static bool went_well(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

/* Statements without values, one after the other. */
static int run(struct postgres *postgres, const char *text)
{
    PGresult *result = PQexec(postgres->connection, text);
    int code = went_well(result) ? 0 : failed(postgres, result);
    PQclear(result);
    return code;
}

/* ---------------------------------------------------------------- the connection */

static void say_nothing(void *user, const char *message)
{
    (void)user;
    (void)message;
}

/* A commit must be on the disk when it is answered, whatever the server's file says; a lock is waited for as long as
 * with SQLite. Statements of ours are short: compiling one to machine code takes a hundred times as long as running it.
 */
static int prepare_connection(struct postgres *postgres)
{
    char text[512];
    PQsetNoticeProcessor(postgres->connection, say_nothing, NULL);
    snprintf(text, sizeof(text),
             "SET lock_timeout = %" PRId64
             "; SET jit = off; SET standard_conforming_strings = on; SET client_encoding = 'UTF8';"
             "SELECT set_config('synchronous_commit', 'on', false)"
             " WHERE current_setting('synchronous_commit') IN ('off', 'local')",
             postgres->busy_ms > 0 ? postgres->busy_ms : 1);
    return run(postgres, text);
}

static int look_at(struct postgres *postgres)
{
    postgres->lost = PQstatus(postgres->connection) != CONNECTION_OK;
    return postgres->lost ? failed(postgres, NULL) : prepare_connection(postgres);
}

/* 0 when a statement may be sent. */
static int connected(struct postgres *postgres)
{
    if (!postgres->lost)
        return 0;
    if (postgres->open || clock_mono_us() < postgres->retry_us)
        return -ENOTCONN;
    PQreset(postgres->connection);
    postgres->posted = 0;
    postgres->generation++;
    postgres->retry_us = clock_mono_us() + RETRY_US;
    return look_at(postgres) ? -ENOTCONN : 0;
}

/* After a statement: is a transaction open now? One that is lost with its connection stays open until its end is said.
 */
static void follow(struct postgres *postgres)
{
    PGTransactionStatusType status = PQtransactionStatus(postgres->connection);
    if (!postgres->lost)
        postgres->open = status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

/* ---------------------------------------------------------------- SQLite's words in PostgreSQL's */

struct word {
    const char *ours, *theirs;
};

/* Whose key stays as it is: rows of other tables may go on pointing to it meanwhile. */
static const struct word statement_words[] = {
    {"/* FOR UPDATE */", "FOR NO KEY UPDATE"},
    {"/* FOR UPDATE SKIP LOCKED */", "FOR NO KEY UPDATE SKIP LOCKED"},
    {"1 /* LEADS */", "pg_try_advisory_lock(hashtextextended(current_schema(), 1))::int"},
    {NULL, NULL}};

/* The longest first. Texts are compared byte by byte, as SQLite does. */
static const struct word script_words[] = {
    {"INTEGER PRIMARY KEY", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"},
    {"INTEGER", "BIGINT"},
    {"TEXT", "TEXT COLLATE \"C\""},
    {"BLOB", "BYTEA"},
    {"STRICT", ""},
    {"/* SQLITE */", "/*"},
    {"/* END */", "*/"},
    {NULL, NULL},
};

static const struct word *find_word(const struct word *words, const char *at)
{
    for (; words->ours; words++) {
        size_t length = strlen(words->ours);
        if (strncmp(at, words->ours, length) == 0 && !isalnum((unsigned char)at[length]) && at[length] != '_')
            return words;
    }
    return NULL;
}

/* What is quoted, and comments to the end of a line, are taken as they are. */
static size_t untouched(const char *at)
{
    if (*at == '\'' || *at == '"') {
        const char *end = strchr(at + 1, *at);
        return end ? (size_t)(end - at) + 1 : strlen(at);
    }
    if (strncmp(at, "--", 2) == 0)
        return strcspn(at, "\n");
    size_t word = 0;
    while (isalnum((unsigned char)at[word]) || at[word] == '_')
        word++;
    return word > 0 ? word : 1;
}

/* NULL when there is no memory; the caller frees it. */
static char *translate(const char *text, const struct word *words)
{
    struct buf out = {0};
    while (*text) {
        const struct word *word = find_word(words, text);
        if (word) {
            buf_puts(&out, word->theirs);
            text += strlen(word->ours);
            continue;
        }
        size_t length = untouched(text);
        if (*text == '?')
            buf_putc(&out, '$');
        else
            buf_put(&out, text, length);
        text += length;
    }
    char *copy = out.failed ? NULL : strdup(buf_text(&out));
    buf_done(&out);
    return copy;
}

/* ---------------------------------------------------------------- transactions */

static enum control control_of(const char *text)
{
    static const struct {
        const char *text;
        enum control control;
    } controls[] = {{SQL_BEGIN, BEGIN_ALONE}, {SQL_BEGIN_ROWS, BEGIN_ROWS}, {"COMMIT", END}, {"ROLLBACK", ROLL_BACK}};
    for (size_t i = 0; i < COUNT(controls); i++)
        if (strcmp(text, controls[i].text) == 0)
            return controls[i].control;
    return NO_CONTROL;
}

/* Writers of a schema take turns by a lock that lasts as long as the transaction. */
static int begin(struct postgres *postgres, bool rows)
{
    int result =
        run(postgres, rows ? "BEGIN; SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema(), 0))"
                           : "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 0))");
    if (result && !postgres->lost) {
        PGresult *undone = PQexec(postgres->connection, "ROLLBACK");
        PQclear(undone);
    }
    return result;
}

/* Of a transaction that failed before, PostgreSQL makes a ROLLBACK, without a word of complaint. */
static int commit(struct postgres *postgres)
{
    PGresult *result = PQexec(postgres->connection, "COMMIT");
    int code = went_well(result) ? 0 : failed(postgres, result);
    if (!code && strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        keep_message(postgres, "a statement of the transaction had failed");
        code = -EIO;
    }
    PQclear(result);
    return code;
}

static int take_control(struct postgres *postgres, enum control control)
{
    int result = 0;
    if (control == BEGIN_ALONE || control == BEGIN_ROWS)
        result = begin(postgres, control == BEGIN_ROWS);
    else if (control == END)
        result = commit(postgres);
    else
        result = run(postgres, "ROLLBACK");
    follow(postgres);
    if (postgres->lost)
        postgres->open = false; /* lost in its last statement, and so ended */
    return result;
}

/* The connection is lost: so is the transaction, and that is what a ROLLBACK wants. */
static int end_lost(struct postgres *postgres, enum control control)
{
    if (!postgres->open || (control != END && control != ROLL_BACK))
        return -ENOTCONN;
    postgres->open = false;
    return control == ROLL_BACK ? 0 : -ENOTCONN;
}

/* ---------------------------------------------------------------- statements */

static void engine_reset(struct sql_query *query)
{
    struct statement *statement = query->statement;
    for (int i = 0; statement->blobs && i < PQnfields(statement->result); i++)
        PQfreemem(statement->blobs[i]);
    free(statement->blobs);
    statement->blobs = NULL;
    PQclear(statement->result);
    statement->result = NULL;
}

static void engine_finish(struct sql_query *query)
{
    struct statement *statement = query->statement;
    engine_reset(query);
    free(statement->text);
    free(statement);
    query->statement = NULL;
}

static int engine_prepare(struct sql *sql, struct sql_query *query, const char *text, bool keep)
{
    struct statement *statement = calloc(1, sizeof(*statement));
    if (!statement)
        return -ENOMEM;
    statement->text = translate(text, statement_words);
    statement->control = control_of(text);
    if (keep)
        snprintf(statement->name, sizeof(statement->name), "s%u", ++postgres_of(sql)->prepared);
    query->statement = statement;
    if (!statement->text) {
        engine_finish(query);
        return -ENOMEM;
    }
    return 0;
}

/* As libpq wants them. Numbers go as text, so that PostgreSQL makes of them what the column is; all else as it is. */
struct parameters {
    int count;
    const char *values[VALUES_MAX];
    int lengths[VALUES_MAX], formats[VALUES_MAX];
    Oid types[VALUES_MAX];
    char numbers[VALUES_MAX][NUMBER_TEXT_SIZE];
};

static void set_parameters(struct parameters *out, struct sql *sql, const char *text, const struct sql_value *values)
{
    static const Oid types[] = {[SQL_INT] = TYPE_INT, [SQL_TEXT] = TYPE_TEXT, [SQL_BLOB] = TYPE_BYTES, [SQL_NULL] = 0};
    int i = 0;
    for (; values->type != SQL_END && i < VALUES_MAX; values++, i++) {
        out->types[i] = types[values->type];
        out->values[i] = values->bytes;
        out->lengths[i] = (int)values->length;
        out->formats[i] = 1;
        if (values->type == SQL_INT) {
            snprintf(out->numbers[i], NUMBER_TEXT_SIZE, "%" PRId64, values->number);
            out->values[i] = out->numbers[i];
            out->formats[i] = 0;
        }
    }
    out->count = i;
    if (values->type != SQL_END)
        sql_misuse(sql, text);
}

/* Of the next statement in the pipeline: its failure, unless it was not tried because of an earlier one. */
static int read_one(struct postgres *postgres, bool one, PGresult **ret)
{
    PGresult *result = PQgetResult(postgres->connection);
    bool skipped = PQresultStatus(result) == PGRES_PIPELINE_ABORTED;
    int code = skipped || went_well(result) ? 0 : failed(postgres, result);
    if (!code && !skipped && one && strcmp(PQcmdTuples(result), "1") != 0)
        code = -EPERM;
    if (result)
        PQclear(PQgetResult(postgres->connection)); /* the NULL that ends it */
    if (ret)
        *ret = result;
    else
        PQclear(result);
    return code;
}

/* What was posted, and with it the last statement, when there is one; the first failure. */
static int read_posted(struct postgres *postgres, struct statement *last)
{
    int result = 0;
    if (postgres->posted == 0)
        return 0;
    if (PQpipelineSync(postgres->connection) != 1)
        result = failed(postgres, NULL);
    for (int at = 0; postgres->posted > 0 && !postgres->lost; at++, postgres->posted--) {
        int code = read_one(postgres, postgres->one[at], last && postgres->posted == 1 ? &last->result : NULL);
        result = result ? result : code;
    }
    postgres->posted = 0;
    if (!postgres->lost)
        PQclear(PQgetResult(postgres->connection)); /* the synchronisation point */
    if (PQexitPipelineMode(postgres->connection) != 1 && !postgres->lost)
        result = failed(postgres, NULL);
    return result;
}

/* Sent and not waited for. */
static int post(struct postgres *postgres, const struct statement *statement, const struct parameters *with, bool one)
{
    if (postgres->posted == 0 && PQenterPipelineMode(postgres->connection) != 1)
        return failed(postgres, NULL);
    postgres->one[postgres->posted++] = one;
    return PQsendQueryPrepared(postgres->connection, statement->name, with->count, with->values, with->lengths,
                               with->formats, 0) == 1
               ? 0
               : failed(postgres, NULL);
}

static int make_known(struct postgres *postgres, struct statement *statement, const struct parameters *parameters)
{
    if (statement->generation == postgres->generation)
        return 0;
    int late = read_posted(postgres, NULL);
    if (late)
        return late;
    PGresult *result =
        PQprepare(postgres->connection, statement->name, statement->text, parameters->count, parameters->types);
    int code = went_well(result) ? 0 : statement_failed(postgres, result, statement->text);
    PQclear(result);
    if (!code)
        statement->generation = postgres->generation;
    return code;
}

static PGresult *send(struct postgres *postgres, const struct statement *statement, const struct parameters *with)
{
    if (*statement->name)
        return PQexecPrepared(postgres->connection, statement->name, with->count, with->values, with->lengths,
                              with->formats, 0);
    return PQexecParams(postgres->connection, statement->text, with->count, with->types, with->values, with->lengths,
                        with->formats, 0);
}

/* What undoes cannot travel with what has failed; what ends a transaction must know how it went. */
static bool travels_alone(const struct statement *statement)
{
    return statement->control != NO_CONTROL || !*statement->name || strncmp(statement->text, "ROLLBACK", 8) == 0;
}

/* In the wake of what was posted before it, with one wait for all. */
static int start_behind(struct postgres *postgres, const struct sql_query *query, const struct parameters *parameters)
{
    struct statement *statement = query->statement;
    bool waits = !query->posted;
    int result = post(postgres, statement, parameters, query->one);
    if (!result && (waits || postgres->posted == POSTED_MAX))
        result = read_posted(postgres, waits ? statement : NULL);
    if (!result && waits)
        postgres->changes = strtoll(PQcmdTuples(statement->result), NULL, 10);
    if (postgres->posted == 0)
        follow(postgres);
    return result;
}

static int engine_await(struct sql *sql)
{
    struct postgres *postgres = postgres_of(sql);
    int result = read_posted(postgres, NULL);
    follow(postgres);
    return result;
}

static int engine_start(struct sql_query *query, const struct sql_value *values)
{
    struct postgres *postgres = postgres_of(query->sql);
    struct statement *statement = query->statement;
    statement->row = -1;
    int late = travels_alone(statement) ? engine_await(query->sql) : 0;
    int result = connected(postgres);
    if (result)
        return end_lost(postgres, statement->control);
    if (late && statement->control != ROLL_BACK && strncmp(statement->text, "ROLLBACK", 8) != 0)
        return late;
    if (statement->control != NO_CONTROL)
        return take_control(postgres, statement->control);
    struct parameters parameters;
    set_parameters(&parameters, query->sql, statement->text, values);
    result = *statement->name ? make_known(postgres, statement, &parameters) : 0;
    if (!result && *statement->name && (postgres->posted > 0 || (query->posted && postgres->open)))
        return start_behind(postgres, query, &parameters);
    if (!result) {
        statement->result = send(postgres, statement, &parameters);
        result = went_well(statement->result) ? 0 : statement_failed(postgres, statement->result, statement->text);
    }
    if (!result)
        postgres->changes = strtoll(PQcmdTuples(statement->result), NULL, 10);
    follow(postgres);
    return !result && query->one && postgres->changes != 1 ? -EPERM : result;
}

/* The limit is the connection's, and taken away at once: the result is here as a whole by then. In a transaction that
 * fails meanwhile the rollback takes it away. */
static int engine_start_limited(struct sql_query *query, const struct sql_value *values, int steps_max)
{
    struct postgres *postgres = postgres_of(query->sql);
    char text[64];
    int result = engine_await(query->sql);
    if (!result)
        result = connected(postgres);
    snprintf(text, sizeof(text), "SET statement_timeout = %d", steps_max / STEPS_A_MS + 1);
    if (!result)
        result = run(postgres, text);
    if (result)
        return result;
    result = engine_start(query, values);
    if (!postgres->lost && PQtransactionStatus(postgres->connection) != PQTRANS_INERROR) {
        int failed_too = run(postgres, "RESET statement_timeout");
        result = result ? result : failed_too;
    }
    return result;
}

static int engine_step(struct sql_query *query)
{
    struct statement *statement = query->statement;
    for (int i = 0; statement->blobs && i < PQnfields(statement->result); i++) {
        PQfreemem(statement->blobs[i]);
        statement->blobs[i] = NULL;
    }
    return ++statement->row < PQntuples(statement->result) ? 1 : 0;
}

/* ---------------------------------------------------------------- columns */

static bool engine_get_null(struct sql_query *query, int column)
{
    const struct statement *statement = query->statement;
    return PQgetisnull(statement->result, statement->row, column);
}

static const char *engine_get_text(struct sql_query *query, int column)
{
    const struct statement *statement = query->statement;
    return engine_get_null(query, column) ? NULL : PQgetvalue(statement->result, statement->row, column);
}

/* A truth is 't' or 'f'. */
static int64_t engine_get_int(struct sql_query *query, int column)
{
    const char *text = engine_get_text(query, column);
    return !text ? 0 : *text == 't' ? 1 : strtoll(text, NULL, 10);
}

static const void *engine_get_blob(struct sql_query *query, int column, size_t *ret_length)
{
    struct statement *statement = query->statement;
    const char *text = engine_get_text(query, column);
    *ret_length = text ? (size_t)PQgetlength(statement->result, statement->row, column) : 0;
    if (!text || PQftype(statement->result, column) != TYPE_BYTES)
        return text;
    if (!statement->blobs)
        statement->blobs = calloc((size_t)PQnfields(statement->result), sizeof(*statement->blobs));
    *ret_length = 0;
    if (!statement->blobs)
        return NULL;
    PQfreemem(statement->blobs[column]);
    statement->blobs[column] = PQunescapeBytea((const unsigned char *)text, ret_length);
    return statement->blobs[column];
}

/* ---------------------------------------------------------------- the schema */

static int engine_script(struct sql *sql, const char *text, struct error *error)
{
    struct postgres *postgres = postgres_of(sql);
    char *theirs = translate(text, script_words);
    int result = theirs ? connected(postgres) : -ENOMEM;
    if (!result)
        result = run(postgres, theirs);
    follow(postgres);
    free(theirs);
    return result ? error_set(error, result, "the database refused: %s", postgres->message) : 0;
}

#define MARK_TABLE "floorhand_schema"

static int engine_read_mark(struct sql *sql, struct sql_mark *ret)
{
    int64_t marked = 0, tables = 0;
    *ret = (struct sql_mark){0};
    int result = sql_number(sql, &tables,
                            "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                            " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> '" MARK_TABLE "'",
                            SQL_NO_VALUES);
    if (!result)
        result = sql_number(sql, &marked,
                            "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                            " AND relname = '" MARK_TABLE "'",
                            SQL_NO_VALUES);
    ret->empty = tables == 0;
    if (result || !marked)
        return result;
    struct sql_query *row = sql_select(sql, "SELECT application, version FROM " MARK_TABLE, SQL_NO_VALUES);
    if (sql_next(row)) {
        ret->application = sql_get_int(row, 0);
        ret->version = sql_get_int(row, 1);
    }
    return sql_done(row);
}

static int engine_write_mark(struct sql *sql, const struct sql_mark *mark, struct error *error)
{
    int result = run(postgres_of(sql),
                     "CREATE TABLE IF NOT EXISTS " MARK_TABLE " (application BIGINT NOT NULL, version BIGINT NOT NULL);"
                     "DELETE FROM " MARK_TABLE);
    if (!result)
        result = sql_run(sql, "INSERT INTO " MARK_TABLE " (application, version) VALUES (?1, ?2)",
                         sql_int(mark->application), sql_int(mark->version));
    return result ? error_set(error, result, "the database refused: %s", sql_message(sql)) : 0;
}

static int engine_settle(struct sql *sql, struct error *error)
{
    (void)sql;
    (void)error;
    return 0;
}

/* ---------------------------------------------------------------- asking the connection */

static int64_t engine_last_id(struct sql *sql)
{
    int64_t id = 0;
    sql_number(sql, &id, "SELECT lastval()", SQL_NO_VALUES);
    return id;
}

static int64_t engine_changes(struct sql *sql)
{
    return postgres_of(sql)->changes;
}

static bool engine_in_transaction(struct sql *sql)
{
    return postgres_of(sql)->open;
}

/* Which transactions are done; it changes with this connection's own, too. */
/* Of the schema alone, with its indexes: the database may hold others. */
static int64_t engine_bytes(struct sql *sql)
{
    int64_t bytes = 0;
    int result = sql_number(sql, &bytes,
                            "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) FROM pg_class WHERE"
                            " relnamespace = current_schema()::regnamespace AND relkind = 'r'",
                            SQL_NO_VALUES);
    return result ? 0 : bytes;
}

static int64_t engine_data_version(struct sql *sql)
{
    int64_t version = 0;
    sql_number(sql, &version, "SELECT hashtextextended(pg_current_snapshot()::text, 0)", SQL_NO_VALUES);
    return version;
}

static const char *engine_message(struct sql *sql)
{
    return postgres_of(sql)->message;
}

static void engine_close(struct sql *sql)
{
    PQfinish(postgres_of(sql)->connection);
    free(sql);
}

static const struct sql_engine engine = {
    .close = engine_close,
    .prepare = engine_prepare,
    .start = engine_start,
    .start_limited = engine_start_limited,
    .step = engine_step,
    .await = engine_await,
    .reset = engine_reset,
    .finish = engine_finish,
    .get_int = engine_get_int,
    .get_text = engine_get_text,
    .get_blob = engine_get_blob,
    .get_null = engine_get_null,
    .script = engine_script,
    .read_mark = engine_read_mark,
    .write_mark = engine_write_mark,
    .settle = engine_settle,
    .publish = engine_settle,
    .last_id = engine_last_id,
    .changes = engine_changes,
    .in_transaction = engine_in_transaction,
    .data_version = engine_data_version,
    .written = engine_data_version, /* it tells of its own, too */
    .bytes = engine_bytes,
    .message = engine_message,
};

/* ---------------------------------------------------------------- opening */

/* What would be found out too late. */
static int check_server(struct postgres *postgres, struct error *error)
{
    int64_t schemas = 0;
    const char *encoding = PQparameterStatus(postgres->connection, "server_encoding");
    if (PQserverVersion(postgres->connection) < OLDEST)
        return error_set(error, -ENOTSUP, "%s is older than PostgreSQL %d: use a newer one", postgres->sql.name,
                         OLDEST / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return error_set(error, -ENOTSUP, "%s is not in UTF-8: create it with \"createdb --encoding UTF8\"",
                         postgres->sql.name);
    int result = sql_number(&postgres->sql, &schemas, "SELECT count(current_schema())", SQL_NO_VALUES);
    if (!result && !schemas)
        return error_set(error, -EACCES, "%s has no schema to work in: create one, or correct search_path",
                         postgres->sql.name);
    return result ? error_set(error, result, "%s cannot be read: %s", postgres->sql.name, postgres->message) : 0;
}

/* A network that is gone is noticed within half a minute. The URL has the last word. */
static PGconn *connect_to(const char *url)
{
    static const char *const names[] = {
        "connect_timeout",  "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "application_name", "dbname",          NULL};
    const char *const values[] = {"5", "20000", "10", "5", "3", "floorhand-hq", url, NULL};
    return PQconnectdbParams(names, values, 1);
}

int sql_open_postgres(const char *url, const struct sql_options *options, struct sql **ret, struct error *error)
{
    struct postgres *postgres = calloc(1, sizeof(*postgres));
    if (!postgres)
        return error_set(error, -ENOMEM, "out of memory");
    CLEANUP(sql_close_p) struct sql *sql = &postgres->sql;
    sql->engine = &engine;
    postgres->busy_ms = options ? options->busy_ms : 0;
    postgres->generation = 1;
    postgres->connection = connect_to(url);
    const char *database = PQdb(postgres->connection), *host = PQhost(postgres->connection);
    snprintf(sql->name, sizeof(sql->name), "database %s at %s", database ? database : "?", host ? host : "?");
    int result = look_at(postgres);
    if (result)
        return error_set(error, result, "%s cannot be opened: %s", sql->name, postgres->message);
    result = check_server(postgres, error);
    if (result)
        return result;
    *ret = sql;
    sql = NULL;
    return 0;
}
