#include "sync/site/port.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "sync/wire/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define TIMER_ACCURACY_US 1000

struct site_port {
    sd_event *event;
    struct site *site;
    int64_t priority;
    struct sockaddr_un address;
    sd_event_source *listener, *link, *timer; /* the io sources own their sockets */
    int64_t timer_us;                         /* what the timer is set to */
    bool up;
    int64_t certificate_until_us; /* of the link; 0: none */
    struct error why;
    char frame[FRAME_SIZE_MAX];
};

static void lose_link(struct site_port *port, const char *why)
{
    port->link = sd_event_source_disable_unref(port->link);
    port->up = false;
    port->certificate_until_us = 0;
    error_set(&port->why, 0, "%s", why);
    site_link_down(port->site);
}

/* ---------------------------------------------------------------- frames from the link */

static void on_up(struct site_port *port, const char *payload, size_t length, int64_t now_us)
{
    (void)payload;
    (void)length;
    port->up = true;
    port->why.text[0] = '\0';
    site_link_up(port->site, now_us);
}

static void on_down(struct site_port *port, const char *payload, size_t length, int64_t now_us)
{
    (void)now_us;
    port->up = false;
    text_copy_n(port->why.text, sizeof(port->why.text), payload, length);
    site_link_down(port->site);
}

static void on_segment(struct site_port *port, const char *payload, size_t length, int64_t now_us)
{
    site_receive(port->site, SITE_SEGMENT, payload, length, now_us);
}

static void on_control(struct site_port *port, const char *payload, size_t length, int64_t now_us)
{
    site_receive(port->site, SITE_CONTROL, payload, length, now_us);
}

static void on_office(struct site_port *port, const char *payload, size_t length, int64_t now_us)
{
    site_office_state(port->site, payload, length, now_us);
}

static void on_published(struct site_port *port, const char *payload, size_t length, int64_t now_us)
{
    if (length == 1)
        site_published(port->site, (unsigned char)payload[0], now_us);
}

static void on_certificate(struct site_port *port, const char *payload, size_t length, int64_t now_us)
{
    (void)now_us;
    char text[24];
    int64_t ms = 0;
    if (text_copy_n(text, sizeof(text), payload, length) && text_to_int(text, 0, INT64_MAX / 1000, &ms) == 0)
        port->certificate_until_us = ms * 1000;
}

static void take_frame(struct site_port *port, size_t length)
{
    static const struct {
        char kind;
        void (*take)(struct site_port *port, const char *payload, size_t length, int64_t now_us);
    } kinds[] = {
        {FRAME_UP, on_up},
        {FRAME_DOWN, on_down},
        {FRAME_RECEIVED_SEGMENT, on_segment},
        {FRAME_RECEIVED_CONTROL, on_control},
        {FRAME_OFFICE_STATE, on_office},
        {FRAME_CERTIFICATE, on_certificate},
        {FRAME_PUBLISHED, on_published},
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].kind == port->frame[0])
            kinds[i].take(port, port->frame + 1, length - 1, clock_mono_us());
}

/* One frame: an answer is followed by another segment, which takes a millisecond, and others have their turn. */
static int on_link(sd_event_source *source, int fd, uint32_t events, void *user)
{
    struct site_port *port = user;
    if (events & EPOLLOUT) {
        sd_event_source_set_io_events(source, EPOLLIN);
        site_tick(port->site, clock_mono_us());
    }
    if (port->link != source)
        return 0;
    ssize_t length = recv(fd, port->frame, sizeof(port->frame), MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (length <= 0)
        lose_link(port, "floorhand-link is not running; start it");
    else if ((size_t)length > sizeof(port->frame))
        lose_link(port, "floorhand-link sent too large a frame; do both programs have the same version?");
    else
        take_frame(port, (size_t)length);
    return 0;
}

/* A newer link replaces the older, which may be hanging. */
static int on_connection(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)events;
    struct site_port *port = user;
    int link = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (link < 0)
        return 0;
    setsockopt(link, SOL_SOCKET, SO_SNDBUF, &(int){FRAME_SNDBUF}, sizeof(int));
    lose_link(port, "floorhand-link has not said yet whether the broker is there");
    if (sd_event_add_io(port->event, &port->link, link, EPOLLIN, on_link, port) < 0) {
        close(link);
        return 0;
    }
    sd_event_source_set_io_fd_own(port->link, 1);
    sd_event_source_set_priority(port->link, port->priority);
    return 0;
}

/* ---------------------------------------------------------------- the site's time */

static int on_time(sd_event_source *source, uint64_t usec, void *user)
{
    (void)usec;
    struct site_port *port = user;
    port->timer_us = INT64_MAX;
    sd_event_source_set_time(source, UINT64_MAX);
    site_tick(port->site, clock_mono_us());
    return 0;
}

/* Before the loop waits: any step since then may have moved the deadline. */
static int on_prepare(sd_event_source *source, void *user)
{
    struct site_port *port = user;
    int64_t deadline_us = site_deadline(port->site);
    if (deadline_us != port->timer_us) {
        port->timer_us = deadline_us;
        sd_event_source_set_time(source, deadline_us == INT64_MAX ? UINT64_MAX : (uint64_t)deadline_us);
    }
    return 0;
}

/* ---------------------------------------------------------------- opening and closing */

/* True when a socket is there and nobody listens behind it. */
static bool is_left_over(const struct sockaddr_un *address)
{
    struct stat stat;
    if (lstat(address->sun_path, &stat) < 0 || !S_ISSOCK(stat.st_mode))
        return false;
    int fd CLEANUP(cleanup_close) = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 && errno == ECONNREFUSED;
}

static int listen_at(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int result = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;
    if (result == -EADDRINUSE && is_left_over(address) && unlink(address->sun_path) == 0)
        result = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;
    if (!result && listen(fd, 4) < 0)
        result = -errno;
    if (result)
        close(fd);
    return result ? result : fd;
}

static int add_sources(struct site_port *port, int fd)
{
    int result = sd_event_add_io(port->event, &port->listener, fd, EPOLLIN, on_connection, port);
    if (result < 0) {
        close(fd);
        return result;
    }
    sd_event_source_set_io_fd_own(port->listener, 1);
    result = sd_event_add_time(port->event, &port->timer, CLOCK_BOOTTIME, UINT64_MAX, TIMER_ACCURACY_US, on_time, port);
    if (result >= 0)
        result = sd_event_source_set_enabled(port->timer, SD_EVENT_ON);
    if (result >= 0)
        result = sd_event_source_set_prepare(port->timer, on_prepare);
    if (result >= 0)
        result = sd_event_source_set_priority(port->timer, port->priority);
    return result;
}

int site_port_open(sd_event *event, int64_t priority, const char *path, struct site *site, struct site_port **ret,
                   struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!text_copy(address.sun_path, sizeof(address.sun_path), path))
        return error_set(error, -ENAMETOOLONG, "the socket's path is longer than %zu bytes; choose a shorter one: %s",
                         sizeof(address.sun_path) - 1, path);
    int fd = listen_at(&address);
    if (fd == -EADDRINUSE)
        return error_set(error, fd, "%s is in use by another floorhandd, or is not a socket; stop or move it", path);
    if (fd < 0)
        return error_set(error, fd, "cannot listen at %s: %s; does its folder exist, and may this user write there?",
                         path, strerror(-fd));
    struct site_port *port = calloc(1, sizeof(*port));
    if (!port) {
        close(fd);
        return error_set(error, -ENOMEM, "no memory for the link's socket");
    }
    port->event = event;
    port->site = site;
    port->priority = priority;
    port->address = address;
    port->timer_us = INT64_MAX;
    error_set(&port->why, 0, "floorhand-link is not running; start it");
    int result = add_sources(port, fd);
    if (result < 0) {
        site_port_free(port);
        return error_set(error, result, "cannot watch the link's socket: %s", strerror(-result));
    }
    *ret = port;
    return 0;
}

struct site_port *site_port_free(struct site_port *port)
{
    if (!port)
        return NULL;
    sd_event_source_disable_unref(port->link);
    sd_event_source_disable_unref(port->listener);
    sd_event_source_disable_unref(port->timer);
    unlink(port->address.sun_path);
    free(port);
    return NULL;
}

int site_port_send(struct site_port *port, enum site_channel channel, const void *bytes, size_t length)
{
    if (!port->up)
        return -EAGAIN;
    enum frame_kind kind = channel == SITE_SEGMENT ? FRAME_SEND_SEGMENT : FRAME_SEND_CONTROL;
    int result = frame_send(sd_event_source_get_io_fd(port->link), kind, bytes, length);
    if (result)
        sd_event_source_set_io_events(port->link, EPOLLIN | EPOLLOUT);
    return result ? -EAGAIN : 0;
}

bool site_port_linked(const struct site_port *port)
{
    return port->link != NULL;
}

bool site_port_up(const struct site_port *port)
{
    return port->up;
}

const char *site_port_why(const struct site_port *port)
{
    return port->why.text;
}

int64_t site_port_certificate_until_us(const struct site_port *port)
{
    return port->certificate_until_us;
}
