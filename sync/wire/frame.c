#include "sync/wire/frame.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

int frame_send(int fd, enum frame_kind kind, const void *payload, size_t length)
{
    char first = (char)kind;
    struct iovec parts[] = {{&first, 1}, {(void *)(uintptr_t)payload, length}};
    const struct msghdr message = {.msg_iov = parts, .msg_iovlen = length > 0 ? 2 : 1};
    if (length > FRAME_PAYLOAD_MAX)
        return -EMSGSIZE;
    return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}
