#include "visits.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32

_Static_assert(VISIT_TOKEN_SIZE == sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "a token fits its text");

static void hash_token(const char *token, uint8_t out[VISIT_HASH_SIZE])
{
    crypto_generichash(out, VISIT_HASH_SIZE, (const unsigned char *)token, strlen(token), NULL, 0);
}

void visits_open(struct visits *visits, int64_t worker, int64_t now_us, char ret_token[VISIT_TOKEN_SIZE])
{
    uint8_t bytes[TOKEN_BYTES];
    struct visit *place = visits->all;
    for (struct visit *visit = visits->all; visit < visits->all + VISITS_MAX && place->worker; visit++)
        if (!visit->worker || visit->used_us < place->used_us)
            place = visit;
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(ret_token, VISIT_TOKEN_SIZE, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
    *place = (struct visit){.worker = worker, .begun_us = now_us, .used_us = now_us};
    hash_token(ret_token, place->hash);
}

static struct visit *find(struct visits *visits, const char *token)
{
    uint8_t hash[VISIT_HASH_SIZE];
    hash_token(token, hash);
    for (struct visit *visit = visits->all; visit < visits->all + VISITS_MAX; visit++)
        if (visit->worker && sodium_memcmp(visit->hash, hash, sizeof(hash)) == 0)
            return visit;
    return NULL;
}

int64_t visits_find(struct visits *visits, const char *token, const struct visit_limits *limits, int64_t now_us,
                    bool noted)
{
    struct visit *visit = find(visits, token);
    if (!visit)
        return 0;
    if (visit->begun_us < limits->begun_us || visit->used_us < limits->used_us)
        *visit = (struct visit){0};
    else if (noted)
        visit->used_us = now_us;
    return visit->worker;
}

void visits_close(struct visits *visits, const char *token)
{
    struct visit *visit = find(visits, token);
    if (visit)
        *visit = (struct visit){0};
}

void visits_close_all(struct visits *visits, int64_t worker)
{
    for (struct visit *visit = visits->all; visit < visits->all + VISITS_MAX; visit++)
        if (visit->worker == worker)
            *visit = (struct visit){0};
}
