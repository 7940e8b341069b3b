#include "drivers/printer/printer.h"

#include <assert.h>
#include <errno.h>

/* At most so much in one step: a fast printer may not hold up the loop. */
#define STEP_MAX 65536

void printer_writer_init(struct printer_writer *writer, const void *bytes, size_t length, int64_t give_up_us,
                         int64_t now_us)
{
    *writer =
        (struct printer_writer){.bytes = bytes, .length = length, .progress_us = now_us, .give_up_us = give_up_us};
}

size_t printer_writer_sent(const struct printer_writer *writer)
{
    return writer->sent;
}

int64_t printer_writer_deadline(const struct printer_writer *writer)
{
    int64_t stalled_us = writer->progress_us + PRINTER_STALL_US;
    return stalled_us > writer->give_up_us ? stalled_us : writer->give_up_us;
}

/* What a descriptor says when its other end went away. */
static int end_of_printer(ssize_t error)
{
    return error == -EPIPE || error == -ECONNRESET || error == -ENXIO || error == -EIO ? -ENODEV : (int)error;
}

/* Bytes that leave are as good as bytes that are taken: the printer listens. */
static int drain(struct printer_writer *writer, size_t pending, int64_t now_us)
{
    if (pending < writer->pending)
        writer->progress_us = now_us;
    writer->pending = pending;
    if (pending == 0)
        return 0;
    return now_us >= printer_writer_deadline(writer) ? -ETIMEDOUT : -EAGAIN;
}

int printer_writer_step(struct printer_writer *writer, printer_sink *sink, printer_pending *pending, void *user,
                        int64_t now_us)
{
    size_t end = writer->length - writer->sent < STEP_MAX ? writer->length : writer->sent + STEP_MAX;
    while (writer->sent < end) {
        ssize_t taken = sink(user, writer->bytes + writer->sent, end - writer->sent);
        if (taken == -EAGAIN || taken == 0)
            return now_us >= printer_writer_deadline(writer) ? -ETIMEDOUT : -EAGAIN;
        if (taken == -EINTR)
            continue;
        if (taken < 0)
            return end_of_printer(taken);
        assert((size_t)taken <= end - writer->sent);
        writer->sent += (size_t)taken;
        writer->progress_us = now_us;
        writer->pending = SIZE_MAX;
    }
    return writer->sent == writer->length ? drain(writer, pending(user), now_us) : -EAGAIN;
}

bool printer_writer_wants_room(const struct printer_writer *writer)
{
    return writer->sent < writer->length;
}
