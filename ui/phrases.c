/* What ui says, in Chinese. */
#include "ui/station.h"

const struct phrase ui_phrases[] = {
    {"A scan is a JSON object with its text: {\"text\":\"...\"}.", "扫描是含文本的 JSON 对象：{\"text\":\"...\"}。"},
    {"A station practises or works: {\"training\":true} or {\"training\":false}.",
     "工位为练习或作业：{\"training\":true} 或 {\"training\":false}。"},
    {"Only orders, items, stock, locations and workers can be imported.", "只能导入订单、商品、库存、库位和员工。"},
    {"The file is empty: it needs at least its header line.", "文件为空：至少要有标题行。"},
    {"% pages follow what changes already: close one, or raise the option pages.",
     "已有 %1 个页面在实时更新：请关闭一个，或调高选项 pages。"},
    {"A backup is asked for on the box itself: floorhand backup.", "备份请在本机上执行：floorhand backup。"},
    {"This label was made elsewhere, as commands for its printer: there is no picture of it.",
     "该标签由别处以打印机指令生成：没有图像。"},
    {"There is no print job of this number that can be drawn.", "没有该编号的可显示打印任务。"},
    {"A preview is asked for with the template's text: {\"text\", \"data\" or \"of\"}.",
     "预览须给出模板文本：{\"text\"，\"data\" 或 \"of\"}。"},
    {"since is a time in seconds of the Unix clock.", "since 为 Unix 时间（秒）。"},
    {"A question has at most % filters, each as name=value.", "一次查询最多 %1 个筛选，写成“名称=值”。"},
    {"What is asked for is a JSON object of its fields.", "请求应为含各字段的 JSON 对象。"},
    {"Say \"badge\" and \"pin\".", "请给出“badge”和“pin”。"},
    {"A binding names a device's id, a station, and perhaps its role (scanner, printer or scale): "
     "{\"id\":\"...\",\"role\":\"...\",\"station\":\"...\"}.",
     "绑定须写设备 "
     "id、工位，可写用途（扫码枪、打印机或电子秤）：{\"id\":\"...\",\"role\":\"...\",\"station\":\"...\"}。"},
    {"Sign in with your badge and PIN first.", "请先用工牌和 PIN 登录。"},
    {"Your role may not do that.", "您的角色不能执行此操作。"},
    {"The box is out of memory.", "主机内存不足。"},
    {"The pages are served without TLS: there is nothing to trust.", "页面没有使用 TLS：无需信任证书。"},
    {"This program was built without its pages: build it again.", "本程序编译时没有带页面：请重新编译。"},
    {0},
};
