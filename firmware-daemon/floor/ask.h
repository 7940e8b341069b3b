/* What a supervisor asks for that is no scan: verbs with fields, a table of them for each flow. Who may is in rights.h.
 * Not for use outside the floor. */
#ifndef FLOOR_ASK_H
#define FLOOR_ASK_H

#include "base/option.h"
#include "floor/rule.h"

struct ask {
    struct store *store;
    const struct event *event;
    struct effect *effect;
    struct worker by;   /* whose badge came with it; id 0: none did */
    const void *fields; /* the verb's struct, filled and checked */
};

/* One thing that can be asked for. Tables end with a name of NULL. */
struct verb {
    const char *name;                /* "wave.plan" */
    const struct option_def *fields; /* into the struct; a fallback of NULL: must be given */
    size_t size;                     /* of the struct; at most ASK_FIELDS_MAX */
    int (*run)(struct ask *ask);     /* as a step's accept */
    const char *help;                /* one sentence */
};

#define ASK_FIELDS_MAX (36 << 10) /* a label's template is a field */
#define ASK_BADGE      "badge"    /* a field of every verb: who asks */

extern const struct verb session_verbs[];
extern const struct verb setting_verbs[];
extern const struct verb replenish_verbs[];
extern const struct verb count_verbs[];
extern const struct verb wave_verbs[];
extern const struct verb label_verbs[];
extern const struct verb template_verbs[];
extern const struct verb trial_verbs[];
extern const struct verb pin_verbs[];

/* For lease.release: a worker's count is for others again, from its beginning. */
int count_release(struct ask *ask, const struct worker *worker, const struct session *session);
/* Of lease.release: the receipt or the task that a worker holds (lease.c). */
int lease_release_work(struct ask *ask, const struct worker *worker, const struct session *session);

const struct verb *floor_verb_at(size_t index); /* each of them; NULL: behind the last */

int ask_refuse(struct ask *ask, enum message message, const char *name, const char *value);
struct answer *ask_accept(struct ask *ask, enum message message);

/* The journal row: note() with the ask's effect. data is an open object. */
int ask_record(struct ask *ask, const char *type, const char *subject_kind, const char *subject, struct buf *data);

#endif
