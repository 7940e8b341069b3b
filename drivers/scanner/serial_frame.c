#include "base/cleanup.h"
#include "base/text.h"
#include "drivers/driver.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* Scans on a serial line are text up to a suffix. Every other byte is passed on as it came, an AIM prefix and control
 * characters included. */
struct serial_frame {
    struct scan_text *text;
    bool cr_ends, lf_ends; /* alone */
    bool pair_ends;        /* only CR followed by LF */
    bool cr_pending;       /* with pair_ends: the CR that came last is not yet known to be text */
    iconv_t gb18030;       /* (iconv_t)-1: this system has no such table, so only UTF-8 is readable */
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
    frame->gb18030 = iconv_open("UTF-8", "GB18030");
    *ret = frame;
    return 0;
}

static void frame_close(void *decoder)
{
    struct serial_frame *frame = decoder;
    if (frame->gb18030 != (iconv_t)-1)
        iconv_close(frame->gb18030);
    free(frame);
}

/* Chinese scanners send GB18030 unless told otherwise. False leaves the text as it was. */
static bool convert(struct serial_frame *frame)
{
    struct scan_text *text = frame->text;
    if (frame->gb18030 == (iconv_t)-1)
        return false;
    char utf8[SCAN_TEXT_MAX];
    char *from = text->bytes, *to = utf8;
    size_t from_left = text->length, to_left = sizeof(utf8);
    iconv(frame->gb18030, NULL, NULL, NULL, NULL);
    if (iconv(frame->gb18030, &from, &from_left, &to, &to_left) == (size_t)-1)
        return false;
    text->length = sizeof(utf8) - to_left;
    memcpy(text->bytes, utf8, text->length);
    text->flags |= SCAN_CONVERTED;
    return true;
}

static void end(struct serial_frame *frame)
{
    struct scan_text *text = frame->text;
    bool readable = text->length > SCAN_TEXT_MAX || text_is_utf8(text->bytes, text->length) || convert(frame);
    if (readable)
        scan_text_end(text);
    else
        scan_text_abort(text);
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
