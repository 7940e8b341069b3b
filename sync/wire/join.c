#include "sync/wire/join.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define VERSION    1
#define CRC_BYTES  4
#define LEAD       (sizeof(JOIN_PREFIX) - 1)
#define AIM_LENGTH 3
#define LONG       ((size_t)120) /* letters alone, so many: nothing else in a warehouse is like it */

/* Where us, uk, de and fr have the same key; without I, which Turkish has two of. */
static const char letters[] = "BCDEFGHJKLNOPRST";

_Static_assert(sizeof(letters) == 17, "a letter is four bits");

/* ---------------------------------------------------------------- bytes */

struct bytes {
    uint8_t at[JOIN_BYTES_MAX];
    size_t length, read;
};

static void put(struct bytes *bytes, const void *data, size_t length)
{
    memcpy(bytes->at + bytes->length, data, length);
    bytes->length += length;
}

static void put_text(struct bytes *bytes, const char *text)
{
    put(bytes, &(uint8_t){(uint8_t)strlen(text)}, 1);
    put(bytes, text, strlen(text));
}

static void put_crc(struct bytes *bytes)
{
    uint32_t crc = wire_crc(bytes->at, bytes->length);
    for (int i = 0; i < CRC_BYTES; i++)
        bytes->at[bytes->length++] = (uint8_t)(crc >> (24 - 8 * i));
}

static bool take(struct bytes *bytes, void *out, size_t length)
{
    if (bytes->length - bytes->read < length)
        return false;
    memcpy(out, bytes->at + bytes->read, length);
    bytes->read += length;
    return true;
}

static bool take_text(struct bytes *bytes, char *out, size_t capacity)
{
    uint8_t length = 0;
    if (!take(bytes, &length, 1) || length >= capacity || !take(bytes, out, length))
        return false;
    out[length] = '\0';
    return strlen(out) == length;
}

static bool crc_holds(struct bytes *bytes)
{
    struct bytes again = *bytes;
    if (bytes->length < CRC_BYTES)
        return false;
    again.length -= CRC_BYTES;
    put_crc(&again);
    bool holds = memcmp(again.at, bytes->at, bytes->length) == 0;
    bytes->length -= CRC_BYTES;
    return holds;
}

/* ---------------------------------------------------------------- the text */

static bool host_ok(const char *host)
{
    return *host && strlen(host) < JOIN_HOST_SIZE &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:") == strlen(host);
}

static bool is_whole(const struct join_code *code)
{
    return host_ok(code->host) && code->port >= 1 && code->port <= 65535 && wire_site_ok(code->site);
}

int join_code_write(const struct join_code *code, char out[JOIN_TEXT_SIZE])
{
    struct bytes bytes = {.length = 0};
    const uint8_t port[] = {(uint8_t)(code->port >> 8), (uint8_t)code->port};
    if (!is_whole(code))
        return -EINVAL;
    put(&bytes, &(uint8_t){VERSION}, 1);
    put(&bytes, code->pin, sizeof(code->pin));
    put(&bytes, code->token, sizeof(code->token));
    put(&bytes, port, sizeof(port));
    put_text(&bytes, code->host);
    put_text(&bytes, code->site);
    put_crc(&bytes);
    memcpy(out, JOIN_PREFIX, LEAD);
    for (size_t i = 0; i < bytes.length; i++) {
        out[LEAD + 2 * i] = letters[bytes.at[i] >> 4];
        out[LEAD + 2 * i + 1] = letters[bytes.at[i] & 15];
    }
    out[LEAD + 2 * bytes.length] = '\0';
    return 0;
}

/* Without an AIM prefix, and what ends a scan. */
static const char *bare(const char *text, size_t *length)
{
    while (*length > 0 && isspace((unsigned char)text[*length - 1]))
        (*length)--;
    bool aim = *length > AIM_LENGTH && !isalpha((unsigned char)text[0]) && isdigit((unsigned char)text[2]);
    *length -= aim ? AIM_LENGTH : 0;
    return aim ? text + AIM_LENGTH : text;
}

static bool has_prefix(const char *text, size_t length)
{
    return length > LEAD && strncasecmp(text, JOIN_PREFIX, LEAD) == 0;
}

bool join_code_is(const char *text, size_t length)
{
    text = bare(text, &length);
    if (has_prefix(text, length))
        return true;
    for (size_t i = 0; i < length; i++)
        if (!isalpha((unsigned char)text[i]))
            return false;
    return length >= LONG;
}

/* The letter's four bits; -1: it is none of them. */
static int value_of(char letter)
{
    const char *at = memchr(letters, toupper((unsigned char)letter), sizeof(letters) - 1);
    return at ? (int)(at - letters) : -1;
}

static bool read_letters(const char *text, size_t length, struct bytes *ret)
{
    if (length % 2 || length / 2 > sizeof(ret->at))
        return false;
    for (size_t i = 0; i < length / 2; i++) {
        int high = value_of(text[2 * i]), low = value_of(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret->at[ret->length++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

int join_code_read(const char *text, size_t length, struct join_code *ret)
{
    struct bytes bytes = {.length = 0};
    struct join_code code = {.port = 0};
    uint8_t version = 0, port[2];
    text = bare(text, &length);
    if (!has_prefix(text, length) || !read_letters(text + LEAD, length - LEAD, &bytes) || !crc_holds(&bytes) ||
        !take(&bytes, &version, 1))
        return -EBADMSG;
    if (version != VERSION)
        return -ENOTSUP;
    bool whole = take(&bytes, code.pin, sizeof(code.pin)) && take(&bytes, code.token, sizeof(code.token)) &&
                 take(&bytes, port, sizeof(port)) && take_text(&bytes, code.host, sizeof(code.host)) &&
                 take_text(&bytes, code.site, sizeof(code.site)) && bytes.read == bytes.length;
    code.port = whole ? port[0] << 8 | port[1] : 0;
    if (!is_whole(&code))
        return -EBADMSG;
    *ret = code;
    return 0;
}

/* ---------------------------------------------------------------- what a box keeps */

#define KEPT(member, what) #member, OPTION_TEXT_AT(struct join_kept, member), .fallback = "", .help = what

static const struct option_def kept_table[] = {
    {KEPT(site, "this site's name at head office")},
    {KEPT(box, "this box's name there")},
    {KEPT(host, "the broker")},
    {KEPT(port, "the broker's port")},
    {KEPT(topic_prefix, "what stands before every topic")},
    {KEPT(ca_file, "what the broker's certificate must come from")},
    {KEPT(cert_file, "this box's own certificate")},
    {KEPT(key_file, "its key")},
    {0},
};

static void *open_kept(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    (void)instance;
    return user;
}

int join_kept_load(const char *path, struct join_kept *ret, struct error *error)
{
    static const struct option_section sections[] = {{"link", kept_table, open_kept}, {0}};
    option_defaults(kept_table, ret);
    int result = option_load(path, sections, ret, error);
    if (!result && (!wire_site_ok(ret->site) || !wire_box_ok(ret->box)))
        result = error_set(error, -EINVAL, "%s names no site and box: remove it, and join the box anew", path);
    return result;
}

void join_kept_write(const struct join_kept *kept, struct buf *out)
{
    buf_puts(out, "# Written when this box was joined to its site: do not change it, join the box anew.\n[link]\n");
    for (const struct option_def *field = kept_table; field->name; field++)
        buf_printf(out, "%s = %s\n", field->name, (const char *)kept + field->offset);
}
