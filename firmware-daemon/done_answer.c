#include "done_answer.h"

#include "base/json.h"

void done_answer_write(const struct effect *effect, const char *done, const char *what, struct buf *json)
{
    json_open_object(json, NULL);
    if (effect->good) {
        json_text(json, done, what);
        answer_json(&effect->answer, "text", json);
    } else {
        CLEANUP_BUF struct buf sentence = {0};
        answer_write(&effect->answer, false, &sentence);
        json_open_object(json, "error");
        json_text(json, "message", buf_text(&sentence));
        json_text(json, "code", message_def(effect->answer.message)->code);
        answer_json(&effect->answer, "text", json);
        json_close_object(json);
    }
    json_close_object(json);
}
