#include "sync/mqtt/probe.h"

#include "base/cleanup.h"

#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define ACCURACY_US 1000 /* none given would be 250 ms */

struct probe {
    sd_event *event;
    const struct probe_ops *ops;
    void *user;
    struct addrinfo *addresses, *next;
    sd_event_source *io, *timer;
    int last; /* -errno of the last address tried */
};

static void finish(struct probe *probe, int result)
{
    char why[160] = "";
    if (result)
        snprintf(why, sizeof(why), "%s; is it running, and are host and port right?", strerror(-result));
    probe->io = sd_event_source_disable_unref(probe->io);
    probe->timer = sd_event_source_disable_unref(probe->timer);
    probe->ops->done(probe->user, result, why);
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *user);
static int on_timeout(sd_event_source *source, uint64_t usec, void *user);

/* Begins to connect to one address. The socket belongs to the io source. */
static int begin(struct probe *probe, const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (fd < 0)
        return -errno;
    int result = connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS ? -errno : 0;
    if (!result)
        result = sd_event_add_io(probe->event, &probe->io, fd, EPOLLOUT, on_writable, probe);
    if (result < 0) {
        close(fd);
        return result;
    }
    sd_event_source_set_io_fd_own(probe->io, 1);
    return sd_event_add_time_relative(probe->event, &probe->timer, CLOCK_BOOTTIME, UINT64_C(1000) * PROBE_ADDRESS_MS,
                                      ACCURACY_US, on_timeout, probe);
}

static void try_next(struct probe *probe)
{
    while (probe->next) {
        const struct addrinfo *address = probe->next;
        probe->next = address->ai_next;
        probe->io = sd_event_source_disable_unref(probe->io);
        probe->timer = sd_event_source_disable_unref(probe->timer);
        int result = begin(probe, address);
        if (result >= 0)
            return;
        probe->last = result;
    }
    finish(probe, probe->last);
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)events;
    struct probe *probe = user;
    int wrong = 0;
    socklen_t size = sizeof(wrong);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &wrong, &size) < 0)
        wrong = errno;
    if (wrong == 0) {
        finish(probe, 0);
    } else {
        probe->last = -wrong;
        try_next(probe);
    }
    return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *user)
{
    (void)source;
    (void)usec;
    struct probe *probe = user;
    probe->last = -ETIMEDOUT;
    try_next(probe);
    return 0;
}

/* The first address is tried from the loop, so that done() is never called from inside probe_new(). */
int probe_new(sd_event *event, const char *host, int port, const struct probe_ops *ops, void *user, struct probe **ret,
              struct error *error)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char service[16];
    struct addrinfo *addresses;
    snprintf(service, sizeof(service), "%d", port);
    int why = getaddrinfo(host, service, &hints, &addresses);
    if (why != 0)
        return error_set(error, -EHOSTUNREACH, "the name cannot be resolved (%s)", gai_strerror(why));
    struct probe *probe = calloc(1, sizeof(*probe));
    if (!probe) {
        freeaddrinfo(addresses);
        return error_set(error, -ENOMEM, "no memory");
    }
    *probe = (struct probe){
        .event = event, .ops = ops, .user = user, .addresses = addresses, .next = addresses, .last = -EHOSTUNREACH};
    int result = sd_event_add_time_relative(event, &probe->timer, CLOCK_BOOTTIME, 0, ACCURACY_US, on_timeout, probe);
    if (result < 0) {
        probe_free(probe);
        return error_set(error, result, "cannot start a timer (%s)", strerror(-result));
    }
    *ret = probe;
    return 0;
}

struct probe *probe_free(struct probe *probe)
{
    if (!probe)
        return NULL;
    sd_event_source_disable_unref(probe->io);
    sd_event_source_disable_unref(probe->timer);
    freeaddrinfo(probe->addresses);
    free(probe);
    return NULL;
}
