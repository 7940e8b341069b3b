/* What makes a schedule cheap, and changes nothing of what it proves: signatures, compression and memory.
 * The linker puts the first two in the place of libsodium's and libdeflate's (--wrap); tests/sim has the real ones. */
#include "world.h"

#include <libdeflate.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- signatures that cost a hundredth */

/* Whoever has the public key can make them, and nobody in a simulation forges any. */
int __wrap_crypto_sign_detached(unsigned char *signature, unsigned long long *length, const unsigned char *message,
                                unsigned long long message_length, const unsigned char *secret_key);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long message_length, const unsigned char *public_key);

int __wrap_crypto_sign_detached(unsigned char *signature, unsigned long long *length, const unsigned char *message,
                                unsigned long long message_length, const unsigned char *secret_key)
{
    if (length)
        *length = crypto_sign_BYTES;
    return crypto_generichash(signature, crypto_sign_BYTES, message, message_length, secret_key + crypto_sign_SEEDBYTES,
                              crypto_sign_PUBLICKEYBYTES);
}

int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long message_length, const unsigned char *public_key)
{
    unsigned char expected[crypto_sign_BYTES];
    crypto_generichash(expected, sizeof(expected), message, message_length, public_key, crypto_sign_PUBLICKEYBYTES);
    return memcmp(signature, expected, sizeof(expected)) == 0 ? 0 : -1;
}

/* ---------------------------------------------------------------- no compression */

struct libdeflate_compressor *__real_libdeflate_alloc_compressor(int level);
struct libdeflate_compressor *__wrap_libdeflate_alloc_compressor(int level);

/* What is not smaller then travels as it is. */
struct libdeflate_compressor *__wrap_libdeflate_alloc_compressor(int level)
{
    (void)level;
    return __real_libdeflate_alloc_compressor(0);
}

/* ---------------------------------------------------------------- memory from lists, one for each size */

#define STEP    32
#define CLASSES 160 /* up to 5 KiB: a page with its header, and nearly all else */
#define BLOCK   ((size_t)1 << 20)

static struct spare {
    struct spare *next;
} * spares[CLASSES];
static char *block;
static size_t block_left;

/* The size stands before what is given out. */
static void *take(int size)
{
    size_t class = ((size_t)size + STEP - 1) / STEP;
    size_t *memory;
    if (class >= CLASSES) {
        memory = malloc(class * STEP + 16);
    } else if (spares[class]) {
        memory = (size_t *)(void *)spares[class] - 2;
        spares[class] = spares[class]->next;
    } else {
        if (block_left < class * STEP + 16) {
            block = malloc(BLOCK);
            block_left = block ? BLOCK : 0;
        }
        if (!block_left)
            return NULL;
        memory = (size_t *)(void *)block;
        block += class * STEP + 16;
        block_left -= class * STEP + 16;
    }
    if (!memory)
        return NULL;
    memory[0] = class * STEP;
    return memory + 2;
}

static void give_back(void *memory)
{
    size_t class = memory ? ((size_t *)memory)[-2] / STEP : 0;
    if (class >= CLASSES) {
        free((size_t *)memory - 2);
    } else if (memory) {
        ((struct spare *)memory)->next = spares[class];
        spares[class] = memory;
    }
}

static int size_of(void *memory)
{
    return memory ? (int)((size_t *)memory)[-2] : 0;
}

static void *change(void *memory, int size)
{
    if (size <= size_of(memory))
        return memory;
    void *larger = take(size);
    if (larger && memory)
        memcpy(larger, memory, (size_t)size_of(memory));
    if (larger)
        give_back(memory);
    return larger;
}

static int round_up(int size)
{
    return (size + STEP - 1) / STEP * STEP;
}

static int begin(void *user)
{
    (void)user;
    return SQLITE_OK;
}

static void end(void *user)
{
    (void)user;
}

/* The linker calls this for file_settle(), which asks the system's own files. */
int __wrap_file_settle(const char *path);
int __wrap_file_settle(const char *path)
{
    return disk_is_installed() ? disk_settle(path) : 0;
}

void quick_set_up(void)
{
    static const sqlite3_mem_methods lists = {take, give_back, change, size_of, round_up, begin, end, NULL};
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MALLOC, &lists);
    struct sql *sql = NULL; /* the first connection sets SQLite up for this house, before the disks are installed */
    if (sql_open(":memory:", NULL, &sql, NULL) != 0)
        abort();
    sql_close(sql);
    disk_install(1);
}
