/* What rollout refuses, in Chinese. */
#include "sync/head-office/phrases.h"

const struct phrase rollout_phrases[] = {
    {"% of 100 orders have one piece, and 100 orders have % lines: the others would have more than 100 lines each; "
     "correct one of the two",
     "每 100 单有 %1 单为单件，而 100 单共 %2 行：其余每单会超过 100 行；请更正其一"},
    {"all orders have one piece: then 100 orders have 100 lines, and 100 lines 100 pieces",
     "所有订单都是单件：则 100 单应为 100 行、100 件"},
    {"the roll-out at site \"%\" has begun already: rollout.step goes on with it",
     "仓库“%1”的上线已开始：用 rollout.step 继续"},
    {"there is no site \"%\", or no fit check %: site add makes a site",
     "没有仓库“%1”，或没有需求分析 %2：site add 可建仓库"},
    {"no roll-out has begun at site \"%\": rollout.start begins it", "仓库“%1”没有开始上线：用 rollout.start 开始"},
    {"step % lacks evidence (%): list rollout-steps shows it; say in \"note\" why it is done",
     "步骤 %1 缺少依据（%2）：list rollout-steps 可看；请在“note”中说明为何算完成"},
    {"there is no step \"%\": list rollout-steps shows them", "没有步骤“%1”：list rollout-steps 列出全部"},
    {0},
};
