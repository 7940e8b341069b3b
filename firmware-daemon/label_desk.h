/* What the label designer asks of the box: which templates there are, what their text says and how it will look, and
 * whether it may be kept. Keeps nothing itself: that is a verb (floor/template_ask.c). */
#ifndef FLOORHAND_LABEL_DESK_H
#define FLOORHAND_LABEL_DESK_H

#include "drivers/label/template.h"
#include "store/store.h"

struct label_desk {
    struct store *store;
    const struct template_set *labels;
};

/* [{"name", "title", "width", "height", "origin": shipped, folder or site, "shipped", "changed", "worker"}] */
int label_desk_list(const struct label_desk *desk, struct buf *json);

/* One, with its text, the text that would be printed without the site's own ("built_in", or null) and data to try it
 * with ("sample", or null). -ENOENT */
int label_desk_one(const struct label_desk *desk, const char *name, struct buf *json);

/* The data that a request brings or names: {"data": {...}} or {"of": {"kind": order, item, location or job, "code"}}.
 * ret: json_decref. -EINVAL with the fault: there is nothing of this kind and code. */
int label_desk_data(const struct label_desk *desk, const json_t *request, json_t **ret, struct label_fault *fault);

/* How a text would be printed. request: {"text", "language", "dpi"} and the data as above. Answers {"picture": PNG in
 * base64 or null, "dpi", "width", "height", "faults", "warnings", "instead"}: what would refuse the label, what is
 * worth a look, and whether the shipped one would be printed in its place. -EINVAL: it is no such request. */
int label_desk_preview(const struct label_desk *desk, const char *name, const char *request, size_t length,
                       struct buf *json);

/* For the verb template.save: its fields as JSON. A text is good when it can be read, keeps what a shipped one of the
 * name must show, and prints the sample data in both languages, with no code covered. -EINVAL with the fault; what is
 * wrong with the fields themselves is the verb's to say: 0. */
int label_desk_check(const struct label_desk *desk, const char *fields, size_t length, struct label_fault *fault);

#endif
