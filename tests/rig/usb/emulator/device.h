/* A USB device that exists only here: its descriptors, its endpoints with what waits at them, and its faults.
 * Written from the USB 2.0 specification (chapter 9) as a stand-in for hardware; shares nothing with the drivers it
 * tests. Does not know what kind of device it is: its model does. */
#ifndef EMULATOR_DEVICE_H
#define EMULATOR_DEVICE_H

#include "store.h"
#include "usbip.h"

#define PACKET_MAX     512 /* of a bulk endpoint at high speed (USB 2.0, 5.8.3) */
#define DESCRIPTOR_MAX 1024
#define ENDPOINTS      32
#define NAME_SIZE      32
#define TEXT_SIZE      256
#define STATE_SIZE     4096

struct device;

/* Key and value as they stood in the command. */
struct option {
    const char *key, *value;
};

struct options {
    struct option list[24];
    size_t count;
};

const char *option_value(const struct options *options, const char *key, const char *fallback);
unsigned long option_number(const struct options *options, const char *key, unsigned long fallback);

struct setup {
    uint8_t type, request;
    uint16_t value, index, length;
};

/* What a device does beyond what every device does. Every function but plug is optional. */
struct model {
    const char *name;
    size_t state_size;                                                 /* of its own data in device->state, zeroed */
    int (*plug)(struct device *device, const struct options *options); /* fills in the descriptors */
    void (*unplug)(struct device *device);
    void (*configured)(struct device *device);
    /* data came with it, or is to be filled with up to setup->length bytes. The length of the answer, or -EPIPE. */
    int (*control)(struct device *device, const struct setup *setup, uint8_t *data);
    /* Bytes for an OUT endpoint: how many were taken (fewer: the rest must wait), or -errno for the host. */
    long (*out)(struct device *device, uint8_t endpoint, const uint8_t *bytes, size_t length);
    /* A line for this model; -EINVAL when it does not know the word. */
    int (*command)(struct device *device, const char *word, const char *rest);
    /* Appends " key=value"s. */
    void (*tell)(const struct device *device, char *text, size_t size);
    int64_t (*deadline)(const struct device *device); /* in microseconds; INT64_MAX: none */
    void (*tick)(struct device *device, int64_t now_us);
};

extern const struct model *const models[]; /* ends with NULL */

enum action { DO_NOTHING, DO_UNPLUG, DO_STALL, DO_PROTO, DO_BABBLE, DO_HANG, DO_SHORT, DO_MODEL };
enum counter { COUNT_CONTROLS, COUNT_REPORTS, COUNT_BYTES, COUNTERS };

/* Once the counter has gone on by so much, the next of its kind meets the action. */
struct trigger {
    enum action action;
    enum counter counter;
    uint64_t at;
    char word[NAME_SIZE]; /* DO_MODEL: a command for the model */
};

struct request {
    struct usbip_request usbip;
    uint8_t *out;
    struct request *next;
};

struct endpoint {
    bool halted, serving;
    struct request *first, **last;
    struct store packets; /* IN: what it will say, each behind its struct packet_head */
};

struct device {
    char name[NAME_SIZE];
    unsigned port;
    int socket; /* -1: unplugged */
    const struct model *model;
    uint8_t device[18], config[DESCRIPTOR_MAX], report[DESCRIPTOR_MAX];
    size_t device_length, config_length, report_length; /* what is really answered */
    char strings[4][64];                                /* 1: maker, 2: product, 3: serial number */
    uint8_t configuration;
    uint64_t counts[COUNTERS];
    struct trigger trigger;
    struct endpoint endpoints[ENDPOINTS];
    struct store incoming; /* from the kernel */
    _Alignas(16) uint8_t state[STATE_SIZE];
};

/* ---- for the main program */

int device_plug(const char *name, const struct model *model, const struct options *options, struct device **ret);
void device_unplug(struct device *device); /* the cable is out; the counts can still be read */
struct device *device_free(struct device *device);
void device_readable(struct device *device);
void device_set_trigger(struct device *device, const struct trigger *trigger);

/* ---- inside */

/* A standard request: the length of the answer, or -EPIPE. */
int device_standard(struct device *device, const struct setup *setup, uint8_t *data);
void device_unhalt(struct device *device, uint8_t address);

/* ---- for models */

/* The packet is said when the host asks, after what was queued before it. An action instead of bytes: that fault. */
bool device_say(struct device *device, uint8_t address, const void *bytes, size_t length);
bool device_say_fault(struct device *device, uint8_t address, enum action action);
void device_hush(struct device *device, uint8_t address); /* what is queued is thrown away */
size_t device_unsaid(const struct device *device, uint8_t address);
size_t device_asked(const struct device *device, uint8_t address); /* requests that wait there */

/* What waits at an OUT endpoint is offered again. */
void device_go_on(struct device *device, uint8_t address);

/* Fills in the descriptors of the device and of its one configuration; wTotalLength and bNumInterfaces are in parts. */
void device_describe(struct device *device, const struct options *options, uint16_t vendor, uint16_t product,
                     uint16_t release, const char *product_name);
void device_configure(struct device *device, const uint8_t *bytes, size_t length);
void device_set_report(struct device *device, const uint8_t *bytes, size_t length);

int64_t now_us(void);

#endif
