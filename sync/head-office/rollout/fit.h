/* Does the system fit a warehouse, and how should it work there: from answers about the business to flows, stations,
 * hardware and settings, each with the figures that speak for it, and gaps, each with what to do. Pure: tables of
 * questions, figures and rules (fit_tables.c), no database. Rates of people are this program's own assumptions
 * (fit_rates) unless the answers bring measured ones: a parallel run measures them. */
#ifndef HEAD_OFFICE_FIT_H
#define HEAD_OFFICE_FIT_H

#include "base/buf.h"
#include "base/option.h"

struct fit_answers {
    char name[257];
    /* orders */
    int64_t orders_day, peak_percent, skus, lines_100, pieces_100, singles_percent;
    /* the building and its people */
    int64_t workers, hours_day, bins, floors;
    /* the goods */
    bool expiry, lots, serials, by_weight, hazards, cold;
    /* what there is */
    int64_t scanners, printers, scales;
    char devices[513], platforms[257], carriers[257];
    char link[12], erp[12];
    bool conveyors, robots, export_goods, pallets_out;
    /* measured: 0, the assumption counts */
    int64_t lines_hour, parcels_hour;
};

/* Questions in the order they are asked; the table of the verb, too. */
extern const struct option_def fit_fields[];

/* What people read of a question: its step of the wizard, and its words. Ends with a name of NULL; one for each field.
 */
struct fit_question {
    const char *name, *step, *english, *chinese;
};
extern const struct fit_question fit_questions[];

/* {code, words} of the steps, in their order; NULL-ended. */
struct fit_words {
    const char *code, *english, *chinese;
};
extern const struct fit_words fit_steps[];

/* Reckoned from the answers. X(name, english, chinese) */
#define FIT_FIGURES(X)                                                                                                 \
    X(orders_day, "orders a day", "日均订单")                                                                          \
    X(orders_peak, "orders on the busiest day", "峰值日订单")                                                          \
    X(lines_hour, "order lines an hour, at the peak", "峰值每小时订单行")                                              \
    X(parcels_hour, "parcels an hour, at the peak", "峰值每小时包裹")                                                  \
    X(skus, "items", "商品数")                                                                                         \
    X(lines_100, "lines of 100 orders", "百单行数")                                                                    \
    X(pieces_100, "pieces of 100 lines", "百行件数")                                                                   \
    X(singles_percent, "percent of orders with one piece", "单品单件订单占比 (%)")                                     \
    X(singles_day, "orders of one piece on the busiest day", "峰值日单件订单")                                         \
    X(lines_of_sku, "lines of one item in a day, of 100 items", "每百商品日均行数")                                    \
    X(workers, "workers of a shift", "每班人数")                                                                       \
    X(bins, "bins", "库位数")                                                                                          \
    X(bins_of_sku, "bins of 100 items", "每百商品库位数")                                                              \
    X(floors, "floors", "楼层")                                                                                        \
    X(pickers, "pickers needed", "所需拣货人数")                                                                       \
    X(packers, "packers needed", "所需打包人数")                                                                       \
    X(people_short, "people short at the peak", "峰值缺少人数")                                                        \
    X(benches, "packing stations needed", "所需打包台")                                                                \
    X(scanners_need, "scanners needed", "所需扫码枪")                                                                  \
    X(scanners_short, "scanners short", "缺少扫码枪")                                                                  \
    X(printers_need, "label printers needed", "所需面单打印机")                                                        \
    X(printers_short, "label printers short", "缺少面单打印机")                                                        \
    X(scales_need, "scales needed", "所需电子秤")                                                                      \
    X(scales_short, "scales short", "缺少电子秤")                                                                      \
    X(cluster_totes, "totes of a cluster", "每车周转箱")                                                               \
    X(wall_slots, "slots of a put-wall", "播种墙格口")                                                                 \
    X(expiry, "goods expire", "有保质期")                                                                              \
    X(lots, "goods have lots", "有批次")                                                                               \
    X(serials, "goods have serial numbers", "有序列号")                                                                \
    X(by_weight, "goods are sold by weight", "称重商品")                                                               \
    X(hazards, "dangerous goods", "危险品")                                                                            \
    X(cold, "cold store", "冷库")                                                                                      \
    X(conveyors, "conveyors or sorters", "输送线或分拣机")                                                             \
    X(robots, "robots", "机器人")                                                                                      \
    X(export_goods, "parcels to other countries", "跨境包裹")                                                          \
    X(pallets_out, "whole pallets leave", "整托出库")                                                                  \
    X(link_down, "the link is often down", "网络常中断")                                                               \
    X(no_link, "there is no link", "无网络")                                                                           \
    X(erp_files, "another system brings files", "外部系统以文件对接")                                                  \
    X(erp_api, "another system uses the API", "外部系统以接口对接")                                                    \
    X(unknown_platforms, "platforms without a connector", "未接入的平台")                                              \
    X(unknown_devices, "devices that are in no list of models", "不在型号清单的设备")                                  \
    X(carriers, "carriers", "快递公司数")

enum fit_figure {
#define X(name, english, chinese) FIT_##name,
    FIT_FIGURES(X)
#undef X
        FIT_FIGURE_COUNT
};

struct fit_check {
    int64_t figures[FIT_FIGURE_COUNT];
    char platforms[257], devices[513]; /* those that are not known, by commas */
};

enum fit_kind { FIT_FLOW, FIT_STATION, FIT_HARDWARE, FIT_SETTING, FIT_GAP, FIT_KINDS };

#define FIT_CONDITIONS_MAX 3

struct fit_condition {
    enum fit_figure figure;
    char operator; /* '>': at least; '<': at most; 0: the end */
    int64_t limit;
};

/* What is proposed when all its conditions hold. */
struct fit_rule {
    enum fit_kind kind;
    const char *code;
    struct fit_condition all[FIT_CONDITIONS_MAX];
    int figure;        /* whose value is proposed; -1: value */
    int64_t value;     /* -1: it has none */
    const char *where; /* of settings: site or office */
    const char *english, *chinese;
    const struct fit_words *source; /* NULL: none */
};

extern const struct fit_rule fit_rules[]; /* ends with a code of NULL */

/* -EINVAL: an answer contradicts another; the sentence says which. known_device(): whether a device of this name is in
 * the list of models. */
typedef bool fit_known_fn(void *user, const char *name);
int fit_reckon(const struct fit_answers *answers, fit_known_fn *known_platform, fit_known_fn *known_device, void *user,
               struct fit_check *ret, struct error *error);

bool fit_holds(const struct fit_rule *rule, const struct fit_check *check);

/* {"figures": {...}, "findings": [{"kind", "code", "english", "chinese", "value", "because": [...], "source"}]} */
void fit_write(const struct fit_check *check, const char *key, struct buf *json);

/* Codes of what is proposed of a kind, by commas, and how many there are. */
int64_t fit_codes(const struct fit_check *check, enum fit_kind kind, struct buf *text);

/* {"steps": [{"step", "english", "chinese", "questions": [{"name", "type", ..., "english", "chinese"}]}]} */
void fit_write_questions(struct buf *json);

#endif
