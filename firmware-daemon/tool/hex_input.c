#include "tool/hex_input.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

void hex_input_done(struct hex_input *input)
{
    buf_done(&input->bytes);
    buf_done(&input->ends);
}

static int read_all(FILE *file, struct buf *text, struct error *error)
{
    int result = file_read(file, text);
    if (result == -EFBIG)
        return error_set(error, result, "the standard input is longer than 1 MiB: send it in several calls");
    if (result)
        return error_set(error, result, "the standard input could not be read");
    return 0;
}

static bool is_hex(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!line[i] || !strchr("0123456789abcdefABCDEF \t\r", line[i]))
            return false;
    return true;
}

/* The two digits of a byte stand together: a lost digit must not shift all that follow. */
static bool is_torn(const char *line, size_t length)
{
    size_t digits = 0;
    for (size_t i = 0; i < length; i++) {
        bool blank = strchr(" \t\r", line[i]);
        if (blank && digits % 2 != 0)
            return true;
        digits = blank ? 0 : digits + 1;
    }
    return digits % 2 != 0;
}

/* Decodes in place: bytes take less room than their digits. */
static int take_line(struct hex_input *input, size_t number, char *line, size_t length, struct error *error)
{
    size_t count = 0;
    if (length > 0 && line[0] == '#')
        return 0;
    if (!is_hex(line, length))
        return error_set(error, -EINVAL, "line %zu: it holds a character that is no hex digit", number);
    if (is_torn(line, length) || text_from_hex(line, length, (uint8_t *)line, length, &count) < 0)
        return error_set(error, -EINVAL, "line %zu: a byte is two hex digits without a blank between them", number);
    buf_put(&input->bytes, line, count);
    if (count > 0)
        buf_put(&input->ends, &input->bytes.length, sizeof(input->bytes.length));
    return 0;
}

int hex_input_read(FILE *file, struct hex_input *ret, struct error *error)
{
    CLEANUP_BUF struct buf text = {.max = HEX_INPUT_MAX};
    int r = read_all(file, &text, error);
    size_t number = 0;
    for (size_t at = 0, length; r == 0 && at < text.length; at += length + 1) {
        const char *end = memchr(text.data + at, '\n', text.length - at);
        length = end ? (size_t)(end - (text.data + at)) : text.length - at;
        r = take_line(ret, ++number, text.data + at, length, error);
    }
    if (r == 0 && (ret->bytes.failed || ret->ends.failed))
        return error_set(error, -ENOMEM, "there is not enough memory for the standard input");
    return r;
}

static size_t line_end(const struct hex_input *input, size_t line)
{
    size_t end;
    memcpy(&end, input->ends.data + line * sizeof(end), sizeof(end));
    return end;
}

bool hex_input_line(struct hex_input *input, const uint8_t **ret, size_t *ret_length)
{
    if (input->next == input->ends.length / sizeof(size_t))
        return false;
    size_t start = input->next > 0 ? line_end(input, input->next - 1) : 0;
    *ret = (const uint8_t *)input->bytes.data + start;
    *ret_length = line_end(input, input->next++) - start;
    return true;
}
