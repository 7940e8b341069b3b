#include "sync/head-office/orders/order_split.h"

#include "base/text.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/order_money.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the order as it is */

int order_split_load(struct office *office, const char *number, struct split_plan *plan, struct error *error)
{
    memset(plan, 0, sizeof(*plan));
    int result = order_life_check(office, number, ORDER_SPLIT, error);
    if (result)
        return result;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT line, quantity - refunded, coalesce(goods_minor, price_minor * quantity) * (quantity - refunded) /"
        " quantity, paid_minor, CASE WHEN sku IS NULL THEN 1 ELSE 0 END FROM order_line WHERE number = ?1 AND quantity"
        " > refunded ORDER BY line",
        sql_text(number));
    bool fits = true, known = true;
    while (fits && sql_next(row)) {
        fits = plan->line_count < ORDERS_LINES_MAX;
        struct split_line *line = &plan->lines[fits ? plan->line_count++ : 0];
        line->line = sql_get_int(row, 0);
        line->quantity = sql_get_int(row, 1);
        line->goods = sql_get_int(row, 2);
        line->paid = sql_get_int(row, 3);
        known = known && sql_get_int(row, 4) == 0;
    }
    result = sql_done(row);
    if (!result && !fits)
        return error_set(error, -E2BIG, "order \"%s\" has more than %d lines", number, ORDERS_LINES_MAX);
    if (!result && !known)
        return error_set(error, -EINVAL, "order \"%s\" has lines whose item is not known: map them first", number);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int load_money(struct office *office, const char *number, struct order_money *ret)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT goods_minor, freight_minor, discount_minor, platform_discount_minor, "
                                       "paid_minor FROM orders WHERE number"
                                       " = ?1",
                                       sql_text(number));
    if (sql_next(row))
        *ret = (struct order_money){sql_get_int(row, 0), sql_get_int(row, 1), sql_get_int(row, 2), sql_get_int(row, 3),
                                    sql_get_int(row, 4)};
    return sql_done(row);
}

static int check_plan(const struct split_plan *plan, const char *number, struct error *error)
{
    int64_t pieces[SPLIT_PARTS_MAX] = {0};
    if (plan->parts < 2 || plan->parts > SPLIT_PARTS_MAX)
        return error_set(error, -EINVAL, "order \"%s\" is split into 2 to %d parts, not %zu", number, SPLIT_PARTS_MAX,
                         plan->parts);
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct split_line *line = &plan->lines[i];
        int64_t sum = 0;
        for (size_t part = 0; part < plan->parts; part++) {
            if (line->share[part] < 0 || line->share[part] > line->quantity)
                return error_set(error, -EINVAL, "line %" PRId64 " of order \"%s\" has %" PRId64 " pieces", line->line,
                                 number, line->quantity);
            sum += line->share[part];
            pieces[part] += line->share[part];
        }
        if (sum != line->quantity)
            return error_set(error, -EINVAL,
                             "line %" PRId64 " of order \"%s\" has %" PRId64 " pieces, and the parts have %" PRId64,
                             line->line, number, line->quantity, sum);
    }
    for (size_t part = 0; part < plan->parts; part++)
        if (pieces[part] == 0)
            return error_set(error, -EINVAL, "part %zu of order \"%s\" is empty", part + 1, number);
    return 0;
}

/* ---------------------------------------------------------------- making parts of it */

struct splitting {
    struct office *office;
    const char *number, *who;
    const struct split_plan *plan;
    struct order_money money[SPLIT_PARTS_MAX];
    struct {
        int64_t paid[SPLIT_PARTS_MAX], goods[SPLIT_PARTS_MAX];
    } * lines;
    char children[SPLIT_PARTS_MAX][ORDERS_NUMBER_SIZE];
};

/* What was paid for each line's pieces of each part, and what of the whole order's is each part's. */
static int share_money(struct splitting *splitting)
{
    const struct split_plan *plan = splitting->plan;
    struct money_part parts[SPLIT_PARTS_MAX] = {0};
    struct order_money whole = {0};
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct split_line *line = &plan->lines[i];
        money_share(line->paid, line->share, plan->parts, splitting->lines[i].paid);
        money_share(line->goods, line->share, plan->parts, splitting->lines[i].goods);
        for (size_t part = 0; part < plan->parts; part++) {
            parts[part].goods += splitting->lines[i].goods[part];
            parts[part].lines += splitting->lines[i].paid[part];
            parts[part].pieces += line->share[part];
        }
    }
    int result = load_money(splitting->office, splitting->number, &whole);
    if (!result)
        order_money_split(&whole, parts, plan->parts, splitting->money);
    return result;
}

static int is_free(struct office *office, const char *number, bool *ret)
{
    int64_t taken;
    int result = sql_number(office->sql, &taken, "SELECT count(*) FROM orders WHERE number = ?1", sql_text(number));
    *ret = !result && taken == 0;
    return result;
}

/* The next NUMBER-n that nobody has: those of a split that was taken back stay. */
static int name_child(struct splitting *splitting, size_t part, int *suffix, struct error *error)
{
    char *child = splitting->children[part];
    for (bool free = false; !free;) {
        if (snprintf(child, ORDERS_NUMBER_SIZE, "%s-%d", splitting->number, ++*suffix) >= ORDERS_NUMBER_SIZE)
            return error_set(error, -EINVAL, "the number of order \"%s\" is too long for its parts to have one",
                             splitting->number);
        int result = is_free(splitting->office, child, &free);
        if (result)
            return office_failed(splitting->office->sql, result, error);
    }
    return 0;
}

/* A carrier that a rule chose is chosen anew for each part; a waybill goes along with the first. */
static int insert_child(struct splitting *splitting, size_t part)
{
    const struct order_money *money = &splitting->money[part];
    return sql_run(
        splitting->office->sql,
        "INSERT INTO orders (number, platform, carrier, waybill, priority, receiver_name, receiver_phone,"
        " receiver_address, imported_us, shop, platform_status, overlays, modified_us, placed_us, paid_us, ship_by_us,"
        " buyer, buyer_note, seller_note, province, city, district, sealed, currency, only_site, origin, of_order,"
        " goods_minor, freight_minor, discount_minor, platform_discount_minor, paid_minor)"
        " SELECT ?2, platform, CASE WHEN EXISTS (SELECT 1 FROM rule_hit h JOIN rule r ON r.id = h.rule WHERE h.number ="
        " o.number AND r.kind = 'carrier') THEN '' ELSE carrier END, CASE WHEN ?8 = 1 THEN waybill END, priority,"
        " receiver_name, receiver_phone, receiver_address, imported_us, shop, platform_status, overlays & 8,"
        " modified_us, placed_us, paid_us, ship_by_us, buyer, buyer_note, seller_note, province, city, district,"
        " sealed, currency, only_site, 'split', number, ?3, ?4, ?5, ?6, ?7 FROM orders o WHERE number = ?1",
        sql_text(splitting->number), sql_text(splitting->children[part]), sql_int(money->goods),
        sql_int(money->freight), sql_int(money->discount), sql_int(money->platform_discount), sql_int(money->paid),
        sql_int(part == 0));
}

static int insert_line(struct splitting *splitting, size_t part, size_t i)
{
    const struct split_line *line = &splitting->plan->lines[i];
    struct sql *sql = splitting->office->sql;
    if (line->share[part] == 0)
        return 0;
    const struct sql_value parent = sql_text(splitting->number), child = sql_text(splitting->children[part]),
                           at = sql_int(line->line), share = sql_int(line->share[part]);
    int result = sql_run(
        sql,
        "INSERT INTO order_line (number, line, sku, quantity, platform_line, platform_item, platform_sku, code, title,"
        " price_minor, paid_minor, gift, bundle, factor, place, goods_minor, source_order, source_line) SELECT ?2, "
        "line,"
        " sku, ?4, platform_line, platform_item, platform_sku, code, title, price_minor, ?5, gift, bundle, factor, "
        "place,"
        " CASE WHEN goods_minor IS NOT NULL THEN ?6 END, CASE WHEN source_order <> '' THEN source_order ELSE number "
        "END,"
        " coalesce(source_line, line) FROM order_line WHERE number = ?1 AND line = ?3",
        parent, child, at, share, sql_int(splitting->lines[i].paid[part]), sql_int(splitting->lines[i].goods[part]));
    if (result)
        return result;
    return sql_run(sql,
                   "INSERT INTO reservation (number, line, site, sku, quantity, left_open) SELECT ?2, line, site, sku,"
                   " ?4, ?4 FROM reservation WHERE number = ?1 AND line = ?3",
                   parent, child, at, share);
}

/* What a person has said of the whole is not asked again of its parts. */
static int make_child(struct splitting *splitting, size_t part, struct error *error)
{
    struct sql *sql = splitting->office->sql;
    const char *site = splitting->plan->sites[part];
    const struct sql_value child = sql_text(splitting->children[part]);
    int result = insert_child(splitting, part);
    if (!result)
        result = persons_note_order(sql, splitting->children[part]);
    if (!result)
        result = demand_note_order(sql, splitting->children[part]);
    for (size_t i = 0; i < splitting->plan->line_count && !result; i++)
        result = insert_line(splitting, part, i);
    if (!result)
        result = *site ? promises_at(splitting->office, splitting->children[part], site)
                       : sql_run(sql,
                                 "UPDATE orders SET site = (SELECT min(site) FROM reservation WHERE number = ?1) WHERE"
                                 " number = ?1",
                                 child);
    if (!result)
        result = sql_run(sql,
                         "INSERT INTO exception (number, kind, rule, detail, raised_us, released_us, released_by)"
                         " SELECT ?2, kind, rule, detail, raised_us, released_us, released_by FROM exception"
                         " WHERE number = ?1 AND released_by <> ''",
                         sql_text(splitting->number), child);
    if (result)
        return office_failed(sql, result, error);
    return order_life_note(splitting->office, splitting->children[part], "split from", splitting->who,
                           splitting->number, error);
}

int order_replace(struct office *office, const char *number, const char *act, const char *by, const char *who,
                  struct error *error)
{
    int result = order_life_act(office, number, act, who, by, error);
    if (result)
        return result;
    result = sql_run(office->sql, "DELETE FROM reservation WHERE number = ?1", sql_text(number));
    if (!result)
        result = sql_run(office->sql,
                         "UPDATE orders SET reason = ?2, replaced = 1, site = NULL, lacks = NULL, lacks_pieces = 0,"
                         " rev = rev + 1 WHERE number = ?1",
                         sql_text(number), sql_text(act));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int make_children(struct splitting *splitting, struct error *error)
{
    int suffix = 0, result = 0;
    for (size_t part = 0; part < splitting->plan->parts && !result; part++) {
        result = name_child(splitting, part, &suffix, error);
        if (!result)
            result = make_child(splitting, part, error);
    }
    if (result)
        return result;
    char note[2 * ORDERS_NUMBER_SIZE + 16];
    snprintf(note, sizeof(note), "%s to %s", splitting->children[0], splitting->children[splitting->plan->parts - 1]);
    return order_replace(splitting->office, splitting->number, ORDER_SPLIT, note, splitting->who, error);
}

int order_split(struct office *office, const char *number, const struct split_plan *plan, const char *who,
                char (*children)[ORDERS_NUMBER_SIZE], struct error *error)
{
    struct splitting splitting = {.office = office, .number = number, .who = who, .plan = plan};
    int result = check_plan(plan, number, error);
    if (!result)
        result = order_life_check(office, number, ORDER_SPLIT, error);
    if (result)
        return result;
    splitting.lines = calloc(plan->line_count, sizeof(*splitting.lines));
    result = splitting.lines ? share_money(&splitting) : -ENOMEM;
    result = result ? office_failed(office->sql, result, error) : make_children(&splitting, error);
    free(splitting.lines);
    if (!result && children)
        memcpy(children, splitting.children, sizeof(splitting.children));
    return result;
}

/* ---------------------------------------------------------------- by what sites have */

/* What each site has left of each line, lines of one item after one another. */
struct hunt {
    struct office *office;
    struct split_plan *plan;
    char sites[SPLIT_PARTS_MAX][WIRE_NAME_SIZE];
    size_t site_count;
    char (*skus)[65];
    int64_t (*left)[SPLIT_PARTS_MAX]; /* by line: of its item; the first line of an item counts */
    size_t *first;                    /* the first line of the same item */
    bool used[SPLIT_PARTS_MAX];
};

static int load_skus(struct hunt *hunt, const char *number)
{
    struct sql_query *row =
        sql_select(hunt->office->sql,
                   "SELECT coalesce(sku, '') FROM order_line WHERE number = ?1 AND quantity > refunded ORDER BY line",
                   sql_text(number));
    for (size_t i = 0; i < hunt->plan->line_count && sql_next(row); i++)
        sql_copy_text(row, 0, hunt->skus[i], sizeof(hunt->skus[i]));
    return sql_done(row);
}

static int load_left(struct hunt *hunt)
{
    int result = 0;
    for (size_t i = 0; i < hunt->plan->line_count && !result; i++) {
        for (hunt->first[i] = 0; strcmp(hunt->skus[hunt->first[i]], hunt->skus[i]) != 0; hunt->first[i]++)
            ;
        for (size_t s = 0; s < hunt->site_count && !result && hunt->first[i] == i; s++)
            result = promises_left(hunt->office, hunt->sites[s], hunt->skus[i], &hunt->left[i][s]);
    }
    return result;
}

/* How much of what nobody has taken yet a site could; take: into this part. */
static int64_t reach(struct hunt *hunt, size_t site, bool take)
{
    int64_t sum = 0, taken[ORDERS_LINES_MAX] = {0};
    for (size_t i = 0; i < hunt->plan->line_count; i++) {
        struct split_line *line = &hunt->plan->lines[i];
        int64_t wanted = line->quantity, left = hunt->left[hunt->first[i]][site] - taken[hunt->first[i]];
        for (size_t part = 0; part < hunt->plan->parts; part++)
            wanted -= line->share[part];
        int64_t got = left < wanted ? left : wanted;
        if (got <= 0)
            continue;
        taken[hunt->first[i]] += got;
        sum += got;
        if (take)
            line->share[hunt->plan->parts] = got;
    }
    return sum;
}

/* Each time the site that has most of what is left; of equals the nearest. True: nothing is left. */
static bool deal_out(struct hunt *hunt)
{
    int64_t left = 0;
    for (size_t i = 0; i < hunt->plan->line_count; i++)
        left += hunt->plan->lines[i].quantity;
    while (left > 0) {
        size_t best = 0;
        int64_t most = 0;
        for (size_t s = 0; s < hunt->site_count; s++) {
            int64_t pieces = hunt->used[s] ? 0 : reach(hunt, s, false);
            if (pieces > most) {
                most = pieces;
                best = s;
            }
        }
        if (most == 0)
            return false;
        reach(hunt, best, true);
        hunt->used[best] = true;
        memcpy(hunt->plan->sites[hunt->plan->parts++], hunt->sites[best], WIRE_NAME_SIZE);
        left -= most;
    }
    return hunt->plan->parts > 1;
}

static int look_for_sites(struct hunt *hunt, const struct settings *settings, const char *number, bool *ret_found)
{
    size_t lines = hunt->plan->line_count;
    hunt->skus = calloc(lines, sizeof(*hunt->skus));
    hunt->left = calloc(lines, sizeof(*hunt->left));
    hunt->first = calloc(lines, sizeof(*hunt->first));
    int result = hunt->skus && hunt->left && hunt->first ? 0 : -ENOMEM;
    if (!result)
        result = promises_sites(hunt->office, number, settings->silent_hours, hunt->sites, SPLIT_PARTS_MAX,
                                &hunt->site_count);
    if (!result)
        result = load_skus(hunt, number);
    if (!result)
        result = load_left(hunt);
    *ret_found = !result && deal_out(hunt);
    free(hunt->skus);
    free(hunt->left);
    free(hunt->first);
    return result;
}

int order_split_by_stock(struct office *office, const struct settings *settings, const char *number, bool *ret_done,
                         struct error *error)
{
    *ret_done = false;
    struct split_plan *plan = malloc(sizeof(*plan));
    if (!plan)
        return error_set(error, -ENOMEM, "there is no memory");
    int result = order_split_load(office, number, plan, error);
    if (result == -EALREADY || result == -E2BIG || strlen(number) + sizeof("-16") > ORDERS_NUMBER_SIZE) {
        free(plan); /* it is one that cannot be split: it waits whole */
        return 0;
    }
    struct hunt hunt = {.office = office, .plan = plan};
    bool found = false;
    if (!result && plan->line_count > 0) {
        result = look_for_sites(&hunt, settings, number, &found);
        if (result)
            office_failed(office->sql, result, error);
    }
    if (!result && found)
        result = order_split(office, number, plan, "", NULL, error);
    *ret_done = !result && found;
    free(plan);
    return result;
}
