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
    bool shipped;                    /* with the program; false: of a folder, or kept by the site */
    bool kept;                       /* by the site: template_set_keep() */
};

extern const struct embedded_file label_templates[]; /* drivers/label/templates: NAME.label */
extern const struct embedded_file label_samples[];   /* drivers/label/samples: NAME.json */

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

/* For whoever still works on it: what cannot be drawn is left out and told, and all else is drawn. */
#define TEMPLATE_FAULTS_MAX 12
struct template_faults {
    struct label_fault list[TEMPLATE_FAULTS_MAX]; /* .section says which element */
    size_t count;
};
/* -ENOMEM and the others of template_draw(): there is no picture at all; the last of faults says why. */
int template_draw_all(const struct template *template, const json_t *data, int64_t dpi, enum label_tongue tongue,
                      struct label **ret, struct template_faults *faults);

/* What the site's own must keep of the shipped one of its name, so that no parcel goes without its codes: what the
 * shipped one needs, and each code that it always prints, with bars as wide. -EINVAL label_template. */
int template_keeps(const struct template *own, const struct template *shipped, struct label_fault *fault);
/* On a label that was drawn: nothing else is printed where a scanner looks. -EINVAL label_template. */
int template_clear_codes(const struct label *pages, struct label_fault *fault);

/* The kinds of sections and their keys, as docs/labels.md holds them; and the same for programs. */
void template_reference(struct buf *markdown);
void template_keys_write(struct buf *json);

/* The text of a shipped one, and of data to try it with; NULL: there is none of that name. */
const struct embedded_file *template_shipped_text(const char *name);
const struct embedded_file *template_sample(const char *name);

/* All that is shipped, and what a folder holds: a file there takes the place of a shipped template of the same name,
 * and what the site keeps that of both. A shipped one stays behind it, for what the other cannot draw (render.h). */
struct template_set {
    struct template **templates; /* by name */
    size_t count;
    char folder[256]; /* where pictures of what the site keeps are; "": nowhere */
};
/* folder may be NULL or "", and need not exist. A file with a fault ends it: the sentence names it. */
int template_set_load(const char *folder, struct template_set *ret, struct label_fault *fault);
/* Takes the template; one of the same name gives way. -ENOMEM, and the template is gone. */
int template_set_put(struct template_set *set, struct template *template);
/* Of the site's own texts, as template_set_try() finds them good; the set is unchanged when it does not. */
int template_set_keep(struct template_set *set, const char *name, const char *text, size_t length,
                      struct label_fault *fault);
/* Read, and held against the shipped one of its name (template_keeps()). ret: template_free. */
int template_set_try(const struct template_set *set, const char *name, const char *text, size_t length,
                     struct template **ret, struct label_fault *fault);
void template_set_done(struct template_set *set);
const struct template *template_set_find(const struct template_set *set, const char *name); /* NULL: none */
const struct template *template_shipped_behind(const struct template *template); /* whose place it takes; NULL: none */

#endif
