#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scanner/scan_charset.h"

#include <errno.h>
#include <string.h>

/* Scans on a serial line are text up to a suffix. Every other byte is passed on as it came, an AIM prefix and control
 * characters included. */
struct serial_frame {
    struct scan_text *text;
    bool cr_ends, lf_ends; /* alone */
    bool pair_ends;        /* only CR followed by LF */
    bool cr_pending;       /* with pair_ends: the CR that came last is not yet known to be text */
    struct scan_charset charset;
};

static const struct {
    const char *name;
    bool cr_ends, lf_ends, pair_ends;
} suffixes[] = {
    {"any", true, true, false}, {"cr", true, false, false}, {"lf", false, true, false}, {"crlf", false, false, true}};

static int frame_open(const struct scanner_settings *settings, struct scan_text *text, void **ret, struct error *error)
{
    const char *name = settings->suffix[0] ? settings->suffix : suffixes[0].name;
    size_t i = 0;
    while (i < COUNT(suffixes) && strcmp(suffixes[i].name, name) != 0)
        i++;
    if (i == COUNT(suffixes))
        return error_set(error, -EINVAL, "A serial scanner's suffix is any, cr, lf or crlf, not \"%s\".", name);
    struct serial_frame *frame = calloc(1, sizeof(*frame));
    if (!frame)
        return error_set(error, -ENOMEM, "There is no memory left for another scanner.");
    frame->text = text;
    frame->cr_ends = suffixes[i].cr_ends;
    frame->lf_ends = suffixes[i].lf_ends;
    frame->pair_ends = suffixes[i].pair_ends;
    scan_charset_init(&frame->charset);
    *ret = frame;
    return 0;
}

static void frame_close(void *decoder)
{
    struct serial_frame *frame = decoder;
    scan_charset_done(&frame->charset);
    free(frame);
}

static void end(struct serial_frame *frame)
{
    scan_charset_end(&frame->charset, frame->text);
}

/* True when the byte was part of the pair, or may still become so. */
static bool take_pair(struct serial_frame *frame, uint8_t byte)
{
    if (frame->cr_pending && byte == '\n') {
        frame->cr_pending = false;
        end(frame);
        return true;
    }
    if (frame->cr_pending)
        scan_text_put(frame->text, "\r", 1);
    frame->cr_pending = byte == '\r';
    if (frame->cr_pending)
        scan_text_touch(frame->text);
    return frame->cr_pending;
}

static void frame_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct serial_frame *frame = decoder;
    size_t start = 0; /* of the text bytes not yet put */
    for (size_t i = 0; i < length; i++) {
        bool ends = (bytes[i] == '\r' && frame->cr_ends) || (bytes[i] == '\n' && frame->lf_ends);
        bool watched = ends || (frame->pair_ends && (frame->cr_pending || bytes[i] == '\r'));
        if (!watched)
            continue;
        scan_text_put(frame->text, (const char *)bytes + start, i - start);
        start = i + 1;
        if (ends)
            end(frame);
        else if (!take_pair(frame, bytes[i]))
            start = i;
    }
    if (start < length)
        scan_text_put(frame->text, (const char *)bytes + start, length - start);
}

static void frame_interrupt(void *decoder)
{
    struct serial_frame *frame = decoder;
    frame->cr_pending = false;
}

const struct scanner_ops serial_frame_ops = {
    .name = "serial",
    .default_gap_ms = 200,
    .open = frame_open,
    .feed = frame_feed,
    .interrupt = frame_interrupt,
    .close = frame_close,
};
