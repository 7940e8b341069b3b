/* Head office's word on this site's journal and its own feed; a new epoch after a restore, and what head office knows
 * of the site that this database has lost. */
#include "floor/resync.h"
#include "floor/count.h"
#include "floor/event.h"
#include "floor/rule.h"

#include "base/defect.h"
#include "base/json.h"
#include "base/text.h"
#include "store/catalog.h"
#include "store/journal.h"
#include "store/ledger.h"
#include "store/orders.h"
#include "store/session.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of an event, when they are so many. */
static bool read_bytes(const struct event *event, void *ret, size_t size)
{
    if (event->length == size)
        memcpy(ret, event_bytes(event), size);
    return event->length == size;
}

int applied_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct acknowledged told;
    (void)effect;
    return read_bytes(event, &told, sizeof(told)) ? journal_acknowledged(store, &told) : -EINVAL;
}

/* ---------------------------------------------------------------- a new epoch */

int grant_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct epoch_grant grant;
    if (!read_bytes(event, &grant, sizeof(grant)))
        return -EINVAL;
    int result = journal_grant(store, grant.epoch, &grant.base, grant.nonce);
    if (result)
        return result == -EINVAL ? FLOOR_REFUSED : result;
    effect->shows = true;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "epoch", grant.epoch);
    json_int(&data, "base_epoch", grant.base.epoch);
    json_int(&data, "base_seq", grant.base.seq);
    json_close_object(&data);
    return note(store, "epoch.opened", "site", store->site, &data, NULL);
}

/* ---------------------------------------------------------------- changes that head office has lost */

/* The receiver is not in it (receiver_strip()): no name and no address is in the journal. The platform knows them. */
static int note_orphan(struct store *store, int64_t seq, const char *text)
{
    json_t *line = json_loadb(text, strlen(text), JSON_REJECT_DUPLICATES, NULL), *data = json_object_get(line, "data");
    const char *type = json_string_value(json_object_get(line, "type"));
    const char *subject = json_string_value(json_object_get(line, "subject"));
    CLEANUP_BUF struct buf out = {0};
    char *kept = json_dumps(data, JSON_COMPACT);
    json_open_object(&out, NULL);
    json_int(&out, "feed_seq", seq);
    json_text(&out, "type", type ? type : "");
    json_text(&out, "subject", subject ? subject : "");
    json_raw(&out, "data", kept ? kept : "{}");
    json_close_object(&out);
    int result = note(store, "feed.orphaned", "change", subject ? subject : "", &out, NULL);
    free(kept);
    json_decref(line);
    return result;
}

int rewind_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct chain_mark base;
    if (!read_bytes(event, &base, sizeof(base)))
        return -EINVAL;
    struct sql_query *query =
        sql_select(store->sql, "SELECT seq, line FROM feed WHERE seq > ?1 ORDER BY seq", sql_int(base.seq));
    int result = 0;
    while (!result && sql_next(query))
        result = note_orphan(store, sql_get_int(query, 0), sql_get_text(query, 1));
    int failed = sql_done(query);
    result = result ? result : failed;
    if (!result)
        result = journal_feed_rewind(store, &base);
    effect->shows = true;
    return result == -EINVAL ? FLOOR_REFUSED : result;
}

/* ---------------------------------------------------------------- a snapshot, line by line */

int snapshot_line_rule(struct store *store, const struct event *event, struct effect *effect)
{
    int64_t last = 0;
    (void)effect;
    int result = event->number == 1 ? sql_run(store->sql, "DELETE FROM snapshot_line", SQL_NO_VALUES) : 0;
    if (!result)
        result = sql_number(store->sql, &last, "SELECT coalesce(max(seq), 0) FROM snapshot_line", SQL_NO_VALUES);
    if (result || event->number != last + 1)
        return result; /* it comes again, in order */
    return sql_run(store->sql, "INSERT INTO snapshot_line (seq, line) VALUES (?1, ?2)", sql_int(event->number),
                   sql_text_n(event_bytes(event), event->length));
}

/* ---------------------------------------------------------------- taking it over */

struct taking {
    struct store *store;
    int64_t applied;      /* what this site did after that is not in the snapshot */
    int64_t seq;          /* of the journal row that all of it stands under */
    int64_t bins, orders; /* that differed */
};

/* Nobody has begun it here, and head office knows more: nobody shall pick it again. */
static int take_order(struct taking *taking, const json_t *data)
{
    static const char *const over[] = {"shipped", "cancelled"};
    const char *state = json_string_value(json_object_get(data, "state"));
    const char *number = json_string_value(json_object_get(data, "order"));
    struct order order;
    int64_t id;
    int result = order_find(taking->store, number ? number : "", &id);
    if (!result)
        result = order_load(taking->store, id, &order);
    if (result || !state)
        return result == -ENOENT ? 0 : result;
    bool begun =
        order.worker || order.wave || (strcmp(order.state, "received") != 0 && strcmp(order.state, "allocated") != 0);
    bool is_news = strcmp(state, "received") != 0 && strcmp(state, "allocated") != 0 && strcmp(state, "released") != 0;
    if (begun || !is_news)
        return 0;
    bool is_over = false;
    for (size_t i = 0; i < COUNT(over); i++)
        is_over |= strcmp(state, over[i]) == 0;
    taking->orders++;
    result = order_release_promises(taking->store, id);
    return result ? result
                  : order_set_state(taking->store, id, is_over ? "cancelled" : "parked",
                                    is_over ? "" : "it was worked on before this box was restored");
}

/* What lay there when head office had every event up to applied, as these books have it. */
static int book_then(struct taking *taking, int64_t item, int64_t location, int64_t *ret)
{
    return sql_number(taking->store->sql, ret,
                      "SELECT coalesce((SELECT sum(quantity) FROM balance WHERE item = ?1 AND location = ?2 AND "
                      "lpn = 0), 0) - coalesce((SELECT sum(CASE WHEN to_location = ?2 AND to_lpn = 0 THEN quantity "
                      "ELSE 0 END - CASE WHEN from_location = ?2 AND from_lpn = 0 THEN quantity ELSE 0 END) FROM move "
                      "WHERE item = ?1 AND seq > ?3), 0)",
                      sql_int(item), sql_int(location), sql_int(DEFECT(8) ? INT64_MAX : taking->applied));
}

/* Less lies there: lot by lot, and promises that it does not cover any more are given up. */
static int take_away(struct taking *taking, int64_t item, int64_t location, int64_t missing)
{
    while (missing > 0) {
        struct stack stack;
        int64_t count;
        int result = ledger_stack(taking->store, location, 0, item, -1, &stack, &count);
        if (result)
            return result == -ENOENT ? 0 : result;
        int64_t quantity = stack.quantity < missing ? stack.quantity : missing;
        const struct move move = {.item = item,
                                  .lot = stack.lot,
                                  .quantity = quantity,
                                  .from_location = location,
                                  .to_location = LOCATION_ADJUST,
                                  .reason = "count"};
        result = ledger_move_some(taking->store, taking->seq, &move);
        if (!result)
            result = count_give_up(taking->store, item, stack.lot, location);
        if (result)
            return result;
        missing -= quantity;
    }
    return 0;
}

/* More lies there than these books say. Of which lot, or which pieces, only a count can tell. */
static int add_to(struct taking *taking, const struct item *item, int64_t location, int64_t more)
{
    const struct move move = {.item = item->id,
                              .quantity = more,
                              .from_location = LOCATION_ADJUST,
                              .to_location = location,
                              .reason = "count"};
    if (item->lots || item->expires || strcmp(item->serials, "none") != 0 || item->by_weight)
        return 0;
    return ledger_move(taking->store, taking->seq, &move);
}

static int take_stock(struct taking *taking, const json_t *data)
{
    const char *sku = json_string_value(json_object_get(data, "sku"));
    const char *code = json_string_value(json_object_get(data, "location"));
    int64_t item_id, location_id, book, there = json_integer_value(json_object_get(data, "quantity"));
    struct item item;
    struct location location;
    int result = item_find(taking->store, sku ? sku : "", &item_id);
    if (!result)
        result = location_find(taking->store, code ? code : "", &location_id);
    if (!result)
        result = item_load(taking->store, item_id, &item);
    if (!result)
        result = location_load(taking->store, location_id, &location);
    if (result == -ENOENT || (!result && strcmp(location.kind, "face") != 0 && strcmp(location.kind, "reserve") != 0))
        return 0;
    if (!result)
        result = book_then(taking, item_id, location_id, &book);
    if (result || book == there)
        return result;
    taking->bins++;
    result = there < book ? take_away(taking, item_id, location_id, book - there)
                          : add_to(taking, &item, location_id, there - book);
    const struct stock_count count = {
        .location = location_id, .item = item_id, .source = "office", .priority = 5, .blind = true};
    return result ? result : count_request(taking->store, &count);
}

static int take_line(struct taking *taking, const char *text)
{
    json_t *line = json_loadb(text, strlen(text), JSON_REJECT_DUPLICATES, NULL);
    const json_t *data = json_object_get(line, "data");
    const char *type = json_string_value(json_object_get(line, "type"));
    int result = 0;
    if (type && strcmp(type, "io.floorhand.stock.standing.v1") == 0)
        result = take_stock(taking, data);
    else if (type && strcmp(type, "io.floorhand.order.standing.v1") == 0)
        result = take_order(taking, data);
    json_decref(line);
    return result;
}

static int take_lines(struct taking *taking)
{
    struct sql_query *query =
        sql_select(taking->store->sql, "SELECT line FROM snapshot_line ORDER BY seq", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(query))
        result = take_line(taking, sql_get_text(query, 0));
    int failed = sql_done(query);
    return result ? result : failed;
}

static int note_snapshot(struct taking *taking, const struct snapshot_whole *whole)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "epoch", whole->epoch);
    json_int(&data, "applied", whole->applied);
    json_int(&data, "lines", whole->lines);
    json_close_object(&data);
    return note(taking->store, "snapshot.applied", "site", taking->store->site, &data, &taking->seq);
}

/* All of it in one transaction, or nothing. */
int snapshot_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct snapshot_whole whole;
    struct stream stream = {0};
    int64_t kept = 0;
    if (!read_bytes(event, &whole, sizeof(whole)))
        return -EINVAL;
    int result = store_stream(store, &stream);
    if (!result)
        result = sql_number(store->sql, &kept, "SELECT count(*) FROM snapshot_line", SQL_NO_VALUES);
    if (result)
        return result;
    bool fits = stream.snapshot && whole.epoch == stream.epoch && (DEFECT(13) || whole.applied >= stream.reemit_seq) &&
                whole.applied <= stream.last_seq && kept == whole.lines;
    if (!fits)
        return FLOOR_REFUSED;
    effect->shows = true;
    struct taking taking = {.store = store, .applied = whole.applied};
    result = note_snapshot(&taking, &whole);
    if (!result)
        result = take_lines(&taking);
    if (!result)
        result = sql_run(store->sql, "UPDATE stream SET snapshot = 0", SQL_NO_VALUES);
    return result ? result : sql_run(store->sql, "DELETE FROM snapshot_line", SQL_NO_VALUES);
}

/* ---------------------------------------------------------------- what nobody needs any more */

#define PRUNED_AT_ONCE 2000 /* rows: a turn that deletes them delays a scan by some ten milliseconds at most */

int prune_rule(struct store *store, const struct event *event, struct effect *effect)
{
    int64_t rows;
    (void)effect;
    int result = journal_prune(store, event->number, PRUNED_AT_ONCE, &rows);
    return result ? result : action_prune(store, PRUNED_AT_ONCE);
}
