/* Sends the bytes of one print job to a printer, as fast as it takes them and no faster.
 * Does not open the printer, wait, or know its language; bytes that it took are not yet a printed label. */
#ifndef PRINTER_PRINTER_H
#define PRINTER_PRINTER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PRINTER_STALL_US_DEFAULT ((int64_t)30 * 1000 * 1000)

/* .sent tells the owner of a job that failed what may have happened: 0 means that nothing left this box and the job can
 * be sent again; anything else, that a label may have come out. */
struct printer_writer {
    const char *bytes; /* borrowed until the job is over */
    size_t length, sent;
    int64_t stall_us;    /* how long the printer may take nothing at all */
    int64_t deadline_us; /* on the clock of now_us */
};

/* stall_us 0 means the default. */
void printer_write_init(struct printer_writer *writer, const void *bytes, size_t length, int64_t stall_us,
                        int64_t now_us);

/* Bytes taken (at least 1), or -EAGAIN none now, or another -errno. transport_write has this shape. */
typedef ssize_t printer_sink(void *user, const void *bytes, size_t length);

/* 0: all bytes are sent. -EAGAIN: call again when the printer is writable, or at .deadline_us. -ETIMEDOUT: it took
 * nothing until then. -ENODEV: it is gone. Other errors are the sink's own. */
int printer_write_step(struct printer_writer *writer, printer_sink *sink, void *user, int64_t now_us);

#endif
