/* What the fit check asks, and what it proposes: tables alone. */
#include "sync/head-office/rollout/fit.h"

#define TEXT(member)   #member, OPTION_TEXT_AT(struct fit_answers, member)
#define NUMBER(member) #member, OPTION_NUMBER_AT(struct fit_answers, member)
#define CHOICE(member) #member, OPTION_CHOICE_AT(struct fit_answers, member)
#define FLAG(member)   #member, OPTION_FLAG_AT(struct fit_answers, member), .fallback = "no"
#define MANY           10000000

const struct option_def fit_fields[] = {
    {TEXT(name), .help = "the customer or the warehouse"},
    {NUMBER(orders_day), .min = 1, .max = MANY, .help = "orders on an ordinary day"},
    {NUMBER(peak_percent), .fallback = "300", .min = 100, .max = 10000,
     .help = "the busiest day, in percent of an ordinary one"},
    {NUMBER(skus), .min = 1, .max = MANY, .help = "items that are in stock"},
    {NUMBER(lines_100), .fallback = "150", .min = 100, .max = 100000, .help = "different items in 100 orders"},
    {NUMBER(pieces_100), .fallback = "120", .min = 100, .max = 100000, .help = "pieces of 100 such lines"},
    {NUMBER(singles_percent), .fallback = "50", .min = 0, .max = 100, .help = "percent of the orders with one piece"},
    {NUMBER(workers), .min = 1, .max = 10000, .help = "people who pick and pack at the same time"},
    {NUMBER(hours_day), .fallback = "8", .min = 1, .max = 24, .help = "hours in which the orders of a day leave"},
    {NUMBER(bins), .min = 1, .max = MANY, .help = "places that goods lie in"},
    {NUMBER(floors), .fallback = "1", .min = 1, .max = 50, .help = "floors or halls that goods are picked on"},
    {FLAG(expiry), .help = "goods have a last day"},
    {FLAG(lots), .help = "goods are told apart by lots"},
    {FLAG(serials), .help = "each piece has a number of its own"},
    {FLAG(by_weight), .help = "goods are sold by weight, or parcels must be weighed"},
    {FLAG(hazards), .help = "dangerous goods, batteries and the like"},
    {FLAG(cold), .help = "goods that are kept cold"},
    {NUMBER(scanners), .fallback = "0", .min = 0, .max = 10000, .help = "scanners that are there"},
    {NUMBER(printers), .fallback = "0", .min = 0, .max = 10000, .help = "label printers that are there"},
    {NUMBER(scales), .fallback = "0", .min = 0, .max = 10000, .help = "scales that are there"},
    {TEXT(devices), .fallback = "", .help = "their makes and models, by commas: Zebra ZD410, Honeywell 1400g"},
    {TEXT(platforms), .fallback = "", .help = "where is sold, by commas: taobao, douyin, own"},
    {TEXT(carriers), .fallback = "", .help = "carriers, by commas"},
    {CHOICE(link), .fallback = "good", .choices = "good|unsteady|none", .help = "the way to head office"},
    {CHOICE(erp), .fallback = "none", .choices = "none|files|api", .help = "how another system is to be connected"},
    {FLAG(conveyors), .help = "conveyors, sorters or put-to-light are there"},
    {FLAG(robots), .help = "robots bring or carry goods"},
    {FLAG(export_goods), .help = "parcels that need customs papers"},
    {FLAG(pallets_out), .help = "whole pallets leave to shops or dealers"},
    {NUMBER(lines_hour), .fallback = "0", .min = 0, .max = 10000,
     .help = "lines that a picker takes in an hour, measured; 0: assumed"},
    {NUMBER(parcels_hour), .fallback = "0", .min = 0, .max = 10000,
     .help = "parcels that a packer does in an hour, measured; 0: assumed"},
    {0},
};

const struct fit_words fit_steps[] = {
    {"business", "The business", "业务情况"}, {"building", "The building and its people", "场地与人员"},
    {"goods", "The goods", "商品特性"},       {"devices", "Devices", "设备"},
    {"connections", "Connections", "对接"},   {0},
};

const struct fit_question fit_questions[] = {
    {"name", "business", "Customer or warehouse", "客户或仓库名称"},
    {"orders_day", "business", "Orders on an ordinary day", "平日每天多少单"},
    {"peak_percent", "business", "The busiest day, in percent of it", "大促峰值为平日的百分之几"},
    {"singles_percent", "business", "Orders with one single piece, percent", "单件订单占百分之几"},
    {"lines_100", "business", "Different items in 100 orders", "每百单共有多少行商品"},
    {"pieces_100", "business", "Pieces of 100 lines", "每百行共有多少件"},
    {"skus", "business", "Items in stock", "在库商品数 (SKU)"},
    {"workers", "building", "People who pick and pack at a time", "同时拣货打包的人数"},
    {"hours_day", "building", "Hours in which a day's orders leave", "每天发货作业小时数"},
    {"bins", "building", "Bins", "库位数量"},
    {"floors", "building", "Floors or halls", "楼层或库区数"},
    {"lines_hour", "building", "Lines a picker takes in an hour, if measured", "每人每小时拣货行数(实测)"},
    {"parcels_hour", "building", "Parcels a packer does in an hour, if measured", "每人每小时打包数(实测)"},
    {"expiry", "goods", "They expire", "有保质期"},
    {"lots", "goods", "They have lots", "按批次管理"},
    {"serials", "goods", "They have serial numbers", "按序列号管理"},
    {"by_weight", "goods", "They are sold or sent by weight", "按重量销售或需称重"},
    {"hazards", "goods", "Dangerous goods", "含危险品(电池等)"},
    {"cold", "goods", "Kept cold", "冷藏冷冻"},
    {"scanners", "devices", "Scanners", "扫码枪数量"},
    {"printers", "devices", "Label printers", "面单打印机数量"},
    {"scales", "devices", "Scales", "电子秤数量"},
    {"devices", "devices", "Makes and models", "品牌型号"},
    {"conveyors", "devices", "Conveyors or sorters", "输送线或分拣机"},
    {"robots", "devices", "Robots", "机器人"},
    {"platforms", "connections", "Platforms", "销售平台"},
    {"carriers", "connections", "Carriers", "快递公司"},
    {"link", "connections", "The link to head office", "到总部的网络"},
    {"erp", "connections", "Another system", "其他系统对接方式"},
    {"export_goods", "connections", "Parcels to other countries", "跨境包裹"},
    {"pallets_out", "connections", "Whole pallets leave", "整托出库"},
    {0},
};

/* ---------------------------------------------------------------- what is proposed */

#define WHEN(...)                                                                                                      \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }
#define LEAST(figure, limit)                                                                                           \
    {                                                                                                                  \
        FIT_##figure, '>', limit                                                                                       \
    }
#define MOST(figure, limit)                                                                                            \
    {                                                                                                                  \
        FIT_##figure, '<', limit                                                                                       \
    }
#define ALWAYS                                                                                                         \
    {                                                                                                                  \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define FLOW(code, conditions, english, chinese, source)                                                               \
    {                                                                                                                  \
        FIT_FLOW, code, conditions, -1, -1, NULL, english, chinese, source                                             \
    }
#define STATIONS(code, figure, conditions, english, chinese, source)                                                   \
    {                                                                                                                  \
        FIT_STATION, code, conditions, FIT_##figure, -1, NULL, english, chinese, source                                \
    }
#define HARDWARE(code, figure, conditions, english, chinese, source)                                                   \
    {                                                                                                                  \
        FIT_HARDWARE, code, conditions, FIT_##figure, -1, NULL, english, chinese, source                               \
    }
#define SETTING(where, code, value, conditions, english, chinese)                                                      \
    {                                                                                                                  \
        FIT_SETTING, code, conditions, -1, value, where, english, chinese, NULL                                        \
    }
#define RECKONED(where, code, figure, conditions, english, chinese)                                                    \
    {                                                                                                                  \
        FIT_SETTING, code, conditions, FIT_##figure, -1, where, english, chinese, NULL                                 \
    }
#define GAP(code, figure, conditions, english, chinese)                                                                \
    {                                                                                                                  \
        FIT_GAP, code, conditions, FIT_##figure, -1, NULL, english, chinese, NULL                                      \
    }
#define FLOOR   (&floor_source)
#define ASSUMED (&rates_source)

/* No limit here was published by anybody: they are where the flows of docs/floor.md begin to pay by the rates of
 * fit_rates.h. */
static const struct fit_words floor_source = {"floor",
                                              "an assumption of this program's about where the flow begins to pay",
                                              "本系统对流程适用界限的假设"},
                              rates_source = {"rates", "rates that this program assumes, unless they were measured",
                                              "本系统假设的作业效率,以实测为准"};

/* clang-format off */
const struct fit_rule fit_rules[] = {
    /* flows */
    FLOW("discrete", WHEN(MOST(orders_peak, 60)),
         "Pick order by order (PICK): few orders, nothing to gain by putting them together",
         "按单拣货:订单少,合并没有收益", FLOOR),
    FLOW("discrete_large", WHEN(LEAST(orders_peak, 61), LEAST(lines_100, 800)),
         "Pick large orders one by one (PICK): each fills a walk by itself",
         "大单按单拣货:一单即一趟", FLOOR),
    FLOW("cluster", WHEN(LEAST(orders_peak, 61), MOST(lines_100, 799), MOST(singles_percent, 95)),
         "Pick several orders at once into totes of their own (CLUSTER)",
         "边拣边分:一车多单", FLOOR),
    FLOW("express", WHEN(LEAST(singles_percent, 30), LEAST(singles_day, 100)),
         "Pick orders of one piece in sum and pack them straight away (express waves)",
         "爆款单件:汇总拣货,直接打包", FLOOR),
    FLOW("put_wall", WHEN(LEAST(orders_peak, 500), LEAST(lines_100, 120), LEAST(lines_of_sku, 200)),
         "Pick waves in sum and sort them at a put-wall: the same items go into many orders",
         "播种:汇总拣货后按墙分单,同品多单", FLOOR),
    FLOW("zone", WHEN(LEAST(floors, 2), LEAST(workers, 4)),
         "Pick by zones: nobody changes floors for an order",
         "分区拣货:不跨楼层", FLOOR),
    FLOW("zone_large", WHEN(MOST(floors, 1), LEAST(bins, 4000), LEAST(workers, 6)),
         "Pick by zones: ways in a house of that size cost more than passing totes on",
         "大仓分区拣货:减少往返", FLOOR),
    FLOW("replenish", WHEN(LEAST(bins_of_sku, 130)),
         "Faces to pick from and a reserve above them, filled by tasks (REPLEN)",
         "拣货位加存储位,按任务补货", FLOOR),
    FLOW("waves", WHEN(LEAST(orders_peak, 200)),
         "Plan waves by carrier and by the time it calls",
         "按承运商与截单时间计划波次", FLOOR),
    FLOW("count_cycle", ALWAYS,
         "Count bins in cycles by their ABC class, and any bin that scans make doubtful",
         "按 ABC 循环盘点,可疑库位随时盘点", FLOOR),

    /* stations */
    STATIONS("bench", benches, ALWAYS,
             "Packing stations: a screen, a scanner and a label printer each",
             "打包台:每台一屏一枪一打印机", ASSUMED),
    STATIONS("picker", pickers, ALWAYS,
             "Pickers at the peak, each with a scanner",
             "峰值拣货员,每人一枪", ASSUMED),
    STATIONS("put_wall_slots", wall_slots, WHEN(LEAST(orders_peak, 500), LEAST(lines_100, 120), LEAST(lines_of_sku, 200)),
             "Slots of the put-wall: the orders of half an hour",
             "播种墙格口:半小时订单量", ASSUMED),

    /* hardware */
    HARDWARE("scanner", scanners_need, ALWAYS,
             "Scanners: one for each picker and bench, one to spare",
             "扫码枪:拣货员与打包台各一,备用一", ASSUMED),
    HARDWARE("printer", printers_need, ALWAYS,
             "Label printers: one a bench; a label is out sooner than a parcel is packed",
             "面单打印机:每台一台,出单快于打包", ASSUMED),
    HARDWARE("scale", scales_need, WHEN(LEAST(scales_need, 1)),
             "Scales: one a bench",
             "电子秤:每打包台一台", ASSUMED),
    HARDWARE("buy_scanners", scanners_short, WHEN(LEAST(scanners_short, 1)),
             "Scanners to be bought",
             "需购置扫码枪", ASSUMED),
    HARDWARE("buy_printers", printers_short, WHEN(LEAST(printers_short, 1)),
             "Label printers to be bought",
             "需购置面单打印机", ASSUMED),
    HARDWARE("buy_scales", scales_short, WHEN(LEAST(scales_short, 1)),
             "Scales to be bought",
             "需购置电子秤", ASSUMED),

    /* settings */
    RECKONED("site", "cluster_totes", cluster_totes, WHEN(LEAST(orders_peak, 61), MOST(lines_100, 799)),
             "Totes that one picker takes along", "每车周转箱数"),
    RECKONED("site", "wall_slots", wall_slots, WHEN(LEAST(orders_peak, 500), LEAST(lines_100, 120), LEAST(lines_of_sku, 200)),
             "Orders of a wave at the put-wall", "播种波次订单数"),
    SETTING("site", "weigh_parcels", 2, WHEN(LEAST(by_weight, 1)),
            "Every parcel is weighed", "每个包裹必须称重"),
    SETTING("site", "count_days_a", 14, WHEN(LEAST(orders_peak, 1000)),
            "Bins of class A are counted every two weeks: much is taken from them", "A 类库位每 14 天盘点"),
    SETTING("site", "roster_hours", 168, WHEN(LEAST(no_link, 1)),
            "A week without head office before a supervisor must agree to what is risky", "离线授权时长延至 168 小时"),
    SETTING("site", "reprint_badge", 1, WHEN(LEAST(workers, 20)),
            "A label is printed again only with a supervisor's badge", "补打面单须主管授权"),
    SETTING("office", "audit_by_itself", 1, WHEN(LEAST(orders_peak, 200)),
            "Orders without a fault are confirmed by themselves", "无异常订单自动审核"),
    SETTING("office", "release_by_itself", 1, WHEN(LEAST(orders_peak, 200)),
            "Confirmed orders go to the site by themselves", "审核后自动下发仓库"),

    /* gaps */
    GAP("people", people_short, WHEN(LEAST(people_short, 1)),
        "People are short at the peak: more hours, more people, or measured rates that are better than those assumed",
        "峰值人手不足:延长作业时间、增加人员,或以实测效率重新评估"),
    GAP("unknown_platforms", unknown_platforms, WHEN(LEAST(unknown_platforms, 1)),
        "No connector: bring their orders by files or the API (shop.add_own), and tell them parcels by hand",
        "平台未接入:以文件或接口导入订单(shop.add_own),发货手工回传"),
    GAP("unknown_devices", unknown_devices, WHEN(LEAST(unknown_devices, 1)),
        "In no list of models: try them with floorhand device list and device watch before they are bought",
        "设备不在型号清单:购置前以 floorhand device 命令试连"),
    GAP("conveyors", conveyors, WHEN(LEAST(conveyors, 1)),
        "Conveyors and sorters are not driven: their own control must be told by the API, or people carry totes",
        "不控制输送线与分拣机:由其自有系统经接口对接,或人工搬运"),
    GAP("robots", robots, WHEN(LEAST(robots, 1)),
        "Robots are not driven: their own control must be told by the API",
        "不控制机器人:由其自有系统经接口对接"),
    GAP("hazards", hazards, WHEN(LEAST(hazards, 1)),
        "Hazard classes are kept apart by bins, and no more: papers, labels and amounts are for people to see to",
        "仅按库位隔离危险品类别:单证、标识与限量须人工负责"),
    GAP("cold", cold, WHEN(LEAST(cold, 1)),
        "Temperatures are not measured: use a logger of its own, and scanners made for the cold",
        "不采集温度:另配温度记录仪与耐低温扫码枪"),
    GAP("export_goods", export_goods, WHEN(LEAST(export_goods, 1)),
        "Customs papers are not made: the carrier's or an agent's system must",
        "不制作报关单证:由承运商或代理系统完成"),
    GAP("pallets_out", pallets_out, WHEN(LEAST(pallets_out, 1)),
        "Whole pallets go out as transfers between sites, not as orders: make the dealer a site, or pick pieces",
        "整托出库仅支持调拨:将经销商设为站点,或按件拣货"),
    GAP("erp_files", erp_files, WHEN(LEAST(erp_files, 1)),
        "Files are taken in when somebody brings them: set a timer that calls floorhand-hq import",
        "文件须触发导入:以定时任务调用 floorhand-hq import"),
    GAP("erp_api", erp_api, WHEN(LEAST(erp_api, 1)),
        "The other system must be programmed for our API: docs/openapi-head-office.yaml, webhooks, a key of its own",
        "对方系统须按接口文档开发:密钥、webhook 见 openapi"),
    GAP("link_down", link_down, WHEN(LEAST(link_down, 1)),
        "Work goes on without the link, but new orders wait for it: have a second way, by mobile network",
        "断网可继续作业,但新订单须待恢复:建议备用移动网络"),
    GAP("no_link", no_link, WHEN(LEAST(no_link, 1)),
        "Without any link the site gets orders by files alone, and head office knows nothing of its stock",
        "无网络时仅能以文件导入订单,总部无法掌握库存"),
    GAP("slotting", bins, WHEN(LEAST(bins, 20001)),
        "Moves of goods are suggested for up to 20,000 faces of a site: larger ones are for a planner",
        "库位优化最多支持 20,000 个拣货位"),
    GAP("carriers", carriers, WHEN(MOST(carriers, 0)),
        "No carrier was named: waybills need an account at a platform or a stock of numbers",
        "未填写快递公司:面单需平台电子面单账户或号段"),
    {0},
};
/* clang-format on */
