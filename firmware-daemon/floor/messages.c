#include "floor/messages.h"

#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct message_def table[] = {
#define X(key, code, tone, en, zh) [key] = {#key, code, tone, en, zh},
    MESSAGES(X)
#undef X
};

const struct message_def *message_def(enum message message)
{
    return &table[message < MESSAGE_COUNT ? message : MESSAGE_NONE];
}

void answer_set(struct answer *answer, enum message message)
{
    answer->message = message;
    answer->count = 0;
}

void answer_text(struct answer *answer, const char *name, const char *value)
{
    if (answer->count == ANSWER_ARGUMENTS_MAX)
        return;
    answer->arguments[answer->count].name = name;
    text_copy(answer->arguments[answer->count].value, ANSWER_VALUE_MAX, value);
    answer->count++;
}

void answer_number(struct answer *answer, const char *name, int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%" PRId64, value);
    answer_text(answer, name, digits);
}

static const char *argument(const struct answer *answer, const char *name, size_t length)
{
    for (size_t i = 0; i < answer->count; i++)
        if (strlen(answer->arguments[i].name) == length && memcmp(answer->arguments[i].name, name, length) == 0)
            return answer->arguments[i].value;
    return "";
}

void answer_write(const struct answer *answer, bool chinese, struct buf *out)
{
    const char *text = chinese ? message_def(answer->message)->zh : message_def(answer->message)->en;
    for (const char *open; (open = strchr(text, '{')); text = strchr(open, '}') + 1) {
        buf_put(out, text, (size_t)(open - text));
        buf_puts(out, argument(answer, open + 1, (size_t)(strchr(open, '}') - open - 1)));
    }
    buf_puts(out, text);
}

void answer_json(const struct answer *answer, const char *key, struct buf *out)
{
    json_open_object(out, key);
    for (int chinese = 0; chinese < 2; chinese++) {
        CLEANUP_BUF struct buf text = {0};
        answer_write(answer, chinese, &text);
        json_text(out, chinese ? "zh" : "en", buf_text(&text));
    }
    json_close_object(out);
}
