/* What improve refuses, in Chinese. */
#include "sync/head-office/phrases.h"

const struct phrase improve_phrases[] = {
    {"the attributes of face \"%\" cannot be read", "拣货位“%1”的属性无法读取"},
    {"there is no face \"%\" at site \"%\" any more", "仓库“%2”已没有拣货位“%1”"},
    {"the site has more faces or items than can be looked at together", "该仓库的拣货位或商品太多，无法一次计算"},
    {"there is no move %: list slot-moves shows them", "没有移位建议 %1：list slot-moves 列出全部"},
    {"move % is % already: only open ones can be decided", "移位建议 %1 已为“%2”：只能处理未决的"},
    {"improvement % has not begun: set its state to running first", "改进 %1 还没有开始：请先把状态设为 running"},
    {"there is no change %", "没有改动 %1"},
    {"\"what\" is empty: say what is to be done differently", "“what”为空：请说明要怎样改"},
    {"improvement % is not there, or too far for that: look at its state", "没有改进 %1，或进度已过：请看其状态"},
    {0},
};
