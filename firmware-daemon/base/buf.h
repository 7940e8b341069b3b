/* A growing run of bytes with a stated maximum. Does not interpret what it holds. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialised it is ready, with BUF_DEFAULT_MAX as its maximum. data is always terminated once anything was put.
 * A put that would pass the maximum (or finds no memory) changes nothing but .failed, which then stays set: a run of
 * puts is checked once, at its end. */
struct buf {
    char *data;
    size_t length, capacity;
    size_t max; /* bytes; 0 means BUF_DEFAULT_MAX */
    bool failed;
};

#define BUF_DEFAULT_MAX ((size_t)16 << 20)

void buf_put(struct buf *buf, const void *bytes, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the first bytes. */
void buf_consume(struct buf *buf, size_t length);

/* Empties it and clears .failed; keeps the memory. */
void buf_clear(struct buf *buf);

/* Gives the memory back; the buf is ready for use again. */
void buf_done(struct buf *buf);

/* "" when nothing was put yet. */
const char *buf_text(const struct buf *buf);

#define CLEANUP_BUF CLEANUP(buf_done)

#endif
