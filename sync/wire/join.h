/* The code that joins a box to a site, as a person scans it: where head office is, what it must show there, and a word
 * that is good once. Letters alone, which lie on the same keys of the layouts us, uk, de and fr and mean the same in
 * upper and lower case, so that a scanner that types another layout, or with Caps Lock on, does no harm; a CRC-32 of it
 * all finds every burst of wrong letters up to eight, so each single one. Also what a box keeps of having been joined.
 * Does not ask head office (tool/join.c), and does not make tokens (sites/join.c). */
#ifndef WIRE_JOIN_H
#define WIRE_JOIN_H

#include "base/option.h"
#include "sync/wire/topic.h"

#define JOIN_PREFIX    "FHBOX"
#define JOIN_TOKEN     16 /* bytes */
#define JOIN_PIN       32 /* SHA-256 of the public key that head office's HTTPS shows, as SubjectPublicKeyInfo */
#define JOIN_HOST_SIZE 65
#define JOIN_BYTES_MAX (1 + JOIN_PIN + JOIN_TOKEN + 2 + JOIN_HOST_SIZE + WIRE_NAME_SIZE + 4)
#define JOIN_TEXT_SIZE (sizeof(JOIN_PREFIX) + 2 * (size_t)JOIN_BYTES_MAX)
#define JOIN_FILE      "joined.conf" /* beside the box's database */
#define JOIN_PATH      "/api/v1/join"
#define JOIN_UNJOINED  "unjoined" /* the name of the site, and of the box, of a box that has none yet */

struct join_code {
    char host[JOIN_HOST_SIZE]; /* of head office's HTTPS: a name, an IPv4 or IPv6 address */
    int64_t port;              /* 1 to 65535 */
    char site[WIRE_NAME_SIZE];
    uint8_t pin[JOIN_PIN], token[JOIN_TOKEN];
};

/* -EINVAL: a host, port or site that cannot be. */
int join_code_write(const struct join_code *code, char out[JOIN_TEXT_SIZE]);

/* Whether it is meant to be such a code, damaged or not. An AIM prefix (]Q1) before it does no harm. */
bool join_code_is(const char *text, size_t length);

/* -EBADMSG: it came damaged; -ENOTSUP: of a newer version. */
int join_code_read(const char *text, size_t length, struct join_code *ret);

/* How a joining goes, told by floorhand join to the daemon and by the daemon to the rules: one word each. */
#define JOIN_ASKS        "asks" /* head office is being asked */
#define JOIN_DONE        "joined"
#define JOIN_DAMAGED     "damaged"
#define JOIN_NEWER       "newer"
#define JOIN_UNREACHABLE "unreachable"
#define JOIN_STRANGER    "stranger" /* what answers shows another certificate than the code names */
#define JOIN_USED        "used"     /* used, over, or never made */
#define JOIN_BUSY        "busy"
#define JOIN_FAILED      "failed"

/* What a box keeps of it: the section [link] of JOIN_FILE, which floorhand-link reads as its own. */
struct join_kept {
    char site[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE];
    char host[256], port[8], topic_prefix[65];
    char ca_file[256], cert_file[256], key_file[256];
};

/* The sentence names file and line. */
int join_kept_load(const char *path, struct join_kept *ret, struct error *error);
void join_kept_write(const struct join_kept *kept, struct buf *out);

#endif
