/* What imports refuses, in Chinese. */
#include "sync/head-office/phrases.h"

const struct phrase imports_phrases[] = {
    {"\"%\" cannot be imported: it is one of %", "“%1”不能导入：可导入 %2"},
    {"% are the same at every site: leave --site out", "%1 各仓库相同：请去掉 --site"},
    {"%: the name must end in .csv or .xlsx", "%1：文件名须以 .csv 或 .xlsx 结尾"},
    {"% cannot be written: %", "%1 无法写入：%2"},
    {"% could not be written whole: look whether its disk is full", "%1 没有写完整：请查看磁盘是否已满"},
    {"% could not be written", "%1 无法写入"},
    {"\"%\" stands in line % already: keep one of the two", "“%1”在第 %2 行已出现：请只保留一个"},
    {0},
};
