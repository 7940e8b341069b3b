#include "drivers/scanner/scan_text.h"

#include <string.h>

void scan_text_drop(struct scan_text *text)
{
    text->length = 0;
    text->flags = 0;
    text->deadline_us = INT64_MAX;
}

void scan_text_init(struct scan_text *text, const struct scan_sink *sink, int64_t gap_us)
{
    text->sink = *sink;
    text->gap_us = gap_us;
    text->now_us = 0;
    scan_text_drop(text);
}

void scan_text_touch(struct scan_text *text)
{
    text->deadline_us = text->now_us + text->gap_us;
}

void scan_text_put(struct scan_text *text, const char *bytes, size_t length)
{
    size_t room = text->length < SCAN_TEXT_MAX ? SCAN_TEXT_MAX - text->length : 0;
    size_t kept = length < room ? length : room;
    if (kept > 0)
        memcpy(text->bytes + text->length, bytes, kept);
    text->length += length;
    scan_text_touch(text);
}

bool scan_text_end(struct scan_text *text)
{
    size_t length = text->length;
    unsigned flags = text->flags;
    if (length > SCAN_TEXT_MAX) {
        scan_text_abort(text);
        return false;
    }
    scan_text_drop(text);
    if (length > 0)
        text->sink.scan(text->sink.user, text->bytes, length, flags);
    return length > 0;
}

void scan_text_abort(struct scan_text *text)
{
    size_t length = text->length;
    scan_text_drop(text);
    if (length > 0)
        text->sink.aborted(text->sink.user, length);
}
