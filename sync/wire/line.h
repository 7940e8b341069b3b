/* Segments: runs of lines, one complete CloudEvents 1.0 event per line, in sequence order. Does not keep or re-write a
 * line: its bytes in the journal, on the wire and at the receiver are the same. */
#ifndef WIRE_LINE_H
#define WIRE_LINE_H

#include "sync/wire/strict.h"

#include <stdint.h>

#define WIRE_LINE_MAX          ((size_t)64 << 10) /* bytes, without the line's end */
#define WIRE_SEGMENT_MAX       ((size_t)1 << 20)  /* bytes: WIRE_FRAME_RAW_MAX */
#define WIRE_SEGMENT_LINES_MAX 200

#define WIRE_OFFICE_SOURCE "//floorhand/head-office"
#define WIRE_SITE_SOURCE   "//floorhand/site/" /* and the site's name */
#define WIRE_SEQUENCE_SIZE 28
#define WIRE_TYPE_MAX      63 /* bytes of a short name */

struct wire_line {
    int64_t epoch;                            /* 0 in a change from head office */
    int64_t seq;                              /* from 1, contiguous within source */
    char type[WIRE_TYPE_MAX + 1];             /* short name: "pick.line" */
    const char *id, *source, *subject, *time; /* subject and time "" when there is none */
    const json_t *data;                       /* an object */
    const char *text;                         /* the line as it came, without '\n'; not copied */
    size_t length;
    json_t *json; /* owns all of the above but text */
};

/* -EMSGSIZE or -EBADMSG with a sentence. Release with wire_line_done(). */
int wire_line_parse(const char *text, size_t length, struct wire_line *ret, struct error *error);
void wire_line_done(struct wire_line *line);
#define CLEANUP_LINE CLEANUP(wire_line_done)

/* "0000000003-0000000000018842": orders as text as the numbers order. */
void wire_sequence_write(char out[WIRE_SEQUENCE_SIZE], int64_t epoch, int64_t seq);

/* Walks a segment. Zero-initialise but for the first two. */
struct wire_segment {
    const char *at;
    size_t left;
    size_t lines; /* delivered so far */
    int64_t epoch, seq;
};

/* 1 and the next line, 0 at the end, -EMSGSIZE or -EBADMSG with a sentence: too long, too many lines, a last line
 * without '\n', or a line that does not continue the one before: its number follows, and its epoch is the same or a
 * later one (lines that are sent again in a later epoch keep the one they were written in). Lines delivered before the
 * fault were good. */
int wire_segment_next(struct wire_segment *segment, struct wire_line *ret, struct error *error);

#endif
