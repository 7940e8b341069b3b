/* Plays tests/floor/NAME.script on the real turn, floor and store: what is scanned, what is heard, where the worker is
 * then, what has moved. Then once more with single scans changed: each must make the script fail. tests/floor/README.md
 * tells the language. */
#include "site_rig.h"

#include "barcode/barcode.h"
#include "floor/rule.h"
#include "store/catalog.h"
#include "store/laws.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES_MAX   400
#define LINE_MAX    4096
#define CHANGES_MAX 5 /* other codes that are tried for one scan */

struct script {
    const char *name;
    size_t count;
    char *lines[LINES_MAX];
};

struct play {
    struct site_rig rig;
    const struct script *script;
    size_t at;
    char station[STORE_CODE_MAX];
    bool changed;        /* one scan was replaced: the first failure is what is wanted */
    const char *instead; /* of the next scan; NULL: as the script says */
};

static bool heard[MESSAGE_COUNT];

__attribute__((format(printf, 2, 3))) static _Noreturn void fail(const struct play *play, const char *format, ...)
{
    if (play->changed)
        _exit(0);
    va_list arguments;
    va_start(arguments, format);
    printf("not ok - %s\n# line %zu: %s\n# ", play->script->name, play->at + 1, play->script->lines[play->at]);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    fflush(stdout);
    _exit(1);
}

/* ---------------------------------------------------------------- what is scanned */

/* <GS> stands for the separator that no text file shows. */
static void unescape(char *text)
{
    for (char *gs; (gs = strstr(text, "<GS>"));) {
        *gs = '\x1d';
        memmove(gs + 1, gs + 4, strlen(gs + 4) + 1);
    }
}

static void scan(struct play *play, const char *text)
{
    char code[LINE_MAX];
    snprintf(code, sizeof(code), "%s", text);
    unescape(code);
    if (strncmp(code, "WEIGH ", 6) == 0) {
        struct event event = {.kind = EVENT_WEIGHT, .number = strtoll(code + 6, NULL, 10) * 1000};
        snprintf(event.station, sizeof(event.station), "%s", play->station);
        site_rig_post(&play->rig, &event, "", 0);
        site_rig_turn(&play->rig);
        return;
    }
    site_rig_scan(&play->rig, play->station, code);
}

/* ---------------------------------------------------------------- what has come of it */

#define PLACE(side)                                                                                                    \
    "(SELECT iif(p.id = 0, '', p.code || '@') || l.code FROM lpn p, location l WHERE p.id = m." side "_lpn AND "       \
    "l.id = m." side "_location)"

/* "MUG*2/LOT#SERIAL=350g A-01>T-1@FLOOR; ...": every move after a row of the journal. */
static void moves_after(struct play *play, int64_t seq, struct buf *out)
{
    struct sql_query *query = sql_select(
        play->rig.store->sql,
        "SELECT i.sku || '*' || m.quantity || iif(m.lot = 0, '', '/' || t.code) || coalesce((SELECT '#' || "
        "group_concat(s.code, '#') FROM move_serial x JOIN serial s ON s.id = x.serial WHERE x.move = m.id), '') || "
        "iif(m.weight_g = 0, '', '=' || m.weight_g || 'g') || ' ' || " PLACE("from") " || '>' || " PLACE(
            "to") " "
                  "FROM move m JOIN item i ON i.id = m.item JOIN lot t ON t.id = m.lot WHERE m.seq > ?1 ORDER BY m.id",
        sql_int(seq));
    while (sql_next(query)) {
        buf_puts(out, out->length ? "; " : "");
        buf_puts(out, sql_get_text(query, 0));
    }
    sql_done(query);
}

static void types_after(struct play *play, int64_t seq, struct buf *out)
{
    struct sql_query *query =
        sql_select(play->rig.store->sql, "SELECT type FROM journal WHERE seq > ?1 ORDER BY seq", sql_int(seq));
    while (sql_next(query)) {
        buf_puts(out, out->length ? " " : "");
        buf_puts(out, sql_get_text(query, 0));
    }
    sql_done(query);
}

static int64_t number(struct play *play, const char *sql)
{
    int64_t value = INT64_MIN;
    int result = sql_number_values(play->rig.store->sql, &value, sql, (struct sql_value[]){{0}});
    if (result && result != -ENOENT)
        fail(play, "%s", sql_message(play->rig.store->sql));
    return value;
}

static void check_step(struct play *play, const char *step)
{
    struct session session;
    session_at_station(play->rig.store, play->station, &session);
    const char *there = session.worker ? session.step : "-";
    if (strcmp(there, step) != 0)
        fail(play, "the worker is at %s", there);
}

/* KEY or KEY(value, value): values must stand in the English sentence. */
static void check_answer(struct play *play, char *wanted)
{
    const struct answer *answer = &play->rig.last.answer;
    const char *key = message_def(answer->message)->key;
    CLEANUP_BUF struct buf text = {0};
    char *values = strchr(wanted, '(');
    if (values)
        *values++ = '\0';
    answer_write(answer, false, &text);
    bool code = wanted[0] == 'E' && strlen(wanted) == 3;
    if (code ? strncmp(key, wanted, 3) != 0 : strcmp(key, wanted) != 0)
        fail(play, "heard %s: %s", key, buf_text(&text));
    char *rest = NULL;
    for (char *value = values ? strtok_r(values, ",)", &rest) : NULL; value; value = strtok_r(NULL, ",)", &rest))
        if (!strstr(buf_text(&text), value + strspn(value, " ")))
            fail(play, "\"%s\" is not said: %s", value, buf_text(&text));
    heard[answer->message] = true;
}

static char *cut(char *text, const char *separator)
{
    char *at = text ? strstr(text, separator) : NULL;
    if (!at)
        return NULL;
    *at = '\0';
    return at + strlen(separator);
}

static void same(struct play *play, const char *what, struct buf *is, const char *wanted)
{
    if (strcmp(buf_text(is), wanted ? wanted : "") != 0)
        fail(play, "%s: %s", what, buf_text(is));
}

/* The row of a refused scan names it; a full disk takes not even that. */
static void check_rejected(struct play *play, const char *code, struct buf *types)
{
    if (play->rig.last.answer.message == E86_DISK_FULL) {
        same(play, "written", types, "");
        return;
    }
    if (strcmp(buf_text(types), "scan.rejected") != 0)
        fail(play, "a refused scan left more than its row: %s", buf_text(types));
    struct sql_query *query =
        sql_select(play->rig.store->sql,
                   "SELECT json_extract(line, '$.data.scan') FROM journal WHERE seq = (SELECT last_seq FROM stream)",
                   SQL_NO_VALUES);
    bool there = sql_next(query) && !sql_get_null(query, 0);
    bool other = there && strcmp(sql_get_text(query, 0), code) != 0;
    sql_done(query);
    if (other)
        fail(play, "the row names another scan than %s", code);
}

static void check_laws(struct play *play)
{
    struct error error = {0};
    if (laws_check(play->rig.store, &error) != 0)
        fail(play, "%s", error.text);
}

/* Something has come of the scan; it may still sound bad, as DONE_PARKED and E17 do. */
static bool is_done(enum message message)
{
    return strncmp(message_def(message)->key, "DONE_", 5) == 0 || message == E17_MOVED;
}

/* SCAN -> ANSWER step : moves ! events */
static void play_scan(struct play *play, char *line)
{
    CLEANUP_BUF struct buf moved = {0}, types = {0};
    char *answer = cut(line, " -> ");
    char *events = cut(answer, " ! "), *moves = cut(answer, " : ");
    char *values = answer ? strchr(answer, ')') : NULL, *step = cut(values ? values : answer, " ");
    int64_t seq = number(play, "SELECT last_seq FROM stream");
    scan(play, play->instead ? play->instead : line);
    play->instead = NULL;
    check_answer(play, answer);
    check_step(play, step ? step : "-");
    moves_after(play, seq, &moved);
    same(play, "moved", &moved, moves);
    types_after(play, seq, &types);
    if (events)
        same(play, "written", &types, events);
    check_laws(play);
    bool good = play->rig.last.good;
    if (good != is_done(play->rig.last.answer.message))
        fail(play, "the tone and the answer do not agree");
    if (!good) {
        unescape(line);
        check_rejected(play, line, &types);
    }
}

/* ---------------------------------------------------------------- the other lines */

static void play_stock(struct play *play, char *rest)
{
    char csv[512] = "location,sku,quantity,lot,expiry,serial,weight_g\n";
    const char *words[7] = {"", "", "", "", "", "", "0"};
    size_t count = 0;
    char *more = NULL;
    for (char *word = strtok_r(rest, " ", &more); word && count < 7; word = strtok_r(NULL, " ", &more))
        words[count++] = strcmp(word, "-") == 0 ? "" : word;
    size_t length = strlen(csv);
    snprintf(csv + length, sizeof(csv) - length, "%s,%s,%s,%s,%s,%s,%s\n", words[0], words[1], words[2], words[3],
             words[4], words[5], words[6]);
    site_rig_import(&play->rig, "stock", csv);
    if (!play->rig.last.good)
        fail(play, "the stock was refused");
}

/* order N1 SF1 MUG*2 PEN*1 carrier=YT priority=5 due_ms=…; waybill "-": none */
static void play_order(struct play *play, char *rest)
{
    CLEANUP_BUF struct buf data = {0}, lines = {0};
    char *more = NULL;
    const char *number = strtok_r(rest, " ", &more), *waybill = strtok_r(NULL, " ", &more);
    bool carrier = false;
    int64_t line = 0;
    json_open_object(&data, NULL);
    json_text(&data, "order", number);
    json_text(&data, "platform", "taobao");
    json_text(&data, "waybill", waybill && strcmp(waybill, "-") != 0 ? waybill : NULL);
    json_raw(&data, "receiver", "{\"name\":\"王小明\",\"phone\":\"13812345678\",\"address\":\"杭州市西湖区 1 号\"}");
    json_open_array(&lines, NULL);
    for (char *word; (word = strtok_r(NULL, " ", &more));) {
        char *times = strchr(word, '*'), *is = strchr(word, '=');
        if (times) {
            *times = '\0';
            json_open_object(&lines, NULL);
            json_int(&lines, "line", ++line);
            json_text(&lines, "sku", word);
            json_int(&lines, "quantity", strtoll(times + 1, NULL, 10));
            json_close_object(&lines);
        } else if (is) {
            *is = '\0';
            carrier = carrier || strcmp(word, "carrier") == 0;
            char *end;
            long long value = strtoll(is + 1, &end, 10);
            if (*end)
                json_text(&data, word, is + 1);
            else
                json_int(&data, word, value);
        }
    }
    json_close_array(&lines);
    if (!carrier)
        json_text(&data, "carrier", "SF");
    json_raw(&data, "lines", buf_text(&lines));
    json_int(&data, "rev", 1);
    json_close_object(&data);
    site_rig_change(&play->rig, "order.release", buf_text(&data));
    if (!play->rig.last.good)
        fail(play, "the order was refused");
}

static void play_change(struct play *play, char *rest)
{
    char *data = cut(rest, " ");
    site_rig_change(&play->rig, rest, data ? data : "{}");
    if (!play->rig.last.good)
        fail(play, "the change was refused");
}

static void play_at(struct play *play, char *rest)
{
    snprintf(play->station, sizeof(play->station), "%s", rest);
}

static void play_days(struct play *play, char *rest)
{
    play->rig.now_us += strtoll(rest, NULL, 10) * INT64_C(86400000000);
}

static void play_print(struct play *play, char *rest)
{
    char *state = cut(rest, " ");
    site_rig_print(&play->rig, strtoll(rest, NULL, 10), state ? state : "sent");
}

/* check SELECT ... = 5 */
static void play_check(struct play *play, char *rest)
{
    char *wanted = NULL;
    for (char *at = rest; (at = strstr(at, " = ")); at += 3)
        wanted = at;
    if (!wanted)
        fail(play, "check SELECT ... = number");
    *wanted = '\0';
    static char statements[LINES_MAX][LINE_MAX]; /* the store knows a statement by its address */
    char *statement = statements[play->at];
    memcpy(statement, rest, strlen(rest) + 1);
    int64_t is = number(play, statement);
    if (is != strtoll(wanted + 3, NULL, 10))
        fail(play, "it is %lld", (long long)is);
}

/* screen TEXT: it stands there */
static void play_screen(struct play *play, char *rest)
{
    CLEANUP_BUF struct buf view = {0};
    json_open_object(&view, NULL);
    if (floor_show(play->rig.store, play->station, &view) != 0 || !strstr(buf_text(&view), rest))
        fail(play, "the screen is %s", buf_text(&view));
}

/* ask VERB name=value … [= ANSWER]: without an answer it is not refused */
static void play_ask(struct play *play, char *rest)
{
    CLEANUP_BUF struct buf data = {0};
    char *wanted = cut(rest, " = "), *more = NULL;
    const char *verb = strtok_r(rest, " ", &more);
    json_open_object(&data, NULL);
    for (char *word; (word = strtok_r(NULL, " ", &more));) {
        char *value = cut(word, "=");
        json_text(&data, word, value ? value : "yes");
    }
    json_close_object(&data);
    int64_t seq = number(play, "SELECT last_seq FROM stream");
    site_rig_ask(&play->rig, verb ? verb : "", buf_text(&data));
    if (wanted)
        check_answer(play, wanted);
    else if (!play->rig.last.good)
        fail(play, "heard %s", message_def(play->rig.last.answer.message)->key);
    if (!play->rig.last.good && number(play, "SELECT last_seq FROM stream") != seq)
        fail(play, "a refused ask has left something behind");
    check_laws(play);
}

static void play_crash(struct play *play, char *rest)
{
    if (strcmp(rest, "") != 0)
        fail(play, "crash stands alone");
    struct event boot = {.kind = EVENT_BOOT}; /* the memory of the daemon is gone; what is on disk stays */
    turn_free(play->rig.turn);
    turn_new(play->rig.store, site_rig_on_effect, &play->rig, &play->rig.turn);
    site_rig_post(&play->rig, &boot, "", 0);
    site_rig_turn(&play->rig);
}

/* link up, link down: whether head office hears this site */
static void play_link(struct play *play, char *rest)
{
    struct event event = {.kind = EVENT_LINK, .number = strcmp(rest, "up") == 0};
    site_rig_post(&play->rig, &event, "", 0);
    site_rig_turn(&play->rig);
}

/* disk STEP: room, warn, low, tight, full */
static void play_disk(struct play *play, char *rest)
{
    struct event event = {.kind = EVENT_DISK};
    while (event.number < DISK_FULL && strcmp(disk_step_name((enum disk_step)event.number), rest) != 0)
        event.number++;
    site_rig_post(&play->rig, &event, "100", 3);
    site_rig_turn(&play->rig);
}

static const struct {
    const char *word;
    void (*play)(struct play *play, char *rest);
} words[] = {{"change", play_change}, {"ask", play_ask},   {"stock", play_stock}, {"order", play_order},
             {"at", play_at},         {"days", play_days}, {"print", play_print}, {"check", play_check},
             {"crash", play_crash},   {"link", play_link}, {"disk", play_disk},   {"screen", play_screen}};

static bool is_scan(const char *line)
{
    return line[0] != '#' && strstr(line, " -> ") != NULL;
}

static void play_line(struct play *play)
{
    char line[LINE_MAX];
    snprintf(line, sizeof(line), "%s", play->script->lines[play->at]);
    if (line[0] == '\0' || line[0] == '#')
        return;
    if (is_scan(line)) {
        play_scan(play, line);
        return;
    }
    char *rest = cut(line, " ");
    static char nothing[1];
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].word, line) == 0) {
            words[i].play(play, rest ? rest : nothing);
            return;
        }
    }
    fail(play, "there is no such word: %s", line);
}

/* ---------------------------------------------------------------- one scan changed */

static void scan_of(const struct script *script, size_t at, char out[LINE_MAX])
{
    snprintf(out, LINE_MAX, "%s", script->lines[at]);
    cut(out, " -> ");
    unescape(out);
}

static bool same_meaning(const struct meaning *one, const struct meaning *other)
{
    return one->kind == other->kind && one->id == other->id && one->factor == other->factor;
}

/* Whether two codes say the same at this moment. */
static bool mean_the_same(struct play *play, const char *one, const char *other)
{
    static struct barcode codes[2];
    struct meaning meanings[2][2] = {0};
    size_t counts[2] = {0};
    const char *const texts[2] = {one, other};
    for (size_t i = 0; i < 2; i++) {
        if (barcode_parse(texts[i], strlen(texts[i]), &codes[i], NULL) != 0)
            return strcmp(one, other) == 0;
        const char *sscc = barcode_value(&codes[i], "00");
        catalog_find(play->rig.store, sscc ? sscc : codes[i].text, codes[i].gtin14, meanings[i], 2, &counts[i]);
    }
    static const char *const said[] = {"10", "17", "15", "21", "3103", "3102", "30"};
    for (size_t i = 0; i < COUNT(said); i++) {
        const char *a = barcode_value(&codes[0], said[i]), *b = barcode_value(&codes[1], said[i]);
        if (strcmp(a ? a : "", b ? b : "") != 0)
            return false;
    }
    return counts[0] > 0 && counts[0] == counts[1] && same_meaning(&meanings[0][0], &meanings[1][0]) &&
           same_meaning(&meanings[0][1], &meanings[1][1]);
}

/* In a child: plays on to the end with another code; ends with 0 when the script notices. */
static void play_changed(struct play *play, const char *code)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        play->changed = true;
        play->instead = code;
        for (; play->at < play->script->count; play->at++)
            play_line(play);
        _exit(7);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail(play,
             WIFEXITED(status) && WEXITSTATUS(status) == 7 ? "scanning %s instead goes unnoticed"
                                                           : "scanning %s instead ends the program",
             code);
}

static size_t change_scan(struct play *play)
{
    static char code[LINE_MAX], own[LINE_MAX];
    size_t tried = 0;
    const struct script *script = play->script;
    scan_of(script, play->at, own);
    play_changed(play, "NOBODY-KNOWS-THIS");
    for (size_t step = 1; step < script->count && tried < CHANGES_MAX; step++) {
        size_t other = (play->at + step * 7) % script->count; /* now from here, now from there */
        if (!is_scan(script->lines[other]))
            continue;
        scan_of(script, other, code);
        if (strcmp(code, own) == 0 || mean_the_same(play, own, code))
            continue;
        play_changed(play, code);
        tried++;
    }
    return tried + 1;
}

/* ---------------------------------------------------------------- scripts */

static void open_site(struct play *play, const struct script *script, const char *database)
{
    *play = (struct play){.script = script, .station = "bench-1"};
    if (site_rig_open(&play->rig, database, 1) != 0)
        fail(play, "%s", play->rig.error.text);
    site_rig_fill(&play->rig);
}

/* every: of the scans, each so many-th is changed, one after the other; 0: none. Returns how many changes there were.
 */
static size_t play_script(const struct script *script, size_t every)
{
    static struct play play;
    size_t changes = 0, scans = 0;
    open_site(&play, script, ":memory:");
    for (play.at = 0; play.at < script->count; play.at++) {
        bool same = play.rig.store->disk == DISK_FULL; /* whatever is scanned, it is refused */
        if (every && !same && is_scan(script->lines[play.at]) && scans++ % every == 0)
            changes += change_scan(&play);
        play_line(&play);
    }
    site_rig_close(&play.rig);
    return changes;
}

/* The site as it is before the script's first scan, in a file: for those who play the scans on programs. Says at which
 * line that is. */
static int stage(const struct script *script, const char *database)
{
    static struct play play;
    open_site(&play, script, database);
    while (play.at < script->count && !is_scan(script->lines[play.at])) {
        play_line(&play);
        play.at++;
    }
    site_rig_close(&play.rig);
    printf("%zu\n", play.at + 1);
    return 0;
}

static bool load(const char *path, struct script *script)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX];
    if (!file)
        return false;
    while (fgets(line, sizeof(line), file) && script->count < LINES_MAX) {
        line[strcspn(line, "\n")] = '\0';
        script->lines[script->count++] = strdup(line);
    }
    fclose(file);
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_script(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".script") == 0;
}

/* In a process of its own, so that one that fails does not end the others. */
static bool run(const char *name, const char *path, size_t every)
{
    int pipes[2];
    if (pipe(pipes) != 0)
        return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        static struct script script;
        script.name = name;
        if (!load(path, &script))
            _exit(1);
        play_script(&script, 0);
        size_t changes = every ? play_script(&script, every) : 0;
        printf("ok - %s: %zu changed scans were noticed\n", name, changes);
        fflush(stdout);
        if (write(pipes[1], heard, sizeof(heard)) < 0)
            _exit(1);
        _exit(0);
    }
    close(pipes[1]);
    bool there[MESSAGE_COUNT] = {0};
    if (read(pipes[0], there, sizeof(there)) == (ssize_t)sizeof(there))
        for (size_t i = 0; i < MESSAGE_COUNT; i++)
            heard[i] = heard[i] || there[i];
    close(pipes[0]);
    int status = 1;
    waitpid(child, &status, 0);
    return status == 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    static struct script staged;
    if (argc == 4 && strcmp(argv[1], "--stage") == 0) { /* DATABASE SCRIPT */
        staged.name = argv[3];
        return load(argv[3], &staged) ? stage(&staged, argv[2]) : 1;
    }
    bool once = argc > 1 && strcmp(argv[1], "--once") == 0;  /* no scan is changed: for what reads the journals */
    bool some = argc > 2 && strcmp(argv[1], "--every") == 0; /* each so many-th scan is changed, for want of time */
    size_t every = once ? 0 : some ? strtoul(argv[2], NULL, 10) : 1;
    int count = scandir("tests/floor", &entries, is_script, by_name), failed = 0, played = 0;
    int first = once ? 2 : some ? 3 : 1;
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof(path), "tests/floor/%s", entries[i]->d_name);
        bool wanted = argc <= first;
        for (int j = first; j < argc; j++)
            wanted = wanted || strstr(entries[i]->d_name, argv[j]);
        if (!wanted)
            continue;
        played++;
        failed += !run(entries[i]->d_name, path, every);
    }
    printf("1..%d\n", played);
    return failed ? 1 : 0;
}
