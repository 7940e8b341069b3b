/* floorhand-hq trail verify */
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/staff/trail.h"

#include <errno.h>
#include <inttypes.h>

int command_trail_verify(struct call *call, struct error *error)
{
    struct trail_verdict verdict;
    CLEANUP_BUF struct buf json = {0};
    int result = trail_verify(&call->office, &verdict, error);
    if (result)
        return result;
    if (verdict.bad)
        return error_set(error, -EBADMSG,
                         "line %" PRId64 " of the trail is not as it was written, or is gone: those before it are whole"
                         " (%" PRId64 " should be there)",
                         verdict.bad, verdict.last);
    json_open_object(&json, NULL);
    json_int(&json, "lines", verdict.lines);
    json_text(&json, "head", verdict.head);
    json_close_object(&json);
    command_print(&json);
    return 0;
}
