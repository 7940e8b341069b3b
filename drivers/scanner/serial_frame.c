#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scanner/last_scan.h"
#include "drivers/scanner/scan_charset.h"

#include <errno.h>
#include <string.h>

#define ACK "\x06"
#define ESC "\x1B"

/* What a scanner that waits is told, "": nothing.
 *
 * ack-nak: it must never hear NAK (15h), which has it send the same code again: some stop after three times, others
 * never (Symbol LS 9208 Product Reference Guide, 6-18; Honeywell MS9540 manual, software handshaking). So a refused
 * scan, which is on disk as refused, is acknowledged. One that was not saved is not answered: the scanner gives up by
 * itself, with an error tone, or sends it once more after its time-out, a new attempt. The documents tie no tone to the
 * ACK.
 *
 * honeywell: 7 is the good-read tone, 8 the error tone, the comma ends a command (Xenon/Granit User Guide, 111). */
static const struct answer {
    const char *name;
    const char *said[SCAN_NOT_SAVED + 1]; /* by verdict */
    bool waits, beeps;
} answers[] = {
    {"none", {"", "", ""}, false, false},
    {"ack-nak", {[SCAN_ACCEPTED] = ACK, [SCAN_REFUSED] = ACK, [SCAN_NOT_SAVED] = ""}, true, false},
    {"honeywell", {[SCAN_ACCEPTED] = ESC "7,", [SCAN_REFUSED] = ESC "8,", [SCAN_NOT_SAVED] = ESC "8,"}, true, true},
};

/* Scans on a serial line are text up to a suffix. Every other byte is passed on as it came, an AIM prefix and control
 * characters included. */
struct serial_frame {
    struct scan_text *text;
    bool cr_ends, lf_ends; /* alone */
    bool pair_ends;        /* only CR followed by LF */
    bool cr_pending;       /* with pair_ends: the CR that came last is not yet known to be text */
    struct scan_charset charset;
    const struct answer *answer;
    struct last_scan last;
};

static const struct {
    const char *name;
    bool cr_ends, lf_ends, pair_ends;
} suffixes[] = {
    {"any", true, true, false}, {"cr", true, false, false}, {"lf", false, true, false}, {"crlf", false, false, true}};

static const struct answer *find_answer(const char *name)
{
    for (size_t i = 0; i < COUNT(answers); i++)
        if (strcmp(answers[i].name, *name ? name : "none") == 0)
            return &answers[i];
    return NULL;
}

static int frame_open(const struct scanner_settings *settings, struct scan_text *text, void **ret, struct error *error)
{
    const char *name = settings->suffix[0] ? settings->suffix : suffixes[0].name;
    size_t i = 0;
    while (i < COUNT(suffixes) && strcmp(suffixes[i].name, name) != 0)
        i++;
    if (i == COUNT(suffixes))
        return error_set(error, -EINVAL, "A serial scanner's suffix is any, cr, lf or crlf, not \"%s\".", name);
    const struct answer *answer = find_answer(settings->answer);
    if (!answer)
        return error_set(error, -EINVAL, "A serial scanner's answer is none, ack-nak or honeywell, not \"%s\".",
                         settings->answer);
    struct serial_frame *frame = calloc(1, sizeof(*frame));
    if (!frame)
        return error_set(error, -ENOMEM, "There is no memory left for another scanner.");
    frame->text = text;
    frame->cr_ends = suffixes[i].cr_ends;
    frame->lf_ends = suffixes[i].lf_ends;
    frame->pair_ends = suffixes[i].pair_ends;
    frame->answer = answer;
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

static void say(const struct serial_frame *frame, enum scan_verdict verdict)
{
    const struct scan_sink *sink = &frame->text->sink;
    const char *said = frame->answer->said[verdict];
    if (*said && sink->send)
        sink->send(sink->user, said, strlen(said));
}

/* While the verdict is to come, the same code once more is the scanner asking again: the verdict will answer it. */
static void end(struct serial_frame *frame)
{
    bool any = frame->text->length > 0;
    if (!frame->answer->waits)
        scan_charset_end(&frame->charset, frame->text);
    else if (frame->last.pending > 0 && last_scan_is(&frame->last, frame->text))
        scan_text_drop(frame->text);
    else if (!last_scan_end(&frame->last, &frame->charset, frame->text) && any)
        say(frame, SCAN_NOT_SAVED);
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

static void frame_answer(void *decoder, enum scan_verdict verdict)
{
    struct serial_frame *frame = decoder;
    if (last_scan_answer(&frame->last, verdict))
        say(frame, verdict);
}

/* Not without a way to speak to it. */
static bool frame_beeps(const void *decoder)
{
    const struct serial_frame *frame = decoder;
    return frame->answer->beeps && frame->text->sink.send;
}

const struct scanner_ops serial_frame_ops = {
    .name = "serial",
    .default_gap_ms = 200,
    .open = frame_open,
    .feed = frame_feed,
    .interrupt = frame_interrupt,
    .answer = frame_answer,
    .beeps = frame_beeps,
    .close = frame_close,
};
