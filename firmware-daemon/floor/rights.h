/* What the people of a site may do, as one table of rights: verbs, activities, command barcodes, addresses of the pages
 * and rows, each with the roles that may. What no line names, nobody may: a test holds the table against the programs'
 * own tables. Whether it is they who ask is known elsewhere: by a badge at a station, by badge and PIN at a page
 * (sign_in.h). */
#ifndef FLOOR_RIGHTS_H
#define FLOOR_RIGHTS_H

#include "base/buf.h"

#include <stdbool.h>

enum {
    ROLE_PICKER = 1 << 0,
    ROLE_PACKER = 1 << 1,
    ROLE_COUNTER = 1 << 2,
    ROLE_SUPERVISOR = 1 << 3,
    ROLE_ADMIN = 1 << 4, /* of the site */
    ROLE_AUDITOR = 1 << 5,
    ROLE_STATION = 1 << 6, /* a station's page, where nobody has signed in by a PIN */
    ROLE_BOX = 1 << 7, /* the tool on the box itself, and every page where nobody need sign in; it may say who asks */
};

struct site_role {
    unsigned bit;
    const char *name, *english, *chinese;
};

extern const struct site_role site_roles[]; /* ended by a name of NULL */

/* A line: the first whose names cover one counts. */
struct site_right {
    const char *names; /* with commas, "*" for any letters */
    unsigned roles;
    unsigned strict; /* with the setting roles_strict; 0: the same */
    bool fresh;      /* not while the roster is stale: one badge is not enough then */
};

/* Each ended by names of NULL. */
extern const struct site_right may_ask[];     /* verbs, and "import.KIND" */
extern const struct site_right may_work[];    /* activities: flows */
extern const struct site_right may_command[]; /* command barcodes, without "CMD:" */
extern const struct site_right may_pass[];    /* steps that wait for a badge beside the worker's own */
extern const struct site_right may_reach[];   /* "GET/office": a method and a pattern of the web server's */
extern const struct site_right may_read[];    /* kinds of rows, and what else is told */

unsigned site_role_bit(const char *role); /* 0: there is no such role */

/* NULL: there is none. */
const struct site_right *site_right_find(const struct site_right *table, const char *name);

bool site_may(const struct site_right *table, const char *name, unsigned roles, bool strict);

/* Needs a role above those who work: pages ask for a badge, where nobody has signed in. */
bool site_right_is_higher(const struct site_right *table, const char *name);

/* All of it but the names, which the programs' tables have: [{"role", "english", "chinese"}], or the roles of one line.
 */
void site_roles_write(const char *key, struct buf *json);
void site_right_write(const struct site_right *table, const char *name,
                      struct buf *json); /* {"name", "roles", "strict"} */

#endif
