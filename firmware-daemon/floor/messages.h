/* Everything a worker can be told, in one table: key, code, tone, English, Chinese. Does not choose: the rules do.
 * {name} is filled in from the answer's arguments. Codes E01 to E24 are the floor's published ones. */
#ifndef FLOOR_MESSAGES_H
#define FLOOR_MESSAGES_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tone { TONE_NONE, TONE_GOOD, TONE_BAD };

/* What is refused. E01 to E24 are the published codes of the floor. */
#define MESSAGES_ERRORS(X)                                                                                             \
    X(MESSAGE_NONE, "", TONE_NONE, "", "")                                                                             \
    X(E00_NOT_SAVED, "E00", TONE_BAD, "Not saved: scan again", "未保存,请重扫")                                        \
    X(E01_UNKNOWN, "E01", TONE_BAD, "Unknown code {c}", "未知条码 {c}")                                                \
    X(E02_AMBIGUOUS, "E02", TONE_BAD, "{c} fits {n} things: scan one of {which}",                                      \
      "条码 {c} 对应 {n} 项,请改扫 {which}")                                                                           \
    X(E03_CHECK_DIGIT, "E03", TONE_BAD, "Bad check digit: rescan", "校验位错误,请重扫")                                \
    X(E04_LOCATION, "E04", TONE_BAD, "Go to {exp}, this is {got}", "应到 {exp},当前 {got}")                            \
    X(E05_ITEM, "E05", TONE_BAD, "Need {exp}, got {got}", "错货:应 {exp},扫到 {got}")                                  \
    X(E06_QUANTITY, "E06", TONE_BAD, "{done}/{need} already: put back", "超量({done}/{need}),请放回")                  \
    X(E07_LOT, "E07", TONE_BAD, "Take lot {exp} first", "请先拣批次 {exp}")                                            \
    X(E08_LIFE, "E08", TONE_BAD, "Lot {l}: {d} days left, need {m}", "效期不足:批次 {l} 剩 {d} 天,需 {m} 天")          \
    X(E09_SERIAL, "E09", TONE_BAD, "Serial {s} already {where}", "序列号 {s} 已{where_zh}")                            \
    X(E10_TOTE, "E10", TONE_BAD, "Tote {t} holds order {o}", "周转箱 {t} 被订单 {o} 占用")                             \
    X(E11_TAKEN, "E11", TONE_BAD, "Taken by {u}", "任务已被 {u} 领取")                                                 \
    X(E12_CANCELLED, "E12", TONE_BAD, "Order {o} cancelled: to return shelf", "订单 {o} 已取消,请放回退货架")          \
    X(E13_WEIGHT, "E13", TONE_BAD, "{g} g, want {lo} to {hi}", "重量异常:{g} 克,应为 {lo}–{hi} 克")                    \
    X(E14_PRINTER, "E14", TONE_BAD, "Printer: {why}", "打印机异常:{why_zh}")                                           \
    X(E15_WAYBILL, "E15", TONE_BAD, "No waybill yet: leave {slot} parked", "面单号未到:{slot} 请继续暂存")             \
    X(E16_CARRIER, "E16", TONE_BAD, "Parcel is {c}, gate is {g}", "快递不符:包裹 {c},出口 {g}")                        \
    X(E17_MOVED, "E17", TONE_BAD, "Bin moved during count: recount {sku}", "盘点期间有动碰,请重盘 {sku}")              \
    X(E18_SUPERVISOR, "E18", TONE_BAD, "Supervisor badge needed", "需主管授权")                                        \
    X(E19_DUPLICATE, "E19", TONE_BAD, "Already on manifest {m}", "重复交接,已在清单 {m}")                              \
    X(E20_GS1, "E20", TONE_BAD, "GS1 error at {pos} (AI {ai})", "GS1 格式错误:位置 {pos}(AI {ai})")                    \
    X(E21_BIN, "E21", TONE_BAD, "Bin refuses: {why}", "库位限制:{why_zh}")                                             \
    X(E22_ORDER, "E22", TONE_BAD, "Scan {what} first", "请先扫 {what_zh}")                                             \
    X(E23_NOT_NEEDED, "E23", TONE_BAD, "No slot needs {sku}: exception bin", "多货:没有格口需要 {sku},放入异常箱")     \
    X(E24_LATE, "E24", TONE_BAD, "Parcel already handed over", "已交接,不可取消")                                      \
    X(E25_NOT_NOW, "E25", TONE_BAD, "{c} is not possible now", "当前不能执行 {c}")                                     \
    X(E26_DAMAGED_SCAN, "E26", TONE_BAD, "Half a scan arrived: scan again", "扫码不完整,请重扫")                       \
    X(E27_NO_WORK, "E27", TONE_BAD, "No order waits to be picked", "没有待拣订单")                                     \
    X(E28_REVOKED, "E28", TONE_BAD, "This badge is no longer valid", "该工牌已停用")                                   \
    X(E92_PIN, "E92", TONE_BAD, "{u}, type your PIN", "{u},请输入密码")                                                \
    X(E94_NO_PIN, "E94", TONE_BAD, "{u} has no PIN yet: an administrator sets one", "{u} 尚无密码,请管理员设置")       \
    X(E96_ROSTER_OLD, "E96", TONE_BAD, "Head office was not heard for {h} hours: work waits until the link is back",   \
      "已与总部失联 {h} 小时:待连接恢复后再作业")                                                                      \
    X(E97_NO_SITE, "E97", TONE_BAD, "This box has no site yet: scan the code that head office shows",                  \
      "本机尚未加入仓库:请扫描总部生成的加入码")                                                                       \
    X(E98_JOIN_DAMAGED, "E98", TONE_BAD, "The code came damaged: scan it again, or print it larger",                   \
      "加入码读取有误:请重扫,或放大打印后再扫")                                                                        \
    X(E98_JOIN_NEWER, "E98", TONE_BAD, "The code is of a newer version: update this box first",                        \
      "加入码版本较新:请先升级本机软件")                                                                               \
    X(E98_JOIN_USED, "E98", TONE_BAD,                                                                                  \
      "Head office does not take this code: it was used or is over, ask for a new one",                                \
      "总部不接受此加入码(已使用或已过期):请总部重新生成")                                                             \
    X(E98_JOIN_FIXED, "E98", TONE_BAD,                                                                                 \
      "The configuration names the site: take id and box out of floorhandd.conf first",                                \
      "配置文件已指定仓库:请先从 floorhandd.conf 删除 id 和 box")                                                      \
    X(E98_JOIN_OTHER, "E98", TONE_BAD, "This box holds the work of another site than {s}: it cannot join that",        \
      "本机存有其他仓库的数据,不能加入 {s}")                                                                           \
    X(E99_JOIN_UNREACHABLE, "E99", TONE_BAD, "Head office at {h} is not reached: look at the network, scan again",     \
      "连不上总部 {h}:请检查网络后重扫")                                                                               \
    X(E99_JOIN_STRANGER, "E99", TONE_BAD,                                                                              \
      "What answers at {h} is not the head office of this code: ask for a new one",                                    \
      "{h} 的应答者不是此加入码所指的总部:请总部重新生成")                                                             \
    X(E99_JOIN_BUSY, "E99", TONE_BAD, "Head office is busy: scan again in a minute", "总部繁忙:请一分钟后重扫")        \
    X(E99_JOIN_RUNNING, "E99", TONE_BAD, "This box is joining already: wait", "本机正在加入,请稍候")                   \
    X(E99_JOIN_FAILED, "E99", TONE_BAD, "Joining {s} did not work: scan again, or look at the box's log",              \
      "加入 {s} 未成功:请重扫,或查看本机日志")                                                                         \
    X(E29_FILE, "E29", TONE_BAD, "{why}", "{why}")                                                                     \
    X(E86_DISK_FULL, "E86", TONE_BAD, "The box's disk is full: call your supervisor, nothing is recorded",             \
      "本机磁盘已满:请联系主管,当前不记录任何操作")                                                                    \
    X(E87_DISK_TIGHT, "E87", TONE_BAD, "The box's disk is nearly full: no receiving and counting until there is room", \
      "本机磁盘将满:腾出空间前暂停收货和盘点")                                                                         \
    X(E88_TOO_MUCH, "E88", TONE_BAD, "Too much at once for one message: nothing was done, do it in smaller parts",     \
      "一次内容过多,未执行任何操作,请分批进行")                                                                        \
    X(E89_SEALED, "E89", TONE_BAD,                                                                                     \
      "The receiver was deleted or cannot be read here: head office can send the order again",                         \
      "收件人信息已删除或本机无法读取,请总部重新下发订单")                                                             \
    X(E30_UNBOUND, "E30", TONE_BAD, "This scanner has no station: scan a station's label with it",                     \
      "该扫码枪未绑定工作站,请用它扫工作站标签")                                                                       \
    X(E31_NO_STATION, "E31", TONE_BAD, "There is no station {s}", "没有工作站 {s}")                                    \
    X(E32_FIXED, "E32", TONE_BAD, "The configuration says what belongs to {s}: change it there",                       \
      "工作站 {s} 的设备由配置文件指定,请在配置中修改")                                                                \
    X(E33_NO_DEVICE, "E33", TONE_BAD, "{d} is no device's id", "{d} 不是设备标识")                                     \
    X(E34_ONE_BY_ONE, "E34", TONE_BAD, "Scan {i} one by one: each has a serial number", "{i} 有序列号,请逐件扫描")     \
    X(E70_NOT_FREE, "E70", TONE_BAD, "Only {n} of {i} may be taken from {l}", "{l} 的 {i} 只可取 {n} 件")              \
    X(E71_GONE_ON, "E71", TONE_BAD, "The goods have gone on or are promised: it stays", "货物已移动或已分配,不可撤销") \
    X(E72_PLATE_BUSY, "E72", TONE_BAD, "{t} holds goods that somebody works on", "{t} 上的货物正在作业")               \
    X(E73_KNOWN_CODE, "E73", TONE_BAD, "{c} has a meaning already", "条码 {c} 已有含义")                               \
    X(E74_IN_BOOKS, "E74", TONE_BAD, "The books have {n} of {i} in {l}: have it counted",                              \
      "账面在 {l} 有 {i} {n} 件:请盘点")                                                                               \
    X(E75_NO_STOCK, "E75", TONE_BAD, "Nothing free for {d}: all is promised or out of stock", "{d} 无可用库存")        \
    X(E76_COUNTED_BY_YOU, "E76", TONE_BAD, "You counted {l}: somebody else must do it now",                            \
      "您已盘过 {l},需由他人复盘")                                                                                     \
    X(E77_NO_REVIEW, "E77", TONE_BAD, "No count waits for a decision", "没有待审核的盘点")                             \
    X(E78_LEASE, "E78", TONE_BAD, "Order {o} may not be begun any more: its time here is over, head office decides",   \
      "订单 {o} 在本仓的时限已过,不可再开始,由总部决定")

/* Signing in, the menu, what is good in every step. */
#define MESSAGES_EVERYWHERE(X)                                                                                         \
    X(DONE_BOUND, "", TONE_GOOD, "{d} belongs to {s} now", "{d} 已绑定到 {s}")                                         \
    X(DONE_SIGNED_IN, "", TONE_GOOD, "Hello {u}", "你好,{u}")                                                          \
    X(DONE_SIGNED_OUT, "", TONE_GOOD, "{u} signed out", "{u} 已退出")                                                  \
    X(DONE_REPRINT, "", TONE_GOOD, "Printing copy {n}", "正在补打第 {n} 份")                                           \
    X(DONE_LEFT, "", TONE_GOOD, "Left", "已离开")                                                                      \
    X(DONE_QUANTITY, "", TONE_GOOD, "The next scan counts {n}", "下一次扫描计 {n} 件")                                 \
    X(DONE_UNDONE, "", TONE_GOOD, "Taken back: {what}", "已撤销:{what_zh}")                                            \
    X(DONE_LABEL_ASKED, "", TONE_GOOD, "{t} goes to the printer of {s}", "{t} 已送往 {s} 的打印机")                    \
    X(E36_TRAINING, "E36", TONE_BAD, "This station practises, and that is not ready: wait, or scan LIVE to work",      \
      "本站处于练习模式,尚未就绪:请稍候,或扫「正式」恢复作业")                                                         \
    X(E37_NO_PRACTICE, "E37", TONE_BAD, "Nothing is in the bins that could be practised with", "库位无货,无法练习")    \
    X(DONE_TRAINING, "", TONE_GOOD, "{s} practises: nothing counts until LIVE is scanned",                             \
      "{s} 进入练习模式,扫「正式」前均不计入")                                                                         \
    X(DONE_LIVE, "", TONE_GOOD, "{s} works again: everything counts", "{s} 恢复正式作业")                              \
    X(DONE_LESSON, "", TONE_GOOD, "Another lesson", "换一课")                                                          \
    X(DONE_PRACTICE, "", TONE_GOOD, "{n} practice orders were made up", "已生成 {n} 个练习订单")                       \
    X(ASK_TRAINING, "", TONE_NONE, "A copy to practise on is being made: wait", "正在准备练习数据,请稍候")             \
    X(DONE_IMPORTED, "", TONE_GOOD, "{n} rows: {new} new or changed", "共 {n} 行,新增或变更 {new}")                    \
    X(DONE_JOIN_ASKS, "", TONE_GOOD, "Joining {s} at {h}: wait", "正在加入 {s}({h}),请稍候")                           \
    X(DONE_JOINED, "", TONE_GOOD, "This box belongs to {s} now: it starts anew, then scan your badge",                 \
      "本机已加入 {s}:正在重启,稍后请扫工牌")                                                                          \
    X(ASK_JOIN, "", TONE_NONE, "Scan the code of head office that joins this box to its site",                         \
      "请扫描总部生成的加入码,使本机加入仓库")                                                                         \
    X(ASK_BADGE, "", TONE_NONE, "Scan your badge", "请扫工牌")                                                         \
    X(ASK_ACTIVITY, "", TONE_NONE, "Scan what you will do, a tote, a document or a gate",                              \
      "请扫作业、周转箱、单据或出口")                                                                                  \
    X(NOTE_WAITING, "", TONE_NONE, "{n} orders wait to be picked", "{n} 个订单待拣")                                   \
    X(NOTE_LIST_IN_DOUBT, "", TONE_NONE, "A list may not have come out: scan REPRINT",                                 \
      "有清单可能未打出:请扫「补打」")                                                                                 \
    X(NOTE_WAYBILL_CAME, "", TONE_NONE, "The waybill has come: fetch tote {t} and scan it",                            \
      "面单号已到:请取周转箱 {t} 并扫描")                                                                              \
    X(NOTE_WAYBILL_WANTED, "", TONE_NONE, "{n} closed boxes wait for a waybill", "{n} 个已封箱包裹等待面单号")         \
    X(NOTE_NEXT_COUNTS, "", TONE_NONE, "The next scan counts {n}", "下一次扫描计 {n} 件")

/* ask.c, session.c: what a supervisor asks for. */
#define MESSAGES_ASK(X)                                                                                                \
    X(DONE_SETTING, "", TONE_GOOD, "{s} is {v} now", "{s} 已设为 {v}")                                                 \
    X(DONE_TEMPLATE_SAVED, "", TONE_GOOD, "{t} is kept: it is printed from now on", "{t} 已保存,从现在起按此打印")     \
    X(DONE_TEMPLATE_RESET, "", TONE_GOOD, "{t}: the own one is given up", "{t}:已放弃自有模板")                        \
    X(E89_TEMPLATES, "E89", TONE_BAD, "The site keeps {n} templates already: give one up first",                       \
      "本站已保存 {n} 个模板,请先放弃一个")                                                                            \
    X(E90_WRONG_PIN, "E90", TONE_BAD, "This badge and PIN do not go together", "工牌与密码不符")                       \
    X(E91_LOCKED, "E91", TONE_BAD, "Too many wrong PINs: try again in {m} minutes, or ask an administrator",           \
      "密码错误次数过多:请 {m} 分钟后再试,或联系管理员")                                                               \
    X(E93_STALE, "E93", TONE_BAD, "Head office was not heard for long: this waits until the link is back",             \
      "与总部失联过久:待连接恢复后再操作")                                                                             \
    X(E95_ROLE, "E95", TONE_BAD, "Your role may not do that", "您的角色无权执行此操作")                                \
    X(DONE_PIN, "", TONE_GOOD, "{u} has given the PIN", "{u} 密码正确")                                                \
    X(DONE_PIN_SET, "", TONE_GOOD, "{u} has a new PIN", "{u} 的密码已更新")                                            \
    X(DONE_UNLOCKED, "", TONE_GOOD, "{u} may try the PIN again", "{u} 可重新输入密码")                                 \
    X(DONE_LANGUAGE, "", TONE_GOOD, "{u} reads {v} now", "{u} 的语言已设为 {v}")                                       \
    X(DONE_TRIAL, "", TONE_GOOD, "{n} of {m} are equal: head office is told", "{m} 项中 {n} 项一致,已报总部")          \
    X(E60_FIELD, "E60", TONE_BAD, "{f} must be {want}", "{f} 应为 {want_zh}")                                          \
    X(E61_NO_FIELD, "E61", TONE_BAD, "There is no field {f}", "没有字段 {f}")                                          \
    X(E62_NO_VERB, "E62", TONE_BAD, "{v} cannot be asked for", "不支持的请求 {v}")                                     \
    X(E63_NOT_SIGNED_IN, "E63", TONE_BAD, "{u} is signed in nowhere", "{u} 未登录任何工作站")                          \
    X(E64_HOLDS_NOTHING, "E64", TONE_BAD, "{u} holds no order", "{u} 没有占用订单")                                    \
    X(DONE_RELEASED, "", TONE_GOOD, "{o} is free: {u} has it no more", "{o} 已释放,{u} 不再占用")

/* goods.c */
#define MESSAGES_GOODS(X)                                                                                              \
    X(DONE_DESCRIBED, "", TONE_GOOD, "{i}: one thing more", "{i}:还需一项信息")                                        \
    X(DONE_DOUBTFUL, "", TONE_GOOD, "{i}: a separator may be missing in that code, scan the lot or serial by itself",  \
      "{i}:条码可能缺少分隔符,请单独扫批次或序列号")                                                                   \
    X(ASK_LOT, "", TONE_NONE, "Scan the lot of {i}", "请扫 {i} 的批次")                                                \
    X(ASK_EXPIRY, "", TONE_NONE, "Scan the expiry date of {i}", "请扫 {i} 的有效期")                                   \
    X(ASK_SERIAL, "", TONE_NONE, "Scan the serial number of {i}", "请扫 {i} 的序列号")                                 \
    X(ASK_WEIGHT, "", TONE_NONE, "Weigh {i}", "请称重 {i}")

/* pick*.c, cluster.c, zone.c */
#define MESSAGES_PICK(X)                                                                                               \
    X(E10_OWN, "E10", TONE_BAD, "This goes into {exp}, not into {t}", "应放入 {exp},不是 {t}")                         \
    X(DONE_CLUSTER, "", TONE_GOOD, "Scan a tote for each order, then DONE", "请逐单扫周转箱,最后扫「完成」")           \
    X(DONE_CLUSTER_BEGUN, "", TONE_GOOD, "{n} orders: go", "共 {n} 单,开始拣货")                                       \
    X(DONE_IN_TOTE, "", TONE_GOOD, "In {t}", "已放入 {t}")                                                             \
    X(DONE_FULL, "", TONE_GOOD, "{t} is full: to the stage with it", "{t} 已满,请送集货区")                            \
    X(DONE_FULL_ASKED, "", TONE_GOOD, "Which tote is full?", "哪个周转箱已满?")                                        \
    X(DONE_UNLOADED, "", TONE_GOOD, "{n} totes at {l}", "{n} 个周转箱已放在 {l}")                                      \
    X(DONE_ONE_BY_ONE, "", TONE_GOOD, "Tote {t}: where to?", "周转箱 {t}:放到哪里?")                                   \
    X(ASK_CLUSTER_TOTE, "", TONE_NONE, "Scan a tote for the next order, or DONE", "请扫下一单的周转箱,或扫「完成」")   \
    X(ASK_OWN_TOTE, "", TONE_NONE, "Put it into {t} and scan it", "放入 {t} 并扫箱码")                                 \
    X(ASK_MORE_TOTE, "", TONE_NONE, "Scan another tote for order {o}", "请为订单 {o} 再扫一个周转箱")                  \
    X(ASK_FULL, "", TONE_NONE, "Scan the tote that is full", "请扫已满的周转箱")                                       \
    X(ASK_UNLOAD, "", TONE_NONE, "Bring the totes to the stage: scan the place, or one tote first",                    \
      "将周转箱送到集货区:扫库位,或先扫某一箱")                                                                        \
    X(ASK_UNLOAD_ONE, "", TONE_NONE, "Bring {t} to the stage and scan the place", "将 {t} 送到集货区并扫库位")         \
    X(NOTE_INTO, "", TONE_NONE, "For tote {t}", "放入周转箱 {t}")                                                      \
    X(NOTE_BOUND, "", TONE_NONE, "{n} of {max} totes", "已绑定 {n}/{max} 个周转箱")                                    \
    X(NOTE_ON_CART, "", TONE_NONE, "{n} totes on the cart", "车上有 {n} 个周转箱")                                     \
    X(E04_ZONE, "E04", TONE_BAD, "{t} has nothing here: bring it to zone {z}", "{t} 在本区无拣货任务,请送到 {z} 区")   \
    X(DONE_ZONE_ASKED, "", TONE_GOOD, "Which zone?", "哪个分区?")                                                      \
    X(DONE_ZONE, "", TONE_GOOD, "Zone {z}: {n} lines", "{z} 区:共 {n} 行")                                             \
    X(DONE_CLAIMED, "", TONE_GOOD, "Order {o}: {n} lines here", "订单 {o}:本区 {n} 行")                                \
    X(DONE_TO_ZONE, "", TONE_GOOD, "Order {o} goes on in zone {z}", "订单 {o} 请转到 {z} 区")                          \
    X(ASK_ZONE, "", TONE_NONE, "Scan any place of your zone", "请扫本区任一库位")                                      \
    X(ASK_ZONE_ORDER, "", TONE_NONE, "Scan a tote that has come, an empty one, or NEXT",                               \
      "请扫到达的周转箱、空箱,或扫「下一个」")                                                                         \
    X(NOTE_ZONE, "", TONE_NONE, "Zone {z}: {n} lines are open", "{z} 区:待拣 {n} 行")                                  \
    X(NOTE_ZONE_LINE, "", TONE_NONE, "{l}: {n} × {i}", "{l}:{n} × {i}")                                                \
    X(E10_NOT_EMPTY, "E10", TONE_BAD, "Tote {t} is not empty: take another", "周转箱 {t} 不是空箱,请换一个")           \
    X(E21_LOT, "E21", TONE_BAD, "Lot {l} is blocked: leave it", "批次 {l} 已冻结,不可拣")                              \
    X(DONE_DAMAGE_ASKED, "", TONE_GOOD, "Which {i} is damaged?", "哪一件 {i} 残次?")                                   \
    X(ASK_DAMAGED, "", TONE_NONE, "Scan the damaged piece", "请扫残次品")                                              \
    X(ASK_ITEM_LOT, "", TONE_NONE, "Take {n} × {i}, lot {l}", "拣 {n} × {i},批次 {l}")                                 \
    X(DONE_PICK_STARTED, "", TONE_GOOD, "Order {o}: {n} pieces", "订单 {o}:共 {n} 件")                                 \
    X(DONE_AT_LOCATION, "", TONE_GOOD, "At {l}", "已到 {l}")                                                           \
    X(DONE_PICKED, "", TONE_GOOD, "{n} × {i} taken", "已拣 {n} × {i}")                                                 \
    X(DONE_TOTE, "", TONE_GOOD, "Tote {t} is for order {o}", "周转箱 {t} 已绑定订单 {o}")                              \
    X(DONE_STAGED, "", TONE_GOOD, "Order {o} picked, at {l}", "订单 {o} 拣货完成,放在 {l}")                            \
    X(DONE_SHORT, "", TONE_GOOD, "{n} missing noted: {l} will be counted", "已记录缺 {n} 件,{l} 将盘点")               \
    X(DONE_DAMAGED, "", TONE_GOOD, "{n} × {i} put aside as damaged", "已记录残次 {n} × {i}")                           \
    X(DONE_SKIPPED, "", TONE_GOOD, "Later: {l}", "稍后再拣 {l}")                                                       \
    X(ASK_LOCATION, "", TONE_NONE, "Go to {l}", "请到 {l}")                                                            \
    X(ASK_ITEM, "", TONE_NONE, "Take {n} × {i}", "拣 {n} × {i}")                                                       \
    X(ASK_TOTE, "", TONE_NONE, "Put it in a tote and scan the tote", "放入周转箱并扫箱码")                             \
    X(ASK_STAGE, "", TONE_NONE, "Bring it to the stage and scan the place", "送到集货区并扫库位")                      \
    X(ASK_RETURN_SHELF, "", TONE_NONE, "Order {o} cancelled: bring it to the return shelf and scan the place",         \
      "订单 {o} 已取消:送到退货架并扫库位")                                                                            \
    X(ASK_SHORT_SHELF, "", TONE_NONE, "Order {o} waits for stock: bring it to the return shelf and scan the place",    \
      "订单 {o} 整单缺货:送到退货架并扫库位")                                                                          \
    X(NOTE_ORDER, "", TONE_NONE, "Order {o} · {c}", "订单 {o} · {c}")                                                  \
    X(NOTE_NEED, "", TONE_NONE, "{n} × {i}", "{n} × {i}")

/* cluster.c, zone.c, batch.c, sow.c, express.c, wave.c */
#define MESSAGES_WAVE(X)                                                                                               \
    X(E80_GOES_ON, "E80", TONE_BAD, "Order {o} is picked already: it goes on", "订单 {o} 已开始拣货,不能剔出")         \
    X(E81_NO_DRAFT, "E81", TONE_BAD, "Wave {w} is {s}", "波次 {w} 的状态是 {s}")                                       \
    X(E82_WALL_FULL, "E82", TONE_BAD, "Wall {w} has no free slot: pack one first", "分拣墙 {w} 无空格口,请先打包")     \
    X(DONE_WAVES, "", TONE_GOOD, "{n} waves released, {o} orders planned", "已释放 {n} 个波次,新编 {o} 个订单")        \
    X(DONE_WAVES_PLANNED, "", TONE_GOOD, "{n} waves planned of {o} orders", "已生成 {n} 个波次,共 {o} 个订单")         \
    X(DONE_WAVE, "", TONE_GOOD, "Wave {w} {s}", "波次 {w}:{s}")                                                        \
    X(DONE_WAVE_EMPTIED, "", TONE_GOOD, "Wave {w} cancelled, {n} picked orders go on",                                 \
      "波次 {w} 已取消,{n} 个已拣订单继续")                                                                            \
    X(DONE_KICKED, "", TONE_GOOD, "Order {o} left its wave", "订单 {o} 已剔出波次")                                    \
    X(DONE_RULE, "", TONE_GOOD, "Rule {r} kept", "规则 {r} 已保存")                                                    \
    X(DONE_BATCH_STARTED, "", TONE_GOOD, "Wave {w}: {o} orders, {n} pieces", "波次 {w}:{o} 个订单,共 {n} 件")          \
    X(DONE_WAVE_TOTE, "", TONE_GOOD, "Tote {t} of wave {w}", "波次 {w} 的周转箱 {t}")                                  \
    X(DONE_TOTE_FULL, "", TONE_GOOD, "Tote {t} is full: take another", "周转箱 {t} 已满,请换一个")                     \
    X(DONE_BATCH_STAGED, "", TONE_GOOD, "Wave {w} picked, at {l}", "波次 {w} 拣货完成,放在 {l}")                       \
    X(DONE_SLOT, "", TONE_GOOD, "{l}: {n}", "格口 {l}:{n} 件")                                                         \
    X(DONE_SOWN, "", TONE_GOOD, "{n} × {i} in {l}", "{n} × {i} 已放入 {l}")                                            \
    X(DONE_SLOT_COMPLETE, "", TONE_GOOD, "{n} × {i} in {l}: complete, it may be packed",                               \
      "{n} × {i} 已放入 {l}:已齐,可打包")                                                                              \
    X(DONE_PUT_BACK, "", TONE_GOOD, "Back into the tote", "请放回周转箱")                                              \
    X(DONE_SOW_SHORT, "", TONE_GOOD, "{n} missing noted: what there is elsewhere is picked again (BATCH)",             \
      "已记录缺 {n} 件:有货的将补拣(「批量拣货」)")                                                                    \
    X(DONE_WAVE_RETURNED, "", TONE_GOOD, "At {l}, to be put away", "已放在 {l},待上架")                                \
    X(DONE_EXPRESS_OPENED, "", TONE_GOOD, "Wave {w}: {n} pieces to pack", "波次 {w}:待打包 {n} 件")                    \
    X(DONE_EXPRESS_BOX, "", TONE_GOOD, "All go into {b}", "统一使用 {b}")                                              \
    X(DONE_EXPRESS_PARK, "E15", TONE_BAD, "No waybill while offline: park order {o} in a tote of its own",             \
      "无面单号:订单 {o} 请单独放入周转箱暂存")                                                                        \
    X(DONE_WAVE_UNPACKED, "", TONE_GOOD, "Order {o}: its pieces are back in the tote", "订单 {o}:商品已放回周转箱")    \
    X(ASK_WAVE_TOTE, "", TONE_NONE, "Scan a tote of a wave of this wall", "请扫本墙的波次周转箱")                      \
    X(ASK_SOW_ITEM, "", TONE_NONE, "Take a piece out of {t} and scan it", "从 {t} 取一件并扫描")                       \
    X(ASK_SLOT, "", TONE_NONE, "{l} × {n}: put {i} in and scan the slot", "{l} × {n}:放入 {i} 并扫格口")               \
    X(ASK_PUT_BACK, "", TONE_NONE, "{i} is not needed any more: put it back, then scan SKIP",                          \
      "{i} 已不需要:请放回并扫「跳过」")                                                                               \
    X(ASK_REST, "", TONE_NONE, "Nobody needs the rest of {t}: bring it to the return shelf and scan the place",        \
      "{t} 剩余商品已无订单需要:请送到退货架并扫库位")                                                                 \
    X(ASK_EXPRESS_BOX, "", TONE_NONE, "Which box? Scan it once for all", "用哪种包装箱?请扫一次")                      \
    X(ASK_WAVE_CANCELLED, "", TONE_NONE, "Order {o} cancelled: put its pieces back into the tote, then scan DONE",     \
      "订单 {o} 已取消:请将商品放回周转箱,然后扫「完成」")                                                             \
    X(ASK_EXPRESS_PARK, "", TONE_NONE, "Put the parcel in an empty tote and scan the tote",                            \
      "将包裹放入空周转箱并扫箱码")                                                                                    \
    X(NOTE_WAVE, "", TONE_NONE, "Wave {w} · {c} · {o} orders", "波次 {w} · {c} · {o} 个订单")                          \
    X(NOTE_LOT, "", TONE_NONE, "Lot {l}", "批次 {l}")                                                                  \
    X(NOTE_SLOT_TO_CLEAR, "", TONE_NONE, "Clear {l}: its order will not be packed (scan the slot at the menu)",        \
      "请清空 {l}:该订单不再打包(在主菜单扫格口)")                                                                     \
    X(NOTE_BATCHES, "", TONE_NONE, "{n} waves wait to be picked (BATCH)", "{n} 个波次待拣(「批量拣货」)")

/* pack.c, parcel.c */
#define MESSAGES_PACK(X)                                                                                               \
    X(DONE_PACK_OPENED, "", TONE_GOOD, "Check order {o}: {n} pieces", "核对订单 {o}:{n} 件")                           \
    X(DONE_CHECKED, "", TONE_GOOD, "{n} × {i} checked", "已核对 {n} × {i}")                                            \
    X(DONE_PACKED, "", TONE_GOOD, "Packed: label is printing", "已装箱,面单打印中")                                    \
    X(DONE_PARKED, "E15", TONE_BAD, "No waybill while offline: park {slot}", "无面单号,请暂存 {slot}")                 \
    X(DONE_LABELLED, "", TONE_GOOD, "Order {o} labelled", "订单 {o} 已贴面单")                                         \
    X(ASK_PACK_ITEM, "", TONE_NONE, "Scan each piece", "请逐件扫描")                                                   \
    X(ASK_CANCELLED_PARCEL, "", TONE_NONE, "Order {o} cancelled: scan DONE, then bring it to the return shelf",        \
      "订单 {o} 已取消:扫「完成」,然后送到退货架")                                                                     \
    X(DONE_PACK_TOTE, "", TONE_GOOD, "Now the pieces in tote {t}", "请核对周转箱 {t} 中的商品")                        \
    X(DONE_BOXED, "", TONE_GOOD, "Box {b}: now the scale", "包装箱 {b}:请称重")                                        \
    X(DONE_TO_SCALE, "", TONE_GOOD, "Put the parcel on the scale", "请将包裹放上秤")                                   \
    X(DONE_WEIGHED, "", TONE_GOOD, "{g} g", "{g} 克")                                                                  \
    X(DONE_REOPENED, "", TONE_GOOD, "Order {o} is open again: check each piece", "订单 {o} 已重新打开:请逐件核对")     \
    X(DONE_PASS_ASKED, "", TONE_GOOD, "Now a supervisor's badge, or UNDO", "请主管扫工牌,或扫「撤销」")                \
    X(DONE_PASSED, "", TONE_GOOD, "{u} lets it pass", "{u} 已放行")                                                    \
    X(DONE_PARCEL_OPENED, "", TONE_GOOD, "Parcel {w} of order {o}", "包裹 {w},订单 {o}")                               \
    X(DONE_TO_SHELF, "E12", TONE_BAD, "Order {o} cancelled: to return shelf", "订单 {o} 已取消,请放回退货架")          \
    X(DONE_SHELVING, "", TONE_GOOD, "Order {o}: on its way to the return shelf", "订单 {o}:送往退货架")                \
    X(DONE_UNPACKED, "", TONE_GOOD, "Its goods are in tote {t}", "商品已放入周转箱 {t}")                               \
    X(DONE_SHELVED, "", TONE_GOOD, "Tote {t} is on the return shelf {l}", "周转箱 {t} 已放到退货架 {l}")               \
    X(ASK_WEIGH_PARCEL, "", TONE_NONE, "Put the parcel on the scale", "请将包裹放上秤")                                \
    X(ASK_WEIGH_BETWEEN, "", TONE_NONE, "Put the parcel on the scale: {lo} to {hi} g",                                 \
      "请将包裹放上秤:应为 {lo}–{hi} 克")                                                                              \
    X(ASK_PASS, "", TONE_NONE, "A supervisor's badge lets it pass; UNDO goes back", "主管扫工牌放行;扫「撤销」返回")   \
    X(ASK_PARCEL_WHAT, "", TONE_NONE, "Parcel {w}: scan REPRINT, WEIGH, UNPACK or DONE",                               \
      "包裹 {w}:请扫「补打」「称重」「拆包」或「完成」")                                                               \
    X(ASK_UNPACK_TOTE, "", TONE_NONE, "Put the goods of order {o} into an empty tote and scan it",                     \
      "将订单 {o} 的商品放入空周转箱并扫箱码")                                                                         \
    X(ASK_CANCELLED_SHELF, "", TONE_NONE,                                                                              \
      "Order {o} cancelled: bring tote {t} to the return shelf and scan the place",                                    \
      "订单 {o} 已取消:将周转箱 {t} 送到退货架并扫库位")                                                               \
    X(ASK_REST_SHELF, "", TONE_NONE, "Something is left in tote {t}: bring it to the return shelf and scan the place", \
      "周转箱 {t} 中还有剩余:送到退货架并扫库位")                                                                      \
    X(NOTE_PACKING, "", TONE_NONE, "Note: {note}", "备注:{note}")                                                      \
    X(NOTE_PARCEL_WEIGHT, "", TONE_NONE, "Weighs {g} g", "重量 {g} 克")                                                \
    X(ASK_BOX, "", TONE_NONE, "Complete: scan the box", "已齐:请扫包装箱")                                             \
    X(ASK_LABEL, "", TONE_NONE, "Stick the label on and scan it", "贴上面单并扫描")                                    \
    X(ASK_LABEL_WAITS, "", TONE_NONE, "The label waits for the printer", "面单等待打印机")                             \
    X(ASK_LABEL_UNKNOWN, "", TONE_NONE, "Did the label come out? Scan it, or scan REPRINT",                            \
      "面单是否已打出?请扫面单,或扫「补打」")                                                                          \
    X(ASK_LABEL_FAILED, "", TONE_NONE, "The label cannot be printed: {why}. Have it put right, then scan REPRINT",     \
      "面单无法打印:{why}。请修正后扫「补打」")                                                                        \
    X(ASK_LABEL_LATE, "", TONE_NONE, "The label waited too long: scan REPRINT if it is still wanted",                  \
      "面单等待过久:如仍需要请扫「补打」")

/* ship.c */
#define MESSAGES_SHIP(X)                                                                                               \
    X(DONE_GATE, "", TONE_GOOD, "Manifest {m}, {n} parcels so far", "交接清单 {m},已有 {n} 件")                        \
    X(DONE_LOADED, "", TONE_GOOD, "{w} on the manifest", "{w} 已装车")                                                 \
    X(DONE_OFF_VAN, "E12", TONE_BAD, "Order {o} cancelled: off the van, to the bench",                                 \
      "订单 {o} 已取消:请卸下并送回打包台")                                                                            \
    X(DONE_MANIFEST, "", TONE_GOOD, "Manifest {m} closed: {n} parcels", "清单 {m} 已关闭:{n} 件")                      \
    X(ASK_PARCEL, "", TONE_NONE, "Scan each parcel, then DONE", "请逐件扫包裹,最后扫「完成」")                         \
    X(NOTE_MANIFEST, "", TONE_NONE, "Manifest {m} · {c}", "清单 {m} · {c}")

/* receive.c */
#define MESSAGES_RECEIVE(X)                                                                                            \
    X(E04_NO_DOCK, "E04", TONE_BAD, "This site has no dock yet: a place of the kind dock must be set up",              \
      "本站未设置月台,请先建立月台库位")                                                                               \
    X(E10_PLATE, "E10", TONE_BAD, "Plate {t} holds other goods", "载具 {t} 上有其他货物")                              \
    X(DONE_RECEIPT, "", TONE_GOOD, "Receiving {d}", "正在收货:{d}")                                                    \
    X(DONE_WORK_RELEASED, "", TONE_GOOD, "{what} is free: {u} has it no more", "{what} 已释放,{u} 不再占用")           \
    X(DONE_DOCK, "", TONE_GOOD, "At dock {l}", "已到月台 {l}")                                                         \
    X(DONE_RECEIPT_PLATE, "", TONE_GOOD, "Now onto {t}", "放到载具 {t}")                                               \
    X(DONE_RECEIPT_LOOSE, "", TONE_GOOD, "Now without a plate", "不使用载具")                                          \
    X(DONE_RECEIPT_FULL, "", TONE_GOOD, "{t} can be put away", "载具 {t} 可以上架")                                    \
    X(DONE_RECEIVED, "", TONE_GOOD, "{n} × {i} received", "已收 {n} × {i}")                                            \
    X(DONE_RECEIVED_DAMAGED, "", TONE_GOOD, "{n} × {i} received as damaged", "已收残次 {n} × {i}")                     \
    X(DONE_RECEIVED_PALLET, "", TONE_GOOD, "Pallet {t}: {n} pieces received", "托盘 {t}:已收 {n} 件")                  \
    X(DONE_RECEIPT_ASKED, "", TONE_GOOD, "{what}", "{what_zh}")                                                        \
    X(DONE_RECEIPT_CLOSED, "", TONE_GOOD, "{d} closed", "{d} 收货完成")                                                \
    X(DONE_RECEIPT_DIFFERS, "", TONE_GOOD, "{d} closed: {why}", "{d} 收货完成:{why_zh}")                               \
    X(ASK_DOCK, "", TONE_NONE, "Scan the dock where {d} stands", "请扫 {d} 所在的月台")                                \
    X(ASK_RECEIPT_PLATE, "", TONE_NONE, "Scan the tote or pallet to put it on, or LOOSE",                              \
      "请扫周转箱或托盘,或扫「散放」")                                                                                 \
    X(ASK_RECEIPT_ITEM, "", TONE_NONE, "Scan what has come, then DONE", "请扫到货商品,最后扫「完成」")                 \
    X(ASK_RECEIPT_DAMAGED, "", TONE_NONE, "Scan the damaged goods", "请扫残次商品")                                    \
    X(ASK_RECEIPT_BADGE, "", TONE_NONE, "A supervisor scans the badge", "请主管扫工牌")                                \
    X(ASK_RECEIPT_ALLOWED, "", TONE_NONE, "Scan the goods that are let in", "请扫获准收货的商品")                      \
    X(ASK_RECEIPT_SHORT, "", TONE_NONE, "{n} pieces are missing: scan DONE to close, or SKIP",                         \
      "还缺 {n} 件:扫「完成」关闭,或扫「跳过」继续")                                                                   \
    X(ASK_RECEIPT_SURE, "", TONE_NONE, "Is everything scanned? Scan DONE to close, or SKIP",                           \
      "是否全部扫完?扫「完成」关闭,或扫「跳过」继续")                                                                  \
    X(NOTE_RECEIPT, "", TONE_NONE, "{d} · {p}", "{d} · {p}")                                                           \
    X(NOTE_ON_PLATE, "", TONE_NONE, "Onto {t}", "放到 {t}")

/* putaway.c */
#define MESSAGES_PUTAWAY(X)                                                                                            \
    X(E27_NO_PUTAWAY, "E27", TONE_BAD, "Nothing waits to be put away", "没有待上架货物")                               \
    X(DONE_PUTAWAY, "", TONE_GOOD, "Fetch it at {l}", "请到 {l} 取货")                                                 \
    X(DONE_PUTAWAY_HELD, "", TONE_GOOD, "{n} × {i} to be put away", "待上架 {n} × {i}")                                \
    X(DONE_PUTAWAY_PLATE, "", TONE_GOOD, "{t}: scan what you put away", "载具 {t}:请扫要上架的商品")                   \
    X(DONE_PUTAWAY_ELSEWHERE, "", TONE_GOOD, "Scan {l} once more to put it there", "再扫一次 {l} 以确认放在此处")      \
    X(DONE_PUT, "", TONE_GOOD, "{n} × {i} lie in {l}", "{n} × {i} 已上架到 {l}")                                       \
    X(ASK_FETCH_PLATE, "", TONE_NONE, "Fetch {t} at {l} and scan it", "到 {l} 取载具 {t} 并扫描")                      \
    X(ASK_FETCH_LOOSE, "", TONE_NONE, "Fetch {n} × {i} at {l}, scan one", "到 {l} 取 {n} × {i},扫一件")                \
    X(ASK_PUTAWAY_ITEM, "", TONE_NONE, "Scan what you put away from {t}", "请扫从 {t} 上架的商品")                     \
    X(ASK_PUTAWAY, "", TONE_NONE, "Bring {n} × {i} to {l}", "将 {n} × {i} 送到 {l}")                                   \
    X(ASK_PUTAWAY_ANY, "", TONE_NONE, "No bin suits {n} × {i}: scan one that has room",                                \
      "没有合适库位存放 {n} × {i}:请扫有空位的库位")                                                                   \
    X(ASK_PUTAWAY_AGAIN, "", TONE_NONE, "Scan {l} once more, or go where it belongs", "再扫一次 {l},或送到建议库位")

/* replenish.c */
#define MESSAGES_REPLENISH(X)                                                                                          \
    X(E27_NO_REPLEN, "E27", TONE_BAD, "No face needs to be filled", "没有待补货任务")                                  \
    X(DONE_REPLEN, "", TONE_GOOD, "Fill {l}: {n} × {i}", "补货 {l}:{n} × {i}")                                         \
    X(DONE_REPLEN_ENOUGH, "", TONE_GOOD, "Bring it to {l}", "送到 {l}")                                                \
    X(DONE_REPLEN_PLANNED, "", TONE_GOOD, "{n} faces will be filled", "已生成 {n} 个补货任务")                         \
    X(ASK_REPLEN_LOT, "", TONE_NONE, "Take {n} × {i}, lot {t}", "取 {n} × {i},批次 {t}")                               \
    X(NOTE_REPLEN, "", TONE_NONE, "{n} × {i} for {l}", "{n} × {i} 补到 {l}")

/* move.c, transfer.c */
#define MESSAGES_TRANSFER(X)                                                                                           \
    X(DONE_MOVE_STARTED, "", TONE_GOOD, "Moving goods", "移库")                                                        \
    X(DONE_MOVE_FROM, "", TONE_GOOD, "Taking from {l}", "从 {l} 取货")                                                 \
    X(DONE_MOVE_TAKEN, "", TONE_GOOD, "{n} × {i} taken from {l}", "已从 {l} 取出 {n} × {i}")                           \
    X(DONE_MOVE_PUT, "", TONE_GOOD, "{n} pieces put in {l}", "已放入 {l} 共 {n} 件")                                   \
    X(DONE_MOVE_PLATE, "", TONE_GOOD, "{t} is at {l}", "{t} 已放到 {l}")                                               \
    X(DONE_MOVE_CARRY, "", TONE_GOOD, "Carrying {t}", "正在搬运 {t}")                                                  \
    X(ASK_MOVE_FROM, "", TONE_NONE, "Scan the bin to take from, or a plate", "请扫取货库位或托盘")                     \
    X(ASK_MOVE_ITEM, "", TONE_NONE, "Scan what you take from {l}", "请扫从 {l} 取出的商品")                            \
    X(ASK_MOVE_TO, "", TONE_NONE, "Scan the bin you put it in", "请扫放入的库位")                                      \
    X(ASK_MOVE_PLATE_TO, "", TONE_NONE, "Bring {t} to its place and scan it", "把 {t} 送到位并扫库位")                 \
    X(DONE_TRANSFER, "", TONE_GOOD, "Transfer {d}: {n} pieces", "调拨 {d}:{n} 件")                                     \
    X(DONE_TRANSFER_PLATE, "", TONE_GOOD, "{t} takes goods of {d}", "{t} 用于 {d}")                                    \
    X(DONE_TRANSFER_FULL, "", TONE_GOOD, "{t} is full", "{t} 已满")                                                    \
    X(DONE_TRANSFER_STAGED, "", TONE_GOOD, "{t} stands at {l}", "{t} 放在 {l}")                                        \
    X(DONE_TRANSFER_SHIPPED, "", TONE_GOOD, "{d}: {n} pieces are on the way to {s}", "{d}:{n} 件已发往 {s}")           \
    X(ASK_TRANSFER_PLATE, "", TONE_NONE, "Scan a tote or pallet for it", "请扫所用的周转箱或托盘")                     \
    X(ASK_TRANSFER_SHIP, "", TONE_NONE, "When the carrier takes {d}, scan DONE", "承运人取走 {d} 后请扫「完成」")      \
    X(NOTE_TRANSFER, "", TONE_NONE, "Transfer {d} to {s}", "调拨 {d} 到 {s}")                                          \
    X(NOTE_IN_HAND, "", TONE_NONE, "{n} pieces in hand", "手上 {n} 件")

/* count.c */
#define MESSAGES_COUNT(X)                                                                                              \
    X(DONE_COUNT_STARTED, "", TONE_GOOD, "Count {l}", "盘点 {l}")                                                      \
    X(DONE_COUNT_ANY, "", TONE_GOOD, "No count is planned: any bin will do", "没有计划,可盘任意库位")                  \
    X(DONE_COUNTED, "", TONE_GOOD, "{n} × {i} counted", "已盘 {n} × {i}")                                              \
    X(DONE_COUNT_MATCHED, "", TONE_GOOD, "{l}: the books are right", "{l} 账实相符")                                   \
    X(DONE_COUNT_POSTED, "", TONE_GOOD, "{l}: {n} pieces put right", "{l} 已调整 {n} 件")                              \
    X(DONE_COUNT_AGAIN, "", TONE_GOOD, "{l}: somebody else counts it again", "{l} 将由他人复盘")                       \
    X(DONE_COUNT_REVIEW, "", TONE_GOOD, "{l}: a supervisor decides", "{l} 待主管审核")                                 \
    X(DONE_COUNT_REJECTED, "", TONE_GOOD, "{l}: the books stand", "{l} 维持账面")                                      \
    X(DONE_COUNT_RELEASED, "", TONE_GOOD, "{l} is to be counted by somebody else", "{l} 改由他人盘点")                 \
    X(DONE_COUNTS_PLANNED, "", TONE_GOOD, "{n} counts planned", "已计划 {n} 个盘点")                                   \
    X(DONE_ZERO_EMPTY, "", TONE_GOOD, "{l} is empty", "{l} 已空")                                                      \
    X(DONE_ZERO_DOUBTED, "", TONE_GOOD, "{l} will be counted", "{l} 将盘点")                                           \
    X(DONE_REVIEW, "", TONE_GOOD, "Counts that differ", "审核盘点差异")                                                \
    X(ASK_COUNT_ANY, "", TONE_NONE, "Scan the bin you count", "请扫要盘点的库位")                                      \
    X(ASK_COUNT_ITEM, "", TONE_NONE, "Scan all that lies in {l}, then {l} again", "请扫 {l} 内全部商品,最后再扫 {l}")  \
    X(ASK_COUNT_THIS, "", TONE_NONE, "Scan all {i} in {l}, then {l} again", "请扫 {l} 内全部 {i},最后再扫 {l}")        \
    X(ASK_ZERO, "", TONE_NONE, "Is {l} empty? Scan EMPTY, or what still lies there",                                   \
      "{l} 是否已空?请扫「空」或剩余商品")                                                                             \
    X(ASK_REVIEW, "", TONE_NONE, "{l}: scan APPROVE or REJECT", "{l}:请扫「批准」或「驳回」")                          \
    X(NOTE_COUNTS, "", TONE_NONE, "{n} more counts wait", "还有 {n} 个待盘")                                           \
    X(NOTE_COUNTED, "", TONE_NONE, "{n} pieces counted", "已盘 {n} 件")                                                \
    X(NOTE_MISSING, "", TONE_NONE, "{n} × {i} missing", "缺 {n} × {i}")                                                \
    X(NOTE_TOO_MUCH, "", TONE_NONE, "{n} × {i} too much", "多 {n} × {i}")

/* return.c */
#define MESSAGES_RETURN(X)                                                                                             \
    X(DONE_RETURN_STARTED, "", TONE_GOOD, "Scan the return", "请扫退货包裹")                                           \
    X(DONE_RETURN_OPENED, "", TONE_GOOD, "Return {d}", "退货单 {d}")                                                   \
    X(DONE_RETURNED, "", TONE_GOOD, "{n} × {i} back", "已退回 {n} × {i}")                                              \
    X(DONE_RETURN_RECEIVED, "", TONE_GOOD, "Return {d} is received: grade each piece", "退货单 {d} 已收齐:请逐件定级") \
    X(DONE_INSPECTED, "", TONE_GOOD, "{i}: which grade?", "{i}:请定级")                                                \
    X(DONE_MARKED, "", TONE_GOOD, "Grade {g}", "等级 {g}")                                                             \
    X(DONE_GRADED, "", TONE_GOOD, "{i}: grade {g}, to {l}", "{i}:等级 {g},放到 {l}")                                   \
    X(ASK_RETURN_PAPER, "", TONE_NONE,                                                                                 \
      "Scan the return's waybill or the one it left under; SKIP: it has none; NEXT: grade",                            \
      "请扫退货面单或原面单;无面单扫「跳过」;定级扫「下一个」")                                                        \
    X(ASK_RETURN_PLACE, "", TONE_NONE, "Scan the return shelf", "请扫退货架")                                          \
    X(ASK_RETURN_ITEM, "", TONE_NONE, "Scan each piece, then DONE; INTACT: refused and never opened",                  \
      "请逐件扫描,最后扫「完成」;原单退回扫「原单退回」")                                                              \
    X(ASK_GRADE_ITEM, "", TONE_NONE, "Look at each piece and scan it", "请逐件检查并扫描")                             \
    X(ASK_GRADE, "", TONE_NONE, "{i}: scan GRADE A, B, C or D", "{i}:请扫等级 A、B、C 或 D")                           \
    X(ASK_GRADED_BIN, "", TONE_NONE, "Put {i} in a bin and scan it", "将 {i} 放入货位并扫库位")                        \
    X(ASK_GRADED_DAMAGED, "", TONE_NONE, "Put {i} where damaged goods lie and scan the place",                         \
      "将 {i} 放到残次品区并扫库位")                                                                                   \
    X(NOTE_RETURN, "", TONE_NONE, "Return {d} · order {o}", "退货单 {d} · 订单 {o}")

/* alias.c */
#define MESSAGES_ALIAS(X)                                                                                              \
    X(DONE_ALIAS, "", TONE_GOOD, "A new code for an item", "登记新条码")                                               \
    X(DONE_ALIAS_CODE, "", TONE_GOOD, "{c} is new", "新条码 {c}")                                                      \
    X(DONE_ALIAS_ITEM, "", TONE_GOOD, "{c} shall be {n} × {i}", "{c} 将对应 {n} × {i}")                                \
    X(DONE_ALIAS_PROPOSED, "", TONE_GOOD, "{c} is {n} × {i} from now on", "{c} 现对应 {n} × {i}")                      \
    X(ASK_ALIAS_CODE, "", TONE_NONE, "Scan the code that nobody knows", "请扫未知条码")                                \
    X(ASK_ALIAS_ITEM, "", TONE_NONE, "Scan the item that {c} stands for", "请扫 {c} 对应的商品")                       \
    X(ASK_SUPERVISOR, "", TONE_NONE, "A supervisor scans the badge", "请主管扫工牌")

/* found.c */
#define MESSAGES_FOUND(X)                                                                                              \
    X(DONE_FOUND, "", TONE_GOOD, "Goods that the books do not have", "登记盘盈")                                       \
    X(DONE_FOUND_ITEM, "", TONE_GOOD, "{n} × {i} found in {l}", "在 {l} 发现 {n} × {i}")                               \
    X(DONE_FOUND_POSTED, "", TONE_GOOD, "{n} × {i} are in the books of {l}: it will be counted",                       \
      "{n} × {i} 已入账 {l},将盘点")                                                                                   \
    X(ASK_FOUND_LOCATION, "", TONE_NONE, "Scan the bin where the goods are", "请扫货物所在库位")                       \
    X(ASK_FOUND_ITEM, "", TONE_NONE, "Scan what lies in {l} too much", "请扫 {l} 多出的商品")

#define MESSAGES(X)                                                                                                    \
    MESSAGES_ERRORS(X)                                                                                                 \
    MESSAGES_EVERYWHERE(X)                                                                                             \
    MESSAGES_ASK(X)                                                                                                    \
    MESSAGES_GOODS(X)                                                                                                  \
    MESSAGES_PICK(X)                                                                                                   \
    MESSAGES_WAVE(X)                                                                                                   \
    MESSAGES_PACK(X)                                                                                                   \
    MESSAGES_SHIP(X)                                                                                                   \
    MESSAGES_RECEIVE(X)                                                                                                \
    MESSAGES_PUTAWAY(X)                                                                                                \
    MESSAGES_REPLENISH(X)                                                                                              \
    MESSAGES_TRANSFER(X)                                                                                               \
    MESSAGES_COUNT(X)                                                                                                  \
    MESSAGES_RETURN(X)                                                                                                 \
    MESSAGES_ALIAS(X)                                                                                                  \
    MESSAGES_FOUND(X)

enum message {
#define X(key, code, tone, en, zh) key,
    MESSAGES(X)
#undef X
        MESSAGE_COUNT
};

struct message_def {
    const char *key, *code;
    enum tone tone;
    const char *en, *zh;
};
const struct message_def *message_def(enum message message);

/* A message with its arguments: what is said, not yet in which language. */
#define ANSWER_ARGUMENTS_MAX 4
#define ANSWER_VALUE_MAX     136
struct answer {
    enum message message;
    size_t count;
    struct {
        const char *name; /* a literal */
        char value[ANSWER_VALUE_MAX];
    } arguments[ANSWER_ARGUMENTS_MAX];
};

void answer_set(struct answer *answer, enum message message);
void answer_text(struct answer *answer, const char *name, const char *value);
void answer_number(struct answer *answer, const char *name, int64_t value);

/* The sentence in one language; a missing argument shows as nothing. */
void answer_write(const struct answer *answer, bool chinese, struct buf *out);

/* {"en": "...", "zh": "..."} as the value of key. */
void answer_json(const struct answer *answer, const char *key, struct buf *out);

#endif
