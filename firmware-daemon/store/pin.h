/* The workers' PINs, and how often a wrong one was tried. Hashes are made and tried elsewhere (pin_desk.h): this takes
 * no time. */
#ifndef STORE_PIN_H
#define STORE_PIN_H

#include "base/password.h"
#include "store/store.h"

#define PIN_TRIES 5 /* wrong ones in a row, before somebody has to wait */

struct pin {
    char hash[PASSWORD_HASH_SIZE];
    int64_t fails, wait_us; /* until the next one is tried; 0: now */
};

int pin_load(struct store *store, int64_t worker, struct pin *ret); /* -ENOENT: has none */

/* Forgets the wrong tries. */
int pin_set(struct store *store, int64_t worker, const char *hash);

/* What head office sends along with the worker, again and again: one that it has sent before changes nothing, for the
 * worker may have chosen another here meanwhile. "": none. */
int pin_from_office(struct store *store, int64_t worker, const char *hash);

int pin_failed(struct store *store, int64_t worker);
int pin_forgive(struct store *store, int64_t worker);

/* The machine has started anew: who had to wait waits from the beginning. Before order_lease_boot(). */
int pin_boot(struct store *store, const char *boot);

/* After so many wrong ones in a row; 0: none. A minute, twice as long after each further one, an hour at most. */
int64_t pin_delay_us(int64_t fails);

#endif
