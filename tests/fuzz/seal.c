/* A sealed text that somebody has tampered with. First byte: 0, the rest is a text from a database; 1, the rest is
 * sealed, one byte of it is changed, and it must not open. */
#include "base/seal.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <unistd.h>

#define PLACE "orders.receiver/SO-1"

static const struct seal *key(void)
{
    static struct seal *seal;
    static char path[] = "/tmp/fuzz-seal-XXXXXX";
    struct error error = {0};
    if (!seal) {
        CLAIM(mkdtemp(path));
        char file[sizeof(path) + 8];
        snprintf(file, sizeof(file), "%s/key", path);
        CLAIM(seal_open("receiver.key", file, &seal, &error) == 0);
        unlink(file);
        rmdir(path);
    }
    return seal;
}

static void check_change(const char *text, size_t length, size_t where)
{
    CLEANUP_BUF struct buf sealed = {0}, opened = {0};
    seal_put(key(), PLACE, text, length, &sealed);
    CLAIM(!sealed.failed);
    CLAIM(seal_get(key(), PLACE, buf_text(&sealed), &opened) == 0);
    CLAIM(opened.length == length && memcmp(buf_text(&opened), text, length) == 0);
    if (length == 0)
        return;
    buf_clear(&opened);
    size_t at = 1 + where % (sealed.length - 1);
    sealed.data[at] = sealed.data[at] == 'A' ? 'B' : 'A';
    CLAIM(seal_get(key(), PLACE, sealed.data, &opened) == -EKEYREJECTED && opened.length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    if (input_byte(&input) & 1) {
        size_t where = input_number(&input);
        check_change((const char *)input.at, input.left, where);
        return 0;
    }
    char *text CLEANUP(cleanup_free) = strndup((const char *)input.at, input.left);
    CLEANUP_BUF struct buf opened = {0};
    CLAIM(text);
    int result = seal_get(key(), PLACE, text, &opened);
    CLAIM(result == (seal_is_sealed(text) ? -EKEYREJECTED : 0));
    CLAIM(result || strcmp(buf_text(&opened), text) == 0);
    return 0;
}
