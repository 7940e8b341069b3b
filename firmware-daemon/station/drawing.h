/* The label of one print job, drawn beside the loop (base/beside.h): 3 to 20 ms in which scans go on. Reads no store
 * and sends nothing: whoever wants it gives its data, and takes its bytes. */
#ifndef STATION_DRAWING_H
#define STATION_DRAWING_H

#include "base/beside.h"
#include "drivers/label/render.h"

struct drawing;

/* Who draws, with which templates, and who is told when it is ready. All outlive the drawing. */
struct drawing_place {
    struct beside *press;
    const struct template_set *labels; /* changed only while the press pauses */
    void (*ready)(void *user);         /* in the loop */
    void *user;
};

/* All of request and printer is copied. -ENOMEM */
int drawing_begin(const struct drawing_place *place, int64_t job, const struct render_job *request,
                  const struct label_printer *printer, struct drawing **ret);
/* Nobody is told any more. */
struct drawing *drawing_drop(struct drawing *drawing);

bool drawing_is_ready(const struct drawing *drawing);
/* Of this job, with these data: what a receiver's erasure has changed meanwhile is not printed as it was. */
bool drawing_is_of(const struct drawing *drawing, int64_t job, const struct buf *data);

/* Only when it is ready, and once. ret: rendered_done. -ERRNO of render_job() with the fault. */
int drawing_take(struct drawing *drawing, struct rendered *ret, struct label_fault *fault);

#endif
