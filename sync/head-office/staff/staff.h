/* The people of head office: who there is, what roles each has and where, and that it is they, by a password that only
 * they know. What a role may do is elsewhere (roles.h), where they are logged in too (session.h). */
#ifndef HEAD_OFFICE_STAFF_H
#define HEAD_OFFICE_STAFF_H

#include "sync/head-office/office.h"
#include "sync/head-office/staff/roles.h"
#include "sync/wire/topic.h"

#define STAFF_NAME_SIZE  33 /* terminated */
#define STAFF_TITLE_SIZE 65
#define STAFF_PASSWORD_MIN                                                                                             \
    10 /* characters; NIST SP 800-63B section 5.1.1.2 asks for 8, and for no mixture of kinds                          \
        */
#define STAFF_PASSWORD_SIZE 129
#define STAFF_ROLES_MAX     32 /* of one person */

/* Lower-case letters, digits, ".", "-" and "_", beginning with a letter. *ret_password: made at random, to be told them
 * once; they choose another one when they log in. Inside a transaction, as all that follow. -EINVAL, -EEXIST. */
int staff_add(struct office *office, const char *name, const char *title, const char *who,
              char ret_password[STAFF_PASSWORD_SIZE], struct error *error);

/* A new one, as above; what they forgot, or too many tries, is forgiven, and they are logged out everywhere. -ENOENT.
 */
int staff_reset(struct office *office, const char *name, char ret_password[STAFF_PASSWORD_SIZE], struct error *error);

/* Who is not active cannot log in, and is logged out. The last active administrator stays (-EPERM). */
int staff_switch(struct office *office, const char *name, bool active, struct error *error);

/* site "": everywhere. -ENOENT, -EINVAL; -EPERM: it would take the last administrator's. */
int staff_grant(struct office *office, const char *name, const char *role, const char *site, const char *who,
                struct error *error);
int staff_withdraw(struct office *office, const char *name, const char *role, const char *site, struct error *error);

struct staff_grant {
    unsigned role;             /* one bit of roles.h */
    char site[WIRE_NAME_SIZE]; /* "": everywhere */
};

struct staff_person {
    char name[STAFF_NAME_SIZE], title[STAFF_TITLE_SIZE];
    bool must_change;
    struct staff_grant grants[STAFF_ROLES_MAX];
    size_t grant_count;
};

/* -ENOENT: there is none, or not active. */
int staff_load(struct office *office, const char *name, struct staff_person *ret);

/* Takes some 30 ms and 19 MiB, as it has to (OWASP's least cost for Argon2id). 0; -EACCES: no such person, not active
 * or another password, in one sentence; -EDQUOT: too many tries, and when to try again. Counts what failed: a
 * transaction of its own. */
int staff_check(struct office *office, const char *name, const char *password, struct error *error);

/* Of who has logged in. -EACCES: the old one is wrong; -EINVAL: the new one will not do. They are logged out elsewhere.
 * A transaction of its own. */
int staff_change(struct office *office, const char *name, const char *old, const char *new, struct error *error);

#endif
