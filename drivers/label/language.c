#include "drivers/label/language.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static language_writer *const writers[PRINTER_LANGUAGES] = {[PRINTER_ZPL] = zpl_encode,
                                                            [PRINTER_TSPL] = tspl_encode,
                                                            [PRINTER_EPL] = epl_encode,
                                                            [PRINTER_CPCL] = cpcl_encode,
                                                            [PRINTER_ESCPOS] = escpos_encode};

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
    if (copies < 1 || copies > LABEL_COPIES_MAX)
        return label_refuse(fault, -EINVAL, LABEL_SIZE, NULL, "%" PRId64 " copies are not possible; ask for 1 to %d",
                            copies, LABEL_COPIES_MAX);
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

int language_needs_bytes(struct label_fault *fault)
{
    return label_refuse(fault, -EINVAL, LABEL_SIZE, NULL,
                        "This printer's language sends dots as bytes, and XON/XOFF eats some of them; set RTS/CTS");
}

int language_no_memory(struct label_fault *fault)
{
    return label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "There is no memory for the label; try again");
}
