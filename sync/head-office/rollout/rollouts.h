/* A roll-out at a site: its steps, who has seen to each, and what head office can tell of it by itself, the evidence.
 * A step is done when a person says so; where the evidence lacks something, he must say why. */
#ifndef HEAD_OFFICE_ROLLOUTS_H
#define HEAD_OFFICE_ROLLOUTS_H

#include "sync/head-office/office.h"

/* A count of facts of r.site, the site of a roll-out. */
#define ROLLOUT_FACT(name)                                                                                             \
    "(SELECT coalesce(sum(f.times), 0) FROM site_fact f WHERE f.site = r.site AND f.fact = '" name "')"
#define ROLLOUT_KINDS(name) "(SELECT count(*) FROM site_fact f WHERE f.site = r.site AND f.fact = '" name "')"

/* X(step, english, chinese, evidence, what it counts in both languages, how much is wanted at least), in the order in
 * which they are gone through. */
#define ROLLOUT_STEPS(X)                                                                                               \
    X(survey, "Look at the business: fit check", "需求调研与适配评估",                                                 \
      "(SELECT count(*) FROM rollout o WHERE o.site = r.site AND o.fit_check IS NOT NULL)",                            \
      "fit check of the roll-out", "已关联适配评估", "1")                                                              \
    X(items, "Items and barcodes are taken in", "导入商品与条码",                                                      \
      "(SELECT count(*) FROM item i WHERE EXISTS (SELECT 1 FROM barcode b WHERE b.sku = i.sku))",                      \
      "items with a barcode", "有条码的商品", "1")                                                                     \
    X(places, "Bins, docks and gates are taken in, and labelled", "导入并张贴库位",                                    \
      "(SELECT count(*) FROM location l WHERE l.site = r.site)", "places", "库位", "1")                                \
    X(people, "Workers have badges", "员工建档发卡", "(SELECT count(*) FROM worker w WHERE w.active = 1)",             \
      "workers with a good badge", "有效工牌", "1")                                                                    \
    X(box, "The box stands, and head office hears it", "设备就位并联通总部",                                           \
      "(SELECT count(*) FROM site t WHERE t.id = r.site AND t.last_seen_us IS NOT NULL)", "the site was heard",        \
      "已收到站点消息", "1")                                                                                           \
    X(devices, "Scanners, printers and scales belong to their stations", "扫码枪、打印机、秤绑定工位",                 \
      ROLLOUT_KINDS("device"), "kinds of devices bound", "已绑定设备类别", "2")                                        \
    X(labels, "Labels of every carrier came out and were scanned", "各快递面单试打",                                   \
      ROLLOUT_FACT("label") " + " ROLLOUT_FACT("label_proved"), "labels that came out", "已出面单", "1")               \
    X(training, "People are trained", "员工培训",                                                                      \
      "(SELECT count(DISTINCT n.worker) FROM training n WHERE n.site = r.site)", "workers who have passed a lesson",   \
      "通过课程的员工", "1")                                                                                           \
    X(opening_stock, "Opening stock is taken in", "期初库存导入", ROLLOUT_FACT("opening_stock"), "lines of stock",     \
      "库存行", "1")                                                                                                   \
    X(count, "The bins were counted", "上线盘点", ROLLOUT_FACT("counted"), "counts", "盘点次数", "1")                  \
    X(parallel_run, "A parallel run without differences", "并行试运行无差异",                                          \
      "(SELECT count(DISTINCT t.day) FROM trial_run t WHERE t.site = r.site AND NOT EXISTS (SELECT 1 FROM trial_run d" \
      " WHERE d.site = t.site AND d.day >= t.day AND d.matching < d.compared))",                                       \
      "last days compared without a difference", "最近无差异对比天数", "3")                                            \
    X(go_live, "Orders leave by it", "正式上线", ROLLOUT_FACT("parcel"), "parcels that left", "已发包裹", "1")         \
    X(first_week, "The first week was looked at", "首周复盘",                                                          \
      "(SELECT count(*) FROM site_day d WHERE d.site = r.site AND d.parcels > 0)", "days on which parcels left",       \
      "发货天数", "5")

/* -ENOENT: no such site or fit check; -EEXIST: it has begun already. fit_check 0: none. Inside a transaction. */
int rollouts_start(struct office *office, const char *site, int64_t fit_check, const char *who, struct error *error);

struct rollout_word {
    const char *site, *step, *state, *note, *who;
};

/* -ENOENT: no roll-out, or no such step; -EINVAL: it is called done, the evidence is not enough, and no note says why.
 * Inside a transaction. */
int rollouts_step(struct office *office, const struct rollout_word *word, struct error *error);

#endif
