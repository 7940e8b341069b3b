#include "base/cleanup.h"
#include "base/text.h"
#include "drivers/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>

/* Whatever is one descriptor: a character device, a named pipe, a local or a TCP socket. */
struct stream {
    struct transport transport; /* first: the two are the same address */
    int fd;
    bool is_socket;
    bool connecting;
};

/* Takes the descriptor, leaving -1, when it succeeds. */
static int stream_new(const struct transport_ops *ops, int *fd, bool is_socket, bool connecting, struct transport **ret,
                      struct error *error)
{
    struct stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return error_set(error, -ENOMEM, "There is no memory left for another device.");
    *stream = (struct stream){.transport.ops = ops, .fd = *fd, .is_socket = is_socket, .connecting = connecting};
    *fd = -1;
    *ret = &stream->transport;
    return 0;
}

static int path_error(struct error *error, const char *path)
{
    int code = errno;
    if (code == ENOENT || code == ENXIO || code == ENODEV || code == ECONNREFUSED || code == EIO)
        return error_set(error, -ENODEV, "The device %s is not there: plug it in and check its address.", path);
    if (code == EACCES || code == EPERM)
        return error_set(error, -EACCES, "The device %s may not be used: give this program's user the right to it.",
                         path);
    if (code == EAGAIN)
        return error_set(error, -EAGAIN, "The device %s is not ready yet; it is tried again.", path);
    return error_set(error, -code, "The device %s cannot be opened: %s.", path, strerror(code));
}

static int set_raw(int fd)
{
    struct termios mode;
    if (tcgetattr(fd, &mode) < 0)
        return -errno;
    cfmakeraw(&mode);
    return tcsetattr(fd, TCSANOW, &mode) < 0 ? -errno : 0;
}

static int device_open(const char *path, const struct transport_settings *settings, struct transport **ret,
                       struct error *error)
{
    (void)settings;
    int fd CLEANUP(cleanup_close) = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return path_error(error, path);
    struct stat status;
    if (fstat(fd, &status) < 0 || !(S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode)))
        /* cppcheck-suppress resourceLeak ; CLEANUP closes it */
        return error_set(error, -EINVAL, "%s is no device: give a terminal, a character device or a named pipe.", path);
    if (isatty(fd) && set_raw(fd) < 0)
        return path_error(error, path);
    return stream_new(&stream_ops, &fd, false, false, ret, error);
}

static int local_open(const char *path, const struct transport_settings *settings, struct transport **ret,
                      struct error *error)
{
    (void)settings;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!*path || !text_copy(address.sun_path, sizeof(address.sun_path), path))
        return error_set(error, -EINVAL, "A socket's path has 1 to %zu bytes: \"%s\" does not.",
                         sizeof(address.sun_path) - 1, path);
    int fd CLEANUP(cleanup_close) = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return path_error(error, path);
    return stream_new(&unix_ops, &fd, true, false, ret, error);
}

/* "192.168.1.20:9100", "[fd00::20]:9100" or "localhost:9100". Asks no name server. */
static int parse_host_port(const char *where, struct addrinfo **ret)
{
    char host[64];
    const char *colon = strrchr(where, ':');
    int64_t port;
    if (!colon || text_to_int(colon + 1, 1, 65535, &port) < 0)
        return -EINVAL;
    size_t length = (size_t)(colon - where);
    bool brackets = length >= 2 && where[0] == '[' && colon[-1] == ']';
    if (!text_copy_n(host, sizeof(host), where + brackets, length - (brackets ? 2 : 0)))
        return -EINVAL;
    if (strcmp(host, "localhost") == 0)
        text_copy(host, sizeof(host), "127.0.0.1");
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    return getaddrinfo(host, colon + 1, &hints, ret) == 0 ? 0 : -EINVAL;
}

static int tcp_open(const char *where, const struct transport_settings *settings, struct transport **ret,
                    struct error *error)
{
    (void)settings;
    struct addrinfo *address;
    if (parse_host_port(where, &address) < 0)
        return error_set(error, -EINVAL, "\"%s\" is no numeric network address: write it like 192.168.1.20:9100.",
                         where);
    int fd CLEANUP(cleanup_close) = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int connected = fd < 0 ? -1 : connect(fd, address->ai_addr, address->ai_addrlen);
    int code = errno;
    freeaddrinfo(address);
    if (connected < 0 && code != EINPROGRESS)
        return error_set(error, fd < 0 ? -code : -ENODEV, "The device at %s cannot be reached: %s.", where,
                         strerror(code));
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    return stream_new(&tcp_ops, &fd, true, connected < 0, ret, error);
}

static void stream_close(struct transport *transport)
{
    struct stream *stream = (struct stream *)transport;
    close(stream->fd);
    free(stream);
}

static int stream_fd(const struct transport *transport)
{
    return ((const struct stream *)transport)->fd;
}

static short stream_events(const struct transport *transport)
{
    return ((const struct stream *)transport)->connecting ? POLLOUT : POLLIN;
}

/* 0 once connected, -EAGAIN before, -ENODEV when it failed. */
static int finish_connecting(struct stream *stream)
{
    if (!stream->connecting)
        return 0;
    struct pollfd poller = {.fd = stream->fd, .events = POLLOUT};
    if (poll(&poller, 1, 0) == 0)
        return -EAGAIN;
    int code = 0;
    socklen_t size = sizeof(code);
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 || code != 0)
        return -ENODEV;
    stream->connecting = false;
    return 0;
}

/* A device that was unplugged, a peer that closed and a pseudo-terminal without its other side all fail differently;
 * for the owner each of them means: gone. */
static ssize_t failure(void)
{
    return errno == EAGAIN || errno == EINTR ? -EAGAIN : -ENODEV;
}

static ssize_t stream_read(struct transport *transport, void *bytes, size_t capacity)
{
    struct stream *stream = (struct stream *)transport;
    int r = finish_connecting(stream);
    if (r < 0)
        return r;
    ssize_t length = read(stream->fd, bytes, capacity);
    if (length < 0)
        return failure();
    return length == 0 ? -ENODEV : length;
}

static ssize_t stream_write(struct transport *transport, const void *bytes, size_t length)
{
    struct stream *stream = (struct stream *)transport;
    int r = finish_connecting(stream);
    if (r < 0)
        return r;
    ssize_t accepted =
        stream->is_socket ? send(stream->fd, bytes, length, MSG_NOSIGNAL) : write(stream->fd, bytes, length);
    return accepted < 0 ? failure() : accepted;
}

static int stream_ready(struct transport *transport)
{
    return finish_connecting((struct stream *)transport);
}

/* SIOCOUTQ and TIOCOUTQ are one number in Linux: bytes that the other side has not taken, or not acknowledged. */
static size_t stream_pending(const struct transport *transport)
{
    int waiting = 0;
    if (ioctl(((const struct stream *)transport)->fd, TIOCOUTQ, &waiting) < 0 || waiting < 0)
        return 0;
    return (size_t)waiting;
}

#define STREAM_OPS                                                                                                     \
    .ready = stream_ready, .fd = stream_fd, .events = stream_events, .read = stream_read, .write = stream_write,       \
    .pending = stream_pending, .close = stream_close

const struct transport_ops stream_ops = {.scheme = "stream", .open = device_open, STREAM_OPS};
const struct transport_ops unix_ops = {.scheme = "unix", .open = local_open, STREAM_OPS};
const struct transport_ops tcp_ops = {.scheme = "tcp", .open = tcp_open, STREAM_OPS};
