#include "drivers/scanner/scan_charset.h"

#include "base/text.h"

#include <string.h>

void scan_charset_init(struct scan_charset *charset)
{
    charset->gb18030 = iconv_open("UTF-8", "GB18030");
}

void scan_charset_done(struct scan_charset *charset)
{
    if (charset->gb18030 != (iconv_t)-1)
        iconv_close(charset->gb18030);
}

/* Chinese scanners send GB18030 unless told otherwise. False leaves the text as it was. */
static bool convert(struct scan_charset *charset, struct scan_text *text)
{
    if (charset->gb18030 == (iconv_t)-1)
        return false;
    char utf8[SCAN_TEXT_MAX];
    char *from = text->bytes, *to = utf8;
    size_t from_left = text->length, to_left = sizeof(utf8);
    iconv(charset->gb18030, NULL, NULL, NULL, NULL);
    if (iconv(charset->gb18030, &from, &from_left, &to, &to_left) == (size_t)-1)
        return false;
    text->length = sizeof(utf8) - to_left;
    memcpy(text->bytes, utf8, text->length);
    text->flags |= SCAN_CONVERTED;
    return true;
}

bool scan_charset_end(struct scan_charset *charset, struct scan_text *text)
{
    bool readable = text->length > SCAN_TEXT_MAX || text_is_utf8(text->bytes, text->length) || convert(charset, text);
    if (readable)
        return scan_text_end(text);
    scan_text_abort(text);
    return false;
}
