/* Who asks over HTTP and what they may: a program by its key (keys.h), a person by where they are logged in
 * (staff/session.h) and by their roles. Both may be limited to the rows of one shop or site. Does not look at HTTP. */
#ifndef HEAD_OFFICE_ACCESS_H
#define HEAD_OFFICE_ACCESS_H

#include "sync/head-office/api/keys.h"
#include "sync/head-office/staff/staff.h"

#define ASKER_WHO_SIZE 40

struct asker {
    char who[ASKER_WHO_SIZE];   /* for histories: "key 3k8f…", or a person's name */
    struct api_key key;         /* .id "": it is a person */
    struct staff_person person; /* .name "": it is a program */
};

/* What is reached is that of one shop or site alone; by "": all of it. */
struct limit {
    const char *by;    /* "shop" or "site" */
    const char *value; /* lent by the asker */
};

/* site: which one is meant, where that is said; otherwise NULL. 0 and the limit; -EACCES: not at all, or not there;
 * -EDESTADDRREQ: at several sites, so it must be said which. */
int access_read(const struct asker *asker, const char *kind, const char *site, struct limit *ret);
int access_do(const struct asker *asker, const char *verb, const char *site, struct limit *ret);

static inline bool limit_is_set(const struct limit *limit)
{
    return *limit->by != '\0';
}

#endif
