#include "drivers/label/language.h"

#include <errno.h>
#include <string.h>

static language_writer *const writers[PRINTER_LANGUAGES] = {[PRINTER_ZPL] = zpl_encode};

bool language_can_draw(enum printer_language language)
{
    return language < PRINTER_LANGUAGES && writers[language];
}

int language_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
                    struct label_fault *fault)
{
    if (!language_can_draw(printer->language))
        return label_refuse(fault, -EINVAL, LABEL_SIZE, NULL, "labels cannot be drawn for a printer of %s",
                            printer_language_name(printer->language));
    return writers[printer->language](page, printer, copies, out, fault);
}

bool language_lacks(const struct label_printer *printer, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = printer->lacks ? printer->lacks : ""; *at;) {
        size_t size = strcspn(at, " ");
        if (size == length && memcmp(at, word, size) == 0)
            return true;
        at += size + strspn(at + size, " ");
    }
    return false;
}
