#include "site_store.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RECEIVER_KEY "receiver.key" /* as a credential, and as a file */

static int open_seal(const struct site_config *config, struct seal **ret, struct error *error)
{
    char folder[sizeof(config->database)], beside[sizeof(folder) + sizeof("/" RECEIVER_KEY)];
    file_folder(config->database, folder, sizeof(folder));
    snprintf(beside, sizeof(beside), "%s/" RECEIVER_KEY, folder);
    return seal_open(RECEIVER_KEY, *config->receiver_key ? config->receiver_key : beside, ret, error);
}

/* Nothing that was done before the box had a site counts. */
static void throw_away(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char name[sizeof(((struct site_config *)0)->waiting) + 8];
        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
}

int site_store_open(sd_event *event, const struct site_config *config, struct seal **ret_seal, struct store **ret,
                    struct error *error)
{
    int result = open_seal(config, ret_seal, error);
    bool unjoined = config->named == SITE_UNNAMED;
    struct store_settings settings = {.path = unjoined ? config->waiting : config->database,
                                      .site = config->site,
                                      .box = config->box,
                                      .unjoined = unjoined,
                                      .renamed = config->named == SITE_BY_JOINING,
                                      .event = event,
                                      .seal = *ret_seal,
                                      .random = random_system};
    if (unjoined)
        throw_away(config->waiting);
    return result ? result : store_open(&settings, ret, error);
}
