#include "work.h"

#include "filled_site.h"
#include "site_rig.h"

#include <jansson.h>
#include <sqlite3.h>

#define WRITES_PER_SCAN 12
#define VALUES_PER_SCAN 128

static struct work *learning; /* of the one connection that is watched */
static struct bench_scan *current;

/* ---------------------------------------------------------------- what a statement was given */

static struct bound read_text(const char **at)
{
    const char *end = *at + 1;
    size_t length = 0;
    while (*end != '\'' || end[1] == '\'')
        end += *end == '\'' ? 2 : 1;
    char *text = malloc((size_t)(end - *at));
    must(text ? 0 : -1, "out of memory");
    for (const char *from = *at + 1; from < end; from += *from == '\'' ? 2 : 1)
        text[length++] = *from;
    *at = end + 1;
    return (struct bound){.text = text, .length = length};
}

/* x'0f': the peer binds as many bytes. */
static struct bound read_blob(const char **at)
{
    const char *end = strchr(*at + 2, '\'');
    size_t length = (size_t)(end - *at - 2) / 2;
    char *bytes = calloc(1, length + 1);
    must(bytes ? 0 : -1, "out of memory");
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)strtol((const char[]){(*at)[2 + 2 * i], (*at)[3 + 2 * i], '\0'}, NULL, 16);
    *at = end + 1;
    return (struct bound){.text = bytes, .length = length, .is_blob = true};
}

static struct bound read_value(const char **at)
{
    if (**at == '\'')
        return read_text(at);
    if (strncmp(*at, "x'", 2) == 0)
        return read_blob(at);
    if (strncmp(*at, "NULL", 4) == 0) {
        *at += 4;
        return (struct bound){0};
    }
    char *end;
    struct bound bound = {.is_number = true, .number = strtoll(*at, &end, 10)};
    must(end == *at ? -1 : 0, *at);
    *at = end;
    return bound;
}

/* SQLite tells the statement with its values written out (sqlite3_expanded_sql): beside the statement as it was
 * written, a value stands where the other has ?N or ?. */
static size_t read_values(const char *written, const char *expanded, struct bound *values)
{
    size_t count = 0;
    while (*written) {
        if (*written != '?') {
            written++;
            expanded++;
            continue;
        }
        char *end;
        size_t number = strtoul(written + 1, &end, 10);
        number = number ? number : count + 1; /* a mere ? */
        written = end;
        struct bound bound = read_value(&expanded);
        values[number - 1] = bound;
        count = number > count ? number : count;
    }
    return count;
}

static size_t statement_of(struct work *work, const char *text)
{
    for (size_t i = 0; i < work->statement_count; i++)
        if (strcmp(work->statements[i], text) == 0)
            return i;
    must(work->statement_count < STATEMENTS_MAX ? 0 : -1, "too many statements");
    work->statements[work->statement_count] = strdup(text);
    return work->statement_count++;
}

static bool is_frame(const char *text) /* of a turn, which the peer has of its own; or of a table in memory */
{
    static const char *const frames[] = {"BEGIN",    "COMMIT",        "SAVEPOINT",          "RELEASE",
                                         "ROLLBACK", "UPDATE stream", "INSERT INTO touched"};
    for (size_t i = 0; i < COUNT(frames); i++)
        if (strncmp(text, frames[i], strlen(frames[i])) == 0)
            return true;
    return false;
}

static int on_statement(unsigned kind, void *user, void *subject, void *text)
{
    (void)kind;
    (void)user;
    sqlite3_stmt *statement = subject;
    const char *sql = sqlite3_sql(statement);
    bool of_trigger = strncmp(text, "--", 2) == 0;
    if (!current || of_trigger || sqlite3_stmt_readonly(statement) || is_frame(sql))
        return 0;
    struct work *work = learning;
    char *expanded = sqlite3_expanded_sql(statement);
    struct written *write = &work->writes[work->write_count++];
    *write = (struct written){.statement = statement_of(work, sql), .first_value = work->value_count};
    write->values = read_values(sql, expanded, &work->values[work->value_count]);
    work->value_count += write->values;
    current->writes++;
    if (strncmp(sql, "INSERT INTO journal", 19) == 0) {
        const struct bound *line = &work->values[work->value_count - 1];
        current->line = line->text;
        current->line_length = line->length;
    }
    sqlite3_free(expanded);
    return 0;
}

static int on_connection(sqlite3 *handle, char **ret_error, const struct sqlite3_api_routines *api)
{
    (void)ret_error;
    (void)api;
    return sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, on_statement, NULL);
}

/* ---------------------------------------------------------------- what a worker scans next */

static void next_scan(struct site_rig *rig, int station, int *next_tote, char out[24])
{
    CLEANUP_BUF struct buf json = {0};
    char name[24];
    snprintf(name, sizeof(name), "station-%d", station);
    json_open_object(&json, NULL);
    must(floor_show(rig->store, name, &json), "a screen");
    json_close_object(&json);
    json_t *screen = json_loadb(json.data, json.length, 0, NULL);
    const char *kind = "", *code = "";
    must(json_unpack(screen, "{s:{s:s, s?:s}}", "expect", "kind", &kind, "code", &code) && !*kind ? -1 : 0, "a screen");
    if (strcmp(kind, "badge") == 0)
        snprintf(out, 24, "W-%d", station);
    else if (strcmp(kind, "activity") == 0)
        snprintf(out, 24, "CMD:PICK");
    else if (strcmp(kind, "tote") == 0)
        snprintf(out, 24, "T-%05d", (*next_tote)++);
    else if (strcmp(kind, "stage") == 0)
        snprintf(out, 24, STAGE_CODE);
    else
        snprintf(out, 24, "%s", code);
    json_decref(screen);
}

static void do_scan(struct site_rig *rig, struct bench_scan *scan)
{
    char name[24];
    snprintf(name, sizeof(name), "station-%d", scan->station);
    current = scan;
    site_rig_scan(rig, name, scan->text);
    current = NULL;
    if (rig->last.good)
        return;
    CLEANUP_BUF struct buf why = {0};
    answer_write(&rig->last.answer, false, &why);
    fprintf(stderr, "error: %s: %s\n", scan->text, buf_text(&why));
    exit(1);
}

static void make_room(struct work *work, size_t scans)
{
    work->scans = calloc(scans, sizeof(*work->scans));
    work->writes = calloc(scans * WRITES_PER_SCAN, sizeof(*work->writes));
    work->values = calloc(scans * VALUES_PER_SCAN, sizeof(*work->values));
    must(work->scans && work->writes && work->values ? 0 : -1, "out of memory");
}

void work_learn(struct work *work, const char *path, int stations, size_t scans)
{
    struct site_rig rig;
    int next_tote = 0;
    make_room(work, scans);
    learning = work;
    sqlite3_auto_extension((void (*)(void))on_connection);
    must(site_rig_open(&rig, path, 1), rig.error.text);
    for (; work->scan_count < scans; work->scan_count++) {
        struct bench_scan *scan = &work->scans[work->scan_count];
        *scan = (struct bench_scan){.station = (int)(work->scan_count % (size_t)stations),
                                    .first_write = work->write_count};
        next_scan(&rig, scan->station, &next_tote, scan->text);
        do_scan(&rig, scan);
        bool room = scan->writes <= WRITES_PER_SCAN && work->value_count <= VALUES_PER_SCAN * (work->scan_count + 1);
        must(room ? 0 : -1, "a scan writes more than the bench has room for");
    }
    site_rig_close(&rig);
    sqlite3_cancel_auto_extension((void (*)(void))on_connection);
}
