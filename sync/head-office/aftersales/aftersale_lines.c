#include "sync/head-office/aftersales/aftersale_lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is left of one line of the order for this case, when the others have theirs. */
struct room {
    int64_t line, place, factor; /* which of its platform's lines it is of; pieces in one that the platform counts */
    char sku[65];
    int64_t ordered, paid, sent;    /* as it was bought; all that has left a site */
    int64_t pieces, shipped, minor; /* left: of what was ordered, of what has left a site, of the money */
};

/* What left of a line, in any part that the order was divided into; all of it where somebody else sent that. */
#define SENT                                                                                                           \
    "(SELECT coalesce(sum(CASE WHEN o.state = 'finished' AND NOT EXISTS (SELECT 1 FROM order_line z WHERE z.number ="  \
    " o.number AND z.shipped > 0) THEN p.quantity - p.refunded ELSE p.shipped END), 0) FROM order_line p JOIN orders"  \
    " o ON o.number = p.number WHERE o.replaced = 0 AND " AFTERSALE_PART_LINE("p", "l.number", "l.line") ")"
/* ?1 the order, ?2 the case. */
#define OTHERS                                                                                                         \
    " FROM aftersale_line x JOIN aftersale a ON a.number = x.number WHERE a.order_number = l.number AND"               \
    " x.line = l.line AND a.number <> ?2 AND a.state NOT IN " AFTERSALE_DROPPED
#define ROOM                                                                                                           \
    "SELECT l.line, coalesce(l.sku, ''), l.quantity, l.paid_minor,"                                                    \
    " l.quantity - (SELECT coalesce(sum(x.quantity), 0)" OTHERS " AND a.kind <> 'reissue'), " SENT                     \
    " - (SELECT coalesce(sum(x.quantity), 0)" OTHERS " AND a.kind <> 'reissue' AND a.goods = 'left'),"                 \
    " l.paid_minor - (SELECT coalesce(sum(x.amount_minor), 0)" OTHERS "), " SENT ", l.place, l.factor"                 \
    " FROM order_line l WHERE l.number = ?1"

static void read_room(struct sql_query *row, struct room *ret)
{
    *ret = (struct room){.line = sql_get_int(row, 0),
                         .ordered = sql_get_int(row, 2),
                         .paid = sql_get_int(row, 3),
                         .pieces = sql_get_int(row, 4),
                         .shipped = sql_get_int(row, 5),
                         .minor = sql_get_int(row, 6),
                         .sent = sql_get_int(row, 7),
                         .place = sql_get_int(row, 8),
                         .factor = sql_get_int(row, 9)};
    sql_copy_text(row, 1, ret->sku, sizeof(ret->sku));
    int64_t *const figures[] = {&ret->pieces, &ret->shipped, &ret->minor};
    for (size_t i = 0; i < COUNT(figures); i++)
        *figures[i] = *figures[i] > 0 ? *figures[i] : 0;
}

/* The order as a whole: its money and its freight, less what other cases have of them. Its row is locked, so that two
 * cases do not take the same. */
static int load_whole(struct office *office, const struct aftersale *aftersale, int64_t *ret_minor,
                      int64_t *ret_freight, struct error *error)
{
    int64_t lines = 0, freight = 0;
    *ret_minor = *ret_freight = 0;
    struct sql_query *row =
        sql_select(office->sql, "SELECT paid_minor, freight_minor FROM orders WHERE number = ?1" SQL_FOR_UPDATE,
                   sql_text(aftersale->order));
    if (sql_next(row)) {
        *ret_minor = sql_get_int(row, 0);
        *ret_freight = sql_get_int(row, 1);
    }
    int result = sql_done(row);
    if (!result)
        result = sql_number(office->sql, &lines,
                            "SELECT coalesce(sum(x.amount_minor), 0) FROM aftersale_line x JOIN aftersale a ON a.number"
                            " = x.number WHERE a.order_number = ?1 AND a.number <> ?2 AND a.state NOT IN"
                            " " AFTERSALE_DROPPED,
                            sql_text(aftersale->order), sql_text(aftersale->number));
    if (!result)
        result = sql_number(office->sql, &freight,
                            "SELECT coalesce(sum(freight_minor), 0) FROM aftersale WHERE order_number = ?1 AND"
                            " number <> ?2 AND state NOT IN " AFTERSALE_DROPPED,
                            sql_text(aftersale->order), sql_text(aftersale->number));
    *ret_minor -= lines + freight;
    *ret_freight -= freight;
    return result ? office_failed(office->sql, result, error) : 0;
}

/* whole > 0; the product may be longer than 64 bits. */
static int64_t portion(int64_t amount, int64_t part, int64_t whole)
{
    __extension__ typedef __int128 wide;
    return (int64_t)((wide)amount * part / whole);
}

/* What pieces cost. Whoever takes the last of them takes the last cent, too. */
static int64_t share(const struct room *room, int64_t pieces)
{
    if (pieces >= room->pieces)
        return room->minor;
    int64_t exact = portion(room->paid, pieces, room->ordered);
    return exact < room->minor ? exact : room->minor;
}

static bool pays(const struct aftersale *aftersale)
{
    return strcmp(aftersale->kind, "refund") == 0 || strcmp(aftersale->kind, "return") == 0;
}

static int insert(struct office *office, const struct aftersale *aftersale, const struct room *room, int64_t pieces,
                  int64_t minor, const char *new_sku)
{
    return sql_run(office->sql,
                   "INSERT INTO aftersale_line (number, line, sku, quantity, amount_minor, new_sku)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   sql_text(aftersale->number), sql_int(room->line), sql_text(*room->sku ? room->sku : NULL),
                   sql_int(pieces), sql_int(minor), sql_text(new_sku && *new_sku ? new_sku : NULL));
}

/* ---------------------------------------------------------------- what a person claims */

static int load_room(struct office *office, const struct aftersale *aftersale, int64_t line, struct room *ret,
                     struct error *error)
{
    struct sql_query *row = sql_select(office->sql, ROOM " AND l.line = ?3", sql_text(aftersale->order),
                                       sql_text(aftersale->number), sql_int(line));
    bool found = sql_next(row);
    if (found)
        read_room(row, ret);
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "order \"%s\" has no line %" PRId64, aftersale->order, line);
}

/* What is sent again must have been sent; what comes back, too. */
static int64_t most_pieces(const struct aftersale *aftersale, const struct room *room)
{
    bool left = strcmp(aftersale->goods, "left") == 0;
    if (strcmp(aftersale->kind, "reissue") == 0)
        return room->sent;
    return left && room->shipped < room->pieces ? room->shipped : room->pieces;
}

static int check_room(const struct aftersale *aftersale, const struct aftersale_claim *claim, const struct room *room,
                      int64_t minor, int64_t whole_minor, struct error *error)
{
    int64_t pieces = most_pieces(aftersale, room);
    if (claim->quantity > pieces)
        return error_set(error, -ERANGE, "of line %" PRId64 " of order \"%s\" only %" PRId64 " pieces are left",
                         claim->line, aftersale->order, pieces);
    if (minor <= room->minor && minor <= whole_minor)
        return 0;
    return error_set(error, -ERANGE,
                     "of what was paid for line %" PRId64 " of order \"%s\" %" PRId64 " are left, and %" PRId64
                     " are claimed",
                     claim->line, aftersale->order, room->minor < whole_minor ? room->minor : whole_minor, minor);
}

int aftersale_claim(struct office *office, const struct aftersale *aftersale, const struct aftersale_claim *claim,
                    struct error *error)
{
    struct room room = {0};
    int64_t minor, freight, mine = 0;
    int result = load_whole(office, aftersale, &minor, &freight, error);
    if (!result)
        result = load_room(office, aftersale, claim->line, &room, error);
    if (!result)
        result = aftersale_total(office, aftersale, &mine, error);
    if (result)
        return result;
    int64_t amount = claim->amount_minor;
    if (amount == AFTERSALE_SHARE)
        amount = pays(aftersale) ? share(&room, claim->quantity) : 0;
    if (claim->quantity == 0 && amount == 0)
        return error_set(error, -EINVAL, "of line %" PRId64 " neither pieces nor money are claimed", claim->line);
    result = check_room(aftersale, claim, &room, amount, minor - mine, error);
    if (result)
        return result;
    result = insert(office, aftersale, &room, claim->quantity, amount, claim->new_sku);
    if (result == -EEXIST)
        return error_set(error, -EINVAL, "line %" PRId64 " is named twice", claim->line);
    return office_named(office->sql, result, "item", claim->new_sku, error);
}

static int put_freight(struct office *office, struct aftersale *aftersale, int64_t freight_minor, struct error *error)
{
    int result = sql_run(office->sql, "UPDATE aftersale SET freight_minor = ?2 WHERE number = ?1",
                         sql_text(aftersale->number), sql_int(freight_minor));
    aftersale->freight_minor = freight_minor;
    return result ? office_failed(office->sql, result, error) : 0;
}

int aftersale_claim_freight(struct office *office, struct aftersale *aftersale, int64_t freight_minor,
                            struct error *error)
{
    int64_t minor, freight, mine;
    aftersale->freight_minor = 0;
    int result = load_whole(office, aftersale, &minor, &freight, error);
    if (!result)
        result = aftersale_total(office, aftersale, &mine, error);
    if (result)
        return result;
    int64_t most = minor - mine < freight ? minor - mine : freight;
    if (freight_minor > most)
        return error_set(error, -ERANGE,
                         "of the freight of order \"%s\" %" PRId64 " are left, and %" PRId64 " are claimed",
                         aftersale->order, most > 0 ? most : 0, freight_minor);
    return put_freight(office, aftersale, freight_minor, error);
}

/* ---------------------------------------------------------------- what a platform says */

#define ROOMS_MAX 400

struct rooms {
    struct room *list;
    size_t count;
    int64_t minor; /* of all of them */
};

static void rooms_done(struct rooms *rooms)
{
    free(rooms->list);
}
#define CLEANUP_ROOMS CLEANUP(rooms_done)

static int load_rooms(struct office *office, const struct aftersale *aftersale, struct rooms *out)
{
    out->list = calloc(ROOMS_MAX, sizeof(*out->list));
    if (!out->list)
        return -ENOMEM;
    struct sql_query *row =
        sql_select(office->sql, ROOM " AND ?3 IN ('', l.platform_line) ORDER BY l.line", sql_text(aftersale->order),
                   sql_text(aftersale->number), sql_text(aftersale->platform_line));
    while (sql_next(row) && out->count < ROOMS_MAX) {
        read_room(row, &out->list[out->count]);
        out->minor += out->list[out->count++].minor;
    }
    return sql_done(row);
}

/* The platform has counted: all of it is one line there, which may be a pack or a bundle here. */
static bool are_counted(const struct aftersale *aftersale, const struct rooms *rooms)
{
    for (size_t i = 1; i < rooms->count; i++)
        if (rooms->list[i].place == 0 || rooms->list[i].place != rooms->list[0].place)
            return false;
    return aftersale->platform_pieces > 0;
}

static int64_t counted_pieces(const struct aftersale *aftersale, const struct rooms *rooms, const struct room *room)
{
    bool counted = are_counted(aftersale, rooms) && aftersale->platform_pieces <= room->pieces / room->factor;
    return counted ? aftersale->platform_pieces * room->factor : room->pieces;
}

static int64_t counted_minor(const struct aftersale *aftersale, const struct rooms *rooms)
{
    int64_t minor = 0;
    for (size_t i = 0; i < rooms->count; i++)
        minor += share(&rooms->list[i], counted_pieces(aftersale, rooms, &rooms->list[i]));
    return minor;
}

/* All of the line where the money covers all of it, or the pieces that it covers. */
static int64_t pieces_of(const struct aftersale *aftersale, const struct rooms *rooms, const struct room *room)
{
    bool covers = aftersale->platform_minor >= rooms->minor ||
                  (are_counted(aftersale, rooms) && aftersale->platform_minor >= counted_minor(aftersale, rooms));
    return strcmp(aftersale->kind, "refund") != 0 || covers ? counted_pieces(aftersale, rooms, room) : 0;
}

/* In proportion to what is left of each, to the cent. */
static int spread(struct office *office, const struct aftersale *aftersale, const struct rooms *rooms, int64_t minor)
{
    int64_t before = 0, given = 0;
    int result = 0;
    for (size_t i = 0; i < rooms->count && !result; i++) {
        const struct room *room = &rooms->list[i];
        before += room->minor;
        int64_t upto = rooms->minor > 0 ? portion(minor, before, rooms->minor) : 0;
        int64_t pieces = pieces_of(aftersale, rooms, room);
        if (pieces > 0 || upto > given)
            result = insert(office, aftersale, room, pieces, upto - given, NULL);
        given = upto;
    }
    return result;
}

static int forget(struct office *office, const char *number)
{
    return sql_run(office->sql, "DELETE FROM aftersale_line WHERE number = ?1", sql_text(number));
}

static int say_trouble(struct office *office, const struct aftersale *aftersale, const struct rooms *rooms,
                       int64_t beyond, struct error *error)
{
    char sentence[200] = "";
    if (rooms->count == 0)
        snprintf(sentence, sizeof(sentence), "its order has no line \"%s\"", aftersale->platform_line);
    else if (beyond > 0)
        snprintf(sentence, sizeof(sentence), "the platform says %" PRId64 " more than is left of what was paid",
                 beyond);
    else if (strcmp(aftersale->platform_state, "unknown") == 0)
        snprintf(sentence, sizeof(sentence), "the platform's status is not known here");
    return aftersale_trouble(office, aftersale->number, sentence, error);
}

int aftersale_claim_platform(struct office *office, struct aftersale *aftersale, struct error *error)
{
    CLEANUP_ROOMS struct rooms rooms = {0};
    int64_t minor, freight;
    int result = load_whole(office, aftersale, &minor, &freight, error);
    if (result)
        return result;
    result = forget(office, aftersale->number);
    if (!result)
        result = load_rooms(office, aftersale, &rooms);
    int64_t most = rooms.minor < minor ? rooms.minor : minor;
    int64_t goods = aftersale->platform_minor < most ? aftersale->platform_minor : most > 0 ? most : 0;
    if (!result)
        result = spread(office, aftersale, &rooms, goods);
    if (result)
        return office_failed(office->sql, result, error);
    int64_t left = aftersale->platform_minor - goods;
    most = freight < minor - goods ? freight : minor - goods;
    int64_t of_freight = left < most ? left : most > 0 ? most : 0;
    result = put_freight(office, aftersale, of_freight, error);
    return result ? result : say_trouble(office, aftersale, &rooms, left - of_freight, error);
}

/* ---------------------------------------------------------------- all that is left, and what came back */

typedef int count_pieces(struct office *office, const struct aftersale *aftersale, const struct room *room,
                         int64_t *ret);

/* Each line anew, with its share of the money, as far as there is any. */
static int claim_each(struct office *office, struct aftersale *aftersale, count_pieces *count, struct error *error)
{
    CLEANUP_ROOMS struct rooms rooms = {0};
    int64_t minor, freight;
    int result = load_whole(office, aftersale, &minor, &freight, error);
    if (result)
        return result;
    result = forget(office, aftersale->number);
    if (!result)
        result = load_rooms(office, aftersale, &rooms);
    for (size_t i = 0; i < rooms.count && !result; i++) {
        const struct room *room = &rooms.list[i];
        int64_t pieces = 0;
        result = count(office, aftersale, room, &pieces);
        int64_t cost = pays(aftersale) ? share(room, pieces) : 0, amount = cost < minor ? cost : minor > 0 ? minor : 0;
        minor -= amount;
        if (!result && pieces > 0)
            result = insert(office, aftersale, room, pieces, amount, NULL);
    }
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Of an item, and no line's yet. */
static int count_came(struct office *office, const struct aftersale *aftersale, const struct room *room, int64_t *ret)
{
    int result =
        sql_number(office->sql, ret,
                   "SELECT coalesce((SELECT sum(received) FROM aftersale_goods WHERE number = ?1 AND sku = ?2), 0) -"
                   " coalesce((SELECT sum(quantity) FROM aftersale_line WHERE number = ?1 AND sku = ?2), 0)",
                   sql_text(aftersale->number), sql_text(room->sku));
    *ret = *ret < room->pieces ? *ret : room->pieces;
    return result;
}

static int count_left(struct office *office, const struct aftersale *aftersale, const struct room *room, int64_t *ret)
{
    (void)office;
    *ret = most_pieces(aftersale, room);
    return 0;
}

int aftersale_claim_goods(struct office *office, struct aftersale *aftersale, struct error *error)
{
    return claim_each(office, aftersale, count_came, error);
}

int aftersale_claim_all(struct office *office, struct aftersale *aftersale, struct error *error)
{
    return claim_each(office, aftersale, count_left, error);
}

/* ---------------------------------------------------------------- sums, and less than was claimed */

int aftersale_total(struct office *office, const struct aftersale *aftersale, int64_t *ret, struct error *error)
{
    int result =
        sql_number(office->sql, ret, "SELECT coalesce(sum(amount_minor), 0) FROM aftersale_line WHERE number = ?1",
                   sql_text(aftersale->number));
    *ret += aftersale->freight_minor;
    return result ? office_failed(office->sql, result, error) : 0;
}

static int put_line(struct office *office, const struct aftersale *aftersale, int64_t line, int64_t quantity,
                    int64_t minor)
{
    return sql_run(office->sql,
                   "UPDATE aftersale_line SET quantity = ?3, amount_minor = ?4 WHERE number = ?1 AND line = ?2",
                   sql_text(aftersale->number), sql_int(line), sql_int(quantity), sql_int(minor));
}

int aftersale_cut(struct office *office, struct aftersale *aftersale, int64_t total_minor, struct error *error)
{
    int64_t total;
    int result = aftersale_total(office, aftersale, &total, error);
    if (result)
        return result;
    int64_t beyond = total - total_minor;
    if (beyond < 0)
        return error_set(error, -ERANGE, "case \"%s\" claims %" PRId64 ", and no more than that can be settled",
                         aftersale->number, total);
    int64_t of_freight = beyond < aftersale->freight_minor ? beyond : aftersale->freight_minor;
    result = put_freight(office, aftersale, aftersale->freight_minor - of_freight, error);
    beyond -= of_freight;
    struct sql_query *row = sql_select(
        office->sql, "SELECT line, quantity, amount_minor FROM aftersale_line WHERE number = ?1 ORDER BY line DESC",
        sql_text(aftersale->number));
    while (!result && beyond > 0 && sql_next(row)) {
        int64_t amount = sql_get_int(row, 2), off = beyond < amount ? beyond : amount;
        beyond -= off;
        result = put_line(office, aftersale, sql_get_int(row, 0), sql_get_int(row, 1), amount - off);
    }
    int failed = sql_done(row);
    return result || failed ? office_failed(office->sql, result ? result : failed, error) : 0;
}

/* Lines of one item share what came of it, the first ones first. */
int aftersale_cut_to_goods(struct office *office, struct aftersale *aftersale, struct error *error)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT x.line, x.quantity, x.amount_minor, coalesce(g.received, 0) - coalesce((SELECT sum(y.quantity) FROM"
        " aftersale_line y WHERE y.number = x.number AND y.sku = x.sku AND y.line < x.line), 0) FROM aftersale_line x"
        " LEFT JOIN aftersale_goods g ON g.number = x.number AND g.sku = x.sku WHERE x.number = ?1 ORDER BY x.line "
        "DESC",
        sql_text(aftersale->number));
    int result = 0;
    while (!result && sql_next(row)) {
        int64_t quantity = sql_get_int(row, 1), amount = sql_get_int(row, 2), came = sql_get_int(row, 3);
        came = came > 0 ? came : 0;
        if (came < quantity)
            result = put_line(office, aftersale, sql_get_int(row, 0), came, portion(amount, came, quantity));
    }
    int failed = sql_done(row);
    return result || failed ? office_failed(office->sql, result ? result : failed, error) : 0;
}
