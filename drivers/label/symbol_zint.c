#include "base/text.h"
#include "drivers/label/symbol_parts.h"

#include <errno.h>
#include <string.h>
#include <zint.h>

static int from_zint(const struct zint_symbol *zint, int row_height, struct dots *ret)
{
    struct dots dots;
    int result = dots_init(&dots, zint->width, zint->rows * row_height);
    if (result)
        return result;
    for (int y = 0; y < dots.height; y++)
        for (int x = 0; x < dots.width; x++)
            if (zint->encoded_data[y / row_height][x / 8] >> (x % 8) & 1)
                dots_set(&dots, x, y);
    *ret = dots;
    return 0;
}

int zint_encode(const struct zint_job *job, struct dots *ret, char why[ZINT_WHY_MAX])
{
    struct zint_symbol *zint = ZBarcode_Create();
    if (!zint)
        return -ENOMEM;
    zint->symbology = job->symbology;
    zint->input_mode = job->input_mode;
    zint->eci = job->eci;
    zint->option_3 = job->option_3;
    zint->show_hrt = 0;
    int said = ZBarcode_Encode(zint, (const unsigned char *)job->data, (int)strlen(job->data));
    text_copy(why, ZINT_WHY_MAX, zint->errtxt);
    int result = said == 0                     ? from_zint(zint, job->row_height, ret)
                 : said == ZINT_ERROR_TOO_LONG ? -EOVERFLOW
                 : said == ZINT_ERROR_MEMORY   ? -ENOMEM
                                               : -EINVAL;
    ZBarcode_Delete(zint);
    return result;
}

/* What cannot be said in the symbology's own sentence. */
static int refuse(const char *field, const char *carrier, int result, struct label_fault *fault)
{
    if (result == -ENOMEM)
        return symbol_no_memory(field, fault);
    if (result == -EOVERFLOW)
        return symbol_too_long(field, carrier, fault);
    return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "%s cannot be carried by %s", field, carrier);
}

static int encode_text(const struct symbol_request *request, const struct zint_job *job, const char *carrier,
                       struct symbol *symbol, struct label_fault *fault)
{
    char why[ZINT_WHY_MAX];
    int result = zint_encode(job, &symbol->modules, why);
    if (result)
        return refuse(request->field, carrier, result, fault);
    symbol->text = strdup(job->data);
    return symbol->text ? 0 : symbol_no_memory(request->field, fault);
}

int symbol_code128(const struct symbol_request *request, const char *text, struct symbol *symbol,
                   struct label_fault *fault)
{
    struct zint_job job = {.symbology = BARCODE_CODE128, .input_mode = DATA_MODE, .row_height = 1, .data = text};
    int result = encode_text(request, &job, "Code 128", symbol, fault);
    if (!result)
        code128_read(&symbol->modules, symbol);
    return result;
}

/* ISO/IEC 15424 and AIM's assignments: number 26 says that the bytes are UTF-8. ASCII needs no such note, and a reader
 * that does not know them reads it too. */
#define ECI_UTF8 26

static int eci_for(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text > 0x7E)
            return ECI_UTF8;
    return 0;
}

int symbol_data_matrix(const struct symbol_request *request, const char *text, struct symbol *symbol,
                       struct label_fault *fault)
{
    struct zint_job job = {.symbology = BARCODE_DATAMATRIX,
                           .input_mode = UNICODE_MODE,
                           .eci = eci_for(text),
                           .option_3 = DM_SQUARE,
                           .row_height = 1,
                           .data = text};
    return encode_text(request, &job, "Data Matrix", symbol, fault);
}

#define PDF417_ROW_MODULES 3 /* ISO/IEC 15438 5.8.2: at least */

int symbol_pdf417(const struct symbol_request *request, const char *text, struct symbol *symbol,
                  struct label_fault *fault)
{
    struct zint_job job = {.symbology = BARCODE_PDF417,
                           .input_mode = UNICODE_MODE,
                           .eci = eci_for(text),
                           .row_height = PDF417_ROW_MODULES,
                           .data = text};
    return encode_text(request, &job, "PDF417", symbol, fault);
}
