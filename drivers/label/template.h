/* Labels that a user can write: a text file in millimetres says what stands where, from which data, and when.
 * The format is described in docs/labels.md. Does not know orders, printers or files of data; what it is given it
 * draws or refuses. */
#ifndef LABEL_TEMPLATE_H
#define LABEL_TEMPLATE_H

#include "base/embed.h"
#include "drivers/label/label.h"

#include <jansson.h>

#define TEMPLATE_FILE_MAX ((size_t)64 << 10)
#define TEMPLATE_NAME_MAX 32

enum label_tongue { LABEL_CHINESE, LABEL_ENGLISH };

struct template;

struct template_about {
    const char *name;
    const char *title_en, *title_zh;
    const char *needs;               /* data without which it is refused, by blanks */
    int width_tenths, height_tenths; /* of a millimetre */
    bool shipped;                    /* with the program; false: read from the user's folder */
};

extern const struct embedded_file label_templates[]; /* drivers/label/templates: NAME.label */

/* name: without ".label". -EINVAL label_template: the sentence names the line, the fault's field the section. */
int template_parse(const char *name, const char *text, size_t length, struct template **ret, struct label_fault *fault);
/* A file whose name ends with ".label", and its pictures beside it. -ENOENT label_template, or as above. */
int template_load(const char *path, struct template **ret, struct label_fault *fault);
struct template *template_free(struct template *template);
DEFINE_CLEANUP(template_free, struct template *);
struct template_about template_about(const struct template *template);

/* data: a JSON object. *ret: as many pages as it takes, linked by .next. The errors of the builders (label.h) apply;
 * -EINVAL label_field: a needed one is missing. */
int template_draw(const struct template *template, const json_t *data, int64_t dpi, enum label_tongue tongue,
                  struct label **ret, struct label_fault *fault);

/* The kinds of sections and their keys, as docs/labels.md holds them. */
void template_reference(struct buf *markdown);

/* All that is shipped, and what a folder holds: a file there replaces a shipped template of the same name. */
struct template_set {
    struct template **templates; /* by name */
    size_t count;
};
/* folder may be NULL or "", and need not exist. A file with a fault ends it: the sentence names it. */
int template_set_load(const char *folder, struct template_set *ret, struct label_fault *fault);
/* Takes the template; one of the same name gives way. -ENOMEM, and the template is gone. */
int template_set_put(struct template_set *set, struct template *template);
void template_set_done(struct template_set *set);
const struct template *template_set_find(const struct template_set *set, const char *name); /* NULL: none */

#endif
