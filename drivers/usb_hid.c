#include "base/cleanup.h"
#include "drivers/hid_report.h"
#include "drivers/usb_line.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* A HID device (HID 1.11) read through libusb: no kernel driver sees its keys. Either a boot keyboard, set to the boot
 * protocol, or any other HID device, with its report descriptor. */

#define QUEUE_MAX  64 /* reports; while it is full the device is not asked for more */
#define PACKET_MAX TRANSPORT_REPORT_MAX

struct report {
    size_t length;
    uint8_t bytes[TRANSPORT_REPORT_MAX];
};

struct usb_hid {
    struct usb_line line; /* first: the two are the same address */
    bool keyboard;        /* a boot keyboard is wanted, not any other HID device */
    bool boot;            /* reports have the fixed form of a boot keyboard's */
    bool stalled;
    uint8_t in, out; /* interrupt endpoints; out 0: none, reports go through the control pipe */
    uint16_t packet_size;
    uint16_t descriptor_size;
    size_t step; /* of the set-up */
    struct libusb_transfer *input, *output;
    bool input_runs, output_runs;
    uint8_t packet[PACKET_MAX], sent[TRANSPORT_REPORT_MAX];
    size_t descriptor_length;
    uint8_t descriptor[USB_CONTROL_MAX];
    struct report queue[QUEUE_MAX];
    size_t first, count;
};

/* ---------------------------------------------------------------- which interface */

enum { SUBCLASS_BOOT = 1, PROTOCOL_KEYBOARD = 1 }; /* HID 1.11, 4.2 and 4.3 */
enum { DESCRIPTOR_HID = 0x21, DESCRIPTOR_REPORT = 0x22 };

/* The length of the report descriptor, which the HID descriptor tells (HID 1.11, 6.2.1). */
static uint16_t report_descriptor_size(const struct libusb_interface_descriptor *interface)
{
    const uint8_t *at = interface->extra;
    for (int left = interface->extra_length; left >= 2 && at[0] >= 2 && at[0] <= left; left -= at[0], at += at[0])
        if (at[1] == DESCRIPTOR_HID && at[0] >= 9 && at[6] == DESCRIPTOR_REPORT)
            return (uint16_t)(at[7] | at[8] << 8);
    return 0;
}

static bool take_interface(struct usb_hid *hid, const struct libusb_interface_descriptor *interface)
{
    bool boot = interface->bInterfaceSubClass == SUBCLASS_BOOT;
    bool fits = hid->keyboard ? boot && interface->bInterfaceProtocol == PROTOCOL_KEYBOARD : !boot;
    const struct libusb_endpoint_descriptor *in =
        usb_endpoint(interface, LIBUSB_ENDPOINT_TRANSFER_TYPE_INTERRUPT, LIBUSB_ENDPOINT_IN);
    const struct libusb_endpoint_descriptor *out =
        usb_endpoint(interface, LIBUSB_ENDPOINT_TRANSFER_TYPE_INTERRUPT, LIBUSB_ENDPOINT_OUT);
    if (interface->bInterfaceClass != LIBUSB_CLASS_HID || !fits || !in)
        return false;
    uint16_t size = in->wMaxPacketSize & 0x7FF;
    hid->line.interface = interface->bInterfaceNumber;
    hid->in = in->bEndpointAddress;
    hid->out = out ? out->bEndpointAddress : 0;
    hid->packet_size = size < PACKET_MAX ? size : PACKET_MAX;
    hid->descriptor_size = report_descriptor_size(interface);
    return hid->packet_size > 0;
}

static int pick(const struct libusb_config_descriptor *config, struct usb_line *line)
{
    for (size_t i = 0; i < config->bNumInterfaces; i++)
        if (config->interface[i].num_altsetting > 0 &&
            take_interface((struct usb_hid *)line, &config->interface[i].altsetting[0]))
            return 0;
    return LIBUSB_ERROR_NOT_SUPPORTED;
}

/* ---------------------------------------------------------------- reports from the device */

static void ask_for_input(struct usb_hid *hid)
{
    if (!hid->line.closing && !hid->line.gone && !hid->input_runs && hid->count < QUEUE_MAX)
        hid->input_runs = usb_line_submit(&hid->line, hid->input);
}

/* Bytes to ask for at once: the longest report, which may come in several packets; a packet that is not full ends it.
 */
static int input_size(const struct usb_hid *hid)
{
    CLEANUP(cleanup_free) struct hid_layout *layout = malloc(sizeof(*layout));
    size_t packet = hid->packet_size, longest = packet;
    bool known = layout && !hid->boot && hid_layout_parse(hid->descriptor, hid->descriptor_length, layout, NULL) == 0;
    for (unsigned id = 0; known && id <= UINT8_MAX; id++) {
        size_t size = hid_layout_report_size(layout, HID_INPUT, (uint8_t)id);
        longest = size > longest ? size : longest;
    }
    size_t packets = (longest + packet - 1) / packet;
    return (int)(packets * packet <= PACKET_MAX ? packets * packet : packet);
}

/* A boot keyboard's report has eight bytes, however many came. */
static void queue_report(struct usb_hid *hid, size_t length)
{
    struct report *report = &hid->queue[(hid->first + hid->count++) % QUEUE_MAX];
    memset(report->bytes, 0, TRANSPORT_BOOT_REPORT_SIZE);
    memcpy(report->bytes, hid->packet, length);
    report->length = hid->boot ? TRANSPORT_BOOT_REPORT_SIZE : length;
    usb_line_signal(&hid->line);
}

/* An unplugged device may complete with an error of any kind: whatever is no report ends the transport, and its owner
 * opens it anew. A completion without bytes means nothing. */
static void LIBUSB_CALL input_done(struct libusb_transfer *transfer)
{
    struct usb_hid *hid = transfer->user_data;
    usb_line_returned(&hid->line);
    hid->input_runs = false;
    if (transfer->status == LIBUSB_TRANSFER_COMPLETED) {
        if (transfer->actual_length > 0)
            queue_report(hid, (size_t)transfer->actual_length);
        ask_for_input(hid);
        return;
    }
    hid->stalled = transfer->status == LIBUSB_TRANSFER_STALL;
    usb_line_lose(&hid->line);
}

/* ---------------------------------------------------------------- set-up */

enum { GET_DESCRIPTOR = 0x06, SET_REPORT = 0x09, SET_IDLE = 0x0A, SET_PROTOCOL = 0x0B };
enum { FROM_INTERFACE = 0x81, CLASS_TO_INTERFACE = 0x21, REPORT_OUTPUT = 0x0200 };

/* What a HID device is asked and told once (HID 1.11, 7.1 and 7.2). With all lamps off a scanner does not make up for
 * CapsLock. Devices stall what they do not know, and work all the same. */
static const struct setup_step {
    bool keyboard_only;
    uint8_t type, request;
    uint16_t value, length; /* length 0 of GET_DESCRIPTOR: what the device said */
} setup_steps[] = {
    {false, FROM_INTERFACE, GET_DESCRIPTOR, DESCRIPTOR_REPORT << 8, 0},
    {true, CLASS_TO_INTERFACE, SET_PROTOCOL, 0, 0},           /* boot */
    {false, CLASS_TO_INTERFACE, SET_IDLE, 0, 0},              /* report changes only */
    {true, CLASS_TO_INTERFACE, SET_REPORT, REPORT_OUTPUT, 1}, /* the lamps */
};

static void next_step(struct usb_hid *hid);

/* Who does not take the boot protocol goes on in its own: then the descriptor says what its reports mean. */
static void step_done(struct usb_line *line, const uint8_t *bytes, int length)
{
    struct usb_hid *hid = (struct usb_hid *)line;
    uint8_t request = setup_steps[hid->step - 1].request;
    if (request == GET_DESCRIPTOR && length > 0) {
        hid->descriptor_length = (size_t)length;
        memcpy(hid->descriptor, bytes, hid->descriptor_length);
    } else if (request == SET_PROTOCOL) {
        hid->boot = length >= 0;
    }
    next_step(hid);
}

static void next_step(struct usb_hid *hid)
{
    while (hid->step < COUNT(setup_steps)) {
        const struct setup_step *step = &setup_steps[hid->step++];
        bool fetch = step->request == GET_DESCRIPTOR;
        uint16_t length = fetch ? hid->descriptor_size : step->length;
        if ((step->keyboard_only && !hid->keyboard) || (fetch && (length == 0 || length > USB_CONTROL_MAX)))
            continue;
        usb_line_ask(&hid->line,
                     &(struct usb_request){.type = step->type,
                                           .request = step->request,
                                           .value = step->value,
                                           .index = (uint16_t)hid->line.interface,
                                           .length = length},
                     step_done);
        return;
    }
    hid->input->length = input_size(hid);
    hid->line.ready = true;
    usb_line_signal(&hid->line);
    ask_for_input(hid);
}

/* ---------------------------------------------------------------- open and close */

static void stop(struct usb_line *line)
{
    struct usb_hid *hid = (struct usb_hid *)line;
    if (hid->input_runs)
        libusb_cancel_transfer(hid->input);
    if (hid->output_runs)
        libusb_cancel_transfer(hid->output);
}

static void hid_close(struct transport *transport)
{
    struct usb_hid *hid = (struct usb_hid *)transport;
    if (hid->stalled)
        libusb_clear_halt(hid->line.handle, hid->in);
    usb_line_stop(&hid->line, stop);
    libusb_free_transfer(hid->input);
    libusb_free_transfer(hid->output);
    usb_line_done(&hid->line);
    free(hid);
}

int usb_hid_open(const struct usb_wanted *wanted, const char *where, bool boot_keyboard, struct transport **ret,
                 struct error *error)
{
    struct usb_hid *hid = calloc(1, sizeof(*hid));
    if (!hid)
        return error_set(error, -ENOMEM, "There is no memory left for another device.");
    hid->line.transport.ops = &usb_hid_ops;
    hid->keyboard = hid->boot = boot_keyboard;
    hid->input = libusb_alloc_transfer(0);
    hid->output = libusb_alloc_transfer(0);
    int r =
        usb_line_open(&hid->line, wanted, where,
                      boot_keyboard ? "is no keyboard scanner: set it to keyboard mode, or use its serial port"
                                    : "has no HID interface of its own: set it to HID POS mode, or to keyboard mode",
                      pick, error);
    if (r == 0 && (!hid->input || !hid->output)) {
        error_set(error, -ENOMEM, "There is no memory left for another device.");
        r = -ENOMEM;
    }
    if (r < 0) {
        hid_close(&hid->line.transport);
        return r;
    }
    libusb_fill_interrupt_transfer(hid->input, hid->line.handle, hid->in, hid->packet, hid->packet_size, input_done,
                                   hid, 0);
    next_step(hid);
    *ret = &hid->line.transport;
    return 0;
}

/* ---------------------------------------------------------------- reports for the owner, and from it */

static int hid_fd(const struct transport *transport)
{
    return ((const struct usb_hid *)transport)->line.fd;
}

static int hid_ready(struct transport *transport)
{
    const struct usb_hid *hid = (struct usb_hid *)transport;
    usb_context_run(0);
    return hid->line.ready ? 0 : hid->line.gone ? -ENODEV : -EAGAIN; /* what it said before it went is still read */
}

static void hid_about(const struct transport *transport, struct transport_about *ret)
{
    const struct usb_hid *hid = (const struct usb_hid *)transport;
    ret->role = hid->keyboard ? TRANSPORT_KEYBOARD : TRANSPORT_HID;
    if (!hid->boot && hid->descriptor_length > 0) {
        ret->descriptor = hid->descriptor;
        ret->descriptor_length = hid->descriptor_length;
    }
}

static ssize_t hid_read(struct transport *transport, void *bytes, size_t capacity)
{
    struct usb_hid *hid = (struct usb_hid *)transport;
    assert(capacity >= TRANSPORT_REPORT_MAX);
    usb_context_run(0);
    if (hid->count == 0 && hid->line.gone)
        return -ENODEV;
    if (hid->count == 0) {
        usb_line_quiet(&hid->line);
        return -EAGAIN;
    }
    const struct report *report = &hid->queue[hid->first];
    memcpy(bytes, report->bytes, report->length);
    hid->first = (hid->first + 1) % QUEUE_MAX;
    hid->count--;
    ask_for_input(hid);
    return (ssize_t)report->length;
}

/* What a device does with a report it was sent is its own affair: a refused beep is no fault. */
static void LIBUSB_CALL output_done(struct libusb_transfer *transfer)
{
    struct usb_hid *hid = transfer->user_data;
    usb_line_returned(&hid->line);
    hid->output_runs = false;
    if (transfer->status == LIBUSB_TRANSFER_NO_DEVICE)
        usb_line_lose(&hid->line);
    usb_line_signal(&hid->line);
}

static void report_set(struct usb_line *line, const uint8_t *bytes, int length)
{
    (void)bytes;
    (void)length;
    usb_line_signal(line);
}

/* One whole report, its id in front when the device numbers them. Through the interrupt endpoint, or else SET_REPORT,
 * whose value names the report and whose data repeats the id (HID 1.11, 7.2.2). */
static ssize_t hid_write(struct transport *transport, const void *bytes, size_t length)
{
    struct usb_hid *hid = (struct usb_hid *)transport;
    const uint8_t *report = bytes;
    if (hid->boot)
        return -ENOTSUP;
    if (hid->line.gone)
        return -ENODEV;
    if (!hid->line.ready || hid->output_runs || hid->line.control_runs)
        return -EAGAIN;
    if (length == 0 || length > TRANSPORT_REPORT_MAX)
        return -EINVAL;
    memcpy(hid->sent, report, length);
    if (hid->out) {
        libusb_fill_interrupt_transfer(hid->output, hid->line.handle, hid->out, hid->sent, (int)length, output_done,
                                       hid, USB_SETUP_WAIT_MS);
        hid->output_runs = usb_line_submit(&hid->line, hid->output);
        return hid->output_runs ? (ssize_t)length : -ENODEV;
    }
    const struct usb_request request = {.type = CLASS_TO_INTERFACE,
                                        .request = SET_REPORT,
                                        .value = (uint16_t)(REPORT_OUTPUT | report[0]),
                                        .index = (uint16_t)hid->line.interface,
                                        .length = (uint16_t)length,
                                        .data = hid->sent};
    return usb_line_ask(&hid->line, &request, report_set) ? (ssize_t)length : -ENODEV;
}

const struct transport_ops usb_hid_ops = {
    .open = NULL, /* by usb.c */
    .ready = hid_ready,
    .about = hid_about,
    .fd = hid_fd,
    .read = hid_read,
    .write = hid_write,
    .close = hid_close,
};
