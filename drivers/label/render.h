/* A stored print job as the bytes that its printer gets, label by label: a template with its data, or what was made
 * elsewhere (opaque). Does not send, and does not know orders. */
#ifndef LABEL_RENDER_H
#define LABEL_RENDER_H

#include "drivers/label/language.h"
#include "drivers/label/template.h"

/* A job's template may also be RENDER_OPAQUE. Its data then is one of
 *   {"language": "zpl", "bytes": BASE64, "labels": 1}        printer commands, passed on as they are
 *   {"picture": BASE64 of a PNG, "width": MM, "height": MM}  a picture, drawn like any label
 * A platform's own waybill comes so: its data is encrypted, and only the platform can draw it. */
#define RENDER_OPAQUE "opaque"

/* Or RENDER_DRAFT, a template that somebody still works on: {"name": NAME, "text": TEXT, "data": {...}}. Whatever else
 * is said of it, it is a sample. */
#define RENDER_DRAFT "draft"

/* Where the site's own template cannot draw a label, the shipped one of its name does: struct rendered and struct label
 * say so in .built_in. */

struct render_job {
    const char *template_name;
    const char *json; /* the data */
    size_t length;
    enum label_tongue tongue;
    int64_t copies; /* of each page; 0: 1 */
    int64_t first;  /* labels that are out already, and left away */
    bool sample;    /* marked as one (sample.h); what was made elsewhere cannot be, and is refused */
};

struct rendered {
    struct buf bytes;
    int64_t labels;  /* that come out of .bytes */
    int64_t total;   /* of the whole job: labels + first */
    int64_t missing; /* characters that no font has */
    int64_t removed; /* shapeless characters that were left out */
    bool built_in;   /* the site's own template could not draw it: .why */
    struct label_fault why;
};

/* -ENOENT label_template; -EINVAL: opaque bytes of another language than the printer's, or as below. ret is the
 * caller's: rendered_done. */
int render_job(const struct template_set *set, const struct render_job *job, const struct label_printer *printer,
               struct rendered *ret, struct label_fault *fault);
void rendered_done(struct rendered *rendered);

/* Its pages, for a preview; opaque bytes have none: -ENOTSUP. */
int render_pages(const struct template_set *set, const struct render_job *job, int64_t dpi, struct label **ret,
                 struct label_fault *fault);

#endif
