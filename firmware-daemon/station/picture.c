#include "station/picture.h"

#include "drivers/label/png.h"
#include "store/print_job.h"
#include "store/receiver.h"
#include "store/training.h"

#include <errno.h>

#define PAGES_SHOWN_MAX 8 /* a long list is looked at on paper */
#define SEAM            4 /* dots of grey between pages */

static void put_page(const struct dots *page, struct dots *picture, int top)
{
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++)
            if (dots_get(page, x, y))
                dots_set(picture, x, top + y);
}

/* Every other dot. */
static void put_seam(struct dots *picture, int top)
{
    for (int y = top; y < top + SEAM && y < picture->height; y++)
        for (int x = y % 2; x < picture->width; x += 2)
            dots_set(picture, x, y);
}

static int draw_pages(const struct label *pages, struct dots *picture)
{
    int top = 0, result = 0;
    for (const struct label *page = pages; page && top < picture->height && !result; page = page->next) {
        struct dots dots;
        if (top > 0) {
            put_seam(picture, top);
            top += SEAM;
        }
        result = label_draw(page, &dots);
        if (result)
            return result;
        put_page(&dots, picture, top);
        top += dots.height;
        dots_done(&dots);
    }
    return 0;
}

int picture_of_pages(const struct label *pages, struct buf *png)
{
    int height = -SEAM, count = 0;
    if (!pages)
        return -EINVAL;
    for (const struct label *page = pages; page && count < PAGES_SHOWN_MAX; page = page->next, count++)
        if (height + SEAM + page->height <= DOTS_SIDE_MAX)
            height += SEAM + page->height;
    struct dots picture;
    int result = dots_init(&picture, pages->width, height);
    if (result)
        return result;
    result = draw_pages(pages, &picture);
    if (!result)
        result = png_write(&picture, pages->dpi, png);
    dots_done(&picture);
    return result;
}

int picture_of_job(struct store *store, const struct template_set *templates, int64_t job, int64_t dpi,
                   enum label_tongue tongue, bool masked, struct buf *png)
{
    struct print_job row;
    CLEANUP_BUF struct buf data = {0};
    CLEANUP(label_free_p) struct label *pages = NULL;
    int result = print_job_load(store, job, &row);
    if (!result)
        result = print_job_data(store, job, &data);
    if (!result && masked)
        result = receiver_mask_label(&data);
    if (!result)
        result = render_pages(templates,
                              &(struct render_job){.template_name = row.template,
                                                   .json = buf_text(&data),
                                                   .length = data.length,
                                                   .tongue = tongue,
                                                   .sample = training_job(job)},
                              dpi, &pages, NULL);
    return result ? result : picture_of_pages(pages, png);
}
