#include "base/json.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static void quoted(struct buf *buf, const char *text, size_t length)
{
    buf_putc(buf, '"');
    size_t plain = 0; /* start of the run that needs no escape */
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        bool escaped = c < 0x20 || c == '"' || c == '\\';
        uint32_t character;
        size_t used = c < 0x80 ? 1 : text_next_utf8(text + i, length - i, &character);
        if (used > 0 && !escaped) {
            i += used;
            continue;
        }
        buf_put(buf, text + plain, i - plain);
        if (used == 0)
            buf_puts(buf, "\xEF\xBF\xBD");
        else if (c == '"' || c == '\\')
            buf_printf(buf, "\\%c", c);
        else
            buf_printf(buf, "\\u%04x", c);
        plain = ++i;
    }
    buf_put(buf, text + plain, length - plain);
    buf_putc(buf, '"');
}

static void lead(struct buf *buf, const char *key)
{
    if (buf->length > 0 && !strchr("{[:,\n", buf->data[buf->length - 1]))
        buf_putc(buf, ',');
    if (key) {
        quoted(buf, key, strlen(key));
        buf_putc(buf, ':');
    }
}

void json_open_object(struct buf *buf, const char *key)
{
    lead(buf, key);
    buf_putc(buf, '{');
}

void json_close_object(struct buf *buf)
{
    buf_putc(buf, '}');
}

void json_open_array(struct buf *buf, const char *key)
{
    lead(buf, key);
    buf_putc(buf, '[');
}

void json_close_array(struct buf *buf)
{
    buf_putc(buf, ']');
}

void json_text(struct buf *buf, const char *key, const char *text)
{
    if (text)
        json_text_n(buf, key, text, strlen(text));
    else
        json_raw(buf, key, "null");
}

void json_text_n(struct buf *buf, const char *key, const char *text, size_t length)
{
    lead(buf, key);
    quoted(buf, text, length);
}

void json_int(struct buf *buf, const char *key, int64_t value)
{
    lead(buf, key);
    buf_printf(buf, "%" PRId64, value);
}

void json_bool(struct buf *buf, const char *key, bool value)
{
    json_raw(buf, key, value ? "true" : "false");
}

void json_words(struct buf *buf, const char *key, const char *en, const char *zh)
{
    json_open_object(buf, key);
    json_text(buf, "en", en);
    json_text(buf, "zh", zh);
    json_close_object(buf);
}

void json_raw(struct buf *buf, const char *key, const char *json)
{
    lead(buf, key);
    buf_puts(buf, json);
}
