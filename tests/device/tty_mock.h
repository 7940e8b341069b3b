/* A serial port on a pseudo-terminal, with the modem lines that those do not have. Knows nothing of who is behind it.
 */
#ifndef TESTS_DEVICE_TTY_MOCK_H
#define TESTS_DEVICE_TTY_MOCK_H

#include "device/mock.h"

struct tty_mock {
    UMockdevTestbed *bed;
    UMockdevIoctlBase *ioctls;
    int far_side; /* what the scanner or printer would hold */
    int modem_lines;
};

/* parent: the interface or chip that it belongs to, in /sys. */
struct tty_mock *tty_mock_plug_in(UMockdevTestbed *bed, const char *parent, const char *name);
void tty_mock_free(struct tty_mock *mock);

#endif
