#include "device/tty_mock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <cmocka.h>

/* Everything else is the pseudo-terminal's. */
static bool change_lines(unsigned long request, int *lines, int argument)
{
    switch (request) {
    case TIOCMSET:
        *lines = argument;
        return true;
    case TIOCMBIS:
        *lines |= argument;
        return true;
    case TIOCMBIC:
        *lines &= ~argument;
        return true;
    default:
        return request == TIOCMGET;
    }
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct tty_mock *mock)
{
    (void)base;
    UMockdevIoctlData *lines = umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, sizeof(int), NULL);
    int argument = 0, code = 0, r = 0;
    if (lines)
        memcpy(&argument, lines->data, sizeof(argument));
    if (!change_lines(umockdev_ioctl_client_get_request(client), &mock->modem_lines, argument))
        r = umockdev_ioctl_client_execute(client, &code, NULL);
    else if (umockdev_ioctl_client_get_request(client) == TIOCMGET)
        umockdev_ioctl_data_update(lines, 0, (guint8 *)&mock->modem_lines, sizeof(int));
    if (lines)
        umockdev_ioctl_data_unref(lines);
    umockdev_ioctl_client_complete(client, r, code);
    return TRUE;
}

/* Two ports of one test bed have different numbers. */
static unsigned next_minor;

static void describe(UMockdevTestbed *bed, const char *parent, const char *name)
{
    char description[512];
    unsigned minor = next_minor++ % 256;
    snprintf(description, sizeof(description),
             "P: %s/tty/%s\nN: %s\nE: DEVNAME=/dev/%s\nE: SUBSYSTEM=tty\nE: MAJOR=166\nE: MINOR=%u\nA: dev=166:%u\n"
             "L: device=../../../%s\n",
             parent, name, name, name, minor, minor, strrchr(parent, '/') + 1);
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(bed, description, &error))
        fail_msg("%s", error->message);
}

struct tty_mock *tty_mock_plug_in(UMockdevTestbed *bed, const char *parent, const char *name)
{
    struct tty_mock *mock = calloc(1, sizeof(*mock));
    assert_non_null(mock);
    mock->bed = g_object_ref(bed);
    mock->ioctls = umockdev_ioctl_base_new();
    mock->modem_lines = TIOCM_CTS | TIOCM_DSR;
    g_signal_connect(mock->ioctls, "handle-ioctl", G_CALLBACK(on_ioctl), mock);
    describe(bed, parent, name);
    char node[64];
    snprintf(node, sizeof(node), "/dev/%s", name);
    assert_true(umockdev_testbed_attach_ioctl(bed, node, mock->ioctls, NULL));
    mock->far_side = umockdev_testbed_get_dev_fd(bed, node);
    assert_true(mock->far_side >= 0);
    return mock;
}

void tty_mock_free(struct tty_mock *mock)
{
    if (!mock)
        return;
    g_object_unref(mock->ioctls);
    g_object_unref(mock->bed);
    free(mock);
}
