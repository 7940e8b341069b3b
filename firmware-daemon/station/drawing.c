#include "station/drawing.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct drawing {
    struct beside_job beside;
    struct drawing_place place;
    bool out, dropped; /* out: at the press */
    int64_t job;
    /* what it is made of: copies, to which request and printer point */
    char template_name[TEMPLATE_NAME_MAX], lacks[LABEL_LACKS_MAX];
    struct buf data;
    struct render_job request;
    struct label_printer printer;
    /* what came of it */
    int result;
    struct rendered rendered;
    struct label_fault fault;
};

static struct drawing *drawing_free(struct drawing *drawing)
{
    buf_done(&drawing->data);
    rendered_done(&drawing->rendered);
    free(drawing);
    return NULL;
}

static void work(struct beside_job *beside)
{
    struct drawing *drawing = (struct drawing *)beside;
    drawing->result =
        render_job(drawing->place.labels, &drawing->request, &drawing->printer, &drawing->rendered, &drawing->fault);
}

static void done(struct beside_job *beside, bool worked)
{
    struct drawing *drawing = (struct drawing *)beside;
    drawing->out = false;
    if (drawing->dropped)
        drawing_free(drawing);
    else if (worked)
        drawing->place.ready(drawing->place.user);
}

int drawing_begin(const struct drawing_place *place, int64_t job, const struct render_job *request,
                  const struct label_printer *printer, struct drawing **ret)
{
    struct drawing *drawing = calloc(1, sizeof(*drawing));
    if (!drawing)
        return -ENOMEM;
    *drawing = (struct drawing){
        .beside = {.work = work, .done = done}, .place = *place, .job = job, .request = *request, .printer = *printer};
    text_copy(drawing->template_name, sizeof(drawing->template_name), request->template_name);
    text_copy(drawing->lacks, sizeof(drawing->lacks), printer->lacks ? printer->lacks : "");
    buf_put(&drawing->data, request->json, request->length);
    drawing->request.template_name = drawing->template_name;
    drawing->request.json = buf_text(&drawing->data);
    drawing->printer.lacks = drawing->lacks;
    if (drawing->data.failed) {
        drawing_free(drawing);
        return -ENOMEM;
    }
    drawing->out = true;
    beside_give(place->press, &drawing->beside);
    *ret = drawing;
    return 0;
}

struct drawing *drawing_drop(struct drawing *drawing)
{
    if (drawing && !drawing->out)
        return drawing_free(drawing);
    if (drawing)
        drawing->dropped = true;
    return NULL;
}

bool drawing_is_ready(const struct drawing *drawing)
{
    return !drawing->out;
}

bool drawing_is_of(const struct drawing *drawing, int64_t job, const struct buf *data)
{
    return drawing->job == job && drawing->data.length == data->length &&
           memcmp(drawing->data.data, data->data, data->length) == 0;
}

int drawing_take(struct drawing *drawing, struct rendered *ret, struct label_fault *fault)
{
    *fault = drawing->fault;
    *ret = drawing->rendered;
    drawing->rendered = (struct rendered){0};
    return drawing->result;
}
