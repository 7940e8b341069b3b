/* Where people are signed in at the box's pages: a browser keeps a text made at random, this the hash of it, in memory
 * alone: a restart ends all. Does not know HTTP, nor what anybody may do. */
#ifndef VISITS_H
#define VISITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VISITS_MAX       64 /* the one that was not used for longest makes room */
#define VISIT_HASH_SIZE  32
#define VISIT_TOKEN_SIZE 44 /* 32 bytes in base64, terminated */

struct visit {
    int64_t worker; /* 0: none */
    int64_t begun_us, used_us;
    uint8_t hash[VISIT_HASH_SIZE];
};

struct visits {
    struct visit all[VISITS_MAX];
};

/* One that was begun or used before these is over; on the clock since the machine's start. */
struct visit_limits {
    int64_t begun_us, used_us;
};

void visits_open(struct visits *visits, int64_t worker, int64_t now_us, char ret_token[VISIT_TOKEN_SIZE]);

/* The worker; 0: it is over, or never was. noted: it counts as used now. */
int64_t visits_find(struct visits *visits, const char *token, const struct visit_limits *limits, int64_t now_us,
                    bool noted);

void visits_close(struct visits *visits, const char *token);
void visits_close_all(struct visits *visits, int64_t worker);

#endif
