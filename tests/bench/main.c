/* floorhand-bench: figures as ratios to a peer measured in the same run, alternating, median of several rounds.
 * Asserts nothing: it prints one table and writes the same rows to build/bench.json. */
#include "label_time.h"
#include "route_time.h"
#include "site_rig.h"

#include "base/clock.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <sys/stat.h>

#define STATIONS   16
#define ITEMS      100000
#define ROUNDS     7
#define SCANS      1600 /* a round of the throughput figure */
#define SINGLES    400  /* a round of the latency figure */
#define PER_COMMIT 16   /* every station scans once */

/* ---------------------------------------------------------------- ours: the turn, the floor, the store */

struct ours {
    struct site_rig rig;
    char stations[STATIONS][16];
};

static void must(int result, const char *what)
{
    if (result == 0)
        return;
    fprintf(stderr, "error: the bench cannot go on: %s (%d)\n", what, result);
    exit(1);
}

/* Many items, and for each station a worker in the middle of a very large order. */
static void fill(struct ours *ours)
{
    struct site_rig *rig = &ours->rig;
    char text[512];
    must(store_begin(rig->store), "begin");
    for (int i = 0; i < ITEMS; i++) {
        snprintf(text, sizeof(text), "SKU-%06d", i);
        sql_run(rig->store->sql, "INSERT INTO item (sku, name) VALUES (?1, 'An item of the catalogue')",
                sql_text(text));
        int64_t item = sql_last_id(rig->store->sql);
        snprintf(text, sizeof(text), "0952%010d", i);
        sql_run(rig->store->sql, "INSERT INTO barcode (code, item) VALUES (?1, ?2)", sql_text(text), sql_int(item));
    }
    must(store_commit(rig->store), "commit");
    for (int i = 0; i < STATIONS; i++) {
        snprintf(ours->stations[i], sizeof(ours->stations[i]), "bench-%d", i);
        snprintf(text, sizeof(text),
                 "{\"worker\":\"w%d\",\"name\":\"W\",\"badge\":\"W-%d\",\"role\":\"picker\",\"rev\":1}", i, i);
        site_rig_change(rig, "worker.upsert", text);
        snprintf(text, sizeof(text), "{\"code\":\"F-%02d\",\"kind\":\"face\",\"walk\":%d,\"rev\":1}", i, 100 + i);
        site_rig_change(rig, "location.upsert", text);
        snprintf(text, sizeof(text), "location,sku,quantity\nF-%02d,SKU-%06d,1000000\n", i, i * 601);
        site_rig_import(rig, "stock", text);
        snprintf(text, sizeof(text),
                 "{\"order\":\"B%d\",\"platform\":\"x\",\"carrier\":\"SF\",\"waybill\":\"SFB%d\",\"priority\":0,"
                 "\"receiver\":"
                 "{\"name\":\"a\",\"phone\":\"1\",\"address\":\"b\"},\"lines\":[{\"line\":1,\"sku\":\"SKU-%06d\","
                 "\"quantity\":"
                 "1000000}],\"rev\":1}",
                 i, i, i * 601);
        site_rig_change(rig, "order.release", text);
        snprintf(text, sizeof(text), "W-%d", i);
        site_rig_scan(rig, ours->stations[i], text);
        site_rig_scan(rig, ours->stations[i], "CMD:PICK");
        snprintf(text, sizeof(text), "F-%02d", i);
        site_rig_scan(rig, ours->stations[i], text);
        must(rig->last.good ? 0 : -1, "a picker cannot start");
    }
}

static void scan_once(struct ours *ours, int station)
{
    struct event event = {.kind = EVENT_SCAN};
    char text[32];
    snprintf(event.station, sizeof(event.station), "%s", ours->stations[station]);
    int length = snprintf(text, sizeof(text), "SKU-%06d", station * 601);
    must(site_rig_post(&ours->rig, &event, text, (size_t)length), "the queue is full");
}

static double run_ours(struct ours *ours, int scans, int per_commit, double *latencies)
{
    int64_t start = clock_mono_us();
    for (int done = 0; done < scans; done += per_commit) {
        int64_t one = clock_mono_us();
        for (int i = 0; i < per_commit; i++)
            scan_once(ours, (done + i) % STATIONS);
        must(site_rig_turn(&ours->rig), ours->rig.error.text);
        must(ours->rig.last.good ? 0 : -1, "a scan was refused");
        if (latencies)
            *latencies++ = (double)(clock_mono_us() - one);
    }
    return (double)scans / ((double)(clock_mono_us() - start) / 1e6);
}

/* ---------------------------------------------------------------- the peer: bare SQLite, the same rows */

enum { ITEM, LOCATION, LPN, LINE, ALLOCATION, WORKER, ORDER, KEYS };
enum { BEGIN, JOURNAL, MOVE, ACTION, STREAM, COMMIT, STATEMENTS };

struct bare {
    sqlite3 *handle;
    sqlite3_stmt *statements[STATEMENTS];
    int64_t seq;
    int64_t at[STATIONS][KEYS];
};

static void bare_open(struct bare *bare, const char *path)
{
    static const char *const texts[STATEMENTS] = {
        [BEGIN] = "BEGIN IMMEDIATE",
        [JOURNAL] = "INSERT INTO journal (seq, epoch, type, line) VALUES (?1, 1, 'pick.line', ?2)",
        [MOVE] =
            "INSERT INTO move (seq, item, quantity, from_location, to_location, to_lpn, reason, line, allocation, "
            "worker, station, wall_us, mono_us) VALUES (?1, ?2, 1, ?3, 6, ?4, 'pick', ?5, ?6, ?7, 'bench-1', 1, 1)",
        [ACTION] =
            "INSERT INTO action (worker, step, order_id, allocation, quantity, seq, type) VALUES (?1, 'pick.item', "
            "?2, ?3, 0, ?4, 'pick.line')",
        [STREAM] = "UPDATE stream SET last_seq = ?1, last_wall_ms = ?1, turn = turn + 1",
        [COMMIT] = "COMMIT",
    };
    must(sqlite3_open(path, &bare->handle), "open");
    must(sqlite3_exec(bare->handle,
                      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA "
                      "foreign_keys=ON; PRAGMA cache_size=-4096; PRAGMA wal_autocheckpoint=1000",
                      NULL, NULL, NULL),
         "pragmas");
    for (int i = 0; i < STATEMENTS; i++)
        must(sqlite3_prepare_v3(bare->handle, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &bare->statements[i], NULL),
             texts[i]);
    sqlite3_stmt *query;
    must(sqlite3_prepare_v2(
             bare->handle,
             "SELECT a.item, a.location, (SELECT id FROM lpn WHERE code = 'HAND:' || w.code), a.line, a.id, "
             "w.id, s.order_id FROM session s JOIN allocation a ON a.id = s.allocation JOIN worker w ON "
             "w.id = s.worker ORDER BY w.id",
             -1, &query, NULL),
         "who picks what");
    for (int i = 0; i < STATIONS && sqlite3_step(query) == SQLITE_ROW; i++) {
        for (int key = 0; key < KEYS; key++)
            bare->at[i][key] = sqlite3_column_int64(query, key);
    }
    sqlite3_finalize(query);
    must(sqlite3_prepare_v2(bare->handle, "SELECT last_seq FROM stream", -1, &query, NULL), "stream");
    sqlite3_step(query);
    bare->seq = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
}

static void bare_run(struct bare *bare, int statement, const int64_t *values, int count)
{
    sqlite3_stmt *prepared = bare->statements[statement];
    for (int i = 0; i < count; i++)
        sqlite3_bind_int64(prepared, i + 1, values[i]);
    must(sqlite3_step(prepared) == SQLITE_DONE ? 0 : -1, sqlite3_errmsg(bare->handle));
    sqlite3_reset(prepared);
}

static void bare_scan(struct bare *bare, int station)
{
    static const char line[] = /* as long as ours */
        "{\"specversion\":\"1.0\",\"id\":\"k3v7q2m9x4c8b1n6z5t0r2w7ya\",\"source\":\"//floorhand/site/hz-07\",\"type\":"
        "\"io.floorhand.pick.line.v1\",\"subject\":\"order/"
        "B1\",\"time\":\"2026-03-20T09:15:22.481Z\",\"datacontenttype\":"
        "\"application/"
        "json\",\"sequence\":\"0000000001-0000000000018842\",\"actor\":\"w1\",\"device\":\"bench-1\",\"monoms\":"
        "\"1774000000000\",\"data\":{\"order\":\"B1\",\"line\":1,\"sku\":\"SKU-000601\",\"location\":\"F-01\","
        "\"quantity\":1}}";
    const int64_t *at = bare->at[station];
    int64_t seq = ++bare->seq;
    sqlite3_bind_text(bare->statements[JOURNAL], 2, line, -1, SQLITE_STATIC);
    bare_run(bare, JOURNAL, &seq, 1);
    bare_run(bare, MOVE, (int64_t[]){seq, at[ITEM], at[LOCATION], at[LPN], at[LINE], at[ALLOCATION], at[WORKER]}, 7);
    bare_run(bare, ACTION, (int64_t[]){at[WORKER], at[ORDER], at[ALLOCATION], seq}, 4);
}

static double run_bare(struct bare *bare, int scans, int per_commit, double *latencies)
{
    int64_t start = clock_mono_us();
    for (int done = 0; done < scans; done += per_commit) {
        int64_t one = clock_mono_us();
        bare_run(bare, BEGIN, NULL, 0);
        for (int i = 0; i < per_commit; i++)
            bare_scan(bare, (done + i) % STATIONS);
        bare_run(bare, STREAM, &bare->seq, 1);
        bare_run(bare, COMMIT, NULL, 0);
        if (latencies)
            *latencies++ = (double)(clock_mono_us() - one);
    }
    return (double)scans / ((double)(clock_mono_us() - start) / 1e6);
}

/* ---------------------------------------------------------------- figures */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double *values, size_t count, double q)
{
    qsort(values, count, sizeof(*values), by_size);
    return values[(size_t)((double)(count - 1) * q)];
}

struct figure {
    const char *name, *unit;
    double ours, reference, ratio, low, high; /* of the rounds' ratios: median, least, most */
    double goal;
    bool more_is_better;
};

static void print_figures(const struct figure *figures, size_t count)
{
    FILE *json = fopen("build/bench.json", "we");
    printf("%-44s %12s %12s %7s %15s %6s  %s\n", "name", "ours", "reference", "ratio", "spread", "goal", "met");
    for (size_t i = 0; i < count; i++) {
        const struct figure *f = &figures[i];
        bool met = f->more_is_better ? f->ratio >= f->goal : f->ratio <= f->goal;
        printf("%-44s %9.0f %-2s %9.0f %-2s %7.2f   %5.2f - %5.2f %6.2f  %s\n", f->name, f->ours, f->unit, f->reference,
               f->unit, f->ratio, f->low, f->high, f->goal, met ? "yes" : "no");
        if (json)
            fprintf(json,
                    "%s{\"name\":\"%s\",\"ours\":%.1f,\"reference\":%.1f,\"ratio\":%.3f,\"goal\":%.2f,\"met\":%s}",
                    i ? ",\n " : "[", f->name, f->ours, f->reference, f->ratio, f->goal, met ? "true" : "false");
    }
    if (json) {
        fprintf(json, "]\n");
        fclose(json);
    }
}

static void sum_up(struct figure *figure, double *ours, double *reference)
{
    double ratios[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++)
        ratios[i] = ours[i] / reference[i];
    figure->ratio = quantile(ratios, ROUNDS, 0.5);
    figure->low = ratios[0];
    figure->high = ratios[ROUNDS - 1];
    figure->ours = quantile(ours, ROUNDS, 0.5);
    figure->reference = quantile(reference, ROUNDS, 0.5);
}

static void measure(struct ours *ours, struct bare *bare)
{
    static double one[SINGLES];
    double rates[2][ROUNDS], p50[2][ROUNDS], p99[2][ROUNDS], tours[2][ROUNDS], limit[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        fprintf(stderr, "# round %zu of %d\n", round + 1, ROUNDS);
        rates[0][round] = run_ours(ours, SCANS, PER_COMMIT, NULL);
        rates[1][round] = run_bare(bare, SCANS, PER_COMMIT, NULL);
        run_ours(ours, SINGLES, 1, one);
        p50[0][round] = quantile(one, SINGLES, 0.5);
        p99[0][round] = quantile(one, SINGLES, 0.99);
        run_bare(bare, SINGLES, 1, one);
        p50[1][round] = quantile(one, SINGLES, 0.5);
        p99[1][round] = quantile(one, SINGLES, 0.99);
        tours[0][round] = route_time_us(1);
        tours[1][round] = route_time_us(2);
        limit[round] = ROUTE_TIME_LIMIT_US;
    }
    struct figure figures[] = {
        {.name = "durable scans/s, 16 stations, one turn", .unit = "/s", .goal = 0.8, .more_is_better = true},
        {.name = "scan -> good-read effect, p50", .unit = "us", .goal = 1.3},
        {.name = "scan -> good-read effect, p99", .unit = "us", .goal = 1.3},
        {.name = "shortest tour, 100 picks, 1 block, to 1 ms", .unit = "us", .goal = 0.5},
        {.name = "shortest tour, 100 picks, 2 blocks, to 1 ms", .unit = "us", .goal = 0.5},
    };
    sum_up(&figures[0], rates[0], rates[1]);
    sum_up(&figures[1], p50[0], p50[1]);
    sum_up(&figures[2], p99[0], p99[1]);
    sum_up(&figures[3], tours[0], limit);
    sum_up(&figures[4], tours[1], limit);
    print_figures(figures, COUNT(figures));
}

/* With names of label samples: only label_time.h. */
int main(int argc, char **argv)
{
    if (argc > 1)
        return label_time_print(argv + 1);
    static struct ours ours;
    static struct bare bare;
    char folder[] = "build/bench-XXXXXX", path[64], copy[64];
    must(mkdtemp(folder) ? 0 : -1, "build/ must exist and be writable");
    snprintf(path, sizeof(path), "%s/ours.db", folder);
    snprintf(copy, sizeof(copy), "%s/bare.db", folder);
    must(site_rig_open(&ours.rig, path, 1), ours.rig.error.text);
    fprintf(stderr, "# %d items, %d stations\n", ITEMS, STATIONS);
    fill(&ours);
    run_ours(&ours, STATIONS, 1, NULL); /* makes the plates that stand for hands */
    must(sql_copy_to(ours.rig.store->sql, copy, &ours.rig.error), ours.rig.error.text);
    bare_open(&bare, copy);
    measure(&ours, &bare);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(bare.statements[i]);
    sqlite3_close(bare.handle);
    site_rig_close(&ours.rig);
    unlink(path);
    unlink(copy);
    rmdir(folder);
    return 0;
}
