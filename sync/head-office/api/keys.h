/* The keys by which programs of others ask head office over HTTP: what each may look at and ask for. A key is shown
 * once, when it is made; only its hash is kept. Does not know HTTP. */
#ifndef HEAD_OFFICE_KEYS_H
#define HEAD_OFFICE_KEYS_H

#include "sync/head-office/office.h"

#define KEY_ID_SIZE    11 /* terminated */
#define KEY_TEXT_SIZE  96
#define KEY_SCOPE_SIZE 513
#define KEY_NAME_SIZE  65
#define KEY_SHOP_SIZE  65

struct api_key {
    char id[KEY_ID_SIZE];
    char reads[KEY_SCOPE_SIZE], verbs[KEY_SCOPE_SIZE]; /* with commas; "*" stands for any letters */
    char shop[KEY_SHOP_SIZE];                          /* "": no limit */
};

/* name is for people. shop "": no limit. -ENOENT: no such shop. Inside a transaction. */
int keys_add(struct office *office, const char *name, const char *reads, const char *verbs, const char *shop,
             const char *who, char ret_key[KEY_TEXT_SIZE], struct error *error);

/* -ENOENT: there is none. Inside a transaction. */
int keys_revoke(struct office *office, const char *id, struct error *error);

/* Whose key it is; that it was used is noted, to the minute. -EACCES: nobody's, or revoked. */
int keys_find(struct office *office, const char *key, bool note, struct api_key *ret);

bool keys_may_read(const struct api_key *key, const char *kind);
/* Verbs that make keys or let people in are covered by nothing that does not name them: a key for everything is not one
 * for more keys.
 */
bool keys_may_do(const struct api_key *key, const char *verb);

#endif
