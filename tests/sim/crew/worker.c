#include "crew.h"

#include "base/clock.h"

#include <stdlib.h>

/* Yields one of what fits by chance; ?1 is a number that changes with every call. */
#define BY_CHANCE(column) " ORDER BY (" column " * 7919 + ?1 * 104729) & 8191 LIMIT 1"

/* The code that is right in a step, where what the screen shows does not tell it. ?2 is the worker. */
#define MINE "JOIN session s ON s.worker = ?2 "
#define IDLE                                                                                                           \
    "p.order_id IS NULL AND p.wave IS NULL AND p.document IS NULL AND NOT EXISTS (SELECT 1 FROM balance b WHERE "      \
    "b.lpn = p.id "                                                                                                    \
    "AND b.quantity > 0)"

/* Loose in the bin that the worker counts, and not scanned in this round. */
#define UNCOUNTED                                                                                                      \
    "b.location = s.location AND b.lpn = 0 AND b.quantity > 0 AND b.item NOT IN (SELECT c.item FROM count_result c "   \
    "JOIN stock_count k ON k.id = c.stock_count AND k.round = c.round WHERE k.id = s.stock_count) AND b.item = "       \
    "coalesce((SELECT item FROM stock_count WHERE id = s.stock_count), b.item)"

static const struct habit {
    const char *step;
    const char *sql;
} habits[] = {
    {"menu", "SELECT p.code FROM lpn p JOIN orders o ON o.id = p.order_id WHERE o.state IN ('picked', 'packing') AND "
             "o.cancelled = 0 AND (o.worker IS NULL OR o.worker = ?2)" BY_CHANCE("p.id")},
    {"menu",
     "SELECT l.code FROM location l JOIN parcel p ON p.state = 'labelled' AND p.manifest IS NULL JOIN orders o ON o.id "
     "= p.order_id AND o.carrier = l.carrier AND ?2 = ?2 WHERE l.kind = 'gate'" BY_CHANCE("p.id")},
    {"menu", "SELECT number FROM document WHERE state NOT IN ('closed', 'cancelled') AND (worker IS NULL OR worker = "
             "?2)" BY_CHANCE("id")},
    {"menu", "SELECT p.code FROM lpn p WHERE p.kind IN ('tote', 'pallet') AND p.order_id IS NULL AND ?2 = ?2 AND "
             "EXISTS (SELECT "
             "1 FROM balance b WHERE b.lpn = p.id AND b.quantity > 0)" BY_CHANCE("p.id")},
    {"menu", "SELECT l.code FROM location l WHERE l.kind IN ('wall', 'wall_slot') AND ?2 = ?2" BY_CHANCE("l.id")},
    {"menu", "SELECT 'CMD:BATCH' FROM wave WHERE kind IN ('wall', 'express') AND state IN ('released', 'picking', "
             "'sorting') AND worker IS NULL AND ?1 = ?1 AND ?2 = ?2 LIMIT 1"},
    {"menu",
     "SELECT 'CMD:WAVE' FROM worker w WHERE w.id = ?2 AND w.role IN ('supervisor', 'admin') AND ?1 = ?1 AND 3 < "
     "(SELECT count(*) FROM orders WHERE state = 'allocated' AND wave IS NULL)"},
    {"menu",
     "SELECT w.wall FROM wave w JOIN lpn p ON p.wave = w.id WHERE w.kind = 'wall' AND w.worker IS NULL AND ?2 = "
     "?2" BY_CHANCE("p.id")},
    {"menu", "SELECT p.code FROM wave w JOIN lpn p ON p.wave = w.id WHERE w.kind = 'express' AND w.worker IS NULL AND "
             "?2 = ?2" BY_CHANCE("p.id")},
    {"menu", "SELECT waybill FROM parcel WHERE waybill IS NOT NULL AND ?2 = ?2" BY_CHANCE("id")},
    {"pick.tote", "SELECT p.code FROM lpn p WHERE ?2 = ?2 AND p.kind = 'tote' AND " IDLE BY_CHANCE("p.id")},
    {"pick.stage",
     "SELECT l.code FROM location l " MINE "JOIN orders o ON o.id = s.order_id WHERE l.kind = iif(o.cancelled, "
     "'return', 'stage')" BY_CHANCE("l.id")},
    {"pack.item",
     "SELECT i.sku FROM order_line l JOIN item i ON i.id = l.item " MINE "WHERE l.order_id = s.order_id AND "
     "l.picked > l.packed" BY_CHANCE("l.id")},
    {"pack.item", "SELECT 'CMD:DONE' FROM orders o " MINE "WHERE o.id = s.order_id AND o.cancelled AND ?1 = ?1"},
    {"pack.box", "SELECT iif(o.cancelled, 'CMD:DONE', x.code) FROM box x " MINE
                 "JOIN orders o ON o.id = s.order_id" BY_CHANCE("x.id")},
    {"pack.label",
     "SELECT iif(o.cancelled, 'CMD:DONE', p.waybill) FROM parcel p " MINE "JOIN orders o ON o.id = p.order_id WHERE "
     "p.id = s.parcel AND ?1 = ?1"},
    {"parcel.tote", "SELECT p.code FROM lpn p WHERE ?2 = ?2 AND p.kind = 'tote' AND " IDLE BY_CHANCE("p.id")},
    {"parcel.shelf", "SELECT l.code FROM location l WHERE ?2 = ?2 AND l.kind = 'return'" BY_CHANCE("l.id")},
    {"parcel.force", "SELECT badge FROM worker WHERE role IN ('supervisor', 'admin') AND id <> ?2" BY_CHANCE("id")},
    {"return.place", "SELECT l.code FROM location l WHERE ?2 = ?2 AND l.kind = 'return'" BY_CHANCE("l.id")},
    {"return.item",
     "SELECT i.sku FROM item i " MINE "JOIN document d ON d.id = s.document JOIN orders o ON o.number = d.order_number "
     "JOIN order_line l ON l.order_id = o.id AND l.item = i.id AND l.shipped > 0" BY_CHANCE("i.id")},
    {"return.item", "SELECT 'CMD:DONE' WHERE ?1 = ?1 AND ?2 = ?2"},
    {"return.grade",
     "SELECT i.sku FROM item i " MINE "JOIN document_line d ON d.document = s.document AND d.item = i.id AND d.done > "
     "d.settled" BY_CHANCE("i.id")},
    {"return.mark", "SELECT value FROM json_each('[\"CMD:GRADE:A\",\"CMD:GRADE:B\",\"CMD:GRADE:D\"]') WHERE ?2 = "
                    "?2" BY_CHANCE("key")},
    {"return.put_b", "SELECT l.code FROM location l WHERE ?2 = ?2 AND l.kind = 'damage'" BY_CHANCE("l.id")},
    {"ship.parcel",
     "SELECT p.waybill FROM parcel p JOIN orders o ON o.id = p.order_id " MINE "JOIN manifest m ON m.id = "
     "s.manifest AND m.carrier = o.carrier WHERE p.state = 'labelled' AND p.manifest IS NULL AND o.cancelled = "
     "0" BY_CHANCE("p.id")},
    {"count.item", "SELECT 'CMD:QTY:' || min(b.quantity, 9999) FROM balance b JOIN item i ON i.id = b.item " MINE
                   "WHERE s.quantity = 0 AND i.serials <> 'all' AND " UNCOUNTED BY_CHANCE("b.item")},
    {"count.item", "SELECT i.sku FROM balance b JOIN item i ON i.id = b.item " MINE
                   "WHERE s.quantity > 0 AND " UNCOUNTED BY_CHANCE("b.item")},
    {"count.item", "SELECT l.code FROM location l " MINE "WHERE l.id = s.location AND NOT EXISTS (SELECT 1 FROM "
                   "balance b WHERE " UNCOUNTED ") AND ?1 = ?1"},
    {"zero.bin", "SELECT 'CMD:EMPTY' WHERE ?1 = ?1 AND ?2 = ?2"},
    {"review.count", "SELECT iif(?1 % 3 = 0, 'CMD:REJECT', 'CMD:APPROVE') WHERE ?2 = ?2"},
    {"menu", "SELECT 'CMD:REVIEW' FROM worker WHERE id = ?2 AND role IN ('supervisor', 'admin') AND EXISTS (SELECT 1 "
             "FROM stock_count WHERE state = 'review') AND ?1 = ?1"},
    {"menu", "SELECT 'CMD:COUNT' WHERE EXISTS (SELECT 1 FROM stock_count WHERE state IN ('planned', 'recount') AND "
             "worker IS NULL) AND ?1 % 2 = 0 AND ?2 = ?2"},
    {"ship.parcel", "SELECT 'CMD:DONE' WHERE ?1 = ?1 AND ?2 = ?2"},
    {"batch.tote", "SELECT p.code FROM lpn p WHERE ?2 = ?2 AND p.kind = 'tote' AND " IDLE BY_CHANCE("p.id")},
    {"batch.stage",
     "SELECT l.code FROM location l " MINE "JOIN wave w ON w.id = s.wave WHERE l.code = w.wall OR l.kind = 'stage'" //
     BY_CHANCE("l.id")},
    {"sow.tote", "SELECT p.code FROM lpn p JOIN wave w ON w.id = p.wave WHERE w.kind = 'wall' AND ?2 = ?2" //
     BY_CHANCE("p.id")},
    {"sow.tote", "SELECT 'CMD:DONE' WHERE ?1 % 3 = 0 AND ?2 = ?2"},
    {"sow.item", "SELECT i.sku FROM item i JOIN balance b ON b.item = i.id " MINE
                 "WHERE b.lpn = s.tote AND b.quantity > 0" BY_CHANCE("i.id")},
    {"express.item", "SELECT i.sku FROM item i JOIN balance b ON b.item = i.id " MINE
                     "WHERE b.lpn = s.tote AND b.quantity > 0" BY_CHANCE("i.id")},
    {"express.item", "SELECT 'CMD:DONE' FROM orders o " MINE "WHERE o.id = s.order_id AND o.cancelled AND ?1 = ?1"},
    {"express.label",
     "SELECT iif(o.cancelled, 'CMD:DONE', p.waybill) FROM parcel p " MINE "JOIN orders o ON o.id = p.order_id WHERE "
     "p.id = s.parcel AND ?1 = ?1"},
    {"express.park", "SELECT p.code FROM lpn p WHERE ?2 = ?2 AND p.kind = 'tote' AND " IDLE BY_CHANCE("p.id")},
    {"express.rest", "SELECT code FROM location WHERE kind = 'return' AND ?2 = ?2" BY_CHANCE("id")},
    {"sow.rest", "SELECT code FROM location WHERE kind = 'return' AND ?2 = ?2" BY_CHANCE("id")},
};

/* Any code of a kind, of those that are likely to be right where the worker stands. */
static const struct {
    enum code_kind kind;
    const char *sql;
} kinds[] = {
    {CODE_LOCATION, "SELECT code FROM location WHERE kind NOT IN ('virtual')" BY_CHANCE("id")},
    {CODE_TOTE, "SELECT code FROM lpn WHERE kind = 'tote'" BY_CHANCE("id")},
    {CODE_PALLET, "SELECT '00' || code FROM lpn WHERE kind = 'pallet'" BY_CHANCE("id")},
    {CODE_BOX, "SELECT code FROM box" BY_CHANCE("id")},
    {CODE_BADGE, "SELECT badge FROM worker" BY_CHANCE("id")},
    {CODE_WAYBILL, "SELECT waybill FROM parcel WHERE waybill IS NOT NULL" BY_CHANCE("id")},
    {CODE_DOCUMENT, "SELECT number FROM document WHERE state NOT IN ('closed', 'cancelled')" BY_CHANCE("id")},
    {CODE_SSCC, "SELECT '00' || sscc FROM document_line WHERE sscc <> ''" BY_CHANCE("id")},
};

static int64_t luck(struct crew *crew)
{
    return (int64_t)crew_draw(crew, DRAW_WORKERS, 10007);
}

/* The same about what a worker is busy with: ?2 is the worker. A text is known by where it lies: only literals. */
static bool text_of(struct crew *crew, const char *sql, const struct session *session, char *out, size_t capacity)
{
    struct sql_query *query = sql_select_values(
        crew->rig.store->sql, sql, (struct sql_value[]){sql_int(luck(crew)), sql_int(session->worker), {0}});
    bool found = sql_next(query) && !sql_get_null(query, 0);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    if (sql_done(query) != 0)
        crew_fail(crew, "%s: %s", sql, sql_message(crew->rig.store->sql));
    return found;
}

/* An item that is where the worker is busy, or any; sometimes with its lot, expiry, serial number, weight. */
static bool some_item(struct crew *crew, const struct session *session, char *out, size_t capacity)
{
    static const char near[] =
        "SELECT i.sku FROM session s JOIN item i ON i.id IN (SELECT item FROM balance WHERE quantity > 0 AND ((lpn <> "
        "0 "
        "AND lpn IN (s.tote, s.plate)) OR (lpn = 0 AND location = s.location)) UNION SELECT item FROM document_line "
        "WHERE document = s.document AND done < expected UNION SELECT item FROM allocation WHERE id = s.allocation "
        "UNION SELECT item FROM task WHERE id = s.task) WHERE s.worker = ?2" BY_CHANCE("i.id");
    if (crew_chance(crew, DRAW_WORKERS, 850) && text_of(crew, near, session, out, capacity))
        return true;
    return crew_text(crew, "SELECT sku FROM item" BY_CHANCE("id"), luck(crew), out, capacity);
}

/* What is written on goods that are in the hand: a lot or serial number that is here, or a new one. */
static void some_text(struct crew *crew, const struct session *session, const char *step, char *out, size_t capacity)
{
    static const char lots[] = "SELECT l.code FROM lot l JOIN session s ON s.item = l.item WHERE s.worker = "
                               "?2" BY_CHANCE("l.id");
    static const char serials[] = "SELECT n.code FROM serial n JOIN location l ON l.id = n.location JOIN session s ON "
                                  "s.item = n.item WHERE s.worker = ?2 AND l.kind <> 'virtual'" BY_CHANCE("n.id");
    if (strcmp(step, "goods.lot") == 0) {
        if (crew_chance(crew, DRAW_WORKERS, 800) && text_of(crew, lots, session, out, capacity))
            return;
        snprintf(out, capacity, "L%d", 1 + (int)crew_draw(crew, DRAW_WORKERS, 6));
        return;
    }
    if (strcmp(step, "goods.serial") == 0) {
        if (crew_chance(crew, DRAW_WORKERS, 600) && text_of(crew, serials, session, out, capacity))
            return;
        snprintf(out, capacity, "SN%llu-%d", (unsigned long long)crew->seed, (int)++crew->fresh);
        return;
    }
    if (strcmp(step, "goods.expiry") == 0) {
        clock_format(crew->rig.now_us + (int64_t)(crew_draw(crew, DRAW_WORKERS, 120) + 1) * INT64_C(86400000000), out);
        out[10] = '\0';
        return;
    }
    if (strcmp(step, "goods.weight") == 0) {
        snprintf(out, capacity, "CMD:WEIGHT:%d", 800 + (int)crew_draw(crew, DRAW_WORKERS, 400));
        return;
    }
    snprintf(out, capacity, "NEW-%d", (int)++crew->fresh);
}

/* The scan that the screen names. */
static bool shown_code(struct crew *crew, size_t worker, const struct session *session, const struct step *step,
                       char *out, size_t capacity)
{
    static const struct barcode no_code;
    struct event event = {.kind = EVENT_SCAN};
    struct effect effect = {0};
    struct view view = {0};
    snprintf(event.station, sizeof(event.station), "%s", crew_station(worker));
    struct scan scan = {.store = crew->rig.store,
                        .event = &event,
                        .effect = &effect,
                        .session = *session,
                        .code = &no_code,
                        .text = "",
                        .argument_text = ""};
    if (session->worker && worker_load(crew->rig.store, session->worker, &scan.worker) != 0)
        return false;
    int result = step->show(&scan, &view);
    if (result)
        crew_fail(crew, "%s cannot be shown: %d", step->name, result);
    if (!message_def(view.prompt.message)->en[0])
        crew_fail(crew, "%s asks for nothing", step->name);
    snprintf(out, capacity, "%s", view.code);
    return *view.code;
}

static bool some_command(struct crew *crew, const struct step *step, char *out, size_t capacity)
{
    size_t count = 0;
    while (step->commands && step->commands[count].name)
        count++;
    if (count == 0)
        return false;
    const char *name = step->commands[crew_draw(crew, DRAW_WORKERS, count)].name;
    static const char *const arguments[] = {"", "", "", ":1", ":2", ":A", ":B", ":D"};
    snprintf(out, capacity, "CMD:%s%s", name, arguments[crew_draw(crew, DRAW_WORKERS, COUNT(arguments))]);
    return true;
}

static bool some_code(struct crew *crew, const struct session *session, const struct step *step, char *out,
                      size_t capacity)
{
    for (int attempt = 0; attempt < 6; attempt++) {
        size_t at = crew_draw(crew, DRAW_WORKERS, COUNT(kinds) + 3);
        if (at < COUNT(kinds)) {
            if ((step->accepts & BIT(kinds[at].kind)) && crew_text(crew, kinds[at].sql, luck(crew), out, capacity))
                return true;
        } else if ((step->accepts & BIT(CODE_ITEM)) && at < COUNT(kinds) + 2) {
            return some_item(crew, session, out, capacity);
        } else if (step->accepts & BIT(CODE_TEXT)) {
            some_text(crew, session, step->name, out, capacity);
            return true;
        }
    }
    return false;
}

static bool by_habit(struct crew *crew, const struct session *session, const struct step *step, char *out,
                     size_t capacity)
{
    size_t fitting[COUNT(habits)], count = 0;
    for (size_t i = 0; i < COUNT(habits); i++)
        if (strcmp(habits[i].step, step->name) == 0)
            fitting[count++] = i;
    for (size_t start = count ? crew_draw(crew, DRAW_WORKERS, count) : 0, i = 0; i < count; i++) {
        struct sql_query *query =
            sql_select_values(crew->rig.store->sql, habits[fitting[(start + i) % count]].sql,
                              (struct sql_value[]){sql_int(luck(crew)), sql_int(session->worker), {0}});
        bool found = sql_next(query);
        if (found)
            sql_copy_text(query, 0, out, capacity);
        if (sql_done(query) != 0)
            crew_fail(crew, "habit of %s: %s", step->name, sql_message(crew->rig.store->sql));
        if (found)
            return true;
    }
    return false;
}

static void right_scan(struct crew *crew, size_t worker, const struct session *session, const struct step *step,
                       char *out, size_t capacity)
{
    if (!session->worker) {
        snprintf(out, capacity, "%s", crew_badge(worker));
        return;
    }
    bool menu = strcmp(step->name, "menu") == 0;
    if (crew_chance(crew, DRAW_WORKERS, menu ? 500 : 40) && some_command(crew, step, out, capacity))
        return;
    if (crew_chance(crew, DRAW_WORKERS, 930) && by_habit(crew, session, step, out, capacity))
        return;
    if (crew_chance(crew, DRAW_WORKERS, 900) && shown_code(crew, worker, session, step, out, capacity))
        return;
    if (some_code(crew, session, step, out, capacity) || some_command(crew, step, out, capacity))
        return;
    snprintf(out, capacity, "CMD:LOGOUT");
}

static void wrong_scan(struct crew *crew, const struct session *session, const struct step *step, char *out,
                       size_t capacity)
{
    static const char *const codes[] = {"NOTHING",   "CMD:UNDO",  "CMD:UNDO",    "CMD:UNDO",      "CMD:LOGOUT",
                                        "CMD:QTY:2", "CMD:QTY:3", "CMD:SHORT",   "CMD:DAMAGE",    "CMD:SKIP",
                                        "CMD:DONE",  "CMD:FULL",  "CMD:FORCE",   "CMD:QTY:99",    "]C10109521234543214",
                                        "\x1d\x1d",  "95212345",  "CMD:SHORT:1", "9521234543220", "19521234543210"};
    size_t at = crew_draw(crew, DRAW_WORKERS, COUNT(codes) + COUNT(kinds) + 2);
    if (at < COUNT(codes))
        snprintf(out, capacity, "%s", codes[at]);
    else if (at >= COUNT(codes) + COUNT(kinds))
        some_item(crew, session, out, capacity);
    else if (!crew_text(crew, kinds[at - COUNT(codes)].sql, luck(crew), out, capacity))
        snprintf(out, capacity, "%s", step->name);
}

/* What the scale shows: what the parcel should weigh, more or less. */
static int64_t some_weight(struct crew *crew, const struct session *session)
{
    static const char sum[] =
        "SELECT sum(b.quantity * i.weight_g) + coalesce((SELECT x.weight_g FROM box x JOIN parcel q ON q.box = x.id "
        "WHERE q.id = p.id), 0) + ?1 * 0 FROM session s JOIN parcel p ON p.id = s.parcel JOIN balance b ON b.lpn = "
        "p.lpn "
        "JOIN item i ON i.id = b.item WHERE s.worker = ?2";
    char text[32] = "0";
    text_of(crew, sum, session, text, sizeof(text));
    int64_t grams = strtoll(text, NULL, 10);
    if (grams <= 0)
        grams = 1000;
    return crew_chance(crew, DRAW_WORKERS, 150) ? grams / 2 + 1 : grams + (int64_t)crew_draw(crew, DRAW_WORKERS, 8);
}

bool crew_next_scan(struct crew *crew, size_t worker, char *out, size_t capacity, int64_t *ret_grams)
{
    struct session session;
    if (session_at_station(crew->rig.store, crew_station(worker), &session) != 0)
        crew_fail(crew, "who stands at %s?", crew_station(worker));
    const struct step *step = step_of(&session);
    if (step->weigh && crew_chance(crew, DRAW_WORKERS, 600)) {
        *ret_grams = some_weight(crew, &session);
        return false;
    }
    if (crew_chance(crew, DRAW_WORKERS, crew->wrong))
        wrong_scan(crew, &session, step, out, capacity);
    else
        right_scan(crew, worker, &session, step, out, capacity);
    return true;
}
