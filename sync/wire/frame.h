/* What passes between floorhandd and floorhand-link on their local socket: one byte of kind, then the payload, one
 * frame per SOCK_SEQPACKET message. Keeps nothing. */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include "sync/wire/segment.h"

enum frame_kind {
    /* link to daemon */
    FRAME_UP = 'U',               /* connected to the broker and subscribed */
    FRAME_DOWN = 'D',             /* not connected; payload: why, a sentence */
    FRAME_RECEIVED_SEGMENT = 'S', /* payload: the segment */
    FRAME_RECEIVED_CONTROL = 'C', /* payload: the message */
    FRAME_OFFICE_STATE = 'O',     /* payload: fh1/hq/st as it is now; empty when the broker has none */
    FRAME_CERTIFICATE = 'T',      /* payload: until when the link's own certificate holds, ms since 1970 in digits */
    FRAME_PUBLISHED = 'P',        /* payload: one byte, the PUBACK reason code; flow control only */
    /* daemon to link */
    FRAME_SEND_SEGMENT = 's',
    FRAME_SEND_CONTROL = 'c',
};

#define FRAME_PAYLOAD_MAX WIRE_FRAME_MAX
#define FRAME_SIZE_MAX    (1 + FRAME_PAYLOAD_MAX)
#define FRAME_SNDBUF      (2 * (int)FRAME_SIZE_MAX) /* a whole frame must fit in the socket's buffer */

/* Without waiting. -EAGAIN when the socket is full; other -errno when the other side is gone. */
int frame_send(int fd, enum frame_kind kind, const void *payload, size_t length);

#endif
