/* Messages found in a scale's stream of bytes, however it is cut: lines, and frames that are known by their positions.
 * Does not know what a message means. */
#ifndef DRIVERS_SCALE_FRAMING_H
#define DRIVERS_SCALE_FRAMING_H

#include "drivers/scale/scale.h"

#define SCALE_LINE_MAX  64 /* characters; no protocol here has half as many */
#define SCALE_FRAME_MAX 32 /* bytes */
#define SCALE_LOST_MAX  64 /* bytes in a row that fit nothing before that is told */

/* Zero-initialised it is ready. */
struct scale_lines {
    char text[SCALE_LINE_MAX];
    size_t length; /* more than SCALE_LINE_MAX: too long, and not kept */
};

/* Length 0: a line that was too long. */
typedef void scale_line(void *decoder, const char *text, size_t length);

/* CR, LF or both end a line; empty ones are skipped. The eighth bit, which is parity or noise, is taken off: these
 * protocols are 7-bit ASCII, and an 8N1 port shows the parity of a 7E1 scale there. */
void scale_lines_feed(struct scale_lines *lines, const uint8_t *bytes, size_t length, scale_line *on_line,
                      void *decoder);

/* Zero-initialised it is ready. */
struct scale_frames {
    uint8_t bytes[SCALE_FRAME_MAX];
    size_t length;
    size_t lost; /* bytes dropped since the last message, or since that was told */
};

/* What begins at the first byte: a message of so many bytes, which has been dealt with; 0 more bytes will tell;
 * SCALE_NO_FRAME nothing, drop one byte and look again. Must decide before SCALE_FRAME_MAX bytes. */
#define SCALE_NO_FRAME (-1)
typedef int scale_match(void *decoder, const uint8_t *bytes, size_t length);

/* Bytes that fit nothing are dropped; after SCALE_LOST_MAX of them the sink hears that nothing can be read. */
void scale_frames_feed(struct scale_frames *frames, const uint8_t *bytes, size_t length, scale_match *match,
                       void *decoder, const struct scale_sink *sink);

void scale_say(const struct scale_sink *sink, enum scale_state state);
void scale_say_error(const struct scale_sink *sink, const char *why); /* a literal */

#define SCALE_UNREADABLE "unreadable: check its protocol, speed and parity"

#endif
