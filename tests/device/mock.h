/* Tests whose system calls see umockdev's test bed instead of this machine's devices. Knows no kind of device. */
#ifndef TESTS_DEVICE_MOCK_H
#define TESTS_DEVICE_MOCK_H

#include "drivers/transport.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <umockdev.h>
#include <unistd.h>

#define MOCK_WAIT_MS 5000

/* Preloading takes effect when a program starts: starts this one again if it was not yet so. umockdev has to stand
 * before AddressSanitizer, which objects unless told. */
static inline void mock_begin(char **arguments)
{
    const char *preloaded = getenv("LD_PRELOAD");
    if (preloaded && strstr(preloaded, "libumockdev-preload"))
        return;
    const char *options = getenv("ASAN_OPTIONS");
    char with_order[256];
    snprintf(with_order, sizeof(with_order), "%s%sverify_asan_link_order=0", options ? options : "",
             options ? ":" : "");
    setenv("ASAN_OPTIONS", with_order, 1);
    setenv("LD_PRELOAD", "libumockdev-preload.so.0", 1);
    execv("/proc/self/exe", arguments);
    perror("umockdev cannot be preloaded: install the package umockdev");
    exit(1);
}

/* Reads as an owner does, until there is something else than -EAGAIN. The mocked descriptors do not wake a poll(2) as
 * the kernel's do, so it is asked again every few milliseconds. */
static inline ssize_t mock_await_read(struct transport *transport, void *bytes, size_t capacity)
{
    ssize_t r = -EAGAIN;
    for (int waited_ms = 0; r == -EAGAIN && waited_ms < MOCK_WAIT_MS; waited_ms += 5) {
        struct pollfd poller = {.fd = transport_fd(transport), .events = transport_events(transport)};
        r = transport_read(transport, bytes, capacity);
        if (r == -EAGAIN)
            poll(&poller, 1, 5);
    }
    return r;
}

#endif
