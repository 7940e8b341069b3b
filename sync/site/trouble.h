/* What is wrong between this site and head office, and what to do about it: from facts to sentences for people.
 * Pure: collects nothing, and does not mend anything. */
#ifndef SITE_TROUBLE_H
#define SITE_TROUBLE_H

#include "sync/site/site.h"

#define SITE_LATE_US INT64_C(600000000) /* an event that waits for longer is a trouble by itself */

struct site_facts {
    enum site_state state;
    const char *fence;           /* why it is fenced; "" when it is not; NULL: not known */
    bool linked, up;             /* floorhand-link is there; it has a broker */
    enum site_presence presence; /* of head office: site_presence_now() */
    unsigned unanswered;         /* hellos that were said since head office was heard last */
    int64_t outbox;              /* events that head office has not acknowledged */
    int64_t oldest_us;           /* the age of the oldest of them */
    int64_t parked;              /* changes that could not be applied */
    bool certified;              /* the link has a certificate of its own; left_us says how long it holds */
    int64_t certificate_left_us;
};

/* The heaviest first. */
enum site_trouble {
    SITE_TROUBLE_REPLACED,
    SITE_TROUBLE_FENCED,
    SITE_TROUBLE_PARKED,
    SITE_TROUBLE_LATE,
    SITE_TROUBLE_LINK,
    SITE_TROUBLE_BROKER,
    SITE_TROUBLE_AWAY,
    SITE_TROUBLE_SILENT,
    SITE_TROUBLE_CERTIFICATE,
    SITE_TROUBLE_COUNT
};

struct site_trouble_def {
    const char *name; /* "fenced" */
    bool alarms;      /* a station says it without being asked: otherwise the work just goes on */
    bool (*stands)(const struct site_facts *facts);
    const char *en, *zh; /* one sentence that says what to do */
};
const struct site_trouble_def *site_trouble_def(enum site_trouble trouble);

/* The name of the heaviest trouble that alarms; NULL when there is none. */
const char *site_alarm(const struct site_facts *facts);

/* Whether head office is there, from all that the site knows: one that has just answered is there. */
enum site_presence site_presence_now(const struct site *site);

#endif
