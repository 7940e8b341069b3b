/* Receipts, putaways and replenishments that a worker holds and forgot: a supervisor gives them to whoever comes next.
 */
#include "floor/ask.h"
#include "store/receipt.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int released(struct ask *ask, const struct worker *worker, const char *kind, const char *name)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, kind, name);
    json_text(&data, "worker", worker->code);
    int result = ask_record(ask, "lease.released", kind, name, &data);
    struct answer *answer = ask_accept(ask, DONE_WORK_RELEASED);
    answer_text(answer, "what", name);
    answer_text(answer, "u", worker->name);
    return result ? result : session_save(ask->store, &(struct session){.worker = worker->id, .step = "menu"});
}

static int release_task(struct ask *ask, const struct worker *worker, int64_t id)
{
    struct task task;
    char name[24];
    int result = task_load(ask->store, id, &task);
    if (!result && strcmp(task.state, "taken") != 0)
        return ask_refuse(ask, E11_TAKEN, "u", worker->name); /* the goods are in those hands */
    if (!result)
        result = task_give_back(ask->store, id);
    snprintf(name, sizeof(name), "%" PRId64, id);
    return result ? result : released(ask, worker, "task", name);
}

/* What is done so far stays done, and whoever scans the document next goes on with it; only what is in the hands is not
 * to be left. */
static int release_document(struct ask *ask, const struct worker *worker, int64_t id)
{
    struct document document;
    int64_t hand;
    int result = document_load(ask->store, id, &document);
    if (!result)
        result = lpn_of_hand(ask->store, worker->code, &hand);
    if (!result && !lpn_is_empty(ask->store, hand))
        return ask_refuse(ask, E11_TAKEN, "u", worker->name);
    if (result)
        return result;
    bool receipt = strcmp(document.kind, "asn") == 0 || strcmp(document.kind, "arrival") == 0;
    result = receipt ? receipt_give_back(ask->store, id) : document_set_worker(ask->store, id, 0);
    return result ? result : released(ask, worker, "document", document.number);
}

int lease_release_work(struct ask *ask, const struct worker *worker, const struct session *session)
{
    return session->task ? release_task(ask, worker, session->task) : release_document(ask, worker, session->document);
}
