/* The words on the command barcodes: "CMD:" and the name is what is scanned. Does not say where a command is good: the
 * steps' own tables do. The sheets in drivers/label/templates (command-sheet*.label) show them by group;
 * tests/label/test_command_sheets.py writes those. */
#ifndef FLOOR_COMMANDS_H
#define FLOOR_COMMANDS_H

/* X(name, English, Chinese, sheet) */
#define COMMANDS(X)                                                                                                    \
    X("PICK", "Pick", "拣货", "activities")                                                                            \
    X("CLUSTER", "Cluster pick", "边拣边分", "activities")                                                             \
    X("ZONE", "Zone pick", "分区拣货", "activities")                                                                   \
    X("BATCH", "Batch pick", "批量拣货", "activities")                                                                 \
    X("WAVE", "Plan waves", "生成波次", "activities")                                                                  \
    X("RECEIVE", "Receive", "收货", "activities")                                                                      \
    X("PUTAWAY", "Put away", "上架", "activities")                                                                     \
    X("REPLEN", "Replenish", "补货", "activities")                                                                     \
    X("MOVE", "Move stock", "移库", "activities")                                                                      \
    X("COUNT", "Count", "盘点", "activities")                                                                          \
    X("REVIEW", "Review counts", "盘点审核", "activities")                                                             \
    X("FOUND", "Found stock", "盘盈登记", "activities")                                                                \
    X("RETURN", "Return", "退货", "activities")                                                                        \
    X("ALIAS", "Name a code", "新条码", "activities")                                                                  \
    X("TRAIN", "Practise", "练习", "activities")                                                                       \
    X("LOGOUT", "Sign out", "退出", "activities")                                                                      \
    X("DONE", "Done", "完成", "work")                                                                                  \
    X("UNDO", "Undo", "撤销", "work")                                                                                  \
    X("SKIP", "Skip", "跳过", "work")                                                                                  \
    X("NEXT", "Next", "下一个", "work")                                                                                \
    X("SHORT", "Short", "缺货", "work")                                                                                \
    X("DAMAGE", "Damaged", "破损", "work")                                                                             \
    X("FULL", "Tote full", "箱满", "work")                                                                             \
    X("LOOSE", "No plate", "散放", "work")                                                                             \
    X("EMPTY", "Bin is empty", "库位已空", "work")                                                                     \
    X("NOTEMPTY", "Not empty", "库位未空", "work")                                                                     \
    X("REPRINT", "Print again", "补打", "work")                                                                        \
    X("LIVE", "Real work", "正式", "work")                                                                             \
    X("WEIGH", "Weigh again", "重新称重", "work")                                                                      \
    X("REOPEN", "Check again", "重新核对", "work")                                                                     \
    X("FORCE", "Let it pass", "强制放行", "supervisor")                                                                \
    X("ALLOW", "Accept it", "允许", "supervisor")                                                                      \
    X("UNPACK", "Unpack", "拆包", "supervisor")                                                                        \
    X("APPROVE", "Approve", "批准", "supervisor")                                                                      \
    X("REJECT", "Reject", "驳回", "supervisor")                                                                        \
    X("INTACT", "Refused untouched", "原单退回", "supervisor")                                                         \
    X("GRADE", "Grade", "等级", "supervisor")                                                                          \
    X("QTY", "Quantity", "数量", "numbers")                                                                            \
    X("WEIGHT", "Weight in g", "重量(克)", "")                                                                         \
    X("EXPIRY", "Expiry date", "有效期", "")

struct command_words {
    const char *name, *en, *zh, *sheet;
};

const struct command_words *command_words(const char *name); /* NULL: it has none */

#endif
