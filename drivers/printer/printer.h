/* Sends the bytes of one print job to a printer, as fast as it takes them and no faster.
 * Does not open the printer, wait, or know its language; bytes that it took are not yet a printed label. */
#ifndef DRIVERS_PRINTER_H
#define DRIVERS_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How long a printer may take nothing at all before a job is given up, if the job's own time is over. */
#define PRINTER_STALL_US ((int64_t)30 * 1000 * 1000)

struct printer_writer {
    const char *bytes; /* borrowed until the job is over */
    size_t length, sent;
    size_t pending;      /* taken by the line, but not yet gone */
    int64_t progress_us; /* when it last took something, on the clock of now_us */
    int64_t give_up_us;  /* not before */
};

void printer_writer_init(struct printer_writer *writer, const void *bytes, size_t length, int64_t give_up_us,
                         int64_t now_us);

/* Bytes taken (at least 1), or -EAGAIN none now, or another -errno. transport_write has this shape. */
typedef ssize_t printer_sink(void *user, const void *bytes, size_t length);
/* Bytes taken that flow control still holds back. transport_pending has this shape. */
typedef size_t printer_pending(void *user);

/* 0: all bytes have left this machine. -EAGAIN: call again when the printer is writable (printer_writer_wants_room()),
 * else soon, and at the deadline. -ETIMEDOUT: it took
 * nothing until then. -ENODEV: it is gone. Other errors are the sink's own. */
int printer_writer_step(struct printer_writer *writer, printer_sink *sink, printer_pending *pending, void *user,
                        int64_t now_us);

/* False when all bytes are taken and only have to leave. */
bool printer_writer_wants_room(const struct printer_writer *writer);

/* Tells the owner of a job that failed what may have happened: 0, nothing left this box and the job can be sent again;
 * anything else, a label may have come out. */
size_t printer_writer_sent(const struct printer_writer *writer);

/* When a printer that takes nothing is given up; moves on with every byte that it takes. */
int64_t printer_writer_deadline(const struct printer_writer *writer);

#endif
