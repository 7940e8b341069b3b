#include "drivers/scale/framing.h"

#include <string.h>

static void end_line(struct scale_lines *lines, scale_line *on_line, void *decoder)
{
    if (lines->length > 0 && lines->length <= SCALE_LINE_MAX)
        on_line(decoder, lines->text, lines->length);
    lines->length = 0;
}

/* A line that is too long is told at once, and once: noise may have no end. */
static void put(struct scale_lines *lines, char c, scale_line *on_line, void *decoder)
{
    if (lines->length < SCALE_LINE_MAX)
        lines->text[lines->length] = c;
    else if (lines->length == SCALE_LINE_MAX)
        on_line(decoder, lines->text, 0);
    if (lines->length <= SCALE_LINE_MAX)
        lines->length++;
}

void scale_lines_feed(struct scale_lines *lines, const uint8_t *bytes, size_t length, scale_line *on_line,
                      void *decoder)
{
    for (size_t i = 0; i < length; i++) {
        char c = (char)(bytes[i] & 0x7F);
        if (c == '\r' || c == '\n')
            end_line(lines, on_line, decoder);
        else
            put(lines, c, on_line, decoder);
    }
}

static void drop(struct scale_frames *frames, size_t count)
{
    frames->length -= count;
    memmove(frames->bytes, frames->bytes + count, frames->length);
}

static void lose_one(struct scale_frames *frames, const struct scale_sink *sink)
{
    drop(frames, 1);
    if (++frames->lost < SCALE_LOST_MAX)
        return;
    frames->lost = 0;
    scale_say_error(sink, SCALE_UNREADABLE);
}

static void match_all(struct scale_frames *frames, scale_match *match, void *decoder, const struct scale_sink *sink)
{
    while (frames->length > 0) {
        int taken = match(decoder, frames->bytes, frames->length);
        if (taken == 0 && frames->length < SCALE_FRAME_MAX)
            return;
        if (taken <= 0) {
            lose_one(frames, sink);
            continue;
        }
        drop(frames, (size_t)taken);
        frames->lost = 0;
    }
}

void scale_frames_feed(struct scale_frames *frames, const uint8_t *bytes, size_t length, scale_match *match,
                       void *decoder, const struct scale_sink *sink)
{
    for (size_t i = 0; i < length; i++) {
        frames->bytes[frames->length++] = bytes[i];
        match_all(frames, match, decoder, sink);
    }
}

void scale_say(const struct scale_sink *sink, enum scale_state state)
{
    sink->reading(sink->user, &(struct scale_reading){.state = state});
}

void scale_say_error(const struct scale_sink *sink, const char *why)
{
    sink->reading(sink->user, &(struct scale_reading){.state = SCALE_ERROR, .why = why});
}
