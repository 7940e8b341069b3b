/* A supervisor's word: what a step would not do, a badge lets pass. */
#include "floor/parcel.h"
#include "floor/pick_bin.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

static int record_asked(struct scan *scan)
{
    json_text(record_start(scan), "step", scan->before.step);
    int result = record(scan, "supervisor.asked", "worker", scan->worker.code);
    return result ? result : undo_allow(scan, "supervisor.asked");
}

int force_ask(struct scan *scan)
{
    text_copy(scan->session.back, sizeof(scan->session.back), scan->session.step);
    go(scan, "parcel.force");
    accept_with(scan, DONE_PASS_ASKED);
    return record_asked(scan);
}

/* Each says in which step the worker goes on. */
static const struct {
    const char *step;
    int (*run)(struct scan *scan, const struct worker *supervisor);
} lets_pass[] = {{"pick.item", lot_forced},       {"cluster.item", lot_forced},   {"zone.item", lot_forced},
                 {"pack.item", pack_forced},      {"pack.weigh", weight_forced},  {"express.weigh", weight_forced},
                 {"parcel.weigh", weight_forced}, {"parcel.shown", unpack_forced}};

int force_accept(struct scan *scan)
{
    struct worker supervisor;
    char back[sizeof(scan->session.back)];
    int result = check_supervisor(scan, &supervisor);
    if (result)
        return result;
    text_copy(back, sizeof(back), scan->session.back);
    *scan->session.back = '\0';
    go(scan, back);
    result = -ENOENT;
    for (size_t i = 0; i < COUNT(lets_pass); i++)
        if (strcmp(lets_pass[i].step, back) == 0)
            result = lets_pass[i].run(scan, &supervisor);
    if (!result)
        answer_text(accept_with(scan, DONE_PASSED), "u", supervisor.name);
    return result;
}

int force_show(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "badge";
    answer_set(&view->prompt, ASK_PASS);
    return 0;
}
