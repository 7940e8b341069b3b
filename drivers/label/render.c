#include "drivers/label/render.h"

#include "drivers/label/sample.h"
#include "drivers/label/template_picture.h"

#include <errno.h>
#include <string.h>

#define OPAQUE_MAX ((size_t)4 << 20) /* bytes of printer commands that were made elsewhere */

static int parse(const struct render_job *job, json_t **ret, struct label_fault *fault)
{
    json_error_t problem;
    if (job->sample && strcmp(job->template_name, RENDER_OPAQUE) == 0)
        return label_refuse(
            fault, -EINVAL, LABEL_DATA, NULL,
            "A label that was made elsewhere cannot be marked as a sample: it is not printed in training");
    json_t *data = json_loadb(job->json, job->length, JSON_REJECT_DUPLICATES, &problem);
    if (json_is_object(data)) {
        *ret = data;
        return 0;
    }
    json_decref(data);
    if (data)
        return label_refuse(fault, -EINVAL, LABEL_DATA, NULL, "The data of a label must be a JSON object");
    return label_refuse(fault, -EINVAL, LABEL_DATA, NULL, "The data of the label is not JSON: line %d, %s",
                        problem.line, problem.text);
}

static void json_done(json_t **json)
{
    json_decref(*json);
}

/* ---------------------------------------------------------------- made elsewhere */

/* "width": 100.5, in tenths of a millimetre. */
static int side_of(const json_t *data, const char *name, int *ret, struct label_fault *fault)
{
    const json_t *side = json_object_get(data, name);
    double mm = json_number_value(side);
    if (!json_is_number(side) || mm < 1 || mm > 1000)
        return label_refuse(fault, -EINVAL, LABEL_FIELD, name, "%s must be the label's, in mm", name);
    *ret = (int)(mm * 10 + 0.5);
    return 0;
}

static int draw_picture(const json_t *data, int64_t dpi, struct label **ret, struct label_fault *fault)
{
    CLEANUP(dots_done) struct dots picture = {0};
    CLEANUP(label_free_p) struct label *label = NULL;
    int width, height;
    int result = side_of(data, "width", &width, fault);
    if (!result)
        result = side_of(data, "height", &height, fault);
    if (!result)
        result = template_picture_decode(json_object_get(data, "picture"), "picture", false, &picture, fault);
    if (!result)
        result = label_new(dpi, width, height, &label, fault);
    if (!result)
        result =
            label_add_image(label, "picture", &picture, (struct label_box){0, 0, label->width, label->height}, fault);
    if (result)
        return result;
    *ret = label;
    label = NULL;
    return 0;
}

/* Printer commands, passed on as they are; nobody can tell where in them a label ends, so they go whole or not at all.
 */
static int pass_on(const json_t *data, const struct render_job *job, const struct label_printer *printer,
                   struct rendered *rendered, struct label_fault *fault)
{
    const char *language = json_string_value(json_object_get(data, "language"));
    const json_t *labels = json_object_get(data, "labels");
    int64_t copies = job->copies > 0 ? job->copies : 1;
    CLEANUP_BUF struct buf bytes = {0};
    int64_t each = json_is_integer(labels) ? json_integer_value(labels) : labels ? 0 : 1;
    if (!language || printer_language_named(language) != printer->language)
        return label_refuse(fault, -EINVAL, LABEL_FIELD, "language", "The label is made for a printer of %s, not %s",
                            language ? language : "no language", printer_language_name(printer->language));
    if (each < 1 || each > LABEL_COPIES_MAX || copies > LABEL_COPIES_MAX)
        return label_refuse(fault, -EINVAL, LABEL_FIELD, "labels", "labels must be how many come out, at most %d",
                            LABEL_COPIES_MAX);
    if (job->first % each)
        return label_refuse(fault, -EINVAL, LABEL_DATA, NULL,
                            "Some of these labels are out, and the rest cannot be told apart");
    if (template_base64(json_object_get(data, "bytes"), OPAQUE_MAX, &bytes) != 0)
        return label_refuse(fault, -EINVAL, LABEL_FIELD, "bytes", "bytes must be the printer's commands in base64");
    rendered->total = each * copies;
    for (int64_t done = job->first / each; done < copies; done++) {
        buf_put(&rendered->bytes, bytes.data, bytes.length);
        rendered->labels += each;
    }
    return rendered->bytes.failed ? label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "The label is too large") : 0;
}

/* ---------------------------------------------------------------- drawn here */

/* The template goes before its pages do: they no longer name its sections. */
static int draw_draft(const struct template_set *set, const struct render_job *job, const json_t *draft, int64_t dpi,
                      struct label **ret, struct label_fault *fault)
{
    CLEANUP(template_free_p) struct template *template = NULL;
    const json_t *text = json_object_get(draft, "text");
    const char *name = json_string_value(json_object_get(draft, "name"));
    if (!json_is_string(text) || !name)
        return label_refuse(fault, -EINVAL, LABEL_DATA, NULL, "A draft is {\"name\", \"text\", \"data\"}");
    int result = template_set_try(set, name, json_string_value(text), json_string_length(text), &template, fault);
    if (!result)
        result = template_draw(template, json_object_get(draft, "data"), dpi, job->tongue, ret, fault);
    for (struct label *page = result ? NULL : *ret; page; page = page->next)
        for (size_t i = 0; i < page->count; i++)
            page->elements[i].section = NULL;
    return result;
}

/* A parcel is not to wait for an own template that cannot draw this label. */
static int draw_from_set(const struct template_set *set, const struct render_job *job, const json_t *data, int64_t dpi,
                         struct label **ret, struct label_fault *fault)
{
    const struct template *template = template_set_find(set, job->template_name);
    if (!template)
        return label_refuse(fault, -ENOENT, LABEL_TEMPLATE, NULL, "There is no template \"%s\"", job->template_name);
    int result = template_draw(template, data, dpi, job->tongue, ret, fault);
    if (!result || result == -ENOMEM)
        return result;
    const struct template *shipped = template_shipped_behind(template);
    if (!shipped || template_draw(shipped, data, dpi, job->tongue, ret, NULL) != 0)
        return result;
    for (struct label *page = *ret; page; page = page->next)
        page->built_in = true;
    return 0;
}

static int draw(const struct template_set *set, const struct render_job *job, const json_t *data, int64_t dpi,
                struct label **ret, struct label_fault *fault)
{
    if (strcmp(job->template_name, RENDER_OPAQUE) == 0)
        return draw_picture(data, dpi, ret, fault);
    CLEANUP(label_free_p) struct label *pages = NULL;
    bool draft = strcmp(job->template_name, RENDER_DRAFT) == 0;
    int result =
        draft ? draw_draft(set, job, data, dpi, &pages, fault) : draw_from_set(set, job, data, dpi, &pages, fault);
    if (!result && (job->sample || draft))
        result = sample_mark(pages, fault);
    if (result)
        return result;
    *ret = pages;
    pages = NULL;
    return 0;
}

int render_pages(const struct template_set *set, const struct render_job *job, int64_t dpi, struct label **ret,
                 struct label_fault *fault)
{
    CLEANUP(json_done) json_t *data = NULL;
    int result = parse(job, &data, fault);
    if (!result && strcmp(job->template_name, RENDER_OPAQUE) == 0 && json_object_get(data, "bytes"))
        result = label_refuse(fault, -ENOTSUP, LABEL_DATA, NULL, "Commands that were made elsewhere have no preview");
    return result ? result : draw(set, job, data, dpi, ret, fault);
}

/* Page by page, all copies of one before the next; what is out already is left away. */
static int encode(const struct label *pages, const struct render_job *job, const struct label_printer *printer,
                  struct rendered *rendered, struct label_fault *fault)
{
    int64_t copies = job->copies > 0 ? job->copies : 1, out = job->first;
    int result = 0;
    for (const struct label *page = pages; page && !result; page = page->next) {
        int64_t skipped = out < copies ? out : copies;
        out -= skipped;
        rendered->total += copies;
        rendered->labels += copies - skipped;
        rendered->missing += page->missing;
        rendered->removed += page->removed;
        if (skipped < copies)
            result = language_encode(page, printer, copies - skipped, &rendered->bytes, fault);
    }
    if (!result && rendered->bytes.failed)
        return label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "There is no memory for a label; try again");
    return result;
}

int render_job(const struct template_set *set, const struct render_job *job, const struct label_printer *printer,
               struct rendered *ret, struct label_fault *fault)
{
    CLEANUP(rendered_done) struct rendered rendered = {0};
    CLEANUP(json_done) json_t *data = NULL;
    CLEANUP(label_free_p) struct label *pages = NULL;
    int result = parse(job, &data, fault);
    if (result)
        return result;
    if (strcmp(job->template_name, RENDER_OPAQUE) == 0 && json_object_get(data, "bytes")) {
        result = pass_on(data, job, printer, &rendered, fault);
    } else {
        result = draw(set, job, data, printer->dpi, &pages, &rendered.why);
        if (result && fault)
            *fault = rendered.why;
        rendered.built_in = !result && pages->built_in;
        if (!result)
            result = encode(pages, job, printer, &rendered, fault);
    }
    if (result)
        return result;
    *ret = rendered;
    rendered = (struct rendered){0};
    return 0;
}

void rendered_done(struct rendered *rendered)
{
    buf_done(&rendered->bytes);
}
