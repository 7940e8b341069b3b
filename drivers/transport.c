#include "drivers/transport.h"

#include "drivers/driver.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

const struct transport_ops *const transport_registry[] = {&serial_ops, &stream_ops,   &unix_ops, &tcp_ops,
                                                          &usb_ops,    &usb_path_ops, NULL};

int transport_open(const struct transport_settings *settings, struct transport **ret, struct error *error)
{
    const char *address = settings->address;
    size_t scheme = strcspn(address, ":");
    for (const struct transport_ops *const *at = transport_registry; *at; at++)
        if (strlen((*at)->scheme) == scheme && memcmp((*at)->scheme, address, scheme) == 0 && address[scheme])
            return (*at)->open(address + scheme + 1, settings, ret, error);
    return error_set(
        error, -EINVAL,
        "The device address \"%s\" is not understood: write serial:/dev/ttyACM0, stream:/path, unix:/path, "
        "tcp:192.168.1.20:9100, usb:05e0:1200 or usb-path:1-2.3.",
        address);
}

struct transport *transport_close(struct transport *transport)
{
    if (transport)
        transport->ops->close(transport);
    return NULL;
}

int transport_fd(const struct transport *transport)
{
    return transport->ops->fd(transport);
}

short transport_events(const struct transport *transport)
{
    return transport->ops->events ? transport->ops->events(transport) : POLLIN;
}

ssize_t transport_read(struct transport *transport, void *bytes, size_t capacity)
{
    return transport->ops->read(transport, bytes, capacity);
}

ssize_t transport_write(struct transport *transport, const void *bytes, size_t length)
{
    return transport->ops->write ? transport->ops->write(transport, bytes, length) : -ENOTSUP;
}

int transport_ready(struct transport *transport)
{
    return transport->ops->ready ? transport->ops->ready(transport) : 0;
}

struct transport_about transport_about(const struct transport *transport)
{
    struct transport_about about = {.role = TRANSPORT_SERIAL, .port_status = -1};
    if (transport->ops->about)
        transport->ops->about(transport, &about);
    return about;
}

void transport_ask_port(struct transport *transport)
{
    if (transport->ops->ask_port)
        transport->ops->ask_port(transport);
}

size_t transport_pending(const struct transport *transport)
{
    return transport->ops->pending ? transport->ops->pending(transport) : 0;
}

bool transport_write_polls(const struct transport *transport)
{
    return transport->ops->write_polls && transport->ops->write_polls(transport);
}
