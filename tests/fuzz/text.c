/* Text from outside: hex, UTF-8, numbers. The input is the text. */
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <errno.h>

#define CAPACITY 64

static void check_hex(const char *text, size_t length)
{
    uint8_t bytes[CAPACITY];
    size_t count = 0, digits = 0;
    for (size_t i = 0; i < length; i++)
        digits += isxdigit((unsigned char)text[i]) != 0;
    int r = text_from_hex(text, length, bytes, sizeof(bytes), &count);
    CLAIM(r == 0 || r == -EINVAL || r == -ENOSPC);
    CLAIM(r != 0 || (count * 2 == digits && count <= sizeof(bytes)));
    for (size_t i = 0, digit = 0; r == 0 && i < length; i++)
        if (isxdigit((unsigned char)text[i])) {
            char half[2] = {"0123456789abcdef"[bytes[digit / 2] >> (digit % 2 ? 0 : 4) & 15]};
            CLAIM(tolower((unsigned char)text[i]) == *half);
            digit++;
        }
}

/* Character by character: all of it when it is UTF-8, and each becomes itself again. */
static void check_utf8(const char *text, size_t length)
{
    size_t at = 0, whole = text_whole_utf8(text, length);
    while (at < length) {
        uint32_t character;
        char again[4];
        size_t step = text_next_utf8(text + at, length - at, &character);
        if (step == 0)
            break;
        CLAIM(step <= length - at && text_put_utf8(again, character) == step && memcmp(again, text + at, step) == 0);
        at += step;
    }
    CLAIM((at == length) == text_is_utf8(text, length));
    CLAIM(whole <= length && length - whole < 4);
    CLAIM(at < length || whole == length);
}

static void check_copy(const char *text, size_t length)
{
    char out[CAPACITY];
    bool fitted = text_copy_n(out, sizeof(out), text, length);
    size_t copied = strnlen(out, sizeof(out));
    CLAIM(copied < sizeof(out) && copied <= length && memcmp(out, text, copied) == 0);
    CLAIM(!fitted || copied == strnlen(text, length));
    CLAIM(!text_is_utf8(text, length) || text_is_utf8(out, copied));
}

static void check_number(const char *text, size_t length)
{
    char *copy CLEANUP(cleanup_free) = strndup(text, length), again[32];
    int64_t value;
    CLAIM(copy);
    if (text_to_int(copy, INT64_MIN, INT64_MAX, &value) < 0)
        return;
    snprintf(again, sizeof(again), "%lld", (long long)value);
    const char *digits = copy + (*copy == '-');
    while (*digits == '0' && digits[1])
        digits++;
    CLAIM(strcmp(again + (*again == '-'), digits) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    if (size == 0)
        return 0;
    check_hex(text, size);
    check_utf8(text, size);
    check_copy(text, size);
    check_number(text, size);
    return 0;
}
