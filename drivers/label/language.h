/* A finished label in the language of a printer: ZPL II, TSPL, EPL2, CPCL, ESC/POS, from one set of dots.
 * Each element goes as the printer's own command where that surely prints the same modules and is shorter, else as
 * dots. Texts of the data are never commands. Does not send anything. */
#ifndef LABEL_LANGUAGE_H
#define LABEL_LANGUAGE_H

#include "drivers/label/label.h"
#include "drivers/printer/printer_status.h"

#define LABEL_COPIES_MAX 999
#define LABEL_LACKS_MAX  96 /* bytes of label_printer.lacks */
#define LABEL_SLOW_BAUD                                                                                                \
    57600 /* up to here a printer's own letters are worth that they are not those of the preview                       \
           */

/* The printer, and the line to it. */
struct label_printer {
    enum printer_language language;
    int64_t dpi;       /* 0: 203 */
    int64_t baud;      /* of a serial line; 0: so fast that it does not matter */
    bool text_only;    /* XON/XOFF: bytes that are no text do not get through */
    const char *lacks; /* words, by blanks, of what this model cannot do: z64 qr datamatrix code128 itf14 fonts; NULL */
};

/* One page, *copies* of it. -EINVAL label_size: not in this language, on this line or with this many copies. */
int language_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
                    struct label_fault *fault);

/* True when labels can be drawn in it. */
bool language_can_draw(enum printer_language language);

bool language_lacks(const struct label_printer *printer, const char *word);

/* The entries of language_encode's table: zpl.c, tspl.c, epl.c, cpcl.c, escpos.c. */
typedef int language_writer(const struct label *page, const struct label_printer *printer, int64_t copies,
                            struct buf *out, struct label_fault *fault);
/* Refusals that they share. */
int language_needs_bytes(struct label_fault *fault); /* a text-only line */
int language_no_memory(struct label_fault *fault);

language_writer zpl_encode, tspl_encode, epl_encode, cpcl_encode, escpos_encode;

#endif
