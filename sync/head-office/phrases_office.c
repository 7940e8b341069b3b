/* What commands, tables of questions and the database say, in Chinese. */
#include "sync/head-office/phrases.h"

#include "web/server.h"

const struct phrase office_phrases[] = {
    {"the disk that holds the database is full: free some space and try again", "数据库所在磁盘已满：请腾出空间后重试"},
    {"the database is busy with another command: try again", "数据库正忙于另一命令：请重试"},
    {"the database is damaged: keep it aside and restore the last backup",
     "数据库已损坏：请移开保存，并恢复最近的备份"},
    {"the receivers of this database are sealed with another key (%): put its receiver.key back, or name it with"
     " --receiver-key",
     "此数据库的收货信息由另一密钥（%1）加密：请放回原来的 receiver.key，或用 --receiver-key 指定"},
    {"the database cannot be reached (%): it is tried again", "无法连接数据库（%1）：正在重试"},
    {"out of memory", "内存不足：请重试"},
    {"there is no memory", "内存不足：请重试"},
    {"there is no site yet: add one with \"floorhand-hq site add ID --box BOX\"",
     "还没有仓库：用“floorhand-hq site add ID --box BOX”添加"},
    {"there is no site \"%\": \"floorhand-hq site list\" names them", "没有仓库“%1”：“floorhand-hq site list”列出全部"},
    {"there are several sites: say which with --site", "有多个仓库：请用 --site 指明"},
    {"% cannot be started: install PostgreSQL's client programs", "%1 无法启动：请安装 PostgreSQL 客户端程序"},
    {"% has failed: what it says stands above", "%1 失败：其说明见上"},
    {"the URL of the database is too long", "数据库 URL 太长"},
    {"% holds nothing for this schema: restore it into one of the name that it was made of",
     "%1 没有本模式的内容：请恢复到它来源的同名模式"},
    {"% does not hold all of site %: nothing may be deleted there", "%1 不含仓库 %2 的全部内容：不得删除"},
    {"% is there: stop floorhand-hq serve and move it aside, then restore",
     "%1 已存在：请停止 floorhand-hq serve 并移开它，再恢复"},
    {"\"%\" is no FIELD=VALUE", "“%1”不是 字段=值"},
    {"there are no \"%\" to look at: \"floorhand-hq kinds\" lists what there is",
     "没有“%1”可查看：“floorhand-hq kinds”列出全部"},
    {"that is too much to look through: narrow it down", "要查找的太多：请缩小范围"},
    {"at most % filters can be given at once", "一次最多 %1 个筛选"},
    {"\"%\" is no FILTER=VALUE", "“%1”不是 筛选=值"},
    {"there is nothing called \"%\" among the %", "没有叫“%1”的 %2"},
    {"--% needs a value", "--%1 需要一个值"},
    {"\"%\" is one argument too many", "“%1”是多余的参数"},
    {"an argument is missing: %", "缺少参数：%1"},
    {"cannot read %: %", "无法读取 %1：%2"},
    {"the first line of % is empty: write the password there", "%1 的第一行为空：请写入密码"},
    {"cannot prepare the event loop: %", "无法准备事件循环：%1"},
    {"the event loop failed: %", "事件循环失败：%1"},
    {"\"%\" cannot be read: give it as a text or a number", "“%1”无法读取：请给文本或数字"},
    {"\"%\" needs \"%\": %", "“%1”缺少“%2”"},
    {"nobody can be asked for \"%\": \"floorhand-hq verbs\" lists what can be",
     "没有操作“%1”：“floorhand-hq verbs”列出全部"},
    {"% cannot be copied to %: %", "%1 无法复制到 %2：%3"},
    {0},
};

const struct phrase *const head_office_phrases[] = {
    office_phrases,    aftersales_phrases, api_phrases,     books_phrases,   buying_phrases,
    catalogue_phrases, customers_phrases,  figures_phrases, imports_phrases, improve_phrases,
    marketing_phrases, orders_phrases,     rollout_phrases, shops_phrases,   sites_phrases,
    staff_phrases,     tenants_phrases,    web_phrases,     base_phrases,    NULL,
};
