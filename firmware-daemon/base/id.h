/* Random identities: 16 bytes, written as 26 characters of lower-case Crockford base 32.
 * Does not read the system's randomness by itself: the source is passed in, so that a simulation can repeat a run. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stddef.h>
#include <stdint.h>

#define ID_TEXT_SIZE 27

struct random_source {
    void (*fill)(void *user, void *bytes, size_t length);
    void *user;
};

extern const struct random_source random_system; /* getrandom(2) */

/* A repeatable stream (splitmix64). */
struct random_seeded {
    uint64_t state;
};
uint64_t random_next(struct random_seeded *seeded);
struct random_source random_from_seed(struct random_seeded *seeded);

void id_new(const struct random_source *source, char out[ID_TEXT_SIZE]);

#endif
