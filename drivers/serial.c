#include "base/cleanup.h"
#include "drivers/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>

/* A real serial port. The only user of libserialport. */
struct serial {
    struct transport transport; /* first: the two are the same address */
    struct sp_port *port;
    int fd;
    bool asks_dsr; /* the line is asked before each write */
};

struct choice {
    const char *name;
    int value;
};

static const struct choice parities[] = {{"none", SP_PARITY_NONE}, {"even", SP_PARITY_EVEN}, {"odd", SP_PARITY_ODD}};
/* Neither Linux nor libserialport on it knows DTR/DSR flow control. */
#define ASKS_DSR "dtrdsr"
static const struct choice flows[] = {{"none", SP_FLOWCONTROL_NONE},
                                      {"rtscts", SP_FLOWCONTROL_RTSCTS},
                                      {"xonxoff", SP_FLOWCONTROL_XONXOFF},
                                      {ASKS_DSR, SP_FLOWCONTROL_NONE}};

/* "" is the first; NULL when it is none of them. */
static const struct choice *find_choice(const struct choice *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!*name || strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

struct line {
    int baud, data_bits, stop_bits;
    enum sp_parity parity;
    enum sp_flowcontrol flow;
    bool asks_dsr;
};

#define BAUD_DEFAULT 9600
#define BAUD_MAX     4000000

static int check_settings(const struct transport_settings *settings, struct line *ret, struct error *error)
{
    const struct choice *parity = find_choice(parities, COUNT(parities), settings->parity);
    const struct choice *flow = find_choice(flows, COUNT(flows), settings->flow);
    int64_t baud = settings->baud ? settings->baud : BAUD_DEFAULT;
    int64_t data_bits = settings->data_bits ? settings->data_bits : 8;
    int64_t stop_bits = settings->stop_bits ? settings->stop_bits : 1;
    if (!parity)
        return error_set(error, -EINVAL, "A serial port's parity is none, even or odd, not \"%s\".", settings->parity);
    if (!flow)
        return error_set(error, -EINVAL, "A serial port's flow control is none, rtscts, xonxoff or dtrdsr, not \"%s\".",
                         settings->flow);
    if (baud < 1 || baud > BAUD_MAX || data_bits < 5 || data_bits > 8 || stop_bits < 1 || stop_bits > 2)
        return error_set(error, -EINVAL, "A serial port has 1 to %d baud, 5 to 8 data bits and 1 or 2 stop bits.",
                         BAUD_MAX);
    *ret = (struct line){.baud = (int)baud,
                         .data_bits = (int)data_bits,
                         .stop_bits = (int)stop_bits,
                         .parity = (enum sp_parity)parity->value,
                         .flow = (enum sp_flowcontrol)flow->value,
                         .asks_dsr = strcmp(flow->name, ASKS_DSR) == 0};
    return 0;
}

static int open_error(struct error *error, const char *path, enum sp_return r)
{
    int code = r == SP_ERR_FAIL ? sp_last_error_code() : r == SP_ERR_MEM ? ENOMEM : ENODEV;
    if (code == EACCES || code == EPERM)
        return error_set(error, -EACCES,
                         "The serial port %s may not be used: add this program's user to group dialout.", path);
    if (code == EBUSY)
        return error_set(error, -EBUSY, "The serial port %s is in use by another program: end that one.", path);
    return error_set(error, code == ENOMEM ? -ENOMEM : -ENODEV,
                     "There is no serial port %s: plug it in, or write stream:%s if it is a pseudo-terminal.", path,
                     path);
}

static enum sp_return configure(struct sp_port *port, const struct line *line)
{
    enum sp_return r = sp_set_baudrate(port, line->baud);
    if (r == SP_OK)
        r = sp_set_bits(port, line->data_bits);
    if (r == SP_OK)
        r = sp_set_parity(port, line->parity);
    if (r == SP_OK)
        r = sp_set_stopbits(port, line->stop_bits);
    if (r == SP_OK)
        r = sp_set_flowcontrol(port, line->flow);
    return r;
}

/* libserialport 0.1.1 puts CRTSCTS among the input flags, where it does nothing (serialport.c, set_config): RTS/CTS is
 * switched here, after it has set everything else. */
static int set_rts_cts(int fd, bool on)
{
    struct termios mode;
    if (tcgetattr(fd, &mode) < 0)
        return -errno;
    mode.c_cflag = on ? mode.c_cflag | CRTSCTS : mode.c_cflag & ~(tcflag_t)CRTSCTS;
    return tcsetattr(fd, TCSANOW, &mode) < 0 ? -errno : 0;
}

static void *close_slowly(void *last)
{
    close((int)(intptr_t)last);
    return NULL;
}

/* Linux waits up to 30 s in the last close(2) of a port for bytes that a USB adapter's flow control holds back, even
 * after they were flushed (tty_port_close, closing_wait; only root may change that): the last one is made elsewhere. */
static void let_go(const struct serial *serial)
{
    pthread_t thread;
    sp_flush(serial->port, SP_BUF_BOTH);
    bool waits = (int)sp_output_waiting(serial->port) != 0;
    int last = waits ? fcntl(serial->fd, F_DUPFD_CLOEXEC, 0) : -1;
    sp_close(serial->port);
    if (last < 0)
        return;
    if (pthread_create(&thread, NULL, close_slowly, (void *)(intptr_t)last) == 0)
        pthread_detach(thread);
    else
        close(last);
}

static void serial_close(struct transport *transport)
{
    struct serial *serial = (struct serial *)transport;
    if (serial->fd >= 0)
        let_go(serial);
    sp_free_port(serial->port);
    free(serial);
}

static int serial_open(const char *path, const struct transport_settings *settings, struct transport **ret,
                       struct error *error)
{
    struct line line = {0};
    int r = check_settings(settings, &line, error);
    if (r < 0)
        return r;
    struct serial *serial = calloc(1, sizeof(*serial));
    if (!serial)
        return error_set(error, -ENOMEM, "There is no memory left for another device.");
    *serial = (struct serial){.transport.ops = &serial_ops, .fd = -1};
    enum sp_return result = sp_get_port_by_name(path, &serial->port);
    if (result == SP_OK)
        result = sp_open(serial->port, SP_MODE_READ_WRITE);
    if (result == SP_OK)
        result = sp_get_port_handle(serial->port, &serial->fd);
    if (result != SP_OK)
        r = open_error(error, path, result);
    else if (configure(serial->port, &line) != SP_OK || set_rts_cts(serial->fd, line.flow == SP_FLOWCONTROL_RTSCTS) < 0)
        r = error_set(error, -EINVAL, "The serial port %s does not take its settings: change baud, parity or flow.",
                      path);
    if (r < 0) {
        serial_close(&serial->transport);
        return r;
    }
    serial->asks_dsr = line.asks_dsr;
    *ret = &serial->transport;
    return 0;
}

static int serial_fd(const struct transport *transport)
{
    return ((const struct serial *)transport)->fd;
}

/* libserialport says 0 both for "nothing now" and for a port that is gone; poll(2) tells them apart. */
static ssize_t nothing_or_gone(const struct serial *serial)
{
    struct pollfd poller = {.fd = serial->fd, .events = 0};
    return poll(&poller, 1, 0) > 0 ? -ENODEV : -EAGAIN;
}

static ssize_t serial_read(struct transport *transport, void *bytes, size_t capacity)
{
    struct serial *serial = (struct serial *)transport;
    int length = sp_nonblocking_read(serial->port, bytes, capacity);
    if (length < 0)
        return -ENODEV;
    return length > 0 ? length : nothing_or_gone(serial);
}

/* With DTR/DSR no more than this leaves between two looks at the line: printers say stop well before they are full. */
#define DSR_BLOCK 256

static bool is_listening(const struct serial *serial)
{
    enum sp_signal signals;
    return !serial->asks_dsr || (sp_get_signals(serial->port, &signals) == SP_OK && (signals & SP_SIG_DSR) &&
                                 sp_output_waiting(serial->port) < DSR_BLOCK);
}

static ssize_t serial_write(struct transport *transport, const void *bytes, size_t length)
{
    struct serial *serial = (struct serial *)transport;
    if (!is_listening(serial))
        return nothing_or_gone(serial);
    int accepted =
        sp_nonblocking_write(serial->port, bytes, serial->asks_dsr && length > DSR_BLOCK ? DSR_BLOCK : length);
    if (accepted < 0)
        return sp_last_error_code() == EAGAIN ? -EAGAIN : -ENODEV;
    return accepted > 0 ? accepted : nothing_or_gone(serial);
}

/* Held back by flow control, or on its way: the kernel's own buffer. */
static size_t serial_pending(const struct transport *transport)
{
    int waiting = (int)sp_output_waiting(((const struct serial *)transport)->port);
    return waiting > 0 ? (size_t)waiting : 0;
}

static bool serial_write_polls(const struct transport *transport)
{
    return ((const struct serial *)transport)->asks_dsr;
}

const struct transport_ops serial_ops = {
    .scheme = "serial",
    .open = serial_open,
    .fd = serial_fd,
    .read = serial_read,
    .write = serial_write,
    .pending = serial_pending,
    .write_polls = serial_write_polls,
    .close = serial_close,
};
