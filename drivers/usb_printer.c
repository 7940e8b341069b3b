#include "base/cleanup.h"
#include "drivers/usb_line.h"

#include <errno.h>
#include <string.h>

/* A printer of the USB printer class (7/1), bulk OUT for jobs and, where it has one, bulk IN for what it says. */

#define BLOCK_MAX   16384 /* bytes handed over in one transfer */
#define ANSWER_MAX  4096  /* bytes the printer said and nobody has read; then it is not asked for more */
#define PACKET_SIZE 512   /* of one transfer from it: the largest packet of a bulk endpoint at high speed */

struct usb_printer {
    struct usb_line line; /* first: the two are the same address */
    uint8_t in, out;      /* bulk endpoints; in 0: it only listens */
    struct libusb_transfer *input, *output;
    bool input_runs, output_runs, stalled;
    bool reset;     /* what an earlier job has left half sent is to be thrown away */
    size_t pending; /* bytes of the transfer that is under way */
    uint8_t packet[PACKET_SIZE], block[BLOCK_MAX];
    size_t said_length;
    uint8_t said[ANSWER_MAX];
    int port_status;
    size_t id_length;
    uint8_t id[TRANSPORT_DEVICE_ID_MAX];
};

/* ---------------------------------------------------------------- which interface */

/* USB printer class 1.1, 4.2.1: which of an interface's settings speaks how. Both ways is best; packets of IEEE 1284.4
 * are not ours. */
enum { SUBCLASS_PRINTER = 1, ONE_WAY = 1, BOTH_WAYS = 2 };

static const struct libusb_interface_descriptor *best_setting(const struct libusb_interface *interface)
{
    const struct libusb_interface_descriptor *best = NULL;
    for (int i = 0; i < interface->num_altsetting; i++) {
        const struct libusb_interface_descriptor *setting = &interface->altsetting[i];
        if (setting->bInterfaceClass != LIBUSB_CLASS_PRINTER || setting->bInterfaceSubClass != SUBCLASS_PRINTER ||
            (setting->bInterfaceProtocol != BOTH_WAYS && setting->bInterfaceProtocol != ONE_WAY) ||
            !usb_endpoint(setting, LIBUSB_ENDPOINT_TRANSFER_TYPE_BULK, LIBUSB_ENDPOINT_OUT))
            continue;
        if (!best || setting->bInterfaceProtocol > best->bInterfaceProtocol)
            best = setting;
    }
    return best;
}

static int pick(const struct libusb_config_descriptor *config, struct usb_line *line)
{
    struct usb_printer *printer = (struct usb_printer *)line;
    for (size_t i = 0; i < config->bNumInterfaces; i++) {
        const struct libusb_interface_descriptor *setting = best_setting(&config->interface[i]);
        if (!setting)
            continue;
        const struct libusb_endpoint_descriptor *in =
            usb_endpoint(setting, LIBUSB_ENDPOINT_TRANSFER_TYPE_BULK, LIBUSB_ENDPOINT_IN);
        line->interface = setting->bInterfaceNumber;
        line->alternate = setting->bAlternateSetting;
        printer->in = in ? in->bEndpointAddress : 0;
        printer->out = usb_endpoint(setting, LIBUSB_ENDPOINT_TRANSFER_TYPE_BULK, LIBUSB_ENDPOINT_OUT)->bEndpointAddress;
        return 0;
    }
    return LIBUSB_ERROR_NOT_SUPPORTED;
}

/* ---------------------------------------------------------------- transfers */

/* A read stays pending, or some printers stall. */
static void ask_for_input(struct usb_printer *printer)
{
    if (printer->in && !printer->line.closing && !printer->line.gone && !printer->input_runs &&
        printer->said_length + PACKET_SIZE <= ANSWER_MAX)
        printer->input_runs = usb_line_submit(&printer->line, printer->input);
}

static void LIBUSB_CALL input_done(struct libusb_transfer *transfer)
{
    struct usb_printer *printer = transfer->user_data;
    usb_line_returned(&printer->line);
    printer->input_runs = false;
    if (transfer->status != LIBUSB_TRANSFER_COMPLETED) {
        /* A printer that refuses to be read still prints; an unplugged one fails its next write as well. */
        if (transfer->status == LIBUSB_TRANSFER_STALL)
            printer->in = 0;
        else
            usb_line_lose(&printer->line);
        return;
    }
    memcpy(printer->said + printer->said_length, printer->packet, (size_t)transfer->actual_length);
    printer->said_length += (size_t)transfer->actual_length;
    usb_line_signal(&printer->line);
    ask_for_input(printer);
}

/* The printer took some of it, and said so: the rest follows. */
static bool send_rest(struct usb_printer *printer)
{
    struct libusb_transfer *transfer = printer->output;
    int rest = transfer->length - transfer->actual_length;
    if (transfer->actual_length == 0 || rest == 0 || printer->line.closing)
        return false;
    memmove(printer->block, printer->block + transfer->actual_length, (size_t)rest);
    transfer->length = rest;
    printer->output_runs = usb_line_submit(&printer->line, transfer);
    printer->pending = (size_t)rest;
    return true;
}

/* What a cut transfer has left behind nobody knows: the owner is told that the printer is gone, and opens it anew. */
static void LIBUSB_CALL output_done(struct libusb_transfer *transfer)
{
    struct usb_printer *printer = transfer->user_data;
    usb_line_returned(&printer->line);
    printer->output_runs = false;
    printer->stalled = transfer->status == LIBUSB_TRANSFER_STALL;
    if (transfer->status == LIBUSB_TRANSFER_COMPLETED && send_rest(printer))
        return;
    bool whole = transfer->status == LIBUSB_TRANSFER_COMPLETED && transfer->actual_length == transfer->length;
    if (whole)
        printer->pending = 0;
    else if (!printer->line.closing)
        usb_line_lose(&printer->line);
    usb_line_signal(&printer->line);
}

/* ---------------------------------------------------------------- open and close */

enum {
    GET_DEVICE_ID = 0,
    GET_PORT_STATUS = 1,
    SOFT_RESET = 2,
    CLASS_FROM_INTERFACE = 0xA1,
    CLASS_TO_INTERFACE = 0x21,
    TO_OTHER = 0x23
};

static void be_ready(struct usb_line *line, const uint8_t *bytes, int length)
{
    (void)bytes;
    (void)length;
    struct usb_printer *printer = (struct usb_printer *)line;
    line->ready = true;
    usb_line_signal(line);
    ask_for_input(printer);
}

/* Class 1.1 sends SOFT_RESET to the interface, class 1.0 and Linux's usblp to "other", which some printers insist on.
 */
static void soft_reset_refused(struct usb_line *line, const uint8_t *bytes, int length)
{
    if (length >= 0) {
        be_ready(line, bytes, length);
        return;
    }
    const struct usb_request request = {
        .type = TO_OTHER, .request = SOFT_RESET, .index = (uint16_t)line->interface, .length = 0};
    usb_line_ask(line, &request, be_ready);
}

static void take_id(struct usb_line *line, const uint8_t *bytes, int length)
{
    struct usb_printer *printer = (struct usb_printer *)line;
    if (length > 0) {
        printer->id_length = (size_t)length;
        memcpy(printer->id, bytes, printer->id_length);
    }
    if (!printer->reset) {
        be_ready(line, NULL, 0);
        return;
    }
    const struct usb_request request = {
        .type = CLASS_TO_INTERFACE, .request = SOFT_RESET, .index = (uint16_t)line->interface, .length = 0};
    usb_line_ask(line, &request, soft_reset_refused);
}

/* USB printer class 1.1, 4.2.1: the value is the configuration's index, the index holds interface and setting. */
static void ask_id(struct usb_line *line)
{
    const struct usb_request request = {.type = CLASS_FROM_INTERFACE,
                                        .request = GET_DEVICE_ID,
                                        .index = (uint16_t)(line->interface << 8 | line->alternate),
                                        .length = TRANSPORT_DEVICE_ID_MAX};
    usb_line_ask(line, &request, take_id);
}

static void stop(struct usb_line *line)
{
    struct usb_printer *printer = (struct usb_printer *)line;
    if (printer->input_runs)
        libusb_cancel_transfer(printer->input);
    if (printer->output_runs)
        libusb_cancel_transfer(printer->output);
}

static void printer_close(struct transport *transport)
{
    struct usb_printer *printer = (struct usb_printer *)transport;
    if (printer->stalled)
        libusb_clear_halt(printer->line.handle, printer->out);
    usb_line_stop(&printer->line, stop);
    libusb_free_transfer(printer->input);
    libusb_free_transfer(printer->output);
    usb_line_done(&printer->line);
    free(printer);
}

int usb_printer_open(const struct usb_wanted *wanted, const char *where, bool reset, struct transport **ret,
                     struct error *error)
{
    struct usb_printer *printer = calloc(1, sizeof(*printer));
    if (!printer)
        return error_set(error, -ENOMEM, "There is no memory left for another device.");
    printer->line.transport.ops = &usb_printer_ops;
    printer->reset = reset;
    printer->port_status = -1;
    printer->input = libusb_alloc_transfer(0);
    printer->output = libusb_alloc_transfer(0);
    int r = usb_line_open(&printer->line, wanted, where,
                          "is no printer: look for another address in the list of devices", pick, error);
    if (r == 0 && (!printer->input || !printer->output)) {
        error_set(error, -ENOMEM, "There is no memory left for another device.");
        r = -ENOMEM;
    }
    if (r < 0) {
        printer_close(&printer->line.transport);
        return r;
    }
    libusb_fill_bulk_transfer(printer->input, printer->line.handle, printer->in, printer->packet, PACKET_SIZE,
                              input_done, printer, 0);
    ask_id(&printer->line);
    *ret = &printer->line.transport;
    return 0;
}

/* ---------------------------------------------------------------- bytes for the owner, and from it */

static int printer_fd(const struct transport *transport)
{
    return ((const struct usb_printer *)transport)->line.fd;
}

static int printer_ready(struct transport *transport)
{
    const struct usb_printer *printer = (struct usb_printer *)transport;
    usb_context_run(0);
    return printer->line.ready ? 0 : printer->line.gone ? -ENODEV : -EAGAIN;
}

static void printer_about(const struct transport *transport, struct transport_about *ret)
{
    const struct usb_printer *printer = (const struct usb_printer *)transport;
    ret->role = TRANSPORT_PRINTER;
    ret->port_status = printer->port_status;
    ret->device_id = printer->id;
    ret->device_id_length = printer->id_length;
}

static void take_port_status(struct usb_line *line, const uint8_t *bytes, int length)
{
    ((struct usb_printer *)line)->port_status = length == 1 ? bytes[0] : -1;
}

/* USB printer class 1.1, 4.2.2. */
static void printer_ask_port(struct transport *transport)
{
    struct usb_line *line = &((struct usb_printer *)transport)->line;
    const struct usb_request request = {
        .type = CLASS_FROM_INTERFACE, .request = GET_PORT_STATUS, .index = (uint16_t)line->interface, .length = 1};
    usb_line_ask(line, &request, take_port_status);
}

static ssize_t printer_read(struct transport *transport, void *bytes, size_t capacity)
{
    struct usb_printer *printer = (struct usb_printer *)transport;
    usb_context_run(0);
    if (printer->said_length == 0) {
        if (printer->line.gone)
            return -ENODEV;
        usb_line_quiet(&printer->line);
        return -EAGAIN;
    }
    size_t taken = printer->said_length < capacity ? printer->said_length : capacity;
    memcpy(bytes, printer->said, taken);
    printer->said_length -= taken;
    memmove(printer->said, printer->said + taken, printer->said_length);
    ask_for_input(printer);
    return (ssize_t)taken;
}

static ssize_t printer_write(struct transport *transport, const void *bytes, size_t length)
{
    struct usb_printer *printer = (struct usb_printer *)transport;
    if (printer->line.gone)
        return -ENODEV;
    if (!printer->line.ready || printer->output_runs)
        return -EAGAIN;
    size_t taken = length < BLOCK_MAX ? length : BLOCK_MAX;
    memcpy(printer->block, bytes, taken);
    libusb_fill_bulk_transfer(printer->output, printer->line.handle, printer->out, printer->block, (int)taken,
                              output_done, printer, 0);
    printer->output_runs = usb_line_submit(&printer->line, printer->output);
    if (!printer->output_runs)
        return -ENODEV;
    printer->pending = taken;
    return (ssize_t)taken;
}

static size_t printer_pending(const struct transport *transport)
{
    return ((const struct usb_printer *)transport)->pending;
}

const struct transport_ops usb_printer_ops = {
    .open = NULL, /* by usb.c */
    .ready = printer_ready,
    .about = printer_about,
    .ask_port = printer_ask_port,
    .fd = printer_fd,
    .read = printer_read,
    .write = printer_write,
    .pending = printer_pending,
    .close = printer_close,
};
