/* What must hold: of promises at every step, and of everything at the end, when all is up and quiet. It is judged by
 * the books of the shops and the databases of the sites; of head office's own only what it says of orders is believed.
 */
#include "fleet.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t ask_values(struct fleet *fleet, struct sql *sql, const char *text, const struct sql_value *values)
{
    int64_t number = 0;
    struct sql_query *row = sql_select_values(sql, text, values);
    if (sql_next(row))
        number = sql_get_int(row, 0);
    if (sql_done(row) != 0)
        fleet_fail(fleet, "%s: %s", text, sql_message(sql));
    return number;
}
#define ASK(fleet, text, ...) ask_values(fleet, (fleet)->sql, text, (struct sql_value[]){__VA_ARGS__, {0}})

#define ASK_SITE(fleet, at, text, ...)                                                                                 \
    ask_values(fleet, site_side_sql((fleet)->sites[at].sim.site), text, (struct sql_value[]){__VA_ARGS__, {0}})

/* ---------------------------------------------------------------- promises */

static int index_of(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return 0;
}

/* What is promised at each site beyond what lies there, as far as its events have come. */
static void read_over(struct fleet *fleet, int64_t ret[SITES_MAX][SKUS])
{
    memset(ret, 0, sizeof(int64_t) * SITES_MAX * SKUS);
    struct sql_query *row = sql_select(
        fleet->sql,
        "SELECT r.site, r.sku, sum(r.left_open) - (SELECT coalesce(sum(s.quantity), 0) FROM stock s JOIN location l ON"
        " l.site = s.site AND l.code = s.location WHERE s.site = r.site AND s.sku = r.sku AND l.kind IN ('face',"
        " 'reserve')) FROM reservation r GROUP BY 1, 2",
        SQL_NO_VALUES);
    while (sql_next(row)) {
        const char *site = sql_get_text(row, 0);
        int64_t number = 1, over = sql_get_int(row, 2);
        text_to_int(site + 1, 1, SITES_MAX, &number);
        ret[number - 1][index_of(sql_get_text(row, 1), sku_names, SKUS)] = over > 0 ? over : 0;
    }
    sql_done(row);
}

void laws_often(struct fleet *fleet)
{
    read_over(fleet, fleet->over);
    for (int site = 0; site < fleet->site_count; site++)
        for (int sku = 0; sku < SKUS; sku++)
            fleet->excused[sku] |= fleet->over[site][sku] > 0; /* goods that were promised are not there */
}

void laws_after_promises(struct fleet *fleet)
{
    int64_t now[SITES_MAX][SKUS];
    read_over(fleet, now);
    for (int site = 0; site < fleet->site_count; site++)
        for (int sku = 0; sku < SKUS; sku++)
            if (now[site][sku] > fleet->over[site][sku])
                fleet_fail(fleet, "of %s at %s %d more are promised than lie there", sku_names[sku],
                           fleet->sites[site].name, (int)now[site][sku]);
}

/* ---------------------------------------------------------------- what was sold beyond what there is, and why */

/* Where nothing goes wrong with goods, one shop sells it and one site has it, a shop can sell too much for one reason
 * alone: it was told a figure before head office knew of all that it had sold. */
void laws_begin(struct fleet *fleet)
{
    for (int sku = 0; sku < SKUS; sku++) {
        int shops = 0;
        for (int i = 0; i < fleet->market_count; i++)
            shops += fleet->markets[i].offers[sku].sold;
        fleet->excused[sku] = shops > 1 || fleet->site_count > 1 || fleet->faults.count || fleet->faults.wrong_scan;
    }
}

static bool is_known(struct fleet *fleet, const struct market *market, const struct market_order *order)
{
    char id[16];
    snprintf(id, sizeof(id), "%d", order->number);
    return ASK(fleet, "SELECT count(*) FROM platform_order WHERE shop = ?1 AND id = ?2 AND modified_us >= ?3",
               sql_text(market->code), sql_text(id), sql_int(order->modified_us)) > 0;
}

void laws_of_told(struct fleet *fleet, struct market *market, int sku, int64_t pieces)
{
    char id[16];
    for (int i = 0; i < market->order_count && !fleet->excused[sku]; i++) {
        const struct market_order *order = &market->orders[i];
        for (int k = 0; k < order->line_count; k++)
            fleet->excused[sku] |= order->lines[k].sku == sku && !is_known(fleet, market, order);
    }
    snprintf(id, sizeof(id), "k%d", sku); /* it knew, and this figure was reckoned before */
    fleet->excused[sku] |=
        ASK(fleet,
            "SELECT count(*) FROM outbox WHERE shop = ?1 AND kind = 'stock' AND state = 'waiting' AND subject LIKE"
            " '%/' || ?2",
            sql_text(market->code), sql_text(id)) > 0;
    (void)pieces;
}

/* ---------------------------------------------------------------- orders */

struct judged { /* an order of a shop, and what head office has made of it */
    struct fleet *fleet;
    struct market *market;
    const struct market_order *order;
    char number[80], state[ORDERS_MAX];
    bool multi;
};

static void load(struct judged *judged)
{
    struct fleet *fleet = judged->fleet;
    const struct market_order *order = judged->order;
    char id[16];
    int64_t count = 0, sums[4] = {0};
    snprintf(id, sizeof(id), "%d", order->number);
    struct sql_query *row = sql_select(
        fleet->sql,
        "SELECT number, state, goods_minor, freight_minor, discount_minor, paid_minor FROM orders WHERE shop ="
        " ?1 AND platform_order = ?2 AND origin = 'sale'",
        sql_text(judged->market->code), sql_text(id));
    for (; sql_next(row); count++) {
        sql_copy_text(row, 0, judged->number, sizeof(judged->number));
        sql_copy_text(row, 1, judged->state, sizeof(judged->state));
        for (int i = 0; i < 4; i++)
            sums[i] = sql_get_int(row, 2 + i);
    }
    sql_done(row);
    if (count != 1)
        fleet_fail(fleet, "order %d of %s is here %d times", order->number, judged->market->code, (int)count);
    if (sums[0] != order->goods_minor || sums[1] != order->freight_minor || sums[2] != order->discount_minor ||
        sums[3] != order->paid_minor)
        fleet_fail(fleet, "the sums of order %s are not those of its shop", judged->number);
}

/* Pieces of a line in all orders of ours that do a part of it. */
#define PARTS_OF_LINE                                                                                                  \
    " FROM order_line p JOIN orders o ON o.number = p.number WHERE o.replaced = 0 AND ((p.number = ?1 AND p.line = "   \
    "?2)"                                                                                                              \
    " OR (p.source_order = ?1 AND p.source_line = ?2))"

static int64_t line_number(const struct judged *judged, int at)
{
    char id[24];
    snprintf(id, sizeof(id), "%d-%d", judged->order->number, at);
    return ASK(judged->fleet, "SELECT line FROM order_line WHERE number = ?1 AND platform_line = ?2",
               sql_text(judged->number), sql_text(id));
}

static void judge_line(const struct judged *judged, int at)
{
    struct fleet *fleet = judged->fleet;
    const struct market_line *line = &judged->order->lines[at];
    int64_t number = line_number(judged, at);
    int64_t active =
        ASK(fleet, "SELECT coalesce(sum(p.quantity - p.refunded), 0)" PARTS_OF_LINE " AND o.state <> 'closed'",
            sql_text(judged->number), sql_int(number));
    int64_t shipped =
        ASK(fleet, "SELECT coalesce(sum(p.shipped), 0)" PARTS_OF_LINE, sql_text(judged->number), sql_int(number));
    int64_t paid = ASK(fleet, "SELECT sum(paid_minor) FROM order_line WHERE number = ?1 AND line = ?2",
                       sql_text(judged->number), sql_int(number));
    bool wanted = judged->order->state != PLATFORM_CANCELLED && !line->refunded;
    if (paid != line->paid_minor)
        fleet_fail(fleet, "line %d of order %s costs something else here", at, judged->number);
    if (shipped > line->quantity)
        fleet_fail(fleet, "of order %s %d pieces have left, of %d that were bought", judged->number, (int)shipped,
                   (int)line->quantity);
    if (wanted && active != line->quantity)
        fleet_fail(fleet, "of order %s (%s) %d pieces are done, of %d that are wanted", judged->number, judged->state,
                   (int)active, (int)line->quantity);
    int64_t waits = ASK(fleet,
                        "SELECT coalesce(sum(p.quantity - p.refunded), 0)" PARTS_OF_LINE
                        " AND o.state IN ('pending_pay', 'audit', 'exception', 'reserved')",
                        sql_text(judged->number), sql_int(number));
    if (!wanted && waits > 0)
        fleet_fail(fleet, "of order %s %d pieces still wait that nobody wants", judged->number, (int)waits);
}

/* ---------------------------------------------------------------- parcels */

static bool is_handed_over(struct fleet *fleet, const char *waybill)
{
    int64_t times = 0;
    for (int i = 0; i < fleet->site_count; i++)
        times += ASK_SITE(fleet, i, "SELECT count(*) FROM parcel WHERE state = 'handed' AND waybill = ?1",
                          sql_text(waybill));
    return times == 1;
}

static bool is_told(const struct market_order *order, const char *waybill)
{
    bool told = false;
    for (int i = 0; i < order->told_count; i++)
        told = told || strcmp(order->told[i], waybill) == 0;
    return told;
}

/* It was not told: somebody must know why. */
static void judge_untold(const struct judged *judged, const char *waybill)
{
    struct fleet *fleet = judged->fleet;
    const struct market_order *order = judged->order;
    bool refunded = order->state == PLATFORM_CANCELLED;
    for (int i = 0; i < order->line_count; i++)
        refunded = refunded || order->lines[i].refunded;
    int64_t refused = ASK(fleet,
                          "SELECT count(*) FROM outbox WHERE shop = ?1 AND state = 'refused' AND body LIKE '%' || ?2"
                          " || '%'",
                          sql_text(judged->market->code), sql_text(waybill));
    int64_t dropped = ASK(fleet,
                          "SELECT count(*) FROM outbox WHERE shop = ?1 AND state = 'dropped' AND body LIKE '%' || ?2"
                          " || '%'",
                          sql_text(judged->market->code), sql_text(waybill));
    if (!(refused && refunded) && !(dropped && !judged->multi && order->told_count > 0))
        fleet_fail(fleet, "parcel %s of order %s has left, and its shop was not told", waybill, judged->number);
}

static void judge_parcels(const struct judged *judged)
{
    struct fleet *fleet = judged->fleet;
    const struct market_order *order = judged->order;
    int64_t left = 0;
    struct sql_query *row = sql_select(fleet->sql,
                                       "SELECT DISTINCT c.waybill FROM parcel c WHERE c.manifest IS NOT NULL AND "
                                       "c.number IN (SELECT ?1 UNION ALL SELECT"
                                       " number FROM order_line WHERE source_order = ?1)",
                                       sql_text(judged->number));
    for (; sql_next(row); left++) {
        char waybill[PLATFORM_CODE_SIZE];
        sql_copy_text(row, 0, waybill, sizeof(waybill));
        if (!is_handed_over(fleet, waybill))
            fleet_fail(fleet, "parcel %s of order %s was handed over at no site, or at several", waybill,
                       judged->number);
        if (!is_told(order, waybill))
            judge_untold(judged, waybill);
    }
    sql_done(row);
    fleet->count.parcels += left;
    for (int i = 0; i < order->told_count; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(order->told[i], order->told[k]) == 0)
                fleet_fail(fleet, "the shop was told twice of parcel %s of order %s", order->told[i], judged->number);
    if (order->told_count > left)
        fleet_fail(fleet, "the shop was told of %d parcels of order %s, of which %d have left", order->told_count,
                   judged->number, (int)left);
}

static void judge_orders(struct fleet *fleet, struct market *market)
{
    for (int i = 0; i < market->order_count; i++) {
        struct judged judged = {.fleet = fleet, .market = market, .order = &market->orders[i]};
        judged.multi = (market->platform->caps.abilities & PLATFORM_MULTI_PARCEL) != 0;
        load(&judged);
        bool unpaid = judged.order->state == PLATFORM_UNPAID;
        if (unpaid != (strcmp(judged.state, "pending_pay") == 0))
            fleet_fail(fleet, "order %s is %s here, and %s there", judged.number, judged.state,
                       platform_state_name(judged.order->state));
        for (int k = 0; k < judged.order->line_count; k++)
            judge_line(&judged, k);
        judge_parcels(&judged);
    }
}

/* ---------------------------------------------------------------- refunds */

static void judge_refund(struct fleet *fleet, const struct market *market, const struct market_refund *refund)
{
    bool done = refund->state == PLATFORM_REFUND_DONE;
    char id[16], state[16] = "", number[16] = "";
    int64_t count = 0, decisions, owed;
    snprintf(id, sizeof(id), "R%d", refund->number);
    struct sql_query *row =
        sql_select(fleet->sql, "SELECT state, number FROM aftersale WHERE shop = ?1 AND platform_refund = ?2",
                   sql_text(market->code), sql_text(id));
    for (; sql_next(row); count++) {
        sql_copy_text(row, 0, state, sizeof(state));
        sql_copy_text(row, 1, number, sizeof(number));
    }
    sql_done(row);
    if (count != 1)
        fleet_fail(fleet, "refund %s of %s is here %d times", id, market->code, (int)count);
    if (strcmp(state, done ? "settled" : "closed") != 0)
        fleet_fail(fleet, "refund %s of %s is %s here, and %s there", id, market->code, state,
                   done ? "paid" : "refused");
    decisions = ASK(fleet,
                    "SELECT count(*) FROM aftersale_history WHERE number = ?1 AND after IN ('settled', 'closed',"
                    " 'refused') AND before <> after",
                    sql_text(number));
    if (decisions != 1 && ASK(fleet, "SELECT count(*) FROM aftersale_history WHERE number = ?1 AND act = 'resumed'",
                              sql_text(number)) == 0)
        fleet_fail(fleet, "refund %s of %s was decided %d times", id, market->code, (int)decisions);
    owed = ASK(fleet, "SELECT coalesce(sum(amount_minor), 0) FROM refund_due WHERE number = ?1 AND state = 'paid'",
               sql_text(number));
    if (owed != (done ? refund->amount_minor : 0))
        fleet_fail(fleet, "refund %s of %s came to %d, and is %d in the books", id, market->code,
                   (int)(done ? refund->amount_minor : 0), (int)owed);
    owed = ASK(fleet, "SELECT count(*) FROM refund_due WHERE number = ?1 AND state = 'due'", sql_text(number));
    if (owed)
        fleet_fail(fleet, "refund %s of %s is still owed", id, market->code);
}

/* ---------------------------------------------------------------- goods */

/* Pieces in a site's bins that can be sold. */
static int64_t pieces_at(struct fleet *fleet, int site, int sku)
{
    return ASK_SITE(
        fleet, site,
        "SELECT coalesce(sum(b.quantity), 0) FROM balance b JOIN location l ON l.id = b.location JOIN item i ON"
        " i.id = b.item WHERE i.sku = ?1 AND l.kind IN ('face', 'reserve') AND b.lpn = 0",
        sql_text(sku_names[sku]));
}

/* Of them, what nobody has been promised: by the states of orders, not by the promises. */
static int64_t free_at(struct fleet *fleet, int site, int sku)
{
    int64_t wanted =
        ASK(fleet,
            "SELECT coalesce(sum(CASE WHEN l.quantity - l.refunded > l.picked THEN l.quantity - l.refunded -"
            " l.picked ELSE 0 END), 0) FROM order_line l JOIN orders o USING (number) WHERE o.site = ?1 AND"
            " l.sku = ?2 AND o.state NOT IN ('shipped', 'finished', 'closed')",
            sql_text(fleet->sites[site].name), sql_text(sku_names[sku]));
    int64_t free_pieces = pieces_at(fleet, site, sku) - wanted;
    return free_pieces > 0 ? free_pieces : 0;
}

static int64_t can_be_sold(struct fleet *fleet, int sku)
{
    int64_t sum = 0;
    for (int i = 0; i < fleet->site_count; i++)
        sum += free_at(fleet, i, sku);
    sum -= ASK(fleet,
               "SELECT coalesce(sum(l.quantity - l.refunded), 0) FROM order_line l JOIN orders o USING (number) WHERE"
               " o.site IS NULL AND l.sku = ?1 AND o.state IN ('audit', 'exception')",
               sql_text(sku_names[sku]));
    return sum > 0 ? sum : 0;
}

/* floor(max(0, what can be sold - buffer) x ratio) */
static int64_t offer_of(struct fleet *fleet, const struct market *market, int sku)
{
    int64_t buffer = ASK(fleet, "SELECT buffer FROM shop WHERE code = ?1", sql_text(market->code));
    int64_t ratio = ASK(fleet, "SELECT ratio FROM shop WHERE code = ?1", sql_text(market->code));
    int64_t pieces = can_be_sold(fleet, sku) - buffer;
    return pieces > 0 ? pieces * ratio / 100 : 0;
}

static bool offers_are_right(struct fleet *fleet, const char **ret_why)
{
    static char why[128];
    for (int i = 0; i < fleet->market_count; i++)
        for (int sku = 0; sku < SKUS; sku++) {
            const struct market *market = &fleet->markets[i];
            int64_t right = offer_of(fleet, market, sku);
            if (!market->offers[sku].sold || market->offers[sku].left == right)
                continue;
            snprintf(why, sizeof(why), "%s offers %d of %s, and should offer %d", market->code,
                     (int)market->offers[sku].left, sku_names[sku], (int)right);
            *ret_why = why;
            return false;
        }
    return true;
}

/* Nothing is short while there is enough of it; and what is short was sold for a reason. */
static void judge_short(struct fleet *fleet)
{
    struct sql_query *row = sql_select(
        fleet->sql,
        "SELECT o.number, o.lacks, o.lacks_pieces, o.origin = 'sale' FROM orders o WHERE o.state = 'exception'"
        " AND EXISTS (SELECT 1 FROM exception e WHERE e.number = o.number AND e.kind ="
        " 'short' AND e.released_us IS NULL)",
        SQL_NO_VALUES);
    while (sql_next(row)) {
        fleet->count.shorts++;
        if (sql_get_null(row, 1))
            continue; /* its items lie apart */
        int sku = index_of(sql_get_text(row, 1), sku_names, SKUS);
        for (int i = 0; i < fleet->site_count; i++)
            if (free_at(fleet, i, sku) >= sql_get_int(row, 2))
                fleet_fail(fleet, "order %s lacks %d %s, and %s has %d", sql_get_text(row, 0), (int)sql_get_int(row, 2),
                           sku_names[sku], fleet->sites[i].name, (int)free_at(fleet, i, sku));
        bool first = sql_get_int(row, 3) != 0; /* what is sent after all, when its refund was refused, comes late */
        if (first && !fleet->excused[sku])
            fleet_fail(fleet, "order %s is short of %s, and its shop was told in time", sql_get_text(row, 0),
                       sku_names[sku]);
    }
    sql_done(row);
}

static void judge_site(struct fleet *fleet, int site)
{
    const char *name = fleet->sites[site].name;
    site_side_check(fleet->sites[site].sim.site);
    for (int sku = 0; sku < SKUS; sku++) {
        int64_t there = pieces_at(fleet, site, sku);
        int64_t here =
            ASK(fleet,
                "SELECT coalesce(sum(s.quantity), 0) FROM stock s JOIN location l ON l.site = s.site AND l.code"
                " = s.location WHERE s.site = ?1 AND s.sku = ?2 AND l.kind IN ('face', 'reserve')",
                sql_text(name), sql_text(sku_names[sku]));
        if (here != there)
            fleet_fail(fleet, "%s has %d of %s, head office %d", name, (int)there, sku_names[sku], (int)here);
    }
    int64_t handed = ASK_SITE(fleet, site, "SELECT count(*) FROM orders WHERE state = 'handed'", SQL_NO_VALUES);
    int64_t shipped =
        ASK(fleet, "SELECT count(*) FROM orders WHERE site = ?1 AND state IN ('shipped', 'finished')", sql_text(name));
    if (handed != shipped)
        fleet_fail(fleet, "%s has handed over %d orders, head office knows of %d", name, (int)handed, (int)shipped);
    int64_t open =
        ASK_SITE(fleet, site, "SELECT count(*) FROM orders WHERE state NOT IN ('handed', 'cancelled')", SQL_NO_VALUES);
    int64_t given = ASK(fleet,
                        "SELECT count(*) FROM orders WHERE site = ?1 AND state NOT IN ('pending_pay', 'audit',"
                        " 'exception', 'reserved', 'shipped', 'finished', 'closed')",
                        sql_text(name));
    int64_t ended = ASK_SITE(fleet, site,
                             "SELECT count(*) FROM orders WHERE state NOT IN ('handed', 'cancelled') AND "
                             "cancelled = 1",
                             SQL_NO_VALUES);
    if (given > open || given < open - ended)
        fleet_fail(fleet, "%s works on %d orders (%d of them cancelled), head office has given it %d", name, (int)open,
                   (int)ended, (int)given);
}

/* ---------------------------------------------------------------- the end */

static bool site_is_settled(struct fleet *fleet, int site)
{
    struct fleet_site *own = &fleet->sites[site];
    return network_idle(own->sim.network) && site_side_idle(own->sim.site) &&
           ASK_SITE(fleet, site, "SELECT applied_seq = last_seq FROM stream", SQL_NO_VALUES) &&
           ASK_SITE(fleet, site, "SELECT feed_seq FROM stream", SQL_NO_VALUES) ==
               ASK(fleet, "SELECT feed_head FROM site WHERE id = ?1", sql_text(own->name)) &&
           ASK_SITE(fleet, site, "SELECT last_seq FROM stream", SQL_NO_VALUES) ==
               ASK(fleet, "SELECT applied FROM site WHERE id = ?1", sql_text(own->name));
}

static bool shop_is_read(struct fleet *fleet, const struct market *market)
{
    int64_t last_order = 0, last_refund = 0;
    for (int i = 0; i < market->order_count; i++)
        if (market->orders[i].modified_us > last_order)
            last_order = market->orders[i].modified_us;
    for (int i = 0; i < market->refund_count; i++)
        if (market->refunds[i].modified_us > last_refund)
            last_refund = market->refunds[i].modified_us;
    return ASK(fleet, "SELECT mark_us FROM pull WHERE shop = ?1 AND kind = 'orders'", sql_text(market->code)) >
               last_order &&
           ASK(fleet, "SELECT mark_us FROM pull WHERE shop = ?1 AND kind = 'refunds'", sql_text(market->code)) >
               last_refund;
}

bool laws_settled(struct fleet *fleet, const char **ret_why)
{
    static const struct {
        const char *sql, *why;
    } open[] = {
        {"SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'uncertain')",
         "something is still to be told"},
        {"SELECT count(*) FROM platform_order WHERE again = 1", "an order is still to be asked for"},
        {"SELECT count(*) FROM orders WHERE state IN ('audit', 'reserved')", "an order waits at head office"},
    };
    *ret_why = "";
    for (int i = 0; i < fleet->site_count && !**ret_why; i++)
        if (!site_is_settled(fleet, i))
            *ret_why = "a site and head office do not have the same";
    for (int i = 0; i < fleet->market_count && !**ret_why; i++)
        if (!shop_is_read(fleet, &fleet->markets[i]))
            *ret_why = "a shop is not read";
    for (size_t i = 0; i < COUNT(open) && !**ret_why; i++)
        if (office_number(fleet, open[i].sql) > 0)
            *ret_why = open[i].why;
    if (!**ret_why && !offers_are_right(fleet, ret_why))
        return false;
    return !**ret_why;
}

static void judge_none(struct fleet *fleet, const char *text, const char *what)
{
    char said[256] = "";
    struct sql_query *row = sql_select(fleet->sql, text, SQL_NO_VALUES);
    if (sql_next(row))
        sql_copy_text(row, 0, said, sizeof(said));
    sql_done(row);
    if (*said)
        fleet_fail(fleet, "%s: %s", what, said);
}

static void judge_counts(struct fleet *fleet)
{
    int64_t orders = 0, refunds = 0;
    for (int i = 0; i < fleet->market_count; i++) {
        orders += fleet->markets[i].order_count;
        refunds += fleet->markets[i].refund_count;
    }
    if (office_number(fleet, "SELECT count(*) FROM orders WHERE origin = 'sale'") != orders)
        fleet_fail(fleet, "head office has orders that no shop has");
    if (office_number(fleet, "SELECT count(*) FROM aftersale") != refunds)
        fleet_fail(fleet, "head office has refunds that no shop has");
    judge_none(fleet, "SELECT e.type || ': ' || p.why FROM parked p JOIN event e USING (site, epoch, seq) LIMIT 1",
               "head office could not interpret an event");
    judge_none(fleet,
               "SELECT s.order_number FROM aftersale_stop s JOIN orders o ON o.number = s.order_number WHERE s.state ="
               " 'asked' AND o.cancelling = 0 LIMIT 1",
               "a refund waits for a site that nobody has asked");
    judge_none(fleet, "SELECT about || ': ' || detail FROM attention WHERE kind = 'not_taken' LIMIT 1",
               "head office could not take an order or a refund");
}

void laws_end(struct fleet *fleet)
{
    judge_counts(fleet);
    for (int i = 0; i < fleet->site_count; i++)
        judge_site(fleet, i);
    for (int i = 0; i < fleet->market_count; i++) {
        struct market *market = &fleet->markets[i];
        judge_orders(fleet, market);
        for (int k = 0; k < market->refund_count; k++)
            judge_refund(fleet, market, &market->refunds[k]);
    }
    judge_short(fleet);
}
