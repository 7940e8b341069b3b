#include "base/id.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void fill_system(void *user, void *bytes, size_t length)
{
    (void)user;
    for (size_t done = 0; done < length;) {
        ssize_t got = getrandom((char *)bytes + done, length - done, 0);
        if (got < 0)
            abort(); /* getrandom(2) fails only for arguments that are never passed here */
        done += (size_t)got;
    }
}

const struct random_source random_system = {.fill = fill_system};

uint64_t random_next(struct random_seeded *seeded)
{
    uint64_t z = seeded->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void fill_seeded(void *user, void *bytes, size_t length)
{
    unsigned char *out = bytes;
    for (size_t i = 0; i < length; i += 8) {
        uint64_t value = random_next(user);
        memcpy(out + i, &value, length - i < 8 ? length - i : 8);
    }
}

struct random_source random_from_seed(struct random_seeded *seeded)
{
    return (struct random_source){.fill = fill_seeded, .user = seeded};
}

void id_new(const struct random_source *source, char out[ID_TEXT_SIZE])
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char bytes[17] = {0}; /* one more, so that the last group of five bits can be read */
    source->fill(source->user, bytes, 16);
    for (size_t i = 0; i < ID_TEXT_SIZE - 1; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        out[i] = alphabet[pair >> (11 - bit % 8) & 31];
    }
    out[ID_TEXT_SIZE - 1] = '\0';
}
