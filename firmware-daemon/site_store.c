#include "site_store.h"

#include <stdio.h>
#include <string.h>

#define RECEIVER_KEY "receiver.key" /* as a credential, and as a file */

static int open_seal(const struct site_config *config, struct seal **ret, struct error *error)
{
    const char *slash = strrchr(config->database, '/');
    char beside[sizeof(config->database) + sizeof(RECEIVER_KEY)];
    snprintf(beside, sizeof(beside), "%.*s" RECEIVER_KEY, slash ? (int)(slash - config->database + 1) : 0,
             config->database);
    return seal_open(RECEIVER_KEY, *config->receiver_key ? config->receiver_key : beside, ret, error);
}

int site_store_open(const struct site_config *config, struct seal **ret_seal, struct store **ret, struct error *error)
{
    int result = open_seal(config, ret_seal, error);
    struct store_settings settings = {
        .path = config->database, .site = config->site, .box = config->box, .seal = *ret_seal, .random = random_system};
    return result ? result : store_open(&settings, ret, error);
}
