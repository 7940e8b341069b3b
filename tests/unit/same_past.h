/* For tests of a site whose journal is made up: the hash that its read_hash and its welcomes agree on. */
#ifndef TESTS_SAME_PAST_H
#define TESTS_SAME_PAST_H

#include "sync/site/site.h"

static inline int same_past_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    (void)user;
    chain_begin(ret_hash, "hz-07", 1, 0, seq, NULL, "");
    return 0;
}

static inline void same_past_tell(struct wire_control *welcome)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    same_past_hash(NULL, welcome->applied, hash);
    chain_text(hash, welcome->applied_hash);
}

#endif
