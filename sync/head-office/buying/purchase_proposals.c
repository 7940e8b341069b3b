#include "sync/head-office/buying/purchase_proposals.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/books/books.h"
#include "sync/head-office/buying/purchases.h"
#include "sync/head-office/buying/reorder.h"
#include "sync/head-office/buying/supplier_items.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MILLI   1000.0
#define ENDLESS INT64_C(1000000000) /* days in thousandths: nothing is asked for */

struct wish {
    char sku[65], supplier[65], currency[4], state[12];
    struct reorder_item item;
    struct reorder_plan plan;
    int64_t on_hand, promised, waiting, on_order;
    int64_t price_minor, amount_minor, base_minor, risk_minor, cover_milli, service, review_days;
    int64_t lead_milli, lead_spread_milli, lead_measured, mean_milli, spread_milli, item_lead_days;
};

struct wishes {
    struct wish *list;
    size_t count, room;
    int64_t looked;
};

static void wishes_done(struct wishes *wishes)
{
    free(wishes->list);
}

static int add_wish(struct wishes *wishes, const struct wish *wish)
{
    if (wishes->count == wishes->room) {
        size_t room = wishes->room > 0 ? 2 * wishes->room : 256;
        void *list = realloc(wishes->list, room * sizeof(*wishes->list));
        if (!list)
            return -ENOMEM;
        wishes->list = list;
        wishes->room = room;
    }
    wishes->list[wishes->count++] = *wish;
    return 0;
}

/* ---------------------------------------------------------------- what there is of each item */

#define HERE                                                                                                           \
    "(SELECT s.sku, sum(s.quantity) AS pieces FROM stock s LEFT JOIN location l ON l.site = s.site AND l.code ="       \
    " s.location WHERE coalesce(l.kind, 'face') NOT IN ('damage', 'return', 'gate') GROUP BY s.sku)"
#define PROMISED "(SELECT sku, sum(left_open) AS pieces FROM reservation WHERE left_open > 0 GROUP BY sku)"
#define WAITING                                                                                                        \
    "(SELECT l.sku, sum(l.quantity - l.refunded) AS pieces FROM orders o JOIN order_line l ON l.number = o.number"     \
    " WHERE o.state IN ('audit', 'exception') AND o.replaced = 0 AND NOT EXISTS (SELECT 1 FROM reservation r WHERE"    \
    " r.number = l.number AND r.line = l.line) GROUP BY l.sku)"
#define COMING                                                                                                         \
    "(SELECT l.sku, sum(" PURCHASE_ON_ORDER ") AS pieces FROM purchase p JOIN purchase_line l ON l.number = p.number"  \
    " WHERE p.state IN ('draft', 'sent', 'confirmed', 'partly') GROUP BY l.sku)"
#define PIECES(name) "CAST(coalesce(" name ".pieces, 0) AS BIGINT)"

/* Of the suppliers of an item the preferred, then the cheapest, then the first by its code; or the one that is asked
 * for. ?2: that one. */
#define SELLER                                                                                                         \
    "(SELECT x.supplier FROM supplier_item x WHERE x.sku = f.sku AND (CAST(?2 AS TEXT) = '' OR x.supplier = ?2)"       \
    " ORDER BY x.preferred DESC, x.price_minor, x.supplier LIMIT 1)"

static struct sql_query *select_wishes(struct office *office, const struct purchase_wanted *wanted)
{
    return sql_select(
        office->sql,
        "SELECT f.sku, f.mean_milli, f.spread_milli, CASE WHEN f.demand IN ('intermittent', 'lumpy') THEN 1 ELSE 0 END,"
        " " PIECES("h") ", " PIECES("r") ", " PIECES("w") ", " PIECES(
            "c") ", coalesce(b.supplier, ''),"
                 " coalesce(b.price_minor, 0), coalesce(b.least, 1), coalesce(b.pack, 1), coalesce(b.lead_days, 0),"
                 " coalesce(s.currency, ''), coalesce(n.service_level, 0), coalesce(n.review_days, 0) FROM forecast f "
                 "LEFT JOIN"
                 " " HERE " h ON h.sku = f.sku LEFT JOIN " PROMISED " r ON r.sku = f.sku LEFT JOIN " WAITING
                 " w ON w.sku = f.sku LEFT JOIN " COMING
                 " c ON c.sku = f.sku LEFT JOIN supplier_item b ON b.sku = f.sku AND"
                 " b.supplier = " SELLER
                 " LEFT JOIN supplier s ON s.code = b.supplier LEFT JOIN item_plan n ON n.sku = f.sku"
                 " WHERE coalesce(n.bought, 1) = 1 AND (CAST(?1 AS TEXT) = '' OR f.sku = ?1) AND (CAST(?2 AS TEXT) = "
                 "'' OR"
                 " b.supplier IS NOT NULL) ORDER BY f.sku",
        sql_text(wanted->sku), sql_text(wanted->supplier));
}

static void read_wish(struct sql_query *row, struct wish *ret)
{
    *ret = (struct wish){.state = "open",
                         .mean_milli = sql_get_int(row, 1),
                         .spread_milli = sql_get_int(row, 2),
                         .on_hand = sql_get_int(row, 4),
                         .promised = sql_get_int(row, 5),
                         .waiting = sql_get_int(row, 6),
                         .on_order = sql_get_int(row, 7),
                         .price_minor = sql_get_int(row, 9),
                         .item_lead_days = sql_get_int(row, 12),
                         .service = sql_get_int(row, 14),
                         .review_days = sql_get_int(row, 15)};
    sql_copy_text(row, 0, ret->sku, sizeof(ret->sku));
    sql_copy_text(row, 8, ret->supplier, sizeof(ret->supplier));
    sql_copy_text(row, 13, ret->currency, sizeof(ret->currency));
    ret->item = (struct reorder_item){.rare = sql_get_int(row, 3) != 0,
                                      .least = sql_get_int(row, 10),
                                      .pack = sql_get_int(row, 11),
                                      .position = ret->on_hand - ret->promised - ret->waiting + ret->on_order};
}

static int read_wishes(struct office *office, const struct purchase_wanted *wanted, struct wishes *ret,
                       struct error *error)
{
    int result = 0;
    struct sql_query *row = select_wishes(office, wanted);
    while (!result && sql_next(row)) {
        struct wish wish;
        read_wish(row, &wish);
        result = add_wish(ret, &wish);
    }
    int failed = sql_done(row);
    if (result)
        return error_set(error, result, "out of memory");
    return failed ? office_failed(office->sql, failed, error) : 0;
}

/* ---------------------------------------------------------------- what is reckoned of each */

/* Pieces that are forecast for so many days; behind the last period it goes on as in it. */
static int sum_days(struct office *office, const char *sku, double days, double *ret)
{
    double left = days, last = 0;
    *ret = 0;
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT v.mean_milli, f.period_days FROM forecast_value v JOIN forecast f ON"
                                       " f.sku = v.sku WHERE v.sku = ?1 ORDER BY v.ahead",
                                       sql_text(sku));
    while (left > 0 && sql_next(row)) {
        double width = (double)sql_get_int(row, 1), used = left < width ? left : width;
        last = (double)sql_get_int(row, 0) / MILLI / width;
        *ret += last * used;
        left -= used;
    }
    *ret += left > 0 ? last * left : 0;
    return sql_done(row);
}

struct lead_known { /* of the supplier before: an item of the same one asks no more */
    char supplier[65];
    struct supplier_lead lead;
};

static int find_lead(struct office *office, struct wish *wish, struct lead_known *known)
{
    int result = 0;
    if (*wish->supplier && strcmp(known->supplier, wish->supplier) != 0) {
        result = supplier_lead_find(office, wish->supplier, &known->lead);
        text_copy(known->supplier, sizeof(known->supplier), wish->supplier);
    }
    const struct supplier_lead none = {0}, *lead = *wish->supplier ? &known->lead : &none;
    wish->lead_milli = wish->item_lead_days > 0 ? wish->item_lead_days * 1000 : lead->days_milli;
    wish->lead_spread_milli = lead->spread_milli;
    wish->lead_measured = wish->item_lead_days > 0 ? 0 : lead->measured;
    return result;
}

static int64_t cover_of(const struct wish *wish)
{
    return wish->item.day_mean > 0 ? (int64_t)((double)wish->item.position / wish->item.day_mean * MILLI) : ENDLESS;
}

static int reckon_wish(struct office *office, const struct settings *settings, struct wish *wish,
                       struct lead_known *known)
{
    double lead_pieces = 0;
    wish->service = wish->service > 0 ? wish->service : settings->service_level;
    wish->review_days = wish->review_days > 0 ? wish->review_days : settings->review_days;
    int result = find_lead(office, wish, known);
    double lead = (double)wish->lead_milli / MILLI;
    if (!result)
        result = sum_days(office, wish->sku, lead, &lead_pieces);
    if (!result)
        result = sum_days(office, wish->sku, lead + (double)wish->review_days, &wish->item.up_to_mean);
    wish->item.day_mean = lead > 0 ? lead_pieces / lead : (double)wish->mean_milli / MILLI;
    wish->item.day_spread = (double)wish->spread_milli / MILLI;
    wish->item.lead_days = lead;
    wish->item.lead_spread = (double)wish->lead_spread_milli / MILLI;
    wish->item.service = (double)wish->service / 10000;
    reorder_plan(&wish->item, &wish->plan);
    wish->cover_milli = cover_of(wish);
    wish->amount_minor = wish->plan.quantity * wish->price_minor;
    return result;
}

static int price_wish(struct books *books, const char *today, struct wish *wish, struct error *error)
{
    struct error why = {0};
    int64_t lacking = wish->plan.reorder_point - wish->item.position;
    if (!*wish->supplier) {
        text_copy(wish->state, sizeof(wish->state), "supplier");
        return 0;
    }
    int result = books_to_base(books, wish->currency, today, wish->amount_minor, &wish->base_minor, &why);
    if (result == -ENOENT) {
        text_copy(wish->state, sizeof(wish->state), "rate");
        return 0;
    }
    if (result) {
        *error = why;
        return result;
    }
    wish->risk_minor = wish->plan.quantity > 0 ? wish->base_minor / wish->plan.quantity * lacking : 0;
    return 0;
}

/* Those that have enough are left off. */
static int reckon_wishes(struct books *books, struct wishes *wishes, struct error *error)
{
    struct lead_known known = {0};
    char today[BUSINESS_DAY_SIZE];
    size_t kept = 0;
    int result = 0;
    business_day(books->office->now_us, books->settings.utc_offset_min, today);
    wishes->looked = (int64_t)wishes->count;
    for (size_t i = 0; i < wishes->count && !result; i++) {
        struct wish *wish = &wishes->list[i];
        result = reckon_wish(books->office, &books->settings, wish, &known);
        if (result)
            return office_failed(books->office->sql, result, error);
        if (wish->plan.quantity == 0)
            continue;
        result = price_wish(books, today, wish, error);
        wishes->list[kept++] = *wish;
    }
    wishes->count = kept;
    return result;
}

/* ---------------------------------------------------------------- which come first */

static int compare_numbers(int64_t one, int64_t other)
{
    return one < other ? -1 : one > other;
}

static int by_urgency(const void *one, const void *other)
{
    const struct wish *a = one, *b = other;
    int order = compare_numbers(a->cover_milli, b->cover_milli);
    if (order == 0)
        order = compare_numbers(b->risk_minor, a->risk_minor);
    return order ? order : strcmp(a->sku, b->sku);
}

/* What is too much for what is left is passed over, and smaller ones may still fit. */
static void spend(struct wishes *wishes, int64_t budget_minor, struct purchase_proposed *ret)
{
    for (size_t i = 0; i < wishes->count; i++) {
        struct wish *wish = &wishes->list[i];
        bool open = strcmp(wish->state, "open") == 0;
        if (open && budget_minor > 0 && wish->base_minor > budget_minor - ret->base_minor) {
            text_copy(wish->state, sizeof(wish->state), "budget");
            open = false;
        }
        ret->proposed += open;
        ret->left_out += !open;
        ret->base_minor += open ? wish->base_minor : 0;
    }
}

/* ---------------------------------------------------------------- rows */

static void write_why(const struct wish *wish, struct buf *json)
{
    const struct {
        const char *name;
        int64_t value;
    } members[] = {{"on_hand", wish->on_hand},
                   {"promised", wish->promised},
                   {"waiting", wish->waiting},
                   {"on_order", wish->on_order},
                   {"position", wish->item.position},
                   {"day_milli", wish->mean_milli},
                   {"spread_milli", wish->spread_milli},
                   {"lead_days_milli", wish->lead_milli},
                   {"lead_spread_milli", wish->lead_spread_milli},
                   {"lead_measured", wish->lead_measured},
                   {"review_days", wish->review_days},
                   {"service_level", wish->service},
                   {"lead_demand", wish->plan.lead_demand},
                   {"safety_stock", wish->plan.safety_stock},
                   {"reorder_point", wish->plan.reorder_point},
                   {"up_to", wish->plan.up_to},
                   {"least", wish->item.least},
                   {"pack", wish->item.pack}};
    json_open_object(json, NULL);
    for (size_t i = 0; i < COUNT(members); i++)
        json_int(json, members[i].name, members[i].value);
    json_bool(json, "rare", wish->item.rare);
    json_close_object(json);
}

static int put_wish(struct office *office, const struct wish *wish, size_t place)
{
    CLEANUP_BUF struct buf why = {0};
    write_why(wish, &why);
    return sql_post(office->sql,
                    "INSERT INTO purchase_proposal (state, place, sku, supplier, quantity, price_minor, amount_minor,"
                    " currency, base_minor, cover_milli, why, made_us) VALUES (?1, ?2, ?3, nullif(CAST(?4 AS TEXT),"
                    " ''), ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                    sql_text(wish->state), sql_int((int64_t)place), sql_text(wish->sku), sql_text(wish->supplier),
                    sql_int(wish->plan.quantity), sql_int(wish->price_minor), sql_int(wish->amount_minor),
                    sql_text(wish->currency), sql_int(wish->base_minor), sql_int(wish->cover_milli),
                    sql_text(buf_text(&why)), sql_int(office->now_us));
}

static int put_wishes(struct office *office, const struct purchase_wanted *wanted, const struct wishes *wishes)
{
    int result = sql_run(office->sql,
                         "DELETE FROM purchase_proposal WHERE state <> 'taken' AND (CAST(?1 AS TEXT) = '' OR sku = ?1)"
                         " AND (CAST(?2 AS TEXT) = '' OR supplier = ?2)",
                         sql_text(wanted->sku), sql_text(wanted->supplier));
    for (size_t i = 0; i < wishes->count && !result; i++)
        result = put_wish(office, &wishes->list[i], i + 1);
    return result;
}

int purchase_propose(struct office *office, const struct purchase_wanted *wanted, struct purchase_proposed *ret,
                     struct error *error)
{
    CLEANUP(wishes_done) struct wishes wishes = {0};
    struct books books;
    *ret = (struct purchase_proposed){0};
    int result = books_open(office, "", &books, error);
    if (!result)
        result = read_wishes(office, wanted, &wishes, error);
    if (!result)
        result = reckon_wishes(&books, &wishes, error);
    if (result)
        return result;
    if (wishes.count > 0)
        qsort(wishes.list, wishes.count, sizeof(*wishes.list), by_urgency);
    spend(&wishes, wanted->budget_minor, ret);
    ret->looked = wishes.looked;
    result = put_wishes(office, wanted, &wishes);
    return result ? office_failed(office->sql, result, error) : 0;
}
