/* What the makers of symbols share among themselves. Does not concern anyone who wants a symbol: see symbol.h. */
#ifndef LABEL_SYMBOL_PARTS_H
#define LABEL_SYMBOL_PARTS_H

#include "base/cleanup.h"
#include "drivers/label/symbol.h"

/* Each fills .modules and .text, and what else its symbology has; when it fails, the rest is left to symbol_done. */

/* text: cleaned, never empty. */
typedef int text_maker(const struct symbol_request *request, const char *text, struct symbol *symbol,
                       struct label_fault *fault);
text_maker symbol_code128, symbol_ean, symbol_itf14, symbol_qr, symbol_data_matrix, symbol_pdf417;

/* Cleans the values itself, and counts in *removed. */
typedef int gs1_maker(const struct symbol_request *request, struct symbol *symbol, int64_t *removed,
                      struct label_fault *fault);
gs1_maker symbol_gs1_128, symbol_gs1_data_matrix;

/* One call of libzint. */
struct zint_job {
    int symbology, input_mode; /* as zint.h calls them */
    int eci, option_3;
    int row_height; /* modules, of each row that zint gives */
    const char *data;
};

#define ZINT_WHY_MAX 100

/* 0, or -EINVAL with libzint's reason in why; -EOVERFLOW, -ENOMEM. A symbol that breaks its standard is an -EINVAL. */
int zint_encode(const struct zint_job *job, struct dots *ret, char why[ZINT_WHY_MAX]);

/* Reads the code words of a Code 128, start to the last before the check word, back from its modules. */
void code128_read(const struct dots *modules, struct symbol *symbol);

int symbol_no_memory(const char *field, struct label_fault *fault);
int symbol_too_long(const char *field, const char *carrier, struct label_fault *fault);

#endif
