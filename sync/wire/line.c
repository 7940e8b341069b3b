#include "sync/wire/line.h"

#include "base/text.h"
#include "sync/wire/types.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char what[] = "a line";

/* The text of a member; "" when it is absent or null and may be. */
static int read_text(const json_t *json, const char *name, bool needed, const char **ret, struct error *error)
{
    const json_t *member = json_object_get(json, name);
    if (!needed && (!member || json_is_null(member))) {
        *ret = "";
        return 0;
    }
    if (!json_is_string(member) || (needed && json_string_length(member) == 0))
        return error_set(error, -EBADMSG, "%s has no text \"%s\"", what, name);
    *ret = json_string_value(member);
    return 0;
}

static int read_sequence(const char *text, struct wire_line *line, struct error *error)
{
    int64_t epoch, seq;
    char digits[11] = {0};
    if (strlen(text) != WIRE_SEQUENCE_SIZE - 1 || text[10] != '-' || !text_all_digits(text, 10) ||
        !text_all_digits(text + 11, 16))
        return error_set(error, -EBADMSG, "%s has a \"sequence\" that is not ten digits, '-', sixteen digits", what);
    memcpy(digits, text, 10);
    if (text_to_int(digits, 0, UINT32_MAX, &epoch) != 0 || text_to_int(text + 11, 1, INT64_MAX, &seq) != 0)
        return error_set(error, -EBADMSG, "%s has a \"sequence\" out of range: epoch to %u, number from 1", what,
                         UINT32_MAX);
    line->epoch = epoch;
    line->seq = seq;
    return 0;
}

static int read_event(struct wire_line *line, struct error *error)
{
    const char *version, *type = "", *sequence = "";
    const struct {
        const char *name;
        bool needed;
        const char **to;
    } texts[] = {
        {"specversion", true, &version},    {"id", true, &line->id},      {"source", true, &line->source},
        {"subject", false, &line->subject}, {"time", false, &line->time}, {"type", true, &type},
        {"sequence", true, &sequence},
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        int result = read_text(line->json, texts[i].name, texts[i].needed, texts[i].to, error);
        if (result)
            return result;
    }
    if (strcmp(version, "1.0") != 0)
        return error_set(error, -EBADMSG, "%s is not CloudEvents 1.0", what);
    size_t length;
    const char *name = wire_type_name(type, &length);
    if (length > WIRE_TYPE_MAX)
        return error_set(error, -EBADMSG, "%s has a \"type\" longer than %d bytes", what, WIRE_TYPE_MAX);
    text_copy_n(line->type, sizeof(line->type), name, length);
    line->data = json_object_get(line->json, "data");
    if (!json_is_object(line->data))
        return error_set(error, -EBADMSG, "%s has no object \"data\"", what);
    return read_sequence(sequence, line, error);
}

int wire_line_parse(const char *text, size_t length, struct wire_line *ret, struct error *error)
{
    struct wire_line line = {.text = text, .length = length};
    if (memchr(text, '\n', length))
        return error_set(error, -EBADMSG, "%s has a line break inside", what);
    int result = wire_strict_parse(text, length, WIRE_LINE_MAX, what, &line.json, error);
    if (result)
        return result;
    result = read_event(&line, error);
    if (result)
        wire_line_done(&line);
    else
        *ret = line;
    return result;
}

void wire_line_done(struct wire_line *line)
{
    json_decref(line->json);
    *line = (struct wire_line){0};
}

void wire_sequence_write(char out[WIRE_SEQUENCE_SIZE], int64_t epoch, int64_t seq)
{
    snprintf(out, WIRE_SEQUENCE_SIZE, "%010" PRIu32 "-%016" PRIu64, (uint32_t)epoch,
             (uint64_t)seq % UINT64_C(10000000000000000));
}

int wire_segment_next(struct wire_segment *segment, struct wire_line *ret, struct error *error)
{
    if (segment->left > WIRE_SEGMENT_MAX)
        return error_set(error, -EMSGSIZE, "a segment is longer than %zu bytes", WIRE_SEGMENT_MAX);
    if (segment->left == 0)
        return 0;
    if (segment->lines == WIRE_SEGMENT_LINES_MAX)
        return error_set(error, -EMSGSIZE, "a segment has more than %d lines", WIRE_SEGMENT_LINES_MAX);
    const char *end = memchr(segment->at, '\n', segment->left);
    if (!end)
        return error_set(error, -EBADMSG, "a segment's last line has no line break at its end");
    size_t length = (size_t)(end - segment->at);
    struct wire_line line;
    int result = wire_line_parse(segment->at, length, &line, error);
    if (result)
        return result;
    if (segment->lines > 0 && (line.epoch < segment->epoch || line.seq != segment->seq + 1)) {
        result =
            error_set(error, -EBADMSG, "a segment goes from number %" PRId64 " to %" PRId64, segment->seq, line.seq);
        wire_line_done(&line);
        return result;
    }
    *segment = (struct wire_segment){.at = end + 1,
                                     .left = segment->left - length - 1,
                                     .lines = segment->lines + 1,
                                     .epoch = line.epoch,
                                     .seq = line.seq};
    *ret = line;
    return 1;
}
