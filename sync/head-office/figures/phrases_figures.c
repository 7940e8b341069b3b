/* What figures refuses, in Chinese. */
#include "sync/head-office/phrases.h"

const struct phrase figures_phrases[] = {
    {"from and to are days, as 2026-11-27, and to is no earlier",
     "from 和 to 是日期，如 2026-11-27，且 to 不早于 from"},
    {"there is no baseline \"%\": baseline.set keeps one", "没有基准“%1”：请用 baseline.set 保存"},
    {"from is a day, as 2026-11-27.", "from 是日期，如 2026-11-27。"},
    {"to is a day, as 2026-11-27.", "to 是日期，如 2026-11-27。"},
    {"\"%\" is no NAME=VALUE", "“%1”不是 名称=值"},
    {"there is no report of \"%\"", "没有“%1”的日报"},
    {"say which baseline: \"floorhand-hq list baselines\" names them",
     "请说明哪个基准：“floorhand-hq list baselines”列出全部"},
    {"there is no report \"%\": ask for day or baseline", "没有报告“%1”：可用 day 或 baseline"},
    {"the report of % is made", "%1 的日报已生成"},
    {"\"%\" is no day, as 2026-11-27", "“%1”不是日期，应如 2026-11-27"},
    {"% is not over yet: its report can be made tomorrow", "%1 还没有结束：明天才能出日报"},
    {"there is no report yet: report.make makes one", "还没有日报：请用 report.make 生成"},
    {"% is a day, as 2026-11-27.", "%1 是日期，如 2026-11-27。"},
    {"to is no earlier than from.", "to 不能早于 from。"},
    {"that is too much to add up at once: ask for a shorter period", "一次要汇总的太多：请缩短时间范围"},
    {"that is split into too many: ask for less of it with a filter", "分出的太多：请用筛选减少"},
    {"% is split by %.", "%1 可按 %2 细分。"},
    {"that are more than % periods: split by week or month.", "超过 %1 个时段：请按周或月细分。"},
    {"A figure is asked for with at most % filters.", "一个指标最多用 %1 个筛选。"},
    {"limit is a number from 1 to %.", "limit 是 1 至 %1 的数字。"},
    {"there is no figure \"%\": see the list of figures", "没有指标“%1”：请看指标列表"},
    {0},
};
