/* Persons that are spoken of together: found by rules of one's own, by the name that recency, frequency and money give
 * them, or put on a list by hand. Members that are found stay as they were until they are found anew; the row says
 * when. Who may be written to is asked each time: a list for writing to people holds nobody who did not agree. */
#ifndef HEAD_OFFICE_SEGMENTS_H
#define HEAD_OFFICE_SEGMENTS_H

#include "sync/head-office/office.h"

#include <jansson.h>

#define SEGMENT_CODE_SIZE      65
#define SEGMENT_NAME_SIZE      129
#define SEGMENT_KINDS          "rule|rfm|list"
#define SEGMENT_CONDITIONS_MAX 16

struct segment {
    char code[SEGMENT_CODE_SIZE], name[SEGMENT_NAME_SIZE], kind[5], rfm[16], currency[4];
    int64_t days;
};

/* A new one, or another form of the one of this code: what was found is forgotten then, a list's members are not.
 * conditions: a list of {"field", "operator", "value"}. -EINVAL with a sentence. Inside a transaction, as all of these.
 */
int segments_put(struct office *office, const struct segment *segment, const json_t *conditions, struct error *error);
int segments_remove(struct office *office, const char *code, struct error *error);

/* On a list, or off it. -ENOENT, -EINVAL with a sentence. */
int segments_add(struct office *office, const char *code, int64_t person, const char *who, struct error *error);
int segments_drop(struct office *office, const char *code, int64_t person, struct error *error);

/* Finds the members anew; of a list it counts them. */
int segments_refresh(struct office *office, const char *code, int64_t *ret_members, struct error *error);

struct segment_contact {
    int64_t person;
    const char *address; /* a telephone, an e-mail address, "PLATFORM BUYER" or a postal address; "": none is known */
};

/* Whoever of them may be written to in this way, by person, behind `after`, so many at most. */
int segments_contacts(struct office *office, const char *code, const char *channel, int64_t after, int64_t most,
                      int (*take)(void *user, const struct segment_contact *contact), void *user, struct error *error);

#endif
