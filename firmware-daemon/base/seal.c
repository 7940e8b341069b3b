#include "base/seal.h"

#include "base/file.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK     '~'
#define ID       4 /* bytes, of BLAKE2b-256 of the key */
#define NONCE    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG      crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY      crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define BASE64   sodium_base64_VARIANT_ORIGINAL_NO_PADDING
#define FILE_MAX ((size_t)SEAL_KEYS_MAX * (2 * KEY + 1))

struct key {
    unsigned char id[ID], bytes[KEY];
};

struct seal {
    size_t count;
    struct key keys[SEAL_KEYS_MAX];
};

/* ---------------------------------------------------------------- the file */

static void tell_id(struct key *key)
{
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash(hash, sizeof(hash), key->bytes, KEY, NULL, 0);
    memcpy(key->id, hash, ID);
}

static bool read_keys(const char *text, struct seal *seal)
{
    for (const char *line = text; *line; line += 2 * KEY + 1) {
        size_t length = 0;
        if (seal->count == SEAL_KEYS_MAX || strcspn(line, "\n") != 2 * KEY ||
            sodium_hex2bin(seal->keys[seal->count].bytes, KEY, line, 2 * KEY, NULL, &length, NULL) != 0 ||
            length != KEY)
            return false;
        tell_id(&seal->keys[seal->count++]);
        if (!line[2 * KEY])
            break;
    }
    return seal->count > 0;
}

static int make_file(const char *path, struct error *error)
{
    unsigned char key[KEY];
    char text[2 * KEY + 1];
    randombytes_buf(key, sizeof(key));
    sodium_bin2hex(text, sizeof(text), key, sizeof(key));
    text[2 * KEY] = '\n';
    int result = file_keep(path, text, sizeof(text), 0600);
    sodium_memzero(key, sizeof(key));
    sodium_memzero(text, sizeof(text));
    return result ? error_set(error, result, "the key %s cannot be made: %s", path, strerror(-result)) : 0;
}

static int load(const char *path, struct seal *seal, struct error *error)
{
    struct buf text = {.max = FILE_MAX};
    int result = file_load(path, &text);
    bool good = !result && read_keys(buf_text(&text), seal);
    if (text.data)
        sodium_memzero(text.data, text.capacity);
    buf_done(&text);
    if (result && result != -EFBIG)
        return error_set(error, result, "the key %s cannot be read: %s", path, strerror(-result));
    return good ? 0
                : error_set(error, -EBADMSG,
                            "%s holds no keys (64 hex digits in each line, %d lines at most): put the right file back",
                            path, SEAL_KEYS_MAX);
}

static bool find_credential(const char *name, struct buf *ret_path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    buf_printf(ret_path, "%s/%s", folder ? folder : "", name);
    return folder && !ret_path->failed && access(ret_path->data, F_OK) == 0;
}

bool seal_is_handed_over(const char *credential)
{
    CLEANUP_BUF struct buf path = {0};
    return find_credential(credential, &path);
}

static int load_credential(const char *name, struct seal *seal, struct error *error)
{
    CLEANUP_BUF struct buf path = {0};
    return find_credential(name, &path) ? load(path.data, seal, error) : -ENOENT;
}

int seal_open(const char *credential, const char *path, struct seal **ret, struct error *error)
{
    CLEANUP(seal_free_p) struct seal *seal = calloc(1, sizeof(*seal));
    if (!seal || sodium_init() < 0)
        return error_set(error, -ENOMEM, "out of memory");
    int result = load_credential(credential, seal, error);
    if (result == -ENOENT && access(path, F_OK) != 0 && errno == ENOENT) {
        result = make_file(path, error);
        if (result)
            return result;
        result = -ENOENT;
    }
    if (result == -ENOENT)
        result = load(path, seal, error);
    if (result)
        return result;
    *ret = seal;
    seal = NULL;
    return 0;
}

struct seal *seal_free(struct seal *seal)
{
    if (seal)
        sodium_memzero(seal, sizeof(*seal));
    free(seal);
    return NULL;
}

/* ---------------------------------------------------------------- a text */

bool seal_is_sealed(const char *text)
{
    return *text == MARK;
}

/* nonce NULL: a new one. */
static void put(const struct seal *seal, const char *place, const unsigned char *nonce, const char *text, size_t length,
                struct buf *ret)
{
    size_t room = ID + NONCE + length + TAG, encoded = sodium_base64_encoded_len(room, BASE64);
    CLEANUP(cleanup_free) unsigned char *bytes = malloc(room);
    CLEANUP(cleanup_free) char *shown = malloc(encoded);
    if (!bytes || !shown) {
        ret->failed = true;
        return;
    }
    memcpy(bytes, seal->keys[0].id, ID);
    if (nonce)
        memcpy(bytes + ID, nonce, NONCE);
    else
        randombytes_buf(bytes + ID, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + ID + NONCE, NULL, (const unsigned char *)text, length,
                                               (const unsigned char *)place, strlen(place), NULL, bytes + ID,
                                               seal->keys[0].bytes);
    sodium_bin2base64(shown, encoded, bytes, room, BASE64);
    buf_putc(ret, MARK);
    buf_puts(ret, shown);
}

void seal_put(const struct seal *seal, const char *place, const char *text, size_t length, struct buf *ret)
{
    if (seal && length > 0)
        put(seal, place, NULL, text, length, ret);
    else
        buf_put(ret, text, length);
}

/* The nonce is a keyed hash of place and text, under a key of its own (as in RFC 5297): two texts have the same one
 * only when they are the same. */
void seal_put_same(const struct seal *seal, const char *place, const char *text, size_t length, struct buf *ret)
{
    unsigned char own[KEY], nonce[NONCE];
    if (!seal || length == 0) {
        buf_put(ret, text, length);
        return;
    }
    crypto_generichash(own, sizeof(own), (const unsigned char *)place, strlen(place), seal->keys[0].bytes, KEY);
    crypto_generichash(nonce, sizeof(nonce), (const unsigned char *)text, length, own, sizeof(own));
    sodium_memzero(own, sizeof(own));
    put(seal, place, nonce, text, length, ret);
}

void seal_key_name(const struct seal *seal, char ret[SEAL_KEY_NAME_SIZE])
{
    sodium_bin2hex(ret, SEAL_KEY_NAME_SIZE, seal->keys[0].id, ID);
}

bool seal_has_key(const struct seal *seal, const char *name)
{
    bool found = false;
    for (size_t i = 0; seal && i < seal->count && !found; i++) {
        char hex[SEAL_KEY_NAME_SIZE];
        sodium_bin2hex(hex, sizeof(hex), seal->keys[i].id, ID);
        found = strcmp(hex, name) == 0;
    }
    return found;
}

static const struct key *find_key(const struct seal *seal, const unsigned char *id)
{
    for (size_t i = 0; seal && i < seal->count; i++)
        if (memcmp(seal->keys[i].id, id, ID) == 0)
            return &seal->keys[i];
    return NULL;
}

int seal_get(const struct seal *seal, const char *place, const char *text, struct buf *ret)
{
    if (!seal_is_sealed(text)) {
        buf_puts(ret, text);
        return ret->failed ? -ENOMEM : 0;
    }
    size_t room = strlen(text), length = 0;
    CLEANUP(cleanup_free) unsigned char *bytes = malloc(room);
    if (!bytes)
        return -ENOMEM;
    if (sodium_base642bin(bytes, room, text + 1, room - 1, NULL, &length, NULL, BASE64) != 0 ||
        length < ID + NONCE + TAG)
        return -EKEYREJECTED;
    const struct key *key = find_key(seal, bytes);
    unsigned long long opened = 0;
    if (!key || crypto_aead_xchacha20poly1305_ietf_decrypt(bytes + ID + NONCE, &opened, NULL, bytes + ID + NONCE,
                                                           length - ID - NONCE, (const unsigned char *)place,
                                                           strlen(place), bytes + ID, key->bytes) != 0)
        return -EKEYREJECTED;
    buf_put(ret, bytes + ID + NONCE, (size_t)opened);
    sodium_memzero(bytes, room);
    return ret->failed ? -ENOMEM : 0;
}
