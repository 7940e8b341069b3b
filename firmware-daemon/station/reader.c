#include "station/reader.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRIORITY_GAP 10      /* after every line that can be read: what came while a commit took long came in time */
#define NUMBER_STEP  0x10000 /* the owner numbers its readers below this */
#define OUTGOING_MAX 4096    /* bytes that a scanner has not taken yet; what is more is dropped: it asks again */

struct reader {
    struct reader_settings settings;
    const struct reader_ops *ops;
    void *user;
    uint32_t number; /* another one each time the line goes: an old verdict is no answer to a new scan */
    bool orphans;    /* .held has scans of a line that went */
    char what[BINDING_DEVICE_MAX + 16]; /* for the log */
    struct device *device;
    const char *driver;
    struct scanner *scanner; /* NULL while it is not known how the device speaks */
    struct error fault;
    sd_event_source *gap;
    struct buf held;     /* scans that found the queue full, each behind its size_t length; reading has stopped */
    struct buf outgoing; /* what the scanner shall hear, each message behind its size_t length */
};

/* ---------------------------------------------------------------- scans */

/* What one read brought can still come: no more than that is read. */
static void hold(struct reader *reader, const char *text, size_t length)
{
    buf_put(&reader->held, &length, sizeof(length));
    buf_put(&reader->held, text, length);
    device_pause(reader->device, true);
}

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct reader *reader = user;
    if (flags & SCAN_LOSSY) {
        reader->ops->aborted(reader->user, reader, length);
        scanner_answer(reader->scanner, SCAN_NOT_SAVED);
        return;
    }
    int result = reader->held.length > 0 ? -EAGAIN : reader->ops->scan(reader->user, reader, text, length);
    if (result == -EAGAIN)
        hold(reader, text, length);
    else if (result < 0)
        scanner_answer(reader->scanner, SCAN_NOT_SAVED);
}

static void on_aborted(void *user, size_t length)
{
    struct reader *reader = user;
    reader->ops->aborted(reader->user, reader, length);
}

void reader_resume(struct reader *reader)
{
    while (reader->held.length > 0) {
        size_t length;
        memcpy(&length, reader->held.data, sizeof(length));
        const char *text = reader->held.data + sizeof(length);
        int result = reader->ops->scan(reader->user, reader, text, length);
        if (result == -EAGAIN)
            return;
        buf_consume(&reader->held, sizeof(length) + length);
        if (result < 0 && reader->scanner)
            scanner_answer(reader->scanner, SCAN_NOT_SAVED);
    }
    reader->orphans = false;
    device_pause(reader->device, false);
}

/* ---------------------------------------------------------------- what the scanner hears */

/* A message goes out in one piece to a HID device, in as many as it takes to a serial one. */
static void send_on(struct reader *reader)
{
    struct buf *out = &reader->outgoing;
    size_t length;
    while (out->length > 0) {
        memcpy(&length, out->data, sizeof(length));
        ssize_t taken = device_write(reader->device, out->data + sizeof(length), length);
        if (taken == -EAGAIN || taken == 0)
            break;
        if (taken < 0) { /* it cannot listen, or is gone */
            buf_clear(out);
            break;
        }
        buf_consume(out, (size_t)taken == length ? sizeof(length) + length : (size_t)taken);
        length -= (size_t)taken;
        if (length > 0)
            memcpy(out->data, &length, sizeof(length));
    }
    if (device_is_open(reader->device))
        device_want_write(reader->device, out->length > 0);
}

static void send(void *user, const void *bytes, size_t length)
{
    struct reader *reader = user;
    if (length == 0 || reader->outgoing.length + length > OUTGOING_MAX || !device_is_open(reader->device))
        return;
    buf_put(&reader->outgoing, &length, sizeof(length));
    buf_put(&reader->outgoing, bytes, length);
    send_on(reader);
}

bool reader_answer(struct reader *reader, enum scan_verdict verdict)
{
    if (!reader->scanner)
        return false;
    scanner_answer(reader->scanner, verdict);
    return device_is_open(reader->device) && scanner_beeps(reader->scanner);
}

/* ---------------------------------------------------------------- the line */

static void arm_gap(struct reader *reader)
{
    int64_t deadline = reader->scanner ? scanner_deadline(reader->scanner) : INT64_MAX;
    if (deadline == INT64_MAX) {
        sd_event_source_set_enabled(reader->gap, SD_EVENT_OFF);
        return;
    }
    sd_event_source_set_time(reader->gap, (uint64_t)deadline);
    sd_event_source_set_enabled(reader->gap, SD_EVENT_ONESHOT);
}

static void on_bytes(void *user, const void *bytes, size_t length)
{
    struct reader *reader = user;
    if (!reader->scanner)
        return;
    scanner_feed(reader->scanner, bytes, length, clock_mono_us());
    arm_gap(reader);
}

static int on_gap(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct reader *reader = user;
    if (reader->scanner)
        scanner_tick(reader->scanner, clock_mono_us());
    arm_gap(reader);
    return 0;
}

static int set_decoder(struct reader *reader, const char *driver, const struct scanner_settings *settings,
                       struct error *error)
{
    const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted, .send = send, .user = reader};
    reader->scanner = scanner_free(reader->scanner);
    reader->driver = "";
    int result = scanner_new(driver, settings, &sink, &reader->scanner, error);
    if (!result)
        reader->driver = driver;
    return result;
}

static const char *driver_of(const struct reader *reader, enum transport_role opened)
{
    if (strcmp(reader->settings.driver, "auto") != 0)
        return reader->settings.driver;
    return opened == TRANSPORT_KEYBOARD ? "hid-keyboard" : opened == TRANSPORT_HID ? "hid-pos" : "serial";
}

/* What a HID device's reports mean is known only now. */
static void on_opened(void *user)
{
    struct reader *reader = user;
    const struct transport_about about = device_about(reader->device);
    const char *driver = driver_of(reader, about.role);
    struct scanner_settings settings = reader->settings.scanner;
    settings.descriptor = about.descriptor;
    settings.descriptor_length = about.descriptor_length;
    *reader->fault.text = '\0';
    if (set_decoder(reader, driver, &settings, &reader->fault) != 0) {
        log_about((struct log_about){
            .event = "device.fault", .station = reader->settings.station, .device = reader->settings.id});
        log_warning("%s: %s", reader->what, reader->fault.text);
    }
    if (reader->held.length > 0)
        device_pause(reader->device, true);
}

static void on_writable(void *user)
{
    send_on(user);
}

static void on_gone(void *user)
{
    struct reader *reader = user;
    buf_clear(&reader->outgoing);
    reader->number += NUMBER_STEP;
    reader->orphans = reader->held.length > 0;
    if (reader->scanner)
        scanner_reset(reader->scanner);
    arm_gap(reader);
}

static const struct device_ops device_ops = {
    .opened = on_opened, .bytes = on_bytes, .writable = on_writable, .gone = on_gone};

static enum transport_role role_of(const char *driver)
{
    static const struct {
        const char *driver;
        enum transport_role role;
    } roles[] = {{"hid-keyboard", TRANSPORT_KEYBOARD},
                 {"hid-pos", TRANSPORT_HID},
                 {"serial", TRANSPORT_SERIAL},
                 {"ssi", TRANSPORT_SERIAL}};
    for (size_t i = 0; i < COUNT(roles); i++)
        if (strcmp(roles[i].driver, driver) == 0)
            return roles[i].role;
    return TRANSPORT_ANY;
}

/* A wrong setting is said at the start, not when the device is plugged in. */
static int check(struct reader *reader, struct error *error)
{
    const char *driver = reader->settings.driver;
    bool known_later = strcmp(driver, "auto") == 0 || strcmp(driver, "hid-pos") == 0;
    int result = set_decoder(reader, known_later ? "hid-keyboard" : driver, &reader->settings.scanner, error);
    reader->driver = "";
    reader->scanner = scanner_free(reader->scanner);
    return result;
}

int reader_open(sd_event *event, uint32_t number, const struct reader_settings *settings, const struct reader_ops *ops,
                void *user, struct reader **ret, struct error *error)
{
    struct reader *reader = calloc(1, sizeof(*reader));
    if (!reader)
        return error_set(error, -ENOMEM, "out of memory");
    reader->settings = *settings;
    reader->settings.line.role = role_of(settings->driver);
    reader->ops = ops;
    reader->user = user;
    reader->number = number;
    reader->driver = "";
    snprintf(reader->what, sizeof(reader->what), "scanner %s", settings->id);
    int result = check(reader, error);
    if (!result && sd_event_add_time(event, &reader->gap, CLOCK_BOOTTIME, 0, 1000, on_gap, reader) < 0)
        result = error_set(error, -ENOMEM, "no more timers can be had");
    if (!result) {
        sd_event_source_set_enabled(reader->gap, SD_EVENT_OFF);
        sd_event_source_set_priority(reader->gap, PRIORITY_GAP);
        result = device_open(event, reader->what, &reader->settings.line, &device_ops, reader, &reader->device, error);
    }
    if (result)
        reader = reader_close(reader);
    else
        *ret = reader;
    return result;
}

struct reader *reader_close(struct reader *reader)
{
    if (!reader)
        return NULL;
    device_close(reader->device);
    scanner_free(reader->scanner);
    sd_event_source_disable_unref(reader->gap);
    buf_done(&reader->held);
    buf_done(&reader->outgoing);
    free(reader);
    return NULL;
}

/* ---------------------------------------------------------------- what others ask */

const struct reader_settings *reader_settings(const struct reader *reader)
{
    return &reader->settings;
}

uint32_t reader_number(const struct reader *reader)
{
    return reader->orphans ? 0 : reader->number;
}

const char *reader_driver(const struct reader *reader)
{
    return reader->driver;
}

bool reader_is_open(const struct reader *reader)
{
    return device_is_open(reader->device) && reader->scanner;
}

const char *reader_fault(const struct reader *reader)
{
    return *reader->fault.text ? reader->fault.text : device_fault(reader->device);
}

void reader_bind(struct reader *reader, const char *station)
{
    text_copy(reader->settings.station, sizeof(reader->settings.station), station);
}

void reader_retry(struct reader *reader)
{
    device_retry(reader->device);
}
