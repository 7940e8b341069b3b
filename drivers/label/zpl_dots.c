/* The black of a page as graphics. Each graphic costs some fifty bytes before its first dot, and so does starting the
 * compression anew; on the other hand, white that is carried along, and long rows, cost as well. So what lies side by
 * side goes as one graphic or as several, whichever is shorter, and then, from top to bottom, each such band joins the
 * one above it where that is shorter. */
#include "drivers/label/zpl_parts.h"

#include <errno.h>
#include <stdlib.h>

#define COMMAND_BYTES 33 /* of "^FO…", "^GFA,…," and "^FS", about */

/* The page, and what packs parts of it. */
struct cutter {
    const struct dots *page;
    struct zpl_packer packer;
};

static int cut_patch(const struct cutter *cutter, const struct zpl_patch *patch, struct dots *ret)
{
    return dots_cut(cutter->page, patch->left, patch->top, patch->right - patch->left, patch->bottom - patch->top, ret);
}

static int put_patch(const struct cutter *cutter, const struct zpl_patch *patch, struct buf *out)
{
    CLEANUP(dots_done) struct dots part = {0};
    int result = cut_patch(cutter, patch, &part);
    if (result)
        return result;
    buf_printf(out, "^FO%d,%d", patch->left, patch->top);
    zpl_put_graphic(out, &part, &cutter->packer);
    buf_puts(out, "^FS\n");
    return out->failed ? -ENOMEM : 0;
}

/* What it costs, in bytes: nearly, because packing hard takes its time. */
static int add_cost(const struct cutter *cutter, const struct zpl_patch *patch, size_t *cost)
{
    CLEANUP(dots_done) struct dots part = {0};
    size_t bytes = 0;
    int result = cut_patch(cutter, patch, &part);
    if (!result)
        result = zpl_graphic_cost(&part, &cutter->packer, &bytes);
    *cost += bytes + COMMAND_BYTES;
    return result;
}

static struct zpl_patch join(struct zpl_patch a, struct zpl_patch b)
{
    return (struct zpl_patch){a.left < b.left ? a.left : b.left, a.top < b.top ? a.top : b.top,
                              a.right > b.right ? a.right : b.right, a.bottom > b.bottom ? a.bottom : b.bottom};
}

/* Patches of which no row is shared with another band. */
struct band {
    size_t first, count; /* in the list */
    struct zpl_patch all;
    size_t cost;
};

static struct band band_at(const struct zpl_patches *patches, size_t first)
{
    struct band band = {first, 1, patches->at[first], 0};
    while (first + band.count < patches->count && patches->at[first + band.count].top < band.all.bottom)
        band.all = join(band.all, patches->at[first + band.count++]);
    return band;
}

/* Appends the band to what is kept: as one patch, or as those that it has. */
static int keep_band(const struct cutter *cutter, const struct zpl_patches *patches, struct zpl_patches *kept,
                     struct band *band)
{
    size_t apart = 0, joined = 0;
    int result = 0;
    for (size_t i = 0; i < band->count && !result; i++)
        result = add_cost(cutter, &patches->at[band->first + i], &apart);
    if (band->count == 1)
        joined = apart;
    else if (!result)
        result = add_cost(cutter, &band->all, &joined);
    band->cost = joined < apart ? joined : apart;
    size_t from = kept->count;
    if (joined <= apart)
        kept->at[kept->count++] = band->all;
    for (size_t i = 0; i < band->count && joined > apart; i++)
        kept->at[kept->count++] = patches->at[band->first + i];
    band->first = from;
    return result;
}

static int by_top(const void *a, const void *b)
{
    const struct zpl_patch *one = a, *other = b;
    return one->top != other->top ? one->top - other->top : one->left - other->left;
}

/* The patches in which the page costs least. */
static int choose(const struct cutter *cutter, struct zpl_patches *patches, struct zpl_patches *kept)
{
    struct band above = {0};
    qsort(patches->at, patches->count, sizeof(patches->at[0]), by_top);
    int result = 0;
    for (size_t next = 0; next < patches->count && !result;) {
        struct band band = band_at(patches, next), both = {0};
        next += band.count;
        result = keep_band(cutter, patches, kept, &band);
        if (!result && above.cost > 0) {
            both = (struct band){.first = above.first, .all = join(above.all, band.all)};
            result = add_cost(cutter, &both.all, &both.cost);
        }
        if (both.cost > 0 && both.cost < above.cost + band.cost) {
            kept->at[both.first] = both.all;
            kept->count = both.first + 1;
            band = both;
        }
        above = band;
    }
    return result;
}

int zpl_put_dots(const struct dots *page, struct zpl_patches *patches, enum zpl_packing packing, struct buf *out)
{
    struct zpl_patches kept = {.count = 0};
    struct cutter cutter = {.page = page};
    int result = zpl_packer_open(packing, &cutter.packer);
    if (!result)
        result = choose(&cutter, patches, &kept);
    for (size_t i = 0; i < kept.count && !result; i++)
        result = put_patch(&cutter, &kept.at[i], out);
    zpl_packer_close(&cutter.packer);
    return result;
}
