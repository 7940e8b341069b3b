/* A year of business by a seed: what shops sold, what sites sent, what came back. Rows are made month by month; what
 * follows from them (whose orders they are, the books) the program itself finds, as serve would. */
#include "year.h"

#include "base/clock.h"
#include "sync/head-office/books/money_post.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/figures/buyers.h"
#include "sync/head-office/improve/improve.h"
#include "sync/wire/line.h"
#include "unit/chance.h"

#define MONTHS     12
#define DAY_US     INT64_C(86400000000)
#define MINUTE_US  INT64_C(60000000)
#define SKUS       20000
#define YEAR_SITES 3
#define LINES_MAX  4
#define AT_ONCE    500  /* facts of a transaction of the books */
#define PER_COMMIT 2000 /* orders of one that is filled */

static const struct {
    const char *code, *platform;
    int share; /* of a hundred orders */
} shops[] = {{"tb", "taobao", 35}, {"jd", "jd", 20}, {"pdd", "pdd", 20}, {"dy", "douyin", 15}, {"ks", "kuaishou", 10}};

static const char *const sites[YEAR_SITES] = {"hz", "gz", "cd"};

static const char *const provinces[] = {"广东省", "浙江省", "江苏省", "上海市", "北京市", "山东省", "四川省",
                                        "河南省", "湖北省", "福建省", "湖南省", "安徽省", "陕西省", "辽宁省"};

/* What a day sells beside a usual one, in hundredths, by the month; weekends are better, and there are two great days.
 */
static const int months[MONTHS] = {90, 60, 85, 90, 100, 140, 90, 90, 100, 100, 170, 125};

struct year {
    struct office office;
    int64_t from_us, orders, buyers, arrival, done;
    int64_t events[YEAR_SITES];
    int64_t fill_us, follow_us;
};

struct sale {
    int64_t number, buyer, at_us, goods_minor, freight_minor, discount_minor;
    int shop, site, lines;
    bool closed, returned;
    struct {
        int64_t sku, quantity, price_minor;
    } line[LINES_MAX];
};

/* Few have much: the product of two draws. */
static int64_t few(int64_t limit)
{
    return chance(limit) * chance(limit) / limit;
}

static void run(struct year *year, int result)
{
    must(result, sql_message(year->office.sql));
}

static int64_t price_of(int64_t sku)
{
    return 990 + sku * 37 % 20000;
}

/* ---------------------------------------------------------------- what is there before */

static void add_masters(struct year *year)
{
    struct sql *sql = year->office.sql;
    for (int i = 0; i < YEAR_SITES; i++)
        run(year, sql_post(sql, "INSERT INTO site (id, name, box, added_us, last_seen_us) VALUES (?1, ?1, ?1, 0, ?2)",
                           sql_text(sites[i]), sql_int(year->from_us)));
    for (size_t i = 0; i < COUNT(shops); i++)
        run(year, sql_post(sql, "INSERT INTO shop (code, platform, name, carrier) VALUES (?1, ?2, ?1, 'SF')",
                           sql_text(shops[i].code), sql_text(shops[i].platform)));
    for (int64_t i = 0; i < SKUS; i++) {
        char sku[TEXT_SIZE];
        snprintf(sku, sizeof(sku), "SKU-%05d", (int)i);
        run(year, sql_post(sql, "INSERT INTO item (sku, name, weight_g, rev) VALUES (?1, ?1, ?2, 1)", sql_text(sku),
                           sql_int(50 + i % 900)));
        run(year, sql_post(sql, "INSERT INTO cost_item (sku, method, usual_minor) VALUES (?1, 'average', ?2)",
                           sql_text(sku), sql_int(price_of(i) * 55 / 100)));
        for (int s = 0; s < YEAR_SITES; s++)
            run(year, sql_post(sql, "INSERT INTO stock (site, location, sku, quantity) VALUES (?1, ?2, ?2, ?3)",
                               sql_text(sites[s]), sql_text(sku), sql_int(chance(400))));
    }
}

/* ---------------------------------------------------------------- orders */

static int draw_shop(void)
{
    int64_t at = chance(100);
    int shop = 0;
    while (at >= shops[shop].share)
        at -= shops[shop++].share;
    return shop;
}

static void draw_sale(struct year *year, int64_t day_us, struct sale *ret)
{
    *ret = (struct sale){.number = year->done,
                         .shop = draw_shop(),
                         .site = (int)few(YEAR_SITES),
                         .buyer = few(year->buyers),
                         .lines = 1 + (int)few(LINES_MAX),
                         .at_us = day_us + chance(DAY_US / 1000000) * 1000000,
                         .closed = chance(100) < 3,
                         .returned = chance(100) < 6};
    for (int i = 0; i < ret->lines; i++) {
        ret->line[i].sku = few(SKUS);
        ret->line[i].quantity = 1 + few(3);
        ret->line[i].price_minor = price_of(ret->line[i].sku);
        ret->goods_minor += ret->line[i].quantity * ret->line[i].price_minor;
    }
    ret->freight_minor = ret->goods_minor < 9900 ? 800 : 0;
    ret->discount_minor = ret->goods_minor >= 30000 ? 3000 : 0;
}

static void name_sale(const struct sale *sale, char out[TEXT_SIZE])
{
    snprintf(out, TEXT_SIZE, "%s-%08d", shops[sale->shop].code, (int)sale->number);
}

static void put_lines(struct year *year, const struct sale *sale, const char *number)
{
    int64_t left = sale->discount_minor;
    for (int i = 0; i < sale->lines; i++) {
        char sku[TEXT_SIZE];
        int64_t quantity = sale->line[i].quantity, sent = sale->closed ? 0 : quantity;
        int64_t full = quantity * sale->line[i].price_minor;
        int64_t off = i + 1 == sale->lines ? left : sale->discount_minor * full / sale->goods_minor;
        left -= off;
        snprintf(sku, sizeof(sku), "SKU-%05d", (int)sale->line[i].sku);
        run(year,
            sql_post(year->office.sql,
                     "INSERT INTO order_line (number, line, sku, quantity, picked, packed, shipped, platform_line,"
                     " title, price_minor, paid_minor) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5, ?6, ?3, ?7, ?8)",
                     sql_text(number), sql_int(i + 1), sql_text(sku), sql_int(quantity), sql_int(sent),
                     sql_text((const char *[]){"1", "2", "3", "4"}[i]), sql_int(sale->line[i].price_minor),
                     sql_int(full - off)));
    }
}

static void put_order(struct year *year, const struct sale *sale, const char *number)
{
    char buyer[TEXT_SIZE], phone[TEXT_SIZE], waybill[TEXT_SIZE];
    int64_t person = sale->buyer / 2; /* two accounts of each */
    snprintf(buyer, sizeof(buyer), "b%d", (int)sale->buyer);
    snprintf(phone, sizeof(phone), "138%08d", (int)person);
    snprintf(waybill, sizeof(waybill), "SF%010d", (int)sale->number);
    run(year,
        sql_post(year->office.sql,
                 "INSERT INTO orders (number, platform, carrier, waybill, priority, receiver_name, receiver_phone,"
                 " receiver_address, state, site, imported_us, shop, platform_order, placed_us, paid_us, ship_by_us,"
                 " modified_us, buyer, province, city, goods_minor, freight_minor, discount_minor, paid_minor, reason)"
                 " VALUES (?1, ?2, 'SF', ?3, 0, '王小明', ?4, '文一西路 969 号', ?5, ?6, ?7, ?8, ?1, ?7, CAST(?7 AS"
                 " BIGINT) + 60000000, CAST(?7 AS BIGINT) + 172800000000, ?7, ?9, ?10, '市', ?11, ?12, ?13, ?14, ?15)",
                 sql_text(number), sql_text(shops[sale->shop].platform), sql_text(waybill), sql_text(phone),
                 sql_text(sale->closed ? "closed" : "finished"), sql_text(sites[sale->site]), sql_int(sale->at_us),
                 sql_text(shops[sale->shop].code), sql_text(buyer),
                 sql_text(provinces[person % (int64_t)COUNT(provinces)]), sql_int(sale->goods_minor),
                 sql_int(sale->freight_minor), sql_int(sale->discount_minor),
                 sql_int(sale->goods_minor + sale->freight_minor - sale->discount_minor),
                 sql_text(sale->closed ? "buyer" : NULL)));
    run(year, persons_note_order(year->office.sql, number));
}

/* ---------------------------------------------------------------- what the site did, and what came back */

static void put_shipped(struct year *year, const struct sale *sale, const char *number)
{
    char line[1024], time[CLOCK_TEXT_SIZE], id[TEXT_SIZE], sequence[WIRE_SEQUENCE_SIZE];
    const char *site = sites[sale->site];
    int64_t seq = ++year->events[sale->site], sent_us = sale->at_us + (6 + chance(60)) * 60 * MINUTE_US;
    clock_format(sent_us, time);
    snprintf(id, sizeof(id), "%s-%d", site, (int)seq);
    wire_sequence_write(sequence, 1, seq);
    snprintf(
        line, sizeof(line),
        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"" WIRE_SITE_SOURCE "%s\",\"type\":"
        "\"io.floorhand.parcel.shipped.v1\",\"subject\":\"order/%s\",\"time\":\"%s\",\"sequence\":\"%s\",\"data\":{"
        "\"order\":\"%s\",\"parcel\":\"%s-1\",\"manifest\":\"M\",\"carrier\":\"SF\"}}",
        id, site, number, time, sequence, number, number);
    run(year,
        sql_post(year->office.sql,
                 "INSERT INTO event (arrival, site, epoch, seq, id, type, subject, time, line, hash) VALUES (?1, ?2,"
                 " 1, ?3, ?4, 'parcel.shipped', 'order/' || CAST(?5 AS TEXT), ?6, ?7, ?8)",
                 sql_int(++year->arrival), sql_text(site), sql_int(seq), sql_text(id), sql_text(number), sql_text(time),
                 sql_text(line), sql_blob(line, 32)));
    run(year, sql_post(year->office.sql,
                       "INSERT INTO parcel (number, parcel, box, waybill, labels, manifest, carrier) VALUES (?1, ?1 ||"
                       " '-1', 'BOX-S', 'SF' || ?1, 1, 'M', 'SF')",
                       sql_text(number)));
    const struct {
        const char *act, *before, *after;
        int64_t after_us;
    } acts[] = {{"reserved", "audit", "reserved", MINUTE_US},
                {"released", "reserved", "released", 10 * MINUTE_US},
                {"finished", "shipped", "finished", 15 * DAY_US}};
    for (size_t i = 0; i < COUNT(acts); i++)
        run(year,
            sql_post(year->office.sql,
                     "INSERT INTO order_history (number, time_us, act, before, after, who) VALUES (?1, ?2, ?3, ?4,"
                     " ?5, '')",
                     sql_text(number), sql_int(sale->at_us + acts[i].after_us), sql_text(acts[i].act),
                     sql_text(acts[i].before), sql_text(acts[i].after)));
}

/* One piece of the first line, at what was paid for it. */
static void put_return(struct year *year, const struct sale *sale, const char *number)
{
    char name[2 * TEXT_SIZE], sku[TEXT_SIZE];
    int64_t back_us = sale->at_us + 7 * DAY_US, minor = sale->line[0].price_minor * 9 / 10;
    snprintf(name, sizeof(name), "R-%s", number);
    snprintf(sku, sizeof(sku), "SKU-%05d", (int)sale->line[0].sku);
    run(year, sql_post(year->office.sql,
                       "INSERT INTO aftersale (number, kind, state, goods, order_number, reason, shop, asked_us,"
                       " changed_us) VALUES (?1, 'return', 'settled', 'left', ?2, ?3, ?4, ?5, ?5)",
                       sql_text(name), sql_text(number),
                       sql_text((const char *[]){"broken", "wrong item", "late", "no longer wanted"}[chance(4)]),
                       sql_text(shops[sale->shop].code), sql_int(back_us)));
    run(year, sql_post(year->office.sql,
                       "INSERT INTO aftersale_line (number, line, sku, quantity, amount_minor) VALUES (?1, 1, ?2, 1,"
                       " ?3)",
                       sql_text(name), sql_text(sku), sql_int(minor)));
    run(year, sql_post(year->office.sql,
                       "INSERT INTO refund_due (number, order_number, currency, amount_minor, freight_minor, reason,"
                       " state, approved_by, approved_us, paid_by, paid_us) VALUES (?1, ?2, 'CNY', ?3, 0, 'returned',"
                       " 'paid', 'ann', ?4, 'platform', ?4)",
                       sql_text(name), sql_text(number), sql_int(minor), sql_int(back_us)));
}

static void put_sale(struct year *year, int64_t day_us)
{
    struct sale sale;
    char number[TEXT_SIZE];
    draw_sale(year, day_us, &sale);
    name_sale(&sale, number);
    put_order(year, &sale, number);
    put_lines(year, &sale, number);
    if (!sale.closed)
        put_shipped(year, &sale, number);
    if (!sale.closed && sale.returned)
        put_return(year, &sale, number);
    if (chance(100) < 2)
        run(year, sql_post(year->office.sql,
                           "INSERT INTO exception (number, kind, raised_us, released_us, released_by) VALUES (?1,"
                           " 'address', ?2, CAST(?2 AS BIGINT) + 3600000000, 'ann')",
                           sql_text(number), sql_int(sale.at_us)));
    year->done++;
}

/* ---------------------------------------------------------------- a month */

static int64_t weight_of(int month, int day)
{
    bool great = (month == 5 && day == 17) || (month == 10 && day == 10);
    return months[month] * (day % 7 >= 5 ? 13 : 10) * (great ? 4 : 1);
}

static int days_of(int month)
{
    return (const int[MONTHS]){31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month];
}

static int64_t weight_of_year(void)
{
    int64_t sum = 0;
    for (int month = 0; month < MONTHS; month++)
        for (int day = 0; day < days_of(month); day++)
            sum += weight_of(month, day);
    return sum;
}

static void begin(struct year *year)
{
    struct error error = {0};
    must(office_begin(&year->office, &error), error.text);
}

static void commit(struct year *year)
{
    struct error error = {0};
    must(office_commit(&year->office, &error), error.text);
}

/* What serve does by itself. */
static void follow(struct year *year)
{
    struct error error = {0};
    struct persons_work persons;
    struct money_work money;
    struct figure_work figures;
    struct improve_work improve;
    do
        must(persons_work(&year->office, AT_ONCE, &persons, &error), error.text);
    while (persons.more);
    do
        must(money_work(&year->office, AT_ONCE, &money, &error), error.text);
    while (money.more);
    do {
        figures = (struct figure_work){0};
        must(floor_work(&year->office, AT_ONCE, &figures, &error), error.text);
        must(buyers_work(&year->office, AT_ONCE, &figures, &error), error.text);
    } while (figures.more);
    do
        must(improve_work(&year->office, AT_ONCE, &improve, &error), error.text);
    while (improve.more);
}

static void play_month(struct year *year, int month, int64_t *day_us, int64_t whole)
{
    int64_t start_us = clock_mono_us(), before = year->done;
    begin(year);
    for (int day = 0; day < days_of(month); day++, *day_us += DAY_US) {
        int64_t orders = year->orders * weight_of(month, day) / whole;
        for (int64_t i = 0; i < orders; i++) {
            put_sale(year, *day_us);
            if (year->done % PER_COMMIT == 0) {
                commit(year);
                begin(year);
            }
        }
    }
    commit(year);
    int64_t filled_us = clock_mono_us();
    year->office.now_us = *day_us;
    follow(year);
    year->fill_us += filled_us - start_us;
    year->follow_us += clock_mono_us() - filled_us;
    fprintf(stderr, "month %2d: %7d orders written in %.1f s, what follows in %.1f s\n", month + 1,
            (int)(year->done - before), (double)(filled_us - start_us) / 1e6,
            (double)(clock_mono_us() - filled_us) / 1e6);
}

int year_fill(const char *path, int64_t orders, int64_t seed)
{
    struct year year = {.orders = orders, .buyers = orders / 3 + 2, .from_us = YEAR_FROM_US};
    int64_t day_us = year.from_us;
    chance_state = 2 * (uint64_t)seed + 1; /* never 0 */
    bench_open(path, &year.office);
    year.office.now_us = year.from_us;
    begin(&year);
    add_masters(&year);
    commit(&year);
    for (int month = 0; month < MONTHS; month++)
        play_month(&year, month, &day_us, weight_of_year());
    printf("{\"orders\": %lld, \"fill_s\": %.3f, \"follow_s\": %.3f}\n", (long long)year.done,
           (double)year.fill_us / 1e6, (double)year.follow_us / 1e6);
    sql_close(year.office.sql);
    return 0;
}
