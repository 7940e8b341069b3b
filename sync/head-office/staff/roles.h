/* The roles of head office's people, and what each may look at and ask for, as one table of rights. What no line of it
 * names, nobody may: a test tries every route, kind of rows and verb. Knows no person (staff.h) and no HTTP. */
#ifndef HEAD_OFFICE_ROLES_H
#define HEAD_OFFICE_ROLES_H

#include <stdbool.h>
#include <stddef.h>

enum {
    ROLE_ORDER_DESK = 1 << 0,
    ROLE_BUYER = 1 << 1,
    ROLE_MARKETING = 1 << 2,
    ROLE_FINANCE = 1 << 3,
    ROLE_SERVICE = 1 << 4,
    ROLE_ADMIN = 1 << 5,
    ROLE_AUDITOR = 1 << 6,
};

#define ROLES_NAMES "order_desk|purchasing|marketing|finance|service|admin|auditor" /* as a choice of option.h */
#define ROLES_SIZE  16

struct role {
    unsigned bit;
    const char *name, *english, *chinese;
};

extern const struct role roles[]; /* ended by a name of NULL */

/* A line of the table: the first whose names cover one counts. */
struct right {
    const char *names; /* with commas, "*" for any letters: "order.confirm,purchase.*"; of kinds of rows: "orders" */
    unsigned roles;
};

extern const struct right rights_to_do[];   /* verbs, and "import.KIND"; ended by names of NULL */
extern const struct right rights_to_read[]; /* kinds of rows */

/* 0: there is no such role. */
unsigned roles_bit(const char *name);

/* Whose right it is; 0: nobody's. */
unsigned roles_that_may_do(const char *verb);
unsigned roles_that_may_read(const char *kind);

/* The line that decides; NULL: there is none. */
const struct right *rights_find(const struct right *table, const char *name);

#endif
