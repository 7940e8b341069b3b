#include "usbip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define VHCI "/sys/devices/platform/vhci_hcd.0/"

enum { RETURN_SUBMIT = 3, RETURN_UNLINK = 4 };

static uint32_t get32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

int usbip_parse(const uint8_t header[USBIP_HEADER_SIZE], struct usbip_request *ret)
{
    uint32_t kind = get32(header), number = get32(header + 16);
    bool in = get32(header + 12) != 0;
    if ((kind != USBIP_SUBMIT && kind != USBIP_UNLINK) || number > 15)
        return -EPROTO;
    *ret = (struct usbip_request){
        .kind = (enum usbip_kind)kind,
        .number = get32(header + 4),
        .endpoint = (uint8_t)(number | (in ? 0x80u : 0u)),
    };
    if (kind == USBIP_UNLINK) {
        ret->target = get32(header + 20);
        return 0;
    }
    ret->length = get32(header + 24);
    memcpy(ret->setup, header + 40, sizeof(ret->setup));
    return ret->length <= USBIP_TRANSFER_MAX ? 0 : -EPROTO;
}

static int send_all(int socket, struct iovec parts[2])
{
    size_t left = parts[0].iov_len + parts[1].iov_len;
    while (left > 0) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return -errno;
        left -= (size_t)sent;
        for (size_t i = 0, gone = (size_t)sent; i < 2; i++) {
            size_t part = gone < parts[i].iov_len ? gone : parts[i].iov_len;
            parts[i].iov_base = (uint8_t *)parts[i].iov_base + part;
            parts[i].iov_len -= part;
            gone -= part;
        }
    }
    return 0;
}

int usbip_answer(int socket, uint32_t number, int status, size_t length, const void *in)
{
    uint8_t header[USBIP_HEADER_SIZE] = {0};
    put32(header, RETURN_SUBMIT);
    put32(header + 4, number);
    put32(header + 20, (uint32_t)status);
    put32(header + 24, (uint32_t)length);
    union {
        const void *lent;
        void *base;
    } bytes = {.lent = in};
    struct iovec parts[2] = {{header, sizeof(header)}, {bytes.base, in ? length : 0}};
    return send_all(socket, parts);
}

int usbip_answer_unlink(int socket, uint32_t number, int status)
{
    uint8_t header[USBIP_HEADER_SIZE] = {0};
    put32(header, RETURN_UNLINK);
    put32(header + 4, number);
    put32(header + 20, (uint32_t)status);
    struct iovec parts[2] = {{header, sizeof(header)}, {NULL, 0}};
    return send_all(socket, parts);
}

/* The lines of "status": hub, port, state, speed, ...; state 4 is an empty port. */
bool usbip_port_free(unsigned port)
{
    FILE *file = fopen(VHCI "status", "re");
    if (!file)
        return false;
    char line[160], hub[8];
    bool is_free = false;
    while (fgets(line, sizeof(line), file)) {
        unsigned number, state;
        // NOLINTNEXTLINE(cert-err34-c): the kernel wrote it
        if (sscanf(line, "%7s %u %u", hub, &number, &state) == 3 && number == port)
            is_free = state == 4;
    }
    fclose(file);
    return is_free;
}

static int attach(unsigned port, int socket, enum usbip_speed speed)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%u %d %u %u", port, socket, 0x10000 | (port + 1), (unsigned)speed);
    int fd = open(VHCI "attach", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = write(fd, text, (size_t)length) == length ? 0 : -errno;
    close(fd);
    return r;
}

int usbip_plug(unsigned port, enum usbip_speed speed, int *ret)
{
    for (int tries = 0; !usbip_port_free(port); tries++) {
        if (tries == 1000)
            return -EBUSY;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    int r = attach(port, pair[1], speed);
    close(pair[1]);
    if (r < 0)
        close(pair[0]);
    else
        *ret = pair[0];
    return r;
}
