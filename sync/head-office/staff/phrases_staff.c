/* What staff refuses, in Chinese. */
#include "sync/head-office/phrases.h"

const struct phrase staff_phrases[] = {
    {"line % of the trail is not as it was written, or is gone: those before it are whole (% should be there)",
     "操作记录第 %1 行已被改动或缺失：之前的完整（应有 %2 行）"},
    {"out of memory: try again", "内存不足：请重试"},
    {"A password has % characters or more.", "密码至少 %1 个字符。"},
    {"A password has % bytes at most.", "密码最多 %1 字节。"},
    {"A password does not hold the name: choose another one.", "密码不能包含账号：请换一个。"},
    {"\"%\" is no name to log in by: small letters, digits, \".\", \"-\", \"_\"",
     "“%1”不能作登录账号：只能用小写字母、数字、“.”“-”“_”"},
    {"there is a \"%\" already", "已有“%1”"},
    {"this is the last administrator: make another one first", "这是最后一个管理员：请先设另一个"},
    {"\"%\" is no role: %", "“%1”不是角色：可用 %2"},
    {"\"%\" has % roles already: that is the most", "“%1”已有 %2 个角色：不能再多"},
    {"there is no person \"%\"", "没有人员“%1”"},
    {"Too many tries: try again in % minutes, or ask an administrator.",
     "尝试次数太多：请 %1 分钟后再试，或找管理员。"},
    {"The new password is the old one: choose another one.", "新密码与旧密码相同：请换一个。"},
    {"This name and password do not go together.", "账号与密码不符。"},
    {0},
};
