#include "drivers/scanner/scanner.h"

#include "drivers/driver.h"

#include <errno.h>
#include <string.h>

const struct scanner_ops *const scanner_registry[] = {&hid_keyboard_ops, &hid_pos_ops, &serial_frame_ops, &ssi_ops,
                                                      NULL};

struct scanner {
    const struct scanner_ops *ops;
    void *decoder;
    struct scan_text text;
};

int scanner_new(const char *driver, const struct scanner_settings *settings, const struct scan_sink *sink,
                struct scanner **ret, struct error *error)
{
    const struct scanner_ops *ops = scanner_registry[0];
    for (size_t i = 0; ops && strcmp(ops->name, driver) != 0;)
        ops = scanner_registry[++i];
    if (!ops)
        return error_set(error, -EINVAL, "There is no scanner driver \"%s\": use hid-keyboard, hid-pos, serial or ssi.",
                         driver);
    if (settings->gap_ms < 0 || settings->gap_ms > SCANNER_GAP_MS_MAX)
        return error_set(error, -EINVAL, "A scanner's gap is 0 (default) to %d milliseconds, not %lld.",
                         SCANNER_GAP_MS_MAX, (long long)settings->gap_ms);
    struct scanner *scanner CLEANUP(scanner_free_p) = calloc(1, sizeof(*scanner));
    if (!scanner)
        return error_set(error, -ENOMEM, "There is no memory left for another scanner.");
    scanner->ops = ops;
    scan_text_init(&scanner->text, sink, (settings->gap_ms ? settings->gap_ms : ops->default_gap_ms) * 1000);
    int r = ops->open(settings, &scanner->text, &scanner->decoder, error);
    if (r < 0)
        return r;
    *ret = scanner;
    scanner = NULL;
    return 0;
}

struct scanner *scanner_free(struct scanner *scanner)
{
    if (scanner && scanner->decoder)
        scanner->ops->close(scanner->decoder);
    free(scanner);
    return NULL;
}

static void interrupt(struct scanner *scanner)
{
    scanner->ops->interrupt(scanner->decoder);
    scan_text_abort(&scanner->text);
}

void scanner_feed(struct scanner *scanner, const void *bytes, size_t length, int64_t now_us)
{
    scanner->text.now_us = now_us;
    scanner->ops->feed(scanner->decoder, bytes, length);
}

int64_t scanner_deadline(const struct scanner *scanner)
{
    return scanner->text.deadline_us;
}

void scanner_tick(struct scanner *scanner, int64_t now_us)
{
    if (now_us >= scanner->text.deadline_us)
        interrupt(scanner);
}

void scanner_answer(struct scanner *scanner, enum scan_verdict verdict)
{
    if (scanner->ops->answer)
        scanner->ops->answer(scanner->decoder, verdict);
}

bool scanner_beeps(const struct scanner *scanner)
{
    return scanner->ops->beeps && scanner->ops->beeps(scanner->decoder);
}

void scanner_reset(struct scanner *scanner)
{
    interrupt(scanner);
    if (scanner->ops->reset)
        scanner->ops->reset(scanner->decoder);
}
