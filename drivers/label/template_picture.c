#include "drivers/label/template_picture.h"

#include "base/file.h"
#include "drivers/label/png.h"

#include <errno.h>
#include <sodium.h>

int template_base64(const json_t *text, size_t max, struct buf *ret)
{
    const char *base64 = json_string_value(text);
    size_t length = json_string_length(text), decoded;
    if (!base64 || length == 0 || length / 4 * 3 > max + max / 32)
        return -EINVAL;
    CLEANUP(cleanup_free) unsigned char *bytes = malloc(length);
    if (!bytes)
        return -ENOMEM;
    if (sodium_base642bin(bytes, length, base64, length, " \r\n\t", &decoded, NULL, sodium_base64_VARIANT_ORIGINAL) !=
            0 ||
        decoded == 0 || decoded > max)
        return -EINVAL;
    buf_put(ret, bytes, decoded);
    return ret->failed ? -ENOMEM : 0;
}

static int picture_read(const struct buf *png, const char *field, bool dither, struct dots *ret,
                        struct label_fault *fault)
{
    int result = png_read(png->data, png->length, dither, ret);
    if (result == -ENOMEM)
        return label_refuse(fault, result, LABEL_MEMORY, field, "There is no memory for the picture %s; try again",
                            field);
    return result ? label_refuse(fault, -EINVAL, LABEL_FIELD, field, "%s is no PNG of at most %d by %d dots", field,
                                 DOTS_SIDE_MAX, DOTS_SIDE_MAX)
                  : 0;
}

int template_picture_decode(const json_t *base64, const char *field, bool dither, struct dots *ret,
                            struct label_fault *fault)
{
    CLEANUP_BUF struct buf png = {0};
    int result = template_base64(base64, PNG_FILE_MAX, &png);
    if (result == -EINVAL)
        return label_refuse(fault, result, LABEL_FIELD, field, "%s is no picture: it must be a PNG in base64", field);
    return result ? result : picture_read(&png, field, dither, ret, fault);
}

int template_picture_load(const char *folder, const char *file, const char *field, bool dither, struct dots *ret,
                          struct label_fault *fault)
{
    CLEANUP_BUF struct buf path = {0}, png = {.max = PNG_FILE_MAX};
    buf_printf(&path, "%s/%s", *folder ? folder : ".", file);
    if (file_load(buf_text(&path), &png) != 0)
        return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, field, "The picture %s cannot be read", buf_text(&path));
    return picture_read(&png, field, dither, ret, fault);
}
