/* The site's own label templates, as rows. Does not read what they say: drivers/label does, before they are kept and
 * when they are used. */
#ifndef STORE_LABEL_TEMPLATE_H
#define STORE_LABEL_TEMPLATE_H

#include "base/buf.h"
#include "store/store.h"

#define LABEL_TEMPLATE_NAME_MAX 32 /* with the terminator, as drivers/label has it */
#define LABEL_TEMPLATE_TEXT_MAX ((size_t)32 << 10)
#define LABEL_TEMPLATES_MAX     100

struct label_template {
    char name[LABEL_TEMPLATE_NAME_MAX], worker[STORE_CODE_MAX]; /* worker: who kept it */
    int64_t changed_us;
};

/* By the stamp's worker, now. -ENOSPC: there are LABEL_TEMPLATES_MAX others. */
int label_template_set(struct store *store, const char *name, const char *text);
int label_template_delete(struct store *store, const char *name); /* -ENOENT */

/* The next by name, after another ("": the first); its text is appended. -ENOENT at the end. */
int label_template_next(struct store *store, const char *after, struct label_template *ret, struct buf *text);
int label_template_find(struct store *store, const char *name, struct label_template *ret, struct buf *text);

#endif
