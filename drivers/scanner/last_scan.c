#include "drivers/scanner/last_scan.h"

#include <string.h>

bool last_scan_end(struct last_scan *last, struct scan_charset *charset, struct scan_text *text)
{
    if (text->length == 0)
        return false; /* a second terminator, CR LF: nothing new */
    last->length = text->length <= SCAN_TEXT_MAX ? text->length : 0;
    memcpy(last->bytes, text->bytes, last->length);
    last->saved = false;
    last->pending++; /* before it is handed over: the verdict may come at once */
    if (scan_charset_end(charset, text))
        return true;
    last->pending--;
    last->length = 0;
    return false;
}

bool last_scan_is(const struct last_scan *last, const struct scan_text *text)
{
    return last->length > 0 && last->length == text->length && memcmp(last->bytes, text->bytes, text->length) == 0;
}

bool last_scan_answer(struct last_scan *last, enum scan_verdict verdict)
{
    if (last->pending == 0 || --last->pending > 0)
        return false;
    last->saved = verdict != SCAN_NOT_SAVED;
    return last->length > 0;
}
